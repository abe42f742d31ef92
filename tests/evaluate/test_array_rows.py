"""Functions of arrays are worth what their row says entry by entry."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from workings.evaluate import run, value
from workings.functions import indexed, signatures
from workings.syntax import read_expression

X, Y = [Fraction(1), Fraction(2), Fraction(9, 2)], [Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)]
Z = [[Fraction(1), Fraction(2), Fraction(4)], [Fraction(0), Fraction(3), Fraction(5)]]
ROWS: list[tuple[str, dict[str, Any]]] = [
    ("softmax(x)", {"x": X}), ("logsumexp(x)", {"x": X}), ("logsoftmax(x)", {"x": X}), ("mean(x)", {"x": Z}),
    ("var(x)", {"x": X}), ("var(x)", {"x": Z}), ("amax(x)", {"x": Z}), ("amin(x)", {"x": Z}), ("norm2(x)", {"x": Z}),
    ("layer_norm(x)", {"x": X}), ("layer_norm(x, eps)", {"x": X, "eps": Fraction(1, 3)}), ("rms_norm(x)", {"x": X}),
    ("batch_norm(x)", {"x": Z}), ("cross_entropy(p, t)", {"p": Y, "t": X}), ("kl(p, q)", {"p": Y, "q": X}),
    ("T(W)", {"W": Z}), ("outer(a, b)", {"a": X, "b": Y}), ("dot(a, b)", {"a": X, "b": Y}),
]


@pytest.mark.parametrize(("text", "given"), ROWS, ids=[f"{t} {i}" for i, (t, _) in enumerate(ROWS)])
def test_value_and_row_agree(text: str, given: dict[str, Any]) -> None:
    whole = np.array(value(read_expression(text, signatures()), given), dtype=float)
    arrays = {name: np.ndim(np.array(v, dtype=object)) for name, v in given.items()}
    nets = [n for n in indexed(text.split("(")[0]) if all(len(n.shapes.get(k, ())) == d for k, d in arrays.items())]
    found = run(nets[-1 if "eps" in given else 0], given).values
    out = next(v for k, v in found.items() if k.split("[")[0] == "out")
    np.testing.assert_allclose(np.array(out, dtype=float), whole, rtol=1e-14)
