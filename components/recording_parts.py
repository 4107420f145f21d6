"""How each site records, in words: beside its rate, and as the reason why a site is not compared."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.recording import Recorded, differences
from components.charts.numbers import decimal, hidden_words, whole
from components.words import _


@dataclass(frozen=True)
class Recording:
    """Per site how it records (``words``) and, where that differs strongly from the others, why (``apart``)."""

    words: Mapping[uuid.UUID, str] = field(default_factory=dict)
    apart: Mapping[uuid.UUID, str] = field(default_factory=dict)


def recording(efforts: Sequence[Any], missing: Mapping[uuid.UUID, int]) -> Recording:
    """Give how sites record; hidden counts are left out. ``missing`` counts months with records but no enrolment."""
    told = [effort for effort in efforts if not effort.hidden]
    found = differences(
        [effort.forms for effort in told],
        [effort.room_months for effort in told],
        [effort.reporting for effort in told],
    )
    apart = {
        effort.site_id: _why(effort, judged)
        for effort, judged in zip(told, found, strict=True)
        if judged.difference is not None
    }
    return Recording({effort.site_id: _in_words(effort, missing.get(effort.site_id, 0)) for effort in efforts}, apart)


def rule() -> str:
    """Give the rule by which a site is not compared, in words."""
    return _(
        "A site records differently when its forms come from fewer than half as many classrooms and months as at sites"
        " with as many forms, by more than chance (1 in 1,000), or when it has no form where such sites have some."
    )


def _why(effort: Any, judged: Recorded) -> str:
    if judged.difference == "no_forms":
        return _("no incident form from {rooms} classroom months").format(rooms=whole(effort.room_months))
    return _(
        "forms from {reporting} of {rooms} classroom months; sites with as many forms have about {expected}"
    ).format(reporting=whole(effort.reporting), rooms=whole(effort.room_months), expected=whole(judged.expected))


def _in_words(effort: Any, missing: int) -> str:
    gaps = [_("{count} without enrollment").format(count=missing)] if missing else []
    if not effort.room_months:
        return "; ".join(gaps) or "–"
    if effort.hidden:
        return "; ".join([hidden_words(), *gaps])
    percent, each = whole(100 * effort.reporting / effort.room_months), decimal(effort.forms / effort.room_months)
    parts = [_("{percent}%, {each} forms each").format(percent=percent, each=each)]
    if effort.silent:
        parts.append(_("{count} of {months} months with none").format(count=effort.silent, months=effort.months))
    return "; ".join([*parts, *gaps])


def head() -> str:
    """Give the head of the column that says how sites record."""
    return _("Classroom months with an incident form")
