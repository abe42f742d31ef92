"""Sizes of names and expressions: declared, inferred, and what does not fit, said with both shapes and the place."""

from __future__ import annotations

import pytest
from workings.errors import NotReadable
from workings.functions import signatures
from workings.notation import plain
from workings.shape import ShapeError, settled, shapes
from workings.syntax import read

GOOD = [
    ("z = W @ x + b; W in R^(m x n)", {"z": "m", "x": "n", "b": "m"}),
    ("E = norm2(X @ w - t)", {"X": "n m", "w": "m", "t": "n", "E": ""}),
    ("Z = X @ W + b; X in R^(N x d); W in R^(d x h)", {"Z": "N h", "b": "h"}),
    ("G = x @ T(y); c = T(x) @ y; X in R^(N x d); s = colsum(X); r = rowsum(X)",
     {"G": "n n", "c": "", "s": "d", "r": "N"}),
    ("p = softmax(z); E = -log(p[y])", {"p": "n", "E": "", "y": ""}),
    ("c = T(w) @ x; w in R^d", {"c": "", "x": "d"}),
    ("z = W @ x; W in R^(m x n); x in R^(n x 1)", {"z": "m 1"}),
    (r"\mathbf{z} = \mathbf{W}\mathbf{x} + \mathbf{b}", {"z": "n", "W": "n m", "x": "m", "b": "n"}),
    (r"y = w^T x + b", {"w": "n", "x": "n", "y": "", "b": ""}),
    (r"L = \|X w - y\|^2", {"X": "n m", "w": "m", "y": "n", "L": ""}),
    ("X in R^(N x d); Y = X + b + c; b in R; c in R^d", {"Y": "N d", "b": "", "c": "d"}),
    ("v = (a, b); M = ((a, 1), (0, b)); u = M @ v", {"v": "2", "M": "2 2", "u": "2"}),
]


@pytest.mark.parametrize(("text", "sizes"), GOOD, ids=[t for t, _ in GOOD])
def test_sizes(text: str, sizes: dict[str, str]) -> None:
    known = shapes(settled(read(text, signatures())))
    from workings.expr import Ref

    assert {name: " ".join(map(plain, known.of(Ref(name)))) for name in sizes} == sizes


BAD = [
    ("W in R^(3 x 2); x in R^3; z = W @ x", "W is 3 x 2, x has 3 entries: W @ x needs 2", "W @ x", "T(W) @ x"),
    ("W in R^(m x n); x in R^k; z = W @ x", "W is m x n, x has k entries: W @ x needs n", "W @ x", ""),
    ("X in R^(N x d); b in R^N; Z = X + b", "X is N x d, b has N entries: a vector is added to every row, which has d",
     "X + b", ""),
    ("A in R^(m x n); B in R^(n x m); C = A*B", "A is m x n, B is n x m", "A*B", "W @ x is the matrix product"),
    ("A in R^(m x n); c = trace(A)", "A is m x n: trace takes a square matrix", "trace(A)", ""),
    ("a in R^2; b in R^3; c = dot(a, b)", "a has 2 entries, b has 3 entries: an inner product needs equal sizes",
     "dot(a, b)", ""),
    ("A in R^(n x n); E = sum(A^2)", "may be a matrix product or entry by entry", "A^2", "A @ A"),
    ("A in R^(n x n); y = A^(-1) @ x", "inverse of the matrix A", "A^(-1)", "1/A"),
]


@pytest.mark.parametrize(("text", "says", "place", "hint"), BAD, ids=[t for t, *_ in BAD])
def test_what_does_not_fit(text: str, says: str, place: str, hint: str) -> None:
    with pytest.raises(ShapeError) as caught:
        shapes(settled(read(text, signatures())))
    error = caught.value
    assert says in error.message and hint in error.hint
    assert error.span is not None and text[error.span.start : error.span.end].strip() == place
    assert "^" * len(place) in str(error)


@pytest.mark.parametrize("text", ["E = norm2(c*v)", r"w in R^d; x in R^d; y = w x"])
def test_a_product_that_nobody_can_tell_is_refused(text: str) -> None:
    with pytest.raises(NotReadable, match=r"nothing says|no meaning"):
        settled(read(text, signatures()))


def test_a_network_without_arrays_is_left_alone() -> None:
    net = read("z = w*x + b; a = tanh(z)", signatures())
    assert settled(net) is net
