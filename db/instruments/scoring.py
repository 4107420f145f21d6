"""From an instrument of the registry to the scoring rules that the arithmetic takes."""

from analytics.change import Basis
from analytics.scoring import Domain, InstrumentScoring, ItemScale, SurveyScoring
from db.instruments.records import Domain as RegisteredDomain
from db.instruments.records import Instrument, Scale


def scoring_of(instrument: Instrument) -> InstrumentScoring:
    """Give how this edition turns raw scores into domain scores (``analytics.scoring.score_domains``)."""
    return InstrumentScoring(
        code=instrument.code,
        formula_version=instrument.formula_version,
        domains=tuple(Domain(domain.code, domain.scales) for domain in instrument.domains),
        reversed={scale.code: (scale.minimum, scale.maximum) for scale in instrument.scales if scale.reversed},
    )


def survey_scoring_of(instrument: Instrument) -> SurveyScoring | None:
    """Give how this edition turns a sheet of answers into scales (``analytics.scoring.score_survey``).

    None where not every scale can be scored from items: none are known, or nobody knows which are turned round.
    """
    form = instrument.items
    if form is None:
        return None
    scales = []
    for scale in instrument.scales:
        if scale.items is None or scale.items.reversed is None:
            return None
        scales.append(ItemScale(scale.code, scale.items.positions, scale.items.reversed, scale.items.combine))
    return SurveyScoring(instrument.code, instrument.formula_version, form.count, form.values, tuple(scales))


def change_basis_of(part: Scale | RegisteredDomain) -> Basis | None:
    """Give the spread and reliability by which a change on this scale is told from noise, or None where not known."""
    if part.sd is None or part.reliability is None:
        return None
    unverified = part.sd.unverified or part.reliability.unverified
    return Basis(part.sd.value, part.sd.source, part.reliability.value, part.reliability.source, unverified)
