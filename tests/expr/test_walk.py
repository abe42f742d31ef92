"""Walks: substitution never captures, equality ignores the names of bound indices, nothing recurses."""

import pytest

from workings.expr import Add, Big, Expr, Mul, Neg, Num, Ref, fold, free_keys, preorder, rewrite, same, substitute
from workings.expr.names import NameParts, base, natural, split


def total(index: str, body: Expr) -> Big:
    return Big("sum", index, body)


def entry(name: str, *indices: str) -> Ref:
    return Ref(name, tuple(Ref(i) for i in indices))


def test_substitution_renames_a_bound_index_before_it_captures() -> None:
    inner = total("k", Mul((entry("w", "k"), Ref("a"))))
    out = substitute(inner, {"a": entry("x", "k")})
    assert same(out, total("k'", Mul((entry("w", "k'"), entry("x", "k")))))


def test_substitution_leaves_a_bound_index_alone() -> None:
    inner = total("k", entry("w", "k"))
    assert substitute(inner, {"k": Num(3)}) is not None
    assert same(substitute(inner, {"k": Num(3)}), inner)


def test_bounds_lie_outside_of_their_sum() -> None:
    inner = Big("sum", "k", entry("w", "k"), Num(1), Ref("k"))
    assert same(substitute(inner, {"k": Ref("n")}), Big("sum", "k", entry("w", "k"), Num(1), Ref("n")))
    assert free_keys(inner) == [("k", 0), ("w", 1)]


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [
        (total("k", entry("w", "k")), total("j", entry("w", "j")), True),
        (total("k", entry("w", "j")), total("j", entry("w", "j")), False),
        (total("k", entry("w", "k", "j")), total("j", entry("w", "j", "j")), False),
        (Add((Ref("a"), Ref("b"))), Add((Ref("b"), Ref("a"))), False),
        (Num(1, "1"), Num(1, "1.0"), True),
        (Ref("E"), entry("E", "k"), False),
        (Neg(Ref("a")), Ref("a"), False),
    ],
)
def test_same(a: Expr, b: Expr, alike: bool) -> None:
    assert same(a, b) is alike
    assert same(b, a) is alike


def deep(levels: int) -> Expr:
    out: Expr = Ref("a")
    for _ in range(levels):
        out = Neg(out)
    return out


def test_no_walk_recurses() -> None:
    tree = deep(50_000)
    assert sum(1 for _ in preorder(tree)) == 50_001
    assert fold(tree, lambda node, inner: 1 + sum(inner)) == 50_001
    assert same(substitute(tree, {"a": Ref("b")}), rewrite(tree, lambda n: Ref("b") if isinstance(n, Ref) else n))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("w13", NameParts("w", (), ("1", "3"), 0)),
        ("w1_12", NameParts("w", (), ("1", "12"), 0)),
        ("net_h1", NameParts("net", (), ("h1",), 0)),
        ("yhat", NameParts("y", ("hat",), (), 0)),
        ("i'", NameParts("i", (), (), 1)),
        ("alpha2", NameParts("alpha", (), ("2",), 0)),
        ("hbarhat", NameParts("h", ("bar", "hat"), (), 0)),
        ("beta", NameParts("beta", (), (), 0)),
    ],
)
def test_split(name: str, parts: NameParts) -> None:
    assert split(name) == parts


def test_natural_order() -> None:
    assert sorted(["x10", "x2", "h", "x1", "x"], key=natural) == ["h", "x", "x1", "x2", "x10"]
    assert base("x12") == "x"
