"""All tables, so that importing this package fills the metadata."""

from db.models.base import Base
from db.models.children import ChildMeasure, ChildScore
from db.models.devices import CaptureDevice
from db.models.drafts import Draft
from db.models.incidents import Exclusion, ExclusionPlace, ExclusionStep, Incident, IncidentChoice
from db.models.instruments import (
    ColumnMapping,
    ComputedScore,
    ImportReport,
    InstrumentPack,
    InstrumentRow,
    Observation,
    RecomputedScore,
    ScaleRow,
    Score,
    SurveyBox,
    SurveyResult,
    SurveyWave,
)
from db.models.meetings import ChartRebase, Meeting, MeetingDecision
from db.models.organisation import (
    Classroom,
    Closure,
    Enrolment,
    EnrolmentGroup,
    Program,
    Region,
    Site,
    SiteEvent,
    Staff,
)
from db.models.people import (
    DownloadToken,
    Person,
    PersonIdentity,
    PersonScope,
    RecoveryCode,
    SignInSession,
    SignInThrottle,
)
from db.models.records import AuditContent, AuditEvent, DatabaseMark, OptionRow, SiteMonth, Tombstone
from db.models.visits import FollowUp, Visit, VisitChoice, VisitClassroom, VisitParticipant

__all__ = [
    "AuditContent",
    "AuditEvent",
    "Base",
    "CaptureDevice",
    "ChartRebase",
    "ChildMeasure",
    "ChildScore",
    "Classroom",
    "Closure",
    "ColumnMapping",
    "ComputedScore",
    "DatabaseMark",
    "DownloadToken",
    "Draft",
    "Enrolment",
    "EnrolmentGroup",
    "Exclusion",
    "ExclusionPlace",
    "ExclusionStep",
    "FollowUp",
    "ImportReport",
    "Incident",
    "IncidentChoice",
    "InstrumentPack",
    "InstrumentRow",
    "Meeting",
    "MeetingDecision",
    "Observation",
    "OptionRow",
    "Person",
    "PersonIdentity",
    "PersonScope",
    "Program",
    "RecomputedScore",
    "RecoveryCode",
    "Region",
    "ScaleRow",
    "Score",
    "SignInSession",
    "SignInThrottle",
    "Site",
    "SiteEvent",
    "SiteMonth",
    "Staff",
    "SurveyBox",
    "SurveyResult",
    "SurveyWave",
    "Tombstone",
    "Visit",
    "VisitChoice",
    "VisitClassroom",
    "VisitParticipant",
]
