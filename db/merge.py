"""What to do when two people changed the same record: keep what only one changed, ask about the rest."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from db.audit import plain

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Clash:
    """Fields that both changed, to different values: someone has to choose one side.

    There is more than one field where the fields only make sense together, such as a visit's minutes.
    """

    fields: tuple[str, ...]
    base: dict[str, Any]
    mine: dict[str, Any]
    theirs: dict[str, Any]


@dataclass(frozen=True)
class MergeResult:
    """``merged`` holds every field: theirs, with mine where I changed it (where both did: mine for now).

    ``from_mine`` and ``from_theirs`` name the fields that only one side changed.
    """

    merged: dict[str, Any]
    clashes: tuple[Clash, ...] = ()
    from_mine: tuple[str, ...] = ()
    from_theirs: tuple[str, ...] = ()

    def settled(self, sides: Mapping[tuple[str, ...], str]) -> dict[str, Any]:
        """Give all fields once every clash has its side, ``mine`` or ``theirs``.

        Raises:
            KeyError: a clash has no side yet.
        """
        chosen = dict(self.merged)
        for clash in self.clashes:
            chosen.update(clash.mine if sides[clash.fields] == "mine" else clash.theirs)
        return chosen


def merge(base: Values, mine: Values, theirs: Values, together: Sequence[Sequence[str]] = ()) -> MergeResult:
    """Merge two versions that started from ``base``.

    Args:
        base: the fields as both saw them at first.
        mine: the fields as I want them; its keys are the fields to merge.
        theirs: the fields as they are stored now.
        together: groups of fields that only make sense together, and so are taken from one side as a whole.
    """
    merged = {name: theirs.get(name, value) for name, value in mine.items()}
    clashes: list[Clash] = []
    from_mine: list[str] = []
    from_theirs: list[str] = []
    for group in _groups(mine, together):
        i_changed = [name for name in group if _differ(base, mine, name)]
        they_changed = [name for name in group if _differ(base, theirs, name)]
        if not i_changed:
            from_theirs += they_changed
            continue
        if not they_changed:
            from_mine += i_changed
        elif any(_differ(mine, theirs, name) for name in group):
            sides = [{name: side.get(name) for name in group} for side in (base, mine, theirs)]
            clashes.append(Clash(group, *sides))
        merged.update({name: mine[name] for name in group})
    return MergeResult(merged, tuple(clashes), tuple(from_mine), tuple(from_theirs))


def _groups(mine: Values, together: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    grouped = {name for group in together for name in group}
    for group in together:
        present = tuple(name for name in group if name in mine)
        if present:
            yield present
    for name in mine:
        if name not in grouped:
            yield (name,)


def _differ(one: Values, other: Values, name: str) -> bool:
    return bool(comparable(one.get(name)) != comparable(other.get(name)))


def comparable(value: Any) -> Any:
    """Give a value so that two that mean the same are equal: options in any order, ways to write nothing."""
    value = plain(value)
    if value in ("", [], {}):
        return None
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return sorted(set(value))
    return value
