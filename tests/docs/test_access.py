"""docs/access.md says what the code enforces."""

import sys
from pathlib import Path

from db.access_matrix import MATRIX, ROLES, table

DOCUMENT = Path(__file__).parents[2] / "docs" / "access.md"
START = "| thing | may |"


def test_the_documented_table_is_the_enforced_one():
    assert DOCUMENT.read_text().partition(START)[1:] == (START, table().removeprefix(START))


def test_every_thing_says_something_for_every_role():
    for thing, by_role in MATRIX.items():
        assert set(by_role) == set(ROLES), thing


def test_an_admin_sees_no_clinical_row():
    clinical = {
        "visit", "visit_text", "reflection", "incident", "exclusion", "observation", "survey_wave", "child_measure",
        "meeting",
    }  # fmt: skip
    assert all(MATRIX[thing]["admin"] == {} for thing in clinical)


if __name__ == "__main__":
    kept = DOCUMENT.read_text().partition(START)[0]
    DOCUMENT.write_text(kept + table())
    sys.stdout.write(f"{DOCUMENT.name} written\n")
