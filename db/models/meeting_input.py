"""What the meeting screen sends: a meeting, what people think, a decision, and how it went."""

import json
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from pydantic import Field

from analytics.meeting_signals import SignalCode
from db.errors import Problem
from db.incident_cuts import DIMENSIONS
from db.meeting_figures import FIGURES
from db.models.inputs import Input
from db.options import codes
from db.problems import listed

MOST_LOOKED_AT = 6_000
"""Characters of JSON; a meeting looks at a dozen things."""
NEVER_IN_A_MEETING = ("child",)
"""A shared display tells nothing of one child."""
SIGNALS = get_args(SignalCode)


class MeetingInput(Input):
    """A meeting that begins: today on the site's clock, unless told otherwise.

    ``looked_at`` are codes and numbers, never words and never a child.
    """

    site_id: uuid.UUID
    held_on: date | None = None
    looked_at: tuple[dict[str, Any], ...] = Field(default=(), max_length=20)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        if len(json.dumps(self.looked_at)) > MOST_LOOKED_AT:
            yield Problem("looked_at", "too_long", {"max_length": MOST_LOOKED_AT})
        if any(name in seen.get("cut", {}) for seen in self.looked_at for name in NEVER_IN_A_MEETING):
            yield Problem("looked_at", "unknown_field")


class NotesInput(Input):
    """What people at the meeting think."""

    strengths: str = Field(default="", max_length=600)
    hypotheses: str = Field(default="", max_length=600)


class DecisionInput(Input):
    """What was decided, whose job it is (a person or a role), and until when.

    ``rule`` is the signal that suggested it, ``figure`` what it is to change; ``cut`` the incidents that a figure
    ``pattern`` counts.
    """

    text: str = Field(min_length=1, max_length=300)
    owner_id: uuid.UUID | None = None
    owner_role: str | None = None
    due_on: date
    rule: str | None = None
    figure: str | None = None
    cut: dict[str, str] = Field(default_factory=dict)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("owner_role", self.owner_role, "reported_by_role")
        if (self.owner_id is None) == (self.owner_role is None):
            yield Problem("owner", "owner_needed")
        if self.rule is not None and self.rule not in SIGNALS:
            yield Problem("rule", "unknown_option")
        if self.figure is not None and self.figure not in FIGURES:
            yield Problem("figure", "unknown_option")
        if bool(self.cut) != (self.figure == "pattern") or not _is_a_cut(self.cut):
            yield Problem("figure", "unknown_option")


class DecisionOutcome(Input):
    """How a decision stands."""

    status: str
    outcome: str = Field(default="", max_length=300)

    def rules(self) -> Iterator[Problem]:
        """Give what is wrong with the values taken together."""
        yield from listed("status", self.status, "decision_status")


def _is_a_cut(cut: dict[str, str]) -> bool:
    return all(_is_answer(by, code) for by, code in cut.items())


def _is_answer(by: str, code: str) -> bool:
    if by not in DIMENSIONS or by in NEVER_IN_A_MEETING:
        return False
    if by == "classroom":
        try:
            return bool(uuid.UUID(code))
        except ValueError:
            return False
    if by in ("hour", "weekday"):
        return code.isascii() and code.isdigit() and int(code[:3]) < 24
    return code in codes(by)
