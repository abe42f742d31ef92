"""Whether a person's lines list all that a part asks for: connections of a drawing, pieces, parts of a boundary.

What lines cannot say is left to a person: each function gives [] where no line of its kind stands there, or where the
lines cannot be held against the true list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workings import work
from workings.checking.drawn import ids
from workings.checking.feasible import Row, TooMany, point
from workings.checking.names import known_names
from workings.checking.sets import Condition, conditions, rows
from workings.checking.verdict import Judged
from workings.errors import WorkingsError
from workings.expr import Call, Expr, Logic, Network, Ref, Rel, preorder
from workings.forms.graphs import Graph, Neuron
from workings.geometry.data import Boundary, Part, Pieces, Region
from workings.limits import LISTED_PIECES
from workings.sheets.covered import covered, states
from workings.sheets.model import Question
from workings.sheets.tasks import only

KINDS = ("draw", "pieces", "boundary")
NOT_RIGHT = ("wrong", "duplicate")
WITH_MAPS = re.compile(
    r"\b(?:on|in) each\b|\b(?:affine|linear) (?:maps?|functions?)\b|\b(?:formulas?|expressions?)\b", re.I)
WITHOUT_POINTS = re.compile(r"\bempty\b|\bnever\b|\bimpossible\b|\bcannot\b|\bcan ?not\b", re.I)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the true list, in words, and whether right lines say it."""

    says: str
    there: bool


def items(questions: Sequence[Question], lines: Sequence[Judged], net: Network, words: str = "") -> list[Item]:
    """The true list that questions of one kind ask for; [] where it is for a person to say.

    `words`: what the part says, which tells domains from maps and from empty patterns.

    >>> from workings.checking import check
    >>> from workings.errors import Span
    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> net = read("a = tanh(w*x); y = v*a", signatures())
    >>> found = check(net, ["x -> a: w", "a -> y: w"]).lines
    >>> [(i.says, i.there) for i in items([Question("draw", "", "Draw it.", Span(0, 0))], found, net)]
    [('x -> a', True), ('a -> y', False)]
    """
    try:
        if questions[0].asked == "pieces":
            return _pieces(questions[0], lines, net, words)
        return _boundary(questions, lines, net) if questions[0].asked == "boundary" else _connections(lines, net)
    except (WorkingsError, TooMany):
        return []


# -- a drawing
def _connections(lines: Sequence[Judged], net: Network) -> list[Item]:
    edges = [(j, j.body) for j in lines if is_edge(j.body) and isinstance(j.body, Call)]
    if not edges:
        return []
    drawn = work.draw(net)
    if not _named(drawn, net):
        return []                                 # a line cannot call a neuron that has no name
    names = ids(drawn)
    right = {_ends(body, names) for judged, body in edges if judged.verdict == "right"}
    true = dict.fromkeys((e.source, n.id) for n in drawn.neurons for e in n.edges)
    return [Item(f"{a} -> {b}", (a, b) in right) for a, b in true]


def is_edge(body: Expr | None) -> bool:
    """Is it a line of a drawing, x1 -> a3: w13?"""
    return isinstance(body, Call) and body.function == "edge"


def _ends(edge: Call, names: dict[str, str]) -> tuple[str, str]:
    first, second = (names.get(a.name, "") if isinstance(a, Ref) else "" for a in edge.args[:2])
    return first, second


def _named(drawn: Graph, net: Network) -> bool:
    known = known_names(net)
    return all(isinstance(n, Neuron) and n.id.split("[")[0] in known for n in drawn.nodes)


# -- pieces
def _pieces(question: Question, lines: Sequence[Judged], net: Network, words: str) -> list[Item]:
    if WITHOUT_POINTS.search(words):
        return []
    listed = list(_domains(lines, net, bool(WITH_MAPS.search(words))))
    if not listed:
        return []
    true = work.pieces(only(question, net))
    if not isinstance(true, Pieces) or true.box is not None or len(true.full) > LISTED_PIECES:
        return []
    insides = [_inside(region, true.inputs) for region in true.full]
    there = [False] * len(insides)
    for domain, claim in listed:
        held = [_within(inside, domain) for inside in insides]
        touched = [r for r, i in zip(true.full, insides) if point([*i, *rows(domain, weak=False)]) is not None]
        if not any(held) or not (claim or _one_map(touched, true)):
            return []                             # no piece, a part of one, or several: for a person to say
        there = [a or b for a, b in zip(there, held)]
    return [Item(f"piece {r.number} ({_where(r, true)})", t) for r, t in zip(true.full, there)]


def _domains(lines: Sequence[Judged], net: Network, maps: bool) -> Iterator[tuple[list[Condition], bool]]:
    """The domains with points inside that right lines list, and whether the line says what the output is there."""
    for judged in lines:
        body = judged.body
        if judged.verdict != "right" or body is None:
            continue
        if isinstance(body, Logic) and body.op == "implies":
            where: Expr = Logic("and", body.args[:-1])
            if _says_map(body.args[-1], net) and not any(isinstance(n, Call) for n in preorder(where)):
                found = conditions(net, where)
                if point(rows(found, weak=False)) is not None and all(op != "=" for _, _, op in found):
                    yield found, True
        elif judged.status == "full" and not maps and isinstance(body, Logic | Rel):
            yield conditions(net, body), False


def _says_map(claim: Expr, net: Network) -> bool:
    """Does it end in what the output is there, made of nothing but inputs?"""
    inputs = {name for name, _ in net.inputs}
    return isinstance(claim, Rel) and set(claim.ops) == {"="} and all(
        n.name in inputs if isinstance(n, Ref) else not isinstance(n, Call) for n in preorder(claim.args[-1]))


def _inside(region: Region, inputs: Sequence[str]) -> list[Row]:
    out = []
    for sign, row in zip(region.pattern, region.rows, strict=True):
        turn = 1 if sign == "+" else -1
        of = {n: Fraction(turn * c) for n, c in zip(inputs, row) if c}
        if of:
            out.append(Row(of, Fraction(turn * row[-1]), True))
    return out


def _within(inside: list[Row], domain: Sequence[Condition]) -> bool:
    """Does the closed domain hold the piece?  No point inside the piece breaks one of its conditions."""
    whole = rows(domain, weak=True)
    return all(point([*inside, Row({n: -c for n, c in row.of.items()}, -row.const, True)]) is None for row in whole)


def _one_map(regions: Sequence[Region], true: Pieces) -> bool:
    first = regions[0]
    return all(r.affine[o.name] == first.affine[o.name] for r in regions for o in true.outputs)


def _where(region: Region, true: Pieces) -> str:
    at = region.sample or ()
    return "around " + ", ".join(f"{n} = {v}" for n, v in zip(true.inputs, at))


# -- a boundary
def _boundary(questions: Sequence[Question], lines: Sequence[Judged], net: Network) -> list[Item]:
    out: list[Item] = []
    for question in questions:
        true = work.boundary(only(question, net), question.of, question.level)
        found = covered(true, lines, net)
        if found is None or not (any(found) or _only_wrong(lines, true, net)):
            return []
        out += [Item(_piece(part), there) for part, there in zip(true.parts, found, strict=True)]
    return out


def _only_wrong(lines: Sequence[Judged], true: Boundary, net: Network) -> bool:
    """Is the boundary claimed, and each claim refuted?"""
    claims = [j for j in lines if isinstance(j.body, Logic) and j.body.op == "implies"]
    about = [j for j in claims if isinstance(j.body, Logic) and states(j.body, true, net)]
    return bool(about) and all(j.verdict in NOT_RIGHT for j in claims)


def _piece(piece: Part) -> str:
    ends = [", ".join(map(str, p)) for p in (*piece.points, *([piece.direction] if piece.direction else []))]
    return f"the {piece.type} from ({ends[0]}) {'to' if piece.type == 'segment' else 'along'} ({ends[1]})"
