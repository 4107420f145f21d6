"""How the screens of the organization write: one command, one short session, and a word about what was stored."""

from typing import Any

from components import filters, messages
from components.forms import saving, small
from db.actor import Actor
from db.engine import session as open_session
from db.errors import Conflict, InvalidInput, NotFound


def saving_by(make: Any, store: Any) -> saving.Saving[Any]:
    """Give what a small form needs: it asks nothing back."""
    return saving.Saving(make=make, ask=lambda _made: (), store=store)


def write(actor: Actor, command: Any, note: str, *args: Any) -> dict[str, Any]:
    """Run a command on what was sent, and say ``note`` on the next drawing."""
    with open_session() as session:
        command(session, actor, *args)
    return small.note(note)


def write_new(
    actor: Actor, command: Any, note: str, form: Any, made: Any, *, opens: str | None = None
) -> dict[str, Any]:
    """Add a row under the form's own key, so that two taps add one; ``opens`` is the parameter that opens it."""
    with open_session() as session:
        saved = command(session, actor, made, key=form.client_uuid)
    if opens:
        filters.remember("do", None)
        filters.remember(opens, str(saved.id))
    return small.note(note)


def press(actor: Actor, command: Any, note: str, *args: Any) -> None:
    """Run the command behind a button that asks for nothing; say what was done, or why it was not."""
    try:
        write(actor, command, note, *args)
    except InvalidInput as refused:
        small.notes()["problem"] = messages.sentence(refused.problems[0])
    except (Conflict, NotFound) as refused:
        small.notes()["problem"] = small.failure(getattr(refused, "kind", "not_found"))
