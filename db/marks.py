"""Facts about this database as a whole: that it holds demo data, the secret that its servers share."""

import json
import secrets
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from db.engine import writing
from db.models.records import DatabaseMark

DEMO, CSRF_SECRET = "demo", "csrf_secret"


class DemoSignIn(NamedTuple):
    """One of the sign-ins that a demo database offers to everybody."""

    role: str
    name: str
    password: str


def demo_sign_ins(session: Session) -> list[DemoSignIn]:
    """Give the sign-ins of a demo database; none in any other."""
    mark = session.get(DatabaseMark, DEMO)
    listed = json.loads(mark.value) if mark else []
    return [DemoSignIn(one["role"], one["name"], one["password"]) for one in listed]


def csrf_secret(session: Session) -> str:
    """Give the secret that signs our forms: made at first use, the same for every process."""
    standing = session.get(DatabaseMark, CSRF_SECRET)
    if standing is None:
        try:
            with writing(session):
                session.add(DatabaseMark(key=CSRF_SECRET, value=secrets.token_urlsafe(32)))
        except IntegrityError:
            session.rollback()
        standing = session.get_one(DatabaseMark, CSRF_SECRET)
    return standing.value
