"""Reading: each function gives what one actor may see."""
