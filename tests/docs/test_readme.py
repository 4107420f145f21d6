"""The README says what is so."""

import re
from pathlib import Path

from db.demo.people import SIGN_INS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_the_demo_sign_ins_are_those_of_the_demo():
    told = re.findall(r"^\| (\w+) \| `([^`]+)` \| `([^`]+)` \|$", README, re.MULTILINE)
    assert told == [(one.role, one.name, one.password) for one in SIGN_INS]


def test_every_file_that_the_documents_point_to_is_there():
    for document in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!http|#)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_every_make_target_that_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE)) <= targets
