"""What a request of the page holds, made into what the verbs take; nothing in it is ever taken for a path."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections import OrderedDict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from workings import work
from workings.errors import BadValue, NotReadable, Source
from workings.expr import Network as PlainNetwork
from workings.results import Network

Request = Mapping[str, Any]
PLAIN = re.compile(r"[-+]?(\d{1,60}(/\d{1,60})?|\d{0,60}\.\d{0,60}(e[-+]?\d{1,3})?|\d{1,60}e[-+]?\d{1,3})")
KEPT = 8                      # networks that are remembered as read
_READ: OrderedDict[str, Network] = OrderedDict()


def network(request: Request) -> Network:
    """The network of a request: a text, or a model's bytes; with the values of its parameters."""
    key = json.dumps([request.get(k) for k in ("network", "at", "inputs", "parameters", "targets")], sort_keys=True)
    if key not in _READ:
        _READ[key] = _with_values(_read(request), request.get("at") or {})
        if len(_READ) > KEPT:
            _READ.popitem(last=False)
    _READ.move_to_end(key)
    return _READ[key]


def _read(request: Request) -> Network:
    given = request.get("network")
    roles = {k: request[k] for k in ("inputs", "parameters", "targets") if request.get(k)}
    if isinstance(given, str):
        return Network.of(work.read(Source(given), roles.get("inputs"), roles.get("parameters"), roles.get("targets")))
    if isinstance(given, Mapping) and isinstance(given.get("name"), str):
        return Network.of(_model(given["name"], data(given), roles))
    raise BadValue("the request has no network", expected='"network": the equations as text, or {"name", "data"}')


def data(given: Mapping[str, Any]) -> bytes:
    """The bytes of a file that was dropped on the page."""
    try:
        return b64decode(given.get("data", ""), validate=True)
    except (NotBase64, TypeError, ValueError):
        raise NotReadable("the file came in pieces that do not fit", hint="drop it again") from None


def _model(name: str, content: bytes, roles: dict[str, Any]) -> PlainNetwork:
    from pathlib import Path

    path = Path(name.replace("\\", "/").rpartition("/")[2])     # only for messages: nothing is opened
    if path.suffix.lower() == ".json":
        from workings.importers.from_arrays import from_json

        return from_json(work.decoded(content, path), str(path), **roles)
    if path.suffix.lower() == ".onnx":
        from workings.importers.from_onnx import from_onnx

        return from_onnx(content, path, **roles)
    raise BadValue(f"{path} is no kind of model that the page reads", expected="a .onnx or .json file")


def _with_values(net: Network, at: Any) -> Network:
    """The values of parameters put in; those of names that are no parameters wait for their turn."""
    if not isinstance(at, Mapping):
        raise BadValue("the values are no table", expected='"at": {"w": "1/2"}')
    own = {name for name, places in net.parameters if not places}
    values = {name: number(value, name) for name, value in at.items() if name in own}
    return Network.of(net.with_(values={**net.values, **values})) if values else net


def number(value: Any, name: str = "") -> Fraction:
    """An exact number, from a text or a number of JSON."""
    try:
        text = str(value).strip().replace("\N{MINUS SIGN}", "-")
        if isinstance(value, bool) or not PLAIN.fullmatch(text):
            raise ValueError
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        seen = f"{str(value)[:40]!r} is no number" + (f" for {name}" if name else "")
        raise BadValue(seen, expected="2, -1/2 or 0.25") from None
    return found


def box(request: Request) -> list[tuple[Fraction, Fraction]] | None:
    """Low and high of each input; None where the request has none."""
    given = request.get("box")
    if given is None:
        return None
    if not isinstance(given, list) or len(given) % 2 or not given:
        raise BadValue("the box is no list of low and high", expected='"box": [-1, 1, -1, 1]')
    sides = [number(v) for v in given]
    found = list(zip(sides[::2], sides[1::2]))
    for low, high in found:
        if low >= high:
            raise BadValue(f"a side of the box runs from {low} to {high}", expected="low < high")
    return found


def sheet(request: Request) -> Source:
    """A sheet or an answer as text."""
    text = request.get("sheet", request.get("network"))
    if not isinstance(text, str):
        raise BadValue("the request has no sheet", expected='"sheet": its text')
    name = str(request.get("name", ""))
    return Source(text, "sheet.tex" if name.lower().endswith(".tex") else "")
