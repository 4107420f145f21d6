"""One sentence about a cut of incidents: where, when, during what, how many of all, and most often why.

Each part is a phrase of its own that can stand anywhere in the list, in both languages; nothing is put together from
halves of words. Names of rooms and child keys are stored text: what is said here goes to ``st.text`` or is escaped.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from analytics.concentration import Concentration
from components import dates
from components.charts.numbers import percent, whole
from components.choices import label_of, list_label
from components.words import _, language, plural
from db import options

Cut = Mapping[str, str]
Names = Mapping[str, str]
"""Stored names by their codes: classrooms and child keys."""

CLEAR_MOTIVE = 3
"""The least number of times a motive was noted before it is named as the most frequent."""


class Told(NamedTuple):
    """What a statement says: the cut, its count and that of all, and the motives noted in it by their counts."""

    cut: Cut
    count: int | None
    total: int | None
    motives: Mapping[str, int]


def statement(told: Told, names: Names) -> str:
    """Give the precision statement of a cut, such as "During transitions: 14 of 31 incidents (45%), most often …"."""
    parts = phrases(told.cut, names)
    place = ", ".join(parts)
    if told.count is None or told.total is None:
        return _hidden(place)
    if not told.total:
        return _("No incident is on record in this time.")
    if not parts:
        sentence = plural("{total} incident in all", "{total} incidents in all", told.total)
        return _ended(sentence.format(total=whole(told.total)) + motive(told))
    if not told.count:
        none = plural("{place}: none of {total} incident", "{place}: none of {total} incidents", told.total)
        return _ended(_capital(none.format(place=place, total=whole(told.total))))
    sentence = plural(
        "{place}: {count} of {total} incident ({percent}%)",
        "{place}: {count} of {total} incidents ({percent}%)",
        told.total,
    ).format(
        place=place, count=whole(told.count), total=whole(told.total), percent=f"{100 * told.count / told.total:.0f}"
    )  # fmt: skip
    return _ended(_capital(sentence + motive(told)))


def phrases(cut: Cut, names: Names) -> list[str]:
    """Give the parts of a cut in words, in the order in which they are said: what, where, when, during what, who."""
    order = ("behaviour", "classroom", "location", "weekday", "hour", "activity", "motivation", "response", "child")
    return [phrase(by, cut[by], names) for by in order if by in cut]


def phrase(by: str, code: str, names: Names) -> str:
    """Give one part of a cut in words that stand inside a sentence."""
    if by == "hour":
        return _hours()[int(code)]
    if by == "weekday":
        return _weekdays()[int(code)]
    if by == "classroom":
        return _("in the classroom “{room}”").format(room=names.get(code, "?"))
    if by == "child":
        return _("involving the child with the key {key}").format(key=names.get(code, "?"))
    words = options.phrase(by, code, language())
    if by == "motivation":
        return _("possibly {motive}").format(motive=words)
    if by == "response":
        return _("answered with {response}").format(response=words)
    return words


def motive(told: Told) -> str:
    """Give the end of the sentence: the motive noted most often, and how often one is known; empty where unclear."""
    if "motivation" in told.cut or not told.count or not told.motives:
        return ""
    noted = {code: times for code, times in told.motives.items() if code != "not_known" and times}
    ordered = sorted(noted.values(), reverse=True)
    clear = bool(ordered) and ordered[0] >= CLEAR_MOTIVE and (len(ordered) == 1 or ordered[0] > ordered[1])
    known = sum(ordered)
    most = max(noted, key=lambda code: noted[code]) if clear else "other"
    if most != "other":
        words = options.phrase("motivation", most, language())
        if 2 * known >= told.count:
            return _(", most often {motive}").format(motive=words)
        return _(", most often {motive} ({times} of the {known} with a reason noted)").format(
            motive=words, times=whole(ordered[0]), known=whole(known)
        )
    return _(", mostly for reasons that are not known") if 2 * known < told.count else ""


def child_share(share: Any, count: int | None) -> str:
    """Say how the incidents spread over children: never who. Nothing where nothing was counted."""
    if share is None or not count:
        return ""
    if share.children == 0:
        return _("No child is known by a key here, so nothing can be said about one child's share.")
    if share.largest is None:
        return {
            True: _("One child is involved in more than a third of these incidents."),
            False: _("No child is involved in more than a third of these incidents."),
            None: _("Whether one child is involved in many of them is hidden to protect privacy."),
        }[share.dominated]
    told = plural(
        "{children} child is known by a key; the one involved most often is in {share} of these incidents.",
        "{children} children are known by a key; the one involved most often is in {share} of these incidents.",
        share.children,
    ).format(children=share.children, share=percent(share.largest, count or 0))
    if share.dominated:
        told += " " + _("More than a third: what this child needs may explain more than the room or the hour.")
    return told


def standing_out(found: Concentration, names: Names, in_cut: int) -> str:
    """Say why a further cut is suggested, and what is not known about it."""
    words = _capital(phrase(found.dimension, found.code, names))
    basis = {
        "exposure": _("{words}: {share}. By its share of the child-days it would be about {expected}."),
        "calendar": _("{words}: {share}. If all were alike it would be about {expected}."),
        "equal": _(
            "{words}: {share}. If all activities on record were alike it would be about {expected}; how much of the day"
            " each takes is not known."
        ),
        "rest": _("{words}: {share}. As often as at the whole site it would be about {expected}."),
    }[found.baseline]
    nearest = round(found.expected)
    expected = plural("{count} incident", "{count} incidents", nearest).format(count=whole(nearest))
    return basis.format(words=words, share=percent(found.count, in_cut), expected=expected)


def part_label(by: str, code: str, names: Names) -> str:
    """Give the words of one answer as they stand alone, on a chip or beside a bar."""
    if by in ("classroom", "child"):
        return names.get(code, "?")
    if by == "hour":
        return dates.hour(int(code))
    return dates.weekday(int(code)) if by == "weekday" else label_of(by, code)


def title(by: str) -> str:
    """Give the name of a dimension."""
    own = {
        "classroom": _("Classroom"), "hour": _("Time of day"), "weekday": _("Day of the week"), "child": _("Child key"),
    }  # fmt: skip
    return own.get(by) or list_label(by)


def names_of(parts: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Give the stored names among the parts of all dimensions."""
    return {part.code: part.name for found in parts.values() for part in found if part.name}


def motives_of(parts: Mapping[str, Sequence[Any]]) -> dict[str, int]:
    """Give how often each motive was noted in the cut."""
    return {part.code: part.count or 0 for part in parts.get("motivation", ())}


def _hidden(place: str) -> str:
    if not place:
        return _("The number of incidents is hidden to protect privacy.")
    return _capital(_("{place}: hidden to protect privacy.").format(place=place))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _ended(sentence: str) -> str:
    return f"{sentence}."


def _weekdays() -> tuple[str, ...]:
    return (
        _("on Mondays"), _("on Tuesdays"), _("on Wednesdays"), _("on Thursdays"), _("on Fridays"), _("on Saturdays"),
        _("on Sundays"),
    )  # fmt: skip


def _hours() -> dict[int, str]:
    """Give the hours of a day of care, each in full: languages differ in more than the number."""
    return {
        5: _("between 5 and 6 AM"), 6: _("between 6 and 7 AM"), 7: _("between 7 and 8 AM"), 8: _("between 8 and 9 AM"),
        9: _("between 9 and 10 AM"), 10: _("between 10 and 11 AM"), 11: _("between 11 AM and noon"),
        12: _("between noon and 1 PM"), 13: _("between 1 and 2 PM"), 14: _("between 2 and 3 PM"),
        15: _("between 3 and 4 PM"), 16: _("between 4 and 5 PM"), 17: _("between 5 and 6 PM"),
        18: _("between 6 and 7 PM"), 19: _("between 7 and 8 PM"), 20: _("between 8 and 9 PM"),
    }  # fmt: skip
