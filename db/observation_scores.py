"""The raw scores of a stored observation: what a correction begins with and what the audit keeps."""

import uuid

from sqlmodel import Session, col, select

from db.models.instruments import Score


def scores_of(session: Session, observation_id: uuid.UUID, cycles: int) -> list[dict[str, float]]:
    """Give the stored raw scores, one mapping per cycle, in the shape of the input."""
    rows = session.connection().execute(
        select(col(Score.cycle), col(Score.scale_code), col(Score.value))
        .where(col(Score.observation_id) == observation_id)
        .order_by(col(Score.cycle), col(Score.scale_code))
    )
    found: list[dict[str, float]] = [{} for _cycle in range(cycles)]
    for cycle, scale, value in rows:
        found[cycle - 1][scale] = value
    return found
