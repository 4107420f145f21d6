"""People with accounts: who writes them, what they reach, and that nobody locks everybody out."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db import operator
from db.commands.people import add_person, change_person, disable_person, enable_person, set_password
from db.commands.scopes import assign_scope, end_scope
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditContent, AuditEvent, Person, PersonScope, SignInSession
from db.models.base import new_id, utc_now
from db.models.people import SECRETS
from db.models.people_input import PersonInput, ScopeInput
from db.passwords import verify
from db.queries.people import find_people, one_person, scopes_of, supervisors
from tests.factories import stored

WORDS = "violet kettle under seven harbors"


def a_person(**values):
    given = {"sign_in_name": "Robin.Demo", "display_name": "Robin O'Demo", "role": "consultant", **values}
    return PersonInput.checked(given)


def as_input(person, **changed):
    return a_person(
        **{"sign_in_name": person.sign_in_name.replace(" ", "."), "display_name": person.display_name,
           "role": person.role, **changed}
    )  # fmt: skip


def signed_in(field, person):
    now = utc_now()
    return field.add(
        SignInSession(
            id=new_id(), token_hash=new_id().hex, person_id=person.id, started_at=now, last_seen_at=now,
            ends_at=now + timedelta(hours=1),
        )
    )  # fmt: skip


def problems_of(refused):
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_an_administrator_adds_a_person_whose_password_is_only_kept_as_a_hash(session, field):
    saved = add_person(session, field.actor("admin"), a_person(), WORDS)
    row = stored(session, Person, saved.id)
    assert (row.sign_in_name, row.role, verify(row.password_hash, WORDS)) == (
        "robin.demo",
        "consultant",
        True,
    )
    content = session.exec(select(AuditContent)).one()
    assert "password_hash" not in content.after
    assert content.after["display_name"] == "Robin O'Demo"


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_nobody_else_writes_people(session, field, role):
    actor, target = field.actor(role), field.people["consultant"]
    scope = ScopeInput(person_id=target.id, scope_type="site", target_id=field.here.id, valid_from=field.today)
    for attempt in (
        lambda: add_person(session, actor, a_person()),
        lambda: change_person(session, actor, target.id, 1, a_person()),
        lambda: disable_person(session, actor, target.id, 1),
        lambda: set_password(session, actor, target.id, WORDS),
        lambda: assign_scope(session, actor, scope),
        lambda: end_scope(session, actor, session.exec(select(PersonScope.id)).first(), 1, field.today),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert set(session.exec(select(AuditEvent.action)).all()) == {"access_denied"}


def test_wrong_values_are_told_at_their_field(session, field):
    admin = field.actor("admin")
    add_person(session, admin, a_person())
    with pytest.raises(InvalidInput) as refused:
        add_person(session, admin, a_person(sign_in_name="ROBIN.demo", supervisor_id=field.people["director"].id))
    assert problems_of(refused) == {("sign_in_name", "already_there"), ("supervisor_id", "not_a_supervisor")}
    with pytest.raises(InvalidInput) as refused:
        add_person(session, admin, a_person(sign_in_name="other"), "short")
    assert problems_of(refused) == {("password", "password_short")}
    with pytest.raises(InvalidInput) as refused:
        a_person(sign_in_name="two words", role="wizard", fte=2)
    assert problems_of(refused) == {("fte", "above_maximum")}
    with pytest.raises(InvalidInput) as refused:
        a_person(sign_in_name="two words", role="wizard", supervisor_id=new_id())
    assert problems_of(refused) == {
        ("sign_in_name", "sign_in_name_form"),
        ("role", "unknown_option"),
        ("supervisor_id", "supervisor_for_consultants"),
    }


@pytest.mark.parametrize("change", ["role", "disable", "password"])
def test_a_new_role_a_closed_account_or_a_new_password_ends_the_sessions(session, field, change):
    person, other = field.people["consultant"], field.people["director"]
    open_here, open_there = signed_in(field, person), signed_in(field, other)
    session.commit()
    admin = field.actor("admin")
    if change == "role":
        change_person(session, admin, person.id, person.version, as_input(person, role="supervisor"))
    elif change == "disable":
        disable_person(session, admin, person.id, person.version)
    else:
        set_password(session, admin, person.id, WORDS)
    assert stored(session, SignInSession, open_here.id).ended_at is not None
    assert stored(session, SignInSession, open_there.id).ended_at is None


def test_a_new_name_keeps_the_sessions(session, field):
    person = field.people["consultant"]
    opened = signed_in(field, person)
    session.commit()
    change_person(session, field.actor("admin"), person.id, person.version, as_input(person, display_name="New Name"))
    assert stored(session, SignInSession, opened.id).ended_at is None


def test_the_last_administrator_can_neither_leave_nor_be_disabled(session, field):
    admin = field.people["admin"]
    with pytest.raises(InvalidInput, match="last_admin"):
        disable_person(session, field.actor("admin"), admin.id, admin.version)
    with pytest.raises(InvalidInput, match="last_admin"):
        change_person(session, field.actor("admin"), admin.id, admin.version, as_input(admin, role="director"))
    without_password = add_person(session, field.actor("admin"), a_person(role="admin"))
    with pytest.raises(InvalidInput, match="last_admin"):
        disable_person(session, field.actor("admin"), admin.id, admin.version)
    set_password(session, field.actor("admin"), without_password.id, WORDS)
    disable_person(session, field.actor("admin"), admin.id, admin.version)
    assert stored(session, Person, admin.id).disabled_at is not None


def test_a_disabled_person_comes_back(session, field):
    person, admin = field.people["director"], field.actor("admin")
    seen = person.version
    saved = disable_person(session, admin, person.id, seen)
    with pytest.raises(Conflict, match="newer_version"):
        enable_person(session, admin, person.id, seen)
    enable_person(session, admin, person.id, saved.version)
    assert stored(session, Person, person.id).disabled_at is None


def test_a_scope_is_given_once_and_ends(session, field):
    admin, person = field.actor("admin"), field.person("consultant")
    session.commit()
    scope = ScopeInput(person_id=person.id, scope_type="site", target_id=field.here.id, valid_from=date(2026, 1, 1))
    saved = assign_scope(session, admin, scope)
    assert field.actor(person, on=date(2026, 2, 1)).scope.sites == {field.here.id}
    with pytest.raises(InvalidInput) as refused:
        assign_scope(session, admin, scope.model_copy(update={"valid_from": date(2026, 5, 1)}))
    assert problems_of(refused) == {("target_id", "already_there")}
    with pytest.raises(InvalidInput, match="end_before_start"):
        end_scope(session, admin, saved.id, 1, date(2025, 12, 31))
    end_scope(session, admin, saved.id, 1, date(2026, 3, 31))
    assert not field.actor(person, on=date(2026, 4, 1)).scope
    assign_scope(session, admin, scope.model_copy(update={"valid_from": date(2026, 5, 1)}))
    assert field.actor(person, on=date(2026, 5, 1)).scope.sites == {field.here.id}


def test_only_a_coordinator_is_given_a_case_role(session, field):
    admin, today = field.actor("admin"), field.today
    given = {"scope_type": "program", "target_id": field.program.id, "case_role": True, "valid_from": today}
    with pytest.raises(InvalidInput) as refused:
        assign_scope(session, admin, ScopeInput(person_id=field.people["director"].id, **given))
    assert problems_of(refused) == {("case_role", "case_role_for_coordinators")}
    assign_scope(session, admin, ScopeInput(person_id=field.people["coordinator"].id, **given))
    assert field.actor("coordinator").case_scope.programs == {field.program.id}


def test_each_role_finds_only_the_people_of_its_reach(session, field):
    far = field.person("consultant", "far consultant")
    field.give(far, site_id=field.elsewhere.id)
    both = field.person("consultant", "both consultant")
    field.give(both, site_id=field.elsewhere.id)
    field.give(both, site_id=field.here.id)
    session.commit()

    def names(role):
        return {person.display_name for person in find_people(session, field.actor(role), active=None).people}

    everyone = {person.display_name for person in (*field.people.values(), far, both)}
    name = {role: person.display_name for role, person in field.people.items()}
    assert names("admin") == everyone
    assert names("coordinator") == everyone - {"Far Consultant", name["supervisor"], name["admin"]}
    assert names("supervisor") == {
        name["supervisor"], name["consultant"], name["director"], "Both Consultant",
    }  # fmt: skip
    assert names("consultant") == names("director") == set()
    with pytest.raises(NotFound):
        one_person(session, field.actor("coordinator"), far.id)
    seen = scopes_of(session, field.actor("coordinator"), both.id)
    assert [scope.place for scope in seen] == ["Maple Demo Center"]
    assert len(scopes_of(session, field.actor("admin"), both.id)) == 2


def test_people_are_found_by_name_and_role(session, field):
    admin = field.actor("admin")
    add_person(session, admin, a_person())
    found = find_people(session, admin, text="o'demo", role="consultant")
    assert (found.total, found.people[0].sign_in_name) == (1, "robin.demo")
    assert find_people(session, admin, text="%").total == 0
    assert [choice.name for choice in supervisors(session, admin)] == [field.people["supervisor"].display_name]
    details = one_person(session, admin, found.people[0].id)
    assert (details.can_sign_in, details.active, "password" in str(details._fields)) == (False, True, False)


def test_no_secret_of_an_account_is_in_an_audit_event(session, field):
    saved = add_person(session, field.actor("admin"), a_person(), WORDS)
    row = session.get(Person, saved.id)
    row.totp_secret, row.totp_confirmed_at = "GEZDGNBVGY3TQOJQ", utc_now()
    field.add(row)
    session.commit()
    change_person(session, field.actor("admin"), saved.id, saved.version, as_input(row, display_name="Robin Other"))
    set_password(session, field.actor("admin"), saved.id, f"{WORDS} again")
    disable_person(session, field.actor("admin"), saved.id, stored(session, Person, saved.id).version)
    operator.add_person(session, "by.operator", "admin", "By Operator", WORDS)
    kept = [set(side or {}) for one in session.exec(select(AuditContent)) for side in (one.before, one.after)]
    assert any("display_name" in names for names in kept)
    assert not [names for names in kept if names & SECRETS]


def test_an_operator_takes_a_lost_second_step_away_and_ends_the_sessions(session, field):
    person = field.people["consultant"]
    person.totp_secret, person.totp_confirmed_at = "GEZDGNBVGY3TQOJQ", utc_now()
    held = signed_in(field, person)
    session.commit()
    assert operator.reset_second_factor(session, person.sign_in_name.upper())
    row = stored(session, Person, person.id)
    assert (row.totp_secret, row.totp_confirmed_at) == (None, None)
    assert stored(session, SignInSession, held.id).end_reason == "second_factor"
    assert not operator.reset_second_factor(session, person.sign_in_name)
