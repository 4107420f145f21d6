"""Signing in, being signed in, and signing out.

Not commands: nobody is signed in yet, so there is no actor. A browser holds a random token, the database only
its SHA-256. Who does not exist, is disabled or mistyped gets the same answer after the same work.
"""

import hashlib
import secrets
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from db import audit, passwords, second_factor, throttle
from db.actor import Actor, load_actor
from db.devices import carry_over, end_devices_of, end_devices_of_session, take_along
from db.engine import session as open_session
from db.engine import writing
from db.models.base import new_id, utc_now
from db.models.people import Person, PersonIdentity, SignInSession
from db.settings import settings

TOUCHED_EVERY = timedelta(minutes=1)
CLOCK_STEP = timedelta(minutes=5)
NOBODY = "nobody"
LONGEST_TYPED = 1000
LONGEST_CODE = 60
BY_PASSWORD, BY_CODE, BY_OPENID = "password", "password+code", "openid"


class Refusal(Enum):
    """Why somebody was not let in, as far as a stranger may know."""

    WRONG = "wrong"
    SLOWED_DOWN = "slowed_down"
    ENDED = "ended"
    """The password was right, but somebody else set it, and its time is over."""
    ONE_STEP = "one_step"
    """The provider does not tell of the second step that the role must have."""


@dataclass(frozen=True)
class Browser:
    """What the browser brings along that signs in.

    Args:
        replaces: the hash of the token that it held before; that session ends.
        name: what the person recognizes it by in the list of their sessions.
        tablets: the keys of the tablet apps in it, whoever set them up.
    """

    replaces: str | None = None
    name: str | None = None
    tablets: Collection[uuid.UUID] = ()


UNKNOWN_BROWSER = Browser()


@dataclass(frozen=True)
class SignedIn:
    """A new session. ``token`` is for the browser's cookie only; it is stored nowhere."""

    token: str
    session_id: uuid.UUID
    person_id: uuid.UUID
    ends_at: datetime


@dataclass(frozen=True)
class Waiting:
    """The password was right and the second factor is still asked for. ``mark`` changes with the password and secret.

    With ``begin`` the person has none yet and their role asks for one: it is set up before they are let in, with a
    secret that was made for this sign-in.
    """

    person_id: uuid.UUID
    mark: str
    begin: bool


@dataclass(frozen=True)
class FirstPassword:
    """All was right, but somebody else set the password: its owner chooses one before a session opens.

    ``mark`` changes with the password; ``method`` is how they have signed in so far.
    """

    person_id: uuid.UUID
    mark: str
    method: str


@dataclass(frozen=True)
class Vouched:
    """What an OpenID provider said, checked, of who signed in there.

    Args:
        issuer: the provider.
        subject: who it is there.
        session: what the provider calls its session, if it says.
        second_step: whether it is taken for a sign-in with two steps.
    """

    issuer: str
    subject: str
    session: str | None = None
    second_step: bool = True


def token_hash(token: str) -> str:
    """Give what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    session: Session, name: str, password: str, now: datetime, browser: Browser = UNKNOWN_BROWSER
) -> SignedIn | Waiting | FirstPassword | Refusal:
    """Check a name and password and open a session with a new token, or tell what is asked for before that.

    Args:
        session: the database session.
        name: the sign-in name as typed; case and outer spaces do not matter.
        password: the password as typed.
        now: the present moment, in UTC.
        browser: where they sign in.
    """
    name = " ".join(name[:LONGEST_TYPED].split()).lower()
    if not throttle.admit(session, name, now):
        return Refusal.SLOWED_DOWN
    person_id, stored = _account(session, name)
    fits = passwords.verify(stored, password[:LONGEST_TYPED])
    with writing(session):
        person = session.get(Person, person_id, populate_existing=True, with_for_update=True) if person_id else None
        if person is None or not fits or not _may_sign_in(person) or person.password_hash != stored:
            note(session, "sign_in_refused", None, person_id)
            return Refusal.WRONG
        throttle.forgive(session, name)
        if passwords.needs_rehash(person.password_hash or ""):
            person.password_hash = passwords.hash_password(password[:LONGEST_TYPED])
        if has_ended(person, now):
            note(session, "sign_in_refused", None, person_id)
            return Refusal.ENDED
        if second_factor.is_on(person) or second_factor.is_required(person.role):
            if not second_factor.is_on(person):
                second_factor.begin(person)
                session.add(person)
            return Waiting(person.id, _mark(person), begin=not second_factor.is_on(person))
        return _first_password(person, BY_PASSWORD) or let_in(session, person, now, BY_PASSWORD, browser)


def set_up_second_factor(session: Session, waiting: Waiting) -> tuple[str, str] | None:
    """Give the secret of a new second factor and what the app reads from a QR code; None when it is too late."""
    with writing(session):
        person = waiting_person(session, waiting) if waiting.begin else None
        if person is None or person.totp_secret is None or second_factor.is_on(person):
            return None
        return person.totp_secret, second_factor.address(person)


def finish_sign_in(
    session: Session,
    waiting: Waiting,
    code: str,
    now: datetime,
    browser: Browser = UNKNOWN_BROWSER,
) -> tuple[SignedIn | FirstPassword, tuple[str, ...]] | Refusal:
    """Let someone in whose password was right, with a code of the second factor.

    Gives the session, or that a password is to be chosen before it, and, where the second factor was set up by this,
    the recovery codes: they are shown once.
    """
    key = second_factor.throttled_as(waiting.person_id)
    if not throttle.admit(session, key, now):
        return Refusal.SLOWED_DOWN
    with writing(session):
        person = waiting_person(session, waiting)
        if person is None:
            return Refusal.WRONG
        codes: tuple[str, ...] = ()
        if second_factor.is_on(person):
            right = second_factor.fits(session, person, code[:LONGEST_CODE], now)
        else:
            codes = second_factor.confirm(session, person, code[:LONGEST_CODE], now) or ()
            right = bool(codes)
            if right:
                note(session, "second_factor_on", person, person.id)
        if not right:
            note(session, "sign_in_refused", None, person.id)
            return Refusal.WRONG
        throttle.forgive(session, key)
        return _first_password(person, BY_CODE) or let_in(session, person, now, BY_CODE, browser), codes


def sign_in_by_identity(
    session: Session, vouched: Vouched, now: datetime, browser: Browser = UNKNOWN_BROWSER
) -> SignedIn | Refusal | None:
    """Let in whom an OpenID provider has vouched for, when the identity is linked to a person who may sign in.

    Gives None for an identity that is linked to nobody, or to somebody who may not.
    """
    with writing(session):
        identity = session.get(PersonIdentity, (vouched.issuer, vouched.subject), populate_existing=True)
        if identity is None:
            return None
        person = session.get(Person, identity.person_id, populate_existing=True, with_for_update=True)
        if person is None or not _may_sign_in(person):
            note(session, "sign_in_refused", None, identity.person_id)
            return None
        if second_factor.is_required(person.role) and not vouched.second_step:
            note(session, "sign_in_refused", None, person.id)
            return Refusal.ONE_STEP
        identity.last_used_at = now
        session.add(identity)
        return let_in(session, person, now, BY_OPENID, browser, vouched)


def waiting_person(session: Session, waiting: Waiting | FirstPassword) -> Person | None:
    """Give, locked, who waits for the next step, while their password and their second factor are the same."""
    person = session.get(Person, waiting.person_id, populate_existing=True, with_for_update=True)
    return person if person and _may_sign_in(person) and _mark(person) == waiting.mark else None


def has_ended(person: Person, now: datetime) -> bool:
    """Tell whether somebody else set the password, too long ago to be of use by now."""
    given = person.password_set_by_other_at
    return given is not None and given + timedelta(days=settings().first_password_days) < now


def _first_password(person: Person, method: str) -> FirstPassword | None:
    return FirstPassword(person.id, _mark(person), method) if person.password_set_by_other_at else None


def _mark(person: Person) -> str:
    return hashlib.sha256(f"{person.password_hash} {person.totp_secret}".encode()).hexdigest()[:24]


def let_in(
    session: Session, person: Person, now: datetime, method: str, browser: Browser, vouched: Vouched | None = None
) -> SignedIn:
    """Open a session in place of the one that this browser held before, inside the caller's transaction."""
    if browser.replaces:
        _end(session, col(SignInSession.token_hash) == browser.replaces, "replaced", now)
    opened = _open(session, person, now, method, browser.name, vouched)
    if browser.replaces:
        carry_over(session, browser.replaces, person.id, opened.session_id)
    take_along(session, browser.tablets, person.id, opened.session_id)
    note(session, "sign_in", person, person.id)
    return opened


def _account(session: Session, name: str) -> tuple[uuid.UUID | None, str | None]:
    """Give an account's key and stored password, and let go of the database meanwhile."""
    found = session.exec(select(Person.id, Person.password_hash).where(func.lower(Person.sign_in_name) == name)).first()
    session.rollback()
    return (found[0], found[1]) if found else (None, None)


def _may_sign_in(person: Person) -> bool:
    return person.disabled_at is None and person.deleted_at is None


def _open(
    session: Session, person: Person, now: datetime, method: str, browser: str | None, vouched: Vouched | None
) -> SignedIn:
    token = secrets.token_urlsafe(32)
    ends_at = now + timedelta(hours=settings().absolute_hours)
    row = SignInSession(
        id=new_id(),
        token_hash=token_hash(token),
        person_id=person.id,
        started_at=now,
        last_seen_at=now,
        ends_at=ends_at,
        method=method,
        browser=browser,
        issuer=vouched.issuer if vouched else None,
        provider_session=token_hash(vouched.session) if vouched and vouched.session else None,
    )
    session.add(row)
    session.flush()
    return SignedIn(token, row.id, person.id, ends_at)


def note(session: Session, action: str, who: Person | None, person_id: uuid.UUID | None) -> None:
    """Leave an event about an account, inside the caller's transaction; ``who`` did it, if that is known."""
    audit.append(
        session,
        actor_id=who.id if who else None,
        actor_role=who.role if who else NOBODY,
        action=action,
        entity="person",
        entity_id=person_id,
    )


def standing(session: Session, hashed: str, now: datetime) -> tuple[SignInSession, Person] | None:
    """Give the session of a token's hash and whose it is, while it stands, in one statement."""
    found = session.exec(
        select(SignInSession, Person)
        .join(Person, col(Person.id) == col(SignInSession.person_id))
        .where(
            col(SignInSession.token_hash) == hashed,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.ends_at) > now,
            col(SignInSession.last_seen_at) > now - timedelta(minutes=settings().idle_minutes),
            col(Person.disabled_at).is_(None),
            col(Person.deleted_at).is_(None),
        )
    ).first()
    return (found[0], found[1]) if found else None


def was_left_open(session: Session, hashed: str) -> bool:
    """Tell whether a token's session was never ended by anybody: when it does not stand, its time ran out."""
    return (
        session.exec(
            select(SignInSession.id).where(SignInSession.token_hash == hashed, col(SignInSession.ended_at).is_(None))
        ).first()
        is not None
    )


def resolve(session: Session, hashed: str, now: datetime) -> Actor | None:
    """Give who is acting in the session of a token's hash, or None when it has ended, in two statements.

    At most once a minute the session is marked as seen, in a transaction of its own.
    """
    found = standing(session, hashed, now)
    if found is None:
        return None
    row, person = found
    actor = load_actor(session, person, now.date(), row.id)
    touch(session, row, now)
    return actor


def touch(session: Session, row: SignInSession, now: datetime) -> None:
    """Mark a session as seen now, unless that was noted within the last minute.

    When the server's clock was set back, the end moves back with it: nobody gains time.
    """
    since = now - row.last_seen_at
    if timedelta(0) <= since < TOUCHED_EVERY or timedelta(0) < -since < CLOCK_STEP:
        return
    ends_at = row.ends_at + min(since, timedelta(0))
    with open_session(session.get_bind()) as own, writing(own):  # type: ignore[arg-type]
        own.connection().execute(
            update(SignInSession)
            .where(col(SignInSession.id) == row.id, col(SignInSession.last_seen_at) == row.last_seen_at)
            .values(last_seen_at=now, ends_at=ends_at)
        )


def end_session(session: Session, hashed: str, now: datetime) -> str | None:
    """Sign out: end the session of a token's hash, and the tablets used in it. Nothing happens when it has ended.

    Gives the issuer of the OpenID provider that opened it, if one did.
    """
    with writing(session):
        found = session.exec(
            select(SignInSession, Person)
            .join(Person, col(Person.id) == col(SignInSession.person_id))
            .where(col(SignInSession.token_hash) == hashed, col(SignInSession.ended_at).is_(None))
        ).first()
        if found:
            _end(session, col(SignInSession.token_hash) == hashed, "sign_out", now)
            end_devices_of_session(session, found[0].id, now)
            note(session, "sign_out", found[1], found[1].id)
        return found[0].issuer if found else None


def end_sessions_of(session: Session, person_id: uuid.UUID, reason: str, but: uuid.UUID | None = None) -> int:
    """End every session and tablet of a person, inside the caller's transaction; give how many sessions there were.

    Args:
        session: the database session, in a command's transaction.
        person_id: whose sessions end.
        reason: ``disabled``, ``role_changed`` or ``password_changed``.
        but: the one session that stays, with its tablets.
    """
    now = utc_now()
    end_devices_of(session, person_id, now, but)
    whose = (col(SignInSession.person_id) == person_id) & col(SignInSession.id).is_distinct_from(but)
    return _end(session, whose, reason, now)


def _end(session: Session, condition: object, reason: str, now: datetime) -> int:
    ended = session.connection().execute(
        update(SignInSession)
        .where(condition, col(SignInSession.ended_at).is_(None))  # type: ignore[arg-type]
        .values(ended_at=now, end_reason=reason)
    )
    return int(ended.rowcount)
