"""The screen about people: who sees it, who changes whom, and what is asked before."""

from sqlmodel import select

from db.commands.devices import register_device
from db.devices import device_state
from db.models import Person, PersonScope
from db.models.base import new_id
from tests.pages.test_sites import press, rows, words


def person_row(field, key):
    field.session.rollback()
    field.session.expire_all()
    return field.session.get(Person, key)


def test_consultants_and_directors_find_nobody(field, open_screen):
    for role in ("consultant", "director"):
        assert "We could not find that." in words(open_screen("people", role))


def test_a_coordinator_reads_but_does_not_change(field, open_screen):
    screen = open_screen("people", "coordinator", person=str(field.people["consultant"].id))
    assert "Sign-in name: demo consultant" in words(screen)
    assert not [button for button in screen.button if button.label.startswith(("Save", "Deactivate"))]
    reach = open_screen("people", "coordinator", person=str(field.people["consultant"].id), part="reach")
    assert "Maple Demo Center" in words(reach)
    assert not [button for button in reach.button if button.label in {"Assign", "End today"}]
    refused = open_screen("people", "coordinator", person=str(field.people["consultant"].id), part="password")
    assert "We could not find that." in words(refused)


def test_a_person_out_of_reach_is_not_found(field, open_screen):
    far = field.person("consultant", "far consultant")
    field.give(far, site_id=field.elsewhere.id)
    assert "We could not find that." in words(open_screen("people", "coordinator", person=str(far.id)))


def test_an_administrator_adds_a_person_and_is_led_to_what_comes_next(field, open_screen):
    screen = open_screen("people", "admin", do="add")
    press(screen, "Add person")
    assert "Please fill this in." in words(screen)
    name, sign_in = screen.text_input[:2]
    name.set_value("Robin O'Demo")
    sign_in.set_value("robin.demo")
    screen.button_group[0].set_value("director")
    press(screen, "Add person")
    assert "The person was added." in words(screen)
    assert "no password yet" in words(screen)
    stored = next(row for row in rows(field, Person) if row.sign_in_name == "robin.demo")
    assert (stored.display_name, stored.role) == ("Robin O'Demo", "director")
    assert str(stored.id) in screen.query_params["person"]


def test_a_weak_password_is_told_and_a_proposed_one_is_taken(field, open_screen):
    target = field.people["director"]
    screen = open_screen("people", "admin", person=str(target.id), part="password")
    screen.text_input[0].set_value("short")
    press(screen, "Set password")
    assert "15 characters or more" in words(screen)
    assert person_row(field, target.id).password_hash is None
    press(screen, "Propose one")
    assert len(screen.text_input[0].value.split()) == 8
    press(screen, "Set password")
    assert "The password is set, and open screens of this person end." in words(screen)
    assert person_row(field, target.id).password_set_by_other_at is not None
    assert person_row(field, target.id).password_hash.startswith("$argon2id$")


def test_a_site_is_assigned_and_the_assignment_ends(field, open_screen):
    target = field.people["consultant"]
    screen = open_screen("people", "admin", person=str(target.id), part="reach")
    chips = [group for group in screen.button_group if "Which one" in group.label]
    chips[0].set_value(str(field.elsewhere.id))
    press(screen, "Assign")
    assert "Assigned." in words(screen)
    given = field.session.exec(select(PersonScope).where(PersonScope.person_id == target.id)).all()
    assert {scope.site_id for scope in given} == {field.here.id, field.elsewhere.id}
    press(screen, "End today")
    assert "Ended today." in words(screen)


def test_the_last_administrator_is_not_deactivated(field, open_screen):
    admin = field.people["admin"]
    screen = open_screen("people", "admin", person=str(admin.id))
    press(screen, "Deactivate this account")
    assert "last active administrator" in words(screen)
    assert person_row(field, admin.id).disabled_at is None


def test_an_administrator_ends_a_persons_tablet_after_one_question(field, open_screen):
    target, key = field.people["consultant"], new_id()
    register_device(field.session, field.actor("consultant"), key, "Blue *tablet*")
    for role in ("coordinator", "supervisor"):
        assert "Tablets" not in words(open_screen("people", role, person=str(target.id)))
    screen = open_screen("people", "admin", person=str(target.id))
    assert "Blue *tablet*" in words(screen)
    assert "End the access of this tablet?" in words(screen)
    press(screen, "End access now")
    assert "The access of this tablet has ended." in words(screen)
    assert "Blue" not in words(screen)
    assert device_state(field.session, key) == "revoked"


def test_ones_own_tablets_stand_at_the_end_of_today(field, open_screen):
    assert "Your tablets" not in words(open_screen("today", "consultant"))
    key = new_id()
    register_device(field.session, field.actor("consultant"), key)
    assert "Your tablets" not in words(open_screen("today", "director"))
    screen = open_screen("today", "consultant")
    assert "Tablet without a name" in words(screen)
    press(screen, "End access now")
    assert "The access of this tablet has ended." in words(screen)
    assert device_state(field.session, key) == "revoked"
