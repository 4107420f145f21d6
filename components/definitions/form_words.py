"""The words of the tablet app's form screens. Where the Streamlit forms say the same, it is the same sentence."""

from datetime import date

from components import dates
from components.words import _, plural

_ICON = ":material/check: "


def form_words() -> dict[str, str]:
    """Give each word or sentence under its key, in the language in use. The app fills what stands in braces."""
    return {**_titles(), **_fields(), **_saving(), **_saved(), **_calendar()}


def _titles() -> dict[str, str]:
    return {
        "title_visit": _("Log a visit"),
        "title_incident": _("Record an incident"),
        "form_back": _("Back"),
        "star": _("A star (\\*) marks what needs an answer.").replace("\\", ""),
        "no_rooms": _("This site has no classrooms yet."),
        "no_sites": _("You have no sites yet. Please ask your supervisor or coordinator to add you to one."),
    }


def _fields() -> dict[str, str]:
    return {
        "choose": _("Choose"),
        "another_number": _("Another number"),
        "another_key": _("Another key"),
        "take_out": _("Take this out"),
        "same_as_last": _("Same as on {day}: {minutes} minutes"),
        "same_as_last_help": _("Takes level, minutes, activities and people from your last visit here."),
        "placed_all": _(":material/check: {placed} of {total} minutes placed.").removeprefix(_ICON),
        "placed_left": _("{placed} of {total} minutes placed: {left} left."),
        "placed_over": _("{placed} minutes placed, {over} more than the visit took."),
        "name_hint": _("This may name a child or a family. Please use the child key or a role."),
        "letters_left": _("{count} of {most} characters"),
    }


def _saving() -> dict[str, str]:
    return {
        "save_visit": _("Save visit"),
        "save_incident": _("Save incident"),
        "please_check": _("Nothing was saved yet. Please check:"),
        "one_to_check": plural("Not saved yet: one thing to check.", "Not saved yet: {count} things to check.", 1),
        "things_to_check": plural("Not saved yet: one thing to check.", "Not saved yet: {count} things to check.", 2),
        "save_anyway": _("Save anyway"),
        "change_it": _("Change it"),
        "not_asked_now": _("This is not asked any more. Please copy it to where it belongs now:"),
        "not_kept": _("This tablet could not keep it just now. What you entered is still here. Please try again."),
    }


def _saved() -> dict[str, str]:
    return {
        "saved_here": _("Saved on this tablet. It is sent as soon as there is a connection."),
        "next_same_visit": _("Log another here"),
        "next_other_visit": _("Log another visit"),
        "next_same_incident": _("Another like this"),
        "next_other_incident": _("A different one"),
        "to_start": _("Back to the start"),
        "fact_site": _("Site"),
        "fact_date": _("Date"),
        "fact_when": _("When"),
        "fact_minutes": _("Minutes"),
        "fact_level": _("Level"),
        "fact_outcome": _("How it went"),
        "fact_child": _("Child"),
        "fact_behaviour": _("What the child did"),
        "fact_activity": _("Activity"),
        "fact_lost": _("Care time lost"),
        "fact_no_key": _("no key"),
        "level_minutes": _("{level} {minutes} min"),
    }


def _calendar() -> dict[str, str]:
    """Give months and weekdays as one text each, parted by spaces, and how a day is written."""
    weekdays = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return {
        "months": " ".join(dates.month_name(date(2000, month, 1)) for month in range(1, 13)),
        "weekdays": " ".join(weekdays),
        "day_short": _("{month} {day}"),
        "day_full": _("{weekday}, {month} {day}, {year}"),
    }
