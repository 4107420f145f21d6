"""A tablet is given the least that its forms need, in a bounded number of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import Engine, event

from db.commands.incidents import record_incident
from db.commands.visits import log_visit
from db.models import Closure
from db.queries.capture import tablet_data


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    told: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        told.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", note)


def fill(field, site, room, key="K7Q2"):
    """One visit and one incident of the consultant at a site."""
    actor = field.actor("consultant")
    log_visit(field.session, actor, field.visit(site, classroom_ids=(room.id,), summary="PRIVATE words"))
    record_incident(
        field.session, actor,
        field.incident(room, child_key=key, permission_on=field.today - timedelta(days=90), description="PRIVATE"),
    )  # fmt: skip


def test_a_consultant_gets_own_sites_with_rooms_children_last_visit_and_closed_days(session, field):
    gone = field.classroom(field.here, "Gone")
    gone.deleted_at = gone.created_at
    field.add(gone)
    closed = {field.today - timedelta(days=14): "holiday", field.today + timedelta(days=14): "weather"}
    for day, reason in {**closed, field.today - timedelta(days=15): "illness"}.items():
        field.add(Closure(region_id=field.north.id, site_id=field.here.id, closed_on=day, reason=reason))
    fill(field, field.here, field.room)
    found = tablet_data(session, field.actor("consultant"), field.today)
    (site,) = found.sites
    assert (site.site.name, site.site.program, site.forms) == (
        field.here.name,
        "Lantern Program",
        ("visit", "incident"),
    )
    assert [room.name for room in site.classrooms] == ["Owls"]
    assert [child.key for child in site.children] == ["K7Q2"]
    assert site.last_visit is not None
    assert (site.last_visit.minutes, site.last_visit.classroom_ids) == (60, (field.room.id,))
    assert site.closed == closed
    assert found.last_visit_place == (field.here.id, (field.room.id,))
    assert found.last_incident_place == (field.here.id, (field.room.id,))
    assert "PRIVATE" not in repr(asdict(found))


def test_what_each_role_gets_is_what_it_may_write(session, field):
    fill(field, field.here, field.room)
    found = {role: tablet_data(session, field.actor(role), field.today) for role in field.people}
    forms = {role: [site.forms for site in data.sites] for role, data in found.items()}
    assert forms == {
        "consultant": [("visit", "incident")], "director": [("incident",)], "supervisor": [], "coordinator": [],
        "admin": [],
    }  # fmt: skip
    (site,) = found["director"].sites
    assert ([child.key for child in site.children], site.last_visit) == (["K7Q2"], None)


def test_nothing_of_another_site_or_an_inactive_one_is_given(session, field):
    old = field.site("Closed Demo Center")
    room = field.classroom(old, "Finches")
    for site in (old, field.elsewhere):
        field.give(field.people["consultant"], site_id=site.id)
    fill(field, field.elsewhere, field.room_elsewhere, "HARBOR-1")
    fill(field, old, room, "OLD-1")
    old.active = False
    field.add(old)
    stranger = field.person("consultant")
    field.give(stranger, site_id=field.here.id)
    field.give(stranger, site_id=old.id)
    session.commit()
    found = tablet_data(session, field.actor(stranger), field.today)
    assert [site.site.id for site in found.sites] == [field.here.id]
    assert (found.sites[0].children, found.sites[0].last_visit) == ([], None)
    assert tablet_data(session, field.actor("consultant"), field.today).last_visit_place is None


def test_another_persons_visit_is_not_ones_last(session, field):
    fill(field, field.here, field.room)
    colleague = field.person("consultant")
    field.give(colleague, site_id=field.here.id)
    found = tablet_data(session, field.actor(colleague), field.today)
    assert found.sites[0].last_visit is None
    assert found.last_visit_place is None
    assert [child.key for child in found.sites[0].children] == ["K7Q2"]


def test_no_more_than_twelve_children_at_each_site_the_latest_first(session, field):
    second = field.site("Birch Demo Center")
    room = field.classroom(second, "Wrens")
    field.give(field.people["consultant"], site_id=second.id)
    actor, permission = field.actor("consultant"), field.today - timedelta(days=300)
    for number in range(14):
        for where in (field.room, room):
            day = field.today - timedelta(days=number + 1)
            sent = field.incident(where, child_key=f"K-{number:02}", permission_on=permission, occurred_on=day)
            record_incident(session, actor, sent)
    expected = [f"K-{number:02}" for number in range(12)]
    sites = tablet_data(session, actor, field.today).sites
    assert [[child.key for child in site.children] for site in sites] == [expected, expected]


def test_many_sites_need_no_more_statements_than_one(engine, session, field):
    fill(field, field.here, field.room)
    actor = field.actor("consultant")
    with statements(engine) as for_one:
        tablet_data(session, actor, field.today)
    for number in range(30):
        site = field.site(f"Demo Center {number:02}")
        field.give(field.people["consultant"], site_id=site.id)
        fill(field, site, field.classroom(site, "Owls")) if number < 5 else field.classroom(site, "Owls")
    actor = field.actor("consultant")
    session.rollback()
    with statements(engine) as for_many:
        found = tablet_data(session, actor, field.today)
    asked = [one for one in for_many if not one.startswith(("BEGIN", "ROLLBACK"))]
    assert len(found.sites) == 31
    assert sum(site.last_visit is not None for site in found.sites) == 6
    assert len(asked) <= 11
    assert len(asked) <= len(for_one)
