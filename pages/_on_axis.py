"""What stands on the time axis of a site's charts, and below a chart the forms that add to it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from components import site_parts, trend_marks, trend_parts
from components.charts.axis import TimeMark
from components.forms import saving, small
from components.forms import site as site_forms
from components.forms.form import Form
from components.words import _
from db import access
from db.actor import Actor
from db.commands import chart_rebases as rebasing
from db.commands import site_events
from db.engine import session
from db.period import Period
from db.queries import chart_rebases, site_details, site_time, trends
from pages.organisation.writing import press, saving_by, write, write_new


@dataclass(frozen=True)
class OnAxis:
    """The marks of a period at a site, and every new start of its charts' limits."""

    marks: list[TimeMark]
    rebases: list[chart_rebases.RebaseLine]

    def starts(self, chart: str) -> list[str]:
        """Give the months from which a chart's limits are set anew."""
        return [f"{line.starts_on:%Y-%m}" for line in self.rebases if line.chart == chart]


def on_axis(opened: Any, actor: Actor, period: Period, site_id: uuid.UUID, *, editions: bool = True) -> OnAxis:
    """Read what stands on the axis; without ``editions`` where a chart breaks its lines at them anyway."""
    new = site_time.new_editions(opened, actor, site_id) if editions else []
    found = trends.marks(opened, actor, period, site_id)
    return OnAxis(trend_parts.time_marks(found, new), chart_rebases.chart_rebases(opened, actor, site_id))


def below(actor: Actor, site_id: uuid.UUID, axis: OnAxis, charts: Mapping[str, str], months: Sequence[date]) -> None:
    """Draw what belongs below one figure: the new starts of its charts (by code, with their words), and the form."""
    rows = [line for line in axis.rebases if line.chart in charts]
    trend_marks.rebases(rows, partial(_undo, actor), charts)
    if charts and months and access.may(actor, "chart_rebase", "add"):
        form = trend_marks.rebase_form(site_id, charts)
        store = partial(write_new, actor, rebasing.add_chart_rebase, _("The limits were set anew."), form)
        hand = saving_by(partial(trend_marks.make_rebase, site_id=site_id), store)
        trend_marks.draw_rebase(form, charts, months, f"rebase_{form.name}", hand)


def events(actor: Actor, site_id: uuid.UUID) -> None:
    """Draw the folded part about the events of a site: the form for one more, and those that stand."""
    may_add = access.may(actor, "site_event", "add")
    part = site_parts.folded(
        _("Events on the time axis: add or take out") if may_add else _("Events on the time axis"), "events"
    )
    with part:
        if not part.open:
            return
        with session() as opened:
            rows = site_details.events(opened, actor, site_id)
        if may_add:
            _event_form(actor, site_id)
        remove = partial(press, actor, site_events.remove_site_event, _("The event was taken out."))
        site_parts.events(rows, remove if access.may(actor, "site_event", "remove") else None)


def _event_form(actor: Actor, site_id: uuid.UUID) -> None:
    form = site_forms.event_form(f"trend_event_{site_id}")
    store = partial(write_new, actor, site_events.add_site_event, _("The event was added."), form)
    hand = saving_by(partial(site_forms.make_event, site_id=site_id), store)
    small.draw(form, site_forms.draw_event, hand, _("Add the event"))


def _undo(actor: Actor, form: Form, row: Any) -> saving.Saving[Any]:
    note = _("The limits rest again on what they rested on before.")
    store = partial(write, actor, rebasing.remove_chart_rebase, note, row.id)
    return saving_by(lambda one: one["reason_for_change"], store)
