"""Finds what reads as the name of a child or a family in free text: for a quiet hint, never for a block.

The words are data (``name_hint.json``, which says where they come from). ``web/tablet/name_hint.js`` reads the same
data and takes the same steps; a test runs both on the same texts. How often it is right: docs/methods.md.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*")
_ENDING = re.compile(r"['’](?:s|m|ll|d|ve|re|t)$", re.IGNORECASE)
_BEGINS = re.compile(r"[\n.!?:;…()\"“”«»¿¡•*–—]| - ")
_INITIALS = re.compile(r"(?:^|[^A-Za-z.])([A-Z]\. ?[A-Z]\.)")
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_HEADING_WORDS, _LONG_WORD = 4, 4
"""A line of so many long words, all capitalized, is a heading: a capital says nothing there."""


class _Word(NamedTuple):
    shown: str
    key: str
    between: str
    possessive: bool
    begins: bool
    in_heading: bool


def names_in(text: str) -> list[str]:
    """Give what reads as a name or as initials in English or Spanish text, in its order, each once."""
    text = unicodedata.normalize("NFC", text)
    words = [word for line in text.split("\n") for word in _words(line)]
    found = [word.shown for at, word in enumerate(words) if _is_name(words, at)]
    things = _rules()["initials_of_things"]
    initials = [shown for shown in _INITIALS.findall(text) if shown.replace(" ", "").lower() not in things]
    return list(dict.fromkeys(found + initials))


@cache
def rules() -> Mapping[str, Any]:
    """Give the words and rules as they are served to the tablet: lists of words separated by spaces."""
    read: Mapping[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return read


@cache
def _rules() -> Mapping[str, frozenset[str]]:
    lists = {name: value for name, value in rules().items() if isinstance(value, list)}
    phrases = ("before_a_name", "even_in_lower_case_after")
    return {
        name: frozenset(value) if name in phrases else frozenset(" ".join(value).split())
        for name, value in lists.items()
    }


def _words(line: str) -> list[_Word]:
    matches = list(_WORD.finditer(line))
    long = [match.group() for match in matches if len(match.group()) >= _LONG_WORD]
    heading = len(long) >= _HEADING_WORDS and all(word[0] != word[0].lower() for word in long)
    words: list[_Word] = []
    end = 0
    for match in matches:
        whole = match.group()
        shown = _ENDING.sub("", whole)
        between = line[end : match.start()]
        after_title = bool(words) and between in (".", ". ") and _is_short(words[-1])
        alone = between.endswith("(") and line[match.end() : match.end() + 1] == ")"
        begins = not words or (_BEGINS.search(between) is not None and not after_title and not alone)
        possessive = whole[len(shown) :].lower() in ("'s", "’s")
        words.append(_Word(shown, _folded(shown), between, possessive, begins, heading))
        end = match.end()
    return words


def _is_name(words: Sequence[_Word], at: int) -> bool:
    rules, word = _rules(), words[at]
    if len(word.shown) == 1:
        return word.shown != word.key and word.key not in rules["letters_for_nobody"] and _after(words, at, "initial")
    if not _capitalized(word.shown):
        told = _after(words, at, "lower_case") and word.key not in rules["stop_words"] | rules["not_names"]
        return told or word.key in rules["given_names"]
    if _is_place(words, at):
        return False
    if word.key in rules["given_names"]:
        return True
    cue = _after(words, at, "name") or (word.possessive and _next_is(words, at, "after_a_name"))
    by_capital = not word.begins and not word.in_heading
    if word.key in rules["names_that_are_words"]:
        return cue or (by_capital and word.key not in rules["not_names"])
    if _is_known_word(word) or _is_group(words, at):
        return False
    return cue or by_capital


_CUES = {"name": "before_a_name", "lower_case": "even_in_lower_case_after", "initial": "before_an_initial"}


def _after(words: Sequence[_Word], at: int, cue: str) -> bool:
    """Tell whether a word comes right after one or two words that lead to a name."""
    if words[at].begins:
        return False
    known = _rules()[_CUES[cue]]
    keys = [word.key for word in words[max(0, at - 2) : at]]
    return keys[-1] in known or " ".join(keys) in known


def _next_is(words: Sequence[_Word], at: int, name: str) -> bool:
    return at + 1 < len(words) and not words[at + 1].begins and words[at + 1].key in _rules()[name]


def _is_place(words: Sequence[_Word], at: int) -> bool:
    """Tell whether a word belongs to the name of a place, program or thing: capitalized words in a row."""
    first = last = at
    while not words[first].begins and words[first].between == " " and _capitalized(words[first - 1].shown):
        first -= 1
    while last + 1 < len(words) and words[last + 1].between == " " and _capitalized(words[last + 1].shown):
        last += 1
    keys = [word.key for word in words[first : last + 1]]
    if any(key in _rules()["place_words"] for key in keys):
        return True
    given = any(key in _rules()["given_names"] for key in keys)
    return not given and not words[last].possessive and _next_is(words, last, "places_after")


def _is_known_word(word: _Word) -> bool:
    parts = word.key.split("-")
    known = _rules()["not_names"] | _rules()["place_words"]
    return word.key in known or (len(parts) > 1 and (parts[0] in known or not _capitalized(word.shown.split("-")[-1])))


def _is_group(words: Sequence[_Word], at: int) -> bool:
    """Tell whether a word is a classroom's nickname, such as "the Otters", and not "the Jones family"."""
    led = at > 0 and words[at - 1].key in _rules()["groups_after"] and words[at].between == " "
    return led and words[at].key.endswith("s") and not _next_is(words, at, "after_a_name")


def _is_short(word: _Word) -> bool:
    return word.key in _rules()["titles"] or (len(word.shown) == 1 and word.shown != word.key)


def _capitalized(shown: str) -> bool:
    return len(shown) > 1 and shown[0] != shown[0].lower() and shown[1:] != shown[1:].upper()


def _folded(shown: str) -> str:
    return _ACCENTS.sub("", unicodedata.normalize("NFD", shown)).lower()
