"""The tablet judges what was entered as the server does: the same cases, the same answers."""

import inspect
import json
import re
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from components import messages
from components.definitions.definition import Definition
from components.definitions.incident import EXCLUSION, incident_definition
from components.definitions.served import DEFINITIONS, INPUTS, served
from components.definitions.visit import LEVELS, visit_definition
from components.forms import defined
from components.forms.incident_values import make_incident
from components.forms.saving import question_sentence
from components.forms.visit import share_minutes, take_last
from components.forms.visit_values import make_visit
from db import asking, problems
from db.errors import InvalidInput, Problem
from db.models import incident_input, visit_input
from db.models.inputs import MARKS
from db.options import codes
from tests.browser.tablet_cases import Cases
from tests.browser.tablet_modules import modules_page

pytestmark = pytest.mark.browser

CASES = 800
"""Cases of each kind for each form."""
NOW = datetime(2026, 3, 4, 10, 22, 40)
FROM_TYPES = {
    "required", "unknown_field", "too_long", "below_minimum", "above_maximum", "not_a_number", "not_a_date",
    "not_a_time", "not_understood",
}  # fmt: skip
"""What ``problems.from_pydantic`` can give here. ``too_short`` cannot come up: the only least length is one letter."""


@pytest.fixture(scope="module")
def tablet(browser: Browser) -> Iterator[Page]:
    with modules_page(browser) as page:
        yield page


def asked_of_tablet(page: Page, script: str, cases: Any) -> Any:
    """Run a script over cases, with the definitions and some of the app's modules at hand."""
    return page.evaluate(
        """async ([script, cases]) => {
            const names = ["rules", "values", "form", "words", "inputs"];
            const modules = await Promise.all(names.map((name) => import(`/capture/app/${name}.js`)));
            const definitions = await (await fetch("/capture/definitions/en.json")).json();
            const at_hand = Object.fromEntries(names.map((name, at) => [name, modules[at]]));
            return cases.map((one) => RUN[script](one, definitions, at_hand));
        }""".replace("RUN[script]", f"({script})"),
        [script, cases],
    )


class Typed(dict[str, Any]):
    """A form's values, with what the Streamlit form offers beside them."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.client_uuid, self.defaults = uuid.uuid4(), dict(values)

    def values(self) -> dict[str, Any]:
        return dict(self)

    fill = dict.update


def verdict(make: Callable[[], Any]) -> dict[str, Any]:
    """Give what Python says: the problems with their sentences, or the input."""
    try:
        made = make()
    except InvalidInput as refused:
        return {"problems": told(refused.problems)}
    return {"made": made.model_dump(mode="json", exclude=MARKS)}


def told(found: list[Problem]) -> list[Any]:
    return sorted([one.field, one.code, dict(one.context), messages.sentence(one)] for one in found)


SAY = """(problems) => problems.map((one) => [one.field, one.code, one.context, inputs.sentenceOf(one, definitions)])"""


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Give a form's values as the tablet keeps them."""
    return {name: value.isoformat() if isinstance(value, date | time) else value for name, value in values.items()}


def differences(cases: list[Any], expected: list[Any], found: list[Any]) -> list[Any]:
    for answer in found:
        if "problems" in answer:
            answer["problems"].sort(key=lambda one: one[:2])
    pairs = zip(cases, json.loads(json.dumps(expected)), found, strict=True)
    return [(case, wanted, got) for case, wanted, got in pairs if wanted != got]


def seen_codes(expected: list[dict[str, Any]]) -> set[str]:
    return {one[1] for answer in expected for one in answer.get("problems", ())}


def codes_in_rules(*sources: Any) -> set[str]:
    """Give the codes that rules name in their source."""
    return {code for source in sources for code in re.findall(r'Problem\([^,]+, "(\w+)"', inspect.getsource(source))}


@pytest.mark.parametrize("form", ["visit", "incident"])
def test_inputs_right_and_wrong_are_judged_alike(tablet: Page, form: str):
    drawn, schema = Cases(20261120, date.today()), served()["schema"][form]
    made = [*drawn.edges(form, schema), *drawn.inputs(form, schema, CASES)]
    cases = json.loads(json.dumps(made))
    model = INPUTS[form]
    mark = {"client_uuid": uuid.uuid4()}
    expected = [verdict(lambda values=values: model.checked({**values, **mark})) for values in cases]
    script = f"""([form, values], definitions, {{ rules, inputs }}) => {{
        const {{ problems, made }} = rules.checked(form, values, definitions);
        return problems.length ? {{ problems: ({SAY})(problems) }} : {{ made }};
    }}"""
    found = asked_of_tablet(tablet, script, [[form, values] for values in cases])
    assert differences(cases, expected, found) == []
    rules = {"visit": visit_input, "incident": incident_input}[form]
    possible = codes_in_rules(rules, problems.listed) | FROM_TYPES
    assert possible - seen_codes(expected) == set()
    assert sum("made" in answer for answer in expected) > CASES / 20


@pytest.mark.parametrize("form", ["visit", "incident"])
def test_forms_in_every_state_become_the_same_input_or_problems(tablet: Page, form: str):
    definition = DEFINITIONS[form]()
    states = list(Cases(20261121, date.today()).states(definition, NOW, CASES))
    expected = [
        verdict(lambda state=state, at=at: python_makes(form, state, head_start=at % 2 == 0))
        for at, state in enumerate(states)
    ]
    cases = [[form, plain(state), at % 2 == 0, date.today().isoformat()] for at, state in enumerate(states)]
    # Any day and any classroom will do here: what belongs to the place has a test of its own.
    script = f"""([form, fields, head_start, today], definitions, {{ values, rules, inputs }}) => {{
        const anywhere = {{ ...definitions, constants: {{ ...definitions.constants, earliest_day: "0001-01-01" }} }};
        const rooms = [...(fields.classroom_ids ?? []), fields.classroom_id];
        const site = {{ head_start, classrooms: rooms.map((id) => ({{ id }})) }};
        const {{ problems, made }} = values.make(form, fields, anywhere, {{ site, today }});
        const wrong = problems.filter((one) => one.code !== "in_the_future");
        return wrong.length ? {{ problems: ({SAY})(wrong) }} : {{ made: made ?? "in_the_future" }};
    }}"""
    found = asked_of_tablet(tablet, script, cases)
    for wanted, got in zip(expected, found, strict=True):
        if got.get("made") == "in_the_future":
            day = wanted["made"]["visited_on" if form == "visit" else "occurred_on"]
            assert day > date.today().isoformat()
            got["made"] = wanted["made"]
    assert differences(cases, expected, found) == []
    possible = {asked.missing for asked in definition.fields() if asked.required} | {"too_long", "above_maximum"}
    assert possible - seen_codes(expected) == set()
    assert sum("made" in answer for answer in expected) > CASES / 20


def python_makes(form: str, state: dict[str, Any], *, head_start: bool) -> Any:
    typed: Any = Typed(state)
    return make_visit(typed) if form == "visit" else make_incident(typed, head_start=head_start)


@pytest.mark.parametrize("form", ["visit", "incident"])
@pytest.mark.parametrize("hour", [4, 5, 20, 21])
def test_a_new_form_begins_alike_at_every_hour(tablet: Page, form: str, hour: int):
    moment = NOW.replace(hour=hour)
    script = """([form, ...moment], definitions, { values }) =>
        values.defaults(definitions.forms[form], new Date(...moment), definitions.constants)"""
    case = [form, moment.year, moment.month - 1, moment.day, moment.hour, moment.minute, moment.second]
    (found,) = asked_of_tablet(tablet, script, [case])
    fresh = plain(defined.answers.defaults(DEFINITIONS[form](), moment))
    assert found == {name: value[:5] if name.endswith("_at") and value else value for name, value in fresh.items()}


def test_minutes_are_shared_and_last_visits_taken_over_alike(tablet: Page):
    cases = Cases(7, date.today())
    states, expected = [], []
    for state in cases.states(visit_definition(), NOW, 200):
        last = last_visit(cases)
        shared, taken = Typed(state), Typed(state)
        share_minutes(shared)  # type: ignore[arg-type]
        take_last(taken, SimpleNamespace(**last))  # type: ignore[arg-type]
        states.append([plain(state), plain(last)])
        expected.append([plain(shared), plain(taken)])
    script = """([fields, last], definitions, { form }) => [
        form.changed("visit", fields, "minutes", fields.minutes, { definitions, reference: { sites: [] } }),
        form.sameAsLast(fields, last, definitions.constants),
    ]"""
    assert asked_of_tablet(tablet, script, states) == expected


def last_visit(cases: Cases) -> dict[str, Any]:
    minutes = {f"minutes_{level}": cases.chance.choice((0, 15, 30)) for level in LEVELS}
    return {
        "visited_on": date(2026, 2, 2), "minutes": sum(minutes.values()), **minutes, "mode": "phone",
        "permission_on": date(2026, 1, 1), "activities": cases.chance.sample(codes("visit_activity"), 2),
        "participants": {"teacher": 2, "family": 1},
    }  # fmt: skip


def test_a_row_taken_out_lets_the_others_move_up_alike(tablet: Page):
    definition = visit_definition()
    asked = next(one for one in definition.fields() if one.kind == "rows")
    fresh = defined.answers.defaults(definition, NOW)
    states, expected = [], []
    for number, state in enumerate(Cases(8, date.today()).states(definition, NOW, 60)):
        state[asked.counter] = 1 + number % (asked.most or 1)
        row = number % state[asked.counter]
        form = Typed(state)
        form.defaults = fresh
        defined.drop_row(form, asked, row)  # type: ignore[arg-type]
        states.append([plain(state), row, plain(fresh)])
        expected.append(plain(form))
    script = """([fields, row, fresh], definitions, { form, values }) => {
        const asked = values.allAsked(definitions.forms.visit).find((one) => one.kind === "rows");
        return form.withoutRow(fields, asked, row, fresh);
    }"""
    assert asked_of_tablet(tablet, script, states) == expected


def test_the_same_questions_are_asked_in_the_same_words(tablet: Page):
    today, cases, expected = date(2026, 3, 4), [], []
    closures = [None, *codes("closure_reason")]
    for number, minutes in enumerate(range(440, 601, 5)):
        day = date.fromordinal(today.toordinal() - number)
        outcome = ("completed", "closed")[number % 2]
        closure = closures[number % len(closures)]
        made: Any = SimpleNamespace(visited_on=day, minutes=minutes, held=outcome == "completed")
        expected.append([question_sentence(one) for one in asking.about_visit(made, today, closure)])
        values = {"visited_on": day.isoformat(), "minutes": minutes, "outcome": outcome}
        cases.append(["visit", values, {day.isoformat(): closure}, []])
    at = time(10, 0)
    for number, minute in enumerate(range(45, 60)):
        times = [time(9, minute), time(10, 59 - minute)]
        near = sorted(one for one in times if abs((one.hour - at.hour) * 60 + one.minute - at.minute) <= 10)
        closure = closures[number % len(closures)]
        expected.append([question_sentence(one) for one in asking.about_incident(closure, near)])
        incident = {"site_id": "s", "child_key": "AB12", "occurred_on": today.isoformat(), "occurred_at": "10:00:00"}
        others = [{"child_key": "CD34"}, {"occurred_on": "2026-03-03"}, {"site_id": "t"}]
        here = [{"occurred_at": one.isoformat()[:5]} for one in times]
        recent = [{**incident, **one} for one in (*here, *others)]
        cases.append(["incident", incident, {today.isoformat(): closure}, recent])
    script = """([form, made, closed, recent], definitions, { rules, words }) =>
        rules.questions(form, made, { site: { closed }, today: "2026-03-04", recent }, definitions)
            .map((one) => words.questionSentence(one, definitions))"""
    assert asked_of_tablet(tablet, script, cases) == expected
    asked = {code for code, sentence in asking.SENTENCES.items() for said in expected for one in said
             if one.startswith(sentence.split("{")[0])}  # fmt: skip
    assert asked == set(asking.SENTENCES)


def test_a_day_to_come_a_wrong_year_and_a_room_elsewhere_are_noticed(tablet: Page):
    script = """([form, made], definitions, { rules }) => rules.atPlace(
        form, made, { site: { classrooms: [{ id: "here" }] }, today: "2026-03-04" }, definitions.constants,
    ).map((one) => [one.field, one.code])"""
    found = asked_of_tablet(
        tablet,
        script,
        [
            ["visit", {"visited_on": "2026-03-05", "classroom_ids": []}],
            ["visit", {"visited_on": "1999-12-31", "classroom_ids": ["here", "there"]}],
            ["incident", {"occurred_on": "2026-03-04", "classroom_id": "there"}],
            ["incident", {"occurred_on": "2000-01-01", "classroom_id": "here"}],
        ],
    )
    assert found == [
        [["visited_on", "in_the_future"]],
        [["visited_on", "before_birth_of_program"], ["classroom_ids", "classroom_not_here"]],
        [["classroom_id", "classroom_not_here"]],
        [],
    ]


def fields_from(definition: Definition) -> set[str]:
    """Give the fields of the input that a definition's answers reach."""
    reached: dict[str, str] = defaultdict(str, child="child_key", levels="minutes", lost_care="exclusion")
    named = {reached[asked.name] or asked.name for asked in definition.fields() if asked.kind not in TELLING}
    return {name for name in named if not name.startswith("participants.")}


TELLING = ("note", "last", "placed")


def test_every_field_of_the_inputs_is_asked_for_and_nothing_else():
    schema = served()["schema"]
    assert fields_from(visit_definition()) == set(schema["visit"]["properties"])
    lost = {f"exclusion.{name}" for name in schema["incident"]["$defs"]["ExclusionInput"]["properties"]}
    assert lost == {f"exclusion.{name}" for name in EXCLUSION}
    assert fields_from(incident_definition()) == set(schema["incident"]["properties"]) | lost
    rows = next(asked for asked in visit_definition().fields() if asked.kind == "rows")
    assert {part.name for part in rows.parts} == set(schema["visit"]["$defs"]["FollowUpInput"]["properties"])


def test_every_option_that_a_rule_knows_is_offered_in_the_same_order():
    content = served()
    lists = {*visit_input.CHOICES.values(), *incident_input.CHOICES.values(), *incident_input.SINGLES.values()}
    lists |= set(codes_in_lists(visit_input, incident_input)) - {"record_source"}
    for option_list in lists:
        offered = [option["code"] for option in content["options"][option_list]["options"]]
        assert offered == list(codes(option_list)), option_list


def codes_in_lists(*sources: Any) -> Iterator[str]:
    for source in sources:
        yield from re.findall(r'listed\([^)]*"(\w+)"\)', inspect.getsource(source))
