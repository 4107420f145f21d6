"""Identified documents are fetched once, with a token, in the session that asked."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from db import sign_in
from db.commands.downloads import ask_download, use_download
from db.commands.import_reports import keep_import_report
from db.commands.visits import log_visit, remove_visit
from db.engine import session as open_session
from db.errors import NotFound
from db.models import AuditEvent
from db.models.base import utc_now
from db.models.visit_input import FollowUpInput
from db.queries.visit_copy import visit_copy
from tests.web.conftest import sign_in_as


@pytest.fixture
def visit_id(session, field):
    visit = field.visit(
        classroom_ids=(field.room.id,),
        recommendations="Try <b>two</b> helpers at nap time.",
        reflection="PRIVATE I felt unsure",
        follow_ups=(FollowUpInput(text="Bring the picture cards", owner="consultant"),),
    )
    return log_visit(session, field.actor("consultant"), visit).id


def ask(engine, client, visit_id):
    """Ask for the copy as a page does, in the client's session."""
    with open_session(engine) as opened:
        actor = sign_in.resolve(opened, sign_in.token_hash(client.cookies["attune"]), utc_now())
        return ask_download(opened, actor, "visit_copy", visit_id)


def test_the_copy_holds_what_the_facility_keeps_and_nothing_private(signed_in, engine, visit_id, field):
    answer = signed_in.client.get(f"/download/{ask(engine, signed_in.client, visit_id)}")
    assert answer.status_code == 200
    assert re.fullmatch(r'attachment; filename="visit-\d{4}-\d\d-\d\d\.html"', answer.headers["content-disposition"])
    assert answer.headers["cache-control"] == "no-store"
    for kept in (
        signed_in.person.display_name, field.here.name, "Owls", "09:30", "60", "In person", "Classroom observation",
        "Try &lt;b&gt;two&lt;/b&gt; helpers at nap time.", "Bring the picture cards", "9.4.1.17",
    ):  # fmt: skip
        assert kept in answer.text
    assert "PRIVATE" not in answer.text
    assert "morning circle" not in answer.text


def test_an_export_leaves_its_trace(signed_in, engine, session, visit_id, field):
    signed_in.client.get(f"/download/{ask(engine, signed_in.client, visit_id)}")
    session.rollback()
    trace = session.exec(select(AuditEvent).where(AuditEvent.action == "export")).one()
    assert (trace.entity, trace.entity_id, trace.site_id, trace.rows) == ("visit", visit_id, field.here.id, 1)
    assert trace.actor_id == signed_in.person.id


def test_a_token_works_once(signed_in, engine, visit_id):
    token = ask(engine, signed_in.client, visit_id)
    assert signed_in.client.get(f"/download/{token}").status_code == 200
    assert signed_in.client.get(f"/download/{token}").status_code == 404


def test_a_token_works_in_no_other_session_and_is_not_used_up_by_trying(client, signed_in, engine, visit_id, field):
    token = ask(engine, client, visit_id)
    own = client.cookies["attune"]
    client.cookies.clear()
    assert client.get(f"/download/{token}").status_code == 404
    sign_in_as(client, field.people["director"])
    assert client.get(f"/download/{token}").status_code == 404
    client.cookies.clear()
    client.cookies.set("attune", own)
    assert client.get(f"/download/{token}").status_code == 200


def test_a_token_is_worth_nothing_after_five_minutes_and_after_sign_out(signed_in, engine, session, visit_id):
    token = ask(engine, signed_in.client, visit_id)
    hashed = sign_in.token_hash(signed_in.token)
    actor = sign_in.resolve(session, hashed, utc_now())
    with pytest.raises(NotFound):
        use_download(session, actor, token, now=utc_now() + timedelta(minutes=5))
    sign_in.end_session(session, hashed, utc_now())
    assert signed_in.client.get(f"/download/{token}").status_code == 404


def test_nobody_can_ask_for_what_they_may_not_read(client, engine, session, visit_id, field):
    for role in ("admin", "coordinator"):
        sign_in_as(client, field.people[role])
        with pytest.raises(NotFound):
            ask(engine, client, visit_id)
        client.cookies.clear()
    session.rollback()
    denied = session.exec(select(AuditEvent).where(AuditEvent.action == "access_denied")).all()
    assert len(denied) == 2


def test_there_is_no_copy_of_a_foreign_or_removed_visit(session, field, visit_id):
    foreign = field.people["director"]
    foreign_site = field.person("director")
    field.give(foreign_site, site_id=field.elsewhere.id)
    session.commit()
    with pytest.raises(NotFound):
        visit_copy(session, field.actor(foreign_site), visit_id)
    assert visit_copy(session, field.actor(foreign), visit_id).recipients == (("teacher", 2),)
    remove_visit(session, field.actor("consultant"), visit_id, 1, "entered twice")
    with pytest.raises(NotFound):
        visit_copy(session, field.actor(foreign), visit_id)


def test_an_unknown_kind_of_document_is_not_there(signed_in, session, visit_id):
    actor = sign_in.resolve(session, sign_in.token_hash(signed_in.token), utc_now())
    with pytest.raises(NotFound):
        ask_download(session, actor, "everything", visit_id)


def test_refused_rows_are_fetched_once_as_a_csv_file(signed_in, engine):
    with open_session(engine) as opened:
        actor = sign_in.resolve(opened, sign_in.token_hash(signed_in.client.cookies["attune"]), utc_now())
        report = keep_import_report(opened, actor, [["Line", "Site"], ["2", "=1+1"]])
        tokens = [ask_download(opened, actor, "import_report", report) for _time in range(2)]
    answer = signed_in.client.get(f"/download/{tokens[0]}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="refused-rows.csv"'
    assert answer.content.decode("utf-8-sig").splitlines() == ["Line,Site", "2,'=1+1"]
    assert signed_in.client.get(f"/download/{tokens[1]}").status_code == 404
