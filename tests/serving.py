"""Starts the real server as people start it, on a free port, and waits until it is healthy."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_SECONDS = 90


@dataclass
class Server:
    """A running server. ``stop`` ends it politely, ``kill`` as a power cut would."""

    base_url: str
    log_path: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> int:
        """End the server politely and give its exit code."""
        self.process.terminate()
        return self.process.wait(30)

    def kill(self) -> None:
        """End the server at once, with whatever it was doing."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def log(self) -> str:
        """Give what the server has written so far."""
        return self.log_path.read_text(errors="replace")


def start_server(database_url: str, script: str = "app.py", port: int | None = None, **env: str) -> Server:
    """Start a server on ``database_url`` with more environment variables, and wait until it is healthy.

    It listens where nobody else does, or on ``port``: where one was before that was killed.

    Raises:
        RuntimeError: it ended, or was not healthy in time; the message holds its log.
    """
    server = launch(database_url, script, port, **env)
    wait_until_healthy(server)
    return server


def wait_until_healthy(server: Server) -> None:
    """Wait until a server that was launched answers.

    Raises:
        RuntimeError: it ended, or was not healthy in time; the message holds its log.
    """
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and server.process.poll() is None:
        if _healthy(server.base_url):
            return
        time.sleep(0.05)
    server.kill()
    raise RuntimeError(f"The server did not start:\n{server.log()}")


def launch(database_url: str, script: str = "app.py", port: int | None = None, **env: str) -> Server:
    """Start a server without waiting for it."""
    port = port or free_port()
    log_path = Path(tempfile.mkdtemp(prefix="attune-server-")) / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **env, "DATABASE_URL": database_url},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Server(f"http://localhost:{port}", log_path, process)


def free_port() -> int:
    """Give a port that nobody uses."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _healthy(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
