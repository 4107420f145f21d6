"""The screen of one site's trends."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from db import rollups
from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.models.base import new_id
from db.models.instruments import SurveyResult, SurveyWave
from db.period import Period

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
    assert "Most often: Physical aggression, 100% (3 of 3)." in shown


def test_opening_the_numbers_offers_the_records_only_to_whoever_may_read_them(open_screen, session, field):
    incidents(session, field, 12, month(field))
    for role, label in (("director", "Show the numbers and open the records"), ("coordinator", "Show the numbers")):
        screen = open_screen("site_trends", role, view="Patterns")
        assert [one.label for one in screen.expander] == [label]


def test_small_counts_are_not_told_to_a_coordinator_without_a_case_role(open_screen, session, field, enrolled):
    incidents(session, field, 3, month(field))
    shown = said(open_screen("site_trends", "coordinator"))
    assert "1 of 11 months have too few incidents to be shown to you" in shown
    shown = said(open_screen("site_trends", "coordinator", view="Patterns"))
    assert "All counts are too small to be shown." in shown
    assert "The number of records is hidden to protect privacy" in shown


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
                wave_id=wave.id, scale_code="demands", instrument_code="ccw_jsi", respondents=respondents,
                mean=mean, sd=0.5,
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
