"""Three processes behind a real nginx with TLS, one PostgreSQL with a streaming replica: one dies, nothing is lost."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from db.engine import make_engine
from db.models import AuditEvent, Visit
from tests.browser.conftest import Person
from tests.browser.tablet import SUMMARY
from tests.browser.test_capture import empty_form, fill_visit
from tests.clock import NOON
from tests.cluster import cluster
from tests.proxy import nginx
from tests.serving import ROOT, launch, wait_until_healthy

pytestmark = pytest.mark.browser

TOKEN = "a token of Prometheus"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[SimpleNamespace]:
    with cluster() as (primary, replica):
        size = ["--sites", "6", "--months", "2", "--seed", "7", "--timezone", NOON]
        command = [sys.executable, "manage.py", "demo", *size]
        env = {**os.environ, "DATABASE_URL": primary.url}
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        settings = {
            "READ_DATABASE_URL": replica.url, "ATTUNE_BEHIND_TLS": "true", "ATTUNE_METRICS_TOKEN": TOKEN,
            "ATTUNE_DATABASE_POOL": "5",
        }  # fmt: skip
        servers = [launch(primary.url, **settings) for _number in range(3)]
        for server in servers:
            wait_until_healthy(server)
        ports = [int(server.base_url.rpartition(":")[2]) for server in servers]
        with nginx(tmp_path_factory.mktemp("nginx"), ports) as address:
            yield SimpleNamespace(address=address, servers=servers, url=primary.url, replica=replica)
        for server in servers:
            if server.process.poll() is None:
                server.stop()


def figure(server, name: str) -> float:
    told = httpx.get(f"{server.base_url}/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    found = re.search(rf"^{name} (\S+)$", told, re.M)
    return float(found.group(1)) if found else 0.0


def the_only_one_with_a_stream(servers):
    """Give the process that has the page; a connection that a reload left is counted until its end is noticed."""
    deadline = time.monotonic() + 60
    while sum(streams := [figure(server, "attune_streams_open") for server in servers]) != 1:
        assert time.monotonic() < deadline, streams
        time.sleep(0.05)
    return next(server for server, open_here in zip(servers, streams, strict=True) if open_here)


def test_a_process_that_dies_mid_form_loses_nothing_and_its_people_go_on_elsewhere(browser, place):
    context = browser.new_context(viewport={"width": 1024, "height": 768}, timezone_id=NOON, ignore_https_errors=True)
    person = Person(context.new_page(), place.address)
    person.sign_in("consultant")
    cookie = next(one for one in context.cookies() if one["name"] == "__Host-attune")
    assert cookie["secure"]
    assert cookie["httpOnly"]
    empty_form(person, "/log-visit")
    words = "Typed on a process that died"
    fill_visit(person, words)
    expect(person.page.get_by_text(re.compile("Draft saved")).first).to_be_visible()
    mine = the_only_one_with_a_stream(place.servers)
    mine.kill()
    alive = [server for server in place.servers if server is not mine]
    person.open("/log-visit")
    assert the_only_one_with_a_stream(alive) in alive
    expect(person.page.get_by_label(SUMMARY)).to_have_value(words)
    person.tap("Save visit")
    person.sees(re.compile("Visit saved|The visit was saved|Saved"))
    engine = make_engine(place.url)
    with engine.connect() as connection:
        stored = connection.execute(select(Visit.id).where(Visit.summary == words)).scalars().all()
        assert len(stored) == 1
        events = select(AuditEvent.seq).where(AuditEvent.entity_id == stored[0])
        assert len(connection.execute(events).all()) == 1
    engine.dispose()
    person.open("/site-trends")
    assert person.heading
    assert person.asked_outside == []
    context.close()


def test_what_processes_tell_of_themselves_and_survey_addresses_stay_inside(place):
    headers = {"authorization": f"Bearer {TOKEN}"}
    assert httpx.get(f"{place.address}/metrics", headers=headers, verify=False).status_code == 404
    answer = httpx.get(f"{place.address}/sign-in", verify=False)
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])
    foreign = httpx.get(f"{place.address}/sign-in", headers={"host": "evil.example"}, verify=False)
    assert (foreign.status_code, "evil.example" in foreign.text) == (421, False)
