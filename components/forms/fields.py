"""The fields of our forms: a label, something to tap, and below it what is wrong."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st

from components import messages
from components.choices import pills_for
from components.forms.form import Form
from components.text import escaped
from components.words import _, plural

PILLS_AT_MOST = 10


def section(form: Form, anchor: str, title: str) -> None:
    """Draw the heading of a part of the form, which links in the list of problems lead to."""
    st.header(title, anchor=f"{form.name}-{anchor}")


def label(form: Form, field: str, required: bool) -> str:
    """Give a field's label with its mark: a star is needed, nothing is optional."""
    text = form.labels[field]
    return f"{text} *" if required else text


def star() -> None:
    """Say what the star at a label means, once at the top of a form."""
    st.caption(_("A star (\\*) marks what needs an answer."))


def chips(
    form: Form,
    field: str,
    list_code: str,
    *,
    multi: bool = False,
    only: Sequence[str] | None = None,
    required: bool = False,
    alone: tuple[str, ...] = (),
    then: Callable[..., None] | None = None,
) -> None:
    """Draw an option list as chips.

    ``alone`` are choices that exclude all others ("nobody"); ``then`` is called with the form after a tap.
    """
    pills_for(
        list_code,
        key=form.key(field),
        label=label(form, field, required),
        multi=multi,
        only=only,
        required=required or form.defaults[field] not in (None, []),
        on_change=_tapped if alone or then else "rerun",
        kwargs={"form": form, "field": field, "alone": alone, "then": then} if alone or then else None,
    )
    if alone:
        form.state[f"before_{field}"] = list(form[field] or [])
    below(form, field)


def _tapped(form: Form, field: str, alone: tuple[str, ...], then: Callable[..., None] | None) -> None:
    if alone:
        before, chosen = form.state.get(f"before_{field}", []), form[field]
        added = [code for code in chosen if code not in before]
        if added and added[-1] in alone:
            form[field] = added[-1:]
        elif added:
            form[field] = [code for code in chosen if code not in alone]
    if then:
        then(form)


def named(
    form: Form,
    field: str,
    rows: Sequence[tuple[str, str]],
    *,
    multi: bool = False,
    required: bool = False,
    then: Callable[..., None] | None = None,
) -> None:
    """Draw a choice among stored things, given as (key, label): chips when they are few, a list otherwise."""
    chips = len(rows) <= PILLS_AT_MOST or multi
    # A list shows its entries as they are; chips read Markdown.
    names = {key: escaped(text) if chips else text for key, text in rows}
    asked = label(form, field, required)
    settings: dict[str, Any] = {
        "key": form.key(field), "format_func": names.get, "on_change": then or "rerun",
        "args": (form,) if then else None, "persist_state": "session",
    }  # fmt: skip
    drop_unknown(form, field, names, multi)
    if chips:
        mode: Any = {"selection_mode": "multi"} if multi else {"selection_mode": "single", "required": required}
        st.pills(asked, list(names), **mode, **settings)
    else:
        st.selectbox(asked, list(names), index=None, placeholder=_("Choose"), filter_mode="contains", **settings)
    below(form, field)


def drop_unknown(form: Form, field: str, names: Collection[str], multi: bool) -> None:
    """Let go of what cannot be chosen any more, such as a classroom of another site."""
    value = form[field]
    if multi and any(key not in names for key in value):
        form[field] = [key for key in value if key in names]
    elif not multi and value is not None and value not in names:
        form[field] = None


def day(form: Form, field: str, *, required: bool = False, shortcuts: Sequence[tuple[str, date]] = ()) -> None:
    """Draw a date, with buttons for the likely ones."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.date_input(
            label(form, field, required), value=None, key=form.key(field), format="MM/DD/YYYY", width=210,
            persist_state="session",
        )  # fmt: skip
        _shortcuts(form, field, shortcuts)
    below(form, field)


def clock_time(
    form: Form, field: str, now: datetime, *, required: bool = False, minutes_ago: Sequence[int] = (0, 15, 30)
) -> None:
    """Draw a time, with buttons for now and some minutes ago."""
    moments = [now - timedelta(minutes=minutes) for minutes in minutes_ago]
    shortcuts = [
        (_("Now") if minutes == 0 else plural("{count} min ago", "{count} min ago", minutes).format(count=minutes),
         moment.time().replace(second=0, microsecond=0))
        for minutes, moment in zip(minutes_ago, moments, strict=True)
        if moment.date() == now.date()
    ]  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.time_input(
            label(form, field, required), value=None, key=form.key(field), format="12h", step=300, width=210,
            persist_state="session",
        )  # fmt: skip
        _shortcuts(form, field, shortcuts)
    below(form, field)


def _shortcuts(form: Form, field: str, shortcuts: Sequence[tuple[str, date | time]]) -> None:
    for number, (text, value) in enumerate(shortcuts):
        st.button(text, key=form.key(f"{field}_quick_{number}"), on_click=form.__setitem__, args=(field, value))


def number(
    form: Form,
    field: str,
    *,
    step: int = 1,
    required: bool = False,
    quick: Sequence[int] = (),
    then: Callable[[Form], None] | None = None,
    problems: bool = True,
) -> None:
    """Draw a whole number, with chips for the likely ones; ``then`` is called after a tap on a chip.

    The limits are the input's rules: one given to Streamlit would squeeze or drop what was typed without a word.
    ``problems`` tells whether they are shown here, and not below a group of fields that belong together.
    """
    if not quick:
        _number(form, field, label(form, field, required), step)
        if problems:
            below(form, field)
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chip = form.key(f"{field}_chip")
        st.session_state[chip] = form[field] if form[field] in quick else None
        st.pills(
            label(form, field, required),
            quick,
            key=chip,
            on_change=_take_chip,
            args=(form, field, chip, then),
            wrap=True,
        )
        _number(form, field, _("Another number"), step)
    below(form, field)


def _number(form: Form, field: str, text: str, step: int) -> None:
    st.number_input(text, value=None, step=step, key=form.key(field), width=170, persist_state="session")


def _take_chip(form: Form, field: str, chip: str, then: Callable[[Form], None] | None) -> None:
    form[field] = st.session_state[chip]
    if then:
        then(form)


def scale(form: Form, field: str, numbers: Sequence[int], *, told: str | None = None) -> None:
    """Draw a row of numbers to choose one from."""
    st.segmented_control(form.labels[field], numbers, key=form.key(field), persist_state="session")
    hint(told)
    below(form, field)


def line(form: Form, field: str, *, most: int, required: bool = False, told: str | None = None) -> None:
    """Draw one line of text."""
    st.text_input(
        label(form, field, required),
        key=form.key(field),
        max_chars=most,
        autocomplete="off",
        persist_state="session",
    )
    hint(told)
    below(form, field)


def text(form: Form, field: str, *, most: int, required: bool = False, told: str | None = None) -> None:
    """Draw several lines of text; the hint ``told`` stands above, where it is read before typing."""
    hint(told)
    st.text_area(label(form, field, required), key=form.key(field), max_chars=most, height=120, persist_state="session")
    below(form, field)


def hint(told: str | None) -> None:
    """Draw a short explanation, if there is one. Streamlit's own captions are too pale to read at arm's length."""
    if told:
        st.markdown(f":small[:gray[{told}]]")


def below(form: Form, field: str) -> None:
    """Draw what is wrong with a field."""
    messages.problems_at(field, form.problems)
