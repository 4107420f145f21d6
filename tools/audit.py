"""Looks for insecure code (bandit) and known faults of what is installed (pip-audit); what stands has a dated waiver.

Exit code 1 for a finding without a waiver, a waiver that is over, or one that nothing needs any more. Where no service
of known faults can be asked, or it does not know the versions, that is said, and the rest decides.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
WAIVERS = ROOT / "tools" / "audit_waivers.yaml"
LOOKED_AT = ("analytics", "components", "db", "pages", "web", "app.py", "manage.py", "tools")
SECONDS = 120


class Finding(NamedTuple):
    """Something that a tool found: its rule or the fault's name, where, and what it says."""

    rule: str
    where: str
    told: str


class Waiver(NamedTuple):
    """A finding that is let stand for a time."""

    rule: str
    under: str
    since: date
    until: date
    reason: str

    def covers(self, found: Finding) -> bool:
        """Tell whether this waiver is about a finding."""
        return found.rule == self.rule and found.where.startswith(self.under)


def judged(found: list[Finding], waivers: list[Waiver], today: date) -> list[str]:
    """Give what is wrong: findings without a standing waiver, waivers that are over or idle."""
    wrong = [
        f"{one.where}: {one.rule} {one.told}"
        for one in found
        if not any(waiver.covers(one) and waiver.until >= today for waiver in waivers)
    ]
    for waiver in waivers:
        if waiver.until < today:
            wrong.append(f"the waiver of {waiver.rule} under {waiver.under or 'everything'} ended on {waiver.until}")
        elif not any(waiver.covers(one) for one in found):
            wrong.append(f"the waiver of {waiver.rule} under {waiver.under or 'everything'} is not needed any more")
    return wrong


def code_findings() -> Iterator[Finding]:
    """Give what bandit finds in our code."""
    for one in _answer("bandit", "-q", "-r", *LOOKED_AT, "-f", "json")["results"]:
        yield Finding(
            one["test_id"], one["filename"].removeprefix("./"), f"line {one['line_number']}: {one['issue_text']}"
        )


def package_findings() -> Iterator[Finding]:
    """Give the known faults of the locked packages, and say how many of these could be looked up."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write(_run(str(ROOT / "tools" / "requirements.py")))
        listed.flush()
        told = _answer("pip_audit", "--require-hashes", "--disable-pip", "-r", listed.name, "-f", "json")
    packages = told.get("dependencies", [])
    known = [one for one in packages if "skip_reason" not in one]
    print(f"Known faults looked up for {len(known)} of {len(packages)} packages.")
    for one in known:
        for fault in one["vulns"]:
            yield Finding(fault["id"], one["name"], f"{one['version']}; mended in {fault['fix_versions']}")


def _answer(module: str, *words: str) -> dict:
    try:
        return json.loads(_run("-m", module, *words))
    except (json.JSONDecodeError, subprocess.TimeoutExpired):
        if module == "bandit":
            raise
        return {}


def _run(*words: str) -> str:
    done = subprocess.run(  # noqa: S603 (fixed words, no shell)
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    return done.stdout


def main() -> int:
    """Look, say what is wrong, and give the exit code."""
    waivers = [Waiver(**one) for one in yaml.safe_load(WAIVERS.read_text())]
    wrong = judged([*code_findings(), *package_findings()], waivers, date.today())
    print("\n".join(wrong) or "No insecure code and no known fault without a waiver.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
