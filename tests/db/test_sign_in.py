"""Signing in: who gets in, for how long, and how guessing is slowed down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from db import passwords, sign_in
from db.engine import session as open_session
from db.engine import writing
from db.models import AuditEvent, SignInSession, SignInThrottle
from db.settings import settings
from db.sign_in import Refusal

PASSWORD = "seven kites over the harbor"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def stored_password():
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def person(session, field, stored_password):
    chosen = field.people["consultant"]
    chosen.password_hash = stored_password
    field.add(chosen)
    session.commit()
    return chosen


@pytest.fixture
def checks(monkeypatch):
    """Every Argon2 check that is made, by whether it had a stored password."""
    made = []
    real = passwords.verify

    def counted(stored, password):
        made.append(stored is not None)
        return real(stored, password)

    monkeypatch.setattr(passwords, "verify", counted)
    return made


def enter(session, person, now=NOW, password=PASSWORD, **values):
    return sign_in.sign_in(session, person.sign_in_name, password, now, **values)


def alive(session, signed_in, now):
    session.rollback()
    session.expire_all()
    return sign_in.resolve(session, sign_in.token_hash(signed_in.token), now)


def actions(session):
    return [one.action for one in session.exec(select(AuditEvent).order_by(AuditEvent.seq))]


def test_the_right_password_opens_a_session_and_leaves_its_trace(session, person, field):
    signed_in = enter(session, person)
    actor = alive(session, signed_in, NOW)
    assert (actor.person_id, actor.role, actor.session_id) == (person.id, "consultant", signed_in.session_id)
    assert actor.scope.sites == {field.here.id}
    trace = session.exec(select(AuditEvent)).one()
    assert (trace.action, trace.entity, trace.entity_id, trace.reason) == (
        "sign_in",
        "person",
        person.id,
        None,
    )


def test_case_and_outer_spaces_of_the_name_do_not_matter(session, person):
    name = f"  {person.sign_in_name.upper()} "
    assert sign_in.sign_in(session, name, PASSWORD, NOW) not in list(Refusal)


def test_the_token_is_long_new_each_time_and_not_in_the_database(session, person):
    first, second = enter(session, person), enter(session, person)
    assert first.token != second.token
    assert len(first.token) >= 43
    stored = {row.token_hash for row in session.exec(select(SignInSession))}
    assert stored == {sign_in.token_hash(first.token), sign_in.token_hash(second.token)}


def test_a_token_that_someone_planted_is_worth_nothing_before_and_after_sign_in(session, person):
    planted = sign_in.token_hash("planted")
    enter(session, person, browser=sign_in.Browser(planted))
    assert sign_in.resolve(session, planted, NOW) is None


def test_signing_in_again_in_the_same_browser_ends_the_session_before(session, person):
    first = enter(session, person)
    second = enter(session, person, browser=sign_in.Browser(sign_in.token_hash(first.token)))
    assert alive(session, first, NOW) is None
    assert alive(session, second, NOW)


def test_everybody_who_is_refused_gets_the_same_answer_after_the_same_work(session, person, field, checks):
    disabled = field.people["director"]
    disabled.password_hash, disabled.disabled_at = person.password_hash, NOW
    field.add(disabled)
    session.commit()
    refused = [
        enter(session, person, password="wrong"),
        sign_in.sign_in(session, "no-such-account", PASSWORD, NOW),
        enter(session, field.people["admin"]),
        enter(session, disabled),
    ]
    assert refused == [Refusal.WRONG] * 4
    assert checks == [True, False, False, True]
    assert actions(session) == ["sign_in_refused"] * 4


@pytest.mark.usefixtures("real_argon2")
def test_an_unknown_account_costs_one_argon2_check_as_a_known_one_does(session, person, field, monkeypatch):
    person.password_hash = passwords.hash_password(PASSWORD)
    field.add(person)
    session.commit()
    rounds = []

    class Counting(type(passwords._hasher)):
        def verify(self, stored, password):
            rounds.append(stored.split("$")[3])
            return super().verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    enter(session, person, password="wrong")
    sign_in.sign_in(session, "no-such-account", "wrong", NOW)
    assert len(rounds) == 2
    assert rounds[0] == rounds[1]


def test_a_trace_of_a_refusal_names_nobody_who_was_typed(session, person):
    sign_in.sign_in(session, "typed.by.mistake", "a secret typed", NOW)
    trace = session.exec(select(AuditEvent)).one()
    assert (trace.actor_id, trace.actor_role, trace.entity_id, trace.reason) == (None, "nobody", None, None)


def test_a_session_ends_after_an_idle_hour_and_lives_while_it_is_used(session, person):
    signed_in = enter(session, person)
    idle = timedelta(minutes=settings().idle_minutes)
    assert alive(session, signed_in, NOW + idle - MINUTE)
    assert alive(session, signed_in, NOW + 2 * idle - 2 * MINUTE)
    assert alive(session, signed_in, NOW + 3 * idle) is None


def test_a_session_ends_after_its_longest_time_however_busy(session, person):
    signed_in = enter(session, person)
    longest = settings().absolute_hours
    for half_hours in range(1, 2 * longest):
        assert alive(session, signed_in, NOW + half_hours * HOUR / 2)
    assert alive(session, signed_in, NOW + longest * HOUR - MINUTE)
    assert alive(session, signed_in, NOW + longest * HOUR) is None


def test_a_clock_that_is_set_back_neither_ends_a_session_nor_prolongs_it(session, person):
    signed_in = enter(session, person)
    back = NOW - 3 * HOUR
    assert alive(session, signed_in, back)
    for half_hours in range(1, 24):
        assert alive(session, signed_in, back + half_hours * HOUR / 2)
    assert alive(session, signed_in, back + 12 * HOUR) is None


def test_being_seen_is_written_at_most_once_a_minute(session, person, engine):
    signed_in = enter(session, person)
    written = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection, cursor, statement, *rest):
        if statement.startswith("UPDATE"):
            written.append(statement)

    for seconds in (0, 20, 59, 61, 100, 120):
        assert alive(session, signed_in, NOW + timedelta(seconds=seconds))
    assert len(written) == 1


def test_knowing_who_acts_takes_two_statements(session, person, engine):
    signed_in = enter(session, person)
    read = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(connection, cursor, statement, *rest):
        if statement.startswith("SELECT"):
            read.append(statement)

    assert alive(session, signed_in, NOW)
    assert len(read) == 2


def test_signing_out_ends_the_session_once(session, person):
    signed_in = enter(session, person)
    for _ in range(2):
        sign_in.end_session(session, sign_in.token_hash(signed_in.token), NOW + MINUTE)
    assert alive(session, signed_in, NOW + MINUTE) is None
    assert actions(session) == ["sign_in", "sign_out"]


def test_a_disabled_person_is_out_at_once(session, person, field):
    signed_in = enter(session, person)
    person.disabled_at = NOW
    field.add(person)
    session.commit()
    assert alive(session, signed_in, NOW + MINUTE) is None


def test_all_sessions_of_one_person_can_be_ended_and_nobody_elses(session, person, field):
    mine = [enter(session, person), enter(session, person)]
    other = field.people["director"]
    other.password_hash = person.password_hash
    field.add(other)
    session.commit()
    theirs = enter(session, other)
    with writing(session):
        assert sign_in.end_sessions_of(session, person.id, "role_changed") == 2
    assert [alive(session, one, NOW) for one in mine] == [None, None]
    assert alive(session, theirs, NOW)


def test_ten_wrong_passwords_slow_an_account_down_and_the_owner_gets_in_later(session, person, checks):
    answers = [enter(session, person, password=f"guess {number}") for number in range(11)]
    assert answers == [Refusal.WRONG] * 10 + [Refusal.SLOWED_DOWN]
    assert enter(session, person) is Refusal.SLOWED_DOWN
    assert len(checks) == 10
    assert enter(session, person, now=NOW + 15 * MINUTE).person_id == person.id


def test_an_unknown_account_is_slowed_down_like_a_known_one(session, person):
    answers = [sign_in.sign_in(session, "no-such-account", "guess", NOW) for _ in range(11)]
    assert answers == [Refusal.WRONG] * 10 + [Refusal.SLOWED_DOWN]
    assert enter(session, person).person_id == person.id


def test_one_password_on_many_accounts_slows_the_whole_server_down(session, person, monkeypatch):
    monkeypatch.setattr(passwords, "verify", lambda stored, password: False)
    limit = settings().throttle_server
    answers = [sign_in.sign_in(session, f"account-{number}", "guess", NOW) for number in range(limit + 1)]
    assert answers == [Refusal.WRONG] * limit + [Refusal.SLOWED_DOWN]
    monkeypatch.undo()
    assert enter(session, person) is Refusal.SLOWED_DOWN
    assert enter(session, person, now=NOW + 15 * MINUTE).person_id == person.id


def test_a_right_password_takes_its_count_back(session, person):
    for _ in range(9):
        enter(session, person, password="wrong")
    enter(session, person)
    assert enter(session, person, password="wrong") is Refusal.WRONG
    assert session.get(SignInThrottle, "*", populate_existing=True).failures == pytest.approx(10)


def test_a_burst_of_guesses_at_the_same_moment_does_not_slip_through(engine, session, person, monkeypatch):
    monkeypatch.setattr(passwords, "verify", lambda stored, password: False)
    name = person.sign_in_name

    def guess(number):
        with open_session(engine) as own:
            return sign_in.sign_in(own, name, f"guess {number}", NOW)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(24)))
    assert answers.count(Refusal.WRONG) == 10
    assert answers.count(Refusal.SLOWED_DOWN) == 14


def test_counts_that_have_melted_are_forgotten(session, person):
    for number in range(5):
        sign_in.sign_in(session, f"account-{number}", "guess", NOW)
    sign_in.sign_in(session, "later", "guess", NOW + 16 * MINUTE)
    assert len(session.exec(select(SignInThrottle)).all()) == 2
