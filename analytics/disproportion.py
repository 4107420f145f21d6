"""Whether an outcome falls on groups of children alike: risks side by side, by a rule that says when it cannot be told.

Counts, risk, difference and ratio always stand together (domain.md 2.2): each alone misleads as an outcome gets rarer.
A difference points at adults' practices, at rules and at what gets written down, never at children.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scipy.special import bdtrc, ndtri, stdtrit

from analytics.hypergeometric import exact_chance
from analytics.intervals import Estimate, wilson
from analytics.score_intervals import risk_difference, risk_ratio, score_z

State = Literal["difference", "no_sign", "not_enough", "incomplete"]
Why = Literal["few_enrolled", "few_children", "between", "mirror", "nobody_else", ""]
Direction = Literal["more", "fewer", "same"]

FEWEST_CHILDREN = 10
"""Children with the outcome, seen or expected, from which a group is judged: IDEA's greatest minimum cell size."""
FEWEST_ENROLLED = 30
"""Children enrolled from which a group is judged: IDEA's greatest minimum n-size (34 CFR 300.647(b)(1)(iv))."""
MOST_UNPLACED = 0.20
"""Share of children in no group, of the outcome or of the enrolment, above which nothing is told (domain.md)."""
MOST_OF_ONE_CHILD = 1 / 3
"""Share of a group's reports above which one child shapes the group's figure."""
FEWEST_REPORTS = 10
"""Reports from which that is worth a word: of two reports one child always has half."""
PLACE_ERROR = 0.05
"""Chance that any group of any picture of a place is called different when none is."""
PICTURES = 12
"""Pictures of a place that stand side by side on the screen: three outcomes by four dimensions."""
SMALL_ERROR = PLACE_ERROR / PICTURES
"""What each comparison may err by: its equal share of the place's (Bonferroni)."""


@dataclass(frozen=True)
class Group:
    """The counts of one group.

    Args:
        code: which group.
        children: distinct children with the outcome.
        of: children who could have had it (average enrolment, or those with incidents).
        reports: how often they had it; ``squares`` is the sum of the squares of each child's number.
        most: the greatest number of one child; None where that must not be told.
    """

    code: str
    children: int
    of: float
    reports: int = 0
    squares: int = 0
    most: int | None = None

    @property
    def whole(self) -> int:
        """The children who could have had it, as a whole number: children come and go, so never fewer than had it."""
        return max(round(self.of), self.children)


@dataclass(frozen=True)
class Compared:
    """A group beside its comparison. ``wide_ratio`` has the interval that the state is decided by.

    ``ratio`` and ``wide_ratio`` are None where nobody had the outcome; ``report_ratio`` where it cannot be told.
    """

    code: str
    children: int
    of: int
    other_children: int
    other_of: int
    reports: int
    risk: Estimate | None
    difference: Estimate | None
    ratio: Estimate | None
    wide_ratio: Estimate | None
    report_ratio: Estimate | None
    one_childs_share: float | None
    state: State
    why: Why
    direction: Direction

    @property
    def one_child_shapes_it(self) -> bool:
        """Whether one child has more than a third of the group's reports, of which there are some."""
        return bool(
            self.one_childs_share and self.one_childs_share > MOST_OF_ONE_CHILD and self.reports >= FEWEST_REPORTS
        )


@dataclass(frozen=True)
class Comparison:
    """All groups of one dimension. ``tests`` are the groups that were judged, ``error`` what each may err by."""

    groups: tuple[Compared, ...]
    unplaced_children: float
    unplaced_enrolled: float
    tests: int
    error: float

    @property
    def too_incomplete(self) -> bool:
        """Whether too many children are in no group for anything to be told."""
        return max(self.unplaced_children, self.unplaced_enrolled) > MOST_UNPLACED


def compare(
    groups: Sequence[Group], unplaced_children: int = 0, unplaced_of: float = 0.0, reference: str | None = None
) -> Comparison:
    """Compare each group with all others, or with the group ``reference``, which is then not judged itself.

    The rule: *too incomplete* when more than 20 % of the children with the outcome or of the children enrolled are in
    no group. *Not enough data* below 30 children on either side, or where a side neither has 10 children with the
    outcome nor would have at the common risk. *Difference* when the ratio's interval leaves out 1 at the error of a
    comparison, shared by all judged groups (Bonferroni; the two groups of a pair are one comparison), and Fisher's
    exact test says so, too: score intervals err a little more often than they are meant to. *No sign* when the usual
    95 % interval holds 1. In between, more data must decide; and so for a group that differs only because one that
    differs itself is among all others (``_mirrors``).
    """
    known = [group for group in groups if group.of > 0 or group.children > 0]
    others = {group.code: _others(known, group, reference) for group in known}
    judged = [
        group for group in known if group.code != reference and not _too_few(group, others[group.code])
    ]  # fmt: skip
    tests = 1 if len(known) == 2 else max(1, len(judged))
    children = sum(group.children for group in groups)
    enrolled = sum(group.of for group in groups)
    found = Comparison(
        (), _share(unplaced_children, children), _share(unplaced_of, enrolled), tests, SMALL_ERROR / tests
    )
    compared = [_compared(group, others[group.code], reference, found) for group in known]
    mirrors = _mirrors(known, compared, found) if reference is None and len(known) > 2 else frozenset()
    told = tuple(replace(one, state="not_enough", why="mirror") if one.code in mirrors else one for one in compared)
    return Comparison(told, found.unplaced_children, found.unplaced_enrolled, tests, found.error)


def rate_ratio(one: Group, other: Group, alpha: float = 0.05) -> Estimate | None:
    """How many times as many reports per child the first group has, wider where few children have many.

    Reports of one child come together, so the variance of log(ratio), 1/x1 + 1/x0 for independent events, is multiplied
    by phi, Pearson's chi-square over its degrees of freedom with children as units (quasi-Poisson; McCullagh and Nelder
    1989, 4.5), never below 1. The quantile is Student's, with as many degrees of freedom as children have reports in
    both groups, less two. None where a group has no report or fewer than three children have any.
    """
    freedom = one.children + other.children - 2
    if not one.reports or not other.reports or freedom < 1:
        return None
    at_risk = one.whole + other.whole
    pearson = sum(group.squares * group.whole / group.reports - group.reports for group in (one, other))
    phi = max(1.0, pearson / max(1, at_risk - 2))
    value = (one.reports / one.whole) / (other.reports / other.whole)
    half = -float(stdtrit(freedom, alpha / 2)) * math.sqrt(phi * (1 / one.reports + 1 / other.reports))
    return Estimate(value, value / math.exp(half), value * math.exp(half), one.reports, one.whole, 1.0, "quasi_poisson")


@dataclass(frozen=True)
class EFormula:
    """The E-formula's bound, in percent, and what it says. ``false_alarm`` is its chance when nothing differs."""

    share_enrolled: float
    share: float
    bound: float
    over: bool
    false_alarm: float


def e_formula(part: int, total: int, enrolled: float, enrolled_total: float) -> EFormula | None:
    """California's E-formula, as the BIRS guidance uses it: over-represented above E = A + sqrt(A (100 - A) / N).

    A is the group's percent of the enrolment, N the number with the outcome. The bound is one standard error above A,
    so chance alone crosses it often: how often is worked out exactly, from the binomial distribution of N and A.
    None without anybody enrolled or with the outcome.
    """
    if total < 1 or not 0 < enrolled <= enrolled_total:
        return None
    expected = enrolled / enrolled_total
    bound = expected + math.sqrt(expected * (1 - expected) / total)
    most_within = math.floor(bound * total + 1e-9)
    return EFormula(
        100 * expected, 100 * part / total, 100 * bound, part > most_within,
        float(bdtrc(most_within, total, expected)) if most_within < total else 0.0,
    )  # fmt: skip


def _others(known: Sequence[Group], group: Group, reference: str | None) -> Group:
    rest = [one for one in known if one.code != group.code and (reference is None or one.code == reference)]
    sums = (sum(getattr(one, name) for one in rest) for name in ("children", "of", "reports", "squares"))
    return Group("", *sums)


def _too_few(group: Group, other: Group) -> Why:
    if not other.whole:
        return "nobody_else"
    if min(group.whole, other.whole) < FEWEST_ENROLLED:
        return "few_enrolled"
    risk = (group.children + other.children) / (group.whole + other.whole)
    seen = min(max(side.children, side.whole * risk) for side in (group, other))
    return "few_children" if seen < FEWEST_CHILDREN else ""


def _compared(group: Group, other: Group, reference: str | None, found: Comparison) -> Compared:
    sizes = (group.children, group.whole, other.children, other.whole)
    possible = group.whole > 0 and other.whole > 0 and group.code != reference
    usual = risk_ratio(*sizes) if possible else None
    wide = risk_ratio(*sizes, alpha=found.error) if possible else None
    state, why = _state(_too_few(group, other), usual, wide, possible and _apart(*sizes, found.error), found)
    return Compared(
        group.code, *sizes, reports=group.reports,
        risk=wilson(group.children, group.whole),
        difference=risk_difference(*sizes) if possible else None,
        ratio=usual, wide_ratio=wide, report_ratio=rate_ratio(group, other) if possible else None,
        one_childs_share=group.most / group.reports if group.most is not None and group.reports else None,
        state=state, why=why, direction=_direction(*sizes),
    )  # fmt: skip


def _state(
    too_few: Why, usual: Estimate | None, wide: Estimate | None, apart: bool, found: Comparison
) -> tuple[State, Why]:
    if found.too_incomplete:
        return "incomplete", ""
    if too_few or usual is None or wide is None:
        return "not_enough", too_few or "few_children"
    if apart and not wide.low <= 1 <= wide.high:
        return "difference", ""
    return ("no_sign", "") if usual.low <= 1 <= usual.high else ("not_enough", "between")


def _apart(part: int, of: int, other_part: int, other_of: int, error: float) -> bool:
    """Whether the risks differ at this error by both tests, the score test and Fisher's."""
    z = abs(float(score_z(part, of, other_part, other_of)))
    return z > -float(ndtri(error / 2)) and exact_chance(part, of, other_part, other_of) <= error


def _mirrors(known: Sequence[Group], compared: Sequence[Compared], found: Comparison) -> frozenset[str]:
    """The groups that differ from all others only because a group that differs itself is among these.

    Where one group loses care often, every other group loses it more rarely than "all others". So a group called
    different is held against the others without those that stand on their own: that are called whichever of the
    called ones is left out, or, where there are none, the one with the smallest chance. This takes calls back and makes
    none, so it errs no more often.
    """
    called = [group for group in known for one in compared if one.code == group.code and one.state == "difference"]

    def holds(group: Group, without: Sequence[Group]) -> bool:
        left_out = {one.code for one in without}
        other = _others([one for one in known if one.code not in left_out], group, None)
        sizes = group.children, group.whole, other.children, other.whole
        return not _too_few(group, other) and _apart(*sizes, found.error)

    def chance(group: Group) -> float:
        other = _others(known, group, None)
        return exact_chance(group.children, group.whole, other.children, other.whole)

    if len(called) < 2:
        return frozenset()
    own = [group for group in called if all(holds(group, [one]) for one in called if one is not group)]
    own = own or [min(called, key=chance)]
    return frozenset(group.code for group in called if group not in own and not holds(group, own))


def _direction(part: int, of: int, other_part: int, other_of: int) -> Direction:
    one, other = part * other_of, other_part * of
    return "more" if one > other else "fewer" if one < other else "same"


def _share(part: float, rest: float) -> float:
    return part / (part + rest) if part + rest else 0.0
