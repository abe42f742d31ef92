"""The axes of every expression, with their sizes: declared ones, and those that products and sums make equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from workings.errors import NotReadable, Span
from workings.expr import (
    Add, All, Array, Big, Call, Claim, Deriv, Div, Equation, Expr, Key, Logic, MatMul, Mul, Neg, Network, Num, Pow, Ref,
    Rel, fold, free_refs, substitute,
)
from workings.expr.names import base
from workings.functions import table
from workings.notation import plain
from workings.shape.ranks import ONE_LESS, ROW, SCALARS, Ranks, is_array_function
from workings.shape.rows import text_for
from workings.shape.sizes import Axis, counted, same_size, unify
from workings.syntax.finish import stated_ranges

LONGEST = 40                  # characters of an expression that an error names in full


class ShapeError(NotReadable):
    """Two shapes do not fit each other; both are named, and the place."""


class Shape(NamedTuple):
    """The axes of an expression; `row`: it is a transposed vector."""

    axes: tuple[Axis, ...] = ()
    row: bool = False


SCALAR = Shape()


class Axes:
    """The axes of names, and from them those of expressions; sizes become known as expressions are looked at."""

    def __init__(self, net: Network, ranks: Ranks) -> None:
        self.net, self.ranks = net, ranks
        self.names: dict[Key | str, tuple[Axis, ...]] = {}
        ranges = {**stated_ranges(e.rhs for e in net.equations), **net.ranges}
        self.letters = {name: Axis(r.hi) for name, r in ranges.items() if isinstance(r.lo, Num) and r.lo.value == 1}
        self.current: Expr | None = None

    # -- names
    def whole(self, key: Key) -> tuple[Axis, ...]:
        """The axes of a name, the places of a family first."""
        unit = self.ranks.unit(key)
        found = self.names.get(unit)
        if found is None:
            own = self.net.members.get(key[0], ((), ()))[1]
            declared = self.net.shapes.get(key[0], own) if isinstance(unit, str) else ()
            count = abs(self.ranks.total.get(unit, key[1]))
            axes = [Axis(size) for size in declared]
            found = self.names[unit] = (*(Axis() for _ in range(count - len(axes))), *axes)
        return found

    def of_ref(self, ref: Ref) -> Shape:
        """The axes that indices leave: those of dots and those behind the last index."""
        axes = self.whole(ref.key)
        left = []
        for axis, index in zip(axes, ref.indices):
            if isinstance(index, All):
                left.append(axis)
            elif isinstance(index, Ref) and index.name in self.letters and axis.value is None:
                unify(axis, self.letters[index.name])
        rest = axes[len(ref.indices) :]
        row = self.ranks.total.get(self.ranks.unit(ref.key)) == ROW and not ref.indices
        return Shape((*left, *rest), row)

    # -- expressions
    def define(self, equation: Equation) -> None:
        """The axes of the left side are those of the right side."""
        right = self.of(equation.rhs)
        left = self.of_ref(equation.lhs)
        if len(left.axes) != len(right.axes):
            if not right.axes:
                return                                   # b = 0 for an array b: each entry
            raise self._error(equation.rhs, equation.span, [(equation.lhs, left), (equation.rhs, right)],
                              f"{plain(equation.lhs)} = … needs the same on both sides")
        for a, b in zip(left.axes, right.axes):
            if not unify(a, b):
                raise self._error(equation.rhs, equation.span, [(equation.lhs, left), (equation.rhs, right)],
                                  f"{plain(equation.lhs)} = … needs the same on both sides")

    def of(self, expr: Expr, note: dict[int, Shape] | None = None) -> Shape:
        """The axes of an expression; `note` takes those of every part, by id."""

        def combine(node: Expr, inner: tuple[Shape, ...]) -> Shape:
            shape = self._combine(node, inner)
            if note is not None:
                note[id(node)] = shape
            return shape

        return fold(expr, combine)

    def _combine(self, node: Expr, inner: tuple[Shape, ...]) -> Shape:
        if isinstance(node, Ref):
            return self.of_ref(node)
        if isinstance(node, MatMul):
            return self._chain(node, inner)
        if isinstance(node, Call):
            return self._call(node, inner)
        if isinstance(node, Array):
            return self._written(node, inner)
        if isinstance(node, Big):
            return inner[-1]
        if isinstance(node, Claim):
            return inner[0]
        if isinstance(node, Deriv):
            return Shape(tuple(a for s in inner for a in s.axes))
        if isinstance(node, Pow):
            self._refuse_power(node, inner[0])
        if isinstance(node, Neg | Add | Mul | Div | Pow | Rel):
            return self._each(node, node.children(), inner)
        return SCALAR

    def _refuse_power(self, node: Pow, base: Shape) -> None:
        """A^2 of a square matrix may be A @ A or entry by entry; A^(-1) is no entry by entry power either."""
        sizes = [a.value for a in base.axes]
        if len(sizes) != 2 or sizes[0] is None or sizes[1] is None or not isinstance(node.exponent, Num | Neg):
            return
        if isinstance(node.exponent, Num) and not same_size(sizes[0], sizes[1]):
            return
        name = _short(node.base)
        if isinstance(node.exponent, Neg) or node.exponent.value < 0:
            raise ShapeError(f"{_short(node)} reads as the inverse of the matrix {name}, which has no index form",
                             span=node.span, hint=f"1/{name} for the inverse of each entry")
        raise ShapeError(f"{_short(node)} of a square matrix may be a matrix product or entry by entry",
                         span=node.span, expected=f"{name} @ {name}, or {name}*{name} entry by entry",
                         hint=f"{name} @ {name}")

    def _each(self, node: Expr, parts: Sequence[Expr], inner: Sequence[Shape]) -> Shape:
        """Entry by entry; the axes of the shorter are the last ones of the longer, an axis of one entry fits all."""
        out: list[Axis] = []
        row = any(s.axes for s in inner) and all(s.row for s in inner if s.axes)
        for shape in inner:
            for at in range(1, len(shape.axes) + 1):
                axis = shape.axes[-at]
                if at > len(out):
                    out.append(axis)
                elif out[at - 1].one and not axis.one:
                    out[at - 1] = axis
                elif not axis.one and not unify(out[at - 1], axis):
                    raise self._unequal(node, parts, inner)
        return Shape(tuple(reversed(out)), row)

    def _unequal(self, node: Expr, parts: Sequence[Expr], inner: Sequence[Shape]) -> ShapeError:
        shown = [(p, s) for p, s in zip(parts, inner) if s.axes]
        long = max(shown, key=lambda ps: len(ps[1].axes))
        other = next((ps for ps in shown if ps is not long and not _fits(long[1], ps[1])), shown[-1])
        what = {Add: "a sum", Mul: "a product entry by entry", Div: "a quotient entry by entry"}.get(type(node), "this")
        need = f"{what} needs equal sizes"
        if isinstance(node, Add) and len(other[1].axes) == 1 and len(long[1].axes) == 2:
            need = f"a vector is added to every row, which has {_size(long[1].axes[1])}"
        hint = "W @ x is the matrix product" if isinstance(node, Mul) else ""
        return self._error(node, node.span, [long, other], need, hint)

    # -- products
    def _chain(self, node: MatMul, inner: tuple[Shape, ...]) -> Shape:
        out = inner[0]
        for n, right in enumerate(inner[1:], 1):
            left = node.args[0] if n == 1 else MatMul(node.args[:n])
            out = self._pair(node, left, out, node.args[n], right)
        return out

    def _pair(self, node: MatMul, p: Expr, a: Shape, q: Expr, b: Shape) -> Shape:
        if not a.axes or not b.axes:
            return Shape(a.axes or b.axes, a.row or b.row)
        if len(a.axes) > 2 or len(b.axes) > 2:
            raise self._error(node, node.span, [(p, a), (q, b)], "a matrix product takes vectors and matrices")
        if len(a.axes) == 1 and not a.row and b.row:
            return Shape((a.axes[0], b.axes[0]))
        if len(a.axes) == 2 and b.row:
            last, first, rest = a.axes[-1], Axis(Num(1, "1")), b.axes
        else:
            last, first, rest = a.axes[-1], b.axes[0], b.axes[1:]
        if not unify(last, first):
            need = f"{_short(p)} @ {_short(q)} needs {_size(last)}"
            raise self._error(node, node.span, [(p, a), (q, b)], need, _advice(p, a, q, b))
        return Shape((*a.axes[:-1], *rest), (a.row or len(a.axes) == 1) and len(b.axes) == 2 and a.row)

    # -- functions
    def _call(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        name = node.function
        if name in ("delta", "ind"):
            return SCALAR
        if not is_array_function(name, self.net):
            return self._each(node, node.args, inner)
        rule = _RULES.get(name)
        if rule is not None:
            return rule(self, node, inner)
        found = text_for(name, [len(s.axes) for s in inner]) if name not in SCALARS and name not in ONE_LESS else None
        if found is not None:
            return self._by_text(node, inner, *found)
        if name in SCALARS:
            return SCALAR
        if not inner[0].axes:
            raise self._error(node, node.span, [(node.args[0], inner[0])], f"{name} needs an array")
        if name in ONE_LESS:
            return Shape(inner[0].axes[1:] if name == "colsum" else inner[0].axes[:-1])
        return inner[0]

    def _by_text(self, node: Call, inner: tuple[Shape, ...], text: Network, front: int) -> Shape:
        """The sizes that the row's own text gives: equal symbols are equal sizes."""
        axes: dict[str, Axis] = {}
        for name, shape in zip(table[node.function].params, inner):
            for symbol, axis in zip(text.shapes.get(name, ()), shape.axes[front:]):
                if isinstance(symbol, Ref) and not unify(axes.setdefault(symbol.name, axis), axis):
                    need = f"{node.function} needs equal sizes"
                    raise self._error(node, node.span, list(zip(node.args, inner)), need)
        letters = [text.ranges[i.name].hi for i in text.equations[-1].lhs.indices if isinstance(i, Ref)]
        numbers = {p: a for p, a, s in zip(table[node.function].params, node.args, inner)
                   if not s.axes and isinstance(a, Num | Ref)}          # a window, a stride
        return Shape((*inner[0].axes[:front], *(_axis(hi, axes, numbers) for hi in letters)))

    def transpose(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        axes = inner[0].axes
        if len(axes) == 1:
            return Shape(axes, not inner[0].row)
        return Shape((*axes[:-2], axes[-1], axes[-2]) if axes else ())

    def inner_product(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        a, b = inner
        if len(a.axes) != len(b.axes) or not all(unify(x, y) for x, y in zip(a.axes, b.axes)):
            raise self._error(node, node.span, list(zip(node.args, inner)), "an inner product needs equal sizes")
        return SCALAR

    def outer_product(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        a, b = inner
        if len(a.axes) != 1 or len(b.axes) != 1:
            raise self._error(node, node.span, list(zip(node.args, inner)), "an outer product takes two vectors")
        return Shape((*a.axes, *b.axes))

    def diagonal(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        (a,) = inner
        if len(a.axes) == 1:
            return Shape((a.axes[0], a.axes[0]))
        self.square(node, inner)
        return Shape(a.axes[:1])

    def square(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        (a,) = inner
        if len(a.axes) != 2 or not unify(*a.axes):
            raise self._error(node, node.span, [(node.args[0], a)], f"{node.function} takes a square matrix")
        return SCALAR

    def column(self, node: Call, inner: tuple[Shape, ...]) -> Shape:
        one = Axis(Num(1, "1"))
        axes = inner[0].axes
        if len(axes) != 1:
            raise self._error(node, node.span, [(node.args[0], inner[0])], f"{node.function} takes a vector")
        return Shape((axes[0], one) if node.function == "col" else (one, axes[0]))

    def _written(self, node: Array, inner: tuple[Shape, ...]) -> Shape:
        first = inner[0] if inner else SCALAR
        for part, shape in zip(node.args, inner):
            if len(shape.axes) != len(first.axes) or not all(unify(x, y) for x, y in zip(shape.axes, first.axes)):
                raise self._error(node, part.span or node.span, [(node.args[0], first), (part, shape)],
                                  "the rows of a written array are equally long")
        return Shape((Axis(Num(len(inner), str(len(inner)))), *first.axes))

    # -- words
    def _error(self, node: Expr, span: Span | None, shown: list[tuple[Expr, Shape]], need: str, hint: str = ""
               ) -> ShapeError:
        says = ", ".join(dict.fromkeys(f"{_short(e)} {describe(e, s)}" for e, s in shown))
        return ShapeError(f"{says}: {need}", span=span or next((e.span for e, _ in shown if e.span), None),
                          expected=need, hint=hint)


_RULES: dict[str, Callable[[Axes, Call, tuple[Shape, ...]], Shape]] = {
    "T": Axes.transpose, "dot": Axes.inner_product, "outer": Axes.outer_product, "diag": Axes.diagonal,
    "trace": Axes.square, "col": Axes.column, "row": Axes.column,
}


def _axis(hi: Expr, axes: Mapping[str, Axis], numbers: Mapping[str, Expr]) -> Axis:
    """The axis of an output of a row: one of an argument, or of a size made of theirs, n - m + 1."""
    if isinstance(hi, Ref) and hi.name in axes:
        return axes[hi.name]
    known = {**numbers, **{name: size for name, axis in axes.items() if (size := axis.value) is not None}}
    needed = {r.name for r in free_refs(hi)}
    return Axis(counted(substitute(hi, known))) if needed <= set(known) else Axis()


def describe(expr: Expr, shape: Shape) -> str:
    """What a shape is called: a number, 3 entries, 3 x 2."""
    if not shape.axes:
        return "is a number"
    if len(shape.axes) == 1:
        return f"has {_size(shape.axes[0])} entr{'y' if shape.axes[0].one else 'ies'}"
    return f"is {' x '.join(map(_size, shape.axes))}"


def _size(axis: Axis) -> str:
    size = axis.value
    return "?" if size is None else plain(size)


def _short(expr: Expr) -> str:
    text = plain(expr)
    return text if len(text) <= LONGEST else "the factor"


def _fits(a: Shape, b: Shape) -> bool:
    for x, y in zip(reversed(a.axes), reversed(b.axes)):
        if not (x.one or y.one) and x.value is not None and y.value is not None and not same_size(x.value, y.value):
            return False
    return True


def _advice(p: Expr, a: Shape, q: Expr, b: Shape) -> str:
    """What may be meant: a transpose that makes the sizes fit."""
    def equal(x: Axis, y: Axis) -> bool:
        return x.value is not None and y.value is not None and same_size(x.value, y.value)

    if len(a.axes) == 2 and equal(a.axes[0], b.axes[0]):
        return f"T({_short(p)}) @ {_short(q)}"
    if len(b.axes) == 2 and equal(a.axes[-1], b.axes[1]):
        return f"{_short(p)} @ T({_short(q)})"
    if equal(a.axes[0], b.axes[-1]):
        return f"{_short(q)} @ {_short(p)}"
    return ""


def letters_of(expr: Expr) -> list[str]:
    """The names in an expression, for fresh ones."""
    return [r.name for r in free_refs(expr)]


__all__ = ["SCALAR", "Axes", "Logic", "Shape", "ShapeError", "base", "describe", "letters_of"]
