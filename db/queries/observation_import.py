"""What an export of observations would add, before anything is written; and what was chosen for such a file before."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from db import access, acting, audit
from db.actor import Actor
from db.exchange.observation_judging import ObservationPlan, ObservationPreview, judged_observations
from db.models.instruments import ColumnMapping
from db.queries.query import single


@single
def preview_observations(session: Session, actor: Actor, observations: ObservationPlan) -> ObservationPreview:
    """Give what each observation of a file would do. Nothing is written.

    Raises:
        NotFound: the actor may not add observations.
    """
    access.require(actor, "observation", "add")
    return judged_observations(session, actor, observations)


def remembered_columns(session: Session, actor: Actor, kind: str, header: Sequence[str]) -> dict[str, str]:
    """Give what this person chose for files with this header before; nothing where there was none."""
    acting.note(actor.person_id)
    found = session.exec(
        select(ColumnMapping).where(
            col(ColumnMapping.person_id) == actor.person_id,
            col(ColumnMapping.kind) == kind,
            col(ColumnMapping.header_digest) == audit.digest(list(header)),
        )
    ).first()
    return dict(found.mapping) if found else {}
