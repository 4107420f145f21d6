"""How incidents can be cut: by which answers, what such a cut looks like in an address, and as a condition in SQL.

A cut is a mapping from dimensions to codes: an option's code, an hour, a weekday (0 is Monday), a classroom's key, or a
child's mark.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from db.models.incidents import Incident, IncidentChoice
from db.regions import same_region

Cut = Mapping[str, str]

DIMENSIONS = (
    "classroom", "location", "weekday", "hour", "activity", "behaviour", "motivation", "response", "child",
)  # fmt: skip


def child_mark(site_id: uuid.UUID, child_key: str) -> str:
    """Give what stands for a child key in an address: addresses land in logs and in a browser's history."""
    return uuid.uuid5(site_id, child_key).hex[:12]


def column(dimension: str) -> Any:
    """Give the SQL of a dimension's code; not for responses, of which an incident can have several."""
    return {
        "classroom": col(Incident.classroom_id),
        "location": col(Incident.location),
        "weekday": cast(col(Incident.weekday), String),
        "hour": cast(col(Incident.hour), String),
        "activity": col(Incident.activity),
        "behaviour": col(Incident.primary_behaviour),
        "motivation": col(Incident.motivation),
        "child": col(Incident.child_key),
    }[dimension]


def condition(cut: Cut, child_key: str | None = None) -> ColumnElement[bool]:
    """Give the condition on incidents that a cut is; ``child_key`` is whom its child's mark stands for."""
    parts: list[ColumnElement[bool]] = []
    for dimension, code in cut.items():
        if dimension == "response":
            # Under a name of its own: the query around it may look at the same table.
            chosen = aliased(IncidentChoice)
            parts.append(
                exists().where(
                    col(chosen.incident_id) == col(Incident.id),
                    same_region(chosen, Incident),
                    col(chosen.list) == "response",
                    col(chosen.code) == code,
                )
            )
        elif dimension == "classroom":
            parts.append(col(Incident.classroom_id) == uuid.UUID(code))
        elif dimension in ("hour", "weekday"):
            parts.append(getattr(Incident, dimension) == int(code))
        else:
            parts.append(column(dimension) == (child_key if dimension == "child" else code))
    return and_(true(), *parts)
