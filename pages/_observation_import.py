"""Importing an export of observations."""

from collections.abc import Mapping
from typing import Any

from components.forms import observation_import
from db.actor import Actor
from db.commands.observation_import import import_observations
from db.exchange import observation_list
from db.exchange.observation_judging import ObservationPlan
from db.exchange.table_file import Table
from db.queries.observation_import import preview_observations
from pages._file_import import FileImport, import_file


def import_export(actor: Actor) -> None:
    """Draw the import."""
    how = FileImport(
        "observation", observation_import, observation_list, _plan, preview_observations, import_observations
    )
    import_file(actor, how)


def _plan(chosen: Any, table: Table, mapping: Mapping[str, int]) -> ObservationPlan:
    listed = observation_list.listed_observations(table, mapping, chosen.instrument)
    return ObservationPlan(chosen.instrument.code, chosen.phase, listed, chosen.incomplete)
