"""docs/security.md names tests and files that exist, and says of every row how it is proven or that it is not held."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:tests|tools|db|deploy)/[\w/.-]+)(?:::(\w+))?`", TEXT)))
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+[^|]*) \| ([^|]+) \| ([^|]+) \| ?([^|]*)\|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("path", sorted({path for path, _name in NAMED}))
def test_every_file_and_test_that_is_named_exists(path: str):
    source = (ROOT / path).read_text()
    wanted = {name for named, name in NAMED if named == path and name}
    assert wanted <= set(re.findall(r"^(?:async )?def (test_\w+)\(", source, re.MULTILINE))


def test_every_requirement_is_proven_or_said_to_be_not_held():
    unproven = [number for number, *_told, proof in ROWS if "tests/" not in proof and "tools/" not in proof]
    told = [number for number, _asked, how, proof in ROWS if "not held" in f"{how} {proof}".lower()]
    assert set(unproven) <= set(told)
    assert len(ROWS) >= 80


def test_the_numbers_follow_each_other_and_none_comes_twice():
    first = [tuple(int(part) for part in re.findall(r"\d+", number)[:3]) for number, *_rest in ROWS]
    assert len(set(first)) == len(first)
    assert [one[0] for one in first] == sorted(one[0] for one in first)
