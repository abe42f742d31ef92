"""Networks of arrays: a `.json` file, a dict, or a list of weights and biases.

W_l: one row a neuron, one column an input; b_l: one number a neuron;  z_l = W_l @ a_(l-1) + b_l,  a_l = act(z_l).
A file of any other network says its equations: {"equations": ["y = dot(w, x) + 1"], "values": {"w": [1, 2]}}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.errors import BadValue
from workings.expr import Network
from workings.importers.activations import activation
from workings.importers.writing import ExactBox, Writing, numbers

SHAPE = '{"layers": [{"W": [[1, 0], [0, 1]], "b": [0, 0], "act": "relu"}, {"W": [[1, -1]], "b": [0], "act": "id"}]}'


def from_json(text: str, path: str, **roles: Any) -> Network:
    """The network of a `.json` file; raises `BadValue` with the layer and the place of what is wrong.

    >>> from_json('{"layers": [{"W": [[2, "1/3"]], "b": [1]}]}', "net.json").parameters
    (('W1', 0), ('b1', 0))
    """
    import json

    try:
        given = json.loads(text, parse_constant=_constant)
    except json.JSONDecodeError as error:
        raise BadValue(f"{path}:{error.lineno}:{error.colno}: no JSON: {error.msg.lower()}", expected=SHAPE) from None
    except (ValueError, RecursionError) as error:
        raise BadValue(f"{path} is no JSON: {error}", expected=SHAPE) from None
    return from_arrays(given, path, **roles)


def _constant(name: str) -> float:
    return {"NaN": float("nan"), "Infinity": float("inf")}.get(name, float("-inf"))


def from_arrays(given: Any, origin: str = "the network", **roles: Any) -> Network:
    """The network of a dict {"layers": …}, a dict {"W1": …, "b1": …} or a list [W1, b1, W2, …] or [(W1, b1), …].

    The layers of the last three are followed by relu, but for the last.  `box` may stand beside the layers.
    A dict {"equations": …, "values": …} is a network in our notation with its numbers.
    """
    try:
        if isinstance(given, Mapping) and "equations" in given:
            return _written(given, origin, roles)
        return _network(_described(given), origin, roles)
    except BadValue as error:
        if not error.message.startswith(origin):
            error.message = f"{origin}: {error.message}"
        raise


def _described(given: Any) -> Mapping[str, Any]:
    """Any of the ways to give a network as the one that files have."""
    if isinstance(given, Mapping) and "layers" in given:
        return given
    if isinstance(given, Mapping) and "W1" in given:
        return {**given, "layers": _plain_layers(_numbered(given))}
    if isinstance(given, list | tuple) and given:
        return {"layers": _plain_layers(_pairs(given))}
    what = f"an object with {', '.join(map(str, given)) or 'no entries'}" if isinstance(given, Mapping) else (
        "an empty list" if isinstance(given, list | tuple) else f"a {type(given).__name__}")
    raise BadValue(f"{what[:200]} is no network of arrays", expected=SHAPE)


def _numbered(given: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    count = next(i for i in range(1, len(given) + 2) if f"W{i}" not in given) - 1
    return [(given[f"W{i}"], given.get(f"b{i}")) for i in range(1, count + 1)]


def _pairs(given: Sequence[Any]) -> list[tuple[Any, Any]]:
    """W1, b1, W2, b2, … or (W1, b1), (W2, b2), …"""
    if all(isinstance(pair, list | tuple) and list(map(_axes, pair)) == [2, 1] for pair in given):
        return [tuple(pair) for pair in given]
    if len(given) % 2:
        raise BadValue(f"{len(given)} arrays are given", expected="a weight and a bias for each layer: W1, b1, W2, b2")
    return list(zip(given[::2], given[1::2]))


def _axes(given: Any) -> int:
    """How many axes nested lists or an array have."""
    depth = 0
    while isinstance(given, list | tuple) and given:
        depth, given = depth + 1, given[0]
    return depth + int(getattr(given, "ndim", 0))


def _plain_layers(pairs: Sequence[tuple[Any, Any]]) -> list[dict[str, Any]]:
    last = len(pairs) - 1
    return [{"W": w, "b": b, "act": "id" if i == last else "relu"} for i, (w, b) in enumerate(pairs)]


# --- one network ---


def _network(given: Mapping[str, Any], origin: str, roles: dict[str, Any]) -> Network:
    layers = given["layers"]
    if not isinstance(layers, list | tuple) or not layers:
        raise BadValue("there are no layers", expected=SHAPE)
    writing = Writing(origin)
    size = size_in = _input_dim(given, layers[0])
    last = writing.inputs((size,))
    for number, layer in enumerate(layers, start=1):
        last, size = _layer(writing, layer, number, last, size, number == len(layers))
    writing.outputs(last)
    return writing.network(_box(given.get("box"), [f"x{i}" for i in range(1, size_in + 1)]), **roles)


def _written(given: Mapping[str, Any], origin: str, roles: dict[str, Any]) -> Network:
    """Equations with the numbers of their parameters; arrays among them need no declaration."""
    lines, values = given["equations"], given.get("values", {})
    lines = [lines] if isinstance(lines, str) else lines
    if not isinstance(lines, list | tuple) or not all(isinstance(line, str) for line in lines):
        raise BadValue("equations is no list of texts", expected='"equations": ["z = W @ x + b", "y = relu(z)"]')
    if not isinstance(values, Mapping):
        raise BadValue("values is no object", expected='"values": {"W": [[1, 2]], "b": [0]}')
    writing = Writing(origin)
    writing.lines = list(lines)
    for name, value in values.items():
        if not re.fullmatch(r"[A-Za-z]\w*", name):
            raise BadValue(f"{name!r} is no name of a parameter"[:100])
        writing.parameter(name, numbers(value, name))
    net = writing.network(**roles)
    if given.get("box") is None:
        return net
    from workings.geometry.names import input_names

    return net.with_(box=_box(given["box"], input_names(net)))


def _input_dim(given: Mapping[str, Any], first: Any) -> int:
    weights = _weights(first, 1)
    size = given.get("input_dim", weights.shape[1])
    if size != weights.shape[1]:
        raise BadValue(f"input_dim is {size}, but W of layer 1 is {_sizes(weights)}: {weights.shape[1]} inputs")
    return int(weights.shape[1])


def _weights(layer: Any, number: int) -> Any:
    if not isinstance(layer, Mapping) or "W" not in layer:
        raise BadValue(f"layer {number} has no W", expected='{"W": [[..]], "b": [..], "act": "relu"}')
    weights = numbers(layer["W"], f"W of layer {number}", 2)
    if not weights.size:
        raise BadValue(f"W of layer {number} is empty", expected="a list of rows of numbers")
    return weights


def _layer(writing: Writing, layer: Any, number: int, last: str, size: int, final: bool) -> tuple[str, int]:
    """z = W @ a + b and a = act(z)."""
    weights = _weights(layer, number)
    rows, columns = weights.shape
    if columns != size:
        advice = f"one row a neuron: perhaps W is transposed ({size} x {columns})" if rows == size else ""
        raise BadValue(
            f"W of layer {number} is {_sizes(weights)}, but {size} numbers come into it",
            expected=f"{size} columns", hint=advice,
        )
    formula = f"{writing.parameter(f'W{number}', weights)} @ {last}"
    if layer.get("b") is not None:
        bias = numbers(layer["b"], f"b of layer {number}", 1)
        if len(bias) != rows:
            raise BadValue(f"b of layer {number} has {len(bias)} numbers, W {rows} rows", expected=f"{rows} numbers")
        formula += f" + {writing.parameter(f'b{number}', bias)}"
    pre = writing.define(f"z{number}", formula, (rows,))
    return activation(writing, layer.get("act", "id"), pre, f"a{number}", f"layer {number}", final), rows


def _box(given: Any, inputs: Sequence[str]) -> ExactBox | None:
    from workings.exact import rational

    if given is None:
        return None
    try:
        pairs = [(rational(low, "the box"), rational(high, "the box")) for low, high in given]
    except (TypeError, ValueError):
        raise BadValue("the box is no list of pairs",
                       expected="(low, high) of each input: [[-1, 1], [-1, 1]]") from None
    if len(pairs) != len(inputs):
        raise BadValue(f"the box has {len(pairs)} pairs, the network {len(inputs)} inputs")
    for name, (low, high) in zip(inputs, pairs):
        if low >= high:
            raise BadValue(f"the box leaves nothing of {name}: {low} to {high}", expected="low < high")
    return tuple((Fraction(low), Fraction(high)) for low, high in pairs)


def _sizes(array: Any) -> str:
    return " x ".join(map(str, array.shape))
