"""What `boundary` says: the level set piece by piece, then joined, with what lies on each side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any

from workings.answers import pieces as pieces_page
from workings.answers.geometry import (
    box_dict, domain, exact, listed, part_words, set_words, shape_dict, steps_of,
)
from workings.document import Aside, Block, Bullets, Line, Math, Paragraph, Picture, Row, Step, Strong
from workings.exact import integer_row
from workings.expr import Call, Neg, Rel
from workings.figures.plane import boundary_figure
from workings.geometry import Boundary, Part, Region, Shape, Side, Solved
from workings.geometry.frontier import holds, lies_on
from workings.geometry.formulas import affine, inequality, num, reference
from workings.geometry.polyhedron import crease, facets, slice_
from workings.geometry.sample import sample
from workings.geometry.symmetry import Symmetry, names

MAX_SOLVED = 32               # pieces that a page solves line by line
MAX_SIDES = 8                 # inequalities that describe one convex part
MAX_REGIONS = 4               # convex parts by which a side is described before it is "everywhere else"


def as_dict(answer: Boundary) -> dict[str, Any]:
    """The `boundary` object of INTERFACE.md."""
    out: dict[str, Any] = {
        "inputs": list(answer.inputs),
        "outputs": list(answer.outputs),
        "level": str(answer.level),
        "boundary": [_part(part) for part in answer.parts],
        "classes": [_side(answer, side) for side in answer.classes],
        "symmetries": [names(symmetry, answer.inputs) for symmetry in answer.symmetries],
        "length": answer.length,
    }
    if answer.jumps:
        out["jumps"] = [_part(part) for part in answer.jumps]
    counted = {**pieces_page.counts(answer.pieces), "box": box_dict(answer.box), "certified": answer.certified}
    return {**out, **counted, "steps": steps_of(argument(answer), answer.pieces.spelling)}


def _part(part: Part) -> dict[str, Any]:
    out: dict[str, Any] = {"type": part.type, "kind": part.kind}
    if part.shape is not None:
        out |= shape_dict(part.shape)
    elif part.type == "segment":
        out |= {"from": exact(part.points[0]), "to": exact(part.points[1])}
    elif part.type == "point":
        out["at"] = exact(part.points[0])
    else:
        assert part.direction is not None
        out |= {"from" if part.type == "ray" else "through": exact(part.points[0]), "dir": exact(part.direction)}
    return {**out, "between": list(part.between)} if part.between else out


def _side(answer: Boundary, side: Side) -> dict[str, Any]:
    return {
        "sign": side.sign, "output": side.output, "label": side.label or condition_text(answer, side),
        "regions": [shape_dict(shape) for shape in side.regions],
    }


def condition_text(answer: Boundary, side: Side) -> str:
    """y < 0, or "y1 is the largest"."""
    if side.sign is None:
        return f"{side.output} is the largest"
    return f"{side.output} {'<' if side.sign < 0 else '>'} {answer.level}"


# --- the page ---


def blocks(answer: Boundary, pieces: bool = True) -> tuple[Block, ...]:
    """The pieces, the level solved in each, the boundary, the picture; `pieces`: do they come first?"""
    first = pieces_page.blocks(answer.pieces) if pieces else ()
    return (*first, *argument(answer), *_pictures(answer))


def argument(answer: Boundary) -> tuple[Block, ...]:
    """The level solved in each piece, and the boundary put together."""
    found = _argmax(answer) if len(answer.outputs) > 1 else _levels(answer)
    return (*found, Aside("result", tuple(_result(answer))))


def _levels(answer: Boundary) -> list[Block]:
    """y = level solved in each piece, those that follow by symmetry mirrored."""
    regions = {region.number: region for region in answer.pieces.full}
    out: list[Block] = list(_stated(answer))
    own = [s for s in answer.solved if s.mirrored is None]
    for solved in own[:MAX_SOLVED]:
        out.append(_solve(answer, regions[solved.number], solved))
    if len(own) > MAX_SOLVED:
        out.append(Paragraph((f"The other {len(own) - MAX_SOLVED} pieces are solved in the same way.",)))
    return out + list(_mirrored(answer))


def _stated(answer: Boundary) -> Iterator[Step]:
    """The level that a class rule of the text states."""
    if answer.rule is not None:
        level = Rel((reference(answer.outputs[0]), num(answer.level)), ("=",))
        says: Line = (f"The text says {answer.rule.label} if ", Math(answer.rule.condition), ": the boundary is where")
        yield Step("level", says, (Row(level),))


def _solve(answer: Boundary, region: Region, solved: Solved) -> Step:
    name, inputs = reference(answer.outputs[0]), answer.inputs
    value = affine(region.affine[answer.outputs[0]], inputs)
    level = num(answer.level)
    head: Line = (f"In ({solved.number}), where ", *_where(answer, region), ": ") if answer.pieces.units else ()
    if not any(solved.row[:-1]):
        op = "=" if not solved.row[-1] else "<" if solved.row[-1] < 0 else ">"
        row = Row(Rel((name, value, level), ("=", op)) if op != "=" else Rel((name, level), ("=",)), ("everywhere",))
        return Step("solve in a piece", (*head, *_constant(solved)), (row,))
    rows = [Row(Rel((name, value), ("=",)))]
    for op in ("<", "=", ">"):
        rows.append(Row(inequality(solved.row, op, inputs), ("where ", Math(Rel((name, level), (op,))))))
    return Step("solve in a piece", _sentence((*head, *_cut(answer, region, solved))), tuple(rows))


def _sentence(line: Line) -> Line:
    """With a capital letter at its beginning."""
    first = line[0]
    return (first[:1].upper() + first[1:], *line[1:]) if isinstance(first, str) else line


def _where(answer: Boundary, region: Region) -> Line:
    found = pieces_page.domain(answer.pieces, region)
    return ("nothing is asked of the inputs",) if found is None else (Math(found),)


def _constant(solved: Solved) -> Line:
    if solved.row[-1]:
        return ("no boundary.",)
    return ("the whole piece has this value.",)


def _cut(answer: Boundary, region: Region, solved: Solved) -> Line:
    """What is left of the solution within the domain."""
    name, level = reference(answer.outputs[0]), num(answer.level)
    if solved.zero is None:
        sign = ">" if solved.above is not None else "<"
        return ("the level is not met here, ", Math(Rel((name, level), (sign,))), " throughout.")
    if solved.below is not None and solved.above is not None:
        open_ = [row for row, s in zip(region.rows, region.pattern) if s == "-"]
        below = domain(solved.below, answer.inputs, map(crease, [integer_row(solved.row), *open_]))
        assert below is not None
        cut: Line = (Math(Rel((name, level), ("<",))), " where ", Math(below))
        return ("the boundary is ", *set_words(solved.zero, answer.inputs), "; ", *cut, ".")
    sign = ">" if solved.above is not None else "<"
    return ("the level is met only on the edge, at ", *set_words(solved.zero, answer.inputs), "; else ",
            Math(Rel((name, level), (sign,))), ".")


def _mirrored(answer: Boundary) -> Iterator[Block]:
    """The pieces that follow from others, with the symmetry that says so."""
    regions = {region.number: region for region in answer.pieces.full}
    groups: dict[Symmetry, list[Solved]] = {}
    for solved in answer.solved:
        if solved.by is not None:
            groups.setdefault(solved.by, []).append(solved)
    for symmetry, found in groups.items():
        yield Step("symmetry", _symmetric(answer, symmetry, found))
    items = tuple(
        (Paragraph((f"({s.number}), mirrored from ({s.mirrored}): ", *_cut(answer, regions[s.number], s)),),)
        for s in [s for s in answer.solved if s.by is not None and any(s.row[:-1])][:MAX_SOLVED]
    )
    if items:
        yield Bullets(items)


def _symmetric(answer: Boundary, symmetry: Symmetry, found: Sequence[Solved]) -> Line:
    """y(x2, x1) = y(x1, x2): with x1 and x2 exchanged, …"""
    name, inputs = answer.outputs[0], tuple(map(reference, answer.inputs))
    moved = [Neg(inputs[o]) if s < 0 else inputs[o] for o, s in zip(symmetry.order, symmetry.signs)]
    same = Rel((Call(name, tuple(moved)), Call(name, inputs)), ("=",))
    pairs = listed([(f"({s.number}) from ({s.mirrored})",) for s in found])
    return (
        Math(same), ": with ", *_change(answer, symmetry),
        ", a solved piece goes to a piece with the same function. So nothing need be computed again: ", *pairs, ".",
    )


def _change(answer: Boundary, symmetry: Symmetry) -> Line:
    """x1 and x2 exchanged and the sign of x1 changed."""
    def shown(places: Iterable[int]) -> Line:
        return listed([(Math(reference(answer.inputs[i])),) for i in places])

    moved: Line = (*shown(symmetry.moved), " exchanged") if symmetry.moved else ()
    if not symmetry.flipped:
        return moved
    if len(symmetry.flipped) > 1 and len(symmetry.flipped) == len(answer.inputs):
        return (*moved, *((" and ",) if moved else ()), f"{'both' if len(answer.inputs) == 2 else 'all'} signs changed")
    plural = "s" if len(symmetry.flipped) > 1 else ""
    return (*moved, *((" and ",) if moved else ()), f"the sign{plural} of ", *shown(symmetry.flipped), " changed")


def _argmax(answer: Boundary) -> list[Block]:
    names = listed([(Math(reference(n)),) for n in answer.outputs])
    return [Paragraph((
        "In each piece ", *names, " are affine; the boundary is where the two largest of them are equal.",
    ))]


# --- the result ---


def _result(answer: Boundary) -> Iterator[Block]:
    shown = [*answer.parts, *answer.jumps]
    level = Rel((reference(answer.outputs[0]), num(answer.level)), ("=",))
    if not answer.parts:
        yield Paragraph(_nowhere(answer, level))
    if shown:
        head: Line = ("The boundary ", Math(level)) if answer.parts and len(answer.outputs) == 1 else ("The boundary",)
        yield Paragraph((*head, " is made of" if len(shown) > 1 else " is"))
        yield Bullets(tuple((Paragraph(_listed(answer, part)),) for part in shown))
    for line in _sides(answer):
        yield Paragraph(line)


def _nowhere(answer: Boundary, level: Rel) -> Line:
    where = " in the box" if answer.box is not None else ""
    end = "the boundary is where it is jumped over." if answer.jumps else "there is no boundary."
    if len(answer.outputs) > 1:
        return (f"No two outputs are both the largest anywhere{where}: {end}",)
    return ("The level ", Math(level), f" is met nowhere{where}: {end}")


def _listed(answer: Boundary, part: Part) -> Line:
    words = part_words(part, answer.inputs)
    if part.between:
        words = (*words, ", between ", Math(reference(part.between[0])), " and ", Math(reference(part.between[1])))
    what = "sign" if len(answer.outputs) == 1 else "largest output"
    if part in answer.jumps:
        jump = "changes in a jump" if part.kind == "crosses" else "is another than on either side"
        return (*words, f", where the {what} {jump}")
    if part.shape is not None and part.shape.dimension == len(answer.inputs):
        jumping = any(gate.jumps for gate in answer.pieces.gates)
        place = "inside which" if jumping else "on all of which"
        return (*words, f", {place} " + ("the level is met" if len(answer.outputs) == 1 else "they are equal"))
    if part.kind == "touches":
        return (*words, f", only touched: the {what} is the same on either side")
    return words


def _sides(answer: Boundary) -> Iterator[Line]:
    """Each class in words; the one of most parts is "everywhere else"."""
    sides = [side for side in answer.classes if side.regions]
    last = max(sides, key=_length) if len(sides) > 1 else None
    if last is not None and sum(len(s.regions) for s in sides) == len(sides):
        last = None
    for side in [s for s in sides if s is not last] + ([last] if last else []):
        yield (*_name(answer, side), ": ", *_regions(answer, side, side is last), ".")


def _length(side: Side) -> tuple[int, int]:
    """How much there is to say: convex regions, and sides of them."""
    return len(side.regions), sum(len(facets(s.body)) for s in side.regions if s.body is not None)


def _name(answer: Boundary, side: Side) -> Line:
    if side.sign is None:
        condition: Line = (Math(reference(side.output)), " is the largest")
    else:
        condition = (Math(Rel((reference(side.output), num(answer.level)), ("<" if side.sign < 0 else ">",))),)
    if not side.label:
        return condition
    return (Strong(side.label[:1].upper() + side.label[1:]), " (", *condition, ")")


def _regions(answer: Boundary, side: Side, last: bool) -> Line:
    if last:
        return ("everywhere else off the boundary",)
    if not any(other.regions for other in answer.classes if other is not side):
        return ("everywhere off the boundary" if answer.parts or answer.jumps else "everywhere",)
    sides = max(len(facets(shape.body)) for shape in side.regions if shape.body is not None)
    if len(side.regions) > MAX_REGIONS or sides > MAX_SIDES:
        return (f"{len(side.regions)} convex region{'s' * (len(side.regions) > 1)}",)
    found = [_region(answer, shape) for shape in side.regions]
    return listed(found, ", or ") if len(found) > 1 else found[0]


def _region(answer: Boundary, shape: Shape) -> Line:
    found = domain(shape, answer.inputs, _walls(answer, shape))
    return ("everywhere",) if found is None else (Math(found),)


def _walls(answer: Boundary, shape: Shape) -> Iterator[tuple[int, ...]]:
    """The sides of a region on which the boundary lies: there its inequalities are strict."""
    assert shape.body is not None
    for row in facets(shape.body):
        where = sample(slice_(shape.body, row))
        if any(_meets(part, where) for part in (*answer.parts, *answer.jumps)):
            yield crease(row)


def _meets(part: Part, where: tuple[Fraction, ...]) -> bool:
    """Does a part of the boundary hold a point?"""
    if part.shape is not None and part.shape.body is not None:
        return holds(part.shape.body, where)
    return part.points[0] == where if part.type == "point" else len(where) == 2 and lies_on(part, where)


def _pictures(answer: Boundary) -> Iterator[Block]:
    """The boundary in the plane or on the line, with the class on each side; none for more inputs."""
    if len(answer.inputs) <= 2:
        figure = boundary_figure(answer, answer.pieces)
        yield Picture(figure, ("The boundary, and the class on each side.",), figure.description, "boundary")
