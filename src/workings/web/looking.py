"""What the page shows at once: how the text is read, its graph, its plane; each, or why it is not there."""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from itertools import accumulate
from typing import Any

from workings import work
from workings.errors import BadValue, OutOfReach, WorkingsError
from workings.expr import Expr, Neg, Num, free_refs
from workings.forms.affine import number as numeral
from workings.forms.affine import whole
from workings.forms.graphs import Graph, Neuron
from workings.limits import WEB_CELLS
from workings.notation import latex, plain
from workings.regions import Boundary, Pieces
from workings.results import Drawing, Network, Values
from workings.web import asked
from workings.web.asked import Request
from workings.web.shown import described, shown

Answer = dict[str, Any]
LISTED = 400                  # pieces above which their exact texts are asked for one at a time
PARTS = ("reading", "graph", "plane")


def look(request: Request) -> Answer:
    """The wanted parts.  Raises what the text is refused for; what only one part cannot do stands in its place."""
    net = asked.network(request)
    wanted = [p for p in PARTS if p in (request.get("want") or PARTS)]
    makers = {"reading": lambda: _reading(net), "graph": lambda: _graph(net), "plane": lambda: _plane(net, request)}
    return {part: _or_why(makers[part]) for part in wanted}


def _or_why(make: Any) -> Answer:
    try:
        found: Answer = make()
        return found
    except WorkingsError as error:
        return {"why": described(error)}
    except (MemoryError, RecursionError):
        return {"why": {"error": "InputTooLarge", "message": "this takes too much memory or nests too deeply"}}


def _reading(net: Network) -> Answer:
    values = {name: str(value) for name, value in net.values.items() if isinstance(value, int | Fraction)}
    return {**shown(net), "values": values, "quantities": [plain(e.lhs) for e in net.equations]}


def _graph(net: Network) -> Answer:
    from workings.figures.describe import edge_title, node_title

    drawing = Drawing(work.draw(net), net)
    graph: Graph = drawing.data
    names = {name: plain(ref) for name, ref in graph.refs().items()}
    titles: dict[str, str] = {f"Input {names[name]}": name for name, _ in graph.inputs}
    numbers: dict[str, Answer] = {}
    for node in graph.nodes:
        titles[node_title(node, names, graph)] = node.id
        if isinstance(node, Neuron):
            titles |= {edge_title(e, node.id, names): f"{e.source}>{node.id}" for e in node.edges}
            weights = {e.source: _amount(e.weight, net) for e in node.edges}
            numbers[node.id] = {"bias": _amount(node.bias, net), "in": weights}
    return {"result": drawing.as_dict(), "svg": drawing._repr_svg_(), "titles": titles, "numbers": numbers}


def _amount(weight: Expr, net: Network) -> Answer:
    """A weight: as written, its number where it has one, and the parameter whose value it is."""
    fixed = numeral(weight)
    refs = free_refs(weight)
    name = plain(weight) if len(refs) == 1 and refs[0] is weight else ""
    if fixed is None and name in net.values and isinstance(net.values[name], int | Fraction):
        fixed = net.values[name]
    return {"text": plain(weight), "value": None if fixed is None else str(fixed), "parameter": name}


def _plane(net: Network, request: Request) -> Answer:
    """The cells in a window as arrays, exact texts where there are few, the boundary, the classes."""
    if len(net.inputs) != 2:
        raise OutOfReach(f"the plane needs two inputs; here {_count(len(net.inputs))}")
    sides = asked.box(request) or _own(net)
    line, why = _boundary(net, request, sides)
    whole = line.data.pieces if line is not None and hasattr(line.data, "pieces") else work.pieces(net, sides)
    if hasattr(whole, "full") and len(whole.full) <= LISTED:
        out = _listed(net, whole, None if line is None else line.data, sides)
    else:
        sides = sides or [(Fraction(-4), Fraction(4))] * 2
        out = _arrays(Pieces(work.pieces(net, sides), net))
        out["box"] = [str(v) for side in sides for v in side]
    if out["cells"] > (request.get("limit") or WEB_CELLS):
        raise OutOfReach(f"there are {out['cells']:,} cells in this box, too many to draw", hint="zoom in")
    out["boundary"] = {"why": why} if line is None else _facts(line)
    return {**out, "inputs": [name for name, _ in net.inputs]}


def _facts(line: Boundary) -> Answer:
    """The JSON of the boundary without its workings; where its edges are many, their number in place of exact ends."""
    from workings.geometry.topology import cells_of

    edges = len(getattr(line.data, "edges", ()))
    if edges <= LISTED:
        return {k: v for k, v in line.as_dict().items() if k not in ("steps", "schema")}
    labels = [label for label, _ in cells_of(line.data)]
    return {"level": str(line.data.level), "edges": edges, "length": line.data.length,
            "classes": [{"label": label, "sign": -1 if "<" in label else 1} for label in labels]}


def _boundary(net: Network, request: Request, sides: Any) -> tuple[Boundary | None, str]:
    """The boundary over the whole plane where the engine lists it, else in the window; or why there is none."""
    level = request.get("value")
    exact = None if level is None else asked.number(level)
    for around in (None, sides) if net.box is None else (sides,):
        try:
            found = work.boundary(net, request.get("output"), exact, around)
        except WorkingsError as error:
            return None, error.message
        if hasattr(found, "pieces") or around is sides:
            return Boundary(found, net), ""
    return None, ""


def _own(net: Network) -> list[tuple[Fraction, Fraction]] | None:
    """The box that a file brings with it."""
    return None if net.box is None else [(Fraction(low), Fraction(high)) for low, high in net.box]


def _listed(net: Network, whole: Any, line: Any, sides: list[tuple[Fraction, Fraction]] | None) -> Answer:
    """Few cells: the corners of what is seen of their exact domains, and the domains themselves as text."""
    from workings.figures.plane_view import ROOMY, View, seen, view

    if sides is None:
        points = [v for r in whole.full if r.shape.pointed for v in r.shape.vertices]
        points += [] if line is None else [p for part in line.parts for p in part.points]
        shown = view(points, whole.box, True, ROOMY, 0.0, 0.0)
    else:
        (a, b), (c, d) = ((float(low), float(high)) for low, high in sides)
        shown = View((a, c), (b, d), 0.0, 0.0, 1.0, 1.0)
    corners = [seen(r.shape, shown) for r in whole.full]
    kept = [(r, c) for r, c in zip(whole.full, corners) if len(c) > 2]
    outputs = [o.name for o in whole.outputs]
    maps = [[[float(v) for v in r.affine[name]] for name in outputs] for r, _ in kept]
    low, high = ([Fraction(v).limit_denominator(10**6) for v in side] for side in (shown.low, shown.high))
    return {
        "outputs": outputs, "cells": len(kept), "patterns": [r.pattern for r, _ in kept],
        "pieces": Pieces(whole, net).as_dict(), "box": [str(v) for pair in zip(low, high) for v in pair],
        "vertices": _packed([p for _, c in kept for p in c]),
        "offsets": _packed(list(accumulate((len(c) for _, c in kept), initial=0)), "<u4"),
        "A": _packed([[m[:-1] for m in row] for row in maps]), "b": _packed([[m[-1] for m in row] for row in maps]),
    }


def _arrays(cut: Pieces) -> Answer:
    out: Answer = {
        "outputs": list(cut.complex.layers.outputs), "cells": len(cut.offsets) - 1, "vertices": _packed(cut.vertices),
        "offsets": _packed(cut.offsets, "<u4"), "A": _packed(cut.A), "b": _packed(cut.b),
    }
    if out["cells"] <= LISTED:
        out["patterns"] = ["".join("+" if s else "-" for s in row) for row in cut.patterns]
    return out


def _count(inputs: int) -> str:
    return "is one" if inputs == 1 else "are none" if not inputs else f"are {inputs}"


def _packed(array: Any, kind: str = "<f4") -> str:
    import numpy as np

    return b64encode(np.ascontiguousarray(array, dtype=kind).tobytes()).decode("ascii")


def change(request: Request) -> Answer:
    """The text with one number changed, and nothing else in it; it is read again to see that this is so."""
    from workings.forms.reweigh import reweigh

    given = request.get("network")
    if not isinstance(given, str):
        raise OutOfReach("the weights of a file stand in no text", hint="write the network as equations")
    net = asked.network(request)
    value = asked.number(request.get("value"))
    literal = str(request["value"]).strip().lstrip("-\N{MINUS SIGN}")
    amount = Num(whole(abs(value)), literal if "." in literal and "/" not in literal else "")
    number = Neg(amount) if value < 0 else amount
    old, new = reweigh(net, str(request.get("neuron")), str(request.get("source") or ""), number)
    if old.span is None:
        raise OutOfReach("this weight stands in no statement of the text", hint="change it in the text")
    seen = given[old.span.start : old.span.end]
    sides = (new.lhs, new.rhs)
    line = " = ".join(latex(s, net.spelling) if "\\" in seen else plain(s) for s in sides)
    return {"text": given[: old.span.start] + line + given[old.span.end :], "line": line,
            "span": [old.span.start, old.span.start + len(line)]}


def cell(request: Request) -> Answer:
    """The piece that a point lies in: its pattern, its inequalities, its map."""
    net = asked.network(request)
    point = [asked.number(v) for v in request.get("point") or ()]
    if len(point) != len(net.inputs):
        raise BadValue(f"the point has {len(point)} coordinates", expected=f"{len(net.inputs)}, one for each input")
    names = [name for name, _ in net.inputs]
    found = Values(work.run(net, dict(zip(names, point))), net)
    return {"values": found.as_dict()["values"]}
