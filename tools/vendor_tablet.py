"""Brings the tablet app's libraries into ``web/tablet/vendor``: pinned versions from npm, bundled with esbuild.

Run by hand (``python tools/vendor_tablet.py``) when a library is to be renewed; needs node and npm. Writes each bundle,
the licence of everything that is in it, and ``versions.json``, by which a test knows that nobody changed a file.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "web" / "tablet" / "vendor"
ESBUILD = "0.28.2"
LIBRARIES = {
    "preact": "11.2.0",
    "htm": "3.1.1",
    "idb": "8.0.4",
    "workbox-precaching": "7.4.1",
    "workbox-routing": "7.4.1",
    "workbox-strategies": "7.4.1",  # what workbox-precaching stands on
}
BUNDLES = {
    "preact.js": (
        ("preact", "htm"),
        """
        import { h, render, Fragment } from "preact";
        import htm from "htm";
        export { useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useId } from "preact/hooks";
        export { h, render, Fragment };
        export const html = htm.bind(h);
        """,
    ),
    "idb.js": (("idb",), 'export { openDB, deleteDB } from "idb";'),
    "workbox.js": (
        ("workbox-precaching", "workbox-routing", "workbox-strategies"),
        """
        import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
        import { NavigationRoute, registerRoute } from "workbox-routing";
        self.workbox = {
          cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, NavigationRoute, registerRoute,
        };
        """,
    ),
}
"""Each file: the packages it is made of, and what of them it gives. ``workbox.js`` is a classic script: ``workbox``."""

ADDRESS_IN_A_MESSAGE = "https://bit.ly/wb-precache"
"""Workbox names this page in an error's text; our files name no foreign host at all."""


def main() -> None:
    """Fetch, bundle and record."""
    npm = shutil.which("npm")
    if not npm:
        sys.exit("This needs node and npm.")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        wanted = [f"{name}@{version}" for name, version in {**LIBRARIES, "esbuild": ESBUILD}.items()]
        (place / "package.json").write_text("{}")
        command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--save-exact", *wanted]
        subprocess.run(command, cwd=place, check=True)  # noqa: S603
        VENDOR.mkdir(parents=True, exist_ok=True)
        files = {name: bundle(place, name, *what) for name, what in BUNDLES.items()}
    (VENDOR / "versions.json").write_text(json.dumps({"esbuild": ESBUILD, "files": files}, indent=2) + "\n")


def bundle(place: Path, name: str, packages: tuple[str, ...], source: str) -> dict[str, object]:
    """Write one bundle and its licences; give what is recorded of it."""
    entry, made = place / f"entry-{name}", VENDOR / name
    entry.write_text(source)
    shape = "iife" if name == "workbox.js" else "esm"
    seen = place / f"{name}.json"
    subprocess.run(  # noqa: S603
        [
            place / "node_modules/.bin/esbuild", entry, "--bundle", "--minify", f"--format={shape}", "--target=es2022",
            '--define:process.env.NODE_ENV="production"', "--legal-comments=none", f"--metafile={seen}",
            f"--outfile={made}",
        ],
        cwd=place, check=True,
    )  # fmt: skip
    made.write_text(made.read_text().replace(ADDRESS_IN_A_MESSAGE, "the documentation of Workbox"))
    inside = sorted(set(packages) | {_package(path) for path in json.loads(seen.read_text())["inputs"]} - {""})
    return {
        "sha256": hashlib.sha256(made.read_bytes()).hexdigest(),
        "packages": [_recorded(place / "node_modules" / package, package) for package in inside],
    }


def _package(path: str) -> str:
    """Give the package that a bundled file comes from; nothing for our own entry."""
    return path.split("node_modules/", 1)[1].split("/")[0] if "node_modules/" in path else ""


def _recorded(folder: Path, package: str) -> dict[str, str]:
    """Keep a package's licence text; give its name, version and licence."""
    about = json.loads((folder / "package.json").read_text())
    text = next(file for file in sorted(folder.iterdir()) if file.name.lower().startswith(("license", "licence")))
    kept = VENDOR / "licences" / f"{package}.txt"
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(text.read_text())
    return {"name": package, "version": about["version"], "licence": about["license"]}


if __name__ == "__main__":
    main()
