"""The real server, as `streamlit run app.py` starts it: who gets a script, what it tells, when it refuses."""

import asyncio
import json
import os
import re
import shutil
import socket
import stat
import time
from datetime import UTC, date, datetime

import httpx
import pytest
import websockets
from sqlmodel import select
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from db import sign_in
from db.engine import make_engine
from db.engine import session as open_session
from db.models import Person, SignInSession
from tests.factories import Field
from tests.serving import launch, start_server
from tests.web.conftest import STORED, sign_in_as
from web.compressed import FOLDER

ANSWER_SECONDS = 60


@pytest.fixture(scope="module")
def database(sqlite_template, tmp_path_factory):
    """A small field with passwords, in a file that only we can read."""
    path = tmp_path_factory.mktemp("server") / "attune.db"
    shutil.copy(sqlite_template, path)
    path.chmod(0o600)
    engine = make_engine(f"sqlite:///{path}")
    with open_session(engine) as session:
        field = Field(session, today=date.today())
        for person in field.people.values():
            person.password_hash = STORED
            field.add(person)
        session.commit()
    engine.dispose()
    return path


@pytest.fixture(scope="module")
def server(database):
    """The application on that database."""
    running = start_server(f"sqlite:///{database}")
    yield running
    running.kill()


@pytest.fixture
def people(database):
    engine = make_engine(f"sqlite:///{database}")
    with open_session(engine) as session:
        yield {person.role: person for person in session.exec(select(Person))}
    engine.dispose()


def browser(server, person=None):
    """A browser, signed in when a person is given."""
    client = httpx.Client(base_url=server.base_url)
    if person:
        assert sign_in_as(client, person, headers={"origin": server.base_url}).status_code == 303
    return client


async def script_run(server, token=None, resume=None):
    """Open the page's connection as a browser does, run the session script and give all messages of that run."""
    protocols = ["streamlit", "none", *([resume] if resume else [])]
    sent = {"Cookie": f"attune={token}"} if token else {}
    url = server.base_url.replace("http:", "ws:") + "/_stcore/stream"
    async with websockets.connect(
        url, subprotocols=protocols, additional_headers=sent, origin=server.base_url, max_size=None
    ) as socket:
        ask = BackMsg()
        ask.rerun_script.query_string = ""
        await socket.send(ask.SerializeToString())
        messages = []
        while True:
            data = await asyncio.wait_for(socket.recv(), ANSWER_SECONDS)
            messages.append(ForwardMsg.FromString(data))
            if messages[-1].WhichOneof("type") == "script_finished":
                return messages


def run(server, token=None, **values):
    return asyncio.run(script_run(server, token, **values))


def session_id(messages):
    return next(one.new_session.initialize.session_id for one in messages if one.WhichOneof("type") == "new_session")


def test_a_stranger_gets_no_connection_and_so_no_script(server):
    with pytest.raises(websockets.InvalidStatus) as refused:
        run(server)
    assert refused.value.response.status_code == 403
    assert "server" not in refused.value.response.headers


def test_whoever_is_signed_in_gets_the_page_of_their_own(server, people):
    client = browser(server, people["director"])
    assert client.get("/").status_code == 200
    told = str(run(server, client.cookies["attune"]))
    assert people["director"].display_name in told


def test_nobody_takes_up_the_connection_of_somebody_else(server, people):
    mine = browser(server, people["director"]).cookies["attune"]
    theirs = browser(server, people["consultant"]).cookies["attune"]
    first = session_id(run(server, mine))
    assert session_id(run(server, mine, resume=first)) == first
    assert session_id(run(server, theirs, resume=first)) != first


def test_after_signing_out_elsewhere_an_open_page_shows_nothing_more(server, people, database):
    token = browser(server, people["director"]).cookies["attune"]
    engine = make_engine(f"sqlite:///{database}")
    with open_session(engine) as session:
        sign_in.end_session(session, sign_in.token_hash(token), datetime.now(UTC))
        assert session.exec(
            select(SignInSession.end_reason).where(SignInSession.token_hash == sign_in.token_hash(token))
        ).one()
    engine.dispose()
    with pytest.raises(websockets.InvalidStatus):
        run(server, token)


@pytest.mark.parametrize(
    "path",
    ["/", "/sign-in", "/healthz", "/favicon.png", "/_stcore/health", "/_stcore/metrics", "/media/none", "/nothing"],
)
def test_the_server_does_not_name_itself_and_protects_every_answer(server, people, path):
    for client in (browser(server), browser(server, people["admin"])):
        answer = client.get(path)
        assert "server" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "content-security-policy" in answer.headers


def test_the_first_load_is_sent_compressed(server):
    scripts = re.findall(r"\./(static/js/[^\"]+)", (FOLDER / "index.html").read_text())
    client, packed, plain = browser(server), 0, 0
    for script in scripts:
        with client.stream("GET", f"/{script}", headers={"accept-encoding": "gzip"}) as answer:
            packed += len(b"".join(answer.iter_raw()))
        plain += len(client.get(f"/{script}", headers={"accept-encoding": "identity"}).content)
    assert packed < plain / 2.5


def test_closed_doors_stay_closed_for_those_who_are_signed_in(server, people):
    client = browser(server, people["admin"])
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"):
        assert client.get(path).status_code == 404
    assert client.get("/_stcore/host-config").status_code == 200
    assert browser(server).get("/_stcore/host-config").status_code == 401


def test_the_log_is_one_json_line_per_event_without_names_or_passwords(server, people):
    sign_in_as(browser(server), people["director"], "a wrong password", headers={"origin": server.base_url})
    token = browser(server, people["director"]).cookies["attune"]
    run(server, token)
    log = server.log()
    events = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert {"started", "sign_in_refused"} <= {event["event"] for event in events}
    rest = [line for line in log.splitlines() if line.strip() and not line.startswith("{")]
    assert [line.strip().split("http")[0] for line in rest] == [
        "You can now view your Streamlit app in your browser.",
        "URL: ",
    ]
    for private in (people["director"].sign_in_name, people["director"].display_name, "a wrong", "kites", token):
        assert private not in log


def test_an_error_in_a_page_shows_an_apology_and_logs_no_word_of_it(server, people, database):
    broken = start_server(f"sqlite:///{database}", script="tests/web/broken/serve.py", PYTHONPATH=".")
    try:
        told = str(run(broken, browser(server, people["director"]).cookies["attune"]))
        log = broken.log()
    finally:
        broken.stop()
    noted = next(json.loads(line) for line in log.splitlines() if "unexpected_error" in line)
    assert noted["reference"] in told
    assert noted["error"] == ["builtins.ValueError"]
    for private in ("Maria", "Traceback"):
        assert private not in told
        assert private not in log


def refused(url, **env):
    """The exit code and the words of a server that must not start."""
    started = launch(url, **env)
    try:
        return started.process.wait(60), started.log()
    finally:
        started.kill()


def test_an_empty_database_is_refused_with_one_sentence(tmp_path):
    code, log = refused(f"sqlite:///{tmp_path / 'empty.db'}")
    assert code == 3
    assert log.count("Attune cannot start. The database is empty") == 1
    assert "manage.py migrate" in log
    assert "Traceback" not in log


def test_a_wrong_key_is_refused_with_one_sentence(database):
    code, log = refused(f"sqlite:///{database}", ATTUNE_DATABASE_KEY="not the key")
    assert code == 3
    assert log.count("Attune cannot start. The database does not answer, or its key is wrong.") == 1
    assert "not the key" not in log
    assert "Traceback" not in log


def test_in_real_use_a_database_file_that_others_can_read_is_refused(database, tmp_path):
    open_file = tmp_path / "open.db"
    shutil.copy(database, open_file)
    open_file.chmod(0o644)
    code, log = refused(f"sqlite:///{open_file}", ATTUNE_BEHIND_TLS="true")
    assert code == 3
    assert log.count("Attune cannot start. Others on this machine can read the database file.") == 1
    assert stat.S_IMODE(os.stat(open_file).st_mode) == 0o644


def test_a_setting_that_is_not_understood_is_refused_with_one_sentence(database):
    code, log = refused(f"sqlite:///{database}", ATTUNE_IDLE_MINUTES="soon")
    assert code == 3
    assert log.count("Attune cannot start. A setting is not understood.") == 1
    assert "Traceback" not in log


def test_a_database_that_goes_away_shows_in_the_health_check(database, tmp_path):
    mine = tmp_path / "gone.db"
    shutil.copy(database, mine)
    running = start_server(f"sqlite:///{mine}")
    try:
        engine = make_engine(f"sqlite:///{mine}")
        with engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from the future'")
        engine.dispose()
        deadline = time.monotonic() + 60
        while (answer := httpx.get(f"{running.base_url}/healthz")).status_code == 200:
            assert time.monotonic() < deadline
        assert (answer.status_code, answer.text) == (503, "unavailable")
    finally:
        running.kill()


def raw(server, sent: bytes) -> bytes:
    """Send these bytes on a connection of one's own and give all that comes back until the server ends it.

    What is sent has to ask for that end: a server need not answer somebody who hangs up first.
    """
    host, port = server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), ANSWER_SECONDS) as connection:
        connection.sendall(sent)
        return b"".join(iter(lambda: connection.recv(65536), b""))


HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "ends",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN),
        b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN),
        b"Content-Length: +0\r\n\r\n",
        b"Content-Length: 0x0\r\n\r\n",
        b"Content-Length : 0\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nnone\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        b"X: a\x00b\r\nContent-Length: 0\r\n\r\n",
        b"X: a\rContent-Length: %d\r\n\r\n" % len(HIDDEN),
    ],
)
def test_a_request_whose_end_is_in_doubt_is_refused_and_hides_no_other(server, ends):
    begun = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
    assert raw(server, begun + b"Content-Length: 0\r\n\r\n" + HIDDEN).count(b"HTTP/1.1 ") == 2
    told = raw(server, begun + ends + HIDDEN)
    assert told.count(b"HTTP/1.1 ") == 1, told
    assert told.startswith(b"HTTP/1.1 400 "), told
    assert b"connection: close" in told.lower(), told


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../../etc/passwd", "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/static//etc/passwd",
        "/capture/app/../../../db/settings.py", "/capture/app/%2e%2e/shell.html", "/attune-static/../html.py",
        "/capture/definitions/../../../app.py", "/attune-static/..%2f..%2fapp.py", "/static/..%5c..%5capp.py",
    ],
)  # fmt: skip
def test_an_address_is_no_path_to_a_file(server, path):
    told = raw(server, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert int(told.split(b" ", 2)[1]) in {303, 400, 401, 404}, told[:200]
    assert not [word for word in (b"root:", b"import ", b"<title>Attune") if word in told]
