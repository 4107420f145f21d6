"""Unfinished drafts on Today: where, what, when, how far; to go on with, to discard, and to take back."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from components import dates
from components.definitions import answers
from components.definitions.incident import incident_definition
from components.definitions.visit import visit_definition
from components.forms import child_measure, observation
from components.forms.drafting import ADDRESS, decoded
from components.messages import link
from components.text import escaped, literal
from components.words import _, plural

DEFINITIONS = {"visit": visit_definition, "incident": incident_definition}
SCREENS = {
    "visit": "/log-visit", "incident": "/record-incident", "observation": "/classroom-quality",
    "child_measure": "/child-measures",
}  # fmt: skip
SCORES = {"observation": observation.how_far, "child_measure": child_measure.how_far}
"""Forms for the scores of an instrument, which have no definition; each stands on the screen of its list."""
NOTICE = timedelta(days=7)
"""So long before it is deleted, a draft says when that will be."""
ASKED = "draft_asked"
Act = Callable[[uuid.UUID], None]


def listed(drafts: Sequence[Any], now: datetime, *, drop: Act, restore: Act) -> None:
    """Draw one's drafts (``KeptDraft``), and those discarded lately; nothing at all where there are none."""
    unfinished = [one for one in drafts if one.dropped_at is None]
    discarded = [one for one in drafts if one.dropped_at is not None]
    if unfinished:
        count = len(unfinished)
        told = plural("{count} unfinished draft", "{count} unfinished drafts", count)
        st.subheader(told.format(count=count), anchor=False)
        with st.container(border=True, gap="small"):
            for one in unfinished:
                _unfinished(one, now, drop)
    for one in discarded:
        _discarded(one, restore)


def title(one: Any) -> str:
    """Give what a draft is, in one line: the form, and where it belongs."""
    if one.day is not None:
        told = {
            "visit": _("Correction of the visit of {day}"),
            "incident": _("Correction of the incident of {day}"),
            "observation": _("Correction of the observation of {day}"),
            "child_measure": _("Correction of the questionnaire of {day}"),
        }
        what = told[one.form].format(day=dates.short(one.day))
    elif one.entity_id is not None:
        what = {
            "visit": _("Correction of a visit"),
            "incident": _("Correction of an incident"),
            "observation": _("Correction of an observation"),
            "child_measure": _("Correction of a questionnaire"),
        }[one.form]
    else:
        what = {
            "visit": _("Visit"),
            "incident": _("Incident"),
            "observation": _("Observation"),
            "child_measure": _("Child's questionnaire"),
        }[one.form]
    where = ", ".join([one.site, *one.rooms]) if one.site else ""
    return f"{what}: {where}" if where else what


def how_far(one: Any, now: datetime) -> tuple[int, int]:
    """Give how many of the needed answers a draft has, and how many are needed, by what is chosen in it so far."""
    if one.form in SCORES:
        return SCORES[one.form](decoded(one.content))
    definition = DEFINITIONS[one.form]()
    values = {**answers.defaults(definition, now), **decoded(one.content)}
    needed = [asked for asked in definition.asked(values) if asked.needs_answer(values, False)]
    return len(needed) - len(answers.missing(definition, values)), len(needed)


def texts(one: Any) -> Iterator[tuple[str, str]]:
    """Give what was written in words in a draft, each with the name of its field. Scores are numbers only."""
    if one.form not in DEFINITIONS:
        return
    for asked in answers.every_field(DEFINITIONS[one.form]()):
        value = one.content.get(asked.name)
        if asked.kind in ("line", "text") and value:
            yield asked.label, str(value)


def _unfinished(one: Any, now: datetime, drop: Act) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap="xsmall"):
            literal(title(one))
            st.caption(" · ".join(_facts(one, now)))
        if one.savable:
            _go_on(one)
        st.button(
            _("Discard"), key=f"draft_discard_{one.client_uuid}", icon=":material/delete:", type="tertiary",
            on_click=_ask, args=(one.client_uuid,),
        )  # fmt: skip
    if not one.savable:
        _only_readable(one)
    if st.session_state.get(ASKED) == one.client_uuid:
        _ask_first(one, drop)


def _facts(one: Any, now: datetime) -> Iterator[str]:
    changed, goes = one.saved_at.astimezone(now.tzinfo), one.goes_at.astimezone(now.tzinfo)
    moment = dates.clock(changed.time())
    if changed.date() == now.date():
        yield _("changed today at {time}").format(time=moment)
    else:
        yield _("changed on {day} at {time}").format(day=dates.short(changed.date()), time=moment)
    done, needed = how_far(one, now)
    yield _("{done} of {needed} needed answers").format(done=done, needed=needed)
    if goes - now < NOTICE:
        yield _("will be deleted on {day}").format(day=dates.short(goes.date()))


def _go_on(one: Any) -> None:
    query = {ADDRESS: str(one.client_uuid)}
    if one.entity_id is None:
        query |= {"do": "enter"} if one.form in SCORES else {}
        link(SCREENS[one.form], _("Continue"), **query)
    elif one.form in SCORES:
        link(SCREENS[one.form], _("Continue"), id=str(one.entity_id), do="correct", **query)
    else:
        link("/records", _("Continue"), kind=one.form, id=str(one.entity_id), do="correct", **query)


def _only_readable(one: Any) -> None:
    st.text(
        _("This record was removed, or its site is not among yours any more. The correction can not be saved.")
        if one.entity_id is not None
        else _("This site is not among the sites you work with any more. The draft can not be saved there.")
    )
    written = list(texts(one))
    if written:
        with st.expander(_("Read or copy what you wrote")):
            for label, text in written:
                st.caption(escaped(label))
                st.code(text, language=None, wrap_lines=True)


def _ask_first(one: Any, drop: Act) -> None:
    st.warning(_("Discard this draft? You can take it back until tomorrow."), icon=":material/help:")
    with st.container(horizontal=True):
        st.button(
            _("Discard this draft"), key=f"draft_drop_{one.client_uuid}", type="primary",
            on_click=_act, args=(drop, one.client_uuid),
        )  # fmt: skip
        st.button(_("Keep it"), key=f"draft_stay_{one.client_uuid}", on_click=_ask, args=(None,))


def _discarded(one: Any, restore: Act) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(_("Discarded: {draft}").format(draft=title(one)), width="content")
        st.button(
            _("Undo"), key=f"draft_undo_{one.client_uuid}", icon=":material/undo:",
            on_click=_act, args=(restore, one.client_uuid),
        )  # fmt: skip


def _ask(key: uuid.UUID | None) -> None:
    st.session_state[ASKED] = key


def _act(act: Act, key: uuid.UUID) -> None:
    _ask(None)
    act(key)
