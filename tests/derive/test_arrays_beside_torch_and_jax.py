"""Each operation of arrays, however it is written, beside torch and JAX in float64: value and every slope."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from operations_in_arrays import TABLE, Written
from workings.derive import backward
from workings.derive.asked import general
from workings.derive.doors import entry
from workings.evaluate import run
from workings.expr import Equation, Ref
from workings.forms.indexed import indexed
from workings.functions import signatures
from workings.syntax import read

pytestmark = pytest.mark.heavy
# a part that lacks a letter of its equation is named with it: u[i] of z[i,j,k] has a free j, and cannot be run
HELD = pytest.mark.xfail(raises=KeyError, reason="a part of an unfolded norm is named with a letter too many")
CASES = [pytest.param(row, text, sizes, id=f"{row.name} {text[-40:]} {sizes}",
                      marks=[HELD] if row.name in ("layer norm", "batch norm") else [])
         for row in TABLE for text in row.texts for sizes in row.sizes]


def given(row: Written, sizes: dict[str, int], seed: int) -> dict[str, Any]:
    r = np.random.default_rng(seed)
    at: dict[str, Any] = {n: r.uniform(0.3, 1.3, [sizes.get(a, 1) for a in axes]) for n, axes in row.shapes.items()}
    for name, (axes, of) in row.whole.items():
        at[name] = r.integers(1, sizes[of] + 1, [sizes[a] for a in axes])
    return at


def ours(text: str, row: Written, at: dict[str, Any], sizes: dict[str, int]) -> tuple[float, dict[str, Any]]:
    form = indexed(read(text, signatures()))
    net = form.net
    keys = {name: (name, places) for name, places in net.leaves}
    whole = [entry(form, Ref(name)) for name in row.by or row.shapes]
    program = backward(net, Ref("L"), [ref if ref.indices else general(net, keys[ref.name]) for ref in whole])
    lines = tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward))
    names = {name for name, _ in net.leaves} | (set() if "mathbf" in text else set(net.sizes))
    values = {k: (v.tolist() if v.size else v) for k, v in at.items()} | sizes
    found = run(net.with_(equations=lines), {k: v for k, v in values.items() if k in names}, mode="float").values
    gradients = {ref.name: name.name for ref, name in program.gradients}
    return float(found["L"]), {ref: next(v for k, v in found.items() if k.split("[")[0] == name)
                               for ref, name in gradients.items()}


def compare(row: Written, text: str, spelled: str, theirs: Any) -> None:
    letters, _, numbers = spelled.partition("=")
    sizes = dict(zip(letters, map(int, numbers), strict=True))
    at = given(row, sizes, len(row.name))
    value, gradients = ours(text, row, at, sizes)
    want, slopes = theirs(row, at)
    assert value == pytest.approx(float(want), rel=1e-11, abs=1e-12)
    for name in row.by or row.shapes:
        if slopes[name].size:
            shown = np.array(gradients[name], dtype=float).reshape(slopes[name].shape)
            np.testing.assert_allclose(shown, slopes[name], rtol=1e-9, atol=1e-11, err_msg=f"{text} by {name}")


@pytest.mark.parametrize(("row", "text", "sizes"), CASES)
def test_torch(row: Written, text: str, sizes: str) -> None:
    torch = pytest.importorskip("torch")

    class Module:
        tanh, exp, log, where, relu = torch.tanh, torch.exp, torch.log, torch.where, torch.relu
        softmax = staticmethod(lambda x: torch.softmax(x, -1))
        logsumexp = staticmethod(lambda x: torch.logsumexp(x, -1))
        max = staticmethod(lambda x: x.amax(-1))
        windows = staticmethod(lambda x, n: x.unfold(0, n, 1))

    def theirs(row: Written, at: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        tensors = {k: torch.tensor(v, requires_grad=k in row.shapes) for k, v in at.items()}
        loss = row.value(tensors, Module)
        loss.backward()
        return loss.detach(), {k: tensors[k].grad.numpy() for k in row.by or row.shapes}

    compare(row, text, sizes, theirs)


@pytest.mark.parametrize(("row", "text", "sizes"), [p for p in CASES if p.values[1] == p.values[0].texts[0]])
def test_jax(row: Written, text: str, sizes: str) -> None:
    jax = pytest.importorskip("jax")
    jnp = jax.numpy
    jax.config.update("jax_enable_x64", True)

    class Module:
        tanh, exp, log, where = jnp.tanh, jnp.exp, jnp.log, jnp.where
        relu = staticmethod(jax.nn.relu)
        softmax = staticmethod(lambda x: jax.nn.softmax(x, -1))
        logsumexp = staticmethod(lambda x: jax.nn.logsumexp(x, -1))
        max = staticmethod(lambda x: x.max(-1))
        windows = staticmethod(lambda x, n: jnp.stack([x[i : i + n] for i in range(len(x) - n + 1)]))

    def theirs(row: Written, at: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        data = {k: jnp.asarray(v) for k, v in at.items() if k not in row.shapes}
        names = row.by or tuple(row.shapes)
        fixed = data | {k: jnp.asarray(at[k]) for k in row.shapes if k not in names}
        loss = lambda moving: row.value(fixed | moving, Module)  # noqa: E731
        value, slopes = jax.value_and_grad(loss)({k: jnp.asarray(at[k]) for k in names})
        return value, {k: np.asarray(v) for k, v in slopes.items()}

    compare(row, text, sizes, theirs)
