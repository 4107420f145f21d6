"""Rules of the house that no library checks: how pages stand, and that stored text is never rendered."""

import ast
import tomllib
from pathlib import Path

import pytest

from components.navigation import SCREENS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "pages").glob("[!_]*.py"))
DRAWING = sorted([*(ROOT / "pages").rglob("*.py"), *(ROOT / "components").rglob("*.py")])


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func)


def test_every_screen_has_its_page_and_every_page_its_screen():
    assert {screen.module for screen in SCREENS} == {path.stem for path in PAGES}
    assert [screen.path for screen in SCREENS] == [
        "", "log-visit", "record-incident", "records", "exclusions", "classroom-quality", "child-measures",
        "staff-stress", "who-to-call", "site-trends", "patterns", "meeting", "outcomes", "compare-sites", "equity",
        "sites", "instruments", "people",
    ]  # fmt: skip


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_only_defines_so_that_running_its_file_shows_nothing(path: Path):
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for node in tree(path).body:
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert isinstance(node, allowed) or is_docstring, ast.unparse(node)
    assert "render" in {node.name for node in tree(path).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_no_sql_statistics_or_figures_of_its_own(path: Path):
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    roots = {str(module).partition(".")[0] for module in modules}
    assert not roots & {"sqlalchemy", "sqlmodel", "plotly", "numpy", "scipy", "pandas"}


def test_there_is_something_to_check():
    assert len(PAGES) == 18
    assert len(DRAWING) > 25


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_rendered_as_html_or_guessed(path: Path):
    for call in calls(path):
        assert not any(word.arg == "unsafe_allow_html" for word in call.keywords), call.lineno
        assert name_of(call) not in {"st.write", "st.html", "st.write_stream"}, call.lineno


READ_AS_MARKDOWN = {
    "badge", "button", "caption", "checkbox", "download_button", "error", "expander", "header", "info", "link",
    "link_button", "markdown", "metric", "page_link", "popover", "radio", "subheader", "success", "title", "toast",
    "toggle", "warning",
}  # fmt: skip
"""What of Streamlit (and our ``link``) reads its words as Markdown."""
STORED_TEXT = {
    "alias", "child_key", "city", "consultant", "county", "description", "display_name", "license_no", "name",
    "note", "program", "recommendations", "reflection", "region", "sign_in_name", "site", "summary", "text",
}  # fmt: skip
"""What rows call a text that somebody typed."""


def unescaped(node: ast.AST) -> list[str]:
    """Give the stored texts in an expression that do not go through ``escaped``."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"escaped", "label"}:
        return []
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return unescaped(node.elt)
    own = [ast.unparse(node)] if isinstance(node, ast.Attribute) and node.attr in STORED_TEXT else []
    return own + [found for child in ast.iter_child_nodes(node) for found in unescaped(child)]


@pytest.mark.parametrize("path", DRAWING, ids=lambda path: str(path.relative_to(ROOT)))
def test_stored_text_is_escaped_where_markdown_is_read(path: Path):
    """Streamlit's Markdown makes the reader's browser fetch remote images (tests/browser/test_markup.py tries it)."""
    for call in calls(path):
        if name_of(call).rpartition(".")[2] in READ_AS_MARKDOWN and name_of(call) != "drawing.title":
            texts = [*call.args[:2], *(word.value for word in call.keywords if word.arg in {"label", "help", "text"})]
            found = [one for text in texts for one in unescaped(text)]
            assert found == [], f"line {call.lineno}"


def test_the_rule_about_stored_text_finds_what_it_looks_for():
    wrong = ast.parse('st.caption(_("At {site}").format(site=row.name))').body[0]
    right = ast.parse('st.caption(_("At {site}").format(site=escaped(row.name)))').body[0]
    assert (unescaped(wrong), unescaped(right)) == (["row.name"], [])


def test_every_cached_reader_names_whose_scope_it_holds():
    for path in DRAWING:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                cached = any("cache_data" in ast.unparse(mark) for mark in node.decorator_list)
                names = {argument.arg for argument in node.args.args}
                assert not cached or "scope_key" in names, f"{path.name}: {node.name}"


def test_the_lock_and_the_texts_name_no_registry():
    text = (ROOT / "uv.lock").read_text()
    hosts = {line.split("://", 1)[1].split("/", 1)[0] for line in text.split('"') if "://" in line}
    assert hosts == {"registry.invalid"}
    assert tomllib.loads(text)["package"]


def test_no_table_offers_its_text_as_a_file_where_it_would_run_as_a_formula():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["client"]["disableDataExport"] is True


FILE_CALLS = {
    "open", "write_text", "write_bytes", "mkdir", "makedirs", "mkdtemp", "mkstemp", "unlink", "rmtree", "copyfile",
    "copytree", "symlink_to", "extractall", "NamedTemporaryFile", "TemporaryFile", "TemporaryDirectory",
    "SpooledTemporaryFile",
}  # fmt: skip


def test_nothing_that_serves_people_writes_a_file_or_opens_one_by_name():
    serving = [
        path for folder in ("web", "pages", "components", "analytics", "db") for path in ROOT.glob(f"{folder}/**/*.py")
    ]
    operators = ROOT / "db" / "backup"
    found = {
        f"{path.relative_to(ROOT)} {name_of(call)}"
        for path in serving if operators not in path.parents
        for call in calls(path) if name_of(call).rpartition(".")[2] in FILE_CALLS
    }  # fmt: skip
    assert found == {"db/engine.py Path(path).parent.mkdir"}, "the folder of the database, named by its operator"
