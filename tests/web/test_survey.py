"""The staff survey as plain HTTP: what a phone gets, and what is refused."""

import re

import pytest
from sqlmodel import select

from db import meters, pack_registry, survey_box
from db.commands.downloads import SURVEY_CODES, ask_download
from db.commands.packs import remove_pack
from db.errors import InvalidInput
from db.models import SurveyBox
from db.models.base import utc_now
from db.sign_in import resolve, token_hash
from tests.db.pack_texts import WORDING
from tests.db.survey_waves import answer, opened
from tests.db.test_packs import add
from web import log

ALL = {f"a{number}": "4" for number in range(1, 6)}
FROM_HERE = {"origin": "http://testserver"}


@pytest.fixture
def codes(client, session, field):
    return opened(session, field)[1]


def send(client, code, answers=ALL, **more):
    return client.post("/survey", data={"code": code, "lang": "en", **answers, "send": "1", **more}, headers=FROM_HERE)


def answers_in(session):
    session.rollback()
    return session.exec(select(SurveyBox)).one().answers


def test_a_scanned_code_leads_to_the_questions_and_an_answer_to_thanks(client, codes, session):
    page = client.get(f"/survey/{codes[0]}")
    assert page.status_code == 200
    assert page.text.count("<fieldset") == 5
    assert "Nobody sees your answers" in page.text
    assert "Only averages of 5 people or more are shown." in page.text
    done = send(client, codes[0])
    assert (done.status_code, done.headers["location"]) == (303, "/survey/thanks?lang=en")
    assert "You can close this page" in client.get(done.headers["location"]).text
    assert answers_in(session) == [[4.0] * 5]


def test_a_code_can_be_typed(client, codes):
    assert 'name="code"' in client.get("/survey").text
    page = client.post("/survey", data={"code": codes[0].lower().replace("-", "")}, headers=FROM_HERE)
    assert page.text.count("<fieldset") == 5


def test_used_unknown_and_made_up_codes_get_the_same_answer(client, codes, session):
    assert send(client, codes[0]).status_code == 303
    used, unknown = (send(client, code) for code in (codes[0], "2222-2222"))
    assert used.status_code == unknown.status_code == 422
    assert used.text.replace(codes[0], "2222-2222") == unknown.text
    assert "does not work" in used.text
    assert len(answers_in(session)) == 1


def test_open_questions_are_pointed_out_once_and_may_stay_open(client, codes, session):
    some = {"a1": "4", "a2": "2", "a3": "5", "a4": "1"}
    page = send(client, codes[0], some)
    assert page.status_code == 422
    assert "One question is open" in page.text
    assert 'href="#a5"' in page.text
    assert page.text.count(" checked") == 4
    assert send(client, codes[0], some, seen="1").status_code == 303
    assert answers_in(session) == [[4.0, 2.0, 5.0, 1.0, None]]


@pytest.mark.parametrize(
    "answers", [{}, {**ALL, "a2": "9"}, {**ALL, "a1": "4 or 5"}, {**ALL, "a1": "<b>"}, {"a1": "nan", "a2": "1e999"}]
)
def test_answers_that_are_none_are_refused_and_the_code_still_works(client, codes, session, answers):
    page = send(client, codes[0], answers, seen="1")
    assert page.status_code == 422
    assert "<b>" not in page.text
    assert answers_in(session) == []
    assert send(client, codes[0]).status_code == 303


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {}},
        {"data": {"code": ""}},
        {"data": {"code": "x" * 5000}},
        {"content": b"\xff\xfe\x00", "headers": {"content-type": "application/x-www-form-urlencoded"}},
        {"content": b"&".join(b"a=1" for _one in range(400))},
        {"content": b"code=" + b"9" * 30_000},
    ],
)
def test_bad_input_gets_a_sentence_and_never_an_error(client, codes, sent):
    page = client.post("/survey", **{**sent, "headers": {**FROM_HERE, **sent.get("headers", {})}})
    assert page.status_code in (413, 422)
    assert 'role="alert"' in page.text
    assert "x" * 50 not in page.text


def test_both_languages_with_what_was_chosen_kept(client, codes):
    english = client.get(f"/survey/{codes[0]}", headers={"accept-language": "en-US"}).text
    assert 'value="es" lang="es" formnovalidate>Español' in english
    chosen = {"code": codes[0], "lang": "en", "switch": "es", "a1": "3"}
    spanish = client.post("/survey", data=chosen, headers=FROM_HERE).text
    assert '<html lang="es">' in spanish
    assert "En las últimas dos semanas" in spanish
    assert re.search(r'name="a1" value="3" checked', spanish)
    assert '<html lang="es">' in client.get(f"/survey/{codes[0]}", headers={"accept-language": "es-MX,en"}).text
    done = client.post("/survey", data={"code": codes[0], "lang": "es", **ALL, "send": "1"}, headers=FROM_HERE)
    assert '<html lang="es">' in client.get(done.headers["location"]).text


def test_a_survey_in_one_language_is_asked_in_it(client, session, field):
    _wave, codes = opened(session, field, languages=("es",))
    page = client.get(f"/survey/{codes[0]}", headers={"accept-language": "en"}).text
    assert '<html lang="es">' in page
    assert "English" not in page


def test_no_cookie_no_script_no_cache_and_nothing_from_elsewhere(client, codes):
    pages = [
        client.get("/survey"), client.get(f"/survey/{codes[0]}"), send(client, codes[0], {}), send(client, codes[0]),
        client.get("/survey/thanks"), send(client, codes[0]),
    ]  # fmt: skip
    for page in pages:
        assert "set-cookie" not in page.headers
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text
        assert "http" not in page.text
        assert len(page.content) < 15_000
        if page.status_code != 303:
            assert page.headers["content-security-policy"].startswith("default-src 'none'")
            assert "script-src" not in page.headers["content-security-policy"]


def test_another_site_cannot_send_a_survey(client, codes, session):
    for origin in ("https://evil.example", "null"):
        answered = client.post("/survey", data={"code": codes[0], **ALL, "send": "1"}, headers={"origin": origin})
        assert answered.status_code == 403
    assert answers_in(session) == []
    assert client.post("/survey", data={"code": codes[0], **ALL, "send": "1"}).status_code == 303


def test_too_many_unknown_codes_make_everybody_wait(client, codes, monkeypatch):
    monkeypatch.setattr(survey_box, "guessing_too_much", lambda _session: True)
    page = client.get(f"/survey/{codes[0]}")
    assert page.status_code == 429
    assert "try again in a few minutes" in page.text


def test_an_unknown_code_is_counted_and_a_right_one_is_not(client, codes, monkeypatch):
    counted = []
    monkeypatch.setattr(survey_box, "note_guess", lambda _session: counted.append(1))
    client.get(f"/survey/{codes[0]}")
    send(client, codes[0])
    assert counted == []
    client.get("/survey/2222-2222")
    assert counted == [1]


def test_nothing_is_logged_about_a_survey(client, codes, monkeypatch):
    told = []
    monkeypatch.setattr(log, "event", lambda *given, **fields: told.append((given, fields)))
    client.get(f"/survey/{codes[0]}")
    send(client, codes[0])
    send(client, codes[0])
    client.get("/survey/2222-2222")
    assert told == []


def test_the_printed_sheet_has_one_slip_for_each_and_comes_once(signed_in, session, field):
    wave_id, earlier = opened(session, field)
    actor = resolve(session, token_hash(signed_in.token), utc_now())
    token = ask_download(session, actor, SURVEY_CODES, wave_id)
    sheet = signed_in.client.get(f"/download/{token}")
    assert sheet.headers["content-disposition"].startswith("attachment")
    printed = re.findall(r'class="code">([A-Z2-9]{4}-[A-Z2-9]{4})<', sheet.text)
    assert len(set(printed)) == 7
    assert sheet.text.count("data:image/svg+xml") == 7
    assert "http://testserver/survey" in sheet.text
    assert "Encuesta" in sheet.text or "Staff survey" in sheet.text
    assert not set(printed) & set(earlier)
    assert signed_in.client.get(f"/download/{token}").status_code == 404
    answer(session, printed, [[4, 4, 4, 4, 4]])
    again = ask_download(session, actor, SURVEY_CODES, wave_id)
    assert signed_in.client.get(f"/download/{again}").status_code == 409


@pytest.mark.usefixtures("packs_go_again")
def test_licensed_words_are_asked_in_the_program_that_holds_the_license_and_nowhere_else(client, session, field):
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        opened(session, field, instrument_code="pss4")
    add(field, WORDING, field.program.id)
    _wave, codes = opened(session, field, instrument_code="pss4")
    page = client.get(f"/survey/{codes[0]}").text
    assert "first words" in page
    sent = {"code": codes[0], "send": "1", "a1": "4", "a2": "0", "a3": "0", "a4": "4"}
    assert client.post("/survey", data=sent, headers=FROM_HERE).status_code == 303
    field.give(field.people["consultant"], site_id=field.elsewhere.id)
    with pytest.raises(InvalidInput, match="instrument_code: unknown_option"):
        opened(session, field, instrument_code="pss4", site_id=field.elsewhere.id)


def test_no_figure_for_prometheus_grows_by_itself_when_somebody_answers(client, codes):
    def kinds():
        return {
            (sample.labels["kind"], sample.labels["status"], sample.value)
            for metric in meters.REQUESTS.collect()
            for sample in metric.samples
            if sample.name.endswith("_count")
        }

    before = kinds()
    assert client.get(f"/survey/{codes[0]}").status_code == 200
    assert send(client, codes[0]).status_code == 303
    assert kinds() == before
    client.get("/livez")
    assert kinds() != before


def test_only_what_could_be_a_code_counts_as_a_guess(client, codes, session, monkeypatch):
    """A scanner that tries addresses must not keep staff from their survey."""
    monkeypatch.setattr(survey_box.settings(), "throttle_server", 3)
    for address in ("favicon.ico", "wp-login.php", "222", "2222-2222-2222", "%00"):
        assert client.get(f"/survey/{address}").status_code == 422
    assert not survey_box.guessing_too_much(session)
    for _guess in range(3):
        assert client.get("/survey/2222-2222").status_code == 422
    assert client.get(f"/survey/{codes[0]}").status_code == 429


@pytest.mark.usefixtures("packs_go_again")
def test_a_survey_whose_words_were_taken_back_says_that_it_is_not_open(client, session, field):
    """A page without questions would take nothing and explain nothing."""
    pack = add(field, WORDING, field.program.id)
    _wave, codes = opened(session, field, instrument_code="pss4")
    assert client.get(f"/survey/{codes[0]}").status_code == 200
    remove_pack(session, field.actor("admin"), pack, 1, "the license ended")
    pack_registry.refresh(session, at_once=True)
    refused = client.get(f"/survey/{codes[0]}")
    assert (refused.status_code, "does not work" in refused.text) == (422, True)
