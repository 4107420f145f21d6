"""Which observations of a room are a pair."""

from datetime import date, timedelta

import pytest

from analytics.change import paired_change
from analytics.room_pairs import Observed, paired_rooms

END = date(2026, 6, 1)


def seen(room, days_before_end, score):
    return Observed(room, END - timedelta(days=days_before_end), score)


@pytest.mark.parametrize(("days", "paired"), [(29, 0), (30, 1), (400, 1), (401, 0)])
def test_a_pair_lies_30_to_400_days_apart(days, paired):
    counts = paired_change(*paired_rooms([seen("a", days, 4)], [seen("a", 0, 5)])).counts
    assert (counts.before, counts.after, counts.paired) == (1, 1, paired)


def test_the_latest_scores_that_fit_are_taken():
    before = [seen("a", 300, 2), seen("a", 100, 4), seen("a", 10, 6)]
    first, last = paired_rooms(reversed(before), [seen("a", 0, 5), seen("a", 5, 7)])
    assert (first, last) == ({("a", "paired"): 4}, {("a", "paired"): 5})


def test_a_room_that_was_not_observed_again_has_left():
    before = [seen("a", 100, 4), seen("b", 100, 3)]
    counts = paired_change(*paired_rooms(before, [seen("a", 0, 5), seen("c", 0, 5)])).counts
    assert (counts.before, counts.after, counts.paired, counts.left, counts.joined) == (2, 2, 1, 1, 1)


def test_after_before_before_is_no_pair():
    assert paired_change(*paired_rooms([seen("a", 0, 4)], [seen("a", 100, 5)])).counts.paired == 0
