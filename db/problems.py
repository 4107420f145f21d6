"""The sentences for everything that can be wrong with a field, in the user's words. Screens translate and fill them."""

from collections.abc import Iterator
from typing import Any

from db.errors import Problem
from db.options import OPTION_LISTS

SENTENCES: dict[str, str] = {
    "required": "Please fill this in.",
    "choose_one": "Please choose one.",
    "not_a_number": "Please enter a number.",
    "not_a_date": "Please enter a date.",
    "not_a_time": "Please enter a time.",
    "too_long": "This is too long: {max_length} characters at most.",
    "too_short": "This is too short: {min_length} characters at least.",
    "below_minimum": "This must be {minimum} or more.",
    "above_maximum": "This must be {maximum} or less.",
    "unknown_field": "This field is not known here.",
    "unknown_option": "Please choose one of the options shown.",
    "not_understood": "This could not be understood. Please check it.",
    "in_the_future": "This date is in the future.",
    "before_birth_of_program": "This date is too long ago. Please check the year.",
    "end_before_start": "The end is before the start.",
    "minutes_add_up": "The minutes by level add up to {total}, but the visit took {minutes}.",
    "minutes_range": "A visit takes from 5 to 600 minutes.",
    "no_minutes": "A visit that did not take place has no minutes.",
    "activity_needed": "Please choose at least one activity.",
    "summary_needed": "Please write a short summary.",
    "permission_needed": "Time for one child, or a child key, needs the date of the parent's permission on file.",
    "permission_late": "The parent's permission must be dated on or before that day.",
    "classroom_not_here": "This classroom is not at this site.",
    "due_before_visit": "The due date is before the visit.",
    "time_of_day": "Please choose a time between 5:00 a.m. and 8:59 p.m.",
    "primary_not_ticked": "The main behavior must be one of the behaviors chosen.",
    "behaviour_needed": "Please choose at least one behavior.",
    "child_key_form": "A child key has 2 to 20 letters, digits or dashes, and no name.",
    "expulsion_rule": "Head Start programs may not expel for behavior (45 CFR 1302.17)."
    " Please write what happened and why.",
    "part_of_incident": "This belongs to an incident. Please correct or remove it there.",
    "before_time_away": "This is before the time away began.",
    "already_there": "There is one with this already.",
    "group_total": "The groups add up to {total}, but {enrolled} children are enrolled.",
    "more_than_capacity": "This is more than twice the room's {capacity} places.",
    "out_of_range": "Please enter a value from {minimum} to {maximum}.",
    "off_step": "Please enter steps of {step}.",
    "scores_missing": "Please enter every score of cycle {cycle}.",
    "certificate_expired": "The observer's certification ended before this day.",
    "reason_needed": "Please say why you are changing this.",
    "not_a_month": "Please choose the first day of a month.",
    "rebase_before_data": "Nothing is known before this month. Please choose a later one.",
    "rebase_few_points": "At least {fewest} points must lie on either side. Please choose another month.",
    "password_short": "Please use 15 characters or more. Several words in a row work well.",
    "password_common": "This password is easy to guess. Please use something less common.",
    "leave_date_needed": "Please enter the last day as well.",
    "attended_too_many": "With this enrollment, at most {most} child-days are possible in this month.",
    "closure_too_long": "Please enter at most {days} days at once.",
    "weekday_needed": "Please choose a day from Monday to Friday.",
    "month_to_come": "This month has not begun yet.",
    "enrolment_first": "Please enter how many children are enrolled in this month first.",
    "sign_in_name_form": "A sign-in name has 3 to 120 letters, digits or the signs . _ @ + - and no spaces.",
    "supervisor_for_consultants": "Only a consultant has a supervisor.",
    "not_a_supervisor": "Please choose an active supervisor.",
    "case_role_for_coordinators": "Only a coordinator is given a case role.",
    "last_admin": "This is the last active administrator. Please add another one first.",
    "program_other_region": "This program is in another region. A site keeps its region.",
    "wrong_code": "This code is not right. Wait for the next one in your app, or use a recovery code.",
    "unknown_timezone": "This time zone is not known.",
    "scale_needed": "Please enter the results of at least one scale.",
    "spread_too_large": "This spread is not possible with this mean and number of people. Please check both.",
    "few_more_people": "By a few people more or fewer, the old and the new average together would tell their answers."
    " Please leave the number as it is.",
    "password_same": "This is the password that you have now. Please choose another one.",
    "password_differs": "This is not the same as the new password above. Please type both again.",
    "demo_password": "The passwords of a demo stay as they are, so that everybody can look around.",
    "own_password": "Please change your own password on your account page.",
    "others_would_show": "With this, what is hidden of another round would show and tell a few people's answers. Please"
    " leave the days and the number of people as they are.",
    "cannot_move": "This cannot be changed. Please remove this one and enter it again.",
    "removed_one_there": "One with this start day was removed. Please restore that one instead.",
    "file_too_large": "This file is too large: {megabytes} MB at most.",
    "file_too_wide": "This file has too many columns: {columns} at most.",
    "file_too_long": "This file has too many rows: {rows} at most. Please split it.",
    "file_empty": "This file has no rows below its header.",
    "file_not_text": "This is neither an Excel workbook (.xlsx) nor a CSV file. Please save the list as one of these.",
    "excel_broken": "This Excel file cannot be read. Please open it in Excel, save it again, and choose that file.",
    "excel_too_large": "This Excel file unpacks to more than {megabytes} MB. Please save only the list as a new file.",
    "excel_no_value": "A cell in row {line} holds an error, or a formula without a value. Please correct it in Excel,"
    " save, and choose the file again.",
    "file_broken": "The file cannot be read around line {line}: a quotation mark is missing or out of place.",
    "row_too_long": "This row has more cells than the header has columns.",
    "not_yes_or_no": "Please enter yes or no.",
    "listed_twice": "This is in the file twice: see line {row}.",
    "license_elsewhere": "This license number belongs to a site outside this program.",
    "name_taken": "Another site of this program has this name.",
    "cycles_not_in_a_row": "The cycles of this observation are not numbered 1, 2, 3 and so on, each once.",
    "cycles_differ": "The rows of this observation say different things here.",
    "rater_unknown": "Please write teacher or family.",
    "measure_removed": "This questionnaire was imported before and removed. You can restore it in the list.",
    "phase_unknown": "Please write baseline, mid, post, follow-up or annual.",
    "site_not_found": "No site of yours has this license number, name or key.",
    "site_ambiguous": "Several of your sites have this name. Please use the license number.",
    "room_ambiguous": "Several classrooms of this site have this name. Please use the key.",
    "observer_not_found": "Nobody of this name observes at this site.",
    "observer_ambiguous": "Several people of this name observe at this site. Please use the sign-in name.",
    "observation_there": "Another observation of this room by this observer on this day is stored already.",
    "observation_removed": "This observation was imported before and removed. You can restore it in the list.",
    "rows_refused": "{rows} rows cannot be imported. Please correct the file, or choose to leave them out.",
    "day_over": "This day is over. Please choose today or a later day.",
    "open_too_long": "A survey can be open for {days} days at most.",
    "not_in_this_language": "This survey has no questions in one of these languages.",
    "pack_too_large": "This pack is too large: {kilobytes} kB at most.",
    "pack_not_text": "This is not a text file. Please save the pack as UTF-8 text.",
    "pack_not_yaml": "This cannot be read as YAML. Please check the indentation and the colons.",
    "pack_anchor": "Anchors and aliases (& and *) are not allowed in a pack. Please write it out.",
    "pack_tag": "Tags (!) are not allowed in a pack.",
    "pack_too_much": "This pack holds more than a pack may hold.",
    "pack_unseen": "There is a sign in this pack that cannot be seen. Please type that line again.",
    "pack_long_text": "A text in this pack is too long: {length} characters at most.",
    "pack_rule": "The pack contradicts itself or leaves something out: {detail}",
    "pack_kind": "The first line must say what this is: 'pack: instrument' or 'pack: wording'.",
    "pack_code_form": "The code of your own instrument begins with own_ and has small letters, digits and _ only.",
    "pack_family_form": "The family of your own instrument begins with own_ as well.",
    "pack_no_children": "Instruments about single children cannot be added here.",
    "pack_scale_code": "The code of a scale has small letters, digits and _ only: {scale}",
    "pack_scale_ends": "By its items, the scale {scale} runs from {low} to {high}. Please make both agree.",
    "pack_unknown_instrument": "There is no such instrument in the registry.",
    "pack_no_wording_here": "No wording can be added to {instrument}: it has its own, or its items are not known.",
    "pack_item_count": "This instrument has {expected} items, but the pack gives {found}.",
    "pack_answers": "The answers of this instrument count {numbers}. Please give words for exactly these.",
    "pack_reversed_missing": "Please say under 'reversed' which items of the scale {scale} are turned round.",
    "pack_languages": "The languages of a pack are en and es.",
    "pack_item_language": "Item {position} has no words in this language: {language}",
    "pack_answer_language": "An answer has no words in this language: {language}",
    "pack_licence_missing": "Please say under 'licence' who may use these words, and by which license.",
    "pack_code_used": "An instrument with this code was added before. Please choose another code.",
    "pack_program_needed": "Please choose the program that holds the license.",
    "file_items_missing": "The columns of these items are not in the file: {items}.",
    "file_not_scored": "Files of this survey cannot be scored here. Enter its results instead.",
    "not_an_answer": "What stands at item {item} is no answer of this survey.",
    "no_answers": "This row has no answers.",
    "not_offered_here": "This instrument is not one that this site's program can choose.",
    "score_needed": "Please enter the score of at least one scale.",
    "child_measured_that_day": "This child has a measure of this kind by this respondent on that day already.",
    "owner_needed": "Please choose whose task this is.",
    "owner_not_here": "This person does not work with this site any more.",
    "due_before_meeting": "The day is before the meeting.",
    "more_answered_than_invited": "More people answered ({respondents}) than were invited ({invited}).",
}


def listed(field: str, code: str | None, option_list: str) -> Iterator[Problem]:
    """Give a problem unless ``code`` is empty or one of ``option_list``."""
    if code is not None and all(code != option.code for option in OPTION_LISTS[option_list].options):
        yield Problem(field, "unknown_option")


def from_pydantic(error: Any) -> Problem:
    """Turn one of pydantic's errors into a problem with the words of this program."""
    field = ".".join(str(part) for part in error["loc"])
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return Problem(field, "required")
    if kind == "extra_forbidden":
        return Problem(field, "unknown_field")
    if kind in {"string_too_long", "too_long"}:
        return Problem(field, "too_long", {"max_length": context.get("max_length")})
    if kind in {"string_too_short", "too_short"}:
        return Problem(field, "required" if context.get("min_length") == 1 else "too_short", dict(context))
    if kind in {"greater_than_equal", "greater_than"}:
        return Problem(field, "below_minimum", {"minimum": _plain(context.get("ge", context.get("gt")))})
    if kind in {"less_than_equal", "less_than"}:
        return Problem(field, "above_maximum", {"maximum": _plain(context.get("le", context.get("lt")))})
    for start, code in (
        ("int", "not_a_number"),
        ("float", "not_a_number"),
        ("finite", "not_a_number"),
        ("date", "not_a_date"),
        ("time", "not_a_time"),
    ):
        if kind.startswith(start):
            return Problem(field, "required" if error.get("input") is None else code)
    return Problem(field, "required" if error.get("input", "") is None else "not_understood")


def _plain(limit: Any) -> Any:
    """Give a limit as people write it: 2000, not 2000.0."""
    return int(limit) if isinstance(limit, float) and limit.is_integer() else limit
