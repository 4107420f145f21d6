"""What the operator of an installation does without signing in: adding people from the command line."""

import uuid

from sqlalchemy import true
from sqlmodel import Session, col, func, select

from db import audit, second_factor
from db.commands.command import content
from db.commands.survey_waves import LAST_DAY_OVER
from db.engine import writing
from db.errors import InvalidInput, Problem
from db.models.base import utc_now
from db.models.instruments import SurveyWave
from db.models.people import SECRETS, Person
from db.models.people_input import PersonInput
from db.own_password import known_words
from db.passwords import hash_password, password_problems
from db.sign_in import end_sessions_of
from db.survey_closing import count_ended


def reset_second_factor(session: Session, name: str) -> bool:
    """Take a person's second factor away and end their sessions, with the audit event; False when they have none."""
    with writing(session):
        row = session.exec(select(Person).where(func.lower(col(Person.sign_in_name)) == name.lower())).first()
        if row is None or not second_factor.is_on(row):
            return False
        second_factor.turn_off(session, row)
        end_sessions_of(session, row.id, "second_factor")
        audit.append(
            session, actor_id=None, actor_role="operator", action="second_factor_off", entity="person", entity_id=row.id
        )
        return True


def set_password(session: Session, name: str, password: str) -> bool:
    """Give a person a new password for the next sign-in and end their sessions; False when there is none of that name.

    Raises:
        InvalidInput: the password is too weak.
    """
    found = session.exec(
        select(Person.id).where(func.lower(col(Person.sign_in_name)) == name.lower(), col(Person.deleted_at).is_(None))
    ).first()
    if found is None:
        return False
    weak = password_problems(password, known_words(session, found))
    if weak:
        raise InvalidInput(weak)
    session.rollback()
    hashed = hash_password(password)
    with writing(session):
        row = session.get_one(Person, found, populate_existing=True, with_for_update=True)
        row.password_hash, row.password_set_by_other_at = hashed, utc_now()
        session.add(row)
        end_sessions_of(session, row.id, "password_changed")
        audit.append(
            session, actor_id=None, actor_role="operator", action="set_password", entity="person", entity_id=row.id
        )
        return True


def add_person(session: Session, name: str, role: str, display_name: str, password: str) -> uuid.UUID:
    """Store a person who can sign in, with the audit event, in one transaction, and give their key.

    The password is for the first time only: they choose their own when they sign in.

    Raises:
        InvalidInput: a rule is broken, the sign-in name is taken, or the password is too weak.
    """
    person = PersonInput.checked({"sign_in_name": name, "display_name": display_name, "role": role})
    weak = password_problems(password, (person.sign_in_name, person.display_name))
    if weak:
        raise InvalidInput(weak)
    hashed = hash_password(password)
    with writing(session):
        taken = select(Person.id).where(func.lower(col(Person.sign_in_name)) == person.sign_in_name)
        if session.exec(taken).first() is not None:
            raise InvalidInput([Problem("sign_in_name", "already_there")])
        row = Person(
            sign_in_name=person.sign_in_name,
            display_name=person.display_name,
            role=person.role,
            language=person.language,
            password_hash=hashed,
            password_set_by_other_at=utc_now(),
        )
        session.add(row)
        session.flush()
        after = {name: value for name, value in content(row).items() if name not in SECRETS}
        audit.append(
            session,
            actor_id=None,
            actor_role="operator",
            action="add_person",
            entity="person",
            entity_id=row.id,
            entity_version=row.version,
            after=after,
        )
        return row.id


def count_ended_surveys(session: Session) -> int:
    """Count all surveys on phones whose last day is over, with an audit event each; gives how many."""

    def note(row: SurveyWave) -> None:
        row.version += 1
        audit.append(
            session,
            actor_id=None,
            actor_role="operator",
            action="close_survey",
            entity=SurveyWave.__tablename__,
            entity_id=row.id,
            entity_version=row.version,
            site_id=row.site_id,
            after={"closed_on": row.closed_on},
            reason=LAST_DAY_OVER,
        )

    with writing(session):
        return count_ended(session, true(), note)
