"""The doctor names each fault and what to do; in production the server does not start with one."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

import manage
from db import audit, doctor
from db import engine as engines
from db import settings as configured
from db.access_matrix import Role
from db.backup import keys
from db.marks import DEMO
from db.models import DatabaseMark
from db.models.base import utc_now
from db.settings import OpenIdProvider, Settings
from web import start


@pytest.fixture
def chosen(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Settings as an operator made them, for the database of the test."""

    def choose(**values: object) -> Settings:
        url = engine.url.render_as_string(hide_password=False)
        made = Settings(**{"DATABASE_URL": url, "behind_tls": True, "production": True, **values})
        monkeypatch.setattr(doctor, "engine", lambda: engine)
        monkeypatch.setattr(doctor, "open_session", lambda: Session(engine))
        monkeypatch.setattr(engines, "engine", lambda: engine)
        return made

    return choose


def states(found) -> dict[str, str]:
    return {one.what: one.state for one in found}


def test_a_sound_installation_may_start(chosen):
    made = chosen()
    assert doctor.faults(made) == []
    start.look_at_database(made)
    assert "fault" not in states(doctor.examine(made)).values()


def test_every_fault_has_its_sentence_and_stops_a_start_in_production(chosen, session: Session, monkeypatch):
    session.add(DatabaseMark(key=DEMO, value='[{"role": "admin", "name": "demo-admin", "password": "known"}]'))
    session.commit()
    monkeypatch.setenv("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "full")
    monkeypatch.setattr(doctor, "OLDEST_SAFE_SQLITE", (99, 0, 0))
    made = chosen(behind_tls=False, log_level="DEBUG")
    found = doctor.faults(made)
    assert [told.partition(":")[0] for told in found] == ["TLS", "log", "error details", "SQLite", "sign-ins"]
    with pytest.raises(start.CannotStart, match="not ready for real use"):
        start.look_at_database(made)
    start.look_at_database(made.model_copy(update={"production": False}))


def test_a_provider_that_is_trusted_with_the_second_step_is_named():
    provider = {"key": "k", "label": "State account", "issuer": "https://id.example", "client_id": "a"}
    roles: list[Role] = ["admin"]
    for more, asked, state in (({}, roles, "look"), ({"second_step_amr": ["mfa"]}, roles, "ok"), ({}, [], "ok")):
        made = Settings(openid=[OpenIdProvider(**{**provider, **more})], second_factor_roles=asked)
        assert doctor._two_steps(made).state == state


def test_a_file_that_others_can_read_is_a_fault(sqlite_engine: Engine):
    path = Path(str(sqlite_engine.url.database))
    made = Settings(**{"DATABASE_URL": f"sqlite:///{path}"})
    path.chmod(0o644)
    assert states(doctor.faults_of_settings(made))["database file"] == "fault"
    path.chmod(0o600)
    assert states(doctor.faults_of_settings(made))["database file"] == "look"
    keyed = made.model_copy(update={"database_key": "secret"})
    assert states(doctor.faults_of_settings(keyed))["database file"] == "ok"


def test_a_clock_that_went_back_and_a_broken_chain_are_found(chosen, session: Session, monkeypatch):
    tomorrow = utc_now() + timedelta(days=1)
    monkeypatch.setattr(audit, "utc_now", lambda: tomorrow)
    audit.append(session, actor_id=None, actor_role="operator", action="test", entity="person")
    session.commit()
    assert states(doctor.examine(chosen()))["clock"] == "fault"
    monkeypatch.setattr(doctor, "event_hash", lambda event: "0" * 64)
    assert states(doctor.examine(chosen()))["audit chain"] == "fault"


def test_backups_are_asked_for(chosen, tmp_path: Path):
    public = keys.make_key(tmp_path / "key")
    told = {one.what: one.told for one in doctor.examine(chosen(backup_recipient=public), tmp_path)}
    assert told["backup"].startswith("there is none yet")
    assert states(doctor.examine(chosen(backup_recipient="age1nobody"), tmp_path))["backup"] == "look"


def test_the_command_fails_while_there_is_a_fault(sqlite_engine: Engine, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", sqlite_engine.url.render_as_string(hide_password=False))
    configured.settings.cache_clear()
    engines.engine.cache_clear()
    assert manage.main(["doctor"]) == 1
    assert "fault TLS:" in capsys.readouterr().out
    engines.engine().dispose()
    configured.settings.cache_clear()
    engines.engine.cache_clear()


def test_settings_that_others_can_read_and_a_provider_without_tls_are_faults(chosen, tmp_path, monkeypatch):
    held = tmp_path / ".env"
    held.write_text("ATTUNE_DATABASE_KEY=known to few\n")
    monkeypatch.setitem(Settings.model_config, "env_file", str(held))
    made = chosen(openid=[{"key": "s", "label": "State", "issuer": "http://id.example", "client_id": "a"}])
    held.chmod(0o640)
    assert [told.partition(":")[0] for told in doctor.faults(made)] == ["settings file", "single sign-on"]
    held.chmod(0o600)
    assert [told.partition(":")[0] for told in doctor.faults(made)] == ["single sign-on"]
