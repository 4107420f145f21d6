"""What each query tells of counts that may be hidden, written as sums into the attacker's notebook.

Every reader asks its query for all that a screen can ask of it: each period, each place, each filter.
"""

import uuid
from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

from db.actor import Actor
from db.comparison import COMPARED_MONTHS, told_sums
from db.equity_counts import DIMENSIONS, OUTCOMES
from db.period import OFFERED_MONTHS, Period
from db.queries import calls, compare, equity, outcome_months, patterns, today, trends
from tests.disclosure.attacker import Notebook
from tests.disclosure.world import World

MONTH = "month"
"""The incidents of a site and month that its rate is made of; all, where nothing is known to divide by."""
REST = "rest"
"""The other incidents of a month with a denominator: those in rooms without enrolment."""
EXCLUSION, PART, WITHOUT = "exclusion", "part", "without a child's key"


class Reading:
    """One role's look at everything."""

    def __init__(self, world: World, actor: Actor, sites: list[Any]) -> None:
        self.world, self.session, self.actor, self.sites = world, world.session, actor, sites
        self.book = Notebook()
        self.hidden: set[Any] = set()
        self.kinds: dict[tuple[uuid.UUID, date], str] = {}

    def periods(self) -> Iterator[Period]:
        """Give every period that a screen offers, and the longest that one looks at."""
        for months in (*OFFERED_MONTHS, 48):
            yield Period.last_months(months, self.world.today)

    def full(self, period: Period) -> list[date]:
        """Give the full months of a period."""
        return [month for month in period.months() if month < self.world.present]

    def places(self) -> Iterator[dict[str, uuid.UUID]]:
        """Give every choice of region and program that a screen offers."""
        yield {}
        yield {"region_id": self.world.north.id}
        for program in {site.program_id for site in self.sites}:
            yield {"program_id": program}

    def hide(self, cell: Any, least: float) -> None:
        """Note that a cell is shown as hidden: it is at least so much."""
        self.hidden.add(cell)
        self.book.know(cell, least)

    def months(self, cell: str, site_id: uuid.UUID, months: list[date], *kinds: str) -> list[Any]:
        """Give the cells of a site's months, only those of some kinds of denominators if given."""
        return [(cell, site_id, month) for month in months if not kinds or self.kinds[site_id, month] in kinds]


def site_months(reading: Reading) -> None:
    """Tell the months of every site, over every period."""
    for site in reading.sites:
        for period in reversed(list(reading.periods())):
            for row in trends.site_months(reading.session, reading.actor, period, site.id):
                _month(reading, site.id, row)


def _month(reading: Reading, site_id: uuid.UUID, row: Any) -> None:
    key = (site_id, row.month)
    kind = "child_days" if row.child_days else "enrolled" if row.enrolled else "none"
    reading.kinds[key] = kind
    counted, rest = (MONTH, *key), (REST, *key)
    if kind == "none":
        told = row.incidents
        reading.book.tell([rest], 0)
    else:
        told = row.covered
        if row.incidents is not None:
            reading.book.tell([counted, rest], row.incidents)
    _tell(reading, counted, told, hidden=row.incidents_hidden)
    if kind != "none" and told is not None and row.incidents is None:
        reading.hide(rest, 1)
    _tell(reading, (EXCLUSION, *key), row.exclusions, hidden=row.exclusions_hidden)
    assert (row.hours_lost is None) == (row.exclusions is None)


def _tell(reading: Reading, cell: Any, value: int | None, *, hidden: bool) -> None:
    if value is not None:
        reading.book.tell([cell], value)
    elif hidden:
        reading.hide(cell, 1)
    else:
        reading.book.know(cell)


def joined_months(reading: Reading) -> None:
    """Tell the sums over hidden months."""
    for site in reading.sites:
        for period in reading.periods():
            for run in trends.joined_months(reading.session, reading.actor, period, site.id):
                cell = MONTH if run.counted == "incidents" else EXCLUSION
                reading.book.tell(reading.months(cell, site.id, list(run.months)), run.number)


def site_sums(reading: Reading) -> None:
    """Tell the sums over the full months of every period, under every filter."""
    for period in reading.periods():
        if len(period.months()) > max(OFFERED_MONTHS):
            continue
        whole = Period(period.start, reading.world.present)
        for place in reading.places():
            for row in compare.site_sums(reading.session, reading.actor, whole, **place):
                if any(site.id == row.site_id for site in reading.sites):
                    _sums(reading, row, whole.months())


def sums_since(reading: Reading) -> None:
    """Tell the sums over the full months of all periods at once."""
    starts = [Period.last_months(months, reading.world.today).start for months in OFFERED_MONTHS]
    found = compare.sums_since(reading.session, reading.actor, starts, reading.world.present)
    for start, rows in zip(starts, found, strict=True):
        for row in rows:
            if any(site.id == row.site_id for site in reading.sites):
                _sums(reading, row, Period(start, reading.world.present).months())


def _sums(reading: Reading, row: Any, months: list[date]) -> None:
    def tell(cells: list[Any], value: int | None) -> None:
        if value is not None:
            reading.book.tell(cells, value)

    tell(reading.months(MONTH, row.site_id, months, "child_days"), row.in_child_days)
    tell(reading.months(MONTH, row.site_id, months, "child_days", "enrolled"), row.in_enrolled)
    every = reading.months(MONTH, row.site_id, months) + reading.months(REST, row.site_id, months)
    tell(every, row.incidents)
    tell(reading.months(EXCLUSION, row.site_id, months), row.exclusions)
    assert (row.hours_lost is None) == (row.exclusions is None)


def incident_breakdowns(reading: Reading) -> None:
    """Tell the patterns of every site, over every period, with what ties them together: their parts add up."""
    for site in reading.sites:
        for period in [*reading.periods()][::3]:
            found = trends.incident_breakdowns(reading.session, reading.actor, period, site.id)
            if reading.actor.role == "admin":
                assert not found.total
                continue
            months = found.period.months()
            every = reading.months(MONTH, site.id, months) + reading.months(REST, site.id, months)
            if found.total is not None:
                reading.book.tell(every, found.total)
            for by, parts in found.parts.items():
                _parts(reading, (site.id, found.period, by), parts)
                if by != "response":
                    cells = [(PART, site.id, found.period, by, part.code) for part in parts]
                    reading.book.tell(dict.fromkeys(every, 1) | dict.fromkeys(cells, -1), 0)


def _parts(reading: Reading, key: tuple[Any, ...], parts: list[Any]) -> None:
    all_hidden = all(part.hidden for part in parts)
    for part in parts:
        if part.hidden:
            # Where every option is listed, one that never happened is among them.
            reading.hide((PART, *key, part.code), 0 if all_hidden else 1)
        else:
            reading.book.tell([(PART, *key, part.code)], part.count)


def incident_patterns(reading: Reading) -> None:
    """Tell what Patterns says under no filter and under every single one."""
    period = Period.last_months(12, reading.world.today)
    for site in reading.sites[2:7:2]:
        plain = trends.incident_breakdowns(reading.session, reading.actor, period, site.id)
        cuts = [{}, *({by: part.code} for by, parts in plain.parts.items() for part in parts)]
        for cut in cuts:
            found = patterns.incident_patterns(reading.session, reading.actor, period, site.id, cut)
            if found.reads_rows:
                continue
            assert found.total == plain.total
            for by, parts in found.parts.items():
                for part in parts:
                    assert part.hidden == (part.count is None) == (part.whole is None)
                    if part.count is not None:
                        reading.book.tell([(PART, site.id, plain.period, by, part.code)], part.count)
            if cut and found.count is not None:
                ((by, code),) = cut.items()
                reading.book.tell([(PART, site.id, plain.period, by, code)], found.count)
        two = patterns.incident_patterns(
            reading.session, reading.actor, period, site.id, {"hour": "9", "activity": "transition"}
        )
        assert two.reads_rows or two.count is None


def site_counts(reading: Reading) -> None:
    """Tell the last two full months and the twelve before, as Today reads them."""
    latest, first = (Period.last_months(months, reading.world.today).start for months in (3, 15))
    for row in today.site_counts(reading.session, reading.actor, first, latest, reading.world.present):
        if any(site.id == row.id for site in reading.sites) and row.incidents is not None:
            for period, value in (
                (Period(latest, reading.world.present), row.incidents),
                (Period(first, latest), row.incidents_before),
            ):
                reading.book.tell(reading.months(MONTH, row.id, period.months(), "child_days"), value)


def call_facts(reading: Reading) -> None:
    """Tell the last two full months and the twelve before, as the list of sites to call reads them."""
    now = Period(Period.last_months(3, reading.world.today).start, reading.world.present)
    before = Period(Period.last_months(15, reading.world.today).start, now.start)
    for place in reading.places():
        for row in calls.call_facts(reading.session, reading.actor, reading.world.today, **place):
            if any(site.id == row.site_id for site in reading.sites) and row.now is not None:
                for period, value in ((now, row.now), (before, row.before)):
                    reading.book.tell(reading.months(MONTH, row.site_id, period.months(), "child_days"), value)


def compared_sites(reading: Reading) -> None:
    """Tell the sums over the full months of every period with how many forms came from rooms with enrolment."""
    for period in reading.periods():
        if len(period.months()) > max(OFFERED_MONTHS):
            continue
        whole = Period(period.start, reading.world.present)
        sums, efforts = compare.compared_sites(reading.session, reading.actor, whole)
        for one in sums:
            if any(site.id == one.site_id for site in reading.sites):
                _sums(reading, one, whole.months())
        for row in efforts:
            if row.forms is not None and any(site.id == row.site_id for site in reading.sites):
                cells = reading.months(MONTH, row.site_id, whole.months(), "child_days", "enrolled")
                reading.book.tell(cells, row.forms)


def outcome_sums(reading: Reading) -> None:
    """Tell the scorecard's sums: of the sites whose both sums may be told, which everybody can look up."""
    for months in COMPARED_MONTHS:
        comparison = told_sums(months, reading.world.today)
        longer = {
            row.site_id: row
            for row in compare.site_sums(
                reading.session, reading.actor, Period(comparison.before.start, comparison.now.end)
            )
        }
        shorter = {row.site_id: row for row in compare.site_sums(reading.session, reading.actor, comparison.now)}
        for place in [*reading.places(), *({"site_id": site.id} for site in reading.sites)]:
            found = outcome_months.told_sums(reading.session, reading.actor, comparison, **place)
            there = [
                site
                for site in reading.sites
                if all(getattr(site, "id" if name == "site_id" else name) == key for name, key in place.items())
            ]
            for what, cell, kinds, name, by in (
                ("in_child_days", MONTH, ("child_days",), "by_days", "child_days"),
                ("in_enrolled", MONTH, ("child_days", "enrolled"), "by_enrolled", "enrolled"),
                ("exclusions", EXCLUSION, (), "exclusions", "enrolled"),
            ):
                told = [
                    site.id for site in there
                    if site.id in longer
                    and getattr(longer[site.id], what) is not None and getattr(shorter[site.id], what) is not None
                    and 0 < (getattr(shorter[site.id], by) or 0) < (getattr(longer[site.id], by) or 0)
                    and not (what == "exclusions" and longer[site.id].months_missing)
                ]  # fmt: skip
                for stretch, period in ((found.now, comparison.now), (found.before, comparison.before)):
                    cells = [one for key in told for one in reading.months(cell, key, period.months(), *kinds)]
                    if cells:
                        reading.book.tell(cells, getattr(stretch, name))


def group_counts(reading: Reading) -> None:
    """Tell outcomes by group, over every period, for every place, with what ties the groups of a place together."""
    for place in equity.equity_places(reading.session, reading.actor):
        if place.reads:
            continue
        programs = {site.program_id for site in reading.sites} if place.kind == "region" else {place.id}
        for outcome, dimension in product(OUTCOMES, DIMENSIONS):
            answers = [
                equity.group_counts(
                    reading.session, reading.actor, outcome, dimension, period, **{f"{place.kind}_id": place.id}
                )
                for period in [*reading.periods()][: 6 if dimension == "sex" else 1 : 3]
            ]
            assert all(answer == answers[0] for answer in answers), "two periods tell more than one"
            _groups(reading, programs, outcome, dimension, answers[0])


def _groups(reading: Reading, programs: set[uuid.UUID], outcome: str, dimension: str, found: Any) -> None:
    def cells(what: str, code: str) -> list[Any]:
        key = () if code == WITHOUT else (dimension, code)
        return [(what, outcome, program, *key) for program in programs]

    for group in found.groups:
        reports, children = cells("reports", group.code), cells("children", group.code)
        if not group.hidden:
            reading.book.tell(reports, group.reports)
            reading.book.tell(children, group.children)
            if outcome == "supported":
                reading.book.tell([("children", "incidents", *cell[2:]) for cell in children], group.of)
        elif len(programs) == 1:
            for cell in (*reports, *children):
                reading.hide(cell, 0)
    if outcome == "supported":
        return
    if found.without_child is not None:
        reading.book.tell(cells("reports", WITHOUT), found.without_child)
    elif len(programs) == 1:
        reading.hide(cells("reports", WITHOUT)[0], 0)
    if len(programs) > 1:
        return
    (program,) = programs
    every = [("reports", outcome, program, dimension, group.code) for group in found.groups]
    every += cells("reports", WITHOUT)
    months = [
        cell
        for site in reading.sites
        if site.program_id == program and site.id not in {one.site_id for one in found.left_out}
        for what in ((MONTH, REST) if outcome == "incidents" else (EXCLUSION,))
        for cell in reading.months(what, site.id, found.period.months())
    ]
    reading.book.tell(dict.fromkeys(every, 1) | dict.fromkeys(months, -1), 0)
    one_by_one = {("children", outcome, program, dimension, group.code): 1 for group in found.groups}
    reading.book.tell(one_by_one | {("children", outcome, program, "all"): -1}, 0)
