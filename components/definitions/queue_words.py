"""The tablet app's own words: its start screen and queue."""


def queue_words() -> dict[str, str]:
    """Give each word or sentence under its key, in the language in use."""
    return {}
