"""The definitions of both forms, with their options, limits and sentences, as the tablet app gets them."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from analytics.name_hint import rules
from components.definitions.definition import Definition
from components.definitions.form_words import form_words
from components.definitions.incident import ANOTHER_KEY, HOURS, NO_KEY, incident_definition
from components.definitions.queue_words import queue_words
from components.definitions.visit import LEVELS, visit_definition
from components.words import _, language
from db import asking, contracts, problems
from db.local_time import EARLIEST_DAY
from db.models.incident_input import CHILD_KEY, IncidentInput
from db.models.inputs import MARKS, CapturedInput
from db.models.visit_input import HELD, VisitInput
from db.options import hint, label, option_list, options

DEFINITIONS: Mapping[str, Callable[[], Definition]] = {"visit": visit_definition, "incident": incident_definition}
INPUTS: Mapping[str, type[CapturedInput]] = {"visit": VisitInput, "incident": IncidentInput}
ASKED_ABOUT = ("closure_reason",)
"""Lists that no field offers, but a question names."""


def served() -> dict[str, Any]:
    """Give everything that the tablet app needs to know about the forms, in the language in use. Nothing personal."""
    return _served(language())


@lru_cache(maxsize=4)
def _served(spoken: str) -> dict[str, Any]:
    definitions = {name: make() for name, make in DEFINITIONS.items()}
    content = {
        "language": spoken,
        "contract": contracts.CONTRACT,
        "forms": {name: _plain(asdict(definition)) for name, definition in definitions.items()},
        "options": {code: _option_list(code, spoken) for code in sorted(_lists(definitions))},
        "schema": {name: _schema(model) for name, model in INPUTS.items()},
        "sentences": {code: _(problems.SENTENCES[code]) for code in problems.SENTENCES},
        "questions": {code: _(asking.SENTENCES[code]) for code in asking.SENTENCES},
        "thresholds": asking.THRESHOLDS,
        "constants": {
            "held": list(HELD), "levels": list(LEVELS), "no_key": NO_KEY, "another_key": ANOTHER_KEY,
            "child_key": CHILD_KEY.pattern, "first_hour": HOURS.start, "last_hour": HOURS.stop - 1,
            "earliest_day": EARLIEST_DAY.isoformat(),
        },
        "names": rules(),
        "words": {**form_words(), **queue_words()},
    }  # fmt: skip
    revision = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    return {"revision": revision, **content}


def _lists(definitions: Mapping[str, Definition]) -> set[str]:
    asked = [one for definition in definitions.values() for one in definition.fields()]
    parts = [part for one in asked for part in one.parts]
    return {one.options for one in [*asked, *parts] if one.options} | set(ASKED_ABOUT)


def _option_list(code: str, spoken: str) -> dict[str, Any]:
    found = option_list(code)
    return {
        "title": found.es if spoken == "es" else found.en,
        "options": [
            {"code": one.code, "label": label(code, one.code, spoken), "hint": hint(code, one.code, spoken)}
            for one in options(code)
        ],
    }


def _schema(model: type[CapturedInput]) -> dict[str, Any]:
    """Give the input's JSON schema, without what only the server or the sending says."""
    schema = model.model_json_schema()
    schema["properties"] = {name: one for name, one in schema["properties"].items() if name not in MARKS}
    schema["required"] = [name for name in schema.get("required", ()) if name not in MARKS]
    return schema


def _plain(value: Any) -> Any:
    """Give a definition without what is as usual: it travels to the tablet."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if one not in (None, False, (), [])}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
