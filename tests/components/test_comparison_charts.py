"""What the funnel of many sites and the small run charts of a few draw and say."""

import numpy as np
import pytest

from analytics.funnel import rate_funnel
from analytics.run_chart import run_tests
from components import dates
from components.charts import funnel, own_history
from components.charts.axis import month_of_key
from components.charts.drawing import as_columns
from components.charts.template import LIGHT
from components.text import as_markdown, escaped
from components.words import use_language

MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
GROUPS = (
    "Within what chance explains", "More than chance, as sites usually differ", "Higher than the others",
    "Lower than the others", "Between the usual and the outer limits",
)  # fmt: skip


@pytest.fixture(autouse=True)
def english():
    use_language("en")


def sites(counts):
    names = [f"Site {number}" for number in range(len(counts))]
    return rate_funnel(names, names, counts, [1000.0] * len(counts))


def funnel_of(found):
    return funnel.draw(
        found, title="Incidents by site", unit="incidents per 1,000 child-days", size_words="Child-days",
        better="lower", beyond_chance=frozenset(), possible=(0.0, 100.0), colors=LIGHT, basis="",
    )  # fmt: skip


def traces(drawing):
    return {trace.name: trace for trace in drawing.figure.data}


def test_of_two_thousand_sites_all_outside_the_limits_are_drawn_and_the_others_thinned_with_their_number_said():
    counts = [10 + number % 3 for number in range(1990)] + [60] * 10
    found = sites(counts)
    drawing = funnel_of(found)
    drawn = [trace for trace in drawing.figure.data if trace.name in GROUPS]
    assert sum(len(trace.x) for trace in drawn) == funnel.MOST_INSIDE + 10
    assert "Of the 1,990 sites within the limits 300 are drawn" in " ".join(drawing.notes)
    assert len(drawing.figure.to_json()) < 60_000


def test_how_many_sites_chance_alone_puts_between_the_limits_is_said():
    rng = np.random.default_rng(4)
    drawing = funnel_of(sites(rng.poisson(12, 400).tolist()))
    assert "where chance alone puts about 19 of 400" in drawing.sentence
    assert "Higher than the others" not in traces(drawing)
    assert len(traces(drawing)["Between the usual and the outer limits"].x) < 25


def test_an_estimate_drawn_toward_all_sites_is_a_light_second_mark_explained_in_a_sentence():
    found = sites([10, 11, 9, 10, 12, 9, 10, 11, 10, 9, 40])
    drawing = funnel.draw(
        found, title="t", unit="u", size_words="s", better="lower", beyond_chance=frozenset(), possible=(0.0, 100.0),
        colors=LIGHT, basis="", shrunken={point.key: (point.value + 12) / 2 for point in found.points},
    )  # fmt: skip
    mark = traces(drawing)["Estimate drawn toward all sites"]
    assert mark.opacity < 1
    assert len([value for value in mark.y if value is not None]) == 22
    assert any("drawn toward all sites" in note for note in drawing.notes)


def test_small_run_charts_have_their_own_scale_and_middle_and_say_so():
    months = [month_of_key(key) for key in MONTHS[:12]]
    values = (*(4.0, 6.0, 5.0, 7.0, 3.0, 6.0, 5.5, 4.5, 6.5, 3.5, 5.2), None)
    drawing = own_history.draw(
        [
            own_history.History("Oak <b>", values, frozenset({11}), run_tests(values)),
            own_history.History("Elm", (None,) * 12, frozenset(range(12)), run_tests((None,) * 12)),
        ],
        months, title="Own past", unit="incidents", colors=LIGHT,
    )  # fmt: skip
    assert "heights cannot be compared" in drawing.sentence
    assert [trace.y[0] for trace in drawing.figure.data if trace.line.dash == "dash"] == [5.2]
    assert "Elm: no month with a value that may be shown." in drawing.notes
    assert drawing.table.rows[11] == (dates.month(months[11]), "hidden to protect privacy", "hidden to protect privacy")
    assert "&lt;b&gt;" in drawing.figure.layout.annotations[0].text


def test_sites_of_one_name_keep_their_columns_and_their_names_are_no_markdown():
    months = [month_of_key(key) for key in MONTHS]
    histories = [own_history.History("![Oak](x)", (value,) * 12, frozenset(), run_tests(())) for value in (1.0, 2.0)]
    drawing = own_history.draw(histories, months, title="Own past", unit="incidents", colors=LIGHT)
    columns = as_columns(drawing.table)
    name = escaped("![Oak](x)")
    assert {head: cells[0] for head, cells in columns.items() if head != "Month"} == {name: "1.0", f"{name} (2)": "2.0"}
    assert all(as_markdown(note).startswith(name) for note in drawing.notes)


@pytest.mark.parametrize("count", range(1, 7))
def test_any_number_of_small_run_charts_fits_on_one_figure(count):
    months = [month_of_key(key) for key in MONTHS]
    one = own_history.History("Oak", (1.0,) * 12, frozenset(), run_tests((1.0,) * 12))
    drawing = own_history.draw([one] * count, months, title="Own past", unit="incidents", colors=LIGHT)
    assert len(drawing.figure.layout.annotations) == count
