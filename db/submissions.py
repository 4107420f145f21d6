"""From what a tablet sends to the command that stores it: the same checks and rules as on our own pages."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from typing import Any, Literal

from sqlmodel import Session

from db import contracts
from db.actor import Actor
from db.commands.command import Saved
from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.errors import InvalidInput, Problem
from db.models.incident_input import IncidentInput
from db.models.inputs import MARKS, CapturedInput
from db.models.visit_input import VisitInput

FormName = Literal["visit", "incident"]
SOURCE = "tablet"
CLOCK_MARGIN_MINUTES = 60
"""A clock that differs by more than this from the server's is noticed."""
DEEPEST = 10
"""No form's values hold lists in lists in lists."""

_INPUTS: dict[FormName, type[CapturedInput]] = {"visit": VisitInput, "incident": IncidentInput}


def clock_off(sent_at: datetime, now: datetime) -> int | None:
    """Give by how many minutes a tablet's clock is ahead of ours, or None when it is right within an hour."""
    minutes = round((sent_at - now).total_seconds() / 60)
    return minutes if abs(minutes) > CLOCK_MARGIN_MINUTES else None


def captured_input(
    form: FormName,
    client_uuid: uuid.UUID,
    values: Mapping[str, Any],
    made_at: datetime,
    clock_off_minutes: int | None = None,
    contract: int = contracts.CONTRACT,
) -> CapturedInput:
    """Give the input that a tablet's ``values`` describe; its marks are set here, whatever was sent.

    ``contract`` is the version of the forms' fields that the app knew (``db.contracts``).

    Raises:
        InvalidInput: with every problem, field by field.
    """
    problems = [Problem(name, "unknown_field") for name in sorted(MARKS & values.keys())]
    problems += [
        Problem(name, "not_understood") if _is_text(name) else Problem("", "unknown_field")
        for name, value in values.items()
        if not _is_storable([name, value])
    ]
    if problems:
        raise InvalidInput(problems)
    sent = dict(values) if contract == contracts.CONTRACT else contracts.renamed(form, values)
    marks = {
        "client_uuid": str(client_uuid),
        "source": SOURCE,
        "made_at": made_at.isoformat(),
        "clock_off_minutes": clock_off_minutes,
    }
    try:
        made = _INPUTS[form].checked_json(json.dumps({**sent, **marks}))
    except InvalidInput as invalid:
        readable = None if contract == contracts.CONTRACT else contracts.without_empty(sent, invalid.problems)
        if readable is None:
            raise
        made = _INPUTS[form].checked_json(json.dumps({**readable, **marks}))
    zoned = [Problem(name, "not_a_time") for name, value in made if isinstance(value, time) and value.tzinfo]
    if zoned:
        raise InvalidInput(zoned)
    return made


def _is_storable(value: Any) -> bool:
    """Tell whether a JSON value is no deeper than any form, with text that both databases can hold.

    NUL is in no PostgreSQL text, half of a surrogate pair in no UTF-8.
    """
    level: list[Any] = [value]
    for _depth in range(DEEPEST):
        level = [inner for one in level for inner in _parts(one)]
        if not all(_is_text(one) for one in level if isinstance(one, str)):
            return False
        if not level:
            return True
    return False


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        return
    if isinstance(value, dict):
        yield from value.keys()
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _is_text(value: str) -> bool:
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value)


def store(session: Session, actor: Actor, sent: CapturedInput) -> Saved:
    """Store an input by its command, in a transaction of its own.

    Raises:
        NotFound, InvalidInput, Conflict: as the command says.
        TypeError: no tablet sends such an input.
    """
    if isinstance(sent, VisitInput):
        return log_visit(session, actor, sent)
    if isinstance(sent, IncidentInput):
        return record_incident(session, actor, sent)
    raise TypeError(type(sent).__name__)
