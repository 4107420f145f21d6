"""Draws a form from its definition: sections, fields that are asked by now, and their likely answers."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any

import streamlit as st

from components import clock
from components.choices import hints
from components.definitions import answers
from components.definitions.definition import Asked, Definition, Section
from components.forms import fields, name_hint
from components.forms.form import Form
from components.words import _

PLACE = ("site", "room", "rooms")
Special = Callable[[Asked], None]
Effect = Callable[[Form], None]


def open_form(name: str, definition: Definition, now: datetime) -> Form:
    """Open a form called ``name``, with what a new one begins with at the moment ``now``."""
    return Form(name, answers.defaults(definition, now), answers.labels(definition), answers.sections(definition))


class _Drawing:
    """One run of drawing a form."""

    def __init__(
        self,
        form: Form,
        definition: Definition,
        head_start: bool,
        special: Mapping[str, Special],
        effects: Mapping[str, Effect],
        changed: Callable[[], None],
    ) -> None:
        self.form, self.definition, self.head_start = form, definition, head_start
        self.special, self.effects, self.changed = special, effects, changed
        self.steering = definition.steering()
        self.busy = False

    def all(self) -> None:
        """Draw every section that is asked by now."""
        with self._at_work():
            for group in self.definition.together():
                if self.definition.is_self_contained(group):
                    self.part(partial(self.group, group))
                else:
                    self.group(group)

    def part(self, work: Callable[[], None]) -> None:
        """Draw something that runs again on its own after a tap in it, with what is to be done about the change.

        After a refused save every tap draws the whole form: its list of problems changes with each answer.
        """
        if self.form.state["tried"]:
            work()
            return

        @st.fragment
        def drawn() -> None:
            if self.busy:
                work()
                return
            with self._at_work():
                work()
            self.changed()

        drawn()

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self.busy = True
        try:
            yield
        finally:
            self.busy = False

    def group(self, group: tuple[Section, ...]) -> None:
        for section in group:
            if all(condition.holds(self.form) for condition in section.when):
                self.section(section)

    def section(self, section: Section) -> None:
        if section.folded:
            self._folded(section)
            return
        if section.title and section.fields[0].kind != "site":
            fields.section(self.form, section.anchor, section.title)
        if section.boxed:
            with st.container(border=True):
                self.rows(section.fields)
        else:
            self.rows(section.fields)

    def _folded(self, section: Section) -> None:
        key = self.form.key(f"part_{section.anchor}")
        if any(answers.owns(section, problem.field) for problem in self.form.problems):
            st.session_state[key] = True
        part = st.expander(section.title, key=key, on_change="rerun")
        if part.open:
            with part:
                fields.hint(section.told)
                self.rows(section.fields)

    def rows(self, asked: tuple[Asked, ...]) -> None:
        """Draw the fields that are asked by now; those of one row stand side by side."""
        alone = all(map(self._steers, asked)) or not any(map(self._steers, asked))
        for steers, neighbours in groupby(self._now_asked(asked), key=self._steers):
            if steers or alone:
                self._fields(neighbours)
            else:
                self.part(partial(self._fields, list(neighbours)))

    def _steers(self, asked: Asked) -> bool:
        return asked.name in self.steering or asked.begins_from is not None

    def _fields(self, asked: Iterable[Asked]) -> None:
        for row, together in groupby(asked, key=lambda one: one.row):
            if row is None:
                for one in together:
                    self.field(one)
            else:
                with st.container(horizontal=True, gap="medium"):
                    for one in together:
                        with st.container(width="content"):
                            self.field(one)

    def _now_asked(self, asked: tuple[Asked, ...]) -> Iterator[Asked]:
        """Give what is asked, one by one: drawing a field can settle whether the next is asked."""
        for one in asked:
            if one.kind in PLACE or (one.at == "head_start" and not self.head_start):
                continue
            if all(condition.holds(self.form) for condition in one.when):
                yield one

    def field(self, asked: Asked) -> None:
        form, name = self.form, asked.name
        required = asked.needs_answer(form, self.head_start)
        if asked.kind in self.special:
            self.special[asked.kind](asked)
        elif asked.kind == "note":
            st.info(asked.told or "")
        elif asked.kind in ("one", "many"):
            self._chips(asked, required)
        elif asked.kind == "day":
            self._day(asked, required)
        elif asked.kind == "time":
            ago = [shortcut.minutes for shortcut in asked.shortcuts]
            fields.clock_time(form, name, clock.now(), required=required, minutes_ago=ago)
        elif asked.kind == "scale":
            fields.scale(form, name, range(asked.least, (asked.most or 0) + 1), told=asked.told)
        elif asked.kind in ("number", "share"):
            fields.number(
                form, name, step=asked.step, required=required, quick=asked.quick, then=self._effect(asked),
                problems=asked.kind == "number",
            )  # fmt: skip
        elif asked.kind in ("line", "text"):
            draw_words = fields.line if asked.kind == "line" else fields.text
            draw_words(form, name, most=asked.most or 0, required=required, told=asked.told)
            name_hint.draw(form, name)
        elif asked.kind == "rows":
            self._repeated(asked)

    def _effect(self, asked: Asked) -> Effect | None:
        return self.effects[asked.effect] if asked.effect else None

    def _chips(self, asked: Asked, required: bool) -> None:
        form, list_code = self.form, asked.options or ""
        only: Any = asked.only or None
        if asked.chosen_of:
            only = form[asked.chosen_of]
            if form[asked.name] not in only:
                form[asked.name] = None
        fields.chips(
            form, asked.name, list_code, multi=asked.kind == "many", only=only, required=required, alone=asked.alone,
            then=self._effect(asked),
        )  # fmt: skip
        if asked.hints == ("!",):
            fields.hint(hints(list_code, None))
        elif asked.hints:
            value = form[asked.name]
            chosen = value if isinstance(value, list) else [value] if value else []
            fields.hint(hints(list_code, [code for code in chosen if asked.hints == ("*",) or code in asked.hints]))

    def _day(self, asked: Asked, required: bool) -> None:
        form, name = self.form, asked.name
        begun = form.state.setdefault("begun", [])
        if asked.begins_from and name not in begun:
            begun.append(name)
            if form[name] is None:
                form[name] = form[asked.begins_from]
        today = clock.today()
        shortcuts = [(one.label, today + timedelta(days=one.days)) for one in asked.shortcuts]
        fields.day(form, name, required=required, shortcuts=shortcuts)

    def _repeated(self, asked: Asked) -> None:
        form = self.form
        count = form[asked.counter]
        for row in range(count):
            with st.container(border=True):
                for part in asked.parts:
                    self.field(part.named(f"{asked.name}.{row}.{part.name}"))
                st.button(
                    _("Take this out"), key=form.key(f"drop_{asked.name}_{row}"), type="tertiary",
                    icon=":material/close:", on_click=drop_row, args=(form, asked, row),
                )  # fmt: skip
        if count < (asked.most or 0):
            st.button(
                asked.label, key=form.key(f"add_{asked.name}"), icon=":material/add:",
                on_click=form.__setitem__, args=(asked.counter, count + 1),
            )  # fmt: skip


def drop_row(form: Form, asked: Asked, row: int) -> None:
    """Take one row out and move up those below it."""
    last = form[asked.counter] - 1
    for place in range(row, last + 1):
        for part in asked.parts:
            field, following = (f"{asked.name}.{number}.{part.name}" for number in (place, place + 1))
            form[field] = form[following] if place < last else form.defaults[field]
    form[asked.counter] = last


def draw(
    form: Form,
    definition: Definition,
    changed: Callable[[], None],
    *,
    head_start: bool = False,
    special: Mapping[str, Special] | None = None,
    effects: Mapping[str, Effect] | None = None,
) -> None:
    """Draw everything after the place, which the page chooses.

    A tap draws again only what depends on it: one field, or its section. The whole form follows where an answer
    changes what else is asked.

    Args:
        form: the form, as ``open_form`` gave it.
        definition: what it asks.
        changed: is called when only a part was drawn again.
        head_start: whether the site is of that kind.
        special: how kinds of fields are drawn that only one form has.
        effects: what taps change elsewhere in the form.
    """
    _Drawing(form, definition, head_start, special or {}, effects or {}, changed).all()
