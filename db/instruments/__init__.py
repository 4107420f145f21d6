"""The registry of classroom observation tools and staff surveys: what may be entered, in which range.

Names of dimensions and numbers only; no item wording of any instrument stands here. One YAML file per
instrument of this folder, read once at import.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from db.instruments.reading import load_instruments
from db.instruments.records import Band, Direction, Domain, Instrument, Kind, LicenceClass, Scale, Unit

__all__ = [
    "INSTRUMENTS",
    "Band",
    "Direction",
    "Domain",
    "Instrument",
    "Kind",
    "LicenceClass",
    "Scale",
    "Unit",
    "editions_of",
    "instrument",
    "instruments_of",
]

INSTRUMENTS: Mapping[str, Instrument] = MappingProxyType(load_instruments(Path(__file__).parent))


def instrument(code: str) -> Instrument:
    """One instrument by its code.

    Raises:
        KeyError: there is no such instrument.
    """
    try:
        return INSTRUMENTS[code]
    except KeyError:
        raise KeyError(f"There is no instrument {code!r}.") from None


def instruments_of(kind: Kind) -> tuple[Instrument, ...]:
    """The observation tools or the surveys, by name and edition."""
    chosen = (entry for entry in INSTRUMENTS.values() if entry.kind == kind)
    return tuple(sorted(chosen, key=lambda entry: (entry.name, entry.edition)))


def editions_of(family: str) -> tuple[Instrument, ...]:
    """Every edition of one family, oldest code first; empty where there is no such family."""
    return tuple(entry for _code, entry in sorted(INSTRUMENTS.items()) if entry.family == family)
