"""POST /api/submissions: visits and incidents that were made on a tablet, each stored once or refused with a reason."""

import time
import uuid
from collections.abc import Iterable
from typing import Any, Self

from pydantic import Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from db import contracts, devices, meters, submissions
from db.actor import Actor
from db.engine import session
from db.errors import Conflict, InvalidInput, NotFound, Problem
from db.models.base import utc_now
from web import api, errors

MOST = 50
MOST_PROBLEMS = 100
LONGEST_SECONDS = 20.0
"""What one request may take before the rest of its entries is put off: the tablet sees how far it came."""


class Entry(api.Sent):
    """One form as it was filled: ``values`` is the input model's JSON without the marks, as ``contract`` has it."""

    client_uuid: uuid.UUID
    form: submissions.FormName
    made_at: api.Moment
    contract: int = Field(default=contracts.FIRST, ge=contracts.FIRST, le=1_000_000)
    values: dict[str, Any]


class Submission(api.Sent):
    """One entry or many, from one person on one tablet, and what the tablet's clock said when it was sent."""

    device: uuid.UUID
    person_id: uuid.UUID
    sent_at: api.Moment
    entries: list[Entry] | None = Field(default=None, min_length=1)
    entry: Entry | None = None

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        if (self.entries is None) == (self.entry is None):
            raise ValueError("either entry or entries")
        return self


async def take_submissions(request: Request) -> Response:
    """Store what was sent. The answer is given only after every entry's transaction has ended."""
    sent = await api.sent(request, Submission)
    if isinstance(sent, Response):
        return sent
    if sent.entries and len(sent.entries) > MOST:
        return JSONResponse({"reason": "too_large"}, 413)
    return await api.answer(request, lambda actor: _take(actor, sent))


def _take(actor: Actor, sent: Submission) -> Response:
    now = utc_now()
    with session() as opened:
        refused = (
            "other_person"
            if sent.person_id != actor.person_id
            else devices.why_refused(opened, sent.device, actor.person_id)
        )
        if refused:
            return JSONResponse({"reason": refused}, 403)
        devices.note_contact(opened, sent.device, actor.session_id, now)
    off = submissions.clock_off(sent.sent_at, now)
    results = _results(actor, [sent.entry] if sent.entry else sent.entries or [], off)
    told = {"results": results, "server_now": now.isoformat(), "clock_off_minutes": off}
    return JSONResponse(told, results[0]["status"] if sent.entry else 200)


def _results(actor: Actor, entries: list[Entry], off: int | None) -> list[dict[str, Any]]:
    until = time.monotonic() + LONGEST_SECONDS
    results = []
    for entry in entries:
        status, told = _result(actor, entry, off) if time.monotonic() < until else (500, {"state": "later"})
        meters.ENTRIES.labels(told["state"]).inc()
        results.append({"client_uuid": str(entry.client_uuid), "status": status, **told})
    return results


def _result(actor: Actor, entry: Entry, off: int | None) -> tuple[int, dict[str, Any]]:
    """Store one entry in a transaction of its own: what goes wrong with it touches no other."""
    try:
        made = submissions.captured_input(
            entry.form, entry.client_uuid, entry.values, entry.made_at, off, entry.contract
        )
        with session() as opened:
            saved = submissions.store(opened, actor, made)
    except InvalidInput as invalid:
        problems = [_problem(one) for one in invalid.problems[:MOST_PROBLEMS]]
        return 422, {"state": "refused", "reason": _reason(entry, invalid.problems), "problems": problems}
    except Conflict as conflict:
        return 409, {"state": "refused", "reason": conflict.kind}
    except NotFound:
        return 404, {"state": "refused", "reason": "not_found"}
    except Exception as error:
        errors.note(error)
        return 500, {"state": "later"}
    return 200, {"state": "stored", "id": str(saved.id)}


def _reason(entry: Entry, problems: Iterable[Problem]) -> str:
    """Tell an entry that is wrong from one that another version of the app made, with fields that are not asked now."""
    is_other = entry.contract != contracts.CONTRACT and any(one.code == "unknown_field" for one in problems)
    return "other_version" if is_other else "invalid"


def _problem(problem: Problem) -> dict[str, Any]:
    return {"field": problem.field, "code": problem.code, "context": dict(problem.context)}


routes = [Route("/api/submissions", take_submissions, methods=["POST"])]
