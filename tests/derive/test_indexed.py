"""Derivatives with indices: the printed form, no delta left, and the value against differences of the forward pass."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from workings.derive import backward, gradient
from workings.evaluate import run, value
from workings.expr import Network, Num, Ref, substitute
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

DATA = """
    i = 1..d
    k = 1..N
    y[k] = sum(i, w[i]*x[i,k])
    E[k] = log(cosh(y[k] - t[k]))
    E = 1/N*sum(k, E[k])
"""
LAYERS = """
    i = 1..d
    j = 1..h
    k = 1..N
    z[j,k] = sum(i, W[j,i]*x[i,k]) + b[j]
    a[j,k] = tanh(z[j,k])
    y[k] = sum(j, v[j]*a[j,k])
    E = 1/2*sum(k, (y[k] - t[k])^2)
"""
SOFTMAX = """
    i = 1..C
    j = 1..C
    s = sum(j, exp(z[j]))
    p[i] = exp(z[i])/s
    E = -sum(i, l[i]*log(p[i]))
"""
SHAPES = {"w": "d", "x": "dN", "t": "N", "W": "hd", "b": "h", "v": "h", "z": "C", "l": "C", "q": "IF", "p": "UF", "r": "UI"}
SIZES = {"d": 3, "N": 2, "h": 2, "C": 3, "I": 2, "F": 2, "U": 3}

# network, derivative by, result as printed
ROWS = [
    (DATA, "w[i]", "1/N*sum(k, tanh(y[k] - t[k])*x[i,k])"),
    (DATA, "t[k]", "-tanh(y[k] - t[k])/N"),
    (DATA, "x[i,k]", "tanh(y[k] - t[k])*w[i]/N"),
    (DATA, "y[k]", "tanh(y[k] - t[k])/N"),
    (DATA, "E[k]", "1/N"),
    (DATA, "w[2]", "1/N*sum(k, tanh(y[k] - t[k])*x[2,k])"),
    (LAYERS, "v[j]", "sum(k, (y[k] - t[k])*a[j,k])"),
    (LAYERS, "W[j,i]", "v[j]*sum(k, (y[k] - t[k])*(1 - a[j,k]^2)*x[i,k])"),
    (LAYERS, "b[j]", "v[j]*sum(k, (y[k] - t[k])*(1 - a[j,k]^2))"),
    (LAYERS, "x[i,k]", None),
    (SOFTMAX, "z[i]", None),
    ("u = 1..U\ni = 1..I\nf = 1..F\ne[u,i] = r[u,i] - sum(f, q[i,f]*p[u,f])\n"
     "E = sum(u, sum(i, e[u,i]^2)) + sum(u, sum(f, p[u,f]^2))", "p[u,f]", None),
    ("k = 1..N\nE = prod(k, t[k])", "t[k]", None),
    ("k = 1..N\nE = sum(k, 1, N - 1, (t[k + 1] - t[k])^2)", "t[k]", None),
    ("i = 1..d\nE = sum(i, relu(w[i])*w[i])", "w[i]", None),
    ("i = 1..d\nj = 1..d\nE = sum(i, sum(j, w[i]*w[j]))", "w[i]", "2*sum(j, w[j])"),
    ("i = 1..d\nE = w[1]*w[2] + sum(i, w[i])", "w[i]", None),
]


def point(net: Network) -> dict[str, Any]:
    """Numbers for every leaf: sizes, scalars, arrays."""
    r = random.Random(len(net.equations))
    out: dict[str, Any] = {}
    for name, places in net.leaves:
        if not places and name in SIZES:
            out[name] = SIZES[name]
        elif not places:
            out[name] = 0.7
        else:
            out[name] = array(r, [SIZES[s] for s in SHAPES[name]])
    return out | {n: SIZES[n] for n in net.sizes}


def array(r: random.Random, axes: list[int]) -> Any:
    if not axes:
        return r.uniform(0.3, 1.3)
    return [array(r, axes[1:]) for _ in range(axes[0])]


def moved(data: Any, at: tuple[int, ...], by: float) -> Any:
    if not at:
        return data + by
    return [moved(v, at[1:], by) if n + 1 == at[0] else v for n, v in enumerate(data)]


def loss(net: Network, at: dict[str, Any]) -> float:
    return float(run(net, at, ["E"], mode="float").values["E"])


def by_difference(net: Network, at: dict[str, Any], name: str, entry: tuple[int, ...]) -> float:
    h = 1e-5
    up, down = ({**at, name: moved(at[name], entry, s * h)} for s in (1, -1))
    return (loss(net, up) - loss(net, down)) / (2 * h)


def reference(text: str) -> Ref:
    from workings.syntax import read_expression

    ref = read_expression(text, signatures())
    assert isinstance(ref, Ref)
    return ref


@pytest.mark.parametrize(("text", "wrt", "printed"), ROWS)
def test_gradient(text: str, wrt: str, printed: str | None) -> None:
    net = read(text, signatures())
    ref = reference(wrt)
    found = gradient(net, Ref("E"), ref)
    shown = plain(found.result)
    assert "delta" not in shown or wrt == "w[i]", shown
    assert len(found.steps) >= 2
    if printed is not None:
        assert shown == printed
    if ref.key in net.defs or "k + 1" in text:       # `run` takes t to be as long as the range of k
        return
    at = point(net)
    letters = [i.name for i in ref.indices if isinstance(i, Ref)]
    for values in product(*(range(1, SIZES[s] + 1) for s, i in zip(SHAPES[ref.name], ref.indices) if isinstance(i, Ref))):
        env = dict(zip(letters, values))
        entry = tuple(env[i.name] if isinstance(i, Ref) else int(plain(i)) for i in ref.indices)
        want = by_difference(net, at, ref.name, entry)
        here = substitute(found.result, {k: Num(n) for k, n in env.items()})
        got = float(value(here, at, net, mode="float"))
        assert abs(got - want) < 1e-6 * (1 + abs(want)), (shown, env)


@pytest.mark.parametrize("text", [DATA, LAYERS, SOFTMAX])
def test_program(text: str) -> None:
    """Every adjoint of the program is a line of equations that runs and agrees with differences."""
    from workings.expr import Equation

    net = read(text, signatures())
    leaves = [ref for ref in (reference(w) for t, w, _ in ROWS if t == text) if ref.key not in net.defs]
    leaves = [ref for ref in leaves if all(isinstance(i, Ref) for i in ref.indices)]
    program = backward(net, Ref("E"), leaves)
    lines = tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward))
    wider = net.with_(equations=lines)
    at = point(net)
    found = run(wider, at, mode="float").values
    for ref, name in program.gradients:
        grid = found[plain(name)]
        for entry in product(*(range(1, SIZES[s] + 1) for s in SHAPES[ref.name])):
            want = by_difference(net, at, ref.name, entry)
            got = grid
            for n in entry:
                got = got[n - 1]
            assert abs(got - want) < 1e-6 * (1 + abs(want)), (plain(name), entry)
    assert "delta" not in "".join(plain(s.value) for s in program.backward)
