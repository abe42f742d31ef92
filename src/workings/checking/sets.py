"""Claims about sets of inputs: domains given by signs, and boundary pieces on which an output has a value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from workings.checking.feasible import Row, TooMany, point
from workings.checking.verdict import Judged
from workings.errors import OutOfReach
from workings.expr import Add, Deriv, Expr, Logic, Neg, Network, Rel, preorder

Condition = tuple[tuple[tuple[str, Fraction], ...], Fraction, str]
FLIP = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}


def is_domain(body: Expr) -> bool:
    """Is the line a bare domain: inequalities joined by "and", nothing else?"""
    if isinstance(body, Logic):
        return body.op == "and" and all(is_domain(a) for a in body.args)
    return (
        isinstance(body, Rel) and bool(body.ops) and all(op in (">", "<", ">=", "<=") for op in body.ops)
        and not any(isinstance(n, Deriv) for n in preorder(body))
    )


def is_claim(line: Any) -> bool:
    """Is it a statement about a set, such as y = 0 for x1 >= 1?"""
    return isinstance(line.body, Logic) and line.body.op == "implies"


def conditions(net: Network, body: Expr) -> list[Condition]:
    """The sign conditions of a domain, each affine with its first coefficient 1 or its sign told by the relation."""
    parts: list[Rel] = []
    stack = [body]
    while stack:
        node = stack.pop()
        if isinstance(node, Logic):
            stack.extend(reversed(node.args))
        elif isinstance(node, Rel):
            parts.append(node)
    out = []
    for rel in parts:
        for op, a, b in zip(rel.ops, rel.args, rel.args[1:]):
            out.append(_condition(net, Add((a, Neg(b))), op))
    return out


def _condition(net: Network, expr: Expr, op: str) -> Condition:
    const, of = affine(net, expr)
    ordered = tuple(sorted(of.items()))
    if not ordered:
        return (), const, op
    lead = ordered[0][1]
    if lead < 0:
        op = FLIP[op]
    return tuple((n, c / lead) for n, c in ordered), const / lead, op


def affine(net: Network, expr: Expr) -> tuple[Fraction, dict[str, Fraction]]:
    """Constant and coefficients of an affine expression in plain names; `OutOfReach` if it is not affine."""
    from workings.checking.decide import needed
    from workings.checking.normal import Foreign, Normal, Same, Split
    from workings.checking.transcend import Undefined

    n = Normal(net, {}, [e.key for e in needed(net, [expr])])
    try:
        form = n.read(expr)
    except (Foreign, Same, Split, Undefined) as problem:
        raise OutOfReach("a sign condition here must be affine in the inputs", span=expr.span) from problem
    const, of = Fraction(0), {}
    for mono, c in form.key[0]:
        value = Fraction(int(c.p), int(c.q))
        if not mono:
            const = value
        elif len(mono) == 1 and mono[0][1] == 1 and n.arena.gen_list[mono[0][0]].kind == "ref":
            of[str(n.arena.gen_list[mono[0][0]].head)] = value
        else:
            raise OutOfReach("a sign condition here must be affine in the inputs", span=expr.span)
    if form.key[1] != (((), 1),):
        raise OutOfReach("a sign condition here must be affine in the inputs", span=expr.span)
    return const, of


def rows(parts: Sequence[Condition], weak: bool) -> list[Row]:
    """The conditions as rows for `feasible.point`; `weak` keeps >= as it is, else all are strict."""
    out = []
    for of, const, op in parts:
        up, down = dict(of), {n: -c for n, c in of}
        strict = op in (">", "<") or not weak
        if op in (">", ">=", "="):
            out.append(Row(up, const, strict and op != "="))
        if op in ("<", "<=", "="):
            out.append(Row(down, -const, strict and op != "="))
    return out


def status(parts: Sequence[Condition]) -> str:
    """full, thin or empty."""
    try:
        if point(rows(parts, weak=True)) is None:
            return "empty"
        return "thin" if point(rows(parts, weak=False)) is None else "full"
    except TooMany:
        return ""


class Domains:
    """The domains listed so far: one listed again is a duplicate."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.seen: dict[frozenset[Condition], int] = {}

    def judge(self, body: Expr, out: Judged) -> None:
        """A bare domain is right unless it was listed before."""
        parts = conditions(self.net, body)
        key = frozenset(parts)
        out.status = status(parts)
        before = self.seen.get(key)
        if before is not None:
            out.verdict, out.reason = "duplicate", f"the same signs as line {before + 1}"
        else:
            self.seen[key] = out.line
            out.verdict, out.how = "right", "proved"
            out.reason = {"empty": "a new pattern, and an empty one", "thin": "a new pattern without interior"}.get(
                out.status, "a new pattern"
            )


# -- y = 0 for ...
def judge_claim(line: Any, net: Network, facts: Sequence[Expr], out: Judged) -> None:
    """`condition implies y = 0`: the equation, proved on the set or refuted by a point of it."""
    from workings.checking.decide import equal

    *conditions_, claim = line.body.args
    given: list[Expr] = [*facts]
    stack = list(conditions_)
    while stack:
        node = stack.pop(0)
        if isinstance(node, Logic) and node.op == "and":
            stack = [*node.args, *stack]
        else:
            given.append(node)
    if not isinstance(claim, Rel):
        raise OutOfReach("what is claimed on the set is not an equation", span=claim.span)
    for a, b, op in zip(claim.args, claim.args[1:], claim.ops):
        if op != "=":
            raise OutOfReach("only equations are decided on a set", span=claim.span)
        v = equal(a, b, net, given)
        out.verdict = {"equal": "right", "different": "wrong", "undecided": "undecided"}[v.kind]
        out.how, out.reason, out.counterexample = v.how, v.evidence, v.counterexample
        if out.verdict != "right":
            out.how = ""
            return


