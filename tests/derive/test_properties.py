"""Random losses: every step comes out again and holds to 50 digits; results agree with SymPy, mpmath, torch and JAX."""

from __future__ import annotations

import math
from typing import Any

import mpmath as mp
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from random_nets import point, scalar, slope

from workings.derive import gradient
from workings.derive.numeric import CLOSE
from workings.evaluate import value
from workings.expr import Ref
from workings.functions import signatures
from workings.syntax import read

# how an expression is written here and in SymPy; both are made together and share no code
LEAVES = st.sampled_from(["x", "y", "t"])
ONE = {"tanh": sympy.tanh, "exp": lambda z: sympy.exp(z), "cosh": sympy.cosh, "sin": sympy.sin,
       "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)), "atan": sympy.atan}


def leaf() -> st.SearchStrategy[tuple[str, Any]]:
    return LEAVES.map(lambda n: (n, sympy.Symbol(n)))


def larger(inner: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    def two(form: str, do: Any) -> st.SearchStrategy[tuple[str, Any]]:
        return st.tuples(inner, inner).map(lambda ab: (form.format(ab[0][0], ab[1][0]), do(ab[0][1], ab[1][1])))

    one = st.tuples(st.sampled_from(sorted(ONE)), inner).map(lambda fa: (f"{fa[0]}({fa[1][0]})", ONE[fa[0]](fa[1][1])))
    return st.one_of(
        one, two("({} + {})", lambda a, b: a + b), two("({} - {})", lambda a, b: a - b),
        two("({})*({})", lambda a, b: a * b), two("({})/(2 + cosh({}))", lambda a, b: a / (2 + sympy.cosh(b))),
        inner.map(lambda a: (f"({a[0]})^3", a[1] ** 3)), inner.map(lambda a: (f"log(1 + ({a[0]})^2)", sympy.log(1 + a[1] ** 2))),
    )


EXPRESSIONS = st.recursive(leaf(), larger, max_leaves=5)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(EXPRESSIONS)
def test_against_sympy(made: tuple[str, Any]) -> None:
    """`gradient` replays and tries each line at random points itself; here the result meets SymPy's."""
    text, meant = made
    net = read(f"E = {text} + x", signatures())
    found = gradient(net, Ref("E"), Ref("x"))
    at = {"x": "0.37", "y": "-0.61", "t": "0.83"}
    env: dict[str, object] = {n: s for n, s in at.items() if (n, 0) in net.leaves}
    names = {sympy.Symbol(n): sympy.Rational(s) for n, s in at.items()}
    want = float(sympy.N(sympy.diff(meant + sympy.Symbol("x"), sympy.Symbol("x")).subs(names), 30))
    forward: dict[str, object] = {**env, "E": float(sympy.N((meant + sympy.Symbol("x")).subs(names), 30))}
    got = float(value(found.result, forward, net, mode="float"))
    assert math.isclose(got, want, rel_tol=1e-10, abs_tol=1e-10)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(100, 10_000), st.integers(3, 6))
def test_against_differences(seed: int, lines: int) -> None:
    """Named lines with shared parameters, by mpmath to 50 digits."""
    text, forward, leaves = scalar(seed, lines)
    net = read(text, signatures())
    at = point(leaves, seed)
    (name,) = [n for n in leaves if (n, 0) in net.leaves][:1]
    found = gradient(net, Ref("E"), Ref(name))
    env: dict[str, object] = {n: v for n, v in at.items() if (n, 0) in net.leaves}
    for ref, expr in found.where:
        env[ref.name] = value(expr, env, net, mode="float")
    want = slope(forward, {n: mp.mpf(v) for n, v in at.items()}, name)
    assert abs(value(found.result, env, net, mode="float") - want) < 1e-9 * (1 + abs(want)), text


def test_lines_are_tried_to_fifty_digits() -> None:
    assert CLOSE == 50


HEAVY = [
    ("E = log cosh(w*x - t) + lam*w^2/2", lambda m, w, x, t, lam: m.log(m.cosh(w * x - t)) + lam * w**2 / 2),
    ("p = sigmoid(w*x)\nE = -t*log(p) - (1 - t)*log(1 - p)",
     lambda m, w, x, t, lam: -t * m.log(1 / (1 + m.exp(-w * x))) - (1 - t) * m.log(1 - 1 / (1 + m.exp(-w * x)))),
    ("l = exp(w*x)\nE = l - t*log(l) + lam*abs(w)",
     lambda m, w, x, t, lam: m.exp(w * x) - t * m.log(m.exp(w * x)) + lam * m.abs(w)),
]
AT = {"w": 0.7, "x": -1.3, "t": 0.4, "lam": 0.2}


def ours(text: str) -> float:
    from workings.evaluate import run

    net = read(text, signatures())
    env: dict[str, Any] = {n: str(v) for n, v in AT.items() if (n, 0) in net.leaves}
    env |= run(net, env, mode="float").values
    return float(value(gradient(net, Ref("E"), Ref("w")).result, env, net, mode="float"))


@pytest.mark.heavy
@pytest.mark.parametrize(("text", "loss"), HEAVY)
def test_against_torch(text: str, loss: Any) -> None:
    torch = pytest.importorskip("torch")
    at = {n: torch.tensor(v, dtype=torch.float64, requires_grad=n == "w") for n, v in AT.items()}
    loss(torch, *at.values()).backward()
    assert math.isclose(ours(text), float(at["w"].grad), rel_tol=1e-12)


@pytest.mark.heavy
@pytest.mark.parametrize(("text", "loss"), HEAVY)
def test_against_jax(text: str, loss: Any) -> None:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    w, *others = AT.values()
    found = jax.grad(lambda v: loss(jax.numpy, v, *others))(w)
    assert math.isclose(ours(text), float(found), rel_tol=1e-12)
