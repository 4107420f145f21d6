"""The ledger of time away: once each, with or without an incident, its steps, looks at the place, and who sees it."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db.commands.exclusions import (
    correct_exclusion,
    note_place,
    note_step,
    record_exclusion,
    remove_exclusion,
    remove_step,
    restore_exclusion,
)
from db.commands.incidents import correct_incident, record_incident, remove_incident
from db.errors import Conflict, InvalidInput, NotFound
from db.exclusion_care import STEPS, is_due, looks, months_later
from db.models import AuditEvent, Exclusion, ExclusionPlace, ExclusionStep, SiteMonth
from db.models.base import new_id
from db.models.exclusion_input import PlaceInput, RecordedExclusion, StepInput
from db.models.incident_input import ExclusionInput
from db.period import Period
from db.queries.compare import site_sums
from db.queries.exclusions import ledger, ledger_counts, ledger_due, open_exclusion
from db.verify import checks
from tests.factories import stored


def away(field, site=None, **values):
    """A child on a reduced schedule for the last ten days, with no incident."""
    started = field.today - timedelta(days=10)
    lost = ExclusionInput(**{"type": "reduced_schedule", "started_on": started, "hours_lost": 20, **values})
    return RecordedExclusion(client_uuid=new_id(), site_id=(site or field.here).id, exclusion=lost)


def step(field, code="family_met"):
    return StepInput(step=code, done_on=field.today, who="director")


def year(field):
    return Period.last_months(12, field.today)


def problems(refused):
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_an_exclusion_without_an_incident_is_stored_once_audited_and_counted(session, field):
    actor, sent = field.actor("director"), away(field)
    first, again = record_exclusion(session, actor, sent), record_exclusion(session, actor, sent)
    assert (again.id, first.created, again.created) == (first.id, True, False)
    assert [event.action for event in session.exec(select(AuditEvent))] == ["record_exclusion"]
    month = session.exec(select(SiteMonth)).one()
    assert (month.exclusions, month.hours_lost) == (1, 20)
    with pytest.raises(Conflict, match="other_content"):
        record_exclusion(session, actor, sent.model_copy(update={"exclusion": away(field, hours_lost=3).exclusion}))


def test_what_counts_with_an_incident_and_without_is_one_list_and_each_counts_once(session, field):
    actor = field.actor("consultant")
    lost = ExclusionInput(type="sent_home_early", started_on=field.today - timedelta(days=1), hours_lost=2.5)
    record_incident(session, actor, field.incident(exclusion=lost))
    record_exclusion(session, actor, away(field))
    record_exclusion(session, actor, away(field, hours_lost=None))
    assert ledger_counts(session, actor, year(field), None) == [
        ("reduced_schedule", 2, 20, 1),
        ("sent_home_early", 1, 2.5, 1),
    ]
    page = ledger(session, actor, year(field), field.here.id, field.today)
    assert (page.total, [(line.kind, line.of_incident) for line in page.lines]) == (
        3,
        [("sent_home_early", True), ("reduced_schedule", False), ("reduced_schedule", False)],
    )


def test_a_correction_moves_the_exclusion_with_its_steps_and_both_sites_are_counted_again(session, field):
    other = field.site("Willow Demo Center")
    field.give(field.people["consultant"], site_id=other.id)
    actor = field.actor("consultant")
    saved = record_exclusion(session, actor, away(field))
    noted = note_step(session, actor, saved.id, step(field))
    moved = away(field, other, hours_lost=4)
    correct_exclusion(session, actor, saved.id, 1, moved, "wrong site")
    assert stored(session, ExclusionStep, noted.id).site_id == other.id
    assert {(row.site_id, row.hours_lost) for row in session.exec(select(SiteMonth))} == {(other.id, 4)}
    with pytest.raises(Conflict, match="newer_version"):
        correct_exclusion(session, actor, saved.id, 1, moved, "again")


def test_a_removed_exclusion_counts_nowhere_until_it_is_restored(session, field):
    actor = field.actor("director")
    saved = record_exclusion(session, actor, away(field))
    removed = remove_exclusion(session, actor, saved.id, 1, "entered twice")
    assert session.exec(select(SiteMonth)).all() == []
    assert ledger(session, actor, year(field), None, field.today).total == 0
    assert ledger(session, actor, year(field), None, field.today, removed=True).total == 1
    restore_exclusion(session, actor, saved.id, removed.version, "it was right")
    assert session.exec(select(SiteMonth)).one().exclusions == 1


def test_what_belongs_to_an_incident_is_corrected_there_and_goes_with_it(session, field):
    actor = field.actor("consultant")
    lost = ExclusionInput(type="expulsion", started_on=field.today, override_note="what happened")
    incident = record_incident(session, actor, field.incident(exclusion=lost))
    row = session.exec(select(Exclusion)).one()
    for act in (
        lambda: correct_exclusion(session, actor, row.id, row.version, away(field), "no"),
        lambda: remove_exclusion(session, actor, row.id, row.version, "no"),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert problems(refused) == {("exclusion", "part_of_incident")}
    note_step(session, actor, row.id, step(field))
    assert ledger(session, actor, year(field), None, field.today).lines[0].steps == 1
    remove_incident(session, actor, incident.id, 1, "entered twice")
    assert ledger(session, actor, year(field), None, field.today).total == 0
    with pytest.raises(NotFound):
        note_step(session, actor, row.id, step(field))


def test_an_incident_that_moves_takes_the_steps_of_its_exclusion_along(session, field):
    other = field.site("Willow Demo Center")
    room = field.classroom(other, "Larks")
    field.give(field.people["consultant"], site_id=other.id)
    actor = field.actor("consultant")
    lost = ExclusionInput(type="stay_home", started_on=field.today)
    sent = field.incident(exclusion=lost)
    saved = record_incident(session, actor, sent)
    note_step(session, actor, session.exec(select(Exclusion)).one().id, step(field))
    there = sent.model_copy(update={"site_id": other.id, "classroom_id": room.id})
    correct_incident(session, actor, saved.id, 1, there, "wrong site")
    session.expire_all()
    assert session.exec(select(ExclusionStep)).one().site_id == other.id


def test_a_head_start_expulsion_needs_what_happened_and_cites_the_rule(session, field):
    grantee = field.site("Brook Demo Head Start", setting="head_start")
    field.give(field.people["director"], site_id=grantee.id)
    actor = field.actor("director")
    with pytest.raises(InvalidInput) as refused:
        record_exclusion(session, actor, away(field, grantee, type="expulsion"))
    assert problems(refused) == {("exclusion.override_note", "expulsion_rule")}
    record_exclusion(session, actor, away(field, grantee, type="expulsion", override_note="a serious threat"))


def test_steps_wait_in_head_start_until_each_was_noted_and_come_back_when_one_is_taken_out(session, field):
    grantee = field.site("Brook Demo Head Start", setting="head_start")
    field.give(field.people["director"], site_id=grantee.id)
    actor = field.actor("director")
    record_exclusion(session, actor, away(field, type="stay_home"))
    for soft in ("other_room", "sent_home_early", "asked_to_pick_up", "reduced_schedule"):
        saved = record_exclusion(session, actor, away(field, grantee, type=soft))
        opened = open_exclusion(session, actor, saved.id)
        assert (opened.steps_asked, opened.steps_required) == (soft != "other_room", False)
    saved = record_exclusion(session, actor, away(field, grantee, type="out_of_program_suspension"))
    assert open_exclusion(session, actor, saved.id).steps_required
    assert ledger_due(session, actor, field.today).without_steps == 1
    for code in STEPS:
        last = note_step(session, actor, saved.id, step(field, code))
    note_step(session, actor, saved.id, step(field, "home_visit"))
    assert ledger_due(session, actor, field.today).without_steps == 0
    remove_step(session, actor, last.id, 1, "another child")
    waiting = ledger(session, actor, year(field), None, field.today, waiting=True)
    assert [(line.id, line.steps) for line in waiting.lines] == [(saved.id, len(STEPS) - 1)]


def test_a_suspension_in_head_start_needs_an_end(session, field):
    grantee = field.site("Brook Demo Head Start", setting="head_start")
    field.give(field.people["director"], site_id=grantee.id)
    actor = field.actor("director")

    def needed(site, **values):
        return open_exclusion(session, actor, record_exclusion(session, actor, away(field, site, **values)).id)

    assert needed(grantee, type="stay_home").return_needed
    assert not needed(grantee, type="stay_home", return_on=field.today).return_needed
    assert not needed(grantee, type="expulsion", override_note="a serious threat").return_needed
    assert not needed(field.here, type="stay_home").return_needed


def test_a_step_sent_twice_under_one_key_is_noted_once(session, field):
    actor, key = field.actor("director"), new_id()
    saved = record_exclusion(session, actor, away(field))
    for _again in range(2):
        note_step(session, actor, saved.id, step(field), key=key)
    assert len(session.exec(select(ExclusionStep)).all()) == 1


@pytest.mark.parametrize(
    ("day", "code"), [(date(2199, 1, 1), "in_the_future"), (date(1999, 1, 1), "before_birth_of_program")]
)
def test_a_step_on_an_impossible_day_is_told_at_its_field(session, field, day, code):
    actor = field.actor("director")
    saved = record_exclusion(session, actor, away(field))
    with pytest.raises(InvalidInput) as refused:
        note_step(session, actor, saved.id, StepInput(step="family_met", done_on=day))
    assert problems(refused) == {("done_on", code)}


def test_the_months_count_from_the_closing_then_the_return_then_the_end_then_the_start():
    start, end, back, closed = (date(2026, month, 31) for month in (1, 3, 5, 7))
    due = [
        looks("expulsion", start, *known, noted)[-2].due_on
        for known, noted in (
            ((None, None), {}), ((end, None), {}), ((end, back), {}), ((end, back), {"closure": closed}),
        )
    ]  # fmt: skip
    assert due == [date(2026, 2, 28), date(2026, 4, 30), date(2026, 6, 30), date(2026, 8, 31)]
    assert months_later(closed, 6) == date(2027, 1, 31)
    assert looks("other_room", start, None, None, {}) == []


def test_a_look_is_due_from_its_day_on_for_a_year():
    look = looks("expulsion", date(2026, 1, 15), None, None, {})[1]
    days = [date(2026, 2, 14), date(2026, 2, 15), date(2027, 2, 15), date(2027, 2, 16)]
    assert [is_due(look, day) for day in days] == [False, True, True, False]


def test_the_place_is_noted_once_per_moment_and_is_not_due_any_more(session, field):
    actor = field.actor("consultant")
    saved = record_exclusion(session, actor, away(field, started_on=field.today - timedelta(days=60)))
    assert ledger_due(session, actor, field.today).looks == 1
    look = PlaceInput(moment="month_1", noted_on=field.today, place="same_full")
    note_place(session, actor, saved.id, look)
    assert ledger_due(session, actor, field.today).looks == 0
    with pytest.raises(InvalidInput) as refused:
        note_place(session, actor, saved.id, look)
    assert problems(refused) == {("moment", "already_there")}
    early = look.model_copy(update={"moment": "closure", "noted_on": field.today - timedelta(days=61)})
    with pytest.raises(InvalidInput) as refused:
        note_place(session, actor, saved.id, early)
    assert problems(refused) == {("noted_on", "before_time_away")}
    assert [place.place for place in open_exclusion(session, actor, saved.id).places] == ["same_full"]
    assert len(session.exec(select(ExclusionPlace)).all()) == 1


def test_a_coordinator_without_a_case_role_reads_no_row_and_only_counts_that_tell_nobody(session, field):
    consultant = field.actor("consultant")
    keys = [record_exclusion(session, consultant, away(field)).id for _number in range(9)]
    coordinator = field.actor("coordinator")
    assert ledger_counts(session, coordinator, year(field), None) == []
    assert ledger(session, coordinator, year(field), None, field.today) == ([], 0)
    assert ledger_due(session, coordinator, field.today) == (0, 0)
    with pytest.raises(NotFound):
        open_exclusion(session, coordinator, keys[0])
    assert [(site.exclusions, site.exclusions_hidden) for site in site_sums(session, coordinator, year(field))] == [
        (None, True)
    ]
    field.give(field.people["coordinator"], site_id=field.here.id, case_role=True)
    assert open_exclusion(session, field.actor("coordinator"), keys[0]).may_note is False


def test_one_corrects_and_removes_ones_own_and_notes_steps_on_any(session, field):
    saved = record_exclusion(session, field.actor("consultant"), away(field))
    director = field.actor("director")
    opened = open_exclusion(session, director, saved.id)
    assert (opened.may_note, opened.may_change, opened.may_remove) == (True, False, False)
    with pytest.raises(NotFound):
        correct_exclusion(session, director, saved.id, 1, away(field), "mine is better")
    noted = note_step(session, director, saved.id, step(field))
    with pytest.raises(NotFound):
        remove_step(session, field.actor("consultant"), noted.id, 1, "not mine")
    remove_step(session, field.actor("supervisor"), noted.id, 1, "another child")


def test_the_checks_find_an_exclusion_that_nobody_recorded(session, field):
    record_exclusion(session, field.actor("director"), away(field))
    lost = ExclusionInput(type="stay_home", started_on=field.today)
    record_incident(session, field.actor("consultant"), field.incident(exclusion=lost))
    engine = session.get_bind()
    session.commit()
    assert [result.problem for result in checks(engine) if result.problem] == []
    values = away(field).exclusion.model_dump()
    field.add(
        Exclusion(
            **values, region_id=field.north.id, site_id=field.here.id, client_uuid=new_id(), content_digest="x",
            source="web",
        )
    )  # fmt: skip
    session.commit()
    assert any("was never audited" in (result.problem or "") for result in checks(engine))
