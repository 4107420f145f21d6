"""Setting a chart's limits anew: by a person, with a reason, where the chart has points, and undoable."""

from datetime import date

import pytest
from sqlmodel import select

from db import rollups
from db.commands.chart_rebases import add_chart_rebase, remove_chart_rebase
from db.errors import Conflict, InvalidInput, NotFound
from db.models import AuditEvent
from db.models.base import new_id
from db.models.chart_rebase_input import ChartRebaseInput
from db.models.incidents import Exclusion
from db.models.instruments import Observation
from db.period import Period
from db.queries.chart_rebases import chart_rebases
from db.queries.site_time import AgreedDose, EventDays, agreed_dose, exclusion_days, new_editions


@pytest.fixture
def engine(sqlite_engine):
    return sqlite_engine


@pytest.fixture
def months(session, field) -> list[date]:
    """Twelve full months with enrolment, the oldest first."""
    found = Period.last_months(13, field.today).months()[:-1]
    for month in found:
        field.enrolment(field.room, month)
    rollups.refresh(session, field.here.id, found)
    session.commit()
    return found


def rebase(field, starts_on, chart="incidents", reason="A new director began"):
    return ChartRebaseInput.checked(
        {"site_id": field.here.id, "chart": chart, "starts_on": starts_on, "reason": reason}
    )


def refused(session, actor, wanted):
    with pytest.raises(InvalidInput) as caught:
        add_chart_rebase(session, actor, wanted)
    return [(problem.field, problem.code) for problem in caught.value.problems]


@pytest.mark.parametrize("role", ["consultant", "supervisor", "director"])
def test_who_works_with_the_site_sets_limits_anew_and_takes_it_back(session, field, months, role):
    actor = field.actor(role)
    saved = add_chart_rebase(session, actor, rebase(field, months[6]))
    (line,) = chart_rebases(session, actor, field.here.id)
    assert (line.chart, line.starts_on, line.reason) == ("incidents", months[6], "A new director began")
    assert (line.by, line.may_remove) == (field.people[role].display_name, True)
    with pytest.raises(InvalidInput):
        remove_chart_rebase(session, actor, saved.id, "  ")
    remove_chart_rebase(session, actor, saved.id, "The wrong month")
    assert chart_rebases(session, actor, field.here.id) == []
    with pytest.raises(Conflict):
        remove_chart_rebase(session, actor, saved.id, "Again")
    events = session.exec(select(AuditEvent.action, AuditEvent.reason).where(AuditEvent.entity == "chart_rebase")).all()
    assert events == [("add_chart_rebase", "A new director began"), ("remove_chart_rebase", "The wrong month")]


def test_a_coordinator_sees_it_and_may_not_touch_it(session, field, months):
    saved = add_chart_rebase(session, field.actor("director"), rebase(field, months[6]))
    coordinator = field.actor("coordinator")
    assert [line.may_remove for line in chart_rebases(session, coordinator, field.here.id)] == [False]
    for attempt in (
        lambda: add_chart_rebase(session, coordinator, rebase(field, months[5])),
        lambda: remove_chart_rebase(session, coordinator, saved.id, "why not"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert chart_rebases(session, field.actor("admin"), field.here.id) == []


def test_a_start_needs_points_before_and_after_it(session, field, months):
    actor = field.actor("director")
    early, late = months[0].replace(year=months[0].year - 1), months[-1].replace(year=months[-1].year + 1)
    assert refused(session, actor, rebase(field, early)) == [("starts_on", "rebase_before_data")]
    assert refused(session, actor, rebase(field, months[0])) == [("starts_on", "rebase_before_data")]
    assert refused(session, actor, rebase(field, months[2])) == [("starts_on", "rebase_few_points")]
    assert refused(session, actor, rebase(field, months[10])) == [("starts_on", "rebase_few_points")]
    assert refused(session, actor, rebase(field, late)) == [("starts_on", "rebase_few_points")]
    add_chart_rebase(session, actor, rebase(field, months[3]))
    assert refused(session, actor, rebase(field, months[3])) == [("starts_on", "already_there")]
    assert refused(session, actor, rebase(field, months[5])) == [("starts_on", "rebase_few_points")]
    add_chart_rebase(session, actor, rebase(field, months[9]))
    assert [line.starts_on for line in chart_rebases(session, actor, field.here.id)] == [months[3], months[9]]


def test_sending_twice_stores_once(session, field, months):
    key, actor = new_id(), field.actor("director")
    first, again = (add_chart_rebase(session, actor, rebase(field, months[6]), key=key) for _ in range(2))
    assert (first.created, again.created, first.id) == (True, False, again.id)


@pytest.mark.parametrize(
    ("changed", "field_name", "code"),
    [
        ({"reason": " "}, "reason", "too_short"),
        ({"chart": "everything"}, "chart", "unknown_option"),
        ({"chart": "quality:class_prek_2"}, "chart", "unknown_option"),
        ({"starts_on": date(2026, 3, 2)}, "starts_on", "not_a_month"),
    ],
)
def test_a_reason_a_known_chart_and_a_month_are_needed(field, changed, field_name, code):
    values = {"starts_on": date(2026, 3, 1), **changed}
    with pytest.raises(InvalidInput) as caught:
        rebase(field, **values)
    assert [(problem.field, problem.code) for problem in caught.value.problems] in (
        [(field_name, code)], [(field_name, "required")],
    )  # fmt: skip


def test_every_kind_of_chart_knows_its_own_points(session, field, months):
    actor, placed = field.actor("director"), {"region_id": field.here.region_id, "site_id": field.here.id}
    marks = {"client_uuid": None, "content_digest": "x", "source": "web"}
    for chart in ("visits", "exclusions", "quality:class_prek_2:emotional_support"):
        assert refused(session, actor, rebase(field, months[6], chart)) == [("starts_on", "rebase_before_data")]
    for month in months:
        marks["client_uuid"] = new_id()
        field.add(Exclusion(**placed, **marks, type="sent_home_early", started_on=month))
        field.add(
            Observation(
                **placed, **{**marks, "client_uuid": new_id()}, classroom_id=field.room.id,
                instrument_code="class_prek_2", observed_on=month, observer_id=field.people["consultant"].id,
                phase="mid", cycles=4,
            )
        )  # fmt: skip
    session.commit()
    add_chart_rebase(session, actor, rebase(field, months[6], "exclusions"))
    wanted = rebase(field, months[6], "quality:class_prek_2:emotional_support")
    assert refused(session, actor, wanted) == [("starts_on", "rebase_few_points")], "two quarters on either side"


def test_the_days_of_exclusions_are_only_for_who_may_read_them(session, field, months):
    placed = {"region_id": field.here.region_id, "site_id": field.here.id}
    for month, kind in ((months[3], "expulsion"), (months[5], "sent_home_early")):
        field.add(
            Exclusion(**placed, client_uuid=new_id(), content_digest="x", source="web", type=kind, started_on=month)
        )
    session.commit()
    period = Period.last_months(13, field.today)
    found = exclusion_days(session, field.actor("director"), period, field.here.id)
    assert found == EventDays(True, ((months[3], "expulsion"), (months[5], "sent_home_early")))
    assert (found.days(), found.days(("expulsion",))) == ([months[3], months[5]], [months[3]])
    assert exclusion_days(session, field.actor("director"), Period.last_months(3, field.today), field.here.id).open
    assert exclusion_days(session, field.actor("coordinator"), period, field.here.id) == EventDays(False, ())
    assert exclusion_days(session, field.actor("director"), period, field.elsewhere.id) == EventDays(False, ())


def test_a_new_edition_is_told_by_its_month_and_the_first_is_none(session, field, months):
    placed = {"region_id": field.here.region_id, "site_id": field.here.id, "classroom_id": field.room.id}
    for code, on in (("class_prek_1", months[1]), ("class_prek_2", months[5].replace(day=9)), ("tpot", months[7])):
        field.add(
            Observation(
                **placed, instrument_code=code, observed_on=on, observer_id=field.people["consultant"].id, phase="mid",
                cycles=1, client_uuid=new_id(), content_digest="x", source="web",
            )
        )  # fmt: skip
    session.commit()
    for role in ("director", "coordinator"):
        assert new_editions(session, field.actor(role), field.here.id) == [("class_prek_2", months[5])]
    assert new_editions(session, field.actor("admin"), field.here.id) == []


def test_what_was_agreed_is_told_to_who_sees_the_site(session, field):
    field.here.planned_minutes_month = 240
    session.add(field.here)
    session.commit()
    assert agreed_dose(session, field.actor("director"), field.here.id).minutes_month == 240
    assert agreed_dose(session, field.actor("director"), field.elsewhere.id) == AgreedDose(None, None, None)
