"""What the screen of children's measures draws: the list, one measure, each child's change, and all children's."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import streamlit as st

from analytics.change import LEAST_FOR_A_MEAN, LEAST_FOR_AN_EFFECT, Counts, Verdict
from analytics.room_pairs import LEAST_DAYS, MOST_DAYS
from components import dates, filters, findings, quality_parts
from components.choices import label_of
from components.instruments import direction_label, instrument_label, label_of_code, rater_label, scale_label
from components.quality_parts import Measured
from components.text import escaped, literal
from components.words import _
from db.instruments import Instrument, instrument


class ChildChange(NamedTuple):
    """One child on one scale, before and after. ``verdict`` is None where the noise of the scale is not known."""

    child: str
    before: float
    after: float
    verdict: Verdict | None


def rows(found: Sequence[Any]) -> None:
    """Draw one line per measure, with its scores, in pages."""
    for row in findings.on_page(found):
        with st.container(border=True, gap="xxsmall"):
            st.button(
                f"**{dates.full(row.measured_on)}** · {escaped(label_of_code(row.instrument_code))}",
                key=f"open_{row.id}", type="tertiary", icon=":material/chevron_right:", icon_position="right",
                on_click=filters.remember, args=("id", str(row.id)),
            )  # fmt: skip
            st.caption(
                _("{site} · child {child} · {phase} · answered by {who}").format(
                    site=escaped(row.site), child=escaped(row.child_key), who=escaped(rater_label(row.respondent)),
                    phase=escaped(label_of("observation_phase", row.phase)),
                )
            )  # fmt: skip
            literal(score_line(row.instrument_code, row.scores))
    findings.pages(len(found))


def score_line(instrument_code: str, scores: Mapping[str, float]) -> str:
    """Give scores in one line, in the order of the instrument."""
    tool = instrument(instrument_code)
    return " · ".join(
        f"{scale_label(tool, scale.code)}: {scores[scale.code]:g}" for scale in tool.scales if scale.code in scores
    )


def facts(row: Any) -> list[tuple[str, str]]:
    """Give what was stored in a few lines, as (label, value)."""
    return [
        (_("Site"), row.site),
        (_("Child key"), row.child_key),
        (_("Questionnaire and edition"), label_of_code(row.instrument_code)),
        (_("Who answered it"), rater_label(row.respondent)),
        (_("Date of the answers"), dates.full(row.measured_on)),
        (_("Scores"), score_line(row.instrument_code, row.scores)),
    ]


def about(opened: Any) -> None:
    """Say whose measure it is, and draw its scores with what they can be read by."""
    row, tool = opened.row, instrument(opened.row.instrument_code)
    literal(f"{row.site} · {row.child_key} · {label_of('observation_phase', row.phase)}")
    literal(_("Answered by {who}").format(who=rater_label(row.respondent)))
    literal(_("Permission of the family: {day}").format(day=dates.full(opened.content["permission_on"])))
    literal(_("Recorded by {person}").format(person=row.person))
    if row.removed:
        st.warning(_("This was removed. It counts in no figure."))
    scales = [scale for scale in tool.scales if scale.code in row.scores]
    st.table(
        {
            _("Scale"): [scale_label(tool, scale.code) for scale in scales],
            _("Score"): [f"{row.scores[scale.code]:g}" for scale in scales],
            _("Range"): [f"{scale.minimum:g}-{scale.maximum:g}" for scale in scales],
            _("Which way is good"): [direction_label(scale) for scale in scales],
        }
    )
    st.caption(_("A score says what an adult saw at one time. It is no diagnosis, and no name for a child."))


def version_words(entry: Any) -> Any:
    """Give a version with its codes in words, as ``components.records.reading`` draws it."""
    changes = tuple(
        one._replace(before=_in_words(one.field, one.before), after=_in_words(one.field, one.after))
        for one in entry.changes
    )
    return entry._replace(changes=changes)


def _in_words(field: str, value: Any) -> Any:
    if value is None:
        return None
    if field == "instrument_code":
        return label_of_code(value)
    if field == "respondent":
        return rater_label(value)
    if field == "phase":
        return label_of("observation_phase", value)
    return dates.full(date.fromisoformat(value)) if field == "measured_on" else value


def change(tool: Instrument, measured: Sequence[Measured]) -> None:
    """Draw what changed over all children with one instrument and respondent, with who is behind it."""
    literal(_counts(measured[0].change.counts))
    shown = [one for one in measured if one.change.change is not None]
    if shown:
        quality_parts.change_table(tool, shown)
    else:
        st.text(_("A mean change is given from {least} children measured twice.").format(least=LEAST_FOR_A_MEAN))


def heading(tool: Instrument, respondent: str) -> None:
    """Name the instrument and who answered."""
    title = _("{instrument}, answered by {who}").format(instrument=instrument_label(tool), who=rater_label(respondent))
    st.subheader(escaped(title), anchor=False)


def children(tool: Instrument, respondent: str, found: Mapping[str, Sequence[ChildChange]]) -> None:
    """Draw each child's change on one chosen scale, in the order of their keys: never of their scores."""
    scales = [scale.code for scale in tool.scales if found.get(scale.code)]
    if not scales:
        return
    with st.expander(_("Child by child")):
        chosen = st.pills(
            _("Scale"), scales, default="total" if "total" in scales else scales[0], required=True,
            format_func=lambda code: escaped(scale_label(tool, code)), key=f"children_{tool.code}_{respondent}",
        )  # fmt: skip
        changes = found[str(chosen)]
        st.table(
            {
                _("Child key"): [escaped(one.child) for one in changes],
                _("Before"): [f"{one.before:g}" for one in changes],
                _("After"): [f"{one.after:g}" for one in changes],
                _("Change"): [_difference(one.after - one.before) for one in changes],
                _("Beyond the noise of the measure"): [_beyond(one.verdict) for one in changes],
            }
        )
        st.caption(direction_label(tool.scale(str(chosen))).capitalize())


def expected_anyway() -> None:
    """Say what every figure of before and after has to be read with."""
    st.info(
        _(
            "Consultation is asked for at the worst moment. Some improvement is to be expected anyway, whatever was"
            " done (regression to the mean). Without children to compare with, nobody can say how much."
        ),
        icon=":material/info:",
    )
    st.caption(
        _(
            "Only children with both scores count, with the same questionnaire, edition and kind of respondent,"
            " {least} to {most} days apart. An effect size is given from {children} children."
        ).format(least=LEAST_DAYS, most=MOST_DAYS, children=LEAST_FOR_AN_EFFECT)
    )


def _counts(counts: Counts) -> str:
    return _(
        "Children before: {before}, after: {after}, at both times: {paired}, left (not measured again): {left}"
    ).format(before=counts.before, after=counts.after, paired=counts.paired, left=counts.left)


def _difference(points: float) -> str:
    return f"{points:+g}".replace("-", "−") if points else "0"


def _beyond(verdict: Verdict | None) -> str:
    return {
        "improved": _("better"),
        "worsened": _("worse"),
        "unclear": _("no clear change"),
        None: _("not known for this score"),
    }[verdict]
