"""Buttons that answer with a likely moment."""

from components.definitions.definition import Shortcut
from components.words import plural


def minutes_ago(minutes: int) -> Shortcut:
    """Give the button of a time some minutes ago."""
    return Shortcut(plural("{count} min ago", "{count} min ago", minutes).format(count=minutes), minutes=minutes)
