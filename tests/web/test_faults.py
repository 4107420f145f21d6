"""When nothing can be written: people and tablets are told so, without details, and afterwards all goes on."""

import json
import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from db.models import AuditEvent, Visit
from tests.web.conftest import ORIGIN, sign_in_as
from tests.web.test_submissions import body, entry, rows
from web import health


@pytest.fixture
def read_only(engine):
    """Switches the database to read-only, and back."""

    def prepare(connection, _record):
        on_sqlite = engine.dialect.name == "sqlite"
        connection.cursor().execute("PRAGMA query_only = ON" if on_sqlite else "SET default_transaction_read_only = on")
        if not on_sqlite:
            connection.commit()

    def switch(on):
        (event.listen if on else event.remove)(engine, "connect", prepare)
        engine.dispose()

    return switch


def test_a_database_that_takes_nothing_is_told_plainly_and_the_same_request_is_stored_afterwards(
    signed_in, session, field, read_only
):
    sent = json.dumps(body(signed_in.person, entry(field.visit())))
    headers = {"origin": ORIGIN, "content-type": "application/json"}
    session.close()
    read_only(True)
    answer = signed_in.client.post("/api/submissions", content=sent, headers=headers)
    assert (answer.status_code, answer.json()["results"][0]["state"]) == (500, "later")
    signed_in.client.cookies.clear()
    refused = sign_in_as(signed_in.client, field.people["director"])
    assert refused.status_code == 500
    assert "Something went wrong on our side" in refused.text
    for detail in ("readonly", "read-only", "Traceback", "OperationalError", "INSERT", ".py"):
        assert detail not in refused.text
    read_only(False)
    signed_in.client.cookies.set("attune", signed_in.token)
    assert signed_in.client.post("/api/submissions", content=sent, headers=headers).status_code == 200
    assert len(rows(session, Visit)) == 1
    assert [one.action for one in rows(session, AuditEvent)].count("log_visit") == 1


def test_a_server_whose_disk_is_nearly_full_is_not_ready(client, engine, monkeypatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(health, "_health", health.Health())
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=1024))
    expected = 503 if engine.dialect.name == "sqlite" else 200
    assert (client.get("/readyz").status_code, client.get("/livez").status_code) == (expected, 200)
