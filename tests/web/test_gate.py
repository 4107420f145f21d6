"""The gate: without a standing session nothing but sign-in, health and static files answers."""

from datetime import timedelta

import pytest
from sqlmodel import select
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg

from db import sign_in
from db.models import SignInSession
from db.models.base import utc_now
from tests.web.conftest import sign_in_as
from web import addresses


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough for the door; what differs between the two is tried in tests/db."""
    return sqlite_engine


def stored(session):
    session.rollback()
    session.expire_all()
    return session.exec(select(SignInSession)).one()


def age(session, **changes):
    row = stored(session)
    for name, value in changes.items():
        setattr(row, name, value)
    session.add(row)
    session.commit()


@pytest.mark.parametrize(
    ("method", "path", "status", "goes_to"),
    [
        ("GET", "/", 303, "/sign-in"),
        ("GET", "/site-trends?site=1&from=2026-01", 303, "/sign-in?next=%2Fsite-trends%3Fsite%3D1%26from%3D2026-01"),
        ("GET", "/no-such-page", 303, "/sign-in?next=%2Fno-such-page"),
        ("GET", "//evil.example/x", 303, "/sign-in"),
        ("POST", "/", 401, None),
        ("GET", "/_stcore/host-config", 401, None),
        ("PUT", "/_stcore/upload_file/s/f", 401, None),
        ("GET", "/media/x.csv", 404, None),
        ("GET", "/download/anything", 404, None),
        ("GET", "/_stcore/metrics", 404, None),
        ("GET", "/_stcore/metrics/", 404, None),
        ("POST", "/_stcore/agent/interact", 404, None),
        ("GET", "/static/../broken", 303, None),
        ("GET", "/app/static/anything", 303, None),
        ("GET", "/healthz", 200, None),
        ("GET", "/sign-in", 200, None),
        ("GET", "/static/app.js", 200, None),
    ],
)
def test_a_stranger_reaches_only_what_is_open(client, method, path, status, goes_to):
    url = client.base_url.copy_with(raw_path=path.encode())
    answer = client.request(method, url)
    assert answer.status_code == status
    if goes_to is not None:
        assert answer.headers["location"] == goes_to


def test_a_websocket_of_a_stranger_is_refused_before_it_opens(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass


def test_a_page_of_another_host_opens_no_websocket(signed_in):
    with signed_in.client.websocket_connect("/_stcore/stream", headers={"Origin": "http://testserver"}):
        pass
    with (
        pytest.raises(WebSocketDisconnect),
        signed_in.client.websocket_connect("/_stcore/stream", headers={"Origin": "http://evil.example"}),
    ):
        pass


def test_a_made_up_token_opens_nothing(client):
    client.cookies.set("attune", "made-up")
    assert client.get("/").status_code == 303
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/_stcore/stream"):
        pass


def test_pages_learn_who_is_there_from_the_gate_alone(signed_in):
    spoofed = {"x-attune-session": "somebody-else"}
    expected = [sign_in.token_hash(signed_in.token)]
    assert signed_in.client.get("/", headers=spoofed).json() == {"session": expected}
    with signed_in.client.websocket_connect("/_stcore/stream", headers=spoofed) as socket:
        assert socket.receive_json() == expected


def test_a_stranger_cannot_send_the_header_of_the_gate(client, session, field):
    sign_in_as(client, field.people["consultant"])
    hashed = stored(session).token_hash
    client.cookies.clear()
    assert client.get("/", headers={"x-attune-session": hashed}).status_code == 303
    assert client.get("/static/app.js", headers={"x-attune-session": hashed}).json() == {"session": []}


def test_what_the_server_says_about_itself_is_closed_to_everybody(signed_in):
    for path in ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/openapi.json"):
        assert signed_in.client.get(path).status_code == 404
    assert signed_in.client.get("/_stcore/host-config").status_code == 200
    assert signed_in.client.get("/media/x.csv").status_code == 200


def test_an_idle_session_and_one_past_its_end_open_nothing(signed_in, session):
    assert signed_in.client.get("/").status_code == 200
    age(session, last_seen_at=utc_now() - timedelta(minutes=61))
    assert signed_in.client.get("/").status_code == 303
    age(session, last_seen_at=utc_now(), ends_at=utc_now() - timedelta(seconds=1))
    assert signed_in.client.get("/").status_code == 303


def test_a_disabled_person_is_out_at_the_next_request(signed_in, session, field):
    signed_in.person.disabled_at = utc_now()
    field.add(signed_in.person)
    session.commit()
    assert signed_in.client.get("/").status_code == 303


def clicked() -> BackMsg:
    message = BackMsg()
    message.rerun_script.fragment_id = "part"
    message.rerun_script.page_script_hash = "page"
    message.rerun_script.query_string = "site=1"
    message.rerun_script.widget_states.widgets.add(id="save", trigger_value=True)
    return message


def test_an_open_page_whose_session_ended_can_only_be_opened_anew(signed_in, session):
    with signed_in.client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        socket.send_bytes(clicked().SerializeToString())
        assert BackMsg.FromString(socket.receive_bytes()) == clicked()
        age(session, ended_at=utc_now(), end_reason="disabled")
        socket.send_bytes(clicked().SerializeToString())
        left = BackMsg.FromString(socket.receive_bytes())
    assert left.rerun_script.fragment_id == ""
    assert list(left.rerun_script.widget_states.widgets) == []
    assert (left.rerun_script.page_script_hash, left.rerun_script.query_string) == ("page", "site=1")


def test_interactions_keep_a_session_alive_and_what_runs_by_itself_does_not(signed_in, session):
    long_ago = utc_now() - timedelta(minutes=50)
    by_itself = clicked()
    by_itself.rerun_script.is_auto_rerun = True
    with signed_in.client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        age(session, last_seen_at=long_ago)
        socket.send_bytes(by_itself.SerializeToString())
        socket.receive_bytes()
        assert stored(session).last_seen_at == long_ago
        socket.send_bytes(clicked().SerializeToString())
        socket.receive_bytes()
    assert stored(session).last_seen_at > utc_now() - timedelta(minutes=1)


def test_bytes_that_are_no_message_reach_the_server_as_they_are_or_as_a_plain_visit(signed_in, session):
    with signed_in.client.websocket_connect("/_stcore/stream") as socket:
        socket.receive_json()
        socket.send_bytes(b"\xff\xff")
        assert socket.receive_bytes() == b"\xff\xff"
        age(session, ended_at=utc_now())
        socket.send_bytes(b"\xff\xff")
        assert BackMsg.FromString(socket.receive_bytes()).WhichOneof("type") == "rerun_script"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "https:evil.example",
        "javascript:alert(1)", "evil", "", None, "/a\r\nset-cookie: x=1", "/\tevil", "/%s" % ("x" * 2000),
        "///evil.example", "/sign-in", "/sign-out?x=1", "/media/x", "/_stcore/health", "/[", "http://[",
    ],
)  # fmt: skip
def test_only_pages_of_ours_may_be_gone_to(address):
    expected = "/[" if address == "/[" else "/"
    assert addresses.local(address) == expected


def test_a_page_with_its_filters_may_be_gone_to():
    assert addresses.local("/site-trends?site=1&from=2026-01") == "/site-trends?site=1&from=2026-01"
