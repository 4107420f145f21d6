"""What a stored visit holds in its child tables, in the shape of its input: for corrections, history and screens."""

import uuid
from typing import Any

from sqlmodel import Session, col, select

from db.models.visit_input import CHOICES
from db.models.visits import FollowUp, VisitChoice, VisitClassroom, VisitParticipant


def visit_lists(session: Session, visit_id: uuid.UUID) -> dict[str, Any]:
    """Give what a stored visit holds in its child tables, in the shape of the input."""
    run = session.connection().execute
    chosen = run(
        select(col(VisitChoice.list), col(VisitChoice.code)).where(col(VisitChoice.visit_id) == visit_id)
    ).all()
    rooms = run(select(col(VisitClassroom.classroom_id)).where(col(VisitClassroom.visit_id) == visit_id)).scalars()
    people = run(
        select(col(VisitParticipant.role), col(VisitParticipant.people)).where(
            col(VisitParticipant.visit_id) == visit_id
        )
    ).all()
    promised = session.exec(
        select(FollowUp)
        .where(FollowUp.visit_id == visit_id, col(FollowUp.deleted_at).is_(None))
        .order_by(col(FollowUp.id))
    )
    return {
        "classroom_ids": sorted(map(str, rooms)),
        **{
            field: sorted(code for option_list, code in chosen if option_list == wanted)
            for field, wanted in CHOICES.items()
        },
        "participants": dict(sorted((role, count) for role, count in people)),
        "follow_ups": [{"text": one.text, "owner": one.owner, "due_on": one.due_on} for one in promised],
    }
