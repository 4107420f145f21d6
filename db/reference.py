"""Copies the option lists and instruments from their files into the database, which checks against them."""

from sqlmodel import Session, col, select

from db.instruments import INSTRUMENTS
from db.models.instruments import InstrumentRow, ScaleRow
from db.models.records import OptionRow
from db.options import OPTION_LISTS


def sync(session: Session) -> None:
    """Add what is missing. Nothing is taken away: old records may still hold an old code."""
    run = session.connection().execute
    options = {(row.list, row.code) for row in run(select(col(OptionRow.list), col(OptionRow.code)))}
    session.add_all(
        OptionRow(list=name, code=option.code)
        for name, option_list in OPTION_LISTS.items()
        for option in option_list.options
        if (name, option.code) not in options
    )
    instruments = set(run(select(col(InstrumentRow.code))).scalars())
    scales = {tuple(row) for row in run(select(col(ScaleRow.instrument_code), col(ScaleRow.code)))}
    for code, instrument in INSTRUMENTS.shipped.items():
        if code not in instruments:
            session.add(
                InstrumentRow(code=code, name=instrument.name, edition=instrument.edition, kind=instrument.kind)
            )
    session.flush()
    for code, instrument in INSTRUMENTS.shipped.items():
        session.add_all(
            ScaleRow(
                instrument_code=code,
                code=scale.code,
                minimum=scale.minimum,
                maximum=scale.maximum,
                step=scale.step,
                direction=scale.direction,
            )
            for scale in instrument.scales
            if (code, scale.code) not in scales
        )
    session.flush()
