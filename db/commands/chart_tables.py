"""The numbers of a chart on their way to a file: kept as they were seen, fetched once, with a trace."""

import uuid
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import Session, col

from db import audit
from db.acting import whole_reach
from db.actor import Actor
from db.commands.command import command
from db.errors import AccessDenied, InvalidInput, Problem
from db.exchange.chart_file import ChartTable
from db.models.base import new_id, utc_now
from db.models.people import KeptTable

KEPT_FOR = timedelta(days=1)
MOST_CELLS = 100_000


@command
def keep_table(session: Session, actor: Actor, table: ChartTable) -> uuid.UUID:
    """Keep a chart's table for whoever looks at it, and give its key. What was kept for a day goes.

    Raises:
        InvalidInput: it has more than 100,000 cells.
    """
    if len(table.rows) * len(table.head) > MOST_CELLS:
        raise InvalidInput([Problem("table", "too_long", {"max_length": MOST_CELLS})])
    with whole_reach():  # whoever's they are: they go after a day
        session.connection().execute(delete(KeptTable).where(col(KeptTable.made_at) < utc_now() - KEPT_FOR))
    kept = KeptTable(id=new_id(), person_id=actor.person_id, content=table.model_dump(mode="json"), made_at=utc_now())
    session.add(kept)
    return kept.id


@command
def fetch_table(session: Session, actor: Actor, table_id: uuid.UUID) -> ChartTable:
    """Give a table of one's own, with an audit event that names the chart, and let it go.

    Raises:
        NotFound: it is somebody else's, or was fetched before.
    """
    kept = session.get(KeptTable, table_id)
    if kept is None or kept.person_id != actor.person_id:
        raise AccessDenied("kept_table", "see", entity_id=table_id)
    table = ChartTable.of(kept.content)
    audit.append(
        session,
        actor_id=actor.person_id,
        actor_role=actor.role,
        action="export",
        entity="kept_table",
        entity_id=table_id,
        rows=len(table.rows),
        reason="; ".join([table.title, *(f"{label}: {value}" for label, value in table.about)])[:300],
    )
    session.delete(kept)
    return table
