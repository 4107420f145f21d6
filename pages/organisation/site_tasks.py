"""The tasks beside finding a site: add one, import a list, arrange programs and regions."""

from functools import partial
from typing import Any

import streamlit as st

from components.forms import programs as program_forms
from components.forms import site as site_forms
from components.forms import site_import, small
from components.words import _
from db import access
from db.actor import Actor
from db.commands import programs as arranging
from db.commands import sites
from db.commands.site_import import ImportPlan, import_sites
from db.engine import session as open_session
from db.errors import NotFound
from db.exchange.site_list import listed_sites, propose_mapping
from db.exchange.table_file import UnreadableFile
from db.exchange.uploaded_file import read_uploaded
from db.queries import places
from db.queries.site_import import preview_sites
from pages.organisation.writing import saving_by, write, write_new


def add(actor: Actor) -> None:
    """Draw the form for a new site."""
    with open_session() as session:
        choices = places.programs(session, actor)
    st.subheader(_("Add a site"), anchor=False)
    if not choices:
        program_forms.missing(may_arrange=access.may(actor, "program", "add"))
        return
    form = site_forms.site_form("site_new")
    told = _("The site was added. Next, add its classrooms.")
    store = partial(write_new, actor, sites.add_site, told, form, opens="site")
    small.draw(
        form, partial(site_forms.draw_site, programs=choices), saving_by(site_forms.make_site, store), _("Add site")
    )


def programs(actor: Actor) -> None:
    """Draw the regions and programs, with the forms to add some."""
    with open_session() as session:
        regions, standing = places.regions(session, actor), places.programs(session, actor)
    if not access.may(actor, "program", "add"):
        raise NotFound("not found")
    program_forms.standing(regions, standing)
    for form, draw, make, command, label in program_forms.forms(regions):
        small.draw(form, draw, saving_by(make, partial(write, actor, getattr(arranging, command), _("Added."))), label)


def import_list(actor: Actor) -> None:
    """Draw the import of a site list: file, columns, preview, and the button that writes it."""
    st.subheader(_("Import a list of sites"), anchor=False)
    with open_session() as session:
        choices = places.programs(session, actor)
    if not choices:
        program_forms.missing(may_arrange=access.may(actor, "program", "add"))
        return
    content = site_import.choose_file()
    if content is None:
        return
    try:
        table = read_uploaded(content)
    except UnreadableFile as unreadable:
        site_import.unreadable(unreadable.code, unreadable.context)
        return
    mapping = site_import.map_columns(table.header, propose_mapping(table.header), table.rows[0])
    program = site_import.choose_program(choices)
    if mapping is None or program is None:
        return
    listed = listed_sites(table, mapping)
    with open_session() as session:
        preview = preview_sites(session, actor, listed, program.id)
    agreed = site_import.draw_preview(preview)
    plan = ImportPlan(program.id, tuple(listed), preview.signature, leave_out_refused=agreed)
    site_import.write_button(preview, agreed, partial(_write_list, actor, plan))


def _write_list(actor: Actor, plan: ImportPlan) -> Any:
    with open_session() as session:
        return import_sites(session, actor, plan)
