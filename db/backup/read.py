"""Reads a backup: decrypts and unpacks it line by line, and says which way a file is bad."""

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyrage

from db.backup.refusals import BackupDamaged, KeyWrong
from db.backup.write import manifest_of

LONGEST_LINE = 64_000_000


def require_whole(path: Path) -> None:
    """Compare a backup's length with its manifest, where that stands beside it.

    Raises:
        BackupDamaged: the file is not there, is empty, or was cut off.
    """
    if not path.is_file() or not path.stat().st_size:
        raise BackupDamaged(f"There is no backup at {path}, or it is empty.")
    if manifest_of(path).is_file():
        wanted = json.loads(manifest_of(path).read_text())["bytes"]
        if path.stat().st_size != wanted:
            raise BackupDamaged(
                f"The backup was cut off or added to: it has {path.stat().st_size:,} bytes, not the {wanted:,} of its"
                " manifest."
            )


@contextmanager
def lines(path: Path, key: pyrage.x25519.Identity) -> Iterator[Iterator[dict[str, Any]]]:
    """Give the lines of a backup. What comes out is only to be trusted once the last line was read.

    Raises:
        KeyWrong: the key does not open this file.
        BackupDamaged: the file was cut off or changed.
    """
    require_whole(path)
    read_end, write_end = os.pipe()

    def decrypt() -> None:
        with os.fdopen(write_end, "wb") as pipe, path.open("rb") as file:
            pyrage.decrypt_io(file, pipe, [key])

    with ThreadPoolExecutor(1, "restore") as aside:
        decrypted = aside.submit(decrypt)
        try:
            with os.fdopen(read_end, "rb") as pipe, gzip.GzipFile(fileobj=pipe, mode="rb") as unpacked:
                yield _parsed(unpacked, decrypted)
        except (EOFError, gzip.BadGzipFile, zlib.error, json.JSONDecodeError, UnicodeDecodeError):
            _judge(decrypted.exception())
            raise BackupDamaged("The backup was cut off or changed: it cannot be read to its end.") from None


def _parsed(unpacked: gzip.GzipFile, decrypted: Future[None]) -> Iterator[dict[str, Any]]:
    while line := unpacked.readline(LONGEST_LINE):
        yield json.loads(line)
    _judge(decrypted.exception())


def _judge(failed: BaseException | None) -> None:
    """Say what stopped the decryption. A broken pipe is no answer: then it was the reader who stopped first."""
    if failed is None or isinstance(failed, BrokenPipeError):
        return
    if isinstance(failed, pyrage.DecryptError) and "keys" in str(failed):
        raise KeyWrong("This key does not open this backup.")
    raise BackupDamaged("The backup was cut off or changed: it cannot be decrypted to its end.")
