"""What a tablet sends is stored once or refused with its reason; nothing that was answered is lost."""

import json
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select

from db import submissions
from db.commands.devices import revoke_device
from db.commands.drafts import keep_draft
from db.commands.incidents import remove_incident
from db.commands.visits import remove_visit
from db.engine import session as open_session
from db.models import AuditEvent, Incident, Visit
from db.models.drafts import Draft
from db.models.people import SignInSession
from tests.web.conftest import ORIGIN, sign_in_as
from web import submissions as web_submissions

ADDRESS = "/api/submissions"
HEADERS = {"origin": ORIGIN, "content-type": "application/json"}
MARKS = {"client_uuid", "source", "made_at", "clock_off_minutes"}
MADE = "2026-01-05T09:12:30-05:00"


def values(made):
    return made.model_dump(mode="json", exclude=MARKS)


def entry(made, **changes):
    form = "visit" if hasattr(made, "visited_on") else "incident"
    return {
        "client_uuid": str(made.client_uuid), "form": form, "made_at": MADE, "values": values(made), **changes,
    }  # fmt: skip


def body(person, entries, **changes):
    sent = {"device": str(uuid.uuid4()), "person_id": str(person.id), "sent_at": datetime.now(UTC).isoformat()}
    return {**sent, **({"entry": entries} if isinstance(entries, dict) else {"entries": entries}), **changes}


@pytest.fixture
def send(signed_in):
    def post(entries, headers=HEADERS, **changes):
        sent = body(signed_in.person, entries, **changes)
        return signed_in.client.post(ADDRESS, content=json.dumps(sent), headers=headers)

    return post


def rows(session, table):
    session.rollback()
    session.expire_all()
    return session.exec(select(table)).all()


def problems(answer):
    return [(one["field"], one["code"]) for one in answer.json()["results"][0]["problems"]]


def test_both_forms_are_stored_with_when_they_were_made_and_one_event_each(send, session, field):
    visit, incident = field.visit(), field.incident()
    answer = send([entry(visit), entry(incident)])
    assert answer.status_code == 200
    told = answer.json()
    assert [one["status"] for one in told["results"]] == [200, 200]
    assert [one["state"] for one in told["results"]] == ["stored", "stored"]
    assert (told["clock_off_minutes"], datetime.fromisoformat(told["server_now"]).tzinfo) == (None, UTC)
    stored = [rows(session, Visit)[0], rows(session, Incident)[0]]
    assert [str(one.id) for one in stored] == [one["id"] for one in told["results"]]
    for row in stored:
        assert (row.source, row.clock_off_minutes) == ("tablet", None)
        assert row.made_at == datetime.fromisoformat(MADE)
        assert row.created_at > row.made_at
    assert stored[0].summary == visit.summary
    actions = [event.action for event in rows(session, AuditEvent)]
    assert (actions.count("log_visit"), actions.count("record_incident")) == (1, 1)


def test_the_same_again_gets_the_same_answer_and_other_content_is_refused(send, session, field):
    visit = field.visit()
    first, again = send(entry(visit)), send(entry(visit, made_at="2026-01-06T10:00:00Z"))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["results"] == again.json()["results"]
    other = send(entry(visit.model_copy(update={"summary": "Something else"})))
    assert (other.status_code, other.json()["results"][0]["reason"]) == (409, "other_content")
    assert [one.summary for one in rows(session, Visit)] == [visit.summary]
    assert [event.action for event in rows(session, AuditEvent)].count("log_visit") == 1


def test_a_removed_record_is_refused_and_never_revived(send, session, field):
    visit, incident = field.visit(), field.incident()
    made = [one["id"] for one in send([entry(visit), entry(incident)]).json()["results"]]
    actor = field.actor("consultant")
    remove_visit(session, actor, uuid.UUID(made[0]), 1, "entered twice")
    remove_incident(session, actor, uuid.UUID(made[1]), 1, "entered twice")
    answer = send([entry(visit), entry(incident), entry(incident.model_copy(update={"description": "More"}))])
    assert [(one["status"], one["reason"]) for one in answer.json()["results"]] == [(409, "removed")] * 3
    assert all(one.deleted_at for one in [*rows(session, Visit), *rows(session, Incident)])


def test_one_entry_answers_with_its_own_status(send, field):
    elsewhere = field.visit(field.elsewhere)
    for sent, status in ((field.visit(), 200), (elsewhere, 404), (field.visit(minutes=61), 422)):
        answer = send(entry(sent))
        assert (answer.status_code, answer.json()["results"][0]["status"]) == (status, status)
    assert send(entry(elsewhere)).json()["results"][0]["reason"] == "not_found"


def test_each_entry_stands_for_itself(send, session, field):
    mixed = [field.visit(), field.visit(minutes=4, minutes_classroom=4), field.visit(field.elsewhere), field.incident()]
    answer = send([entry(one) for one in mixed])
    assert answer.status_code == 200
    assert [one["client_uuid"] for one in answer.json()["results"]] == [str(one.client_uuid) for one in mixed]
    assert [one["status"] for one in answer.json()["results"]] == [200, 422, 404, 200]
    assert (len(rows(session, Visit)), len(rows(session, Incident))) == (1, 1)


def test_problems_are_told_by_field_with_what_their_sentences_need(send, field):
    answer = send(entry(field.visit(minutes=90)))
    assert answer.json()["results"][0]["problems"] == [
        {"field": "minutes_program", "code": "minutes_add_up", "context": {"total": 60, "minutes": 90}}
    ]
    assert problems(send(entry(field.visit(visited_on=field.today + timedelta(days=2))))) == [
        ("visited_on", "in_the_future")
    ]
    grantee = field.add(type(field.program)(region_id=field.north.id, name="Brook", type="head_start"))
    site = field.site("Brook Demo Center", program=grantee)
    room = field.classroom(site, "Finches")
    field.give(field.people["consultant"], site_id=site.id)
    field.session.commit()
    day = (field.today - timedelta(days=1)).isoformat()
    expelled = entry(field.incident(room))
    expelled["values"]["exclusion"] = {"type": "expulsion", "started_on": day}
    assert problems(send(expelled)) == [("exclusion.override_note", "expulsion_rule")]
    expelled["values"]["exclusion"]["override_note"] = "What happened, and why."
    assert send(expelled).status_code == 200


def test_the_marks_are_the_servers(send, session, field):
    sent = entry(field.visit())
    sent["values"] |= {"client_uuid": "x", "source": "web", "made_at": MADE, "clock_off_minutes": 1}
    assert problems(send(sent)) == [(mark, "unknown_field") for mark in sorted(MARKS)]
    assert rows(session, Visit) == []


ODD_VALUES = [
    ("surprise", 1, "unknown_field"),
    ("minutes", "60", "not_a_number"),
    ("minutes", True, "not_a_number"),
    ("minutes", 60.5, "not_a_number"),
    ("minutes", 10**30, "above_maximum"),
    ("minutes", 1e308, "not_a_number"),
    ("visited_on", 0, "not_a_date"),
    ("visited_on", "0001-01-01", "before_birth_of_program"),
    ("visited_on", None, "required"),
    ("started_at", "09:15Z", "not_a_time"),
    ("started_at", 5, "not_a_time"),
    ("classroom_ids", "Owls", "not_understood"),
    ("participants", {"teacher": 10**30}, "out_of_range"),
    ("participants", {"stranger": 1}, "unknown_option"),
    ("outcome", "made_up", "unknown_option"),
    ("summary", "half a \ud83d pair", "not_understood"),
    ("summary", "NUL \0", "not_understood"),
    ("summary", ["nested"], "not_understood"),
    ("summary", {"a": [[[[[[[[[[[[1]]]]]]]]]]]]}, "not_understood"),
    ("summary", "a" * 8001, "too_long"),
    ("follow_ups", [{"text": "x", "owner": "site", "more": 1}], "unknown_field"),
    ("tiers", {}, "not_understood"),
]


def test_values_of_any_shape_are_refused_at_their_field(send, session, field):
    odd = [
        {**entry(field.visit()), "values": {**values(field.visit()), name: value}} for name, value, _code in ODD_VALUES
    ]
    results = send(odd).json()["results"]
    for (name, value, code), result in zip(ODD_VALUES, results, strict=True):
        told = [(one["field"].partition(".")[0], one["code"]) for one in result["problems"]]
        assert (result["status"], code in [one for at, one in told if at == name]) == (422, True), (name, value, told)
    assert rows(session, Visit) == []


def test_days_at_the_end_of_time_break_nothing(send, field):
    for day in ("9999-12-31", "0001-01-01"):
        lost = {"type": "sent_home_early", "started_on": day, "ended_on": day, "return_on": day}
        step = {"text": "x", "owner": "consultant", "due_on": day}
        incident, visit = entry(field.incident()), entry(field.visit())
        incident["values"]["exclusion"], visit["values"]["follow_ups"] = lost, [step]
        late = day.startswith("9999")
        assert [send(incident).status_code, send(visit).status_code] == ([200, 200] if late else [422, 422])


BROKEN = {
    "nothing": b"",
    "no object": b"[]",
    "not text": b"\xff\xfe{\x00",
    "deep": b'{"entry":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "unended": b'{"entries": [',
    "NaN": b'{"sent_at": NaN}',
    "digits": b'{"sent_at": ' + b"9" * 5000 + b"}",
}


def test_what_is_no_json_of_ours_is_malformed(signed_in):
    for name, sent in BROKEN.items():
        answer = signed_in.client.post(ADDRESS, content=sent, headers=HEADERS)
        assert (answer.status_code, answer.json()) == (422, {"reason": "malformed"}), name


def test_unknown_keys_and_wrong_shapes_are_malformed_wherever_they_are(send, session, field):
    good = entry(field.visit())
    for changed in (
        {"source": "x"}, {"form": "wave"}, {"made_at": "2026-01-05T09:12:30"}, {"made_at": 0}, {"client_uuid": "x"},
        {"made_at": "0001-01-01T00:00:00+14:00"}, {"made_at": "9999-12-31T23:59:59-12:00"}, {"values": []},
    ):  # fmt: skip
        answer = send([{**good, **changed}])
        assert (answer.status_code, answer.json()) == (422, {"reason": "malformed"}), changed
    for changed in ({"more": 1}, {"device": "x"}, {"sent_at": "today"}, {"entry": good}):
        assert send([good], **changed).status_code == 422, changed
    assert send([]).status_code == 422
    spoilt = entry(field.visit())
    spoilt["values"]["half a \ud83d pair"] = 1
    assert send(spoilt).status_code == 422
    assert rows(session, Visit) == []


def test_a_wrong_clock_is_noticed_said_and_kept_and_the_typed_date_stays(send, session, field):
    def sent_after(minutes, visit):
        moment = datetime.now(UTC) + timedelta(minutes=minutes)
        return send([entry(visit)], sent_at=moment.isoformat()).json()["clock_off_minutes"]

    visits = [field.visit() for _ in range(4)]
    assert sent_after(59, visits[0]) is None
    assert sent_after(180, visits[1]) == 180
    assert sent_after(-61.6, visits[2]) == -62
    assert sent_after(-25_000_000, visits[3]) == -25_000_000
    stored = {row.client_uuid: row for row in rows(session, Visit)}
    kept = [stored[visit.client_uuid] for visit in visits]
    assert [row.clock_off_minutes for row in kept] == [None, 180, -62, -25_000_000]
    assert {row.visited_on for row in kept} == {visits[0].visited_on}


def test_sizes_have_limits(signed_in, send, session, field):
    sent = json.dumps(body(signed_in.person, [entry(field.visit())])).encode()
    full = sent + b" " * (1024 * 1024 - len(sent))
    over = signed_in.client.post(ADDRESS, content=full + b" ", headers=HEADERS)
    assert (over.status_code, over.json()) == (413, {"reason": "too_large"})
    assert rows(session, Visit) == []
    assert signed_in.client.post(ADDRESS, content=full, headers=HEADERS).status_code == 200
    assert send([entry(field.visit()) for _ in range(51)]).status_code == 413
    assert len(rows(session, Visit)) == 1


def test_fifty_at_once_are_stored_once_each_also_when_sent_again(send, session, field):
    many = [entry(field.visit() if number % 2 else field.incident()) for number in range(50)]
    first, again = send(many), send(many)
    assert {one["state"] for one in first.json()["results"]} == {"stored"}
    assert first.json()["results"] == again.json()["results"]
    assert (len(rows(session, Visit)), len(rows(session, Incident))) == (25, 25)
    actions = [event.action for event in rows(session, AuditEvent)]
    assert actions.count("log_visit") + actions.count("record_incident") == 50


def test_twenty_tabs_that_send_the_same_entry_at_once_store_it_once(send, session, field):
    sent = entry(field.visit())
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _number: send(sent), range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["results"][0]["id"] for answer in answers}) == 1
    assert len(rows(session, Visit)) == 1
    assert [event.action for event in rows(session, AuditEvent)].count("log_visit") == 1


def test_a_server_that_dies_after_storing_and_before_answering_stores_once(send, session, field, monkeypatch):
    sent, store = entry(field.visit()), submissions.store

    def dies(*args):
        store(*args)
        raise OSError("the cable")

    monkeypatch.setattr(submissions, "store", dies)
    lost = send(sent)
    assert (lost.status_code, lost.json()["results"][0]["state"]) == (500, "later")
    monkeypatch.setattr(submissions, "store", store)
    assert send(sent).json()["results"][0]["id"] == str(rows(session, Visit)[0].id)
    assert len(rows(session, Visit)) == 1


def test_an_entry_that_fails_unexpectedly_is_put_off_and_takes_no_other_with_it(
    send, session, field, monkeypatch, caplog
):
    visits, store = [field.visit(summary=f"PRIVATE {number}") for number in range(3)], submissions.store

    def fails_at_the_second(opened, actor, made):
        if made.client_uuid == visits[1].client_uuid:
            raise RuntimeError(f"broken at {made.summary}")
        return store(opened, actor, made)

    monkeypatch.setattr(submissions, "store", fails_at_the_second)
    with caplog.at_level(logging.ERROR):
        answer = send([entry(one) for one in visits])
    assert answer.status_code == 200
    assert [(one["status"], one["state"]) for one in answer.json()["results"]] == [
        (200, "stored"), (500, "later"), (200, "stored"),
    ]  # fmt: skip
    assert len(rows(session, Visit)) == 2
    logged = [record for record in caplog.records if record.name == "attune"]
    assert [record.msg for record in logged] == ["unexpected_error"]
    assert "PRIVATE" not in repr([record.__dict__ for record in logged])


def test_a_request_that_takes_too_long_puts_the_rest_off(send, session, field, monkeypatch):
    monkeypatch.setattr(web_submissions, "LONGEST_SECONDS", 0.0)
    answer = send([entry(field.visit()), entry(field.visit())])
    assert [(one["status"], one["state"]) for one in answer.json()["results"]] == [(500, "later")] * 2
    assert rows(session, Visit) == []


def test_the_draft_goes_with_the_entry_that_it_became(send, session, field):
    kept, lost = field.visit(), field.visit(minutes=61)
    for visit in (kept, lost):
        keep_draft(session, field.actor("consultant"), visit.client_uuid, "visit", {"summary": "half"})
    send([entry(kept), entry(lost)])
    assert [draft.client_uuid for draft in rows(session, Draft)] == [lost.client_uuid]


MAY = {
    "consultant": (200, 200), "supervisor": (404, 404), "director": (404, 200), "coordinator": (404, 404),
    "admin": (404, 404),
}  # fmt: skip


def test_each_role_stores_only_what_it_may_and_only_at_its_sites(client, session, field):
    for role, (visit, incident) in MAY.items():
        client.cookies.clear()
        sign_in_as(client, field.people[role])
        made = [field.visit(), field.incident(), field.visit(field.elsewhere), field.incident(field.room_elsewhere)]
        mixed = entry(field.incident())
        mixed["values"]["classroom_id"] = str(field.room_elsewhere.id)
        sent = body(field.people[role], [*map(entry, made), mixed])
        results = [one["status"] for one in client.post(ADDRESS, json=sent, headers=HEADERS).json()["results"]]
        assert results == [visit, incident, 404, 404, 422 if incident == 200 else 404], role
        denied = [event for event in rows(session, AuditEvent) if event.action == "access_denied"]
        assert len([event for event in denied if event.actor_role == role]) == results.count(404)
    assert (len(rows(session, Visit)), len(rows(session, Incident))) == (1, 2)


def test_somebody_elses_queue_is_not_taken(send, session, field):
    answer = send([entry(field.visit())], person_id=str(field.people["director"].id))
    assert (answer.status_code, answer.json()) == (403, {"reason": "other_person"})
    assert rows(session, Visit) == []


def test_a_foreign_page_or_a_form_stores_nothing(send, session, field):
    for headers in ({"origin": "https://elsewhere.example"}, {"origin": "null"}, {}):
        answer = send([entry(field.visit())], headers={"content-type": "application/json", **headers})
        assert (answer.status_code, answer.json()) == (403, {"reason": "not_from_here"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
        assert send([entry(field.visit())], headers={"origin": ORIGIN, "content-type": kind}).status_code == 415
    assert rows(session, Visit) == []


def test_an_expired_session_is_told_and_after_signing_in_the_same_request_is_stored(signed_in, send, session, field):
    sent = entry(field.visit())
    long_ago = datetime.now(UTC) - timedelta(hours=30)
    session.connection().execute(update(SignInSession).values(last_seen_at=long_ago, ends_at=long_ago))
    session.commit()
    answer = send(sent)
    assert (answer.status_code, answer.json()) == (401, {"reason": "expired"})
    assert rows(session, Visit) == []
    sign_in_as(signed_in.client, signed_in.person)
    assert send(sent).status_code == 200


def test_a_revoked_tablet_sends_nothing(signed_in, send, session, field):
    device = uuid.uuid4()
    made = {"id": str(device)}
    signed_in.client.post("/api/capture/devices", json=made, headers=HEADERS)
    assert send([entry(field.visit())], device=str(device)).status_code == 200
    revoke_device(session, field.actor("consultant"), device)
    answer = send([entry(field.visit())], device=str(device))
    assert (answer.status_code, answer.json()) == (403, {"reason": "revoked"})
    assert len(rows(session, Visit)) == 1


def test_sending_keeps_the_session_alive(signed_in, send, engine, field):
    minutes_ago = datetime.now(UTC) - timedelta(minutes=5)
    with open_session(engine) as opened:
        opened.connection().execute(update(SignInSession).values(last_seen_at=minutes_ago))
        opened.commit()
    send([entry(field.visit())])
    with open_session(engine) as opened:
        seen = opened.exec(select(SignInSession.last_seen_at).where(col(SignInSession.ended_at).is_(None))).one()
    assert datetime.now(UTC) - seen < timedelta(minutes=1)
