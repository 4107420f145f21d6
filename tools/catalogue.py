"""Brings the Spanish catalogue in step with the code: finds the sentences, keeps their translations, compiles.

The translating is done by a person, in ``components/locale/es/LC_MESSAGES/attune.po``. Babel is needed here, not where
Attune runs: both the catalogue and its compiled form are kept with the code.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from db import asking, problems  # noqa: E402

SPEAKING = ("components", "pages", "web")
KEYWORDS = {"_": None, "plural": (1, 2)}
TOLD_WHEN_SHOWN = {"db/asking.py": asking.SENTENCES, "db/problems.py": problems.SENTENCES}
"""Sentences that stand in tables of db, which speaks no language; a screen translates them as it shows them."""
PO = ROOT / "components" / "locale" / "es" / "LC_MESSAGES" / "attune.po"
MO = PO.with_suffix(".mo")


def sentences() -> Iterator[tuple[str | tuple[str, ...], str]]:
    """Give every sentence (or both forms of one) that Attune says, with the file that it stands in."""
    for folder in SPEAKING:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for _line, found, _comments, _context in extract_from_file("python", str(path), keywords=KEYWORDS):
                yield found, path.relative_to(ROOT).as_posix()
    for place, table in TOLD_WHEN_SHOWN.items():
        for sentence in table.values():
            yield sentence, place


def extracted() -> Catalog:
    """Give a catalogue of all sentences, none translated. It knows files but no lines, which change all the time."""
    catalogue = Catalog(domain="attune", project="Attune", charset="utf-8")
    for found, place in sentences():
        catalogue.add(found, locations=[(place, None)])
    return catalogue


def on_disk() -> Catalog:
    """Give the Spanish catalogue as it is kept."""
    with PO.open("rb") as file:
        return read_po(file, locale="es", domain="attune")


def compiled(catalogue: Catalog) -> bytes:
    """Give what gettext reads."""
    written = io.BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def missing(catalogue: Catalog) -> list[str]:
    """Give the sentences of a catalogue that have no translation, or one that nobody has looked at."""
    return [
        str(message.id) for message in catalogue if message.id and (message.fuzzy or not all(forms(message.string)))
    ]


def forms(said: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Give a message's one form, or all of its forms; an empty one where nothing is said yet."""
    return (said or "",) if isinstance(said, str | None) else tuple(said)


def main() -> int:
    """Update and compile, and say what is still to be translated."""
    catalogue = on_disk()
    catalogue.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalogue, sort_output=True, width=110)
    MO.write_bytes(compiled(catalogue))
    left = missing(catalogue)
    for sentence in left:
        print(f"To translate: {sentence}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
