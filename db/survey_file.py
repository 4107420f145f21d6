"""A wave made of a file of answers: only its totals, under a key that the file itself gives."""

import hashlib
import uuid
from collections.abc import Sequence
from datetime import date

from db.instruments import instrument
from db.models.wave_input import WaveInput
from db.survey_box import totals_of


def wave_of_file(
    content: bytes,
    sheets: Sequence[Sequence[float | None]],
    *,
    site_id: uuid.UUID,
    instrument_code: str,
    opened_on: date,
    closed_on: date,
    invited: int,
) -> WaveInput:
    """Give the wave that a file comes to at a site. The same file gives the same key: sent twice, it adds nothing.

    Raises:
        InvalidInput: fewer than two rows have a score, more answered than were invited, or a date is wrong.
    """
    named = f"{hashlib.sha256(content).hexdigest()} {instrument_code}"
    return WaveInput.checked(
        {
            "client_uuid": uuid.uuid5(site_id, named),
            "source": "import",
            "site_id": site_id,
            "instrument_code": instrument_code,
            "opened_on": opened_on,
            "closed_on": closed_on,
            "invited": invited,
            "results": [total._asdict() for total in totals_of(instrument(instrument_code), sheets)],
        }
    )
