"""Turn the YAML files into records, and refuse a file that contradicts itself."""

from datetime import date
from pathlib import Path
from typing import Any, cast, get_args

from db.field_data import DataError, check_keys, flag, mappings, optional_text, read_yaml, required_text, texts
from db.instruments.item_reading import read_item_scoring, read_items
from db.instruments.records import (
    Band,
    Direction,
    Domain,
    Figure,
    Instrument,
    Kind,
    Level,
    LicenceClass,
    Respondent,
    Scale,
    ScoredBy,
    Unit,
)

_SHARED = frozenset({"bands", "reliability", "sd"})
"""What a file may say once for all of its scales."""
_INSTRUMENT_KEYS = (frozenset(Instrument.__dataclass_fields__) | _SHARED) - {"program_id", "retired"}
_SCALE_KEYS = frozenset(Scale.__dataclass_fields__)
_DOMAIN_KEYS = frozenset(Domain.__dataclass_fields__)
_LARGEST = 1e9
"""Beyond every score and every number of days; a number of hundreds of digits cannot be turned into a float at all."""
_BAND_KEYS = frozenset(Band.__dataclass_fields__) - {"reference_only"}


def load_instruments(folder: Path) -> dict[str, Instrument]:
    """Every instrument of `folder`, one YAML file each, named after its code.

    Raises:
        DataError: a file breaks a rule (unknown key, empty range, a domain of an unknown scale, ...).
    """
    return {path.stem: read_instrument(path.stem, read_yaml(path)) for path in sorted(folder.glob("*.yaml"))}


def read_instrument(code: str, entry: dict[str, Any]) -> Instrument:
    """One instrument from what its file says.

    Raises:
        DataError: it breaks a rule; the message says where.
    """
    check_keys(entry, _INSTRUMENT_KEYS, code)
    if required_text(entry, "code", code) != code:
        raise DataError(f"{code}: the file is named after another code than {entry['code']!r}")
    items = read_items(entry["items"], code) if "items" in entry else None
    shared = {key: entry[key] for key in _SHARED & entry.keys()}
    scales = tuple(
        _scale(shared | item, items.count if items else None, code) for item in mappings(entry, "scales", code)
    )
    known = [scale.code for scale in scales]
    if not known or len(set(known)) != len(known):
        raise DataError(f"{code}: it needs scales, each code once")
    cycles_min, cycles_max = _count(entry, "cycles_min", code), _count(entry, "cycles_max", code)
    cycles_usual = _count(entry, "cycles_usual", code) if "cycles_usual" in entry else cycles_min
    if not 1 <= cycles_min <= cycles_usual <= cycles_max:
        raise DataError(f"{code}: cycles must run from 1 up, the usual number between the least and the most")
    unverified_part = optional_text(entry, "unverified_part", code)
    unverified_part_es = optional_text(entry, "unverified_part_es", code)
    if entry.get("unverified", False) is not (unverified_part is not None and unverified_part_es is not None):
        raise DataError(f"{code}: 'unverified' and 'unverified_part' stand together, in both languages")
    return Instrument(
        code=code,
        family=required_text(entry, "family", code),
        name=required_text(entry, "name", code),
        name_es=required_text(entry, "name_es", code),
        edition=required_text(entry, "edition", code),
        kind=cast(Kind, _one_of(entry, "kind", get_args(Kind), code)),
        unit=cast(Unit, _one_of(entry, "unit", get_args(Unit), code)),
        levels=cast(
            tuple[Level, ...],
            tuple(_one_of({"level": one}, "level", get_args(Level), code) for one in texts(entry, "levels", code)),
        ),
        languages=texts(entry, "languages", code),
        licence_class=cast(LicenceClass, _one_of(entry, "licence_class", get_args(LicenceClass), code)),
        source=required_text(entry, "source", code),
        respondent=cast(Respondent, _one_of(entry, "respondent", get_args(Respondent), code)),
        scored_by=cast(ScoredBy, _one_of(entry, "scored_by", get_args(ScoredBy), code)),
        cycles_min=cycles_min,
        cycles_max=cycles_max,
        cycles_usual=cycles_usual,
        interval_days=_count(entry, "interval_days", code) if "interval_days" in entry else None,
        formula_version=required_text(entry, "formula_version", code),
        scales=scales,
        domains=tuple(_domain(item, known, code) for item in mappings(entry, "domains", code)),
        unverified=unverified_part is not None,
        unverified_part=unverified_part,
        unverified_part_es=unverified_part_es,
        items=items,
        screener=flag(entry, "screener", code),
    )


def _scale(entry: dict[str, Any], item_count: int | None, instrument: str) -> Scale:
    where = f"{instrument}.{required_text(entry, 'code', instrument)}"
    check_keys(entry, _SCALE_KEYS, where)
    minimum, maximum, step = (_number(entry, key, where) for key in ("minimum", "maximum", "step"))
    if not minimum < maximum or step <= 0:
        raise DataError(f"{where}: the maximum must be above the minimum and the step above zero")
    if not isinstance(entry.get("reversed"), bool):
        raise DataError(f"{where}: 'reversed' must be true or false")
    return Scale(
        code=entry["code"],
        en=required_text(entry, "en", where),
        es=required_text(entry, "es", where),
        minimum=minimum,
        maximum=maximum,
        step=step,
        direction=cast(Direction, _one_of(entry, "direction", get_args(Direction), where)),
        reversed=entry["reversed"],
        source=optional_text(entry, "source", where),
        bands=_bands(entry, where),
        reliability=_figure(entry, "reliability", where),
        sd=_figure(entry, "sd", where),
        items=read_item_scoring(entry["items"], item_count, where) if "items" in entry else None,
    )


def _domain(entry: dict[str, Any], known_scales: list[str], instrument: str) -> Domain:
    where = f"{instrument}.{required_text(entry, 'code', instrument)}"
    check_keys(entry, _DOMAIN_KEYS, where)
    scales = texts(entry, "scales", where)
    if len(set(scales)) != len(scales) or not set(scales) <= set(known_scales):
        raise DataError(f"{where}: a domain names scales of its instrument, each once")
    return Domain(
        code=entry["code"],
        en=required_text(entry, "en", where),
        es=required_text(entry, "es", where),
        scales=scales,
        direction=cast(Direction, _one_of(entry, "direction", get_args(Direction), where)),
        bands=_bands(entry, where),
        reliability=_figure(entry, "reliability", where),
        sd=_figure(entry, "sd", where),
    )


def _figure(entry: dict[str, Any], key: str, where: str) -> Figure | None:
    if key not in entry:
        return None
    figure = entry[key]
    if not isinstance(figure, dict):
        raise DataError(f"{where}: {key!r} must give a value and its source")
    check_keys(figure, frozenset(Figure.__dataclass_fields__), f"{where}.{key}")
    value = _number(figure, "value", f"{where}.{key}")
    if value <= 0 or (key == "reliability" and value >= 1):
        raise DataError(f"{where}: {key!r} is out of range: {value:g}")
    unverified = flag(figure, "unverified", f"{where}.{key}")
    return Figure(value, required_text(figure, "source", f"{where}.{key}"), unverified)


def _bands(entry: dict[str, Any], where: str) -> tuple[Band, ...]:
    return tuple(_band(band, where) for band in mappings(entry, "bands", where))


def _band(entry: dict[str, Any], where: str) -> Band:
    check_keys(entry, _BAND_KEYS, where)
    low, high = _number(entry, "low", where), _number(entry, "high", where)
    if low > high:
        raise DataError(f"{where}: a band must not end below its beginning")
    return Band(
        low=low,
        high=high,
        label_en=required_text(entry, "label_en", where),
        label_es=required_text(entry, "label_es", where),
        source=required_text(entry, "source", where),
        in_force_from=_day(entry, "in_force_from", where),
        in_force_to=_day(entry, "in_force_to", where),
        unverified=flag(entry, "unverified", where),
    )


def _number(entry: dict[str, Any], key: str, where: str) -> float:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
        raise DataError(f"{where}: {key!r} must be a number up to {_LARGEST:,.0f}, found {str(value)[:20]!r}")
    return float(value)


def _count(entry: dict[str, Any], key: str, where: str) -> int:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _LARGEST:
        raise DataError(f"{where}: {key!r} must be a whole number from 1 to {_LARGEST:,.0f}, found {str(value)[:20]!r}")
    return value


def _day(entry: dict[str, Any], key: str, where: str) -> date | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, date):
        raise DataError(f"{where}: {key!r} must be a date, found {value!r}")
    return value


def _one_of(entry: dict[str, Any], key: str, allowed: tuple[str, ...], where: str) -> str:
    value = required_text(entry, key, where)
    if value not in allowed:
        raise DataError(f"{where}: {key!r} must be one of {', '.join(allowed)}, found {value!r}")
    return value
