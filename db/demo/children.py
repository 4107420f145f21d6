"""The children of every classroom: invented, known by a site's own key, with the groups they belong to."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.demo.order import Order
from db.demo.places import Place, Room

RACES = ("white", "black", "hispanic", "asian", "middle_eastern_north_african", "unknown")
RACE_SHARES = (0.40, 0.22, 0.24, 0.06, 0.02, 0.06)
SEXES = ("female", "male")
YES_NO = ("yes", "no")
PLACES_PER_ROOM = 24
"""Places kept per classroom, so that all fit one array; only the first ``enrolled`` are taken."""


@dataclass(frozen=True)
class Children:
    """The children of some classrooms: arrays of (classrooms, children) that index the lists above."""

    rooms: list[tuple[Place, Room]]
    race: NDArray[np.int64]
    sex: NDArray[np.int64]
    iep: NDArray[np.int64]
    dll: NDArray[np.int64]
    with_key: NDArray[np.bool_]
    keys: list[str]


def make(order: Order, sites: list[Place]) -> Children:
    """Give the children of the classrooms of ``sites``."""
    random = order.random(4, sites[0].number)
    rooms = [(site, room) for site in sites for room in site.rooms]
    shape = (len(rooms), PLACES_PER_ROOM)
    bounds = np.cumsum(RACE_SHARES)[:-1]
    return Children(
        rooms=rooms,
        race=np.searchsorted(bounds, random.random(shape), side="right"),
        sex=(random.random(shape) < 0.52).astype(np.int64),
        iep=(random.random(shape) >= 0.11).astype(np.int64),
        dll=(random.random(shape) >= 0.24).astype(np.int64),
        with_key=random.random(shape) < 0.6,
        keys=[
            f"R{site.rooms.index(room) + 1}-{child + 1:02d}" for site, room in rooms for child in range(PLACES_PER_ROOM)
        ],
    )
