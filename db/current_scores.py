"""Which version of a computed score is read: the registry's own, and until it was computed the one that stands."""

from typing import Any

from sqlalchemy import and_, case, select
from sqlmodel import col

from db.instruments import INSTRUMENTS
from db.models.instruments import ComputedScore, RecomputedScore
from db.regions import same_region


def current_scores() -> Any:
    """Give the subquery of domain scores: observation_id, region_id, code, value, formula_version, one row per score.

    A score that ``db.recompute`` gave by the registry's present formula takes the place of the older one, which stays
    stored. A formula version never comes back once it was left, so its name alone tells whether it is the present one.
    """
    present = sorted({entry.formula_version for entry in INSTRUMENTS.values()})
    again = col(RecomputedScore.observation_id)
    return (
        select(
            col(ComputedScore.observation_id),
            col(ComputedScore.region_id),
            col(ComputedScore.code),
            # A score may be empty by either formula, so that its own presence cannot decide.
            case((again.is_not(None), col(RecomputedScore.value)), else_=col(ComputedScore.value)).label("value"),
            case(
                (again.is_not(None), col(RecomputedScore.formula_version)), else_=col(ComputedScore.formula_version)
            ).label("formula_version"),
        )
        .select_from(ComputedScore)
        .outerjoin(
            RecomputedScore,
            and_(
                again == col(ComputedScore.observation_id),
                same_region(RecomputedScore, ComputedScore),
                col(RecomputedScore.code) == col(ComputedScore.code),
                col(RecomputedScore.formula_version).in_(present),
            ),
        )
        .subquery()
    )
