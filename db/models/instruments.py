"""Instruments, observations of classroom quality, and survey waves with their totals."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field

from db.models.base import Base, Kept, Part, Placed, Submitted, check, one_of, part_of, to_be_named


class InstrumentRow(Base, table=True):
    """An instrument of the registry, so that the database itself refuses a score for one that does not exist."""

    __tablename__ = "instrument"
    code: str = Field(primary_key=True, max_length=40)
    name: str = Field(max_length=160)
    edition: str = Field(max_length=40)
    kind: str = Field(max_length=20)


class ScaleRow(Base, table=True):
    """A scale of an instrument, with the values it can take."""

    __tablename__ = "scale"
    __table_args__ = (check("range_order", "minimum < maximum"),)
    instrument_code: str = Field(primary_key=True, foreign_key="instrument.code", max_length=40)
    code: str = Field(primary_key=True, max_length=60)
    minimum: float
    maximum: float
    step: float | None = Field(default=None)
    direction: str = Field(max_length=20)


class Observation(Base, Kept, Placed, Submitted, table=True):
    """One observation of a classroom with one instrument by one observer."""

    __table_args__ = (
        one_of("phase", "observation_phase"),
        check("cycles_sensible", "cycles BETWEEN 1 AND 6"),
        check("certified", "certified_until IS NULL OR certified_until >= observed_on"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        ForeignKeyConstraint(["classroom_id", "site_id"], ["classroom.id", "classroom.site_id"]),
        to_be_named("observation"),
        Index("ix_observation_site_id_observed_on", "site_id", "observed_on"),
        Index("ix_observation_region_id_observed_on", "region_id", "observed_on"),
    )
    classroom_id: uuid.UUID
    instrument_code: str = Field(foreign_key="instrument.code", max_length=40)
    observed_on: date
    observer_id: uuid.UUID = Field(foreign_key="person.id")
    certified_until: date | None = Field(default=None)
    phase: str = Field(max_length=20)
    cycles: int = Field(default=1)


class Score(Base, Part, table=True):
    """A raw score: one scale in one cycle, as the observer gave it (never reversed)."""

    __table_args__ = (
        part_of("observation", "observation_id"),
        ForeignKeyConstraint(["instrument_code", "scale_code"], ["scale.instrument_code", "scale.code"]),
    )
    observation_id: uuid.UUID = Field(primary_key=True)
    scale_code: str = Field(primary_key=True, max_length=60)
    cycle: int = Field(primary_key=True)
    instrument_code: str = Field(max_length=40)
    value: float


class ComputedScore(Base, Part, table=True):
    """A domain score with the version of its formula; empty where a dimension is missing."""

    __tablename__ = "computed_score"
    __table_args__ = (part_of("observation", "observation_id"),)
    observation_id: uuid.UUID = Field(primary_key=True)
    code: str = Field(primary_key=True, max_length=60)
    value: float | None = Field(default=None)
    cycles: int
    formula_version: str = Field(max_length=40)


class RecomputedScore(Base, Part, table=True):
    """A domain score by a later version of its formula, beside the one computed at the time: both stay."""

    __tablename__ = "recomputed_score"
    __table_args__ = (part_of("observation", "observation_id"),)
    observation_id: uuid.UUID = Field(primary_key=True)
    code: str = Field(primary_key=True, max_length=60)
    formula_version: str = Field(primary_key=True, max_length=40)
    value: float | None = Field(default=None)
    cycles: int
    computed_at: datetime


class SurveyWave(Base, Kept, Placed, Submitted, table=True):
    """One round of a staff survey at a site."""

    __tablename__ = "survey_wave"
    __table_args__ = (
        check("date_order", "closed_on >= opened_on"),
        check("invited_sensible", "invited BETWEEN 1 AND 500"),
        ForeignKeyConstraint(["site_id", "region_id"], ["site.id", "site.region_id"]),
        UniqueConstraint("site_id", "instrument_code", "opened_on"),
        to_be_named("survey_wave"),
        Index("ix_survey_wave_site_id_closed_on", "site_id", "closed_on"),
        Index("ix_survey_wave_region_id_closed_on", "region_id", "closed_on"),
    )
    instrument_code: str = Field(foreign_key="instrument.code", max_length=40)
    opened_on: date
    closed_on: date
    invited: int
    collected: str = Field(default="totals", max_length=10)
    languages: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    counted_at: datetime | None = Field(default=None)


class SurveyBox(Base, Part, table=True):
    """The sealed box of a wave that staff answer on their phones.

    ``unused`` are the hashes of the codes that nobody used yet, ``answers`` the sheets that came. Both lists are
    shuffled and the whole row is written anew at each answer: a code leaves no trace, a sheet has no key, no time and
    no order, so that nothing in the tables joins the two. The region is the wave's, as is the site: it is the box's,
    and tells nothing more about a sheet in it.
    """

    __tablename__ = "survey_box"
    __table_args__ = (part_of("survey_wave", "wave_id"),)
    wave_id: uuid.UUID = Field(primary_key=True)
    unused: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    answers: list[Any] = Field(default_factory=list, sa_type=JSON, nullable=False)


class InstrumentPack(Base, Kept, table=True):
    """An instrument that a program added, or the item wording that it holds a licence for, as it was uploaded."""

    __tablename__ = "instrument_pack"
    code: str = Field(max_length=40, index=True)
    kind: str = Field(max_length=20)
    content: str = Field(max_length=60_000)
    licence_note: str = Field(default="", max_length=300)
    program_id: uuid.UUID | None = Field(default=None, foreign_key="program.id")


class ColumnMapping(Base, table=True):
    """Which column of a file means what, as a person chose it for files with the same header."""

    __tablename__ = "column_mapping"
    person_id: uuid.UUID = Field(foreign_key="person.id", primary_key=True)
    kind: str = Field(primary_key=True, max_length=20)
    header_digest: str = Field(primary_key=True, max_length=64)
    mapping: dict[str, str] = Field(sa_type=JSON, nullable=False)
    used_at: datetime


class ImportReport(Base, table=True):
    """Which rows of a file were refused and why, until the person fetched it as a file, or for a day."""

    __tablename__ = "import_report"
    id: uuid.UUID = Field(primary_key=True)
    person_id: uuid.UUID = Field(foreign_key="person.id", index=True)
    content: str = Field(nullable=False)
    made_at: datetime


class SurveyResult(Base, Part, table=True):
    """What one scale of a wave came to: how many answered, their mean, and its spread. Never one person's answer."""

    __tablename__ = "survey_result"
    __table_args__ = (
        part_of("survey_wave", "wave_id"),
        check("respondents_sensible", "respondents BETWEEN 0 AND 500"),
        check("sd_sensible", "sd IS NULL OR sd >= 0"),
        ForeignKeyConstraint(["instrument_code", "scale_code"], ["scale.instrument_code", "scale.code"]),
    )
    wave_id: uuid.UUID = Field(primary_key=True)
    scale_code: str = Field(primary_key=True, max_length=60)
    instrument_code: str = Field(max_length=40)
    respondents: int
    mean: float
    sd: float | None = Field(default=None)
