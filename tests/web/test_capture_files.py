"""The capture app's files: ours alone, as they were vendored, small, and open because nothing personal is in them."""

import hashlib
import json
import re
import struct

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from components.definitions.form_words import form_words
from components.definitions.queue_words import queue_words
from web import capture, gate, headers

LARGEST_BYTES = 300_000
NAMESPACES = ("http://www.w3.org/",)
ADDRESS = re.compile(r"(?:https?|wss?):?//[^\s\"'`)]+")
KEYS = re.compile(r"""\bt\(\s*["']([a-z_]+)["']""")


@pytest.fixture(scope="module")
def client():
    middleware = [Middleware(headers.SecurityHeaders), Middleware(gate.Gate)]
    return TestClient(Starlette(routes=capture.routes, middleware=middleware), follow_redirects=False)


def test_each_vendored_file_is_as_it_was_made_with_versions_and_licences():
    recorded = json.loads((capture.FOLDER / "vendor/versions.json").read_text())["files"]
    assert set(recorded) == {file.name for file in (capture.FOLDER / "vendor").glob("*.js")}
    for name, about in recorded.items():
        content = (capture.FOLDER / "vendor" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == about["sha256"], name
        for package in about["packages"]:
            assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
            text = (capture.FOLDER / "vendor/licences" / f"{package['name']}.txt").read_text()
            assert "copyright" in text.lower(), package["name"]


def test_no_file_names_a_foreign_host():
    found = {
        (address, one)
        for address, file in capture.files().items()
        if "/licences/" not in address and not file.kind.startswith("image/")
        for one in ADDRESS.findall(file.plain.decode())
        if not one.startswith(NAMESPACES)
    }
    assert found == set()


def test_the_whole_app_is_under_300_kilobytes_compressed():
    loaded = [address for address in capture.files() if "/licences/" not in address and not address.endswith("es.json")]
    sizes = [len(file.packed or file.plain) for file in (*map(capture.files().get, loaded), capture.worker())]
    print(f"The capture app: {sum(sizes) / 1000:.1f} kB compressed in {len(sizes)} files")
    assert 50_000 < sum(sizes) < LARGEST_BYTES


def test_strangers_get_every_file_under_a_policy_that_lets_nothing_else_in(client):
    for address, file in capture.files().items():
        answer = client.get(address)
        assert (answer.status_code, answer.content) == (200, file.plain), address
        assert answer.headers["content-type"].startswith(file.kind)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'" in policy
        assert "unsafe" not in policy
    for address in (
        "/capture/app/sw.js",
        "/capture/app/../capture.py",
        "/capture/app/vendor/versions.json",
        "/capture/x",
    ):
        assert client.get(address).status_code in (303, 404), address


def test_the_service_worker_keeps_what_the_app_is_made_of_by_its_hash(client):
    answer = client.get("/capture/sw.js")
    assert answer.headers["service-worker-allowed"] == "/capture"
    listed = json.loads(re.search(r"precacheAndRoute\((\[.*?\]),", answer.text).group(1))
    assert {one["url"] for one in listed} == set(capture.kept())
    assert {"/capture", "/capture/app/app.js", "/capture/definitions/es.json"} <= {one["url"] for one in listed}
    assert len({one["revision"] for one in listed}) == len(listed)
    assert not any(one["url"].startswith("/api/") for one in listed)


def test_the_app_can_be_installed(client):
    manifest = client.get("/capture/manifest.webmanifest").json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/capture", "/capture", "standalone")
    for icon in manifest["icons"]:
        content = client.get(icon["src"]).content
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(b"\x89PNG")
        assert icon["sizes"] == f"{width}x{height}"


def test_no_word_of_the_app_has_two_meanings_and_none_is_missing():
    both = queue_words().keys() & form_words().keys()
    assert {key for key in both if queue_words()[key] != form_words()[key]} == set()
    known = queue_words().keys() | form_words().keys()
    own = ("app", "capture", "elsewhere", "home", "pin")
    asked = {key for name in own for key in KEYS.findall((capture.FOLDER / f"{name}.js").read_text())}
    assert len(asked) > 40
    assert asked - known == set()
