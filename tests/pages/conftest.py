"""Screens are tested without a browser: the page's own script, on a database of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from streamlit.testing.v1 import AppTest

from db import engine as engine_module
from db.engine import session as open_session
from db.settings import settings
from tests.factories import Field

SCRIPT = """
import importlib
import os
import uuid
from datetime import date

from db.actor import load_actor
from db.engine import session
from db.models import Person

with session() as opened:
    actor = load_actor(opened, opened.get(Person, uuid.UUID(os.environ["TEST_PERSON"])), date.today())
importlib.import_module("pages." + os.environ["TEST_PAGE"]).render(actor)
"""


@pytest.fixture
def engine(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A fresh database that the pages under test use too."""
    monkeypatch.setenv("DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))
    settings.cache_clear()
    engine_module.engine.cache_clear()
    yield sqlite_engine
    engine_module.engine().dispose()
    engine_module.engine.cache_clear()
    settings.cache_clear()


@pytest.fixture
def open_screen(field: Field, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Opens a page as one of the people (a role, or a row), with a query string."""

    def opened(page: str, person: Any = "consultant", /, **query: str) -> AppTest:
        row = field.people[person] if isinstance(person, str) else person
        field.session.commit()
        monkeypatch.setenv("TEST_PERSON", str(row.id))
        monkeypatch.setenv("TEST_PAGE", page)
        screen = AppTest.from_string(SCRIPT, default_timeout=30)
        for name, value in query.items():
            screen.query_params[name] = value
        screen.run()
        assert not screen.exception, [one.value for one in screen.exception]
        return screen

    return opened


@pytest.fixture
def fresh(engine: Engine) -> Iterator[Session]:
    """A second session, which sees what the page has stored."""
    with open_session(engine) as opened:
        yield opened
