"""The one rule for what may be shown of a staff survey: on every screen, in every table, chart and file.

A result leaves only when at least five people are in it and everything that can be subtracted from it, too. So no two
means of the same people in the same weeks are shown (``near_earlier``), and what a site may not show by itself is
shown only in a fixed group of such waves of its region (``groups``), which no other figure overlaps.
"""

import math
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from analytics.suppression import show_mean
from db.instruments import Scale, instrument
from db.settings import settings

Share = Literal["under_half", "half_to_three_quarters", "three_quarters_or_more"]
ResponseBand = Share | Literal["over_half"]
Progress = ResponseBand | Literal["few"]

NEAR = timedelta(days=28)
"""Waves of one survey at one site that close less than this apart ask the same people about the same weeks."""
REST = timedelta(days=14)
"""So do two of which one begins less than this after the other ended, however long it stays open."""


class Total(NamedTuple):
    """What one scale of a wave came to, as stored."""

    respondents: int
    mean: float
    sd: float | None


class KnownWave(NamedTuple):
    """A wave whose totals are stored.

    ``known_at``: since when they could be seen. ``typed_by``: who typed them, and so knows them anyway.
    """

    id: uuid.UUID
    site_id: uuid.UUID
    region_id: uuid.UUID
    instrument_code: str
    opened_on: date
    closed_on: date
    invited: int
    known_at: datetime
    removed: bool
    typed_by: uuid.UUID | None
    totals: Mapping[str, Total]


class Group(NamedTuple):
    """The mean of several waves of a region that may not be shown one by one."""

    sites: int
    mean: float
    respondents: int | None


class ShownResult(NamedTuple):
    """What one scale came to. When ``hidden``, there is no number at all, except of its ``group``.

    ``respondents`` is also left out when it would show that only a few who were invited did not answer. ``near``: it
    is hidden because of another wave of the same weeks.
    """

    scale_code: str
    hidden: bool
    respondents: int | None = None
    mean: float | None = None
    sd: float | None = None
    near: bool = False
    group: Group | None = None


class ShownWave(NamedTuple):
    """What a wave came to, scale by scale. ``response``: about how many answered, where nothing is hidden."""

    results: tuple[ShownResult, ...] = ()
    response: ResponseBand | None = None


def shown_waves(waves: Iterable[KnownWave]) -> dict[uuid.UUID, ShownWave]:
    """Give what may be shown of each wave, with its scales in the order of the instrument.

    Args:
        waves: those asked for with all other waves of the same surveys in their regions, removed ones as well, that
            closed in the same quarters or near one that did.
    """
    known = sorted(waves, key=lambda wave: (wave.known_at, wave.id.bytes))
    near = near_earlier(known)
    shared = groups([wave for wave in known if wave.id not in near])
    shown = {}
    for wave in known:
        order = [scale.code for scale in instrument(wave.instrument_code).scales if scale.code in wave.totals]
        results = []
        for code in order:
            result = shown_result(wave.instrument_code, code, wave.totals[code], wave.invited)
            if wave.id in near:
                result = ShownResult(code, hidden=True, near=True)
            elif result.hidden:
                result = result._replace(group=shared.get((wave.id, code)))
            results.append(result)
        most = max((total.respondents for total in wave.totals.values()), default=0)
        anyone_hidden = not results or any(result.hidden for result in results)
        shown[wave.id] = ShownWave(tuple(results), None if anyone_hidden else _response(most, wave.invited))
    return shown


def shown_result(instrument_code: str, scale_code: str, total: Total, invited: int) -> ShownResult:
    """Give what may be shown of one scale's result, looked at by itself.

    All is hidden below the least number of people, and when the numbers would tell about everyone how they answered
    (``_much_alike``), because that is each person's answer (domain.md 5.2). The spread comes from twice as many people
    on: with the mean of a few on a short scale it tells all their answers. Where the number of people is not told, from
    twice as many that must have been: else the spread would tell it.
    """
    least = settings().staff_minimum
    told = _told(total.respondents, invited)
    surely = max(least, invited - least + 1) if told is None else told
    sd = total.sd if surely >= 2 * least else None
    alike = total.sd == 0 or _much_alike(instrument(instrument_code).scale(scale_code), total._replace(sd=sd))
    if alike or not show_mean(total.respondents, least):
        return ShownResult(scale_code, hidden=True)
    return ShownResult(scale_code, False, told, total.mean, sd)


def _much_alike(scale: Scale, total: Total) -> bool:
    """Tell whether the mean and the spread, where it is told, leave every person less than half of the scale.

    Five answers from 1 to 5 with a mean of 4.8 are all 4 or 5. Nobody can lie further below the mean than if all
    others stood at the upper end, nor above it than with all others at the lower end; and nobody further from it than
    the spread times (n - 1) / sqrt(n) (Samuelson 1968, Journal of the American Statistical Association 63(324)).
    """
    people, mean = total.respondents, total.mean
    lowest, highest = scale.maximum - people * (scale.maximum - mean), scale.minimum + people * (mean - scale.minimum)
    if total.sd is not None:
        furthest = total.sd * (people - 1) / math.sqrt(people)
        lowest, highest = max(lowest, mean - furthest), min(highest, mean + furthest)
    room = min(highest, scale.maximum) - max(lowest, scale.minimum)
    return room < (scale.maximum - scale.minimum) / 2


def near_earlier(known: Sequence[KnownWave]) -> set[uuid.UUID]:
    """Give the waves that are too near to one of the same survey and site that could be seen before.

    The difference of two such means could be one person's answer: who came new, or stayed away. Which of them is
    shown depends on nothing that comes later, so that waiting or removing shows no second one. Only totals that
    somebody typed and took back make room for the same people's, typed again.
    """
    near = set()
    earlier: dict[tuple[uuid.UUID, str], list[KnownWave]] = {}
    for wave in known:
        same = earlier.setdefault((wave.site_id, wave.instrument_code), [])
        if any(_same_weeks(wave, other) and not _typed_again(other, wave) for other in same):
            near.add(wave.id)
        same.append(wave)
    return near


def _same_weeks(one: KnownWave, other: KnownWave) -> bool:
    between = max(one.opened_on, other.opened_on) - min(one.closed_on, other.closed_on)
    return abs(one.closed_on - other.closed_on) < NEAR or between < REST


def _typed_again(before: KnownWave, wave: KnownWave) -> bool:
    """Tell whether ``wave`` takes the place of totals that were typed and taken back.

    Where the first ones were shown it must be of as many people: of one more, the two means tell that one's answer.
    """
    if not before.removed or before.typed_by is None or wave.typed_by is None:
        return False
    return all(
        shown_result(before.instrument_code, code, total, before.invited).hidden
        or (code in wave.totals and wave.totals[code].respondents == total.respondents)
        for code, total in before.totals.items()
    )


def groups(known: Sequence[KnownWave]) -> dict[tuple[uuid.UUID, str], Group]:
    """Give the group that each hidden result, by wave and scale, is shown in; only those that stand in one.

    The results of too few people in a region and quarter are taken in the order in which they became known, until
    nobody can subtract down to a few (``_too_many_to_subtract``). Several waves of one site count as the same people.
    A group never changes again, overlaps no other and holds nothing that is shown elsewhere; when one of its waves is
    removed, it is not shown at all. What is hidden because all answered alike stands in none: with many people in
    it, a group's mean would tell their answer.
    """
    least = settings().staff_minimum
    waiting: dict[tuple[object, ...], list[KnownWave]] = {}
    found: dict[tuple[uuid.UUID, str], Group] = {}
    for wave in known:
        for code, total in wave.totals.items():
            if show_mean(total.respondents, least):
                continue
            quarter = (wave.closed_on.year, (wave.closed_on.month - 1) // 3)
            members = waiting.setdefault((wave.region_id, wave.instrument_code, code, quarter), [])
            members.append(wave)
            if not _too_many_to_subtract(members, code, least):
                continue
            group = _group(members, code)
            if group is not None:
                found.update({(member.id, code): group for member in members})
            members.clear()
    return found


def _too_many_to_subtract(members: Sequence[KnownWave], code: str, least: int) -> bool:
    """Tell whether enough people are left for whoever knows the largest site, or typed some totals and one more site.

    Totals can be invented: without this, two invented ones would lay open the few people of a third.
    """
    for who in (None, *{member.typed_by for member in members if member.typed_by}):
        rest = [member for member in members if who is None or member.typed_by != who]
        if rest and _without_the_largest(rest, code) < least:
            return False
    return True


def _without_the_largest(members: Sequence[KnownWave], code: str) -> int:
    """Give how many people at least are in these waves when the site with the most of them is left out."""
    people: dict[uuid.UUID, int] = {}
    for member in members:
        people[member.site_id] = max(people.get(member.site_id, 0), member.totals[code].respondents)
    return sum(people.values()) - max(people.values())


def _group(members: Sequence[KnownWave], code: str) -> Group | None:
    people = sum(member.totals[code].respondents for member in members)
    mean = sum(member.totals[code].mean * member.totals[code].respondents for member in members) / people
    invited = sum(member.invited for member in members)
    together = shown_result(members[0].instrument_code, code, Total(people, mean, None), invited)
    if together.hidden or any(member.removed for member in members):
        return None
    return Group(len({member.site_id for member in members}), mean, together.respondents)


def _told(respondents: int, invited: int) -> int | None:
    """Give how many answered, unless only a few of those invited did not.

    Nor when all answered where only one could have stayed silent: what is not told would be told by that.
    """
    least = settings().staff_minimum
    return None if 0 < invited - respondents < least or invited == least + 1 else respondents


def _response(respondents: int, invited: int) -> ResponseBand:
    """Give roughly how many answered; where that would tell the one number that is not told, no more than "over half".

    Whether it would depends on all numbers that it can be, not on the one that it is: silence must tell nothing.
    """
    least = settings().staff_minimum
    if _told(respondents, invited) is None:
        possible = range(max(least, invited - least + 1), invited + (invited == least + 1))
        shares = Counter(response_band(number, invited) for number in possible)
        if len(shares) > 1 and min(shares.values()) == 1:
            return "over_half"
    return response_band(respondents, invited)


def response_band(respondents: int, invited: int) -> Share:
    """Give roughly how many of those invited answered: a share would give away how many did not."""
    share = respondents / invited
    if share < 0.5:
        return "under_half"
    return "half_to_three_quarters" if share < 0.75 else "three_quarters_or_more"


def progress(answered: int, invited: int) -> Progress:
    """Give roughly how many have answered so far: never a number that grows by one at somebody's answer.

    Nor more than is told afterwards: whoever looked on the last day would know it.
    """
    return "few" if answered < settings().staff_minimum else _response(answered, invited)
