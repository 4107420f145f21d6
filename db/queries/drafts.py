"""The drafts of the person who asks."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, cast, get_args

from sqlalchemy import select
from sqlmodel import Session, col

from db import access, acting
from db.actor import Actor
from db.commands.drafts import KEPT_FOR, TABLES, UNDO_FOR, FormName
from db.models.base import utc_now
from db.models.drafts import Draft
from db.models.organisation import Classroom, Site

_COLUMNS = {
    "visit": ("consultant_id", "visited_on"), "incident": ("recorded_by", "occurred_on"),
    "observation": ("observer_id", "observed_on"), "child_measure": ("recorded_by", "measured_on"),
}  # fmt: skip
"""What the records of each form call who wrote them, and their day."""


class KeptDraft(NamedTuple):
    """What somebody typed in a form and did not save.

    ``site`` and ``rooms`` are names, as far as the person may still read them. ``savable`` is False when this cannot
    be saved any more: its site is not theirs, or the record that it corrects (``entity_id``, of ``day``) is out of
    reach or removed. ``content`` is empty while it holds the words of somebody else's record that is out of reach.
    A draft that was discarded has ``dropped_at`` until it goes for good.
    """

    client_uuid: uuid.UUID
    form: str
    content: dict[str, Any]
    saved_at: datetime
    version: int
    entity_id: uuid.UUID | None
    base_version: int | None
    dropped_at: datetime | None
    site: str | None = None
    rooms: tuple[str, ...] = ()
    day: date | None = None
    savable: bool = True

    @property
    def goes_at(self) -> datetime:
        """When this draft is deleted unless it is changed before."""
        return self.saved_at + KEPT_FOR


def my_drafts(session: Session, actor: Actor, form: str | None = None) -> list[KeptDraft]:
    """Give one's own drafts of the last 30 days, the latest first; those discarded within a day are among them."""
    acting.note(actor.person_id)
    now = utc_now()
    statement = (
        select(
            col(Draft.client_uuid), col(Draft.form), col(Draft.content), col(Draft.saved_at), col(Draft.version),
            col(Draft.entity_id), col(Draft.base_version), col(Draft.dropped_at),
        )
        .where(col(Draft.person_id) == actor.person_id, col(Draft.saved_at) >= now - KEPT_FOR)
        .where(col(Draft.dropped_at).is_(None) | (col(Draft.dropped_at) >= now - UNDO_FOR))
        .order_by(col(Draft.saved_at).desc())
    )  # fmt: skip
    if form is not None:
        statement = statement.where(col(Draft.form) == form)
    found = [KeptDraft(*row) for row in session.connection().execute(statement)]
    return _placed(session, actor, found) if found else []


def _placed(session: Session, actor: Actor, found: Sequence[KeptDraft]) -> list[KeptDraft]:
    """Add where each draft belongs, and whether it can be saved there."""
    run = session.connection().execute
    site_ids, room_ids = _keys(_site_of(one) for one in found), _keys(room for one in found for room in _rooms_of(one))
    sites: dict[uuid.UUID, str] = {}
    writable: dict[tuple[str, uuid.UUID], bool] = {}
    forms: tuple[FormName, ...] = get_args(FormName)
    may_add = [access.sites(actor, form, "add").label(form) for form in forms]
    theirs = select(col(Site.id), col(Site.name), *may_add).where(
        col(Site.id).in_(site_ids), access.sites(actor), col(Site.deleted_at).is_(None)
    )
    for key, name, *rights in run(theirs):
        sites[key] = name
        writable |= {(form, key): bool(right) for form, right in zip(forms, rights, strict=True)}
    in_reach = select(col(Classroom.id), col(Classroom.name)).where(
        col(Classroom.id).in_(room_ids), col(Classroom.site_id).in_(sites)
    )
    rooms = {row[0]: row[1] for row in run(in_reach)}
    records = {form: _records(session, actor, form, found) for form in forms}
    placed = []
    for one in found:
        site = _key(_site_of(one))
        days = records[cast(FormName, one.form)]
        day = days.get(one.entity_id) if one.entity_id else None
        savable = day is not None if one.entity_id else site is None or writable.get((one.form, site), False)
        named = tuple(rooms[key] for key in _keys(_rooms_of(one)) if key in rooms)
        one = one._replace(site=sites.get(site) if site else None, rooms=named, day=day, savable=savable)
        placed.append(one if one.entity_id is None or one.entity_id in days else one._replace(content={}))
    return placed


def _records(
    session: Session, actor: Actor, form: FormName, found: Sequence[KeptDraft]
) -> dict[uuid.UUID, date | None]:
    """Give the records that drafts correct, if they are the actor's own or in reach: their day while they can be."""
    wanted = [one.entity_id for one in found if one.entity_id and one.form == form]
    if not wanted:
        return {}
    table, (owner, day) = TABLES[form], _COLUMNS[form]
    in_reach = access.within(
        actor, form, "change", site_id=table.site_id, region_id=table.region_id, owner_id=getattr(table, owner)
    )
    statement = select(table.id, getattr(table, day), in_reach.label("in_reach"), table.deleted_at).where(
        table.id.in_(wanted), in_reach | (table.created_by == actor.person_id)
    )
    with acting.whole_reach():  # one's own, also at a site that is not one's own any more
        rows = session.connection().execute(statement).all()
    return {key: on if reached and removed_at is None else None for key, on, reached, removed_at in rows}


def _site_of(one: KeptDraft) -> Any:
    return one.content.get("site_id")


def _rooms_of(one: KeptDraft) -> list[Any]:
    return list(one.content.get("classroom_ids") or [one.content.get("classroom_id")])


def _keys(values: Iterable[Any]) -> list[uuid.UUID]:
    return [key for value in values if (key := _key(value))]


def _key(value: Any) -> uuid.UUID | None:
    """Read a key that a form's field holds as text; a draft says whatever a form said."""
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
