"""The script that every session runs: who is there, which screens are theirs, and the one that they asked for."""

import importlib
from functools import partial
from pathlib import Path
from urllib.parse import quote

import streamlit as st

from components import look, redirect, words
from components.charts import files
from components.navigation import SCREENS, Screen, menu, page
from components.text import escaped
from components.words import LANGUAGE_NAMES, LANGUAGES, _
from db import access, pack_registry, sign_in
from db.actor import Actor
from db.commands.own_account import choose_language
from db.engine import session
from db.models.base import utc_now

SESSION_HEADER = "x-attune-session"
ICON = Path(__file__).parent / "icon.svg"
SIDEBAR_PIXELS = 230
LANGUAGE_KEY = "spoken"
# Who fills in forms that the tablet app also has. A comment: Streamlit prints a text that stands alone in its script.
CAPTURES = frozenset({"consultant", "director"})


def visitor() -> Actor | None:
    """Give who is signed in, by the header that the gate sets; nobody when the session has ended."""
    token_hash = st.context.headers.get(SESSION_HEADER)
    if not token_hash:
        return None
    with session() as opened:
        pack_registry.refresh(opened)
        return sign_in.resolve(opened, token_hash, utc_now())


def leave() -> None:
    """Send someone whose session has ended to the sign-in page, and back here afterwards."""
    st.text(_("You are signed out."))
    redirect.to("/sign-in?next=" + quote(_here(), safe=""))


def _here() -> str:
    path = st.context.url or "/"
    return "/" + path.split("://", 1)[-1].partition("/")[2]


def draw(screen: Screen, actor: Actor) -> None:
    """Draw one screen, for those whom it is meant for."""
    if actor.role not in screen.roles:
        from components.messages import not_found

        not_found()
        return
    files.use(partial(importlib.import_module("pages._chart_files").address, actor))
    importlib.import_module(f"pages.{screen.module}").render(actor)
    importlib.import_module("pages._need_to_know").note(actor, screen.path)


def _offered(screen: Screen, actor: Actor) -> bool:
    """Tell whether a screen is in this person's menu: their role works with it, and there is something to see."""
    return actor.role in screen.roles and (screen.thing is None or access.may(actor, screen.thing, "see"))


def sidebar(actor: Actor) -> None:
    """Say who is signed in, and offer their language and the way out."""
    with st.sidebar:
        st.caption(_("Signed in as {name}").format(name=escaped(actor.display_name)))
        st.session_state[LANGUAGE_KEY] = actor.language
        st.segmented_control(
            _("Language"), LANGUAGES, key=LANGUAGE_KEY, required=True, format_func=LANGUAGE_NAMES.get,
            on_change=_speak, args=(actor,), label_visibility="collapsed", width="stretch",
        )  # fmt: skip
        if actor.role in CAPTURES:
            st.link_button(
                _("Tablet app, also without a signal"), "/capture", icon=":material/tablet:", width="stretch"
            )
        st.link_button(_("Your account"), "/account", icon=":material/account_circle:", width="stretch")
        if st.button(_("Sign out"), icon=":material/logout:", key="sign_out", width="stretch"):
            with session() as opened:
                sign_in.end_session(opened, st.context.headers[SESSION_HEADER], utc_now())
            redirect.to("/sign-in")
            st.stop()


def _speak(actor: Actor) -> None:
    with session() as opened:
        choose_language(opened, actor, st.session_state[LANGUAGE_KEY])


def main() -> None:
    """Draw the page that this session asked for, if the session still stands."""
    st.set_page_config(page_title="Attune", page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_PIXELS)
    look.apply()
    actor = visitor()
    if actor is None:
        leave()
        return
    st.session_state["language"] = actor.language
    words.use_language(actor.language)
    offered = [screen for screen in SCREENS if _offered(screen, actor)]
    pages = {screen: page(screen, partial(draw, screen, actor), offered=screen in offered) for screen in SCREENS}
    chosen = st.navigation(menu(pages, offered, actor.role), position="sidebar", expanded=True)
    sidebar(actor)
    chosen.run()


words.ask_language(lambda: st.session_state.get("language"))
main()
