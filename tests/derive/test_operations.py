"""Each operation of the table: its gradient final and as printed, and equal to a difference quotient to thirty digits."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest

from operations_table import ROWS, Row
from workings.derive import gradient
from workings.evaluate import run, value
from workings.expr import Big, Call, Network, Num, Ref, preorder, substitute
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

STEP = Fraction(1, 10**20)
BITS = 300


@pytest.fixture(autouse=True)
def bits() -> Iterator[None]:
    """Balls of this module are added and subtracted with as many bits as they have."""
    import flint

    old, flint.ctx.prec = flint.ctx.prec, BITS
    yield
    flint.ctx.prec = old


def point(row: Row, sizes: dict[str, int]) -> dict[str, Any]:
    """Exact numbers for every leaf."""
    r = random.Random(row.name)

    def array(axes: str, whole: int = 0) -> Any:
        if any(sizes[a] == 0 for a in axes):
            return np.zeros([sizes[a] for a in axes], dtype=object)
        if axes:
            return [array(axes[1:], whole) for _ in range(sizes[axes[0]])]
        return r.randint(1, whole) if whole else Fraction(r.randint(30, 130), 100)

    out: dict[str, Any] = {k: Fraction(v) for k, v in row.numbers.items()} | {
        k: n for k, n in sizes.items() if not k.isdigit()}
    out |= {name: array(axes) for name, axes in row.shapes.items()}
    return out | {name: array(axes, sizes[of]) for name, (axes, of) in row.whole.items()}


def moved(data: Any, at: tuple[int, ...], by: Fraction) -> Any:
    if not at:
        return data + by
    return [moved(v, at[1:], by) if n + 1 == at[0] else v for n, v in enumerate(data)]


def known(net: Network, at: dict[str, Any]) -> dict[str, Any]:
    """What the network has of it."""
    names = {name for name, _ in net.leaves} | set(net.sizes)
    return {k: v for k, v in at.items() if k in names}


def by_difference(net: Network, at: dict[str, Any], name: str, entry: tuple[int, ...]) -> Any:
    up, down = (run(net, {**at, name: moved(at[name], entry, s * STEP)}, ["E"], "ball", BITS).values["E"] for s in (1, -1))
    return (up - down) / 2 * 10**20


def asked(row: Row) -> list[Any]:
    return [(row, entry) for entry in row.results]


@pytest.mark.parametrize(("row", "entry"), [pair for row in ROWS for pair in asked(row)],
                         ids=lambda v: v.name if isinstance(v, Row) else v)
def test_gradient(row: Row, entry: str) -> None:
    net = read(row.text, signatures())
    ref = read_expression(entry, signatures(), net)
    assert isinstance(ref, Ref)
    found = gradient(net, Ref("E"), ref)
    shown = plain(found.result)
    if row.results[entry]:
        assert shown == row.results[entry]
    if not row.cases:
        assert not [n for n in preorder(found.result) if isinstance(n, Call) and n.function in ("where", "delta")], shown
    if ref.name not in row.shapes:
        return
    for sizes in row.sizes:
        at = known(net, point(row, dict(sizes)))
        entries = list(product(*(range(1, sizes[s] + 1) for s in row.shapes[ref.name])))
        for where in random.Random(entry).sample(entries, min(2, len(entries))):
            want = by_difference(net, at, ref.name, where)
            table = {i.name: Num(n) for i, n in zip(ref.indices, where, strict=True) if isinstance(i, Ref)}
            got = value(substitute(found.result, table), at, net, "ball", BITS)
            assert float(abs(got - want)) < 1e-30 * (1 + abs(float(want))), (shown, sizes, where)


def test_nothing_is_left_over() -> None:
    """Every sum of a printed result runs over an index that its body or its range needs."""
    for row in ROWS:
        net = read(row.text, signatures())
        for text in row.results.values():
            if text:
                for big in (n for n in preorder(read_expression(text, signatures(), net)) if isinstance(n, Big)):
                    assert any(isinstance(n, Ref) and n.name == big.index for n in preorder(big.body)) or big.lo, text
