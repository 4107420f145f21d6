"""The screen of one site's trends."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from db import rollups
from db.commands.chart_rebases import add_chart_rebase
from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.models.base import new_id
from db.models.chart_rebase_input import ChartRebaseInput
from db.models.incident_input import ExclusionInput
from db.models.instruments import SurveyResult, SurveyWave
from db.models.records import SiteMonth
from db.period import Period
from db.queries import trends
from db.queries.chart_rebases import chart_rebases

MOST_STATEMENTS = 14


def said(screen):
    kinds = (screen.title, screen.subheader, screen.markdown, screen.text, screen.caption, screen.info)
    return "\n".join(one.value for kind in kinds for one in kind)


def month(field, ago=1):
    return Period.last_months(12, field.today).months()[-1 - ago]


def incidents(session, field, number, on, **values):
    for _ in range(number):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=on, **values))


@pytest.fixture
def enrolled(session, field):
    """A site whose one classroom has an enrolment for every month of a year."""
    months = Period.last_months(12, field.today).months()
    for one in months:
        field.enrolment(field.room, one)
    rollups.refresh(session, field.here.id, months)


def test_a_director_sees_the_rate_with_what_it_rests_on(open_screen, session, field, enrolled):
    incidents(session, field, 4, month(field))
    log_visit(session, field.actor("consultant"), field.visit(visited_on=month(field)))
    shown = said(open_screen("site_trends", "director"))
    assert "Incidents: 4. Child-days: 3,520. Full months: 11." in shown
    assert "One child-day is one child enrolled on one open day." in shown
    shown = said(open_screen("site_trends", "director", view="Consultation"))
    assert "1 visit with 1.0 hours." in shown


def test_without_open_days_the_rate_is_per_enrolled_children_and_says_so(open_screen, session, field):
    for ago in range(1, 9):
        field.enrolment(field.room, month(field, ago), open_days=None)
    incidents(session, field, 2, month(field))
    shown = said(open_screen("site_trends", "director"))
    assert "this is per 100 enrolled children and month" in shown


def test_without_any_denominator_there_are_counts_and_what_is_missing(open_screen, session, field):
    incidents(session, field, 2, month(field))
    shown = said(open_screen("site_trends", "director"))
    assert "These are counts, not rates" in shown
    assert "Enrollment is missing for 11 months" in shown
    assert "Owls" in shown


def test_an_empty_site_says_what_to_do(open_screen, field):
    shown = said(open_screen("site_trends", "director"))
    assert "No incident is on record in this period" in shown
    shown = said(open_screen("site_trends", "director", view="Consultation"))
    assert "No visit is on record in this period" in shown
    assert "No minutes a month are agreed with this site" in shown


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director", "coordinator"])
def test_a_foreign_site_in_the_address_is_not_found(open_screen, field, role):
    shown = said(open_screen("site_trends", role, site=str(field.elsewhere.id)))
    assert "We could not find that." in shown
    assert "Harbor" not in shown


def test_patterns_are_told_in_one_sentence(open_screen, session, field):
    incidents(session, field, 3, month(field), responses=("redirect",))
    shown = said(open_screen("site_trends", "director", view="Patterns"))
    assert "Most often: physical aggression; activity: transition; in the hour from 10 AM" in shown
    assert "What adults did most often: redirect." in shown


def test_small_counts_are_not_told_to_a_coordinator_without_a_case_role(open_screen, session, field, enrolled):
    incidents(session, field, 3, month(field))
    shown = said(open_screen("site_trends", "coordinator"))
    assert "1 of 11 months have too few incidents to be shown to you" in shown
    assert "Hidden to protect privacy: 1 of 11 full months." in shown
    assert "Most often" not in said(open_screen("site_trends", "coordinator", view="Patterns"))


def test_staff_stress_of_few_people_is_hidden(open_screen, session, field):
    placed = {"region_id": field.here.region_id, "site_id": field.here.id}
    for respondents, mean, ago in ((8, 2.5, 3), (3, 4.75, 1)):
        closed = month(field, ago)
        wave = field.add(
            SurveyWave(
                **placed, instrument_code="ccw_jsi", opened_on=closed - timedelta(days=5), closed_on=closed,
                invited=20, client_uuid=new_id(), content_digest="x",
            )
        )  # fmt: skip
        field.add(
            SurveyResult(
                wave_id=wave.id, region_id=wave.region_id, scale_code="demands", instrument_code="ccw_jsi",
                respondents=respondents, mean=mean, sd=0.5,
            )
        )  # fmt: skip
    shown = said(open_screen("site_trends", "director", view="Staff stress"))
    assert "Job demands 2.5" in shown
    assert "4.8" not in shown
    assert "Hidden: fewer than 5 people answered" in shown


@pytest.mark.parametrize(
    "view", ["Overview", "Consultation", "Patterns", "Lost care", "Classroom quality", "Staff stress"]
)
def test_a_part_reads_the_database_in_few_statements(open_screen, session, field, engine, enrolled, view):
    from db import engine as engine_module

    incidents(session, field, 12, month(field))
    field.session.commit()
    counted = []
    made = engine_module.engine()
    event.listen(made, "before_cursor_execute", lambda *args: counted.append(args[2]))
    open_screen("site_trends", "director", view=view)
    selects = [statement for statement in counted if statement.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert 0 < len(selects) <= MOST_STATEMENTS


def rebase_key(field, name):
    return f"rebase_{field.here.id}_incidents_{name}"


def opened_part(open_screen, role, part, view="Overview"):
    screen = open_screen("site_trends", role, view=view)
    screen.session_state[part] = True
    return screen.run()


def test_a_director_sets_limits_anew_with_a_reason_and_takes_it_back(open_screen, session, field, enrolled):
    screen = opened_part(open_screen, "director", f"part_rebase_rebase_{field.here.id}_incidents")
    screen.text_input(key=rebase_key(field, "reason")).input("A new director")
    screen.button(key=rebase_key(field, "save")).click().run()
    assert "Please fill this in." in said(screen) + "".join(one.value for one in screen.error)
    assert screen.text_input(key=rebase_key(field, "reason")).value == "A new director"
    screen.selectbox(key=rebase_key(field, "starts_on")).select(month(field, 6).isoformat())
    screen.button(key=rebase_key(field, "save")).click().run()
    shown = said(screen)
    assert f"Limits set anew from {month(field, 6):%b %Y}: A new director" in shown
    assert f"{field.people['director'].display_name}, " in shown
    assert "Center and limits were set anew from" in shown
    (line,) = chart_rebases(session, field.actor("director"), field.here.id)
    screen.text_input(key=f"undo_{line.id}_reason_for_change").input("Wrong month")
    screen.button(key=f"undo_{line.id}_save").click().run()
    assert "Limits set anew from" not in said(screen)
    session.rollback()
    assert chart_rebases(session, field.actor("director"), field.here.id) == []


def test_a_coordinator_reads_why_limits_were_set_anew_and_cannot_change_it(open_screen, session, field, enrolled):
    wanted = ChartRebaseInput(site_id=field.here.id, chart="incidents", starts_on=month(field, 6), reason="New forms")
    add_chart_rebase(session, field.actor("director"), wanted)
    screen = open_screen("site_trends", "coordinator")
    assert "New forms" in said(screen)
    assert not [one for one in screen.button if one.key and ("rebase" in one.key or "undo" in one.key)]
    assert [one.label for one in screen.expander if "Events" in one.label] == ["Events on the time axis"]


@pytest.mark.parametrize("role", ["consultant", "director"])
def test_an_event_is_added_and_taken_out_under_the_chart(open_screen, session, field, enrolled, role):
    screen = opened_part(open_screen, role, "part_events")
    name = f"trend_event_{field.here.id}"
    screen.session_state[f"{name}_kind"] = "training"
    screen.date_input(key=f"{name}_happened_on").set_value(month(field, 3))
    screen.run()
    screen.button(key=f"{name}_save").click().run()
    assert "The event was added." in said(screen) + "".join(one.value for one in screen.success)
    (mark,) = trends.marks(session, field.actor(role), Period.last_months(12, field.today), field.here.id)
    assert (mark.kind, mark.on) == ("training", month(field, 3))
    (take_out,) = [one for one in screen.button if one.label == "Take out"]
    take_out.click().run()
    session.rollback()
    assert trends.marks(session, field.actor(role), Period.last_months(12, field.today), field.here.id) == []


def test_limits_never_rest_on_shown_months_only(open_screen, session, field, enrolled):
    for row in session.exec(select(SiteMonth).where(SiteMonth.site_id == field.here.id)):
        row.incidents = row.incidents_covered = 3 if row.month < month(field, 9) else 12
        session.add(row)
    shown = said(open_screen("site_trends", "coordinator", period="3"))
    assert "Some earlier months have too few incidents to be shown to you" in shown
    assert "Usual level" not in shown
    assert "Cannot tell yet" not in shown


def test_what_was_agreed_stands_beside_what_was_delivered(open_screen, session, field, enrolled):
    field.here.planned_minutes_month, field.here.service_start = 120, month(field, 4)
    for ago in (1, 2):
        log_visit(session, field.actor("consultant"), field.visit(visited_on=month(field, ago)))
    screen = open_screen("site_trends", "director", view="Consultation")
    assert "In 4 full months of service, 25% (2 of 8) of the agreed hours were delivered." in said(screen)
    assert "does not show that one moved the other" in said(screen)


def test_lost_care_that_is_rare_is_judged_by_the_time_between(open_screen, session, field, enrolled):
    for ago in (8, 6, 4):
        exclusion = ExclusionInput(type="expulsion", started_on=month(field, ago), hours_lost=4)
        incidents(session, field, 1, month(field, ago), exclusion=exclusion)
    for which, title in (("all", "From one time that care was lost"), ("severe", "From one suspension or expulsion")):
        shown = said(open_screen("site_trends", "director", view="Lost care", which=which))
        assert title in shown
        assert "Too few to tell a change from chance: 2 gaps known" in shown
    assert "From one" not in said(open_screen("site_trends", "coordinator", view="Lost care"))


def test_hidden_months_are_told_together_to_a_coordinator_without_a_case_role(session, field, open_screen):
    for ago, number in ((1, 6), (2, 7)):
        on = Period.last_months(ago + 1, field.today).start
        for _incident in range(number):
            record_incident(session, field.actor("consultant"), field.incident(occurred_on=on))
    screen = open_screen("site_trends", "coordinator", site=str(field.here.id))
    assert "Hidden months, told together" in said(screen)
    assert "together: 13." in said(screen)
    assert "told together" not in said(open_screen("site_trends", "director", site=str(field.here.id)))
