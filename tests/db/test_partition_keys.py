"""What docs/scale.md says of the tables: which carry the region and the site, and what the database holds of it."""

from sqlalchemy import ForeignKeyConstraint, Table, UniqueConstraint

from db import models
from db.models import Base
from db.models.base import Part, Placed

TABLES: dict[str, Table] = dict(Base.metadata.tables)
REFERENCE = {"site", "program"}
"""Tables of a region that are small: copied to every node, so that a join with them may go without it."""
REGIONAL = {
    name
    for name, table in TABLES.items()
    if "region_id" in table.c and not table.c.region_id.nullable and name not in REFERENCE
}
PLACED = {name for name in REGIONAL if "site_id" in TABLES[name].c and name != "visit_classroom"}
BIG = {
    "visit", "follow_up", "incident", "exclusion", "exclusion_place", "exclusion_step", "observation", "child_measure",
    "enrolment", "enrolment_group", "site_month", "child_month", "meeting", "meeting_decision", "survey_wave",
}  # fmt: skip
"""What grows with the work that is done, rather than with the number of sites."""
PARTS = {
    "visit_choice": "visit", "visit_participant": "visit", "visit_classroom": "visit", "incident_choice": "incident",
    "score": "observation", "computed_score": "observation", "recomputed_score": "observation",
    "child_score": "child_measure", "survey_box": "survey_wave", "survey_result": "survey_wave",
}  # fmt: skip
"""Parts of a placed row, each in the region of its row."""
BELOW = {
    ("follow_up", "visit"), ("meeting_decision", "meeting"), ("exclusion", "incident"),
    ("exclusion_place", "exclusion"), ("exclusion_step", "exclusion"),
}  # fmt: skip
"""Placed rows that belong to another placed row, in the same region."""
BY_SITE = {"enrolment", "enrolment_group", "incident", "observation", "visit_classroom"}
"""Tables that name a classroom by its id and its site."""
REGION_NOT_PROVEN = {
    "child_month", "classroom", "closure", "enrolment", "enrolment_group", "follow_up", "site_event", "site_month",
    "staff",
}  # fmt: skip
"""Placed tables in which no foreign key holds that the region is the site's."""


def keys(name: str, to: str) -> list[ForeignKeyConstraint]:
    return [one for one in TABLES[name].foreign_key_constraints if one.referred_table.name == to]


def columns(key: ForeignKeyConstraint) -> set[str]:
    return {element.parent.name for element in key.elements}


def test_every_big_table_and_every_row_that_happened_at_a_site_carries_its_region_and_its_site():
    rows = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Placed)]
    tables = {one.__table__.name for one in rows if hasattr(one, "__table__")}
    assert len(tables) > 15
    assert tables | BIG <= PLACED


def test_every_part_of_a_placed_row_carries_its_region():
    assert {name for name in REGIONAL if name not in PLACED} == set(PARTS)
    parts = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Part)]
    assert {one.__table__.name for one in parts if hasattr(one, "__table__")} == set(PARTS)


def test_whatever_names_a_row_of_a_region_names_the_region_or_the_site_with_it():
    named = {
        (name, one.referred_table.name): columns(one)
        for name, table in TABLES.items()
        for one in table.foreign_key_constraints
        if one.referred_table.name in REGIONAL
    }
    assert {pair for pair, by in named.items() if "region_id" in by} == BELOW | set(PARTS.items())
    assert {pair for pair, by in named.items() if "region_id" not in by} == {(name, "classroom") for name in BY_SITE}
    assert all("site_id" in by for pair, by in named.items() if pair[1] == "classroom")


def test_that_the_region_is_the_sites_is_held_by_the_database_or_named_here():
    proven = {name for name in PLACED if any(columns(one) == {"site_id", "region_id"} for one in keys(name, "site"))}
    assert PLACED - proven == REGION_NOT_PROVEN


def test_what_is_unique_without_the_region_is_what_the_paper_names():
    without = {
        (name, tuple(sorted(column.name for column in one.columns)))
        for name in PLACED
        for one in TABLES[name].constraints
        if isinstance(one, UniqueConstraint) and not {"region_id", "site_id"} & {column.name for column in one.columns}
    }
    assert {columns for _name, columns in without} == {
        ("client_uuid",), ("incident_id",), ("classroom_id", "month"),
        ("category", "classroom_id", "dimension", "month"),
    }  # fmt: skip
