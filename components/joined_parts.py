"""Months that are hidden one by one, told together where that points to no child."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from components import dates
from components.charts.drawing import Drawing, Table, show
from components.charts.numbers import decimal, whole
from components.words import _


def together(runs: Sequence[Any], counted: str, key: str) -> None:
    """Draw what hidden months come to together; nothing where there is none.

    Args:
        runs: from ``trends.joined_months``.
        counted: ``incidents`` or ``exclusions``.
        key: of the chart above.
    """
    chosen = [run for run in runs if run.counted == counted]
    if not chosen:
        return
    incidents = counted == "incidents"
    rows = []
    for run in reversed(chosen):
        row = [months_in_words(run.months), whole(run.number)]
        if incidents:
            rate = 1000 * run.number / run.child_days if run.child_days else None
            row += [whole(run.child_days), decimal(rate)]
        rows.append(tuple(row))
    head = [_("Months together"), _("Incidents") if incidents else _("Times")]
    if incidents:
        head += [_("Child-days"), _("Incidents per 1,000 child-days")]
    latest = chosen[-1]
    sentence = _("{months} together: {count}.").format(
        months=months_in_words(latest.months), count=whole(latest.number)
    )
    show(
        Drawing(
            title=_("Hidden months, told together"),
            basis=_("Each month by itself is hidden to protect privacy; their sum points to no child"),
            sentence=sentence,
            table=Table(tuple(head), tuple(rows)),
        ),
        f"{key}_together",
    )


def months_in_words(months: Sequence[date]) -> str:
    """Name months: Mar – May 2026 where they follow each other, else one by one."""
    first, last = months[0], months[-1]
    if len(months) == (last.year - first.year) * 12 + last.month - first.month + 1:
        begin = dates.month_name(first) if first.year == last.year else dates.month(first)
        return f"{begin} – {dates.month(last)}"
    return ", ".join(dates.month(month) for month in months)
