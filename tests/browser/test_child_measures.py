"""Children's questionnaires on a tablet: a list imported without its refused row, and one typed, kept and discarded."""

import pytest

from tests.browser.conftest import PORTRAIT, picture
from tests.browser.test_capture import SITE

pytestmark = pytest.mark.browser

TOOL = "Strengths and Difficulties Questionnaire"
LIST = f"""Site,Child ID,Date,Consent date,Total difficulties
{SITE},Z-901,2022-01-03,2022-01-02,18
{SITE},Z-902,2022-01-03,2022-01-02,41
"""
"""Of a child and a day that no other test looks at."""


def test_a_list_is_imported_and_what_is_typed_is_kept_as_a_draft(someone):
    person = someone("consultant", PORTRAIT)
    person.open("/child-measures")
    person.tap("Import questionnaires")
    person.page.locator("input[type=file]").set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    )
    person.idle()
    person.page.get_by_role("combobox", name="Questionnaire and edition").click()
    person.page.get_by_role("option", name=TOOL).first.click()
    person.idle()
    person.sees("Please enter a value from 0 to 40.")
    picture(person, "child-import")
    person.page.get_by_text("Leave out the 1 questionnaire that is refused").click()
    person.idle()
    person.tap("Add 1 questionnaire")
    person.sees("1 questionnaires added, 0 stored before, 1 left out.")
    person.open("/child-measures?do=enter")
    person.choose(SITE)
    person.page.get_by_role("radio", name=TOOL).first.click()
    person.idle()
    person.page.get_by_text("Draft saved").wait_for()
    picture(person, "child-entry")
    person.tap("Start over")
    person.tap("Discard it")
    person.sees("Discarded.")
    assert person.asked_outside == []
