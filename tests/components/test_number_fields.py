"""What is out of range is told at its field: a limit given to Streamlit drops what was typed without a word."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_field_is_given_limits_that_drop_what_was_typed():
    limited = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in ("components", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "number_input"
        and {"min_value", "max_value"} & {keyword.arg for keyword in node.keywords}
    ]
    assert limited == []
