"""Whether outcomes fall on groups of children alike: counts by group, as far as they may be told.

Who may read the records of all sites of a place gets every count. Everybody else gets whole programs and regions over
one period, with small counts and their complements hidden: the region's programs and groups are one table, always
hidden as a whole, so that no two views can be subtracted from each other. Never by classroom.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from analytics.suppression import suppress_table
from db import access
from db.actor import Actor
from db.equity_counts import (
    DIMENSIONS,
    OUTCOMES,
    UNPLACED,
    Counted,
    Missing,
    all_reports,
    children,
    counted_sites,
    enrolled,
    left_out,
    uncounted_rooms,
)
from db.models.organisation import Program, Region, Site
from db.period import Period
from db.settings import settings

TOLD_MONTHS = 12
"""The one period for who may not read the records: two that overlap could be subtracted from each other."""
WITHOUT_CHILD = "without a child's key"
BASED_ON_INCIDENTS = ("incidents", "supported")


class EquityPlace(NamedTuple):
    """A place to look at: a site, a program or a region. ``reads``: nothing there is hidden from the actor."""

    kind: str
    id: uuid.UUID
    name: str
    reads: bool


@dataclass(frozen=True)
class GroupCount:
    """The counts of one group; ``code`` is empty for the children in no group. All None where they are hidden.

    ``of`` are the children enrolled on average (for support: the children with incidents), ``most`` the reports of the
    child with most: None also for who may not read the records.
    """

    code: str
    children: int | None
    of: float | None
    reports: int | None
    squares: int | None
    most: int | None
    hidden: bool = False


@dataclass(frozen=True)
class EquityCounts:
    """What is known of one outcome by one dimension. ``told`` is false where nothing may be told of this place.

    ``without_child`` are reports that name no child (None: hidden, or not known for support); ``left_out`` the sites
    whose children were not counted by group, ``rooms_left_out`` the rooms of the other sites; ``period`` what was
    looked at.
    """

    told: bool
    reads: bool
    period: Period
    groups: tuple[GroupCount, ...] = ()
    without_child: int | None = None
    left_out: tuple[Missing, ...] = ()
    rooms_left_out: int = 0


def equity_places(session: Session, actor: Actor) -> list[EquityPlace]:
    """Give the places that the actor can look at: sites that they may read, programs and regions, by name.

    A program or region of which they may read some sites but not all is not among them: the rest could be worked out.
    """
    statement = (
        select(
            col(Site.id), col(Site.name), col(Site.program_id), col(Program.name), col(Site.region_id),
            col(Region.name), access.sites(actor, "incident").label("reads"),
        )
        .join(Program, col(Program.id) == col(Site.program_id))
        .join(Region, col(Region.id) == col(Site.region_id))
        .where(access.sites(actor, "aggregates"), col(Site.deleted_at).is_(None))
        .order_by(col(Site.name), col(Site.id))
    )  # fmt: skip
    rows = session.connection().execute(statement).all()
    sites = [EquityPlace("site", row[0], row[1], True) for row in rows if row.reads]
    whole = actor.scope.programs | {row[2] for row in rows if row[4] in actor.scope.regions}
    programs = _wholes("program", [(row[2], row[3], bool(row.reads)) for row in rows], whole)
    regions = _wholes("region", [(row[4], row[5], bool(row.reads)) for row in rows], actor.scope.regions)
    return [*sites, *programs, *regions]


def group_counts(
    session: Session,
    actor: Actor,
    outcome: str,
    dimension: str,
    period: Period,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
    site_id: uuid.UUID | None = None,
) -> EquityCounts:
    """Give an outcome by group at a site, a program, a region, or all sites whose records the actor may read.

    Only sites that counted their children by the dimension in the period are looked at.
    Raises ValueError for an outcome or dimension that is not offered.
    """
    if outcome not in OUTCOMES or dimension not in DIMENSIONS:
        raise ValueError(f"not offered: {outcome} by {dimension}")
    asked = _asked(region_id, program_id, site_id)
    place = next((one for one in equity_places(session, actor) if (one.kind, one.id) == asked), None)
    if asked is None or (place is not None and place.reads):
        return _read(session, actor, outcome, dimension, period, asked)
    if place is None:
        return EquityCounts(False, False, period)
    return _told(session, place, outcome, dimension, period)


def _asked(region: uuid.UUID | None, program: uuid.UUID | None, site: uuid.UUID | None) -> tuple[str, Any] | None:
    return next((one for one in (("site", site), ("program", program), ("region", region)) if one[1]), None)


def _wholes(kind: str, rows: list[tuple[Any, str, bool]], whole: Collection[Any]) -> list[EquityPlace]:
    """Give the programs or regions with several sites that the actor may read, or that are ``whole`` with none."""
    found = []
    for key, name in sorted({(key, name) for key, name, _reads in rows}, key=lambda one: (one[1], str(one[0]))):
        reads = [may for place, _name, may in rows if place == key]
        if (all(reads) and len(reads) > 1) or (not any(reads) and key in whole):
            found.append(EquityPlace(kind, key, name, all(reads)))
    return found


def _read(
    session: Session, actor: Actor, outcome: str, dimension: str, period: Period, asked: tuple[str, Any] | None
) -> EquityCounts:
    sites: list[ColumnElement[bool]] = [access.sites(actor, "incident"), col(Site.deleted_at).is_(None)]
    if asked is not None:
        column = {"site": Site.id, "program": Site.program_id, "region": Site.region_id}[asked[0]]
        sites.append(col(column) == asked[1])
    counted = col(Site.id).in_(counted_sites([dimension], period))
    looked_at = sites if outcome == "supported" else [*sites, counted]
    found = _summed(children(session, looked_at, dimension, outcome, period))
    sizes: dict[str, float] = {}
    if outcome == "supported":
        sizes = {one.code: float(one.met) for one in found.values()}
    else:
        for (_program, code), number in enrolled(session, looked_at, dimension, period).items():
            sizes[code] = sizes.get(code, 0.0) + number
    groups = [
        GroupCount(code, one.children, sizes.get(code, 0.0), one.reports, one.squares, one.most)
        for code in _in_order(sizes, found)
        for one in [found.get(code, Counted(None, code, 0, 0, 0, 0, 0, 0))]
    ]
    without = None
    if outcome != "supported":
        every = sum(all_reports(session, looked_at, outcome, period).values())
        without = every - sum(one.reports for one in found.values())
    return EquityCounts(
        True, True, period, tuple(groups), without,
        tuple(left_out(session, sites, counted, period)) if outcome != "supported" else (),
        uncounted_rooms(session, looked_at, dimension, period) if outcome != "supported" else 0,
    )  # fmt: skip


def _told(session: Session, place: EquityPlace, outcome: str, dimension: str, period: Period) -> EquityCounts:
    """Give what may be told of a program or region: hidden as one row, or the sums, of its region's whole table."""
    period = Period.last_months(TOLD_MONTHS, _last_day(period))
    region = (
        select(col(Program.region_id)).where(col(Program.id) == place.id).scalar_subquery()
        if place.kind == "program"
        else place.id
    )
    counted: ColumnElement[bool] = col(Site.id).in_(counted_sites(DIMENSIONS, period))
    standing: list[ColumnElement[bool]] = [col(Site.region_id) == region, col(Site.deleted_at).is_(None)]
    sites = [*standing, counted]
    rows = {(one.program_id, one.code): one for one in children(session, sites, dimension, outcome, period)}
    if outcome == "supported":
        sizes = {key: float(one.met) for key, one in rows.items()}
        every: dict[Any, int] = {}
        # Its children are those of the incidents: what is hidden there must not be told here.
        hidden = _hidden(rows, sizes, every, outcome) | _hidden_incidents(session, sites, dimension, period)
    else:
        sizes = enrolled(session, sites, dimension, period)
        every = all_reports(session, sites, outcome, period)
        hidden = _hidden(rows, sizes, every, outcome)
    if outcome in BASED_ON_INCIDENTS:
        hidden |= _hidden_in_the_other(session, sites, outcome, dimension, period)
    mine = (lambda program: True) if place.kind == "region" else (lambda program: program == place.id)
    column = place.id if place.kind == "program" else None
    found = _summed([one for (program, _code), one in rows.items() if mine(program)])
    groups = []
    for code in _in_order({code: 1.0 for program, code in sizes if mine(program)}, found):
        one = found.get(code, Counted(None, code, 0, 0, 0, 0, 0, 0))
        of = sum(number for (program, group), number in sizes.items() if mine(program) and group == code)
        groups.append(
            GroupCount(code, None, None, None, None, None, hidden=True)
            if (column, code) in hidden
            else GroupCount(code, one.children, of, one.reports, one.squares, None)
        )
    without = sum(number for program, number in every.items() if mine(program)) - sum(
        one.reports for one in found.values()
    )
    own = [*standing, col(Site.program_id) == place.id] if place.kind == "program" else standing
    return EquityCounts(
        True, False, period, tuple(groups),
        None if outcome == "supported" or (column, WITHOUT_CHILD) in hidden else without,
        tuple(left_out(session, own, counted, period)),
        uncounted_rooms(session, [*own, counted], dimension, period) if outcome != "supported" else 0,
    )  # fmt: skip


def _hidden_in_the_other(
    session: Session, sites: list[ColumnElement[bool]], outcome: str, dimension: str, period: Period
) -> set[tuple[Any, str]]:
    """Give what must not be told of the other outcome that is counted from the same children with incidents.

    Who received support is told of all of them: what one table hides, the other would tell.
    """
    (other,) = {*BASED_ON_INCIDENTS} - {outcome}
    rows = {(one.program_id, one.code): one for one in children(session, sites, dimension, other, period)}
    if other == "supported":
        return _hidden(rows, {key: float(one.met) for key, one in rows.items()}, {}, other)
    sizes = enrolled(session, sites, dimension, period)
    return _hidden(rows, sizes, all_reports(session, sites, other, period), other)


def _hidden_incidents(
    session: Session, sites: list[ColumnElement[bool]], dimension: str, period: Period
) -> set[tuple[Any, str]]:
    rows = {(one.program_id, one.code): one for one in children(session, sites, dimension, "incidents", period)}
    every = all_reports(session, sites, "incidents", period)
    return _hidden(rows, enrolled(session, sites, dimension, period), every, "incidents")


def _hidden(
    rows: dict[tuple[Any, str], Counted], sizes: dict[tuple[Any, str], float], every: dict[Any, int], outcome: str
) -> set[tuple[Any, str]]:
    """Give the cells (program or None for all, group) that must not be told.

    The children with the outcome, those without it, and the reports are a table each; what one of them hides all hide.
    """
    programs = sorted({program for program, _code in [*rows, *sizes]}, key=str)
    codes = sorted({code for _program, code in [*rows, *sizes]})
    nobody = Counted(None, "", 0, 0, 0, 0, 0, 0)
    tables = {"children": {key: rows.get(key, nobody).children for key in [*rows, *sizes]}}
    tables["without"] = {key: rows.get(key, nobody).without for key in rows} if outcome != "incidents" else {}
    if outcome != "supported":
        tables["rest"] = {key: max(0, round(of) - rows.get(key, nobody).children) for key, of in sizes.items()}
    tables["reports"] = {key: rows[key].reports for key in rows}
    for program, number in every.items():
        named = sum(one.reports for (place, _code), one in rows.items() if place == program)
        tables["reports"][program, WITHOUT_CHILD] = number - named
    hidden: set[tuple[Any, str]] = set()
    for name, cells in tables.items():
        columns = [*codes, WITHOUT_CHILD] if name == "reports" else codes
        frame = pd.DataFrame(
            [[cells.get((program, code), 0) for code in columns] for program in programs],
            index=list(map(str, programs)), columns=columns,
        )  # fmt: skip
        if frame.empty:
            continue
        table = suppress_table(frame, settings().children_minimum)
        for program, line in zip(programs, table.cells, strict=True):
            hidden |= {(program, code) for code, cell in zip(columns, line, strict=True) if cell.hidden}
        hidden |= {(None, code) for code, cell in zip(columns, table.column_totals or (), strict=True) if cell.hidden}
    return hidden


def _summed(rows: list[Counted]) -> dict[str, Counted]:
    """Give the sums over programs by group."""
    found: dict[str, Counted] = {}
    for row in rows:
        one = found.get(row.code, Counted(None, row.code, 0, 0, 0, 0, 0, 0))
        sums = [getattr(one, name) + getattr(row, name) for name in Counted._fields[2:-1]]
        found[row.code] = Counted._make((None, row.code, *sums, max(one.most, row.most)))
    return found


def _in_order(sizes: dict[str, float], found: dict[str, Counted]) -> list[str]:
    """Give the groups by their code, the children in no group last."""
    return sorted({*sizes, *found}, key=lambda code: (code == UNPLACED, code))


def _last_day(period: Period) -> Any:
    return period.months()[-1]
