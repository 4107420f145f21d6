"""Sites with few and many incidents, with and without denominators, over four years: written in bulk."""

import random
import uuid
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from sqlmodel import Session

from db import child_rollups, rollups
from db.models.base import new_id, utc_now
from db.models.incidents import Exclusion, Incident, IncidentChoice
from db.models.organisation import Enrolment, EnrolmentGroup
from db.options import codes
from db.period import Period
from tests.factories import Field

MONTHS = 49
RATES = (0.2, 1.0, 3.0, 6.0, 22.0)
"""Incidents a month, site by site: from almost none to enough to be told month by month."""


RACES = ("white", "black", "asian")
GROUPS = {"race": RACES, "sex": ("male", "female"), "iep": ("no", "yes"), "dll": ("no", "yes")}


class World(Field):
    """The small field with five sites more, in two programs of the coordinator's region."""

    def __init__(self, session: Session, today: date, seed: int) -> None:
        super().__init__(session, today)
        self.random = random.Random(seed)
        self.present = today.replace(day=1)
        self.months = Period.last_months(MONTHS, today).months()
        other = self.add(type(self.program)(region_id=self.north.id, name="Second Program", type="child_care_center"))
        self.placed = [
            self.site(f"Site {number}", program=self.program if number % 2 else other) for number in range(len(RATES))
        ]
        for site in self.placed:
            for role in ("consultant", "director"):
                self.give(self.people[role], site_id=site.id)
        incidents, choices, exclusions, enrolments = [], [], [], []
        for site, rate in zip(self.placed, RATES, strict=True):
            rooms = [self.classroom(site, f"{site.name} {number}") for number in range(2)]
            for month in self.months:
                enrolments += self.children(site, rooms, month)
                made = list(self.happened(site, rooms, month, rate))
                incidents += made
                choices += [
                    {**above(one), "list": "response", "code": code}
                    for one in made
                    for code in self.random.sample(codes("response")[:5], self.random.randint(0, 2))
                ]
                choices += [
                    {**above(one), "list": "race", "code": RACES[int(one["child_key"][1:]) % 3]}
                    for one in made
                    if one["child_key"]
                ]
                exclusions += self.lost(site, month, rate / 4, made)
        session.flush()
        run = session.connection().execute
        made = (
            (Enrolment, enrolments), (EnrolmentGroup, list(self.groups(enrolments))), (Incident, incidents),
            (IncidentChoice, choices), (Exclusion, exclusions),
        )  # fmt: skip
        for table, rows in made:
            run(table.__table__.insert(), rows)
        rollups.rebuild(session)
        child_rollups.rebuild(session)
        session.commit()

    def children(self, site: Any, rooms: list[Any], month: date) -> Iterator[dict[str, Any]]:
        """Give a month's children: mostly with open days, at times without, only in some rooms, or not written down."""
        known = self.random.choices(("days", "children", "half", "none"), (6, 1, 1, 1))[0]
        for room in rooms[: {"none": 0, "half": 1}.get(known, 2)]:
            yield {
                **marks(site), "classroom_id": room.id, "month": month, "enrolled_average": 16.0,
                "open_days": None if known == "children" else 20, "attended_child_days": None,
            }  # fmt: skip

    def groups(self, enrolments: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Divide the children of each room of the last year into groups."""
        for row in enrolments:
            if row["month"] < Period.last_months(13, self.today).start:
                continue
            for dimension, categories in GROUPS.items():
                for number, category in enumerate(categories):
                    yield {
                        **{name: row[name] for name in ("region_id", "site_id", "classroom_id", "month")},
                        "id": new_id(), "version": 1, "created_at": utc_now(), "dimension": dimension,
                        "category": category, "children": (11, 5, 0)[number],
                    }  # fmt: skip

    def happened(self, site: Any, rooms: list[Any], month: date, rate: float) -> Iterator[dict[str, Any]]:
        """Give the incidents of a month."""
        for _number in range(self.about(rate)):
            on = month + timedelta(days=self.random.randrange(27))
            at = time(self.random.choice((8, 9, 9, 9, 10, 10, 11, 15)), 10)
            child = self.random.choice((None, *range(14)))
            yield {
                **marks(site), **sent(), "classroom_id": self.random.choice(rooms).id,
                "occurred_on": min(on, self.today), "child_key": None if child is None else f"K{child}",
                "permission_on": None if child is None else month - timedelta(days=400),
                "child_sex": None if child is None else ("female", "male", "male", "male")[child % 4],
                "child_iep": None if child is None else ("yes", "no", "no", "no", "no")[child % 5],
                "child_dll": None if child is None else ("yes", "no")[child % 2],
                "recorded_by": self.people["consultant"].id, "occurred_at": at, "hour": at.hour,
                "weekday": on.weekday(), "primary_behaviour": self.random.choice(codes("behaviour")[:5]),
                "activity": self.random.choice(codes("activity")[:6]), "motivation": "not_known", "description": "",
            }  # fmt: skip

    def lost(self, site: Any, month: date, rate: float, after: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """Give the exclusions of a month, most of them after an incident."""
        for number in range(self.about(rate)):
            yield {
                **marks(site), **sent(), "type": "sent_home_early",
                "started_on": min(month + timedelta(days=3), self.today),
                "incident_id": after[number]["id"] if number < len(after) else None,
                "hours_lost": 2.0, "consultant_engaged_before": "unknown", "family_met": "unknown",
                "written_plan": "unknown", "override_note": "",
            }  # fmt: skip

    def about(self, rate: float) -> int:
        """Give a number of events that clusters, as reports do."""
        return sum(self.random.random() < rate / 40 for _chance in range(40))


def marks(site: Any) -> dict[str, Any]:
    """Give the columns that every row has."""
    return {"id": new_id(), "version": 1, "created_at": utc_now(), "region_id": site.region_id, "site_id": site.id}


def sent() -> dict[str, Any]:
    """Give the columns of what a person sent in."""
    return {"client_uuid": uuid.uuid4(), "content_digest": "x", "source": "web"}


def above(incident: dict[str, Any]) -> dict[str, Any]:
    """Give the columns by which what was ticked belongs to its incident."""
    return {"incident_id": incident["id"], "region_id": incident["region_id"]}
