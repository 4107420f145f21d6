"""Compute domain scores by the present formulas, beside those that were computed before: no stored figure changes."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, insert, select
from sqlmodel import Session, col

from analytics.scoring import InstrumentScoring, score_domains
from db import audit
from db.engine import writing
from db.instruments import INSTRUMENTS
from db.instruments.scoring import scoring_of
from db.models.base import utc_now
from db.models.instruments import ComputedScore, Observation, RecomputedScore, Score
from db.regions import same_region

AT_ONCE = 500


def recompute(session: Session, rules: Mapping[str, InstrumentScoring] | None = None) -> Counter[str]:
    """Add the present formula's scores wherever only an older one's stand; a second run adds nothing.

    Removed observations are included: they may be restored. One audit event says how many of each instrument.

    Args:
        session: the database session.
        rules: the scoring of each instrument by its code; that of the registry unless given.

    Returns:
        How many observations were computed again, by instrument.
    """
    done: Counter[str] = Counter()
    rules = rules or {code: scoring_of(entry) for code, entry in INSTRUMENTS.items() if entry.domains}
    for code, rule in rules.items():
        while added := _some(session, code, rule):
            done[code] += added
    return done


def _some(session: Session, code: str, rule: InstrumentScoring) -> int:
    """Compute up to ``AT_ONCE`` observations of one instrument in a transaction of their own; gives how many."""
    with writing(session):
        run = session.connection().execute
        again = exists().where(
            col(RecomputedScore.observation_id) == col(Observation.id),
            same_region(RecomputedScore, Observation),
            col(RecomputedScore.formula_version) == rule.formula_version,
        )
        older = exists().where(
            col(ComputedScore.observation_id) == col(Observation.id),
            same_region(ComputedScore, Observation),
            col(ComputedScore.formula_version) != rule.formula_version,
        )
        wanted = select(col(Observation.id), col(Observation.region_id), col(Observation.cycles)).where(
            col(Observation.instrument_code) == code, older, ~again
        )
        found = run(wanted.order_by(col(Observation.id)).limit(AT_ONCE)).all()
        if not found:
            return 0
        raw: dict[Any, dict[int, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
        scores = select(col(Score.observation_id), col(Score.cycle), col(Score.scale_code), col(Score.value)).where(
            col(Score.observation_id).in_([key for key, _region, _cycles in found])
        )
        for key, cycle, scale, value in run(scores):
            raw[key][cycle][scale] = value
        now = utc_now()
        rows = [
            {"observation_id": key, "region_id": region, "code": domain, "formula_version": rule.formula_version,
             "value": score.value, "cycles": score.n_cycles, "computed_at": now}
            for key, region, cycles in found
            for domain, score in score_domains(rule, [raw[key][at] for at in range(1, cycles + 1)]).items()
        ]  # fmt: skip
        run(insert(RecomputedScore), rows)
        audit.append(
            session, actor_id=None, actor_role="operator", action="recompute", entity="recomputed_score",
            rows=len(rows), after={"instrument": code, "formula_version": rule.formula_version},
        )  # fmt: skip
        return len(found)
