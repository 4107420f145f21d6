"""Whoever looks at everything that surveys show, at every moment, and solves for what is hidden, recovers nothing.

Every figure that any role can reach (lists, one wave, the site comparison; each site, period and removed or not) is
written down after each step of a long story, as a sum over the people who answered. People of one site who are asked
twice within weeks are taken to answer the same again, as an attacker would guess. Then linear algebra decides: nobody
alone, and no group of fewer than five, may lie in the span of those sums.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from sqlmodel import select

from db.commands.survey_waves import close_survey
from db.commands.waves import correct_wave, record_wave, remove_wave, restore_wave
from db.errors import InvalidInput, NotFound
from db.models import SurveyWave
from db.models.base import new_id
from db.models.wave_input import WaveInput
from db.period import OFFERED_MONTHS, Period
from db.queries.compare import stress_scores
from db.queries.waves import open_wave, waves
from db.survey_disclosure import NEAR, REST, KnownWave, Total, groups
from tests.db.survey_waves import PULSE, answer, opened

LEAST = 5
REGION = new_id()
SCALE = "wellbeing"
ROLES = ("consultant", "supervisor", "director", "coordinator")


class Story:
    """Waves as they happen, who is in each, and every mean that somebody was shown."""

    def __init__(self, session, field, people=7):
        self.session, self.field = session, field
        self.sites = {"here": field.here, **{name: field.site(f"{name} Demo Center") for name in ("b", "c", "d", "e")}}
        for name in ("b", "c", "d", "e"):
            field.give(field.people["consultant"], site_id=self.sites[name].id)
            field.give(field.people["director"], site_id=self.sites[name].id)
        session.commit()
        self.present = {}
        self.seen = {}
        self.seen_all = False

    def sheet(self, person):
        return [1 + (hash(person) // 7**item) % 5 for item in range(5)]

    def typed(self, site, people, days_ago=0, mean=None, by="consultant", open_days=0):
        """Totals of a paper round, with the mean that marks this wave."""
        made = self.totals(site, len(people), days_ago, mean or 2 + len(self.present) / 64, open_days)
        wave_id = record_wave(self.session, self.field.actor(by), made).id
        self.present[wave_id] = (site, tuple(people))
        self.look()
        return wave_id

    def totals(self, site, respondents=6, days_ago=0, mean=3.25, open_days=0, instrument_code=PULSE):
        closed = self.field.today - timedelta(days=days_ago)
        scale = "intent" if instrument_code == "turnover_intent" else SCALE
        return WaveInput(
            client_uuid=new_id(), site_id=self.sites[site].id, instrument_code=instrument_code,
            opened_on=closed - timedelta(days=open_days), closed_on=closed, invited=respondents + 6,
            results=({"scale_code": scale, "respondents": respondents, "mean": mean},),
        )  # fmt: skip

    def asked(self, site, people, invited):
        """A round on phones."""
        wave_id, codes = opened(self.session, self.field, site_id=self.sites[site].id, invited=invited)
        self.look()
        for number, person in enumerate(people):
            answer(self.session, codes[number:], [self.sheet((site, person))])
            self.look(roles=["coordinator"])
        self.present[wave_id] = (site, tuple(people))
        close_survey(self.session, self.field.actor("consultant"), wave_id, 1)
        self.look()
        return wave_id

    def look(self, thoroughly=False, roles=ROLES):
        """Write down every mean that these roles can reach now."""
        for role in roles:
            actor = self.field.actor(role)
            for months in OFFERED_MONTHS if thoroughly else OFFERED_MONTHS[:1]:
                period = Period.last_months(months, self.field.today)
                for site in (None, *self.sites.values()) if thoroughly else (None,):
                    for removed in (False, True):
                        for row in waves(self.session, actor, period, site.id if site else None, removed=removed):
                            self.note(row)
                for score in stress_scores(self.session, actor, period, PULSE, SCALE):
                    self.note_mean(score.value)
            for wave_id in self.present if thoroughly else ():
                try:
                    self.note(open_wave(self.session, actor, wave_id))
                except NotFound:
                    continue
            self.session.rollback()

    def note(self, row):
        for result in row.results:
            if result.mean is not None:
                self.seen[("wave", row.id, round(result.mean, 9))] = [row.id]
            if result.group is not None:
                self.seen.setdefault(("group", round(result.group.mean, 9)), [])
                self.seen[("group", round(result.group.mean, 9))].append(row.id)

    def note_mean(self, mean):
        shown = [key for key in self.seen if key[0] == "wave" and key[2] == round(mean, 9)]
        assert shown, "the comparison shows a mean that no wave shows"

    def person_keys(self):
        """Who is who: the same person of a site is one unknown in waves that lie near each other."""
        self.session.rollback()
        rows = {row.id: row for row in self.session.exec(select(SurveyWave)).all()}
        keys, anchors = {}, {}
        for wave_id in sorted(self.present, key=lambda one: rows[one].closed_on):
            site, people = self.present[wave_id]
            for person in people:
                before = anchors.get((site, person))
                near = before is not None and self.same_weeks(rows[wave_id], before[0])
                key = before[1] if near else (site, person, wave_id)
                anchors[(site, person)] = (rows[wave_id], key)
                keys[(wave_id, person)] = key
        return keys

    def same_weeks(self, wave, before):
        return wave.closed_on - before.closed_on < NEAR or wave.opened_on - before.closed_on < REST

    def system(self):
        """The sums that were shown, over all unknown answers."""
        if not self.seen_all:
            self.look(thoroughly=True)
            self.seen_all = True
        keys = self.person_keys()
        unknown = sorted(set(keys.values()), key=repr)
        number = {key: place for place, key in enumerate(unknown)}
        rows = []
        for members in self.seen.values():
            row = np.zeros(len(unknown))
            for wave_id in set(members):
                for person in self.present[wave_id][1]:
                    row[number[keys[(wave_id, person)]]] += 1
            rows.append(row)
        return np.array(rows).reshape(-1, len(unknown)), unknown

    def small_groups_recovered(self, known=()):
        """Every group of one to four people whose sum follows from what was shown; ``known``: waves somebody typed."""
        shown, unknown = self.system()
        keys = self.person_keys()
        extra = []
        for wave_id in known:
            row = np.zeros(len(unknown))
            for person in self.present[wave_id][1]:
                row[unknown.index(keys[(wave_id, person)])] = 1
            extra.append(row)
        matrix = np.vstack([shown, *extra]) if len(extra) else shown
        patterns = {}
        for place in range(len(unknown)):
            patterns.setdefault(tuple(matrix[:, place]), []).append(place)
        alike = [places for places in patterns.values() if len(places) < LEAST]
        rank = np.linalg.matrix_rank(matrix)
        own = {frozenset(np.flatnonzero(row)) for row in extra}
        found = []
        for size in range(1, LEAST):
            for chosen in combinations(alike, size):
                places = frozenset(place for part in chosen for place in part)
                if len(places) >= LEAST or places in own:
                    continue
                row = np.zeros(len(unknown))
                row[list(places)] = 1
                if np.linalg.matrix_rank(np.vstack([matrix, row])) == rank:
                    found.append([unknown[place] for place in places])
        return found


@pytest.fixture
def story(session, field):
    return Story(session, field)


def test_the_solver_finds_a_person_in_two_means_that_differ_by_one(story):
    """The attack works where nothing protects: otherwise this file would prove nothing."""
    story.typed("here", range(6))
    other = story.typed("b", range(6))
    story.present[other] = ("here", tuple(range(7)))  # as if both means of these people were shown
    ((_site, person, _wave),) = story.small_groups_recovered()[0]
    assert person == 6


def test_nothing_is_recovered_from_a_long_story(story):
    first = story.asked("here", range(6), invited=7)
    story.typed("here", range(7), days_ago=5)
    story.typed("here", range(1, 7), days_ago=20)
    story.typed("here", [0, 2, 3, 4, 5, 8], days_ago=40)
    small = [story.typed("b", range(3)), story.typed("c", range(4)), story.typed("d", range(2))]
    story.asked("e", range(4), invited=9)
    remove_wave(story.session, story.field.actor("consultant"), first, 2, "looking what shows then")
    story.look()
    restore_wave(story.session, story.field.actor("consultant"), first, 3, "and then")
    remove_wave(story.session, story.field.actor("consultant"), small[0], 1, "and this")
    story.look()
    restore_wave(story.session, story.field.actor("consultant"), small[0], 2, "again")
    story.look()
    assert any(kind[0] == "group" for kind in story.seen)
    assert any(kind[0] == "wave" for kind in story.seen)
    assert story.small_groups_recovered() == []


def test_whoever_typed_one_small_wave_cannot_subtract_it_from_its_group(story):
    small = [story.typed("b", range(4)), story.typed("c", range(4)), story.typed("d", range(1)), story.typed("e", [1])]
    assert any(kind[0] == "group" for kind in story.seen)
    for known in small:
        assert story.small_groups_recovered(known=[known]) == []


def test_of_two_rounds_in_the_same_weeks_only_the_one_known_first_is_ever_shown(story):
    first, second = story.typed("here", range(6)), story.typed("here", range(7), days_ago=10)
    shown = {key[1] for key in story.seen if key[0] == "wave"}
    assert shown == {first}
    (near,) = open_wave(story.session, story.field.actor("coordinator"), second).results
    assert (near.hidden, near.near, near.mean) == (True, True, None)


def test_totals_that_were_typed_wrong_and_removed_make_room_but_counted_sheets_do_not(story):
    wrong = story.typed("here", range(6), days_ago=2)
    remove_wave(story.session, story.field.actor("consultant"), wrong, 1, "wrong column")
    again = story.typed("here", range(6), days_ago=3)
    assert not open_wave(story.session, story.field.actor("director"), again).results[0].hidden
    counted = story.asked("b", range(6), invited=7)
    remove_wave(story.session, story.field.actor("consultant"), counted, 2, "to see the other")
    other = story.typed("b", range(7), days_ago=3)
    assert open_wave(story.session, story.field.actor("director"), other).results[0].near


def test_one_late_sheet_does_not_come_out_when_totals_are_taken_back_and_typed_again(story):
    first = story.typed("here", range(6), days_ago=2)
    remove_wave(story.session, story.field.actor("consultant"), first, 1, "one more sheet came")
    second = story.typed("here", range(7), days_ago=3)
    assert open_wave(story.session, story.field.actor("director"), second).results[0].near
    assert story.small_groups_recovered() == []


def test_a_round_that_is_dated_elsewhere_makes_no_room_for_the_one_that_was_too_near(story):
    """Both means would have been seen: six people's and, after the correction, seven people's of the same weeks."""
    first, second = story.typed("here", range(6)), story.typed("here", range(7), days_ago=10)
    actor, wave_id = story.field.actor("consultant"), first
    for moved in ({"days_ago": 90}, {"instrument_code": "turnover_intent"}, {"site": "b"}):
        with pytest.raises(InvalidInput, match=r"others_would_show|cannot_move|unknown_option"):
            correct_wave(story.session, actor, wave_id, 1, story.totals(**{"site": "here", **moved}), "a wrong day")
    assert open_wave(story.session, story.field.actor("director"), second).results[0].near


def test_a_correction_leaves_the_groups_of_other_sites_as_they_were_told(story):
    """Whoever typed b's totals would know c's and d's sum from the first group, and e's from the second."""
    small = [story.typed(name, range(4)) for name in ("b", "c", "d")]
    story.typed("e", range(2))
    with pytest.raises(InvalidInput, match="others_would_show"):
        correct_wave(
            story.session, story.field.actor("consultant"), small[0], 1, story.totals("b", respondents=9), "miscounted"
        )
    again = story.totals("b", respondents=4)
    assert correct_wave(story.session, story.field.actor("consultant"), small[0], 1, again, "misread").version == 2


def test_totals_typed_beside_a_round_on_phones_make_no_room_for_it(story):
    paper = story.typed("here", range(6), days_ago=1)
    remove_wave(story.session, story.field.actor("consultant"), paper, 1, "to see the other")
    phones = story.asked("here", range(6), invited=7)
    assert open_wave(story.session, story.field.actor("director"), phones).results[0].near


def test_a_round_that_stays_open_for_long_is_near_to_the_one_before_it(story):
    """Asked in the same week, closed five weeks apart: the same people with the same answers."""
    story.typed("here", range(6), days_ago=40)
    late = story.typed("here", range(7), days_ago=2, open_days=37)
    assert open_wave(story.session, story.field.actor("director"), late).results[0].near
    assert story.small_groups_recovered() == []


def test_invented_totals_beside_a_small_site_do_not_lay_its_people_open(story):
    """Whoever types totals knows them: two invented ones would leave the mean of two real people."""
    story.asked("b", range(2), invited=9)
    invented = [story.typed("c", range(4)), story.typed("d", range(4))]
    assert story.small_groups_recovered(known=invented) == []
    story.typed("e", range(4), by="coordinator")
    assert story.small_groups_recovered(known=invented) == []


def test_where_all_answered_alike_no_group_tells_how(story):
    """Known to be many, and hidden all the same: in a group's mean their one answer would show."""
    alike = story.typed("b", range(7), mean=5)
    story.typed("c", range(4))
    story.typed("d", range(3))
    assert open_wave(story.session, story.field.actor("director"), alike).results[0].group is None


def small(site, month, respondents=4, typed_by=None):
    """A wave of a few people, in one quarter of one region."""
    closed = date(2026, month, 5)
    known_at = datetime(2026, month, 6, tzinfo=UTC)
    totals = {SCALE: Total(respondents, 2.5 + month / 10, None)}
    return KnownWave(new_id(), site, REGION, PULSE, closed, closed, 12, known_at, False, typed_by, totals)


def test_a_group_with_typed_totals_waits_until_enough_others_are_in_it():
    typist, sites = new_id(), [new_id() for _site in range(6)]
    typed = [small(site, 1, typed_by=typist) for site in sites[:3]]
    counted = [small(site, 2) for site in sites[3:]]
    assert len(groups(typed)) == 3
    assert groups([*typed[:2], *counted[:2]]) == {}
    assert len(groups([*typed[:2], *counted])) == 5


def test_the_same_few_people_do_not_make_a_group_by_answering_again_and_again():
    one, two, three = new_id(), new_id(), new_id()
    monthly = [small(site, month) for month in (1, 2, 3) for site in (one, two)]
    assert groups(monthly) == {}
    assert groups([small(one, 1, 4), small(two, 1, 4)]) == {}
    grouped = groups([*monthly, small(three, 3)])
    assert {group.sites for group in grouped.values()} == {3}


def test_a_group_never_changes_when_more_becomes_known():
    sites = [new_id() for _site in range(8)]
    known = [small(site, 1 + number // 3) for number, site in enumerate(sites)]
    before = {}
    for number in range(len(known) + 1):
        now = groups(known[:number])
        assert before.items() <= now.items()
        before = now
    assert len(before) == 6
