"""What the program costs, and how that grows: ratios measured in one run, never pass or fail."""
