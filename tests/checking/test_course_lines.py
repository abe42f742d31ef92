"""Lines of a course after its second sheet, right and wrong: back through time, softmax, batches, functions of a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workings.checking import check
from workings.functions import signatures
from workings.syntax import read

BLOCKS = Path(__file__).with_name("courses.txt").read_text().split("\n# ")[1:]
SLOW = "(slow)"               # at the end of a block's title


def _rows() -> list[Any]:
    titles = [(b.partition("\n")[0], b) for b in BLOCKS]
    return [pytest.param(b, id=t, marks=[pytest.mark.slow] * t.endswith(SLOW)) for t, b in titles]


@pytest.mark.parametrize("block", _rows())
def test_each_line_has_its_verdict_and_its_slip(block: str) -> None:
    lines = block.strip().splitlines()[1:]
    net = read("\n".join(x for x in lines if " | " not in x), signatures())
    expected = [x.split(" | ", 2) for x in lines if " | " in x]
    got = []
    for _, _, text in expected:
        judged = check(net, text.split(" => ")).lines[-1]
        got.append([judged.verdict, judged.slip, text])
    assert got == expected
