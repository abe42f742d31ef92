"""What `measure` says: least and largest values, Lipschitz constants, is the class constant, Betti numbers, sizes."""

from __future__ import annotations

from math import isfinite
from typing import Any

from workings.answers.complexes import certainty, counts, partial
from workings.answers.geometry import exact
from workings.answers.levelsets import betti_table
from workings.document import Block, Line, Paragraph, Strong, Table
from workings.geometry.measure import Constancy, Extreme, Steepest
from workings.geometry.measured import Measured
from workings.geometry.topology import ClassTopology

NORM = {"1": "1-norm", "2": "2-norm", "inf": "maximum norm"}


def as_dict(found: Measured) -> dict[str, Any]:
    """Exact numbers as strings; what could not be said stands in "missing" with the reason."""
    return {
        "inputs": list(found.inputs), "outputs": list(found.outputs), **counts(found.cells),
        "extremes": {n: {"min": _extreme(low), "max": _extreme(high)} for n, (low, high) in found.extremes.items()},
        "lipschitz": {norm: {n: _steepest(s) for n, s in own.items()} for norm, own in found.steepest.items()},
        "constant": None if found.constancy is None else _constancy(found.constancy),
        "classes": [_class(c) for c in found.classes],
        "histogram": None if found.sizes is None else {
            "counts": found.sizes[0].tolist(), "edges": found.sizes[1].tolist()},
        "missing": found.missing,
        "tally": {"signs": found.tally.signs, "exact": found.tally.exact},
    }


def _extreme(found: Extreme) -> dict[str, Any]:
    return {"value": str(found.value), "at": exact(found.at), "cell": found.cell, "pattern": found.pattern}


def _steepest(found: Steepest) -> dict[str, Any]:
    return {"value": found.value, "squared": str(found.squared), "gradient": exact(found.gradient), "cell": found.cell,
            "pattern": found.pattern}


def _constancy(found: Constancy) -> dict[str, Any]:
    out: dict[str, Any] = {"constant": found.constant}
    if found.margin is not None:
        return {**out, "class": found.label, "margin": _extreme(found.margin)}
    return {**out, "witness": [{"class": label, "at": exact(at)} for label, at in found.witness]}


def _class(found: ClassTopology) -> dict[str, Any]:
    out: dict[str, Any] = {"label": found.label, "components": found.components, "holes": found.holes}
    if found.cavities is not None:
        out["cavities"] = found.cavities
    return {**out, "cells": found.cells, "size": found.area if isfinite(found.area) else None}


# --- the page ---


def blocks(found: Measured) -> tuple[Block, ...]:
    """One table each."""
    out: list[Block] = [Paragraph((f"{found.counts.cells:,} cells. {certainty(found)}",))]
    if found.partial:
        out.append(Paragraph((partial(found.cells),)))
    if found.extremes:
        out.append(Table(_head("Output", "Least", "at", "Largest", "at"), tuple(
            _row(n, _short(low.value), _place(low.at), _short(high.value), _place(high.at))
            for n, (low, high) in found.extremes.items())))
    out.append(Table(_head("Output", "Norm", "Lipschitz constant", "Cell"), tuple(
        _row(n, NORM[norm], f"{s.value:.10g}", _pattern(s.pattern))
        for norm, own in found.steepest.items() for n, s in own.items())))
    if found.constancy is not None:
        out.append(Paragraph((Strong("Is the class constant? "), _said(found.constancy))))
    if any(c.cells for c in found.classes):
        out.append(betti_table(found.classes))
    if found.sizes is not None:
        out.append(_sizes(found))
    out += [Paragraph((f"Not said: {name}. {reason[:1].upper()}{reason[1:]}.",)) for name, reason in
            found.missing.items()]
    return tuple(out)


def _head(*words: str) -> tuple[Line, ...]:
    return tuple((word,) for word in words)


_row = _head


def _sizes(found: Measured) -> Table:
    assert found.sizes is not None
    many, edges = found.sizes
    last = int(many.nonzero()[0].max(initial=0)) + 1
    many, edges = many[:last], edges[: last + 1]
    what = {1: "Length", 2: "Area"}.get(len(found.inputs), "Volume")
    return Table(_head(what, "Cells"), tuple(
        _row(f"{low:.3g} to {high:.3g}", f"{n:,}") for low, high, n in zip(edges, edges[1:], many.tolist())))


def _short(value: Any) -> str:
    """A fraction where it is short, else ten digits."""
    text = str(value)
    return text if len(text) <= 12 else f"{float(value):.10g}"


def _place(point: Any) -> str:
    shown = [_short(v) for v in point[:4]] + (["…"] if len(point) > 4 else [])
    return f"({', '.join(shown)})"


def _pattern(signs: str) -> str:
    return signs if len(signs) <= 24 else f"{signs[:20]}… ({signs.count('+')} of {len(signs)} on)"


def _said(found: Constancy) -> str:
    if found.margin is not None:
        return (f"Yes, {found.label} everywhere; it leads least at {_place(found.margin.at)}, "
                f"by {_short(abs(found.margin.value))}.")
    (one, here), (two, there) = found.witness
    return f"No: {one} at {_place(here)}, {two} at {_place(there)}."
