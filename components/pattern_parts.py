"""What the screen of patterns is made of: the filters in use, the statement, what to look at next, the counts."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from components import dates, precision
from components.charts import bars
from components.charts.drawing import Drawing
from components.charts.numbers import hidden_words, whole
from components.charts.template import Palette
from components.filters import UnknownChoice, remember
from components.messages import link
from components.text import escaped
from components.words import _, plural
from db import options
from db.period import Period

NUMBERED = {"hour": range(5, 21), "weekday": range(7)}
ORDERED = tuple(NUMBERED)
NAMED = ("classroom",)
"""What stands by name: an order by number would rank the people who work there."""
DRAWN = ("activity", "hour", "weekday", "behaviour", "motivation", "response", "location")
"""What is drawn as bars: not rooms and children, whose names are stored text, which a figure would read as markup."""
MOST_CHIPS = 12


def cut_in_address(dimensions: Sequence[str], named: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Give the filters that the address holds (``?activity=transition``).

    ``named`` are the codes that stand for stored rows of the site at hand, its rooms and children: what belongs to
    another site leaves the address with it.

    Raises:
        UnknownChoice: the address holds a code that no list has.
    """
    cut = {by: st.query_params[by] for by in dimensions if by in st.query_params}
    for by, code in list(cut.items()):
        if by in named and code not in named[by]:
            remember(by, None)
            del cut[by]
        elif by not in named and code not in _codes(by):
            raise UnknownChoice(by)
    return cut


def _codes(by: str) -> Sequence[str]:
    return [str(number) for number in NUMBERED[by]] if by in NUMBERED else options.codes(by)


def filters_in_use(cut: precision.Cut, names: precision.Names) -> None:
    """Draw the filters that are set, each with a tap to take it out."""
    if not cut:
        st.text(_("Tap an answer below to look at these incidents only."))
        return
    with st.container(horizontal=True, gap="small"):
        for by, code in cut.items():
            label = f"{precision.title(by)}: {precision.part_label(by, code, names)}"
            st.button(
                escaped(label), key=f"without_{by}", icon=":material/close:", on_click=remember, args=(by, None),
                help=_("Take this filter out"),
            )  # fmt: skip
        if len(cut) > 1:
            st.button(_("Clear all"), key="without_any", type="tertiary", on_click=_clear, args=(tuple(cut),))


def _clear(dimensions: Sequence[str]) -> None:
    for by in dimensions:
        remember(by, None)


def statement(cut: precision.Cut, found: Any, names: precision.Names, period: Period) -> None:
    """Draw the precision statement with what it rests on, and how the incidents spread over children."""
    told = precision.Told(cut, found.count, found.total, precision.motives_of(found.parts))
    with st.container(border=True):
        st.subheader(escaped(precision.statement(told, names)), anchor=False)
        st.caption(basis(found, period))
        if share := precision.child_share(found.child, found.count):
            st.text(share)
        if found.refused:
            st.text(_("One filter at a time, and only where neither it nor the rest is small. Those who work at the"
                      " site see all combinations."))  # fmt: skip


def basis(found: Any, period: Period) -> str:
    """Say which months and how many records a statement rests on."""
    months = period.months()
    span = _("{first} to {last}").format(first=dates.month(months[0]), last=dates.month(months[-1]))
    if found.total is None:
        return span + " · " + hidden_words()
    told = plural("{total} incident on record", "{total} incidents on record", found.total)
    return span + " · " + told.format(total=whole(found.total))


def next_cut(found: Any, names: precision.Names) -> None:
    """Draw what stands out most within the present cut, with a tap to look there."""
    if not found.reads_rows or not found.count:
        return
    st.subheader(_("Where to look next"), anchor=False)
    if not found.standing_out:
        st.text(_("Nothing stands out beyond what chance alone often gives."))
        return
    for number, one in enumerate(found.standing_out[:3]):
        left, right = st.columns([1, 3], vertical_alignment="center")
        left.button(
            _("Look there"), key=f"look_{number}", icon=":material/filter_alt:", width="stretch",
            on_click=remember, args=(one.dimension, one.code),
        )  # fmt: skip
        right.text(precision.standing_out(one, names, found.count))
    st.caption(
        _("This orders where to look. It does not say why, and incidents of one child often come close together.")
    )


def to_records(cut: precision.Cut, site_id: uuid.UUID, period: Period) -> None:
    """Draw the way to the records behind the statement, with the same filters."""
    link(
        "/records", _("Open these records"), kind="incident", site=str(site_id), period=str(len(period.months())), **cut
    )


def record_links(by: str, cut: precision.Cut, found: Any, names: precision.Names, site: str, period: Period) -> None:
    """Draw a link to the records behind every bar."""
    with st.container(horizontal=True, gap="small"):
        for part in in_order(by, found.parts[by], names):
            words = escaped(precision.part_label(by, part.code, names))
            label = _("{words}: open {count}").format(words=words, count=part.count)
            query = {**cut, by: part.code, "kind": "incident", "site": site, "period": str(len(period.months()))}
            link("/records", label, **query)


def counts(dimensions: Sequence[str], cut: precision.Cut, found: Any, names: precision.Names, *, several: bool) -> None:
    """Draw the answers of each dimension as chips with their counts, two dimensions beside each other.

    A tap adds the filter. ``several`` may be set together; otherwise a tap takes the place of the one that is set.
    """
    open_ones = [by for by in dimensions if found.parts.get(by) and not (several and by in cut)]
    for at in range(0, len(open_ones), 2):
        for by, column in zip(open_ones[at : at + 2], st.columns(2), strict=False):
            with column.container(border=True, height="stretch"):
                _answers(by, cut, found, names, several=several)


def _answers(by: str, cut: precision.Cut, found: Any, names: precision.Names, *, several: bool) -> None:
    ordered = in_order(by, found.parts[by], names)
    parts = [part for part in ordered if not part.hidden]
    hidden = [precision.part_label(by, part.code, names) for part in ordered if part.hidden]
    offered = parts if by in ORDERED else parts[:MOST_CHIPS]
    labels = {part.code: _chip(by, part, names) for part in offered}
    key = f"pattern_{by}"
    st.session_state[key] = cut.get(by)
    st.pills(
        precision.title(by), list(labels), key=key, format_func=labels.get,
        on_change=_chosen, args=(by, key, () if several else tuple(cut)),
    )  # fmt: skip
    if len(parts) > len(offered):
        st.caption(_("and {count} more").format(count=len(parts) - len(offered)))
    if hidden:
        st.caption(_("Hidden to protect privacy: {answers}").format(answers=escaped(", ".join(hidden))))


def _chip(by: str, part: Any, names: precision.Names) -> str:
    return escaped(f"{precision.part_label(by, part.code, names)} · {whole(part.count)}")


def _chosen(by: str, key: str, others: Sequence[str]) -> None:
    _clear(others)
    remember(by, st.session_state[key])


def in_order(by: str, parts: Sequence[Any], names: precision.Names) -> list[Any]:
    """Order by the clock or the calendar, rooms by name, else the most frequent first; hidden ones last, by name."""
    if by in ORDERED:
        return sorted(parts, key=lambda part: int(part.code))

    def place(part: Any) -> tuple[bool, int, str]:
        often = 0 if by in NAMED else -(part.count or 0)
        return part.hidden, often, precision.part_label(by, part.code, names)

    return sorted(parts, key=place)


def chart(by: str, found: Any, names: precision.Names, colors: Palette) -> Drawing:
    """Give the counts of one dimension under the present filters as bars with their numbers."""
    title = _("These incidents by: {dimension}").format(dimension=precision.title(by).lower())
    notes = (_("One incident can have several responses."),) if by == "response" else ()
    return bars.draw(
        [
            bars.Bar(precision.part_label(by, part.code, names), part.count, part.hidden)
            for part in in_order(by, found.parts[by], names)
        ],
        title=title,
        axis=precision.title(by),
        unit=_("Incidents"),
        total=found.count,
        colors=colors,
        nothing=Drawing(
            title=title,
            sentence=_("No incident is on record in this period. Choose a longer period, or come back later."),
        ),
        notes=notes,
    )
