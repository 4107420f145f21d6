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
        self.north = Region(name="North Demo Region", code="N", timezone=NOON)
        self.south = Region(name="South Demo Region", code="S", timezone=NOON)
        roles = ("consultant", "supervisor", "director", "coordinator", "admin")
        self.people = {role: _person(role) for role in roles}
        self._add_together(self.north, self.south, *self.people.values())
        self.program = Program(region_id=self.north.id, name="Lantern Program", type="child_care_center")
        self.program_elsewhere = Program(region_id=self.south.id, name="Harbor Program", type="child_care_center")
        self.people["consultant"].supervisor_id = self.people["supervisor"].id
        self._add_together(self.program, self.program_elsewhere)
        self.here = _site("Maple Demo Center", self.north, self.program)
        self.elsewhere = _site("Harbor Demo Center", self.south, self.program_elsewhere)
        self._add_together(self.here, self.elsewhere)
        self.room = _classroom(self.here, "Owls")
        self.room_elsewhere = _classroom(self.elsewhere, "Otters")
        self._add_together(
            self.room, self.room_elsewhere,
            self._scope(self.people["consultant"], site_id=self.here.id),
            self._scope(self.people["director"], site_id=self.here.id),
            self._scope(self.people["coordinator"], region_id=self.north.id),
        )  # fmt: skip
        session.commit()

    def add(self, row: Any) -> Any:
        """Store one row."""
        self.session.add(row)
        self.session.flush()
        return row

    def _add_together(self, *rows: Any) -> None:
        """Store rows that do not refer to each other, with few statements."""
        self.session.add_all(rows)
        self.session.flush()

    def site(self, name: str, region: Any = None, program: Any = None, **values: Any) -> Any:
        """Store a site, in the north unless told otherwise."""
        return self.add(_site(name, region or self.north, program or self.program, **values))

    def classroom(self, site: Any, name: str, **values: Any) -> Any:
        """Store a classroom of a site."""
        return self.add(_classroom(site, name, **values))

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
        return self.add(_person(role, name))

    def give(self, person: Any, *, from_day: date | None = None, to_day: date | None = None, **target: Any) -> Any:
        """Give a person a scope: ``site_id=``, ``program_id=`` or ``region_id=``, with ``case_role=``."""
        return self.add(self._scope(person, from_day, to_day, **target))

    def _scope(self, person: Any, from_day: date | None = None, to_day: date | None = None, **target: Any) -> Any:
        kind = next(name for name in ("site", "program", "region") if f"{name}_id" in target)
        start = from_day or self.today - timedelta(days=400)
        return PersonScope(person_id=person.id, scope_type=kind, valid_from=start, valid_to=to_day, **target)

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


def _site(name: str, region: Any, program: Any, **values: Any) -> Any:
    values = {"setting": "child_care_center", "capacity": 60, **values}
    return Site(region_id=region.id, program_id=program.id, name=name, **values)


def _classroom(site: Any, name: str, **values: Any) -> Any:
    values = {"age_group": "preschool", "capacity": 20, **values}
    return Classroom(region_id=site.region_id, site_id=site.id, name=name, **values)


def _person(role: str, name: str | None = None) -> Any:
    name = name or f"demo {role} {uuid.uuid4().hex[:6]}"
    return Person(sign_in_name=name, display_name=name.title(), role=role)


def stored(session: Session, table: type[Base], key: uuid.UUID) -> Any:
    """Give a row as the database holds it now."""
    session.rollback()
    session.expire_all()
    return session.get(table, key)
