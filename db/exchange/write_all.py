"""Writing a list that somebody agreed to: all of it or nothing, and only while its preview still holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from db import audit
from db.errors import AccessDenied, Conflict, InvalidInput, Problem
from db.exchange.preview import Imported, Preview, Row

AT_ONCE = 250
"""Records written in one statement: few enough that the progress moves."""
WRITING = 0.6
"""The share of the time that the rows take; their audit events take the rest."""
Progress = Callable[[float], None]
"""Told the share done, from 0 to 1."""


@dataclass(frozen=True)
class Agreed:
    """What the person agreed to: the ``signature`` of the preview, and whether to leave out what is refused."""

    signature: str
    leave_out_refused: bool


def write_all(
    session: Session,
    preview: Preview[Row],
    agreed: Agreed,
    write: Callable[[Sequence[Row]], Iterable[audit.Draft]],
    whole: audit.Draft,
    progress: Progress | None,
) -> Imported:
    """Write every new record of ``preview`` inside the caller's transaction, and tell what came of it.

    ``write`` stores some rows and gives their audit events; ``whole`` is the event of the import itself, to which the
    counts are added.

    Raises:
        AccessDenied: no row names a site that the actor reaches.
        InvalidInput: rows are refused, and the person did not choose to leave them out.
        Conflict: ``newer_version`` when what is stored changed since the preview.
    """
    if preview.names_no_site:
        raise AccessDenied(whole.entity, "add")
    found = preview.counts
    if found["refused"] and not agreed.leave_out_refused:
        raise InvalidInput([Problem("rows", "rows_refused", {"rows": found["refused"]})])
    result = Imported(found["added"], found["unchanged"], found["refused"])
    if not result.added:
        return result
    if preview.signature != agreed.signature:
        raise Conflict("newer_version")
    rows = [row for row in preview.rows if row.status == "added"]
    events: list[audit.Draft] = []
    for start in range(0, len(rows), AT_ONCE):
        events += write(rows[start : start + AT_ONCE])
        if progress:
            progress(WRITING * min(1.0, (start + AT_ONCE) / len(rows)))
    told = {**(whole.after or {}), "added": result.added, "left_out": result.left_out}
    audit.append_all(session, [*events, whole._replace(rows=result.added, after=told)])
    if progress:
        progress(1.0)
    return result
