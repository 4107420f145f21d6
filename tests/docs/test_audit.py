"""The audit of code and packages fails where it should: a finding without a waiver, a waiver that is over or idle."""

from datetime import date, timedelta

from tools.audit import Finding, Waiver, code_findings, judged

TODAY = date(2026, 11, 21)
FOUND = Finding("B101", "db/engine.py", "an assert")


def waiver(**changes) -> Waiver:
    values = {"rule": "B101", "under": "db", "since": TODAY, "until": TODAY + timedelta(days=30), "reason": "because"}
    return Waiver(**{**values, **changes})


def test_a_finding_needs_a_standing_waiver_of_its_rule_and_place():
    assert judged([FOUND], [waiver()], TODAY) == []
    assert len(judged([FOUND], [], TODAY)) == 1
    assert len(judged([FOUND], [waiver(under="web")], TODAY)) == 2
    assert len(judged([FOUND], [waiver(rule="B102")], TODAY)) == 2
    assert len(judged([FOUND], [waiver(until=TODAY - timedelta(days=1))], TODAY)) == 2


def test_a_waiver_that_nothing_needs_is_an_error():
    assert judged([], [waiver()], TODAY) == ["the waiver of B101 under db is not needed any more"]


def test_bandit_really_looks(tmp_path, monkeypatch):
    (tmp_path / "bad.py").write_text("import subprocess\nsubprocess.run('ls ' + input(), shell=True)\n")
    monkeypatch.setattr("tools.audit.ROOT", tmp_path)
    monkeypatch.setattr("tools.audit.LOOKED_AT", ("bad.py",))
    assert "B602" in {one.rule for one in code_findings()}
