"""A program adds its own instrument, or wording that it holds a licence for, and takes it away again."""

import json
import uuid

import pytest
from sqlmodel import Session, select

from analytics.scoring import score_survey
from db import pack_registry
from db.commands.observations import correct_observation, record_observation
from db.commands.packs import add_pack, remove_pack
from db.commands.waves import correct_wave, record_wave
from db.errors import InvalidInput, NotFound
from db.instruments import INSTRUMENTS, instrument, instrument_for, instruments_of
from db.instruments.scoring import survey_scoring_of
from db.models import AuditContent, InstrumentRow, ScaleRow
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.models.wave_input import WaveInput, WaveResultInput
from db.queries.packs import packs
from tests.db.pack_texts import OPINION, OWN, WORDING
from tests.factories import Field

pytestmark = pytest.mark.usefixtures("packs_go_again")


def add(field: Field, text: str, program: uuid.UUID | None = None) -> uuid.UUID:
    saved = add_pack(field.session, field.actor("admin"), text.encode(), program)
    pack_registry.refresh(field.session, at_once=True)
    field.session.rollback()
    return saved.id


def observed(field: Field) -> ObservationInput:
    return ObservationInput(
        client_uuid=new_id(), site_id=field.here.id, classroom_id=field.room.id, instrument_code="own_calm_rooms",
        observed_on=field.today, phase="baseline", cycles=({"calm": 4.0},),
    )  # fmt: skip


def test_an_own_instrument_can_be_chosen_and_scored(field: Field, session: Session) -> None:
    add(field, OWN)
    assert "own_calm_rooms" in [one.code for one in instruments_of("observation")]
    assert record_observation(session, field.actor("consultant"), observed(field)).created
    assert session.get(InstrumentRow, "own_calm_rooms") is not None
    assert session.get(ScaleRow, ("own_calm_rooms", "calm")) is not None


def test_an_instrument_of_one_program_is_not_offered_to_another(field: Field) -> None:
    add(field, OWN, field.program.id)
    offered = [[one.code for one in instruments_of("observation", key)] for key in
               (field.program.id, field.program_elsewhere.id)]  # fmt: skip
    assert ["own_calm_rooms" in codes for codes in offered] == [True, False]


def test_another_programs_instrument_or_a_retired_one_takes_no_new_score(field: Field, session: Session) -> None:
    key = add(field, OWN, field.program_elsewhere.id)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_observation(session, field.actor("consultant"), observed(field))
    remove_pack(session, field.actor("admin"), key, 1, "not used")
    second = OWN.replace("own_calm_rooms", "own_calm_corners").replace("own-calm", "own-corners")
    key = add(field, second)
    remove_pack(session, field.actor("admin"), key, 1, "not used")
    pack_registry.refresh(session, at_once=True)
    assert not instrument("own_calm_corners").offered_to(field.program.id)
    other = observed(field).model_copy(update={"instrument_code": "own_calm_corners"})
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_observation(session, field.actor("consultant"), other)


def test_a_correction_leads_to_no_instrument_of_another_program(field: Field, session: Session) -> None:
    add(field, OWN, field.program_elsewhere.id)
    corners = OWN.replace("own_calm_rooms", "own_calm_corners").replace("own-calm", "own-corners")
    key = add(field, corners, field.program.id)
    consultant = field.actor("consultant")
    ours = observed(field).model_copy(update={"instrument_code": "own_calm_corners"})
    saved = record_observation(session, consultant, ours)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        correct_observation(session, consultant, saved.id, 1, observed(field), "another tool")
    remove_pack(session, field.actor("admin"), key, 1, "not used")
    pack_registry.refresh(session, at_once=True)
    higher = ours.model_copy(update={"cycles": ({"calm": 5.0},)})
    assert correct_observation(session, consultant, saved.id, 1, higher, "typed wrong").version == 2


def test_a_wave_entered_as_totals_refuses_another_programs_survey_and_a_retired_one(
    field: Field, session: Session
) -> None:
    own = OWN.replace("kind: observation", "kind: survey").replace("respondent: observer", "respondent: staff")
    own = own.replace("unit: classroom", "unit: teacher").replace("cycles_max: 2", "cycles_max: 1")
    totals = WaveInput(
        client_uuid=new_id(), site_id=field.here.id, instrument_code="own_calm_rooms", opened_on=field.today,
        closed_on=field.today, invited=9, results=(WaveResultInput(scale_code="calm", respondents=8, mean=3.5),),
    )  # fmt: skip
    consultant, admin = field.actor("consultant"), field.actor("admin")
    add(field, own, field.program_elsewhere.id)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_wave(session, consultant, totals)
    corners = own.replace("own_calm_rooms", "own_calm_corners").replace("own-calm", "own-corners")
    key = add(field, corners, field.program.id)
    ours = totals.model_copy(update={"instrument_code": "own_calm_corners"})
    saved = record_wave(session, consultant, ours)
    remove_pack(session, admin, key, 1, "not used")
    pack_registry.refresh(session, at_once=True)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        record_wave(session, consultant, ours.model_copy(update={"client_uuid": new_id()}))
    # What stands was asked with it: its numbers can still be corrected.
    correct_wave(session, consultant, saved.id, saved.version, ours.model_copy(update={"invited": 10}), "miscounted")


def test_wording_is_shown_only_within_the_program_that_holds_the_licence(field: Field) -> None:
    add(field, WORDING, field.program.id)
    licensed = instrument_for("pss4", field.program.id)
    assert licensed.asks
    assert licensed.items is not None
    assert licensed.items.texts[0].es == "primeras palabras"
    for other in (instrument_for("pss4", field.program_elsewhere.id), instrument("pss4")):
        assert not other.asks
    scoring = survey_scoring_of(licensed)
    assert scoring is not None
    assert score_survey(scoring, [4, 0, 0, 4], edition="pss4")["total"].value == 16


OWN_SURVEY = (
    OWN.replace("kind: observation", "kind: survey").replace("respondent: observer", "respondent: staff")
    .replace("cycles_max: 2", "cycles_max: 1").replace("unit: classroom", "unit: site")
    .replace("reversed: false}", "reversed: false, items: {positions: [1, 2], reversed: [], combine: mean}}")
    .replace(
        "scales:",
        "items:\n  count: 2\n  source: us\n  answers: [{value: 1, en: never}, {value: 5, en: always}]\n"
        "  texts: [{en: our first question}, {en: our second question}]\nscales:",
    )
)  # fmt: skip


def test_one_programs_own_questions_are_known_to_nobody_else(field: Field) -> None:
    add(field, OWN_SURVEY, field.program.id)
    own, open_to_all = instrument_for("own_calm_rooms", field.program.id), instrument("own_calm_rooms")
    assert own.asks
    for one in (open_to_all, instrument_for("own_calm_rooms", field.program_elsewhere.id)):
        assert one.items is not None
        assert not one.asks
        assert [(answer.value, answer.en) for answer in one.items.answers] == [(1, None), (5, None)]


def test_own_questions_for_all_programs_can_be_asked_everywhere(field: Field) -> None:
    add(field, OWN_SURVEY)
    assert instrument("own_calm_rooms").asks
    assert instrument_for("own_calm_rooms", field.program_elsewhere.id).asks


def test_wording_says_what_is_turned_round_where_the_registry_does_not_know(field: Field) -> None:
    add(field, OPINION, field.program.id)
    assert survey_scoring_of(instrument("teacher_opinion")) is None
    scoring = survey_scoring_of(instrument_for("teacher_opinion", field.program.id))
    assert scoring is not None
    answers = [1 if at in (2, 4) else 5 for at in range(1, 13)]
    assert score_survey(scoring, answers, edition="teacher_opinion")["confidence"].value == 5


def test_a_new_wording_takes_the_place_of_the_old_one(field: Field, session: Session) -> None:
    add(field, WORDING, field.program.id)
    add(field, WORDING.replace("first words", "better words"), field.program.id)
    licensed = instrument_for("pss4", field.program.id)
    assert licensed.items is not None
    assert licensed.items.texts[0].en == "better words"
    assert len(packs(session, field.actor("admin"))) == 1


def test_a_removed_pack_is_not_offered_but_its_name_stays(field: Field, session: Session) -> None:
    key = add(field, OWN)
    remove_pack(session, field.actor("admin"), key, 1, "not used any more")
    pack_registry.refresh(session, at_once=True)
    assert "own_calm_rooms" not in [one.code for one in instruments_of("observation")]
    assert instrument("own_calm_rooms").name == "Calm rooms"
    assert packs(session, field.actor("admin")) == []
    with pytest.raises(InvalidInput, match="pack_code_used"):
        add(field, OWN)


def test_removed_wording_is_gone_at_once(field: Field, session: Session) -> None:
    key = add(field, WORDING, field.program.id)
    remove_pack(session, field.actor("admin"), key, 1, "the license ended")
    pack_registry.refresh(session, at_once=True)
    assert not instrument_for("pss4", field.program.id).asks


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_only_an_administrator_arranges_packs(field: Field, session: Session, role: str) -> None:
    key = add(field, WORDING, field.program.id)
    with pytest.raises(NotFound):
        add_pack(session, field.actor(role), WORDING.encode(), field.program.id)
    with pytest.raises(NotFound):
        remove_pack(session, field.actor(role), key, 1, "no")
    assert packs(session, field.actor(role)) == []


def test_the_audit_keeps_no_wording(field: Field, session: Session) -> None:
    add(field, WORDING, field.program.id)
    kept = json.dumps([row.after for row in session.exec(select(AuditContent))])
    assert "License 1 of the Lantern Program" in kept
    assert "first words" not in kept


def test_wording_needs_a_program_that_exists(field: Field, session: Session) -> None:
    with pytest.raises(InvalidInput, match="pack_program_needed"):
        add_pack(session, field.actor("admin"), WORDING.encode())
    with pytest.raises(NotFound):
        add_pack(session, field.actor("admin"), WORDING.encode(), new_id())


def test_a_pack_that_breaks_a_rule_stores_nothing(field: Field, session: Session) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_pack(session, field.actor("admin"), OWN.replace("own_calm", "calm").encode())
    assert refused.value.problems[0].code == "pack_code_form"
    assert packs(session, field.actor("admin")) == []
    assert session.get(InstrumentRow, "calm_rooms") is None


def test_nothing_is_asked_again_within_a_few_seconds(field: Field, session: Session) -> None:
    pack_registry.refresh(session, at_once=True)
    add_pack(session, field.actor("admin"), OWN.encode())
    pack_registry.refresh(session)
    assert "own_calm_rooms" not in INSTRUMENTS
    pack_registry.refresh(session, at_once=True)
    assert "own_calm_rooms" in INSTRUMENTS
