"""Weights used more than once: between layers, transposed, in time; every step is done again and tried, and the result
agrees with differences of the forward pass."""

from __future__ import annotations

import random

import pytest
from work import calls

import workings
from workings.derive import gradient
from workings.derive.prepared import prepared
from workings.evaluate import run, value
from workings.expr import Ref
from workings.forms.indexed import indexed

SCALARS = [
    "z1 = w*x; a1 = tanh(z1); z2 = w*a1; a2 = relu(z2); z3 = w*a2; a3 = leaky(z3, 0.1); E = (a3 - t)^2",
    "z1 = w*x1 + w*x2; a1 = gelu(z1); z2 = w*a1 + v; a2 = relu(z2); E = abs(a2 + a1*w - t)",
    "h[0] = 0; h[k] = tanh(w*h[k-1] + w*x[k]); y[k] = w*h[k]; k = 1..3; E = sum(k, (y[k] - t[k])^2)",
    "h[0] = w; h[k] = exp(w*h[k-1] + x[k]); k = 1..3; E = h[3]*w",       # a tower of exp: balls grow wide
]


@pytest.mark.parametrize("text", SCALARS)
def test_a_number_used_more_than_once(text: str) -> None:
    net = workings.read(text)
    found = workings.gradient(net, "E", "w").data
    r = random.Random(3)
    at = {n: [r.uniform(0.2, 0.8) for _ in range(3)] if places else r.uniform(0.3, 0.9) for n, places in net.leaves}
    whole = prepared(net).with_(equations=(*prepared(net).equations, *found.equations()))
    slope = value(found.result, at, whole, mode="float")
    up, down = (run(net, {**at, "w": at["w"] + d}).values["E"] for d in (1e-5, -1e-5))
    assert float(slope) == pytest.approx((up - down) / 2e-5, rel=1e-6, abs=1e-8)


MATRICES = [
    ("h = tanh(W @ x + b); q = T(W) @ h; E = norm2(q - x); W in R^(m x n); x in R^n; b in R^m",
     "2*(outer((1 - h*h)*(W @ (q - x)), x) + outer(h, q - x))"),
    ("h = tanh(W @ x); q = W @ h; E = norm2(q - x); W in R^(n x n); x in R^n",
     "2*(outer((1 - h*h)*(T(W) @ (q - x)), x) + outer(q - x, h))"),
]


@pytest.mark.parametrize(("text", "wanted"), MATRICES)
def test_a_matrix_used_twice(text: str, wanted: str) -> None:
    assert workings.gradient(text, "E", "W").as_dict()["result"] == wanted


def test_one_entry_at_two_places_of_one_step() -> None:
    """W[i,j] stands in h[t,i] and in h[t,j], which are one entry at i = j: a sum with deltas, not two paths."""
    text = ("t = 1..T; i = 1..n; j = 1..n; h[0,i] = 0; "
            "h[t,i] = tanh(sum(j, W[i,j]*h[t-1,j]) + sum(j, W[j,i]*x[t,j])); E = sum(i, h[T,i]*b[i])")
    found = workings.gradient(text, "E", "W").as_dict()
    assert found["result"] == "sum(t, gh[t,i]*(1 - h[t,i]^2)*h[t-1,j] + gh[t,j]*(1 - h[t,j]^2)*x[t,i])"
    assert found["steps"][0]["line"] == "dE/dW[i,j] = sum(t, sum(i', dE/dh[t,i']*P(h[t,i'], W[i,j])))"


DEEP = "; ".join((
    "W in R^(n x n)", "x in R^n", "z1 = W @ x", "a1 = softmax(z1)", "z2 = T(W) @ a1", "a2 = softmax(z2)",
    "z3 = W @ a2", "a3 = softmax(z3)", "z4 = W @ a3", "a4 = sin(z4)", "E = norm2(a4 - x)"))


def test_layer_by_layer_each_family_has_one_adjoint() -> None:
    found = workings.gradient(DEEP, "E", "W").as_dict()
    assert found["result"] == "outer(gz1, x) + outer(a1, gz2) + outer(gz3, a2) + outer(gz4, a3)"
    lines = [step["line"].split(" = ")[0] for step in found["steps"][1:-2]]
    assert lines == [f"g{name}[i]" for name in ("a4", "z4", "a3", "z3", "a2", "z2", "a1", "z1")]
    assert indexed(workings.read(DEEP)).net.defs                      # the same network, read in indices


def test_layers_take_work_linear_in_the_network() -> None:
    def chain(n: int) -> str:
        return "a0 = x; " + "; ".join(f"a{k} = tanh(w*a{k - 1} + b)" for k in range(1, n)) + f"; E = (a{n - 1} - t)^2"

    nets = [workings.read(chain(n)) for n in (12, 48)]
    small, large = (calls(lambda net=net: gradient(net, Ref("E"), Ref("w"), verified=False)) for net in nets)
    assert large < 5 * small                        # four times as many lines
