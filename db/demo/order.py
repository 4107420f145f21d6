"""What demo data are asked for, and the means that make the same order give the same rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np

from db.rollups import month_after

MARK = "demo"
"""Stands in ``content_digest`` of a loaded row: nobody sent it in, so it has no audit event of its own."""
TIMEZONE = "America/New_York"
"""Where the invented regions are, when nothing else is asked for."""
SITES_PER_REGION = 100
DETAILED_SITES = 100
"""Up to this many sites, groups are counted every month and observations have the usual four cycles."""
_FIRST_MILLISECOND = 1_600_000_000_000


@dataclass(frozen=True)
class Order:
    """How much is wanted: sites, months back from ``until``, the seed, and how many incidents (or any)."""

    until: date
    sites: int = 24
    months: int = 18
    seed: int = 7
    incidents: int | None = None
    timezone: str = TIMEZONE

    def __post_init__(self) -> None:
        if not 6 <= self.sites <= 20_000:
            raise ValueError("Please ask for 6 to 20,000 sites.")
        if not 2 <= self.months <= 120:
            raise ValueError("Please ask for 2 to 120 months.")
        if self.incidents is not None and not 0 <= self.incidents <= 20_000_000:
            raise ValueError("Please ask for at most 20,000,000 incidents.")

    @property
    def detailed(self) -> bool:
        """Whether the order is small enough for every detail."""
        return self.sites <= DETAILED_SITES

    @property
    def regions(self) -> int:
        """How many regions hold the sites."""
        return max(2, -(-self.sites // SITES_PER_REGION))

    def month_starts(self) -> list[date]:
        """Give the first days of the months, the last being the month of ``until``."""
        number = self.until.year * 12 + self.until.month - self.months
        month, starts = date(number // 12, number % 12 + 1, 1), []
        for _ in range(self.months):
            starts.append(month)
            month = month_after(month)
        return starts

    @property
    def first_day(self) -> date:
        """The first day of the first month."""
        return self.month_starts()[0]

    def random(self, *stream: int) -> np.random.Generator:
        """Give the random numbers of one part, independent of all other parts."""
        return np.random.default_rng(np.random.SeedSequence([self.seed, *stream]))


class Block(NamedTuple):
    """Rows of one table, with values written as SQLite stores them (PostgreSQL reads the same text)."""

    table: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


class Keys:
    """Gives UUIDs (version 7) as 32 hexadecimal digits, in rising order, from the order's seed."""

    def __init__(self, order: Order) -> None:
        self._random = order.random(99)
        self._given = 0

    def take(self, count: int) -> list[str]:
        """Give ``count`` new keys."""
        serial = np.arange(self._given, self._given + count, dtype=np.uint64)
        self._given += count
        noise = self._random.integers(0, 1 << 62, size=(2, count), dtype=np.uint64)
        high = ((serial + np.uint64(_FIRST_MILLISECOND)) << np.uint64(16)) | np.uint64(0x7000)
        words = np.empty((count, 2), dtype=">u8")
        words[:, 0] = high | (noise[0] & np.uint64(0xFFF))
        words[:, 1] = np.uint64(1 << 63) | noise[1]
        digits = words.tobytes().hex()
        return [digits[at : at + 32] for at in range(0, 32 * count, 32)]

    def one(self) -> str:
        """Give one new key."""
        return self.take(1)[0]


def stamp(day: date | str, hour: int = 20) -> str:
    """Give a moment of a day, in UTC, as the databases read it."""
    return f"{day} {hour:02d}:00:00.000000"


def pick(options: Sequence[Any], shares: Sequence[float], chance: float) -> Any:
    """Give the one of ``options`` in whose share (they add up to 1) the number ``chance`` (0-1) falls."""
    for option, share in zip(options, shares, strict=True):
        chance -= share
        if chance < 0:
            return option
    return options[-1]


def weekdays(start: date, end: date) -> list[date]:
    """Give Mondays to Fridays from ``start`` up to, not including, ``end``."""
    days = (start + timedelta(days=number) for number in range((end - start).days))
    return [day for day in days if day.weekday() < 5]


def blocks(*made: tuple[str, Iterable[str], Sequence[tuple[Any, ...]]]) -> list[Block]:
    """Give the blocks that hold any rows."""
    return [Block(table, tuple(columns), rows) for table, columns, rows in made if rows]
