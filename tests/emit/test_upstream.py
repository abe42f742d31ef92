"""The upstream gradient enters where the derivatives begin, and once: half a loss has half the gradient, in each library."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import workings
from programs import NETS
from workings.emit.build import loaded
from workings.emit.upstream import scaled
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read_expression

ROWS = [
    ("tanh(z)/N", "'upstream gradient'/N*tanh(z)"),
    ("2*(y - t)", "'upstream gradient'*2*(y - t)"),
    ("gz*w", "gz*w"),
    ("gz*w + 2*w", "gz*w + 'upstream gradient'*2*w"),
    ("w*(gz - 3*a)", "w*(gz - 'upstream gradient'*3*a)"),
    ("-gz", "-gz"),
    ("0", "0"),
]


@pytest.mark.parametrize(("value", "expected"), ROWS)
def test_terms_without_an_adjoint_are_the_seeds(value: str, expected: str) -> None:
    found = plain(scaled(read_expression(value, signatures()), {("gz", 0)}))
    assert found.replace("'", "") == expected.replace("'", "")


def _values(names: list[str]) -> dict[str, Any]:
    draw = np.random.default_rng(3)
    shapes = {"x": (4, 3), "t": (4,), "w": (3,), "b": ()}
    return {n: draw.normal(size=shapes[n]) for n in names}


@pytest.mark.heavy
@pytest.mark.parametrize("library", ["torch", "jax"])
def test_half_of_a_loss(library: str) -> None:
    module = pytest.importorskip(library)
    code = workings.code(NETS["regression"], "E", library)
    names = [f.name for f in code.plan.arguments]
    values, emitted = _values(names), loaded(str(code))
    _, *whole = loaded(str(workings.code(NETS["regression"], "E", "numpy", wrt=["x[k,i]", "t[k]", "w[i]", "b"]))
                       ).forward_backward(*(values[n] for n in names))
    if library == "torch":
        given = [module.tensor(values[n], requires_grad=True) for n in names]
        halves = module.autograd.grad(0.5*emitted.loss(*given), given)
    else:
        module.config.update("jax_enable_x64", True)
        halves = module.grad(lambda *a: 0.5*emitted.loss(*a), tuple(range(len(names))))(*(values[n] for n in names))
    for half, all_of_it in zip(halves, whole, strict=True):
        assert np.asarray(half) == pytest.approx(0.5*np.asarray(all_of_it), rel=1e-12, abs=1e-15)
