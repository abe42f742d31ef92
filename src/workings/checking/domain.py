"""Where an expression is defined: what its quotients, powers, roots and logarithms ask of their arguments.

An equality says nothing where one of its sides is undefined.  So a cancelled denominator is kept: (x^2 - 1)/(x - 1)
= x + 1 holds where x - 1 != 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workings.checking.budget import Budget, Work
from workings.checking.names import needed, openable
from workings.expr import Call, Div, Expr, Neg, Network, Num, Pow, preorder

POSITIVE = frozenset(["log", "log2", "log10", "ln"])
WORK = 4_000                  # steps of one look whether a condition holds everywhere


@dataclass(frozen=True, slots=True)
class Need:
    """`expr op 0` with op one of !=, >, >=; of arcus functions |expr| <= 1 ("in") and < 1 ("inside")."""

    expr: Expr
    op: str

    def __str__(self) -> str:
        from workings.notation import plain

        if self.op in ("in", "inside"):
            return f"abs({plain(self.expr)}) {'<=' if self.op == 'in' else '<'} 1"
        return f"{plain(self.expr)} {self.op} 0"


def need(node: Expr) -> Need | None:
    """What one node asks for; None where it is defined for every argument.

    >>> from workings.expr import Ref
    >>> print(need(Call("sqrt", (Ref("x"),))))
    x >= 0
    """
    if isinstance(node, Div):
        return Need(node.bottom, "!=")
    if isinstance(node, Pow):
        return _of_power(node)
    if not isinstance(node, Call) or node.primes or not node.args:
        return None
    arg = node.args[0]
    if node.function in POSITIVE:
        return Need(arg, ">")
    if node.function == "sqrt":
        return Need(arg, ">=")
    if node.function == "tan":
        return Need(Call("cos", (arg,)), "!=")
    if node.function in ("asin", "acos", "atanh"):
        return Need(arg, "inside" if node.function == "atanh" else "in")
    return None


def _of_power(node: Pow) -> Need | None:
    value = _number(node.exponent)
    if value is None:
        return None
    if value.denominator == 1:
        return Need(node.base, "!=") if value < 0 else None
    return Need(node.base, ">" if value < 0 else ">=")


def _number(e: Expr) -> Fraction | None:
    """The number that an exponent such as -1/2 is."""
    if isinstance(e, Neg):
        inner = _number(e.arg)
        return None if inner is None else -inner
    if isinstance(e, Div):
        top, bottom = _number(e.top), _number(e.bottom)
        return top / bottom if top is not None and bottom else None
    return Fraction(e.value) if isinstance(e, Num) else None


def conditions(net: Network, exprs: Iterable[Expr], facts: Sequence[Expr] = ()) -> list[str]:
    """What the expressions ask for and what does not hold everywhere, in reading order, each once.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read_expression
    >>> conditions(Network(), [read_expression("log(x)/(1 + x^2)", signatures())])
    ['x > 0']
    """
    found: dict[str, Need] = {}
    for expr in exprs:
        for node in preorder(expr):
            asked = need(node)
            if asked is not None and not isinstance(asked.expr, Num):
                found.setdefault(str(asked), asked)
    strict = {text.removesuffix(" > 0") for text, n in found.items() if n.op == ">"}
    implied = {f"{s} {op} 0" for s in strict for op in (">=", "!=")}
    return [text for text, n in found.items() if text not in implied and not _everywhere(net, n, facts)]


def _everywhere(net: Network, asked: Need, facts: Sequence[Expr]) -> bool:
    from workings.checking.normal import Foreign, Normal, Same, Split
    from workings.checking.patterns import note_facts
    from workings.checking.transcend import Refine, Undefined

    opened = [e.key for e in needed(net, [asked.expr]) if openable(net, e.key)]
    n = Normal(net, {}, opened, Work(WORK))
    try:
        note_facts(n, facts)
        f = n.arena.lift(n.read(asked.expr))
        top, bottom = n.arena.sign(f.num), n.arena.sign(f.den)
        if top in (1, -1) and bottom in (1, -1):
            return asked.op == "!=" or (asked.op in (">", ">=") and top == bottom)
        return asked.op == ">=" and n.arena.nonnegative(f.num * f.den)
    except (Budget, Foreign, Same, Split, Refine, Undefined, ZeroDivisionError, AssertionError):
        return False
