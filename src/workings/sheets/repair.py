"""What print and scanning lose: a sign between two factors, a raised digit; restored where a printed line proves it.

The literal reading stands unless a printed derivative contradicts it and exactly one small repair of one equation
makes that line true, and no printed line that was true false.  "True" means proved: the engine differentiates the
repaired equations, `checking.decide` compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from workings.limits import REPAIR_CANDIDATES
from workings.errors import Span, WorkingsError
from workings.expr import (
    Add, Claim, Deriv, Equation, Expr, Mul, Neg, Network, Num, Pow, Ref, Rel, Remark, Rest, free_refs, preorder,
    rewrite,
)

if TYPE_CHECKING:
    from workings.sheets.parse import Parser
    from workings.syntax import Statement

MARKS_BETWEEN = re.compile(r"[-+*/·×⋅−–]|\\(?:cdot|times|ast|odot|frac)")


@dataclass(frozen=True, slots=True)
class Printed:
    """A derivative that the sheet prints, and what it says it is."""

    of: Ref
    wrt: Ref
    says: Expr
    body: Expr


@dataclass(frozen=True, slots=True)
class Candidate:
    """An equation with one loss restored."""

    equation: Equation
    restored: Expr
    what: str                 # "a minus sign"


@dataclass(frozen=True, slots=True)
class Repair:
    """The literal equation, the one that the printed line proves, and that line."""

    literal: Rel
    restored: Rel
    line: Rel
    place: int                # the line of the file that proves it; 0 where it is not known
    what: str
    span: Span | None

    def remark(self, plain: Callable[[Expr], str]) -> Remark:
        """What the sheet's remarks say of it."""
        place = f" (line {self.place})" if self.place else ""
        return Remark(
            "repaired",
            f"the sheet prints {plain(self.literal)}, but its own line{place} {plain(self.line)} belongs to "
            f"{plain(self.restored)}: {self.what} was lost in print. This part and those that build on it are solved "
            f"under the repaired reading; the literal reading {plain(self.literal)} contradicts the printed line.",
            self.span,
        )


def repaired(net: Network, claims: Sequence[Statement], parser: Parser) -> tuple[Network, Repair | None]:
    """The network under the repaired reading, and what was repaired; else the network as it is."""
    printed = [p for s in claims for p in printed_derivatives(s.body) if _comparable(p, net)]
    for line in printed:
        candidates = list(_candidates(net, line, parser))
        if not candidates or _holds(line, net) is not False:
            continue
        tried = [(c, _with(net, c)) for c in candidates]
        true = [(c, n) for c, n in tried if _holds(line, n)]
        if len(true) == 1 and not _spoils(printed, net, true[0][1]):
            candidate, found = true[0]
            return found, _repair(candidate, line, parser)
    return net, None


def _spoils(printed: Sequence[Printed], before: Network, after: Network) -> bool:
    """Does a repair make a printed line false that was true?"""
    return any(_holds(p, after) is False and _holds(p, before) for p in printed)


def printed_derivatives(body: Expr) -> Iterator[Printed]:
    """Every `derivative = expression` that a printed line states, underbraces included."""
    for node in preorder(body):
        if isinstance(node, Claim):
            yield from _stated(node.inner, node.says)
        elif isinstance(node, Rel):
            for op, side in zip(node.ops, node.args[1:]):
                if op != "=":
                    break
                yield from _stated(node.args[0], side)


def _stated(left: Expr, right: Expr) -> Iterator[Printed]:
    if any(isinstance(n, Deriv | Rest | Claim) for n in preorder(right)):
        return
    if isinstance(left, Deriv) and len(left.wrt) == 1 and isinstance(left.of, Ref) and isinstance(left.wrt[0], Ref):
        yield Printed(left.of, left.wrt[0], right, left)


def _comparable(line: Printed, net: Network) -> bool:
    """Only scalar derivatives of defined names: a family's lines speak of more than a lost sign could change."""
    return line.of.key in net.defs and not line.of.indices and not line.wrt.indices


def _holds(line: Printed, net: Network) -> bool | None:
    """Is the printed line true?  None where that is not proved either way."""
    from workings.checking.decide import equal

    try:
        verdict = equal(Deriv(line.of, (line.wrt,), "D"), line.says, net)
    except WorkingsError:
        return None
    if verdict.kind == "equal":
        return True if verdict.how == "proved" else None
    return False if verdict.kind == "different" else None


def _candidates(net: Network, line: Printed, parser: Parser) -> Iterator[Candidate]:
    """Every equation between the two names of a line, with one loss restored, nearest first; each reading once."""
    count = 0
    for equation in _between(net, line.of, line.wrt):
        seen: list[str] = []
        for restored, what in _restorations(equation.rhs, parser.source.text):
            plain = parser.plain(restored)
            if plain in seen:
                continue
            seen.append(plain)
            count += 1
            if count > REPAIR_CANDIDATES:
                return
            yield Candidate(equation, restored, what)


def _between(net: Network, of: Ref, wrt: Ref) -> Iterator[Equation]:
    """The equations that the derivative of `of` by `wrt` can depend on; how `wrt` itself is made is none of them."""
    seen, todo = {of.key}, [of.key]
    while todo:
        for equation in net.defs.get(todo.pop(0), ()):
            yield equation
            for ref in free_refs(equation.rhs):
                if ref.key not in seen and ref.key != wrt.key:
                    seen.add(ref.key)
                    todo.append(ref.key)


def _restorations(expr: Expr, text: str) -> Iterator[tuple[Expr, str]]:
    for node in preorder(expr):
        if not isinstance(node, Mul):
            continue
        for i in range(1, len(node.args)):
            if _touching(node.args[i - 1], node.args[i], text):
                for put, what in _losses(node, i):
                    yield rewrite(expr, lambda n, node=node, put=put: put if n is node else n), what  # type: ignore[misc]


def _touching(left: Expr, right: Expr, text: str) -> bool:
    """Do the two factors stand side by side in print, with no sign of multiplication?"""
    if left.span is None or right.span is None or left.span.end > right.span.start:
        return False
    return not MARKS_BETWEEN.search(text[left.span.end : right.span.start])


def _losses(node: Mul, at: int) -> Iterator[tuple[Expr, str]]:
    """The catalogue: what may have been lost between the factors before and from `at`."""
    left, right = _product(node.args[:at]), _product(node.args[at:])
    yield Add((left, Neg(right)), node.span), "a minus sign"
    yield Add((left, right), node.span), "a plus sign"
    last = node.args[at]
    if isinstance(last, Num) and at == len(node.args) - 1:
        base = node.args[at - 1]
        yield _product((*node.args[: at - 1], Pow(base, last, node.span))), "a raised digit"


def _product(factors: tuple[Expr, ...]) -> Expr:
    if len(factors) == 1:
        return factors[0]
    first, last = factors[0].span, factors[-1].span
    return Mul(factors, first.join(last) if first else None)


def _with(net: Network, candidate: Candidate) -> Network:
    changed = replace(candidate.equation, rhs=candidate.restored)
    return net.with_(equations=tuple(changed if e is candidate.equation else e for e in net.equations))


def _repair(candidate: Candidate, line: Printed, parser: Parser) -> Repair:
    equation = candidate.equation
    return Repair(
        Rel((equation.lhs, equation.rhs), ("=",)), Rel((equation.lhs, candidate.restored), ("=",)),
        Rel((line.body, line.says), ("=",)), parser.source.place(line.body.span.start)[0] if line.body.span else 0,
        candidate.what, equation.span,
    )
