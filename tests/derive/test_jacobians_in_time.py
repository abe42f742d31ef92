"""Backpropagation through time of vectors as sums of products of Jacobians."""

from __future__ import annotations

import pytest

import workings

RNN = "W in R^(n x n); U in R^(n x d); b in R^n; h[0] = 0; t = 1..T; h[t] = tanh(W @ h[t-1] + U @ x[t] + b)"
INDEXED = ("h[0,i] = a[i]; h[t,i] = tanh(sum(j, W[i,j]*h[t-1,j]) + x[t,i]); i = 1..n; j = 1..n; t = 1..T; "
           "E = sum(t, sum(i, (h[t,i] - y[t,i])^2))")
GRU = ("t = 1..T; k = 1..n; j = 1..n; h[0,k] = 0; z[t,k] = sigmoid(x[t,k] + sum(j, A[k,j]*h[t-1,j])); "
       "h[t,k] = (1 - z[t,k])*h[t-1,k] + z[t,k]*tanh(x[t,k]); E = sum(k, (h[T,k] - s[k])^2)")

# network; by; the unrolled adjoint; in matrix notation
ROWS = [
    (f"{RNN}; E = norm2(h[T] - y)", "b", "sum(i', 2*(h[T,i'] - y[i'])*dh[T,i']/dh[t,i])",
     "gh[t] = dE/dh[t] = T(prod(l, t + 1, T, diag(1 - h[l]*h[l]) @ W)) @ (2*(h[T] - y))"),
    (f"{RNN}; E = sum(t, norm2(h[t] - y[t]))", "W", "sum(m, t, T, sum(i', 2*(h[m,i'] - y[m,i'])*dh[m,i']/dh[t,i]))",
     "gh[t] = dE/dh[t] = sum(m, t, T, T(prod(l, t + 1, m, diag(1 - h[l]*h[l]) @ W)) @ (2*(h[m] - y[m])))"),
    (f"{RNN}; q[t] = V @ h[t]; V in R^(c x n); E = sum(t, norm2(q[t] - y[t]))", "W", None,
     "gh[t] = dE/dh[t] = sum(m, t, T, T(prod(tau, t + 1, m, diag(1 - h[tau]*h[tau]) @ W)) @ (2*(T(V) @ (q[m] - y[m]))))"),
    (INDEXED, "W[i,j]", "sum(k, t, T, sum(i', 2*(h[k,i'] - y[k,i'])*dh[k,i']/dh[t,i]))", None),
]


@pytest.mark.parametrize(("text", "wrt", "value", "matrix"), ROWS)
def test_sums_of_products(text: str, wrt: str, value: str | None, matrix: str | None) -> None:
    steps = workings.gradient(text, "E", wrt).as_dict()["steps"]
    (step,) = [s for s in steps if s["line"].startswith("gh") and s["rule"] == "unrolled"]
    assert value is None or step["line"].split(" = ")[-1] == value
    assert step.get("matrix") == matrix
    assert "product of the Jacobians" in step["says"]


def test_a_jacobian_of_two_kinds_of_paths_is_left_to_the_recurrence() -> None:
    found = workings.gradient(GRU, "E", "A[k,j]").as_dict()
    assert "the Jacobian of one step of h has no short form" in found["notes"][0]
    assert found["recurrences"]["gh[T,k]"] == "2*(h[T,k] - s[k])"


def test_several_states_are_left_to_the_recurrence() -> None:
    """Between the two states of an LSTM the product is one of block matrices: the recurrence is given, nothing guessed."""
    text = ("t = 1..T; h[0] = 0; c[0] = 0; f[t] = sigmoid(u*h[t-1] + x[t]); c[t] = f[t]*c[t-1] + tanh(v*h[t-1]); "
            "h[t] = f[t]*tanh(c[t]); E = (h[T] - y)^2")
    found = workings.gradient(text, "E", "u")
    assert not [s for s in found.as_dict()["steps"] if s["rule"] == "unrolled"]
    assert "several states" in found.as_dict()["notes"][0]
    assert "several states" in str(found)


def test_a_product_of_matrices_is_no_product_of_entries() -> None:
    line = "dE/dh[t] = T(prod(l, t + 1, T, diag(1 - h[l]*h[l]) @ W)) @ (2*(h[T] - y))"
    report = workings.check(f"{RNN}; E = norm2(h[T] - y)", [line]).as_dict()
    assert report["lines"][0]["verdict"] in ("undecided", "not understood")
