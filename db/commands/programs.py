"""Writing regions and programs: an administrator's task."""

import uuid
from typing import Any
from zoneinfo import available_timezones

from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import Saved, command, locked, require_version
from db.commands.kept_record import add_row, change_row
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.organisation import Program, Region
from db.models.organisation_input import ProgramInput, RegionInput


@command
def add_region(session: Session, actor: Actor, region: RegionInput) -> Saved:
    """Store a new region.

    Raises:
        NotFound: the actor may not add regions.
        InvalidInput: a rule is broken, or the name or code is taken.
    """
    access.require(actor, "region", "add")
    _require_valid_region(session, region, None)
    row = Region(created_by=actor.person_id, **region.model_dump())
    return add_row(session, actor, "add_region", row)


@command
def change_region(
    session: Session, actor: Actor, region_id: uuid.UUID, base_version: int, region: RegionInput
) -> Saved:
    """Replace what is known about a region.

    Raises:
        NotFound: the actor may not change regions, or there is none with this key.
        InvalidInput: a rule is broken, or the name or code is taken.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    access.require(actor, "region", "change")
    row = _existing(session, Region, region_id)
    require_version(row, base_version)
    _require_valid_region(session, region, row.id)
    return change_row(session, actor, "change_region", row, region.model_dump())


@command
def add_program(session: Session, actor: Actor, program: ProgramInput) -> Saved:
    """Store a new program of a region.

    Raises:
        NotFound: the actor may not add programs, or there is no such region.
        InvalidInput: a rule is broken, or the region has a program of this name.
    """
    access.require(actor, "program", "add")
    _existing(session, Region, program.region_id)
    _require_valid_program(session, program, None)
    row = Program(created_by=actor.person_id, **program.model_dump())
    return add_row(session, actor, "add_program", row)


@command
def change_program(
    session: Session, actor: Actor, program_id: uuid.UUID, base_version: int, program: ProgramInput
) -> Saved:
    """Replace what is known about a program; it stays in its region, as its sites do.

    Raises:
        NotFound: the actor may not change programs, or there is none with this key.
        InvalidInput: a rule is broken, or the region has a program of this name.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    access.require(actor, "program", "change")
    row = _existing(session, Program, program_id)
    require_version(row, base_version)
    if row.region_id != program.region_id:
        raise InvalidInput([Problem("region_id", "program_other_region")])
    _require_valid_program(session, program, row.id)
    return change_row(session, actor, "change_program", row, program.model_dump())


def _existing(session: Session, table: Any, key: uuid.UUID) -> Any:
    row = locked(session, table, (table.id == key) & table.deleted_at.is_(None))
    if row is None:
        raise AccessDenied(table.__tablename__, "change", entity_id=key)
    return row


def _require_valid_region(session: Session, region: RegionInput, own_id: uuid.UUID | None) -> None:
    region.require_valid()
    problems = [
        Problem(field, "already_there")
        for field in ("name", "code")
        if _taken(session, Region, getattr(Region, field) == getattr(region, field), own_id)
    ]
    if region.timezone not in available_timezones():
        problems.append(Problem("timezone", "unknown_timezone"))
    if problems:
        raise InvalidInput(problems)


def _require_valid_program(session: Session, program: ProgramInput, own_id: uuid.UUID | None) -> None:
    program.require_valid()
    same = (col(Program.region_id) == program.region_id) & (col(Program.name) == program.name)
    if _taken(session, Program, same, own_id):
        raise InvalidInput([Problem("name", "already_there")])


def _taken(session: Session, table: Any, condition: Any, own_id: uuid.UUID | None) -> bool:
    found = session.connection().execute(select(table.id).where(condition)).scalars()
    return any(one != own_id for one in found)
