"""How to fill every parameter of a query or command for one's own site, for the foreign one, or for both mixed.

A new public query or command says here how its parameters are filled; ``tests/db/two_sites.py`` holds the records.
"""

import uuid
from collections.abc import Callable
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any

from db.commands.site_import import ImportPlan
from db.comparison import told_sums, year_before
from db.exchange.chart_file import ChartTable
from db.exchange.child_judging import ChildPlan
from db.exchange.child_list import ListedMeasure
from db.exchange.observation_judging import ObservationPlan
from db.exchange.observation_list import ListedObservation
from db.exchange.site_list import ListedSite
from db.instruments import INSTRUMENTS
from db.models.base import new_id
from db.models.enrolment_input import ClosureInput, EnrolmentGroupInput
from db.models.meeting_input import DecisionOutcome, NotesInput
from db.models.observation_input import ObservationInput
from db.models.organisation_input import ClassroomInput, ProgramInput, RegionInput, SiteEventInput, SiteInput
from db.models.people_input import PersonInput, ScopeInput
from db.models.wave_input import WaveInput, WaveResultInput
from db.period import Period
from db.queries.records import RecordFilter
from tests.db.two_sites import OBSERVED_WITH, SURVEY, WORDING, TwoSites, weekday

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
    "measures": lambda sites, side: ChildPlan(
        "sdq_4_17",
        "teacher",
        "mid",
        [
            ListedMeasure(
                line=2,
                site=place(sites, side).site.name,
                child_key="K-77",
                measured_on=sites.today,
                permission_on=sites.today,
                respondent=None,
                phase=None,
                scores={"total": 12.0},
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
        site_id=site_key(sites, side), closed_on=weekday(sites.month - timedelta(days=40)), reason="holiday"
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
