"""Every join of tables of a region names the region: what finds one that does not, and that it looks at all of them."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, and_, event, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound
from db.models import Classroom, Incident, IncidentChoice, Site, Visit
from db.regions import same_region
from tests.db.region_joins import JoinWithoutRegion, Looker
from tests.db.test_access_everywhere import QUERIES, arguments
from tests.db.two_sites import TwoSites

OF = col(IncidentChoice.incident_id) == col(Incident.id)
ROOM = col(Incident.classroom_id) == col(Classroom.id)
SAME = same_region(IncidentChoice, Incident)
CHOSEN = aliased(IncidentChoice)
INNER = select(col(Incident.id), col(Incident.region_id)).where(col(Incident.hour) == 9)


@pytest.mark.parametrize(
    "statement",
    [
        select(col(Incident.id)).join(IncidentChoice, OF),
        select(col(Incident.id)).join(IncidentChoice, OF & (col(IncidentChoice.list) == "race")),
        select(col(Incident.id)).outerjoin(IncidentChoice, OF).where(SAME | (col(Incident.hour) == 9)),
        select(col(Incident.id)).where(exists().where(OF)),
        select(col(Incident.id)).where(OF),
        select(col(Incident.id)).where(exists().where(CHOSEN.incident_id == Incident.id, SAME, OF)),
        select(col(IncidentChoice.code)).join(inner := INNER.subquery(), inner.c.id == IncidentChoice.incident_id),
        select(col(IncidentChoice.code)).where(col(IncidentChoice.incident_id).in_(select(col(Incident.id)))),
        select(select(col(Incident.id)).where(OF).scalar_subquery()),
        select(col(Incident.id)).join(IncidentChoice, OF & SAME).join(Classroom, ROOM),
        select(col(Incident.id)).where(or_(col(Incident.hour) == 9, exists().where(and_(OF)))),
        select(col(Incident.id)).where(OF, or_(SAME, col(Incident.hour) == 9)),
    ],
    ids=str,
)
def test_a_join_without_the_region_is_found(statement: Any):
    with pytest.raises(JoinWithoutRegion, match="region"):
        Looker().look(statement)


@pytest.mark.parametrize(
    "statement",
    [
        select(col(Incident.id)).join(IncidentChoice, OF & SAME),
        select(col(Incident.id)).where(exists().where(OF, SAME, col(IncidentChoice.list) == "race")),
        select(col(Incident.id)).where(
            exists().where(col(CHOSEN.incident_id) == Incident.id, same_region(CHOSEN, Incident))
        ),
        select(col(IncidentChoice.code)).join(
            inner := INNER.subquery(), (inner.c.id == IncidentChoice.incident_id) & same_region(inner, IncidentChoice)
        ),
        select(col(Incident.id))
        .join(IncidentChoice, OF & SAME)
        .join(Classroom, ROOM & same_region(Incident, Classroom)),
        select(col(Incident.id)).where(or_(OF, col(Incident.hour) == 9), SAME),
        select(col(Visit.id)).join(Site, col(Site.id) == col(Visit.site_id)),
        select(col(Visit.id)).where(col(Visit.site_id).in_(select(col(Site.id)))),
    ],
    ids=str,
)
def test_a_join_with_the_region_or_with_a_table_that_lies_on_every_node_is_not(statement: Any):
    Looker().look(statement)


def test_the_statements_of_all_tests_of_the_database_are_looked_at(session: Session):
    with pytest.raises(JoinWithoutRegion):
        session.exec(select(col(Incident.id)).join(IncidentChoice, OF))


def test_queries_join_many_tables_and_all_by_the_region(sqlite_engine: Engine):
    """Each query once; the tests of its own ask in more ways, and as everybody: they are looked at as well."""
    mine = Looker()
    with open_session(sqlite_engine) as opened:
        sites = TwoSites(opened, date.today())
        actor = sites.actor("consultant")
        event.listen(sqlite_engine, "before_cursor_execute", mine)
        for function in QUERIES.values():
            with suppress(Conflict, InvalidInput, NotFound):
                function(opened, actor, **arguments(function, sites, "own"))
            opened.rollback()
    assert len(mine.joins) > 15
