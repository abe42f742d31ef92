"""Each further function of the issue: its spellings are one, and its program keeps value, slope and second derivative."""

from __future__ import annotations

from functools import cache
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import workings
from steady_functions import FUNCTIONS as UNITS
from steady_functions import Function
from steady_losses import LOSSES
from test_stability import computed_by, off
from workings.emit.build import compiler

FUNCTIONS = (*UNITS, *LOSSES)


def points(function: Function, count: int) -> Any:
    """Magnitudes over the whole range, more where one works, the nearest doubles of each root and more about it."""
    if function.domain == "unit":
        out = [np.logspace(-308, -1e-4, 2*count), 1 - np.logspace(-15, -0.4, count)]
    else:
        sizes = np.concatenate([np.logspace(-308, 308, count), np.logspace(-9, 3, 2*count)])
        out = [sizes] if function.domain == "positive" else [-sizes, [0.0], sizes]
    for root in function.roots:
        out.append(root + root*2.0**-np.arange(1, 50, 3)*1.3)
        out.append(root + np.spacing(root)*np.arange(-3, 4))
    found = np.concatenate(out)
    return found[found != 1.0] if function.domain == "unit" else found


@cache
def truths(function: Function, count: int) -> tuple[list[Any], ...]:
    with mp.workdps(100):
        return tuple([truth(mp.mpf(float(z))) for z in points(function, count)] for truth in function.truths)


def text(spelling: str) -> str:
    return spelling if "E =" in spelling else f"E = {spelling}"


def judged(function: Function, target: str, count: int, least: float = 0.0) -> None:
    """Value and slope from the program of E, the second derivative from that of dE/dz."""
    grid = points(function, count)
    first, second = (computed_by(text(function.spellings[0]), of, target, grid) for of in ("E", "dE/dz"))
    cells = zip(("value", "slope", "second"), (*first, second[1]), truths(function, count), function.worst)
    for what, got, exact, worst in cells:
        for z, number, t in zip(grid, got, exact):
            if 0 < abs(t) < least or 0 < abs(z) < least or (least and abs(z) > 1/least):
                continue
            e = off(float(number), t)
            assert e <= worst, f"{what} of {function.name} at {z!r}: {number}, truth {mp.nstr(t, 17)}, {e:.3g} ULP"


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_spellings(function: Function) -> None:
    """At least three, all by the same two functions."""
    assert len(function.spellings) >= 3
    for spelling in function.spellings:
        body = str(workings.code(text(spelling), "E", "python")).split("def forward_backward")[1]
        for name in function.calls:
            assert not name or f"{name}(" in body, (spelling, name)
        if any(function.calls):
            assert "exp(" not in body.split("GRADIENTS")[0].replace("mexp(", ""), spelling


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_python(function: Function) -> None:
    judged(function, "python", 20)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_numpy(function: Function) -> None:
    judged(function, "numpy", 20)


@pytest.mark.slow
@pytest.mark.skipif(compiler() is None, reason="no C compiler")
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_c(function: Function) -> None:
    judged(function, "c", 200)


@pytest.mark.heavy
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
@pytest.mark.parametrize("target", ["numba", "torch"])
def test_library(function: Function, target: str) -> None:
    pytest.importorskip(target)
    judged(function, target, 100)


@pytest.mark.heavy
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)
def test_jax(function: Function) -> None:
    """XLA on a CPU takes subnormal numbers for 0: judged where point and truth are well above them."""
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    judged(function, "jax", 60, least=1e-290)
