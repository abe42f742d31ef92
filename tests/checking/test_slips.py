"""Single slips and what they are called; lines that follow from an earlier slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from workings.checking import check
from workings.functions import signatures
from workings.syntax import read

BLOCKS = (Path(__file__).parent / "slips.txt").read_text().split("\n# ")[1:]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda b: b.partition("\n")[0])
def test_slips(block: str):
    lines = block.strip().splitlines()[1:]
    net = read("\n".join(x for x in lines if " | " not in x), signatures())
    expected = [x.split(" | ", 1) for x in lines if " | " in x]
    report = check(net, [text for _, text in expected])
    got = [["follows" if j.follows else j.slip, j.text] for j in report.lines]
    assert got == [[slip.strip(), text] for slip, text in expected]
    assert all(j.verdict == "wrong" for j in report.lines)


def test_a_line_through_time_is_judged_in_bounded_work():
    net = read("T = 3\nt = 1..T\nh[0] = 0\nh[t] = tanh(w*h[t-1] + u*x[t])\nE = h[T]", signatures())
    [judged] = check(net, ["dE/dw = 7"]).lines
    assert judged.verdict == "wrong"


def test_a_drawing_as_lines():
    net = read("z3 = x1*w13 + x2*w23\na3 = tanh(z3)\ny = a3*v", signatures())
    report = check(net, ["x1 -> a3: w13", "x1 -> z3: w13", "x2 -> a3: w13", "x1 -> y: v", "a3 -> y", "x7 -> y: v"])
    assert [j.verdict for j in report.lines] == ["right", "right", "wrong", "wrong", "right", "not understood"]


def test_numbers_of_listed_domains():
    net = read("y = relu(x1) + relu(x1 - 1)", signatures())
    lines = ["(x1 >= 0) and (x1 >= 1)", "(x1 >= 0) and (x1 >= 1)", "(x1 < 0) and (x1 >= 1)"]
    said = ["(3) is empty", "(2) is empty", "(1) and (2) are empty", "(5) is empty"]
    report = check(net, [*lines, *said])
    assert [j.verdict for j in report.lines] == [
        "right", "duplicate", "right", "right", "right", "wrong", "wrong"]
    assert report.lines[4].reason == "these domains are empty once the duplicate is struck out"
