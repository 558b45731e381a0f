"""What keeps the project readable: short files, short functions, and a sentence for everything public."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 300
MOST_FUNCTION_LINES = 40
MOST_ARCHITECTURE_LINES = 150
KINDS = {".py", ".js", ".css", ".html"}
MODULES = sorted((ROOT / "service").rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_a_person_reads_in_one_go() -> None:
    folders = [ROOT / name for name in ("service", "tests", "bench", "scripts")]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in KINDS]
    assert files
    assert {name_of(path): lines_of(path) for path in files if lines_of(path) > MOST_LINES} == {}


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_no_function_is_longer_than_a_screen(module: Path) -> None:
    found = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, Function)]
    sizes = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in found}
    assert {name: size for name, size in sizes.items() if size > MOST_FUNCTION_LINES} == {}


@pytest.mark.parametrize("module", MODULES, ids=name_of)
def test_everything_public_says_what_it_is_for(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert ast.get_docstring(tree) or not tree.body, "the module says nothing"
    assert [name for name, node in public(tree) if not ast.get_docstring(node)] == []


def public(parent: ast.Module | ast.ClassDef) -> Iterator[tuple[str, Function | ast.ClassDef]]:
    """Classes, functions and methods that others may use; what is private or a special method is left out."""
    for node in parent.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node.name, node
            if isinstance(node, ast.ClassDef):
                yield from ((f"{node.name}.{name}", inner) for name, inner in public(node))


def test_the_architecture_fits_on_a_few_pages() -> None:
    document = ROOT / "ARCHITECTURE.md"
    assert lines_of(document) <= MOST_ARCHITECTURE_LINES
