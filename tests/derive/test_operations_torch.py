"""Each operation of the table beside torch in float64, on random shapes: every entry of every gradient."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from operations_table import ELEMENTWISE, ROWS, Row
from workings.derive import backward
from workings.evaluate import run
from workings.expr import Equation, Ref
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

pytestmark = pytest.mark.heavy


def values(row: Row, sizes: dict[str, int], seed: int) -> dict[str, Any]:
    r = np.random.default_rng(seed)
    out: dict[str, Any] = {name: r.uniform(0.3, 1.3, [sizes[a] for a in axes]) for name, axes in row.shapes.items()}
    for name, (axes, of) in row.whole.items():
        out[name] = r.integers(1, sizes[of] + 1, [sizes[a] for a in axes])
    return out


def grown(row: Row, seed: int) -> dict[str, int]:
    """The first sizes, each a little larger where the row lets them be; convolutions keep their own."""
    sizes = dict(row.sizes[0])
    if "onvolution" not in row.name:
        r = random.Random(seed)
        sizes = {k: n + r.randint(0, 2) for k, n in sizes.items()}
    return sizes


def cases() -> list[Any]:
    return [pytest.param(row, sizes, id=f"{row.name} {sizes}") for row in ROWS
            for sizes in (*map(dict, row.sizes), grown(row, 1))]


@pytest.mark.parametrize(("row", "sizes"), cases())
def test_gradient(row: Row, sizes: dict[str, int]) -> None:
    torch = pytest.importorskip("torch")
    given = values(row, sizes, len(row.name) + sum(sizes.values()))
    tensors = {k: torch.tensor(v, requires_grad=k not in row.whole) for k, v in given.items()}
    loss = row.torch(tensors, torch)
    loss.backward()

    net = read(row.text, signatures())
    asked = [ref for text in row.results if isinstance(ref := read_expression(text, signatures(), net), Ref)]
    asked = [ref for ref in asked if ref.name in row.shapes]
    program = backward(net, Ref("E"), asked)
    lines = tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward))
    at: dict[str, Any] = {k: (v.tolist() if v.size else v) for k, v in given.items()}
    at |= row.numbers | {k: n for k, n in sizes.items() if not k.isdigit()}
    names = {name for name, _ in net.leaves} | set(net.sizes)
    at = {k: v for k, v in at.items() if k in names}
    found = run(net.with_(equations=lines), at, mode="float").values
    assert float(found["E"]) == pytest.approx(float(loss), rel=1e-12, abs=1e-12)
    for ref, gradient in program.gradients:
        want = tensors[ref.name].grad
        if want is None or want.numel() == 0:
            continue
        got = found.get(plain(gradient))
        assert got is not None, plain(gradient)
        shown = np.array(got, dtype=float).reshape(want.shape)
        np.testing.assert_allclose(shown, want.numpy(), rtol=1e-10, atol=1e-12, err_msg=row.text)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name: str) -> None:
    torch = pytest.importorskip("torch")
    a = ", 1/100" if name == "leaky" else ""
    net = read(f"i = 1..n; h[i] = {name}(x[i]{a}); E = sum(i, c[i]*h[i])", signatures())
    for n in (5, 1):
        x = torch.linspace(-2, 2.1, n, dtype=torch.float64, requires_grad=True)
        c = torch.arange(1.0, n + 1, dtype=torch.float64)
        function = getattr(torch.nn.functional, ELEMENTWISE[name], None) or getattr(torch, ELEMENTWISE[name])
        (function(x) @ c).backward()
        program = backward(net, Ref("E"), [Ref("x", (Ref("i"),))])
        lines = tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward))
        found = run(net.with_(equations=lines), {"x": x.tolist(), "c": c.tolist(), "n": n}, mode="float").values
        np.testing.assert_allclose(np.array(found["gx[i]"], dtype=float), x.grad.numpy(), rtol=1e-11)
