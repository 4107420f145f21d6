"""Every sentence that a person reads goes through here, in that person's language."""

import contextvars
import gettext
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("en", "es")
CATALOGUES = Path(__file__).parent / "locale"

_language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default="en")


def use_language(language: str) -> None:
    """Choose the language of all that this run or request says; English when there is no such language."""
    _language.set(language if language in LANGUAGES else "en")


def language() -> str:
    """Give the language in use."""
    return _language.get()


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation("attune", CATALOGUES, [code], fallback=True)


def _(sentence: str) -> str:
    """Give ``sentence`` in the language in use."""
    return _catalogue(_language.get()).gettext(sentence)


def plural(one: str, many: str, count: float) -> str:
    """Give the form of a sentence that fits ``count``, with ``{count}`` still to be filled."""
    return _catalogue(_language.get()).ngettext(one, many, round(count) if count != 1 else 1)
