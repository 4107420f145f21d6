"""When the 95th percentile of the last seconds passes a second, and how many people there were then."""

from collections.abc import Sequence
from statistics import quantiles

WINDOW_SECONDS, LIMIT_MILLISECONDS, LEAST = 10.0, 1000.0, 20


def passed_at(looks: Sequence[tuple[float, float, int]]) -> int | None:
    """Give the number of people in the middle of the first window whose 95th percentile is above the limit, or None.

    Args:
        looks: when each ended (seconds), how long it took (milliseconds), and how many people were there; in order.
    """
    first = 0
    for last in range(len(looks)):
        while looks[last][0] - looks[first][0] > WINDOW_SECONDS:
            first += 1
        window = looks[first : last + 1]
        if len(window) >= LEAST and quantiles([one[1] for one in window], n=20)[-1] > LIMIT_MILLISECONDS:
            return window[len(window) // 2][2]
    return None
