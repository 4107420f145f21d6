"""How long the import of an export with 5,000 observations takes, from the file to the stored scores."""

import time
from datetime import date, timedelta
from pathlib import Path

from db import migrate
from db.commands.observation_import import import_observations
from db.engine import make_engine, session
from db.exchange.observation_judging import ObservationPlan
from db.exchange.observation_list import listed_observations, propose_columns
from db.exchange.table_file import MOST_ROWS, read_table
from db.instruments import instrument
from db.queries.observation_import import preview_observations
from tests.factories import Field

ROOMS = 50
TARGET_SECONDS = 10


def measure(folder: Path) -> None:
    """Print the times of the steps of an import of 5,000 rows: each its own observation, and four cycles each."""
    for cycles in (1, 4):
        _measure(folder, cycles)


def _measure(folder: Path, cycles: int) -> None:
    engine = make_engine(f"sqlite:///{folder / f'observations-{cycles}.db'}")
    migrate.upgrade(engine)
    tool = instrument("class_prek_2")
    with session(engine) as opened:
        field = Field(opened, date.today())
        for number in range(ROOMS):
            field.classroom(field.here, f"Room {number}")
        actor = field.actor("consultant")
    names = [scale.en for scale in tool.scales]
    lines = [",".join(["Site", "Room", "Date", "Cycle", *names])]
    for number in range(MOST_ROWS):
        one, cycle = divmod(number, cycles)
        day = date.today() - timedelta(days=one // ROOMS)
        scores = [str(1 + (number + place) % 7) for place in range(len(names))]
        lines.append(",".join(["Maple Demo Center", f"Room {one % ROOMS}", day.isoformat(), str(cycle + 1), *scores]))
    content = "\n".join(lines).encode()
    began = time.perf_counter()
    table = read_table(content)
    plan = ObservationPlan(tool.code, "baseline", listed_observations(table, propose_columns(table.header, tool), tool))
    read = time.perf_counter()
    with session(engine) as opened:
        preview = preview_observations(opened, actor, plan)
    judged = time.perf_counter()
    with session(engine) as opened:
        result = import_observations(opened, actor, plan, preview.signature)
    done = time.perf_counter()
    engine.dispose()
    print(f"Import: {MOST_ROWS} rows, {result.added} observations of {cycles} cycle(s), SQLite")
    print(
        f"  read {read - began:.1f} s, preview {judged - read:.1f} s, judged again and written {done - judged:.1f} s,"
        f" together {done - began:.1f} s (target {TARGET_SECONDS})"
    )
