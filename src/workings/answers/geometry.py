"""What pieces and boundaries have in common on paper: exact points as text, sets and reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.document import Block, Inline, Line, Math, Step
from workings.exact import primitive
from workings.expr import Array, Expr, Logic, Rel
from workings.geometry import Box, Certificate, Fact, Part, Point, Shape
from workings.geometry.formulas import inequality, lowest, num
from workings.geometry.jumps import vanishes
from workings.geometry.polyhedron import crease, facets, rims
from workings.notation import latex, plain

# --- JSON ---


def exact(point: Iterable[Fraction]) -> list[str]:
    """Each number as text: "-3/2"."""
    return [str(v) for v in point]


def shape_dict(shape: Shape) -> dict[str, Any]:
    return {"vertices": [exact(v) for v in shape.vertices], "rays": [exact(r) for r in shape.rays]}


def box_dict(box: Box | None) -> Any:
    """Pairs of numbers, or "all"."""
    return "all" if box is None else [[None if v is None else str(v) for v in pair] for pair in box]


def steps_of(found: Iterable[Block], spelling: Mapping[str, str]) -> list[dict[str, Any]]:
    """The steps of a page as JSON: one entry a line, those without formulas too."""
    out: list[dict[str, Any]] = []
    for block in found:
        if not isinstance(block, Step):
            continue
        says = text(block.says)
        for row in block.rows:
            assert isinstance(row.formula, Expr)
            note = text(row.note)
            entry = {"rule": block.rule, "line": plain(row.formula), "latex": latex(row.formula, spelling)}
            entry["says"] = ": ".join(s.rstrip(".:") for s in (says, note) if s)
            out.append({**entry, "tag": row.tag} if row.tag else entry)
        if not block.rows:
            out.append({"rule": block.rule, "line": "", "latex": "", "says": says})
        out += steps_of(block.inner, spelling)
    return out


def text(line: Line) -> str:
    """A line as plain text."""
    return "".join(_word(part) for part in line)


def _word(part: Inline) -> str:
    if isinstance(part, Math):
        return plain(part.formula) if isinstance(part.formula, Expr) else part.formula.latex
    return part if isinstance(part, str) else part.text


# --- words ---


def listed(parts: Sequence[Line], last: str = " and ") -> Line:
    """a, b and c."""
    out: list[Inline] = []
    for i, part in enumerate(parts):
        if i:
            out.append(last if i == len(parts) - 1 else ", ")
        out += part
    return tuple(out)


def numbers(found: Sequence[int], last: str = " and ") -> Line:
    """(1), (3) and (4)."""
    return listed([(f"({n})",) for n in found], last)


def place(point: Point) -> Math:
    """A point as a formula; on the line it is its number."""
    entries = tuple(num(v) for v in point)
    return Math(entries[0] if len(entries) == 1 else Array(entries))


def part_words(part: Part, inputs: Sequence[str]) -> Line:
    """the ray from (1, -1) in direction (1, 0)."""
    if part.shape is not None:
        return set_words(part.shape, inputs)
    if part.type == "segment":
        return ("the segment from ", place(part.points[0]), " to ", place(part.points[1]))
    if part.type == "point":
        return ("the point ", place(part.points[0]))
    assert part.direction is not None
    kind = "the ray from " if part.type == "ray" else "the line through "
    return (kind, place(part.points[0]), " in direction ", place(part.direction))


def set_words(shape: Shape, inputs: Sequence[str]) -> Line:
    """the region with corners …; flat ones by their equation: the part of the plane x1 = 1 where 0 <= x2 <= 1."""
    body = shape.body
    if body is None or shape.dimension < min(2, body.size) or (shape.dimension == 1 and facets(body)):
        return shape_words(shape)
    if shape.dimension == body.size:
        where = domain(shape, inputs)
        whole = {1: "the whole line", 2: "the whole plane"}.get(body.size, "the whole space")
        return (whole,) if where is None else ("the region where ", Math(where))
    flat = next(row for row in body.rows[1:] if any(row[:-1]) and vanishes(body, row))
    rows = sorted((_within(row, flat) for row in rims(body)), key=_plain)
    where = conjunction(chained([inequality(lowest(row), ">=", inputs) for row in rows]))
    plane: Line = ("plane " if body.size == 3 else "hyperplane ", Math(inequality(lowest(crease(flat)), "=", inputs)))
    return ("the ", *plane) if where is None else ("the part of the ", *plane, " where ", Math(where))


def _within(row: tuple[int, ...], flat: tuple[int, ...]) -> tuple[int, ...]:
    """A row on the plane flat = 0, without the input that has one value there: x1 - x2 >= 0 on x1 = 0 is x2 <= 0."""
    used = [i for i, v in enumerate(flat[:-1]) if v]
    if len(used) != 1:
        return row
    (k,) = used
    side = 1 if flat[k] > 0 else -1
    return primitive([side * (a * flat[k] - row[k] * b) for a, b in zip(row, flat)])


def shape_words(shape: Shape) -> Line:
    """Corners and directions of a convex set; the point, segment, ray or line that it is."""
    corners, rays = shape.vertices, shape.rays
    if shape.dimension == 0:
        return ("the point ", place(corners[0]))
    if shape.dimension == 1 and len(corners) == 2:
        return ("the segment from ", place(corners[0]), " to ", place(corners[1]))
    if shape.dimension == 1 and len(corners) == 1:
        kind = "the ray from " if len(rays) == 1 else "the line through "
        return (kind, place(corners[0]), " in direction ", place(rays[0]))
    words: Line = ("corners " if len(corners) > 1 else "corner ", *listed([(place(v),) for v in corners]))
    return (*words, *((", open towards ", *listed([(place(r),) for r in rays])) if rays else ()))


def domain(shape: Shape, inputs: Sequence[str], walls: Iterable[tuple[int, ...]] = ()) -> Expr | None:
    """The inequalities that bound a set with an interior, joined by "and"; strict at the walls.  None: everything."""
    assert shape.body is not None
    strict = set(walls)
    sides = sorted(_sides(shape), key=_plain)
    found = [inequality(lowest(row), ">" if crease(row) in strict else ">=", inputs) for row in sides]
    return conjunction(chained(found))


def _plain(row: tuple[int, ...]) -> tuple[int, int]:
    """Inequalities of one name first, x1 before x2."""
    used = [i for i, v in enumerate(row[:-1]) if v]
    return len(used), used[0] if used else 0


def _sides(shape: Shape) -> tuple[tuple[int, ...], ...]:
    assert shape.body is not None
    return facets(shape.body)


def chained(found: list[Rel]) -> list[Rel]:
    """0 <= x and x <= 1 as 0 <= x <= 1."""
    from workings.expr import same
    from workings.geometry.formulas import TURNED

    out: list[Rel] = []
    for rel in found:
        twin = next((k for k, r in enumerate(out) if len(r.ops) == 1 and same(r.args[0], rel.args[0])), None)
        if twin is None:
            out.append(rel)
            continue
        low, high = (out[twin], rel) if out[twin].ops[0] in (">", ">=") else (rel, out[twin])
        out[twin] = Rel((low.args[1], low.args[0], high.args[1]), (TURNED[low.ops[0]], high.ops[0]))
    return out


def conjunction(parts: Sequence[Expr]) -> Expr | None:
    """p and q and r."""
    return None if not parts else parts[0] if len(parts) == 1 else Logic("and", tuple(parts))


# --- why a pattern is empty ---


def why(certificate: Certificate, inputs: Sequence[str]) -> Line:
    """x1 >= 0 and x2 >= 0 add up to x1 + x2 >= 0, against x1 + x2 < 0."""
    *others, last = certificate.facts
    against = _fact(last, inputs)
    if not others:
        return ("it would need ", Math(against), ", which is never true")
    total = _sum(others, last)
    found = inequality(total, ">" if any(fact.strict for fact in others) else ">=", inputs)
    if len(others) == 1:
        own = _fact(others[0], inputs)
        shown: Line = (Math(own), *_source(others[0]))
        if plain(own) == plain(found):
            return (*shown, " contradicts ", Math(against))
        return (*shown, " gives ", Math(found), ", against ", Math(against))
    shown = listed([_weighted(fact, last.multiplier, inputs) for fact in others])
    return (*shown, " add up to ", Math(found), ", against ", Math(against))


def _fact(fact: Fact, inputs: Sequence[str]) -> Rel:
    return inequality(fact.row, "<" if fact.strict else ">=", inputs)


def _sum(facts: Sequence[Fact], last: Fact) -> list[Fraction]:
    """What the other facts come to, per multiple of the last."""
    sums = [Fraction(0)] * len(last.row)
    for fact in facts:
        weight = Fraction(fact.multiplier, last.multiplier) * (-1 if fact.strict else 1)
        sums = [a + weight * b for a, b in zip(sums, fact.row)]
    return sums


def _weighted(fact: Fact, unit: int, inputs: Sequence[str]) -> Line:
    """The fact, with how many times it is taken, and where it comes from if that is the box."""
    times = Fraction(fact.multiplier, unit) * _scale(fact)
    shown: Line = (Math(_fact(fact, inputs)), *_source(fact))
    return (f"{times} times ", *shown) if times != 1 else shown


def _source(fact: Fact) -> Line:
    return (" (the box)",) if fact.about is None else ()


def _scale(fact: Fact) -> Fraction:
    """How many of the inequality as it is shown make the row: 2 x1 >= 4 is shown as x1 >= 2."""
    slopes = [v for v in fact.row[:-1] if v]
    return Fraction(abs(slopes[0])) if len(slopes) == 1 else Fraction(1)
