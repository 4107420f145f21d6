"""What the comparison of sites draws: one indicator at a time, as a table by name and a funnel, never a rank."""

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from analytics.funnel import Funnel, rate_funnel
from analytics.intervals import Estimate, rate
from analytics.shrinkage import shrink_means, shrink_rates
from components.charts import funnel as funnel_chart
from components.charts.drawing import show
from components.charts.numbers import decimal, hidden_words, hours, whole
from components.charts.sentences import Better
from components.charts.template import Palette
from components.messages import link
from components.recording_parts import Recording, rule
from components.recording_parts import head as recording_head
from components.text import escaped, literal
from components.words import _, plural

MOST_IN_TABLE = 40
MOST_LISTED = 12
CHANCE_Z = 1.96
"""Standard errors from the centre beyond which 5 % lie by chance: the inner limits of a funnel."""
MOST_HIDDEN_SHARE = 1 / 3
"""Hidden sites beyond this share of the usable ones make a picture of the rest misleading."""


@dataclass(frozen=True)
class Entry:
    """One site in the comparison: its number with what it rests on, or why there is none (``why``).

    ``records`` says how it records; ``apart`` why it is left out of the comparison though it has a number.
    """

    site_id: uuid.UUID
    name: str
    program: str
    value: float | None
    low: float | None
    high: float | None
    counted: str
    divided_by: str
    why: str = ""
    hidden: bool = False
    records: str = ""
    apart: str = ""


@dataclass(frozen=True)
class Indicator:
    """What is compared: its words, its unit, which way is good, the heads of its columns, and what to keep in mind.

    ``possible`` is the range of its values, ``rate`` tells whether it is divided by children.
    """

    title: str
    unit: str
    counted: str
    size_words: str
    better: Better
    caution: str
    possible: tuple[float, float] = (0.0, math.inf)
    rate: bool = True


@dataclass(frozen=True)
class Comparison:
    """The sites of a comparison by name, their funnel, and the keys of those outside the limits of chance alone.

    ``shrunken`` are the estimates drawn toward all sites, by key.
    """

    entries: list[Entry]
    funnel: Funnel
    beyond_chance: frozenset[str]
    shrunken: Mapping[str, float] = field(default_factory=dict)


def indicators() -> dict[str, str]:
    """Give what can be compared, as chips."""
    return {
        "incidents": _("Incidents"),
        "visits": _("Visits and hours"),
        "quality": _("Classroom quality"),
        "stress": _("Staff stress"),
        "exclusions": _("Lost care"),
    }


def rated(
    sums: Sequence[Any],
    counts: Sequence[int | None],
    exposures: Sequence[float | None],
    per: float,
    counted: Callable[[Any], str],
    hidden: Callable[[Any], bool],
    recorded: Recording | None = None,
) -> Comparison:
    """Give the sites and the funnel of a rate, each with its exact interval.

    ``recorded`` says how each site records; those that record differently stand in no funnel, nor in its center.
    """
    recorded = recorded or Recording()
    keys, names = [str(site.site_id) for site in sums], [site.name for site in sums]
    left_out = [hidden(site) or site.site_id in recorded.apart for site in sums]
    shown = [None if out else count for out, count in zip(left_out, counts, strict=True)]
    funnel = rate_funnel(keys, names, shown, exposures, per)
    chance = rate_funnel(keys, names, shown, exposures, per, widen=False) if funnel.overdispersed else funnel
    entries = []
    for site, count, exposure in zip(sums, counts, exposures, strict=True):
        found: Estimate | None = rate(count, exposure, per) if count is not None and exposure else None
        entries.append(
            Entry(
                site.site_id, site.name, site.program,
                found.value if found else None, found.low if found else None, found.high if found else None,
                hidden_words() if hidden(site) else counted(site), decimal(exposure, 0),
                why="" if exposure else _why(site), hidden=hidden(site),
                records=recorded.words.get(site.site_id, ""),
                apart=recorded.apart.get(site.site_id, "") if exposure else "",
            )
        )  # fmt: skip
    beyond = frozenset(point.key for point in chance.points if point.zone != "inside")
    return Comparison(entries, funnel, beyond, _shrunken_rates(funnel))


def _shrunken_rates(funnel: Funnel) -> dict[str, float]:
    points = funnel.points
    found = shrink_rates([point.observed for point in points], [point.exposure for point in points], funnel.per)
    return dict(zip([point.key for point in points], found, strict=True)) if found else {}


def _why(site: Any) -> str:
    """Say what is missing for a rate: the children, or only the days on which they were there."""
    return _("enrollment without open days") if site.enrolled else _("no enrollment entered")


def averaged(entries: list[Entry], funnel: Funnel, sd: float | None) -> Comparison:
    """Give a comparison of means, whose limits of chance are those before any widening.

    Without ``sd``, the spread of single scores, nobody knows how much of a distance is chance: no shrunken estimate.
    """
    points = funnel.points
    beyond = (point.key for point in points if funnel.enough_sites and abs(point.z) > CHANCE_Z)
    found = shrink_means([point.value for point in points], [point.exposure for point in points], sd) if sd else None
    shrunken = dict(zip([point.key for point in points], found, strict=True)) if found else {}
    return Comparison(entries, funnel, frozenset(beyond), shrunken)


def incidents(per_child_days: bool) -> Indicator:
    """Give the words for incident rates."""
    unit = _("incidents per 1,000 child-days") if per_child_days else _("incidents per 100 children and month")
    return Indicator(
        title=_("Challenging-behavior incidents by site"),
        unit=unit,
        counted=_("Incidents"),
        size_words=_("Child-days") if per_child_days else _("Children, summed over months"),
        better="lower",
        caution=_(
            "A site that writes everything down looks worse than one that does not. Before reading anything into a"
            " difference, ask how incidents are recorded at both."
        ),
    )


def visits() -> Indicator:
    """Give the words for visits."""
    return Indicator(
        title=_("Visits by site"),
        unit=_("visits per 100 children and month"),
        counted=_("Visits (hours)"),
        size_words=_("Children, summed over months"),
        better=None,
        caution=_("Visits are planned, so more or fewer is not good or bad by itself: some sites need more."),
    )


def exclusions() -> Indicator:
    """Give the words for lost care."""
    return Indicator(
        title=_("Times that a child lost care because of behavior, by site"),
        unit=_("times per 100 children and year"),
        counted=_("Times (hours lost)"),
        size_words=_("Children, summed over months"),
        better="lower",
        caution=_("These are few, so chance weighs heavily; and a site that writes them down looks worse."),
    )


def scored(title: str, unit: str, better: Better, fewest: int | None, possible: tuple[float, float]) -> Indicator:
    """Give the words for a mean score of rooms, or of so many people at least."""
    caution = _("Latest quarter with observations. Observers, rooms and days differ between sites.")
    if fewest:
        caution = _(
            "Latest survey with at least {least} answers. It describes a site, not a person, and is not a diagnosis."
        ).format(least=fewest)
    return Indicator(
        title=title,
        unit=unit,
        counted=_("Date"),
        size_words=_("People who answered") if fewest else _("Rooms observed"),
        better=better,
        caution=caution,
        possible=possible,
        rate=False,
    )


def incident_count(per_child_days: bool, site: Any) -> str:
    """Give the incidents that belong to the denominator; all of them where there is none."""
    covered, size = (site.in_child_days, site.child_days) if per_child_days else (site.in_enrolled, site.enrolled)
    return whole(covered if size else site.incidents)


def visit_count(site: Any) -> str:
    """Give a site's visits with their hours."""
    return f"{whole(site.visits)} ({hours(site.minutes)})"


def exclusion_count(site: Any) -> str:
    """Give how often care was lost, with the hours."""
    return f"{whole(site.exclusions)} ({decimal(site.hours_lost)})"


def compare(comparison: Comparison, indicator: Indicator, colors: Palette, period: int) -> None:
    """Draw the funnel, the caution, the table of all sites by name, and the sites without a number."""
    entries, funnel = comparison.entries, comparison.funnel
    usable = len(funnel.points)
    hidden = sum(entry.hidden for entry in entries)
    if len(entries) < 2:
        st.info(_("A comparison needs several sites. Here is what is known of yours; its trends say more."))
    elif hidden > MOST_HIDDEN_SHARE * max(usable + hidden, 1):
        st.info(
            _(
                "{hidden} of {sites} sites have counts too small to be shown to you. A picture of the others would"
                " mislead, so there is none. Choose a longer period."
            ).format(hidden=hidden, sites=len(entries))
        )
    elif not usable:
        st.info(_("No site has a number for this yet. Choose a longer period or another indicator."))
    else:
        drawing = funnel_chart.draw(
            funnel, title=indicator.title, unit=indicator.unit, size_words=indicator.size_words,
            better=indicator.better, beyond_chance=comparison.beyond_chance, possible=indicator.possible,
            colors=colors, shrunken=comparison.shrunken, notes=(indicator.caution, *_hidden_note(hidden)),
            basis=_("{usable} of {sites} sites").format(usable=usable, sites=len(entries)),
        )  # fmt: skip
        show(drawing, "funnel")
    _apart(entries)
    judged = funnel.points if funnel.enough_sites else ()
    readings = {point.key: funnel_chart.reading(point, comparison.beyond_chance) for point in judged}
    readings |= {str(entry.site_id): _("records differently: not compared") for entry in entries if entry.apart}
    _table(comparison, readings, indicator, period)
    if indicator.rate:
        _without(entries)


def _apart(entries: Sequence[Entry]) -> None:
    """Name the sites that are not compared because they record differently, with the reason and the rule."""
    apart = [entry for entry in entries if entry.apart]
    if not apart:
        return
    words = plural(
        "{count} site records differently and is not compared:",
        "{count} sites record differently and are not compared:",
        len(apart),
    )
    with st.container(border=True, gap="small"):
        literal(words.format(count=len(apart)))
        for entry in apart[:MOST_LISTED]:
            literal(f"{entry.name}: {entry.apart}")
        if len(apart) > MOST_LISTED:
            st.caption(_("and {count} more").format(count=len(apart) - MOST_LISTED))
        st.caption(rule())


def _hidden_note(hidden: int) -> tuple[str, ...]:
    if not hidden:
        return ()
    words = plural(
        "{count} site with a small count is hidden to protect privacy and not part of the picture.",
        "{count} sites with small counts are hidden to protect privacy and not part of the picture.",
        hidden,
    )
    return (words.format(count=hidden),)


def _table(comparison: Comparison, readings: Mapping[str, str], indicator: Indicator, period: int) -> None:
    st.subheader(_("All sites, by name"), anchor=False)
    if len(comparison.entries) > MOST_IN_TABLE:
        _long_table(comparison, readings, indicator, period)
    else:
        st.table(_columns(comparison, readings, indicator, period), hide_index=True, border="horizontal")


def _columns(
    comparison: Comparison, readings: Mapping[str, str], indicator: Indicator, period: int
) -> dict[str, list[Any]]:
    entries = comparison.entries
    many = len(entries) > MOST_IN_TABLE
    drawn = [comparison.shrunken.get(str(entry.site_id)) for entry in entries]
    return {
        _("Site"): [entry.name if many else _name(entry, period) for entry in entries],
        **_values(entries, indicator, many),
        **({_("Drawn toward all sites"): _numbers(drawn, many)} if comparison.shrunken else {}),
        indicator.counted: [entry.counted for entry in entries],
        indicator.size_words: [entry.divided_by for entry in entries],
        _("Reading"): [_reading(entry, readings, many) for entry in entries],
        **_records(entries),
        **({_("Program"): [entry.program for entry in entries]} if many else {}),
    }


def _reading(entry: Entry, readings: Mapping[str, str], many: bool) -> str:
    found = readings.get(str(entry.site_id), "–")
    return (_unreadable(entry) or found) if many else found


def _records(entries: Sequence[Entry]) -> dict[str, list[str]]:
    if not any(entry.records for entry in entries):
        return {}
    return {recording_head(): [entry.records or "–" for entry in entries]}


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _numbers(values: Sequence[float | None], many: bool) -> list[Any]:
    return [_number(value) if many else decimal(value) for value in values]


@st.fragment
def _long_table(comparison: Comparison, readings: Mapping[str, str], indicator: Indicator, period: int) -> None:
    """Draw many sites with their values as numbers, so that a reader can sort by them: once somebody opens it."""
    entries = comparison.entries
    opened = st.expander(_("Show the numbers"), key="all_sites", on_change="rerun")
    with opened:
        if not opened.open:
            return
        alt = _("Table of {sites} sites by name: {title}.").format(sites=len(entries), title=indicator.title)
        event: Any = st.dataframe(
            _columns(comparison, readings, indicator, period), hide_index=True, alt=alt, key="sites_table",
            on_select="rerun", selection_mode="single-row", placeholder="–",
        )  # fmt: skip
        st.caption(_("Choose a row to open that site's trends."))
        for row in event.selection.rows:
            entry = entries[row]
            link("/site-trends", escaped(entry.name), site=str(entry.site_id), period=str(period))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _values(entries: Sequence[Entry], indicator: Indicator, many: bool) -> dict[str, list[Any]]:
    """Give the values with what they could be by chance: in one column where a tablet has to show all of them."""
    unit, known = _capital(indicator.unit), any(entry.low is not None for entry in entries)
    if many:
        values = {unit: [_number(entry.value) for entry in entries]}
        return values | ({_("Could be, by chance (95%)"): [_interval(entry) for entry in entries]} if known else {})
    head = _("{unit} (could be, by chance: 95%)").format(unit=unit) if known else unit
    return {head: [_value(entry) for entry in entries]}


def _unreadable(entry: Entry) -> str:
    return hidden_words() if entry.hidden else entry.why


def _name(entry: Entry, period: int) -> str:
    return f"[{escaped(entry.name)}](/site-trends?site={entry.site_id}&period={period})"


def _value(entry: Entry) -> str:
    told = _unreadable(entry) or decimal(entry.value)
    return told if entry.low is None or entry.hidden else f"{told} ({_interval(entry)})"


def _interval(entry: Entry) -> str:
    return "–" if entry.low is None or entry.high is None else f"{decimal(entry.low)} – {decimal(entry.high)}"


def _without(entries: Sequence[Entry]) -> None:
    lost = [entry for entry in entries if entry.why]
    if not lost:
        return
    words = plural("{count} site has no number here:", "{count} sites have no number here:", len(lost))
    with st.container(border=True, gap="small"):
        literal(words.format(count=len(lost)))
        for entry in lost[:MOST_LISTED]:
            literal(f"{entry.name}: {entry.why}")
        if len(lost) > MOST_LISTED:
            st.caption(_("and {count} more").format(count=len(lost) - MOST_LISTED))
        link("/sites", _("Enter enrollment under Sites"))
