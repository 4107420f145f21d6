"""What a program owes a child after time away: which steps, which looks at the child's place, and by when.

The kinds of time away and the months are data with their source, in exclusion_care.yaml.
"""

import calendar
import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col

from db.errors import Problem
from db.field_data import DataError, read_yaml, required_text
from db.models.incident_input import ExclusionInput
from db.models.incidents import Exclusion, ExclusionPlace, ExclusionStep
from db.models.organisation import Program, Site
from db.options import codes

HEAD_START_SETTINGS = ("head_start", "early_head_start")


class Look(NamedTuple):
    """A look at a child's place. ``due_on`` is None where it waits for an event: the case closes."""

    moment: str
    due_on: date | None


def _read() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, int], int]:
    data = read_yaml(Path(__file__).with_name("exclusion_care.yaml"))
    for part, entry in data.items():
        required_text(entry, "source", part)
    lists = {part: tuple(entry["kinds"]) for part, entry in data.items() if "kinds" in entry}
    known, moments = codes("exclusion_type"), data["months_after"]["moments"]
    if any(kind not in known for kinds in lists.values() for kind in kinds) or set(moments) - set(
        codes("place_moment")
    ):
        raise DataError("exclusion_care.yaml names something that is in no option list")
    return lists, moments, data["asked_for_days"]["value"]


_KINDS, MONTHS_AFTER, ASKED_FOR_DAYS = _read()
STEPS_FOR, STEPS_REQUIRED_FOR = _KINDS["steps_for"], _KINDS["steps_required_for"]
TEMPORARY, PLACE_FOLLOWED_FOR = _KINDS["temporary"], _KINDS["place_followed_for"]
STEPS = codes("exclusion_step")


def looks(
    kind: str, started_on: date, ended_on: date | None, return_on: date | None, noted: Mapping[str, date]
) -> list[Look]:
    """Give the looks at a child's place that are still to come, with their days.

    The months count from the day the case closed where that was noted, else from the child's return, the end of the
    time away, or its start. ``noted`` maps the moments that were looked at to their days.
    """
    if kind not in PLACE_FOLLOWED_FOR:
        return []
    start = noted.get("closure") or return_on or ended_on or started_on
    return [
        Look(moment, months_later(start, MONTHS_AFTER[moment]) if moment in MONTHS_AFTER else None)
        for moment in codes("place_moment")
        if moment not in noted
    ]


def is_due(look: Look, today: date) -> bool:
    """Tell whether a look at a child's place is due by ``today``, and not so late that it would say nothing."""
    return look.due_on is not None and 0 <= (today - look.due_on).days <= ASKED_FOR_DAYS


def months_later(day: date, months: int) -> date:
    """Give the same day some months later; the last day of a month that is too short for it."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def in_head_start() -> ColumnElement[bool]:
    """Give the condition on ``site`` joined with ``program``: 45 CFR 1302.17 holds there."""
    return col(Site.setting).in_(HEAD_START_SETTINGS) | col(Program.type).in_(HEAD_START_SETTINGS)


def move(session: Session, exclusion: Exclusion, site_id: uuid.UUID, region_id: uuid.UUID) -> None:
    """Take an exclusion to the site that it belongs to, with the steps and looks that were noted."""
    if exclusion.site_id == site_id:
        return
    exclusion.site_id, exclusion.region_id = site_id, region_id
    for table in (ExclusionStep, ExclusionPlace):
        statement = update(table).where(col(table.exclusion_id) == exclusion.id)
        session.connection().execute(statement.values(site_id=site_id, region_id=region_id))


def expulsion_problems(session: Session, site: Site, exclusion: ExclusionInput) -> Iterator[Problem]:
    """Give a problem where a Head Start program's expulsion comes without what happened and why."""
    if exclusion.type == "expulsion" and not exclusion.override_note:
        program = session.get_one(Program, site.program_id)
        if site.setting in HEAD_START_SETTINGS or program.type in HEAD_START_SETTINGS:
            yield Problem("exclusion.override_note", "expulsion_rule")
