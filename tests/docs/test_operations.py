"""docs/operations.md tells every setting with its default."""

import re
from pathlib import Path

from db.settings import ROOT as PROJECT
from db.settings import Settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)

AS_THEY_ARE = {"database_url", "read_database_url"}
"""Settings that hosts set under their own names."""


def rows() -> list[tuple[str, str, str]]:
    made = []
    for name, field in Settings.model_fields.items():
        variable = name.upper() if name in AS_THEY_ARE else f"ATTUNE_{name.upper()}"
        default = "none" if field.default is None else str(field.default).replace(f"{PROJECT}/", "")
        made.append((variable, f"`{default}`" if default != "none" else "none", field.description or ""))
    return made


def test_every_setting_is_documented_with_its_default():
    assert ROW.findall(DOCUMENT.read_text()) == rows()


def test_every_setting_says_what_it_does():
    assert all(description.endswith(".") for _variable, _default, description in rows())
