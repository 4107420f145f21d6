"""The Spanish catalogue holds every sentence, well formed, and what is compiled is what was written."""

import ast
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from components.words import plural, use_language
from tools import catalogue

PLACEHOLDER = re.compile(r"{[^{}]*}")
TRANSLATED = [message for message in catalogue.on_disk() if message.id]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    use_language("en")


def sides(message: Message) -> list[tuple[str, str]]:
    """Give each form of a sentence with its translation."""
    return list(zip(catalogue.forms(message.id), catalogue.forms(message.string), strict=True))


def test_the_catalogue_holds_just_the_sentences_of_the_code():
    in_code = {message.id for message in catalogue.extracted() if message.id}
    assert len(in_code) > 700
    assert {message.id for message in TRANSLATED} == in_code, "run `make translate`, then translate what is new"


def test_every_sentence_is_translated_and_looked_at():
    assert catalogue.missing(catalogue.on_disk()) == []


def test_what_is_not_translated_or_not_looked_at_is_found():
    kept = catalogue.extracted()
    kept.add("Two words", "Dos palabras", flags=["fuzzy"])
    assert len(catalogue.missing(kept)) == len(TRANSLATED) + 1


def test_both_sides_of_a_sentence_have_the_same_placeholders():
    for message in TRANSLATED:
        for said, translated in sides(message):
            assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(translated)), said


def test_both_sides_of_a_problem_have_the_colon_at_which_the_import_shortens_it():
    for sentence in catalogue.TOLD_WHEN_SHOWN["db/problems.py"].values():
        translated = next(str(message.string) for message in TRANSLATED if message.id == sentence)
        assert (":" in sentence) == (":" in translated), sentence


def test_the_compiled_catalogue_is_what_was_written():
    assert catalogue.MO.read_bytes() == catalogue.compiled(catalogue.on_disk())


def test_nothing_is_said_that_the_extraction_cannot_see():
    unseen = []
    for folder in catalogue.SPEAKING:
        for path in sorted((catalogue.ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "plural"}:
                    said = node.args[: 1 if node.func.id == "_" else 2]
                    if not all(isinstance(one, ast.Constant) or "SENTENCES[" in ast.unparse(one) for one in said):
                        unseen.append(f"{path.name}:{node.lineno}")
    assert unseen == []


def test_spanish_is_spoken_from_the_compiled_catalogue():
    use_language("es")
    assert [plural("{count} visit", "{count} visits", count) for count in (0, 1, 2)] == [
        "{count} visitas",
        "{count} visita",
        "{count} visitas",
    ]
