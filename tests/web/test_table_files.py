"""The numbers of a chart leave as a file once, as they stood on the screen, with a trace, and run nothing."""

import csv
import io
import tomllib
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from db import sign_in
from db.commands.chart_tables import MOST_CELLS, fetch_table, keep_table
from db.commands.downloads import TABLE_CSV, TABLE_EXCEL, ask_download
from db.engine import session as open_session
from db.errors import InvalidInput, NotFound
from db.exchange.chart_file import ChartTable, number_of
from db.models import AuditEvent, KeptTable
from db.models.base import utc_now

HIDDEN = "hidden to protect privacy"
ROOT = Path(__file__).parents[2]
DANGEROUS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1")


@pytest.fixture
def table(field):
    return ChartTable(
        title="Incidents by month", about=[("Site", "=Maple"), ("Basis", "Incidents: 1,234")],
        head=["Month", "Incidents", "Change"],
        rows=[["Mar 2026", "1,234", "-0.5"], ["Apr 2026", HIDDEN, "no data"], ["May 2026", "0", "28% (34 of 120)"]]
        + [[text, "1", "1"] for text in DANGEROUS],
        notes=["A note"], made_on=field.today,
    )  # fmt: skip


@pytest.fixture
def fetched(signed_in, engine, table):
    """The file as the browser gets it: by the buttons' own way."""

    def fetch(kind):
        with open_session(engine) as opened:
            actor = sign_in.resolve(opened, sign_in.token_hash(signed_in.client.cookies["attune"]), utc_now())
            token = ask_download(opened, actor, kind, keep_table(opened, actor, table))
        answer = signed_in.client.get(f"/download/{token}")
        assert answer.status_code == 200
        assert signed_in.client.get(f"/download/{token}").status_code == 404
        return answer

    return fetch


def test_a_csv_file_says_what_it_is_and_runs_nothing(fetched, field):
    answer = fetched(TABLE_CSV)
    name = f"incidents-by-month-{field.today.isoformat()}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert lines[:4] == [["Incidents by month"], ["Site", "'=Maple"], ["Basis", "Incidents: 1,234"], []]
    assert lines[4:8] == [
        ["Month", "Incidents", "Change"], ["Mar 2026", "1234", "-0.5"], ["Apr 2026", HIDDEN, "no data"],
        ["May 2026", "0", "28% (34 of 120)"],
    ]  # fmt: skip
    assert [line[0] for line in lines[8:14]] == ["'" + text for text in DANGEROUS]
    assert lines[-1] == ["A note"]


def test_an_excel_file_has_numbers_as_numbers_and_everything_else_as_text(fetched):
    answer = fetched(TABLE_EXCEL)
    assert answer.headers["content-type"].startswith("application/vnd.openxmlformats")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    cells = {cell.coordinate: cell for row in sheet.iter_rows() for cell in row}
    assert [cells[at].value for at in ("A1", "B2", "B6", "C6", "B7", "C7", "B8")] == [
        "Incidents by month", "=Maple", 1234, -0.5, HIDDEN, "no data", 0,
    ]  # fmt: skip
    assert {cell.data_type for cell in cells.values() if isinstance(cell.value, str)} == {"s"}
    assert all(cell.quotePrefix for cell in cells.values() if isinstance(cell.value, str))


def test_every_file_leaves_its_trace_and_nothing_else(fetched, session, signed_in):
    fetched(TABLE_EXCEL)
    session.rollback()
    trace = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).one()
    assert (trace.entity, trace.rows, trace.actor_id) == ("kept_table", 9, signed_in.person.id)
    assert trace.reason == "Incidents by month; Site: =Maple; Basis: Incidents: 1,234"
    assert session.exec(select(KeptTable)).all() == []


def test_nobody_fetches_somebody_elses_numbers(session, field, table):
    kept = keep_table(session, field.actor("director"), table)
    with pytest.raises(NotFound):
        fetch_table(session, field.actor("coordinator"), kept)
    assert fetch_table(session, field.actor("director"), kept) == table
    with pytest.raises(NotFound):
        fetch_table(session, field.actor("director"), kept)


def test_a_table_without_end_is_refused(session, field, table):
    endless = table.model_copy(update={"rows": [["x", "1", "2"]] * (MOST_CELLS // 3 + 1)})
    with pytest.raises(InvalidInput):
        keep_table(session, field.actor("director"), endless)


def test_no_other_way_out_of_a_table_is_left():
    """Streamlit's own export would run what somebody typed as a formula, and leave no trace."""
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["client"]["disableDataExport"] is True
    drawing = [*(ROOT / "pages").rglob("*.py"), *(ROOT / "components").rglob("*.py")]
    assert len(drawing) > 50
    assert [path.name for path in drawing if "download_button" in path.read_text()] == []


@pytest.mark.parametrize(
    ("cell", "number"),
    [("1,234", 1234), ("-0.5", -0.5), ("0", 0), ("120", 120), ("007", None), ("٣", None), ("9" * 5000, None),
     ("1,23", None), ("", None), ("12%", None)],
)  # fmt: skip
def test_only_what_is_a_number_becomes_one(cell, number):
    assert number_of(cell) == number
