"""Every template of the modules that say what figures mean is said in some state, whole, in both languages.

What the code can say is read from its source; what it says is noted while every state is gone through. A new sentence
that no state brings up fails here, and so does one that leaves something unfilled.
"""

import ast
import re
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest

from analytics.funnel import rate_funnel
from analytics.recording import Recorded
from analytics.sentences import Finding, FindingCode
from components import call_parts, recording_parts, words
from components.charts import bars, funnel, sentences, variation
from components.charts.template import LIGHT
from db.call_rules import RULES

LEFT = re.compile(r"[{}]|\\b(None|nan|inf)\\b")


def templates(module: Any, *functions: str) -> set[str]:
    """Give every sentence in the source of a module, or of some of its functions."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    parts: list[ast.AST] = [tree]
    if functions:
        parts = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name in functions]
        assert {one.name for one in parts if isinstance(one, ast.FunctionDef)} == set(functions)
    calls = [one for part in parts for one in ast.walk(part) if isinstance(one, ast.Call)]
    named = [one for one in calls if isinstance(one.func, ast.Name) and one.func.id in ("_", "plural")]
    return {one.args[0].value for one in named if isinstance(one.args[0], ast.Constant)}


@pytest.fixture(params=words.LANGUAGES)
def said(request, monkeypatch):
    """Note which templates are asked for, by module."""
    words.use_language(request.param)
    asked: set[str] = set()

    def noting(function: Any) -> Any:
        def noted(template: str, *more: Any) -> Any:
            asked.add(template)
            return function(template, *more)

        return noted

    for module in (call_parts, recording_parts, bars, funnel, sentences, variation):
        for name in ("_", "plural"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, noting(getattr(words, name)))
    yield asked
    words.use_language("en")


def whole(told: list[str]) -> None:
    assert [one for one in told if not one or LEFT.search(one)] == []


def findings():
    kinds = (("run", None, 1.0), ("u", True, 1.0), ("u_prime", False, 1.4), ("g", True, 1.0))
    for code, side, (kind, steady, widened), since in product(
        get_args(FindingCode), ("low", "high"), kinds, (None, "2025-11")
    ):
        yield Finding(
            code=code, latest=12.3, latest_label="2026-03", centre=10.0, low=2.0, high=18.0, side=side,
            months_on_side=8, points=9, records=90, signal_label="2026-01", provisional=kind == "run", per=1000.0,
            kind=kind, widened=widened, since=since, steady=steady,
        )  # fmt: skip


def test_charts_over_time(said):
    told = []
    for found, better, counted in product(findings(), ("lower", "higher", None), ("month", "gap")):
        told += [sentences.say(found, "days", better, counted), *sentences.notes(found, counted)]
        told.append(variation.in_words([variation.head(found, better), variation.head(found, better, "Hours")]))
    whole(told)
    assert said >= templates(sentences) | templates(variation)


def of(*counts: int, exposure: float = 1000.0):
    names = [f"Site {number}" for number in range(len(counts))]
    return rate_funnel(names, names, counts, [exposure] * len(counts))


def test_the_funnel(said):
    apart = tuple(3 + 5 * (at % 7) for at in range(40))
    cases = [
        (of(9, 8), ()), (of(*[10] * 20), ()), (of(*[10] * 20, 19), ()), (of(*[10] * 20, 90, 95, 19), ()),
        (of(*[10] * 20, 90), ()), (of(*apart), tuple(f"Site {at}" for at in range(9))), (of(*apart), ("Site 1",)),
        (of(*[10] * 400), ()),
    ]  # fmt: skip
    told = []
    for found, beyond in cases:
        told.append(funnel.say(found, "incidents", frozenset(beyond)))
        told += [*funnel._notes(found), *funnel._shrunken_note({"Site 1": 9.0})]
        told += [funnel.reading(point, frozenset(beyond)) for point in found.points]
    low = of(*[60] * 30, 42, 2)
    told += [funnel.reading(point, frozenset()) for point in low.points]
    whole(told)
    wanted = templates(funnel, "say", "reading", "_between", "_shrunken_note") | templates(funnel, "_notes")
    # Shares and scores are widened by a factor, which rates are not.
    assert {one for one in wanted - said if "{factor} times" not in one} == set()


def test_how_sites_record(said):
    efforts = [
        SimpleNamespace(site_id=1, months=12, room_months=48, forms=9, reporting=4, silent=5, hidden=False),
        SimpleNamespace(site_id=2, months=12, room_months=48, forms=None, reporting=None, silent=None, hidden=True),
        SimpleNamespace(site_id=3, months=0, room_months=0, forms=0, reporting=0, silent=0, hidden=False),
    ]  # fmt: skip
    told = [recording_parts.rule(), recording_parts.head()]
    told += recording_parts.recording(efforts, {1: 2, 2: 1, 3: 3}).words.values()
    told += [recording_parts._why(efforts[0], Recorded(9.6, kind)) for kind in ("few_rooms", "no_forms")]
    whole(told)
    assert said >= templates(recording_parts)


def test_who_needs_a_call(said, monkeypatch):
    drawn: list[str] = []
    monkeypatch.setattr(call_parts.st, "caption", drawn.append)
    for few, named, hidden, sees in product((True, False), ("overdue", "more_than_past"), (0, 1, 3), (True, False)):
        reason = call_parts.Reason(named, {})
        found = call_parts.Calls((call_parts.Call(0, (reason,)),), {}, 9, few)
        facts = [SimpleNamespace(now=None if at < hidden else 7) for at in range(12)]
        call_parts._caution(facts, found, sees_time_away=sees)
    drawn += call_parts.rule_sentences()
    drawn += [call_parts._sentence(count + 2, [None] * count, slice(0, min(10, count))) for count in (1, 7, 23)]
    whole(drawn)
    assert set(RULES) == set(call_parts.kinds())
    assert said >= templates(call_parts, "_caution", "_how_sure", "rule_sentences", "_sentence")


def test_bars(said):
    told = []
    for numbers, total in (((9, 4), 30), ((9, 4), 13), ((9, None), None), ((None, None), None)):
        drawing = bars.draw(
            [bars.Bar("Owls", number, number is None) for number in numbers], title="By room", axis="Room",
            unit="Times", total=total, colors=LIGHT, nothing=bars.Drawing(title="", sentence=""),
        )  # fmt: skip
        told += [drawing.sentence, drawing.alt, drawing.basis, *drawing.notes]
    whole(told)
    assert said >= templates(bars)
