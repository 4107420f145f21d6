"""The one table of who may do what: enforced by ``db.access``, printed as docs/access.md.

Reach: ``all`` everything; ``scope`` at the sites of the actor's scopes; ``own`` only what the actor wrote, at those
sites; ``case`` at the sites where the actor was given a case role. What is not listed is not allowed.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["consultant", "supervisor", "director", "coordinator", "admin"]
Verb = Literal["see", "add", "change", "remove", "restore"]
Reach = Literal["all", "scope", "own", "case"]
Thing = Literal[
    "region",
    "program",
    "site",
    "classroom",
    "enrolment",
    "enrolment_group",
    "closure",
    "staff",
    "site_event",
    "person",
    "visit",
    "visit_text",
    "reflection",
    "incident",
    "exclusion",
    "observation",
    "survey_wave",
    "aggregates",
    "capture_device",
    "instrument_pack",
    "child_measure",
    "chart_rebase",
    "meeting",
]

ROLES: tuple[Role, ...] = get_args(Role)
VERBS: tuple[Verb, ...] = get_args(Verb)

Rights = Mapping[Verb, Reach]


def _rights(reach: Reach, *verbs: Verb) -> dict[Verb, Reach]:
    return dict.fromkeys(verbs, reach)


_ALL_ALL = _rights("all", *VERBS)
_SCOPE_ALL = _rights("scope", *VERBS)
_SEE = _rights("scope", "see")
_CORRECTS = _rights("scope", "see", "change", "remove", "restore")
_OWN_TABLETS = _rights("own", "see", "add", "remove")
_OWN_WRITES: dict[Verb, Reach] = {"see": "scope", "add": "scope", "change": "own", "remove": "own", "restore": "own"}

MATRIX: Mapping[Thing, Mapping[Role, Rights]] = {
    "region": {
        "consultant": _SEE,
        "supervisor": _SEE,
        "director": _SEE,
        "coordinator": _SEE,
        "admin": _ALL_ALL,
    },
    "program": {
        "consultant": _SEE,
        "supervisor": _SEE,
        "director": _SEE,
        "coordinator": _SEE,
        "admin": _ALL_ALL,
    },
    "site": {
        "consultant": _SEE,
        "supervisor": _SEE,
        "director": _SEE,
        "coordinator": _rights("scope", "see", "add", "change"),
        "admin": _ALL_ALL,
    },
    "classroom": {
        "consultant": _rights("scope", "see", "add", "change"),
        "supervisor": _rights("scope", "see", "add", "change"),
        "director": _rights("scope", "see", "add", "change"),
        "coordinator": _rights("scope", "see", "add", "change"),
        "admin": _ALL_ALL,
    },
    "enrolment": {
        "consultant": _rights("scope", "see", "add", "change"),
        "supervisor": _rights("scope", "see", "add", "change"),
        "director": _rights("scope", "see", "add", "change"),
        "coordinator": _rights("scope", "see", "add", "change"),
        "admin": _ALL_ALL,
    },
    # How many children of a room belong to which group: a count of one is a child.
    "enrolment_group": {
        "consultant": _rights("scope", "see", "add", "change"),
        "supervisor": _rights("scope", "see", "add", "change"),
        "director": _rights("scope", "see", "add", "change"),
        "coordinator": _rights("case", "see", "add", "change"),
        "admin": {},
    },
    "closure": {
        "consultant": _SCOPE_ALL,
        "supervisor": _SCOPE_ALL,
        "director": _SCOPE_ALL,
        "coordinator": _SCOPE_ALL,
        "admin": _ALL_ALL,
    },
    "staff": {
        "consultant": _SEE,
        "supervisor": _SEE,
        "director": _rights("scope", "see", "add", "change"),
        "coordinator": _SEE,
        "admin": _ALL_ALL,
    },
    "site_event": {
        "consultant": _SCOPE_ALL,
        "supervisor": _SCOPE_ALL,
        "director": _SCOPE_ALL,
        "coordinator": _SEE,
        "admin": {},
    },
    "person": {
        "consultant": {},
        "supervisor": _SEE,
        "director": {},
        "coordinator": _SEE,
        "admin": _ALL_ALL,
    },
    "visit": {
        "consultant": _OWN_WRITES,
        "supervisor": _CORRECTS,
        "director": _SEE,
        "coordinator": _SEE,
        "admin": {},
    },
    "visit_text": {
        "consultant": _SEE,
        "supervisor": _SEE,
        "director": _SEE,
        "coordinator": _rights("case", "see"),
        "admin": {},
    },
    "reflection": {
        "consultant": _rights("own", "see"),
        "supervisor": _rights("scope", "see"),
        "director": {},
        "coordinator": {},
        "admin": {},
    },
    "incident": {
        "consultant": _OWN_WRITES,
        "supervisor": _CORRECTS,
        "director": _OWN_WRITES,
        "coordinator": _rights("case", "see"),
        "admin": {},
    },
    "exclusion": {
        "consultant": _OWN_WRITES,
        "supervisor": _CORRECTS,
        "director": _OWN_WRITES,
        "coordinator": _rights("case", "see"),
        "admin": {},
    },
    "observation": {
        "consultant": _OWN_WRITES,
        "supervisor": _CORRECTS,
        "director": {},
        "coordinator": _rights("case", "see"),
        "admin": {},
    },
    "survey_wave": {
        "consultant": _OWN_WRITES,
        "supervisor": _SEE,
        "director": _SEE,
        "coordinator": _OWN_WRITES,
        "admin": {},
    },
    "aggregates": {
        "consultant": _SEE,
        "supervisor": _SEE,
        "director": _SEE,
        "coordinator": _SEE,
        "admin": {},
    },
    "capture_device": {
        "consultant": _OWN_TABLETS,
        "supervisor": _OWN_TABLETS,
        "director": _OWN_TABLETS,
        "coordinator": _OWN_TABLETS,
        "admin": {"see": "all", "add": "own", "remove": "all"},
    },
    "instrument_pack": {
        "consultant": {},
        "supervisor": {},
        "director": {},
        "coordinator": {},
        "admin": _rights("all", "see", "add", "remove"),
    },
    "child_measure": {
        "consultant": _OWN_WRITES,
        "supervisor": _CORRECTS,
        "director": {},
        "coordinator": _rights("case", "see"),
        "admin": {},
    },
    "chart_rebase": {
        "consultant": _SCOPE_ALL,
        "supervisor": _SCOPE_ALL,
        "director": _SCOPE_ALL,
        "coordinator": _SEE,
        "admin": {},
    },
    "meeting": {
        "consultant": _SCOPE_ALL,
        "supervisor": _SCOPE_ALL,
        "director": _SCOPE_ALL,
        "coordinator": _SEE,
        "admin": {},
    },
}


_WORDS: Mapping[Reach, str] = {"all": "all", "scope": "own sites", "own": "own records", "case": "case role"}


def table() -> str:
    """Give the matrix as a Markdown table, one line per thing and verb: what docs/access.md holds."""
    lines = ["| thing | may | " + " | ".join(ROLES) + " |", "|---|---|" + "---|" * len(ROLES)]
    for thing, by_role in MATRIX.items():
        for verb in VERBS:
            cells = [_WORDS[by_role[role][verb]] if verb in by_role[role] else "-" for role in ROLES]
            if set(cells) != {"-"}:
                lines.append(f"| {thing} | {verb} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
