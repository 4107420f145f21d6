"""What the incident form asks: the blocks of the NCPMI Behavior Incident Report, answered by taps in a minute."""

from functools import lru_cache

from components.definitions.definition import Asked, Definition, Section, Shortcut, When
from components.definitions.shortcuts import minutes_ago
from components.definitions.stand_ins import NOWHERE
from components.words import _, language
from db.options import option_list

NO_KEY, ANOTHER_KEY = "", "another"
HEAD_START = "head_start"
HOURS = range(5, 21)
EXCLUSION = (
    "type", "started_on", "ended_on", "hours_lost", "return_on", "consultant_engaged_before", "family_met",
    "written_plan", "idea_decision", "override_note",
)  # fmt: skip


def incident_definition() -> Definition:
    """Give the incident form in the language in use."""
    return _incident_definition(language())


@lru_cache(maxsize=4)
def _incident_definition(_language: str) -> Definition:
    return Definition(
        "incident",
        (
            Section("where", _("Where and when"), _where()),
            Section("child", _("Child"), _child()),
            Section("what", _("What happened"), _what()),
            Section("then", _("What came after"), (_many("responses", "response", hints=("physical_hold",)),)),
            Section("care", _("Care time"), (_lost_care(),)),
            Section("exclusion", "", _exclusion(), boxed=True, when=(When("lost_care", among=("yes",)),)),
            Section("details", _("More about what happened (optional)"), _details(), folded=True),
            Section("about_child", _("About the child (optional)"), _about_child(), folded=True, told=_why_we_ask()),
        ),
    )


def _where() -> tuple[Asked, ...]:
    return (
        Asked("site_id", "site", _("Site"), required=True, missing="choose_one", stand_in=NOWHERE),
        Asked("classroom_id", "room", _("Classroom"), required=True, missing="choose_one", stand_in=NOWHERE),
        Asked(
            "occurred_on", "day", _("Date"), default="today", required=True, stand_in="today", row="when",
            shortcuts=(Shortcut(_("Today")), Shortcut(_("Yesterday"), days=-1)),
        ),
        Asked(
            "occurred_at", "time", _("Time"), default="minute", required=True, stand_in="12:00:00", row="when",
            shortcuts=(Shortcut(_("Now")), minutes_ago(15), minutes_ago(30)),
        ),
    )  # fmt: skip


def _child() -> tuple[Asked, ...]:
    return (
        Asked(
            "child", "child", _("Which child?"), default=NO_KEY, required=True, effect="take_permission",
            told=_("No key, or a group"),
        ),
        Asked(
            "child_key", "line", _("Child key"), default="", most=20, required=True, stand_in="XX",
            told=_("The site's own key for this child: letters and digits, never a name or initials."),
            when=(When("child", among=(ANOTHER_KEY,)),),
        ),
        Asked(
            "permission_on", "day", _("Date on the parent's permission"), required=True, missing="permission_needed",
            shortcuts=(Shortcut(_("Today")),), when=(When("child", never=(NO_KEY,)),),
        ),
    )  # fmt: skip


def _titled(options: str) -> str:
    found = option_list(options)
    return found.es if language() == "es" else found.en


def _many(name: str, options: str, *, alone: tuple[str, ...] = (), hints: tuple[str, ...] = ()) -> Asked:
    return Asked(name, "many", _titled(options), default=(), options=options, alone=alone, hints=hints)


def _one(name: str, options: str, *, label: str | None = None, hints: tuple[str, ...] = ()) -> Asked:
    return Asked(name, "one", label or _titled(options), options=options, hints=hints)


def _needed(name: str, options: str, default: str | None, stand_in: str, label: str | None = None) -> Asked:
    return Asked(
        name, "one", label or _titled(options), default=default, options=options, required=True, missing="choose_one",
        stand_in=stand_in,
    )  # fmt: skip


def _what() -> tuple[Asked, ...]:
    return (
        Asked(
            "behaviours", "many", _("What the child did"), default=(), options="behaviour", required=True,
            missing="behaviour_needed", stand_in=("other",), hints=("*",),
        ),
        Asked(
            "primary_behaviour", "one", _("Which was the main one?"), options="behaviour", chosen_of="behaviours",
            required=True, missing="choose_one", when=(When("behaviours", least=2),),
        ),
        _needed("activity", "activity", None, "other"),
        _many("others_involved", "others_involved", alone=("none",)),
        _needed("motivation", "motivation", "not_known", "not_known"),
    )  # fmt: skip


def _lost_care() -> Asked:
    return Asked(
        "lost_care", "one", _("Did the child lose care time?"), default="no", options="yes_no_unknown",
        only=("no", "yes"), required=True, missing="choose_one",
    )  # fmt: skip


def _exclusion() -> tuple[Asked, ...]:
    rule = _(
        "Head Start and Early Head Start may not expel a child for behavior, and suspend only as a last"
        " resort and for a short time (45 CFR 1302.17). Every step taken needs to be written down."
    )
    known = {
        "consultant_engaged_before": _("Was a consultant involved before?"),
        "family_met": _("Did you meet with the family?"),
        "written_plan": _("Is there a written plan?"),
    }
    tomorrow = (Shortcut(_("Tomorrow"), days=1),)
    return (
        Asked("head_start_rule", "note", told=rule, at=HEAD_START),
        Asked(
            "exclusion.type", "one", _titled("exclusion_type"), options="exclusion_type", required=True,
            missing="choose_one", stand_in="other_room", hints=("*",),
        ),
        Asked("exclusion.hours_lost", "number", _("Hours of care lost"), most=2000, quick=(1, 2, 4, 8)),
        Asked(
            "exclusion.started_on", "day", _("From"), required=True, stand_in="9999-12-31",
            begins_from="occurred_on", row="dates",
        ),
        Asked("exclusion.ended_on", "day", _("Until"), row="dates"),
        Asked("exclusion.return_on", "day", _("Came back, or will, on"), shortcuts=tomorrow, row="dates"),
        *(
            _needed(f"exclusion.{name}", "yes_no_unknown", "unknown", "unknown", label)
            for name, label in known.items()
        ),
        _one("exclusion.idea_decision", "idea_decision"),
        Asked(
            "exclusion.override_note", "text", _("What happened, and why"), default="", most=600, required=True,
            required_at=HEAD_START, missing="expulsion_rule", stand_in="-",
            when=(When("exclusion.type", among=("expulsion",)),),
        ),
    )  # fmt: skip


def _details() -> tuple[Asked, ...]:
    told = _("What you saw and heard, as a camera would: no names, no labels, no guesses.")
    return (
        Asked("description", "text", _("In a few words"), default="", most=600, told=told),
        _many("antecedents", "antecedent", alone=("not_seen",)),
        _one("severity", "severity", hints=("!",)),
        _one("duration_band", "duration_band"),
        _one("injury", "injury"),
        _one("effect", "effect"),
        _one("location", "location"),
        Asked("first_aid", "one", _("Was first aid given?"), options="yes_no_unknown", only=("yes", "no")),
        _many("admin_followups", "admin_followup", alone=("not_applicable",)),
        Asked("family_notified_on", "day", _("Family informed on"), shortcuts=(Shortcut(_("Today")),)),
        _one("reported_by_role", "reported_by_role"),
    )


def _why_we_ask() -> str:
    return _(
        "Why we ask: so that your program can see whether some groups of children are reported, or lose care,"
        " more often than others. How it is used: only in grouped counts, and small groups are hidden."
        " Answer only what is in the site's records; please do not guess."
    )


def _about_child() -> tuple[Asked, ...]:
    return (
        _many("child_race", "race", alone=("unknown", "declined")),
        _one("child_sex", "sex"),
        _one("child_iep", "yes_no_unknown", label=_("Has an IEP or IFSP")),
        _one("child_dll", "yes_no_unknown", label=_("Learns in two languages")),
    )
