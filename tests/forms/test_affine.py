"""Affine coefficients: rows in a small spelling, and random trees against plain evaluation with fractions."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.expr import Add, Big, Call, Div, Expr, Mul, Neg, Num, Pow, Ref, fold
from workings.forms.affine import coefficients

X1, X2, W = Ref("x1"), Ref("x2"), Ref("w")
NAMES = [("x1", 0), ("x2", 0)]


def value(expr: Expr, env: dict[str, Fraction]) -> Fraction:
    def step(node: Expr, inner: tuple[Fraction, ...]) -> Fraction:
        if isinstance(node, Num):
            return Fraction(node.value)
        if isinstance(node, Ref):
            return env[node.name]
        if isinstance(node, Neg):
            return -inner[0]
        if isinstance(node, Div):
            return inner[0] / inner[1]
        out = Fraction(1) if isinstance(node, Mul) else Fraction(0)
        for part in inner:
            out = out * part if isinstance(node, Mul) else out + part
        return out

    return fold(expr, step)


def test_the_example_of_the_module() -> None:
    form = coefficients(Add((Mul((X1, W)), Div(Mul((Num(2), Add((X2, Neg(Num(1)))))), Num(3)))), NAMES)
    assert form is not None
    assert form.of[("x1", 0)] is W
    assert form.of[("x2", 0)].value == Fraction(2, 3) and form.const.value == Fraction(-2, 3)


@pytest.mark.parametrize("expr", [
    Mul((X1, X2)), Pow(X1, Num(2)), Call("tanh", (X1,)), Div(W, X1), Div(X1, Num(0)),
    Add((Ref("x1", (X2,)), Num(1))), Big("prod", "k", X1, Num(1), Num(3)),
])
def test_not_affine(expr: Expr) -> None:
    assert coefficients(expr, NAMES) is None


def test_what_cancels_has_no_entry_and_free_parts_stay_as_written() -> None:
    form = coefficients(Add((X1, Neg(X1), Call("tanh", (W,)))), NAMES)
    assert form is not None and not form.of
    assert isinstance(form.const, Call)


def test_an_entry_of_a_family_and_two_entries() -> None:
    i, k = Ref("i"), Ref("k")
    one = coefficients(Mul((W, Ref("x", (i,)))), [("x", 1)])
    assert one is not None and one.of[("x", 1)] is W and one.where[("x", 1)].indices == (i,)
    assert coefficients(Add((Ref("x", (i,)), Ref("x", (k,)))), [("x", 1)]) is None
    assert coefficients(Big("sum", "i", Ref("x", (i,)), Num(1), Num(2)), [("x", 1)]) is None


def test_a_long_sum_and_a_deep_tree_need_no_recursion() -> None:
    deep: Expr = X1
    for _ in range(20_000):
        deep = Neg(Add((deep, Num(1))))
    form = coefficients(deep, NAMES)
    assert form is not None and form.of[("x1", 0)].value == 1 and form.const.value == 0


LEAVES = st.one_of(st.integers(-3, 3).map(Num), st.sampled_from([X1, X2, W, Ref("v")]))
TREES = st.recursive(LEAVES, lambda t: st.one_of(
    st.lists(t, min_size=2, max_size=3).map(lambda a: Add(tuple(a))), t.map(Neg),
    st.tuples(st.one_of(st.integers(-2, 2).map(Num), st.just(W)), t).map(Mul),
    st.tuples(t, st.integers(1, 4).map(Num)).map(lambda p: Div(*p))), max_leaves=8)
POINT = st.fractions(-3, 3, max_denominator=5)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(TREES, POINT, POINT, POINT)
def test_coefficients_have_the_value_of_the_expression(tree: Expr, a: Fraction, b: Fraction, c: Fraction) -> None:
    env = {"x1": a, "x2": b, "w": c, "v": Fraction(2, 3)}
    form = coefficients(tree, NAMES)
    assert form is not None
    total = value(form.const, env) + sum((value(e, env) * env[k[0]] for k, e in form.of.items()), Fraction(0))
    assert total == value(tree, env)
    assert not any(n in str(e) for e in (form.const, *form.of.values()) for n in ("x1", "x2"))
