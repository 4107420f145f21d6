"""The screen that imports an export of observations."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook
from sqlmodel import select

from db.errors import NotFound
from db.models import ImportReport, Observation
from tests.pages.said import said

HEADER = "Center,Room,Date,Cycle,Relational climate,Teacher sensitivity,Facilitated exploration,Early language support"
GOOD = "Maple Demo Center,Owls,2026-03-02,1,6,5,4,3\nMaple Demo Center,Owls,2026-03-02,2,4,5,4,3"
BAD = "Maple Demo Center,Owls,2026-03-03,1,6,5,4,9\nMaple Demo Center,Owls,2026-03-03,2,6,5,4,4"


def upload(screen, *rows, header=HEADER):
    screen.get("file_uploader")[0].upload("export.csv", "\n".join([header, *rows]).encode(), "text/csv").run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def act(screen, **typed):
    for key, value in typed.items():
        screen.get_by_key(key).set_value(value)
        screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def press(screen, key):
    screen.get_by_key(key).click()
    screen.run()
    assert not screen.exception, [one.value for one in screen.exception]
    return screen


def stored(session, table=Observation):
    session.rollback()
    return session.exec(select(table)).all()


@pytest.fixture
def importing(open_screen):
    return open_screen("classroom_quality", do="import")


def test_a_file_is_imported_after_its_preview_and_again_adds_nothing(importing, session):
    screen = act(upload(importing, GOOD), import_instrument="class_infant")
    assert {metric.label: metric.value for metric in screen.metric} == {
        "Added": "1", "Stored before": "0", "Refused": "0",
    }  # fmt: skip
    assert stored(session) == []
    press(screen, "observation_write")
    assert "1 observations added, 0 stored before, 0 left out." in said(screen)
    assert [row.cycles for row in stored(session)] == [2]
    assert "There is nothing to write" in said(screen)


def test_the_same_list_as_an_excel_workbook_adds_nothing_to_what_came_as_csv(importing, session):
    press(act(upload(importing, GOOD), import_instrument="class_infant"), "observation_write")
    book, written = Workbook(), BytesIO()
    book.active.append(HEADER.split(","))
    for row in GOOD.split("\n"):
        site, room, day, *numbers = row.split(",")
        book.active.append([site, room, date.fromisoformat(day), *map(int, numbers)])
    book.save(written)
    importing.get("file_uploader")[0].upload("export.xlsx", written.getvalue(), "application/vnd.ms-excel").run()
    assert not importing.exception
    assert {metric.label: metric.value for metric in importing.metric} == {
        "Added": "0", "Stored before": "1", "Refused": "0",
    }  # fmt: skip


def test_refused_rows_are_told_and_can_be_left_out(importing, session):
    screen = act(upload(importing, GOOD, BAD), import_instrument="class_infant")
    assert "Please enter a value from 1 to 7" in said(screen)
    assert screen.get_by_key("observation_write").disabled
    press(act(screen, observation_leave_out=True), "observation_write")
    assert len(stored(session)) == 1


def test_the_refused_rows_are_a_file_that_can_be_fetched_once(importing, session, monkeypatch):
    asked = []
    monkeypatch.setattr("pages._file_import.ask_download", lambda _s, _a, kind, key: asked.append(kind) or "abc")
    screen = act(upload(importing, GOOD, BAD), import_instrument="class_infant")
    press(screen, "observation_report")
    assert screen.get("link_button")[0].proto.url == "/download/abc"
    lines = stored(session, ImportReport)[0].content.splitlines()
    assert lines[0].startswith("Line,What is wrong,Center,Room")
    assert lines[1].startswith("4,Early language support: Please enter a value from 1 to 7.,Maple Demo Center,Owls")
    assert lines[2].startswith("5,Belongs to the same observation as line 4.")
    assert len(lines) == 3
    assert asked == ["import_report"]


def test_a_report_that_cannot_be_made_says_so(importing, monkeypatch):
    def refuse(*_all):
        raise NotFound("no session")

    monkeypatch.setattr("pages._file_import.ask_download", refuse)
    screen = press(act(upload(importing, BAD), import_instrument="class_infant"), "observation_report")
    assert "The file could not be made just now." in said(screen)


def test_columns_are_chosen_where_the_header_does_not_tell_and_remembered(importing, session, open_screen):
    header = HEADER.replace("Room", "Gruppe")
    screen = act(upload(importing, GOOD, header=header), import_instrument="class_infant")
    assert "Please choose the column for: Classroom (name or key)" in said(screen)
    box = next(one for one in screen.selectbox if one.label == "Classroom (name or key)")
    box.set_value(1).run()
    press(screen, "observation_write")
    assert len(stored(session)) == 1
    again = upload(open_screen("classroom_quality", do="import"), GOOD, header=header)
    assert "There is nothing to write" in said(again)
    assert again.get_by_key("import_instrument").value == "class_infant"


def test_what_is_no_table_is_refused_with_a_sentence(importing):
    importing.get("file_uploader")[0].upload("export.xlsx.csv", b"PK\x03\x04zip", "text/csv").run()
    assert "This is neither an Excel workbook (.xlsx) nor a CSV file." in said(importing)


def test_who_only_reads_observations_gets_no_import(open_screen):
    screen = open_screen("classroom_quality", "supervisor", do="import")
    assert screen.get("file_uploader") == []
    assert [button for button in screen.button if button.key == "observation_import"] == []
