"""Keeps what is being typed on the server after every change, and brings it back when its page was lost."""

import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import streamlit as st

from components import clock, dates, messages
from components.forms import typing
from components.forms.form import Form
from components.words import _, plural

log = logging.getLogger(__name__)
ADDRESS = "draft"
"""What names a draft in the address."""
BROUGHT_BACK_WITHIN = timedelta(hours=12)
"""A form that is opened brings the latest draft back by itself when it was changed within this time."""

Then = Callable[[str | None], None]


def _nothing(_what: str | None) -> None:
    """Leave it at that."""


class Keeper(NamedTuple):
    """What a page hands over.

    ``keep`` stores the fields under a key, on top of the version that was kept last, and gives where they lie
    (``Kept``); ``drop`` discards, ``restore`` undoes that; ``read`` gives one's drafts of this form (``KeptDraft``).
    """

    keep: Callable[[uuid.UUID, dict[str, Any], int], Any]
    drop: Callable[[uuid.UUID], None]
    restore: Callable[[uuid.UUID], None]
    read: Callable[[], Sequence[Any]]


def bring_back(form: Form, keeper: Keeper, now: datetime) -> None:
    """Fill the form with the draft that the address names, or a form just opened with the latest of these hours."""
    typing.send_after_a_pause(form.name)
    own = _own(form)
    _make_room(form)
    wanted = st.query_params.get(ADDRESS)
    if wanted is None and own["looked"]:
        return
    drafts = [one for one in keeper.read() if one.dropped_at is None and one.entity_id is None]
    named = next((one for one in drafts if str(one.client_uuid) == wanted and one.savable), None)
    if wanted is not None and wanted != str(form.client_uuid) and named is None:
        own["gone"] = True
        st.query_params.pop(ADDRESS, None)
    elif named is not None and is_newer(form, named):
        fill(form, named)
    elif not own["looked"]:
        latest = next((one for one in drafts if one.savable), None)
        if latest is not None and now - latest.saved_at < BROUGHT_BACK_WITHIN and _is_for_here(latest):
            fill(form, latest)
    own["looked"] = True
    own["others"] = sum(str(one.client_uuid) != own["key"] for one in drafts)


def is_newer(form: Form, draft: Any) -> bool:
    """Tell whether a draft holds something else than the form, which would lose nothing that was just typed in it."""
    own = _own(form)
    if own["key"] != str(draft.client_uuid):
        return True
    return bool(own["version"] < draft.version and repr(form.values()) == own["kept"])


def fill(form: Form, draft: Any) -> None:
    """Fill the form with a draft, exactly as it was."""
    form.start_again()
    form.fill(decoded(draft.content))
    key = str(draft.client_uuid)
    form.state.update(client_uuid=key, arrived=form["site_id"])
    typed = repr(form.values())
    _own(form).update(
        _FRESH, looked=True, base=key, key=key, version=draft.version, first=typed, kept=typed, back=draft.saved_at
    )


def say(form: Form, now: datetime, *, more: bool = True) -> None:
    """Say that the form was filled with a draft, and that there are others.

    ``more`` offers to begin another record beside the one that was brought back.
    """
    own = _own(form)
    if own["gone"]:
        st.info(_("This draft is not here any more: it was saved or discarded."), icon=":material/history:")
    if own["back"] is not None:
        _say_brought_back(form, own["back"].astimezone(now.tzinfo), more)
    if own["others"]:
        told = plural("You have {count} unfinished draft.", "You have {count} unfinished drafts.", own["others"])
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(told.format(count=own["others"]), width="content")
            messages.link("/", _("See drafts on Today"))


def _say_brought_back(form: Form, moment: datetime, more: bool) -> None:
    st.info(
        _("We brought back what you typed on {day} at {time}.").format(
            day=dates.short(moment.date()), time=dates.clock(moment.time())
        ),
        icon=":material/history:",
    )
    if more:
        st.button(
            _("Begin a new one"), key=form.key("draft_begin"), icon=":material/add:", on_click=_set_aside, args=(form,),
            help=_("What you typed stays as a draft on Today."),
        )  # fmt: skip


class Keeping:
    """Where a form's fields are drawn, and below them, when they were kept."""

    def __init__(self, form: Form, keeper: Keeper) -> None:
        """Make room for the fields and for what is said below them."""
        self._form, self._keeper = form, keeper
        self.fields = st.container()
        self._below = st.empty()

    def keep(self) -> None:
        """Keep what the form says now if that changed, and say when it was kept. Call it when the fields are drawn."""
        note, state = _kept(self._form, self._keeper)
        with self._below.container():
            if note is not None:
                st.warning(note, icon=":material/devices:")
            if _own(self._form)["note"] == "newer":
                st.button(
                    _("Take that one"), key=self._form.key("draft_take"), icon=":material/devices:",
                    on_click=_take, args=(self._form, self._keeper),
                )  # fmt: skip
            if state:
                st.text(state)

    def changed(self) -> None:
        """Do the same when only a part of the fields was drawn again; the page runs when there is something to say.

        A part cannot write below itself: Streamlit refuses a place that its last whole run did not write to. What is
        said changes with the first answer and once a minute, so that most taps draw their own part only.
        """
        before = _own(self._form)["told"]
        if _kept(self._form, self._keeper) != before:
            st.rerun()


def _kept(form: Form, keeper: Keeper) -> tuple[str | None, str]:
    """Keep what the form says now if that changed; give what is to be said: a warning, and the state."""
    form.remember()
    own = _own(form)
    if own["base"] != str(form.client_uuid):
        dropped = own["dropped"] if own["base"] is None else None
        own.update(_FRESH, base=str(form.client_uuid), looked=True, dropped=dropped, others=own["others"])
    if st.query_params.get(ADDRESS) not in (None, own["base"]):
        st.query_params.pop(ADDRESS, None)
    typed = repr(form.values())
    if own["first"] is None:
        own.update(first=typed, kept=typed)
    if typed != own["kept"]:
        _try(lambda: _keep(form, keeper, clock.now()))
    own["told"] = (_note(own) if own["note"] is not None else None, _state_of(own, typed))
    return own["told"]  # type: ignore[no-any-return]


def _state_of(own: Mapping[str, Any], typed: str) -> str:
    if typed != own["kept"]:
        return _("Your draft could not be kept just now. Please save soon.")
    return _("Draft saved {time}").format(time=dates.clock(own["at"].time())) if own["at"] is not None else ""


def _keep(form: Form, keeper: Keeper, now: datetime) -> None:
    own = _own(form)
    asked = own["key"] or str(form.client_uuid)
    kept = keeper.keep(uuid.UUID(asked), encoded(form.values()), own["version"])
    own.update(key=str(kept.client_uuid), version=kept.version, kept=repr(form.values()), at=now)
    if kept.elsewhere is not None:
        own.update(note=kept.elsewhere, other=asked, when=_moment(kept.at, now) if kept.at else None)
        st.toast(_note(own), icon=":material/devices:", duration="long")
    if own["key"] != asked and kept.elsewhere != "saved":
        form.state["client_uuid"] = own["base"] = own["key"]
        st.query_params.pop(ADDRESS, None)  # else the next run would fill the form with the draft that it names


def _note(own: Mapping[str, Any]) -> str:
    if own["note"] == "saved":
        return _("This was saved already. What you changed since is kept as a draft of a correction, on Today.")
    return _(
        "This was changed in another window or on another device ({when}). Both are kept: what you see here is a draft"
        " of its own now. The other one is on Today."
    ).format(when=own["when"])


def _moment(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    moment = dates.clock(local.time())
    return moment if local.date() == now.date() else f"{dates.short(local.date())}, {moment}"


def _take(form: Form, keeper: Keeper) -> None:
    """Fill the form with what was kept elsewhere; what it says now stays as a draft of its own."""
    own, record = _own(form), form.state.get("record")
    drafts = [one for one in keeper.read() if one.dropped_at is None and one.savable]
    there = next((one for one in drafts if str(one.client_uuid) == own["other"]), None)
    if there is None:
        own.update(note=None, gone=True)
        return
    fill(form, there)
    own["others"] = sum(one is not there and one.entity_id is None for one in drafts)
    if record is not None:
        form.state.update(record=record, version=there.base_version)


def start_over(form: Form, keeper: Keeper) -> None:
    """Draw the button that empties the form, and the way back. What was typed is asked about, once."""
    if _own(form)["dropped"] is not None and not has_draft(form):
        # The emptied form is shown from its top: the way back stays in sight until something new is typed.
        with st.bottom:
            _way_back(form, keeper)
    with st.container(horizontal=True, vertical_alignment="center"):
        if _own(form)["dropped"] is not None and has_draft(form):
            _way_back(form, keeper)
        leave(form, keeper, _("Start over"), ":material/restart_alt:")


def _way_back(form: Form, keeper: Keeper) -> None:
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        st.text(_("Discarded."), width="content")
        st.button(_("Undo"), key=form.key("draft_undo"), icon=":material/undo:", on_click=_undo, args=(form, keeper))


def leave(form: Form, keeper: Keeper, label: str, icon: str | None, then: Then = _nothing) -> None:
    """Draw a button that leaves what the form says now, and asks first what shall become of it.

    ``then`` is called with what became of it: ``"kept"``, ``"discarded"``, or None where nothing was typed.
    """
    own = _own(form)
    if not own["asking"]:
        st.button(
            label, key=form.key("start_over"), type="tertiary", icon=icon, on_click=_ask_or_leave, args=(form, then)
        )
        return
    with st.bottom, st.container(border=True):
        st.text(_("What should happen to what you typed?"))
        with st.container(horizontal=True):
            st.button(
                _("Keep it as a draft"), key=form.key("draft_aside"), icon=":material/history:",
                on_click=_set_aside, args=(form, then),
            )  # fmt: skip
            st.button(
                _("Discard it"), key=form.key("draft_discard"), icon=":material/delete:",
                on_click=_discard, args=(form, keeper, then),
            )  # fmt: skip
            st.button(
                _("Go on with it"), key=form.key("draft_go_on"), icon=":material/edit:",
                on_click=_go_on, args=(form,),
            )  # fmt: skip


def has_draft(form: Form) -> bool:
    """Tell whether something of this form is kept as a draft."""
    return _own(form)["key"] is not None


def begin(form: Form) -> None:
    """Forget which draft the form held: it was filled with something else."""
    _own(form).update(_FRESH)


def _ask_or_leave(form: Form, then: Then) -> None:
    if has_draft(form):
        _own(form)["asking"] = True
    else:
        form.start_again()
        then(None)


def _go_on(form: Form) -> None:
    _own(form)["asking"] = False


def _set_aside(form: Form, then: Then = _nothing) -> None:
    own = _own(form)
    form.start_again()
    own.update(_FRESH, looked=True, others=own["others"] + 1)
    then("kept")


def _discard(form: Form, keeper: Keeper, then: Then) -> None:
    own = _own(form)
    if own["key"] is None or _try(lambda: keeper.drop(uuid.UUID(own["key"]))):
        dropped, others = own["key"], own["others"]
        form.start_again()
        own.update(_FRESH, looked=True, dropped=dropped, others=others)
        then("discarded")


def _undo(form: Form, keeper: Keeper) -> None:
    own = _own(form)
    dropped, others = own["dropped"], own["others"] + has_draft(form)

    def back() -> None:
        keeper.restore(uuid.UUID(dropped))
        fill(form, next(one for one in keeper.read() if str(one.client_uuid) == dropped))
        own["others"] = others

    _try(back)


def _make_room(form: Form) -> None:
    """Set a draft aside when the address asks for a record at another site: it is not moved there."""
    site = st.query_params.get("site")
    if site not in (None, form.state["address"], form["site_id"]) and form["site_id"] and has_draft(form):
        _set_aside(form)


def _is_for_here(draft: Any) -> bool:
    return st.query_params.get("site") in (None, draft.content.get("site_id"))


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


_FRESH: Mapping[str, Any] = {
    "looked": False, "base": None, "key": None, "version": 0, "first": None, "kept": None, "at": None, "back": None,
    "note": None, "other": None, "when": None, "told": None, "gone": False, "dropped": None,
    "asking": False, "others": 0,
}  # fmt: skip
"""What a session knows about a form's draft.

``base`` is the record's key that it belongs to, ``key`` and ``version`` name the draft, ``first`` and ``kept`` are the
values at the beginning and as kept last, ``at`` and ``back`` when it was kept and brought back. ``note`` says why it
lies elsewhere than asked; ``other`` is the draft that lies there, ``when`` it was kept.
"""


def _own(form: Form) -> dict[str, Any]:
    own: dict[str, Any] = st.session_state.setdefault(f"{form.name}_draft", dict(_FRESH))
    return own


def _try(work: Callable[[], None]) -> bool:
    try:
        work()
    except Exception:  # a draft that cannot be kept, for whatever reason, never takes the form away
        log.exception("a draft could not be kept")
        return False
    return True
