"""The first part of a meeting: what the figures of a site say, gathered once for all that the screen draws."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from analytics import meeting_signals
from analytics import strengths as strong
from analytics.sentences import Finding, finding
from components import meeting_parts, pattern_parts, precision, today_director, trend_parts
from components.charts.drawing import show
from components.charts.template import palette
from components.messages import link
from components.words import _
from db.actor import Actor
from db.period import Period
from db.queries import exclusions, meetings, patterns, places, trends, waves
from pages._on_axis import OnAxis
from pages._trend_past import Looked, Past, axis_of, past_of

YEAR, RECENT = 12, 3
"""Months: patterns are looked for in the last three, and in twelve where nothing stands out in those."""


@dataclass(frozen=True)
class Look:
    """What a meeting looks at. ``names`` are those of classrooms; ``period`` holds the patterns."""

    past: Past
    axis: OnAxis
    strengths: list[strong.Strength]
    signals: list[meeting_signals.Fired]
    statements: list[precision.Told]
    total: int
    names: dict[str, str]
    period: Period


def gather(
    session: Any, actor: Actor, head: trends.SiteHead, today: date, decided: Sequence[meetings.DecisionRow]
) -> Look:
    """Read what a site's meeting looks at; ``decided`` are the decisions of the meeting before."""
    looked = Looked(actor, head, Period.last_months(YEAR + 1, today), today)
    axis = axis_of(session, looked)
    past = past_of(session, looked, axis)
    surveys = waves.waves(session, actor, Period.last_months(24, today), head.id)
    recent, year = (_full_months(months, today) for months in (RECENT, YEAR))
    lately = patterns.incident_patterns(session, actor, recent, head.id, {})
    told = patterns.precise_cuts(session, actor, recent, head.id)
    period = recent if told else year
    told = told or patterns.precise_cuts(session, actor, year, head.id)
    found = finding(past.rate) if past.rate and not past.silent else None
    rooms = places.classrooms(session, actor, head.id)
    return Look(
        past,
        axis,
        strong.strengths(_facts(session, actor, head.id, past, found, surveys, decided)),
        meeting_signals.fired(_signs(session, actor, head.id, past, found, lately, today)),
        [precision.Told(one.cut, one.count, one.total, one.motives) for one in told],
        patterns.incident_patterns(session, actor, period, head.id, {}).total or 0,
        {str(room.id): room.name for room in rooms},
        period,
    )


def draw(look: Look, site_id: uuid.UUID) -> None:
    """Draw what went well, the figures of the last full months, the year, and what stands out."""
    meeting_parts.strengths(look.strengths)
    past, full = look.past, look.past.full[-YEAR:]
    cards = [today_director.visits(full[-RECENT:]), today_director.lost_care(full[-RECENT:])]
    meeting_parts.figures([meeting_parts.without_line(today_director.incidents(past.full), past.full), *cards])
    drawing = trend_parts.incident_rate(
        past.shown, past.rate, past.exposure, look.axis.marks, palette(), site_id, silent=past.silent
    )
    show(drawing, "meeting_rate")
    more = partial(link, "/patterns", _("Look further in Patterns"), site=str(site_id))
    basis = pattern_parts.basis(look, look.period)
    meeting_parts.statements(look.statements, look.names, basis, more)


def _facts(
    session: Any,
    actor: Actor,
    site_id: uuid.UUID,
    past: Past,
    found: Finding | None,
    surveys: Sequence[waves.WaveRow],
    decided: Sequence[meetings.DecisionRow],
) -> strong.Facts:
    full = past.full
    begun = next((at for at, one in enumerate(full) if one.visits or one.enrolled or one.incidents), len(full))
    rooms = meetings.quiet_rooms(session, actor, site_id, full[-1].month) if full else meetings.Rooms(0, 0)
    closed = next((wave for wave in surveys if not wave.open), None)
    return strong.Facts(
        months=[_month(one) for one in full[begun:]],
        finding=found.code if found else None,
        quiet_rooms=rooms.quiet,
        rooms=rooms.rooms,
        decisions=len(decided),
        decisions_done=sum(one.status == "done" for one in decided),
        well_answered=closed is not None and closed.response == "three_quarters_or_more",
    )


def _month(one: trends.SiteMonthRow) -> strong.Month:
    return strong.Month(
        one.incidents or 0, one.covered or 0, one.child_days, bool(one.enrolled), one.exclusions or 0, one.visits,
        one.visits_not_held,
    )  # fmt: skip


def _signs(
    session: Any,
    actor: Actor,
    site_id: uuid.UUID,
    past: Past,
    found: Finding | None,
    lately: patterns.Patterns,
    today: date,
) -> meeting_signals.Facts:
    waiting = meetings.waiting_at(session, actor, site_id, today)
    ledger = exclusions.ledger(session, actor, Period.last_months(1, today), site_id, today, waiting=True)
    served = any(one.visits for one in past.full[-YEAR:])
    return meeting_signals.Facts(
        finding=found.code if found else None,
        side=found.side if found else None,
        incidents=lately.count or 0,
        largest_child=(lately.child.largest if lately.child else 0) or 0,
        waiting_exclusions=ledger.total,
        visits=past.full[-1].visits if served else None,
        follow_ups_overdue=waiting.follow_ups,
        decisions_overdue=waiting.decisions,
    )


def _full_months(months: int, today: date) -> Period:
    period: Any = Period.last_months(months + 1, today)
    return Period(period.start, period.months()[-1])
