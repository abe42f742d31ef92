"""A derivative in matrix notation beside its index form: tried at random points before it is shown.

Layouts: "denominator" gives the derivative of a number the shape of the parameter, "numerator" its transpose.  The
Jacobian of a vector has a row for each entry of the vector (numerator layout) unless the other is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workings.derive.program import Program, Statement
from workings.derive.steps import Derivation, Step, equal
from workings.derive.verify import holds
from workings.errors import BadValue
from workings.expr import Big, Deriv, Equation, Expr, Ref, Rel, free_refs, preorder
from workings.forms.contract import leading, whole
from workings.forms.indexed import Indexed
from workings.forms.patterns import transposed

LAYOUTS = ("denominator", "numerator")


@dataclass(slots=True, eq=False)
class Matrix:
    """`line`: dE/dW = outer(d, x); `patterns`: index form and array, for each pattern that was recognised."""

    line: Rel
    array: Expr
    layout: str
    patterns: list[tuple[Expr, Expr]] = field(default_factory=list)


def checked_layout(layout: str | None) -> str | None:
    """The layout asked for; raises `BadValue` for a word that is none."""
    if layout not in (None, *LAYOUTS):
        raise BadValue(f"layout {layout!r} is not known", expected="denominator or numerator")
    return layout


def in_matrices(derivation: Derivation, form: Indexed, of: Ref, wrt: Ref, layout: str | None) -> Matrix | None:
    """The result in matrix notation, for arrays asked for as wholes; None where it has no such form."""
    if form.shapes is None or isinstance(derivation.wrt, tuple):
        return None
    top = derivation.of.indices[len(of.indices) :]
    bottom = derivation.wrt.indices[len(wrt.indices) :]
    sums = any(isinstance(n, Big) for n in preorder(derivation.result))
    if len(top) + len(bottom) > 2 or (not bottom and not sums):
        return None
    _names_in_matrices(derivation, form)
    found = whole(derivation.result, (*top, *bottom), form)
    if found is None:
        return None
    lowered = _with_names(form, derivation).lower(found.array, (*top, *bottom))
    holds(derivation, equal(derivation.result, lowered))
    used = layout or ("numerator" if top else "denominator")
    turned = used == ("denominator" if top else "numerator")
    array = transposed(found.array) if turned else found.array
    return Matrix(equal(Deriv(of, (wrt,)), array), array, used, found.said)


def _names_in_matrices(derivation: Derivation, form: Indexed) -> None:
    """The steps that name an adjoint, gy[i] = dE/dy[i] = ..., with the same line of whole arrays."""
    lead = leading(form)
    named: list[tuple[Step, Ref, Deriv]] = []
    for step in derivation.steps:
        name, *sides = step.line.args
        if isinstance(name, Ref) and len(sides) > 1 and isinstance(mark := sides[0], Deriv):
            if isinstance(base := mark.wrt[0], Ref) and len(base.indices) == len(name.indices):
                lead[name.name] = lead.get(base.name, 0)
                named.append((step, name, mark))
    for step, name, mark in named:
        cut = lead[name.name]
        found = whole(step.line.args[-1], name.indices[cut:], form, lead) if name.indices[cut:] else None
        if found is not None:
            step.whole = equal(Ref(name.name, name.indices[:cut]), Deriv(mark.of, _bare(mark.wrt, cut)), found.array)


def _with_names(form: Indexed, derivation: Derivation) -> Indexed:
    """The form with the adjoints that a derivation names, each with the sizes of its letters."""
    own = form.session()
    for name, _ in derivation.where:
        ranges = [form.net.ranges.get(i.name) for i in name.indices if isinstance(i, Ref)]
        if own.shapes is not None and name.indices and len(ranges) == len(name.indices) and all(ranges):
            own.shapes.note(name.name, [r.hi for r in ranges if r is not None])
    return own


def program_in_matrices(program: Program, form: Indexed, layout: str | None = None) -> None:
    """Each statement in matrix notation beside its index form, where it has one.

    An adjoint has the shape of its quantity; in numerator layout the derivative is its transpose.
    """
    if form.shapes is None:
        return
    program.layout = layout or "denominator"
    written = {e.lhs.key: e for e in form.written.equations if not e.lhs.indices}
    lead = _leads(program, form)
    for s in (*program.forward, *program.backward):
        if s.name.name in lead:
            s.matrix = _statement(s, form, lead, written.get((s.name.name, 0)), program.layout)


def _leads(program: Program, form: Indexed) -> dict[str, int]:
    """How many places of each name are indices of a family: those of the text, and of names made beside them.

    A name whose letters of steps stand behind those of axes has no place: it is left out.
    """
    lead = leading(form)
    steps = {r.name for e in form.written.equations for i in e.lhs.indices for r in free_refs(i)}
    for s in (*program.forward, *program.backward):
        base = s.is_.wrt[0] if s.is_ is not None else s.name
        if isinstance(base, Ref) and base.name in lead:
            lead[s.name.name] = lead[base.name]
            continue
        runs = [bool(steps.intersection(r.name for r in free_refs(i))) for i in s.name.indices]
        if runs == sorted(runs, reverse=True) or form.written.defs.get((s.name.name, 0)):
            lead[s.name.name] = 0 if form.written.defs.get((s.name.name, 0)) else sum(runs)
    return lead


def _statement(
    s: Statement, form: Indexed, lead: dict[str, int], written: Equation | None, layout: str
) -> Rel | None:
    cut = lead.get(s.name.name, 0)
    own, at = s.name.indices[:cut], s.name.indices[cut:]
    found = whole(s.value, at, form, lead)
    if found is None:
        return None
    name = Ref(s.name.name, own)
    s.patterns = found.said
    if s.is_ is None:
        return equal(name, found.array)
    mark = Deriv(s.is_.of, _bare(s.is_.wrt, cut))
    if layout == "numerator" and at:
        return equal(mark, transposed(name), transposed(found.array))
    return equal(name, mark, found.array)


def _bare(refs: Sequence[Expr], cut: int) -> tuple[Expr, ...]:
    """Entries as the arrays that they belong to."""
    return tuple(Ref(r.name, r.indices[:cut]) if isinstance(r, Ref) else r for r in refs)
