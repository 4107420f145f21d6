"""What people set for themselves. It can name nobody else, so no right is asked."""

from sqlmodel import Session, col

from db.actor import Actor
from db.commands.command import Saved, command, locked, mark_changed, write_event
from db.errors import AccessDenied, InvalidInput, Problem
from db.models.people import Person
from db.models.people_input import LANGUAGES


@command
def choose_language(session: Session, actor: Actor, language: str) -> Saved:
    """Choose the language in which Attune speaks to the actor, here and on every other device.

    Raises:
        NotFound: the actor's account is gone.
        InvalidInput: Attune does not speak this language.
    """
    if language not in LANGUAGES:
        raise InvalidInput([Problem("language", "unknown_option")])
    row = locked(session, Person, (col(Person.id) == actor.person_id) & col(Person.deleted_at).is_(None))
    if row is None:
        raise AccessDenied("person", "change", entity_id=actor.person_id)
    if row.language != language:
        before = {"language": row.language}
        row.language = language
        mark_changed(row, actor)
        write_event(session, actor, "choose_language", row, before=before, after={"language": language})
    return Saved(row.id, row.version, created=False)
