"""Identified documents: fetched once, with a token, in the session that asked for them."""

from collections.abc import Callable

from anyio import to_thread
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from components.words import _, language, use_language
from db import sign_in
from db.actor import Actor
from db.commands.chart_tables import fetch_table
from db.commands.downloads import (
    IMPORT_REPORT,
    SURVEY_CODES,
    TABLE_CSV,
    TABLE_EXCEL,
    VISIT_COPY,
    Download,
    use_download,
)
from db.commands.import_reports import fetch_import_report
from db.commands.survey_waves import print_codes
from db.engine import session
from db.errors import Conflict, NotFound
from db.exchange.chart_file import as_csv, as_excel
from db.models.base import utc_now
from db.options import label
from db.queries.visit_copy import PromisedStep, VisitCopy, visit_copy
from db.queries.waves import open_wave
from db.settings import settings
from web import html
from web.gate import HEADER
from web.survey_sheet import sheet_document


async def download(request: Request) -> Response:
    """GET /download/{token}: the document, or 404 for a token that is used, old or another session's."""
    scheme = "https" if settings().behind_tls else "http"
    base = f"{scheme}://{request.headers.get('host', '')}"
    return await to_thread.run_sync(_answer, request.headers.get(HEADER, ""), request.path_params["token"], base)


def _answer(hashed: str, token: str, base: str) -> Response:
    with session() as opened:
        actor = sign_in.resolve(opened, hashed, utc_now())
        if actor is None:
            return _not_found()
        use_language(actor.language)
        try:
            wanted = use_download(opened, actor, token)
            name, document = _DOCUMENTS[wanted.kind](opened, actor, wanted, base)
        except NotFound:
            return _not_found()
        except Conflict:
            return PlainTextResponse(_("Somebody has answered already: these codes cannot be printed again."), 409)
    media = _MEDIA[name.rpartition(".")[2]]
    return Response(document, media_type=media, headers={"content-disposition": f'attachment; filename="{name}"'})


def _not_found() -> Response:
    return PlainTextResponse(_("This download was used already or is too old. Please ask for it again."), 404)


def _visit_copy(opened: Session, actor: Actor, wanted: Download, _base: str) -> tuple[str, str]:
    copy = visit_copy(opened, actor, wanted.subject_id)
    return f"visit-{copy.visited_on.isoformat()}.html", visit_document(copy)


def visit_document(copy: VisitCopy) -> str:
    """Give the facility's copy of a visit as one HTML page that prints on its own."""
    spoken = language()
    when = copy.visited_on.isoformat()
    if copy.started_at:
        when += f", {copy.started_at.strftime('%H:%M')}"
    lines = [
        (_("Consultant"), [copy.consultant]),
        (_("Site"), [copy.site]),
        (_("Classrooms"), list(copy.classrooms)),
        (_("Date and time"), [when]),
        (_("Minutes"), [str(copy.minutes)]),
        (_("How the visit went"), [label("visit_outcome", copy.outcome, spoken)]),
        (
            _("Who took part"),
            [f"{label('participant_role', role, spoken)}: {people}" for role, people in copy.recipients],
        ),
        (_("Reason"), [label("visit_reason", copy.reason, spoken)]),
        (
            _("Type of service"),
            [label("visit_mode", copy.mode, spoken)]
            + [label("visit_activity", code, spoken) for code in copy.services],
        ),
        (_("Recommendations"), copy.recommendations.splitlines()),
        (_("Follow-up"), [_follow_up(one, spoken) for one in copy.follow_ups]),
    ]
    return html.text(
        "visit_copy.html",
        title=_("Consultation visit"),
        lines=lines,
        none=_("None"),
        note=_("Copy for the facility's files (Caring for Our Children 9.4.1.17)."),
    )


def _follow_up(step: PromisedStep, spoken: str) -> str:
    parts = [step.text, label("follow_up_owner", step.owner, spoken)]
    if step.due_on:
        parts.append(_("due {day}").format(day=step.due_on.isoformat()))
    if step.done:
        parts.append(_("done"))
    return " - ".join(parts)


def _survey_codes(opened: Session, actor: Actor, wanted: Download, base: str) -> tuple[str, str]:
    wave = open_wave(opened, actor, wanted.subject_id)
    codes = print_codes(opened, actor, wanted.subject_id)
    return f"survey-codes-{wave.opened_on.isoformat()}.html", sheet_document(wave, codes, base)


def _import_report(opened: Session, actor: Actor, wanted: Download, _base: str) -> tuple[str, str]:
    # The mark at the beginning tells spreadsheet programs that this is UTF-8.
    return "refused-rows.csv", "\ufeff" + fetch_import_report(opened, actor, wanted.subject_id)


def _table_csv(opened: Session, actor: Actor, wanted: Download, _base: str) -> tuple[str, str]:
    table = fetch_table(opened, actor, wanted.subject_id)
    return f"{table.name()}.csv", as_csv(table)


def _table_excel(opened: Session, actor: Actor, wanted: Download, _base: str) -> tuple[str, bytes]:
    table = fetch_table(opened, actor, wanted.subject_id)
    return f"{table.name()}.xlsx", as_excel(table)


_MEDIA = {
    "csv": "text/csv",
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

_DOCUMENTS: dict[str, Callable[[Session, Actor, Download, str], tuple[str, str | bytes]]] = {
    VISIT_COPY: _visit_copy,
    SURVEY_CODES: _survey_codes,
    IMPORT_REPORT: _import_report,
    TABLE_CSV: _table_csv,
    TABLE_EXCEL: _table_excel,
}

routes = [Route("/download/{token}", download)]
