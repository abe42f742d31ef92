"""`check SHEET`: planted slips are found, nothing else is called wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

import workings
from workings.answers.check import as_dict, blocks
from workings.cli import run
from workings.errors import Source
from workings.sheets.judge import judge

SHEET = Path(__file__).parent / "sheet.md"
WRONG = {
    17: ("duplicate", "", False),
    31: ("wrong", "sign", False),
    33: ("wrong", "", True),
    35: ("wrong", "index: a2 where a1 is meant", False),
}
SHARED = Path(__file__).parents[3] / "shared/sheets/exercise-sheet-2.md"
LOST = """# Exercise 1

Let $y = w x$ be the output. (a) We consider the error $E = (y t)^2$ where t is a target. Compute $dE/dw$.

$$\\frac{\\partial E}{\\partial y} = 2 (y - t)$$
"""


def test_planted_slips():
    report = judge(Source(SHEET.read_text(), str(SHEET)))
    found = {j.place[0]: (j.verdict, j.slip, j.follows) for j in report.lines if j.verdict != "right" and j.place}
    assert found == WRONG
    assert report.remarks == ["the printed solution of 2a stops before dy/da1"]
    assert as_dict(report)["first_wrong"] is not None
    assert blocks(report)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared sheet is not here")
def test_the_shared_sheet():
    report = judge(Source(SHARED.read_text(), SHARED.name))
    found = {j.place[0]: (j.verdict, j.slip) for j in report.lines if j.verdict != "right" and j.place}
    assert found == {
        31: ("duplicate", ""), 125: ("wrong", "index: a6 where a5 is meant"), 141: ("wrong", "minus lost")}
    assert report.remarks == [
        "the numbers in line 50 are right once the duplicate is struck out",
        "line 67 names c: it is cosh(z)",
        "lines 72 and 75 are one step printed twice",
        "the printed solution of 3b stops before dy/da6, da3/dz3, dz3/dw13",
        "line 143 states nothing: its other side is left open; it writes ell for E",
    ]


def test_patterns_that_are_missing_are_a_remark():
    report = workings.check("y = relu(x1) + relu(x2)", [
        "(x1 >= 0) and (x2 >= 0)", "(x1 >= 0) and (x2 < 0)", "(x1 < 0) and (x2 >= 0)"])
    assert report.remarks == ["the pattern x1 < 0 and x2 < 0 is missing"]


def test_a_lost_minus_is_wrong_and_the_lines_after_it_are_judged_as_repaired():
    report = judge(Source(LOST))
    assert [(j.verdict, j.slip) for j in report.lines] == [("right", ""), ("wrong", "minus lost"), ("right", "")]


def test_the_command_and_the_function(capsys):
    assert run(["check", str(SHEET)]) == 1
    assert "Line 31: dE/dy = 2*(t - y)\n    ✗ wrong." in capsys.readouterr().out
    assert workings.check(str(SHEET)).as_dict()["lines"][0]["verdict"] == "right"
    assert run(["check", "no lines here"]) == 2


def test_an_unspecified_output_passes_the_gradient_on():
    report = workings.check(
        "y[k] depends on x[.,k], w\nE[k] = log(cosh(y[k] - t[k]))\nE = 1/N*sum(k, E[k])\nk = 1..N",
        ["dE/dw = sum(k, dE/dE[k]*dE[k]/dy[k]*dy[k]/dw)", "dE/dw = sum(k, dE[k]/dy[k]*dy[k]/dw)"])
    assert [(j.verdict, j.slip) for j in report.lines] == [("right", ""), ("wrong", "lost 1/N")]
