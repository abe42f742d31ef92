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
    net = read("\n".join(x for x in lines if " | " not in x), signatures())     # its facts hold for every line
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


STEPS = [
    ("E = (y-t)^2; y = w*x", ["dE/dy = 2*(y-t)", "= 2*y - t"], "bracket: in 2*(y - t) the factor reaches y only"),
    ("E = (y-t)^2; y = w*x", ["E = (y-t)^2", "= y^2 - t^2"], "bracket: (y - t)^2 taken apart into powers"),
    ("E = (y-t)^2; y = w*x", ["dE/dw = 2*(y-t)*x", "= 2*(y-t)"], "lost factor: x"),
    ("E = (y-t)^2; y = w*x", ["dE/dy = 2*(y-t) = 2*y"], "lost term: -t"),
    ("E = exp(u + v)", ["E = exp(u + v)", "= exp(u) + exp(v)"],
     "bracket: exp(u + v) taken apart into exp of each term"),
    ("E = 1/(u + v)", ["E = 1/u + 1/v"], "bracket: 1/(u + v) taken apart at the sum below"),
    ("E = u/v", ["dE/du = 1/v", "= v"], "quotient upside down: 1/v"),
]


@pytest.mark.parametrize(("net", "lines", "slip"), STEPS)
def test_a_step_from_a_right_line_to_a_wrong_one(net: str, lines: list[str], slip: str):
    *_, last = check(read(net, signatures()), lines).lines
    assert (last.verdict, last.slip) == ("wrong", slip)


PLACES = [
    ("y = 1 - relu(x1)", "y = 1 - x1", "the unit relu(x1) is off here (x1 = -1); otherwise the two would agree"),
    ("z = w*x; a = relu(z); y = 2*a", "dy/dw = 2*x", "unit a is off here (z = -1); otherwise the two would agree"),
    ("a = abs(z); y = a + 1", "y = z + 1",
     "unit a is on its negative side here (z = -1); otherwise the two would agree"),
    ("y = max(x1, x2)", "y = x1", "unit y is equal to x2 here (x1 - x2 = -1); otherwise the two would agree"),
    ("a = tanh(z); y = a*w + b", "dy/dz = w*(1 - a)",
     "they part at your a = 0.761594, where the truth has a^2 = 0.580026"),
    ("a = tanh(z); y = a*w + b", "dy/dz = w", "your side lacks the factor 1 - a^2 = 0.419974"),
    ("y = u*v + w", "y = u*v", "your side lacks the term w = 1"),
    ("y = u*v + w", "y = 2*u*v + w", "your side has the factor 2"),
    ("y = sin(u + v)", "y = sin(u - v)", "your side has the other sign"),
]


@pytest.mark.parametrize(("net", "line", "where"), PLACES)
def test_a_counterexample_says_where_the_two_part(net: str, line: str, where: str):
    found = check(read(net, signatures()), [line]).lines[0].counterexample
    assert found is not None and found.where == where
