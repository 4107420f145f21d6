"""A chart's numbers as a file: the words around them, and the buttons that ask for it."""

from streamlit.testing.v1 import AppTest

SCRIPT = """
from datetime import date
import streamlit as st
from components import filters
from components.charts import drawing, files

if st.session_state.get("with_files", True):
    files.use(lambda table, kind: st.session_state.setdefault("made", []).append((kind, table)) or "/download/once")
filters.choose_one("Site", "site", [("a", "Maple")])
filters.choose_period(date(2026, 11, 20))
table = drawing.Table(("Month", "Incidents"), (("Oct 2026", "hidden to protect privacy"), ("Nov 2026", "–")))
drawing.show(drawing.Drawing(title="Incidents", sentence="So many.", basis="12 records", table=table), "chart")
"""


def opened(**state):
    screen = AppTest.from_string(SCRIPT)
    screen.session_state["chart_numbers"] = True
    for name, value in state.items():
        screen.session_state[name] = value
    return screen.run()


def test_a_file_says_what_was_chosen_what_it_rests_on_and_what_the_marks_mean():
    screen = opened()
    next(button for button in screen.button if button.label == "Download Excel").click().run()
    ((kind, table),) = screen.session_state["made"]
    assert kind == "excel"
    assert table.about[:3] == [
        ("Site", "Maple"), ("Period", "Last 12 months (Dec 2025 – Nov 2026)"), ("Basis", "12 records"),
    ]  # fmt: skip
    assert table.about[3][0] == "Made on"
    assert table.rows == [["Oct 2026", "hidden to protect privacy"], ["Nov 2026", "no data"]]
    assert table.notes[0] == "So many."
    assert all(mark in table.notes[-1] for mark in ("hidden to protect privacy", "0", "no data"))
    assert [link.proto.url for link in screen.get("link_button")] == ["/download/once"]
    assert list(screen.run().get("link_button")) == [], "the address is shown once"


def test_without_someone_to_make_it_no_file_is_offered():
    assert [button.label for button in opened(with_files=False).button] == []
