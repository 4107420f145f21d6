"""Makes inputs and form states, right and wrong, for telling whether the tablet judges as the server does."""

import random
import uuid
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime, time, timedelta
from typing import Any

from components.definitions.answers import defaults, every_field
from components.definitions.definition import Asked, Definition
from components.definitions.incident import ANOTHER_KEY, NO_KEY
from components.definitions.visit import FOLLOW_UPS, LEVELS
from db.options import OPTION_LISTS, codes

TEXTS = (
    "", " ", "ok", "  spaced out  ", "\tTab and\nline ", "¿Cómo está? ñ", "日本語のメモ", "😀😀", "<b>&amp;</b>",
    "null", "x" * 61, "y" * 501, "z" * 601, "😀" * 500, "w" * 8001, "\u0085next line\u0085", "\ufeffmark",
    "a\u00a0", "0",
)  # fmt: skip
KEYS = (
    "", "AB", " K-12 ", "x", "no name", "ABCDEFGHIJ-ABCDEFGHIJ", "ÄB", "k1\n", "AB12",
    "\x1dAB", "another", "A" * 20,
)  # fmt: skip
NOT_DAYS = (
    "", "2026-02-30", "2026-13-01", "yesterday", "26-1-1", "2026-1-1", "11/20/2026",
    "2026-11-20T10:00", "0000-01-01",
)  # fmt: skip
TIMES = ("04:59", "05:00", "09:15", "12:00:00", "20:59", "21:00", "00:00", "23:59:59")
NOT_TIMES = ("", "24:00", "9:15", "12:60", "noon", "12:00:61", "1200")
NUMBERS = (
    -1, 0, 1, 4, 5, 30, 45, 80, 81, 480, 481, 600, 601, 2000, 2001, "12", " 30 ", "12.0",
    "12.5", "-3", "many", "", 2.5,
)  # fmt: skip
WRONG = (None, True, False, [], {}, "", 7, "other", ["other"], {"other": 1}, [None], [[1]], "\u00e9")
EDGES = (None, "", "z" * 8001, -1, 10_000, "many", "2026-02-30", "24:00", [], {})
ROOMS = tuple(str(uuid.UUID(int=number, version=4)) for number in range(1, 36))
FILLED = {
    "site_id": ROOMS[0], "classroom_id": ROOMS[1], "levels": ["classroom"], "minutes": 30, "summary": "Talked",
    "activities": ["classroom_observation"], "behaviours": ["other"], "activity": "meals", "occurred_at": time(9, 15),
}  # fmt: skip
LISTS = {
    "outcome": "visit_outcome", "mode": "visit_mode", "reason": "visit_reason", "activities": "visit_activity",
    "tiers": "tier", "strategies": "strategy", "participants": "participant_role", "behaviours": "behaviour",
    "primary_behaviour": "behaviour", "activity": "activity", "others_involved": "others_involved",
    "motivation": "motivation", "responses": "response", "admin_followups": "admin_followup",
    "antecedents": "antecedent", "severity": "severity", "duration_band": "duration_band", "injury": "injury",
    "effect": "effect", "location": "location", "reported_by_role": "reported_by_role", "child_race": "race",
    "child_sex": "sex", "child_iep": "yes_no_unknown", "child_dll": "yes_no_unknown",
    "consultant_engaged_before": "yes_no_unknown", "family_met": "yes_no_unknown", "written_plan": "yes_no_unknown",
    "idea_decision": "idea_decision", "type": "exclusion_type", "owner": "follow_up_owner",
}  # fmt: skip


class Cases:
    """Draws from one seeded source of chance, so that every run judges the same cases."""

    def __init__(self, seed: int, today: date) -> None:
        self.chance, self.today = random.Random(seed), today

    def inputs(self, form: str, schema: Mapping[str, Any], count: int) -> Iterator[dict[str, Any]]:
        """Give raw inputs: good ones in which up to three values were replaced, dropped or added."""
        for _number in range(count):
            values = self._good(form, schema)
            for _change in range(self.chance.choice((0, 0, 1, 1, 2, 3))):
                self._spoil(values, schema)
            yield values

    def edges(self, form: str, schema: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Give a good input with each field (those of an exclusion too) wrong in every way once."""
        for name in schema["properties"]:
            for wrong in EDGES:
                if not (name.endswith(("_on", "_at")) and _numeric(wrong)):
                    yield {**self._good(form, schema), name: deepcopy(wrong)}
        for name in schema["$defs"].get("ExclusionInput", {}).get("properties", ()):
            for wrong in EDGES:
                if not (name.endswith(("_on", "_at")) and _numeric(wrong)):
                    lost = self._object(schema["$defs"]["ExclusionInput"], schema)
                    yield {**self._good(form, schema), "exclusion": {**lost, name: deepcopy(wrong)}}

    def states(self, definition: Definition, now: datetime, count: int) -> Iterator[dict[str, Any]]:
        """Give form states: what a form begins with, and answers in many fields, those that are hidden included."""
        for _number in range(count):
            values = defaults(definition, now)
            if self.chance.random() < 0.7:
                values |= {name: value for name, value in FILLED.items() if name in values}
            share = self.chance.choice((0.03, 0.1, 0.5, 0.8))
            values |= {
                asked.name: self._answer(asked) for asked in every_field(definition) if self.chance.random() < share
            }
            if self.chance.random() < 0.4:
                values |= self._placed() if definition.form == "visit" else self._expelled()
            yield values

    def _answer(self, asked: Asked) -> Any:
        """Give what a tap or typing can leave in a field: right, wrong, or nothing."""
        chance, kind = self.chance, asked.kind
        if asked.name.endswith("_rows"):
            return chance.randint(0, FOLLOW_UPS)
        if kind in ("site", "room"):
            return chance.choice((*ROOMS[:2], None))
        if kind == "rooms":
            return chance.sample(ROOMS, chance.choice((0, 1, 2, 2, 31)))
        if kind == "many":
            return chance.sample(asked.only or codes(asked.options or ""), chance.choice((0, 1, 1, 2, 3)))
        if kind == "one":
            return chance.choice((*(asked.only or codes(asked.options or "")), None))
        if kind == "day":
            return None if chance.random() < 0.2 else date.fromisoformat(self.day())
        if kind == "time":
            return None if chance.random() < 0.1 else time.fromisoformat(chance.choice(TIMES))
        if kind in ("number", "share", "scale"):
            return chance.choice((None, asked.least, 5, 30, asked.most, (asked.most or 0) + 1))
        return chance.choice((NO_KEY, ANOTHER_KEY, "AB12", None)) if kind == "child" else self._words(asked)

    def _words(self, asked: Asked) -> str:
        return self.chance.choice(KEYS if asked.name == "child_key" else TEXTS)

    def _placed(self) -> dict[str, Any]:
        """Give levels whose minutes often add up."""
        levels = self.chance.sample(LEVELS, self.chance.choice((1, 2, 3)))
        shares = {f"minutes_{level}": self.chance.choice((5, 15, 30)) for level in levels}
        off = self.chance.choice((0, 0, 0, 5))
        return {"levels": levels, **shares, "minutes": sum(shares.values()) + off}

    def _expelled(self) -> dict[str, Any]:
        note = self.chance.choice(("", " \n", "We met with the family first."))
        return {"lost_care": "yes", "exclusion.type": "expulsion", "exclusion.override_note": note}

    def _good(self, form: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        needed = set(schema["required"])
        made = {
            name: self._value(name, one, schema)
            for name, one in schema["properties"].items()
            if name in needed or self.chance.random() < 0.5
        }
        if form == "visit":
            made |= self._minutes()
            if self.chance.random() < 0.8:
                made |= {"summary": "Talked", "activities": ["classroom_observation"]}
        elif self.chance.random() < 0.9:
            made["behaviours"] = made["behaviours"] or ["other"]
            made["primary_behaviour"] = self.chance.choice(made["behaviours"])
        return made

    def _minutes(self) -> dict[str, Any]:
        total = self.chance.choice((0, 4, 5, 30, 60, 480, 495, 525, 600))
        part = self.chance.choice((0, 0, 5, total))
        return {
            "minutes": total, "minutes_program": total - part, "minutes_classroom": 0, "minutes_child_family": part,
            "outcome": self.chance.choice(("completed", "completed", "shortened", "no_show")),
        }  # fmt: skip

    def _value(self, name: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
        """Give a value of the right type, most often one that is also right."""
        if "anyOf" in schema:
            return None if self.chance.random() < 0.3 else self._value(name, schema["anyOf"][0], root)
        if "$ref" in schema:
            return self._object(root["$defs"][schema["$ref"].split("/")[-1]], root)
        kind, chance = schema["type"], self.chance
        if kind == "object":
            roles = chance.sample(codes("participant_role"), 2)
            return {role: chance.choice((1, 1, 2, 2, 40, 0, 41)) for role in roles}
        if kind == "array":
            return [self._value(name, schema["items"], root) for _one in range(chance.choice((0, 1, 1, 2, 3)))]
        if kind == "number":
            return chance.choice((1, 2.5, 4, 8, 8, -1, 2001))
        if kind == "integer":
            return chance.choice((1, 2, 5, 30))
        if kind == "boolean":
            return chance.choice((True, False))
        return self._text(name, schema.get("format"))

    def _object(self, schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(name, one, root) for name, one in schema["properties"].items()}

    def _text(self, name: str, form: str | None) -> str:
        if form == "uuid":
            return self.chance.choice(ROOMS)
        if form == "date":
            return self.day()
        if form == "time":
            return self.chance.choice(TIMES) if self.chance.random() < 0.2 else "09:15"
        if name in LISTS:
            return self.code(LISTS[name])
        if name == "child_key":
            return self.chance.choice(("AB12", "AB12", "AB12", ""))
        return self.chance.choice(("Some words", "ok", "日本語"))

    def code(self, option_list: str) -> str:
        """Give a code of a list; now and then one of another."""
        wanted = option_list if self.chance.random() < 0.995 else self.chance.choice(sorted(OPTION_LISTS))
        return self.chance.choice(codes(wanted))

    def day(self) -> str:
        """Give a day around today, or long ago."""
        days = self.chance.choice((0, 0, 0, 0, 0, 0, 0, 0, -1, -3, -15, -400, 1, 30, -10_000))
        return (self.today + timedelta(days=days)).isoformat()

    def _spoil(self, values: dict[str, Any], schema: Mapping[str, Any]) -> None:
        chance = self.chance
        names = [*schema["properties"]]
        promised = values.get("follow_ups")
        inside = promised[0] if isinstance(promised, list) and promised else values.get("exclusion")
        if isinstance(inside, dict) and chance.random() < 0.3:
            values, names = inside, [*inside]
        name = chance.choice([*names, "of_another_form"])
        before = values.get(name)
        if chance.random() < 0.1:
            values.pop(name, None)
        elif isinstance(before, list) and chance.random() < 0.3:
            values[name] = deepcopy(before) * 31
        elif isinstance(before, dict) and name == "participants" and before:
            before[chance.choice([*before, "of_another_form"])] = chance.choice(NUMBERS)
        else:
            pools = (TEXTS, KEYS, NOT_DAYS, TIMES, NOT_TIMES, NUMBERS, WRONG, ([], ["other", "other"]))
            wrong = chance.choice(self._fitting(name, before) if chance.random() < 0.5 else chance.choice(pools))
            # A number in place of a day or a time means seconds to the server; no form ever sends one.
            if not (name.endswith(("_on", "_at")) and _numeric(wrong)):
                values[name] = deepcopy(wrong)

    def _fitting(self, name: str, before: Any) -> tuple[Any, ...]:
        """Give values of the kind that belongs into a field."""
        if name in LISTS or name == "child_key":
            return KEYS
        if name.endswith("_on"):
            return NOT_DAYS
        if name.endswith("_at"):
            return TIMES
        return TEXTS if isinstance(before, str) else NUMBERS


def _numeric(value: Any) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and value.strip().replace(".", "").isdigit())
