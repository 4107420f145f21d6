"""What the screen of classroom quality draws below its list: how far two observers agree, and what changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from analytics.agreement import LEAST_RATED_TWICE, Agreement, Correlation
from analytics.change import LEAST_FOR_A_MEAN, LEAST_FOR_AN_EFFECT, Counts, PairedChange, ReliableChange
from analytics.room_pairs import LEAST_DAYS, MOST_DAYS
from components import filters
from components.charts.numbers import percent, signed
from components.choices import label_of
from components.instruments import instrument_label, scale_label
from components.score_parts import directed, measure
from components.text import literal
from components.words import _
from db.instruments import Instrument
from db.options import codes


class Measured(NamedTuple):
    """What one domain or scale of an instrument changed by. ``reliable`` is None where its noise is not known."""

    code: str
    change: PairedChange
    reliable: ReliableChange | None


def agreement(tool: Instrument, rooms: int, found: Agreement, correlations: Mapping[str, Correlation | None]) -> None:
    """Draw how far two observers of the same room and day agree with one instrument."""
    literal(_("{instrument}: {rooms} observations coded twice").format(instrument=instrument_label(tool), rooms=rooms))
    overall = found.overall
    if overall.compared:
        st.text(
            _("Within one point of each other: {share} of the scores.").format(
                share=percent(overall.agreed, overall.compared)
            )
        )
    st.table(
        {
            _("Scale"): [scale_label(tool, code) for code in found.dimensions],
            _("Within one point"): [percent(one.agreed, one.compared) for one in found.dimensions.values()],
        }
    )
    st.table(
        {
            _("Score"): [scale_label(tool, code) for code in correlations],
            _("ICC (absolute agreement)"): [_correlation(one) for one in correlations.values()],
        }
    )


def agreement_notes() -> None:
    """Say how to read agreement."""
    st.caption(
        _(
            "ICC: how much of the difference between rooms both observers see, with its 95% interval. It is given from"
            " {least} rooms coded twice. 80% within one point is the usual aim for CLASS."
        ).format(least=LEAST_RATED_TWICE)
    )


def _correlation(found: Correlation | None) -> str:
    if found is None:
        return _("too few rooms, or all scores alike")
    return _("{value} ({low} to {high}), n = {rooms}").format(
        value=f"{found.value:.2f}",
        low=f"{found.interval.low:.2f}",
        high=f"{found.interval.high:.2f}",
        rooms=found.rated,
    )


def choose_phases() -> tuple[str, str]:
    """Draw which two moments of the year are compared (``?before=``, ``?after=``).

    Raises:
        UnknownChoice: the address names a moment that does not exist.
    """
    named = [(code, label_of("observation_phase", code)) for code in codes("observation_phase")]
    later = sorted(named, key=lambda pair: pair[0] != "post")
    with st.container(horizontal=True, gap="medium"):
        with st.container(width=200):
            before = filters.choose_one(_("Before"), "before", named)
        with st.container(width=200):
            after = filters.choose_one(_("After"), "after", later)
    return str(before), str(after)


def change(tool: Instrument, measured: Sequence[Measured]) -> None:
    """Draw what changed with one instrument and edition, with who is behind it."""
    literal(instrument_label(tool))
    literal(_counts(measured[0].change.counts))
    shown = [one for one in measured if one.change.change is not None]
    if not shown:
        st.text(_("A mean change is given from {least} rooms observed twice.").format(least=LEAST_FOR_A_MEAN))
        return
    change_table(tool, shown)


def change_table(tool: Instrument, shown: Sequence[Measured]) -> None:
    """Draw the scores that have a mean change, and what tells it from noise where that is known."""
    st.table(
        {
            _("Score"): [directed(measure(tool, one.code)) for one in shown],
            _("Before"): [f"{one.change.mean_before:.2f}" for one in shown],
            _("After"): [f"{one.change.mean_after:.2f}" for one in shown],
            _("Change (95% interval)"): [_change(one.change) for one in shown],
            _("Effect size (Hedges g)"): [_effect(one.change) for one in shown],
            _("Beyond the noise of the measure"): [_reliable(one.reliable) for one in shown],
        }
    )
    _basis(tool, [one for one in shown if one.reliable])


def expected_anyway() -> None:
    """Say what every figure of before and after has to be read with."""
    st.info(
        _(
            "Consultation is asked for at the worst moment. Some improvement is to be expected anyway, whatever was"
            " done (regression to the mean). Without rooms to compare with, nobody can say how much."
        ),
        icon=":material/info:",
    )
    st.caption(
        _(
            "Only rooms with both scores count, with the same instrument and edition, {least} to {most} days apart."
            " An effect size is given from {rooms} rooms."
        ).format(least=LEAST_DAYS, most=MOST_DAYS, rooms=LEAST_FOR_AN_EFFECT)
    )


def _counts(counts: Counts) -> str:
    return _("Rooms before: {before}, after: {after}, in both: {paired}, left (not observed again): {left}").format(
        before=counts.before, after=counts.after, paired=counts.paired, left=counts.left
    )


def _change(found: PairedChange) -> str:
    assert found.change is not None
    assert found.interval is not None
    return _("{change} ({low} to {high}), n = {rooms}").format(
        change=signed(found.change, 2), low=signed(found.interval.low, 2), high=signed(found.interval.high, 2),
        rooms=found.counts.paired,
    )  # fmt: skip


def _effect(found: PairedChange) -> str:
    return _("too few pairs") if found.hedges_g is None else signed(found.hedges_g, 2)


def _reliable(found: ReliableChange | None) -> str:
    if found is None:
        return _("not known for this score")
    return _("better {improved}, worse {worsened}, no clear change {unchanged}").format(
        improved=found.improved, worsened=found.worsened, unchanged=found.no_reliable_change
    )


def _basis(tool: Instrument, shown: Iterable[Measured]) -> None:
    for one in shown:
        found = one.reliable
        assert found is not None
        told = _(
            "{score}: a change of {threshold} points or more is beyond noise (Jacobson and Truax; SD {sd}: {sd_source};"
            " reliability {reliability}: {reliability_source})."
        ).format(
            score=scale_label(tool, one.code), threshold=f"{found.threshold:.1f}", sd=f"{found.basis.sd:g}",
            sd_source=found.basis.sd_source, reliability=f"{found.basis.reliability:g}",
            reliability_source=found.basis.reliability_source,
        )  # fmt: skip
        if found.basis.unverified:
            told += " " + _("These numbers are not verified.")
        literal(told)
