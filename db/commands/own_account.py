"""What people set for themselves. It can name nobody else, so no right is asked."""

import uuid

from sqlmodel import Session, col

from db import second_factor, throttle
from db.actor import Actor
from db.commands.command import Saved, command, locked, mark_changed, write_event
from db.devices import end_devices_of_session
from db.errors import AccessDenied, Conflict, InvalidInput, Problem
from db.models.base import utc_now
from db.models.people import Person, SignInSession
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


@command
def begin_second_factor(session: Session, actor: Actor, *, anew: bool = True) -> tuple[str, str]:
    """Give the secret of the actor's new second factor, and what an app reads from a QR code. It is not on yet.

    Args:
        session: the database session.
        actor: whose it is.
        anew: make a new secret; otherwise the one begun last is told again, after a code that did not fit.

    Raises:
        NotFound: the actor's account is gone.
        Conflict: ``already_on``.
    """
    row = _own(session, actor)
    if second_factor.is_on(row):
        raise Conflict("already_on")
    if anew or row.totp_secret is None:
        second_factor.begin(row)
    session.add(row)
    return row.totp_secret or "", second_factor.address(row)


@command
def confirm_second_factor(session: Session, actor: Actor, code: str) -> tuple[str, ...]:
    """Turn the actor's second factor on and give its recovery codes, which are shown once.

    Raises:
        NotFound: the actor's account is gone.
        InvalidInput: the code does not fit.
    """
    row = _own(session, actor)
    codes = second_factor.confirm(session, row, code, utc_now())
    if codes is None:
        raise InvalidInput([Problem("code", "wrong_code")])
    throttle.forgive(session, second_factor.throttled_as(row.id))
    write_event(session, actor, "second_factor_on", row)
    return codes


@command
def renew_recovery_codes(session: Session, actor: Actor, code: str) -> tuple[str, ...]:
    """Give new recovery codes in place of the old ones, for a right code of the app.

    Raises:
        NotFound: the actor's account is gone.
        InvalidInput: the code does not fit.
    """
    row = _own(session, actor)
    _require_code(session, row, code)
    write_event(session, actor, "recovery_codes_renewed", row)
    return second_factor.new_codes(session, row)


@command
def end_second_factor(session: Session, actor: Actor, code: str) -> None:
    """Turn the actor's second factor off, for a right code.

    Raises:
        NotFound: the actor's account is gone.
        InvalidInput: the code does not fit.
        Conflict: ``required``: this installation asks the actor's role for one.
    """
    row = _own(session, actor)
    if second_factor.is_required(actor.role):
        raise Conflict("required")
    _require_code(session, row, code)
    second_factor.turn_off(session, row)
    write_event(session, actor, "second_factor_off", row)


@command
def end_own_session(session: Session, actor: Actor, session_id: uuid.UUID) -> None:
    """End one of the actor's own sessions, in whatever browser it is, with the tablets that were used in it.

    Raises:
        NotFound: it is not theirs, or has ended.
    """
    found = session.get(SignInSession, session_id, populate_existing=True)
    if found is None or found.person_id != actor.person_id or found.ended_at is not None:
        raise AccessDenied("person", "change", entity_id=actor.person_id)
    found.ended_at, found.end_reason = utc_now(), "ended_elsewhere"
    session.add(found)
    end_devices_of_session(session, found.id, utc_now())
    write_event(session, actor, "end_session", _own(session, actor))


def _require_code(session: Session, row: Person, code: str) -> None:
    if not second_factor.is_on(row) or not second_factor.fits(session, row, code, utc_now()):
        raise InvalidInput([Problem("code", "wrong_code")])
    throttle.forgive(session, second_factor.throttled_as(row.id))


def _own(session: Session, actor: Actor) -> Person:
    row = locked(session, Person, (col(Person.id) == actor.person_id) & col(Person.deleted_at).is_(None))
    if row is None:
        raise AccessDenied("person", "change", entity_id=actor.person_id)
    return row
