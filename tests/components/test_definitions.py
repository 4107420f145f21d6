"""What the definitions of the capture forms say, without a screen."""

from datetime import date, datetime, time

import pytest

from components.definitions import answers
from components.definitions.incident import incident_definition
from components.definitions.served import INPUTS, served
from components.definitions.visit import visit_definition
from components.forms.incident_values import incident_values
from components.forms.visit_values import visit_values
from components.words import use_language
from db.models.inputs import MARKS

NOW = datetime(2026, 3, 4, 10, 22, 40)
VISIT, INCIDENT = visit_definition(), incident_definition()


def begun(definition, **typed):
    return {**answers.defaults(definition, NOW), **typed}


def complete(definition, values, *, head_start=False):
    missing = answers.missing(definition, values, head_start=head_start)
    return missing, answers.complete(definition, values, missing, NOW.date())


def test_a_new_form_begins_at_the_moment():
    assert begun(VISIT)["visited_on"] == date(2026, 3, 4)
    assert begun(VISIT)["started_at"] == time(10, 15)
    assert begun(INCIDENT)["occurred_at"] == time(10, 22)
    at_night = answers.defaults(INCIDENT, NOW.replace(hour=22))
    assert at_night["occurred_at"] is None


def test_only_what_is_asked_can_be_missing():
    missing, _values = complete(VISIT, begun(VISIT, outcome="cancelled_site"))
    assert set(missing) == {"site_id"}
    missing, _values = complete(VISIT, begun(VISIT))
    assert missing == {
        "site_id": "choose_one", "minutes": "required", "levels": "choose_one", "activities": "activity_needed",
        "summary": "summary_needed",
    }  # fmt: skip


def test_a_summary_of_spaces_is_none():
    missing, _values = complete(VISIT, begun(VISIT, summary="  \n"))
    assert "summary" in missing


def test_what_was_answered_before_a_part_was_hidden_is_not_sent():
    values = begun(
        VISIT, site_id="s", outcome="cancelled_site", minutes=60, levels=["classroom"], activities=["observation"],
        mode="phone",
    )  # fmt: skip
    _missing, typed = complete(VISIT, values)
    sent = visit_values(typed)
    assert (sent["minutes"], sent["minutes_classroom"], sent["activities"], sent["mode"]) == (0, 0, [], "in_person")


def test_a_visit_that_did_not_take_place_keeps_what_was_promised():
    values = begun(VISIT, site_id="s", outcome="cancelled_site", follow_ups_rows=2)
    values |= {"follow_ups.0.text": "  ", "follow_ups.1.text": "Find another day", "follow_ups.1.owner": "site"}
    _missing, typed = complete(VISIT, values)
    assert visit_values(typed)["follow_ups"] == [{"text": "Find another day", "owner": "site", "due_on": None}]


def test_care_that_was_not_lost_after_all_is_not_sent():
    values = begun(INCIDENT, **{"lost_care": "no", "exclusion.type": "expulsion", "behaviours": ["biting"]})
    _missing, typed = complete(INCIDENT, values)
    assert incident_values(typed)["exclusion"] is None


@pytest.mark.parametrize("head_start", [True, False])
def test_an_expulsion_needs_its_story_where_the_head_start_rule_holds(head_start):
    values = begun(INCIDENT, **{"lost_care": "yes", "exclusion.type": "expulsion"})
    missing, _values = complete(INCIDENT, values, head_start=head_start)
    assert (missing.get("exclusion.override_note") == "expulsion_rule") is head_start


def test_a_folded_part_belongs_to_the_heading_above_it():
    assert "description" in answers.sections(INCIDENT)["care"]
    assert "reflection" in answers.sections(VISIT)["notes"]


@pytest.mark.parametrize("spoken", ["en", "es"])
def test_what_the_tablet_gets_has_every_field_option_and_limit_of_the_inputs(spoken):
    use_language(spoken)
    try:
        content = served()
    finally:
        use_language("en")
    for form, model in INPUTS.items():
        assert set(content["schema"][form]["properties"]) == set(model.model_fields) - MARKS
        assert "client_uuid" not in content["schema"][form]["required"]
    assert content["language"] == spoken
    for definition in (VISIT, INCIDENT):
        for asked in definition.fields():
            assert asked.options is None or content["options"][asked.options]["options"]
    assert all(content["sentences"].values())
