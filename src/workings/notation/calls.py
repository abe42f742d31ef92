"""How functions are set: a word and a bracket, or the form of their own that a textbook gives them."""

from __future__ import annotations

from collections.abc import Callable

from workings.expr import Call
from workings.functions import table
from workings.notation.precedence import ATOM, MUL, POW
from workings.notation.setter import Piece, Setter


def call(s: Setter, node: Call, inner: tuple[Piece, ...], power: str = "") -> Piece:
    r"""A function at its arguments; `power`: that of \tanh^{2}(z)."""
    own = _OWN.get(node.function)
    if own and not node.primes and not power and node.function not in s.spelling:
        piece = own(s, node, inner)
        if piece is not None:
            return piece
    head = _head(s, node, power)
    tall = any(p.tall for p in inner)
    text = s.ink.row([head, s.ink.apply(), s.ink.fence("(", s.list(inner), ")", tall)])
    known = node.function in table and node.function not in s.spelling
    powered = bool(power) or bool(node.primes)
    return Piece(text, POW if power else ATOM, node, tall, "word" if known and not powered else "name", "fence",
                 bool(power), inner)


def _head(s: Setter, node: Call, power: str = "") -> str:
    above = "".join([s.ink.sign(r"\prime", "ord")] * node.primes) + power
    return s.ink.script(_word(s, node.function), "", above) if above else _word(s, node.function)


def _word(s: Setter, function: str) -> str:
    if function in s.spelling or function not in table:
        return s.named(function)
    return s.ink.word(table[function].latex)


def _abs(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    return Piece(s.ink.fence("|", inner[0].text, "|", inner[0].tall), ATOM, node, inner[0].tall, "fence", "fence")


def _norm(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    text = s.ink.fence(r"\lVert", inner[0].text, r"\rVert", inner[0].tall)
    squared = node.function == "norm2"
    below = {"norm1": s.ink.number("1"), "norminf": s.ink.sign(r"\infty", "ord")}.get(node.function, "")
    if squared or below:
        text = s.ink.script(text, below, s.ink.number("2") if squared else "")
    return Piece(text, ATOM, node, inner[0].tall, "fence", "fence", raised=squared)


def _sqrt(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    return Piece(s.ink.root(inner[0].text), ATOM, node, inner[0].tall, "frac", "fence")


def _transpose(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    base = s.fenced(inner[0]) if inner[0].holds < ATOM or inner[0].raised else inner[0]
    return Piece(s.ink.script(base.text, "", s.ink.sign(r"\top", "ord")), ATOM, node, base.tall, base.head, base.tail,
                 True)


def _dot(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    tall = any(p.tall for p in inner)
    return Piece(s.ink.fence(r"\langle", s.list(inner), r"\rangle", tall), ATOM, node, tall, "fence", "fence")


def _outer(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    """A column times a row."""
    left, right = (s.fenced(p) if p.holds < POW or p.tail == "big" else p for p in inner)
    row = s.fenced(right) if (right.holds < ATOM or right.raised) and right is inner[1] else right
    text = s.ink.row([left.text, s.ink.times("thin"), s.ink.script(row.text, "", s.ink.sign(r"\top", "ord"))])
    return Piece(text, MUL, node, any(p.tall for p in inner), left.head, row.tail)


def _delta(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    return Piece(s.ink.script(s.ink.name(r"\delta"), s.indices(inner), ""), ATOM, node)


def _indicator(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    head = s.ink.word(r"\mathbb{1}")
    return Piece(s.ink.row([head, s.ink.fence("[", inner[0].text, "]", inner[0].tall)]), ATOM, node, inner[0].tall,
                 "name", "fence")


def _where(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    """Cases; a `where` in the last place goes on with the same brace."""
    rows = [(inner[1].text, inner[0].text)]
    rest = inner[2]
    while isinstance(rest.node, Call) and rest.node.function == "where" and rest.inner:
        rows.append((rest.inner[1].text, rest.inner[0].text))
        rest = rest.inner[2]
    text = s.ink.cases([*rows, (rest.text, "")])
    return Piece(text, MUL, node, True, "cases", "big", inner=inner)


def _log(s: Setter, node: Call, inner: tuple[Piece, ...]) -> Piece | None:
    r"""\log\cosh(z): a chain of words where the inner function is a plain word with its bracket."""
    arg = inner[0]
    if not (isinstance(arg.node, Call) and arg.head == "word" and len(arg.inner) == 1 and _chains(arg.node.function)):
        return None
    text = s.ink.row([s.ink.word(table[node.function].latex), s.ink.space("word"), arg.text])
    return Piece(text, MUL, node, arg.tall, "word", "big", inner=inner)


def _chains(function: str) -> bool:
    return function in ("cosh", "sinh", "tanh", "cos", "sin", "exp", "sigmoid")


_OWN: dict[str, Callable[[Setter, Call, tuple[Piece, ...]], Piece | None]] = {
    "abs": _abs, "norm": _norm, "norm2": _norm, "norm1": _norm, "norminf": _norm,
    "sqrt": _sqrt, "T": _transpose, "dot": _dot, "outer": _outer,
    "delta": _delta, "ind": _indicator, "where": _where, "log": _log,
}
