"""The tab of a site's enrollment, month by month."""

from datetime import date
from functools import partial

from components import clock, dates, messages, site_parts
from components.forms import enrolment as grids
from components.forms import small
from components.words import _
from db.actor import Actor
from db.commands import enrolment as entering
from db.engine import session as open_session
from db.queries import enrolment as enrolments
from db.queries.sites import SiteDetails
from pages.organisation.writing import saving_by, write


def enrolment(actor: Actor, site: SiteDetails) -> None:
    """Draw the enrollment of a month, what is missing, and the groups within it."""
    today = clock.today()
    with open_session() as session:
        missing = enrolments.months_missing(session, actor, [site.id], today).get(site.id)
    grids.missing_months(missing)
    month = site_parts.choose_month(today)
    with open_session() as session:
        grid = enrolments.month_grid(session, actor, site.id, month)
    if not grid.rows:
        messages.empty(_("No classroom was open in this month. Add classrooms first, then enter the enrollment here."))
        return
    form = grids.enrolment_form(f"enrolment_{site.id}_{month}", grid)
    make = partial(grids.make_enrolment, grid=grid, site_id=site.id, month=month)
    told = _("The enrollment of {month} was saved.").format(month=dates.month(month))
    hand = saving_by(make, partial(write, actor, entering.set_enrolment, told))
    small.draw(form, partial(grids.draw_enrolment, grid=grid), hand, _("Save enrollment"), starred=False)
    with site_parts.folded(_("Children by group"), "groups") as part:
        if part.open:
            _groups(actor, site, grid.rows, month)


def _groups(actor: Actor, site: SiteDetails, rows: list[enrolments.RoomRow], month: date) -> None:
    room, dimension = grids.choose_group(rows, f"groups_{site.id}_{month}")
    with open_session() as session:
        stored = enrolments.groups(session, actor, site.id, room.classroom_id, month)
    form = grids.group_form(f"groups_{room.classroom_id}_{month}", dimension, stored)
    make = partial(
        grids.make_groups, site_id=site.id, room_id=room.classroom_id, month=month, dimension=dimension, rows=stored
    )
    hand = saving_by(make, partial(write, actor, entering.set_groups, _("The groups were saved.")))
    small.draw(form, grids.draw_groups, hand, _("Save groups"), starred=False)
