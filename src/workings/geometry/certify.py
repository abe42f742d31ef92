"""Proofs and probes of a result that share nothing with the splitter: plain arithmetic on what was returned.

Pieces: random rational points lie in exactly one listed pattern, where the map is the network's value, computed
from the forms and gates directly; multipliers add up; samples and corners lie where they should.
Boundary: its points have the level; regions of a class have its sign.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from operator import mul
from random import Random

from workings.geometry import data
from workings.geometry.data import Box, Certificate, Point, Region
from workings.geometry.linear import Form
from workings.geometry.program import Program

POINTS = 24                   # random points of one certificate
NAMED = 4                     # points at which every named quantity is compared, not the outputs alone
MAX_PROBED = 64               # parts of a boundary, and regions of a class, that are probed
MAX_REGIONS = 2_000           # regions above which each point is looked for by its own pattern only


def run(
    program: Program, point: Sequence[Fraction], names: Iterable[str] | None = None,
) -> tuple[str, dict[str, Fraction]]:
    """The signs of the units and the values of outputs (or of `names`) at a point; gates at 0 have their own value."""
    values, signs = list(point), ""
    pres = iter(program.pres)
    for gate in program.forms:
        here = [_value(next(pres), values) for _ in gate.units]
        signs += "".join("-" if v < 0 else "+" for v in here)
        chosen = gate.values[signs[-len(here):]]
        if gate.crease is not None and not here[0]:
            chosen = gate.crease
        values.append(_value(chosen, values))
    return signs, {name: _value(program.named[name], values) for name in names or program.outputs}


def _value(form: Form, values: Sequence[Fraction]) -> Fraction:
    total = form.const
    for v, c in form.of.items():
        if values[v]:
            total += c * values[v]
    return total


def apply(values: Sequence[int | Fraction], point: Sequence[Fraction]) -> Fraction:
    """An affine map at a point."""
    total = Fraction(0) + values[-1]
    for c, x in zip(values, point):
        total += x * c
    return total


def pieces(program: Program, answer: data.Pieces) -> bool:
    """Does everything that can be checked without the splitter hold?"""
    listed = {region.pattern: region for region in answer.regions if region.status != "empty"}
    if not all(_holds(region) for region in answer.regions):
        return False
    for k, point in enumerate(probes(answer)):
        at = scaled(point)
        inside = [r for r in listed.values() if _has(r, at)] if len(listed) <= MAX_REGIONS else None
        signs, values = run(program, point, program.named if k < NAMED else None)
        if _at_jump(program, answer, point):
            continue
        if signs not in listed or (inside is not None and inside != [listed[signs]]):
            return False
        if any(apply(m, point) != values[name] for name, m in listed[signs].affine.items() if name in values):
            return False
    return True


def has(region: Region, point: Sequence[Fraction]) -> bool:
    """Does the point have the pattern of the region, by the rows of the region?"""
    return _has(region, scaled(point))


def _has(region: Region, at: tuple[int, ...]) -> bool:
    return all((_dot(row, at) < 0) == (s == "-") for row, s in zip(region.rows, region.pattern))


def scaled(point: Sequence[Fraction]) -> tuple[int, ...]:
    """(x, 1) times the common denominator: rows have the same sign there, and integers are quick."""
    scale = math.lcm(*(v.denominator for v in point))
    return (*(v.numerator * (scale // v.denominator) for v in point), scale)


def _dot(row: Sequence[int], at: Sequence[int]) -> int:
    return sum(map(mul, row, at))


def _at_jump(program: Program, answer: data.Pieces, point: Sequence[Fraction]) -> bool:
    """Is a jumping unit exactly 0 here?  Then later signs are those of its own value, and `on_crease` speaks."""
    own = [gate.units[0] for gate in program.forms if gate.crease is not None]
    if not own:
        return False
    region = next((r for r in answer.regions if r.status != "empty" and has(r, point)), None)
    return region is not None and any(not apply(region.rows[u], point) for u in own)


def _holds(region: Region) -> bool:
    if region.empty is not None:
        return _adds_up(region.empty)
    if region.sample is None or region.shape is None or not has(region, region.sample):
        return False
    corners = [scaled(v) for v in region.shape.vertices]
    for row, s in zip(region.rows, region.pattern):
        values = [_dot(row, v) for v in corners]
        if min(values) < 0 if s == "+" else max(values) > 0:
            return False
    return True


def _adds_up(certificate: Certificate) -> bool:
    """Do the facts, each times its multiplier, come to a false constant?"""
    size = len(certificate.facts[0].row)
    sums = [0] * size
    for fact in certificate.facts:
        side = -1 if fact.strict else 1
        sums = [a + side * fact.multiplier * b for a, b in zip(sums, fact.row)]
    strict = any(fact.strict for fact in certificate.facts)
    positive = all(fact.multiplier > 0 for fact in certificate.facts)
    return positive and not any(sums[:-1]) and (sums[-1] < 0 or (sums[-1] == 0 and strict))


def probes(answer: data.Pieces) -> Iterator[Point]:
    """Random points in the box, of several sizes, and points on corners and between them."""
    random = Random(len(answer.regions) * 1009 + len(answer.units))
    corners = [v for r in answer.regions[:200] if r.shape is not None for v in r.shape.vertices][:200]
    for k in range(POINTS):
        yield _random(random, answer.box, len(answer.inputs), 10 ** (k % 4 - 1))
    for k in range(POINTS if corners else 0):
        a, b = random.choice(corners), random.choice(corners)
        s = Fraction(random.randint(0, 4), 4) if k % 2 else Fraction(0)
        yield tuple(x + s * (y - x) for x, y in zip(a, b))


def _random(random: Random, box: Box | None, size: int, scale: float) -> Point:
    out = []
    for low, high in box or ((None, None),) * size:
        if low is not None and high is not None:
            out.append(low + (high - low) * Fraction(random.randint(0, 60), 60))
        else:
            step = Fraction(random.randint(-60, 60), 12) * Fraction(scale).limit_denominator(10)
            out.append(low + abs(step) if low is not None else high - abs(step) if high is not None else step)
    return tuple(out)


def boundary(program: Program, answer: data.Boundary) -> bool:
    """Do the points of the boundary have the level, and the regions of each class their sign?"""
    if len(answer.outputs) > 1:
        return all(_is_largest(program, answer, side) for side in answer.classes)
    name = answer.outputs[0]
    for part in answer.parts[:MAX_PROBED]:
        if any(run(program, point)[1][name] != answer.level for point in _points_of(part)):
            return False
    return all(
        side.sign is not None and (run(program, point)[1][name] - answer.level) * side.sign > 0
        for side in answer.classes for shape in side.regions[:MAX_PROBED] for point in [_inside(shape)]
    )


def _is_largest(program: Program, answer: data.Boundary, side: data.Side) -> bool:
    for shape in side.regions[:MAX_PROBED]:
        values = run(program, _inside(shape))[1]
        if any(values[side.output] < values[name] for name in answer.outputs):
            return False
    return True


def _points_of(part: data.Part) -> list[Point]:
    """An inner point or two of a part, and its ends."""
    if part.shape is not None:
        return [_inside(part.shape)]
    if part.direction is not None:
        return [tuple(p + s * d for p, d in zip(part.points[0], part.direction)) for s in (Fraction(1, 3), 5)]
    count = len(part.points)
    return [tuple(sum(column, Fraction(0)) / count for column in zip(*part.points))]


def _inside(shape: data.Shape) -> Point:
    """The mean of the vertices, moved along every ray."""
    count = len(shape.vertices)
    middle = [sum(column, Fraction(0)) / count for column in zip(*shape.vertices)]
    for ray in shape.rays:
        middle = [a + b for a, b in zip(middle, ray)]
    return tuple(middle)
