"""The scores of one site's trends: classroom quality and staff stress, judged line by line."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from components import score_parts
from components.charts.axis import TimeMark
from components.charts.drawing import show
from components.charts.template import palette
from components.chips import choose_chip
from components.messages import empty
from components.words import _
from db.models.chart_rebase_input import QUALITY
from db.period import Period
from db.quality_rounds import whole_quarters
from db.queries import quality, waves
from db.replica import reading
from db.settings import settings
from pages._on_axis import below, events, on_axis
from pages._trend_past import MOST_MONTHS, Looked


def classroom_quality(looked: Looked) -> None:
    """Draw the means of the rooms of a site by quarter; the limits rest on all known quarters."""
    whole = whole_quarters(looked.period)
    everything = whole_quarters(Period.last_months(MOST_MONTHS, looked.today))
    with reading(looked.actor) as opened:
        rounds = quality.quality_rounds(opened, looked.actor, everything, looked.head.id)
        axis = on_axis(opened, looked.actor, looked.period, looked.head.id, editions=False)
    if not any(one.last_on >= whole.start for one in rounds):
        empty(_("No classroom observation is on record in this period. Choose a longer one, or plan an observation."))
        return
    notes = [_("Each point is the mean of the rooms observed in one quarter. Observers and days differ.")]
    if any(one.hidden for one in rounds):
        notes.append(_("A quarter with only one room observed is hidden: it would describe one team of teachers."))
    family = _family([one.instrument_code for one in rounds if one.last_on >= whole.start])
    starts: dict[str, list[date]] = {}
    for row in axis.rebases:
        if row.chart.startswith(QUALITY):
            starts.setdefault(row.chart.removeprefix(f"{QUALITY}:"), []).append(row.starts_on)
    groups = score_parts.quality_lines(rounds, family)
    _scores(groups, _("Classroom quality"), _("Rooms"), whole, tuple(notes), axis.marks, starts)
    told = [line for group in groups.values() for line in group if all(one.value is not None for one in line.readings)]
    charts = {f"{QUALITY}:{line.code}": f"{line.words}, {line.edition}" for line in told}
    months = sorted({reading.on.replace(day=1) for line in told for reading in line.readings})[1:]
    below(looked.actor, looked.head.id, axis, charts, months)
    events(looked.actor, looked.head.id)


def staff_stress(looked: Looked) -> None:
    """Draw the means of staff surveys, each with how far it may be off."""
    with reading(looked.actor) as opened:
        found = waves.waves(opened, looked.actor, looked.period, looked.head.id)
        axis = on_axis(opened, looked.actor, looked.period, looked.head.id)
    found = [wave for wave in found if wave.results]
    if not found:
        empty(_("No staff survey closed in this period. Choose a longer one, or plan a survey."))
        return
    results = [result for wave in found for result in wave.results]
    notes = [_("Scores describe a site as a workplace, not a person, and are no diagnosis.")]
    if any(result.hidden for result in results):
        notes.append(
            _("Hidden: fewer than {least} people answered, or the scores would tell what each of them said.").format(
                least=settings().staff_minimum
            )
        )
    family = _family([wave.instrument_code for wave in found])
    groups = score_parts.stress_lines(found, family)
    _scores(groups, _("Staff stress"), _("People who answered"), looked.period, tuple(notes), axis.marks, {})
    events(looked.actor, looked.head.id)


def _family(codes: list[str]) -> str:
    chips = score_parts.families(codes)
    return chips[0][0] if len(chips) == 1 else choose_chip(_("Instrument"), "instrument", chips)


def _scores(
    groups: dict[Any, Any],
    title: str,
    size_words: str,
    period: Period,
    notes: tuple[str, ...],
    marks: Sequence[TimeMark],
    starts: dict[str, list[date]],
) -> None:
    charts = [
        (limits, chart)
        for limits, group in groups.items()
        for chart in score_parts.in_charts(score_parts.judged(group, limits, starts))
    ]
    for at, (limits, group) in enumerate(charts):
        drawing = score_parts.scores(
            group, title=title if len(charts) == 1 else f"{title} {at + 1}/{len(charts)}", limits=limits,
            size_words=size_words, months=period.months(), colors=palette(), notes=notes, marks=marks,
        )  # fmt: skip
        show(drawing, f"scores_{at}")
