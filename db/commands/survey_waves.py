"""Opening a staff survey on phones, printing its codes, and closing it, which leaves nothing but totals."""

import uuid

from sqlmodel import Session, col

from db import access, survey_box, survey_closing
from db.actor import Actor
from db.commands.command import (
    Saved,
    command,
    content,
    earlier,
    mark_changed,
    marks_of,
    require_version,
    write_event,
)
from db.errors import AccessDenied, Conflict, InvalidInput, Problem
from db.instruments import instrument_for
from db.local_time import local_now
from db.models.instruments import SurveyWave
from db.models.organisation import Site
from db.models.survey_input import SurveyInput
from db.wave_rows import require_one_a_day, require_wave

LAST_DAY_OVER = "the last day is over"


@command
def open_survey(session: Session, actor: Actor, survey: SurveyInput) -> Saved:
    """Store a wave that staff will answer on phones, with its sealed box.

    The box gets as many codes as people are invited, known to nobody yet: ``print_codes`` exchanges them for codes
    that are printed.

    Raises:
        NotFound: the site is outside the actor's scope (or does not exist).
        InvalidInput: a rule is broken, the first day is over, or there is a wave of this survey from that day.
        Conflict: this client_uuid was stored before with other content, or removed.
    """
    site = access.require_site(session, actor, "survey_wave", "add", survey.site_id)
    again = earlier(session, SurveyWave, survey)
    if again:
        return again
    _require_valid(session, site, survey)
    row = SurveyWave(
        instrument_code=survey.instrument_code,
        opened_on=survey.opened_on,
        closed_on=survey.closed_on,
        invited=survey.invited,
        languages=list(survey.languages),
        collected=survey_box.PHONES,
        **marks_of(actor, site, survey),
    )
    session.add(row)
    session.flush()
    survey_box.seal(session, row, survey_box.new_codes(row.invited))
    write_event(session, actor, "open_survey", row, after=content(row))
    return Saved(row.id, row.version)


@command
def print_codes(session: Session, actor: Actor, wave_id: uuid.UUID) -> list[str]:
    """Make the codes of a wave anew and give them, one for each person invited: they are stored nowhere.

    Codes that were printed before stop working. Only while nobody has answered: later the number of codes that are
    left would tell how many did, and a second code for the same person would count twice.

    Raises:
        NotFound: the wave is outside the actor's reach, removed, closed, or of totals only.
        Conflict: ``answered`` when somebody used a code already.
    """
    row = require_wave(session, actor, "change", wave_id)
    _require_open(row)
    if not survey_box.untouched(session, row.id, row.invited):
        raise Conflict("answered")
    codes = survey_box.new_codes(row.invited)
    survey_box.seal(session, row, codes)
    write_event(session, actor, "print_codes", row)
    return codes


@command
def close_survey(session: Session, actor: Actor, wave_id: uuid.UUID, base_version: int) -> Saved:
    """Count a wave's sheets into totals per scale, and destroy the sheets and the codes. There is no way back.

    Raises:
        NotFound: the wave is outside the actor's reach, removed, closed already, or of totals only.
        Conflict: ``newer_version``, ``not_begun`` before its first day, or ``not_scored`` when the pack that says how
            was removed since.
    """
    row = require_wave(session, actor, "change", wave_id)
    _require_open(row)
    require_version(row, base_version)
    survey_closing.count(session, row)
    mark_changed(row, actor)
    session.flush()
    write_event(session, actor, "close_survey", row, after={"closed_on": row.closed_on})
    return Saved(row.id, row.version, created=False)


@command
def count_ended_surveys(session: Session, actor: Actor) -> int:
    """Count the surveys that the actor may see and whose last day is over, and give how many: nobody has to tap.

    Nothing can be answered any more then, so that counting shows no more than whoever opened them would see.
    """

    def note(row: SurveyWave) -> None:
        mark_changed(row, actor)
        write_event(session, actor, "close_survey", row, after={"closed_on": row.closed_on}, reason=LAST_DAY_OVER)

    within = access.within(
        actor, "survey_wave", "see", site_id=col(SurveyWave.site_id), region_id=col(SurveyWave.region_id),
        owner_id=col(SurveyWave.created_by),
    )  # fmt: skip
    return survey_closing.count_ended(session, within, note)


def _require_open(row: SurveyWave) -> None:
    if row.collected != survey_box.PHONES or row.counted_at is not None:
        raise AccessDenied("survey_wave", "change", entity_id=row.id)


def _require_valid(session: Session, site: Site, survey: SurveyInput) -> None:
    survey.require_valid()
    problems = list(survey.askable(instrument_for(survey.instrument_code, site.program_id)))
    if survey.closed_on < local_now(session, site.region_id).date():
        problems.append(Problem("closed_on", "day_over"))
    elif survey.opened_on < local_now(session, site.region_id).date():
        problems.append(Problem("opened_on", "day_over"))
    problems += require_one_a_day(session, site.id, survey)
    if problems:
        raise InvalidInput(problems)
