"""The sealed box of a staff survey: codes that each work once, and sheets that nothing joins to a code or a moment.

The only module that touches ``SurveyBox``. Putting in a sheet is no command: nobody is signed in, and no event, log
line or mark of the wave says that it happened. Docs: docs/decisions/0010.
"""

import hashlib
import json
import secrets
import statistics
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlmodel import Session, col

from analytics.scoring import ItemScale, score_survey
from db import throttle
from db.acting import whole_reach
from db.engine import writing
from db.instruments import Instrument, instrument
from db.instruments.scoring import survey_scoring_of
from db.models.base import utc_now
from db.models.instruments import SurveyBox, SurveyWave
from db.models.organisation import Region, Site
from db.regions import same_region
from db.settings import settings

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs, none of which looks like another: a code of 8 is one of 2^40."""
GROUP = 4
LENGTH = 2 * GROUP
ONE_SHEET = 2
"""From how many sheets on totals are kept: the total of one is that person's answer."""
PHONES = "phones"
GUESSES = "survey codes"

Sheet = list[float | None]
Row = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]
_chance = secrets.SystemRandom()


class OpenSurvey(NamedTuple):
    """What a person with a code is asked, where, and until when."""

    wave_id: uuid.UUID
    instrument_code: str
    languages: tuple[str, ...]
    closed_on: date
    site: str
    program_id: uuid.UUID


class ScaleTotal(NamedTuple):
    """What the sheets of a box came to on one scale."""

    scale_code: str
    respondents: int
    mean: float
    sd: float | None


def new_codes(count: int) -> list[str]:
    """Give as many different codes, in two groups as they are printed."""
    codes: set[str] = set()
    while len(codes) < count:
        signs = "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))
        codes.add(f"{signs[:GROUP]}-{signs[GROUP:]}")
    return _shuffled(list(codes))


def code_hash(wave_id: uuid.UUID, code: str) -> str:
    """Give what is stored of a code: its SHA-256 with the wave's key as salt."""
    return hashlib.sha256(f"attune survey {wave_id} {_plain(code)}".encode()).hexdigest()


def seal(session: Session, wave: SurveyWave, codes: Sequence[str]) -> None:
    """Lay an empty box out for a new wave, or exchange the codes of one that is still empty."""
    hashes = _shuffled([code_hash(wave.id, code) for code in codes])
    box = _locked(session, wave.id)
    if box is None:
        session.add(SurveyBox(wave_id=wave.id, region_id=wave.region_id, unused=hashes, answers=[]))
    else:
        box.unused = hashes
    session.flush()


def demo_row(wave_id: uuid.UUID, region_id: str, codes: Sequence[str], sheets: Sequence[Sequence[float | None]]) -> Row:
    """Give a box with these unused codes and sheets as the demo loads it: its table, its columns, and its one row."""
    hashes = sorted(code_hash(wave_id, code) for code in codes)
    row = (wave_id.hex, region_id, json.dumps(hashes), json.dumps(sorted(map(list, sheets))))
    return SurveyBox.__tablename__, ("wave_id", "region_id", "unused", "answers"), [row]


def untouched(session: Session, wave_id: uuid.UUID, invited: int) -> bool:
    """Tell whether nobody has answered yet, with the box locked until the transaction ends."""
    box = _locked(session, wave_id)
    return box is not None and len(box.unused) == invited


def used(session: Session, invited: dict[uuid.UUID, int]) -> dict[uuid.UUID, int]:
    """Give how many codes of each open wave were used, by the number invited; a wave without a box is left out."""
    statement = select(col(SurveyBox.wave_id), col(SurveyBox.unused)).where(col(SurveyBox.wave_id).in_(list(invited)))
    return {wave_id: invited[wave_id] - len(unused) for wave_id, unused in session.connection().execute(statement)}


def is_code(text: str) -> bool:
    """Tell whether this could be a code at all: anything else is looked up nowhere, and is no guess."""
    signs = [sign for sign in text.upper() if sign.isalnum()]
    return len(signs) == LENGTH and all(sign in ALPHABET for sign in signs)


def survey_of(session: Session, code: str, now: datetime | None = None) -> OpenSurvey | None:
    """Give the open survey that a code belongs to; None for one that is used, unknown or not open today."""
    if not is_code(code):
        return None
    with whole_reach():  # nobody is signed in, and the code says which of all boxes it belongs to
        return next((found for found, unused in _open(session, now) if code_hash(found.wave_id, code) in unused), None)


def put_in(session: Session, code: str, sheet: Sheet, now: datetime | None = None) -> bool:
    """Use up a code and put a sheet into its box; False when the code is used, unknown or not open.

    Of several with one code at once, exactly one counts. The sheet takes a random place and both lists are written
    anew in random order, so that the row afterwards shows neither which code went nor which sheet came.

    Raises:
        ValueError: the sheet does not fit the survey.
    """
    survey = survey_of(session, code, now)  # looks through every open box, so before anybody has to wait for it
    if survey is None:
        return False
    hashed = code_hash(survey.wave_id, code)
    with whole_reach(), writing(session):  # as above: nobody is signed in
        box = _locked(session, survey.wave_id)
        still_open = next(_open(session, now, survey.wave_id), None)
        if box is None or still_open is None or hashed not in box.unused:
            return False
        if not fits(instrument(survey.instrument_code), sheet):
            raise ValueError("the sheet does not fit the survey")
        box.unused = _shuffled([one for one in box.unused if one != hashed])
        box.answers = _shuffled([*box.answers, sheet])
    return True


def fits(one: Instrument, sheet: Sheet) -> bool:
    """Tell whether a sheet answers this instrument: as many items, each open or one of its answers, not all open."""
    if one.items is None or len(sheet) != one.items.count:
        return False
    given = [value for value in sheet if value is not None]
    return bool(given) and all(value in one.items.values for value in given)


def count_and_destroy(session: Session, wave: SurveyWave, asked: Instrument) -> list[ScaleTotal]:
    """Give what the sheets of a wave come to, and destroy the box with them: afterwards only totals exist.

    In the caller's transaction. A scale with fewer than two sheets has no total. ``asked``: the instrument as the
    site's program asks it, because a licensed pack can say what nobody else knows, such as which items are turned.

    Raises:
        ValueError: there are sheets, and nobody knows (any more) how to score them. Nothing is destroyed.
    """
    box = _locked(session, wave.id)
    sheets = list(box.answers) if box else []
    if sheets and survey_scoring_of(asked) is None:
        raise ValueError("nobody knows how to score these sheets")
    session.connection().execute(delete(SurveyBox).where(col(SurveyBox.wave_id) == wave.id))
    if box is not None:
        session.expunge(box)
    return totals_of(asked, sheets)


def totals_of(one: Instrument, sheets: Sequence[Sequence[float | None]]) -> list[ScaleTotal]:
    """Give what sheets come to on each scale: the mean and sample standard deviation of those that have a score.

    Of scales that share items only whole sheets count: a total of six people beside its parts of seven would tell,
    by subtraction, what the seventh answered.

    Raises:
        WrongAnswer: a sheet does not fit the instrument.
    """
    rules = survey_scoring_of(one)
    scored = [score_survey(rules, sheet, edition=one.code) for sheet in sheets] if rules else []
    totals = []
    for scale, together in _sharing_items(rules.scales if rules else ()):
        whole = [found for found in scored if all(found[code].value is not None for code in together)]
        scores = [score for found in whole if (score := found[scale.code].value) is not None]
        if len(scores) >= ONE_SHEET:
            totals.append(ScaleTotal(scale.code, len(scores), statistics.fmean(scores), statistics.stdev(scores)))
    return totals


def _sharing_items(scales: Sequence[ItemScale]) -> Iterator[tuple[ItemScale, set[str]]]:
    """Give each scale with the codes of all that share items with it, directly or through others."""
    for scale in scales:
        items, together = set(scale.positions), {scale.code}
        while more := [one for one in scales if one.code not in together and items & set(one.positions)]:
            together |= {one.code for one in more}
            items |= {position for one in more for position in one.positions}
        yield scale, together


def guessing_too_much(session: Session, now: datetime | None = None) -> bool:
    """Tell whether so many unknown codes came lately, on the whole server, that all have to wait."""
    return throttle.is_full(session, GUESSES, settings().throttle_server, now or utc_now())


def note_guess(session: Session, now: datetime | None = None) -> None:
    """Count an unknown code. A right one is never counted: the count's time would say when somebody answered."""
    throttle.count(session, GUESSES, settings().throttle_server, now or utc_now())


def _plain(code: str) -> str:
    return "".join(sign for sign in code.upper() if sign in ALPHABET)


def _shuffled(things: list[Any]) -> list[Any]:
    """Give a new list in random order: a new one, because the database layer sees no change inside a list."""
    return _chance.sample(things, len(things))


def _locked(session: Session, wave_id: uuid.UUID) -> SurveyBox | None:
    statement = select(SurveyBox).where(col(SurveyBox.wave_id) == wave_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def _open(
    session: Session, now: datetime | None, wave_id: uuid.UUID | None = None
) -> Iterator[tuple[OpenSurvey, list[str]]]:
    """Give the waves (or one) that take answers now on the clocks of their regions, with their unused codes."""
    now = now or utc_now()
    statement = (
        select(
            col(SurveyWave.id), col(SurveyWave.instrument_code), col(SurveyWave.languages), col(SurveyWave.opened_on),
            col(SurveyWave.closed_on), col(Site.name), col(Site.program_id), col(Region.timezone),
            col(SurveyBox.unused),
        )
        .join(SurveyBox, (col(SurveyBox.wave_id) == col(SurveyWave.id)) & same_region(SurveyBox, SurveyWave))
        .join(Site, col(Site.id) == col(SurveyWave.site_id))
        .join(Region, col(Region.id) == col(SurveyWave.region_id))
        .where(
            col(SurveyWave.collected) == PHONES,
            col(SurveyWave.counted_at).is_(None),
            col(SurveyWave.deleted_at).is_(None),
            col(SurveyWave.opened_on) <= now.date() + timedelta(days=1),
            col(SurveyWave.closed_on) >= now.date() - timedelta(days=1),
        )
    )  # fmt: skip
    if wave_id is not None:
        statement = statement.where(col(SurveyWave.id) == wave_id)
    for row in session.connection().execute(statement):
        if row.opened_on <= now.astimezone(ZoneInfo(row.timezone)).date() <= row.closed_on:
            survey = OpenSurvey(
                row.id, row.instrument_code, tuple(row.languages), row.closed_on, row.name, row.program_id
            )
            yield survey, row.unused
