"""Passwords: how they are kept (Argon2id), and which ones are too weak.

Rules of NIST SP 800-63B-4 section 3.1.1 and OWASP ASVS 5.0 chapter 6.2: length instead of kinds of
characters, nothing that is easy to guess, every character allowed, no forced changes.
"""

import threading
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from db.errors import Problem

SHORTEST, LONGEST = 15, 200
WEAKEST_SCORE = 3
LOOKED_AT = 72
FEWEST_OWN = 8

_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """Give what is stored instead of the password: Argon2id with its salt and settings."""
    with _at_once:
        return _hasher.hash(_plain(password))


def verify(stored: str | None, password: str) -> bool:
    """Tell whether this is the password; without a stored one it takes as long and is always wrong.

    At most two run at once: each takes 64 MiB and a core for some 50 ms, and a burst of attempts must not
    stop the screens of everybody else.
    """
    with _at_once:
        try:
            return _hasher.verify(stored or _nobodys_hash(), _plain(password)) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False


def needs_rehash(stored: str) -> bool:
    """Tell whether a stored hash was made with older settings and should be made anew at this sign-in."""
    return _hasher.check_needs_rehash(stored)


def password_problems(password: str, words: Sequence[str] = ()) -> list[Problem]:
    """Give what is wrong with a new password; ``words`` (names, sites) are what an attacker tries first.

    At least eight of its letters must be more than those words.
    """
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return [Problem("password", "password_short")]
    if len(plain) > LONGEST:
        return [Problem("password", "too_long", {"max_length": LONGEST})]
    known = {part.casefold() for word in ("attune", *words) for part in (word, *word.split())}
    rest = plain.casefold()
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    guessed = zxcvbn(plain[:LOOKED_AT], user_inputs=sorted(known), max_length=LOOKED_AT)
    if guessed["score"] < WEAKEST_SCORE or len("".join(rest.split())) < FEWEST_OWN:
        return [Problem("password", "password_common")]
    return []


def _plain(password: str) -> str:
    """Give one form for the same letters, however a keyboard composed them (NFKC, as NIST asks)."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """Give a hash to check against when there is no such account, so that both take the same work."""
    return _hasher.hash("the password of nobody at all")
