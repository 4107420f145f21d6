"""What is planted in the demo's measures of children, found again by the arithmetic of the screens."""

from datetime import date

import pytest

from analytics.change import paired_change
from db.demo import child_measures, places
from db.demo.order import Keys, Order
from db.instruments import instrument

ORDER = Order(until=date(2026, 11, 20))


@pytest.fixture(scope="module")
def tables():
    keys = Keys(ORDER)
    map_, _rows = places.make(ORDER, keys)
    made = {block.table: block.rows for block in child_measures.make(ORDER, keys, map_.sites)}
    return map_, made["child_measure"], made["child_score"]


def change_at(tables, site):
    map_, measures, scores = tables
    totals = {key: value for key, scale, _tool, value, _region in scores if scale == "total"}
    sides = {"baseline": {}, "post": {}}
    for row in measures:
        if row[5] == map_.sites[site].id:
            sides[row[14]][row[9]] = totals[row[0]]
    return paired_change(sides["baseline"], sides["post"])


def test_the_difficulties_of_twelve_children_fall_by_five_points_where_it_improves_and_not_where_it_stays(tables):
    improves, stays = change_at(tables, 0), change_at(tables, 1)
    assert (improves.counts.paired, stays.counts.paired) == (12, 12)
    assert improves.interval.low <= -5 <= improves.interval.high
    assert improves.interval.high < -2.5
    assert stays.interval.low <= 0 <= stays.interval.high
    assert stays.interval.low > -2.5


def test_every_score_is_one_that_the_registry_accepts_and_nothing_lies_in_the_future(tables):
    _map, measures, scores = tables
    assert all(instrument(tool).scale(scale).accepts(value) for _key, scale, tool, value, _region in scores)
    assert all(row[10] <= row[12] <= str(ORDER.until) for row in measures)
    parts = child_measures.SDQ_PARTS
    of = {(key, scale): value for key, scale, _tool, value, _region in scores}
    assert all(of[key, "total"] == sum(of[key, part] for part in parts) for key, scale in of if scale == "total")
