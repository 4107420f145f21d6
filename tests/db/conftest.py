"""Every statement that a test of the database runs is held against the rule of joins (``tests/db/region_joins.py``)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, event

from tests.db.region_joins import Looker


@pytest.fixture(scope="session")
def looker() -> Looker:
    """What looks at statements; it remembers which ones it has seen."""
    return Looker()


@pytest.fixture(autouse=True)
def _every_join_names_the_region(looker: Looker) -> Iterator[None]:
    event.listen(Engine, "before_cursor_execute", looker)
    yield
    event.remove(Engine, "before_cursor_execute", looker)
