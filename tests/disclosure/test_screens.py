"""What is hidden is nowhere on a screen: not in a figure's data, a hover text, an alternative text, a table or a file.

The hidden counts are numbers that nothing else on the screen is: the threshold is raised, single incidents stand for
nothing. Everything that Streamlit sends to the browser is searched, figures with all their data.
"""

import re
from datetime import time, timedelta

import pytest
import streamlit as st

from components.charts import drawing
from db.models.incidents import Incident, IncidentChoice
from db.models.records import SiteMonth
from db.options import codes
from db.period import Period
from db.settings import settings
from tests.disclosure.world import marks, sent
from tests.pages.conftest import engine, fresh, open_screen  # noqa: F401

SECRETS = {0: 4_711, 1: 3_947, 2: 2_903, 5: 6_173, 12: 5_309}
"""Hidden incidents, and as many exclusions and one more, by full months ago."""
SCREENS = (
    ("site_trends", {"view": "Overview"}), ("site_trends", {"view": "Lost care"}), ("patterns", {}),
    ("compare_sites", {"indicator": "incidents", "period": "12"}), ("exclusions", {}), ("outcomes", {}), ("today", {}),
)  # fmt: skip
LETTER = "[0-9A-Za-z]"


@pytest.fixture
def numbers(field, monkeypatch, engine) -> set[str]:  # noqa: F811
    """Fill the site with counts that a coordinator is not told, and give every way in which one could be written."""
    monkeypatch.setattr(settings(), "children_minimum", 1_000_000)
    months = Period.last_months(14, field.today).months()[:-1]
    for month in months:
        field.enrolment(field.room, month, enrolled=17)
    rows = []
    for ago, count in SECRETS.items():
        month = months[-1 - ago]
        field.add(
            SiteMonth(
                site_id=field.here.id, month=month, region_id=field.here.region_id, incidents=count,
                incidents_covered=count, exclusions=count + 1, hours_lost=count + 2, classrooms_enrolled=1, enrolled=17,
                child_days=340, visits=1, minutes=60, minutes_classroom=60,
            )
        )  # fmt: skip
    secret = {value for count in SECRETS.values() for value in (count, count + 1, count + 2)}
    kinds = codes("behaviour")
    for kind, count in enumerate((1_277, 1_409)):
        secret.add(count)
        for _number in range(count):
            rows.append(
                {
                    **marks(field.here), **sent(), "classroom_id": field.room.id, "occurred_at": time(9, 10),
                    "occurred_on": months[-2] + timedelta(days=3), "recorded_by": field.people["consultant"].id,
                    "hour": 9 + kind, "weekday": kind, "primary_behaviour": kinds[kind],
                    "activity": codes("activity")[kind], "motivation": "not_known", "description": "",
                }
            )  # fmt: skip
    field.session.connection().execute(Incident.__table__.insert(), rows)
    responses = [
        {
            "incident_id": row["id"], "region_id": row["region_id"], "list": "response", "code": codes("response")[0],
        }
        for row in rows[:1_187]
    ]  # fmt: skip
    field.session.connection().execute(IncidentChoice.__table__.insert(), responses)
    field.session.commit()
    rates = {count / 340 * 1000 for count in SECRETS.values()}
    return {f"{value:d}" for value in secret} | {f"{value:,d}" for value in secret} | {f"{rate:.1f}" for rate in rates}


@pytest.fixture
def drawings(monkeypatch) -> list[str]:
    """What stands in the tables behind the charts, opened, and around them: it goes into the files as well."""
    seen: list[str] = []

    def opened(drawn, table, key, more):
        st.table(drawing.as_columns(table))
        seen.append(repr(drawn))

    monkeypatch.setattr(drawing, "_numbers", opened)
    return seen


def sent_to_the_browser(screen) -> str:
    """Give everything that a screen consists of, as it travels."""
    return "\n".join(
        node.proto.SerializeToString().decode("latin-1")
        for node in screen._tree
        if node.type != "root" and hasattr(node, "proto") and node.proto
    )


def secrets_in(text: str, numbers: set[str]) -> list[str]:
    assert "bdata" not in text, "numbers that cannot be searched"
    found = (number for number in numbers if number in text)
    return [number for number in found if re.search(f"(?<!{LETTER}){re.escape(number)}(?!{LETTER})", text)]


def test_no_hidden_number_is_anywhere_on_a_screen(field, open_screen, numbers, drawings):  # noqa: F811
    for page, query in SCREENS:
        screen = open_screen(page, "coordinator", site=str(field.here.id), **query)
        everything = sent_to_the_browser(screen) + "\n".join(drawings)
        assert len(everything) > 500
        assert secrets_in(everything, numbers) == [], page
    assert any("hidden to protect privacy" in one for one in drawings)


def test_the_search_finds_what_is_not_hidden(field, open_screen, numbers, drawings):  # noqa: F811
    """It would prove nothing otherwise: a supervisor is told all these numbers."""
    told = "".join(
        sent_to_the_browser(open_screen(page, "supervisor", site=str(field.here.id), **query))
        for page, query in SCREENS[:2]
    )
    assert {"4711", "4,711", "4712"} & set(secrets_in(told, numbers))
    assert secrets_in("\n".join(drawings), numbers)
