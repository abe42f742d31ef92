"""Random small piecewise linear networks as text, with an evaluator of their own in fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from workings.expr import Network
from workings.functions import signatures
from workings.syntax import read

F = Fraction
HALF = F(1, 2)

# how each function is written, evaluated, and which signs its units have, by its arguments
FUNCTIONS = {
    "relu": (1, "relu({0})", lambda a: max(F(0), a), lambda a: [a]),
    "ramp": (1, "max(0, {0})", lambda a: max(F(0), a), lambda a: [a]),
    "abs": (1, "abs({0})", abs, lambda a: [a]),
    "leaky": (1, "leaky({0}, 1/2)", lambda a: a if a >= 0 else a / 2, lambda a: [a]),
    "clip": (1, "clip({0}, -1, 2)", lambda a: min(max(a, F(-1)), F(2)), lambda a: [a + 1, a - 2]),
    "max": (2, "max({0}, {1})", max, lambda a, b: [a - b]),
    "min": (2, "min({0}, {1})", min, lambda a, b: [a - b]),
}


@dataclass
class Affine:
    weights: dict[str, int]
    bias: Fraction

    def text(self) -> str:
        parts = [f"{w}*{n}" for n, w in self.weights.items()] + [str(self.bias)]
        return " + ".join(parts).replace("+ -", "- ")

    def at(self, values: dict[str, Fraction]) -> Fraction:
        return sum((w * values[n] for n, w in self.weights.items()), self.bias)


@dataclass
class Random:
    """Units h1, h2, … of (function, arguments), then y."""

    inputs: list[str]
    units: list[tuple[str, list[Affine]]]
    output: Affine

    def text(self) -> str:
        lines = [
            f"h{k} = " + FUNCTIONS[f][1].format(*(a.text() for a in args)) for k, (f, args) in enumerate(self.units, 1)
        ]
        return "\n".join([*lines, "y = " + self.output.text()])

    def network(self) -> Network:
        return read(self.text(), signatures(), inputs=self.inputs)

    def run(self, point: tuple[Fraction, ...]) -> tuple[Fraction, str]:
        """The value and the signs of the units in order."""
        values = dict(zip(self.inputs, point))
        signs = ""
        for k, (f, args) in enumerate(self.units, 1):
            here = [a.at(values) for a in args]
            signs += "".join("-" if v < 0 else "+" for v in FUNCTIONS[f][3](*here))
            values[f"h{k}"] = FUNCTIONS[f][2](*here)
        return self.output.at(values), signs


@st.composite
def networks(draw: st.DrawFn, sizes: tuple[int, ...] = (1, 2), deepest: int = 2) -> Random:
    """One or two inputs, one to four units of small integer weights in one or two layers."""
    inputs = [f"x{i + 1}" for i in range(draw(st.sampled_from(sizes)))]
    small = st.integers(-2, 2)
    units: list[tuple[str, list[Affine]]] = []
    below = list(inputs)
    for _ in range(draw(st.integers(1, deepest))):
        for _ in range(draw(st.integers(1, 2))):
            function = draw(st.sampled_from(sorted(FUNCTIONS)))
            args = []
            for _ in range(FUNCTIONS[function][0]):
                # the first weight is not 0, so that no argument is a number as written
                weights = {n: draw(small) if i else draw(st.sampled_from([1, -1, 2])) for i, n in enumerate(below)}
                args.append(Affine(weights, F(draw(small)) / draw(st.sampled_from([1, 2]))))
            units.append((function, args))
        below = [*inputs, *(f"h{k + 1}" for k in range(len(units)))] if draw(st.booleans()) else [
            f"h{k + 1}" for k in range(len(units))]
    output = Affine({f"h{k + 1}": draw(st.sampled_from([1, -1, 2])) for k in range(len(units))}, F(draw(small)))
    return Random(inputs, units, output)


def grid(size: int) -> list[tuple[Fraction, ...]]:
    """Points on and between the usual creases."""
    steps = [F(k, 2) for k in range(-6, 7)] if size == 1 else [F(-7, 3), F(-1), F(-1, 2), F(0), F(1, 3), F(1), F(2)]
    points: list[tuple[Fraction, ...]] = [()]
    for _ in range(size):
        points = [(*p, s) for p in points for s in steps]
    return points
