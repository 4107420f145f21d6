"""What our capture forms ask, as data: the one definition that the screens and the tablet app draw and check by."""
