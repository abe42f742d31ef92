"""The forward and the backward pass at a point, one number a step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from workings import work
from workings.expr import Equation, Rel
from workings.notation import mathml, plain
from workings.results import Values
from workings.web import asked, made
from workings.web.asked import Request

Answer = dict[str, Any]


def walk(request: Request) -> Answer:
    """Each statement with its formula and its number, exact where it can be; what is missing is listed."""
    net = asked.network(request)
    program = made.backward(request)
    statements = [("forward", s) for s in program.data.forward] + [("backward", s) for s in program.data.backward]
    given = {name: asked.number(v, name) for name, v in (request.get("point") or {}).items()}
    lines = net.with_(equations=tuple(Equation(s.name, s.value) for _, s in statements), classes=(), facts=())
    known = work.run(lines, {**{n: v for n, v in net.values.items() if isinstance(v, int | Fraction)}, **given})
    values = Values(known, lines).as_dict()
    spelling = program._spelling()
    steps = [{
        "phase": phase, "name": plain(s.name), "is": None if s.is_ is None else plain(s.is_),
        "value": plain(s.value), "html": mathml(Rel((s.name, s.value), ("=",)), spelling),
        "number": values["values"].get(plain(s.name)),
    } for phase, s in statements]
    return {"steps": steps, "missing": values["missing"], "of": made.of(request),
            "gradients": program.as_dict()["gradients"]}
