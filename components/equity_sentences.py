"""What the equity screen says about a group, for every outcome and every state: one plain sentence each."""

import math
from collections.abc import Callable
from typing import NamedTuple

from analytics.disproportion import FEWEST_CHILDREN, FEWEST_ENROLLED, MOST_UNPLACED, Compared
from analytics.intervals import Estimate
from components.charts.numbers import decimal, hidden_words, whole
from components.words import _

DOUBLED = 2.0
"""A ratio of this size, or its inverse, is worth a word when the numbers do not rule it out."""


class OutcomeWords(NamedTuple):
    """How an outcome is named: on its chip, in a title, after "children", its children to divide by, its reports.

    ``counted`` says what counts.
    """

    chip: str
    title: str
    had: str
    of: str
    reports: str
    counted: str


def outcomes() -> dict[str, OutcomeWords]:
    """Give what can be looked at."""
    return {
        "incidents": OutcomeWords(
            _("Incidents"), _("Children with an incident on record"), _("had an incident on record"),
            _("children enrolled"), _("incident reports"),
            _("A child with a key counts once, however many incidents are on record. Enrollment is the average."),
        ),
        "exclusions": OutcomeWords(
            _("Time away"), _("Children who lost time in care after an incident"),
            _("lost time in care after an incident"), _("children enrolled"), _("times away from care"),
            _(
                "A child counts once: sent home, asked to stay away, moved to another room or ended, noted with an"
                " incident that has the child's key. Enrollment is the average."
            ),
        ),
        "supported": OutcomeWords(
            _("Support"), _("Children with support noted after an incident"), _("had support noted after an incident"),
            _("children with incidents"), _("incidents followed by support"),
            _(
                "Support: the follow-up of at least one incident names a behavior consultation or team, targeted group"
                " support, or a family meeting. Out of the children with incidents, each counted once."
            ),
        ),
    }  # fmt: skip


def state_words(group: Compared) -> str:
    """Give the state of a group in a few words."""
    if group.state == "difference":
        return _("Evidence of a difference: more") if group.direction == "more" else _(
            "Evidence of a difference: fewer"
        )  # fmt: skip
    return {
        "no_sign": _("No sign of a difference"),
        "not_enough": _("Not enough data"),
        "incomplete": _("Too incomplete"),
    }[group.state]


def sentence(group: Compared, words: OutcomeWords, against: str) -> str:
    """Give one sentence about a group: what was counted, and what may be read into it."""
    if group.state == "incomplete":
        return _(
            "More than {share}% of the children are in no group, so nothing can be told. Ask families, and enter what"
            " they answer."
        ).format(share=whole(100 * MOST_UNPLACED))
    counted = _counted(group, words, against)
    if group.state == "not_enough":
        return f"{counted} {_not_enough(group)}"
    if group.state == "difference":
        return f"{counted} " + _("That is {times}: more than chance explains.").format(times=times(group.wide_ratio))
    told = _("That is {times}, which chance alone can explain.").format(times=times(group.ratio))
    return f"{counted} {told}{_not_ruled_out(group)}"


def _counted(group: Compared, words: OutcomeWords, against: str) -> str:
    if not group.other_of:
        return _("{part} of {of} children {had}.").format(
            part=whole(group.children), of=whole(group.of), had=words.had
        )  # fmt: skip
    told = _(
        "{part} of {of} children {had} ({percent}%), against {other_part} of {other_of} ({other_percent}%) {against}."
    )
    return told.format(
        part=whole(group.children), of=whole(group.of), had=words.had, percent=_percent(group.children, group.of),
        other_part=whole(group.other_children), other_of=whole(group.other_of),
        other_percent=_percent(group.other_children, group.other_of), against=against,
    )  # fmt: skip


def _percent(part: int, of: int) -> str:
    return whole(100 * part / of) if of else "–"


def _not_enough(group: Compared) -> str:
    return {
        "nobody_else": _("No others can be shown here to compare with."),
        "few_enrolled": _("Below {least} children on one side nothing is read into it.").format(least=FEWEST_ENROLLED),
        "few_children": _(
            "Below {least} children with it on one side, seen or to be expected, nothing is read into it."
        ).format(least=FEWEST_CHILDREN),
        "between": _(
            "It leans to {direction}, but chance is not ruled out with so many groups looked at. Look again with more"
            " months."
        ).format(direction=_("more") if group.direction == "more" else _("fewer")),
        "mirror": _(
            "It differs from all others only because a group that differs itself is among them: without that group"
            " chance is not ruled out."
        ),
    }[group.why]


def times(ratio: Estimate | None) -> str:
    """Give a ratio with its interval: 2.1 times as often (1.4 to 3.2)."""
    if ratio is None:
        return "–"
    if math.isinf(ratio.high):
        return _("at least {low} times as often").format(low=decimal(ratio.low))
    if not ratio.value:
        return _("at most {high} times as often").format(high=decimal(ratio.high))
    return _("{value} times as often ({low} to {high})").format(
        value=decimal(ratio.value), low=decimal(ratio.low), high=decimal(ratio.high)
    )


def _not_ruled_out(group: Compared) -> str:
    ratio = group.ratio
    if ratio is None or (ratio.low > 1 / DOUBLED and ratio.high < DOUBLED):
        return ""
    return " " + _("A real difference, even twice as often or half as often, is not ruled out.")


def difference(group: Compared) -> str:
    """Give the difference of the risks in children per hundred."""
    found = group.difference
    if found is None:
        return "–"
    template = _("{value} in every 100 children ({low} to {high})")
    return template.format(value=_signed(found.value), low=_signed(found.low), high=_signed(found.high))


def short_times(ratio: Estimate | None) -> str:
    """Give a ratio with its interval for a table: 2.1 (1.4 to 3.2)."""
    return _short(ratio, lambda number: "∞" if math.isinf(number) else decimal(number))


def short_difference(found: Estimate | None) -> str:
    """Give a difference per hundred children for a table: +9 (−4 to +21)."""
    return _short(found, _signed)


def _short(found: Estimate | None, number: Callable[[float], str]) -> str:
    if found is None:
        return "–"
    return _("{value} ({low} to {high})").format(
        value=number(found.value), low=number(found.low), high=number(found.high)
    )


def _signed(share: float) -> str:
    number = round(100 * share)
    return f"+{number}" if number > 0 else f"−{-number}" if number else "0"


def reports(group: Compared, words: OutcomeWords) -> str:
    """Say how many reports stand behind the children, as a ratio that allows for many of one child."""
    told = f"{whole(group.reports)} {words.reports}"
    if group.report_ratio is None or group.why in ("few_enrolled", "few_children") or group.state == "incomplete":
        return told
    ratio = _("per child {times}, allowing for several of one child").format(times=times(group.report_ratio))
    return f"{told}; {ratio}"


def one_child(group: Compared) -> str:
    """Warn where one child has more than a third of a group's reports; empty where not."""
    if not group.one_child_shapes_it or group.one_childs_share is None:
        return ""
    return _("One child has {percent}% of these reports: read them as that child's story, not the group's.").format(
        percent=whole(100 * group.one_childs_share)
    )


def hidden() -> str:
    """Say why a group's numbers are not there."""
    return _("{hidden}: too few children, or others could be worked out from them.").format(
        hidden=hidden_words()[:1].upper() + hidden_words()[1:]
    )


def overview(groups: list[Compared], names: dict[str, str], hidden_groups: int) -> str:
    """Give the sentence below the picture."""
    if groups and groups[0].state == "incomplete":
        return _("Too many children are in no group for anything to be told.")
    found = [names[group.code] for group in groups if group.state == "difference"]
    leaning = [names[group.code] for group in groups if group.why == "between"]
    judged = [names[group.code] for group in groups if group.state == "no_sign"]
    if found:
        return _(
            "The numbers differ by more than chance for: {groups}. Look at rules, practices and what gets written down."
        ).format(groups=", ".join(found))
    if leaning:
        return _("It cannot be told yet. The numbers lean to a difference for: {groups}.").format(
            groups=", ".join(leaning)
        )
    if judged and len(judged) == len(groups) - sum(group.why == "nobody_else" for group in groups):
        if hidden_groups:
            return _("Of the groups whose numbers can be shown, none differs by more than chance.")
        return _("No group differs from its comparison by more than chance.")
    if judged:
        return _("No sign of a difference for: {groups}. For the others there are not enough data to tell.").format(
            groups=", ".join(judged)
        )
    if hidden_groups and not groups:
        return _("The numbers here are too small to be shown to you. A larger place may have numbers that can be.")
    return _("There are not enough data to tell. A longer period or a larger place may.")
