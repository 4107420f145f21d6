"""When a site needs a call: the rules are data with their source, in call_rules.yaml, in the order they are told in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.field_data import DataError, read_yaml, required_text
from db.options import codes

KINDS = (
    "care_ended", "more_than_past", "beyond_limits", "recording_stopped", "no_visit", "overdue", "enrollment_missing",
)  # fmt: skip


def _read() -> Mapping[str, Mapping[str, Any]]:
    data = read_yaml(Path(__file__).with_name("call_rules.yaml"))
    for kind, rule in data.items():
        required_text(rule, "source", kind)
    if tuple(data) != KINDS or set(data["care_ended"]["kinds"]) - set(codes("exclusion_type")):
        raise DataError("call_rules.yaml names a kind of reason, or of time away, that is not known")
    return data


RULES = _read()
