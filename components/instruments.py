"""What instruments, their scales and their domains are called, in the reader's language."""

from components.words import _, language
from db.instruments import Instrument, Scale, instrument


def instrument_label(one: Instrument) -> str:
    """Give an instrument's name with its edition: editions are never mixed."""
    name = one.name_es if language() == "es" else one.name
    return _("{name}, {edition}").format(name=name, edition=one.edition)


def scale_label(one: Instrument, code: str) -> str:
    """Give what a scale or a domain is called."""
    found = next(part for part in (*one.scales, *one.domains) if part.code == code)
    return found.es if language() == "es" else found.en


def range_label(scale: Scale) -> str:
    """Give the range of a scale: 1 to 7."""
    return _("{least} to {most}").format(least=f"{scale.minimum:g}", most=f"{scale.maximum:g}")


def direction_label(scale: Scale) -> str:
    """Say which end of a scale is the good one."""
    return _("higher is better") if scale.direction == "higher_better" else _("lower is better")


def label_of_code(code: str) -> str:
    """Give the name and edition of the instrument with this code."""
    return instrument_label(instrument(code))
