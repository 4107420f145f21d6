"""Whether a site records incidents as the others do."""

import numpy as np
import pytest

from analytics.recording import differences


def alike(sites: int, seed: int = 1, spread: float = 0.5) -> tuple[list[int], list[int], list[int]]:
    """Sites of 3 to 6 rooms over 12 months: their rates differ, their way of recording does not."""
    random = np.random.default_rng(seed)
    forms, months, rooms = [], [], []
    for _site in range(sites):
        size = 12 * int(random.integers(3, 7))
        rate = random.gamma(spread**-2, 1.2 * spread**2)
        counts = random.poisson(rate * random.gamma(2.0, 0.5, size))
        forms.append(int(counts.sum()))
        months.append(size)
        rooms.append(int((counts > 0).sum()))
    return forms, months, rooms


def test_sites_that_record_alike_are_not_marked_however_far_their_rates_lie_apart():
    marked = [found.difference for seed in range(20) for found in differences(*alike(50, seed))]
    assert len(marked) == 1000
    assert sum(mark is not None for mark in marked) <= 2


def test_as_many_forms_from_one_room_of_four_are_marked():
    forms, months, rooms = alike(30)
    found = differences([*forms, 60], [*months, 48], [*rooms, 9])
    assert found[-1].difference == "few_rooms"
    assert found[-1].expected == pytest.approx(27, abs=6)
    assert not any(one.difference for one in found[:-1])


def test_a_site_with_few_forms_is_not_marked_for_having_few():
    forms, months, rooms = alike(30)
    assert differences([*forms, 6], [*months, 48], [*rooms, 6])[-1].difference is None


def test_no_form_at_all_is_marked_where_sites_of_that_size_have_some():
    forms, months, rooms = alike(30)
    assert differences([*forms, 0, 0], [*months, 72, 2], [*rooms, 0, 0])[-2].difference == "no_forms"
    assert differences([*forms, 0, 0], [*months, 72, 2], [*rooms, 0, 0])[-1].difference is None


def test_without_enrollment_or_with_few_sites_nothing_is_said():
    assert differences([5, 0, 9, 2], [9, 9, 9, 9], [3, 0, 4, 1]) == [(None, None)] * 4
    forms, months, rooms = alike(8)
    assert differences([*forms, 9], [*months, 0], [*rooms, 0])[-1] == (None, None)
