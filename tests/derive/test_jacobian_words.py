"""Derivatives of arrays by arrays: what the first steps say, read as sentences."""

from __future__ import annotations

import pytest

import workings

# network; of; by; the derivative; first line; its sentence
ROWS = [
    ("p = softmax(z); z in R^n", "p", "z", "p[k]*(delta(i, k) - p[i])", "", ""),
    ("y[i] = x[i]*sum(j, x[j]); i = 1..n; j = 1..n", "y", "x", "x[i] + sum(j', x[j'])*delta(i, j)", "", ""),
    ("y = X @ w + b; X in R^(N x d); w in R^d; b in R^1", "y", "w", "X[n,i]", "dy[n]/dw[i] = X[n,i]",
     "Only the term i' = i contains w[i]."),
    ("Z = X @ W; P = softmax(Z); X in R^(N x d); W in R^(d x c)", "P", "W", "",
     "dP[n,i]/dW[l,p] = dP[n,i]/dZ[n,p]*dZ[n,p]/dW[l,p]", "P[n,i] depends on W[l,p] only through Z[n,p]."),
    ("z = W @ x; a = tanh(z); y = V @ a; W in R^(m x n); V in R^(p x m); x in R^n", "y", "x",
     "sum(i, V[k,i]*(1 - a[i]^2)*W[i,j])", "dy[k]/dx[j] = sum(i, dy[k]/da[i]*da[i]/dz[i]*dz[i]/dx[j])",
     "y[k] depends on x[j] only through z[i] and a[i], for every i: the contributions add up."),
]


@pytest.mark.parametrize(("text", "of", "wrt", "result", "line", "says"), ROWS)
def test_sentences(text: str, of: str, wrt: str, result: str, line: str, says: str) -> None:
    found = workings.gradient(text, of, wrt).as_dict()
    entry = found.get("entry", found)["result"]
    assert result in ("", entry)
    assert not any("through ." in step["says"] or "through ," in step["says"] for step in found["steps"])
    said = {step["line"]: step["says"] for step in found["steps"]}
    assert not line or said[line] == says


def test_two_families_named_as_wholes_have_entries_that_may_differ() -> None:
    found = workings.gradient("y[i] = x[i]*sum(j, x[j]); i = 1..n; j = 1..n", "y", "x").as_dict()
    assert (found["of"], found["wrt"]) == ("y[i]", "x[j]") and "delta(i, j)" in found["result"]


def test_a_second_derivative_names_the_entry_that_is_met() -> None:
    found = workings.hessian("p = softmax(z); L = -sum(t*log(p)); z in R^n; t in R^n", "L", "z").as_dict()
    assert "gz[i] depends on z[k] only through p[i]." in [step["says"] for step in found["steps"]]


def test_the_letter_of_a_derived_step_is_not_bound_by_its_sum() -> None:
    text = "h[0] = 0; h[t] = tanh(w*h[t-1] + x[t]); t = 1..T; y[t] = v*h[t]"
    found = workings.gradient(text, "y", "w").as_dict()
    assert found["result"] == "sum(t', gh[t']*(1 - h[t']^2)*h[t'-1])"
    assert found["steps"][-1]["line"].startswith("dy[t]/dw = sum(t', sum(k, t', T, v*delta(t, k)*")


def test_one_fraction_where_the_numerator_is_a_number() -> None:
    found = workings.hessian("E = sqrt(1 + (y - t)^2) - 1", "E", "y,y").as_dict()
    assert found["result"] == "1/((1 + (y - t)^2)*sqrt(1 + (y - t)^2))"
