"""What charts over time say in every state, and how several stand on one axis."""

from datetime import date
from itertools import pairwise, product
from typing import get_args

import pytest

from analytics.control_charts import xmr_chart
from analytics.dose import Dose
from analytics.rare_events import g_chart, gaps
from analytics.sentences import Finding, FindingCode, finding
from components import dose_parts, lost_care_parts, score_parts
from components.charts import month_bars, multiples, sentences, variation
from components.charts.axis import TimeMark, month_of_key, position
from components.charts.lines import Line, Reading
from components.charts.template import LIGHT
from components.words import use_language

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)] + [f"2026-{month:02d}" for month in range(1, 8)]


@pytest.fixture(autouse=True)
def english():
    use_language("en")


def traces(drawing):
    return {trace.name: trace for trace in drawing.figure.data}


def every_finding():
    """Every state that a chart can be in: what it shows, which chart it was, and what its limits rest on."""
    kinds = (("run", None, 1.0), ("u", True, 1.0), ("u_prime", False, 1.4), ("xmr", None, 1.0), ("g", True, 1.0))
    for code, side, (kind, steady, widened), since in product(
        get_args(FindingCode), ("low", "high", "mid"), kinds, (None, "2025-11")
    ):
        yield Finding(
            code=code, latest=12.3, latest_label="2026-03", centre=10.0, low=2.0, high=18.0, side=side,
            months_on_side=8, points=9, records=90, signal_label="2026-01", provisional=kind == "run", per=1000.0,
            kind=kind, widened=widened, since=since, steady=steady,
        )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("counted", ["month", "gap"])
def test_every_finding_has_sentences_with_all_their_numbers_filled_in_both_languages(language, counted):
    use_language(language)
    for found, better in product(every_finding(), ("lower", "higher", None)):
        heads = (variation.head(found, better), variation.head(found, better, "Hours"))
        said = [sentences.say(found, "incidents", better, counted), *sentences.notes(found, counted)]
        for sentence in (*said, variation.in_words(heads)):
            assert "{" not in sentence
            assert sentence.endswith((".", ")."))
        from_the_first = found.since is None and found.kind in ("u", "u_prime")
        assert len(sentences.notes(found, counted)) == (found.since is not None) + from_the_first + (
            found.kind == "u_prime"
        ) + (found.steady is False) + (found.code in sentences.SIGNALS_NOW and not found.provisional)


@pytest.mark.parametrize("language", ["en", "es"])
def test_scores_have_a_sentence_in_every_state(language):
    use_language(language)
    steady, moved = [3.0, 4.0] * 6, [3.0, 4.0] * 6 + [6.0] * 7
    for values in ([3.0], [3.0, None], [None], steady, moved, [*steady, 6.9], [1.0] * 9 + [6.0] * 9 + [1.0, 6.0]):
        days = [date(2023 + at // 12, at % 12 + 1, 3) for at in range(len(values))]
        readings = tuple(Reading(day, value, 4) for day, value in zip(days, values, strict=True))
        group = score_parts.judged([Line("Climate", "2nd edition", "higher", readings)], (1.0, 7.0), {})
        sentence = score_parts.sentence(group)
        assert "{" not in sentence
        assert sentence.endswith(".")
        assert bool(score_parts.heads(group)) == (None not in values)


def test_a_hidden_score_lets_nothing_be_said_about_change():
    readings = tuple(Reading(date(2025, at, 3), None if at == 2 else 3.0, 4) for at in range(1, 13))
    (line,) = score_parts.judged([Line("Climate", "2nd edition", "higher", readings)], (1.0, 7.0), {})
    assert line.usual is None
    assert score_parts.sentence([line]).endswith("Some scores are hidden, so nothing is said about change.")


def test_twelve_scores_have_limits_and_a_new_start_begins_them_anew():
    days = [date(2023 + at // 4, 3 * (at % 4) + 2, 9) for at in range(16)]
    readings = tuple(Reading(day, 4.0 + at % 2, 3) for at, day in enumerate(days))
    line = Line("Climate", "2nd edition", "higher", readings, "class_prek_2:climate")
    starts = {"class_prek_2:climate": [date(2026, 2, 1)]}
    (judged,) = score_parts.judged([line], (1.0, 7.0), starts)
    assert [one.kind for one in judged.usual.segments] == ["xmr", "run"]
    drawing = score_parts.scores(
        [judged], title="Quality", limits=(1.0, 7.0), size_words="Rooms", colors=LIGHT, notes=(),
        months=[date(2025 + at // 12, at % 12 + 1, 1) for at in range(24)],
    )  # fmt: skip
    assert [shape.line.dash for shape in drawing.figure.layout.shapes] == ["solid"]
    assert len(drawing.figure.data[0].x) == 8, "what lies before the period is judged with, not drawn"
    assert "Cannot tell yet" in drawing.alt


def dose_panels(**incidents):
    months = [month_of_key(key) for key in MONTHS[:4]]
    layers = (month_bars.Layer("Classroom", (1.0, 2.0, 3.0, 4.0)),)
    hours = multiples.Panel("Hours", "Hours", bars=layers, planned=(None, 3.0, 3.0, 3.0))
    rates = multiples.Panel("Incidents", "per 1,000 child-days", **incidents)
    line = Line("Demands", "51 items", "lower", (Reading(date(2025, 2, 3), 3.0, 9), Reading(date(2025, 4, 3), None, 3)))
    scores = multiples.Panel("Staff stress", "Score (1 to 5)", lines=(line,), low=1.0, high=5.0)
    none = multiples.Panel("Classroom quality", "", nothing="No observation is on record.")
    return multiples.draw(
        [hours, rates, none, scores], months, title="Consultation beside the outcomes", sentence="Said.", basis="",
        marks=[TimeMark(date(2025, 3, 1), "Training")], colors=LIGHT,
    )  # fmt: skip


def test_dose_and_outcomes_share_one_axis_and_an_event_goes_through_all():
    drawing = dose_panels(rates=(8.0, None, 10.0, None), hidden=frozenset({date(2025, 4, 1)}))
    layout = drawing.figure.layout
    assert [trace.yaxis for trace in drawing.figure.data] == ["y", "y", "y2", "y2", "y4", "y4"]
    assert {trace.xaxis for trace in drawing.figure.data} == {None}, "one axis of months"
    domains = [layout[name].domain for name in ("yaxis", "yaxis2", "yaxis3", "yaxis4")]
    assert all(upper[0] > lower[1] for upper, lower in pairwise(domains))
    assert (layout.shapes[0].yref, layout.shapes[0].y0, layout.shapes[0].y1) == ("paper", 0, 1)
    assert drawing.table.head == ("Month", "Classroom", "Agreed", "Incidents", "Demands")
    assert drawing.table.rows[3] == ("Apr 2025", "4.0", "3.0", "hidden to protect privacy", "hidden to protect privacy")
    assert "Classroom quality: No observation is on record." in drawing.alt
    assert "Marked: Training (Mar 2025)." in drawing.alt


def test_the_agreed_dose_is_told_with_its_counts_or_that_there_is_none():
    assert "100% (4 of 4) of the agreed hours" in dose_parts.agreed_sentence(Dose(240, 240, 1))
    assert "No minutes a month are agreed" in dose_parts.agreed_sentence(None)


def test_the_time_between_rare_events_stands_on_the_axis_of_months():
    days = [date(2025, month, 10) for month in range(1, 13)] + [date(2026, 1, 20)]
    found = gaps(days, {}, date(2026, 8, 20))
    chart = g_chart([day.isoformat() for day in days[1:]], found.between)
    drawing = lost_care_parts.between(
        chart, finding(chart), "all", "days", 13, found.since_last, [month_of_key(key) for key in MONTHS], (), LIGHT
    )  # fmt: skip
    assert traces(drawing)["Usual ups and downs"].x[0] == pytest.approx(position(days[1], date(2025, 1, 1)))
    assert drawing.notes[0].startswith("212 days since the last time, and still counting. That is already longer")
    assert drawing.table.head[:2] == ("Ended on", "Days")
    empty = lost_care_parts.between(chart, finding(chart), "severe", "days", 0, 0, [], (), LIGHT)
    assert (empty.figure, empty.sentence) == (None, "No suspension or expulsion is on record.")


def test_months_without_limits_have_their_median_over_the_bars():
    months = [month_of_key(key) for key in MONTHS[:6]]
    usual = xmr_chart(MONTHS[:5], [None, None, 2.0, 4.0, 3.0])
    drawing = month_bars.draw(
        months, [month_bars.Layer("Hours", (0, 0, 2.0, 4.0, 3.0, 1.0))], title="Hours", unit="Hours", sentence="Said.",
        basis="", colors=LIGHT, usual=usual, heads=(variation.head(finding(usual), None),),
    )  # fmt: skip
    line = traces(drawing)["Median: 3.0"]
    assert (line.x, line.y) == ((2, 3, 4), (3.0, 3.0, 3.0))
    assert drawing.alt.startswith("Bar chart by month: Hours. Cannot tell yet.")
