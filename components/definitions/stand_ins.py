"""What the other rules of a form are checked with while a needed answer is missing."""

NOWHERE = "00000000-0000-7000-8000-000000000000"
"""No site and no classroom has this key."""
