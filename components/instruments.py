"""What instruments, their scales and their domains are called, in the reader's language."""

from components.words import _, language
from db.instruments import Domain, Instrument, Scale, instrument


def instrument_label(one: Instrument) -> str:
    """Give an instrument's name with its edition: editions are never mixed."""
    name = one.name_es if language() == "es" else one.name
    return _("{name}, {edition}").format(name=name, edition=one.edition)


def scale_label(one: Instrument, code: str) -> str:
    """Give what a scale or a domain is called."""
    parts: tuple[Scale | Domain, ...] = (*one.scales, *one.domains)
    found = next(part for part in parts if part.code == code)
    return found.es if language() == "es" else found.en


def range_label(scale: Scale) -> str:
    """Give the range of a scale: 1 to 7."""
    return _("{least} to {most}").format(least=f"{scale.minimum:g}", most=f"{scale.maximum:g}")


def direction_label(scale: Scale) -> str:
    """Say which end of a scale is the good one."""
    return _("higher is better") if scale.direction == "higher_better" else _("lower is better")


def label_of_code(code: str) -> str:
    """Give the name and edition of the instrument with this code."""
    return instrument_label(instrument(code))


def unit_label(one: Instrument) -> str:
    """Say what one score is about."""
    return {
        "classroom": _("a classroom"),
        "teacher": _("a teacher"),
        "site": _("the staff of a site"),
        "child": _("a child"),
    }[one.unit]


def licence_label(one: Instrument) -> str:
    """Say what may be stored and shown of an instrument."""
    if one.licence_class == "open_items" and not one.asks:
        return _("Scores; its questions are free to use")
    return {
        "open_items": _("Questions and scores"),
        "scores_only": _("Scores only"),
        "no_items_no_labels": _("Scores only, without names"),
    }[one.licence_class]


def rater_label(rater: str) -> str:
    """Say who answered questions about a child."""
    return _("a family") if rater == "family" else _("a teacher")


def respondent_label(one: Instrument) -> str:
    """Say who answers, and who may score."""
    who = {
        "observer": _("an observer"),
        "staff": _("staff"),
        "teacher": _("a teacher"),
        "family": _("a family"),
    }[one.respondent]
    scored = {
        "certified": _("certified observers only"),
        "trained": _("people trained in it"),
        "anyone": _("anyone who follows its instructions"),
    }[one.scored_by]
    return _("Answered by {who}; scored by {scored}").format(who=who, scored=scored)
