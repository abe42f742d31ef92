"""Gradients, backward programs and second derivatives of random networks against differences in mpmath."""

from __future__ import annotations

import mpmath as mp
import pytest
from random_nets import point, scalar, slope

from workings.derive import backward, gradient, hessian
from workings.derive.steps import Derivation
from workings.errors import OutOfReach
from workings.evaluate import value
from workings.expr import Network, Ref
from workings.functions import signatures
from workings.syntax import read


def worth(derivation: Derivation, net: Network, at: dict[str, str]) -> float:
    """The result at a point, its names in `where` worked out one after the other."""
    env: dict[str, object] = dict(at)
    for name, expr in derivation.where:
        env[name.name] = value(expr, env, net, mode="float")
    return float(value(derivation.result, env, net, mode="float"))


@pytest.mark.parametrize("seed", range(40))
def test_gradient_and_program(seed: int) -> None:
    text, forward, leaves = scalar(seed, 4 + seed % 5)
    net = read(text, signatures())
    used = [n for n in leaves if (n, 0) in net.leaves]
    at = point(leaves, seed)
    exact = {n: mp.mpf(v) for n, v in at.items()}
    given = {n: v for n, v in at.items() if n in used}
    for mode in ("plain", "fewest"):
        program = backward(net, Ref("E"), [Ref(n) for n in used], mode)
        env: dict[str, object] = dict(given)
        for statement in (*program.forward, *program.backward):
            env[statement.name.name] = value(statement.value, env, mode="float")
        for ref, found in program.gradients:
            want = slope(forward, exact, ref.name)
            assert abs(value(found, env, mode="float") - want) < 1e-9 * (1 + abs(want)), (text, ref.name, mode)
    for name in used[:3]:
        found = gradient(net, Ref("E"), Ref(name))
        want = slope(forward, exact, name)
        assert abs(worth(found, net, given) - want) < 1e-9 * (1 + abs(want)), (text, name)
        assert len(found.steps) >= 2


@pytest.mark.parametrize("seed", range(12))
def test_second_derivative(seed: int) -> None:
    text, forward, leaves = scalar(seed, 4)
    if "relu" in text:
        return
    net = read(text, signatures())
    u, v = [n for n in leaves if (n, 0) in net.leaves][:2]
    at = {n: s for n, s in point(leaves, seed).items() if (n, 0) in net.leaves}
    exact = {n: mp.mpf(s) for n, s in at.items()} | {n: mp.mpf(1) for n in leaves if n not in at}
    with mp.workdps(80):
        h = mp.mpf(10) ** -20
        ahead, back = ({**exact, v: exact[v] + s * h} for s in (1, -1))
        want = (slope(forward, ahead, u) - slope(forward, back, u)) / (2 * h)
    try:
        found = hessian(net, Ref("E"), (Ref(u), Ref(v)))
    except OutOfReach as error:
        raise AssertionError(text) from error
    assert abs(worth(found, net, at) - want) < 1e-6 * (1 + abs(want)), text
