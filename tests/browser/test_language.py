"""Someone chooses the language of their screens, in the menu beside them."""

from tests.browser.conftest import picture


def test_today_speaks_spanish_at_once_after_the_choice_and_still_after_a_reload(someone):
    person = someone("consultant")
    person.open("/")
    person.choose("Español")
    try:
        person.has_heading("Hoy")
        person.sees("Seguimientos pendientes")
        person.does_not_see("Follow-ups due")
        picture(person, "today-es")
        person.open("/site-trends")
        person.has_heading("Tendencias del centro")
        person.sees("Incidentes de conducta desafiante por mes")
        picture(person, "site-trends-es")
    finally:
        person.open("/")
        person.choose("English")
    person.has_heading("Today")
    person.sees("Follow-ups due")


def test_the_sign_in_page_speaks_the_language_of_the_browser(someone):
    person = someone(locale="es-US")
    person.page.goto(f"{person.base_url}/sign-in")
    person.sees("Iniciar sesión en Attune")
    assert person.page.locator("html").get_attribute("lang") == "es"
