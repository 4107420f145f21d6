"""A second factor for local accounts: codes of an authenticator app (TOTP, RFC 6238), and recovery codes.

A code of the app is taken once: the time step that it belongs to is kept, and only later ones are accepted. The secret
is stored as the database stores everything (encrypted where the file or disk is); recovery codes only as hashes.
"""

import hashlib
import secrets
import uuid
from datetime import datetime

import pyotp
from sqlalchemy import delete, update
from sqlmodel import Session, col

from db.models.people import Person, RecoveryCode
from db.settings import settings

SERVICE = "Attune"
STEP_SECONDS = 30
STEPS_AROUND = 1
"""A clock that is up to half a minute off still fits (RFC 6238, 5.2)."""
CODES, GROUPS, IN_A_GROUP = 10, 6, 4
"""24 of 31 letters are 118 random bits; from 112 on a plain hash keeps them (OWASP ASVS 5.0, 6.5.2)."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def is_on(person: Person) -> bool:
    """Tell whether a person signs in with a second factor."""
    return person.totp_confirmed_at is not None


def is_required(role: str) -> bool:
    """Tell whether this installation asks everybody of this role for a second factor."""
    return role in settings().second_factor_roles


def begin(person: Person) -> str:
    """Give a new secret for the app. One that was begun before is worth nothing any more: somebody else may know it.

    Raises:
        ValueError: the person has a second factor already.
    """
    if is_on(person):
        raise ValueError("it is on already")
    person.totp_secret = pyotp.random_base32()
    return person.totp_secret


def throttled_as(person_id: uuid.UUID) -> str:
    """Give the name under which wrong codes are counted; nobody can type it as a sign-in name."""
    return f"code\n{person_id}"


def address(person: Person) -> str:
    """Give what the app reads from a QR code."""
    return str(pyotp.TOTP(person.totp_secret or "").provisioning_uri(name=person.sign_in_name, issuer_name=SERVICE))


def fits(session: Session, person: Person, code: str, now: datetime) -> bool:
    """Tell whether a code of the app, or a recovery code, is right; it is used up by that. In the caller's transaction.

    The caller holds the person's row locked, so that a code that arrives twice at once is taken once.
    """
    typed = "".join(code.split()).lower()
    step = _step_of(person, typed, now) if typed.isdigit() else None
    if step is not None:
        person.totp_last_step = step
        session.add(person)
        return True
    used = session.connection().execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.code_hash) == _hash(person.id, _grouped(typed)),
            col(RecoveryCode.person_id) == person.id,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return bool(used.rowcount)


def confirm(session: Session, person: Person, code: str, now: datetime) -> tuple[str, ...] | None:
    """Turn the second factor on with a right code and give recovery codes, shown once; None for a wrong one."""
    typed = "".join(code.split())
    step = _step_of(person, typed, now) if person.totp_secret and not is_on(person) else None
    if step is None:
        return None
    person.totp_confirmed_at, person.totp_last_step = now, step
    session.add(person)
    return new_codes(session, person)


def new_codes(session: Session, person: Person) -> tuple[str, ...]:
    """Give recovery codes in place of all earlier ones."""
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    made = tuple(_grouped("".join(secrets.choice(_LETTERS) for _ in range(GROUPS * IN_A_GROUP))) for _ in range(CODES))
    session.add_all(RecoveryCode(code_hash=_hash(person.id, code), person_id=person.id) for code in made)
    return made


def turn_off(session: Session, person: Person) -> None:
    """Take the second factor and its recovery codes away."""
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    session.add(person)
    session.connection().execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))


def _step_of(person: Person, typed: str, now: datetime) -> int | None:
    """Give the time step whose code this is, if that is later than the last one taken."""
    if len(typed) != 6 or not typed.isascii() or not person.totp_secret:
        return None
    totp, present = pyotp.TOTP(person.totp_secret), int(now.timestamp()) // STEP_SECONDS
    for step in range(present - STEPS_AROUND, present + STEPS_AROUND + 1):
        if secrets.compare_digest(totp.generate_otp(step), typed) and step > (person.totp_last_step or 0):
            return step
    return None


def _grouped(code: str) -> str:
    """Give a recovery code as it was shown, however its letters were typed; older ones have three groups of five."""
    letters = code.replace("-", "")
    wide = 5 if len(letters) == 15 else IN_A_GROUP
    return "-".join(letters[at : at + wide] for at in range(0, len(letters), wide))


def _hash(person_id: uuid.UUID, code: str) -> str:
    """Give what is stored of a recovery code, whose random bits keep a plain hash from being turned back."""
    return hashlib.sha256(person_id.bytes + code.encode()).hexdigest()
