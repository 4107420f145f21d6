"""One kind of chart per file; each gives a ``Drawing``, which ``drawing.show`` puts on the screen."""
