"""Importing the answers of a paper survey: only totals are stored."""

from functools import partial
from typing import Any

import streamlit as st

from components import clock
from components.forms import site_import, survey_import
from components.records import notes
from components.words import _
from db.actor import Actor
from db.commands.waves import record_wave
from db.engine import session as open_session
from db.exchange.survey_answers import read_answers
from db.exchange.table_file import UnreadableFile
from db.exchange.uploaded_file import read_uploaded
from db.instruments import instrument
from db.queries import choices
from db.survey_file import wave_of_file


def import_answers(actor: Actor) -> None:
    """Draw the file, what was understood of it, and the button that stores its totals."""
    notes.way_back()
    st.title(_("Import survey answers"), anchor=False)
    with open_session() as session:
        sites = choices.capture_sites(session, actor, "survey_wave")
    wanted = survey_import.choose(sites, clock.today())
    if wanted is None:
        return
    one = instrument(wanted["instrument_code"])
    try:
        table = read_uploaded(wanted["content"])
        guess = read_answers(table, one)
    except UnreadableFile as unreadable:
        site_import.unreadable(unreadable.code, unreadable.context)
        return
    coding = survey_import.choose_coding(guess.coding, guess.unsure)
    read = guess if coding == guess.coding else read_answers(table, one, coding)  # type: ignore[arg-type]
    agreed = survey_import.draw_preview(read, len(table.rows))
    survey_import.store_button(agreed, partial(_store, actor, wanted, read.sheets))


def _store(actor: Actor, wanted: dict[str, Any], sheets: Any) -> Any:
    with open_session() as session:
        return record_wave(session, actor, wave_of_file(sheets=sheets, **wanted))
