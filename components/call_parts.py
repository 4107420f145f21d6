"""The list of sites that need a call: why, in words; by kind of reason and name, never by how far out a site lies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analytics.calls import FEWEST_A_MONTH, Call, Calls, Reason, SiteFacts
from components.charts.numbers import decimal
from components.filters import UnknownChoice, choose_one
from components.findings import page_number, pages
from components.text import escaped
from components.words import _, plural
from db.call_rules import RULES

PER_PAGE = 10
TESTED = ("more_than_past", "beyond_limits", "recording_stopped")
"""Kinds that rest on a test, and so name a site by chance now and then."""


def kinds() -> dict[str, str]:
    """Give what the kinds of reasons are called."""
    return {
        "care_ended": _("Care ended"),
        "more_than_past": _("More incidents than before"),
        "beyond_limits": _("More incidents than elsewhere"),
        "recording_stopped": _("No incident forms any more"),
        "no_visit": _("No visit for long"),
        "overdue": _("Follow-ups overdue"),
        "enrollment_missing": _("Enrollment missing"),
    }


def in_words(reason: Reason) -> str:
    """Give a reason as a sentence."""
    told = reason.figures
    if reason.kind == "care_ended":
        return plural(
            "A child's care ended or was suspended in the last {days} days.",
            "Care ended or was suspended {count} times in the last {days} days.",
            told["times"],
        ).format(count=told["times"], days=RULES["care_ended"]["days"])
    if reason.kind == "more_than_past":
        return _more_than_past(told)
    if reason.kind == "beyond_limits":
        return _(
            "{value} incidents per 1,000 child-days, {centre} at all sites together: more than sites usually differ."
        ).format(value=decimal(told["value"]), centre=decimal(told["centre"]))
    if reason.kind == "recording_stopped":
        return _(
            "No incident form in the last {months} full months, {before} in the {earlier} before: ask what changed."
        ).format(before=told["before"], **_stretches())
    if reason.kind == "no_visit":
        words = (
            _("No visit on record, {weeks} weeks after service began.")
            if told["never"]
            else _("No visit for {weeks} weeks.")
        )
        return words.format(weeks=told["weeks"])
    if reason.kind == "overdue":
        return _("{count} follow-ups are overdue by more than {days} days.").format(
            count=told["count"], days=RULES["overdue"]["days"]
        )
    return _("No enrollment for the last {months} months, so no rates.").format(months=told["months"])


def _more_than_past(told: Mapping[str, Any]) -> str:
    if told["ratio"] is None:
        return _("{now} incidents in the last {months} full months, none in the {earlier} before.").format(
            now=told["now"], **_stretches()
        )
    return _(
        "{now} incidents in the last {months} full months, {times} times the rate of the {earlier} before."
    ).format(now=told["now"], times=decimal(told["ratio"]), **_stretches())


def _stretches() -> dict[str, int]:
    rule = RULES["more_than_past"]
    return {"months": rule["months"], "earlier": rule["months_before"]}


def require_kind() -> None:
    """Refuse an address that names a kind of reason that does not exist.

    Raises:
        UnknownChoice: it does (``?why=``).
    """
    if st.query_params.get("why") not in (None, *kinds()):
        raise UnknownChoice("why")


def _choose_kind(found: Calls) -> str | None:
    counts, labels = _counts(found), kinds()
    offered = [code for code in labels if counts[code] or code == st.query_params.get("why")]
    choices = [(code, f"{labels[code]} ({counts[code]:,})") for code in offered]
    return choose_one(
        _("Reason"), "why", choices, none_label=_("All reasons ({count})").format(count=f"{len(found.calls):,}")
    )


def _counts(found: Calls) -> Counter[str]:
    return Counter(kind for call in found.calls for kind in {reason.kind for reason in call.reasons})


@st.fragment
def draw(facts: Sequence[SiteFacts], found: Calls, *, sees_time_away: bool) -> None:
    """Draw who needs a call: how many, the ten of this page, what chance may have put there, and the rules.

    Turning a page or choosing a reason draws this again, and reads nothing.
    """
    words, filter_ = st.columns([2, 1], vertical_alignment="bottom")
    with filter_:
        kind = _choose_kind(found)
    chosen = [call for call in found.calls if kind is None or any(reason.kind == kind for reason in call.reasons)]
    if not chosen:
        words.info(_("No site needs a call by these rules ({sites} looked at).").format(sites=len(facts)))
    else:
        shown = _page(chosen)
        words.markdown(":material/chat_info: **" + _sentence(len(facts), chosen, shown) + "**")
        _table(facts, chosen[shown])
        pages(len(chosen), PER_PAGE)
    _caution(facts, found, sees_time_away=sees_time_away)
    _rules()


def _page(chosen: Sequence[Call]) -> slice:
    last = -(-len(chosen) // PER_PAGE)
    first = PER_PAGE * (min(page_number(), last) - 1)
    return slice(first, min(first + PER_PAGE, len(chosen)))


def _sentence(sites: int, chosen: Sequence[Call], shown: slice) -> str:
    words = plural(
        "{count} of {sites} sites has a reason for a call.",
        "{count} of {sites} sites have a reason for a call.",
        len(chosen),
    ).format(count=f"{len(chosen):,}", sites=f"{sites:,}")
    if len(chosen) <= PER_PAGE:
        return words + " " + _("In order of the kind of reason, then of the name.")
    here = _("{first} to {last} stand here, {more} more on other pages.").format(
        first=shown.start + 1, last=shown.stop, more=len(chosen) - (shown.stop - shown.start)
    )
    return " ".join([words, here, _("In order of the kind of reason, then of the name.")])


def _table(facts: Sequence[SiteFacts], shown: Sequence[Call]) -> None:
    columns = {
        _("Site"): [_link(facts[call.at]) for call in shown],
        _("Why"): [" ".join(in_words(reason) for reason in call.reasons) for call in shown],
    }
    st.table(columns, hide_index=True, border="horizontal")


def _link(site: SiteFacts) -> str:
    return f"[{escaped(site.name)}](/site-trends?site={site.site_id})"


def _caution(facts: Sequence[SiteFacts], found: Calls, *, sees_time_away: bool) -> None:
    counts = _counts(found)
    named = sum(counts[kind] for kind in TESTED)
    if named:
        st.caption(
            _(
                "Found by tests: {named}. Where no site differs, such tests name none at 9 of 10 looks."
                " {judged} of {sites} sites could be judged."
            ).format(named=named, judged=found.judged, sites=len(facts))
            + " "
            + _how_sure(found)
        )
    else:
        st.caption(
            _(
                "No site differs from its own past, or from the others, by more than chance."
                " {judged} of {sites} sites could be judged."
            ).format(judged=found.judged, sites=len(facts))
        )
    hidden = sum(site.now is None for site in facts)
    if hidden:
        words = plural(
            "At {count} site small counts are hidden to protect privacy, and no test looks at them.",
            "At {count} sites small counts are hidden to protect privacy, and no test looks at them.",
            hidden,
        )
        st.caption(words.format(count=hidden))
    if not sees_time_away:
        st.caption(_("Suspensions and expulsions are told only to those who may read these records."))


def _how_sure(found: Calls) -> str:
    if found.few_incidents:
        return _(
            "Most sites here have fewer than {least} incidents a month. With so few little is found, and up to half of"
            " what is found can be chance: look at the site's own chart before you call."
        ).format(least=FEWEST_A_MONTH)
    return _("Over time about 1 in 10 of such findings are chance alone.")


def _rules() -> None:
    opened = st.expander(_("How this list is made"), key="call_rules", on_change="rerun")
    with opened:
        if opened.open:
            for sentence in rule_sentences():
                st.markdown("- " + sentence)


def rule_sentences() -> list[str]:
    """Give the rules in words, in their order."""
    found = [
        _(
            "Care ended: a suspension out of the program, an expulsion, or a family that felt pressed to leave, in the"
            " last {days} days."
        ).format(days=RULES["care_ended"]["days"]),
        _(
            "More incidents than before: the last {months} full months against the {earlier} before, without the season"
            " that all sites share. Chance alone names 1 site in 1,000; of those named about 1 in 10 is"
            " chance, and more where most sites have fewer than {least} incidents a month."
        ).format(**_stretches(), least=FEWEST_A_MONTH),
        _(
            "More incidents than elsewhere: over all these months above the outer limits (99.8%) of the funnel, widened"
            " for how far sites usually lie apart; about 1 in 10 of those named by chance."
        ),
        _(
            "No incident forms any more: none in the last {months} full months, by the same test. Fewer forms need not"
            " be fewer incidents."
        ).format(**_stretches()),
        _("No visit for long: none for {weeks} weeks, or none since service began.").format(**RULES["no_visit"]),
        _("Follow-ups overdue: at least {at_least}, by more than {days} days.").format(**RULES["overdue"]),
        _("Enrollment missing: for the last {months} full months.").format(**RULES["enrollment_missing"]),
        _("No site is placed by how far out it lies: such an order would be mostly chance."),
    ]
    return found
