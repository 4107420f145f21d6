"""Who a person is at OpenID providers: known by issuer and subject, never by an e-mail address."""

import uuid
from datetime import datetime

from sqlmodel import Session, col, func, select

from db import audit, throttle
from db.devices import end_devices_of_session
from db.engine import writing
from db.models.people import Person, PersonIdentity, SignInSession
from db.models.people_input import PersonInput
from db.sign_in import end_sessions_of, token_hash

PROVIDER = "openid"


def link(session: Session, issuer: str, subject: str, person_id: uuid.UUID, now: datetime) -> bool:
    """Link an identity to the person who just proved to be both; False when it is somebody else's already."""
    with writing(session):
        standing = session.get(PersonIdentity, (issuer, subject), populate_existing=True)
        if standing is not None:
            return standing.person_id == person_id
        session.add(PersonIdentity(issuer=issuer, subject=subject, person_id=person_id, linked_at=now))
        _note(session, "link_identity", person_id)
        return True


def make_person(
    session: Session, issuer: str, subject: str, name: str, display_name: str, role: str, now: datetime
) -> bool:
    """Add a person whom a provider may add, with their identity and without a password or any reach.

    An account of that sign-in name is never taken over: False, and its owner links the two by signing in once.

    Raises:
        InvalidInput: the provider's names break our rules.
    """
    person = PersonInput.checked({"sign_in_name": name, "display_name": display_name, "role": role})
    with writing(session):
        taken = select(Person.id).where(func.lower(col(Person.sign_in_name)) == person.sign_in_name)
        if session.exec(taken).first() is not None:
            return False
        row = Person(sign_in_name=person.sign_in_name, display_name=person.display_name, role=person.role)
        session.add(row)
        session.flush()
        session.add(PersonIdentity(issuer=issuer, subject=subject, person_id=row.id, linked_at=now))
        _note(session, "add_person", row.id)
        return True


def follow_role(session: Session, issuer: str, subject: str, role: str) -> None:
    """Give the person of an identity the role of the provider's claim; their sessions end when that changes it."""
    with writing(session):
        identity = session.get(PersonIdentity, (issuer, subject), populate_existing=True)
        person = session.get(Person, identity.person_id, with_for_update=True) if identity else None
        if person is None or person.role == role:
            return
        person.role, person.version = role, person.version + 1
        session.add(person)
        end_sessions_of(session, person.id, "role_changed")
        _note(session, "change_person", person.id)


def end_sessions(
    session: Session, issuer: str, token_id: str, subject: str | None, there: str | None, now: datetime
) -> int:
    """End the sessions that a provider opened and has ended, with their tablets; give how many there were.

    Args:
        session: the database session.
        issuer: the provider.
        token_id: what the provider calls this message; the same one does nothing a second time.
        subject: who signed out there, if it says.
        there: what the provider calls the session that ended; without it all of the subject's end.
        now: the present moment, in UTC.
    """
    whose = (col(SignInSession.issuer) == issuer) & col(SignInSession.ended_at).is_(None)
    if there is not None:
        whose &= col(SignInSession.provider_session) == token_hash(there)
    if subject is not None:
        whose &= col(SignInSession.person_id).in_(
            select(PersonIdentity.person_id).where(
                col(PersonIdentity.issuer) == issuer, col(PersonIdentity.subject) == subject
            )
        )
    with writing(session):
        if not throttle.is_new(session, f"logout\n{issuer}\n{token_id}", now):
            return 0
        ended = session.exec(select(SignInSession).where(whose).with_for_update()).all()
        for one in ended:
            one.ended_at, one.end_reason = now, PROVIDER
            session.add(one)
            end_devices_of_session(session, one.id, now)
            _note(session, "sign_out", one.person_id)
        return len(ended)


def _note(session: Session, action: str, person_id: uuid.UUID) -> None:
    audit.append(session, actor_id=person_id, actor_role=PROVIDER, action=action, entity="person", entity_id=person_id)
