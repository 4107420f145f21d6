"""Keys of backups: age identities (age-encryption.org). The server needs the public half only."""

import os
from pathlib import Path

import pyrage

from db.backup.refusals import KeyEmpty, KeyMissing, KeyWrong, TargetInUse


def make_key(path: Path) -> str:
    """Write a new key to ``path``, readable by its owner only, and give its public half.

    Raises:
        TargetInUse: there is a file already.
    """
    identity = pyrage.x25519.Identity.generate()
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise TargetInUse(f"{path} exists already. A key is never written over.") from None
    with os.fdopen(opened, "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())


def read_key(path: Path | None) -> pyrage.x25519.Identity:
    """Give the key of a file.

    Raises:
        KeyMissing: no file was named, or it is not there.
        KeyEmpty: it holds nothing.
        KeyWrong: what it holds is not a key.
    """
    if path is None or not path.is_file():
        raise KeyMissing("The key file is missing. Name it with --key-file; without the key nobody can open a backup.")
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if not found:
        raise KeyEmpty("The key file is empty.")
    try:
        return pyrage.x25519.Identity.from_str(found[0])
    except pyrage.IdentityError:
        raise KeyWrong("The key file holds no key: a line that begins with AGE-SECRET-KEY-1 is expected.") from None


def read_recipient(public: str | None) -> pyrage.x25519.Recipient:
    """Give the public half of a key, for whom a backup is encrypted.

    Raises:
        KeyMissing: none was given.
        KeyWrong: it is not one.
    """
    if not public or not public.strip():
        raise KeyMissing(
            "No public key is set. Make a key with: manage.py backup-key --out FILE; keep that file elsewhere, and set"
            " ATTUNE_BACKUP_RECIPIENT to the public key that the command prints."
        )
    try:
        return pyrage.x25519.Recipient.from_str(public.strip())
    except pyrage.RecipientError:
        raise KeyWrong("ATTUNE_BACKUP_RECIPIENT is not a public key: it begins with age1.") from None
