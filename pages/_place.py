"""Where both capture screens begin: at the site that the address names, or where the last record was."""

from components.forms import place
from components.forms.form import Form
from db.access_matrix import Thing
from db.actor import Actor
from db.engine import session as open_session
from db.queries import choices


def choose(
    form: Form,
    actor: Actor,
    thing: Thing,
    sites: list[choices.CaptureSite],
    last: choices.LastPlace | None,
) -> bool:
    """Choose the form's site, and tell whether it is the one of the last record.

    Raises:
        NotFound: the address names a site that this person does not work with.
    """
    named = place.named_in_address(form)
    if named is not None:
        with open_session() as session:
            site = choices.capture_site(session, actor, thing, named)
        if site not in sites:
            sites.append(site)
        place.choose(form, site.id)
    elif form["site_id"] is None and last is not None:
        place.choose(form, last.site_id)
        return True
    return False
