"""What a stored incident holds in its child tables, in the shape of its input: for corrections, history and screens."""

import uuid
from typing import Any

from sqlmodel import Session, col, select

from db.models.incident_input import CHOICES, ExclusionInput
from db.models.incidents import Exclusion, IncidentChoice


def incident_lists(session: Session, incident_id: uuid.UUID) -> dict[str, Any]:
    """Give what a stored incident holds in its child tables, in the shape of the input."""
    chosen = (
        session.connection()
        .execute(
            select(col(IncidentChoice.list), col(IncidentChoice.code)).where(
                col(IncidentChoice.incident_id) == incident_id
            )
        )
        .all()
    )
    exclusion = session.exec(select(Exclusion).where(Exclusion.incident_id == incident_id)).first()
    kept = exclusion and exclusion.deleted_at is None
    return {
        **{
            field: sorted(code for option_list, code in chosen if option_list == wanted)
            for field, wanted in CHOICES.items()
        },
        "exclusion": {name: getattr(exclusion, name) for name in ExclusionInput.model_fields} if kept else None,
    }
