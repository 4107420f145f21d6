"""Instruments: what can be entered and by which sources; an administrator adds packs of a program's own."""

import uuid
from functools import partial
from typing import Any

import streamlit as st

from components import instrument_parts, messages, navigation
from components.forms import pack as pack_form
from components.forms import small
from components.words import _
from db import access, pack_registry
from db.actor import Actor
from db.commands.packs import add_pack, remove_pack
from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound
from db.instruments import INSTRUMENTS, instruments_of
from db.instruments.packs import PackRefused, read_pack
from db.queries import places
from db.queries.packs import packs


def render(actor: Actor) -> None:
    """Draw the registry, one instrument of it, and for an administrator the packs."""
    st.title(navigation.title("instruments"), anchor=False)
    small.draw_note()
    entries = [*instruments_of("observation"), *instruments_of("survey"), *instruments_of("rating")]
    instrument_parts.registry_table(entries)
    chosen = instrument_parts.choose_one(entries)
    if chosen:
        instrument_parts.about(chosen)
    if access.may(actor, "instrument_pack", "add"):
        _packs(actor)


def _packs(actor: Actor) -> None:
    with open_session() as session:
        found, programs = packs(session, actor), places.programs(session, actor)
    instrument_parts.standing_packs(found, partial(_remove, actor))
    content = pack_form.choose_file()
    if content is None:
        return
    try:
        pack = read_pack(content, INSTRUMENTS.shipped)
    except PackRefused as refused:
        pack_form.refused(refused)
        return
    pack_form.preview(pack)
    program = pack_form.choose_program(programs, pack.kind)
    if program is not None:
        pack_form.add_button(partial(_add, actor, content, uuid.UUID(program) if program else None))


def _add(actor: Actor, content: bytes, program_id: uuid.UUID | None) -> None:
    _write(_("The pack was added."), add_pack, actor, content, program_id)


def _remove(actor: Actor, row: Any, reason: str) -> None:
    _write(_("The pack was removed."), remove_pack, actor, row.id, row.version, reason)


def _write(note: str, command: Any, actor: Actor, *args: Any) -> None:
    try:
        with open_session() as session:
            command(session, actor, *args)
            pack_registry.refresh(session, at_once=True)
        small.note(note)
    except InvalidInput as refused:
        small.notes()["problem"] = messages.sentence(refused.problems[0])
    except (Conflict, NotFound) as refused:
        small.notes()["problem"] = small.failure(getattr(refused, "kind", "not_found"))
