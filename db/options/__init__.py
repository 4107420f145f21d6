"""The field's option lists: stable codes, English and Spanish labels, and the standard's own wording.

Codes are stored; labels are shown. The lists are the YAML files of this folder, read once at import.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from db.field_data import DataError, check_keys, optional_text, read_yaml, required_text

_CODE = re.compile(r"^[a-z][a-z0-9_]*$")
_LIST_KEYS = frozenset({"en", "es", "standard", "source", "maps_to", "default", "options"})
_OPTION_KEYS = frozenset({"code", "en", "es", "maps_to", "hint_en", "hint_es", "phrase_en", "phrase_es"})


@dataclass(frozen=True)
class Option:
    """One choice. `maps_to` is the wording of the standard form or funder that this code is counted under.

    `phrase_en` and `phrase_es` say it inside a sentence ("during transitions"), where a screen builds one.
    """

    code: str
    en: str
    es: str
    maps_to: str | None
    hint_en: str | None = None
    hint_es: str | None = None
    phrase_en: str | None = None
    phrase_es: str | None = None


@dataclass(frozen=True)
class OptionList:
    """One list of choices in display order. `default` is the code that stands when nobody chose."""

    code: str
    en: str
    es: str
    standard: str
    source: str
    options: tuple[Option, ...]
    default: str | None = None


def options(list_code: str) -> tuple[Option, ...]:
    """The choices of a list in display order.

    Raises:
        KeyError: there is no such list.
    """
    return option_list(list_code).options


def codes(list_code: str) -> tuple[str, ...]:
    """The stored codes of a list in display order.

    Raises:
        KeyError: there is no such list.
    """
    return tuple(option.code for option in options(list_code))


def label(list_code: str, code: str, language: str = "en") -> str:
    """What a person reads for a stored code; any language but Spanish reads English.

    Raises:
        KeyError: there is no such list, or no such code in it.
    """
    found = option(list_code, code)
    return found.es if language == "es" else found.en


def hint(list_code: str, code: str, language: str = "en") -> str | None:
    """The short explanation or anchor under a choice, or None where the label says it all.

    Raises:
        KeyError: there is no such list, or no such code in it.
    """
    found = option(list_code, code)
    return found.hint_es if language == "es" else found.hint_en


def phrase(list_code: str, code: str, language: str = "en") -> str:
    """What a choice is called inside a sentence; its label where it has no such words.

    Raises:
        KeyError: there is no such list, or no such code in it.
    """
    found = option(list_code, code)
    told = found.phrase_es if language == "es" else found.phrase_en
    return told or label(list_code, code, language)


def option(list_code: str, code: str) -> Option:
    """One choice by its code.

    Raises:
        KeyError: there is no such list, or no such code in it.
    """
    option_list(list_code)
    try:
        return _BY_CODE[list_code, code]
    except KeyError:
        raise KeyError(f"The option list {list_code!r} has no code {code!r}.") from None


def option_list(list_code: str) -> OptionList:
    """One list with its title and source.

    Raises:
        KeyError: there is no such list.
    """
    try:
        return OPTION_LISTS[list_code]
    except KeyError:
        raise KeyError(f"There is no option list {list_code!r}.") from None


def load_option_lists(folder: Path) -> dict[str, OptionList]:
    """Every list of every YAML file in `folder`, checked.

    Raises:
        DataError: a code is malformed or stands twice, a label is empty, a hint lacks its other language,
            a list has no options, or a key is not known.
    """
    lists: dict[str, OptionList] = {}
    for path in sorted(folder.glob("*.yaml")):
        for code, entry in read_yaml(path).items():
            if code in lists:
                raise DataError(f"{path.name}: the list {code!r} already stands in another file")
            lists[code] = _option_list(code, entry)
    return lists


def _option_list(code: str, entry: dict[str, Any]) -> OptionList:
    _check_code(code, f"list {code!r}")
    check_keys(entry, _LIST_KEYS, code)
    chosen = tuple(_option(item, code, optional_text(entry, "maps_to", code)) for item in entry.get("options") or ())
    known = [option.code for option in chosen]
    if not known:
        raise DataError(f"{code}: the list has no options")
    for repeated in sorted({option_code for option_code in known if known.count(option_code) > 1}):
        raise DataError(f"{code}: the code {repeated!r} stands twice")
    default = optional_text(entry, "default", code)
    if default is not None and default not in known:
        raise DataError(f"{code}: the default {default!r} is not one of its codes")
    return OptionList(
        code=code,
        en=required_text(entry, "en", code),
        es=required_text(entry, "es", code),
        standard=required_text(entry, "standard", code),
        source=required_text(entry, "source", code),
        options=chosen,
        default=default,
    )


def _option(entry: dict[str, Any], list_code: str, list_maps_to: str | None) -> Option:
    code = required_text(entry, "code", list_code)
    where = f"{list_code}.{code}"
    _check_code(code, where)
    check_keys(entry, _OPTION_KEYS, where)
    for text in ("hint", "phrase"):
        if (f"{text}_en" in entry) != (f"{text}_es" in entry):
            raise DataError(f"{where}: a {text} needs both languages")
    return Option(
        code=code,
        en=required_text(entry, "en", where),
        es=required_text(entry, "es", where),
        maps_to=optional_text(entry, "maps_to", where) or list_maps_to,
        hint_en=optional_text(entry, "hint_en", where),
        hint_es=optional_text(entry, "hint_es", where),
        phrase_en=optional_text(entry, "phrase_en", where),
        phrase_es=optional_text(entry, "phrase_es", where),
    )


def _check_code(code: str, where: str) -> None:
    if not _CODE.match(code):
        raise DataError(f"{where}: a code is lower-case letters, digits and underscores and starts with a letter")


OPTION_LISTS: Mapping[str, OptionList] = MappingProxyType(load_option_lists(Path(__file__).parent))
_BY_CODE = {(one.code, choice.code): choice for one in OPTION_LISTS.values() for choice in one.options}
