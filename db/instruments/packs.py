"""Read an instrument pack: a YAML file with a program's own instrument, or wording that it holds a licence for.

The file comes from outside: nothing in it is run, anchors and tags are refused before anything is built, and
everything has a limit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import yaml

from db.field_data import DataError, check_keys, parse_yaml, required_text, texts
from db.instruments.item_reading import read_answers, read_positions, read_texts
from db.instruments.reading import read_instrument
from db.instruments.records import Instrument, Items, Scale

LARGEST = 60_000
"""Bytes that a pack may have."""
DEEPEST, MOST_NODES, LONGEST_TEXT, LONGEST_NOTE, MOST_SCALES = 8, 5_000, 400, 300, 20
OWN_CODE = re.compile(r"own_[a-z0-9_]{2,36}")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Signs that nobody sees and that no database or page needs: they can end a text early or turn its direction."""
_SCALE_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_WORDING_KEYS = frozenset({"pack", "instrument", "licence", "languages", "answers", "items", "reversed"})
_LENGTHS = {"name": 160, "name_es": 160, "edition": 40, "formula_version": 40}

PackKind = Literal["instrument", "wording"]


class PackRefused(ValueError):
    """A pack cannot be used. ``code`` names the sentence, ``context`` fills it, ``line`` is where, if known."""

    def __init__(self, code: str, line: int | None = None, **context: Any) -> None:
        super().__init__(f"{code} {context}")
        self.code, self.line, self.context = code, line, context


@dataclass(frozen=True)
class Pack:
    """What a pack holds. ``instrument`` is the new one, or the shipped one with its words filled in."""

    kind: PackKind
    instrument: Instrument
    licence_note: str


def read_pack(data: bytes, shipped: Mapping[str, Instrument]) -> Pack:
    """Check a pack and give what it holds.

    Raises:
        PackRefused: it is too large, not YAML, or breaks a rule.
    """
    _require_harmless(data)
    try:
        entry = parse_yaml(data)
        kind = entry.get("pack")
        if kind == "instrument":
            return _own_instrument(entry)
        if kind == "wording":
            return _wording(entry, shipped)
    except DataError as error:
        raise PackRefused("pack_rule", detail=str(error)) from None
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, PackRefused):
            raise
        raise PackRefused("pack_not_yaml") from None
    raise PackRefused("pack_kind")


def _require_harmless(data: bytes) -> None:
    """Walk through the events of the file, which builds nothing, and stop at the first thing that has no place here."""
    if len(data) > LARGEST:
        raise PackRefused("pack_too_large", kilobytes=LARGEST // 1000)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PackRefused("pack_not_text") from None
    depth = nodes = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = event.start_mark.line + 1 if event.start_mark else None
            nodes += 1
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise PackRefused("pack_anchor", line)
            if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
                raise PackRefused("pack_tag", line)
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > DEEPEST or nodes > MOST_NODES:
                raise PackRefused("pack_too_much", line)
            if isinstance(event, yaml.ScalarEvent):
                if len(event.value) > LONGEST_TEXT:
                    raise PackRefused("pack_long_text", line, length=LONGEST_TEXT)
                if _UNSEEN.search(event.value):
                    raise PackRefused("pack_unseen", line)
    except yaml.MarkedYAMLError as error:
        raise PackRefused("pack_not_yaml", error.problem_mark.line + 1 if error.problem_mark else None) from None
    except yaml.YAMLError:
        raise PackRefused("pack_not_yaml") from None


def _own_instrument(entry: dict[str, Any]) -> Pack:
    note = _note(entry)
    code = required_text(entry, "code", "pack")
    if not OWN_CODE.fullmatch(code):
        raise PackRefused("pack_code_form")
    found = read_instrument(code, {key: value for key, value in entry.items() if key not in ("pack", "licence")})
    if not OWN_CODE.fullmatch(found.family):
        raise PackRefused("pack_family_form")
    if found.kind == "rating" or found.unit == "child":
        raise PackRefused("pack_no_children")
    if found.cycles_max > 6 or len(found.scales) > MOST_SCALES:
        raise PackRefused("pack_too_much")
    for code in [scale.code for scale in found.scales] + [domain.code for domain in found.domains]:
        if not _SCALE_CODE.fullmatch(code):
            raise PackRefused("pack_scale_code", scale=code)
    for name, longest in _LENGTHS.items():
        if len(getattr(found, name)) > longest:
            raise PackRefused("pack_long_text", length=longest)
    _require_languages(found.items, found.languages)
    if found.items:
        _require_ends(found)
    return Pack("instrument", found, note)


def _require_ends(found: Instrument) -> None:
    assert found.items is not None
    for scale in found.scales:
        if scale.items is None:
            continue
        times = len(scale.items.positions) if scale.items.combine == "sum" else 1
        low, high = (times * end for end in (found.items.values[0], found.items.values[-1]))
        if (low, high) != (scale.minimum, scale.maximum):
            raise PackRefused("pack_scale_ends", scale=scale.code, low=f"{low:g}", high=f"{high:g}")


def _wording(entry: dict[str, Any], shipped: Mapping[str, Instrument]) -> Pack:
    check_keys(entry, _WORDING_KEYS, "pack")
    found = shipped.get(required_text(entry, "instrument", "pack"))
    if found is None:
        raise PackRefused("pack_unknown_instrument")
    if found.items is None or found.items.texts:
        raise PackRefused("pack_no_wording_here", instrument=found.name)
    note = _note(entry)
    given = entry.get("items")
    if not isinstance(given, list) or len(given) != found.items.count:
        count = len(given) if isinstance(given, list) else 0
        raise PackRefused("pack_item_count", expected=found.items.count, found=count)
    languages = texts(entry, "languages", "pack")
    items = replace(
        found.items, answers=read_answers(entry, "pack"), texts=read_texts(entry, "items", found.items.count, "pack")
    )
    if items.values != found.items.values:
        numbers = ", ".join(f"{value:g}" for value in found.items.values)
        raise PackRefused("pack_answers", numbers=numbers)
    _require_languages(items, languages)
    scales = tuple(_turned(scale, entry.get("reversed")) for scale in found.scales)
    return Pack("wording", replace(found, items=items, scales=scales, languages=languages), note)


def _turned(scale: Scale, stated: Any) -> Scale:
    """Fill in which items are turned round, where the registry does not know and the pack says so."""
    if scale.items is None or scale.items.reversed is not None:
        return scale
    if not isinstance(stated, dict) or scale.code not in stated:
        raise PackRefused("pack_reversed_missing", scale=scale.code)
    turned = read_positions(stated, scale.code, scale.items.positions, "pack.reversed")
    return replace(scale, items=replace(scale.items, reversed=turned))


def _require_languages(items: Items | None, languages: tuple[str, ...]) -> None:
    if not set(languages) <= {"en", "es"} or len(set(languages)) < len(languages):
        raise PackRefused("pack_languages")
    for language in languages if items else ():
        assert items is not None
        for position, text in enumerate(items.texts, start=1):
            if getattr(text, language) is None:
                raise PackRefused("pack_item_language", position=position, language=language)
        if items.texts and any(getattr(answer, language) is None for answer in items.answers):
            raise PackRefused("pack_answer_language", language=language)


def _note(entry: dict[str, Any]) -> str:
    note = entry.get("licence")
    if not isinstance(note, str) or not note.strip():
        raise PackRefused("pack_licence_missing")
    if len(note) > LONGEST_NOTE:
        raise PackRefused("pack_long_text", length=LONGEST_NOTE)
    return note.strip()
