"""Observations on a tablet: an export imported with its refused rows as a file, and scores paused and resumed."""

import csv
import io
import os
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from db.engine import make_engine
from tests.browser.conftest import PORTRAIT, picture
from tests.browser.test_capture import SITE, stored
from tests.browser.test_targets import too_small

pytestmark = pytest.mark.browser

SCALES = ("Relational climate", "Teacher sensitivity", "Facilitated exploration", "Early language support")
ROWS = int(os.environ.get("OBSERVATION_ROWS", "200"))
"""More of them by hand: 5,000 take their time, and the progress shows."""
LONG_AGO = date(2022, 1, 3)
"""Outside of what other tests look at."""


def export(room, rows):
    lines = [["Site", "Room", "Date", "Cycle", *SCALES]]
    for number in range(rows):
        day = LONG_AGO + timedelta(days=number // 4)
        lines.append(
            [SITE, room, day.isoformat(), str(number % 4 + 1), *("3456"[(number + at) % 4] for at in range(4))]
        )
    lines[-1][-1] = "9"
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue().encode()


@contextmanager
def somebody_else_writes(demo_database):
    """Hold the database's only place to write: what is written meanwhile takes its time, however fast the machine."""
    engine = make_engine(demo_database)
    with engine.connect().execution_options(attune_writes=True) as connection, connection.begin():
        yield
    engine.dispose()


def choose_infant(person):
    person.page.get_by_role("combobox", name="Instrument and edition").click()
    person.page.get_by_role("option", name="CLASS Infant, 1st edition").click()
    person.idle()


def test_an_export_is_imported_and_its_refused_rows_are_a_file(someone, demo_database):
    room = stored(
        demo_database,
        "SELECT classroom.name FROM classroom JOIN site ON site.id = classroom.site_id WHERE site.name = :site",
        site=SITE,
    )[0][0]
    person = someone("consultant", PORTRAIT)
    person.open("/classroom-quality")
    person.tap("Import observations")
    person.page.locator("input[type=file]").set_input_files(
        {"name": "export.csv", "mimeType": "text/csv", "buffer": export(room, ROWS)}
    )
    person.idle()
    choose_infant(person)
    picture(person, "observation-import")
    person.tap("Refused rows as a file")
    with person.page.expect_download() as started:
        person.page.get_by_role("link", name="Open the refused rows").click()
    rows = list(csv.reader(io.StringIO(started.value.path().read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows] == ["Line", *(str(line) for line in range(ROWS - 2, ROWS + 2))]
    assert rows[-1][1] == "Early language support: Please enter a value from 1 to 7."
    assert rows[-1][2:4] == [SITE, room]
    person.page.get_by_text("Leave out the 1 observation that is refused").click()
    person.idle()
    with somebody_else_writes(demo_database):
        person.page.get_by_role("button", name=f"Add {ROWS // 4 - 1:,} observations").click()
        expect(person.page.get_by_role("progressbar").first).to_be_visible()
    person.idle()
    person.sees(f"{ROWS // 4 - 1:,} observations added, 0 stored before, 1 left out.")
    person.sees("There is nothing to write")
    counted = stored(demo_database, "SELECT count(*) FROM observation WHERE source = 'import'")
    assert counted == [(ROWS // 4 - 1,)]
    assert person.asked_outside == []


def test_scores_are_paused_on_one_tablet_and_resumed_on_another(someone):
    person = someone("consultant", PORTRAIT)
    person.open("/classroom-quality?do=enter")
    person.choose(SITE)
    choose_infant(person)
    row = person.page.locator(".st-key-observation_cycles_1_teacher_sensitivity")
    row.get_by_role("radio", name="5", exact=True).click()
    person.idle()
    person.page.get_by_text("Draft saved").wait_for()
    assert too_small(person.page.locator("[class*=st-key-observation_cycles_1] [role=radio]").evaluate_all(BOXES)) == []
    picture(person, "observation-entry")
    other = someone("consultant", PORTRAIT)
    other.open("/")
    other.sees(f"Observation: {SITE}")
    other.open("/classroom-quality?do=enter")
    other.sees("We brought back what you typed")
    row = other.page.locator(".st-key-observation_cycles_1_teacher_sensitivity")
    expect(row.get_by_role("radio", name="5", exact=True)).to_be_checked()
    other.tap("Start over")
    other.tap("Discard it")


BOXES = """all => all.map(one => { const box = one.getBoundingClientRect()
  return { name: one.innerText, left: box.left, top: box.top, right: box.right, bottom: box.bottom } })"""
