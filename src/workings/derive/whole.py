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
from workings.expr import Big, Deriv, Expr, Num, Ref, Rel, free_refs, preorder, rewrite
from workings.forms.contract import Whole, explicit, leading, whole
from workings.forms.indexed import Indexed
from workings.forms.patterns import UNITS, transposed

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


class Wholes:
    """Entries of names as the arrays that they belong to.

    `lead`: how many places of a name are indices of a family; `ones`: places of a matrix at which there is one entry.
    """

    def __init__(self, form: Indexed) -> None:
        self.form, self.lead = form, leading(form)
        self.ones = {name: frozenset(n for n, x in enumerate(axes) if x == "1") for name, axes in form.axes.items()
                     if len(axes) == 2 and "1" in axes}

    def named(self, name: str, base: str) -> None:
        """`name` is the adjoint of `base`: it has the same places."""
        self.lead[name] = self.lead.get(base, 0)
        if base in self.ones:
            self.ones[name] = self.ones[base]

    def cut(self, name: Ref) -> Ref:
        """The array that an entry belongs to."""
        return Ref(name.name, name.indices[: explicit(name, self.lead)])

    def of(self, expr: Expr, *entries: Ref, kept: Sequence[int] = ()) -> Whole | None:
        """The array whose entry, at the letters of some names, is this; an axis of one entry is one where it can be.

        `kept`: how many places of each name are not letters, if not those of `cut`.
        """
        kept = kept or [len(self.cut(e).indices) for e in entries]
        places = tuple(i for e, k in zip(entries, kept) for i in self._lettered(e).children()[k:])
        found = whole(self._lettered(expr), places, self.form, self.lead) if self.ones else None
        if found is None:
            return whole(expr, tuple(i for e, k in zip(entries, kept) for i in e.indices[k:]), self.form, self.lead)
        return Whole(found.array, [(_numbered(a), b) for a, b in found.said])

    def _lettered(self, expr: Expr) -> Expr:
        """x[i,1] of an n x 1 matrix with a letter in the place of the 1."""

        def change(n: Expr) -> Expr:
            if not isinstance(n, Ref) or n.name not in self.ones:
                return n
            own = self.ones[n.name]
            return Ref(n.name, tuple(Ref(UNITS[k]) if k in own else i for k, i in enumerate(n.indices)), n.span)

        return rewrite(expr, change)


def _numbered(expr: Expr) -> Expr:
    return rewrite(expr, lambda n: Num(1, "1") if isinstance(n, Ref) and n.name in UNITS else n)


def in_matrices(derivation: Derivation, form: Indexed, of: Ref, wrt: Ref, layout: str | None) -> Matrix | None:
    """The result in matrix notation, for arrays asked for as wholes; None where it has no such form."""
    if form.shapes is None or isinstance(derivation.wrt, tuple):
        return None
    sums = any(isinstance(n, Big) for n in preorder(derivation.result))
    wholes = Wholes(form)
    over, by = (max(wholes.cut(entry), asked, key=lambda r: len(r.indices))
                for entry, asked in ((derivation.of, of), (derivation.wrt, wrt)))
    top, bottom = derivation.of.indices[len(over.indices) :], derivation.wrt.indices[len(by.indices) :]
    if len(top) + len(bottom) > 2 or (not bottom and not sums):
        return None
    _names_in_matrices(derivation, wholes)
    kept = len(over.indices), len(by.indices)
    found = wholes.of(derivation.result, derivation.of, derivation.wrt, kept=kept)
    if found is None:
        return None
    lowered = _with_names(form, derivation).lower(found.array, (*top, *bottom))
    holds(derivation, equal(derivation.result, lowered))
    used = layout or ("numerator" if top else "denominator")
    turned = used == ("denominator" if top else "numerator")
    array = transposed(found.array) if turned else found.array
    return Matrix(equal(Deriv(over, (by,)), array), array, used, found.said)


def _names_in_matrices(derivation: Derivation, wholes: Wholes) -> None:
    """The steps that name an adjoint, gy[i] = dE/dy[i] = ..., with the same line of whole arrays."""
    named: list[tuple[Step, Ref, Deriv, Ref]] = []
    for step in derivation.steps:
        name, *sides = step.line.args
        if not (isinstance(name, Ref) and len(sides) > 1 and isinstance(mark := sides[0], Deriv)):
            continue
        base = mark.wrt[0]
        if isinstance(base, Ref) and len(base.indices) == len(name.indices):
            wholes.named(name.name, base.name)
            named.append((step, name, mark, base))
    for step, name, mark, base in named:
        own = wholes.cut(name)
        found = wholes.of(step.line.args[-1], name) if len(own.indices) < len(name.indices) else None
        if found is not None:
            step.whole = equal(own, Deriv(mark.of, (wholes.cut(base),)), found.array)


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
    wholes = Wholes(form)
    placed = _placed(program, form, wholes)
    for s in (*program.forward, *program.backward):
        if s.name.name in placed:
            s.matrix = _statement(s, wholes, program.layout)


def _placed(program: Program, form: Indexed, wholes: Wholes) -> set[str]:
    """The names whose places are known: those of the text, their adjoints, and parts with letters of steps in front."""
    steps = {r.name for e in form.written.equations for i in e.lhs.indices for r in free_refs(i)}
    own = {name for name, _ in form.written.defs}
    out: set[str] = set()
    for s in (*program.forward, *program.backward):
        base = s.is_.wrt[0] if s.is_ is not None else s.name
        runs = [bool(steps.intersection(r.name for r in free_refs(i))) for i in s.name.indices]
        known = isinstance(base, Ref) and (base.name in own or base.name in wholes.lead)
        if isinstance(base, Ref):
            wholes.named(s.name.name, base.name)
        if not known and runs == sorted(runs, reverse=True):
            wholes.lead[s.name.name] = sum(runs)
        elif not known:
            continue
        out.add(s.name.name)
    return out


def _statement(s: Statement, wholes: Wholes, layout: str) -> Rel | None:
    found = wholes.of(s.value, s.name)
    if found is None:
        return None
    name = wholes.cut(s.name)
    s.patterns = found.said
    if s.is_ is None:
        return equal(name, found.array)
    by = tuple(Ref(r.name, r.indices[: len(name.indices)]) if isinstance(r, Ref) else r for r in s.is_.wrt)
    mark = Deriv(s.is_.of, by)
    if layout == "numerator" and len(s.name.indices) > len(name.indices):
        return equal(mark, transposed(name), transposed(found.array))
    return equal(name, mark, found.array)
