"""What the equity screen is made of: what to look at, the picture, a card per group, and what is missing."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analytics.disproportion import PICTURES, PLACE_ERROR, Compared, Comparison, e_formula
from components import dates
from components import equity_sentences as say
from components.charts import forest
from components.charts.drawing import Drawing, Table
from components.charts.numbers import decimal, end_of_share, hidden_words, percent, whole
from components.charts.template import Palette
from components.chips import choose_chip
from components.choices import label_of, list_label
from components.equity_sentences import OutcomeWords
from components.filters import choose_one
from components.messages import empty, link
from components.text import escaped, literal
from components.words import _, plural
from db.models.enrolment_input import CATEGORIES

MONTHS = (12, 6, 24)
"""The periods offered, in full months: the first is usual."""
EVERYBODY_ELSE = "others"
ALL_SITES = "all"
MOST_LISTED = 8


def group_name(dimension: str, code: str) -> str:
    """Give what a group is called; the children in none, too."""
    if not code:
        return _("In no group")
    if dimension in ("iep", "dll"):
        return {
            "iepyes": _("With an IEP or IFSP"), "iepno": _("Without an IEP or IFSP"),
            "dllyes": _("Dual language learners"), "dllno": _("Not dual language learners"),
        }[dimension + code]  # fmt: skip
    return label_of(CATEGORIES[dimension], code)


def choose_what(dimensions: Sequence[str]) -> tuple[str, str]:
    """Draw the chips of the outcome and of the grouping.

    Raises:
        UnknownChoice: the address names something that is not offered.
    """
    outcome = choose_chip(
        _("Look at"), "outcome", [(code, words.chip) for code, words in say.outcomes().items()]
    )  # fmt: skip
    names = [(code, label_of("demographic_dimension", code)) for code in dimensions]
    return outcome, choose_chip(list_label("demographic_dimension"), "by", names)


def choose_place(places: Sequence[Any]) -> Any | None:
    """Draw the choice of a place; gives None for all sites whose records this person may read.

    Raises:
        UnknownChoice: the address names a place that this person cannot choose.
    """
    kinds = {"site": _("Site: {name}"), "program": _("Program: {name}"), "region": _("Region: {name}")}
    widest_first = places if any(one.kind == "site" for one in places) else reversed(places)
    offered = [(f"{one.kind}-{one.id}", kinds[one.kind].format(name=one.name)) for one in widest_first]
    if sum(one.kind == "site" for one in places) > 1:
        offered.insert(0, (ALL_SITES, _("All my sites together")))
    chosen = choose_one(_("Where"), "place", offered)
    return next((one for one in places if f"{one.kind}-{one.id}" == chosen), None)


def choose_months() -> int:
    """Draw the choice of a period.

    Raises:
        UnknownChoice: the address names a period that is not offered.
    """
    offered = [(str(number), _("{count} full months").format(count=number)) for number in MONTHS]
    return int(choose_one(_("Period"), "months", offered) or MONTHS[0])


def one_period(months: int) -> None:
    """Say which period is looked at where there is no choice, and why."""
    st.text(_("Period: the last {count} full months").format(count=months))
    st.caption(_("One period only: two could be subtracted from each other."))


def nothing(counts: Any, outcome: str) -> None:
    """Say why there is nothing to compare, and what to do."""
    if outcome == "supported":
        empty(_("No child has an incident with a key in this period. Choose a longer period or a larger place."))
    elif counts.left_out:
        empty(_("The children were not counted by this group in this period, so there is nothing to compare with."))
    else:
        empty(
            _("No enrollment by group and no child's records in this period. Enter the children by group under Sites."),
            page="/sites", label=_("Go to Sites"),
        )  # fmt: skip


def choose_reference(dimension: str, codes: Sequence[str]) -> str | None:
    """Draw the choice of what groups are held against; None for all others.

    Raises:
        UnknownChoice: the address names a group that is not there.
    """
    offered = [(EVERYBODY_ELSE, _("All other children"))]
    offered += [(code, group_name(dimension, code)) for code in codes]
    chosen = choose_one(_("Compared with"), "against", offered)
    return None if chosen == EVERYBODY_ELSE else chosen


def meaning() -> None:
    """Say what a difference is about, before any number."""
    st.info(
        _(
            "A difference points at what adults do, at rules, and at what gets written down and what does not. It does"
            " not point at children."
        ),
        icon=":material/balance:",
    )


def picture(found: Comparison, counts: Any, dimension: str, words: OutcomeWords, colors: Palette) -> Drawing:
    """Give the drawing of all groups, with its numbers as a table."""
    names = {group.code: group_name(dimension, group.code) for group in found.groups}
    groups = list(found.groups)
    hidden = sum(one.hidden and bool(one.code) for one in counts.groups)
    sentence = say.overview(groups, names, hidden)
    drawable = any(group.ratio is not None and group.state != "incomplete" for group in groups)
    parts = [f"{names[group.code]}: {say.state_words(group)}, {say.times(group.ratio)}." for group in groups]
    title = _("{title}, by {dimension}").format(
        title=words.title, dimension=label_of("demographic_dimension", dimension).lower()
    )
    return Drawing(
        title=title,
        basis=_basis(counts, words),
        sentence=sentence,
        figure=forest.draw(groups, names, colors) if drawable else None,
        alt=" ".join([title + ".", sentence, *(parts if drawable else ())]),
        table=_table(found, counts, names, words) if groups and not found.too_incomplete else None,
        notes=(words.counted, *((_how_drawn(),) if drawable else ())),
    )


def _how_drawn() -> str:
    return _(
        "Thick line: what fits these numbers (95%). Thin line: so wide that where no group differs all {pictures}"
        " pictures of a place together call a difference in at most {error} of 100 places; it decides. A filled diamond"
        " is evidence of a difference, a filled circle no sign of one, an open circle not enough data."
    ).format(pictures=PICTURES, error=whole(100 * PLACE_ERROR))


def _basis(counts: Any, words: OutcomeWords) -> str:
    months = counts.period.months()
    parts = [
        _("{first} to {last}, {count} full months").format(
            first=dates.month(months[0]), last=dates.month(months[-1]), count=len(months)
        )
    ]
    if not any(one.hidden for one in counts.groups):
        children = sum(one.children for one in counts.groups)
        parts.append(
            _("{children} children of {of} {words}").format(
                children=whole(children), of=whole(sum(one.of for one in counts.groups)), words=words.of
            )
        )
        parts.append(f"{whole(sum(one.reports for one in counts.groups))} {words.reports}")
    if counts.without_child:
        parts.append(
            _("{count} more without a child's key, which belong to no group").format(count=whole(counts.without_child))
        )
    return " · ".join(parts)


def _table(found: Comparison, counts: Any, names: Mapping[str, str], words: OutcomeWords) -> Table:
    head = (
        _("Group"), _("Children"), _("Share of these children"), _("Share of {words}").format(words=words.of),
        _("Difference in 100 (95%)"), _("Ratio (95%)"), _("Reports"), _("Reading"),
    )  # fmt: skip
    rows = [
        (
            names[group.code], _part(group, counts.reads), *_composition(group, found, counts.reads),
            say.short_difference(group.difference), say.short_times(group.ratio), whole(group.reports),
            say.state_words(group),
        )
        for group in found.groups
    ]  # fmt: skip
    return Table(head, tuple(rows))


def _part(group: Compared, reads: bool) -> str:
    """Give a group's children with the outcome: 13 of 56 (23%)."""
    return _("{part} of {of} ({share})").format(
        part=whole(group.children), of=whole(group.of), share=_share(group.children, group.of, reads)
    )


def _composition(group: Compared, found: Comparison, reads: bool) -> tuple[str, str]:
    children, of = sum(one.children for one in found.groups), sum(one.of for one in found.groups)
    return _share(group.children, children, reads), _share(group.of, of, reads)


def _share(part: int, whole_number: int, reads: bool) -> str:
    """Give a share in percent; who may not read the records never sees its ends."""
    if not whole_number:
        return "–"
    share = 100 * part / whole_number
    if not reads and not 5 <= share <= 95:
        return end_of_share(share < 5)
    return f"{share:.0f}%"


def cards(found: Comparison, counts: Any, dimension: str, words: OutcomeWords, against: str) -> None:
    """Draw a card per group: its state in words, a sentence, and the numbers behind it."""
    hidden = [one for one in counts.groups if one.hidden and one.code]
    for group in found.groups:
        with st.container(border=True, gap="xsmall"):
            st.markdown(f"**{group_name(dimension, group.code)}**")
            if against and group.why == "nobody_else" and group.code == against:
                st.caption(_("The others are compared with this group."))
                st.text(say.sentence(group, words, ""))
                continue
            st.badge(say.state_words(group), icon=ICONS[group.state], color=COLORS[group.state])
            other = _("among all others") if not against else _("in the group compared with")
            if hidden and not against:
                other = _("among the others whose numbers can be shown")
            st.text(say.sentence(group, words, other))
            if group.state != "incomplete":
                _numbers(group, words)
    if hidden:
        with st.container(border=True, gap="xsmall"):
            st.markdown("**" + ", ".join(group_name(dimension, one.code) for one in hidden) + "**")
            st.text(say.hidden())


ICONS = {
    "difference": ":material/difference:", "no_sign": ":material/drag_handle:", "not_enough": ":material/hourglass:",
    "incomplete": ":material/rule:",
}  # fmt: skip
COLORS: dict[str, Any] = {"difference": "orange", "no_sign": "gray", "not_enough": "gray", "incomplete": "gray"}


def _numbers(group: Compared, words: OutcomeWords) -> None:
    facts = [say.reports(group, words)]
    if group.difference is not None:
        facts.insert(0, say.difference(group))
    st.caption(" · ".join(facts))
    warning = say.one_child(group)
    if warning:
        st.markdown(f":material/person: {warning}")


def unplaced(counts: Any) -> None:
    """Say how many children are in no group, and why."""
    nobody = next((one for one in counts.groups if not one.code), None)
    if nobody is None:
        return
    if nobody.hidden:
        st.caption(_("Children in no group: {hidden}.").format(hidden=hidden_words()))
        return
    total = sum(one.children for one in counts.groups if one.children is not None and not one.hidden)
    if nobody.children and not any(one.hidden for one in counts.groups):
        st.caption(
            _(
                "In no group: {share} of the children. They were not asked or did not say, records disagree, or several"
                " categories were ticked."
            ).format(share=percent(nobody.children, total))
        )


def e_table(found: Comparison, dimension: str) -> None:
    """Draw the E-formula for those who must report it, with how often it is wrong."""
    children, enrolled = sum(one.children for one in found.groups), sum(one.of for one in found.groups)
    rows = [(group, e_formula(group.children, children, group.of, enrolled)) for group in found.groups]
    told = [(group, one) for group, one in rows if one is not None]
    st.text(
        _(
            "Some reports ask for it: over-represented above E = A + √(A × (100 − A) / N), with A the group's percent"
            " of enrollment and N the children with the outcome. The bound is one standard error, so chance alone"
            " crosses it often; the last column says how often when nothing differs at all."
        )
    )
    if not told:
        literal(_("Nobody had the outcome in this period, so there is no N."))
        return
    st.table(
        {
            _("Group"): [group_name(dimension, group.code) for group, _one in told],
            _("A: percent of enrollment"): [decimal(one.share_enrolled) for _group, one in told],
            _("Percent of the children with it"): [decimal(one.share) for _group, one in told],
            "E": [decimal(one.bound) for _group, one in told],
            _("Above E"): [_("yes") if one.over else _("no") for _group, one in told],
            _("False alarms in 100"): [whole(100 * one.false_alarm) for _group, one in told],
        },
        hide_index=True, border="horizontal",
    )  # fmt: skip
    none = math.prod(1 - one.false_alarm for _group, one in told)
    if len(told) > 2:
        st.text(
            _("With {groups} groups, about {count} looks in 100 flag at least one without any difference.").format(
                groups=len(told), count=whole(100 * (1 - none))
            )
        )


def missing(counts: Any) -> None:
    """Name the sites and rooms whose children were not counted by group, and lead to where they are entered."""
    if counts.left_out:
        words = plural(
            "{count} site has records, but its children are not counted by group in this period. It is left out:",
            "{count} sites have records, but their children are not counted by group in this period. They are left"
            " out:",
            len(counts.left_out),
        )
        with st.container(border=True, gap="small"):
            st.text(words.format(count=len(counts.left_out)))
            for one in counts.left_out[:MOST_LISTED]:
                label = _("Enter the children by group: {site}").format(site=escaped(one.site))
                link("/sites", label, site=str(one.site_id))
            if len(counts.left_out) > MOST_LISTED:
                st.caption(_("and {count} more").format(count=len(counts.left_out) - MOST_LISTED))
    if counts.rooms_left_out:
        words = plural(
            "{count} classroom of the other sites has enrollment, but not by this group: its children are missing from"
            " what is divided by, so shares look a little too high.",
            "{count} classrooms of the other sites have enrollment, but not by this group: their children are missing"
            " from what is divided by, so shares look a little too high.",
            counts.rooms_left_out,
        )
        st.caption(words.format(count=counts.rooms_left_out))


def next_steps(place: Any | None, reads: bool) -> None:
    """Lead to where a difference can be understood: what happened, when, and what was done."""
    st.subheader(_("How to look next"), anchor=False)
    st.text(
        _(
            "Ask together: At which times and activities? Who writes incidents down, and when do they not? Which"
            " response follows, and is it the same for every child? Which support came, and how soon?"
        )
    )
    if place is None or place.kind != "site":
        st.text(
            _(
                "Groups of children often go to different sites. A difference over several sites can lie between the"
                " sites: look at single ones, too, where the numbers allow."
            )
        )
    query = {"site": str(place.id)} if place is not None and place.kind == "site" else {}
    with st.container(horizontal=True):
        link("/patterns", _("See when and where incidents happen"), **query)
        if reads:
            link("/records", _("Open the records"), kind="incident", **query)
