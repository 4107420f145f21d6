"""Which of many tests to follow up."""

import pytest

from analytics.false_discovery import discoveries

PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0,
]  # fmt: skip
"""The fifteen probabilities of Benjamini and Hochberg 1995, section 4.1 (thrombolysis after myocardial infarction)."""


def test_the_published_example_names_the_first_four():
    assert discoveries(PUBLISHED, 0.05) == [True] * 4 + [False] * 11
    shuffled = PUBLISHED[::-1]
    assert discoveries(shuffled, 0.05) == [False] * 11 + [True] * 4


@pytest.mark.parametrize(("chances", "named"), [([], []), ([0.2, 0.9], [False, False]), ([0.04], [True])])
def test_none_one_and_nothing_named(chances, named):
    assert discoveries(chances, 0.05) == named
