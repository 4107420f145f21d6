"""How far means of people's scores may be off by chance."""

from collections.abc import Sequence

from scipy.special import ndtri

from analytics.intervals import Interval


def mean_interval(mean: float, sd: float | None, n: int | None, alpha: float = 0.05) -> Interval | None:
    """The normal interval mean +- z sd / sqrt(n); None where the spread or the number is not known.

    Raises ValueError for a negative sd or an n below 1.
    """
    if sd is None or n is None:
        return None
    if sd < 0 or n < 1:
        raise ValueError(f"a spread must not be negative, and a mean rests on someone: sd={sd}, n={n}")
    half = float(ndtri(1 - alpha / 2)) * sd / n**0.5
    return Interval(mean - half, mean + half)


def pooled_sd(groups: Sequence[tuple[int, float]]) -> float | None:
    """The spread of single scores behind several groups (n, sd): variances weighted by n - 1.

    None where no group holds more than one score, or nobody differs from anybody.
    """
    freedom = sum(n - 1 for n, _sd in groups)
    variance = sum((n - 1) * sd**2 for n, sd in groups)
    return float((variance / freedom) ** 0.5) if freedom > 0 and variance > 0 else None
