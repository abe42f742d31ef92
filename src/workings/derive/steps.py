"""Steps: what was done, to what, with what result.  Words are in `answers`, none are here; `replay` does them again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from workings.expr import Equation, Expr, Network, Ref, Rel

if TYPE_CHECKING:
    from workings.derive.whole import Matrix


@dataclass(slots=True, eq=False)
class Step:
    """One idea: `rule` is its id, `says` the fields that its sentence needs, `line` what holds now.

    `lines` are further lines of the same idea that stand before `line`; `inner` are smaller steps.  `place`
    are the lines on which the rule works: the equation that is differentiated, the derivatives that are put in;
    nothing where it works on `before` alone, or on the whole network.  `whole`: the line of whole arrays, where it
    names an adjoint.
    """

    rule: str
    says: Mapping[str, Any]
    before: Expr
    after: Expr
    line: Rel
    inner: list[Step] = field(default_factory=list)
    lines: tuple[Rel, ...] = ()
    place: tuple[Rel, ...] = ()
    whole: Rel | None = None


@dataclass(slots=True, eq=False)
class Derivation:
    """The derivative of `of` by `wrt`, and how it was found.

    `where`: names that the result uses (adjoints), each made of earlier ones; `parts`: names of parts of nested
    equations, which the steps use; `opened`: these equations with their parts named; `matrix`: the result in matrix
    notation, where arrays are asked for; `recurrences`: adjoints that are made of themselves at other steps, gh[T] =
    ... before gh[t] = ... gh[t+1] ....; `notes`: what there is no such form of, and why; `approximate`: the result is
    no derivative but this quantity.
    """

    of: Ref
    wrt: Ref | tuple[Ref, ...]
    result: Expr
    where: list[tuple[Ref, Expr]]
    steps: list[Step]
    net: Network | None = None
    parts: list[tuple[Ref, Expr]] = field(default_factory=list)
    opened: list[list[Equation]] = field(default_factory=list)
    matrix: Matrix | None = None
    recurrences: list[tuple[Ref, Expr]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    approximate: Ref | None = None

    def equations(self) -> list[Equation]:
        """The names that it gave, as equations: those of recurrences by their statements."""
        return equations_of(self.recurrences, self.where)

    def every(self) -> Iterator[Step]:
        """All steps, inner ones before the step they belong to."""
        stack: list[tuple[Step, bool]] = [(s, False) for s in reversed(self.steps)]
        while stack:
            step, ready = stack.pop()
            if ready or not step.inner:
                yield step
            else:
                stack.append((step, True))
                stack.extend((s, False) for s in reversed(step.inner))


def equations_of(recurrences: list[tuple[Ref, Expr]], where: list[tuple[Ref, Expr]]) -> list[Equation]:
    """Adjoints as equations; one with statements of its own steps is given by these alone."""
    again = {name.name for name, _ in recurrences}
    return [Equation(n, e) for n, e in (*recurrences, *((n, e) for n, e in where if n.name not in again))]


def equal(*sides: Expr) -> Rel:
    """a = b = c"""
    return Rel(sides, ("=",) * (len(sides) - 1))


def rel(equation: Equation) -> Rel:
    """An equation as a line."""
    return equal(equation.lhs, equation.rhs)
