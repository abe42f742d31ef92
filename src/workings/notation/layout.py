"""How a formula is set: what stands in a fraction, above, below, in brackets.  One layout, two inks.

Products stand side by side; a dot comes between where digits or a name and a bracket would run together.
Sources: Knuth, The TeXbook, ch. 18; Higham, Handbook of Writing for the Mathematical Sciences, ch. 3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from workings.expr import (
    Add, All, Array, Big, Call, Claim, Const, Deriv, Div, Expr, Logic, MatMul, Mul, Neg, Num, Pow, Ref, Rel, Rest, fold,
)
from workings.notation.calls import call
from workings.notation.ink import Ink
from workings.notation.letters import filled, indexed, latex_name, template
from workings.notation.precedence import ADD, ATOM, LOGIC, MUL, NEG, NOT, POW, REL
from workings.notation.setter import Piece, Setter


BOLD = re.compile(r"\\(?:boldsymbol|mathbf|bm|pmb)\{([A-Za-z]|\\[A-Za-z]+)\}")
LIMITS = ("max", "min")       # what stands above these is a bound, not a power
NAMED = ("name", "word name")


def formula(expr: Expr, ink: Ink, spelling: Mapping[str, str]) -> str:
    """The expression in an ink, names by their spelling."""
    setter = Setter(ink, spelling)
    return fold(expr, lambda node, inner: _SET[type(node)](setter, node, inner)).text


def _num(s: Setter, node: Num, inner: tuple[Piece, ...]) -> Piece:
    value = node.value
    if node.text and node.text.replace(".", "", 1).isdecimal():
        return Piece(s.ink.number(node.text), ATOM, node, head="digit", tail="digit")
    size = abs(value)
    body = s.ink.number(str(size))
    if isinstance(size, Fraction) and size.denominator != 1:
        body = s.ink.frac(s.ink.number(str(size.numerator)), s.ink.number(str(size.denominator)))
    fraction = isinstance(value, Fraction) and value.denominator != 1
    kind = "frac" if fraction else "digit"
    if value < 0:
        bare = Piece(body, ATOM, node, fraction, kind, kind)
        return Piece(s.ink.row([s.ink.sign("-", "prefix"), body]), NEG, node, fraction, "sign", kind, inner=(bare,))
    return Piece(body, ATOM, node, fraction, kind, kind)


def _const(s: Setter, node: Const, inner: tuple[Piece, ...]) -> Piece:
    latex = {"pi": r"\pi", "inf": r"\infty"}.get(node.name, node.name)
    return Piece(s.ink.name(latex), ATOM, node)


def _ref(s: Setter, node: Ref, inner: tuple[Piece, ...]) -> Piece:
    if not inner:
        return _name(s.ink.name(latex_name(node.name, s.spelling)), latex_name(node.name, s.spelling), node)
    spelt = template(node.name, len(inner), s.spelling)
    kept = tuple(p for p in inner if not isinstance(p.node, All))
    if len(kept) < len(inner) and (spelt or isinstance(node.indices[0], All)):
        base = s.ink.bold(latex_name(node.name, s.spelling))
        return Piece(s.ink.script(base, s.indices(kept), "") if kept else base, ATOM, node)
    entry = BOLD.sub(r"\1", latex_name(node.name, s.spelling))       # a vector is bold, its entries are not
    latex = spelt or indexed(entry, len(inner), s.short(inner))
    return _name(_filled(s, latex, inner), latex, node)


def _name(text: str, latex: str, node: Ref) -> Piece:
    """A name; one that is a word is set off from its neighbours in a product."""
    kind = "word name" if latex.startswith(r"\mathrm") else "name"
    return Piece(text, ATOM, node, head=kind, tail=kind, raised="^" in latex or "'" in latex)


def _filled(s: Setter, latex: str, inner: tuple[Piece, ...]) -> str:
    # An ink reads LaTeX names; indices are ink already, so they go in by way of marks.
    marks = [chr(0xE000 + i) for i in range(len(inner))]
    text = s.ink.name(filled(latex, marks))
    for mark, piece in zip(marks, inner, strict=True):
        text = text.replace(mark, s.ink.tight(s.at(piece, ADD).text))
    return text


def _neg(s: Setter, node: Neg, inner: tuple[Piece, ...]) -> Piece:
    arg = s.at(inner[0], MUL)
    return Piece(s.ink.row([s.ink.sign("-", "prefix"), arg.text]), NEG, node, arg.tall, "sign", arg.tail, inner=(arg,))


def _add(s: Setter, node: Add, inner: tuple[Piece, ...]) -> Piece:
    parts = [s.at(inner[0], NEG).text]
    for piece in inner[1:]:
        if piece.holds == NEG:
            parts += [s.ink.sign("-", "infix"), piece.inner[0].text]
        else:
            parts += [s.ink.sign("+", "infix"), s.at(piece, MUL).text]
    return Piece(s.ink.row(parts), ADD, node, any(p.tall for p in inner), inner[0].head, inner[-1].tail)


def _between(left: Piece, right: Piece, first: bool) -> str:
    """What a product puts between two factors: a dot where they would run together, and around a later number."""
    if right.head == "big":
        return "none"
    if right.head == "digit" or (left.tail == "digit" and not first):
        return "dot"
    if left.tail == right.head == "frac" and _both_numbers(left, right):
        return "dot"
    if left.tail == "digit" and right.head == "frac":
        return "dot"
    if left.tail in NAMED and right.head == "fence":
        return "dot"
    if "word name" in (left.tail, right.head):
        return "thin"
    if left.tail == "digit" or (left.tail == "fence" and right.head == "fence"):
        return "none"
    return "none" if left.tail == right.head == "name" else "thin"


def _both_numbers(left: Piece, right: Piece) -> bool:
    return all(isinstance(p.node, Num) or (isinstance(p.node, Div) and isinstance(p.node.top, Num))
               for p in (left, right))


def _mul(s: Setter, node: Mul, inner: tuple[Piece, ...]) -> Piece:
    out: list[str] = []
    before: Piece | None = None
    for i, piece in enumerate(inner):
        last = i == len(inner) - 1
        whole = isinstance(piece.node, MatMul) or (isinstance(piece.node, Call) and piece.node.function == "outer")
        grouped = isinstance(piece.node, Mul) or (whole and (node.each or not last))
        grouped = grouped or (piece.tail == "big" and not last)
        trails = last and (isinstance(piece.node, Big) or (whole and not grouped))
        factor = s.fenced(piece) if grouped else piece if trails else s.at(piece, POW)
        if before is not None:
            out.append(s.ink.times("each" if node.each else _between(before, factor, i == 1)))
        out.append(factor.text)
        before = factor
    tail = before.tail if before else "name"
    return Piece(s.ink.row(out), MUL, node, any(p.tall for p in inner), inner[0].head, tail)


def _matmul(s: Setter, node: MatMul, inner: tuple[Piece, ...]) -> Piece:
    out: list[str] = []
    for i, piece in enumerate(inner):
        grouped = piece.tail == "big" and i < len(inner) - 1
        out += [s.ink.times("thin")] * (i > 0) + [(s.fenced(piece) if grouped else s.at(piece, POW)).text]
    return Piece(s.ink.row(out), MUL, node, any(p.tall for p in inner), inner[0].head, inner[-1].tail)


def _div(s: Setter, node: Div, inner: tuple[Piece, ...]) -> Piece:
    text = s.ink.frac(inner[0].text, inner[1].text)
    return Piece(text, ATOM, node, True, "frac", "frac")


def _pow(s: Setter, node: Pow, inner: tuple[Piece, ...]) -> Piece:
    base, exponent = inner
    inside, power = base.node, node.exponent
    counted = isinstance(power, Num) and isinstance(power.value, int) and power.value > 1
    named = base.head == "word" and base.holds == ATOM and getattr(inside, "function", "") not in LIMITS
    if isinstance(inside, Call) and counted and named:
        return call(s, inside, base.inner, exponent.text)
    if base.holds < ATOM or base.raised or isinstance(inside, (Div, Deriv)) or base.tail in ("frac", "cases"):
        base = s.fenced(base)
    text = s.ink.script(base.text, "", exponent.text)
    return Piece(text, POW, node, base.tall, base.head, base.tail, True)


def _big(s: Setter, node: Big, inner: tuple[Piece, ...]) -> Piece:
    parts = list(inner)
    lo = parts.pop(0) if node.lo is not None else None
    hi = parts.pop(0) if node.hi is not None else None
    condition = parts.pop(0) if node.condition is not None else None
    index = s.named(node.index)
    below = index if lo is None else s.ink.row([index, s.ink.sign("=", "infix"), lo.text])
    if condition is not None:
        about = isinstance(node.condition, Rel) and isinstance(node.condition.args[0], Ref) \
            and node.condition.args[0].key == (node.index, 0)
        alone = about and lo is None
        below = condition.text if alone else s.ink.row([below, s.ink.comma(True), condition.text])
    body = s.at(parts[0], MUL)
    op = s.ink.limits(node.op, below, hi.text if hi else "")
    return Piece(s.ink.row([op, s.ink.space("big"), body.text]), MUL, node, True, "big", "big")


def _deriv(s: Setter, node: Deriv, inner: tuple[Piece, ...]) -> Piece:
    of, *wrt = inner
    ink = s.ink
    if node.kind == "grad":
        head = ink.script(ink.sign(r"\nabla", "ord"), s.list(tuple(wrt), wide=False), "")
        return Piece(ink.row([head, s.at(of, ATOM).text]), POW, node, of.tall, "name", of.tail)
    d = ink.sign(r"\partial", "ord")
    order = ink.number(str(len(wrt))) if len(wrt) > 1 else ""
    above = order or (ink.sign("+", "ord") if node.kind == "P" else "")
    head = ink.script(d, "", above) if above else d
    same = len(wrt) > 1 and len({w.text for w in wrt}) == 1
    if same:
        bottom = [d, ink.script(s.at(wrt[0], ATOM).text, "", order)]
    else:
        bottom = [part for w in wrt for part in (d, s.at(w, ATOM).text)]
    if isinstance(node.of, (Ref, Call)) and of.holds >= ATOM and not of.tall:
        return Piece(ink.frac(ink.row([head, of.text]), ink.row(bottom)), ATOM, node, True, "frac", "frac")
    body = s.fenced(of)
    return Piece(ink.row([ink.frac(head, ink.row(bottom)), body.text]), POW, node, True, "frac", "fence")


_SIGNS = {"!=": r"\neq", "<=": r"\leq", ">=": r"\geq", "in": r"\in", "<-": r"\leftarrow"}


def _rel(s: Setter, node: Rel, inner: tuple[Piece, ...]) -> Piece:
    parts = [s.at(inner[0], ADD).text]
    for op, piece in zip(node.ops, inner[1:], strict=True):
        parts += [s.ink.sign(_SIGNS.get(op, op), "infix"), s.at(piece, ADD).text]
    return Piece(s.ink.row(parts), REL, node, any(p.tall for p in inner))


def _logic(s: Setter, node: Logic, inner: tuple[Piece, ...]) -> Piece:
    sign = {"and": r"\wedge", "or": r"\vee", "implies": r"\Rightarrow", "not": r"\neg"}[node.op]
    if node.op == "not":
        return Piece(s.ink.row([s.ink.sign(sign, "prefix"), s.at(inner[0], ADD).text]), NOT, node, inner[0].tall)
    parts = [s.at(inner[0], ADD).text]
    for piece in inner[1:]:
        parts += [s.ink.sign(sign, "infix"), s.at(piece, ADD).text]
    return Piece(s.ink.row(parts), LOGIC[node.op], node, any(p.tall for p in inner))


def _array(s: Setter, node: Array, inner: tuple[Piece, ...]) -> Piece:
    if node.args and all(isinstance(a, Array) for a in node.args):
        text = s.ink.matrix([[p.text for p in row.inner] for row in inner])
        return Piece(text, ATOM, node, True, "fence", "fence", inner=inner)
    if len(inner) == 1:
        return Piece(s.ink.matrix([[inner[0].text]]), ATOM, node, True, "fence", "fence", inner=inner)
    tall = any(p.tall for p in inner)
    return Piece(s.ink.fence("(", s.list(inner), ")", tall), ATOM, node, tall, "fence", "fence", inner=inner)


def _claim(s: Setter, node: Claim, inner: tuple[Piece, ...]) -> Piece:
    text = s.ink.brace(inner[0].text, inner[1].text, node.over)
    return Piece(text, ATOM, node, True, "frac", "frac")


_SET: dict[type[Expr], Callable[..., Piece]] = {
    Num: _num, Const: _const, Ref: _ref, Neg: _neg, Add: _add, Mul: _mul, MatMul: _matmul, Div: _div, Pow: _pow,
    Big: _big, Deriv: _deriv, Rel: _rel, Logic: _logic, Array: _array, Claim: _claim, Call: call,
    All: lambda s, node, inner: Piece(s.ink.sign(r"\cdot", "ord"), ATOM, node),
    Rest: lambda s, node, inner: Piece(s.ink.sign(r"\dots", "ord"), ATOM, node),
}
