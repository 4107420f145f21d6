"""Whether the outcome scorecard and equity find what is planted in the demo, and call nothing else.

On twenty seeds, and on twenty others that nobody looked at while the rules and the demo were made.
"""

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from analytics.disproportion import Group, compare
from analytics.verdicts import Verdict
from db import migrate
from db.actor import Actor, Places
from db.comparison import Comparison, since_start, year_before
from db.demo.load import load
from db.demo.order import Order
from db.demo.truths import TRUTHS, UNEQUAL, UNEQUAL_RACE, truth_of
from db.engine import make_engine
from db.equity_counts import DIMENSIONS, OUTCOMES
from db.models import Region, Site
from db.period import Period
from db.queries.equity import group_counts
from pages._outcome_reading import Place, read
from pages.outcomes import rows

SEEDS = {"seeds 1 to 20": range(1, 21), "20 others (101 to 120)": range(101, 121)}
UNTIL = date(2026, 11, 20)
PLANTED: dict[tuple[str, str], Verdict] = {
    ("improves", "behaviour"): "improved",
    ("improves", "social_emotional"): "improved",
    ("reports_more", "behaviour"): "worsened",
}
"""What must be found at a planted site."""
TRUE_AS_WELL: dict[tuple[str | None, str], Verdict] = {
    ("improves", "stress"): "improved",
    ("improves", "exclusions"): "improved",
    (None, "social_emotional"): "improved",
    (None, "relationships"): "improved",
}
"""What is true in the demo too, but need not be found. Strain falls by 8 % from survey to survey, which so few answers
do not show; exclusions follow incidents; children measured elsewhere are a little better off at the end, and rooms are
rated a little higher from time to time, as after any bad moment."""


class Call(NamedTuple):
    """A verdict on one outcome of one site; ``planted`` is the code of what is planted there."""

    planted: str | None
    outcome: str
    compared: str
    verdict: Verdict


class Different(NamedTuple):
    """A group that equity calls different in a region (0 is the first), and which way."""

    region: int
    outcome: str
    dimension: str
    code: str
    direction: str


UNEQUAL_FOUND = Different(UNEQUAL.site, "exclusions", "race", UNEQUAL_RACE, "more")


def measure(folder: Path) -> None:
    """Print, over all seeds, how often each planted truth was found, and everything else that was called."""
    started = time.perf_counter()
    for words, seeds in SEEDS.items():
        calls, different = list[tuple[int, Call]](), list[tuple[int, Different]]()
        for seed in seeds:
            engine = make_engine(f"sqlite:///{folder / f'truths-{seed}.db'}")
            migrate.upgrade(engine)
            load(engine, Order(until=UNTIL, seed=seed))
            calls += [(seed, call) for call in site_calls(engine)]
            with Session(engine) as session:
                different += [(seed, one) for one in equity_calls(session)]
            engine.dispose()
        print(f"\nPlanted truths of the demo, {words}: 24 sites and 18 months each")
        _print_outcomes([call for _seed, call in calls])
        for kind in ("year", "start"):
            for seed, call in ((seed, call) for seed, call in calls if unplanted([call]) and call.compared == kind):
                print(f"  not true, seed {seed}: {call.planted or 'elsewhere'}, {call.outcome} ({kind}) {call.verdict}")
        found = {seed for seed, one in different if one == UNEQUAL_FOUND}
        print(f"equity: planted found on {len(found)} of {len(seeds)} seeds, {2 * len(seeds)} regions of 12 pictures")
        for seed, one in different:
            if one != UNEQUAL_FOUND:
                print(f"  not planted, seed {seed}: {one}" + ("" if _mirrors(one) else "   WRONG"))
    print(f"{time.perf_counter() - started:.0f} s")


def _print_outcomes(calls: list[Call]) -> None:
    for (code, outcome), verdict in PLANTED.items():
        here = [call for call in calls if (call.planted, call.outcome) == (code, outcome)]
        for compared in ("year", "start") if code == "improves" else ("year",):
            found = [call.verdict for call in here if call.compared == compared]
            print(f"  {code}, {outcome} ({compared}): {found.count(verdict)} of {len(found)}")
    for compared in ("year", "start"):
        judged = Counter((one.outcome, one.verdict) for one in calls if one.compared == compared)
        telling = sum(number for (_outcome, verdict), number in judged.items() if verdict != "cannot_tell")
        print(f"  {compared}: {telling} verdicts tell something: " + ", ".join(
            f"{key[0]} {key[1]} {n}" for key, n in sorted(judged.items()) if key[1] != "cannot_tell"
        ))  # fmt: skip


def _mirrors(one: Different) -> bool:
    """Whether it is the other side of what is planted: where Black children lose more care, others lose less."""
    planted = UNEQUAL_FOUND
    return one[:3] == planted[:3] and one.code != planted.code and one.direction == "fewer"


def equity_calls(session: Session, until: date = UNTIL) -> list[Different]:
    """Give what equity calls a difference over twelve full months in each region, to who reads its records."""
    regions = session.exec(select(Region).order_by(col(Region.code))).all()
    period = Period.last_months(12, until.replace(day=1) - timedelta(days=1))
    called = []
    for number, region in enumerate(regions):
        reader = Actor(uuid.uuid4(), "supervisor", scope=Places(regions=frozenset([region.id])))
        for outcome, dimension in product(OUTCOMES, DIMENSIONS):
            counts = group_counts(session, reader, outcome, dimension, period)
            groups = [
                Group(one.code, one.children or 0, one.of or 0.0, one.reports or 0, one.squares or 0)
                for one in counts.groups
                if one.code
            ]
            called += [
                Different(number, outcome, dimension, group.code, group.direction)
                for group in compare(groups).groups
                if group.state == "difference"
            ]
    return called


def unplanted(calls: list[Call]) -> list[Call]:
    """Give the changes that were called and are not true."""
    truths = {**PLANTED, **TRUE_AS_WELL}
    return [
        call for call in calls
        if call.verdict in ("improved", "worsened")
        and call.verdict not in (truths.get((call.planted, call.outcome)), truths.get((None, call.outcome)))
    ]  # fmt: skip


def site_calls(engine: Engine, kinds: tuple[str, ...] = ("year", "start")) -> Iterator[Call]:
    """Give every verdict on every site of a demo, as someone who may read all records sees it."""
    with Session(engine) as session:
        regions = frozenset(session.exec(select(Region.id)).all())
        actor = Actor(uuid.uuid4(), "supervisor", scope=Places(regions=regions))
        named = {truth.name: truth_of(truth.site) for truth in TRUTHS}
        for site in session.exec(select(Site)).all():
            place = Place(site.name, (site.id,), site_id=site.id)
            for comparison in _comparisons(site, kinds):
                for row in rows(read(session, actor, place, comparison, UNTIL)):
                    yield Call(named.get(site.name), row.outcome, comparison.kind, row.judged.verdict)


def _comparisons(site: Site, kinds: tuple[str, ...]) -> list[Comparison]:
    since = since_start(site.service_start, UNTIL) if site.service_start else None
    return [one for one in (year_before(12, UNTIL), since) if one is not None and one.kind in kinds]
