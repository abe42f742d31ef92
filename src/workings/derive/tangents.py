"""Forward mode: what a change of the inputs does to each quantity, in the order of the equations.

    zdot    the tangent of z: the derivative along a direction (wdot for each w), or by one entry

Hessian-vector products are forward over reverse: the backward pass is differentiated once more along a direction
(Pearlmutter 1994, "Fast exact multiplication by the Hessian"; Griewank and Walther, *Evaluating Derivatives*, 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from workings.derive.backward import backward
from workings.derive.fresh import Names, taken
from workings.derive.graph import Graph
from workings.derive.prepared import prepared
from workings.derive.program import Line, Program, Statement, count, finish
from workings.derive.ranges import bounded, with_ranges
from workings.derive.sweep import sweep
from workings.derive.terms import Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.written import to_expr, to_term
from workings.errors import BadValue
from workings.expr import Deriv, Equation, Expr, Key, Mul, Network, Ref, free_keys, free_refs

ALONG = (
    "Forward over reverse: the backward pass is differentiated once more along the direction {v}. That costs a small "
    "multiple of one gradient, and the matrix of second derivatives is never formed."
)
FORWARD = (
    "Forward mode: {wrt} has {few} and {of} has {many}, so that one pass for each entry of {wrt} along the equations "
    "is cheaper than one pass back for each entry of {of}."
)
REVERSE = (
    "Reverse mode: {of} has {few} and {wrt} has {many}, so that one pass back for each entry of {of} is cheaper than "
    "one pass along the equations for each entry of {wrt}."
)
OPEN = (
    "Reverse mode, one pass back for each entry of {of} ({few}); forward mode would take one pass for each entry of "
    "{wrt} ({many}), and be cheaper where these are fewer."
)
ROWS = " The derivatives of one entry of {of} come with g{of} = 1 there and 0 elsewhere."


class Tangents:
    """The tangents of equations; `seeds`: of each variable that changes the name of its direction, or its entry."""

    def __init__(self, net: Network, names: Names, seeds: dict[Key, str], by: Ref | None = None) -> None:
        self.net, self.names, self.given, self.by = net, names, dict(seeds), by
        self.graph = Graph(net)
        self.arena = self.graph.arena
        self.extra = () if by is None else tuple(
            t for i in by.indices if (t := to_term(self.arena, i)).kind == "ref" and t.head in _letters(net, by))
        self.active: dict[Key, str] = dict(seeds)
        needs = {e.key: set[Key]() for e in net.equations}
        for equation in net.equations:
            needs[equation.key] |= set(free_keys(equation.rhs))
        before = -1
        while before != len(self.active):
            before = len(self.active)
            for key, used in needs.items():
                if key not in self.active and used & self.active.keys():
                    self.active[key] = names.tangent(key[0])

    def of(self, ref: Term) -> Term:
        """The tangent of an entry."""
        if ref.key in self.given and self.by is not None:
            return self.arena.mul([
                self.arena.call("delta", (a, to_term(self.arena, i)))
                for a, i in zip(ref.args, self.by.indices, strict=True)])
        return self.arena.ref(self.active[ref.key], (*ref.args, *self.extra))

    def lines(self, wanted: set[Key]) -> list[Line]:
        """A statement for each equation of what changes and is wanted."""
        out: list[Line] = []
        for equation in self.net.equations:
            if equation.key in self.active and equation.key in wanted:
                out.append(self._line(equation))
        return out

    def _line(self, equation: Equation) -> Line:
        arena = self.arena
        root = self.graph.root(equation)
        shares: list[Term] = []
        for leaf in sweep(arena, root, arena.one, self.active, to_term(arena, equation.lhs)):
            share = arena.mul([leaf.slope, self.of(leaf.ref)])
            for bound in reversed(leaf.context):
                share = arena.big("sum", bound.index, share, (bound.lo, bound.hi, bound.condition))
            shares.append(share)
        total = arena.add(shares)
        fired = tidy(arena, total, Knowledge({}))
        indices = (*equation.lhs.indices, *(to_expr(t) for t in self.extra))
        name = Ref(self.active[equation.key], indices)
        mark = None if self.by is None else Deriv(equation.lhs, (self.by,), "D")
        value = fired[-1].after if fired else total
        return Line(name, value, mark, to_expr(value))


def hvp(net: Network, of: Ref, wrt: Sequence[Ref], along: Sequence[str] = ()) -> Program:
    """The product of the second derivatives of `of` by `wrt` with a direction, as a program: forward over reverse.

    `along` names the direction of each of `wrt`, an input of the program with its shape (default: wdot for w).
    Raises `BadValue` where `along` and `wrt` differ in number.
    """
    if along and len(along) != len(wrt):
        raise BadValue(f"{len(along)} directions for {len(wrt)} quantities", expected="one direction for each")
    net = prepared(net)
    reverse = backward(net, of, wrt)
    statements = [*reverse.forward, *reverse.backward]
    wide, implied = with_ranges(net.with_(equations=tuple(Equation(s.name, s.value) for s in statements)))
    names = Names(taken(wide) | set(along))
    seeds = {r.key: along[n] if along else names.tangent(r.name) for n, (r, _) in enumerate(reverse.gradients)}
    tangents = Tangents(wide, names, seeds)
    results = [r for _, r in reverse.gradients if isinstance(r, Ref)]
    ahead = [_line(tangents, s) for s in reverse.forward]
    back = [_line(tangents, s) for s in reverse.backward]
    back += tangents.lines(_needed(tangents, [r.key for r in results]))
    gradients: list[tuple[Ref, Expr]] = [
        (w, Ref(tangents.active[g.key], g.indices)) for w, g in reverse.gradients
        if isinstance(g, Ref) and g.key in tangents.active]
    program = finish(tangents.arena, ahead, back, gradients, names, reverse.recognised, frozenset(wide.sizes))
    return replace(_bounded(program, implied), notes=[ALONG.format(v=", ".join(seeds.values()))])


def _line(tangents: Tangents, statement: Statement) -> Line:
    term = to_term(tangents.arena, statement.value, tangents.net.functions)
    return Line(statement.name, term, statement.is_, statement.value)


def _needed(tangents: Tangents, keys: Sequence[Key]) -> set[Key]:
    """The quantities whose tangents some tangents are made of."""
    out: set[Key] = set(keys)
    stack = list(keys)
    while stack:
        for equation in tangents.net.defs.get(stack.pop(), ()):
            for key in free_keys(equation.rhs):
                if key in tangents.active and key not in out:
                    out.add(key)
                    stack.append(key)
    return out


def jacobian(net: Network, of: Ref, wrt: Ref) -> Program:
    """All derivatives of an array by an array as a program, by forward or reverse mode, whichever takes fewer passes.

    The note of the program says which, and why.
    """
    net = prepared(net)
    inputs, outputs = _count(net, wrt), _count(net, of)
    if _fewer(inputs, outputs):
        ordered = [Equation(f.name, f.value) for f in backward(net, of, [wrt]).forward]
        ranged, implied = with_ranges(net.with_(equations=tuple(ordered)))
        names = Names(taken(ranged))
        tangents = Tangents(ranged, names, {wrt.key: names.tangent(wrt.name)}, wrt)
        lines = tangents.lines(_needed(tangents, [of.key]))
        forward = [Line(e.lhs, tangents.graph.root(e), None, e.rhs) for e in ranged.equations]
        result: Expr = Ref(tangents.active[of.key], (*of.indices, *(to_expr(t) for t in tangents.extra)))
        program = finish(tangents.arena, forward, lines, [(wrt, result)], names, [], frozenset(ranged.sizes))
        note = FORWARD.format(wrt=wrt.name, of=of.name, few=_said(inputs), many=_said(outputs))
        return replace(_bounded(program, implied), notes=[note])
    program = backward(net, of, [wrt])
    note = (REVERSE if _fewer(outputs, inputs) else OPEN) + (ROWS if of.indices else "")
    note = note.format(wrt=wrt.name, of=of.name, few=_said(outputs), many=_said(inputs))
    return replace(program, notes=[*program.notes, note])


def _bounded(program: Program, implied: object) -> Program:
    """The bounds of sums written where the text writes them."""
    for statement in program.backward:
        statement.value = bounded(statement.value, implied)  # type: ignore[arg-type]
    operations = {"forward": count(s.value for s in program.forward), "backward": count(
        s.value for s in program.backward)}
    return replace(program, operations=operations)


def _letters(net: Network, ref: Ref) -> list[str]:
    names = [r.name for i in ref.indices for r in free_refs(i) if not r.indices]
    return [n for n in dict.fromkeys(names) if n in net.ranges or n not in net.sizes]


def _count(net: Network, ref: Ref) -> list[Expr | None]:
    """The lengths of the axes that are asked for."""
    return [net.ranges[n].hi if n in net.ranges else None for n in _letters(net, ref)]


def _fewer(a: Sequence[Expr | None], b: Sequence[Expr | None]) -> bool:
    """Has the first certainly fewer entries than the second, or fewer axes?"""
    from workings.expr import Num

    if len(a) != len(b):
        return len(a) < len(b)
    sizes = [[e.value for e in axes if isinstance(e, Num)] for axes in (a, b)]
    if len(sizes[0]) < len(a) or len(sizes[1]) < len(b):
        return False
    first, second = 1, 1
    for x, y in zip(*sizes, strict=True):
        first, second = first * int(x), second * int(y)
    return first < second


def _said(axes: Sequence[Expr | None]) -> str:
    from workings.notation import plain

    known = [e for e in axes if e is not None]
    if not axes:
        return "one entry"
    whole = known[0] if len(known) == 1 else Mul(tuple(known)) if known else None
    return f"{plain(whole)} entries" if whole is not None and len(known) == len(axes) else f"{len(axes)} axes"
