"""A session script that fails on something that people wrote."""

raise ValueError("Maria's note about table 5")
