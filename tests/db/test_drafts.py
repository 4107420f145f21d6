"""Drafts: kept, replaced, gone with the record they became, and nobody else's business."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from db.commands.drafts import KEPT_FOR, LONGEST, UNDO_FOR, Corrects, Kept, drop_draft, keep_draft, restore_draft
from db.commands.incidents import correct_incident, record_incident
from db.commands.visits import correct_visit, log_visit, remove_visit
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditContent, AuditEvent, Draft, SiteMonth, Visit
from db.models.base import new_id, utc_now
from db.models.drafts import correction_key
from db.queries.drafts import my_drafts


def test_the_latest_of_a_draft_is_kept_and_only_its_author_sees_it(session, field):
    actor, key = field.actor("consultant"), new_id()
    first = keep_draft(session, actor, key, "visit", {"summary": "Half a"})
    keep_draft(session, actor, key, "visit", {"summary": "Half a note"}, first.version)
    assert [(draft.client_uuid, draft.content) for draft in my_drafts(session, actor)] == [
        (key, {"summary": "Half a note"})
    ]
    for other in ("supervisor", "director", "coordinator", "admin"):
        assert my_drafts(session, field.actor(other)) == []


def test_a_draft_goes_in_the_transaction_that_saves_its_record(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "Half a note"})
    log_visit(session, actor, visit)
    assert my_drafts(session, actor) == []


def test_a_refused_save_keeps_the_draft(session, field):
    actor, visit = field.actor("consultant"), field.visit(minutes=60, minutes_classroom=30)
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "Half a note"})
    with pytest.raises(InvalidInput):
        log_visit(session, actor, visit)
    assert len(my_drafts(session, actor)) == 1


def test_a_draft_counts_in_no_figure_and_leaves_no_event(session, field):
    keep_draft(session, field.actor("consultant"), new_id(), "visit", {"minutes": 60})
    assert session.exec(select(Visit)).all() == []
    assert session.exec(select(SiteMonth)).all() == []
    assert session.exec(select(AuditEvent)).all() == []


def test_a_draft_of_another_person_can_be_neither_changed_nor_dropped(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "incident", {"description": "mine"})
    director = field.actor("director")
    with pytest.raises(NotFound):
        keep_draft(session, director, key, "incident", {"description": "theirs"})
    with pytest.raises(NotFound):
        drop_draft(session, director, key)
    with pytest.raises(NotFound):
        restore_draft(session, director, key)
    assert my_drafts(session, actor)[0].content == {"description": "mine"}


def test_drafts_older_than_thirty_days_are_gone(session, field):
    actor, old = field.actor("consultant"), new_id()
    keep_draft(session, actor, old, "visit", {"summary": "long ago"})
    row = session.get(Draft, old)
    row.saved_at = utc_now() - KEPT_FOR - timedelta(minutes=1)
    session.commit()
    assert my_drafts(session, actor) == []
    keep_draft(session, field.actor("director"), new_id(), "incident", {})
    session.expire_all()
    assert session.get(Draft, old) is None


def test_what_is_too_long_for_a_form_is_refused(session, field):
    content = {"summary": "x" * LONGEST}
    assert len(json.dumps(content)) > LONGEST
    with pytest.raises(InvalidInput):
        keep_draft(session, field.actor("consultant"), new_id(), "visit", content)


def test_a_draft_does_not_hide_that_the_record_was_removed(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    saved = log_visit(session, actor, visit)
    remove_visit(session, actor, saved.id, 1, "entered twice")
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "again"})
    with pytest.raises(Conflict, match="removed"):
        log_visit(session, actor, visit)


def test_saving_under_the_key_of_anothers_draft_leaves_that_draft_alone(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "incident", {"description": "mine"})
    record_incident(session, field.actor("director"), field.incident(client_uuid=key))
    assert [draft.content for draft in my_drafts(session, actor)] == [{"description": "mine"}]


def contents(session, actor):
    return [(draft.content["summary"], draft.dropped_at is not None) for draft in my_drafts(session, actor)]


def test_several_drafts_of_one_form_stand_side_by_side(session, field):
    actor = field.actor("consultant")
    keep_draft(session, actor, new_id(), "visit", {"summary": "first"})
    keep_draft(session, actor, new_id(), "visit", {"summary": "second"})
    assert contents(session, actor) == [("second", False), ("first", False)]


def test_what_another_device_kept_meanwhile_is_never_overwritten(session, field):
    actor, key = field.actor("consultant"), new_id()
    on_both = keep_draft(session, actor, key, "visit", {"summary": "on both"})
    keep_draft(session, actor, key, "visit", {"summary": "on the other"}, on_both.version)
    here = keep_draft(session, actor, key, "visit", {"summary": "here"}, on_both.version)
    assert here.client_uuid != key
    assert here.elsewhere == "newer"
    assert keep_draft(session, actor, here.client_uuid, "visit", {"summary": "here, on"}, here.version) == Kept(
        here.client_uuid, 2
    )
    assert sorted(contents(session, actor)) == [("here, on", False), ("on the other", False)]


def test_the_same_words_sent_twice_are_one_draft(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "visit", {"summary": "the answer was lost"})
    again = keep_draft(session, actor, key, "visit", {"summary": "the answer was lost"})
    assert again.client_uuid == key
    assert again.elsewhere is None
    assert len(my_drafts(session, actor)) == 1


def test_a_discarded_draft_comes_back_within_a_day_and_then_goes_for_good(session, field):
    actor, key, gone = field.actor("consultant"), new_id(), new_id()
    keep_draft(session, actor, gone, "visit", {"summary": "gone"})
    keep_draft(session, actor, key, "visit", {"summary": "kept"})
    drop_draft(session, actor, gone)
    drop_draft(session, actor, key)
    assert contents(session, actor) == [("kept", True), ("gone", True)]
    restore_draft(session, actor, key)
    assert contents(session, actor) == [("kept", False), ("gone", True)]
    session.get(Draft, gone).dropped_at = utc_now() - UNDO_FOR - timedelta(minutes=1)
    session.commit()
    assert contents(session, actor) == [("kept", False)]
    keep_draft(session, actor, new_id(), "visit", {"summary": "next"})
    session.expire_all()
    assert session.get(Draft, gone) is None


def test_what_is_typed_after_discarding_leaves_the_discarded_words_alone(session, field):
    actor, key = field.actor("consultant"), new_id()
    keep_draft(session, actor, key, "visit", {"summary": "discarded"})
    drop_draft(session, actor, key)
    assert keep_draft(session, actor, key, "visit", {"summary": "typed anew"}).elsewhere is None
    assert contents(session, actor) == [("typed anew", False), ("discarded", True)]


def test_what_comes_in_after_its_record_was_saved_is_no_unfinished_record(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    first = keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "as saved"})
    saved = log_visit(session, actor, visit)
    late = keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "typed late"}, first.version)
    assert late.elsewhere == "saved"
    keep_draft(session, actor, late.client_uuid, "visit", {"summary": "typed later"}, late.version)
    (draft,) = my_drafts(session, actor)
    assert (draft.content, draft.entity_id, draft.base_version) == ({"summary": "typed later"}, saved.id, 1)


@pytest.mark.parametrize("form", ["visit", "incident"])
def test_the_draft_of_a_correction_goes_in_the_transaction_that_saves_it(session, field, form):
    actor = field.actor("consultant")
    save, correct = {"visit": (log_visit, correct_visit), "incident": (record_incident, correct_incident)}[form]
    made = getattr(field, form)()
    saved = save(session, actor, made)
    key = correction_key(actor.person_id, saved.id)
    keep_draft(session, actor, key, form, {"summary": "mended"}, 0, Corrects(saved.id, saved.version))
    (draft,) = my_drafts(session, actor)
    assert (draft.entity_id, draft.base_version, draft.savable) == (saved.id, 1, True)
    mended = made.model_copy(update={"client_uuid": key})
    with pytest.raises(Conflict, match="newer_version"):
        correct(session, actor, saved.id, saved.version + 1, mended, "a mistake")
    assert len(my_drafts(session, actor)) == 1
    correct(session, actor, saved.id, saved.version, mended, "a mistake")
    assert my_drafts(session, actor) == []


def test_a_draft_says_where_it_belongs_and_whether_it_can_be_saved_there(session, field):
    actor = field.actor("consultant")
    for site, room in ((field.here, field.room), (field.elsewhere, field.room_elsewhere)):
        content = {"summary": site.name, "site_id": str(site.id), "classroom_ids": [str(room.id)]}
        keep_draft(session, actor, new_id(), "visit", content)
    keep_draft(session, actor, new_id(), "incident", {"summary": "nowhere yet", "site_id": None})
    nowhere, foreign, own = my_drafts(session, actor)
    assert (own.site, own.rooms, own.savable) == (field.here.name, (field.room.name,), True)
    assert (foreign.site, foreign.rooms, foreign.savable) == (None, (), False)
    assert (nowhere.site, nowhere.savable) == (None, True)


def test_the_draft_of_a_removed_records_correction_stays_readable(session, field):
    actor = field.actor("consultant")
    saved = log_visit(session, actor, field.visit())
    key = correction_key(actor.person_id, saved.id)
    keep_draft(session, actor, key, "visit", {"summary": "mended"}, 0, Corrects(saved.id, saved.version))
    remove_visit(session, actor, saved.id, 1, "entered twice")
    (draft,) = my_drafts(session, actor)
    assert (draft.content["summary"], draft.savable) == ("mended", False)


def test_the_draft_of_a_correction_opens_no_way_to_somebody_elses_record_after_access_ended(session, field):
    writer, corrector = field.actor("consultant"), field.actor("supervisor")
    saved = log_visit(session, writer, field.visit())
    for actor in (writer, corrector):
        key = correction_key(actor.person_id, saved.id)
        keep_draft(session, actor, key, "visit", {"summary": "Words of the record"}, 0, Corrects(saved.id, 1))

    def words(role):
        (draft,) = my_drafts(session, field.actor(role))
        return draft.content.get("summary"), draft.savable

    assert words("consultant") == words("supervisor") == ("Words of the record", True)
    field.people["consultant"].supervisor_id = None
    field.add(field.people["consultant"])
    session.commit()
    assert words("supervisor") == (None, False), "the consultant whose visit it is has another supervisor now"
    assert words("consultant") == ("Words of the record", True)


def test_the_words_of_a_draft_are_in_no_event(session, field):
    actor, visit = field.actor("consultant"), field.visit()
    keep_draft(session, actor, visit.client_uuid, "visit", {"summary": "only in the draft"})
    drop_draft(session, actor, visit.client_uuid)
    restore_draft(session, actor, visit.client_uuid)
    log_visit(session, actor, visit)
    told = [str(event.model_dump()) for event in session.exec(select(AuditEvent)).all()]
    told += [str(kept.model_dump()) for kept in session.exec(select(AuditContent)).all()]
    assert len(told) > 1
    assert not any("only in the draft" in one for one in told)
