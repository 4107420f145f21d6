"""The tablet app's own words: its form screens."""


def form_words() -> dict[str, str]:
    """Give each word or sentence under its key, in the language in use."""
    return {}
