"""The rows of the scorecard that are scored: children's measures, observed rooms, staff surveys."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from analytics.change import LEAST_FOR_A_MEAN
from analytics.room_pairs import LEAST_DAYS, MOST_DAYS, Observed, paired_rooms
from analytics.verdicts import Answers, Judged, change_verdict, paired_verdict, survey_verdict
from components import dates, score_parts
from components.charts.drawing import Action
from components.charts.numbers import whole
from components.instruments import instrument_label, scale_label
from components.outcome_cards import span
from components.outcome_parts import Counted, Row, counted_words
from components.words import _
from db.instruments import instrument
from db.outcome_measures import Scored, place_of
from db.queries.outcomes import SiteScore
from db.settings import settings
from pages._outcome_reading import Found

DIGITS = 2


class Candidate(NamedTuple):
    """A measure that may stand for an outcome: how far up it is preferred, on how many pairs it rests, and its row."""

    order: int
    pairs: int
    row: Row


def children(found: Found) -> Row:
    """Give the row of children's social and emotional functioning."""
    return _chosen(_of_children(found, "social_emotional"), _no_child(found, "social_emotional"))


def relationships(found: Found) -> Row:
    """Give the row of relationships: children's attachment, or how adults and children were observed together."""
    nothing = _nothing(found, "relationships", "no_rooms", _observe(found))
    return _chosen([*_of_children(found, "relationships"), *_of_rooms(found, "relationships")], nothing)


def quality(found: Found) -> Row:
    """Give the row of classroom quality."""
    nothing = _nothing(found, "classroom_quality", "no_rooms", _observe(found))
    return _chosen(_of_rooms(found, "classroom_quality"), nothing)


def survey(found: Found, outcome: Scored) -> Row:
    """Give the row of stress or of burnout."""
    hidden = any(_stands_for(outcome, code) for code in found.surveys.hidden)
    missing = "surveys_hidden" if hidden else "no_survey"
    action = Action("/staff-stress", _("Go to Staff stress"), _site(found))
    nothing = _nothing(found, outcome, missing, action, least=settings().staff_minimum)
    return _chosen(_of_surveys(found, outcome), nothing)


def _chosen(candidates: Sequence[Candidate], nothing: Row) -> Row:
    """Give the preferred measure of those with enough pairs, else the one with most: never by what it says."""
    if not candidates:
        return nothing
    enough = [one for one in candidates if one.pairs >= LEAST_FOR_A_MEAN]
    if enough:
        return min(enough, key=lambda one: (one.order, -one.pairs)).row
    return min(candidates, key=lambda one: (-one.pairs, one.order)).row


def _of_children(found: Found, outcome: Scored) -> list[Candidate]:
    candidates = []
    for one in found.children:
        order = place_of(outcome, one.instrument_code, one.scale_code)
        if order is None:
            continue
        judged = change_verdict(one.change, instrument(one.instrument_code).scale(one.scale_code).direction)
        row = _row(found, outcome, one.instrument_code, one.scale_code, judged, "children")
        if one.held_back and not one.change.counts.paired:
            row = replace(row, missing="few_children", facts={**row.facts, "least": settings().children_minimum})
        elif one.held_back:
            row = replace(row, notes=("held_back",))
        candidates.append(Candidate(order, one.change.counts.paired, row))
    return candidates


def _of_rooms(found: Found, outcome: Scored) -> list[Candidate]:
    if found.rooms is not None:
        scores = [(one.instrument_code, one.code, one.classroom_id, one.observed_on, one.value) for one in found.rooms]
        return [
            Candidate(order, judged.counts[0], _row(found, outcome, tool, code, judged, "rooms", ("rooms",)))
            for order, tool, code, judged in _paired(found, outcome, scores)
        ]
    rows = [(one.instrument_code, one.code, one.site_id, one.last_on, one.value) for one in found.site_rooms]
    candidates = []
    for order, tool, code, judged in _paired(found, outcome, rows):
        row = _row(found, outcome, tool, code, judged, "sites")
        if len(found.place.sites) == 1:
            here = [one for one in found.site_rooms if (one.instrument_code, one.code) == (tool, code)]
            row = _one_sites_rooms(found, row, here)
        candidates.append(Candidate(order, judged.counts[0], row))
    return candidates


def _one_sites_rooms(found: Found, row: Row, here: Sequence[SiteScore]) -> Row:
    """Give one site's means without a verdict: who may not see single rooms cannot have them compared."""
    before, now = _latest(found, here)
    counts = (before.size if before else 0, now.size if now else 0)
    means = (before.value if before else None, now.value if now else None)
    judged = Judged("cannot_tell", "difference", *means, counts)
    action = Action("/site-trends", _("Go to Site trends"), _site(found))
    return replace(
        row, judged=judged, counted="rooms", missing="rooms_closed", action=action,
        facts={"needed": LEAST_FOR_A_MEAN},
    )  # fmt: skip


def _of_surveys(found: Found, outcome: Scored) -> list[Candidate]:
    scores = found.surveys.scores
    if len(found.place.sites) > 1:
        rows = [(one.instrument_code, one.code, one.site_id, one.last_on, one.value) for one in scores]
        return [
            Candidate(order, judged.counts[0], _row(found, outcome, tool, code, judged, "sites"))
            for order, tool, code, judged in _paired(found, outcome, rows)
        ]
    candidates = []
    for tool, code in sorted({(one.instrument_code, one.code) for one in scores}):
        order = place_of(outcome, tool, code)
        if order is not None:
            here = [one for one in scores if (one.instrument_code, one.code) == (tool, code)]
            row = _of_one_site(found, outcome, tool, code, here)
            # One that was there both times comes first, and one whose spread may be shown before that.
            known = 2 if row.judged.interval else 0 if row.missing == "one_survey" else 1
            candidates.append(Candidate(order, known, row))
    return candidates


def _of_one_site(found: Found, outcome: Scored, tool: str, code: str, here: Sequence[SiteScore]) -> Row:
    before, now = _latest(found, here)
    if before is None or now is None:
        known = before or now
        assert known is not None
        means = (before.value if before else None, now.value if now else None)
        judged = Judged("cannot_tell", "difference", *means, (before.size if before else 0, now.size if now else 0))
        return replace(_row(found, outcome, tool, code, judged, "answers"), missing="one_survey")
    judged = survey_verdict(
        Answers(before.value, before.sd, before.size), Answers(now.value, now.sd, now.size),
        instrument(tool).scale(code).direction,
    )  # fmt: skip
    counted: Counted = "fewest_answers" if before.at_least or now.at_least else "answers"
    row = _row(found, outcome, tool, code, judged, counted, ("answers",))
    return replace(row, facts={**row.facts, "least": 2 * settings().staff_minimum})


def _latest(found: Found, here: Sequence[SiteScore]) -> tuple[SiteScore | None, SiteScore | None]:
    """Give the latest score now, and the latest before it that is 30 to 400 days older."""
    start = found.comparison.now.start
    now = next((one for one in reversed(here) if one.first_on >= start), None)
    fits = [
        one for one in here
        if one.last_on < start and (now is None or LEAST_DAYS <= (now.last_on - one.last_on).days <= MOST_DAYS)
    ]  # fmt: skip
    return (fits[-1] if fits else None), now


def _paired(
    found: Found, outcome: Scored, scores: Iterable[tuple[str, str, Any, Any, float]]
) -> list[tuple[int, str, str, Judged]]:
    """Judge every measure that stands for the outcome, by pairs of rooms or of sites."""
    sides: dict[tuple[str, str], tuple[list[Observed], list[Observed]]] = {}
    for tool, code, who, on, value in scores:
        if place_of(outcome, tool, code) is not None:
            side = int(on >= found.comparison.now.start)
            sides.setdefault((tool, code), ([], []))[side].append(Observed(who, on, value))
    judged = []
    for (tool, code), (before, now) in sorted(sides.items()):
        order = place_of(outcome, tool, code)
        assert order is not None
        direction = score_parts.measure(instrument(tool), code).direction
        verdict, _counts = paired_verdict(*paired_rooms(before, now), direction)
        judged.append((order, tool, code, verdict))
    return judged


def _row(
    found: Found, outcome: Scored, tool_code: str, code: str, judged: Judged, counted: Counted,
    notes: tuple[str, ...] = (),
) -> Row:  # fmt: skip
    tool = instrument(tool_code)
    low, high = score_parts.bounds(tool, code)
    measure = _("{instrument}: {scale}").format(instrument=instrument_label(tool), scale=scale_label(tool, code))
    way = score_parts.good_way(score_parts.better(score_parts.measure(tool, code)))
    unit = _("scale from {low} to {high}, {way}").format(low=whole(low), high=whole(high), way=way)
    facts = {"paired": counted_words(counted, judged.counts[0]), "needed": LEAST_FOR_A_MEAN}
    return Row(
        outcome, measure, unit, judged, counted, _spans(found, counted), DIGITS, judged.missing, facts, notes,
        _no_child(found, outcome).action if counted == "children" else None,
    )  # fmt: skip


def _no_child(found: Found, outcome: Scored) -> Row:
    action = Action("/child-measures", _("Enter a child's measure"), _site(found)) if found.may_measure else None
    return _nothing(found, outcome, "no_children", action)


def _observe(found: Found) -> Action | None:
    return Action("/classroom-quality", _("Enter an observation"), _site(found)) if found.may_observe else None


def _nothing(found: Found, outcome: str, missing: str, action: Action | None, **facts: Any) -> Row:
    judged = Judged("cannot_tell", "difference")
    return Row(
        outcome, "", "", judged, "sites", _spans(found), DIGITS, missing, {"needed": LEAST_FOR_A_MEAN, **facts}, (),
        action,
    )  # fmt: skip


def _stands_for(outcome: Scored, instrument_code: str) -> bool:
    return any(
        place_of(outcome, instrument_code, scale.code) is not None for scale in instrument(instrument_code).scales
    )


def _spans(found: Found, counted: Counted = "sites") -> tuple[str, str]:
    now = span(found.comparison.now)
    if counted == "children":
        return _("Beginning of consultation"), _("End of consultation, {months}").format(months=now)
    return _("Before {month}").format(month=dates.month(found.comparison.now.start)), now


def _site(found: Found) -> dict[str, str]:
    return {"site": str(found.place.site_id)} if found.place.site_id else {}
