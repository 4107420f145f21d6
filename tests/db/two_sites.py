"""Two sites full of records; ``tests/db/arguments.py`` tells how to fill a query's or command's parameters with them.

Whatever belongs to the other site (in the south) carries the word "Harbor" in its texts.
"""

import uuid
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from sqlmodel import Session

from db.commands.child_measures import record_child_measure
from db.commands.closures import add_closure
from db.commands.devices import register_device
from db.commands.enrolment import set_enrolment
from db.commands.exclusions import note_place, note_step, record_exclusion
from db.commands.incidents import record_incident
from db.commands.meetings import add_decision, hold_meeting, write_notes
from db.commands.observations import record_observation
from db.commands.packs import add_pack
from db.commands.site_events import add_site_event
from db.commands.staff import add_staff
from db.commands.survey_waves import open_survey
from db.commands.visits import log_visit
from db.commands.waves import record_wave
from db.instruments import INSTRUMENTS
from db.models import Base
from db.models.base import new_id
from db.models.chart_rebase_input import ChartRebaseInput
from db.models.child_measure_input import ChildMeasureInput
from db.models.enrolment_input import ClosureInput, EnrolmentInput, RoomMonth
from db.models.exclusion_input import PlaceInput, RecordedExclusion, StepInput
from db.models.incident_input import ExclusionInput
from db.models.meeting_input import DecisionInput, MeetingInput, NotesInput
from db.models.meetings import ChartRebase
from db.models.observation_input import ObservationInput
from db.models.organisation_input import SiteEventInput, StaffInput
from db.models.survey_input import SurveyInput
from db.models.visit_input import FollowUpInput
from db.models.wave_input import WaveInput, WaveResultInput
from tests.factories import Field

FOREIGN_WORD = "Harbor"
FOREIGN_SECRET = "Harbor secret"
OBSERVED_WITH = "class_infant"
SURVEY = "pss10"
WORDING = b"""pack: wording
instrument: pss4
licence: Invented for a test
languages: [en]
answers: [{value: 0, en: none}, {value: 1, en: one}, {value: 2, en: two}, {value: 3, en: three}, {value: 4, en: four}]
items: [{en: first}, {en: second}, {en: third}, {en: fourth}]
"""
RECORDS = (
    "visit", "incident", "exclusion", "exclusion_step", "exclusion_place", "observation", "survey_wave", "follow_up",
    "child_measure", "meeting", "meeting_decision",
)  # fmt: skip


class TwoSites(Field):
    """The small field of the other tests, with records of every kind at both of its sites."""

    def __init__(self, session: Session, today: date) -> None:
        super().__init__(session, today)
        self.south_people = {role: self.person(role, f"Harbor {role}") for role in ("consultant", "director")}
        for person in self.south_people.values():
            self.give(person, site_id=self.elsewhere.id)
        self.admin = self.person("admin", "Spare Admin")
        session.commit()
        self.month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        self.sides = {
            "own": self.fill(self.here, self.room, self.people["consultant"], "Own words"),
            "foreign": self.fill(self.elsewhere, self.room_elsewhere, self.south_people["consultant"], FOREIGN_SECRET),
        }
        self.foreign_text = FOREIGN_SECRET
        self.foreign_keys = self._keys(self.elsewhere) | {
            self.elsewhere.id, self.south.id, self.program_elsewhere.id,
            *(person.id for person in self.south_people.values()),
        }  # fmt: skip
        self.foreign_record_keys = self._keys(self.elsewhere, RECORDS)
        self.own_record_keys = self._keys(self.here, RECORDS)
        session.rollback()

    def fill(self, site: Any, room: Any, consultant: Any, words: str) -> SimpleNamespace:
        """Write one record of every kind at a site, as its consultant."""
        session, actor = self.session, self.actor(consultant)
        follow_up = FollowUpInput(text=words, owner="consultant", due_on=self.today)
        visit = self.visit(
            site, summary=words, recommendations=words, reflection=words, classroom_ids=(room.id,),
            follow_ups=(follow_up,),
        )  # fmt: skip
        incident = self.incident(
            room, description=words, child_key="HARBOR-1" if words == FOREIGN_SECRET else "OWN-1",
            permission_on=self.today - timedelta(days=100), responses=("redirect",),
            exclusion=ExclusionInput(type="sent_home_early", started_on=self.today - timedelta(days=1), hours_lost=3),
        )  # fmt: skip
        scales = INSTRUMENTS[OBSERVED_WITH].scales
        observation = ObservationInput(
            client_uuid=new_id(), site_id=site.id, classroom_id=room.id, instrument_code=OBSERVED_WITH,
            observed_on=self.today - timedelta(days=2), phase="baseline", cycles=({s.code: 5.0 for s in scales},) * 4,
        )  # fmt: skip
        wave = WaveInput(
            client_uuid=new_id(), site_id=site.id, instrument_code=SURVEY, opened_on=self.today - timedelta(days=30),
            closed_on=self.today - timedelta(days=20), invited=12,
            results=(WaveResultInput(scale_code=INSTRUMENTS[SURVEY].scales[0].code, respondents=9, mean=17.5, sd=5),),
        )  # fmt: skip
        made = SimpleNamespace(
            site=site, room=room, person=consultant, words=words,
            visit=log_visit(session, actor, visit).id,
            incident=record_incident(session, actor, incident).id,
            observation=record_observation(session, actor, observation).id,
            wave=record_wave(session, actor, wave).id,
        )  # fmt: skip
        made.measure = record_child_measure(session, actor, self.measure_input(site, words)).id
        made.exclusion = record_exclusion(session, actor, self.exclusion_input(site, words)).id
        made.step = note_step(session, actor, made.exclusion, self.step_input(words)).id
        made.place = note_place(session, actor, made.exclusion, self.look_input("closure")).id
        set_enrolment(session, actor, self.enrolment_input(site, room))
        closed_on = self.month - timedelta(days=7)
        add_closure(session, actor, ClosureInput(site_id=site.id, closed_on=weekday(closed_on), reason="weather"))
        event = SiteEventInput(site_id=site.id, kind="training", happened_on=self.month, note=words)
        add_site_event(session, actor, event)
        made.meeting = hold_meeting(session, actor, self.meeting_input(site)).id
        write_notes(session, actor, made.meeting, 1, NotesInput(hypotheses=words))
        decision = self.decision_input(words, cut={"classroom": str(room.id)})
        made.decision = add_decision(session, actor, made.meeting, decision).id
        wanted = self.rebase_input(site, words)
        self.add(ChartRebase(region_id=site.region_id, created_by=consultant.id, **wanted.model_dump()))
        director = self.people["director"] if site is self.here else self.south_people["director"]
        add_staff(session, self.actor(director), self.staff_input(site, f"{site.name} 1"))
        made.pack = add_pack(session, self.actor("admin"), WORDING, site.program_id).id
        made.survey = open_survey(session, actor, self.survey_input(site, "attune_pulse")).id
        made.device = new_id()
        register_device(session, actor, made.device, f"{site.name} tablet")
        tables = {table.name: table for table in Base.metadata.sorted_tables}
        for name in ("closure", "site_event", "chart_rebase", "staff", "follow_up", "person_scope"):
            table = tables[name]
            found = session.connection().execute(table.select().where(table.c.site_id == site.id)).first()
            setattr(made, name, found.id)
        session.commit()
        return made

    def enrolment_input(self, site: Any, room: Any, version: int | None = None) -> EnrolmentInput:
        """Give 16 children on 20 open days in the last full month."""
        row = RoomMonth(classroom_id=room.id, enrolled_average=16, open_days=20, version=version)
        return EnrolmentInput(site_id=site.id, month=self.month, rows=(row,))

    def rebase_input(self, site: Any, words: str = "a new director") -> ChartRebaseInput:
        """Give a new start of the incidents' limits in the last full month."""
        return ChartRebaseInput(site_id=site.id, chart="incidents", starts_on=self.month, reason=words)

    def exclusion_input(self, site: Any, words: str = "") -> RecordedExclusion:
        """Give a child's reduced schedule since a month ago, without an incident."""
        since = self.today - timedelta(days=31)
        lost = ExclusionInput(type="reduced_schedule", started_on=since, hours_lost=30, override_note=words)
        return RecordedExclusion(client_uuid=new_id(), site_id=site.id, exclusion=lost)

    def measure_input(self, site: Any, words: str = "", days: int = 1) -> ChildMeasureInput:
        """Give a child's questionnaire by a teacher, some days ago."""
        return ChildMeasureInput(
            client_uuid=new_id(), site_id=site.id, child_key="HARBOR-1" if words == FOREIGN_SECRET else "OWN-1",
            permission_on=self.today - timedelta(days=100), instrument_code="sdq_2_4", respondent="teacher",
            phase="baseline", measured_on=self.today - timedelta(days=days), scores={"total": 18},
        )  # fmt: skip

    def step_input(self, words: str = "") -> StepInput:
        """Give a meeting with the family, a month ago."""
        return StepInput(step="family_met", done_on=self.today - timedelta(days=30), who="director", note=words)

    def look_input(self, moment: str) -> PlaceInput:
        """Give a child who is in the same program for the full day again."""
        return PlaceInput(moment=moment, noted_on=self.today - timedelta(days=1), place="same_full")

    def meeting_input(self, site: Any, ago: int = 40) -> MeetingInput:
        """Give a site's meeting, some days ago."""
        return MeetingInput(site_id=site.id, held_on=self.today - timedelta(days=ago))

    def decision_input(self, words: str, **values: Any) -> DecisionInput:
        """Give the director's decision about a pattern of incidents, due today."""
        about = {"figure": "pattern"} if "cut" in values else {}
        return DecisionInput(text=words, owner_role="director", due_on=self.today, **about, **values)

    def survey_input(self, site: Any, instrument_code: str) -> SurveyInput:
        """Give a survey on phones for seven people, open today."""
        return SurveyInput(
            client_uuid=new_id(), site_id=site.id, instrument_code=instrument_code, languages=("en", "es"),
            opened_on=self.today, closed_on=self.today, invited=7,
        )  # fmt: skip

    def staff_input(self, site: Any, alias: str) -> StaffInput:
        """Give a lead teacher who was hired a year ago."""
        return StaffInput(site_id=site.id, alias=alias, role="lead", hire_date=self.today - timedelta(days=365))

    def _keys(self, site: Any, only: tuple[str, ...] | None = None) -> set[uuid.UUID]:
        keys: set[uuid.UUID] = set()
        for table in Base.metadata.sorted_tables:
            if {"id", "site_id"} <= set(table.c.keys()) and (only is None or table.name in only):
                keys |= {
                    row.id
                    for row in self.session.connection().execute(table.select().where(table.c.site_id == site.id))
                }
        return keys


def weekday(day: date) -> date:
    """Give the day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
