"""The verbs as the page asks for them: each takes a JSON object and gives one."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from workings.errors import BadValue
from workings.results import Shown
from workings.web import looking, made
from workings.web.asked import Request
from workings.web.exporting import exported
from workings.web.passes import walk
from workings.web.shown import shown

Answer = dict[str, Any]
Field = tuple[str, str]       # the type of JSON, and what it says

NETWORK: dict[str, Field] = {
    "network": ("any", "The equations as text, or a model: {\"name\": \"net.onnx\", \"data\": base64}."),
    "at": ("object", "Values of parameters: {\"w\": \"1/2\"}."),
    "inputs": ("array", "Names that are inputs."), "parameters": ("array", "Names that are parameters."),
    "targets": ("array", "Names that are targets."),
}
BOX: dict[str, Field] = {"box": ("array", "Low and high of each input: [-1, 1, -1, 1]; exact numbers as strings.")}
LEVEL: dict[str, Field] = {"level": ("string", "hint, brief, full or every.")}
OF: dict[str, Field] = {"of": ("string", "The quantity that is derived.")}
WRT: dict[str, Field] = {"wrt": ("string", "By what; several names with commas.")}


@dataclass(frozen=True, slots=True)
class Verb:
    """What is run, what it says of itself, and the fields that it takes."""

    run: Callable[[Request], Answer]
    says: str
    fields: Mapping[str, Field]


TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,), "array": (list,), "object": (dict,), "integer": (int,), "boolean": (bool,), "any": (object,),
}


def answer(request: dict[str, Any]) -> Answer:
    """The answer to one request; raises what a person's input is refused for."""
    name = request.pop("verb")
    verb = VERBS[name]
    for field, value in request.items():
        if field not in verb.fields:
            raise BadValue(f"{name} takes no {field[:40]}", expected=", ".join(verb.fields))
        kind = verb.fields[field][0]
        if value is not None and not isinstance(value, TYPES[kind]):
            raise BadValue(f"{field} is no {kind}", expected=verb.fields[field][1])
    return verb.run(request)


def _page(make: Callable[[Request], Shown]) -> Callable[[Request], Answer]:
    """A verb whose answer is a result and its page."""
    return lambda request: shown(make(request), request.get("level"))


def export(request: Request) -> Answer:
    """One result as a file."""
    name, content = exported(request)
    return {"name": name, "data": b64encode(content).decode("ascii")}


def _fields(*more: Mapping[str, Field]) -> dict[str, Field]:
    out = dict(NETWORK)
    for fields in more:
        out.update(fields)
    return out


_LINES: dict[str, Field] = {
    "lines": ("string", "Lines, one a row."), "next": ("boolean", "One hint after the last right line."),
}
_OUTPUT: dict[str, Field] = {
    "output": ("string", "The output that is cut."), "value": ("string", "The level; 0 if none."),
}
_SHEET: dict[str, Field] = {"sheet": ("string", "The text of a sheet."), "name": ("string", "The name it had.")}
_LOOK: dict[str, Field] = {
    "want": ("array", "Which of reading, graph and plane."), "limit": ("integer", "Cells at most."),
}
_CHANGE: dict[str, Field] = {
    "neuron": ("string", "The neuron."), "value": ("string", "The new number."),
    "source": ("string", "Where the connection comes from; empty for the bias."),
}
_TO: dict[str, Field] = {"to": ("string", "python, numpy, numba, c, jax or torch.")}
_POINT: dict[str, Field] = {"point": ("object", "Values by name.")}

VERBS: dict[str, Verb] = {
    "look": Verb(looking.look, "The reading, the drawing and the plane at once.", _fields(BOX, _OUTPUT, _LOOK)),
    "change": Verb(looking.change, "The text with one weight or bias changed.", _fields(_CHANGE)),
    "walk": Verb(walk, "The forward and the backward pass at a point, one number a step.", _fields(OF, WRT, _POINT)),
    "cell": Verb(looking.cell, "The values at a point.", _fields({"point": ("array", "The point.")})),
    "read": Verb(_page(made.read), "How a network is read.", NETWORK),
    "draw": Verb(_page(made.draw), "The graph.", _fields({"unroll": ("integer", "Steps side by side.")})),
    "run": Verb(_page(made.run), "The forward pass.", _fields(_POINT)),
    "pieces": Verb(_page(made.pieces), "Every linear piece.", _fields(BOX)),
    "boundary": Verb(_page(made.boundary), "The exact level set.", _fields(BOX, _OUTPUT)),
    "gradient": Verb(_page(made.gradient), "One derivative, step by step.", _fields(OF, WRT, LEVEL)),
    "hessian": Verb(_page(made.hessian), "A second derivative.", _fields(OF, WRT, LEVEL)),
    "backward": Verb(_page(made.backward), "All derivatives, nothing computed twice.",
                     _fields(OF, WRT, {"mode": ("string", "plain or fewest.")})),
    "check": Verb(_page(made.check), "Is each line true?", _fields(_LINES)),
    "code": Verb(lambda request: {"text": made.code(request)}, "Forward and backward pass as source text.",
                 _fields(OF, _TO)),
    "solve": Verb(_page(made.solve), "A whole sheet, worked.", {**_SHEET, **LEVEL}),
    "judge": Verb(_page(made.judge), "Every line of a sheet, checked.", _SHEET),
    "export": Verb(export, "A result as a file.", _fields(BOX, _OUTPUT, OF, WRT, LEVEL, _SHEET, _LINES, _TO, {
        "what": ("string", "A verb."), "as": ("string", "svg, png, tikz, html, txt or json."),
    })),
}
