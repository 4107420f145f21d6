"""What each kind of chart draws, says and lists."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.control_charts import u_chart
from analytics.funnel import rate_funnel
from analytics.sentences import VARIATIONS, finding
from components.charts import bars, control_chart, funnel, lines, month_bars, sentences, variation
from components.charts.axis import TimeMark, month_of_key, position
from components.charts.drawing import Drawing, as_columns
from components.charts.lines import Line, Reading
from components.charts.template import DARK, LIGHT
from components.words import use_language

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)] + [f"2026-{month:02d}" for month in range(1, 8)]


@pytest.fixture(autouse=True)
def english():
    use_language("en")


def rates(counts, exposures=None, *, better="lower", starts=(), **changes):
    chart = u_chart(MONTHS[: len(counts)], counts, exposures or [1000.0] * len(counts), starts=starts)
    said = control_chart.Said(
        title="Incidents by month", unit="incidents per 1,000 child-days", basis="some records", better=better,
        parts=("Incidents", "Child-days"),
    )  # fmt: skip
    drawn = {"months": [month_of_key(point.label) for point in chart.points], "marks": (), "colors": LIGHT}
    return control_chart.draw(chart, finding(chart), said, **{**drawn, **changes})


def traces(drawing):
    return {trace.name: trace for trace in drawing.figure.data}


def test_a_rate_is_drawn_with_its_usual_level_and_what_chance_explains():
    drawn = traces(rates([8, 10, 9, 11, 10, 12, 8, 9, 10, 11, 12, 10, 9]))
    assert drawn["Usual level: 10.0"].y == (10.0, 10.0)
    band = drawn["What chance explains"]
    assert (len(band.x), set(band.width)) == (13, {1.0})
    assert band.base[0] + band.y[0] == pytest.approx(10 + 3 * 10**0.5)


def test_before_twelve_months_there_is_a_median_and_no_limits():
    drawing = rates([8, 10, 9, 11, 10, 12, 8, 9])
    assert "What chance explains" not in traces(drawing)
    assert traces(drawing)["Median: 9.5"].line.dash == "dot"
    assert "8 known, and limits come with 12" in drawing.sentence
    assert "Cannot tell yet." in drawing.alt
    later = rates([8, 20, 9, 21, 10, 22, 11, 23, 12, 24, 13])
    assert "This is a run chart around the median; limits come with 12 months (11 so far)." in later.sentence


def test_a_rebase_is_a_break_in_the_line_a_mark_and_words():
    drawing = rates([8, 10] * 6 + [20, 21, 22], starts=["2026-01"])
    drawn = traces(drawing)
    assert drawn["Usual ups and downs"].y[12] is None
    assert (drawn["Usual level: 9.0"].x, drawn["Median: 21.0"].x) == ((-0.5, 11.5), (11.5, 14.5))
    (shape,) = drawing.figure.layout.shapes
    assert shape.line.dash == "solid"
    assert 11.5 < shape.x0 < 11.6
    assert drawing.table.rows[12][-1] == "within (limits set anew from here)"
    assert "Center and limits were set anew from Jan 2026" in drawing.notes[0]
    assert "Limits set anew (Jan 2026)" in drawing.alt


def test_widened_limits_say_so():
    drawing = rates([4, 16] * 6 + [10])
    assert "come from the first 12 months" in drawing.notes[0]
    assert "The limits are" in drawing.notes[1]
    assert "times as wide" in drawing.notes[1]
    assert not any("as wide" in note for note in rates([9, 11] * 6 + [10]).notes)


def test_the_icon_in_the_head_has_words_and_follows_the_good_way():
    assert [head.kind for head in rates([8, 10, 9, 11, 10, 12, 8, 9, 10, 11, 12, 10, 30]).heads] == ["concern"]
    good = rates([8, 10, 9, 11, 10, 12, 8, 9, 10, 11, 12, 10, 30], better="higher")
    assert "Improvement: better than chance usually explains." in good.alt
    looks = variation.LOOKS.values()
    assert len({icon for icon, _color in looks}) == len(VARIATIONS) == len(variation.LOOKS)


def test_more_than_chance_has_a_colour_a_shape_and_words():
    drawing = rates([8, 10, 9, 11, 10, 12, 8, 9, 10, 11, 12, 10, 30])
    signal = traces(drawing)["More than chance explains: look"]
    assert (signal.x, signal.y) == ((12,), (30.0,))
    assert (signal.marker.color, signal.marker.symbol) == (LIGHT.concerning, "triangle-up")
    assert drawing.table.rows[-1][-1] == "look"
    assert "Ask what changed" in drawing.sentence


def test_fewer_incidents_than_chance_explains_is_an_improvement():
    drawing = rates([20] * 12 + [9, 9, 9, 9, 9, 9, 9])
    signal = traces(drawing)["Better than chance explains"]
    assert (signal.marker.color, signal.marker.symbol) == (LIGHT.improving, "diamond")
    assert "The last 7 months are all below the usual level of 20.0" in drawing.sentence
    assert "Ask what helped" in drawing.sentence


def test_a_hidden_month_is_told_from_a_missing_one_and_from_zero():
    drawing = rates(
        [8, None, 0, 11, None], [1000, 1000, 1000, 1000, None], hidden={"2025-02"}, silent="Nothing is said."
    )
    drawn = traces(drawing)
    assert drawn["Hidden to protect privacy"].x == (1,)
    assert drawn["No rate: nothing to divide by"].x == (4,)
    assert [row[1] for row in drawing.table.rows] == ["8", "hidden to protect privacy", "0", "11", "–"]
    assert "Months hidden to protect privacy: 1." in drawing.alt
    assert (drawing.sentence, drawing.heads) == ("Nothing is said.", ())


def test_the_alternative_text_tells_the_finding_the_extremes_and_the_marks():
    drawing = rates([8, 10, 9, 11], marks=[TimeMark(date(2025, 2, 10), "Training")])
    assert drawing.sentence in drawing.alt
    assert "Lowest 8.0 in Jan 2025, highest 11.0 in Apr 2025" in drawing.alt
    assert "Marked: Training (Feb 2025)." in drawing.alt


def test_an_event_stands_at_its_day_between_the_months():
    drawing = rates([8, 10, 9, 11], marks=[TimeMark(date(2025, 3, 1), "Training")])
    (shape,) = drawing.figure.layout.shapes
    assert shape.x0 == pytest.approx(1.5, abs=0.05)
    assert drawing.figure.layout.annotations[0].text == "Training"
    assert position(date(2025, 1, 31), date(2025, 1, 1)) == pytest.approx(0.5, abs=0.05)


def test_axes_are_named_with_their_unit_and_nothing_can_be_dragged_by_a_finger():
    layout = rates([8, 10, 9, 11]).figure.layout
    assert layout.yaxis.title.text == "Incidents per 1,000 child-days"
    assert layout.xaxis.title.text == "Month"
    assert layout.template.layout.dragmode is False
    assert layout.template.layout.xaxis.fixedrange


def test_a_chart_without_any_value_has_a_sentence_too():
    empty = u_chart(["2025-01"], [None], [None])
    assert sentences.say(finding(empty), "incidents") == "No month has a value yet."


def test_bars_have_their_numbers_beside_them_and_hidden_ones_their_words():
    drawing = bars.draw(
        [bars.Bar("Meals", 30, False), bars.Bar("Arrival", None, True)],
        title="Incidents by activity", axis="Activity", unit="Incidents", total=40, colors=DARK,
        nothing=Drawing(title="", sentence="none"),
    )  # fmt: skip
    assert drawing.figure.data[0].text == ("hidden to protect privacy", "30")
    assert drawing.sentence == "Most often: Meals, 75% (30 of 40)."
    assert "Arrival: hidden to protect privacy" in drawing.alt
    assert drawing.table.rows[1] == ("Arrival", "hidden to protect privacy")
    assert "privacy" in drawing.notes[0]


def test_few_records_come_with_a_warning():
    drawing = bars.draw(
        [bars.Bar("Meals", 3, False)], title="t", axis="Activity", unit="Incidents", total=3, colors=LIGHT,
        nothing=Drawing(title="", sentence="none"),
    )  # fmt: skip
    assert "shift by chance" in drawing.sentence


def test_no_bars_say_why():
    nothing = Drawing(title="Incidents by activity", sentence="No incident is on record.")
    drawn = bars.draw([], title="t", axis="a", unit="u", total=0, colors=LIGHT, nothing=nothing)
    assert drawn is nothing


def test_layers_of_a_month_differ_by_pattern_and_not_only_by_colour():
    months = [month_of_key(key) for key in MONTHS[:3]]
    layers = [month_bars.Layer(words, (1.0, 2.0, None)) for words in ("Classroom", "Child", "Program")]
    drawing = month_bars.draw(
        months, layers, title="Hours", unit="Hours", sentence="Six visits.", basis="", colors=LIGHT,
        hidden={months[2]}, digits=1,
    )  # fmt: skip
    assert len({trace.marker.pattern.shape for trace in drawing.figure.data[:3]}) == 3
    assert drawing.figure.data[-1].name == "Hidden to protect privacy"
    assert drawing.table.rows[2] == ("Mar 2025", *["hidden to protect privacy"] * 3)


def test_editions_never_join_and_their_break_is_marked():
    def line(edition, *readings):
        return Line("Emotional Support", edition, "higher", tuple(Reading(*one) for one in readings))

    drawing = lines.draw(
        [
            line("1st edition", (date(2025, 2, 3), 4.0, 2), (date(2025, 5, 3), 4.4, 2)),
            line("2nd edition", (date(2025, 9, 3), 5.0, 3), (date(2025, 12, 3), None, 1)),
        ],
        title="Quality", unit="Score (1 to 7)", size_words="Rooms", low=1, high=7, sentence="Said.", basis="",
        months=[month_of_key(key) for key in MONTHS[:12]], colors=LIGHT,
    )  # fmt: skip
    first, second, hidden = drawing.figure.data
    assert (len(first.x), len(second.x)) == (2, 1)
    assert max(first.x) < drawing.figure.layout.shapes[0].x0 < min(second.x)
    assert drawing.figure.layout.annotations[0].text == "From here: 2nd edition"
    assert (hidden.name, len(hidden.x)) == ("Hidden to protect privacy", 1)
    assert drawing.table.rows[-1] == (
        "Dec 2025", "Emotional Support", "2nd edition", "hidden to protect privacy", "1",
    )  # fmt: skip
    assert "Dec 2025 hidden to protect privacy" in drawing.alt


def sites(counts, widen=True):
    names = [f"Site {number}" for number in range(len(counts))]
    return rate_funnel(names, names, counts, [1000.0] * len(counts), widen=widen)


def funnel_of(found, beyond=frozenset()):
    return funnel.draw(
        found, title="Incidents by site", unit="incidents per 1,000 child-days", size_words="Child-days",
        better="lower", beyond_chance=beyond, possible=(0.0, 100.0), colors=LIGHT, basis="",
    )  # fmt: skip


def test_a_site_beyond_the_limits_is_named_with_shape_and_words():
    found = sites([10, 11, 9, 10, 12, 9, 10, 11, 10, 9, 40])
    drawing = funnel_of(found)
    assert traces(drawing)["Higher than the others"].text == ("Site 10",)
    assert funnel.reading(found.points[10], frozenset()) == "much higher than the others"
    assert "1 of 11 sites differs from the others" in drawing.sentence
    assert "Site 10: much higher than the others" in drawing.alt


def test_sites_within_chance_are_not_ranked():
    drawing = funnel_of(sites([10, 11, 9, 10, 12]))
    assert drawing.sentence.startswith("All 5 sites lie within what chance explains.")
    assert drawing.table is None


def test_sites_that_differ_as_sites_do_are_not_called_chance():
    counts = [5, 5, 6, 28, 25, 20, 5, 6, 5]
    wide, narrow = sites(counts), sites(counts, widen=False)
    beyond = {point.key for point in narrow.points if point.zone != "inside"}
    assert wide.overdispersed
    assert {point.zone for point in wide.points} == {"inside"}
    drawing = funnel_of(wide, beyond)
    assert "No site stands out from how far these sites usually lie apart" in drawing.sentence
    assert funnel.reading(wide.points[3], beyond) == "more than chance, but as sites usually differ"


def test_few_sites_are_said_to_be_too_few():
    assert "2 sites are too few" in funnel_of(sites([10, 11])).sentence


def test_the_name_of_a_site_is_never_read_as_markup():
    found = sites([10, 11, 9, 10, 12])
    point = replace(found.points[0], label="<b>Owls & Co</b>")
    drawing = funnel_of(replace(found, points=(point, *found.points[1:])))
    assert "&lt;b&gt;Owls &amp; Co&lt;/b&gt;" in drawing.figure.data[-1].text


def test_a_table_is_columns_of_words():
    drawing = rates([8, 10])
    assert as_columns(drawing.table)["Month"] == ["Jan 2025", "Feb 2025"]


def test_numbers_of_scales_that_lie_close_do_not_cover_each_other():
    def line(words, value):
        return Line(words, "19 items", "lower", (Reading(date(2026, 3, 2), value, 9),))

    drawing = lines.draw(
        [line("Personal", 50.5), line("Work", 51.8), line("Children", 40.5)],
        title="Stress", unit="Score", size_words="People", low=0, high=100, sentence="", basis="",
        months=[date(2026, month, 1) for month in range(1, 7)], colors=DARK,
    )  # fmt: skip
    sides = {trace.name: trace.textposition[0] for trace in drawing.figure.data}
    assert sides == {"Work": "top center", "Personal": "middle right", "Children": "bottom center"}


def test_a_line_says_how_far_it_may_be_off_only_where_every_point_knows_it():
    known, unknown = Reading(date(2026, 3, 2), 3.0, 9, 0.4), Reading(date(2026, 6, 2), 3.1, None)
    assert lines.shows_spread(Line("Demands", "51 items", "lower", (known, known)))
    assert not lines.shows_spread(Line("Demands", "51 items", "lower", (known, unknown)))
    assert not lines.shows_spread(Line("Demands", "51 items", "lower", ()))


def test_few_events_have_an_axis_of_whole_numbers_and_hidden_months_stand_clear_of_it():
    months = [date(2026, month, 1) for month in (1, 2, 3)]
    layer = month_bars.Layer("Times", (0, 2, None))
    drawing = month_bars.draw(
        months, [layer], title="Times", unit="Times", sentence="", basis="", colors=DARK, hidden={months[2]}
    )
    axis = drawing.figure.layout.yaxis
    assert axis.dtick == 1
    assert axis.range[0] < 0
