"""Affine forms in fractions, over the inputs and the outputs of gates."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(slots=True, eq=False)
class Form:
    """const + sum of of[v] * v.  Variables are numbered: the inputs first, then the gates in order."""

    of: dict[int, Fraction] = field(default_factory=dict)
    const: Fraction = ZERO

    @property
    def constant(self) -> bool:
        return not self.of

    @property
    def key(self) -> tuple[tuple[tuple[int, Fraction], ...], Fraction]:
        """Equal for equal forms."""
        return tuple(sorted(self.of.items())), self.const


def variable(number: int) -> Form:
    return Form({number: Fraction(1)})


def plus(a: Form, b: Form, factor: Fraction | int = 1) -> Form:
    """a + factor * b."""
    of = dict(a.of)
    for v, c in b.of.items():
        value = of.get(v, ZERO) + factor * c
        if value:
            of[v] = value
        else:
            of.pop(v, None)
    return Form(of, a.const + factor * b.const)


def times(a: Form, factor: Fraction | int) -> Form:
    return Form({v: c * factor for v, c in a.of.items()}, a.const * factor) if factor else Form()


def proportional(a: Form, b: Form) -> bool:
    """Is a = factor * b for some number?  Then a is 0 wherever b is."""
    if a.constant and not a.const:
        return True
    if set(a.of) != set(b.of) or not b.of:
        return False
    v = next(iter(b.of))
    return plus(a, b, -a.of[v] / b.of[v]).key == ((), ZERO)
