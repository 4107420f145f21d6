"""The scorecard finds what is planted in the demo and calls nothing else. Twenty seeds: ``benchmarks/truths.py``."""

import shutil

import pytest

from benchmarks.truths import PLANTED, UNTIL, site_calls, unplanted
from db.demo import load as demos
from db.demo.order import Order
from db.engine import make_engine


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_planted_changes_are_found_and_no_others_called(sqlite_template, tmp_path, monkeypatch, seed):
    path = tmp_path / "demo.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    monkeypatch.setattr(demos, "hash_password", str.upper)
    demos.load(engine, Order(until=UNTIL, sites=6, seed=seed))
    calls = list(site_calls(engine, ("year",)))
    engine.dispose()
    found = {(call.planted, call.outcome): call.verdict for call in calls}
    assert {key: found[key] for key in PLANTED} == PLANTED
    assert unplanted(calls) == []
    assert found["stays", "behaviour"] == "no_change"
    assert found["stays", "social_emotional"] == "no_change"
    assert found["few_staff", "stress"] == found["no_denominator", "behaviour"] == "cannot_tell"
