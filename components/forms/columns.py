"""Which column of a file holds what: as proposed, until the person chooses otherwise."""

from collections.abc import Mapping, Sequence
from zlib import crc32

import streamlit as st

from components.text import escaped
from components.words import _


def map_columns(
    header: Sequence[str],
    proposed: Mapping[str, int],
    example: Sequence[str],
    labels: Mapping[str, str],
    needed: Sequence[str],
) -> dict[str, int] | None:
    """Draw which column holds what; gives the mapping, or None while a needed column is not chosen.

    ``labels`` names every field in the order of drawing; ``example`` is the first row of the file.
    """
    fields, places = list(labels), list(range(len(header)))
    stamp = crc32(repr((header, fields)).encode())

    def column_name(place: int) -> str:
        cell = example[place] if place < len(example) else ""
        return escaped(f"{header[place] or place + 1}" + (f" ({cell[:30]})" if cell else ""))

    mapping: dict[str, int] = {}
    found = len(proposed)
    with st.expander(
        _("Columns: {found} of {all} recognized").format(found=found, all=len(fields)),
        expanded=any(field not in proposed for field in needed),
    ):
        for start in range(0, len(fields), 2):
            for column, field in zip(st.columns(2), fields[start : start + 2], strict=False):
                place = column.selectbox(
                    labels[field], places, index=proposed.get(field), format_func=column_name,
                    key=f"map_{stamp}_{field}", placeholder=_("Not in this file"), filter_mode="contains",
                )  # fmt: skip
                if place is not None:
                    mapping[field] = place
    missing = [labels[field] for field in needed if field not in mapping]
    for label in missing:
        st.error(_("Please choose the column for: {field}").format(field=label))
    return None if missing else mapping
