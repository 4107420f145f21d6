"""From an instrument of the registry to the scoring rules that the arithmetic takes."""

from analytics.scoring import Domain, InstrumentScoring
from db.instruments.records import Instrument


def scoring_of(instrument: Instrument) -> InstrumentScoring:
    """Give how this edition turns raw scores into domain scores (``analytics.scoring.score_domains``)."""
    return InstrumentScoring(
        code=instrument.code,
        formula_version=instrument.formula_version,
        domains=tuple(Domain(domain.code, domain.scales) for domain in instrument.domains),
        reversed={scale.code: (scale.minimum, scale.maximum) for scale in instrument.scales if scale.reversed},
    )
