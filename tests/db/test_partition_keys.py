"""What docs/scale.md says of the tables: which carry the region and the site, and which would have to change first."""

from sqlalchemy import Table, UniqueConstraint

from db import models
from db.models import Base
from db.models.base import Placed

TABLES: dict[str, Table] = dict(Base.metadata.tables)
PLACED = {
    name
    for name, table in TABLES.items()
    if {"region_id", "site_id"} <= set(table.c.keys()) and not (table.c.region_id.nullable or table.c.site_id.nullable)
}
BIG = {
    "visit", "follow_up", "incident", "exclusion", "exclusion_place", "exclusion_step", "observation", "child_measure",
    "enrolment", "enrolment_group", "site_month", "child_month", "meeting", "meeting_decision", "survey_wave",
}  # fmt: skip
"""What grows with the work that is done, rather than with the number of sites."""
PARTS_WITHOUT_A_REGION = {
    "visit_choice": "visit", "visit_participant": "visit", "visit_classroom": "visit", "incident_choice": "incident",
    "score": "observation", "computed_score": "observation", "recomputed_score": "observation",
    "child_score": "child_measure", "survey_box": "survey_wave", "survey_result": "survey_wave",
}  # fmt: skip
"""Parts of a placed row, reached by its key alone: each needs ``region_id`` before its table can be distributed."""
KEY_WITHOUT_A_PLACE = {
    ("follow_up", "visit"), ("meeting_decision", "meeting"), ("exclusion", "incident"),
    ("exclusion_place", "exclusion"), ("exclusion_step", "exclusion"),
}  # fmt: skip
"""Keys between placed rows that hold neither site nor region: both sides carry them, the key does not prove them."""
REGION_NOT_PROVEN = {
    "child_month", "classroom", "closure", "enrolment", "enrolment_group", "follow_up", "site_event", "site_month",
    "staff",
}  # fmt: skip
"""Placed tables in which no foreign key holds that the region is the site's."""


def keys(name: str, to: str) -> list[set[str]]:
    found = [one for one in TABLES[name].foreign_key_constraints if one.referred_table.name == to]
    return [{element.parent.name for element in one.elements} for one in found]


def test_every_big_table_and_every_row_that_happened_at_a_site_carries_its_region_and_its_site():
    rows = [one for one in vars(models).values() if isinstance(one, type) and issubclass(one, Placed)]
    tables = {one.__table__.name for one in rows if hasattr(one, "__table__")}
    assert len(tables) > 15
    assert tables | BIG <= PLACED


def test_every_table_below_a_placed_one_is_placed_or_named_here():
    below = {
        name: one.referred_table.name
        for name, table in TABLES.items()
        for one in table.foreign_key_constraints
        if name not in PLACED and one.referred_table.name in PLACED - {"classroom"}
    }
    assert below == PARTS_WITHOUT_A_REGION


def test_keys_between_placed_tables_hold_the_site_or_are_named_here():
    bare = set()
    for name in PLACED:
        for to in PLACED:
            if name != to and any(not columns & {"site_id", "region_id"} for columns in keys(name, to)):
                bare.add((name, to))
    assert bare == KEY_WITHOUT_A_PLACE


def test_that_the_region_is_the_sites_is_held_by_the_database_or_named_here():
    assert {name for name in PLACED if {"site_id", "region_id"} not in keys(name, "site")} == REGION_NOT_PROVEN


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
