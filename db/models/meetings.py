"""What people decided about a site's figures: a new start of a chart's limits, a monthly meeting, its decisions."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlmodel import Field

from db.models.base import Base, Kept, Placed, below, one_of, to_be_named


class ChartRebase(Base, Kept, Placed, table=True):
    """From this month on the limits of a chart are set anew, because something is known to have changed.

    ``chart`` says which: ``incidents``, ``exclusions``, ``visits``, or ``quality:<instrument>:<score>``.
    """

    __tablename__ = "chart_rebase"
    __table_args__ = (
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        Index("ix_chart_rebase_site_id", "site_id"),
    )
    chart: str = Field(max_length=120)
    starts_on: date
    reason: str = Field(max_length=300)


class Meeting(Base, Kept, Placed, table=True):
    """A site's monthly meeting: what the people there think of what they saw (Look, Think, Act)."""

    __table_args__ = (
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        to_be_named("meeting"),
        Index("ix_meeting_site_id_held_on", "site_id", "held_on"),
    )
    held_on: date
    strengths: str = Field(default="", max_length=600)
    hypotheses: str = Field(default="", max_length=600)
    looked_at: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON, nullable=False)


class MeetingDecision(Base, Kept, Placed, table=True):
    """What a meeting decided: what, whose job, until when, and how it went.

    ``rule`` is the signal that suggested it, if one did; ``figure`` the code of the figure that it is about and
    ``figure_then`` what that was, so that the next meeting sees it beside what happened since.
    """

    __tablename__ = "meeting_decision"
    __table_args__ = (
        one_of("status", "decision_status"),
        one_of("owner_role", "reported_by_role"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        below("meeting", "meeting_id"),
        Index("ix_meeting_decision_site_id_due_on", "site_id", "due_on"),
    )
    meeting_id: uuid.UUID = Field(index=True)
    text: str = Field(max_length=300)
    owner_id: uuid.UUID | None = Field(default=None, foreign_key="person.id")
    owner_role: str | None = Field(default=None, max_length=20)
    due_on: date
    status: str = Field(default="open", max_length=20)
    closed_on: date | None = Field(default=None)
    outcome: str = Field(default="", max_length=300)
    rule: str | None = Field(default=None, max_length=60)
    figure: str | None = Field(default=None, max_length=60)
    figure_then: dict[str, Any] | None = Field(default=None, sa_type=JSON)
