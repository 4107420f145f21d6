"""Schemathesis plays with every JSON address: whatever comes, the answer is one that is promised, and never a 500."""

import uuid
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from db.models.incident_input import IncidentInput
from db.models.visit_input import VisitInput
from tests.web.conftest import sign_in_as
from web.capture_data import Device
from web.submissions import Submission

REASON = {"type": "object", "required": ["reason"], "properties": {"reason": {"type": "string", "maxLength": 20}}}
RESULT = {
    "type": "object",
    "required": ["client_uuid", "status", "state"],
    "properties": {"state": {"enum": ["stored", "refused", "later"]}, "status": {"enum": [200, 404, 409, 422]}},
}
RESULTS = {"type": "object", "properties": {"results": {"type": "array", "items": RESULT}}}


def answers(*codes: int, good: dict[str, Any]) -> dict[str, Any]:
    shapes = {200: good, 201: good, **dict.fromkeys(codes, REASON)}
    return {
        str(code): {"description": "-", "content": {"application/json": {"schema": shapes[code]}}}
        for code in (200, 201, *codes)
    }


def body_of(shape: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": shape}}}


def submission_schema() -> dict[str, Any]:
    """The shape of a submission whose ``values`` are those of our forms, so that the commands are reached."""
    told = Submission.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = told.pop("$defs")
    for form in (VisitInput, IncidentInput):
        shape = form.model_json_schema(ref_template="#/components/schemas/{model}")
        parts |= shape.pop("$defs", {})
        for mark in ("client_uuid", "source", "made_at", "clock_off_minutes"):
            shape["properties"].pop(mark, None)
        shape["required"] = [name for name in shape.get("required", []) if name in shape["properties"]]
        parts[form.__name__] = shape
    forms = [{"$ref": f"#/components/schemas/{form}"} for form in ("VisitInput", "IncidentInput")]
    parts["Entry"]["properties"]["values"] = {"anyOf": [*forms, {"type": "object"}]}
    return {**told, "components": parts}


def schema() -> Any:
    sent = submission_schema()
    parts = sent.pop("components")
    device = {"name": "device", "in": "query", "required": True, "schema": {"type": "string"}}
    key = {"name": "key", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
    anything = {"type": "object"}
    return schemathesis.openapi.from_dict(
        {
            "openapi": "3.1.0",
            "info": {"title": "Attune's own addresses", "version": "1"},
            "components": {"schemas": parts},
            "paths": {
                "/api/submissions": {
                    "post": {
                        "requestBody": body_of(sent),
                        "responses": answers(403, 404, 409, 413, 415, 422, good=RESULTS)
                        | {str(code): {"description": "-"} for code in (404, 409, 422)},
                    }
                },
                "/api/capture/devices": {
                    "post": {
                        "requestBody": body_of(Device.model_json_schema()),
                        "responses": answers(403, 404, 409, 413, 415, 422, good=anything),
                    }
                },
                "/api/capture": {"get": {"parameters": [device], "responses": answers(403, 404, 422, good=anything)}},
                "/api/capture/devices/{key}": {
                    "get": {"parameters": [key], "responses": answers(404, 422, good=anything)}
                },
            },
        }
    )


played = schema()


@pytest.fixture
def engine(sqlite_engine):
    """One database is enough: it is the door that is tried, not the room."""
    return sqlite_engine


@pytest.fixture
def tablet(client, field):
    """A signed-in consultant's browser, set up as a tablet; ``good`` are values that would be stored."""
    sign_in_as(client, field.people["consultant"])
    device = str(uuid.uuid4())
    headers = {"origin": str(client.base_url)}
    assert client.post("/api/capture/devices", json={"id": device}, headers=headers).status_code in (200, 201)
    client.own = {"device": device, "person_id": str(field.people["consultant"].id)}
    marks = {"client_uuid", "source", "made_at", "clock_off_minutes"}
    client.good = {
        "visit": field.visit().model_dump(mode="json", exclude=marks),
        "incident": field.incident().model_dump(mode="json", exclude=marks),
    }
    return client


@played.parametrize()
@settings(
    max_examples=20, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_json_address_answers_what_is_promised(case, tablet):
    if isinstance(case.body, dict) and "person_id" in case.body:
        case.body.update(tablet.own)
        many = case.body.get("entries")
        for entry in [case.body.get("entry"), *(many if isinstance(many, list) else [])]:
            known = isinstance(entry, dict) and entry.get("form") in ("visit", "incident")
            if known and isinstance(entry.get("values"), dict):
                entry["values"] = {**tablet.good[entry["form"]], **dict(list(entry["values"].items())[:2])}
    asked = case.as_transport_kwargs(base_url=str(tablet.base_url), headers={"origin": str(tablet.base_url)})
    asked.pop("cookies", None)
    answer = tablet.request(**asked)
    case.validate_response(answer, checks=(not_a_server_error, status_code_conformance, response_schema_conformance))


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b"{", 422),
        (b"[" * 100_000, 422),
        (b'{"a": NaN}', 422),
        (b'{"device": "\\u0000"}', 422),
        (b"\xff\xfe\x00", 422),
        (b'{"x": "' + b"y" * 2_000_000 + b'"}', 413),
    ],
)
def test_malformed_and_oversized_bodies_are_refused(tablet, content, status):
    headers = {"origin": str(tablet.base_url), "content-type": "application/json"}
    for path in ("/api/submissions", "/api/capture/devices"):
        assert tablet.post(path, content=content, headers=headers).status_code == status


def test_guessed_tokens_open_nothing(client, field):
    for guess in ("", "a", "0" * 43, "../../etc/passwd", "%00", "' OR 1=1 --", "🙂" * 20):
        client.cookies.clear()
        client.cookies.set("attune", guess.encode("ascii", "ignore").decode() or "x")
        assert client.get("/").status_code == 303
        assert client.get(f"/download/{guess or 'x'}").status_code in (303, 404)
