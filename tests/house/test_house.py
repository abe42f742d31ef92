"""The house rules that a machine can check: style, types, who imports whom, lightness, sizes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
UNSAFE = {"eval", "exec", "compile", "sympify", "parse_expr", "__import__"}


def run(*command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff() -> None:
    run("ruff", "check", "src", "tests", "tools", "bench")


def test_mypy_strict_on_the_package() -> None:
    run("mypy")


def test_each_room_imports_only_what_stands_below_it() -> None:
    command = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports())"
    done = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_loads_no_third_party_module() -> None:
    code = """
import sys
before = set(sys.modules)
import workings
new = {m.split(".")[0] for m in set(sys.modules) - before}
print(sorted(m for m in new if m not in sys.stdlib_module_names and m != "workings"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def calls(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    found = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
    return {f.id if isinstance(f, ast.Name) else "" for f in found}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_nothing_that_is_read_is_ever_run(path: Path) -> None:
    assert not calls(path) & UNSAFE
    assert "pickle" not in path.read_text("utf-8").split()


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT / "src")))
def test_files_and_functions_stay_small_enough_to_read(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    long = [f"{f.name}: {f.end_lineno - f.lineno + 1}" for f in functions if (f.end_lineno or 0) - f.lineno >= 50]
    assert not long
