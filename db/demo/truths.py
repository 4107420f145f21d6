"""What is planted in the demo data, so that the screens' arithmetic can be held against a known answer."""

from dataclasses import dataclass

from db.demo.order import Order

TAIL = 8
"""Months at the end in which a planted change shows: a shift on a control chart takes seven, one may be empty."""


@dataclass(frozen=True)
class Truth:
    """One planted fact about one site. ``site`` counts from 0 in the order in which sites are made."""

    code: str
    site: int
    name: str
    says: str


TRUTHS: tuple[Truth, ...] = (
    Truth(
        "improves", 0, "Maple Lane Demo Center",
        "The incident rate falls to half from two months after consultation starts; stress falls too. The difficulties"
        " of twelve children (SDQ, total) fall by 5 points.",
    ),
    Truth(
        "stays", 1, "Harbor Hill Demo Center",
        "Consultation starts in the same month as at the first site, and the incident rate stays as it was. So do the"
        " difficulties of twelve children.",
    ),
    Truth(
        "reports_more", 2, "Juniper Brook Demo Center",
        "Recording doubles from one month on: all that is added is mild, and exclusions do not change.",
    ),
    Truth(
        "few_staff", 3, "Willow Bend Demo Preschool",
        "Only three or four people answer each staff survey: stress must stay hidden.",
    ),
    Truth(
        "edition_change", 4, "Cedar Grove Demo Preschool",
        "Observed with the first edition of CLASS Pre-K, then the second: they never join in one line.",
    ),
    Truth(
        "no_denominator", 5, "Larkspur Field Demo Center",
        "Nobody has entered enrolment: there are counts of incidents, and no rates.",
    ),
)  # fmt: skip

UNEQUAL = Truth(
    "unequal", 0, "North Valley Demo Region",
    "After an incident, Black children lose care nine times as often as other children; incidents do not differ.",
)  # fmt: skip
"""Planted at every site of a region: ``site`` counts regions here. One site has too few children to tell it."""
UNEQUAL_RACE, UNEQUAL_TIMES = "black", 9.0
"""So large that nearly every demo of 24 sites shows it: some 25 of 140 children lose care, against 20 of 500."""


def truth_of(site: int) -> str | None:
    """Give the code of what is planted at a site, or None."""
    return next((truth.code for truth in TRUTHS if truth.site == site), None)


def change_month(order: Order) -> int:
    """Give the index of the month from which a planted change shows."""
    return max(1, order.months - TAIL)


def start_month(order: Order) -> int:
    """Give the index of the month in which consultation starts at the first two sites."""
    return max(0, change_month(order) - 2)
