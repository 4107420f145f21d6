"""What a rerun of each page costs the server: CPU beside an empty page's, SQL statements, bytes."""

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import text

from benchmarks.serving import ROOT, Measured
from benchmarks.visitor import Visitor, cookie_of
from db.engine import make_engine

RERUNS = 30
WARM_UP = 3


@dataclass(frozen=True)
class Looked:
    """A page, as whom it is opened, and with which filters; ``{site}`` is the demo director's site."""

    page: str
    role: str
    query: str = ""
    tap: bool = False


LOOKED = (
    Looked("", "consultant"),
    Looked("", "director"),
    Looked("", "coordinator"),
    Looked("log-visit", "consultant"),
    Looked("log-visit", "consultant", tap=True),
    Looked("record-incident", "consultant"),
    Looked("record-incident", "consultant", tap=True),
    Looked("records", "consultant"),
    Looked("records", "coordinator"),
    Looked("exclusions", "consultant"),
    Looked("child-measures", "consultant"),
    Looked("classroom-quality", "consultant"),
    Looked("staff-stress", "consultant"),
    Looked("outcomes", "director", "site={site}"),
    Looked("outcomes", "coordinator"),
    Looked("site-trends", "director", "site={site}"),
    Looked("site-trends", "director", "site={site}&view=Patterns"),
    Looked("site-trends", "director", "site={site}&view=Lost+care"),
    Looked("site-trends", "director", "site={site}&view=Classroom+quality"),
    Looked("site-trends", "director", "site={site}&view=Staff+stress"),
    Looked("site-trends", "director", "site={site}&view=Consultation"),
    Looked("site-trends", "coordinator", "site={site}"),
    Looked("patterns", "director", "site={site}"),
    Looked("patterns", "director", "site={site}&activity=transition&hour=9"),
    Looked("patterns", "coordinator", "site={site}"),
    Looked("meeting", "director", "site={site}"),
    Looked("compare-sites", "coordinator"),
    Looked("who-to-call", "coordinator"),
    Looked("equity", "consultant"),
    Looked("equity", "coordinator"),
    Looked("instruments", "coordinator"),
    Looked("sites", "admin"),
    Looked("sites", "coordinator", "site={site}"),
    Looked("people", "admin"),
)
SIZES = {
    "24 sites": ["--sites", "24"],
    "2,000 sites, 10,000 incidents": ["--sites", "2000", "--months", "24", "--incidents", "10000"],
    "2,000 sites, 1,000,000 incidents": ["--sites", "2000", "--months", "24", "--incidents", "1000000"],
}


@dataclass
class Cost:
    """What one rerun costs on average."""

    cpu_ms: float
    statements: float
    sql_ms: float
    kilobytes: float
    failed: bool


def measure(folder: Path, large: bool) -> None:
    """Print a table for each size of data, each against the empty page measured just before, and how pages grow.

    Databases that are in the folder already are measured as they are.
    """
    costs = []
    for number, (size, options) in enumerate(SIZES.items()):
        if size != "24 sites" and not large:
            continue
        database = folder / f"pages{number}.db"
        if not database.exists():
            command = [sys.executable, "manage.py", "demo", *options]
            environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
            subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
            _reach_all(f"sqlite:///{database}")
        costs.append(_measure_size(size, f"sqlite:///{database}", folder))
    if large:
        _tell_growth(*costs[1:])


def _reach_all(url: str) -> None:
    """Give the demo coordinator every region: a screen over all sites is what is to be measured."""
    engine = make_engine(url)
    with engine.begin() as connection:
        coordinator = text(
            "SELECT person_scope.* FROM person_scope JOIN person ON person.id = person_scope.person_id"
            " WHERE person.sign_in_name = 'demo-coordinator'"
        )
        own = dict(connection.execute(coordinator).mappings().one())
        regions = text("SELECT id FROM region WHERE id <> :own")
        rows = [
            {**own, "id": uuid.uuid4().hex, "region_id": region}
            for region in connection.execute(regions, {"own": own["region_id"]}).scalars()
        ]
        names = ", ".join(own)
        if not rows:
            return
        connection.execute(
            text(f"INSERT INTO person_scope ({names}) VALUES ({', '.join(':' + name for name in own)})"), rows
        )
    engine.dispose()


def _tell_growth(few: list[float], many: list[float]) -> None:
    """Print how much each page's time, in empty pages, grows with the number of incidents."""
    print("\nTime at 1,000,000 incidents over that at 10,000, both as ratios to the empty page of their run")
    for one, before, after in zip(LOOKED, few, many, strict=True):
        print(f"{_name(one):<40}{one.role:<13}{after / before:>6.2f}")


def _measure_size(size: str, url: str, folder: Path) -> list[float]:
    """Print the table of one size; gives the ratio of each page to the empty one."""
    empty_server = Measured(url, folder / "empty.counts", app="benchmarks/empty_app.py")
    try:
        people, site = _demo(url)
        cookie = cookie_of(empty_server.server.base_url, *people["consultant"])
        empty = _cost(empty_server, cookie, Looked("", "consultant"))
    finally:
        empty_server.stop()
    ratios = []
    measured = Measured(url, folder / "pages.counts")
    try:
        cookies = {role: cookie_of(measured.server.base_url, *people[role]) for role in {one.role for one in LOOKED}}
        basis = f"our shell with an empty page, a rerun: {empty.cpu_ms:.1f} ms of CPU, {empty.kilobytes:.1f} kB"
        print(f"\nPages with {size}; {basis}")
        print(f"{'page':<40}{'as':<13}{'CPU ms':>8}{'x empty':>9}{'SQL':>6}{'SQL ms':>8}{'other ms':>10}{'kB':>8}")
        for one in LOOKED:
            cost = _cost(measured, cookies[one.role], replace(one, query=one.query.format(site=site)))
            ratios.append(cost.cpu_ms / empty.cpu_ms)
            print(_line(one, cost, empty), flush=True)
    finally:
        measured.stop()
    return ratios


def _name(one: Looked) -> str:
    narrowed = one.query.replace("site={site}", "").strip("&")
    return f"/{one.page}" + (f" {narrowed}" if narrowed else "") + (" (a tap)" if one.tap else "")


def _line(one: Looked, cost: Cost, empty: Cost) -> str:
    other_ms = max(0.0, cost.cpu_ms - cost.sql_ms)
    numbers = f"{cost.cpu_ms:>8.1f}{cost.cpu_ms / empty.cpu_ms:>9.1f}{cost.statements:>6.1f}{cost.sql_ms:>8.1f}"
    return f"{_name(one):<40}{one.role:<13}{numbers}{other_ms:>10.1f}{cost.kilobytes:>8.1f}" + (
        "  FAILED" * cost.failed
    )


def _cost(measured: Measured, cookie: str, looked: Looked) -> Cost:
    with Visitor(measured.server.base_url, cookie, looked.page, looked.query) as visitor:
        visitor.rerun()
        again = visitor.tap if looked.tap else visitor.rerun
        for _ in range(WARM_UP):
            again()
        cpu, (statements, seconds) = measured.cpu_seconds(), measured.sql()
        runs = [again() for _ in range(RERUNS)]
        cpu_after, (statements_after, seconds_after) = measured.cpu_seconds(), measured.sql()
    return Cost(
        cpu_ms=1000 * (cpu_after - cpu) / RERUNS,
        statements=(statements_after - statements) / RERUNS,
        sql_ms=1000 * (seconds_after - seconds) / RERUNS,
        kilobytes=sum(run.bytes for run in runs) / RERUNS / 1024,
        failed=any(run.failed for run in runs),
    )


def _demo(url: str) -> tuple[dict[str, tuple[str, str]], str]:
    """Give the demo sign-ins by role, and the key of the demo director's site."""
    engine = make_engine(url)
    with engine.connect() as connection:
        listed = json.loads(connection.execute(text("SELECT value FROM database_mark WHERE key = 'demo'")).scalar_one())
        people = {one["role"]: (one["name"], one["password"]) for one in listed}
        site = connection.execute(
            text(
                "SELECT person_scope.site_id FROM person_scope JOIN person ON person.id = person_scope.person_id"
                " WHERE person.sign_in_name = :name AND person_scope.site_id IS NOT NULL"
            ),
            {"name": people["director"][0]},
        ).scalar_one()
    engine.dispose()
    dashed = f"{site[:8]}-{site[8:12]}-{site[12:16]}-{site[16:20]}-{site[20:]}"
    return people, dashed
