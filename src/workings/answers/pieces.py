"""What `pieces` says: every sign pattern with its domain and its function, or the contradiction that makes it empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workings.answers.geometry import (
    box_dict, chained, conjunction, exact, listed, numbers, shape_dict, steps_of, text, why,
)
from workings.document import Block, Bullets, Line, Math, Mono, Paragraph, Picture, Row, Step, Table
from workings.exact import primitive
from workings.expr import ZERO, Expr, Ref, Rel, free_keys, same, substitute
from workings.figures.plane import domains_figure
from workings.geometry import Certificate, Crease, Gate, Map, Output, Pieces, Region
from workings.geometry.formulas import affine, inequality, lowest, reference
from workings.notation import plain

MAX_SHOWN = 32                # patterns or pieces that a page lists line by line
MAX_NAMED = 8                 # named quantities shown in each piece
MAX_REASONS = 4               # contradictions that each get a step of their own
MAX_SPELT = 4                 # units whose inequalities are all written out


def as_dict(answer: Pieces) -> dict[str, Any]:
    """The `pieces` object of INTERFACE.md."""
    return {
        "inputs": list(answer.inputs),
        "outputs": [output.name for output in answer.outputs],
        "units": [{"unit": u.name, "pre": plain(u.pre), "function": u.function} for u in answer.units],
        "regions": [_region(answer, region) for region in answer.regions],
        **counts(answer),
        "steps": steps_of(argument(answer), answer.spelling),
    }


def counts(answer: Pieces) -> dict[str, Any]:
    """The figures that stand on every answer about pieces."""
    found = answer.counts
    plane = {} if found.vertices is None else {"vertices": found.vertices, "edges": found.edges}
    return {
        "counts": {
            "cells": found.cells, "cells_after_output": found.cells_after_output, "maps": found.maps, **plane,
            "zero_cells": found.zero_cells, "thin": found.thin, "empty": found.empty,
        },
        "box": box_dict(answer.box),
        "tally": {"signs": answer.tally.signs, "exact": answer.tally.exact},
        "certified": answer.certified,
    }


def _region(answer: Pieces, region: Region) -> dict[str, Any]:
    out: dict[str, Any] = {"number": region.number, "pattern": region.pattern, "status": region.status}
    if region.empty is not None:
        return {**out, "why_empty": text(why(region.empty, answer.inputs)), "farkas": _farkas(answer, region.empty)}
    assert region.shape is not None and region.sample is not None
    out["domain"] = [plain(rel) for rel in signs(answer, region)]
    out["affine"] = {name: _map(values, answer.inputs) for name, values in region.affine.items()}
    out |= {"sample": exact(region.sample), **shape_dict(region.shape)}
    if region.on_crease:
        out["on_crease"] = [_crease(answer, crease) for crease in region.on_crease]
    return out


def _map(values: Map, inputs: Sequence[str]) -> dict[str, str]:
    """{"const": "1", "x2": "1"}: the coefficients that are not 0, and the constant."""
    return {"const": str(values[-1]), **{name: str(c) for name, c in zip(inputs, values) if c}}


def _crease(answer: Pieces, crease: Crease) -> dict[str, Any]:
    affine_ = {name: _map(values, answer.inputs) for name, values in crease.affine.items()}
    return {"units": [answer.units[u].name for u in crease.units], "affine": affine_, **shape_dict(crease.shape)}


def _farkas(answer: Pieces, certificate: Certificate) -> list[dict[str, Any]]:
    """The inequalities and how many times each is taken; together they come to something false."""
    return [
        {
            "times": fact.multiplier,
            "line": f"{plain(affine(fact.row, answer.inputs))} {'<' if fact.strict else '>='} 0",
            "unit": None if fact.about is None else answer.units[fact.about].name,
        }
        for fact in certificate.facts
    ]


# --- formulas ---


def signs(answer: Pieces, region: Region) -> list[Rel]:
    """The inequality of each unit in a pattern, in the inputs."""
    return [
        inequality(row, ">=" if s == "+" else "<", answer.inputs) for row, s in zip(region.rows, region.pattern)
    ]


def switched(answer: Pieces, region: Region, output: Output) -> list[Expr]:
    """The output as written with its units switched on or off, then as the affine map of the piece."""
    known = {n: affine(m, answer.inputs) for n, m in region.affine.items() if n != output.name}
    table: dict[str, Expr] = dict(known)
    for gate in answer.gates:
        value = gate.values["".join(region.pattern[u] for u in gate.units)]
        table[gate.name] = substitute(value, table)
    shown = substitute(output.formula, table)
    result = affine(region.affine[output.name], answer.inputs)
    return [result] if same(shown, result) else [shown, result]


def equation(answer: Pieces, region: Region, output: Output) -> Rel:
    """y = 1 - x1 - 0 + (x1 + x2) = 1 + x2."""
    parts = (reference(output.name), *switched(answer, region, output))
    return Rel(parts, ("=",) * (len(parts) - 1))


# --- domains ---


def domain(answer: Pieces, region: Region) -> Expr | None:
    """The inequalities that bound the domain, those left out that follow from others; None: all of R^n."""
    from workings.geometry.polyhedron import facets, negated

    assert region.shape is not None and region.shape.body is not None
    if region.status == "thin":
        return conjunction(_distinct(signs(answer, region)))
    strict = {primitive(negated(row)) for row, s in zip(region.rows, region.pattern) if s == "-"}
    sides = facets(region.shape.body)
    return conjunction(chained([inequality(lowest(r), ">" if r in strict else ">=", answer.inputs) for r in sides]))


def _distinct(found: Iterable[Rel]) -> list[Rel]:
    return list({plain(rel): rel for rel in found}.values())


def _spelt_out(answer: Pieces) -> bool:
    """Few units, each a function of the inputs themselves: a pattern is then its inequalities, one a unit."""
    names = set(answer.inputs)
    return len(answer.units) <= MAX_SPELT and all(
        all(plain(Ref(n)) in names for n, _ in free_keys(unit.pre)) for unit in answer.units
    )


# --- the page ---


def blocks(answer: Pieces) -> tuple[Block, ...]:
    """The units, the patterns in order, why some are empty, the function on each of the others, and the picture."""
    return (*argument(answer), *_pictures(answer))


def argument(answer: Pieces) -> tuple[Block, ...]:
    """The same without the picture."""
    if not answer.units:
        return (Paragraph(_no_units(answer)),)
    return (*_units(answer), _patterns(answer), *_empty(answer), _functions(answer), Paragraph(_summary(answer)))


def _no_units(answer: Pieces) -> Line:
    maps = [Math(equation(answer, answer.full[0], output)) for output in answer.outputs]
    return ("Nothing is switched on or off: ", *listed([(m,) for m in maps]), " everywhere.")


def _units(answer: Pieces) -> Iterator[Block]:
    """Which unit is what, and what it is worth on either side."""
    yield Paragraph((
        "Each unit is affine on either side of the place where its pre-activation is 0. "
        "In a sign pattern + stands for ≥ 0 and − for < 0.",
    ))
    head: tuple[Line, ...] = (("Unit",), ("stands for",), ("sign of",), ("with +",), ("with −",))
    yield Table(head, tuple(_unit_row(answer, gate, u) for gate in answer.gates for u in gate.units))
    for gate in answer.gates:
        if gate.crease is not None:
            here = Rel((answer.units[gate.units[0]].pre, ZERO), ("=",))
            yield Paragraph(("Where ", Math(here), ", ", Math(Rel((gate.call, gate.crease), ("=",))), "."))


def _unit_row(answer: Pieces, gate: Gate, unit: int) -> tuple[Line, ...]:
    shown = answer.units[unit]
    head: tuple[Line, ...] = ((Math(Ref(shown.name)),), (Math(gate.call),), (Math(shown.pre),))
    if len(gate.units) == 1:
        return (*head, (Math(gate.values["+"]),), (Math(gate.values["-"]),))
    if shown.name != gate.name:
        return (*head, ("",), ("",))
    return (*head, *(listed([(Math(v), f" at {p}") for p, v in gate.values.items() if p[-1] == s]) for s in "+-"))


def _patterns(answer: Pieces) -> Step:
    """All patterns numbered in order; above the limit only those that occur."""
    count, units = len(answer.regions), len(answer.units)
    says: Line = (f"{units} unit{'s' * (units > 1)} {'have' if units > 1 else 'has'} {2**units} sign patterns",)
    if count == 2**units and count <= MAX_SHOWN and _spelt_out(answer):
        rows = [_spelt(answer, region) for region in answer.regions]
        return Step("sign patterns", (*says, ", each with its domain."), tuple(rows))
    occur = [r for r in answer.regions if r.status != "empty"]
    more = f", the first {MAX_SHOWN} of them shown" if len(occur) > MAX_SHOWN else ""
    says = (*says, f"; {len(occur)} {'occur' if len(occur) > 1 else 'occurs'}{more}.")
    return Step("sign patterns", says, tuple(_pattern(answer, r) for r in occur[:MAX_SHOWN]))


def _spelt(answer: Pieces, region: Region) -> Row:
    """A pattern as the inequalities it asks for."""
    found = [inequality(row, ">=" if s == "+" else "<", answer.inputs) for row, s in zip(_rows(answer), region.pattern)]
    formula = conjunction(found)
    assert formula is not None
    notes: dict[str, Line] = {"empty": ("empty",), "thin": ("thin: no interior",), "full": ()}
    return Row(formula, notes[region.status], str(region.number))


def _rows(answer: Pieces) -> tuple[tuple[int, ...], ...]:
    """The units' rows, where they are the same in every pattern."""
    return next(region.rows for region in answer.regions if region.rows)


def _pattern(answer: Pieces, region: Region) -> Row:
    formula = domain(answer, region) or Rel((ZERO, ZERO), ("=",))
    thin = ", thin: no interior" if region.status == "thin" else ""
    return Row(formula, (Mono(region.pattern.replace("-", "−")), thin), str(region.number))


def _empty(answer: Pieces) -> Iterator[Block]:
    """Why, once for each reason, with the numbers of the patterns it rules out."""
    groups: dict[str, tuple[Certificate, list[Region]]] = {}
    for region in answer.regions:
        if region.empty is not None:
            said = text(why(region.empty, answer.inputs))
            groups.setdefault(said, (region.empty, []))[1].append(region)
    lines = [(*_which(found), *why(reason, answer.inputs), ".") for reason, found in groups.values()]
    if len(lines) <= MAX_REASONS:
        yield from (Step("empty pattern", line) for line in lines)
    else:
        items = tuple((Paragraph(line),) for line in lines[:MAX_SHOWN])
        says = "The other patterns are empty; for each, some inequalities contradict."
        yield Step("empty patterns", (says,), (), (Bullets(items),))


def _which(found: list[Region]) -> Line:
    """(2) and (7) are empty; many at once by how their patterns begin."""
    if len(found) <= 4:
        return (*numbers([r.number for r in found]), " is empty: " if len(found) == 1 else " are empty: ")
    heads = list(dict.fromkeys(r.pattern[: r.empty.prefix] for r in found if r.empty is not None))
    shown = listed([(Mono(h.replace("-", "−") + "…"),) for h in heads[:4]], ", ")
    return (*shown, ", …" if len(heads) > 4 else "", " are empty: ")


def _functions(answer: Pieces) -> Step:
    """The function on each piece, its units switched on or off."""
    full = answer.full[:MAX_SHOWN]
    shown = list(answer.outputs)
    if len(answer.named) <= MAX_NAMED:
        own = {output.name for output in shown}
        shown = [*(n for n in answer.named if n.name not in own and _varies(answer, n)), *shown]
    rows = tuple(
        Row(equation(answer, region, output), (), str(region.number) if output is shown[-1] else "")
        for region in full for output in shown
    )
    return Step("function on each piece", ("With the signs chosen, each unit is on or off.",), rows)


def _varies(answer: Pieces, named: Output) -> bool:
    """Does a named quantity depend on the inputs?"""
    return any(any(region.affine[named.name][:-1]) for region in answer.full if named.name in region.affine)


def _summary(answer: Pieces) -> Line:
    found = answer.counts
    said = f"{found.cells} pieces" if found.cells != 1 else "One piece"
    same_maps = f" with {found.maps} different functions" if 1 < found.maps < found.cells else ""
    thin = f", {found.thin} thin" if found.thin else ""
    empty = f", {found.empty} empty" if found.empty and len(answer.units) <= 12 else ""
    where = " in the box" if answer.box is not None else ""
    return (f"{said}{where}{same_maps}{thin}{empty}.",)


def _pictures(answer: Pieces) -> Iterator[Block]:
    """The domains in the plane, or the graph over the line; none for constants and for more inputs."""
    if len(answer.inputs) > 2 or not answer.units:
        return
    figure = domains_figure(answer)
    numbered = "The domains, numbered as above" if len(answer.inputs) == 2 else "The function over its input"
    yield Picture(figure, (f"{numbered}.",), figure.description, "domains")
