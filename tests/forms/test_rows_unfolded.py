"""Functions of arrays that the table states entry by entry: their gradients in matrix notation, tried by the engine."""

from __future__ import annotations

import pytest

import workings
from workings.errors import NotReadable, OutOfReach

ROWS = [
    ("p in R^n; t in R^n; E = cross_entropy(p, t)", "p", "-t/p"),
    ("z in R^n; t in R^n; E = softmax_cross_entropy(z, t)", "z", "sum(t)*softmax(z) - t"),
    ("Z in R^(N x C); Y in R^(N x C); E = mean(softmax_cross_entropy(Z, Y))", "Z",
     "1/N*(diag(rowsum(Y)) @ softmax(Z) - Y)"),
    ("p in R^n; q in R^n; E = kl(p, q)", "q", "-p/q"),
    ("x in R^n; k in R^m; y = conv1d(x, k); E = norm2(y)", "k", "2*sum(i, y[i]*x[i+j-1])"),
    ("s in R^n; E = multi_hinge(s, 2)", "s",
     "where(i != 2, step(s[i] - s[2] + 1), -sum(i' != 2, step(s[i'] - s[2] + 1)))"),
]


@pytest.mark.parametrize(("text", "wrt", "result"), ROWS, ids=[row[0] for row in ROWS])
def test_gradient(text: str, wrt: str, result: str) -> None:
    assert workings.gradient(text, "E", wrt).as_dict()["result"] == result


@pytest.mark.parametrize("text", [
    "x in R^n; g in R^n; y = layer_norm(x); E = dot(g, y)",
    "X in R^(N x n); G in R^(N x n); Y = layer_norm(X, eps); E = sum(G*Y)",
    "X in R^(N x n); G in R^(N x n); Y = rms_norm(X); E = sum(G*Y)",
    "X in R^(N x n); G in R^(N x n); Y = batch_norm(X, eps); E = sum(G*Y)",
])
def test_norms_have_derivatives_that_hold(text: str) -> None:
    """Every step of a derivation is tried at random points before it is shown."""
    assert workings.gradient(text, "E", text[0]).as_dict()["result"]


def test_sizes_that_do_not_fit() -> None:
    with pytest.raises(NotReadable, match="cross_entropy needs equal sizes"):
        workings.gradient("p in R^3; t in R^2; E = cross_entropy(p, t)", "E", "p")


def test_what_no_row_states() -> None:
    with pytest.raises(OutOfReach, match="no index form"):
        workings.gradient("x in R^(2 x 2 x 2); E = sum(batch_norm(x))", "E", "x")
