"""Staff surveys for the tests: opened, with the codes in hand, and answered."""

from datetime import timedelta
from typing import Any

from db.commands.survey_waves import close_survey, open_survey, print_codes
from db.models.base import new_id
from db.models.instruments import SurveyWave
from db.models.survey_input import SurveyInput
from db.survey_box import put_in

PULSE = "attune_pulse"
SHEET = [4.0, 3.0, 4.0, 2.0, 5.0]


def survey(field: Any, **values: Any) -> SurveyInput:
    """Give a pulse survey of 7 people at the north site, open from today for a week, in both languages."""
    return SurveyInput(
        **{
            "client_uuid": new_id(),
            "site_id": field.here.id,
            "instrument_code": PULSE,
            "languages": ("en", "es"),
            "opened_on": field.today,
            "closed_on": field.today + timedelta(days=7),
            "invited": 7,
            **values,
        }
    )


def opened(session: Any, field: Any, role: Any = "consultant", **values: Any) -> tuple[Any, list[str]]:
    """Open a survey and print its codes; gives the wave's key and the codes."""
    actor = field.actor(role)
    saved = open_survey(session, actor, survey(field, **values))
    return saved.id, print_codes(session, actor, saved.id)


def answer(session: Any, codes: list[str], sheets: Any) -> None:
    """Put in one sheet per code, as far as there are sheets."""
    for code, sheet in zip(codes, sheets, strict=False):
        assert put_in(session, code, [float(value) for value in sheet])


def close(session: Any, field: Any, wave_id: Any, role: Any = "consultant") -> None:
    """Count a survey."""
    session.rollback()
    version = session.get_one(SurveyWave, wave_id, populate_existing=True).version
    close_survey(session, field.actor(role), wave_id, version)
