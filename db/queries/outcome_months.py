"""Incidents and time away as the outcome scorecard judges them: months side by side, or sums that everybody may know.

They are read from the monthly roll-ups, never one by one. Who may not read the incidents of a site gets only sums
that other screens tell as well (``told_sums``), and a verdict that rests on these two numbers alone.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, case, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db import access
from db.actor import Actor
from db.comparison import Comparison
from db.models.organisation import Site
from db.models.records import ChildMonth, SiteMonth
from db.period import Period
from db.queries import compare
from db.regions import same_region
from db.site_choice import active_sites


class Stretch(NamedTuple):
    """Events and exposures of a month, or of several: now or before.

    ``by_days`` are the incidents that ``child_days`` belong to, ``by_enrolled`` those of ``enrolled`` (child-months).
    ``enrolled_excluded`` are the child-months at the sites that ``exclusions`` were counted at: over several sites not
    always those of the incidents.
    """

    by_days: float = 0
    child_days: float = 0
    by_enrolled: float = 0
    enrolled: float = 0
    exclusions: float = 0
    enrolled_excluded: float = 0


class Months(NamedTuple):
    """A month beside its partner before, summed over the sites that know the children of both.

    ``at`` is the place of the pair in ``Comparison.pairs()``; ``known_before`` and ``known_now`` are the children that
    are known at all, also where the partner is missing.
    """

    at: int
    before: Stretch
    now: Stretch
    known_before: float = 0
    known_now: float = 0


class ChildSpread(NamedTuple):
    """Over children known by their keys: their events, and sums of now squared, now times before, before squared."""

    events: float = 0
    now_squared: float = 0
    mixed: float = 0
    before_squared: float = 0


class ToldSums(NamedTuple):
    """Sums that everybody may be told: over ``incident_sites`` and ``exclusion_sites`` of ``sites``.

    Of the other sites ``..._hidden`` have numbers too small to be told; the rest do not know their children both times.
    """

    before: Stretch
    now: Stretch
    sites: int
    incident_sites: int
    exclusion_sites: int
    incident_hidden: int
    exclusion_hidden: int


def month_pairs(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> list[Months]:
    """Give the months side by side at the sites whose incidents the actor may read, oldest first, in one statement.

    A site counts in a month only where it knows its children in that month and in its partner: others would change
    who is compared.
    """
    pairs = comparison.pairs()
    month = col(SiteMonth.month)
    place = case(*((month.in_(both), at) for at, both in enumerate(pairs)), else_=literal(-1, Integer))
    is_now = month >= comparison.now.start
    columns = (SiteMonth.incidents_covered, SiteMonth.child_days, SiteMonth.enrolled, SiteMonth.exclusions)
    covered, child_days, enrolled, exclusions = (col(column) for column in columns)
    per_site = (
        select(
            place.label("place"),
            *(
                func.coalesce(func.sum(case((side, column))), 0).label(f"{name}_{when}")
                for when, side in (("before", ~is_now), ("now", is_now))
                for name, column in (
                    ("covered", covered), ("child_days", child_days), ("enrolled", enrolled),
                    ("exclusions", exclusions),
                )
            ),
        )
        .join(Site, col(Site.id) == col(SiteMonth.site_id))
        .where(
            *active_sites(actor, region_id, program_id, site_id),
            access.sites(actor, "incident"), access.sites(actor, "exclusion"),
            month >= comparison.before.start, month < comparison.now.end,
        )
        .group_by(col(SiteMonth.site_id), place)
        .subquery()
    )  # fmt: skip
    one = per_site.c
    days, children = (
        (one.child_days_before > 0) & (one.child_days_now > 0),
        (one.enrolled_before > 0) & (one.enrolled_now > 0),
    )
    sums = [
        func.sum(case((both, one[f"{name}_{when}"]), else_=0))
        for when in ("before", "now")
        for name, both in (
            ("covered", days), ("child_days", days), ("covered", children), ("enrolled", children),
            ("exclusions", children),
        )
    ]  # fmt: skip
    known = (func.sum(one.enrolled_before), func.sum(one.enrolled_now))
    statement = select(one.place, *sums, *known).where(one.place >= 0).group_by(one.place).order_by(one.place)
    rows = session.connection().execute(statement)
    return [Months(row[0], _stretch(row[1:6]), _stretch(row[6:11]), row[11], row[12]) for row in rows]


def _stretch(sums: Sequence[float]) -> Stretch:
    """Give a month's sums; the children are the same for all of them."""
    found = Stretch(*sums)
    return found._replace(enrolled_excluded=found.enrolled)


def child_spread(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> tuple[ChildSpread, ChildSpread]:
    """Give how incidents, and exclusions, of the months of ``month_pairs`` lie among children, in one statement."""
    month, pairs = col(ChildMonth.month), comparison.pairs()
    beside = dict(pairs) | {is_: was for was, is_ in pairs}
    is_now = month >= comparison.now.start
    own, partner = aliased(SiteMonth), aliased(SiteMonth)
    counted = {"incidents": col(ChildMonth.incidents), "exclusions": col(ChildMonth.exclusions)}
    per_child = (
        select(
            *(
                func.sum(case((side, column), else_=0)).label(f"{name}_{when}")
                for name, column in counted.items()
                for when, side in (("before", ~is_now), ("now", is_now))
            )
        )
        .join(Site, col(Site.id) == col(ChildMonth.site_id))
        .join(
            own,
            (col(own.site_id) == col(ChildMonth.site_id)) & same_region(own, ChildMonth) & (col(own.month) == month),
        )
        .join(
            partner,
            (col(partner.site_id) == col(ChildMonth.site_id))
            & same_region(partner, ChildMonth)
            & (col(partner.month) == case(beside, value=month)),
        )
        .where(
            *active_sites(actor, region_id, program_id, site_id),
            access.sites(actor, "incident"), access.sites(actor, "exclusion"),
            month.in_(list(beside)), col(own.enrolled) > 0, col(partner.enrolled) > 0,
        )
        .group_by(col(ChildMonth.site_id), col(ChildMonth.child_key))
        .subquery()
    )  # fmt: skip
    sums = []
    for name in counted:
        was, is_ = per_child.c[f"{name}_before"], per_child.c[f"{name}_now"]
        sums += [func.coalesce(func.sum(one), 0) for one in (was + is_, is_ * is_, is_ * was, was * was)]
    row = [float(value) for value in session.connection().execute(select(*sums)).one()]
    return ChildSpread(*row[:4]), ChildSpread(*row[4:])


def told_sums(
    session: Session,
    actor: Actor,
    comparison: Comparison,
    site_id: uuid.UUID | None = None,
    region_id: uuid.UUID | None = None,
    program_id: uuid.UUID | None = None,
) -> ToldSums:
    """Give the sums now and before over the sites of which both may be told.

    The sum of before is what an offered period has more than the one of half its length (``comparison.told_sums``):
    whoever may be told both could subtract them. Over several sites only told sums are added up, so that no hidden one
    can be worked out by taking the others away.
    """
    told = []
    for start in (comparison.before.start, comparison.now.start):
        period = Period(start, comparison.now.end)
        found = compare.site_sums(session, actor, period, region_id, program_id)
        told.append({one.site_id: one for one in found if site_id in (None, one.site_id)})
    both = [(told[0][key], one) for key, one in told[1].items() if key in told[0]]
    incidents = [pair for pair in both if not any(one.incidents_hidden for one in pair)]
    exclusions = [pair for pair in both if not any(one.exclusions_hidden for one in pair)]
    by_days, by_enrolled = _alike(incidents, "child_days"), _alike(incidents, "enrolled")
    # Time away is counted in every month, children only where they are entered: only sites that know them in all.
    excluded = _alike([pair for pair in exclusions if not pair[0].months_missing], "enrolled")
    before, now = (
        Stretch(
            *_summed(by_days, side, "in_child_days", "child_days"),
            *_summed(by_enrolled, side, "in_enrolled", "enrolled"),
            *_summed(excluded, side, "exclusions", "enrolled"),
        )
        for side in ("before", "now")
    )
    return ToldSums(
        before, now, len(both), max(len(by_days), len(by_enrolled)), len(excluded), len(both) - len(incidents),
        len(both) - len(exclusions),
    )  # fmt: skip


def _alike(pairs: Iterable[tuple[Any, Any]], exposed: str) -> list[tuple[Any, Any]]:
    """Give the sites that know their children both before and now; ``pairs``: (longer, now)."""
    return [
        (longer, now) for longer, now in pairs if 0 < (getattr(now, exposed) or 0) < (getattr(longer, exposed) or 0)
    ]


def _summed(pairs: Iterable[tuple[Any, Any]], side: str, counted: str, exposed: str) -> tuple[float, float]:
    """Give the events and the exposure now or before."""
    events = exposure = 0.0
    for longer, now in pairs:
        whole, part = getattr(longer, exposed), getattr(now, exposed)
        if side == "now":
            events, exposure = events + getattr(now, counted), exposure + part
        else:
            events += getattr(longer, counted) - getattr(now, counted)
            exposure += whole - part
    return events, exposure
