"""A whole staff survey: opened on a tablet, answered on phones in two languages, closed and read."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SITE = "Maple Lane Demo Center"
PHONE = (320, 568)
SMALLEST_TARGET = 44


def open_survey(person, survey, invited):
    """Open a survey and fetch its codes, as they are printed."""
    person.open("/staff-stress")
    person.tap("Ask staff on their phones")
    person.choose(SITE)
    person.page.get_by_role("button", name=re.compile(survey)).or_(
        person.page.get_by_role("radio", name=re.compile(survey))
    ).first.click()
    person.idle()
    person.page.get_by_label("People invited").fill(str(invited))
    person.page.get_by_label("People invited").blur()
    person.idle()
    person.tap("Open the survey")
    person.sees("The survey is open. Print the codes next.")
    person.tap("Make the codes")
    with person.page.expect_download() as started:
        person.page.get_by_role("link", name="Open the codes").click()
    sheet = started.value.path().read_text()
    codes = re.findall(r'class="code">([A-Z2-9]{4}-[A-Z2-9]{4})<', sheet)
    assert len(set(codes)) == invited
    person.idle()
    return codes


def fill(page, answers):
    for number, answer in enumerate(answers, start=1):
        page.locator(f'input[name="a{number}"][value="{answer}"]').check()


def close(person):
    person.open(person.page.url.removeprefix(person.base_url))
    person.page.get_by_text("Close the survey now. This cannot be undone.").click()
    person.idle()
    person.tap("Close and count")


def fits_a_phone(page):
    """Nothing is wider than the screen, nothing smaller than a finger, and no text under 16 px."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    small = page.evaluate(
        "least => [...document.querySelectorAll('fieldset label, button')]"
        ".filter(one => one.getBoundingClientRect().height < least).length",
        SMALLEST_TARGET,
    )
    assert small == 0
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('legend, p')).fontSize)") >= 16


def test_seven_staff_answer_on_phones_and_the_mean_shows_after_the_close(someone, server):
    consultant = someone("consultant")
    codes = open_survey(consultant, "Attune pulse", 12)
    for number, code in enumerate(codes[:6]):
        spanish = number % 2 == 1
        phone = someone(None, PHONE, locale="es-MX" if spanish else "en-US", java_script_enabled=False).page
        if number < 3:
            phone.goto(f"{server.base_url}/survey/{code}")
        else:
            phone.goto(f"{server.base_url}/survey")
            phone.locator("#code").fill(code.lower())
            phone.get_by_role("button", name="Continuar" if spanish else "Continue").or_(
                phone.locator("button[type=submit]").first
            ).first.click()
        expect(phone.locator("fieldset")).to_have_count(5)
        expect(phone.get_by_text("In the last two weeks")).to_have_count(0 if spanish else 5)
        fill(phone, [1 + (number + item) % 5 for item in range(5)])
        phone.locator("button[name=send]").click()
        expect(phone).to_have_url(re.compile("/survey/thanks"))
        assert phone.context.cookies() == []
        phone.close()
    used = someone(None, PHONE, locale="en-US").page
    used.goto(f"{server.base_url}/survey/{codes[0]}")
    expect(used.get_by_role("alert")).to_contain_text("This code does not work.")
    assert not [line for line in server.log().splitlines() if "survey" in line or any(one in line for one in codes)]
    assert Axe().run(used).response["violations"] == []
    two = [someone(None, PHONE, locale="en-US", color_scheme=scheme).page for scheme in ("light", "dark")]
    for phone in two:
        phone.goto(f"{server.base_url}/survey/{codes[6]}")
        fits_a_phone(phone)
        assert Axe().run(phone).response["violations"] == []
        fill(phone, [5, 4, 3, 2, 1])
    two[0].get_by_role("button", name="Send my answers").click(no_wait_after=True)
    two[1].get_by_role("button", name="Send my answers").click()
    for phone in two:
        expect(phone.locator("button[name=send]")).to_have_count(0)
        expect(phone.locator("h1")).to_have_text(re.compile("Thank you|Staff survey"))
    assert sorted(phone.locator("h1").inner_text() for phone in two) == ["Staff survey", "Thank you"]
    close(consultant)
    consultant.sees(re.compile(r"How work has felt: \d\.\d\d · 7 of 12 answered \(58%\)"))


def test_four_answers_show_no_result(someone, server):
    consultant = someone("consultant")
    codes = open_survey(consultant, "Intent to leave", 9)
    phone = someone(None, PHONE, locale="en-US").page
    for answer, code in enumerate(codes[:4], start=1):
        phone.goto(f"{server.base_url}/survey/{code}")
        fill(phone, [answer])
        phone.get_by_role("button", name="Send my answers").click()
        expect(phone.locator("h1")).to_have_text("Thank you")
    consultant.open(consultant.page.url.removeprefix(consultant.base_url))
    consultant.sees("Fewer than 5 people have answered so far.")
    close(consultant)
    consultant.sees(re.compile("Intent to leave: hidden"))
    consultant.does_not_see("2.50")
