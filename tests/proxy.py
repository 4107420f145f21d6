"""A real nginx with the configuration of ``deploy/`` in front of processes of ours.

Run as a script it tells whether there is one here (exit code 0).
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.serving import ROOT, free_port

STARTS_WITHIN_SECONDS = 60


def program() -> str | None:
    """Give the path of this machine's nginx, or None."""
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


@contextmanager
def nginx(folder: Path, ports: Sequence[int]) -> Iterator[str]:
    """Serve https on a free port of localhost in front of ``ports``; give the address."""
    found = program()
    assert found, "no nginx here: make test installs one"
    port = free_port()
    certificate, key = _certificate(folder)
    (folder / "temp").mkdir()
    told = (ROOT / "deploy" / "nginx.conf").read_text()
    for place, value in {
        "PID_FILE": folder / "nginx.pid", "ACCESS_LOG": folder / "access.log", "ERROR_LOG": folder / "error.log",
        "TEMP_FOLDER": folder / "temp", "MIME_TYPES": "/etc/nginx/mime.types", "SERVER_NAME": "localhost",
        "CERTIFICATE_KEY": key, "CERTIFICATE": certificate, "HTTPS_PORT": port,
        "ATTUNE_PROXY": ROOT / "deploy" / "attune_proxy.conf", "PORT_1": ports[0], "PORT_2": ports[1],
        "PORT_3": ports[2],
    }.items():  # fmt: skip
        told = told.replace(place, str(value))
    (folder / "nginx.conf").write_text(told)
    process = subprocess.Popen([found, "-c", folder / "nginx.conf", "-g", "daemon off;", "-e", folder / "error.log"])
    address = f"https://localhost:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{address}/livez", verify=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("nginx did not start")


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate of our own for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_file, key_file = folder / "certificate.pem", folder / "key.pem"
    certificate_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate_file, key_file


if __name__ == "__main__":
    sys.exit(0 if program() else 1)
