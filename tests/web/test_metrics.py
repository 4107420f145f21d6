"""What the server tells of itself: to whom the token is known, in kinds and numbers only, numbered by request."""

import json
import re

import pytest

from db.commands.visits import log_visit
from db.errors import NotFound
from db.settings import Settings, settings
from tests.web.conftest import sign_in_as
from web import log, request_id

TOKEN = {"authorization": "Bearer a token of Prometheus"}


@pytest.fixture
def token(monkeypatch):
    monkeypatch.setenv("ATTUNE_METRICS_TOKEN", "a token of Prometheus")
    settings.cache_clear()
    yield
    monkeypatch.delenv("ATTUNE_METRICS_TOKEN")
    settings.cache_clear()


def figures(client) -> dict[str, float]:
    told = client.get("/metrics", headers=TOKEN).text
    return {name: float(value) for name, value in re.findall(r"^(attune_\S+) (\S+)$", told, re.M)}


def test_without_the_token_there_is_nothing(client):
    assert client.get("/metrics", headers=TOKEN).status_code == 404


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "a token of Prometheus"}])
def test_a_wrong_token_finds_nothing(client, token, headers):
    assert client.get("/metrics", headers=headers).status_code == 404


def test_it_counts_saves_refusals_requests_sessions_and_sql(client, token, field, session):
    before = figures(client)
    sign_in_as(client, field.people["consultant"])
    sent = field.visit()
    log_visit(session, field.actor("consultant"), sent)
    with pytest.raises(NotFound):
        log_visit(session, field.actor("consultant"), field.visit(site_id=field.elsewhere.id))
    client.get("/nowhere/secret-key")
    after = figures(client)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more('attune_saves_total{command="log_visit",outcome="done"}') == 1
    assert more('attune_saves_total{command="log_visit",outcome="refused"}') == 1
    assert more('attune_refused_accesses_total{thing="visit",verb="add"}') == 1
    assert more('attune_request_seconds_count{kind="sign-in",status="3xx"}') == 1
    assert after["attune_sessions_active"] == 1
    assert more("attune_sql_seconds_count") > 10
    told = client.get("/metrics", headers=TOKEN).text
    held = ("secret-key", str(field.here.id), field.people["consultant"].sign_in_name, str(sent.client_uuid))
    assert [word for word in held if word in told] == []


def test_live_and_ready_are_two_questions(client, monkeypatch):
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr("db.migrate.require_current", lambda engine: 1 / 0)
    monkeypatch.setattr("web.health._health.until", 0.0)
    assert client.get("/readyz").status_code == 503
    assert client.get("/livez").status_code == 200


def test_a_request_has_one_number_in_its_answer_on_an_error_page_and_in_the_log(client, field, caplog):
    sign_in_as(client, field.people["consultant"])
    lines = []
    answer = client.get("/broken")
    number = answer.headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}", number)
    assert number in answer.text
    assert (
        client.get("/sign-in", headers={"x-request-id": "abcdef0123456789"}).headers["x-request-id"]
        != "abcdef0123456789"
    )
    held = request_id._present.set("0123456789abcdef")
    lines.append(json.loads(log._line("attune", 20, "here.py", 1, "started", (), None)))
    request_id._present.reset(held)
    lines.append(json.loads(log._line("attune", 20, "here.py", 1, "started", (), None)))
    assert [line.get("request") for line in lines] == ["0123456789abcdef", None]


@pytest.mark.parametrize("behind_tls", [True])
def test_behind_a_proxy_its_number_is_kept_if_it_is_one(client, behind_tls, monkeypatch):
    chosen = settings().model_copy(update={"behind_tls": True})
    monkeypatch.setattr(request_id, "settings", lambda: chosen)
    assert (
        client.get("/livez", headers={"x-request-id": "abcdef0123456789"}).headers["x-request-id"] == "abcdef0123456789"
    )
    assert len(client.get("/livez", headers={"x-request-id": "<script>alert(1)"}).headers["x-request-id"]) == 16


@pytest.mark.parametrize("guessable", ["", "short"])
def test_a_token_that_can_be_guessed_is_not_taken(guessable):
    with pytest.raises(ValueError, match="metrics_token"):
        Settings(metrics_token=guessable)
