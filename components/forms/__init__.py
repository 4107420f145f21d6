"""Forms that are filled with a finger: their values outlive a page change, an error and a lost connection."""
