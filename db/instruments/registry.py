"""The instruments of this process: those that come with the program, and those that programs added since."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from db.instruments.records import Answer, Instrument, Kind

Wordings = Mapping[tuple[str, uuid.UUID], Instrument]


class Registry(Mapping[str, Instrument]):
    """All instruments by code. Reading never asks the database; ``use_added`` replaces what was added at one stroke."""

    def __init__(self, shipped: Mapping[str, Instrument]) -> None:
        self.shipped = MappingProxyType(dict(shipped))
        self._all: Mapping[str, Instrument] = self.shipped
        self._worded: Wordings = MappingProxyType({})

    def __getitem__(self, code: str) -> Instrument:
        return self._all[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def use_added(self, added: Iterable[Instrument], worded: Wordings) -> None:
        """Take these instruments and wordings instead of those added before. A shipped code is never replaced."""
        self._all = MappingProxyType({one.code: one for one in added} | dict(self.shipped))
        self._worded = MappingProxyType(dict(worded))

    def of_kind(self, kind: Kind, program_id: uuid.UUID | None = None) -> tuple[Instrument, ...]:
        """Those to choose from, by name and edition: not retired, and with ``program_id`` not another program's own."""
        chosen = (
            one
            for one in self._all.values()
            if one.kind == kind and (not one.retired if program_id is None else one.offered_to(program_id))
        )
        return tuple(sorted(chosen, key=lambda one: (one.name, one.edition)))

    def for_program(self, code: str, program_id: uuid.UUID) -> Instrument:
        """One instrument as one program may use it: with the wording that it holds a licence for, and no other's.

        Raises:
            KeyError: there is no such instrument.
        """
        return self._worded.get((code, program_id)) or self._all[code]


def without_words(one: Instrument) -> Instrument:
    """Give an instrument with its numbers only: what everybody else may know of one program's own questions."""
    if one.items is None:
        return one
    numbers = tuple(Answer(answer.value) for answer in one.items.answers)
    return replace(one, items=replace(one.items, texts=(), answers=numbers))
