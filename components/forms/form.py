"""A form that is being filled: where its values live, what is wrong with them, and what became of them."""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

import streamlit as st

from db.errors import Problem


class Form:
    """The values of one form in the session, under keys that begin with its name.

    A field is named as the input model names it (``exclusion.type``, ``follow_ups.0.text``), so that a problem finds
    its field. ``values()`` is a plain dict: what a draft keeps.
    """

    def __init__(
        self,
        name: str,
        defaults: Mapping[str, Any],
        labels: Mapping[str, str],
        sections: Mapping[str, Collection[str]],
    ) -> None:
        """Open the form ``name``; fields that the session does not know yet get their default.

        Args:
            name: begins every key.
            defaults: every field with its first value.
            labels: what each field is called on the screen.
            sections: the fields under each anchor of the page, for links from the list of problems.
        """
        self.name, self.defaults, self.labels, self.sections = name, defaults, labels, sections
        self.problems: list[Problem] = []
        known = st.session_state.get(f"{name}_values", {})
        for field, value in defaults.items():
            if self.key(field) not in st.session_state:
                st.session_state[self.key(field)] = known.get(field, value)
        self.state: dict[str, Any] = st.session_state.setdefault(f"{name}_form", _fresh())

    def key(self, field: str) -> str:
        """Give the session key of a field, which is also its CSS class (``st-key-…``)."""
        return f"{self.name}_{field.replace('.', '_')}"

    def __getitem__(self, field: str) -> Any:
        """Give a field's value."""
        return st.session_state[self.key(field)]

    def __setitem__(self, field: str, value: Any) -> None:
        """Set a field's value: in a callback, or before the field is drawn."""
        st.session_state[self.key(field)] = value

    def remember(self) -> None:
        """Keep the values beside the fields: Streamlit lets go of those that a run did not come to draw."""
        st.session_state[f"{self.name}_values"] = self.values()

    def values(self) -> dict[str, Any]:
        """Give all values as they were typed."""
        return {field: self[field] for field in self.defaults}

    def fill(self, values: Mapping[str, Any]) -> None:
        """Set several fields: in a callback, or before they are drawn. Fields of no such form are left out."""
        for field, value in values.items():
            if field in self.defaults:
                self[field] = value

    def start_again(self, **kept: Any) -> None:
        """Empty the form for the next record, under a key of its own; ``kept`` are values to begin with."""
        self.fill({**self.defaults, **kept})
        address = self.state.get("address")
        self.state.clear()
        self.state.update(_fresh(), address=address)

    @property
    def client_uuid(self) -> uuid.UUID:
        """The key under which this record is sent, however often that happens."""
        return uuid.UUID(self.state["client_uuid"])

    @property
    def saved(self) -> dict[str, Any] | None:
        """What was stored, from the save until the next record begins."""
        return self.state["saved"]  # type: ignore[no-any-return]

    def anchor(self, field: str) -> str:
        """Give the anchor of the section that holds a field."""
        for anchor, fields in self.sections.items():
            if field in fields or field.split(".")[0] in fields:
                return anchor
        return next(iter(self.sections))


def _fresh() -> dict[str, Any]:
    return {
        "client_uuid": str(uuid.uuid4()), "tried": False, "refused": [], "asked": None, "failed": None, "saved": None,
        "shown": False, "address": None,
    }  # fmt: skip
