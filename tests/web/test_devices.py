"""A tablet is set up, told its data, ended by its person, by an administrator or by signing out."""

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import col, select
from starlette.requests import Request

from db.commands.devices import revoke_device
from db.commands.incidents import record_incident
from db.commands.people import disable_person
from db.commands.visits import log_visit
from db.devices import device_state, note_contact
from db.engine import writing
from db.errors import NotFound
from db.models import AuditEvent, Closure
from db.models.base import utc_now
from db.models.devices import CaptureDevice
from db.models.people import SignInSession
from db.queries.devices import devices_of
from db.sign_in import end_sessions_of
from tests.web.conftest import ORIGIN, sign_in_as, token_in
from web import tablets

FROM_HERE = {"origin": ORIGIN}


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough for the door; what differs between the two is tried in tests/db."""
    return sqlite_engine


def set_up(client, device, name="Blue tablet"):
    return client.post("/api/capture/devices", json={"id": str(device), "name": name}, headers=FROM_HERE)


def state(client, device):
    return client.get(f"/api/capture/devices/{device}").json()["state"]


@pytest.fixture
def device(signed_in):
    key = uuid.uuid4()
    assert set_up(signed_in.client, key).json() == {"state": "active"}
    return key


def sign_out(client):
    page = client.get("/sign-out")
    client.post("/sign-out", data={"token": token_in(page.text)}, headers=FROM_HERE)


def events(session, *actions):
    session.rollback()
    found = session.exec(select(AuditEvent).where(col(AuditEvent.action).in_(actions)).order_by(col(AuditEvent.seq)))
    return [event.action for event in found]


def test_setting_up_twice_is_like_once_and_leaves_one_event(signed_in, device, session, field):
    assert set_up(signed_in.client, device, "").status_code == 200
    tablets = devices_of(session, field.actor("consultant"), signed_in.person.id)
    assert [(one.id, one.name) for one in tablets] == [(device, "Blue tablet")]
    assert events(session, "register_device") == ["register_device"]


def test_its_state_is_told_without_a_session_to_whoever_knows_its_key(client, device):
    client.cookies.clear()
    assert state(client, device) == "active"
    assert state(client, uuid.uuid4()) == "unknown"
    assert client.get("/api/capture/devices/not-a-key").status_code == 401
    assert client.get(f"/api/capture/devices/{device}/more").status_code == 401


def test_the_reference_data_has_the_shape_that_the_app_was_promised(signed_in, device, session, field):
    day, permission = field.today - timedelta(days=1), field.today - timedelta(days=90)
    field.add(Closure(region_id=field.north.id, site_id=field.here.id, closed_on=day, reason="holiday"))
    actor = field.actor("consultant")
    log_visit(session, actor, field.visit(classroom_ids=(field.room.id,)))
    record_incident(session, actor, field.incident(child_key="K7Q2", permission_on=permission))
    told = signed_in.client.get(f"/api/capture?device={device}").json()
    place = {"site_id": str(field.here.id), "classroom_ids": [str(field.room.id)]}
    assert datetime.fromisoformat(told.pop("server_now")) <= utc_now()
    assert told == {
        "person": {"id": str(signed_in.person.id), "name": signed_in.person.display_name, "language": "en"},
        "sites": [
            {
                "id": str(field.here.id),
                "name": "Maple Demo Center",
                "program": "Lantern Program",
                "head_start": False,
                "forms": ["visit", "incident"],
                "classrooms": [{"id": str(field.room.id), "name": "Owls"}],
                "children": [{"key": "K7Q2", "permission_on": permission.isoformat()}],
                "last_visit": {
                    "visited_on": day.isoformat(),
                    "minutes": 60,
                    "minutes_program": 0,
                    "minutes_classroom": 60,
                    "minutes_child_family": 0,
                    "mode": "in_person",
                    "permission_on": None,
                    "activities": ["classroom_observation"],
                    "participants": {"teacher": 2},
                    "classroom_ids": [str(field.room.id)],
                },
                "closed": {day.isoformat(): "holiday"},
            }
        ],
        "last": {"visit": place, "incident": place},
    }


def test_signing_out_ends_it_and_signing_in_again_brings_it_back(signed_in, device, session, field):
    sign_out(signed_in.client)
    assert state(signed_in.client, device) == "signed_out"
    sign_in_as(signed_in.client, signed_in.person)
    assert set_up(signed_in.client, device).status_code == 200
    assert state(signed_in.client, device) == "active"
    assert events(session, "register_device") == ["register_device"] * 2


def test_signing_out_ends_the_devices_of_that_browser_only(signed_in, device, client, session):
    other = uuid.uuid4()
    with type(client)(client.app, base_url=ORIGIN, follow_redirects=False) as second:
        sign_in_as(second, signed_in.person)
        set_up(second, other)
        sign_out(second)
        assert (state(second, other), state(second, device)) == ("signed_out", "active")


def test_it_belongs_to_the_session_in_which_it_was_last_heard_of(signed_in, device, client):
    signed_in.client.cookies.clear()
    sign_in_as(signed_in.client, signed_in.person)
    assert signed_in.client.get(f"/api/capture?device={device}").status_code == 200
    sign_out(signed_in.client)
    assert state(signed_in.client, device) == "signed_out"


def closed(client):
    """As when the browser was closed and opened again: what ends with it is gone, what lasts is not."""
    client.cookies.jar.clear_session_cookies()


def test_signing_in_again_after_the_browser_was_closed_takes_it_along_and_signing_out_ends_it(signed_in, device):
    closed(signed_in.client)
    assert state(signed_in.client, device) == "active"
    sign_in_as(signed_in.client, signed_in.person)
    sign_out(signed_in.client)
    assert state(signed_in.client, device) == "signed_out"


def test_who_shares_the_browser_takes_only_their_own_along(signed_in, device, field):
    client, own = signed_in.client, uuid.uuid4()
    for _time in range(2):
        closed(client)
        sign_in_as(client, field.people["director"])
    set_up(client, own)
    assert client.get(f"/api/capture?device={uuid.uuid4()}").status_code == 200, "one that was never set up is not kept"
    closed(client)
    sign_in_as(client, field.people["director"])
    sign_out(client)
    assert (state(client, own), state(client, device)) == ("signed_out", "active")
    sign_in_as(client, signed_in.person)
    sign_out(client)
    assert state(client, device) == "signed_out"


def test_a_cookie_that_names_no_tablet_is_no_trouble(client, field):
    told = ["", "x", "..", f"{uuid.UUID(int=1).hex}.z", ".".join(["z"] * 400)]
    held = [Request({"type": "http", "headers": [(b"cookie", b"attune-tablets=" + one.encode())]}) for one in told]
    assert [tablets.known(one) for one in held] == [(), (), (), (uuid.UUID(int=1),), ()]
    client.cookies.set("attune-tablets", told[3])
    assert sign_in_as(client, field.people["consultant"]).status_code == 303


def test_it_goes_over_to_the_session_that_replaces_its_own(signed_in, device, session, field):
    long_ago = utc_now() - timedelta(hours=30)
    session.connection().execute(update(SignInSession).values(last_seen_at=long_ago, ends_at=long_ago))
    session.commit()
    sign_in_as(signed_in.client, signed_in.person)
    sign_out(signed_in.client)
    assert state(signed_in.client, device) == "signed_out"


def test_another_person_who_signs_in_and_out_there_does_not_end_it(signed_in, device, session, field):
    long_ago = utc_now() - timedelta(hours=30)
    session.connection().execute(update(SignInSession).values(last_seen_at=long_ago, ends_at=long_ago))
    session.commit()
    sign_in_as(signed_in.client, field.people["director"])
    sign_out(signed_in.client)
    assert state(signed_in.client, device) == "active"


def test_a_session_whose_time_ran_out_leaves_it_active(signed_in, device, session):
    long_ago = utc_now() - timedelta(hours=30)
    session.connection().execute(update(SignInSession).values(last_seen_at=long_ago, ends_at=long_ago))
    session.commit()
    answer = signed_in.client.get(f"/api/capture?device={device}")
    assert (answer.status_code, answer.json()) == (401, {"reason": "expired"})
    assert state(signed_in.client, device) == "active"


def test_without_a_session_the_answer_is_json_and_no_redirect(client, device):
    client.cookies.clear()
    for answer in (client.get(f"/api/capture?device={device}"), client.post("/api/submissions"), client.get("/api/x")):
        assert (answer.status_code, answer.json()) == (401, {"reason": "signed_out"})


def test_a_revoked_tablet_gets_nothing_and_does_not_come_back(signed_in, device, session, field):
    actor = field.actor("consultant")
    revoke_device(session, actor, device)
    revoke_device(session, actor, device)
    assert events(session, "revoke_device") == ["revoke_device"]
    answer = signed_in.client.get(f"/api/capture?device={device}")
    assert (answer.status_code, answer.json()) == (403, {"reason": "revoked"})
    again = set_up(signed_in.client, device)
    assert (again.status_code, again.json()) == (403, {"reason": "revoked"})
    assert state(signed_in.client, device) == "revoked"
    assert devices_of(session, actor, signed_in.person.id) == []
    assert set_up(signed_in.client, uuid.uuid4()).status_code == 200


def test_a_revoked_tablet_stays_revoked_when_its_person_signs_out(signed_in, device, session, field):
    revoke_device(session, field.actor("consultant"), device)
    sign_out(signed_in.client)
    assert state(signed_in.client, device) == "revoked"


def test_an_administrator_ends_anybodys_tablet_and_nobody_else_does(device, signed_in, session, field):
    for role in ("director", "supervisor", "coordinator"):
        with pytest.raises(NotFound):
            revoke_device(session, field.actor(role), device)
        assert devices_of(session, field.actor(role), signed_in.person.id) == []
    admin = field.actor("admin")
    assert [one.id for one in devices_of(session, admin, signed_in.person.id)] == [device]
    revoke_device(session, admin, device)
    assert state(signed_in.client, device) == "revoked"


def test_disabling_a_person_ends_their_tablets(device, signed_in, session, field):
    disable_person(session, field.actor("admin"), signed_in.person.id, 1)
    assert state(signed_in.client, device) == "account"
    assert signed_in.client.get(f"/api/capture?device={device}").json() == {"reason": "signed_out"}


def test_what_ends_all_sessions_of_a_person_ends_their_tablets(device, signed_in, session, field):
    """A new role may see other sites: what the tablet was given for the old one goes."""
    with writing(session):
        end_sessions_of(session, signed_in.person.id, "role_changed")
    assert state(signed_in.client, device) == "signed_out"


def test_another_persons_tablet_is_not_found(device, client, session, field):
    client.cookies.clear()
    sign_in_as(client, field.people["director"])
    assert set_up(client, device).status_code == 404
    assert client.get(f"/api/capture?device={device}").json() == {"reason": "other_person"}
    assert session.get(CaptureDevice, device).person_id == field.people["consultant"].id


def test_it_is_set_up_from_our_own_pages_only_and_with_nothing_unknown(signed_in):
    client, made = signed_in.client, {"id": str(uuid.uuid4()), "name": "x"}
    foreign = client.post("/api/capture/devices", json=made, headers={"origin": "https://elsewhere.example"})
    assert (foreign.status_code, foreign.json()) == (403, {"reason": "not_from_here"})
    form = client.post("/api/capture/devices", data={"id": made["id"]}, headers=FROM_HERE)
    assert form.status_code == 415
    more = client.post("/api/capture/devices", json={**made, "person_id": "x"}, headers=FROM_HERE)
    assert (more.status_code, more.json()) == (422, {"reason": "malformed"})
    assert client.get("/api/capture?device=x").status_code == 422
    assert client.get("/api/elsewhere").status_code == 404


def test_a_name_holds_nothing_that_cannot_be_shown_or_stored(signed_in, session, field):
    key = uuid.uuid4()
    sent = f'{{"id": "{key}", "name": "Blue\\u0000 tablet\\u202e"}}'
    headers = {**FROM_HERE, "content-type": "application/json"}
    assert signed_in.client.post("/api/capture/devices", content=sent, headers=headers).status_code == 200
    assert devices_of(session, field.actor("consultant"), signed_in.person.id)[0].name == "Blue tablet"


def test_contact_is_noted_at_most_once_a_minute_and_not_of_an_ended_one(signed_in, device, session, field):
    row = session.get(CaptureDevice, device)
    first, session_id = row.last_contact_at, row.session_id

    def noted(after):
        note_contact(session, device, session_id, first + after)
        session.rollback()
        session.expire_all()
        return session.get(CaptureDevice, device).last_contact_at - first

    assert noted(timedelta(seconds=59)) == timedelta(0)
    assert noted(timedelta(minutes=2)) == timedelta(minutes=2)
    revoke_device(session, field.actor("consultant"), device)
    assert noted(timedelta(minutes=9)) == timedelta(minutes=2)
    assert device_state(session, device) == "revoked"
