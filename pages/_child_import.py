"""Importing a list of children's questionnaires."""

from collections.abc import Mapping
from typing import Any

from components.forms import child_import
from db.actor import Actor
from db.commands.child_import import import_child_measures
from db.exchange import child_list
from db.exchange.child_judging import ChildPlan
from db.exchange.table_file import Table
from db.queries.child_import import preview_child_measures
from pages._file_import import FileImport, import_file


def import_list(actor: Actor) -> None:
    """Draw the import."""
    how = FileImport("child_measure", child_import, child_list, _plan, preview_child_measures, import_child_measures)
    import_file(actor, how)


def _plan(chosen: Any, table: Table, mapping: Mapping[str, int]) -> ChildPlan:
    listed = child_list.listed_measures(table, mapping, chosen.instrument)
    return ChildPlan(chosen.instrument.code, chosen.respondent, chosen.phase, listed)
