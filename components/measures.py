"""Lists of observations and survey waves, and one of them opened."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from components import clock, dates, filters, findings
from components.choices import label_of
from components.instruments import label_of_code, scale_label
from components.records import listing
from components.survey_parts import over, progress_sentence
from components.text import escaped, literal
from components.words import _, plural
from db.instruments import instrument
from db.period import Period
from db.survey_disclosure import NEAR, REST


def observation_rows(found: Sequence[Any]) -> None:
    """Draw one line per observation, with its domain scores, in pages."""
    for row in findings.on_page(found):
        with st.container(border=True, gap="xxsmall"):
            _opener(row.id, f"**{dates.full(row.observed_on)}** · {escaped(label_of_code(row.instrument_code))}")
            st.caption(
                _("{site} · {room} · {phase} · observed by {person}").format(
                    site=escaped(row.site),
                    room=escaped(row.classroom),
                    phase=escaped(label_of("observation_phase", row.phase)),
                    person=escaped(row.observer),
                )
            )
            if row.domains:
                literal(domain_line(row.instrument_code, row.domains))
    findings.pages(len(found))


def domain_line(instrument_code: str, domains: Any) -> str:
    """Give domain scores in one line; a domain without a score says so."""
    one = instrument(instrument_code)
    told = [
        f"{scale_label(one, domain.code)}: {_score(domains[domain.code])}"
        for domain in one.domains
        if domain.code in domains
    ]
    return " · ".join(told)


def _score(value: float | None) -> str:
    return _("no score") if value is None else f"{value:.2f}"


def observation_facts(row: Any, site: str) -> list[tuple[str, str]]:
    """Give what was stored in a few lines, as (label, value)."""
    one = instrument(row.instrument_code)
    return [
        (_("Where"), f"{site}, {row.classroom}"),
        (_("Instrument"), label_of_code(row.instrument_code)),
        (_("Date"), dates.full(row.observed_on)),
        *(
            (scale_label(one, domain.code), _score(row.domains[domain.code]))
            for domain in one.domains
            if domain.code in row.domains
        ),
    ]


def observation_about(opened: Any) -> None:
    """Say where, when in the year and by whom a room was observed."""
    row = opened.row
    literal(f"{row.site} · {row.classroom} · {label_of('observation_phase', row.phase)}")
    literal(_("Observed by {person}").format(person=row.observer))
    if opened.content["certified_until"]:
        day = dates.full(opened.content["certified_until"])
        literal(_("Certified until {day}").format(day=day))


def observation_scores(opened: Any) -> None:
    """Draw an opened observation: what it came to, and the raw score of every cycle in a table."""
    one, cycles = instrument(opened.row.instrument_code), opened.content["cycles"]
    with st.container(horizontal=True, gap="large"):
        for domain in one.domains:
            if domain.code in opened.row.domains:
                name, score = scale_label(one, domain.code), opened.row.domains[domain.code]
                st.metric(name, _score(score), width="content")
    titles = [
        plural("Cycle {count}", "Cycle {count}", number).format(count=number) for number in range(1, len(cycles) + 1)
    ]
    st.table(
        {
            _("Scale"): [scale_label(one, scale.code) for scale in one.scales],
            **{
                title: [f"{cycle[scale.code]:g}" if scale.code in cycle else "" for scale in one.scales]
                for title, cycle in zip(titles, cycles, strict=True)
            },
        }
    )
    for scale in one.scales:
        if scale.reversed:
            st.text(
                _("{scale} is shown as scored; it counts as {sum} minus the score.").format(
                    scale=scale_label(one, scale.code), sum=f"{scale.minimum + scale.maximum:g}"
                )
            )


def wave_rows(found: Sequence[Any], least: int) -> None:
    """Draw one line per wave with what may be shown of it, in pages. ``least``: the fewest people that are shown."""
    if _before_and_after(found):
        st.info(
            _(
                "Before you compare two rounds of a site: consultation is asked for at the worst moment, so some"
                " improvement is to be expected anyway, whatever was done (regression to the mean). And others may have"
                " answered."
            ),
            icon=":material/info:",
        )
    for row in findings.on_page(found):
        with st.container(border=True, gap="xxsmall"):
            days = _("{first} to {last}").format(first=dates.short(row.opened_on), last=dates.full(row.closed_on))
            _opener(row.id, f"**{days}** · {escaped(label_of_code(row.instrument_code))}")
            st.caption(
                _("{site} · {invited} invited").format(site=escaped(row.site), invited=escaped(str(row.invited)))
            )
            wave_results(row, least)
    findings.pages(len(found))


def _before_and_after(found: Sequence[Any]) -> bool:
    """Tell whether two rounds of one survey at one site show a mean on the same scale."""
    shown = [
        (row.site_id, row.instrument_code, result.scale_code)
        for row in found
        for result in row.results
        if result.mean is not None
    ]
    return len(set(shown)) < len(shown)


def wave_results(row: Any, least: int) -> None:
    """Draw a wave's results per scale; what is hidden says so and why."""
    if row.open and row.closed_on < clock.today():
        st.text(over())
    elif row.open:
        literal(_("Open. {progress}").format(progress=progress_sentence(row.progress, least)))
    elif not row.results:
        literal(_("No results: fewer than two people answered."))
    for label, told in wave_facts(row, least):
        literal(f"{label}: {told}")
    if row.response:
        literal(_response(row.response))


def wave_facts(row: Any, least: int) -> list[tuple[str, str]]:
    """Give a wave's results as (scale, what may be shown)."""
    one = instrument(row.instrument_code)
    return [(scale_label(one, result.scale_code), _result(result, row.invited, least)) for result in row.results]


def _result(result: Any, invited: int, least: int) -> str:
    if result.near:
        return _(
            "hidden. Another round of this survey is too near to this one (they close less than {days} days apart, or"
            " one begins less than {rest} days after the other ended); together they could tell what one person"
            " answered."
        ).format(days=NEAR.days, rest=REST.days)
    if result.hidden and result.group:
        told = _(
            "hidden at this site. Together with {others} of the region in the same quarter: {mean}. Each of them alone"
            " could tell what one person answered."
        )
        others = plural("{count} other site", "{count} other sites", result.group.sites - 1)
        return told.format(others=others.format(count=result.group.sites - 1), mean=f"{result.group.mean:.2f}")
    if result.hidden:
        return _("hidden. Fewer than {least} people answered, or all answered much alike.").format(least=least)
    told = f"{result.mean:.2f}"
    if result.sd is not None:
        told += " " + _("(SD {spread})").format(spread=f"{result.sd:.2f}")
    if result.respondents is not None:
        share = f"{result.respondents / invited:.0%}"
        rate = _("{answered} of {invited} answered ({share})")
        told += " · " + rate.format(answered=result.respondents, invited=invited, share=share)
    return told


def wave_about(row: Any) -> None:
    """Say where and when a wave was, and how many were invited."""
    days = _("{first} to {last}").format(first=dates.full(row.opened_on), last=dates.full(row.closed_on))
    literal(f"{row.site} · {days}")
    literal(plural("{count} person invited", "{count} people invited", row.invited).format(count=row.invited))


def promise(least: int) -> None:
    """Say what is never shown of a staff survey."""
    st.text(
        _("Only totals of a site are kept, never one person's answers. Below {least} people nothing is shown.").format(
            least=least
        )
    )


def _response(band: str) -> str:
    return {
        "under_half": _("Under half of those invited answered."),
        "half_to_three_quarters": _("Half to three quarters of those invited answered."),
        "three_quarters_or_more": _("Three quarters or more of those invited answered."),
        "over_half": _("Over half of those invited answered."),
    }[band]


def _opener(key: uuid.UUID, label: str) -> None:
    st.button(
        label, key=f"open_{key}", type="tertiary", icon=":material/chevron_right:", icon_position="right",
        on_click=filters.remember, args=("id", str(key)),
    )  # fmt: skip


def start_button(label: str) -> None:
    """Draw the button that opens the form (``?do=enter``)."""
    st.button(
        label, type="primary", icon=":material/add:", key="measure_enter",
        on_click=filters.remember, args=("do", "enter"),
    )  # fmt: skip


def choose(sites: Sequence[Any], today: date, *, may_restore: bool) -> tuple[Any | None, Period, bool]:
    """Draw the filters of a list: site, period, removed ones.

    Raises:
        UnknownChoice: the address names something that this person cannot choose.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        with st.container(width=280):
            site = filters.choose_site(sites, none_label=_("All my sites"))
        with st.container(width=200):
            period = filters.choose_period(today)
        return site, period, may_restore and listing.choose_removed()


def entering() -> bool:
    """Tell whether the address asks for the form."""
    return st.query_params.get("do") == "enter"


def importing() -> bool:
    """Tell whether the address asks for the import of a file."""
    return st.query_params.get("do") == "import"
