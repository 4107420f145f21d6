"""What a list of children's questionnaires would add, before anything is written."""

from sqlmodel import Session

from db import access
from db.actor import Actor
from db.exchange.child_judging import ChildPlan, ChildPreview, judged_measures
from db.queries.query import single


@single
def preview_child_measures(session: Session, actor: Actor, measures: ChildPlan) -> ChildPreview:
    """Give what each row of a file would do. Nothing is written.

    Raises:
        NotFound: the actor may not add children's measures.
    """
    access.require(actor, "child_measure", "add")
    return judged_measures(session, actor, measures)
