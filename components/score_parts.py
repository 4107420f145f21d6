"""What the screen of one site's trends draws of classroom quality and staff stress."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analytics.sentences import Finding
from analytics.spread import mean_interval
from components import dates
from components.charts import lines
from components.charts.drawing import Drawing
from components.charts.lines import Line, Reading
from components.charts.numbers import decimal, whole
from components.charts.sentences import Better
from components.charts.template import Palette
from components.compare_parts import Entry
from components.words import _, language
from db.instruments import Domain, Instrument, Scale, instrument

MOST_LINES = 4

LineKey = tuple[str, str, Better]
"""The words, the edition and the good way of a line."""


def families(codes: Sequence[str]) -> list[tuple[str, str]]:
    """Give the families of these instruments as chips: code, and the name of the newest edition."""
    found = {instrument(code).family: name(instrument(code)) for code in sorted(set(codes))}
    return sorted(found.items(), key=lambda item: item[1])


def name(tool: Instrument) -> str:
    """Give an instrument's name in the reader's language."""
    return tool.name_es if language() == "es" else tool.name


def measure(tool: Instrument, code: str) -> Domain | Scale:
    """Give the domain or, in an instrument without domains, the scale of that code."""
    return tool.domain(code) if tool.domains else tool.scale(code)


def words_of(found: Domain | Scale) -> str:
    """Give the name of a domain or scale in the reader's language."""
    return found.es if language() == "es" else found.en


def bounds(tool: Instrument, code: str) -> tuple[float, float]:
    """Give the lowest and the highest score that is possible."""
    if not tool.domains:
        scale = tool.scale(code)
        return scale.minimum, scale.maximum
    scales = [tool.scale(part) for part in tool.domain(code).scales]
    return min(scale.minimum for scale in scales), max(scale.maximum for scale in scales)


def quality_lines(rounds: Sequence[Any], family: str) -> dict[tuple[float, float], list[Line]]:
    """Give the lines of one family of instruments, by the range of their scale: what fits on one axis."""
    found: dict[tuple[float, float], dict[LineKey, list[Reading]]] = {}
    for one in rounds:
        tool = instrument(one.instrument_code)
        if tool.family == family:
            key = _line_key(measure(tool, one.code), tool)
            reading = Reading(one.last_on, one.value, one.rooms)
            found.setdefault(bounds(tool, one.code), {}).setdefault(key, []).append(reading)
    return _lines(found)


def stress_lines(waves: Sequence[Any], family: str) -> dict[tuple[float, float], list[Line]]:
    """Give the lines of one survey, by the range of their scale, with the interval of each mean where it is known."""
    found: dict[tuple[float, float], dict[LineKey, list[Reading]]] = {}
    for wave in sorted(waves, key=lambda wave: wave.closed_on):
        tool = instrument(wave.instrument_code)
        if tool.family != family:
            continue
        for result in wave.results:
            scale = tool.scale(result.scale_code)
            limits = mean_interval(result.mean, result.sd, result.respondents)
            spread = limits.high - result.mean if limits else None
            reading = Reading(wave.closed_on, result.mean, result.respondents, spread)
            limits_of_scale = (scale.minimum, scale.maximum)
            found.setdefault(limits_of_scale, {}).setdefault(_line_key(scale, tool), []).append(reading)
    return _lines(found)


def _lines(
    found: Mapping[tuple[float, float], Mapping[LineKey, list[Reading]]],
) -> dict[tuple[float, float], list[Line]]:
    return {
        limits: [Line(*key, tuple(readings)) for key, readings in sorted(group.items())]
        for limits, group in found.items()
    }


def _line_key(found: Domain | Scale, tool: Instrument) -> LineKey:
    return words_of(found), tool.edition, better(found)


def directed(found: Domain | Scale) -> str:
    """Give the name of a domain or scale with the good direction."""
    return f"{words_of(found)} ({good_way(better(found))})"


def good_way(way: Better) -> str:
    """Give which way is good, in words."""
    return _("higher is better") if way == "higher" else _("lower is better")


def better(found: Domain | Scale) -> Better:
    """Give which way is good."""
    return "higher" if found.direction == "higher_better" else "lower"


def in_charts(group: Sequence[Line]) -> list[list[Line]]:
    """Give the lines in charts of at most four different scales each."""
    names = list(dict.fromkeys(line.words for line in group))
    chunks = [names[at : at + MOST_LINES] for at in range(0, len(names), MOST_LINES)]
    return [[line for line in group if line.words in chunk] for chunk in chunks]


def scores(
    group: Sequence[Line],
    findings: Mapping[str, Finding],
    *,
    title: str,
    limits: tuple[float, float],
    size_words: str,
    months: Sequence[date],
    colors: Palette,
    notes: tuple[str, ...],
) -> Drawing:
    """Give the drawing of a few scales on one axis."""
    ways = {line.better for line in group}
    if len(ways) == 1:
        title = f"{title} ({good_way(ways.pop())})"
    else:
        group = [line._replace(words=f"{line.words} ({good_way(line.better)})") for line in group]
    readings = [reading for line in group for reading in line.readings]
    days = {reading.on for reading in readings}
    low, high = limits
    return lines.draw(
        group,
        title=title,
        unit=_("Score ({low} to {high})").format(low=whole(low), high=whole(high)),
        size_words=size_words,
        low=low,
        high=high,
        sentence=sentence(group, findings),
        basis=_("{rounds} rounds, {editions}").format(
            rounds=len(days), editions=", ".join(edition for edition, _day in lines.editions(group))
        ),
        months=months,
        colors=colors,
        notes=(*notes, *_spread_note(group)),
    )


def _spread_note(group: Sequence[Line]) -> tuple[str, ...]:
    if not any(lines.shows_spread(line) for line in group):
        return ()
    return (_("A line up and down through a point shows how far the mean may be off by chance (95%)."),)


def sentence(group: Sequence[Line], findings: Mapping[str, Finding]) -> str:
    """Give what the lines show: which changed by more than chance, or why nobody can tell yet."""
    if all(reading.value is None for line in group for reading in line.readings):
        return _("All scores of this time are hidden to protect the people behind them.")
    told = {"higher_than_usual": _("higher than before"), "lower_than_usual": _("lower than before")}
    changed = [
        f"{words}: {told.get(found.code, _('changed its level'))}"
        for words, found in findings.items()
        if found.code in ("higher_than_usual", "lower_than_usual", "changed_level")
    ]
    if changed:
        return _("More than chance explains: {changes}.").format(changes="; ".join(changed))
    latest = _("Latest: {scores}.").format(
        scores="; ".join(
            f"{words} {decimal(found.latest)}" for words, found in findings.items() if found.latest is not None
        )
    )
    if any(found.code == "stable" for found in findings.values()):
        return latest + " " + _("The ups and downs are what chance alone would give.")
    return latest + " " + _("Too few rounds to tell a change from chance: it takes 10, so read differences with care.")


def entry(site: Any, score: Any | None, missing: str) -> Entry:
    """Give one site of a comparison of means; ``missing`` says why there is none."""
    if score is None:
        return Entry(site.site_id, site.name, site.program, None, None, None, "–", "–", why=missing)
    limits = mean_interval(score.value, score.sd, score.size)
    return Entry(
        site.site_id, site.name, site.program, score.value,
        limits.low if limits else None, limits.high if limits else None,
        dates.month(score.on), _("about {size}").format(size=score.size) if score.rounded else whole(score.size),
    )  # fmt: skip
