"""Measures of one child: scores of a questionnaire that a parent or a teacher filled in, never its items."""

import uuid
from datetime import date

from sqlalchemy import ForeignKeyConstraint, Index
from sqlmodel import Field

from db.models.base import Base, Kept, Part, Placed, Submitted, check, one_of, part_of, to_be_named


class ChildMeasure(Base, Kept, Placed, Submitted, table=True):
    """One questionnaire about one child, known by its key, with the family's permission."""

    __tablename__ = "child_measure"
    __table_args__ = (
        one_of("phase", "observation_phase"),
        check("permission_first", "permission_on <= measured_on"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        to_be_named("child_measure"),
        Index("ix_child_measure_site_id_measured_on", "site_id", "measured_on"),
        Index("ix_child_measure_region_id_measured_on", "region_id", "measured_on"),
    )
    child_key: str = Field(max_length=20)
    permission_on: date
    instrument_code: str = Field(foreign_key="instrument.code", max_length=40)
    measured_on: date
    respondent: str = Field(max_length=20)
    phase: str = Field(max_length=20)
    recorded_by: uuid.UUID = Field(foreign_key="person.id")


class ChildScore(Base, Part, table=True):
    """One scale of a child's questionnaire, as its scoring sheet came to it."""

    __tablename__ = "child_score"
    __table_args__ = (
        part_of("child_measure", "child_measure_id"),
        ForeignKeyConstraint(["instrument_code", "scale_code"], ["scale.instrument_code", "scale.code"]),
    )
    child_measure_id: uuid.UUID = Field(primary_key=True)
    scale_code: str = Field(primary_key=True, max_length=60)
    instrument_code: str = Field(max_length=40)
    value: float
