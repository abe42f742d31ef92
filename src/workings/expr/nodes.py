"""The written tree: an expression exactly as a person wrote it.

Nodes are made once and never changed (by convention: a frozen dataclass would cost a third of the
time of reading).  No constructor tidies.  `children` and `rebuild` are all that a walk needs; only
`walk.py` knows that `Big` binds an index.  Equality is `walk.same`, never `==`.

    Num 3, 1/2      Const pi            Ref w13, w[i], x[.,k]      All  the dot in x[.,k]
    Neg  Add  Mul  Div  Pow  MatMul     Call tanh(z)               Big  sum(k, 1, N, e)
    Deriv dE/dw     Rel a = b <= c      Logic p and q              Array (1, 2)
    Rest ...        Claim underbrace
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from workings.errors import Span

Number = int | Fraction


class Expr:
    """An expression; see the module for the closed set of kinds."""

    __slots__ = ()
    span: Span | None

    def children(self) -> tuple[Expr, ...]:
        """The expressions inside, in reading order."""
        return ()

    def rebuild(self, children: tuple[Expr, ...]) -> Self:
        """The same kind of node, at the same place, around other children."""
        return self

    def __repr__(self) -> str:
        # the insides of a deep tree are left out: this is for a debugger, notation is for people
        return _brief(self, 4)


def _brief(value: object, room: int = 3) -> str:
    if isinstance(value, tuple):
        inner = ", ".join(_brief(v, room) for v in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if not isinstance(value, Expr):
        return str(value)
    if room == 0:
        return f"{type(value).__name__}(…)"
    names: tuple[str, ...] = tuple(value.__slots__)
    shown = [_brief(getattr(value, s), room - 1) for s in names if s not in ("span", "each")]
    return f"{type(value).__name__}({', '.join(shown)})"


@dataclass(slots=True, eq=False, repr=False)
class Num(Expr):
    """A number, exact: `value` is the rational that `text` denotes (0.1 is 1/10)."""

    value: Number
    text: str = ""
    span: Span | None = None


@dataclass(slots=True, eq=False, repr=False)
class Const(Expr):
    """A named constant of mathematics: `pi`, `inf`."""

    name: str
    span: Span | None = None


@dataclass(slots=True, eq=False, repr=False)
class Ref(Expr):
    """A name, or with indices an entry of a family or array: `w13`, `x[i,k]`, `h[t-1]`, `x[.,k]`.

    `name` is the plain spelling.  (name, number of indices) tells variables apart: E is not E[k].
    """

    name: str
    indices: tuple[Expr, ...] = ()
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.indices

    def rebuild(self, children: tuple[Expr, ...]) -> Ref:
        return Ref(self.name, children, self.span)

    @property
    def key(self) -> Key:
        return (self.name, len(self.indices))


Key = tuple[str, int]         # a variable: its plain name and its number of index places


@dataclass(slots=True, eq=False, repr=False)
class All(Expr):
    """The dot of a slice: every value of that index."""

    span: Span | None = None


@dataclass(slots=True, eq=False, repr=False)
class Neg(Expr):
    """Minus an expression; a - b is Add((a, Neg(b)))."""

    arg: Expr
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return (self.arg,)

    def rebuild(self, children: tuple[Expr, ...]) -> Neg:
        return Neg(children[0], self.span)


@dataclass(slots=True, eq=False, repr=False)
class Add(Expr):
    """A sum of two or more terms, in the order written."""

    args: tuple[Expr, ...]
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> Add:
        return Add(children, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Mul(Expr):
    """A product of two or more factors, in the order written; `each`: entry by entry, between arrays."""

    args: tuple[Expr, ...]
    span: Span | None = None
    each: bool = False

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> Mul:
        return Mul(children, self.span, self.each)


@dataclass(slots=True, eq=False, repr=False)
class MatMul(Expr):
    """A matrix product of two or more factors: `X @ w`."""

    args: tuple[Expr, ...]
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> MatMul:
        return MatMul(children, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Div(Expr):
    """A quotient; a fraction in LaTeX."""

    top: Expr
    bottom: Expr
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return (self.top, self.bottom)

    def rebuild(self, children: tuple[Expr, ...]) -> Div:
        return Div(children[0], children[1], self.span)


@dataclass(slots=True, eq=False, repr=False)
class Pow(Expr):
    """A power."""

    base: Expr
    exponent: Expr
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return (self.base, self.exponent)

    def rebuild(self, children: tuple[Expr, ...]) -> Pow:
        return Pow(children[0], children[1], self.span)


@dataclass(slots=True, eq=False, repr=False)
class Call(Expr):
    """A function of the table or of the text at its arguments; `primes` counts ' as in tanh'(z).

    Also `where(c, a, b)`, `delta(i, j)`, `ind(c)`, `T(W)`, `softmax(z)`, `outer(a, b)`.
    """

    function: str
    args: tuple[Expr, ...]
    primes: int = 0
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> Call:
        return Call(self.function, children, self.primes, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Big(Expr):
    """A sum, product, maximum or minimum over an index, which it binds in `body` and `condition`.

    `op` is "sum", "prod", "max" or "min"; without bounds the index runs over its declared range.
    """

    op: str
    index: str
    body: Expr
    lo: Expr | None = None
    hi: Expr | None = None
    condition: Expr | None = None
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return tuple(e for e in (self.lo, self.hi, self.condition, self.body) if e is not None)

    def rebuild(self, children: tuple[Expr, ...]) -> Big:
        rest = list(children)
        lo = rest.pop(0) if self.lo is not None else None
        hi = rest.pop(0) if self.hi is not None else None
        condition = rest.pop(0) if self.condition is not None else None
        return Big(self.op, self.index, rest[0], lo, hi, condition, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Deriv(Expr):
    """A derivative of `of` by each of `wrt` in turn.

    `kind`: "d" as printed (through every path; the direct partial is a second reading), "D" through
    every path, "P" in the own equation of `of` only, "grad" the gradient in the shape of `wrt`.
    """

    of: Expr
    wrt: tuple[Expr, ...]
    kind: str = "d"
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return (self.of, *self.wrt)

    def rebuild(self, children: tuple[Expr, ...]) -> Deriv:
        return Deriv(children[0], children[1:], self.kind, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Rel(Expr):
    """A chain of relations: `args[0] ops[0] args[1] ops[1] …`, each of = != < <= > >= in <- ."""

    args: tuple[Expr, ...]
    ops: tuple[str, ...]
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> Rel:
        return Rel(children, self.ops, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Logic(Expr):
    """`op` is "and", "or", "not" or "implies"."""

    op: str
    args: tuple[Expr, ...]
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> Logic:
        return Logic(self.op, children, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Array(Expr):
    """A written array: a vector of entries, a matrix of such rows."""

    args: tuple[Expr, ...]
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return self.args

    def rebuild(self, children: tuple[Expr, ...]) -> Array:
        return Array(children, self.span)


@dataclass(slots=True, eq=False, repr=False)
class Rest(Expr):
    r"""`\dots`: the rest is not stated."""

    span: Span | None = None


@dataclass(slots=True, eq=False, repr=False)
class Claim(Expr):
    r"""`\underbrace{inner}_{says}`: worth `inner`, and claims inner = says."""

    inner: Expr
    says: Expr
    over: bool = False
    span: Span | None = None

    def children(self) -> tuple[Expr, ...]:
        return (self.inner, self.says)

    def rebuild(self, children: tuple[Expr, ...]) -> Claim:
        return Claim(children[0], children[1], self.over, self.span)


KINDS: tuple[type[Expr], ...] = (
    Num, Const, Ref, All, Neg, Add, Mul, MatMul, Div, Pow, Call, Big, Deriv, Rel, Logic, Array, Rest, Claim,
)

ZERO, ONE, TWO = Num(0, "0"), Num(1, "1"), Num(2, "2")
