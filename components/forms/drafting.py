"""Keeps what is being typed on the server after every tap, and brings it back when its page was lost."""

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

import streamlit as st

from components import dates
from components.forms.form import Form
from components.words import _

log = logging.getLogger(__name__)


class Keeper(NamedTuple):
    """What a page hands over: how to keep a draft under its key, and how to let it go."""

    keep: Callable[[uuid.UUID, dict[str, Any]], None]
    drop: Callable[[uuid.UUID], None]


def bring_back(form: Form, read: Callable[[], Any]) -> None:
    """Fill a form that this session has not touched yet with its latest draft."""
    own = _own(form)
    if own["looked"]:
        return
    own["looked"] = True
    draft = read()
    if draft is not None:
        form.fill(decoded(draft.content))
        form.state.update(client_uuid=str(draft.client_uuid), arrived=form["site_id"])
        own.update(key=str(draft.client_uuid), first="", kept=repr(form.values()), back=draft.saved_at)


def say_brought_back(form: Form, now: datetime) -> None:
    """Say that the form was filled with a draft, until that is saved or let go."""
    back = _own(form)["back"]
    if back is not None:
        moment = back.astimezone(now.tzinfo)
        st.info(
            _("We brought back what you typed on {day} at {time}.").format(
                day=dates.short(moment.date()), time=dates.clock(moment.time())
            ),
            icon=":material/history:",
        )


def keep(form: Form, keeper: Keeper, now: datetime) -> None:
    """Keep what the form says now if that changed, and say when it was kept. Call it at the end of the form."""
    form.remember()
    own = _own(form)
    typed = repr(form.values())
    if own["key"] not in (None, str(form.client_uuid)):
        _try(lambda: keeper.drop(uuid.UUID(own["key"])))
        own.update(key=None, first=None, kept=None, at=None, back=None)
    if own["first"] is None:
        own.update(first=typed, kept=typed)
    if typed != own["kept"] and _try(lambda: keeper.keep(form.client_uuid, encoded(form.values()))):
        own.update(key=str(form.client_uuid), kept=typed, at=now)
    if typed != own["kept"]:
        st.text(_("Your draft could not be kept just now. Please save soon."))
    elif own["at"] is not None:
        st.text(_("Draft saved {time}").format(time=dates.clock(own["at"].time())))


def encoded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give a form's values as JSON can hold them."""
    return {field: _plain(value) for field, value in values.items()}


def decoded(content: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values that ``encoded`` was given."""
    kinds: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "time": time.fromisoformat}
    found: dict[str, Any] = {}
    for field, value in content.items():
        if isinstance(value, dict):
            kind, text = next(iter(value.items()))
            found[field] = kinds[kind](text)
        else:
            found[field] = value
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    return list(value) if isinstance(value, tuple) else value


def _own(form: Form) -> dict[str, Any]:
    fresh = {"looked": False, "key": None, "first": None, "kept": None, "at": None, "back": None}
    own: dict[str, Any] = st.session_state.setdefault(f"{form.name}_draft", fresh)
    return own


def _try(work: Callable[[], None]) -> bool:
    try:
        work()
    except Exception:
        log.exception("a draft could not be kept")
        return False
    return True
