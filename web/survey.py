"""The staff survey on a phone: plain pages without script, account or cookie. A code opens it once.

Nothing here is logged, and no page tells a code in an address that it links to: a code is in the address only where a
printed QR code put it.
"""

from datetime import date
from typing import NamedTuple
from urllib.parse import parse_qsl

import anyio
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from components import dates
from components.instruments import label_of_code
from components.words import LANGUAGE_NAMES, _, language, plural, use_language
from db import pack_registry, survey_box
from db.engine import session
from db.instruments import instrument_for
from db.settings import settings
from db.survey_box import OpenSurvey, Sheet
from web import forms, html

LARGEST = 20_000
MOST_FIELDS = 300
LONGEST_CODE = 40
_at_once = anyio.CapacityLimiter(8)


class Slowed(Exception):
    """Too many unknown codes came lately."""


class Question(NamedTuple):
    """One question as the page draws it: its options as (value, words), what was chosen, and what is wrong."""

    name: str
    text: str
    options: list[tuple[str, str]]
    chosen: str
    problem: str


async def show_survey(request: Request) -> Response:
    """GET /survey and /survey/{code}: the questions for a code that works, otherwise the field for one."""
    _speak(request, {})
    code = str(request.path_params.get("code", ""))[:LONGEST_CODE]
    return await _opened(code) if code else _code_page("")


async def take_survey(request: Request) -> Response:
    """POST /survey: a code that was typed, another language, or the answers."""
    form = await _fields(request)
    _speak(request, form or {})
    if form is None:
        return _code_page("", 413, _("That was too long. Please try again."))
    code = form.get("code", "")[:LONGEST_CODE]
    if not _from_here(request):
        return _code_page(code, 403, _("Please send this page again."))
    if "switch" in form and not code:
        return _code_page("")
    if not code.strip():
        return _code_page("", 422, _("Please enter the code on your slip of paper."))
    return await _opened(code, form)


async def show_thanks(request: Request) -> Response:
    """GET /survey/thanks: what comes after the answers."""
    _speak(request, {})
    return html.page(
        "survey_thanks.html",
        title=_("Thank you"),
        sentences=[
            _("Your answers are in the box. Nobody can see that they are yours."),
            _("Your code does not work any more. You can close this page and throw the slip away."),
        ],
    )


async def _opened(code: str, form: dict[str, str] | None = None) -> Response:
    try:
        survey = await to_thread.run_sync(_find, code, limiter=_at_once)
    except Slowed:
        return _code_page(code, 429, _("Too many codes that do not work came in. Please try again in a few minutes."))
    if survey is None or not instrument_for(survey.instrument_code, survey.program_id).asks:
        return _refused(code)
    if language() not in survey.languages:
        use_language(survey.languages[0])
    if form is None or "send" not in form:
        return _questions_page(code, survey, form or {})
    sheet, wrong = _sheet(survey, form)
    if wrong:
        return _questions_page(code, survey, form, tried=True, status=422)
    if not await to_thread.run_sync(_put_in, code, sheet, limiter=_at_once):
        return _refused(code)
    return RedirectResponse(f"/survey/thanks?lang={language()}", 303)


def _find(code: str) -> OpenSurvey | None:
    with session() as opened:
        pack_registry.refresh(opened)
        if survey_box.guessing_too_much(opened):
            raise Slowed
        found = survey_box.survey_of(opened, code)
        if found is None and survey_box.is_code(code):
            survey_box.note_guess(opened)
        return found


def _put_in(code: str, sheet: Sheet) -> bool:
    with session() as opened:
        return survey_box.put_in(opened, code, sheet)


def _sheet(survey: OpenSurvey, form: dict[str, str]) -> tuple[Sheet, bool]:
    """Give the sheet that a form holds, and whether something about it has to be looked at first."""
    items = instrument_for(survey.instrument_code, survey.program_id).items
    values = {f"{value:g}": value for value in items.values} if items else {}
    given = [form.get(f"a{number}", "") for number in range(1, items.count + 1)] if items else []
    sheet: Sheet = [values.get(one) for one in given]
    unknown = any(one and one not in values for one in given)
    open_ones = [one for one in sheet if one is None]
    return sheet, unknown or len(open_ones) == len(sheet) or (bool(open_ones) and "seen" not in form)


def _code_page(code: str, status: int = 200, problem: str | None = None) -> Response:
    title = _("Staff survey")
    return html.page(
        "survey_code.html",
        status,
        title=f"{_('Error')}: {title}" if problem else title,
        heading=title,
        problem=problem,
        problem_title=_("There is a problem"),
        label=_("The code on your slip of paper"),
        hint=_("Eight letters and numbers, such as K7QM-2XPA"),
        button=_("Continue"),
        code=code,
        languages=_others(tuple(LANGUAGE_NAMES)),
    )


def _refused(code: str) -> Response:
    """Say the same of a code that was used, never given out, or whose survey is not open."""
    problem = _("This code does not work. It may be mistyped or used already, or the survey is not open today.")
    return _code_page(code, 422, problem)


def _questions_page(
    code: str, survey: OpenSurvey, form: dict[str, str], *, tried: bool = False, status: int = 200
) -> Response:
    questions = _questions(survey, form, tried)
    problems = [one for one in questions if one.problem]
    title = label_of_code(survey.instrument_code)
    return html.page(
        "survey.html",
        status,
        title=f"{_('Error')}: {title}" if problems else title,
        heading=title,
        site=survey.site,
        promise=_promise(survey.closed_on),
        promise_title=_("What we promise"),
        problems=problems,
        problem_title=plural("One question is open", "{count} questions are open", len(problems)).format(
            count=len(problems)
        ),
        problem_text=_("You can answer now, or send it as it is."),
        questions=questions,
        seen=tried and len(problems) < len(questions),
        button=_("Send my answers"),
        code=code,
        languages=_others(survey.languages),
    )


def _questions(survey: OpenSurvey, form: dict[str, str], tried: bool) -> list[Question]:
    items = instrument_for(survey.instrument_code, survey.program_id).items
    if items is None:
        return []
    spoken = language()
    options = [(f"{one.value:g}", str(getattr(one, spoken))) for one in items.answers]
    known = {value for value, _words in options}
    questions = []
    for number, text in enumerate(items.texts, start=1):
        chosen = form.get(f"a{number}", "")
        problem = _("Not answered yet.") if tried and chosen not in known else ""
        questions.append(Question(f"a{number}", str(getattr(text, spoken)), options, chosen, problem))
    return questions


def _promise(closes: date) -> list[str]:
    least = settings().staff_minimum
    return [
        _("Nobody sees your answers: not your director, not the consultant, not the people who run Attune."),
        _("Only averages of {least} people or more are shown. Fewer are put together with other sites first.").format(
            least=least
        ),
        _("No name, phone or address is kept, and not when you answered. The code is not kept with your answers."),
        _("The survey is open until {day}. The averages are shown after that.").format(day=dates.full(closes)),
    ]


def _others(languages: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, LANGUAGE_NAMES[code]) for code in languages if code != language()]


def _speak(request: Request, form: dict[str, str]) -> None:
    wanted = form.get("switch") or form.get("lang") or request.query_params.get("lang", "")
    if wanted in LANGUAGE_NAMES:
        use_language(wanted)
    else:
        html.speak(request)


def _from_here(request: Request) -> bool:
    """Tell whether no other site sent this form. An old browser that says nothing is believed: the code decides."""
    return request.headers.get("origin") is None or forms.from_here(request)


async def _fields(request: Request) -> dict[str, str] | None:
    body = await forms.limited_body(request, LARGEST)
    if body is None:
        return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return None


routes = [
    Route("/survey", show_survey, methods=["GET"]),
    Route("/survey", take_survey, methods=["POST"]),
    Route("/survey/thanks", show_thanks, methods=["GET"]),
    Route("/survey/{code}", show_survey, methods=["GET"]),
]
