"""The forms of a network with all denominators cleared, once: its maps are then computed in integers.

Each gate g has a fixed scale, a positive integer, and is held as the integer map  scale * value of g.  A form is

    1 / scale * (own . (x, 1) + sum of weight * held map of a gate)      with integers own and weight

so that under chosen signs every map is a sum of integer vectors; a gate that is switched off adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import lcm
from operator import mul

from workings.exact import IntVector
from workings.geometry.data import Map
from workings.geometry.gates import GateForm
from workings.geometry.linear import Form

Held = tuple[IntVector, ...]            # the held map of each gate so far


@dataclass(slots=True, eq=False)
class IntForm:
    scale: int
    own: IntVector                      # coefficients of the inputs, then the constant
    gates: tuple[int, ...]
    weights: IntVector

    def of(self, held: Held) -> IntVector:
        """scale * the form, as a map of the inputs."""
        used = [(w, held[g]) for w, g in zip(self.weights, self.gates) if any(held[g])]
        if not used:
            return self.own
        weights = [w for w, _ in used]
        columns = zip(*(m for _, m in used))
        return tuple([o + sum(map(mul, weights, column)) for o, column in zip(self.own, columns)])


@dataclass(slots=True, eq=False)
class Gate:
    """The value for each pattern of signs; an integer: so many times what its unit's pre-activation comes to."""

    values: dict[str, IntForm | int]
    crease: IntForm | None


class Whole:
    """Pre-activations and gates as integer forms."""

    def __init__(self, size: int, pres: Sequence[Form], gates: Sequence[GateForm]) -> None:
        self.size = size
        self.scales: list[int] = []
        self.pres: list[IntForm] = []
        self.gates: list[Gate] = []
        for gate in gates:
            own = [self.form(pres[u]) for u in gate.units]
            self.pres += own
            self._add(gate, pres[gate.units[-1]], own[-1])
        self.starts = self._starts(gates)
        self._maps: dict[tuple[IntVector, int], Map] = {}

    def form(self, form: Form, scale: int = 0) -> IntForm:
        """The form with its denominators cleared, by the scale given or the least."""
        gates = tuple(sorted(v - self.size for v in form.of if v >= self.size))
        weights = [form.of[g + self.size] / self.scales[g] for g in gates]
        own = [form.of.get(v, Fraction(0)) for v in range(self.size)] + [form.const]
        scale = scale or lcm(*(c.denominator for c in (*own, *weights)))
        return IntForm(scale, _times(own, scale), gates, _times(weights, scale))

    def _add(self, gate: GateForm, pre: Form, held: IntForm) -> None:
        forms = [*gate.values.values(), *([gate.crease] if gate.crease is not None else [])]
        scale = lcm(*(self.form(f).scale for f in forms))
        values: dict[str, IntForm | int] = {}
        for signs, form in gate.values.items():
            same = scale % held.scale == 0 and form.key == pre.key
            values[signs] = scale // held.scale if same else self.form(form, scale)
        self.gates.append(Gate(values, None if gate.crease is None else self.form(gate.crease, scale)))
        self.scales.append(scale)

    def _starts(self, gates: Sequence[GateForm]) -> list[int]:
        """For each unit, the first of the units whose pre-activations can be computed together with its own."""
        ready = [max(form.gates, default=-1) + 1 for form in self.pres]
        known = [0, *accumulate(len(gate.units) for gate in gates)]      # units before each gate
        starts: list[int] = []
        for unit, need in enumerate(ready):
            start = starts[-1] if starts else 0
            starts.append(start if known[need] <= start else unit)
        return starts

    def layer(self, unit: int, held: Held) -> Held:
        """The pre-activations, each times its scale, of all units that can be computed together with this one."""
        end = unit + 1
        while end < len(self.pres) and self.starts[end] == unit:
            end += 1
        return tuple([form.of(held) for form in self.pres[unit:end]])

    def map(self, form: IntForm, held: Held) -> Map:
        """The form as a map of the inputs, in fractions."""
        key = form.of(held), form.scale
        found = self._maps.get(key)
        if found is None:
            found = self._maps[key] = tuple([Fraction(v, form.scale) for v in key[0]])
        return found


def _times(values: Iterable[Fraction], scale: int) -> IntVector:
    return tuple([v.numerator * (scale // v.denominator) for v in values])
