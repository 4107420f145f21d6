"""Turns uv.lock into a list with hashes that pip installs, so that a new machine needs no uv.

Writes ``name==version --hash=…`` for every package of the lock whose markers fit this machine: what the program and its
tests need; with ``--run`` only what the program needs, with ``--load`` also what drives ``make load`` (in no other
environment). With ``--neutral`` it instead takes the registry's addresses out of uv.lock: a lock is about versions and
hashes, and where to fetch them is each machine's own setting.
Uses nothing but the standard library and pip's own copy of ``packaging``.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from pip._vendor.packaging.markers import Marker, default_environment

LOCK = Path(__file__).resolve().parent.parent / "uv.lock"
NEUTRAL = "https://registry.invalid"


def wanted(packages: list[dict[str, Any]], groups: tuple[str, ...] = ("dev",)) -> list[dict[str, Any]]:
    """Give every package that the project needs here, with its groups of development.

    A name can stand in the lock in several versions, each for some Pythons; a need then names the version.
    """
    environment = {**default_environment(), "extra": ""}
    project = next(package for package in packages if package["name"] == "attune")
    open_ends = [*project.get("dependencies", [])]
    for group in groups:
        open_ends += project.get("dev-dependencies", {}).get(group, [])
    seen: set[tuple[str, str]] = set()
    found: dict[str, dict[str, Any]] = {}
    while open_ends:
        need = open_ends.pop()
        marker = need.get("marker")
        if marker and not Marker(marker).evaluate(environment):
            continue
        package = next(
            one
            for one in packages
            if one["name"] == need["name"] and need.get("version", one["version"]) == one["version"]
        )
        found[package["name"]] = package
        for extra in ["", *need.get("extra", [])]:
            if (package["name"], extra) not in seen:
                seen.add((package["name"], extra))
                optional = package.get("optional-dependencies", {})
                open_ends += optional.get(extra, []) if extra else package.get("dependencies", [])
    return [found[name] for name in sorted(found)]


def lines(groups: tuple[str, ...] = ("dev",)) -> list[str]:
    """Give one requirement with its hashes per package."""
    given = []
    for package in wanted(tomllib.loads(LOCK.read_text())["package"], groups):
        files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
        hashes = " ".join(f"--hash={file['hash']}" for file in files)
        given.append(f"{package['name']}=={package['version']} {hashes}")
    return given


def neutral() -> None:
    """Take the registry's addresses out of the lock."""
    text = LOCK.read_text()
    text = re.sub(r'registry = "https://[^"]*"', f'registry = "{NEUTRAL}/simple"', text)
    text = re.sub(r'url = "https://[^/"]*/', f'url = "{NEUTRAL}/', text)
    LOCK.write_text(text)


if __name__ == "__main__":
    if "--neutral" in sys.argv:
        neutral()
    elif "--run" in sys.argv:
        print("\n".join(lines(())))
    else:
        print("\n".join(lines(("dev", "load") if "--load" in sys.argv else ("dev",))))
