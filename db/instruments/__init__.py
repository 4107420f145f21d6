"""The registry of observation tools, staff surveys and child measures: what may be entered, in which range.

Names of dimensions and numbers only; no item wording of any licensed instrument stands here. One YAML file per
instrument of this folder, read once at import; what programs add comes later (``db.pack_registry``).
"""

import uuid
from pathlib import Path

from db.instruments.reading import load_instruments
from db.instruments.records import (
    Answer,
    Band,
    Direction,
    Domain,
    Figure,
    Instrument,
    Items,
    ItemScoring,
    ItemText,
    Kind,
    Level,
    LicenceClass,
    Respondent,
    Scale,
    ScoredBy,
    Unit,
)
from db.instruments.registry import Registry

__all__ = [
    "INSTRUMENTS",
    "Answer",
    "Band",
    "Direction",
    "Domain",
    "Figure",
    "Instrument",
    "ItemScoring",
    "ItemText",
    "Items",
    "Kind",
    "Level",
    "LicenceClass",
    "Respondent",
    "Scale",
    "ScoredBy",
    "Unit",
    "editions_of",
    "instrument",
    "instrument_for",
    "instruments_of",
]

INSTRUMENTS = Registry(load_instruments(Path(__file__).parent))


def instrument(code: str) -> Instrument:
    """One instrument by its code, also one that was added or taken out of the choices since.

    Raises:
        KeyError: there is no such instrument.
    """
    try:
        return INSTRUMENTS[code]
    except KeyError:
        raise KeyError(f"There is no instrument {code!r}.") from None


def instrument_for(code: str, program_id: uuid.UUID) -> Instrument:
    """One instrument as one program may use it: ``asks`` is true when its items may be put to staff there.

    Raises:
        KeyError: there is no such instrument.
    """
    return INSTRUMENTS.for_program(code, program_id)


def instruments_of(kind: Kind, program_id: uuid.UUID | None = None) -> tuple[Instrument, ...]:
    """The observation tools, the surveys or the child measures to choose from, by name and edition."""
    return INSTRUMENTS.of_kind(kind, program_id)


def editions_of(family: str) -> tuple[Instrument, ...]:
    """Every edition of one family, oldest code first; empty where there is no such family."""
    return tuple(entry for _code, entry in sorted(INSTRUMENTS.items()) if entry.family == family)
