"""Every sentence that a person reads goes through here, in that person's language."""

import contextvars
import gettext
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

LANGUAGE_NAMES = {"en": "English", "es": "Español"}
LANGUAGES = tuple(LANGUAGE_NAMES)
CATALOGUES = Path(__file__).parent / "locale"

_chosen: contextvars.ContextVar[str | None] = contextvars.ContextVar("language", default=None)
_ask: list[Callable[[], str | None]] = []


def use_language(language: str) -> None:
    """Choose the language of all that this run or request says; English when there is no such language."""
    _chosen.set(language if language in LANGUAGES else "en")


def ask_language(source: Callable[[], str | None]) -> None:
    """Name what knows the language where none was chosen: a rerun of a fragment starts without the shell."""
    _ask[:] = [source]


def language() -> str:
    """Give the language in use."""
    wanted = _chosen.get() or (_ask[0]() if _ask else None)
    return wanted if wanted in LANGUAGES else "en"


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("attune", CATALOGUES, [code], fallback=True)


def _(sentence: str) -> str:
    """Give ``sentence`` in the language in use."""
    return _catalogue(language()).gettext(sentence)


def plural(one: str, many: str, count: float) -> str:
    """Give the form of a sentence that fits ``count``, with ``{count}`` still to be filled."""
    return _catalogue(language()).ngettext(one, many, round(count) if count != 1 else 1)
