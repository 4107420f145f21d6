"""What a form's values mean by its definition: the first ones, the hidden ones, the missing ones.

The tablet app has its twin in web/tablet/values.js; a test compares the two.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from components.definitions.definition import Asked, Definition, Section
from components.definitions.incident import HOURS


def every_field(definition: Definition) -> Iterator[Asked]:
    """Give every field that a form keeps a value of, the parts of all rows included."""
    for asked in definition.fields():
        if asked.kind == "rows":
            yield Asked(asked.counter, "number", default=0)
            yield from asked.in_rows()
        elif asked.kind not in ("note", "last", "placed"):
            yield asked


def defaults(definition: Definition, now: datetime) -> dict[str, Any]:
    """Give what each field begins with at the moment ``now``."""
    return {asked.name: _first(asked.default, now) for asked in every_field(definition)}


def _first(default: Any, now: datetime) -> Any:
    minute = now.replace(second=0, microsecond=0)
    if default == "today":
        return now.date()
    if default == "quarter":
        return minute.replace(minute=now.minute // 15 * 15).time()
    if default == "minute":
        return minute.time() if now.hour in HOURS else None
    return list(default) if isinstance(default, tuple) else default


def labels(definition: Definition) -> dict[str, str]:
    """Give what each field is called."""
    found = {asked.name: asked.label for asked in definition.fields()}
    return {**found, **{asked.name: asked.label for asked in every_field(definition) if asked.label}}


def sections(definition: Definition) -> dict[str, tuple[str, ...]]:
    """Give the fields under each heading; a folded or boxed part belongs to the heading above it."""
    found: dict[str, tuple[str, ...]] = {}
    heading = ""
    for section in definition.sections:
        if not (section.folded or section.boxed):
            heading = section.anchor
        found[heading] = found.get(heading, ()) + tuple(asked.name for asked in section.fields)
    return found


def owns(section: Section, field: str) -> bool:
    """Tell whether a problem's field is one of a section's, or of their rows."""
    return any(field == asked.name or field.startswith(f"{asked.name}.") for asked in section.fields)


def missing(definition: Definition, values: Mapping[str, Any], *, head_start: bool = False) -> dict[str, str]:
    """Give the asked fields that need an answer and have none, each with the code of the problem."""
    return {
        asked.name: asked.missing
        for asked in definition.asked(values)
        if asked.needs_answer(values, head_start) and is_empty(asked, values[asked.name])
    }


def is_empty(asked: Asked, value: Any) -> bool:
    """Tell whether a value is no answer. To have no child key is one."""
    if asked.kind == "child":
        return value is None
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def complete(
    definition: Definition, values: Mapping[str, Any], absent: Mapping[str, str], today: date
) -> dict[str, Any]:
    """Give the values as the rules see them: hidden fields count as not answered, and what is missing has a stand-in.

    Rules that compare fields run only when every field has a value of the right type.
    """
    stands = {
        asked.name: _stand_in(asked.stand_in, today)
        for asked in definition.fields()
        if asked.name in absent and asked.stand_in is not None
    }
    typed = {**values, **stands}
    shown = {asked.name for asked in definition.asked(typed)}
    for asked in definition.fields():
        if asked.name not in shown and asked.name in typed:
            typed[asked.name] = list(asked.default) if isinstance(asked.default, tuple) else asked.default
    return typed


def _stand_in(value: Any, today: date) -> Any:
    if value == "today":
        return today
    return list(value) if isinstance(value, tuple) else value
