"""Regions, programs, sites, classrooms, closures and the marks on a site's time axis."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from db.demo.order import Block, Keys, Order, blocks, pick, stamp, weekdays
from db.demo.truths import TRUTHS, start_month, truth_of
from db.rollups import month_after

REGION_NAMES = (
    "North Valley", "South Shore", "East Ridge", "West Prairie", "Lake Country", "River Bend", "High Plains",
    "Cedar Coast", "Granite Hills", "Sunrise Delta",
)  # fmt: skip
FIRST_WORDS = (
    "Maple", "Harbor", "Juniper", "Willow", "Cedar", "Larkspur", "Aspen", "Birch", "Clover", "Dogwood", "Elm",
    "Fern", "Ginkgo", "Hazel", "Iris", "Jasmine", "Kestrel", "Linden", "Magnolia", "Nutmeg", "Orchard",
    "Poppy",
    "Quail", "Robin", "Sage", "Thistle", "Violet", "Wren", "Yarrow", "Zinnia", "Acorn", "Bluebell", "Cricket",
    "Daisy", "Falcon", "Garnet", "Heron", "Indigo", "Lantern", "Meadow",
)  # fmt: skip
SECOND_WORDS = (
    "Lane", "Hill", "Brook", "Bend", "Grove", "Field", "Street", "Park", "Creek", "Ridge", "Square", "Corner",
    "Garden", "Path", "Hollow", "Pond", "Bridge", "Court", "Glen", "Terrace",
)  # fmt: skip
ROOM_WORDS = ("Owls", "Otters", "Foxes", "Bears", "Robins")
PROGRAMS = (
    ("Lantern Demo Child Care Network", "child_care_center", "child_care_center", "Center"),
    ("Bright Path Demo Head Start", "head_start", "head_start", "Head Start"),
    ("Open Door Demo Preschools", "private_preschool", "preschool", "Preschool"),
    ("Riverside Demo Public Pre-K", "public_prek", "public_prek", "Pre-K"),
    ("First Steps Demo Early Head Start", "early_head_start", "early_head_start", "Early Head Start"),
    ("Neighbor Demo Family Child Care", "family_child_care", "family_child_care", "Family Home"),
)
WEATHER = (1, 2, 12)
"""Months in which snow closes some sites."""

KEPT = ("id", "version", "created_at")
PLACED = ("region_id", "site_id")


@dataclass(frozen=True)
class Room:
    """A classroom of the demo."""

    id: str
    name: str
    age_group: str
    enrolled: int


@dataclass
class Place:
    """A site of the demo, with what the other parts need to know about it.

    ``open_days`` holds, for every month of the order, the days on which the site was open before ``until``.
    """

    number: int
    id: str
    region: int
    region_id: str
    program_id: str
    name: str
    setting: str
    truth: str | None
    start: date
    rooms: list[Room]
    closed: dict[date, str] = field(default_factory=dict)
    open_days: list[list[date]] = field(default_factory=list)
    consultant_id: str = ""
    director_id: str = ""

    @property
    def placed(self) -> tuple[str, str]:
        """The region and the site, as every placed row carries them."""
        return self.region_id, self.id


@dataclass
class Map:
    """All places of the demo."""

    regions: list[str]
    programs: list[tuple[str, int]]
    sites: list[Place]


def make(order: Order, keys: Keys) -> tuple[Map, list[Block]]:
    """Give the places of an order, and their rows."""
    random = order.random(1)
    created = stamp(order.first_day - timedelta(days=30))
    region_ids, region_rows = [], []
    for number in range(order.regions):
        name = REGION_NAMES[number % len(REGION_NAMES)]
        again = number // len(REGION_NAMES)
        region_ids.append(keys.one())
        label = f"{name} Demo Region" + (f" {again + 1}" if again else "")
        region_rows.append((region_ids[-1], 1, created, label, f"R{number + 1:02d}", order.timezone))
    program_rows, programs = [], []
    for number in range(3 * order.regions):
        name, kind, _setting, _word = PROGRAMS[_kind(number)]
        again = number // len(PROGRAMS)
        label = name + (f" {again + 1}" if again else "")
        programs.append((keys.one(), number // 3))
        program_rows.append((programs[-1][0], 1, created, region_ids[number // 3], label, kind))
    map_ = Map(region_ids, programs, [])
    for number in range(order.sites):
        map_.sites.append(_site(order, keys, random, map_, number))
    made = blocks(
        ("region", (*KEPT, "name", "code", "timezone"), region_rows),
        ("program", (*KEPT, "region_id", "name", "type"), program_rows),
        ("site", _SITE_COLUMNS, [_site_row(site, created, random) for site in map_.sites]),
        (
            "classroom",
            _ROOM_COLUMNS,
            [row for site in map_.sites for row in _room_rows(site, created, order)],
        ),
    )
    return map_, made


_SITE_COLUMNS = (
    *KEPT, "region_id", "program_id", "name", "license_no", "setting", "city", "postal_code", "capacity",
    "subsidy",
    "rural", "languages", "service_start", "active", "planned_minutes_month",
)  # fmt: skip
_ROOM_COLUMNS = (*KEPT, *PLACED, "name", "age_group", "capacity", "session", "open_from")


def _kind(program: int) -> int:
    """Give which kind a program is: the first region holds the planted sites, so its kinds come first."""
    return program % len(PROGRAMS)


def _site(order: Order, keys: Keys, random: np.random.Generator, map_: Map, number: int) -> Place:
    region = min(number * order.regions // order.sites, order.regions - 1)
    truth = truth_of(number)
    first_here = -(-region * order.sites // order.regions)
    program = 3 * region + (number - first_here) % 3
    if truth is not None:
        program = {"few_staff": 2, "edition_change": 2}.get(truth, 0)
    _name, _kind_code, setting, word = PROGRAMS[_kind(program)]
    first, second = FIRST_WORDS[number % len(FIRST_WORDS)], SECOND_WORDS[_second(number)]
    again = number // (len(FIRST_WORDS) * len(SECOND_WORDS))
    name = f"{first} {second} Demo {word}" + (f" {again + 1}" if again else "")
    if truth is not None:
        name = next(planted.name for planted in TRUTHS if planted.site == number)
    months = order.month_starts()
    start = months[int(random.integers(0, max(1, order.months // 3)))] + timedelta(days=int(random.integers(3, 15)))
    if truth in ("improves", "stays"):
        start = months[start_month(order)] + timedelta(days=4)
    elif truth is not None or random.random() < 0.5:
        start = order.first_day - timedelta(days=int(random.integers(20, 300)))
    start = min(start, order.until - timedelta(days=1))
    place = Place(
        number, keys.one(), region, map_.regions[region], map_.programs[program][0], name, setting, truth,
        start,
        _rooms(keys, random, setting, truth),
    )  # fmt: skip
    place.closed = _closures(order, random)
    place.open_days = [
        [day for day in weekdays(month, min(month_after(month), order.until)) if day not in place.closed]
        for month in months
    ]
    return place


def _second(number: int) -> int:
    return (number + number // len(FIRST_WORDS)) % len(SECOND_WORDS)


def _rooms(keys: Keys, random: np.random.Generator, setting: str, truth: str | None) -> list[Room]:
    if setting == "family_child_care":
        return [Room(keys.one(), "Home", "mixed", int(random.integers(5, 9)))]
    count = 5 if truth in ("improves", "stays", "reports_more") else int(random.integers(2, 6))
    if truth == "few_staff":
        count = 2
    rooms = []
    for number in range(count):
        age = "preschool"
        if setting == "early_head_start":
            age = ("infant", "toddler")[number % 2]
        elif setting in ("child_care_center", "preschool") and number >= 3:
            age = ("toddler", "infant")[number - 3]
        least, most = {"infant": (6, 9), "toddler": (9, 13)}.get(age, (14, 20))
        rooms.append(Room(keys.one(), ROOM_WORDS[number], age, int(random.integers(least, most))))
    return rooms


def _closures(order: Order, random: np.random.Generator) -> dict[date, str]:
    """Give holidays and, in winter, now and then a day of snow."""
    closed: dict[date, str] = {}
    for month in order.month_starts():
        days = weekdays(month, month_after(month))
        holidays = [day for day in days if (day.month, day.day) in ((1, 1), (7, 4), (12, 24), (12, 25), (6, 19))]
        if month.month == 11:
            fourth_thursday = next(day for day in days if day.weekday() == 3 and day.day >= 22)
            holidays += [fourth_thursday, fourth_thursday + timedelta(days=1)]
        closed |= dict.fromkeys(holidays, "holiday")
        if month.month in WEATHER and random.random() < 0.5:
            closed.setdefault(days[int(random.integers(0, len(days)))], "weather")
        if month.month in (3, 10) and random.random() < 0.5:
            closed.setdefault(days[int(random.integers(0, len(days)))], "pd_day")
    return {day: reason for day, reason in closed.items() if day < order.until}


def _site_row(site: Place, created: str, random: np.random.Generator) -> tuple[object, ...]:
    languages = pick(('["English"]', '["English", "Spanish"]'), (0.6, 0.4), float(random.random()))
    return (
        site.id, 1, created, site.region_id, site.program_id, site.name, f"DEMO-{site.number + 1:05d}",
        site.setting,
        f"{FIRST_WORDS[(site.number * 7) % len(FIRST_WORDS)]}ton", f"{site.number % 1000:05d}",
        sum(room.enrolled for room in site.rooms) + 4 * len(site.rooms), int(random.random() < 0.6),
        int(random.random() < 0.3), languages, str(site.start), 1, _planned(site.number),
    )  # fmt: skip


def _planned(number: int) -> int | None:
    """Give the minutes a month that were agreed with a site; with every third nothing was."""
    return None if number % 3 == 2 else 180 + 60 * (number % 3)


def _room_rows(site: Place, created: str, order: Order) -> list[tuple[object, ...]]:
    opened = str(order.first_day - timedelta(days=365))
    return [
        (room.id, 1, created, *site.placed, room.name, room.age_group, room.enrolled + 4, "full", opened)
        for room in site.rooms
    ]


def site_dates(order: Order, keys: Keys, sites: list[Place]) -> list[Block]:
    """Give the closures of sites and the marks on their time axes."""
    random = order.random(2, sites[0].number)
    closures, events = [], []
    for site in sites:
        for day, reason in sorted(site.closed.items()):
            closures.append((keys.one(), 1, stamp(day), *site.placed, str(day), reason))
        marks: list[tuple[str, date, str | None]] = [("consultation_start", site.start, None)]
        if random.random() < 0.3 and site.truth is None:
            day = order.first_day + timedelta(days=int(random.integers(0, (order.until - order.first_day).days)))
            marks.append(("staff_change", day, "A new director began"))
        if random.random() < 0.3:
            day = order.first_day + timedelta(days=int(random.integers(0, (order.until - order.first_day).days)))
            marks.append(("training", day, "Training on emotion words"))
        events += [(keys.one(), 1, stamp(day), *site.placed, kind, str(day), note) for kind, day, note in marks]
    return blocks(
        ("closure", (*KEPT, *PLACED, "closed_on", "reason"), closures),
        ("site_event", (*KEPT, *PLACED, "kind", "happened_on", "note"), events),
    )
