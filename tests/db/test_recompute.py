"""A changed formula adds new scores beside the old ones; what was computed before stays as it was."""

from dataclasses import replace

import pytest
from sqlmodel import Session, select

import manage
from db.commands.observations import correct_observation, record_observation
from db.current_scores import current_scores
from db.instruments import INSTRUMENTS, instrument
from db.instruments.scoring import scoring_of
from db.models import AuditEvent, ComputedScore, RecomputedScore
from db.models.base import new_id
from db.models.observation_input import ObservationInput
from db.queries.observations import open_observation
from db.recompute import recompute
from tests.factories import Field

TOOL = "class_infant"
# Another way to form the domain: from the first two dimensions only.
CHANGED = replace(
    scoring_of(instrument(TOOL)),
    formula_version="class-2",
    domains=(
        replace(scoring_of(instrument(TOOL)).domains[0], dimensions=("relational_climate", "teacher_sensitivity")),
    ),
)


@pytest.fixture
def observed(field: Field) -> object:
    scores = dict(zip([scale.code for scale in instrument(TOOL).scales], (2.0, 4.0, 6.0, 7.0), strict=True))
    observation = ObservationInput(
        client_uuid=new_id(), site_id=field.here.id, classroom_id=field.room.id, instrument_code=TOOL,
        observed_on=field.today, phase="baseline", cycles=(scores, scores),
    )  # fmt: skip
    return record_observation(field.session, field.actor("consultant"), observation).id


def present(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = replace(instrument(TOOL), formula_version="class-2")
    monkeypatch.setattr(INSTRUMENTS, "_all", {**INSTRUMENTS, TOOL: changed})


def test_nothing_is_added_while_the_formula_is_the_same(session: Session, observed: object) -> None:
    assert recompute(session) == {}
    assert session.exec(select(RecomputedScore)).all() == []


def test_a_changed_formula_adds_a_score_and_keeps_the_old_one(session: Session, observed: object) -> None:
    assert recompute(session, {TOOL: CHANGED}) == {TOOL: 1}
    old, new = session.exec(select(ComputedScore)).one(), session.exec(select(RecomputedScore)).one()
    assert (old.value, old.formula_version) == (4.75, "class-1")
    assert (new.value, new.formula_version, new.cycles) == (3, "class-2", 2)


def test_a_second_run_adds_nothing(session: Session, observed: object) -> None:
    recompute(session, {TOOL: CHANGED})
    assert recompute(session, {TOOL: CHANGED}) == {}


def test_a_run_leaves_its_trace_in_the_audit(session: Session, observed: object) -> None:
    recompute(session, {TOOL: CHANGED})
    event = session.exec(select(AuditEvent).where(AuditEvent.action == "recompute")).one()
    assert (event.actor_role, event.rows) == ("operator", 1)


def test_screens_read_the_present_formula_and_name_it(
    field: Field, session: Session, observed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = field.actor("consultant")
    recompute(session, {TOOL: CHANGED})
    # The registry still says class-1: what stands is read.
    assert open_observation(session, actor, observed).formula_version == "class-1"  # type: ignore[arg-type]
    present(monkeypatch)
    opened = open_observation(session, actor, observed)  # type: ignore[arg-type]
    assert (opened.formula_version, opened.row.domains) == ("class-2", {"responsive_caregiving": 3})


def test_until_it_is_recomputed_the_older_score_is_read_with_its_own_version(
    field: Field, session: Session, observed: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    present(monkeypatch)
    opened = open_observation(session, field.actor("consultant"), observed)  # type: ignore[arg-type]
    assert (opened.formula_version, opened.row.domains) == ("class-1", {"responsive_caregiving": 4.75})


def test_there_is_one_current_score_for_each_however_many_versions_stand(session: Session, observed: object) -> None:
    recompute(session, {TOOL: CHANGED})
    recompute(session, {TOOL: replace(CHANGED, formula_version="class-3")})
    assert len(session.exec(select(RecomputedScore)).all()) == 2
    assert len(session.connection().execute(select(current_scores())).all()) == 1


def test_a_correction_lets_go_of_what_was_computed_from_the_old_scores(
    field: Field, session: Session, observed: object
) -> None:
    recompute(session, {TOOL: CHANGED})
    opened = open_observation(session, field.actor("consultant"), observed)  # type: ignore[arg-type]
    corrected = ObservationInput(
        client_uuid=new_id(), **{**opened.content, "cycles": (dict.fromkeys(opened.content["cycles"][0], 5.0),)}
    )
    correct_observation(session, field.actor("consultant"), observed, 1, corrected, "typed wrongly")  # type: ignore[arg-type]
    assert session.exec(select(RecomputedScore)).all() == []
    assert session.exec(select(ComputedScore)).one().value == 5


def test_the_operator_has_a_command_for_it() -> None:
    assert manage.parser().parse_args(["recompute"]).run is manage.recompute
