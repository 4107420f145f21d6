"""The security headers of every answer, and the compressed static files."""

import base64
import gzip
import hashlib

import pytest

from web import compressed, headers

EVERYWHERE = ["/", "/sign-in", "/healthz", "/no-such-page", "/_stcore/metrics", "/_stcore/host-config", "/broken"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_security_headers(signed_in, path):
    answer = signed_in.client.get(path)
    assert "default-src" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers
    assert "server" not in answer.headers


def test_the_policy_allows_exactly_the_script_that_is_in_streamlits_page():
    page = (compressed.FOLDER / "index.html").read_text()
    script = page.split("<script>")[1].split("</script>")[0]
    expected = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert headers.inline_script_hashes() == [expected]
    assert f"'sha256-{expected}'" in headers.policy()


def test_the_policy_lets_no_script_be_made_from_text_and_no_other_host_be_asked():
    scripts = next(part for part in headers.policy().split(";") if "script-src" in part)
    assert "unsafe" not in scripts
    assert "http" not in headers.policy()
    assert "ws:" not in headers.policy()
    assert "*" not in headers.policy()


def test_our_own_pages_run_no_script_at_all(client):
    policy = client.get("/sign-in").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


@pytest.fixture
def script_file():
    return max((compressed.FOLDER / "static" / "js").iterdir(), key=lambda file: file.stat().st_size)


def test_static_files_are_sent_compressed_and_may_be_kept(client, script_file):
    path = f"/static/js/{script_file.name}"
    with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert "immutable" in answer.headers["cache-control"]
    assert "javascript" in answer.headers["content-type"]
    assert gzip.decompress(packed) == script_file.read_bytes()
    assert len(packed) < script_file.stat().st_size / 2


@pytest.mark.parametrize("asked", [{"accept-encoding": "identity"}, {"accept-encoding": "gzip", "range": "bytes=0-9"}])
def test_whoever_wants_them_plain_or_in_parts_is_passed_on(client, script_file, asked):
    answer = client.get(f"/static/js/{script_file.name}", headers=asked)
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("path", ["/static/../index.html", "/static/js/no-such.js", "/static/"])
def test_only_files_that_are_there_are_compressed(client, path):
    answer = client.get(client.base_url.copy_with(raw_path=path.encode()), headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in answer.headers
