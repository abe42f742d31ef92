"""A part that gives values: sides that are numbers are meant there, everything else is meant everywhere."""

from __future__ import annotations

import pytest

from workings.errors import Source
from workings.sheets.answered import judge_answer
from workings.sheets.judge import judge

SHEET = """# Exercise 1

Let $z = w x$ and $E = (z - t)^2$.

(a) Compute $dE/dw$ and evaluate it at $w = 1/2$, $x = 2$, $t = 3$.
"""


@pytest.mark.parametrize(("line", "verdict"), [
    ("dE/dw = -8", "right"), ("dE/dw = 8", "wrong"), ("E = 4", "right"), ("E = 4.0", "right"), ("E = 5", "wrong"),
    ("dE/dw = 2*(z - t)*x", "right"), ("dE/dw = 2*(z - t)*x = -8", "right"), ("dE/dw = 2*(z - t)*x = 8", "wrong"),
    ("dE/dw = 16*w - 16", "wrong"),          # true at these values only
    ("dE/dw = 16*w - 16 = -8", "wrong"),
])
def test_lines(line, verdict):
    found = judge_answer(Source(SHEET), Source(f"1a\n{line}\n")).lines
    assert [j.verdict for j in found] == [verdict]
    assert "at the values that the sheet gives" in found[0].reason or verdict == "wrong" or "(" in line


def test_a_printed_solution():
    report = judge(Source(f"{SHEET}\nSolution: $$dE/dw = 2 (z - t) x$$\n\n$$dE/dw = -8$$\n"))
    assert [j.verdict for j in report.lines if j.place[0] > 6] == ["right", "right"]
