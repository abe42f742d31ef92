"""Lists for names that no line declares: the product that the formula means, or a refusal that says what to declare."""

from __future__ import annotations

from typing import Any

import pytest
from workings.errors import BadValue
from workings.evaluate import run
from workings.functions import signatures
from workings.syntax import read

W = [[1, 2], [3, 4]]
ROWS: list[tuple[str, dict[str, Any], str, Any]] = [
    (r"f(x,W) = \|W\cdot x\|^2", {"W": W, "x": [1, 1]}, "f", 58),
    (r"f(x,W) = \|W x\|^2", {"W": W, "x": [1, 1]}, "f", 58),
    (r"q = W x \\ f = \|q\|^2", {"W": W, "x": [1, 1]}, "f", 58),
    (r"L = \|X w - y\|^2", {"X": W, "w": [1, 1], "y": [1, 1]}, "L", 40),
    (r"y = w^T x", {"w": [1, 2], "x": [3, 4]}, "y", 11),
    (r"y = \mathbf w\cdot\mathbf x", {"w": [1, 2], "x": [3, 4]}, "y", 11),
    (r"G = q\cdot x^T", {"q": [1, 2], "x": [3, 4]}, "G", [[3, 4], [6, 8]]),
    (r"C = A \odot B + A B", {"A": W, "B": W}, "C", [[8, 14], [24, 38]]),
    ("y = w*x + b", {"w": [1, 2], "x": [3, 4], "b": 1}, "y", [4, 9]),            # a value for each sample
    (r"y = w_1 x_1 + w_2 x_2", {"w1": [1, 2], "x1": [3, 4], "w2": 1, "x2": 2}, "y", [5, 10]),
]


@pytest.mark.parametrize(("text", "values", "name", "worth"), ROWS, ids=[r[0] for r in ROWS])
def test_worth(text: str, values: dict[str, Any], name: str, worth: Any) -> None:
    assert run(read(text, signatures()), values).values[name] == worth


@pytest.mark.parametrize(
    ("text", "values"),
    [(r"y = \mathbf w\mathbf x", {"w": [1, 2], "x": [3, 4]}), ("y = norm2(W*x)", {"W": W, "x": [1, 1]})],
)
def test_what_nobody_can_tell_is_refused(text: str, values: dict[str, Any]) -> None:
    with pytest.raises(BadValue, match="nothing says what their product") as caught:
        run(read(text, signatures()), values)
    assert " in R^(" in caught.value.hint


def test_a_length_counts_all_that_a_sum_reaches() -> None:
    net = read("y = sum(k, 1, N-1, (t[k+1] - t[k])*x)", signatures())
    assert run(net, {"t": [1, 2, 4], "x": 1}).values["y"] == 3
