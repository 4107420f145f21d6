"""Writing a whole list of sites: all of it or nothing."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from db import access, audit
from db.actor import Actor
from db.commands.command import command, content
from db.errors import Conflict, InvalidInput, Problem
from db.exchange.site_list import ListedSite
from db.exchange.site_list_judging import judged
from db.models.organisation import Site
from db.site_rows import require_site_row, site_values, update_site


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
    found = preview.counts
    if found["refused"] and not plan.leave_out_refused:
        raise InvalidInput([Problem("rows", "rows_refused", {"rows": found["refused"]})])
    result = Imported(found["added"], found["changed"], found["unchanged"], found["refused"])
    if not result.added and not result.changed:
        return result
    if preview.signature != plan.signature:
        raise Conflict("newer_version")
    added = [
        Site(region_id=program.region_id, created_by=actor.person_id, **site_values(row.site))
        for row in preview.rows
        if row.status == "added" and row.site
    ]
    session.add_all(added)
    session.flush()
    for row in preview.rows:
        if row.status == "changed" and row.site and row.site_id:
            update_site(session, actor, require_site_row(session, actor, row.site_id), row.site)
    counts = {"added": result.added, "changed": result.changed, "left_out": result.left_out}
    whole = audit.Draft(
        actor.person_id, actor.role, "import_sites", "program", program.id,
        rows=result.added + result.changed, after=counts,
    )  # fmt: skip
    audit.append_all(session, [*(_event(actor, site) for site in added), whole])
    return result


def _event(actor: Actor, site: Site) -> audit.Draft:
    return audit.Draft(
        actor.person_id, actor.role, "add_site", "site", site.id, site.version, reason="import", after=content(site)
    )
