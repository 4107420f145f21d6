"""The outcome scorecard as each role sees it."""

import pytest

from db.comparison import year_before
from db.models.organisation import Staff
from db.models.records import SiteMonth
from tests.db.test_outcomes import months, survey
from tests.pages.said import said

OUTCOMES = (
    "Children's social and emotional functioning", "Relationships between adults and children", "Challenging behavior",
    "Suspensions and expulsions", "Classroom quality", "Provider stress", "Provider burnout", "Staff turnover",
)  # fmt: skip


@pytest.fixture
def halved(field):
    months(field, field.here, year_before(12, field.today), 20, 10, visits=2, minutes_classroom=120)


def card(screen, outcome):
    """Give what stands between an outcome's heading and the next one, above all the words of its verdict."""
    told = said_in_order(screen)
    start = told.index(f"subheader:{outcome}")
    after = next((at for at in range(start + 1, len(told)) if told[at].startswith("subheader:")), len(told))
    return "\n".join(told[start:after]).replace("\\", "")


def said_in_order(screen):
    def walk(block):
        for child in block.children.values():
            if getattr(child, "children", None):
                yield from walk(child)
            elif child.type in {"subheader", "markdown", "text", "caption", "metric"}:
                yield f"{child.type}:{child.value}"

    return list(walk(screen.main))


def test_each_outcome_of_the_founding_documents_has_a_card_and_an_empty_one_says_what_is_missing(open_screen, field):
    screen = open_screen("outcomes", "consultant")
    assert [one.value for one in screen.subheader] == list(OUTCOMES)
    assert said(screen).count("**Cannot tell yet**") == len(OUTCOMES)
    assert said(screen).count("regression to the mean") == 1
    assert "No enrollment is entered" in card(screen, "Challenging behavior")
    assert "No staff are entered" in card(screen, "Staff turnover")


def test_a_halved_rate_is_told_with_its_numbers_its_range_and_the_consultation_beside_it(open_screen, field, halved):
    told = card(open_screen("outcomes", "director"), "Challenging behavior")
    assert ":material/check_circle: **Improved beyond chance**" in told
    for number in (
        "50.0",
        "25.0",
        "240 incidents",
        "120 incidents",
        "50% fewer",
        "99.4% interval",
        "24 visits, 24.0 hours",
    ):
        assert number in told
    assert "ask whether everything is still written down" in told


def test_a_coordinator_judges_by_told_sums_only(open_screen, field, halved):
    screen = open_screen("outcomes", "coordinator")
    told = card(screen, "Challenging behavior")
    assert "Judged from two sums alone" in told
    assert "110 incidents" in told
    assert not any("Since consultation began" in str(group.options) for group in screen.button_group)


def test_a_small_count_is_neither_shown_nor_judged_for_those_who_may_not_read_it(open_screen, field):
    months(field, field.here, year_before(12, field.today), 0, 0)
    both = year_before(3, field.today)
    row = field.session.get_one(SiteMonth, (field.here.id, both.now.start))
    row.incidents = row.incidents_covered = 7
    field.session.commit()
    told = card(open_screen("outcomes", "coordinator", level="site"), "Challenging behavior")
    assert "too small to be shown to you" in told
    assert "7 incidents" not in told
    assert "7 incidents" in card(open_screen("outcomes", "consultant"), "Challenging behavior")


def test_two_surveys_with_their_spread_are_judged(open_screen, field):
    both = year_before(12, field.today)
    survey(field, both.now.start.replace(day=9), 14, 20, mean=12.0, sd=3.0)
    survey(field, both.before.months()[-3], 14, 20, mean=20.0, sd=3.0, client=field.room.id)
    told = card(open_screen("outcomes", "director"), "Provider stress")
    assert "Perceived Stress Scale" in told
    assert "**Improved beyond chance**" in told
    assert "−8.00 points the good way" in told


def test_turnover_is_judged_from_the_time_that_staff_worked(open_screen, field, halved):
    both = year_before(12, field.today)
    for number in range(30):
        left = both.now.months()[number % 12].replace(day=15) if number < 20 else None
        field.add(
            Staff(
                region_id=field.north.id, site_id=field.here.id, alias=f"a{number}", role="lead",
                hire_date=both.before.start.replace(year=2019), leave_date=left,
            )
        )  # fmt: skip
    field.session.commit()
    told = card(open_screen("outcomes", "director"), "Staff turnover")
    assert ":material/warning: **Worsened beyond chance**" in told
    assert "20 people left" in told


def test_an_address_that_offers_nothing_is_not_found(open_screen, field):
    for wrong in ({"level": "state"}, {"site": "x"}, {"months": "7"}):
        assert "We could not find that." in said(open_screen("outcomes", "consultant", **wrong))


def test_consultation_that_began_lately_can_be_chosen_and_is_forgotten_at_a_region(open_screen, field, halved):
    start = year_before(6, field.today).now.start
    field.here.service_start = start
    field.add(field.here)
    screen = open_screen("outcomes", "consultant", months="start")
    assert "different seasons" in card(screen, "Challenging behavior")
    assert "months" not in open_screen("outcomes", "consultant", months="start", level="region").query_params
