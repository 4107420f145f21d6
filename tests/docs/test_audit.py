"""The audit of code and packages fails where it should: a finding without a waiver, a waiver that is over or idle."""

import subprocess
from datetime import date, timedelta

from tools import audit
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


def test_a_service_that_does_not_answer_in_time_is_said_and_stops_nothing(monkeypatch, capsys):
    real = audit._run

    def slow(*words: str) -> str:
        if "pip_audit" in words:
            raise subprocess.TimeoutExpired("pip_audit", 1)
        return real(*words)

    monkeypatch.setattr(audit, "_run", slow)
    assert list(audit.package_findings()) == []
    assert "0 of 0 packages" in capsys.readouterr().out


def test_bandit_really_looks(tmp_path, monkeypatch):
    (tmp_path / "bad.py").write_text("import subprocess\nsubprocess.run('ls ' + input(), shell=True)\n")
    monkeypatch.setattr("tools.audit.ROOT", tmp_path)
    monkeypatch.setattr("tools.audit.LOOKED_AT", ("bad.py",))
    assert "B602" in {one.rule for one in code_findings()}
