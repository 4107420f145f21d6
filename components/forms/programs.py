"""The forms for a new region and a new program, and the list of those that there are."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import streamlit as st

from components import messages
from components.filters import remember
from components.forms import fields, small
from components.forms.form import Form
from components.text import literal
from components.words import _
from db.models.organisation_input import ProgramInput, RegionInput


def standing(regions: Sequence[Any], programs: Sequence[Any]) -> None:
    """Draw the regions and programs that there are."""
    if not regions:
        messages.empty(_("There is no region yet. Add the first one below; then add a program, then sites."))
    for title, rows in ((_("Regions"), regions), (_("Programs"), programs)):
        if rows:
            st.subheader(title, anchor=False)
            literal("\n".join(row.name for row in rows))


def missing(*, may_arrange: bool) -> None:
    """Say that a site needs a program first, with the way to add one for those who may."""
    messages.empty(
        _("There is no program yet, and a site belongs to one. Add a region and a program first.")
        if may_arrange
        else _("There is no program yet, and a site belongs to one. Please ask the administrator to add one.")
    )
    if may_arrange:
        st.button(
            _("Programs and regions"), key="do_programs", icon=":material/account_tree:", on_click=remember,
            args=("do", "programs"),
        )  # fmt: skip


def forms(regions: Sequence[Any]) -> Iterator[tuple[Form, Callable[[Form], None], Callable[[Form], Any], str, str]]:
    """Give each form, what draws it, what makes its input, the command that stores it, and the words of its button.

    A heading is drawn before each.
    """
    st.subheader(_("Add a region"), anchor=False)
    labels = {"name": _("Name"), "code": _("Short code"), "timezone": _("Time zone")}
    region = small.small_form("region", {"name": "", "code": "", "timezone": "America/New_York"}, labels)
    yield region, _draw_region, lambda form: RegionInput.checked(form.values()), "add_region", _("Add region")
    if regions:
        st.subheader(_("Add a program"), anchor=False)
        labels = {"region_id": _("Region"), "name": _("Name"), "type": _("Type of program")}
        program = small.small_form("program", {"region_id": None, "name": "", "type": None}, labels)

        def draw_program(form: Form) -> None:
            fields.named(form, "region_id", [(str(one.id), one.name) for one in regions], required=True)
            fields.line(form, "name", most=160, required=True)
            fields.chips(form, "type", "program_type", required=True)

        yield program, draw_program, lambda form: ProgramInput.checked(form.values()), "add_program", _("Add program")


def _draw_region(form: Form) -> None:
    fields.line(form, "name", most=120, required=True)
    fields.line(form, "code", most=20, required=True)
    fields.line(form, "timezone", most=60, required=True, told=_("Such as America/New_York or America/Chicago."))
