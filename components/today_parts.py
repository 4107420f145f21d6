"""The parts that Today is made of: lines that lead somewhere, and promises with a tick."""

import uuid
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

import streamlit as st

from analytics.attention import Change
from components import dates
from components.messages import link
from components.text import escaped
from components.words import _, language, plural
from db.options import label


class Line(NamedTuple):
    """One line of a list that leads to a screen with filters."""

    text: str
    detail: str
    address: str
    query: dict[str, str]


def lines(heading: str, rows: Sequence[Line], *, nothing: str = "", most: int = 8) -> None:
    """Draw a headed list of links with a detail each; the sentence ``nothing`` where there is none."""
    if not rows and not nothing:
        return
    st.subheader(heading, anchor=False)
    if not rows:
        st.text(nothing)
        return
    with st.container(border=True, gap="xsmall"):
        for row in rows[:most]:
            left, right = st.columns([1, 1.1], vertical_alignment="center")
            with left:
                link(row.address, escaped(row.text), **row.query)
            right.text(row.detail)
        if len(rows) > most:
            st.caption(_("and {count} more").format(count=len(rows) - most))


def share(heading: str, part: int, whole: int) -> str:
    """Give a heading with a count and its percent, as in "… : 3 of 24 sites (13%)"."""
    counted = _("{part} of {whole} sites").format(part=part, whole=whole)
    return f"{heading}: {counted} ({100 * part / whole:.0f}%)" if whole else f"{heading}: {counted}"


def promises(due: Sequence[Any], day: date, keep: Callable[[uuid.UUID], None]) -> None:
    """Draw follow-ups that are due, the overdue ones marked, each with a button that marks it as done."""
    st.subheader(_("Follow-ups due") + (f": {len(due)}" if due else ""), anchor=False)
    if not due:
        st.text(_("Nothing is due. Follow-ups that are agreed at a visit appear here."))
        return
    with st.container(border=True, gap="small"):
        for promise in due:
            left, middle, right = st.columns([5, 3.4, 2], vertical_alignment="center")
            left.text(promise.text)
            left.caption(f"{escaped(promise.site)} · {label('follow_up_owner', promise.owner, language())}")
            if promise.due_on is None:
                middle.text(_("no date"))
            elif promise.due_on < day:
                middle.markdown(
                    ":orange[:material/schedule: "
                    + _("overdue since {day}").format(day=dates.short(promise.due_on))
                    + "]"
                )
            else:
                middle.text(_("due {day}").format(day=dates.short(promise.due_on)))
            right.button(
                _("Done"), key=f"done_{promise.id}", on_click=keep, args=(promise.id,), width="stretch",
                help=_("Mark this follow-up as done"),
            )  # fmt: skip


def decisions(due: Sequence[Any], day: date) -> None:
    """Draw the decisions of meetings that are due; nothing where none is. Each leads to its site's meeting."""
    lines(
        _("Decisions of meetings that are due"),
        [
            Line(
                one.text,
                " · ".join(
                    [
                        one.site,
                        one.owner or label("reported_by_role", one.owner_role or "other", language()),
                        _("overdue since {day}").format(day=dates.short(one.due_on))
                        if one.due_on < day
                        else _("due {day}").format(day=dates.short(one.due_on)),
                    ]
                ),
                "/meeting",
                {"site": str(one.site_id)},
            )
            for one in due
        ],
    )


def waits(waiting: Sequence[Any], whole: int, day: date, long_wait_days: int) -> None:
    """Draw the sites without a visit for long, the longest wait first."""

    def detail(row: Any) -> str:
        if row.last_visit_on is None:
            return _("no visit on record in the last 13 months")
        return _("last visit {day}, {count} days ago").format(
            day=dates.short(row.last_visit_on), count=(day - row.last_visit_on).days
        )

    heading = _("No visit for more than {days} days").format(days=long_wait_days)
    lines(
        share(heading, len(waiting), whole) if waiting else heading,
        [Line(row.name, detail(row), "/site-trends", {"site": str(row.id)}) for row in waiting],
        nothing=_("Every site had a visit lately."),
    )


def visits(recent: Sequence[Any], days: int) -> None:
    """Draw the latest visits, each leading to its record."""
    lines(
        _("Visits of the last {days} days").format(days=days),
        [
            Line(
                f"{row.site}, {dates.short(row.visited_on)}",
                " · ".join(
                    [
                        label("visit_outcome", row.outcome, language()),
                        _("{minutes} minutes").format(minutes=row.minutes),
                        row.consultant,
                    ]
                ),
                "/records",
                {"kind": "visit", "id": str(row.id)},
            )
            for row in recent
        ],
        nothing=_("No visit in these days. A visit that you log appears here at once."),
    )


def signals(compared: Sequence[tuple[Any, Change]], whole: int, untold: int = 0) -> None:
    """Draw the sites whose incidents lately differ from their own past by more than chance; ``untold``: too small."""

    def detail(row: Any, change: Change) -> str:
        times = f"{change.ratio:.1f}×" if change.ratio is not None else ""
        return _("{now} incidents in 2 months, {before} in the 12 before ({times} its own rate)").format(
            now=row.incidents, before=row.incidents_before, times=times
        )

    def found(direction: str) -> list[Line]:
        chosen = [(row, change) for row, change in compared if change.direction == direction]
        chosen.sort(key=lambda pair: -(pair[1].ratio or 0) if direction == "higher" else (pair[1].ratio or 0))
        return [Line(row.name, detail(row, change), "/site-trends", {"site": str(row.id)}) for row, change in chosen]

    higher, lower = found("higher"), found("lower")
    heading = _("More incidents than the site's own past explains")
    lines(
        share(heading, len(higher), whole) if higher else heading,
        higher,
        nothing=_("No site reports more incidents than its own past explains (last 2 full months, 12 before)."),
    )
    heading = _("Fewer incidents than before: ask what helped, and whether all are still recorded")
    lines(share(heading, len(lower), whole) if lower else heading, lower, most=4)
    if untold:
        st.caption(
            plural(
                "{count} site has too few incidents to be shown to you, so it is not compared with its own past here.",
                "{count} sites have too few incidents to be shown to you, so they are not compared with their own past"
                " here.",
                untold,
            ).format(count=untold)
        )


def care_ended(tallies: Sequence[Any]) -> None:
    """Draw the sites at which care ended or was interrupted lately (only for those who may see those records)."""
    lines(
        _("Care that ended or was interrupted, last 90 days"),
        [
            Line(
                row.name,
                plural("{count} record", "{count} records", row.records).format(count=row.records),
                "/records",
                {"kind": "incident", "site": str(row.id), "period": "3"},
            )
            for row in tallies
        ],
    )


def missing_enrolment(counts: Sequence[Any], whole: int) -> None:
    """Draw the sites whose rates are held back because nobody entered how many children were enrolled."""
    missing = [row for row in counts if row.months_without_enrolment]
    heading = _("Enrollment is missing, so no rate can be shown")
    lines(
        share(heading, len(missing), whole),
        [
            Line(
                row.name,
                plural("{count} month", "{count} months", row.months_without_enrolment).format(
                    count=row.months_without_enrolment
                ),
                "/sites",
                {"site": str(row.id)},
            )
            for row in missing
        ],
    )


def without_consultant(alone: Sequence[Any], whole: int) -> None:
    """Draw the active sites that nobody is assigned to."""
    heading = _("No consultant is assigned")
    lines(
        share(heading, len(alone), whole) if alone else heading,
        [Line(row.name, row.program, "/sites", {"site": str(row.id)}) for row in alone],
        nothing=_("Every active site has a consultant."),
    )


def enrolment_to_enter(sites: Sequence[Any]) -> None:
    """Draw which rooms' enrollment is missing, for who can enter it: the latest month of each site, which it opens."""
    lines(
        _("Enrollment to enter, so that incident rates can be shown"),
        [
            Line(
                site.site,
                f"{dates.month(site.missing.months[-1])}: {', '.join(site.missing.rooms[-1])}",
                "/sites",
                {"site": str(site.site_id), "part": "enrollment", "month": f"{site.missing.months[-1]:%Y-%m}"},
            )
            for site in sites
        ],
        most=4,
    )
