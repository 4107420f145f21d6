"""How many incidents every classroom has in every month: by site, season, chance, and what is planted."""

import numpy as np
from numpy.typing import NDArray

from db.demo.order import Order
from db.demo.places import Place
from db.demo.truths import change_month

TYPICAL_RATE = 6.0
"""Incidents per 1,000 child-days at a typical site."""
PLANTED_RATES = {"improves": 26.0, "stays": 26.0, "reports_more": 14.0}
"""The same at the sites whose incident rate is planted: enough that a change stands out of chance."""
SEASON = (1.1, 1.0, 1.0, 0.95, 0.9, 0.75, 0.65, 0.8, 1.3, 1.25, 1.05, 0.95)
"""How January to December differ: the autumn is new to many children."""
SITE_SPREAD = 0.45
LEAST, MOST = 0.4, 2.5
"""How far a site's usual rate may lie from the typical one, as a factor."""
MONTH_SHAPE = 5.0
"""Shape of the gamma distribution of a classroom's month: counts vary more than a Poisson's."""


def make(order: Order, sites: list[Place]) -> NDArray[np.int64]:
    """Give the counts, one row per classroom (in order of sites and their rooms), one column per month.

    With a wanted total the same weights share it out, so that the sum is exact.
    """
    random = order.random(6)
    rows = [_expected(order, random, site) for site in sites]
    expected = np.vstack(rows)
    if order.incidents is None:
        return random.poisson(expected)
    shares = expected.ravel() / max(expected.sum(), 1e-9)
    return random.multinomial(order.incidents, shares).reshape(expected.shape)


def _expected(order: Order, random: np.random.Generator, site: Place) -> NDArray[np.float64]:
    months = order.month_starts()
    days = np.array([len(open_days) for open_days in site.open_days], dtype=float)
    enrolled = np.array([room.enrolled for room in site.rooms], dtype=float)
    rate = TYPICAL_RATE * min(max(random.lognormal(0.0, SITE_SPREAD), LEAST), MOST)
    wobble = random.gamma(MONTH_SHAPE, 1 / MONTH_SHAPE, size=(len(enrolled), len(days)))
    course = np.array([SEASON[month.month - 1] for month in months])
    if site.truth in PLANTED_RATES:
        rate, wobble, course = PLANTED_RATES[site.truth], np.ones_like(wobble), _planted_course(order, site)
    by_month: NDArray[np.float64] = days * course * rate / 1000
    return enrolled[:, None] * by_month[None, :] * wobble


def _planted_course(order: Order, site: Place) -> NDArray[np.float64]:
    course = np.ones(order.months)
    course[change_month(order) :] = {"improves": 0.5, "reports_more": 2.0}.get(site.truth or "", 1.0)
    return course
