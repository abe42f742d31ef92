"""Proof of equality: the normal form of the difference in every sign pattern and every case of equal indices.

A cell is a set of signs of polynomials.  Where reading needs a sign that the cell does not give, the cell is cut in
two (in three where the value on the crease matters), and parts that no point satisfies are dropped by exact linear
arithmetic over the monomials (a relaxation: what it drops is empty, what it keeps may be).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.limits import CHECK_CELLS, CHECK_REFINEMENTS
from workings.checking import sums
from workings.checking.algebra import Frac, Poly, Terms, terms
from workings.checking.feasible import Row, TooMany, point
from workings.checking.budget import Budget, Work
from workings.checking.normal import Foreign, Normal, Same, Split
from workings.checking.transcend import Refine, Undefined
from workings.expr import Expr, Network, Rel
from workings.expr.nodes import Key



@dataclass(slots=True, eq=False)
class Cell:
    """Signs of polynomials, differences of indices that are not 0, and names that are fixed by an equation."""

    signs: dict[Terms, int] = field(default_factory=dict)
    apart: frozenset[object] = frozenset()
    pinned: dict[int, Frac] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Proof:
    """`done`: equal in every cell.  Else `open` are points (by name) of cells where it is not proved."""

    done: bool
    cells: int = 1
    patterns: bool = False    # all sign patterns at once
    undefined: int = 0
    creases: list[str] = field(default_factory=list)
    open: list[dict[str, Fraction]] = field(default_factory=list)
    why: str = ""
    opened: tuple[Key, ...] = ()
    too_large: bool = False


def prove(
    net: Network, a: Expr, b: Expr, facts: Sequence[Expr] = (), open_: Iterable[Key] = (), creases: bool = True,
    work: Work | None = None,
) -> Proof:
    """Is a = b wherever both are defined?  `creases`: the values where a step jumps count too."""
    scales: dict[str, int] = {}
    opened, work = tuple(open_), work or Work()
    for _ in range(CHECK_REFINEMENTS):
        try:
            proof = _attempt(Normal(net, scales, opened, work), a, b, facts, creases)
            proof.opened = opened
            return proof
        except Refine as r:
            scales[r.name] = r.scale
        except (Budget, TooMany):
            return Proof(False, why="the normal form grows too large", too_large=True)
        except Foreign as f:
            return Proof(False, why=f"no normal form: {f}")
    return Proof(False, why="too many roots of one quantity")


def implied(net: Network, a: Expr, b: Expr, op: str, facts: Sequence[Expr], open_: Iterable[Key]) -> Proof:
    """Does a op b (<, <=, >, >=) hold wherever the facts do?  Decided where both are piecewise affine."""
    opened = tuple(open_)
    try:
        n = Normal(net, {}, opened)
        given = note_facts(n, facts)
        return _walk(n, a, b, given, False, lambda d, cell: _always(n, d, op, cell, given))
    except (Budget, TooMany, Foreign, Refine) as problem:
        return Proof(False, why=f"not piecewise affine: {problem}")


def _always(n: Normal, d: Frac, op: str, cell: Cell, given: Given) -> bool:
    """Does d op 0 hold all over the cell?  No point of the cell's closure violates it."""
    if n.arena.sign(d.den) != 1:
        return False
    known = _weak_sign(n, d) if not d.zero else None
    if known is not None and (op in (">=", "<=") or (known[1] and not cell.signs)):
        return (known[0] > 0) == (op in (">", ">="))
    lead = d.num.leading_coefficient() if not d.zero else n.arena.rational(1)
    if d.constant:
        value = d.value()
        return bool({"<": value < 0, "<=": value <= 0, ">": value > 0, ">=": value >= 0}[op])
    up = (op in (">", ">=")) == bool(lead > 0)
    # d > 0 is violated by d <= 0: a weak wall; d >= 0 by d < 0: a strict one.
    key = terms(d.num / lead)
    signs, weak = {**n.arena.signs}, {**given.weak}
    if op in (">=", "<="):
        if key in signs:
            return signs[key] == (1 if up else -1)
        signs[key] = -1 if up else 1
    else:
        weak[key] = -1 if up else 1
    return point(_rows(n, signs, weak)) is None


def _weak_sign(n: Normal, d: Frac) -> tuple[int, bool] | None:
    """(1, strict) where d >= 0 all over the cell, (-1, strict) where d <= 0; None where its factors do not tell."""
    content, factors = n.arena.factors(n.arena.lift(d).num)
    sign, strict = (1 if content > 0 else -1), True
    for q, e in factors:
        known = n.arena.sign(q)
        if known is None:
            known = n.transcendent(terms(q))
        if known is None and e % 2:
            return None
        sign, strict = sign * (known or 1) ** int(e), strict and bool(known)
    return sign, strict


def _attempt(n: Normal, a: Expr, b: Expr, facts: Sequence[Expr], creases: bool) -> Proof:
    given = note_facts(n, facts)
    n.place(a, b)
    at_once = _at_once(n, a, b, given, creases)
    if at_once is not None:
        return at_once
    n = Normal(n.net, n.scales, n.open, n.arena.work)
    given = note_facts(n, facts)
    n.place(a, b)
    return _walk(n, a, b, given, creases, lambda d, cell: _settled(n, d, given.later).zero)


def _at_once(n: Normal, a: Expr, b: Expr, given: Given, creases: bool) -> Proof | None:
    """All sign patterns at once: every crease as a step s with s^2 = s.  None where that does not settle it."""
    n.free, n.creases, n.pinned = True, creases, given.pinned
    try:
        n.warm(a, b)
        d = _settled(n, n.read(a) - n.read(b), given.later)
    except (Split, Same, Undefined, Foreign, ZeroDivisionError):
        return None
    except Budget:
        if n.arena.work.spent:
            raise
        return None               # one pattern at a time may be smaller
    stepped = any(g.kind == "step" for g in n.arena.gen_list)
    if d.zero:
        return Proof(True, patterns=stepped)
    if stepped:
        return None
    rough = any(g.kind == "base" for g in n.arena.gen_list)
    return Proof(False, why="the normal forms differ", too_large=rough)


def _walk(
    n: Normal, a: Expr, b: Expr, given: Given, creases: bool, good: Callable[[Frac, Cell], bool]
) -> Proof:
    """Is a - b `good` in every cell?"""
    base = dict(n.arena.signs)
    proof = Proof(True, cells=0)
    stack = [Cell(pinned=given.pinned)]
    while stack:
        cell = stack.pop()
        n.arena.signs = {**base, **cell.signs}
        n.apart, n.pinned = cell.apart, cell.pinned
        n.memo.clear()
        n.patterns.clear()
        n.arena.spend(20)
        if proof.cells > CHECK_CELLS:
            raise Budget
        try:
            n.warm(a, b)
            fine = good(n.read(a) - n.read(b), cell)
        except Split as s:
            stack.extend(_cut(n, cell, s, base, given, creases, proof))
            continue
        except Same as s:
            stack.extend(_told_apart(n, cell, s))
            continue
        except (Undefined, ZeroDivisionError):
            proof.undefined += 1
            continue
        proof.cells += 1
        if not fine:
            proof.done = False
            proof.open.extend(_points(n, cell, base, given))
            proof.why = "the normal forms differ"
            if len(proof.open) > 12 or not cell.signs:
                break
    proof.too_large = any(g.kind == "base" for g in n.arena.gen_list)
    if proof.cells == 0:
        return Proof(False, why="the two sides are nowhere defined together")
    return proof


@dataclass(slots=True, eq=False)
class Given:
    """What the facts say: values of plain names, values of other generators, and inequalities."""

    pinned: dict[int, Frac] = field(default_factory=dict)
    later: list[tuple[int, Frac]] = field(default_factory=list)
    weak: dict[Terms, int] = field(default_factory=dict)      # p >= 0 (1) or p <= 0 (-1)


def note_facts(n: Normal, facts: Sequence[Expr]) -> Given:
    """Strict signs go to the arena; equations are solved for one generator each."""
    out = Given()
    parts = [(op, p, q) for f in facts if isinstance(f, Rel) for op, p, q in zip(f.ops, f.args, f.args[1:])]
    for op, p, q in sorted(parts, key=lambda t: t[0] != "="):
        n.pinned = out.pinned
        try:
            d = n.arena.lift(n.read(p) - n.read(q))
        except (Split, Same, Undefined, Foreign, ZeroDivisionError):
            continue
        if op == "=":
            _note_equation(n, out, n.rebind(d, dict(out.later)))
        elif op in (">", "<", ">=", "<=") and n.arena.sign(d.den) == 1 and not d.constant:
            lead = d.num.leading_coefficient()
            sign = (1 if op in (">", ">=") else -1) * (1 if lead > 0 else -1)
            if op in (">", "<"):
                n.arena.assume(d.num / lead, sign)
            else:
                out.weak.setdefault(terms(d.num / lead), sign)
    return out


def _note_equation(n: Normal, out: Given, d: Frac) -> None:
    solved = _solved(n, d)
    if solved is None:
        return
    gen = n.arena.gen_list[solved[0]]
    if gen.kind == "ref" and not gen.args:
        out.pinned = {**{g: n.rebind(v, dict([solved])) for g, v in out.pinned.items()}, solved[0]: solved[1]}
    else:
        out.later.append(solved)


def _solved(n: Normal, d: Frac) -> tuple[int, Frac] | None:
    ts = n.arena.lift(d).key[0]
    order = sorted(d.gens(), key=lambda g: (n.arena.gen_list[g].kind != "sum", -g))
    for g in order:
        own = [(mono, c) for mono, c in ts if any(h == g for h, _ in mono)]
        rest = [(mono, c) for mono, c in ts if all(h != g for h, _ in mono)]
        if len(own) == 1 and own[0][0] == ((g, 1),) and n.arena.gen_list[g].kind in ("sum", "ref"):
            one = n.arena.ctx.constant(1)
            value = Frac(n.arena, n.arena.poly(rest), one) / n.arena.number(-own[0][1])
            if value.free_of(g):
                return g, value
    return None


def _settled(n: Normal, d: Frac, equations: list[tuple[int, Frac]]) -> Frac:
    for g, value in equations:
        if not d.zero:
            d = n.rebind(d, {g: value})
    if not d.zero:
        d = sums.combine(n, Frac(n.arena, n.arena.lift(d).num, n.arena.ctx.constant(1)))
    return d


# -- cutting cells
def _cut(
    n: Normal, cell: Cell, s: Split, base: dict[Terms, int], given: Given, creases: bool, proof: Proof
) -> list[Cell]:
    p = s.poly
    lead = p.leading_coefficient()
    key = terms(p / lead)
    out = []
    for sign in (-1, 1) if not (s.jumps and creases) else (0, -1, 1):
        if sign < 0 and n.arena.nonnegative(p / lead):
            continue
        new = Cell({**cell.signs, key: sign}, cell.apart, cell.pinned)
        if not _possible(n, new, base, given):
            continue
        if sign == 0:
            solved = _solved(n, Frac(n.arena, p, n.arena.ctx.constant(1)))
            if solved is None or n.arena.gen_list[solved[0]].args:
                proof.creases.append(n.describe(Frac(n.arena, p, n.arena.ctx.constant(1))))
                continue
            new.pinned = {**cell.pinned, solved[0]: solved[1]}
        out.append(new)
    return out


def _told_apart(n: Normal, cell: Cell, s: Same) -> list[Cell]:
    out = [Cell(cell.signs, cell.apart | {s.key}, cell.pinned)]
    if not n.outside(s.gen, s.value):
        pinned = {g: n.rebind(v, {s.gen: s.value}) for g, v in cell.pinned.items()}
        out.append(Cell(cell.signs, cell.apart, {**pinned, s.gen: s.value}))
    return out


def _rows(n: Normal, signs: dict[Terms, int], weak: dict[Terms, int]) -> list[Row]:
    rows: list[Row] = []
    monomials: dict[Any, None] = {}
    for key, sign, strict in [*((k, v, True) for k, v in signs.items()), *((k, v, False) for k, v in weak.items())]:
        of = {mono: _fraction(c) for mono, c in key if mono}
        const = sum((_fraction(c) for mono, c in key if not mono), Fraction(0))
        monomials.update(dict.fromkeys(of))
        minus = {m: -c for m, c in of.items()}
        if sign >= 0:
            rows.append(Row(of, const, strict and sign > 0))
        if sign <= 0:
            rows.append(Row(minus, -const, strict and sign < 0))
    for mono in monomials:
        square = all(e % 2 == 0 for _, e in mono)
        if square or all(n.arena.gen_list[g].positive for g, _ in mono):
            rows.append(Row({mono: Fraction(1)}, Fraction(0), not square))
    return rows


def _fraction(c: Any) -> Fraction:
    return Fraction(int(c.p), int(c.q))


def _possible(n: Normal, cell: Cell, base: dict[Terms, int], given: Given) -> bool:
    try:
        return point(_rows(n, {**base, **cell.signs}, given.weak)) is not None
    except TooMany:
        return True


def _points(n: Normal, cell: Cell, base: dict[Terms, int], given: Given) -> list[dict[str, Fraction]]:
    """Points of the cell by name, where its walls are linear in plain names."""
    rows = _rows(n, {**base, **cell.signs}, given.weak)
    plain = {m for r in rows for m in r.of}
    if not rows or any(len(m) != 1 or m[0][1] != 1 or n.arena.gen_list[m[0][0]].kind != "ref" for m in plain):
        return []
    try:
        found = [point(rows), point(rows, _off_centre)]
    except TooMany:
        return []
    out = []
    for at in found:
        if at is not None:
            named = {m[0][0]: v for m, v in at.items()}
            out.append({_text(n, g): v for g, v in named.items() if not n.arena.gen_list[g].args})
    return out


def _text(n: Normal, g: int) -> str:
    return str(n.arena.gen_list[g].head)


def _off_centre(lo: Fraction | None, hi: Fraction | None, strict: bool) -> Fraction:
    if lo is None and hi is None:
        return Fraction(1)
    if lo is None:
        assert hi is not None
        return hi - Fraction(3, 2)
    if hi is None:
        return lo + Fraction(3, 2)
    return lo + (hi - lo) / 3


__all__ = ["Cell", "Poly", "Proof", "prove"]
