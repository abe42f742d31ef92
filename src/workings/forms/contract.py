"""Index patterns as matrix notation: sum(n, X[n,j]*d[n]) is T(X) @ d, d[i]*a[j] is outer(d, a).

    Factor(array, letters)   `array`, whose axes the index letters stand for; () of a number
    Product(sign, factors)   the entry sign * product of the factors' entries

A sum over a letter takes the factors that hold it together: two vectors to an inner product, a matrix and a vector or
two matrices to a matrix product, a delta to nothing.  What has no such form (three matrices at one letter, a place
that is data) gives None: the index form then stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from workings.expr import (
    ONE, Add, All, Big, Call, Claim, Const, Div, Expr, Logic, Mul, Neg, Num, Pow, Ref, Rel, fold, free_refs,
    preorder, rewrite, same,
)
from workings.forms.indexed import Indexed
from workings.forms.patterns import (
    EYE, UNITS, Factor, NoForm, Product, entrywise, exponentials, flat, grouped, inner, narrowed, order_of, oriented,
    renamed, scaled, softmax_of, taken_at, times,
)


@dataclass
class Whole:
    """A matrix form, and the index patterns that it is made of."""

    array: Expr
    said: list[tuple[Expr, Expr]] = field(default_factory=list)


def matrix_form(
    expr: Expr, free: Sequence[Expr], indexed: Indexed | None = None, lead: Mapping[str, int] | None = None
) -> Expr | None:
    """The array whose entry at `free` is `expr`, in matrix notation; None where there is none.

    `lead`: how many places of a name are indices of a family and no axes, if not those that `indexed` knows.

    >>> i, j, n = Ref("i"), Ref("j"), Ref("n")
    >>> pattern = Big("sum", "n", Mul((Ref("X", (n, j)), Ref("d", (n,)))))
    >>> from workings.notation import plain
    >>> plain(matrix_form(pattern, (j,))), plain(matrix_form(Mul((Ref("d", (i,)), Ref("a", (j,)))), (i, j)))
    ('T(X) @ d', 'outer(d, a)')
    """
    found = whole(expr, free, indexed, lead)
    return None if found is None else found.array


def whole(
    expr: Expr, free: Sequence[Expr], indexed: Indexed | None = None, lead: Mapping[str, int] | None = None
) -> Whole | None:
    """Like `matrix_form`, with the patterns that were recognised, inner ones first."""
    letters = [f.name for f in free if isinstance(f, Ref)]
    if len(letters) != len(free) or len(set(letters)) != len(letters):
        return None
    expr = _spread(expr)
    known = leading(indexed) if lead is None else lead
    maker = _Maker(frozenset((*letters, *UNITS)) | {n.index for n in preorder(expr) if isinstance(n, Big)}, known)
    try:
        out = maker.array(fold(expr, maker.combine), tuple(letters), expr)
    except NoForm:
        return None
    if any(r.name in maker.letters and not r.indices for r in free_refs(out)):
        return None
    return Whole(out, maker.said)


def _spread(expr: Expr) -> Expr:
    """p[i]*(delta(i,j) - p[j]) multiplied out: a delta by itself has no matrix notation, p[i]*delta(i,j) is diag(p)."""

    def change(node: Expr) -> Expr:
        if not isinstance(node, Mul):
            return node
        at = next((n for n, f in enumerate(node.args) if isinstance(f, Add) and any(map(_has_delta, f.args))), None)
        if at is None:
            return node
        rest, bracket = (*node.args[:at], *node.args[at + 1 :]), node.args[at]
        return Add(tuple(change(Mul((*rest, *(t.args if isinstance(t, Mul) else (t,))))) for t in bracket.children()))

    return rewrite(expr, change)


def _has_delta(term: Expr) -> bool:
    factors = term.children() if isinstance(term, Mul | Neg) else (term,)
    return any(isinstance(f, Call) and f.function == "delta" for f in factors)


def leading(indexed: Indexed | None) -> dict[str, int]:
    """The index places of each family that is written with indices: they stay indices."""
    if indexed is None:
        return {}
    net = indexed.written
    return {name: places for name, places in (*net.defs, *net.leaves) if places and name not in net.shapes}


def explicit(ref: Ref, lead: Mapping[str, int]) -> int:
    """How many places of a name are written with their indices: those of a family, and all but two axes of an array.

    >>> x = Ref("X", (Ref("b"), Ref("n"), Ref("j")))
    >>> explicit(x, {}), explicit(x, {"X": 2})
    (1, 2)
    """
    return max(min(lead.get(ref.name, 0), len(ref.indices)), len(ref.indices) - 2)


class _Maker:
    def __init__(self, letters: frozenset[str], lead: Mapping[str, int]) -> None:
        self.letters, self.lead = letters, lead
        self.said: list[tuple[Expr, Expr]] = []

    # -- from entries to products of arrays
    def combine(self, node: Expr, inner: tuple[Product, ...]) -> Product:
        """What one node is, from what its operands are."""
        if isinstance(node, Ref):
            return Product(1, (self._ref(node),))
        if isinstance(node, Num | Const | All):
            return Product(1, (Factor(node),))
        if isinstance(node, Neg):
            return inner[0]._replace(sign=-inner[0].sign)
        if isinstance(node, Mul):
            return self._product(node, inner)
        if isinstance(node, Add):
            return self._sum(node, inner)
        if isinstance(node, Div):
            return self._quotient(*inner)
        if isinstance(node, Pow):
            return self._power(node, inner)
        if isinstance(node, Call):
            return self._call(node, inner)
        if isinstance(node, Rel | Logic):
            return self._each(node, inner)
        if isinstance(node, Big):
            return self._big(node, inner)
        if isinstance(node, Claim):
            return inner[0]
        raise NoForm

    def _ref(self, node: Ref) -> Factor:
        """A name with letters at its axes; a slice where other indices stand at some of them."""
        cut = explicit(node, self.lead)
        lead, axes = node.indices[:cut], node.indices[cut:]
        letters = [i.name if isinstance(i, Ref) and i.name in self.letters and not i.indices else "" for i in axes]
        named = tuple(x for x in letters if x)
        if len(named) == 2 and named[0] == named[1] and len(letters) == 2:
            return Factor(Call("diag", (Ref(node.name, lead),)), named[:1])
        if len(set(named)) < len(named) or len(named) > 2:
            raise NoForm
        if not named:
            return Factor(node)
        if len(named) == len(letters):
            return Factor(Ref(node.name, lead, node.span), named)
        dots = [All() if x else i for x, i in zip(letters, axes)]
        while dots and isinstance(dots[-1], All):                # x[t] is all of row t
            dots.pop()
        return Factor(Ref(node.name, (*lead, *dots), node.span), named)

    def _product(self, node: Mul, inner: tuple[Product, ...]) -> Product:
        """Factors together; two sums over one letter are worked out first, so that neither catches the other's."""
        sign, held = 1, [x for p in inner for x in p.sums]
        if len(set(held)) < len(held):
            inner = tuple(self._done(p) for p in inner)
        for p in inner:
            sign *= p.sign
        sums = tuple(x for p in inner for x in p.sums)
        alone = [p for p in inner if p.sums]
        own = len(alone) == 1 and not any(p.letters for p in inner if not p.sums)
        source, inside = (alone[0].source, alone[0].inside) if own else (node, sign)
        return Product(sign, tuple(f for p in inner for f in p.factors), sums, source if sums else None, inside)

    def _done(self, p: Product) -> Product:
        """The product with its sums worked out."""
        return p if not p.sums else Product(1, (Factor(self.array(p, p.letters), p.letters),))

    def _sum(self, node: Add, inner: tuple[Product, ...]) -> Product:
        order = order_of(inner)
        return Product(1, (Factor(Add(tuple(self._fitted(p, order) for p in inner)), order),))

    def _each(self, node: Expr, inner: tuple[Product, ...]) -> Product:
        """A function of numbers, entry by entry."""
        order = order_of(inner)
        return Product(1, (Factor(node.rebuild(tuple(self._fitted(p, order) for p in inner)), order),))

    def _fitted(self, p: Product, order: tuple[str, ...]) -> Expr:
        """A part of a sum at the axes of the sum: a number and a row fit as they are, a column is made one."""
        if p.sign < 0:
            return Neg(self._fitted(p._replace(sign=1), order))
        if set(p.letters) == set(order) or not p.letters:
            return self.array(p, order if p.letters else ())
        part = self.array(p, p.letters)
        if p.letters == order[1:]:
            return part
        return Call("col", (part,))

    def _quotient(self, top: Product, bottom: Product) -> Product:
        top, bottom = self._done(top), self._done(bottom)
        soft = softmax_of(top, bottom)
        if soft is not None:
            return soft
        sign = top.sign * bottom.sign
        under = Product(1, bottom.factors)
        if not bottom.letters:
            scalars = tuple(f for f in top.factors if not f.letters)
            front = Div(self.array(Product(1, scalars), ()), self.array(under, ()))
            return Product(sign, (Factor(front), *(f for f in top.factors if f.letters)))
        order = order_of((top, bottom))
        return Product(sign, (Factor(Div(self._fitted(Product(1, top.factors), order), self._fitted(under, order)),
                                     order),))

    def _power(self, node: Pow, inner: tuple[Product, ...]) -> Product:
        base, exponent = (self._done(p) for p in inner)
        if not base.letters and not exponent.letters:
            return Product(1, (Factor(node.rebuild((self.array(base, ()), self.array(exponent, ())))),))
        if isinstance(node.exponent, Num) and node.exponent.value == 2:
            one = self.array(Product(1, base.factors), base.letters)
            return Product(1, (Factor(Mul((one, one), None, True), base.letters),))
        return self._each(node, inner)

    def _call(self, node: Call, inner: tuple[Product, ...]) -> Product:
        if node.function == "delta" and len(node.args) == 2:
            names = tuple(a.name if isinstance(a, Ref) and not a.indices else "" for a in node.args)
            if not set(names) <= self.letters:
                raise NoForm
            return Product(1, (Factor(EYE, names),))
        out = self._each(node, inner).factors[0]
        arg = out.array.children()[0]
        if node.function == "log" and exponentials(arg) is not None:
            return Product(1, (Factor(Call("logsumexp", (exponentials(arg) or arg,)), out.letters),))
        if node.function == "sqrt" and isinstance(arg, Call) and arg.function == "norm2":
            return Product(1, (Factor(Call("norm", arg.args)),))
        return Product(1, (out,))

    # -- sums
    def _big(self, node: Big, inner: tuple[Product, ...]) -> Product:
        """A sum over an axis is a product of arrays; over the index of a family it stays a sum."""
        body, letter = inner[-1], node.index
        if node.op != "sum" or node.condition is not None:
            raise NoForm
        if any(r.name == letter and not r.indices for f in body.factors for r in free_refs(f.array)):
            return self._kept(node, body)
        if node.lo is not None or node.hi is not None or letter in body.sums:
            raise NoForm
        found = body._replace(sums=(letter, *body.sums), source=node, inside=body.sign)
        held = [f for f in body.factors if letter in f.letters]
        if not held:
            raise NoForm
        vector = any(len(f.letters) == 1 for f in held) or len(held) == 1
        return self._eliminated(found, letter, node) if vector and not body.sums and self._takes(held) else found

    def _kept(self, node: Big, body: Product) -> Product:
        """sum(t, outer(d[t], x[t])): the index of a family, which is no axis."""
        body = body._replace(factors=tuple(taken_at(f, node.index) for f in body.factors))
        array = self.array(body._replace(sign=1), body.letters)
        return Product(body.sign, (Factor(Big("sum", node.index, array, node.lo, node.hi), body.letters),))

    @staticmethod
    def _takes(held: list[Factor]) -> bool:
        """Can the sum over the letter of these factors be a product of arrays?"""
        eyes = sum(f.array is EYE for f in held)
        groups = {frozenset(f.letters) for f in held if len(f.letters) == 2}
        return eyes == 1 or (not eyes and len(groups) <= 2)

    def _eliminated(self, p: Product, letter: str, source: Expr | None) -> Product:
        """The product with one sum worked out; `source`: what is told of it."""
        held = [f for f in p.factors if letter in f.letters]
        rest = tuple(f for f in p.factors if letter not in f.letters)
        sums = tuple(x for x in p.sums if x != letter)
        made = self._contracted(letter, held)
        if isinstance(made, str):
            kept = (f for f in p.factors if letter not in f.letters or f.array is not EYE)
            return p._replace(factors=tuple(renamed(f, letter, made) for f in kept), sums=sums)
        if source is not None and not rest:
            self._note(source, Neg(made.array) if p.inside < 0 else made.array)
        return p._replace(factors=(*rest, made), sums=sums)

    def _note(self, source: Expr, array: Expr) -> None:
        """Keeps a pattern to be told: the sum as written, and the array."""
        if not any(same(array, a) for _, a in self.said):
            self.said.append((source, array))

    def _summed(self, p: Product) -> Product:
        """All sums worked out, outer ones first where they can be: as an error goes back through the layers."""
        while p.sums:
            letter = next((x for x in p.sums if self._takes([f for f in p.factors if x in f.letters])), None)
            if letter is None:
                raise NoForm
            p = self._eliminated(p, letter, None)
        return p

    def _contracted(self, s: str, held: list[Factor]) -> Factor | str:
        """The factors with letter `s` as one without it; of a delta the letter that takes its place."""
        eye = next((f for f in held if f.array is EYE), None)
        if eye is not None:
            if len([f for f in held if f.array is EYE]) > 1:
                raise NoForm
            return next(x for x in eye.letters if x != s)
        vectors = [f.array for f in held if f.letters == (s,)]
        matrices = grouped([f for f in held if len(f.letters) == 2])
        if not matrices:
            return Factor(inner(vectors))
        if len(matrices) == 1:
            return self._one(s, matrices[0], vectors)
        if len(matrices) == 2:
            return self._two(s, matrices[0], matrices[1], vectors)
        raise NoForm

    def _one(self, s: str, m: Factor, vectors: list[Expr]) -> Factor:
        (x,) = (q for q in m.letters if q != s)
        if vectors:
            return Factor(times(oriented(m, (x, s)), entrywise(vectors)), (x,))
        return Factor(Call("colsum" if m.letters[0] == s else "rowsum", (m.array,)), (x,))

    def _two(self, s: str, a: Factor, b: Factor, vectors: list[Expr]) -> Factor:
        """A @ B; with a vector at the summed letter its diagonal matrix stands between."""
        (x,), (y,) = ([q for q in f.letters if q != s] for f in (a, b))
        middle = [Call("diag", (entrywise(vectors),))] if vectors else []
        return Factor(times(oriented(a, (x, s)), *middle, oriented(b, (s, y))), (x, y))

    # -- from products of arrays to one
    def array(self, p: Product, order: tuple[str, ...], source: Expr | None = None) -> Expr:
        """The product as one array with its axes in this order."""
        if len(order) == 2 and any(x in UNITS and x not in p.letters for x in order):
            return self._widened(p, order)
        p = narrowed(p, order)
        pattern, inside = p.source if p.sums else None, p.inside
        p = self._summed(p)
        if set(p.letters) != set(order) or len(order) > 2:
            raise NoForm
        scalars = [f.array for f in p.factors if not f.letters]
        core = self._core([f for f in p.factors if f.letters], order)
        if pattern is not None and core is not None and not scalars:
            self._note(pattern, Neg(core) if inside < 0 else core)
        numbers = [e for e in scalars if not (isinstance(e, Num) and e.value == 1)]
        parts = [*numbers, *([] if core is None else [core])]
        out: Expr = ONE if not parts else parts[0] if len(parts) == 1 else Mul(flat(parts))
        out = Neg(out) if p.sign < 0 else out
        if source is not None and isinstance(core, Call) and core.function == "outer":
            self._note(source, out)
        return out

    def _widened(self, p: Product, order: tuple[str, ...]) -> Expr:
        """A vector as a matrix of one row or one column."""
        rest = tuple(x for x in order if x not in UNITS or x in p.letters)
        if len(rest) != 1:
            raise NoForm
        return Call("col" if order[0] in rest else "row", (self.array(p, rest),))

    def _core(self, factors: list[Factor], order: tuple[str, ...]) -> Expr | None:
        if not factors:
            return None
        if len(order) == 1:
            return entrywise([f.array for f in factors])
        left, right = ([f.array for f in factors if f.letters == (x,)] for x in order)
        mats = [f for f in factors if len(f.letters) == 2 and f.array is not EYE]
        eyes = len(factors) - len(left) - len(right) - len(mats)
        if eyes:
            return self._diagonal(eyes, left, right, mats)
        if not mats:
            return Call("outer", (entrywise(left), entrywise(right)))
        return scaled(left, entrywise([oriented(f, order) for f in mats]), right)

    def _diagonal(self, eyes: int, left: list[Expr], right: list[Expr], mats: list[Factor]) -> Expr:
        if eyes > 1 or mats or not (left or right):
            raise NoForm
        return Call("diag", (entrywise([*left, *right]),))
