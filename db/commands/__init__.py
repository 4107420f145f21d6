"""Writing: each function is one thing that a person does."""
