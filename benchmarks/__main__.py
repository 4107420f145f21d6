"""``make bench``: prints what each page costs, what a save and an import cost, and how long a tap on a form takes."""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import charts, equity, funnel, meetings, observations, pages, saves, taps, truths, verdicts

PARTS = (
    "charts", "funnel", "equity", "meetings", "observations", "pages", "saves", "taps", "truths", "verdicts",
)  # fmt: skip


def main() -> None:
    """Measure with few and with many data, in one run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--only",
        choices=PARTS,
        help="measure only this part",
    )
    parser.add_argument("--small", action="store_true", help="leave out the 2,000 sites with 1,000,000 incidents")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="attune-bench-") as folder:
        if wanted.only in (None, "saves"):
            saves.measure(Path(folder))
        if wanted.only in (None, "observations"):
            observations.measure(Path(folder))
        if wanted.only in (None, "equity"):
            equity.measure()
        if wanted.only in (None, "charts"):
            charts.measure()
        if wanted.only in (None, "taps"):
            taps.measure(Path(folder))
        if wanted.only in (None, "funnel"):
            funnel.measure()
        if wanted.only in (None, "verdicts"):
            verdicts.measure()
        if wanted.only in (None, "meetings"):
            meetings.measure()
        if wanted.only in (None, "truths"):
            truths.measure(Path(folder))
        if wanted.only in (None, "pages"):
            pages.measure(Path(folder), large=not wanted.small)


if __name__ == "__main__":
    sys.exit(main())
