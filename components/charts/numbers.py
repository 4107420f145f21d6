"""Numbers as a reader sees them, and what stands where there is none."""

from components.words import _

DASH = "–"


def decimal(number: float | None, digits: int = 1) -> str:
    """Give a number with a fixed count of digits, thousands apart; a dash where there is none."""
    return DASH if number is None else _minus(f"{number:z,.{digits}f}")


def signed(number: float | None, digits: int = 1) -> str:
    """Give a difference with its sign; a dash where there is none."""
    return DASH if number is None else _minus(f"{number:+z,.{digits}f}")


def _minus(told: str) -> str:
    """Give a negative number the sign that is as wide as its plus: a hyphen is read as a dash."""
    return told.replace("-", "−")


def whole(number: float | None) -> str:
    """Give a whole number, thousands apart; a dash where there is none."""
    return decimal(number, 0)


def count(number: float | None, hidden: bool) -> str:
    """Give a count, or the words for a hidden one: never a zero, never a blank."""
    return hidden_words() if hidden else whole(number)


def hidden_words() -> str:
    """Say that a number exists but is not shown."""
    return _("hidden to protect privacy")


def end_of_share(low: bool) -> str:
    """Say no more of a share than that it is at an end: the exact one would tell how few are not like the others."""
    return _("under 5%") if low else _("over 95%")


def nothing_known() -> str:
    """Say that there is no number: not zero, and not hidden."""
    return _("no data")


def cell(words: str) -> str:
    """Give a cell of a table in words: a dash is nothing to read aloud, nor to sort by."""
    return nothing_known() if words == DASH else words


def hours(minutes: float) -> str:
    """Give minutes as hours."""
    return decimal(minutes / 60)


def percent(part: float, total: float) -> str:
    """Give a share with its counts: 28% (34 of 120)."""
    return _("{percent}% ({part} of {total})").format(
        percent=f"{100 * part / total:.0f}", part=whole(part), total=whole(total)
    )
