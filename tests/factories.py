"""Small factories in the field's words. All people, sites and children are invented."""

import uuid
from datetime import date, time, timedelta
from typing import Any

from sqlmodel import Session

from db.actor import Actor, load_actor
from db.models.base import Base, new_id
from db.models.incident_input import IncidentInput
from db.models.organisation import Classroom, Enrolment, Program, Region, Site
from db.models.people import Person, PersonScope
from db.models.visit_input import VisitInput
from tests.clock import NOON


class Field:
    """Two regions (north, south) with one program and one site each; at the north site one person of every role.

    ``here`` and ``elsewhere`` are the two sites, ``room`` and ``room_elsewhere`` their classrooms. The coordinator is
    given the north region, the supervisor supervises the consultant.
    """

    def __init__(self, session: Session, today: date) -> None:
        self.session, self.today = session, today
        self.north = self.add(Region(name="North Demo Region", code="N", timezone=NOON))
        self.south = self.add(Region(name="South Demo Region", code="S", timezone=NOON))
        self.program = self.add(Program(region_id=self.north.id, name="Lantern Program", type="child_care_center"))
        self.program_elsewhere = self.add(
            Program(region_id=self.south.id, name="Harbor Program", type="child_care_center")
        )
        self.here = self.site("Maple Demo Center")
        self.elsewhere = self.site("Harbor Demo Center", self.south, self.program_elsewhere)
        self.room = self.classroom(self.here, "Owls")
        self.room_elsewhere = self.classroom(self.elsewhere, "Otters")
        self.people = {
            role: self.person(role) for role in ("consultant", "supervisor", "director", "coordinator", "admin")
        }
        self.people["consultant"].supervisor_id = self.people["supervisor"].id
        self.add(self.people["consultant"])
        self.give(self.people["consultant"], site_id=self.here.id)
        self.give(self.people["director"], site_id=self.here.id)
        self.give(self.people["coordinator"], region_id=self.north.id)
        session.commit()

    def add(self, row: Any) -> Any:
        """Store one row."""
        self.session.add(row)
        self.session.flush()
        return row

    def site(self, name: str, region: Any = None, program: Any = None, **values: Any) -> Any:
        """Store a site, in the north unless told otherwise."""
        region, program = region or self.north, program or self.program
        values = {"setting": "child_care_center", "capacity": 60, **values}
        return self.add(Site(region_id=region.id, program_id=program.id, name=name, **values))

    def classroom(self, site: Any, name: str, **values: Any) -> Any:
        """Store a classroom of a site."""
        values = {"age_group": "preschool", "capacity": 20, **values}
        return self.add(Classroom(region_id=site.region_id, site_id=site.id, name=name, **values))

    def enrolment(self, room: Any, month: date, enrolled: float = 16, open_days: int | None = 20) -> Any:
        """Store a classroom's children in a month."""
        return self.add(
            Enrolment(
                region_id=room.region_id, site_id=room.site_id, classroom_id=room.id, month=month,
                enrolled_average=enrolled, open_days=open_days,
            )
        )  # fmt: skip

    def person(self, role: str, name: str | None = None) -> Any:
        """Store a person without any scope."""
        name = name or f"demo {role} {uuid.uuid4().hex[:6]}"
        return self.add(Person(sign_in_name=name, display_name=name.title(), role=role))

    def give(self, person: Any, *, from_day: date | None = None, to_day: date | None = None, **target: Any) -> Any:
        """Give a person a scope: ``site_id=``, ``program_id=`` or ``region_id=``, with ``case_role=``."""
        kind = next(name for name in ("site", "program", "region") if f"{name}_id" in target)
        start = from_day or self.today - timedelta(days=400)
        return self.add(PersonScope(person_id=person.id, scope_type=kind, valid_from=start, valid_to=to_day, **target))

    def actor(self, role_or_person: Any, on: date | None = None) -> Actor:
        """Give the actor for one of the people, by role or as a row."""
        person = self.people[role_or_person] if isinstance(role_or_person, str) else role_or_person
        self.session.flush()
        actor = load_actor(self.session, person, on or self.today)
        self.session.commit()
        return actor

    def visit(self, site: Any = None, **values: Any) -> VisitInput:
        """Give a complete, valid visit of 60 minutes, yesterday."""
        site = site or self.here
        return VisitInput(
            **{
                "client_uuid": new_id(),
                "site_id": site.id,
                "visited_on": self.today - timedelta(days=1),
                "started_at": time(9, 30),
                "minutes": 60,
                "minutes_classroom": 60,
                "outcome": "completed",
                "mode": "in_person",
                "reason": "planned",
                "activities": ("classroom_observation",),
                "participants": {"teacher": 2},
                "summary": "Watched the morning circle with both teachers.",
                **values,
            }
        )

    def incident(self, room: Any = None, **values: Any) -> IncidentInput:
        """Give a complete, valid incident, yesterday at 10:15."""
        room = room or self.room
        return IncidentInput(
            **{
                "client_uuid": new_id(),
                "site_id": room.site_id,
                "classroom_id": room.id,
                "occurred_on": self.today - timedelta(days=1),
                "occurred_at": time(10, 15),
                "behaviours": ("physical_aggression",),
                "primary_behaviour": "physical_aggression",
                "activity": "transition",
                **values,
            }
        )


def stored(session: Session, table: type[Base], key: uuid.UUID) -> Any:
    """Give a row as the database holds it now."""
    session.rollback()
    session.expire_all()
    return session.get(table, key)
