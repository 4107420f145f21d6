"""Reading a site list, judging it row by row, and writing all of it or nothing."""

import time
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import select

from db.commands.site_import import ImportPlan, import_sites
from db.commands.sites import add_site
from db.errors import Conflict, InvalidInput, NotFound
from db.exchange.site_list import guessed_setting, listed_sites, propose_mapping
from db.exchange.table_file import UnreadableFile, read_table
from db.models import AuditEvent, Site
from db.models.organisation_input import SiteInput
from db.queries.site_import import preview_sites

ROSTER = Path(__file__).resolve().parents[3] / "shared/data/nebraska_child_care_centers_2026-02-02.csv"

# Ten invented rows, with every way in which a row can be refused.
LIST = """Provider_Name,License_Number,License_Type,Address,City,Zip_Code,County,Capacity,Accepts_Subsidy
Sunny Demo Center,D-1,Child Care Center,1 Elm St,Alder,10001,Oak,40,Y
"O'Hara, Demo & <b>Sons</b>",D-2,Preschool,2 Elm St,Alder,10001,Oak,,N
Chain Demo Care,D-3,Child Care Center,3 Elm St,Alder,10001,Oak,25,
Chain Demo Care,D-4,Child Care Center,4 Elm St,Birch,10002,Oak,30,Y
Twice Licensed,D-1,Child Care Center,5 Elm St,Alder,10001,Oak,20,Y
,D-6,Child Care Center,6 Elm St,Alder,10001,Oak,20,Y
Wordy Capacity,D-7,Child Care Center,7 Elm St,Alder,10001,Oak,forty,Y
Maybe Subsidy,D-8,Child Care Center,8 Elm St,Alder,10001,Oak,20,maybe
Sunny Demo Center,,Child Care Center,9 Elm St,Alder,10001,Oak,20,Y
Elsewhere,D-10,Child Care Center,10 Elm St,Alder,10001,Oak,20,Y
"""


def judge(session, actor, content, program_id):
    table = read_table(content.encode() if isinstance(content, str) else content)
    listed = listed_sites(table, propose_mapping(table.header))
    return listed, preview_sites(session, actor, listed, program_id)


def plan_of(listed, preview, **choice):
    return ImportPlan(preview.program_id, tuple(listed), preview.signature, **choice)


def sites_of(session, program_id):
    session.rollback()
    return session.exec(select(func.count()).select_from(Site).where(Site.program_id == program_id)).one()


def test_each_row_is_told_as_added_or_refused_and_why(session, field):
    field.site("Elsewhere", field.south, field.program_elsewhere, license_no="D-10")
    _, preview = judge(session, field.actor("coordinator"), LIST, field.program.id)
    told = [
        (row.number, row.status, [(problem.field, problem.code) for problem in row.problems]) for row in preview.rows
    ]
    assert told == [
        (2, "added", []),
        (3, "added", []),
        (4, "added", []),
        (5, "added", []),
        (6, "refused", [("license_no", "listed_twice")]),
        (7, "refused", [("name", "required")]),
        (8, "refused", [("capacity", "not_a_number")]),
        (9, "refused", [("subsidy", "not_yes_or_no")]),
        (10, "refused", [("name", "listed_twice")]),
        (11, "refused", [("license_no", "license_elsewhere")]),
    ]
    assert preview.rows[4].problems[0].context == {"row": 2}
    assert [row.name for row in preview.rows[:4]] == [
        "Sunny Demo Center",
        "O'Hara, Demo & <b>Sons</b>",
        "Chain Demo Care (Alder)",
        "Chain Demo Care (Birch)",
    ]
    first = preview.rows[0].site
    assert (first.setting, first.capacity, first.subsidy, first.postal_code) == (
        "child_care_center",
        40,
        True,
        "10001",
    )


def test_a_list_with_refused_rows_writes_nothing_unless_they_are_left_out(session, field):
    actor = field.actor("coordinator")
    listed, preview = judge(session, actor, LIST, field.program.id)
    before = sites_of(session, field.program.id)
    with pytest.raises(InvalidInput, match="rows_refused"):
        import_sites(session, actor, plan_of(listed, preview))
    assert sites_of(session, field.program.id) == before
    result = import_sites(session, actor, plan_of(listed, preview, leave_out_refused=True))
    assert (result.added, result.changed, result.unchanged, result.left_out) == (5, 0, 0, 5)
    assert sites_of(session, field.program.id) == before + 5
    actions = session.exec(select(AuditEvent.action).order_by(AuditEvent.seq)).all()
    assert actions == ["add_site"] * 5 + ["import_sites"]


def test_the_same_list_again_adds_nothing(session, field):
    actor = field.actor("coordinator")
    listed, preview = judge(session, actor, LIST, field.program.id)
    plan = plan_of(listed, preview, leave_out_refused=True)
    import_sites(session, actor, plan)
    again = import_sites(session, actor, plan)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 5)
    _, second = judge(session, actor, LIST, field.program.id)
    assert second.counts == {"unchanged": 5, "refused": 5}


def test_a_change_is_shown_field_by_field_and_empty_cells_change_nothing(session, field):
    actor = field.actor("coordinator")
    site = SiteInput(
        program_id=field.program.id, name="Sunny Demo Center", license_no="D-1", setting="preschool",
        city="Alder", capacity=40, subsidy=True, languages=("Spanish",),
    )  # fmt: skip
    add_site(session, actor, site)
    content = "Name,License No,City,Capacity,Subsidy,License type\nSunny Demo Center,D-1,Birch,45,,Center\n"
    listed, preview = judge(session, actor, content, field.program.id)
    (row,) = preview.rows
    assert (row.status, [tuple(change) for change in row.changes]) == (
        "changed",
        [("city", "Alder", "Birch"), ("capacity", 40, 45)],
    )
    import_sites(session, actor, plan_of(listed, preview))
    session.expire_all()
    row = session.exec(select(Site).where(Site.license_no == "D-1")).one()
    assert (row.city, row.capacity, row.subsidy, row.setting, row.languages, row.version) == (
        "Birch", 45, True, "preschool", ["Spanish"], 2,
    )  # fmt: skip


def test_a_site_without_a_license_number_is_found_by_its_name_and_given_one(session, field):
    actor = field.actor("coordinator")
    content = "Name,License\nMaple Demo Center,D-9\n"
    listed, preview = judge(session, actor, content, field.program.id)
    assert [tuple(change) for change in preview.rows[0].changes] == [("license_no", None, "D-9")]
    import_sites(session, actor, plan_of(listed, preview))
    other = "Name,License\nMaple Demo Center,D-10\n"
    _, second = judge(session, actor, other, field.program.id)
    assert [(row.status, row.name) for row in second.rows] == [("added", "Maple Demo Center (D-10)")]


def test_a_preview_that_no_longer_holds_is_not_written(session, field):
    actor = field.actor("coordinator")
    listed, preview = judge(session, actor, LIST, field.program.id)
    taken = SiteInput(
        program_id=field.program.id, name="Sunny Demo Center", license_no="D-1", setting="other", city="Cedar"
    )
    add_site(session, field.actor("admin"), taken)
    with pytest.raises(Conflict, match="newer_version"):
        import_sites(session, actor, plan_of(listed, preview, leave_out_refused=True))
    assert sites_of(session, field.program.id) == 2


def test_an_error_in_the_middle_leaves_nothing_behind(session, field, monkeypatch):
    actor = field.actor("coordinator")
    listed, preview = judge(session, actor, LIST, field.program.id)

    def fail(*_args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("db.audit.append_all", fail)
    with pytest.raises(RuntimeError):
        import_sites(session, actor, plan_of(listed, preview, leave_out_refused=True))
    assert sites_of(session, field.program.id) == 1


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director"])
def test_who_may_not_add_sites_cannot_import(session, field, role):
    listed, preview = judge(session, field.actor("admin"), LIST, field.program.id)
    with pytest.raises(NotFound):
        preview_sites(session, field.actor(role), listed, field.program.id)
    with pytest.raises(NotFound):
        import_sites(session, field.actor(role), plan_of(listed, preview, leave_out_refused=True))
    assert sites_of(session, field.program.id) == 1


def test_a_coordinator_cannot_import_into_another_region(session, field):
    listed, preview = judge(session, field.actor("admin"), LIST, field.program_elsewhere.id)
    with pytest.raises(NotFound):
        import_sites(session, field.actor("coordinator"), plan_of(listed, preview, leave_out_refused=True))
    assert sites_of(session, field.program_elsewhere.id) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"Name,City\n", "file_empty"),
        (b"PK\x03\x04 a spreadsheet", "file_not_text"),
        (b"Name\nA\x00B\n", "file_not_text"),
        (b'Name,City\n"Broken,Alder\nNext,Birch\n', "file_broken"),
        (b'Name,City\n"Broken"x,Alder\n', "file_broken"),
        (b"Name" + b"," * 1_000_000 + b"\nA\n", "file_too_wide"),
        (b"Name\nA" + b"," * 300 + b"\n", "file_too_wide"),
        (b"Name\n" + b"A\n" * 5001, "file_too_long"),
        (b"Name\n" + b"A" * 3000 + b"\n", "file_broken"),
        (b"x" * (5 * 1024 * 1024 + 1), "file_too_large"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_its_reason(content, code):
    with pytest.raises(UnreadableFile) as refused:
        read_table(content)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "content",
    [
        "Name;City\nCaf\u00e9 Demo;Alder\n".encode("cp1252"),
        "Name\tCity\r\nCaf\u00e9 Demo\tAlder\r\n".encode(),
        b"\xef\xbb\xbf" + 'Name,City\n"Caf\u00e9 Demo","Alder"\n'.encode(),
    ],
)
def test_the_usual_encodings_and_separators_are_read(content):
    table = read_table(content)
    assert (table.header, table.rows) == (("Name", "City"), (("Caf\u00e9 Demo", "Alder"),))


@pytest.mark.parametrize(
    ("license_type", "setting"),
    [
        ("Child Care Center", "child_care_center"),
        ("Preschool", "preschool"),
        ("Early Head Start", "early_head_start"),
        ("Family Child Care Home I", "family_child_care"),
        ("Spaceship", "other"),
        ("", "other"),
    ],
)
def test_the_setting_is_guessed_from_the_license_type(license_type, setting):
    assert guessed_setting(license_type) == setting


def test_text_that_looks_like_commands_or_formulas_is_stored_as_it_is(session, field):
    actor = field.actor("coordinator")
    names = ["=1+1", "'; DROP TABLE site; --", "![x](https://host.invalid/p.png)", "100% _wild_"]
    content = "Name\n" + "\n".join(names) + "\n"
    listed, preview = judge(session, actor, content, field.program.id)
    import_sites(session, actor, plan_of(listed, preview))
    session.rollback()
    stored = session.exec(select(Site.name).where(Site.program_id == field.program.id)).all()
    assert set(names) <= set(stored)


@pytest.mark.realdata
@pytest.mark.skipif(not ROSTER.exists(), reason="the shared data are not on this machine")
def test_the_real_roster_of_990_centers_is_added_once_in_under_ten_seconds(session, field):
    actor = field.actor("coordinator")
    listed, preview = judge(session, actor, ROSTER.read_bytes(), field.program.id)
    assert len(preview.rows) == 990
    assert preview.counts == {"added": 990}
    settings = [row.site.setting for row in preview.rows]
    assert (settings.count("child_care_center"), settings.count("preschool")) == (897, 93)
    started = time.monotonic()
    result = import_sites(session, actor, plan_of(listed, preview))
    assert time.monotonic() - started < 10
    assert (result.added, result.left_out) == (990, 0)
    assert sites_of(session, field.program.id) == 991
    _, second = judge(session, actor, ROSTER.read_bytes(), field.program.id)
    assert second.counts == {"unchanged": 990}
    again = import_sites(session, actor, plan_of(listed, second))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 990)
    assert sites_of(session, field.program.id) == 991
