"""What the visit form asks: the fields of Caring for Our Children 9.4.1.17, most of them answered by a tap."""

from functools import lru_cache

from components.definitions.definition import Asked, Definition, Section, Shortcut, When
from components.definitions.shortcuts import minutes_ago
from components.definitions.stand_ins import NOWHERE
from components.words import _, language
from db.models.visit_input import HELD

LEVELS = ("program", "classroom", "child_family")
ROLES = ("teacher", "assistant", "director", "family", "specialist", "child_group")
MINUTE_STEP = 5
FOLLOW_UPS = 5
_IF_HELD = When("outcome", among=HELD)


def visit_definition() -> Definition:
    """Give the visit form in the language in use."""
    return _visit_definition(language())


@lru_cache(maxsize=4)
def _visit_definition(_language: str) -> Definition:
    return Definition(
        "visit",
        (
            Section("where", _("Where and when"), _where()),
            Section("how", _("The visit"), _how()),
            Section("minutes", _("Minutes by level"), _minutes(), when=(_IF_HELD,)),
            Section("what", _("What and who"), _what(), when=(_IF_HELD,)),
            Section("notes", _("In your words"), _summary()),
            Section("advice", _("Recommendations and follow-ups"), _advice(), folded=True),
            Section("more", _("More about this visit (optional)"), _more(), folded=True, when=(_IF_HELD,)),
            Section("reflection", _("Private reflection (optional)"), _reflection(), folded=True),
        ),
    )


def _where() -> tuple[Asked, ...]:
    return (
        Asked("site_id", "site", _("Site"), required=True, missing="choose_one", stand_in=NOWHERE),
        Asked("classroom_ids", "rooms", _("Classrooms"), default=()),
        Asked(
            "visited_on", "day", _("Date"), default="today", required=True, stand_in="today", row="when",
            shortcuts=(Shortcut(_("Today")), Shortcut(_("Yesterday"), days=-1)),
        ),
        Asked(
            "started_at", "time", _("Start"), default="quarter", row="when",
            shortcuts=(Shortcut(_("Now")), minutes_ago(60)),
        ),
    )  # fmt: skip


def _how() -> tuple[Asked, ...]:
    return (
        _one("outcome", _("How it went"), "visit_outcome", "completed"),
        _one("mode", _("How you met"), "visit_mode", "in_person", when=(_IF_HELD,)),
        _one("reason", _("Reason for the visit"), "visit_reason", "planned"),
    )


def _one(name: str, label: str, options: str, default: str, when: tuple[When, ...] = ()) -> Asked:
    return Asked(
        name, "one", label, options=options, default=default, required=True, missing="choose_one", stand_in=default,
        when=when,
    )  # fmt: skip


def _minutes() -> tuple[Asked, ...]:
    several = When("levels", least=2)
    labels = {
        "program": _("Minutes: program"), "classroom": _("Minutes: classroom"),
        "child_family": _("Minutes: child and family"),
    }  # fmt: skip
    return (
        Asked("last", "last"),
        Asked(
            "minutes", "number", _("Minutes"), required=True, stand_in=30, most=600, step=MINUTE_STEP,
            quick=(15, 30, 45, 60, 90, 120), effect="share_minutes",
        ),
        Asked(
            "levels", "many", _("Level of consultation"), default=(), options="consultation_level", required=True,
            missing="choose_one", stand_in=("classroom",), hints=("*",), effect="share_minutes",
        ),
        *(
            Asked(
                f"minutes_{level}", "share", labels[level], most=600, step=MINUTE_STEP, row="split",
                when=(several, When("levels", among=(level,))),
            )
            for level in LEVELS
        ),
        Asked("placed", "placed", _("Minutes by level"), when=(several,)),
        Asked(
            "permission_on", "day", _("Date on the parent's permission"), required=True, missing="permission_needed",
            shortcuts=(Shortcut(_("Today")),), when=(When("levels", among=("child_family",)),),
        ),
    )  # fmt: skip


def _what() -> tuple[Asked, ...]:
    people = {
        "teacher": _("Teachers"), "assistant": _("Assistants"), "director": _("Director"),
        "family": _("Family members"), "specialist": _("Specialists"), "child_group": _("Children"),
    }  # fmt: skip
    return (
        Asked(
            "activities", "many", _("What you did"), default=(), options="visit_activity", required=True,
            missing="activity_needed",
        ),
        Asked("participants", "many", _("Who took part"), default=(), options="participant_role"),
        *(
            Asked(
                f"participants.{role}", "number", _("{role}: how many?").format(role=people[role]), default=1, least=1,
                most=40, row="people", when=(When("participants", among=(role,)),),
            )
            for role in ROLES
        ),
    )  # fmt: skip


def _summary() -> tuple[Asked, ...]:
    told = _("What you saw and did together. Use roles and child keys, no names.")
    summary = Asked(
        "summary", "text", _("Summary"), default="", most=8000, required=True, required_if=(_IF_HELD,),
        missing="summary_needed", told=told,
    )  # fmt: skip
    return (summary,)


def _advice() -> tuple[Asked, ...]:
    weeks = (
        Shortcut(_("In 1 week"), days=7), Shortcut(_("In 2 weeks"), days=14), Shortcut(_("In 4 weeks"), days=28),
    )  # fmt: skip
    promised = (
        Asked("text", "line", _("What will be done"), default="", most=500),
        Asked("owner", "one", _("Who follows up"), default="consultant", options="follow_up_owner", required=True),
        Asked("due_on", "day", _("By when"), shortcuts=weeks),
    )
    return (
        Asked("recommendations", "text", _("Recommendations"), default="", most=8000),
        Asked("follow_ups", "rows", _("Add a follow-up"), most=FOLLOW_UPS, parts=promised),
    )


def _more() -> tuple[Asked, ...]:
    return (
        Asked("tiers", "many", _("Promotion, prevention or intervention"), default=(), options="tier"),
        Asked("strategies", "many", _("Strategies"), default=(), options="strategy"),
        Asked("children_present", "number", _("Children in the room"), most=80, row="numbers"),
        Asked("indirect_minutes", "number", _("Preparation and notes (minutes)"), most=480, step=5, row="numbers"),
        Asked("travel_minutes", "number", _("Travel (minutes)"), most=480, step=5, row="numbers"),
        Asked(
            "relationship_checkin", "scale", _("How connected did it feel? (1 to 5)"), least=1, most=5,
            told=_("Your own view of the working relationship: 1 is distant, 5 is close. It is never ranked."),
        ),
        Asked("interpreter_language", "line", _("Interpreter's language"), default="", most=60),
    )  # fmt: skip


def _reflection() -> tuple[Asked, ...]:
    told = _("Only you and your supervisor can read this. It is not part of the copy for the site.")
    return (Asked("reflection", "text", _("Private reflection"), default="", most=8000, told=told),)
