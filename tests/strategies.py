"""Random expressions, networks and points for properties; names and families of one fixed scope."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from workings.expr import (
    Add, All, Array, Big, Call, Const, Deriv, Div, Logic, MatMul, Mul, Neg, Num, Pow, Ref, Rel,
)

NAMES = ("x1", "x2", "w13", "w1_12", "z", "a5", "yhat", "net_h1", "alpha", "b", "t", "v")
FAMILIES = {"u": 1, "y": 1, "x": 2, "s": 2}
INDICES = ("i", "j", "k")
SCOPE = """
    y[k] = sum(i, u[i]*x[i,k]) + s[j,k]
    i = 1..d
    j = 1..d
    k = 1..N
"""                           # a text in which the families and index letters above are declared
ONE_ARGUMENT = ("tanh", "log", "cosh", "exp", "sigmoid", "relu", "abs", "sqrt", "softplus", "sin")

numbers = st.one_of(
    st.integers(0, 99).map(lambda n: Num(n, str(n))),
    st.sampled_from(["0.5", "0.1", "2.25"]).map(lambda s: Num(Fraction(s), s)),
)
names = st.sampled_from(NAMES).map(Ref)
indices = st.one_of(
    st.sampled_from(INDICES).map(Ref),
    st.sampled_from(INDICES).map(lambda i: Add((Ref(i), Neg(Num(1, "1"))))),
    st.integers(1, 9).map(lambda n: Num(n, str(n))),
)
entries = st.sampled_from(sorted(FAMILIES)).flatmap(
    lambda f: st.tuples(*[indices] * FAMILIES[f]).map(lambda at: Ref(f, at))
)
slices = st.sampled_from(INDICES).map(lambda k: Ref("x", (All(), Ref(k))))
leaves = st.one_of(numbers, names, names, entries)


def several(inner, least=2, most=3):
    return st.lists(inner, min_size=least, max_size=most).map(tuple)


def arithmetic(inner):
    """Nodes with a value, around values."""
    return st.one_of(
        inner.map(Neg),
        several(inner).map(Add),
        several(inner).map(Mul),
        st.tuples(inner, inner).map(lambda p: Div(*p)),
        st.tuples(inner, inner).map(lambda p: Pow(*p)),
        st.tuples(inner, st.integers(2, 3)).map(lambda p: Pow(p[0], Num(p[1], str(p[1])))),
        st.tuples(st.sampled_from(ONE_ARGUMENT), inner).map(lambda p: Call(p[0], (p[1],))),
        st.tuples(inner, inner).map(lambda p: Call("max", p)),
    )


def bigs(inner):
    one = Num(1, "1")
    return st.one_of(
        st.tuples(st.sampled_from(["sum", "prod"]), st.sampled_from(INDICES), inner).map(lambda p: Big(*p)),
        st.tuples(st.sampled_from(INDICES), inner).map(lambda p: Big("sum", p[0], p[1], one, Ref("N"))),
        inner.map(lambda e: Big("sum", "j", e, None, None, Rel((Ref("j"), Ref("i")), ("!=",)))),
    )


def conditions(inner):
    rel = st.tuples(inner, st.sampled_from(["<", "<=", ">", ">=", "!="]), inner).map(
        lambda p: Rel((p[0], p[2]), (p[1],)))
    return st.one_of(rel, st.tuples(rel, rel).map(lambda p: Logic("and", p)),
                     st.tuples(rel, rel).map(lambda p: Logic("or", p)), rel.map(lambda r: Logic("not", (r,))))


def everything(inner):
    refs = st.one_of(names, entries)
    return st.one_of(
        arithmetic(inner), arithmetic(inner), bigs(inner),
        st.tuples(conditions(inner), inner, inner).map(lambda p: Call("where", p)),
        conditions(inner).map(lambda c: Call("ind", (c,))),
        st.tuples(refs, refs).map(lambda p: Deriv(p[0], (p[1],))),
        st.tuples(refs, refs, refs).map(lambda p: Deriv(p[0], (p[1], p[2]))),
        st.tuples(refs, refs).map(lambda p: Deriv(p[0], (p[1],), "P")),
        st.tuples(inner, names).map(lambda p: Deriv(p[0], (p[1],))),
        inner.map(lambda e: Call("T", (e,))),
        inner.map(lambda e: Call("norm2", (e,))),
        st.just(Const("pi")),
        slices,
    )


scalars = st.recursive(leaves, arithmetic, max_leaves=10)
expressions = st.recursive(leaves, everything, max_leaves=10)
with_arrays = st.recursive(leaves, lambda e: st.one_of(everything(e), several(e).map(MatMul)), max_leaves=8)
vectors = several(scalars).map(Array)
lines = st.one_of(
    st.tuples(names, expressions).map(lambda p: Rel(p, ("=",))),
    st.tuples(names, expressions, scalars).map(lambda p: Rel(p, ("=", "="))),
    conditions(scalars),
)
