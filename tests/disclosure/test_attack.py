"""Nobody can work out a hidden count from everything that their role is told, on any screen, under any filter.

For each role every reader of ``db.queries`` is asked for all it tells; each sum becomes an equation over the unknown
counts, and linear programming gives the least and the greatest value that each hidden count can have. The convention
(docs/methods.md, "Small numbers"): no hidden count is solved, and its range stays at least threshold - 2 wide.
"""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from db.engine import make_engine
from db.engine import session as open_session
from db.errors import NotFound
from db.settings import settings
from tests.db.test_access_everywhere import QUERIES, arguments, told
from tests.db.two_sites import TwoSites
from tests.disclosure.attacker import SLACK, Notebook
from tests.disclosure.readers import READERS, ROWS, Why
from tests.disclosure.sums_told import EXCLUSION, MONTH, PART, REST, Reading
from tests.disclosure.world import World


@pytest.fixture(scope="module")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One database for all that is only read."""
    path = tmp_path_factory.mktemp("attack") / "attune.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with open_session(engine) as opened:
        yield World(opened, date.today(), seed=1)
    engine.dispose()


@pytest.fixture(scope="module")
def told_to_a_coordinator(world: World) -> Reading:
    """All that a coordinator without a case role is told."""
    return look(world, world.people["coordinator"])


def look(world: World, person: Any, sites: list[Any] | None = None) -> Reading:
    """Give all that a person is told."""
    reading = Reading(world, world.actor(person), sites or world.placed)
    for reader in READERS.values():
        if not isinstance(reader, Why):
            reader(reading)
    return reading


def given_away(reading: Reading) -> dict[Any, float]:
    """Give the hidden counts that are told somewhere else, or have too little room. A zero is no secret."""
    least = settings().children_minimum - 2
    widths = reading.book.widths(reading.hidden, least)
    zero = reading.book.zeros()
    return {
        cell: widths.get(cell, 0.0)
        for cell in reading.hidden
        if widths.get(cell, 0.0) < least - SLACK and cell not in zero
    }


def test_every_reader_is_known():
    """A new query says in tests/disclosure/readers.py which sums it tells, or why none."""
    assert set(QUERIES) - set(READERS) == set()
    assert set(READERS) - set(QUERIES) == set()


def test_the_attacker_finds_what_is_left_unguarded():
    """The attack works where nothing protects: otherwise this file would prove nothing."""
    book = Notebook()
    for cell in "abc":
        book.know(cell, 1)
    book.tell("abc", 20)
    book.tell("a", 12)
    assert book.widths("bc") == {"b": 6, "c": 6}
    book.tell("bc", 8)
    book.tell({"b": 1, "d": -1}, 0)
    book.tell("d", 3)
    assert book.widths("bc") == {"b": 0, "c": 0}


def test_whoever_may_not_read_the_rows_cannot_work_out_a_hidden_count(told_to_a_coordinator):
    reading = told_to_a_coordinator
    assert {cell[0] for cell in reading.hidden} == {MONTH, REST, EXCLUSION, PART, "reports", "children"}
    assert len(reading.hidden) > 400
    assert given_away(reading) == {}


def test_no_small_sum_is_told_anywhere(told_to_a_coordinator):
    least, sums = settings().children_minimum, told_to_a_coordinator.book.sums
    counts = [(terms, value) for terms, value in sums if all(factor > 0 for _cell, factor in terms)]
    assert [(terms, value) for terms, value in counts if 0 < value < least] == []
    assert any(value >= least and len(terms) > 1 for terms, value in counts)


def test_a_case_role_opens_its_own_site_and_gives_nothing_away_of_another(world, told_to_a_coordinator):
    person, opened = world.person("coordinator"), world.placed[2]
    world.give(person, region_id=world.north.id)
    world.give(person, site_id=opened.id, case_role=True)
    world.session.commit()
    reading = look(world, person)
    assert opened.id not in {cell[1] for cell in reading.hidden}
    # Whatever is told with that site in it tells no more of the others than what everybody is told of them.
    more = reading.book.sums - told_to_a_coordinator.book.sums
    of_others = [{cell: factor for cell, factor in terms if cell[1] != opened.id} for terms, _value in more]
    assert len(more) > 50
    assert told_to_a_coordinator.book.imply([terms for terms in of_others if terms])


def test_the_other_roles_are_told_all_or_nothing(world):
    for role in ("consultant", "admin"):
        reading = look(world, role, world.placed[:2])
        assert reading.hidden == set()
        assert bool(reading.book.sums) == (role != "admin")


def test_what_is_called_rows_gives_nothing_to_whoever_may_not_read_them(sqlite_engine):
    with open_session(sqlite_engine) as session:
        sites = TwoSites(session, date.today())
        actor = sites.actor("coordinator")
        for name in (name for name, why in READERS.items() if why is ROWS):
            assert not numbers(session, actor, name, sites), name


def numbers(session: Session, actor: object, name: str, sites: TwoSites) -> list:
    """Give the numbers in what a query answers, zeros left out."""
    function = QUERIES[name]
    try:
        answer = function(session, actor, **arguments(function, sites, "own"))
    except NotFound:
        return []
    finally:
        session.rollback()
    return [one for one in told(answer) if isinstance(one, int | float) and not isinstance(one, bool) and one]
