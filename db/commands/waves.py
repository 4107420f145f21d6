"""Writing the results of a staff survey wave: totals per scale, never one person's answers."""

import uuid
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from db import access
from db.actor import Actor
from db.commands.command import (
    Saved,
    change_removal,
    command,
    content,
    earlier,
    mark_changed,
    marks_of,
    require_version,
    stated,
    write_event,
)
from db.commands.kept_record import finish_correction
from db.errors import AccessDenied, InvalidInput, Problem
from db.instruments import instrument_for
from db.local_time import require_not_future
from db.models.instruments import SurveyResult, SurveyWave
from db.models.organisation import Site
from db.models.wave_input import WaveInput
from db.settings import settings
from db.survey_results import told_of_others
from db.wave_rows import require_one_a_day, require_wave

_COLUMNS = ("instrument_code", "opened_on", "closed_on", "invited")


@command
def record_wave(session: Session, actor: Actor, wave: WaveInput) -> Saved:
    """Store a wave once, with its results per scale and its audit event, in one transaction.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a rule is broken, or this survey's wave of that day is stored already.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "survey_wave", "add", wave.site_id)
    again = earlier(session, SurveyWave, wave)
    if again:
        return again
    _require_valid(session, site, wave)
    row = SurveyWave(
        **{name: getattr(wave, name) for name in _COLUMNS},
        **marks_of(actor, site, wave),
    )
    session.add(row)
    session.flush()
    _write_results(session, row, wave)
    write_event(session, actor, "record_wave", row, after=content(row, results=_results(wave)))
    return Saved(row.id, row.version)


@command
def correct_wave(
    session: Session, actor: Actor, wave_id: uuid.UUID, base_version: int, wave: WaveInput, reason: str
) -> Saved:
    """Replace a wave's results, days and number invited, with the reason why. Site and survey stay what they are.

    Raises:
        NotFound: the wave is outside the actor's reach, removed, or was answered on phones.
        InvalidInput: a rule is broken, the reason is empty, the number of people changes by only a few (the two means
            together would tell their answers to whoever saw both), or what is hidden of another wave would show.
        Conflict: ``newer_version`` when someone changed it meanwhile.
    """
    row = require_wave(session, actor, "change", wave_id)
    if row.collected != "totals":  # counted from sheets that are no more: nobody knows better numbers
        raise AccessDenied("survey_wave", "change", entity_id=wave_id)
    require_version(row, base_version)
    reason = stated(reason)
    _require_valid(session, session.get_one(Site, row.site_id), wave, row)
    stored = _stored_results(session, row.id)
    _require_same_people(stored, wave)
    wave = _with_spreads(stored, wave)
    days = (row.opened_on, row.closed_on, wave.opened_on, wave.closed_on)
    others = told_of_others(session, row, days)
    before = content(row, results=stored)
    for name in _COLUMNS:
        setattr(row, name, getattr(wave, name))
    mark_changed(row, actor)
    session.flush()
    session.connection().execute(delete(SurveyResult).where(col(SurveyResult.wave_id) == row.id))
    _write_results(session, row, wave)
    if told_of_others(session, row, days) != others:
        raise InvalidInput([Problem("results", "others_would_show")])
    return finish_correction(session, actor, "correct_wave", row, before, content(row, results=_results(wave)), reason)


@command
def remove_wave(session: Session, actor: Actor, wave_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Take a wave out of every list and figure. It can be restored.

    Raises:
        NotFound: the wave is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``removed``.
    """
    return _set_removed(session, actor, wave_id, base_version, reason, removed=True)


@command
def restore_wave(session: Session, actor: Actor, wave_id: uuid.UUID, base_version: int, reason: str) -> Saved:
    """Bring a removed wave back.

    Raises:
        NotFound: the wave is outside the actor's reach.
        InvalidInput: the reason is empty.
        Conflict: ``newer_version`` or ``not_removed``.
    """
    return _set_removed(session, actor, wave_id, base_version, reason, removed=False)


def _stored_results(session: Session, wave_id: uuid.UUID) -> list[dict[str, Any]]:
    rows = session.connection().execute(
        select(
            col(SurveyResult.scale_code),
            col(SurveyResult.respondents),
            col(SurveyResult.mean),
            col(SurveyResult.sd),
        )
        .where(col(SurveyResult.wave_id) == wave_id)
        .order_by(col(SurveyResult.scale_code))
    )
    return [dict(row._mapping) for row in rows]


def _results(wave: WaveInput) -> list[dict[str, Any]]:
    return sorted((result.model_dump() for result in wave.results), key=lambda result: str(result["scale_code"]))


def _require_valid(session: Session, site: Site, wave: WaveInput, row: SurveyWave | None = None) -> None:
    """Refuse what breaks a rule. ``row`` is the stored wave that is corrected: it may keep its instrument."""
    wave.require_valid()
    kept = row is not None and row.instrument_code == wave.instrument_code
    if not kept and not instrument_for(wave.instrument_code, site.program_id).offered_to(site.program_id):
        raise InvalidInput([Problem("instrument_code", "unknown_option")])
    problems = [] if row is None else _moved(row, wave)
    problems += [
        problem
        for field in ("opened_on", "closed_on")
        for problem in require_not_future(session, site.region_id, field, getattr(wave, field))
    ]
    problems += require_one_a_day(session, site.id, wave, row.id if row else None)
    if problems:
        raise InvalidInput(problems)


def _with_spreads(stored: list[dict[str, Any]], wave: WaveInput) -> WaveInput:
    """Keep the spread of a result that stays: one that is shown to nobody cannot be typed again."""
    known = {(one["scale_code"], one["respondents"], one["mean"]): one["sd"] for one in stored}
    results = [
        one if one.sd is not None
        else one.model_copy(update={"sd": known.get((one.scale_code, one.respondents, one.mean))})
        for one in wave.results
    ]  # fmt: skip
    return wave.model_copy(update={"results": tuple(results)})


def _moved(row: SurveyWave, wave: WaveInput) -> list[Problem]:
    """Give what a correction would move elsewhere: people of one site would be left out of sight at another."""
    return [
        Problem(name, "cannot_move")
        for name in ("site_id", "instrument_code")
        if getattr(row, name) != getattr(wave, name)
    ]


def _require_same_people(stored: list[dict[str, Any]], wave: WaveInput) -> None:
    before = {result["scale_code"]: result["respondents"] for result in stored}
    problems = [
        Problem(f"results.{one.scale_code}.respondents", "few_more_people")
        for one in wave.results
        if 0 < abs(one.respondents - before.get(one.scale_code, one.respondents)) < settings().staff_minimum
    ]
    if problems:
        raise InvalidInput(problems)


def _write_results(session: Session, row: SurveyWave, wave: WaveInput) -> None:
    session.add_all(
        SurveyResult(
            wave_id=row.id, region_id=row.region_id, instrument_code=row.instrument_code, **result.model_dump()
        )
        for result in wave.results
    )
    session.flush()


def _set_removed(
    session: Session, actor: Actor, wave_id: uuid.UUID, base_version: int, reason: str, *, removed: bool
) -> Saved:
    row = require_wave(session, actor, "remove" if removed else "restore", wave_id)
    return change_removal(session, actor, row, "wave", base_version, reason, removed=removed)
