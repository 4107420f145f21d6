"""Whether outcomes fall on groups of children alike: counts by group, as far as they may be told.

Who may read the records of all sites of a place gets every count. Everybody else gets whole programs and regions over
one period, with small counts and their complements hidden: the region's programs and groups are one table, always
hidden as a whole, so that no two views can be subtracted from each other. Never by classroom.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from analytics.suppression import suppress_table
from db import access
from db.acting import whole_reach
from db.actor import Actor
from db.equity_counts import (
    DIMENSIONS,
    OUTCOMES,
    UNPLACED,
    Counted,
    SiteLooked,
    all_reports,
    children,
    enrolled,
    rooms_enrolled,
    sites_looked_at,
)
from db.models.organisation import Program, Region, Site
from db.period import Period
from db.settings import settings

TOLD_MONTHS = 12
"""The one period for who may not read the records: two that overlap could be subtracted from each other."""
WITHOUT_CHILD = "without a child's key"
NOBODY = Counted(None, UNPLACED, 0, 0, 0, 0, 0, 0)


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
    left_out: tuple[SiteLooked, ...] = ()
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
    conditions: list[ColumnElement[bool]] = [access.sites(actor, "incident"), col(Site.deleted_at).is_(None)]
    if asked is not None:
        column = {"site": Site.id, "program": Site.program_id, "region": Site.region_id}[asked[0]]
        conditions.append(col(column) == asked[1])
    every = sites_looked_at(session, conditions, [dimension], period)
    if outcome == "supported":
        found = _summed(children(session, [one.site_id for one in every], dimension, outcome, period))
        sizes = {one.code: float(one.met) for one in found.values()}
        return EquityCounts(True, True, period, _groups(found, sizes))
    sites = [one.site_id for one in every if one.counted]
    found = _summed(children(session, sites, dimension, outcome, period))
    counted = enrolled(session, sites, dimension, period)
    sizes = {}
    for (_program, code), number in counted.children.items():
        sizes[code] = sizes.get(code, 0.0) + number
    without = sum(all_reports(session, sites, outcome, period).values()) - sum(one.reports for one in found.values())
    return EquityCounts(
        True, True, period, _groups(found, sizes), without, _left_out(every),
        max(0, rooms_enrolled(session, sites, period) - counted.rooms),
    )  # fmt: skip


def _groups(found: dict[str, Counted], sizes: dict[str, float]) -> tuple[GroupCount, ...]:
    """Give every group that is enrolled or met, the children in no group last."""
    groups = []
    for code in _in_order(sizes, found):
        one = found.get(code, NOBODY)
        groups.append(GroupCount(code, one.children, sizes.get(code, 0.0), one.reports, one.squares, one.most))
    return tuple(groups)


def _left_out(sites: list[SiteLooked]) -> tuple[SiteLooked, ...]:
    return tuple(one for one in sites if one.met and not one.counted)


def _told(session: Session, place: EquityPlace, outcome: str, dimension: str, period: Period) -> EquityCounts:
    """Give what may be told of a program or region: hidden as one row, or the sums, of its region's whole table."""
    period = Period.last_months(TOLD_MONTHS, period.months()[-1])
    region: Any = place.id
    if place.kind == "program":
        region = select(col(Program.region_id)).where(col(Program.id) == place.id).scalar_subquery()
    conditions: list[ColumnElement[bool]] = [col(Site.region_id) == region, col(Site.deleted_at).is_(None)]
    with whole_reach():  # what is hidden in one program depends on the others of its region
        every = sites_looked_at(session, conditions, DIMENSIONS, period)
        table = _table(session, every, outcome, dimension, period)
    mine = {one.program_id for one in every if place.kind == "region" or one.program_id == place.id}
    row = place.id if place.kind == "program" else None
    found = _summed([one for (program, _code), one in table.rows.items() if program in mine])
    sizes: dict[str, float] = {}
    for (program, code), number in table.sizes.items():
        if program in mine:
            sizes[code] = sizes.get(code, 0.0) + number
    groups = [
        GroupCount(one.code, None, None, None, None, None, hidden=True)
        if (row, one.code) in table.hidden
        else replace(one, most=None)
        for one in _groups(found, sizes)
    ]
    without = None
    if outcome != "supported" and (row, WITHOUT_CHILD) not in table.hidden:
        without = sum(number for program, number in table.every.items() if program in mine)
        without -= sum(one.reports for one in found.values())
    own = [one for one in every if one.program_id in mine]
    return EquityCounts(True, False, period, tuple(groups), without, _left_out(own))


class _Table(NamedTuple):
    """A region's counts by program and group, and the cells that are hidden."""

    rows: dict[tuple[Any, str], Counted]
    sizes: dict[tuple[Any, str], float]
    every: dict[Any, int]
    hidden: set[tuple[Any, str]]


def _table(session: Session, every: list[SiteLooked], outcome: str, dimension: str, period: Period) -> _Table:
    sites = [one.site_id for one in every if one.counted]
    rows = {(one.program_id, one.code): one for one in children(session, sites, dimension, outcome, period)}
    if outcome != "supported":
        sizes = enrolled(session, sites, dimension, period).children
        reports = all_reports(session, sites, outcome, period)
        return _Table(rows, sizes, reports, _hidden(rows, sizes, reports, outcome))
    sizes = {key: float(one.met) for key, one in rows.items()}
    # Its children are those of the incidents: what is hidden there must not be told here.
    incidents = _table(session, every, "incidents", dimension, period)
    return _Table(rows, sizes, {}, _hidden(rows, sizes, {}, outcome) | incidents.hidden)


def _hidden(
    rows: dict[tuple[Any, str], Counted], sizes: dict[tuple[Any, str], float], every: dict[Any, int], outcome: str
) -> set[tuple[Any, str]]:
    """Give the cells (program or None for all, group) that must not be told.

    The children with the outcome, those without it, and the reports are a table each; what one of them hides all hide.
    """
    programs = sorted({program for program, _code in [*rows, *sizes]}, key=str)
    codes = sorted({code for _program, code in [*rows, *sizes]})
    tables = {"children": {key: rows.get(key, NOBODY).children for key in [*rows, *sizes]}}
    tables["without"] = {key: rows.get(key, NOBODY).without for key in rows} if outcome != "incidents" else {}
    if outcome != "supported":
        tables["rest"] = {key: max(0, round(of) - rows.get(key, NOBODY).children) for key, of in sizes.items()}
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
