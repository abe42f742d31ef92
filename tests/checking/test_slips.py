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
