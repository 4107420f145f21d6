"""A form for the scores of an instrument: its fields follow the instrument that is chosen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from components.forms.form import Form
from db.instruments import INSTRUMENTS, Instrument


class InstrumentForm(Form):
    """A form whose score fields begin with ``prefix`` and are those of the instrument: a draft brings its own."""

    def __init__(
        self,
        name: str,
        defaults: Mapping[str, Any],
        labels: Mapping[str, str],
        sections: Mapping[str, Collection[str]],
        prefix: str,
        fields_of: Callable[[Instrument], Sequence[str]],
    ) -> None:
        """Open the form ``name``; ``fields_of`` gives the score fields of an instrument."""
        super().__init__(name, defaults, labels, sections)
        self.prefix, self.fields_of = prefix, fields_of

    def fill(self, values: Mapping[str, Any]) -> None:
        """Set several fields, with those of the instrument among ``values``."""
        tool = INSTRUMENTS.get(values.get("instrument_code") or "")
        if tool is not None:
            kept = {field: value for field, value in self.defaults.items() if not field.startswith(self.prefix)}
            scores = dict.fromkeys(self.fields_of(tool))
            self.defaults, values = {**kept, **scores}, {**scores, **values}
        super().fill(values)
