"""Mean scores side by side: the instrument and its edition are chosen first, and none is set beside another."""

from typing import Any

from analytics.funnel import mean_funnel
from analytics.spread import pooled_sd
from components import compare_parts, score_parts
from components.charts.numbers import whole
from components.charts.template import palette
from components.chips import choose_chip
from components.messages import empty
from components.words import _
from db.actor import Actor
from db.engine import session
from db.instruments import Domain, Instrument, Scale, instrument
from db.period import Period
from db.queries import compare
from db.settings import settings


def draw(actor: Actor, period: Period, place: dict[str, Any], sums: list[compare.SiteSums], indicator: str) -> None:
    """Draw one scale of one instrument in one edition: ``indicator`` is ``quality`` or ``stress``."""
    kind = "observation" if indicator == "quality" else "survey"
    with session() as opened:
        used = [instrument(code) for code in compare.instruments_used(opened, actor, period)]
    tools = [tool for tool in used if tool.kind == kind]
    if not tools:
        empty(_("Nothing of this kind is on record in this period. Choose a longer one."))
        return
    chips = [(tool.code, f"{score_parts.name(tool)}, {tool.edition}") for tool in tools]
    tool = instrument(choose_chip(_("Instrument and edition"), "instrument", chips))
    measures: list[Domain | Scale] = [*(tool.domains or tool.scales)]
    code = choose_chip(_("Scale"), "scale", [(one.code, score_parts.words_of(one)) for one in measures])
    read = compare.quality_scores if indicator == "quality" else compare.stress_scores
    with session() as opened:
        found = {score.site_id: score for score in read(opened, actor, period, tool.code, code, **place)}
    measure = score_parts.measure(tool, code)
    _means(sums, found, tool, measure, indicator == "stress", len(period.months()))


def _means(
    sums: list[compare.SiteSums],
    found: dict[Any, compare.SiteScore],
    tool: Instrument,
    measure: Domain | Scale,
    people: bool,
    months: int,
) -> None:
    missing = _("too few answers, or no survey") if people else _("no observation that may be shown")
    entries = [score_parts.entry(site, found.get(site.site_id), missing) for site in sums]
    spreads = [(score.size, score.sd) for score in found.values() if score.sd]
    sd = pooled_sd(spreads) if len(spreads) == len(found) else None
    funnel = mean_funnel(
        [str(site.site_id) for site in sums],
        [site.name for site in sums],
        [found[site.site_id].value if site.site_id in found else None for site in sums],
        [found[site.site_id].size if site.site_id in found else None for site in sums],
        sd,
    )
    low, high = score_parts.bounds(tool, measure.code)
    unit = _("points ({low} to {high})").format(low=whole(low), high=whole(high))
    fewest = settings().staff_minimum if people else None
    words = compare_parts.scored(score_parts.directed(measure), unit, score_parts.better(measure), fewest, (low, high))
    compare_parts.compare(compare_parts.averaged(entries, funnel, sd), words, palette(), months)
