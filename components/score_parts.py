"""What the screen of one site's trends draws of classroom quality and staff stress."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analytics.control_charts import last_points, xmr_chart
from analytics.sentences import Finding, finding
from analytics.spread import mean_interval
from components import dates
from components.charts import lines, variation
from components.charts.axis import TimeMark
from components.charts.drawing import Drawing
from components.charts.lines import Line, Reading
from components.charts.multiples import Panel
from components.charts.numbers import decimal, whole
from components.charts.sentences import Better
from components.charts.template import Palette
from components.compare_parts import Entry
from components.dose_parts import score_panel
from components.words import _, language
from db.instruments import Domain, Instrument, Scale, instrument

MOST_LINES = 4

LineKey = tuple[str, str, Better, str]
"""The words, the edition, the good way and the code of a line."""


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
            key = _line_key(measure(tool, one.code), tool, one.code)
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
            found.setdefault(limits_of_scale, {}).setdefault(_line_key(scale, tool, result.scale_code), []).append(
                reading
            )
    return _lines(found)


def _lines(
    found: Mapping[tuple[float, float], Mapping[LineKey, list[Reading]]],
) -> dict[tuple[float, float], list[Line]]:
    return {
        limits: [
            Line(words, edition, better, tuple(readings), code)
            for (words, edition, better, code), readings in sorted(group.items())
        ]
        for limits, group in found.items()
    }


def _line_key(found: Domain | Scale, tool: Instrument, code: str) -> LineKey:
    return words_of(found), tool.edition, better(found), f"{tool.code}:{code}"


def judged(group: Sequence[Line], limits: tuple[float, float], starts: Mapping[str, Sequence[date]]) -> list[Line]:
    """Give the lines with their charts: a run chart until 12 points, then XmR limits (``starts`` by a line's code).

    A line of which a value is hidden from the reader is not judged: limits from the shown ones only would be wrong.
    """
    low, high = limits
    found = []
    for line in group:
        if all(reading.value is not None for reading in line.readings):
            new = [f"{start:%Y-%m}" for start in starts.get(line.code, ())]
            values = [reading.value for reading in line.readings]
            labels = [reading.on.isoformat() for reading in line.readings]
            line = line._replace(usual=xmr_chart(labels, values, starts=new, floor=low, ceiling=high))
        found.append(line)
    return found


def heads(group: Sequence[Line]) -> tuple[variation.Head, ...]:
    """Give the icon of every scale, by its latest edition."""
    latest = {line.words: line for line in sorted(group, key=lambda one: one.readings[-1].on)}
    return tuple(
        variation.head(finding(line.usual), line.better, words)
        for words, line in sorted(latest.items())
        if line.usual is not None
    )


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
    *,
    title: str,
    limits: tuple[float, float],
    size_words: str,
    months: Sequence[date],
    colors: Palette,
    notes: tuple[str, ...],
    marks: Sequence[TimeMark] = (),
) -> Drawing:
    """Give the drawing of a few judged scales on one axis."""
    seen = {line.words for line in group if any(one.on >= months[0] for one in line.readings)}
    group = [line for line in group if line.words in seen]
    told, icons = sentence(group), heads(group)
    group = [shown for line in group if (shown := _since(line, months[0])).readings]
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
        sentence=told,
        basis=_("{rounds} rounds, {editions}").format(
            rounds=len(days), editions=", ".join(edition for edition, _day in lines.editions(group))
        ),
        months=months,
        colors=colors,
        notes=(*notes, *_spread_note(group)),
        marks=marks,
        heads=icons,
    )


def _since(line: Line, first: date) -> Line:
    """Give a line from a day on; its limits rest on all of it."""
    readings = tuple(one for one in line.readings if one.on >= first)
    usual = last_points(line.usual, len(readings)) if line.usual is not None and readings else None
    return line._replace(readings=readings, usual=usual)


def panels(rounds: Sequence[Any], surveys: Sequence[Any], months: Sequence[date]) -> list[Panel]:
    """Give the panels of classroom quality and staff stress beside the dose: the instrument that was used last."""
    tool = max(rounds, key=lambda one: one.last_on, default=None)
    quality = quality_lines(rounds, instrument(tool.instrument_code).family) if tool else {}
    wave = max((one for one in surveys if one.results), key=lambda one: one.closed_on, default=None)
    stress = stress_lines(surveys, instrument(wave.instrument_code).family) if wave else {}
    none = _("No classroom observation is on record in this period.")
    return [
        score_panel(_("Classroom quality"), quality, none, months),
        score_panel(_("Staff stress"), stress, _("No staff survey closed in this period."), months),
    ]


def _spread_note(group: Sequence[Line]) -> tuple[str, ...]:
    if not any(lines.shows_spread(line) for line in group):
        return ()
    return (_("A line up and down through a point shows how far the mean may be off by chance (95%)."),)


def sentence(group: Sequence[Line]) -> str:
    """Give what the lines show: which changed by more than chance, or why nobody can tell yet."""
    if all(reading.value is None for line in group for reading in line.readings):
        return _("All scores of this time are hidden to protect the people behind them.")
    findings: dict[str, Finding] = {}
    latest: dict[str, float] = {}
    for line in sorted(group, key=lambda one: one.readings[-1].on):
        known = [reading.value for reading in line.readings if reading.value is not None]
        latest |= {line.words: known[-1]} if known else {}
        if line.usual is not None:
            findings[line.words] = finding(line.usual)
    told = _changes()
    changed = [f"{words}: {told[found.code]}" for words, found in sorted(findings.items()) if found.code in told]
    if changed:
        return _("More than chance explains: {changes}.").format(changes="; ".join(changed))
    begin = _("Latest: {scores}.").format(
        scores="; ".join(f"{words} {decimal(value)}" for words, value in sorted(latest.items()))
    )
    if not findings:
        return begin + " " + _("Some scores are hidden, so nothing is said about change.")
    if any(found.code in ("stable", "back_to_usual") for found in findings.values()):
        return begin + " " + _("The ups and downs are what chance alone would give.")
    return begin + " " + _("Too few rounds to tell a change from chance: limits come with 12, so read with care.")


def _changes() -> dict[str, str]:
    return {
        "higher_than_usual": _("higher than before"),
        "lower_than_usual": _("lower than before"),
        "rising": _("rising each time"),
        "falling": _("falling each time"),
        "outside_once": _("the latest lies outside its limits"),
        "near_limit": _("close to its limit, two of three times"),
        "changed_level": _("changed its level"),
    }


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
