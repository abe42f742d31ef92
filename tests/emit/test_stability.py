"""Emitted programs keep value and slope within 4 units in the last place over the whole range of doubles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import workings
from steady_truths import B, FORMULAS, Formula
from workings.emit.build import compiler, loaded
from workings.emit.result import Code

WORST = 4.0


def grid(count: int, positive: bool) -> Any:
    """Both signs: magnitudes over the whole range, more of them where one works, and 0."""
    sizes = np.concatenate([np.logspace(-308, 308, count), np.logspace(-9, 3, 2*count)])
    return np.concatenate([[0.0], sizes] if positive else [-sizes, [0.0], sizes])


def computed(formula: Formula, target: str, points: Any) -> tuple[Any, Any]:
    """Value and slope at each point, by the emitted program."""
    return computed_by(f"E = {formula.text}", "E", target, points)


def computed_by(text: str, of: str, target: str, points: Any) -> tuple[Any, Any]:
    """A quantity of a text and its derivative by z at each point."""
    code = workings.code(text, of, target, wrt=None if target == "torch" else "z")
    names = [f.name for f in code.plan.arguments]
    if target == "c":
        return _bound(code, points)
    module = loaded(str(code))
    if target == "torch":
        return _torch(module, names, points)
    if target in ("numpy", "jax"):
        run = module.forward_backward if target == "numpy" else __import__("jax").jit(module.forward_backward)
        with np.errstate(all="ignore"):
            value, slope = run(*(points if n == "z" else B for n in names))[:2]
        return np.asarray(value) + 0*points, np.asarray(slope) + 0*points
    pairs = [module.forward_backward(*(float(z) if n == "z" else B for n in names))[:2] for z in points]
    return np.array([p[0] for p in pairs]), np.array([p[1] for p in pairs])


def _bound(code: Code, points: Any) -> tuple[Any, Any]:
    """One call a point, through the Python extension."""
    program = code.compile()
    found = [program(**{f.name: float(z) if f.name == "z" else B for f in code.plan.arguments}) for z in points]
    return np.array([v for v, _ in found]), np.array([g["z"] for _, g in found])


def _torch(module: Any, names: Sequence[str], points: Any) -> tuple[Any, Any]:
    import torch

    z = torch.tensor(points, requires_grad=True)
    value = module.loss(*(z if n == "z" else torch.full_like(z, B) for n in names))
    slope, = torch.autograd.grad(value.sum(), z)
    return value.detach().numpy(), slope.numpy()


def off(got: float, truth: Any) -> float:
    """How many units in the last place a number is off; 0 where the truth is not finite."""
    near = float(truth)
    if not math.isfinite(near):
        return 0.0
    if not math.isfinite(got):
        return math.inf
    return float(abs(mp.mpf(got) - truth)/mp.mpf(float(np.spacing(abs(near)))))


def judge(formula: Formula, target: str, count: int, least: float = 0.0) -> None:
    """Both cells of a formula; truths below `least` in magnitude are not judged."""
    points = grid(count, formula.positive)
    with mp.workdps(100):
        for what, got, truth in zip(("value", "slope"), computed(formula, target, points), (formula.value, formula.slope)):
            for z, number in zip(points, got):
                exact = truth(mp.mpf(float(z)))
                if 0 < abs(exact) < least or 0 < abs(z) < least:
                    continue
                assert off(float(number), exact) <= WORST, f"{what} of {formula.text} at {z}: {number}, truth {mp.nstr(exact, 17)}"


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.text)
@pytest.mark.parametrize("target", ["python", "numpy"])
def test_python(formula: Formula, target: str) -> None:
    judge(formula, target, 40)


@pytest.mark.skipif(compiler() is None, reason="no C compiler")
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.text)
def test_c(formula: Formula) -> None:
    judge(formula, "c", 40)


@pytest.mark.slow
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.text)
@pytest.mark.parametrize("target", ["python", "numpy", "c"])
def test_fine_grid(formula: Formula, target: str) -> None:
    judge(formula, target, 2000)


@pytest.mark.heavy
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.text)
@pytest.mark.parametrize("target", ["numba", "torch"])
def test_library(formula: Formula, target: str) -> None:
    pytest.importorskip(target)
    judge(formula, target, 100)


@pytest.mark.heavy
@pytest.mark.parametrize("formula", FORMULAS, ids=lambda f: f.text)
def test_jax(formula: Formula) -> None:
    """XLA on a CPU takes subnormal numbers for 0: judged where point and truth are well above them."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    judge(formula, "jax", 100, least=1e-290)


SAID = [
    ("E = log(exp(z) + exp(2))", "logsum(z, exp(2), 1)"),
    ("a = tanh(w*z); E = a^2", "sech2"),
    ("a = sigmoid(w*z); E = a^2", "dsigmoid"),
    ("E = sqrt(z^2 + 1) - 1", "sqrt1pm1(z)"),
]


@pytest.mark.parametrize(("text", "says"), SAID)
def test_the_head_says_what_was_named(text: str, says: str) -> None:
    head = str(workings.code(text, "E", "numpy")).split('"""')[1]
    assert says in head


def test_mode_fewest_keeps_the_short_slope() -> None:
    """1 - a^2 is two operations and may cancel; that mode says so."""
    text = str(workings.code("a = tanh(w*z); E = (a - t)^2", "E", "numpy", mode="fewest"))
    assert "sech2" not in text and "1.0 - a*a" in text
    assert "cancel" in text.split('"""')[1]
