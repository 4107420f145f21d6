"""Turn the items of a survey, as a file describes them, into records."""

import itertools
from typing import Any, cast, get_args

from db.field_data import DataError, check_keys, mappings, optional_text, required_text
from db.instruments.records import Answer, Combine, Items, ItemScoring, ItemText

_MOST_ITEMS = 120
_MOST_ANSWERS = 11


def read_items(entry: Any, where: str) -> Items:
    """The form: ``count``, ``answers`` (numbers, or options with words), ``source``, and ``texts`` where they are ours.

    Raises:
        DataError: a number is out of range, the answers do not rise, or the texts are not one for each item.
    """
    where = f"{where}.items"
    if not isinstance(entry, dict):
        raise DataError(f"{where}: it must give a count, answers and a source")
    check_keys(entry, frozenset(Items.__dataclass_fields__), where)
    count = entry.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST_ITEMS:
        raise DataError(f"{where}: 'count' must be a whole number from 1 to {_MOST_ITEMS}, found {count!r}")
    return Items(
        count=count,
        answers=read_answers(entry, where),
        source=required_text(entry, "source", where),
        texts=read_texts(entry, "texts", count, where),
    )


def read_answers(entry: dict[str, Any], where: str) -> tuple[Answer, ...]:
    """The answers, lowest number first: bare numbers, or ``value`` with its words.

    Raises:
        DataError: fewer than two, too many, not rising, or an option without words.
    """
    given = entry.get("answers")
    if not isinstance(given, list) or not 2 <= len(given) <= _MOST_ANSWERS:
        raise DataError(f"{where}: 'answers' must list 2 to {_MOST_ANSWERS} answers")
    answers = tuple(_answer(one, where) for one in given)
    values = [answer.value for answer in answers]
    if any(low >= high for low, high in itertools.pairwise(values)):
        raise DataError(f"{where}: the numbers of the answers must rise")
    return answers


def _answer(given: Any, where: str) -> Answer:
    entry = given if isinstance(given, dict) else {"value": given}
    check_keys(entry, frozenset(Answer.__dataclass_fields__), f"{where}.answers")
    value = entry.get("value")
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= 1000:
        raise DataError(f"{where}.answers: an answer counts as a number, found {value!r}")
    return Answer(float(value), optional_text(entry, "en", where), optional_text(entry, "es", where))


def read_texts(entry: dict[str, Any], key: str, count: int, where: str) -> tuple[ItemText, ...]:
    """The words of the items, in order; empty where there are none.

    Raises:
        DataError: there are some, but not one for each of ``count`` items, or one has no words at all.
    """
    given = mappings(entry, key, where)
    if given and len(given) != count:
        raise DataError(f"{where}: it has {count} items, but {key!r} gives the words of {len(given)}")
    found = []
    for position, one in enumerate(given, start=1):
        check_keys(one, frozenset(ItemText.__dataclass_fields__), f"{where}.{key}, item {position}")
        text = ItemText(optional_text(one, "en", where), optional_text(one, "es", where))
        if text.en is None and text.es is None:
            raise DataError(f"{where}: item {position} has no words")
        found.append(text)
    return tuple(found)


def read_item_scoring(entry: Any, count: int | None, where: str) -> ItemScoring:
    """Which items make a scale; ``reversed: unknown`` where no source says which are turned round.

    Raises:
        DataError: a position is outside the form or stands twice, or there is no form at all.
    """
    where = f"{where}.items"
    if count is None:
        raise DataError(f"{where}: the instrument has no items")
    if not isinstance(entry, dict):
        raise DataError(f"{where}: it must give positions, reversed and combine")
    check_keys(entry, frozenset(ItemScoring.__dataclass_fields__), where)
    positions = read_positions(entry, "positions", range(1, count + 1), where)
    if not positions:
        raise DataError(f"{where}: a scale needs items")
    turned = None if entry.get("reversed") == "unknown" else read_positions(entry, "reversed", positions, where)
    combine = required_text(entry, "combine", where)
    if combine not in get_args(Combine):
        raise DataError(f"{where}: 'combine' must be sum or mean")
    return ItemScoring(positions, turned, cast(Combine, combine))


def read_positions(entry: dict[str, Any], key: str, allowed: range | tuple[int, ...], where: str) -> tuple[int, ...]:
    """Item positions from 1, each once, in rising order.

    Raises:
        DataError: something else stands there, or a position outside ``allowed``.
    """
    given = entry.get(key)
    whole = isinstance(given, list) and all(isinstance(one, int) and not isinstance(one, bool) for one in given)
    if not whole or len(set(given)) != len(given) or not set(given) <= set(allowed):  # type: ignore[arg-type]
        raise DataError(f"{where}: {key!r} must list positions of its items, each once")
    return tuple(sorted(cast(list[int], given)))
