"""What makes a password good enough, and how it is kept."""

import pytest

from db import passwords

pytestmark = pytest.mark.usefixtures("real_argon2")

GOOD = "seven kites over the harbor"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("gx7 mq2 vw9 kp", ["password_short"]),
        ("gx7 mq2 vw9 kpz", []),
        ("зелёный чай на кухне", []),
        ("   gx7 mq2 vw9 kpz   ", []),
        ("gx7mq2vw9kpz" * 6, []),
        ("gx7mq2vw9kpz4tn8" * 12 + "gx7mq2vw", []),
        ("gx7mq2vw9kpz4tn8" * 12 + "gx7mq2vw9", ["too_long"]),
        ("password1234567", ["password_common"]),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", ["password_common"]),
        (" " * 20, ["password_common"]),
        ("attune attune attune", ["password_common"]),
    ],
)
def test_length_and_guessability_are_all_that_counts(password, codes):
    assert [problem.code for problem in passwords.password_problems(password)] == codes


def test_a_password_made_of_ones_own_name_and_site_is_refused():
    words = ["consultant.demo", "Maple Demo Center"]
    own = passwords.password_problems("Maple Demo Center consultant.demo", words)
    assert [problem.code for problem in own] == ["password_common"]
    assert passwords.password_problems(GOOD, words) == []


def test_only_the_password_itself_is_right():
    stored = passwords.hash_password(GOOD)
    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert passwords.verify(stored, GOOD)
    assert not passwords.verify(stored, GOOD + " ")
    assert not passwords.verify(stored, GOOD.upper())
    assert stored != passwords.hash_password(GOOD)


def test_every_letter_of_a_long_password_counts():
    long = "gx7mq2vw9kpz4tn8" * 12
    stored = passwords.hash_password(long)
    assert passwords.verify(stored, long)
    assert not passwords.verify(stored, long[:-1] + "x")


def test_the_same_letters_fit_however_a_keyboard_composed_them():
    assert passwords.verify(passwords.hash_password("caf\u00e9 au lait at nine"), "cafe\u0301 au lait at nine")


def test_it_costs_a_guesser_64_mib_and_three_rounds_each_time():
    assert passwords.hash_password(GOOD).split("$")[3] == "m=65536,t=3,p=4"


def test_without_a_stored_password_nothing_is_right():
    assert not passwords.verify(None, "the password of nobody at all")
    assert not passwords.verify("not a hash", GOOD)
