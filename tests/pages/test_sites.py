"""The screen about sites: find, open, change, enter enrollment, import; and what it never shows."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from db.commands.waves import record_wave
from db.models import Closure, Enrolment, EnrolmentGroup, Site, SiteEvent, Staff
from db.models.base import new_id
from db.models.wave_input import WaveInput, WaveResultInput
from tests.db.test_site_import import LIST


def words(screen):
    kinds = ("text", "caption", "markdown", "success", "error", "warning", "info", "subheader")
    return "\n".join(element.value for kind in kinds for element in getattr(screen, kind))


def press(screen, label):
    found = [button for button in screen.button if button.label == label]
    assert found, [button.label for button in screen.button]
    return found[-1].click().run()


def rows(field, table):
    field.session.rollback()
    field.session.expire_all()
    return field.session.exec(select(table)).all()


def test_the_list_shows_only_the_sites_of_the_person(field, open_screen):
    shown = [button.label for button in open_screen("sites", "director").button]
    assert any("Maple Demo Center" in label for label in shown)
    assert not any("Harbor" in label for label in shown)
    assert not any(label == "Add a site" for label in shown)


def test_a_search_that_finds_nothing_says_what_to_do(field, open_screen):
    screen = open_screen("sites", "coordinator", find="%")
    assert "No site fits this search" in words(screen)
    assert "import a list" in words(screen)


@pytest.mark.parametrize("address", ["foreign", "not-a-key", "0190aaaa-0000-7000-8000-000000000000"])
def test_a_site_out_of_reach_is_not_found(field, open_screen, address):
    key = str(field.elsewhere.id) if address == "foreign" else address
    screen = open_screen("sites", "director", site=key)
    assert "We could not find that." in words(screen)
    assert "Harbor" not in words(screen)


@pytest.mark.parametrize(
    ("role", "query"),
    [("director", {"do": "import"}), ("consultant", {"do": "add"}), ("coordinator", {"do": "programs"})],
)
def test_tasks_that_a_role_does_not_have_are_not_drawn(field, open_screen, role, query):
    screen = open_screen("sites", role, **query)
    assert not screen.get("file_uploader")
    assert not [button for button in screen.button if button.label in {"Add site", "Add program"}]


def test_names_with_marks_are_shown_as_they_are(field, open_screen):
    name = "O'Hara ![x](https://host.invalid/p.png) <b>$1$</b>"
    site = field.site(name)
    field.give(field.people["director"], site_id=site.id)
    screen = open_screen("sites", "director", site=str(site.id))
    heading = screen.subheader[0].value
    assert "\\!\\[x\\]\\(" in heading
    assert "https://host" not in heading.replace("\\", "")


def test_a_coordinator_changes_a_site_and_wrong_values_keep_what_was_typed(field, open_screen):
    screen = open_screen("sites", "coordinator", site=str(field.here.id))
    next(one for one in screen.text_input if "Name" in one.label).set_value("   ")
    next(one for one in screen.text_input if one.label == "City").set_value("Alder")
    press(screen, "Save site")
    assert "Please fill this in." in words(screen)
    assert next(one for one in screen.text_input if one.label == "City").value == "Alder"
    next(one for one in screen.text_input if "Name" in one.label).set_value("Maple Demo Center Two")
    press(screen, "Save site")
    assert "The site was saved." in words(screen)
    stored = next(site for site in rows(field, Site) if site.id == field.here.id)
    assert (stored.name, stored.city, stored.version) == ("Maple Demo Center Two", "Alder", 2)


def test_a_name_that_is_taken_is_told_at_the_field_and_nothing_is_lost(field, open_screen):
    field.site("Taken Demo Center")
    screen = open_screen("sites", "coordinator", site=str(field.here.id))
    next(one for one in screen.text_input if "Name" in one.label).set_value("Taken Demo Center")
    press(screen, "Save site")
    assert "There is one with this already." in words(screen)
    assert next(one for one in screen.text_input if "Name" in one.label).value == "Taken Demo Center"


def test_a_site_is_deactivated_and_activated(field, open_screen):
    screen = open_screen("sites", "coordinator", site=str(field.here.id))
    press(screen, "Deactivate this site")
    assert "not active any more" in words(screen)
    press(screen, "Activate this site")
    assert "active again" in words(screen)


def test_enrollment_is_carried_over_checked_and_saved(field, open_screen):
    field.enrolment(field.room, date(2025, 1, 1), 14)
    today = date.today()
    month = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    screen = open_screen("sites", "director", site=str(field.here.id), part="enrollment", month=f"{month:%Y-%m}")
    assert "Enrollment is missing for 12 months" in words(screen)
    assert "Carried over" in words(screen)
    enrolled, open_days, attended = screen.number_input
    assert (enrolled.value, open_days.value >= 20) == (14, True)
    attended.set_value(999.0)
    press(screen, "Save enrollment")
    assert "child-days are possible" in words(screen)
    screen.number_input[2].set_value(200.0)
    press(screen, "Save enrollment")
    assert "was saved" in words(screen)
    stored = {row.month: row.attended_child_days for row in rows(field, Enrolment)}
    assert stored[month] == 200


def test_a_tap_on_a_day_closes_it_and_another_opens_it_again(field, open_screen):
    screen = open_screen("sites", "consultant", site=str(field.here.id), part="closures", calendar="2026-01")
    screen.get_by_key("closure_calendar_reason").set_value("weather").run()
    for closed in (True, False):
        screen.get_by_key("closed_2026-01-07").click().run()
        (closure,) = rows(field, Closure)
        assert (closure.closed_on, closure.reason, closure.deleted_at is None) == (date(2026, 1, 7), "weather", closed)
        assert ("7 · Weather" in [button.label for button in screen.button]) is closed
    assert not [button for button in screen.button if button.key == "closed_2026-01-10"]  # a Saturday


def test_a_month_that_is_not_offered_is_not_found(field, open_screen):
    screen = open_screen("sites", "consultant", site=str(field.here.id), part="closures", calendar="1999-01")
    assert "We could not find that." in words(screen)


def test_several_days_are_closed_at_once_and_a_missing_reason_is_told(field, open_screen):
    screen = open_screen("sites", "consultant", site=str(field.here.id), part="closures")
    screen.session_state["part_closures_add"] = True
    screen.run()
    screen.date_input[0].set_value(date(date.today().year, 1, 1))
    press(screen, "Save")
    assert "Please fill this in." in words(screen)
    assert rows(field, Closure) == []


def test_events_are_added_and_taken_out(field, open_screen):
    screen = open_screen("sites", "consultant", site=str(field.here.id), part="marks")
    screen.button_group[-1].set_value("training")
    screen.date_input[0].set_value(date(2025, 3, 3))
    press(screen, "Save")
    assert "The event was added." in words(screen)
    press(screen, "Take out")
    assert [event.deleted_at is not None for event in rows(field, SiteEvent)] == [True]


def test_what_is_missing_is_told_by_room_with_what_it_holds_back(field, open_screen):
    field.classroom(field.here, "Butterflies")
    screen = open_screen("sites", "director", site=str(field.here.id), part="enrollment")
    assert "Butterflies, Owls have no enrollment. Incident rates of this month are held back." in words(screen)


def test_one_tap_takes_over_the_month_before(field, open_screen):
    today = date.today()
    field.enrolment(field.room, date(today.year - 2, 12, 1), 14)
    stored = field.enrolment(field.room, date(today.year - 1, 1, 1), 9)
    field.session.commit()
    months_back = (today.year - stored.month.year) * 12 + today.month - stored.month.month
    assert months_back < 25
    screen = open_screen("sites", "director", site=str(field.here.id), part="enrollment", month=f"{stored.month:%Y-%m}")
    assert screen.number_input[0].value == 9
    press(screen, f"Copy from Dec {today.year - 2}")
    assert screen.number_input[0].value == 14


def test_the_groups_of_the_month_before_are_taken_over_and_saved(field, open_screen):
    today = date.today()
    month = date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)
    field.enrolment(field.room, month, 16)
    place = {"region_id": field.north.id, "site_id": field.here.id, "classroom_id": field.room.id}
    for category, children in (("yes", 3), ("no", 13)):
        field.add(
            EnrolmentGroup(**place, month=date(2025, 1, 1), dimension="iep", category=category, children=children)
        )
    screen = open_screen("sites", "director", site=str(field.here.id), part="enrollment", month=f"{month:%Y-%m}")
    screen.session_state["part_groups"] = True
    screen.run()
    next(one for one in screen.button_group if "iep" in one.options or "IEP" in str(one.options)).set_value("iep").run()
    press(screen, "Copy from Jan 2025")
    press(screen, "Save groups")
    assert "The groups were saved." in words(screen)
    assert sum(row.children for row in rows(field, EnrolmentGroup) if row.month == month) == 16


def test_turnover_stands_above_the_staff_with_what_it_rests_on(field, open_screen):
    hired, left = date(2020, 1, 1), date.today().replace(day=1) - timedelta(days=40)
    for alias, gone in (("Lead 1", None), ("Lead 2", None), ("Helper", left)):
        field.add(
            Staff(
                region_id=field.north.id, site_id=field.here.id, alias=alias, role="lead", fte=1, hire_date=hired,
                leave_date=gone, leave_reason="moved_away" if gone else None,
            )
        )  # fmt: skip
    screen = open_screen("sites", "director", site=str(field.here.id), part="staff")
    assert screen.metric[0].label == "Staff who left, per 100 staff and year"
    assert "1 person left; 2.9 worked here on average" in words(screen)


@pytest.mark.parametrize(("answered", "shown"), [(7, True), (4, False)])
def test_intent_to_leave_stands_beside_turnover_once_enough_have_answered(field, open_screen, answered, shown):
    day = date.today() - timedelta(days=40)
    wave = WaveInput(
        client_uuid=new_id(), site_id=field.here.id, instrument_code="turnover_intent", opened_on=day, closed_on=day,
        invited=12, results=(WaveResultInput(scale_code="intent", respondents=answered, mean=2.75, sd=1.1),),
    )  # fmt: skip
    record_wave(field.session, field.actor("consultant"), wave)
    told = words(open_screen("sites", "director", site=str(field.here.id), part="staff"))
    assert "Intent to leave" in told
    assert ("2.75" in told) is shown


def test_directors_see_no_tab_of_people(field, open_screen):
    screen = open_screen("sites", "director", site=str(field.here.id))
    assert "People" not in str(screen.button_group[0].options)
    assert "We could not find that." in words(open_screen("sites", "director", site=str(field.here.id), part="people"))
    assert "Demo Consultant" in words(open_screen("sites", "coordinator", site=str(field.here.id), part="people"))


def test_a_list_is_imported_after_its_preview(field, open_screen):
    screen = open_screen("sites", "coordinator", do="import")
    screen.get("file_uploader")[0].upload("list.csv", LIST.encode(), "text/csv").run()
    assert not screen.exception
    metrics = {metric.label: metric.value for metric in screen.metric}
    assert metrics == {"Added": "5", "Changed": "0", "Unchanged": "0", "Refused": "5"}
    assert next(button for button in screen.button if button.label.startswith("Add 5")).disabled
    screen.checkbox[0].check().run()
    press(screen, "Add 5 sites")
    assert "5 sites added" in words(screen)
    assert len(rows(field, Site)) == 7


def test_a_file_that_is_no_list_is_refused_in_words(field, open_screen):
    screen = open_screen("sites", "coordinator", do="import")
    screen.get("file_uploader")[0].upload("list.csv", b"PK\x03\x04zip", "text/csv").run()
    assert "This is neither an Excel workbook (.xlsx) nor a CSV file" in words(screen)
