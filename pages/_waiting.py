"""What waits beside visits: the ledger of time away, and enrollment that rates are held back for. Drawn on Today."""

from datetime import date

from components import exclusion_parts, today_parts
from db import access
from db.actor import Actor
from db.engine import session as open_session
from db.queries import enrolment, exclusions


def on_today(actor: Actor, day: date, *, with_enrolment: bool) -> None:
    """Draw the lines that lead to what waits; nothing where nothing does.

    ``with_enrolment``: also the months whose enrollment this person can enter. The overview of many sites tells that in
    a list of its own.
    """
    with open_session() as session:
        due = exclusions.ledger_due(session, actor, day)
        wanted = with_enrolment and access.may(actor, "enrolment", "add")
        missing = enrolment.sites_missing(session, actor, day) if wanted else []
    exclusion_parts.due_line(due)
    today_parts.enrolment_to_enter(missing)
