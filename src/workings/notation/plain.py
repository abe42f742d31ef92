"""Plain notation: what a person types and the terminal shows.  What is printed is read back as the same tree."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from workings.expr import (
    Add, All, Array, Big, Call, Claim, Const, Deriv, Div, Expr, Logic, MatMul, Mul, Neg, Num, Number, Pow, Ref, Rel,
    Rest, fold,
)
from workings.notation.precedence import ADD, ATOM, CLAIM, LOGIC, MUL, NEG, NOT, POW, REL


class Piece(NamedTuple):
    """A printed part, how tightly it holds, and the node it was."""

    text: str
    holds: int
    node: Expr


def plain(expr: Expr) -> str:
    """The expression in plain notation.

    >>> from workings.expr import Call, Ref
    >>> plain(Call("tanh", (Ref("z3"),)))
    'tanh(z3)'
    """
    return fold(expr, _print).text


def plain_name(name: str, places: int = 0) -> str:
    """How a variable is called in lists: `w13`, `E[k]` for a family (its places as dots)."""
    return f"{name}[{','.join('.' * places)}]" if places else name


def number(value: Number) -> str:
    """An exact number: 3, -1/2."""
    return f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else str(value)


def _print(node: Expr, inner: tuple[Piece, ...]) -> Piece:
    return Piece(*_PRINT[type(node)](node, inner), node)


Printed = tuple[str, int]


def _at(piece: Piece, least: int) -> str:
    return piece.text if piece.holds >= least else f"({piece.text})"


def _commas(inner: tuple[Piece, ...]) -> str:
    return ", ".join(_at(p, IN_LIST) for p in inner)


IN_LIST = REL                 # the least that needs no brackets between commas


def _num(node: Num, inner: tuple[Piece, ...]) -> Printed:
    if node.text and node.text.replace(".", "", 1).isdecimal():
        return node.text, ATOM
    text = number(node.value)
    return text, NEG if node.value < 0 else MUL if "/" in text else ATOM


def _ref(node: Ref, inner: tuple[Piece, ...]) -> Printed:
    return (f"{node.name}[{','.join(_at(p, ADD).replace(' ', '') for p in inner)}]" if inner else node.name), ATOM


def _neg(node: Neg, inner: tuple[Piece, ...]) -> Printed:
    return "-" + _at(inner[0], MUL), NEG


def _add(node: Add, inner: tuple[Piece, ...]) -> Printed:
    parts = [_at(inner[0], NEG)]
    for piece in inner[1:]:
        if isinstance(piece.node, Neg):
            parts.append(f"- {piece.text[1:]}")
        else:
            parts.append(f"+ {_at(piece, MUL)}")
    return " ".join(parts), ADD


def _mul(node: Mul, inner: tuple[Piece, ...]) -> Printed:
    first = inner[0]
    opened = isinstance(first.node, (Mul, MatMul))
    head = f"({first.text})" if opened else _at(first, MUL)
    return "*".join([head, *(_at(p, POW) for p in inner[1:])]), MUL


def _matmul(node: MatMul, inner: tuple[Piece, ...]) -> Printed:
    return " @ ".join(_at(p, POW) for p in inner), MUL


def _div(node: Div, inner: tuple[Piece, ...]) -> Printed:
    top, bottom = inner
    left = f"({top.text})" if isinstance(top.node, (MatMul, Deriv)) else _at(top, MUL)
    return f"{left}/{_tight(bottom)}", MUL


def _tight(piece: Piece) -> str:
    """Within a quotient or a power a derivative, itself written with a slash, goes in brackets."""
    return f"({piece.text})" if isinstance(piece.node, Deriv) and piece.node.kind == "d" else _at(piece, POW)


def _pow(node: Pow, inner: tuple[Piece, ...]) -> Printed:
    base, exponent = inner
    left = f"({base.text})" if base.holds < ATOM or isinstance(base.node, Deriv) else base.text
    return f"{left}^{_tight(exponent)}", POW


def _call(node: Call, inner: tuple[Piece, ...]) -> Printed:
    return f"{node.function}{chr(39) * node.primes}({_commas(inner)})", ATOM


def _big(node: Big, inner: tuple[Piece, ...]) -> Printed:
    """`sum(k, e)`, `sum(k, 1, N, e)`; a condition stands before the body, or takes the index in: `sum(j != y, e)`."""
    parts = iter(inner)
    bounds = [_at(next(parts), ADD) for e in (node.lo, node.hi) if e is not None]
    if len(bounds) == 1:
        bounds = [*bounds, "inf"] if node.hi is None else ["-inf", *bounds]
    head = [node.index, *bounds]
    if node.condition is not None:
        condition = next(parts).text
        head = [condition] if not bounds and _about(node) else [*head, condition]
    return f"{node.op}({', '.join([*head, _at(next(parts), IN_LIST)])})", ATOM


def _about(node: Big) -> bool:
    """Is the condition one relation that begins with the bound index?"""
    rel = node.condition
    first = rel.args[0] if isinstance(rel, Rel) and rel.ops != ("=",) and len(rel.ops) == 1 else None
    return isinstance(first, Ref) and first.key == (node.index, 0)


def _deriv(node: Deriv, inner: tuple[Piece, ...]) -> Printed:
    of, *wrt = inner
    names = all(isinstance(p.node, Ref) for p in inner)
    if node.kind == "d" and names and len(wrt) == 1:
        return f"d{of.text}/d{wrt[0].text}", ATOM
    if node.kind == "d" and names and len(wrt) == 2:
        return f"d2{of.text}/(d{wrt[0].text} d{wrt[1].text})", ATOM
    if node.kind == "d":
        order = str(len(wrt)) if len(wrt) > 1 else ""
        below = " ".join(f"∂{_at(w, ATOM)}" for w in wrt)
        return f"∂{order and '^' + order}/{f'({below})' if order else below}({of.text})", POW
    if node.kind == "grad":
        return f"∇_{{{_commas(tuple(wrt))}}} {_at(of, ATOM)}", POW
    head = "P" if node.kind == "P" else "D2" if len(wrt) == 2 else "D"
    return f"{head}({_commas(inner)})", ATOM


def _rel(node: Rel, inner: tuple[Piece, ...]) -> Printed:
    parts = [_at(inner[0], ADD)]
    for op, piece in zip(node.ops, inner[1:], strict=True):
        parts += [op, _at(piece, ADD)]
    return " ".join(parts), REL


def _logic(node: Logic, inner: tuple[Piece, ...]) -> Printed:
    holds = LOGIC[node.op]
    if node.op == "not":
        return f"not {_at(inner[0], ADD)}", NOT
    sign = {"and": " and ", "or": " or ", "implies": " => "}[node.op]
    return sign.join(_at(p, ADD) for p in inner), holds


def _array(node: Array, inner: tuple[Piece, ...]) -> Printed:
    return f"[{_commas(inner)}]" if len(inner) < 2 else f"({_commas(inner)})", ATOM


def _claim(node: Claim, inner: tuple[Piece, ...]) -> Printed:
    return f"{_at(inner[0], ADD)} {{= {_at(inner[1], ADD)}}}", CLAIM


_PRINT: dict[type[Expr], Callable[..., Printed]] = {
    Num: _num, Ref: _ref, Neg: _neg, Add: _add, Mul: _mul, MatMul: _matmul, Div: _div, Pow: _pow, Call: _call,
    Big: _big, Deriv: _deriv, Rel: _rel, Logic: _logic, Array: _array, Claim: _claim,
    Const: lambda node, inner: (node.name, ATOM),
    All: lambda node, inner: (".", ATOM),
    Rest: lambda node, inner: ("...", ATOM),
}
