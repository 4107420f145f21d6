"""One's own password: asked for once more, and changed, also before a session opens on one that somebody else set.

Not commands, as signing in is none: a password is checked outside of any transaction, and there may be no session yet.
"""

import secrets
import unicodedata
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlmodel import Session, col, select

from db import marks, passwords, throttle
from db.actor import Actor
from db.engine import writing
from db.errors import InvalidInput, Problem
from db.models.organisation import Program, Site
from db.models.people import Person, PersonScope, SignInSession
from db.sign_in import (
    LONGEST_TYPED,
    Browser,
    FirstPassword,
    Refusal,
    SignedIn,
    end_sessions_of,
    has_ended,
    let_in,
    note,
    token_hash,
    waiting_person,
)

STAYS = Problem("password", "demo_password")
"""What is said to whoever would change the password of one of a demo's people."""


@dataclass(frozen=True)
class Typed:
    """What was typed: the password until now, the new one, and that once more."""

    current: str
    new: str
    again: str


def check_password(session: Session, person_id: uuid.UUID, password: str, now: datetime) -> Refusal | None:
    """Ask somebody who is signed in for their password once more; None when it is right. Counted like signing in."""
    found = _verified(session, person_id, password, now)
    return found if isinstance(found, Refusal) else None


def change_own(session: Session, actor: Actor, typed: Typed, now: datetime) -> SignedIn | Refusal:
    """Change the actor's password: their session gets a new token, and all others end, with their tablets.

    Raises:
        InvalidInput: what is wrong with the new password; the present one was not looked at.
    """
    checked = _checked(session, actor.person_id, typed, now)
    if isinstance(checked, Refusal):
        return checked
    with writing(session):
        person = session.get(Person, actor.person_id, populate_existing=True, with_for_update=True)
        here = session.get(SignInSession, actor.session_id, populate_existing=True) if actor.session_id else None
        if person is None or person.password_hash != checked[0] or here is None or here.ended_at is not None:
            return Refusal.WRONG
        _store(session, person, checked[1])
        end_sessions_of(session, person.id, "password_changed", but=here.id)
        token = secrets.token_urlsafe(32)
        here.token_hash = token_hash(token)
        session.add(here)
        return SignedIn(token, here.id, person.id, here.ends_at)


def choose_first(
    session: Session, waiting: FirstPassword, typed: Typed, now: datetime, browser: Browser
) -> SignedIn | Refusal:
    """Replace a password that somebody else set, and let its owner in.

    Raises:
        InvalidInput: what is wrong with the new password; the one that was given was not looked at.
    """
    checked = _checked(session, waiting.person_id, typed, now)
    if isinstance(checked, Refusal):
        return checked
    with writing(session):
        person = waiting_person(session, waiting)
        if person is None or person.password_hash != checked[0]:
            return Refusal.WRONG
        _store(session, person, checked[1])
        opened = let_in(session, person, now, waiting.method, browser)
        end_sessions_of(session, person.id, "password_changed", but=opened.session_id)
        return opened


def name_of(session: Session, waiting: FirstPassword) -> str | None:
    """Give the sign-in name of who is to choose a password; None when it is too late for that."""
    with writing(session):
        person = waiting_person(session, waiting)
        return person.sign_in_name if person and person.password_set_by_other_at else None


def is_everybodys(session: Session, person_id: uuid.UUID) -> bool:
    """Tell whether it is one of a demo's people: everybody signs in as them, so their password stays as it is."""
    names = {one.name for one in marks.demo_sign_ins(session)}
    return bool(names) and session.get_one(Person, person_id).sign_in_name in names


def known_words(session: Session, person_id: uuid.UUID) -> tuple[str, ...]:
    """Give what others know of a person and would try first: their names, and the places that they are assigned to."""
    names = session.exec(select(Person.sign_in_name, Person.display_name).where(Person.id == person_id)).one()
    scope = col(PersonScope.person_id) == person_id
    places = session.connection().execute(
        select(Site.name, Program.name)
        .select_from(PersonScope)
        .join(Site, col(Site.id) == col(PersonScope.site_id), isouter=True)
        .join(
            Program,
            or_(col(Program.id) == col(PersonScope.program_id), col(Program.id) == col(Site.program_id)),
            isouter=True,
        )
        .where(scope)
    )
    return (*names, *sorted({name for row in places for name in row if name}))


@dataclass(frozen=True)
class _Right:
    """The password was right: ``stored`` is the hash that it fits."""

    stored: str | None


def _checked(session: Session, person_id: uuid.UUID, typed: Typed, now: datetime) -> tuple[str | None, str] | Refusal:
    """Look at the new password first, then at the present one; give what is to be stored instead of which."""
    problems = passwords.password_problems(typed.new, known_words(session, person_id))
    if _plain(typed.new) == _plain(typed.current):
        problems = [Problem("password", "password_same")]
    if _plain(typed.again) != _plain(typed.new):
        problems.append(Problem("again", "password_differs"))
    if problems:
        raise InvalidInput(problems)
    found = _verified(session, person_id, typed.current, now)
    return found if isinstance(found, Refusal) else (found.stored, passwords.hash_password(typed.new))


def _verified(session: Session, person_id: uuid.UUID, password: str, now: datetime) -> _Right | Refusal:
    """Ask for somebody's password, counted like signing in."""
    person = session.get_one(Person, person_id, populate_existing=True)
    name, stored, ended = person.sign_in_name.lower(), person.password_hash, has_ended(person, now)
    session.rollback()
    if not throttle.admit(session, name, now):
        return Refusal.SLOWED_DOWN
    fits = passwords.verify(stored, password[:LONGEST_TYPED])
    with writing(session):
        if not fits or ended:
            note(session, "password_refused", None, person_id)
            return Refusal.ENDED if fits else Refusal.WRONG
        throttle.forgive(session, name)
    return _Right(stored)


def _store(session: Session, person: Person, hashed: str) -> None:
    person.password_hash, person.password_set_by_other_at = hashed, None
    session.add(person)
    note(session, "change_password", person, person.id)


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
