"""Writing a whole list of sites: all of it or nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from db import access, audit
from db.actor import Actor
from db.commands.command import command, content, write_event
from db.commands.sites import require_site_row, store_site, update_site
from db.errors import Conflict, InvalidInput, Problem
from db.exchange.site_list import ListedSite
from db.exchange.site_list_judging import judged


@dataclass(frozen=True)
class ImportPlan:
    """What a person saw and agreed to. ``signature`` is that of the preview they saw."""

    program_id: uuid.UUID
    listed: Sequence[ListedSite]
    signature: str
    leave_out_refused: bool = False


@dataclass(frozen=True)
class Imported:
    """How many sites an import added, changed, found unchanged, and left out."""

    added: int
    changed: int
    unchanged: int
    left_out: int


@command
def import_sites(session: Session, actor: Actor, plan: ImportPlan) -> Imported:
    """Write every row of a list in one transaction, after judging each again: the preview must still hold.

    Sending the same list again adds nothing.

    Raises:
        NotFound: the actor may not add sites to this program.
        InvalidInput: rows are refused, and the person did not choose to leave them out.
        Conflict: ``newer_version`` when the stored sites changed since the preview.
    """
    program = access.require_program(session, actor, "add", plan.program_id)
    preview = judged(session, actor, plan.listed, program.id)
    counts = preview.counts
    if counts["refused"] and not plan.leave_out_refused:
        raise InvalidInput([Problem("rows", "rows_refused", {"rows": counts["refused"]})])
    result = Imported(counts["added"], counts["changed"], counts["unchanged"], counts["refused"])
    if not result.added and not result.changed:
        return result
    if preview.signature != plan.signature:
        raise Conflict("newer_version")
    for row in preview.rows:
        if row.status == "added" and row.site:
            stored = store_site(session, actor, row.site, program.region_id)
            write_event(session, actor, "add_site", stored, after=content(stored), reason="import")
        elif row.status == "changed" and row.site and row.site_id:
            update_site(session, actor, require_site_row(session, actor, row.site_id), row.site)
    audit.append(
        session,
        actor_id=actor.person_id,
        actor_role=actor.role,
        action="import_sites",
        entity="program",
        entity_id=program.id,
        rows=result.added + result.changed,
        after={"added": result.added, "changed": result.changed, "left_out": result.left_out},
    )
    return result
