"""Random sequences of saving, sending again, correcting, removing, restoring, drafts and kills.

Whatever happens: what was confirmed is what is stored, each once, with one audit event for each of its versions, and
no draft is left of what is saved. A kill ends the process's work before any one of its statements, or between the
commit and the answer; what was not answered is sent again, as a tablet does. (A real kill -9: test_kill.py.)
"""

import itertools
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, event, func, select
from sqlmodel import col

from db import submissions, verify
from db.commands.drafts import drop_draft, keep_draft, restore_draft
from db.commands.incidents import correct_incident, remove_incident, restore_incident
from db.commands.visits import correct_visit, remove_visit, restore_visit
from db.engine import make_engine
from db.engine import session as open_session
from db.errors import Conflict
from db.models import AuditEvent, Draft, Incident, Visit
from db.models.inputs import MARKS
from tests.factories import Field

TABLES: dict[str, Any] = {"visit": Visit, "incident": Incident}
CORRECT: dict[str, Any] = {"visit": correct_visit, "incident": correct_incident}
REMOVE: dict[str, Any] = {"visit": remove_visit, "incident": remove_incident}
RESTORE: dict[str, Any] = {"visit": restore_visit, "incident": restore_incident}
MADE = datetime(2026, 1, 5, 14, 12, tzinfo=UTC)
AFTER = "after the commit"
kills = st.none() | st.integers(1, 40) | st.just(AFTER)


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def ends_before(engine: Engine, kill: int | str | None) -> Iterator[None]:
    """End the process before its ``kill``-th statement; never when that is no number."""
    count = itertools.count(1)

    def note(*_args: Any) -> None:
        if next(count) == kill:
            raise Killed

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


@dataclass
class Entry:
    """A record as its author knows it. ``version`` 0: it is not stored; ``waiting``: nobody was told that it is."""

    key: uuid.UUID
    form: str
    values: dict[str, Any]
    id: uuid.UUID | None = None
    version: int = 0
    removed: bool = False
    waiting: bool = True


class Capture(RuleBasedStateMachine):
    """One consultant with a tablet and a screen, and a server that may end at any moment."""

    entries = Bundle("entries")

    def __init__(self, template: Path, folder: Path) -> None:
        super().__init__()
        self.path = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, self.path)
        self.engine = make_engine(f"sqlite:///{self.path}")
        with open_session(self.engine) as opened:
            self.field = Field(opened, date.today())
            self.actor = self.field.actor("consultant")
        self.known: list[Entry] = []
        self.drafts: dict[uuid.UUID, int] = {}
        self.dropped: dict[uuid.UUID, int] = {}
        self.numbers = itertools.count()

    def act(self, kill: Any, work: Callable[..., Any], *args: Any) -> Any:
        """Let the server do something.

        Raises:
            Killed: it ended before it could answer; by now there is a new process on the same file.
        """
        try:
            with ends_before(self.engine, kill), open_session(self.engine) as opened:
                given = work(opened, self.actor, *args)
            if kill == AFTER:
                raise Killed
            return given
        except Killed:
            self.engine.dispose()
            self.engine = make_engine(f"sqlite:///{self.path}")
            raise

    def done(self, kill: Any, work: Callable[..., Any], *args: Any) -> bool:
        """Tell whether the work must have been done, answered or not."""
        try:
            self.act(kill, work, *args)
        except Killed:
            return bool(kill == AFTER)
        return True

    def made(self, entry: Entry, **changes: Any) -> Any:
        return submissions.captured_input(entry.form, entry.key, {**entry.values, **changes}, MADE)  # type: ignore[arg-type]

    def other(self, entry: Entry) -> dict[str, str]:
        """Give a change of the text that every form has."""
        name = "summary" if entry.form == "visit" else "description"
        return {name: f"Other words {next(self.numbers)}"}

    @rule(target=entries, form=st.sampled_from(["visit", "incident"]))
    def fill(self, form: str) -> Entry:
        made = self.field.visit() if form == "visit" else self.field.incident()
        entry = Entry(made.client_uuid, form, made.model_dump(mode="json", exclude=MARKS))
        self.known.append(entry)
        return entry

    @rule(entry=entries, kill=kills)
    def send(self, entry: Entry, kill: Any) -> None:
        """Send an entry, for the first time or again."""
        try:
            saved = self.act(kill, submissions.store, self.made(entry))
        except Conflict as refused:
            self.refused(entry, refused.kind)
        except Killed:
            if kill == AFTER:
                self.stored(entry)
        else:
            assert not entry.removed
            self.stored(entry)
            entry.waiting = False
            entry.id = entry.id or saved.id
            assert entry.id == saved.id

    def refused(self, entry: Entry, kind: str) -> None:
        assert (kind, entry.removed) == ("removed", True)
        entry.waiting = False

    def stored(self, entry: Entry) -> None:
        entry.version = entry.version or 1
        self.drafts.pop(entry.key, None)
        self.dropped.pop(entry.key, None)

    @rule(entry=entries)
    def send_other_content(self, entry: Entry) -> None:
        """Before it is stored, this is typing on; afterwards it is refused."""
        changes = self.other(entry)
        if not entry.version:
            entry.values |= changes
            return
        with pytest.raises(Conflict) as refused:
            self.act(None, submissions.store, self.made(entry, **changes))
        assert refused.value.kind == ("removed" if entry.removed else "other_content")

    @rule(entry=entries, kill=kills)
    def correct(self, entry: Entry, kill: Any) -> None:
        if entry.id and not entry.removed:
            arguments = (entry.id, entry.version, self.made(entry, **self.other(entry)), "a slip")
            entry.version += self.done(kill, CORRECT[entry.form], *arguments)

    @rule(entry=entries)
    def correct_an_older_version(self, entry: Entry) -> None:
        if entry.version > 1 and not entry.removed and entry.id:
            with pytest.raises(Conflict):
                self.act(None, CORRECT[entry.form], entry.id, entry.version - 1, self.made(entry), "a slip")

    @rule(entry=entries, kill=kills)
    def remove_or_restore(self, entry: Entry, kill: Any) -> None:
        if entry.id:
            change = (RESTORE if entry.removed else REMOVE)[entry.form]
            if self.done(kill, change, entry.id, entry.version, "a reason"):
                entry.version, entry.removed = entry.version + 1, not entry.removed

    @rule(entry=entries, kill=kills)
    def keep_a_draft(self, entry: Entry, kill: Any) -> None:
        seen = self.drafts.get(entry.key, self.dropped.get(entry.key, 0))
        arguments = (entry.key, entry.form, {"summary": f"Half {next(self.numbers)}"}, seen)
        if entry.version:
            assert self.act(None, keep_draft, *arguments).client_uuid != entry.key
        elif self.done(kill, keep_draft, *arguments):
            self.dropped.pop(entry.key, None)
            self.drafts[entry.key] = seen + 1

    @rule(entry=entries, kill=kills)
    def drop_or_take_back_a_draft(self, entry: Entry, kill: Any) -> None:
        is_open = entry.key in self.drafts
        here, there = (self.drafts, self.dropped) if is_open else (self.dropped, self.drafts)
        if self.done(kill, drop_draft if is_open else restore_draft, entry.key) and entry.key in here:
            there[entry.key] = here.pop(entry.key)

    @invariant()
    def what_is_stored_is_what_was_confirmed_each_once_with_its_events(self) -> None:
        with open_session(self.engine) as opened:
            run = opened.connection().execute
            rows = [
                (row.client_uuid, row.id, row.version, row.deleted_at is not None)
                for table in TABLES.values()
                for row in run(select(table.id, table.client_uuid, table.version, table.deleted_at))
            ]
            events = dict(
                run(select(col(AuditEvent.entity_id), func.count()).group_by(col(AuditEvent.entity_id))).all()
            )
            drafts = run(select(col(Draft.client_uuid), col(Draft.entity_id), col(Draft.dropped_at))).all()
        expected = sorted((one.key, one.version, one.removed) for one in self.known if one.version)
        assert sorted((key, version, removed) for key, _id, version, removed in rows) == expected
        assert events == {record_id: version for _key, record_id, version, _removed in rows}
        assert {key for key, record_id, gone in drafts if record_id is None and gone is None} == set(self.drafts)
        assert not {key for key, _record, _gone in drafts} & {key for key, *_rest in rows}

    def teardown(self) -> None:
        """At last the connection holds: everything that waits is sent."""
        for entry in self.known:
            if entry.waiting:
                self.send(entry, None)
        self.what_is_stored_is_what_was_confirmed_each_once_with_its_events()
        assert all(entry.version and not entry.waiting for entry in self.known)
        assert [check for check in verify.checks(self.engine) if check.problem] == []
        self.engine.dispose()
        self.path.unlink()


def test_what_was_confirmed_is_stored_once_whatever_happens(sqlite_template: Path, tmp_path: Path):
    run_state_machine_as_test(
        lambda: Capture(sqlite_template, tmp_path),
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, database=None, print_blob=True,
            phases=(Phase.generate,),  # a shorter sequence would take minutes to find
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
