"""The rows of the scorecard that are counted: behavior, time away, staff who left."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from analytics.exposure import PER_CHILD_DAYS, PER_ENROLLED, choose_exposure
from analytics.turnover import DAYS_PER_YEAR, Employment, Turnover, turnover
from analytics.verdicts import FEWEST_MONTHS, Clusters, Judged, MonthPair, months_verdict, sums_verdict
from components import dates
from components.charts.drawing import Action
from components.outcome_cards import span
from components.outcome_parts import Counted, Row
from components.words import _
from db.comparison import Comparison
from db.period import Period
from db.queries.outcome_months import ChildSpread
from db.rollups import month_after
from pages._outcome_reading import Found

PER_YEAR_AND_100 = 1200.0
"""Per 100 children and year, from children summed over months."""
PER_100_STAFF = 100.0


def behaviour(found: Found) -> Row:
    """Give the row of challenging behavior: incidents over child-days, or over enrolled children where days lack."""
    stretches = _stretches(found)
    days = [min(before.child_days, now.child_days) for before, now in stretches]
    children = [min(before.enrolled, now.enrolled) for before, now in stretches]
    by_days = choose_exposure(days, children).kind != "enrolled"
    names = ("by_days", "child_days") if by_days else ("by_enrolled", "enrolled")
    unit = _("incidents per 1,000 child-days") if by_days else _("incidents per 100 children and month")
    measure = _("Incidents on record, divided by the days that children were there")
    if not by_days:
        measure = _("Incidents on record, divided by the children enrolled")
    per = PER_CHILD_DAYS if by_days else PER_ENROLLED
    judged = _judged(found, names, per, found.incident_children)
    return _row(found, "behaviour", "incidents", measure, unit, judged, _told(found, "incident"))


def exclusions(found: Found) -> Row:
    """Give the row of suspensions and expulsions: every time away because of behavior, over enrolled children."""
    judged = _judged(found, ("exclusions", "enrolled_excluded"), PER_YEAR_AND_100, found.exclusion_children)
    measure = _("Every time that a child lost care because of behavior, from a call home to an expulsion")
    unit = _("times per 100 children and year")
    return _row(found, "exclusions", "exclusions", measure, unit, judged, _told(found, "exclusion"))


def staff_turnover(found: Found) -> Row:
    """Give the row of turnover: staff who left, over the time that staff worked."""
    both = found.comparison
    # Sites whose records begin later would be in now and not in before: another set of sites each time.
    since = max(both.before.start, min((one.since for one in found.staff), default=both.before.start))
    alike = [one for one in found.staff if one.since <= since]
    times = [
        Employment(max(one.hired, one.since), one.left)
        for one in alike
        if one.left is None or one.left >= max(one.hired, one.since)
        for _person in range(one.people)
    ]
    before, now = (turnover(times, part.start, part.end) for part in (both.before, both.now))
    judged, missing = Judged("cannot_tell", "ratio", missing="months"), "no_before" if times else "no_staff"
    if before and now:
        judged = sums_verdict(MonthPair(*_years(before), *_years(now)), PER_100_STAFF, overdispersion=1.0)
        missing = judged.missing or ""
    notes = ("turnover", "later_sites") if len(alike) < len(found.staff) else ("turnover",)
    action = Action("/sites", _("Enter staff"), _site(found) | ({"part": "staff"} if found.place.site_id else {}))
    return Row(
        "turnover", _("Staff who left, divided by the time that staff worked"),
        _("staff who left per 100 staff and year"), judged, "leavers", _spans(both), 0, missing or None,
        _counts(judged) | {"since": dates.month(since)}, notes,
        action if missing in ("no_staff", "no_before") else None,
    )  # fmt: skip


def _years(found: Turnover) -> tuple[float, float]:
    return found.leavers, found.average_headcount * found.days / DAYS_PER_YEAR


def _stretches(found: Found) -> Sequence[tuple[Any, Any]]:
    if found.months is not None:
        return [(month.before, month.now) for month in found.months]
    return [(found.told.before, found.told.now)] if found.told else []


def _judged(found: Found, names: tuple[str, str], per: float, children: ChildSpread) -> Judged:
    pairs = [
        MonthPair(*(getattr(side, name) for side in both for name in names)) for both in _stretches(found)
    ]  # fmt: skip
    if found.months is not None:
        return months_verdict(pairs, per, children=Clusters(*children))
    return sums_verdict(pairs[0], per) if pairs else Judged("cannot_tell", "ratio", missing="months")


class ToldOf(NamedTuple):
    """How many sites are in the sums, of how many, and how many are too small; no site where months are open."""

    counted: int = 0
    sites: int = 0
    hidden: int = 0


def _told(found: Found, kind: str) -> ToldOf:
    if found.told is None:
        return ToldOf()
    return ToldOf(getattr(found.told, f"{kind}_sites"), found.told.sites, getattr(found.told, f"{kind}_hidden"))


def _row(found: Found, outcome: str, counted: Counted, measure: str, unit: str, judged: Judged, told: ToldOf) -> Row:
    both = found.comparison if found.months is not None else found.sums
    months = found.months or ()
    known = sum(1 for month in months if month.before.enrolled > 0 and month.now.enrolled > 0)
    asked = len(both.now.months())
    facts = {"known": known, "asked": asked, "needed": FEWEST_MONTHS, "counted": told.counted, "sites": told.sites}
    notes = ["recording"]
    if found.months is None:
        notes += ["sums"] + (["part_of_sites"] if told.counted < told.sites else [])
    elif FEWEST_MONTHS <= known < asked:
        notes.append("part_of_months")
    if both.kind != "year" and asked % 12:
        notes.append("seasons")
    missing = _missing(found, judged, told)
    action = Action("/sites", _("Enter enrollment"), _site(found) | _part(found, "enrollment"))
    return Row(
        outcome, measure, unit, judged, counted, _held(found, both), 1, missing, facts | _counts(judged),
        tuple(notes) if judged.before is not None else (),
        action if missing in ("no_enrolment", "gaps", "months", "no_before") else None,
    )  # fmt: skip


def _missing(found: Found, judged: Judged, told: ToldOf) -> str | None:
    if judged.verdict != "cannot_tell" or judged.missing != "months":
        return judged.missing
    if found.months is None:
        if told.hidden and not told.counted:
            return "hidden"
        return "gaps" if told.sites else "no_enrolment"
    if not any(month.known_now > 0 for month in found.months):
        return "no_enrolment"
    return "months" if any(month.known_before > 0 for month in found.months) else "no_before"


def _counts(judged: Judged) -> dict[str, Any]:
    return {"count_before": judged.counts[0], "count_now": judged.counts[1]}


def _held(found: Found, both: Comparison) -> tuple[str, str]:
    """Give the months that are held against each other, from the first to the last; all where none is."""
    pairs = both.pairs() if found.months else []
    known = [pairs[month.at] for month in found.months or () if min(month.before.enrolled, month.now.enrolled) > 0]
    if not known:
        return _spans(both)
    before, now = (Period(known[0][side], month_after(known[-1][side])) for side in (0, 1))
    return span(before), span(now)


def _spans(both: Comparison) -> tuple[str, str]:
    return span(both.before), span(both.now)


def _site(found: Found) -> dict[str, str]:
    return {"site": str(found.place.site_id)} if found.place.site_id else {}


def _part(found: Found, part: str) -> dict[str, str]:
    return {"part": part} if found.place.site_id else {}
