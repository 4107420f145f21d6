"""Excel workbooks as lists: the same rows as from CSV, and nothing that a workbook could do to us."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook

from db.exchange.table_file import UnreadableFile, read_table
from db.exchange.uploaded_file import read_uploaded
from db.problems import SENTENCES


def workbook(*rows, formats=None, change=None):
    """Give the bytes of a workbook with these rows; ``change`` is called with the book before it is written."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for place, shown_as in (formats or {}).items():
        sheet[place].number_format = shown_as
    if change:
        change(book)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def repacked(content, name, text):
    """Give the workbook with one of its parts replaced."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text(old.read(part)) if part == name else old.read(part))
    return packed.getvalue()


def refusal(content):
    with pytest.raises(UnreadableFile) as refused:
        read_uploaded(content)
    assert "{" not in SENTENCES[refused.value.code].format(**refused.value.context)
    return refused.value


SHEET = "xl/worksheets/sheet1.xml"


def test_a_sheet_gives_the_same_table_as_the_same_list_as_csv():
    content = workbook(
        [None, None], ["Site", "Day", "Score"], ["Maple", date(2026, 11, 20), 4.5], [], ["Oak, big", "11/21/2026", 7]
    )
    as_csv = read_table(b'\nSite,Day,Score\nMaple,2026-11-20,4.5\n\n"Oak, big",11/21/2026,7\n')
    assert read_uploaded(content) == as_csv
    assert as_csv.numbers == (3, 5)


def test_cells_come_as_people_see_them():
    cells = [0.1 + 0.2, 4.0, 45, 0.45, 123, 10**17, 1e-7, True, time(9, 5), datetime(2026, 11, 20, 9, 5), " text "]
    content = workbook([str(number) for number in range(len(cells))], cells, formats={"D2": "0.0%", "E2": "00000"})
    assert read_uploaded(content).rows[0] == (
        "0.3", "4", "45", "45%", "00123", "100000000000000000", "0.0000001", "TRUE", "09:05", "2026-11-20 09:05",
        "text",
    )  # fmt: skip


def test_the_first_sheet_that_shows_is_read_whatever_the_file_says_about_its_size():
    def hide(book):
        book.active.sheet_state = "hidden"
        book.create_sheet("List").append(["Name"])
        book["List"].append(["Maple"])

    assert read_uploaded(workbook(["Notes"], ["not this"], change=hide)).rows == (("Maple",),)
    small = repacked(
        workbook(["A", "B"], ["1", "2"], ["3", "4"]), SHEET, lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1:A1"')
    )
    assert len(read_uploaded(small).rows) == 2


def test_a_formula_counts_with_its_stored_value_and_refuses_the_file_without_one():
    asked = workbook(["A", "B"], ["x", "=1+1"])
    assert (refusal(asked).code, refusal(asked).context) == ("excel_no_value", {"line": 2})
    known = repacked(asked, SHEET, lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>"))
    assert read_uploaded(known).rows == (("x", "2"),)
    assert refusal(workbook(["A"], ["#REF!"])).code == "excel_no_value"


def test_what_unpacks_too_far_is_refused_before_it_is_unpacked():
    bomb = repacked(workbook(["A"], ["1"]), SHEET, lambda xml: xml + b" " * (41 * 1024 * 1024))
    assert len(bomb) < 200_000
    assert refusal(bomb).code == "excel_too_large"
    assert refusal(b"PK\x03\x04" + b"x" * (5 * 1024 * 1024)).code == "file_too_large"


@pytest.mark.parametrize(
    ("place", "code"), [("A1048576", "file_too_long"), ("XFD2", "file_too_wide"), ("GT2", "file_too_wide")]
)
def test_a_cell_far_off_is_refused_at_once(place, code):
    assert refusal(workbook(["A"], ["1"], change=lambda book: book.active.__setitem__(place, 1))).code == code


def test_expanding_entities_and_broken_parts_are_refused():
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert refusal(repacked(workbook(["A"], ["1"]), SHEET, lambda _xml: entity)).code == "excel_broken"
    assert refusal(repacked(workbook(["A"], ["1"]), SHEET, lambda xml: xml[:-30])).code == "excel_broken"
    assert refusal(repacked(workbook(["A"], ["1"]), "[Content_Types].xml", lambda _xml: b"<")).code == "excel_broken"


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0 an old .xls"])
def test_what_is_no_workbook_says_which_files_are_taken(content):
    assert refusal(content).code == "file_not_text"


def test_an_archive_of_something_else_and_an_empty_sheet_are_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "not a workbook")
    assert refusal(packed.getvalue()).code == "file_not_text"
    assert refusal(workbook(["Only", "a header"])).code == "file_empty"
