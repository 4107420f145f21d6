"""The screen that compares sites."""

import pytest

from db.commands.incidents import record_incident
from db.period import Period
from db.rollups import rebuild
from tests.pages.test_site_trends import said

RATE = "Incidents per 1,000 child-days (could be, by chance: 95%)"


@pytest.fixture
def month(field):
    return Period.last_months(12, field.today).months()[-2]


@pytest.fixture
def six_sites(session, field, month):
    """Six more sites in the north with 20 incidents each, one of them with 60; all known to the consultant."""
    for number in range(6):
        site = field.site(f"Oak {number} Demo Center")
        room = field.classroom(site, "Owls")
        field.enrolment(room, month)
        field.give(field.people["consultant"], site_id=site.id)
        session.commit()
        for _ in range(60 if number == 5 else 20):
            record_incident(session, field.actor("consultant"), field.incident(room, occurred_on=month))


def table(screen):
    return screen.table[0].value


def test_sites_stand_by_name_with_value_interval_counts_and_words(open_screen, six_sites):
    screen = open_screen("compare_sites", "coordinator")
    rows = table(screen)
    assert [name.split("]")[0].strip("[") for name in rows["Site"]] == [
        "Maple Demo Center", *(f"Oak {number} Demo Center" for number in range(6)),
    ]  # fmt: skip
    first = rows.iloc[1]
    assert first[RATE] == "62.5 (38.2 – 96.5)"
    assert (first["Incidents"], first["Child-days"]) == ("20", "320")
    assert not any("rank" in column.lower() for column in rows.columns)


def test_a_site_without_enrolment_is_named_with_what_is_missing(open_screen, six_sites):
    screen = open_screen("compare_sites", "coordinator")
    assert "Maple Demo Center: no enrollment entered" in said(screen)
    assert "ask how incidents are recorded" in said(screen)


def test_a_few_incidents_are_hidden_from_a_coordinator_and_shown_to_the_consultant(
    open_screen, session, field, six_sites, month
):
    field.enrolment(field.room, month)
    session.commit()
    for _ in range(3):
        record_incident(session, field.actor("consultant"), field.incident(occurred_on=month))
    hidden = table(open_screen("compare_sites", "coordinator")).iloc[0]
    assert hidden["Incidents"] == "hidden to protect privacy"
    assert hidden[RATE] == "hidden to protect privacy"
    shown = table(open_screen("compare_sites", "consultant")).iloc[0]
    assert shown["Incidents"] == "3"


def test_one_site_alone_is_told_that_a_comparison_needs_several(open_screen, field):
    screen = open_screen("compare_sites", "director")
    assert "A comparison needs several sites" in said(screen)
    assert len(table(screen)) == 1


@pytest.mark.parametrize("indicator", ["incidents", "visits", "exclusions", "quality", "stress"])
def test_every_indicator_has_a_view_also_without_data(open_screen, field, indicator):
    shown = said(open_screen("compare_sites", "coordinator", indicator=indicator))
    assert "Choose a longer" in shown or "A comparison needs several sites" in shown


@pytest.mark.parametrize("wrong", [{"indicator": "ranks"}, {"region": "south"}, {"program": "x"}, {"period": "7"}])
def test_an_address_that_offers_nothing_is_not_found(open_screen, field, wrong):
    assert "We could not find that." in said(open_screen("compare_sites", "coordinator", **wrong))


def test_a_region_out_of_reach_is_not_found(open_screen, field):
    shown = said(open_screen("compare_sites", "coordinator", region=str(field.south.id)))
    assert "We could not find that." in shown
    assert "Harbor" not in shown


def test_many_sites_stand_in_a_table_that_opens_and_sorts_by_number(open_screen, session, field):
    for number in range(45):
        field.site(f"Elm {number:02d} Demo Center")
    screen = open_screen("compare_sites", "coordinator", indicator="exclusions")
    assert not screen.dataframe
    screen.session_state["all_sites"] = True
    screen.run()
    (frame,) = [one.value for one in screen.dataframe]
    assert len(frame) == 46
    assert frame["Site"].is_monotonic_increasing
    assert set(frame["Reading"]) == {"no enrollment entered"}
    assert frame["Times per 100 children and year"].isna().all()


def test_a_site_that_records_differently_stands_in_the_table_but_in_no_comparison(open_screen, session, field, month):
    months = Period.last_months(12, field.today).months()[:-1]
    for number in range(10):
        site = field.site(f"Oak {number} Demo Center")
        rooms = [field.classroom(site, name) for name in ("Owls", "Foxes", "Bears")]
        for room in rooms:
            for one in months:
                field.enrolment(room, one)
        field.give(field.people["consultant"], site_id=site.id)
        session.commit()
        consultant = field.actor("consultant")
        # Nine sites have a form from every third room and month; at the last all 24 come from one room in one month.
        for at in range(24 if number == 9 else 11):
            room, one = (rooms[0], month) if number == 9 else (rooms[at % 3], months[at % 11])
            record_incident(session, consultant, field.incident(room, occurred_on=one))
    rebuild(session)
    session.commit()
    screen = open_screen("compare_sites", "consultant")
    rows = table(screen).set_index("Site")
    last = next(name for name in rows.index if "Oak 9" in name)
    assert rows.loc[last, "Reading"] == "records differently: not compared"
    assert rows.loc[last, "Incidents"] == "24"
    assert "Oak 9 Demo Center: forms from 1 of 33 classroom months" in said(screen)
    first = next(name for name in rows.index if "Oak 0" in name)
    assert rows.loc[first, "Classroom months with an incident form"] == "33%, 0.3 forms each"
    assert "9 of 11 sites" in said(screen)
