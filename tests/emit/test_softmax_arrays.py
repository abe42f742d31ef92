"""Softmax, log-sum-exp and cross-entropy over an index: right to 4 ULP, finite wherever the truth is, in every target.

Three exponents (v, 2, -1) with v over the whole range of doubles: values, and the derivative by each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import mpmath as mp
import numpy as np
import pytest

import workings
from test_stability import WORST, off
from workings.emit.build import compiler, loaded

Number = Any


def shares(z: list[Number]) -> list[Number]:
    top = max(z)
    parts = [mp.exp(e - top) if e - top > -3000 else mp.mpf(0) for e in z]
    return [p/sum(parts) for p in parts]


def lse(z: list[Number], of: list[Number] | None = None) -> Number:
    """The log of the sum of exponentials; of what is left of the largest, where it is asked by the distance."""
    top = max(z)
    rest = sum((mp.exp(e - top) for e in sorted(z)[:-1] if e - top > -3000), mp.mpf(0))
    return top + mp.log1p(rest)


def cross(z: list[Number]) -> Number:
    top = max(z)
    rest = sum((mp.exp(e - top) for e in sorted(z)[:-1] if e - top > -3000), mp.mpf(0))
    return (top - z[0]) + mp.log1p(rest)


def gap(z: list[Number]) -> list[Number]:
    p = shares(z)
    return [-(p[1] + p[2]), p[1], p[2]]


class Case(NamedTuple):
    text: str
    value: Callable[[list[Number]], Number]
    slopes: Callable[[list[Number]], list[Number]]


# of the last the value only: its slope p[k]*(g[k] - sum(i, g[i]*p[i])) is short, and cancels where one share is near 1
CASES = (
    Case("z in R^n; i = 1..n; E = log(sum(i, exp(z[i])))", lse, shares),
    Case("z in R^n; E = logsumexp(z)", lse, shares),
    Case("z in R^n; i = 1..n; E = -log(exp(z[1])/sum(i, exp(z[i])))", cross, gap),
    Case("z in R^n; p = softmax(z); E = -log(p[1])", cross, gap),
    Case("z in R^n; t in R^n; E = softmax_cross_entropy(z, t)", cross, gap),
    Case("z in R^n; t in R^n; p = softmax(z); E = -sum(t*log(p))", cross, gap),
    Case("z in R^n; i = 1..n; s = log(sum(i, exp(z[i]))); E = s - z[1]", cross, gap),
    Case("z in R^n; p = softmax(z); E = p[1]", lambda z: shares(z)[0], lambda z: []),
)


def computed(case: Case, target: str, points: list[list[float]]) -> list[tuple[float, list[float]]]:
    code = workings.code(case.text, "E", target, wrt=None if target in ("torch", "jax") else "z")
    names = [f.name for f in code.plan.arguments]
    out = []
    if target == "c":
        program = code.compile()
        for z in points:
            value, found = program(**{n: z if n == "z" else [1.0, 0.0, 0.0] for n in names})
            out.append((value, list(next(iter(found.values())))))
        return out
    module = loaded(str(code))
    for z in points:
        given = [z if n == "z" else [1.0, 0.0, 0.0] for n in names]
        if target == "torch":
            import torch

            tensors = [torch.tensor(g, dtype=torch.float64, requires_grad=n == "z") for g, n in zip(given, names)]
            value = module.loss(*tensors)
            value.backward()
            out.append((value.item(), tensors[names.index("z")].grad.tolist()))
            continue
        given = given if target == "python" else [np.array(g) for g in given]
        value, *found = module.forward_backward(*given)
        place = next(n for n, g in enumerate(module.GRADIENTS) if g.startswith("z"))
        out.append((float(value), [float(x) for x in found[place]]))
    return out


def judge(case: Case, target: str, count: int, least: float = 0.0) -> None:
    sizes = np.concatenate([np.logspace(-300, 300, count), np.logspace(-3, 3, 2*count)])
    points = [[float(v), 2.0, -1.0] for v in [*-sizes, 0.0, *sizes]] + [[2.0, 2.0, -1.0], [700.1234, -3.3, 700.1]]
    with mp.workdps(100):
        for z, (value, slopes) in zip(points, computed(case, target, points)):
            exact = [mp.mpf(e) for e in z]
            pairs = [(value, case.value(exact)), *zip(slopes, case.slopes(exact))]
            for n, (got, truth) in enumerate(pairs):
                if 0 < abs(truth) < least:
                    continue
                assert off(got, truth) <= WORST, f"{n} of {case.text} at {z}: {got}, truth {mp.nstr(truth, 17)}"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.text)
@pytest.mark.parametrize("target", ["python", "numpy"])
def test_python(case: Case, target: str) -> None:
    judge(case, target, 6)


@pytest.mark.skipif(compiler() is None, reason="no C compiler")
@pytest.mark.parametrize("case", CASES[3:6], ids=lambda c: c.text)
def test_c(case: Case) -> None:
    judge(case, "c", 6)


@pytest.mark.heavy
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.text)
@pytest.mark.parametrize("target", ["c", "numba", "torch", "jax"])
def test_library(case: Case, target: str) -> None:
    if target != "c":
        library = pytest.importorskip(target)
        if target == "jax":
            library.config.update("jax_enable_x64", True)
    judge(case, target, 10, 1e-290 if target == "jax" else 0.0)
