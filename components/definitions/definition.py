"""What a form consists of: sections of fields, when each is asked, and what it begins with."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "site", "room", "rooms", "day", "time", "one", "many", "number", "share", "placed", "scale", "rows", "child",
    "line", "text", "last", "note",
]  # fmt: skip
"""How a field is answered.

``one`` and ``many`` are chips of an option list; ``scale`` is a row of numbers; ``share`` is the part of the minutes
that one level gets, and ``placed`` tells how many of them are placed; ``rows`` repeats its ``parts`` under the names
``<name>.<row>.<part>``, ``<name>`` being the number of rows (see ``counter``); ``child`` offers known keys; ``last``
is a button that takes what the latest record here was like; ``note`` only tells.
"""
Effect = Literal["share_minutes", "take_permission"]


@dataclass(frozen=True)
class When:
    """A condition: another field holds one of ``among``, none of ``never``, and at least ``least`` choices."""

    field: str
    among: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    least: int = 0

    def holds(self, values: Mapping[str, Any]) -> bool:
        """Tell whether the condition holds for a form's values."""
        value = values[self.field]
        chosen = value if isinstance(value, list | tuple) else [value]
        if self.among and not any(code in self.among for code in chosen):
            return False
        return not any(code in self.never for code in chosen) and len(chosen) >= self.least


@dataclass(frozen=True)
class Shortcut:
    """A button that answers: ``days`` from today for a day, ``minutes`` ago for a time (0: now)."""

    label: str
    days: int = 0
    minutes: int = 0


@dataclass(frozen=True)
class Asked:
    """One field. ``label`` and ``told`` are in the reader's language, codes never are.

    Args:
        name: as the input model names it, or the form's own where several make one value.
        kind: how it is answered.
        label: what it is called.
        default: its first value; ``today``, ``quarter`` and ``minute`` stand for the moment (day, the quarter of an
            hour just begun, the minute if children are in care at that hour).
        options: the option list of its chips.
        only: the codes of it that are offered; all unless told otherwise.
        chosen_of: offers only what is chosen in that field.
        alone: codes that exclude all others.
        required: whether it needs an answer when it is asked.
        required_if: conditions under which alone it needs one.
        required_at: the kind of site at which alone it needs one (``head_start``).
        missing: the problem when a needed answer is not there.
        stand_in: what the other rules are checked with while a needed answer is missing.
        least: the least of a number.
        most: the most of a number, of characters or of rows.
        step: the step of a number's buttons.
        quick: chips of likely numbers.
        shortcuts: buttons of likely days or times.
        told: a sentence beside it.
        hints: the codes whose hints show when they are chosen; ``*`` is every code; ``!`` shows all hints always.
        when: all of these must hold for it to be asked.
        at: the kind of site at which alone it is asked.
        parts: the fields of each row.
        begins_from: takes this field's value when it is first asked.
        row: neighbours that name the same row stand side by side.
        effect: what a tap changes elsewhere in the form.
    """

    name: str
    kind: Kind
    label: str = ""
    default: Any = None
    options: str | None = None
    only: tuple[str, ...] = ()
    chosen_of: str | None = None
    alone: tuple[str, ...] = ()
    required: bool = False
    required_if: tuple[When, ...] = ()
    required_at: str | None = None
    missing: str = "required"
    stand_in: Any = None
    least: int = 0
    most: int | None = None
    step: int = 1
    quick: tuple[int, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    told: str | None = None
    hints: tuple[str, ...] = ()
    when: tuple[When, ...] = ()
    at: str | None = None
    parts: tuple["Asked", ...] = ()
    begins_from: str | None = None
    row: str | None = None
    effect: Effect | None = None

    def needs_answer(self, values: Mapping[str, Any], head_start: bool) -> bool:
        """Tell whether it needs an answer when it is asked; ``head_start`` tells what kind of site it is."""
        here = self.required_at is None or head_start
        return self.required and here and all(condition.holds(values) for condition in self.required_if)

    @property
    def counter(self) -> str:
        """The name under which a form keeps the number of its rows."""
        return f"{self.name}_rows"

    def in_rows(self) -> Iterator["Asked"]:
        """Give the fields of all its rows, under the names that the form keeps them by."""
        for row in range(self.most or 0):
            for part in self.parts:
                yield part.named(f"{self.name}.{row}.{part.name}")

    def named(self, name: str) -> "Asked":
        """Give the same field under another name."""
        return Asked(**{**self.__dict__, "name": name})


@dataclass(frozen=True)
class Section:
    """A part of a form: under a heading, ``folded`` (opened with a tap, optional) or ``boxed`` (drawn together)."""

    anchor: str
    title: str
    fields: tuple[Asked, ...]
    folded: bool = False
    boxed: bool = False
    told: str | None = None
    when: tuple[When, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A whole form."""

    form: str
    sections: tuple[Section, ...]

    def fields(self) -> Iterator[Asked]:
        """Give every field, in the order of the screen."""
        for section in self.sections:
            yield from section.fields

    def asked(self, values: Mapping[str, Any]) -> Iterator[Asked]:
        """Give the fields that are asked, given the form's values."""
        for section in self.sections:
            if all(condition.holds(values) for condition in section.when):
                yield from (one for one in section.fields if all(condition.holds(values) for condition in one.when))

    def together(self) -> list[tuple[Section, ...]]:
        """Give the sections in groups: a boxed one belongs to the one above it."""
        groups: list[tuple[Section, ...]] = []
        for section in self.sections:
            if section.boxed and groups:
                groups[-1] += (section,)
            else:
                groups.append((section,))
        return groups

    def steering(self) -> frozenset[str]:
        """Give the fields whose answer changes what else is asked or said."""
        return frozenset(_steering(self.sections, self.sections))

    def is_self_contained(self, group: tuple[Section, ...]) -> bool:
        """Tell whether no answer within a group of sections changes anything outside of it."""
        own = {asked.name for section in group for asked in section.fields}
        others = [section for section in self.sections if section not in group]
        return not any(name in own for name in _steering(self.sections, others))


def _steering(all_sections: tuple[Section, ...], steered: Iterable[Section]) -> Iterator[str]:
    """Give the fields that the sections ``steered`` depend on."""
    within = [asked for section in steered for asked in section.fields]
    conditions = [section.when for section in steered] + [asked.when for asked in within]
    conditions += [asked.required_if for asked in within]
    for when in conditions:
        yield from (one.field for one in when)
    yield from (asked.chosen_of for asked in within if asked.chosen_of)
    effects = {asked.name for section in all_sections for asked in section.fields if asked.effect}
    moved = {"share", "placed", "last", "rows", "child"}
    for asked in within:
        if asked.kind in moved or asked.name in effects:
            yield asked.name
