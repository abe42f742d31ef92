"""A program of forward and backward statements: shared parts named, operations counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workings.derive.fresh import Names
from workings.derive.inside import free_names, parts_first
from workings.derive.terms import Arena, Term
from workings.derive.written import to_expr
from workings.expr import Add, Call, Deriv, Div, Expr, Mul, Neg, Num, Pow, Ref, Rel


@dataclass(slots=True, eq=False)
class Statement:
    """`name = value`; `is_`: the derivative that it is; `matrix`: the same line of whole arrays, `patterns` what of
    it was recognised, index form and array.
    """

    name: Ref
    is_: Deriv | None
    value: Expr
    matrix: Rel | None = None
    patterns: list[tuple[Expr, Expr]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Program:
    """Forward and backward statements; `gradients`: asked entry -> the statement that holds its derivative.

    `operations`: mul, add, div, pow, call of each half; `recognised`: spellings that were named; `notes`.
    """

    forward: list[Statement]
    backward: list[Statement]
    gradients: list[tuple[Ref, Expr]]
    operations: dict[str, dict[str, int]]
    recognised: list[Any] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    layout: str = ""                                 # of the matrix notation, where there is any

    @property
    def total(self) -> int:
        """All operations, forward and backward."""
        return sum(n for half in self.operations.values() for n in half.values())


class Line(NamedTuple):
    """A statement on its way: the value as a term, or as written where it is."""

    name: Ref
    value: Term
    is_: Deriv | None
    written: Expr | None = None


OPERATIONS = frozenset(("add", "mul", "pow", "power", "call"))
INNER = OPERATIONS | {"big"}


def finish(
    arena: Arena, forward: list[Line], backward: list[Line], gradients: list[tuple[Ref, Expr]],
    names: Names, recognised: list[Any], idle: frozenset[str] = frozenset(),
) -> Program:
    """The program, with each part that several statements use named before its first use."""
    share = _Sharing(arena, forward, backward, names, idle)
    ahead = share.statements(forward)
    back = share.statements(backward)
    return Program(
        ahead,
        back,
        gradients,
        {"forward": count(s.value for s in ahead), "backward": count(s.value for s in back)},
        recognised,
    )


class _Sharing:
    """Finds terms that stand in more than one place; a statement's own value is known by its name."""

    def __init__(
        self, arena: Arena, forward: list[Line], backward: list[Line], names: Names, idle: frozenset[str]
    ) -> None:
        self.arena, self.names = arena, names
        self.owner: dict[Term, Ref] = {}
        for line in (*forward, *backward):
            if line.value.kind in OPERATIONS:
                self.owner.setdefault(line.value, line.name)
        self.idle = idle
        self.shared = self._shared([line.value for line in (*forward, *backward)])
        self.known: dict[Term, Term] = {}
        self.mixed = self._mixed()
        self.written: dict[Term, Expr] = {}

    def _shared(self, roots: list[Term]) -> set[Term]:
        """Operations that are used twice or more, or that are the whole value of a statement and used."""
        users: dict[Term, list[Term]] = {}
        seen = set(roots)
        stack = list(seen)
        while stack:
            term = stack.pop()
            for arg in term.args:
                if arg.kind in INNER:
                    found = users.get(arg)
                    if found is None:
                        users[arg] = [term]
                        if arg not in seen:
                            seen.add(arg)
                            stack.append(arg)
                    else:
                        found.append(term)
        self.users = users
        owner = self.owner
        return {t for t, by in users.items() if t.kind != "big" and (len(by) > 1 or t in owner) and self._worth(t)}

    def _mixed(self) -> set[Term]:
        """The terms with something shared inside."""
        out: set[Term] = set()
        stack = list(self.shared)
        while stack:
            for user in self.users.get(stack.pop(), ()):
                if user not in out:
                    out.add(user)
                    stack.append(user)
        return out

    def _worth(self, term: Term) -> bool:
        """Is it worth a line?  Not a sign alone, not 1/s, not an operation on sizes and numbers."""
        if ((term.kind == "mul" and len(term.args) == 1) or term.kind == "pow") and term.head == -1:
            return False
        return any(t.kind == "ref" and t.head not in self.idle for t in parts_first(term))

    def statements(self, lines: list[Line]) -> list[Statement]:
        """The statements, shared parts before their first use."""
        out: list[Statement] = []
        placed = _in_order(lines)
        for line in placed:
            value = line.value
            if value not in self.mixed and value not in self.shared and value not in self.known:
                out.append(Statement(line.name, line.is_, line.written or to_expr(value, self.written)))
                continue
            changed = self._parts(line, out) or line.value in self.known
            out.append(Statement(line.name, line.is_, self._value(line, changed)))
            if line.value in self.shared and line.value not in self.known:
                self.known[line.value] = self._ref(line.name)
        return out

    def _value(self, line: Line, changed: bool) -> Expr:
        if not changed and line.written is not None:
            return line.written
        known = self.known.get(line.value)
        return to_expr(known or (self._rebuilt(line.value) if changed else line.value), self.written)

    def _rebuilt(self, root: Term) -> Term:
        args = tuple(self.arena.replace(a, self.known) for a in root.args)
        return root if args == root.args else self.arena.rebuild(root, args)

    def _parts(self, line: Line, out: list[Statement]) -> bool:
        """Names the shared parts of one value that have no name yet; does the value use any name?"""
        if line.value not in self.mixed:
            return False
        used = False
        for term in parts_first(line.value)[:-1]:
            if term not in self.shared:
                continue
            used = True
            if term not in self.known:
                owner = self._name(term, line.name)
                out.append(Statement(owner, None, to_expr(self._rebuilt(term))))
                self.known[term] = self._ref(owner)
        return used

    def _name(self, term: Term, user: Ref) -> Ref:
        written = (i.head for t in parts_first(term) if t.kind == "ref" for i in t.args)
        own = (i.name for i in user.indices if isinstance(i, Ref))
        free = {n for n in free_names(term) if n in self.arena.ranges}
        indices = tuple(Ref(n) for n in dict.fromkeys((*own, *written, *sorted(free))) if n in free)
        function = term.head[0] if term.kind == "call" else ""
        return Ref(self.names.part(term.kind, function, user.name), indices)

    def _ref(self, name: Ref) -> Term:
        from workings.derive.written import to_term

        return to_term(self.arena, name)


def _in_order(lines: list[Line]) -> list[Line]:
    """Parts that were named while walking back stand before the equation that they are a part of."""
    parts = {line.value: line for line in lines if line.written is None and line.is_ is None}
    if not parts:
        return lines
    out: list[Line] = []
    for line in lines:
        if line.value not in parts or line.written is not None or line.is_ is not None:
            out += [parts.pop(t) for t in parts_first(line.value) if t in parts]
            out.append(line)
    return out


def count(values: Iterable[Expr]) -> dict[str, int]:
    """Operations by kind: every binary operator, power and call once; signs and factors of one are free."""
    mul = add = div = power = call = 0
    stack: list[Expr] = list(values)
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is Ref or kind is Num:
            continue
        inner = node.children()
        if kind is Mul and len(inner) == 2 and type(inner[0]) is Ref and type(inner[1]) is Ref:
            mul += 1
            continue
        stack += [c for c in inner if type(c) is not Ref]
        if kind is Mul:
            mul += len(inner) - 1 - sum([_is_one(c) for c in inner if type(c) is not Ref])
        elif kind is Add:
            add += len(inner) - 1
        elif isinstance(node, Div):
            div += not (isinstance(node.top, Num) and isinstance(node.bottom, Num))
        elif isinstance(node, Pow):
            square = isinstance(node.exponent, Num) and node.exponent.value == 2
            mul, power = mul + square, power + (not square)
        elif kind is Call:
            call += 1
    counts = {"mul": mul, "add": add, "div": div, "pow": power, "call": call}
    return {k: n for k, n in counts.items() if n}


def _is_one(expr: Expr) -> bool:
    if isinstance(expr, Neg):
        expr = expr.arg
    return isinstance(expr, Num) and expr.value == 1
