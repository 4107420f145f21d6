"""Writing incidents, with the exclusion that may belong to one."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db import access, child_rollups, rollups
from db.actor import Actor
from db.commands.command import (
    Saved,
    change_removal,
    command,
    content,
    earlier,
    forget_draft,
    mark_changed,
    marks_of,
    set_removed,
    write_event,
)
from db.commands.kept_record import begin_correction, finish_correction, require_record, rewrite
from db.errors import InvalidInput
from db.exclusion_care import expulsion_problems, move
from db.incident_lists import incident_lists
from db.local_time import require_not_future
from db.models.base import new_id
from db.models.incident_input import CHOICES, SINGLES, IncidentInput
from db.models.incidents import Exclusion, Incident, IncidentChoice
from db.models.organisation import Site
from db.site_rows import require_room_here

_COLUMNS = (
    *SINGLES, "occurred_on", "occurred_at", "child_key", "permission_on", "first_aid", "family_notified_on",
    "description",
)  # fmt: skip


@command
def record_incident(session: Session, actor: Actor, incident: IncidentInput) -> Saved:
    """Store an incident once, with its exclusion and audit event, in one transaction.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a rule is broken.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "incident", "add", incident.site_id)
    again = earlier(session, Incident, incident)
    if again:
        return again
    _require_valid(session, site, incident)
    row = Incident(
        **_values(incident),
        recorded_by=actor.person_id,
        **marks_of(actor, site, incident),
    )
    session.add(row)
    session.flush()
    _write_lists(session, row, incident)
    _write_exclusion(session, actor, row, incident)
    forget_draft(session, actor, incident)
    write_event(session, actor, "record_incident", row, after=content(row, **_lists(incident)))
    _refresh(session, {site.id: _days(incident.occurred_on, incident.exclusion)})
    return Saved(row.id, row.version)


@command
def correct_incident(
    session: Session, actor: Actor, incident_id: uuid.UUID, base_version: int, incident: IncidentInput, reason: str
) -> Saved:
    """Replace what an incident says, on top of the version that the actor saw, with the reason why.

    Raises:
        NotFound: the incident is outside the actor's reach, or removed.
        InvalidInput: a rule is broken, or the reason is empty.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = _require_incident(session, actor, "change", incident_id)
    site, reason = begin_correction(session, actor, "incident", row, base_version, incident.site_id, reason)
    _require_valid(session, site, incident)
    lists = incident_lists(session, row.id)
    before = content(row, **lists)
    touched = {row.site_id: _days(row.occurred_on, lists["exclusion"])}
    rewrite(session, actor, row, site, _values(incident))
    session.connection().execute(delete(IncidentChoice).where(col(IncidentChoice.incident_id) == row.id))
    _write_lists(session, row, incident)
    _write_exclusion(session, actor, row, incident)
    forget_draft(session, actor, incident)
    after = content(row, **_lists(incident))
    saved = finish_correction(session, actor, "correct_incident", row, before, after, reason)
    touched[row.site_id] = touched.get(row.site_id, []) + _days(row.occurred_on, incident.exclusion)
    _refresh(session, touched)
    return saved


@command
def remove_incident(session: Session, actor: Actor, incident_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take an incident and its exclusion out of every list and figure. It can be restored.

    Raises:
        NotFound: the incident is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    return _set_removed(session, actor, incident_id, base_version, reason, removed=True)


@command
def restore_incident(session: Session, actor: Actor, incident_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Bring a removed incident and its exclusion back.

    Raises:
        NotFound: the incident is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``not_removed``.
    """
    return _set_removed(session, actor, incident_id, base_version, reason, removed=False)


def _lists(incident: IncidentInput) -> dict[str, Any]:
    return {
        **{field: sorted(set(getattr(incident, field))) for field in CHOICES},
        "exclusion": incident.exclusion.model_dump() if incident.exclusion else None,
    }


def _values(incident: IncidentInput) -> dict[str, Any]:
    return {
        **{name: getattr(incident, name) for name in _COLUMNS},
        "classroom_id": incident.classroom_id,
        "hour": incident.occurred_at.hour,
        "weekday": incident.occurred_on.weekday(),
    }


def _days(occurred_on: date, exclusion: Any) -> list[date]:
    if not exclusion:
        return [occurred_on]
    started = exclusion["started_on"] if isinstance(exclusion, dict) else exclusion.started_on
    return [occurred_on, started]


def _require_incident(session: Session, actor: Actor, verb: Any, incident_id: uuid.UUID) -> Incident:
    return require_record(session, actor, Incident, "incident", verb, incident_id, "recorded_by")


def _require_valid(session: Session, site: Site, incident: IncidentInput) -> None:
    incident.require_valid()
    problems = list(require_not_future(session, site.region_id, "occurred_on", incident.occurred_on))
    problems += require_room_here(session, site, incident.classroom_id)
    if incident.exclusion:
        problems += expulsion_problems(session, site, incident.exclusion)
    if problems:
        raise InvalidInput(problems)


def _write_lists(session: Session, row: Incident, incident: IncidentInput) -> None:
    session.add_all(
        IncidentChoice(incident_id=row.id, region_id=row.region_id, list=option_list, code=code)
        for field, option_list in CHOICES.items()
        for code in set(getattr(incident, field))
    )
    session.flush()


def _write_exclusion(session: Session, actor: Actor, row: Incident, incident: IncidentInput) -> None:
    """Make the stored exclusion of an incident say what the input says, or mark it as removed."""
    stored = session.exec(select(Exclusion).where(Exclusion.incident_id == row.id)).first()
    wanted = incident.exclusion
    if stored is not None:  # also one that is removed, or goes now: it belongs where its incident is
        move(session, stored, row.site_id, row.region_id)
    if wanted is None:
        if stored is not None and stored.deleted_at is None:
            set_removed(stored, actor, removed=True)
        return
    if stored is None:
        stored = Exclusion(
            **wanted.model_dump(), incident_id=row.id, region_id=row.region_id, site_id=row.site_id,
            created_by=actor.person_id, client_uuid=new_id(), content_digest=row.content_digest, source=row.source,
        )  # fmt: skip
    else:
        for name, value in wanted.model_dump().items():
            setattr(stored, name, value)
        if stored.deleted_at is not None:
            set_removed(stored, actor, removed=False)
        else:
            mark_changed(stored, actor)
    session.add(stored)
    session.flush()


def _set_removed(
    session: Session, actor: Actor, incident_id: uuid.UUID, base_version: int, reason: str, *, removed: bool
) -> Saved:
    row = _require_incident(session, actor, "remove" if removed else "restore", incident_id)
    removed_at = row.deleted_at
    saved = change_removal(session, actor, row, "incident", base_version, reason, removed=removed)
    days = [row.occurred_on]
    exclusion = session.exec(select(Exclusion).where(Exclusion.incident_id == row.id)).first()
    # An exclusion that a correction took away before stays away: it went at another moment.
    if exclusion is not None and exclusion.deleted_at == removed_at:
        exclusion.deleted_at, exclusion.deleted_by = row.deleted_at, row.deleted_by
        days.append(exclusion.started_on)
    _refresh(session, {row.site_id: days})
    return saved


def _refresh(session: Session, touched: dict[uuid.UUID, list[date]]) -> None:
    """Make the roll-ups again that the days of an incident and its exclusion belong to, by site."""
    for site_id, days in touched.items():
        rollups.refresh(session, site_id, days)
        child_rollups.refresh(session, site_id, days)
