"""What can be ordered as demo data, what the same order gives again, and where a demo is refused."""

import hashlib
import uuid
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, func, select

from db.demo import load as demos
from db.demo.order import Keys, Order
from db.demo.people import SIGN_INS
from db.demo.truths import TRUTHS, UNEQUAL
from db.engine import session as open_session
from db.models import Person, Site

UNTIL = date(2026, 11, 20)
DOCS = Path(__file__).parents[2] / "docs" / "demo.md"


def made(order: Order) -> str:
    digest = hashlib.sha256()
    for _share, blocks in demos.make(order, {}):
        for block in blocks:
            digest.update(repr((block.table, block.columns, list(block.rows))).encode())
    return digest.hexdigest()


def test_the_same_order_gives_the_same_rows_and_another_seed_gives_others() -> None:
    small = Order(until=UNTIL, sites=6, months=6)
    assert made(small) == made(small)
    assert made(small) != made(Order(until=UNTIL, sites=6, months=6, seed=8))


def test_a_wanted_number_of_incidents_is_met_exactly() -> None:
    order = Order(until=UNTIL, sites=8, months=6, incidents=1234)
    rows = sum(
        len(block.rows) for _share, blocks in demos.make(order, {}) for block in blocks if block.table == "incident"
    )
    assert rows == 1234


def test_keys_rise_and_are_valid_version_7_uuids() -> None:
    keys = Keys(Order(until=UNTIL)).take(2000)
    assert keys == sorted(set(keys))
    assert {(uuid.UUID(key).version, uuid.UUID(key).variant) for key in keys} == {(7, uuid.RFC_4122)}


def test_the_planted_truths_stand_in_the_documentation() -> None:
    written = DOCS.read_text()
    for truth in (*TRUTHS, UNEQUAL):
        assert f"| {truth.name} | {truth.says} |" in written
    for sign_in in SIGN_INS:
        assert f"`{sign_in.name}`" in written


def test_a_database_with_people_is_refused_and_stays_as_it_was(engine: Engine) -> None:
    with open_session(engine) as session:
        session.add(Person(sign_in_name="someone", display_name="Someone", role="admin"))
        session.commit()
    with pytest.raises(demos.DemoRefused, match="not demo people"):
        demos.load(engine, Order(until=UNTIL, sites=6, months=2))
    with open_session(engine) as session:
        assert session.exec(select(func.count(col(Site.id)))).one() == 0


def test_a_large_load_leaves_out_indexes_only_for_a_while(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def indexes() -> set[Any]:
        with engine.connect() as connection:
            query = "SELECT name FROM sqlite_master WHERE type = 'index'"
            if engine.dialect.name == "postgresql":
                query = "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
            return {row[0] for row in connection.execute(text(query))}

    before = indexes()
    monkeypatch.setattr(demos, "MANY_INCIDENTS", 100)
    demos.load(engine, Order(until=UNTIL, sites=6, months=2, incidents=100))
    assert indexes() - {"sqlite_stat1"} == before


@pytest.mark.parametrize(("what", "value"), [("sites", 5), ("months", 1), ("incidents", -1)])
def test_an_impossible_order_is_refused_with_a_sentence(what: str, value: int) -> None:
    with pytest.raises(ValueError, match="Please ask for"):
        Order(until=UNTIL, **{what: value})
