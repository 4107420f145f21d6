"""Which scale of which instrument stands for an outcome of the scorecard: data with reasons, in a YAML file."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

import yaml

from db.instruments import INSTRUMENTS, editions_of

Scored = Literal["social_emotional", "relationships", "classroom_quality", "stress", "burnout"]


class Measure(NamedTuple):
    """One scale or domain of a family of instruments."""

    family: str
    code: str


def _read() -> Mapping[Scored, tuple[Measure, ...]]:
    told = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text())
    found: dict[Scored, tuple[Measure, ...]] = {}
    for outcome in get_args(Scored):
        measures = tuple(Measure(one["family"], one["code"]) for one in told.pop(outcome))
        for one in measures:
            tools = editions_of(one.family)
            known = {part.code for tool in tools for parts in (tool.scales, tool.domains) for part in parts}
            if one.code not in known:
                raise ValueError(f"{outcome}: no scale {one.code!r} in any edition of {one.family!r}")
        found[outcome] = measures
    if told:
        raise ValueError(f"outcomes that nobody reads: {sorted(told)}")
    return MappingProxyType(found)


MEASURES = _read()
"""The measures of each scored outcome, in order of preference."""


def place_of(outcome: Scored, instrument_code: str, code: str) -> int | None:
    """Give how far up a scale stands for an outcome (0: first), or None where it does not stand for it."""
    measure = Measure(INSTRUMENTS[instrument_code].family, code)
    return MEASURES[outcome].index(measure) if measure in MEASURES[outcome] else None


def instruments_for(*outcomes: Scored) -> list[str]:
    """Give the codes of all editions that may stand for one of the outcomes."""
    families = {one.family for outcome in outcomes for one in MEASURES[outcome]}
    return sorted(code for code, tool in INSTRUMENTS.items() if tool.family in families)
