"""The tabs of a site that go month by month: its enrollment, and the days on which it was closed."""

from datetime import date
from functools import partial

from components import clock, closure_calendar, dates, messages, site_parts
from components.forms import enrolment as grids
from components.forms import small
from components.words import _
from db import access
from db.actor import Actor
from db.commands import closures as closing
from db.commands import enrolment as entering
from db.engine import session as open_session
from db.models.enrolment_input import ClosureInput
from db.queries import enrolment as enrolments
from db.queries import site_details
from db.queries.sites import SiteDetails
from db.rollups import month_after
from pages.organisation.writing import press, saving_by, write


def enrolment(actor: Actor, site: SiteDetails) -> None:
    """Draw the enrollment of a month, what is missing, and the groups within it."""
    today = clock.today()
    with open_session() as session:
        missing = enrolments.months_missing(session, actor, [site.id], today).get(site.id)
    grids.missing_months(missing)
    month = site_parts.choose_month(today)
    with open_session() as session:
        grid = enrolments.month_grid(session, actor, site.id, month)
        reads_groups = enrolments.reads_groups(session, actor, site.id)
    if not grid.rows:
        messages.empty(_("No classroom was open in this month. Add classrooms first, then enter the enrollment here."))
        return
    form = grids.enrolment_form(f"enrolment_{site.id}_{month}", grid)
    make = partial(grids.make_enrolment, grid=grid, site_id=site.id, month=month)
    told = _("The enrollment of {month} was saved.").format(month=dates.month(month))
    hand = saving_by(make, partial(write, actor, entering.set_enrolment, told))
    small.draw(form, partial(grids.draw_enrolment, grid=grid), hand, _("Save enrollment"), starred=False)
    if not reads_groups:
        return
    with site_parts.folded(_("Children by group"), "groups") as part:
        if part.open:
            _groups(actor, site, grid.rows, month)


def _groups(actor: Actor, site: SiteDetails, rows: list[enrolments.RoomRow], month: date) -> None:
    room, dimension = grids.choose_group(rows, f"groups_{site.id}_{month}")
    with open_session() as session:
        stored = enrolments.groups(session, actor, site.id, room.classroom_id, month)
        last = enrolments.last_groups(session, actor, site.id, room.classroom_id, month)
    form = grids.group_form(f"groups_{room.classroom_id}_{month}", dimension, stored)
    make = partial(
        grids.make_groups, site_id=site.id, room_id=room.classroom_id, month=month, dimension=dimension, rows=stored
    )
    hand = saving_by(make, partial(write, actor, entering.set_groups, _("The groups were saved.")))
    small.draw(form, partial(grids.draw_groups, dimension=dimension, last=last), hand, _("Save groups"), starred=False)


def closures(actor: Actor, site: SiteDetails) -> None:
    """Draw a month's weekdays to tap, and below them the way to enter many days at once and to take any out."""
    today = clock.today()
    month = closure_calendar.choose_month(today)
    with open_session() as session:
        days = site_details.closures(session, actor, site.id, min(month, date(today.year - 1, today.month, 1)))
    closed = {day.closed_on: day for day in days if month <= day.closed_on < month_after(month)}
    may_tap = access.may(actor, "closure", "add") and access.may(actor, "closure", "remove")
    closure_calendar.draw(month, closed, partial(_tap, actor, site, closed) if may_tap else None)
    if access.may(actor, "closure", "add"):
        with site_parts.folded(_("Several days at once"), "closures_add") as part:
            if part.open:
                form = grids.closure_form(f"closure_{site.id}")
                store = partial(write, actor, closing.add_closure, _("The closure was saved."))
                make = partial(grids.make_closure, site_id=site.id)
                small.draw(form, grids.draw_closure, saving_by(make, store), _("Save"))
    with site_parts.folded(_("All closures since last year"), "closures_all") as part:
        if part.open:
            remove = partial(press, actor, closing.remove_closure, _("The closure was taken out."))
            site_parts.closures(days, remove if may_tap else None)


def _tap(actor: Actor, site: SiteDetails, closed: dict[date, site_details.ClosedDay], day: date, reason: str) -> None:
    """Close a day that was open, or open one that was closed."""
    if day in closed:
        press(actor, closing.remove_closure, _("{day}: open.").format(day=dates.full(day)), closed[day].id)
        return
    told = _("{day}: closed.").format(day=dates.full(day))
    press(actor, closing.add_closure, told, ClosureInput(site_id=site.id, closed_on=day, reason=reason))
