"""Lists of one kind of record: which rows an actor gets, and what they may do with each."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import col

from db import access
from db.access_matrix import Thing, Verb
from db.actor import Actor
from db.period import Period


@dataclass(frozen=True)
class ListedRecords:
    """A kind of record: its table, what the access matrix calls it, who wrote a row, and the day that it is about."""

    table: Any
    thing: Thing
    writer: Any
    day: Any

    def within(self, actor: Actor, verb: Verb) -> ColumnElement[bool]:
        """Give the condition that keeps the rows to which the actor may do ``verb``."""
        return access.within(
            actor, self.thing, verb, site_id=col(self.table.site_id), region_id=col(self.table.region_id),
            owner_id=col(self.writer),
        )  # fmt: skip

    def listed(
        self, actor: Actor, period: Period | None, site_id: uuid.UUID | None, *, removed: bool = False
    ) -> list[ColumnElement[bool]]:
        """Give the conditions for the rows of a period, or of all times, at one site or at all.

        ``removed`` keeps the removed rows that the actor may restore, instead of the standing ones that they may see.
        """
        gone = col(self.table.deleted_at)
        conditions = [
            self.within(actor, "restore" if removed else "see"),
            gone.is_not(None) if removed else gone.is_(None),
        ]
        if period is not None:
            conditions += [col(self.day) >= period.start, col(self.day) < period.end]
        if site_id is not None:
            conditions.append(col(self.table.site_id) == site_id)
        return conditions

    def rights(self, actor: Actor) -> list[ColumnElement[bool]]:
        """Give the columns ``removed``, ``may_change``, ``may_remove`` and ``may_restore``."""
        rights = [self.within(actor, verb).label(f"may_{verb}") for verb in ("change", "remove", "restore")]
        return [col(self.table.deleted_at).is_not(None).label("removed"), *rights]
