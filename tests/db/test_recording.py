"""How sites record, and who their children are."""

from db.commands.incidents import record_incident, remove_incident
from db.models.organisation import EnrolmentGroup
from db.period import Period
from db.queries import compare, recording
from db.rollups import recounted, refresh


def effort(session, field, role):
    period = Period(Period.last_months(12, field.today).start, field.today.replace(day=1))
    _sums, efforts = compare.compared_sites(session, field.actor(role), period)
    return next(one for one in efforts if one.site_id == field.here.id)


def test_rooms_that_record_are_counted_by_month_and_kept_in_step_with_every_change(session, field):
    first, second = Period.last_months(12, field.today).months()[-3:-1]
    other = field.classroom(field.here, "Foxes")
    for month in (first, second):
        field.enrolment(field.room, month)
        field.enrolment(other, month)
    refresh(session, field.here.id, (first, second))
    session.commit()
    actor = field.actor("consultant")
    saved = [record_incident(session, actor, field.incident(room, occurred_on=first)) for room in (field.room, other)]
    record_incident(session, actor, field.incident(field.room, occurred_on=first))
    assert effort(session, field, "consultant")[1:] == (2, 4, 3, 2, 1)
    remove_incident(session, actor, saved[1].id, saved[1].version, "by mistake")
    assert effort(session, field, "consultant")[1:] == (2, 4, 2, 1, 1)
    counts = recounted(session)
    rows = session.connection().execute(counts.select()).all()
    assert sum(row.classrooms_reporting for row in rows) == 1


def test_how_many_rooms_record_is_hidden_where_it_would_tell_that_each_has_one(session, field):
    months = Period.last_months(12, field.today).months()[:-1]
    for month in months:
        field.enrolment(field.room, month)
    refresh(session, field.here.id, months)
    session.commit()
    for month in months[-10:]:
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=month))
    assert effort(session, field, "consultant").forms == 10
    assert effort(session, field, "coordinator").hidden
    for _ in range(30):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=months[-1]))
    assert effort(session, field, "coordinator")[3:] == (40, 10, 1)


def test_who_the_children_are_says_what_was_entered_and_hides_few(session, field):
    mix = recording.case_mix(session, field.actor("coordinator"), [field.here.id, field.elsewhere.id], field.today)
    (site,) = mix
    assert (site.name, site.iep) == ("Maple Demo Center", None)
    assert sum(site.ages.values()) == 1

    def counted(months, yes, no, role="consultant"):
        for category, children in (("yes", yes), ("no", no), ("not_collected", 9)):
            field.add(
                EnrolmentGroup(
                    region_id=field.here.region_id, site_id=field.here.id, classroom_id=field.room.id,
                    month=Period.last_months(months, field.today).start, dimension="iep", category=category,
                    children=children,
                )
            )  # fmt: skip
        session.commit()
        (site,) = recording.case_mix(session, field.actor(role), [field.here.id], field.today)
        return site.iep

    assert counted(4, yes=3, no=9).value == 0.25
    assert counted(3, yes=3, no=30, role="coordinator").hidden
    assert counted(2, yes=10, no=30, role="coordinator").value == 0.25
    assert counted(1, yes=1, no=4).hidden
