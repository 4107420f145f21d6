"""Two sites full of records, and how to fill every parameter of a query or command for one of them.

Whatever belongs to the other site (in the south) carries the word "Harbor" in its texts.
"""

import uuid
from collections.abc import Callable
from datetime import date, time, timedelta
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
from db.commands.site_import import ImportPlan
from db.commands.staff import add_staff
from db.commands.survey_waves import open_survey
from db.commands.visits import log_visit
from db.commands.waves import record_wave
from db.comparison import told_sums, year_before
from db.exchange.chart_file import ChartTable
from db.exchange.observation_judging import ObservationPlan
from db.exchange.observation_list import ListedObservation
from db.exchange.site_list import ListedSite
from db.instruments import INSTRUMENTS
from db.models import Base
from db.models.base import new_id
from db.models.chart_rebase_input import ChartRebaseInput
from db.models.child_measure_input import ChildMeasureInput
from db.models.enrolment_input import ClosureInput, EnrolmentGroupInput, EnrolmentInput, RoomMonth
from db.models.exclusion_input import PlaceInput, RecordedExclusion, StepInput
from db.models.incident_input import ExclusionInput
from db.models.meeting_input import DecisionInput, DecisionOutcome, MeetingInput, NotesInput
from db.models.meetings import ChartRebase
from db.models.observation_input import ObservationInput
from db.models.organisation_input import ClassroomInput, ProgramInput, RegionInput, SiteInput, StaffInput
from db.models.people_input import PersonInput, ScopeInput
from db.models.survey_input import SurveyInput
from db.models.visit_input import FollowUpInput
from db.models.wave_input import WaveInput, WaveResultInput
from db.period import Period
from db.queries.records import RecordFilter
from tests.factories import Field

try:
    from db.models.organisation_input import SiteEventInput
except ImportError:
    from db.models.enrolment_input import SiteEventInput

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
        add_closure(session, actor, ClosureInput(site_id=site.id, closed_on=_weekday(closed_on), reason="weather"))
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


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


Maker = Callable[[TwoSites, str], Any]


def at(name: str) -> Maker:
    """Fill with a key of the asked side; mixed asks for the foreign key in an own setting."""
    return lambda sites, side: getattr(sites.sides["own" if side == "own" else "foreign"], name)


def place(sites: TwoSites, side: str) -> SimpleNamespace:
    """Give the side whose site is asked for: in mixed arguments the site is one's own."""
    return sites.sides["foreign" if side == "foreign" else "own"]


def room(sites: TwoSites, side: str) -> Any:
    """Give the room that is asked for: in mixed arguments the foreign one."""
    return sites.sides["own" if side == "own" else "foreign"].room


def site_key(sites: TwoSites, side: str) -> uuid.UUID:
    return place(sites, side).site.id


def region_key(sites: TwoSites, side: str) -> uuid.UUID:
    return place(sites, side).site.region_id


def program_key(sites: TwoSites, side: str) -> uuid.UUID:
    return place(sites, side).site.program_id


def visit(sites: TwoSites, side: str) -> Any:
    return sites.visit(place(sites, side).site, classroom_ids=(room(sites, side).id,))


def incident(sites: TwoSites, side: str) -> Any:
    return sites.incident(place(sites, side).room).model_copy(update={"classroom_id": room(sites, side).id})


def observation(sites: TwoSites, side: str) -> ObservationInput:
    scales = INSTRUMENTS[OBSERVED_WITH].scales
    return ObservationInput(
        client_uuid=new_id(), site_id=site_key(sites, side), classroom_id=room(sites, side).id,
        instrument_code=OBSERVED_WITH, observed_on=sites.today, phase="mid",
        cycles=({scale.code: 4.0 for scale in scales},) * 4,
    )  # fmt: skip


def wave(sites: TwoSites, side: str) -> WaveInput:
    result = WaveResultInput(scale_code=INSTRUMENTS[SURVEY].scales[0].code, respondents=8, mean=15)
    return WaveInput(
        client_uuid=new_id(), site_id=site_key(sites, side), instrument_code=SURVEY,
        opened_on=sites.today - timedelta(days=5), closed_on=sites.today, invited=12, results=(result,),
    )  # fmt: skip


def person(sites: TwoSites, side: str) -> PersonInput:
    return PersonInput(sign_in_name=f"new.{uuid.uuid4().hex[:8]}", display_name="New Person", role="consultant")


ARGUMENTS: dict[str, Maker] = {
    "site_id": site_key,
    "site_ids": lambda sites, side: [sites.here.id, sites.elsewhere.id] if side == "mixed" else [site_key(sites, side)],
    "region_id": region_key,
    "program_id": program_key,
    "classroom_id": lambda sites, side: room(sites, side).id,
    "visit_id": at("visit"),
    "incident_id": at("incident"),
    "observation_id": at("observation"),
    "wave_id": at("wave"),
    "exclusion_id": at("exclusion"),
    "measure_id": at("measure"),
    "measure": lambda sites, side: sites.measure_input(place(sites, side).site, days=2),
    "exclusion": lambda sites, side: sites.exclusion_input(place(sites, side).site),
    "meeting_id": at("meeting"),
    "meeting": lambda sites, side: sites.meeting_input(place(sites, side).site, ago=0),
    "notes": lambda sites, side: NotesInput(strengths="a strength"),
    "write_notes.base_version": lambda sites, side: 2,
    "decision_id": at("decision"),
    "decision": lambda sites, side: sites.decision_input("Try two shorter circles."),
    "note_outcome.outcome": lambda sites, side: DecisionOutcome(status="done"),
    "step_id": at("step"),
    "step": lambda sites, side: sites.step_input(),
    "place_id": at("place"),
    "place": lambda sites, side: sites.look_input("month_1"),
    "pack_id": at("pack"),
    "add_pack.content": lambda sites, side: WORDING,
    "closure_id": at("closure"),
    "event_id": at("site_event"),
    "rebase_id": at("chart_rebase"),
    "rebase": lambda sites, side: sites.rebase_input(place(sites, side).site),
    "staff_id": at("staff"),
    "follow_up_id": at("follow_up"),
    "scope_id": at("person_scope"),
    "person_id": lambda sites, side: (sites.people if side == "own" else sites.south_people)["consultant"].id,
    "record_id": at("visit"),
    "subject_id": at("visit"),
    "device_id": at("device"),
    "register_device.device_id": lambda sites, side: new_id(),
    "kind": lambda sites, side: "visit",
    "ask_download.kind": lambda sites, side: "visit_copy",
    "token": lambda sites, side: "made up",
    "client_uuid": lambda sites, side: new_id(),
    "form": lambda sites, side: "visit",
    "content": lambda sites, side: {"summary": "half a note"},
    "version": lambda sites, side: 1,
    "base_version": lambda sites, side: 1,
    "reason": lambda sites, side: "a reason",
    "language": lambda sites, side: "es",
    "code": lambda sites, side: "000000",
    "session_id": lambda sites, side: new_id(),
    "visit": visit,
    "incident": incident,
    "observation": observation,
    "observations": lambda sites, side: ObservationPlan(
        OBSERVED_WITH,
        "mid",
        [
            ListedObservation(
                lines=(2, 3, 4, 5),
                site=place(sites, side).site.name,
                classroom=room(sites, side).name,
                observed_on=sites.today,
                observer="",
                phase=None,
                certified_until=None,
                cycles=observation(sites, side).cycles,
            )
        ],
    ),
    "signature": lambda sites, side: "",
    "report": lambda sites, side: [["Line", "Why"], ["2", "=1+1"]],
    "report_id": lambda sites, side: new_id(),
    "table": lambda sites, side: ChartTable(
        title="Incidents",
        about=[],
        head=["Month", "Incidents"],
        rows=[["Mar 2026", "12"]],
        notes=[],
        made_on=sites.today,
    ),
    "table_id": lambda sites, side: new_id(),
    "screen": lambda sites, side: "site-trends",
    "header": lambda sites, side: ["Site", "Room"],
    "columns": lambda sites, side: {"site": "0"},
    "wave": wave,
    "survey": lambda sites, side: sites.survey_input(place(sites, side).site, "turnover_intent"),
    "print_codes.wave_id": at("survey"),
    "close_survey.wave_id": at("survey"),
    "person": person,
    "password": lambda sites, side: "otter meadow lantern nineteen",
    "last_day": lambda sites, side: sites.today,
    "site": lambda sites, side: SiteInput(
        program_id=program_key(sites, side), name=f"New {uuid.uuid4().hex[:6]}", setting="preschool"
    ),
    "classroom": lambda sites, side: ClassroomInput(
        site_id=site_key(sites, side), name=f"New {uuid.uuid4().hex[:6]}", age_group="toddler"
    ),
    "staff": lambda sites, side: sites.staff_input(place(sites, side).site, f"new {uuid.uuid4().hex[:6]}"),
    "enrolment": lambda sites, side: sites.enrolment_input(place(sites, side).site, room(sites, side), version=1),
    "groups": lambda sites, side: EnrolmentGroupInput(
        site_id=site_key(sites, side),
        classroom_id=room(sites, side).id,
        month=sites.month,
        dimension="iep",
        children={"yes": 4, "no": 12},
    ),
    "closure": lambda sites, side: ClosureInput(
        site_id=site_key(sites, side), closed_on=_weekday(sites.month - timedelta(days=40)), reason="holiday"
    ),
    "event": lambda sites, side: SiteEventInput(
        site_id=site_key(sites, side), kind="training", happened_on=sites.month
    ),
    "scope": lambda sites, side: ScopeInput(
        person_id=sites.people["consultant"].id,
        scope_type="program",
        target_id=program_key(sites, side),
        valid_from=sites.today,
    ),
    "region": lambda sites, side: RegionInput(name=f"New {uuid.uuid4().hex[:6]}", code=uuid.uuid4().hex[:6]),
    "program": lambda sites, side: ProgramInput(
        region_id=region_key(sites, side),
        name=f"New {uuid.uuid4().hex[:6]}",
        type="child_care_center",
    ),
    "plan": lambda sites, side: ImportPlan(
        program_id=program_key(sites, side),
        signature="",
        listed=[ListedSite(number=1, values={"name": "Imported Demo Center"}, setting="preschool")],
    ),
    "listed": lambda sites, side: [
        ListedSite(number=1, values={"name": place(sites, side).site.name, "license_no": "X-1"}, setting="preschool")
    ],
    "outcome": lambda sites, side: "incidents",
    "dimension": lambda sites, side: "race",
    "period": lambda sites, side: Period.last_months(6, sites.today),
    "wanted": lambda sites, side: RecordFilter(
        kind="incident",
        period=Period.last_months(6, sites.today),
        site_id=None if side == "mixed" else site_key(sites, side),
    ),
    "thing": lambda sites, side: "incident",
    "today": lambda sites, side: sites.today,
    "on": lambda sites, side: sites.today - timedelta(days=1),
    "at": lambda sites, side: time(10, 15),
    "child_key": lambda sites, side: "OWN-1" if side == "own" else "HARBOR-1",
    "since": lambda sites, side: sites.today - timedelta(days=400),
    "before": lambda sites, side: sites.today + timedelta(days=1),
    "until": lambda sites, side: sites.today + timedelta(days=30),
    "comparison": lambda sites, side: year_before(6, sites.today),
    "told_sums.comparison": lambda sites, side: told_sums(6, sites.today),
    "first": lambda sites, side: Period.last_months(15, sites.today).start,
    "starts": lambda sites, side: [Period.last_months(months, sites.today).start for months in (3, 15)],
    "latest": lambda sites, side: Period.last_months(3, sites.today).start,
    "end": lambda sites, side: Period.last_months(1, sites.today).end,
    "kinds": lambda sites, side: ("sent_home_early", "expulsion"),
    "month": lambda sites, side: sites.month,
    "instrument_code": lambda sites, side: OBSERVED_WITH,
    "stress_scores.instrument_code": lambda sites, side: SURVEY,
    "scale_code": lambda sites, side: INSTRUMENTS[SURVEY].scales[0].code,
    "cut": lambda sites, side: {"classroom": str(room(sites, side).id), "activity": "transition"},
    "find_people.text": lambda sites, side: "",
    "find_sites.text": lambda sites, side: "",
}
"""How to fill a parameter, by its name or by ``function.parameter``. Parameters with a default may be left out."""
