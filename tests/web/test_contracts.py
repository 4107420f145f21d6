"""What an older app on a tablet has made is taken as far as it can be read; the rest is refused in plain words."""

import hashlib
import json
from copy import deepcopy
from pathlib import Path

import pytest
from sqlmodel import select

from components.definitions.queue_words import queue_words
from components.definitions.served import served
from db import contracts
from db.models import Incident, Visit
from tests.web.test_submissions import ADDRESS, HEADERS, body, entry

MADE = json.loads((Path(__file__).parent / "entries_of_contract_1.json").read_text())
"""Both forms as the app of 2026-11-20 (3adc0aa) sent them, which knew of no versions."""
FIELDS = {2: "ae1c60badc367589"}
"""For each version since there is a number: what the fields of both forms amount to."""


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough: what differs between the two is tried in tests/db."""
    return sqlite_engine


@pytest.fixture
def send(signed_in):
    def post(entries):
        sent = body(signed_in.person, entries)
        return signed_in.client.post(ADDRESS, content=json.dumps(sent), headers=HEADERS)

    return post


@pytest.fixture
def earlier(field):
    """Both entries of the earlier app, at a site and in a classroom of this test."""
    made = deepcopy(MADE)
    made[0]["values"] |= {"site_id": str(field.here.id), "classroom_ids": [str(field.room.id)]}
    made[1]["values"] |= {"site_id": str(field.here.id), "classroom_id": str(field.room.id)}
    return made


@pytest.fixture
def later(monkeypatch):
    """A server of a later version: the app of today is an earlier one to it."""
    monkeypatch.setattr(contracts, "CONTRACT", contracts.CONTRACT + 1)
    monkeypatch.setattr(contracts, "EARLIER_NAMES", {"visit": {"notes": "summary"}, "incident": {}})


def results(answer):
    return [(one["status"], one["state"], one.get("reason")) for one in answer.json()["results"]]


def with_values(made, **values):
    changed = entry(made)
    return {**changed, "values": {**changed["values"], **values}}


def test_entries_of_the_app_before_there_were_versions_are_stored(send, earlier, session):
    assert results(send(earlier)) == [(200, "stored", None)] * 2
    assert [one.summary for one in session.exec(select(Visit))] == ["Circle time"]
    assert [one.description for one in session.exec(select(Incident))] == ["Ran to the door"]
    assert results(send([{**one, "contract": contracts.CONTRACT} for one in earlier])) == [(200, "stored", None)] * 2


def test_a_field_that_is_not_asked_any_more_is_let_go_when_it_says_nothing(send, later, field):
    sent = [with_values(field.visit(), mood=nothing) for nothing in (None, "", [], {})]
    assert results(send(sent)) == [(200, "stored", None)] * 4


def test_a_field_that_has_another_name_now_keeps_what_it_said(send, later, field, session):
    made = entry(field.visit())
    made["values"]["notes"] = made["values"].pop("summary") + ", under its earlier name"
    assert results(send(made)) == [(200, "stored", None)]
    assert session.exec(select(Visit.summary)).one().endswith(", under its earlier name")


@pytest.mark.parametrize("more", [{"mood": "calm"}, {"mood": 0}, {"mood": "", "weather": "rain"}])
def test_what_it_says_in_a_field_that_is_not_asked_any_more_is_refused_in_words_of_its_own(send, later, field, more):
    answer = send(with_values(field.visit(), **more))
    assert results(answer) == [(422, "refused", "other_version")]
    assert {one["code"] for one in answer.json()["results"][0]["problems"]} == {"unknown_field"}
    assert "what you typed is kept" in queue_words()["refused_other_version"]


def test_what_is_wrong_in_itself_is_told_as_that_whatever_version_made_it(send, later, field):
    answer = send(with_values(field.visit(), mood="", minutes="many"))
    assert results(answer) == [(422, "refused", "invalid")]
    assert [one["field"] for one in answer.json()["results"][0]["problems"]] == ["minutes"]


def test_an_app_of_this_version_sends_nothing_unknown_not_even_empty(send, field):
    made = {**with_values(field.visit(), mood=""), "contract": contracts.CONTRACT}
    assert results(send(made)) == [(422, "refused", "invalid")]


def test_an_app_that_is_newer_than_the_server_is_read_as_far_as_it_can_be(send, field):
    newer = [{**with_values(field.visit(), mood=mood), "contract": contracts.CONTRACT + 1} for mood in ("", "calm")]
    assert results(send(newer)) == [(200, "stored", None), (422, "refused", "other_version")]


@pytest.mark.parametrize("told", [0, -1, "x", 1.5, None])
def test_a_version_is_a_number(send, field, told):
    assert send({**entry(field.visit()), "contract": told}).status_code == 422


def test_the_fields_of_the_forms_do_not_change_without_a_new_version():
    told = served()
    assert told["contract"] == contracts.CONTRACT
    fields = {form: _fields(schema, schema.get("$defs", {})) for form, schema in told["schema"].items()}
    found = hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]
    assert FIELDS[contracts.CONTRACT] == found, (
        "the fields of a form changed: raise CONTRACT in db/contracts.py, tell there what a renamed field was called,"
        " and note the new sum here"
    )


def _fields(schema, parts):
    """Give the names in a schema, with those inside them, and which of them must be there."""
    if "$ref" in schema:
        return _fields(parts[schema["$ref"].split("/")[-1]], parts)
    for inner in (*schema.get("anyOf", ()), *([schema["items"]] if "items" in schema else ())):
        if found := _fields(inner, parts):
            return found
    names = schema.get("properties", {})
    return {name: [name in schema.get("required", ()), _fields(one, parts)] for name, one in names.items()}
