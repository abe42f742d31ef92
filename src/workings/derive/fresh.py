"""Names that a derivation gives: adjoints gz5, parts z, c, u; never one that is taken."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from workings.derive.terms import Arena, Term
from workings.derive.written import to_term
from workings.expr import Deriv, Equation, Expr, Key, Network, Ref, preorder
from workings.expr.names import base

AVOID = frozenset(("d", "e", "i", "j", "k", "n", "D", "P", "T", "E", "pi", "inf", "N"))
LETTERS = {
    "add": "zsrqp", "mul": "pqrzs", "pow": "qprs", "power": "qprs", "exp": "up", "cosh": "ch", "log": "lh",
    "big": "szr", "": "uvpqrs",
}


def taken(net: Network, known: Collection[int] = ()) -> set[str]:
    """Every name that a text uses in any way; of equations whose ids are `known` only the left sides are read."""
    out: set[str] = set(net.ranges) | set(net.shapes) | set(net.functions) | set(net.roles) | set(net.values)
    out |= set(net.sizes)
    for equation in net.equations:
        out.add(equation.lhs.name)
        if id(equation) not in known:
            out |= names_of(equation.rhs)
    for opaque in net.opaque.values():
        out.add(opaque.lhs.name)
        for arg in opaque.args:
            out |= names_of(arg)
    return out


def names_of(expr: Expr) -> set[str]:
    """Names of refs and of bound indices."""
    from workings.expr import Big

    out: set[str] = set()
    for node in preorder(expr):
        if isinstance(node, Ref):
            out.add(node.name)
        elif isinstance(node, Big):
            out.add(node.index)
    return out


class Names:
    """Gives fresh names; `taken` grows with each.

    `hints` are equations that name parts, z = y - t, c = cosh(z): what they name is called so; `signals` are names
    for the adjoints of pre-activations, z3 -> delta3.
    """

    def __init__(
        self, taken: set[str], hints: Sequence[Equation] = (), signals: Mapping[str, str] | None = None
    ) -> None:
        self.signals = signals or {}
        self.taken = taken
        self.last: dict[str, int] = {}
        self.hints = [e for e in hints if e.lhs.name not in taken]
        self.taken |= {e.lhs.name for e in self.hints}

    def hinted(self, expr: Expr, indices: tuple[Ref, ...]) -> Ref | None:
        """The name that a hint gives to an expression."""
        if not self.hints:
            return None
        arena = Arena()
        meant: dict[Term, Term] = {}                 # z is y - t, so that cosh(z) is cosh(y - t)
        for hint in self.hints:
            meaning = arena.replace(to_term(arena, hint.rhs), meant)
            meant[to_term(arena, hint.lhs)] = meaning
            if len(hint.lhs.indices) == len(indices) and meaning is to_term(arena, expr):
                return Ref(hint.lhs.name, indices)
        return None

    def adjoint(self, name: str) -> str:
        """gz5 for z5, or the name of its error signal; gz5_g where that is taken."""
        first = self.signals.get(name, f"g{name}")
        if first not in self.taken:
            self.taken.add(first)
            return first
        return self._first([f"adj{name}", f"g_{name}"])

    def named(self, *names: str) -> str:
        """The first of some names that is not taken, else the first with a number."""
        return self._first(list(names))

    def aged(self, adjoint: str) -> str:
        """ah for gh, of which a part has come so many steps."""
        return self._first([f"a{adjoint[1:]}", f"part_{adjoint}"])

    def tangent(self, name: str) -> str:
        """zdot3 for z3, the derivative along a direction; z with a dot above."""
        letters = base(name)
        return self._first([f"{letters}dot{name[len(letters):]}", f"tan{name}"])

    def part(self, kind: str, function: str = "", owner: str = "") -> str:
        """A letter for a part of an expression: z for a sum, c for a cosh, u for an exp; z7 for a part of a7."""
        letters = (function and LETTERS.get(function)) or (function[:1] if kind == "call" else "") + LETTERS.get(
            kind, LETTERS[""])
        suffix = owner[len(base(owner)) :] if owner else ""
        return self._first([x + suffix for x in dict.fromkeys(letters + "uvpqrszhbcmfgl") if x not in AVOID])

    def _first(self, candidates: list[str]) -> str:
        for name in candidates:
            if name not in self.taken:
                self.taken.add(name)
                return name
        stem = candidates[0]
        n = self.last.get(stem, 0) + 1
        while f"{stem}_{n}" in self.taken or f"{stem}{n}" in self.taken:
            n += 1
        self.last[stem] = n
        self.taken.add(f"{stem}_{n}")
        return f"{stem}_{n}"


def derivative(of: Ref, *wrt: Ref, kind: str = "d") -> Deriv:
    """d of / d wrt"""
    return Deriv(of, wrt, kind)


def variable_keys(refs: Iterable[Ref]) -> list[Key]:
    """The variables of some references."""
    return list(dict.fromkeys(r.key for r in refs))
