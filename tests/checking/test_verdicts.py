"""The published table of verdicts: fresh, and no verdict against the truth, which is written by hand."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from workings.checking import equal
from workings.functions import signatures
from workings.syntax import read_expression

ROOT = Path(__file__).parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verdicts_tool", ROOT / "tools/verdicts.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TOOL = tool()
THEMES = TOOL.themes((ROOT / "docs/verdicts.txt").read_text())
PAGE = (ROOT / "docs/verdicts.md").read_text()


def test_the_table_is_long_enough():
    assert sum(len(t.pairs) for t in THEMES) >= 500
    assert {p.truth for t in THEMES for p in t.pairs} == {"equal", "different"}


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: t.title)
def test_every_verdict_is_the_truth_or_undecided_and_the_page_is_fresh(theme):
    counts: Counter[str] = Counter()
    text, bad = TOOL.section(theme, counts)
    assert not bad
    assert text in PAGE, "python tools/verdicts.py makes the page anew"
    assert counts["undecided"] == text.count("? undecided")


def test_the_head_of_the_page_counts_its_rows():
    for kind, sign in TOOL.SIGNS.items():
        count = sum(line.startswith("| `") and sign in line for line in PAGE.splitlines())
        assert f"{count} {kind}" in PAGE.splitlines()[2]


@pytest.mark.parametrize("theme", [t for t in THEMES if not t.net], ids=lambda t: t.title)
def test_the_order_of_the_sides_does_not_matter(theme):
    for pair in theme.pairs[::6]:
        a, b, *facts = (read_expression(e, signatures()) for e in (pair.right, pair.left, *pair.facts))
        assert equal(a, b, facts=facts).kind in (pair.truth, "undecided")
