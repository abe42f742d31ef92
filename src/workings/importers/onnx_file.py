"""An ONNX file read as data: nodes, constants and inputs as plain Python, with hard limits and nothing run.

External data is read only from a plain file name beside the model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import Any

from workings.errors import BadValue, InputTooLarge, NotInstalled, OutOfReach
from workings.limits import MAX_EQUATIONS, MAX_MODEL, MAX_PARAMETERS

EXTERNAL = 1                  # TensorProto.EXTERNAL


@dataclass(slots=True)
class Node:
    """One operation: what it is, what it takes and gives by name, its attributes."""

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.op} ({self.name})" if self.name else self.op


@dataclass(slots=True)
class Model:
    """The graph of a model; the axes of inputs are numbers or None."""

    path: Path
    nodes: list[Node]
    constants: dict[str, Any]
    inputs: dict[str, tuple[int | None, ...]]
    outputs: list[str]
    uses: dict[str, int] = field(default_factory=dict)


def model(data: bytes, path: Path) -> Model:
    """The model in a file's bytes; raises `BadValue` for bytes that are none, `NotInstalled` without onnx."""
    if not data:
        raise BadValue(f"{path} is empty", expected="an ONNX model")
    try:
        import onnx
    except ImportError:
        raise NotInstalled("ONNX models need onnx", hint="pip install 'workings[onnx]'") from None
    graph = _graph(onnx, data, path)
    if len(graph.node) > MAX_EQUATIONS:
        raise InputTooLarge(f"{path} has {len(graph.node)} operations", expected=f"at most {MAX_EQUATIONS}")
    constants = {_text(t.name): t for t in graph.initializer}
    _limit(constants.values(), path)
    if len(graph.sparse_initializer):
        raise OutOfReach(f"{path} holds sparse tensors", expected="dense ones")
    arrays = {name: array(tensor, path) for name, tensor in constants.items()}
    nodes = [_node(onnx, n, path) for n in graph.node]
    inputs = {_text(v.name): _axes(v) for v in graph.input if _text(v.name) not in arrays}
    outputs = [_text(v.name) for v in graph.output]
    found = Model(path, nodes, arrays, inputs, outputs)
    for used in (*(name for n in nodes for name in n.inputs), *outputs):
        found.uses[used] = found.uses.get(used, 0) + 1
    return found


def _graph(onnx: Any, data: bytes, path: Path) -> Any:
    try:
        found = onnx.load_model_from_string(data)
    except Exception as error:                # the parser of protobuf has exceptions of its own
        words = " ".join(str(error).split())[:120] or type(error).__name__
        raise BadValue(
            f"{path} is no ONNX model: {words}", expected="a file that torch.onnx.export or another tool wrote",
            hint="write it again; a file that was copied may be cut off",
        ) from None
    if not found.graph.node:
        raise BadValue(f"{path} is no ONNX model: its graph has no operations",
                       expected="a file that torch.onnx.export or another tool wrote")
    if found.functions:
        raise OutOfReach(f"{path} defines functions of its own", hint="onnx.inliner.inline_local_functions(model)")
    return found.graph


def _limit(tensors: Any, path: Path) -> None:
    """Before anything is made: are there too many numbers?"""
    total = 0
    for tensor in tensors:
        if any(d < 0 for d in tensor.dims):
            raise BadValue(f"{path}: {tensor.name} has an axis of negative length")
        total += prod(tensor.dims)
    if total > MAX_PARAMETERS:
        raise InputTooLarge(f"{path} has {total} parameters", expected=f"at most {MAX_PARAMETERS}")


def _axes(value: Any) -> tuple[int | None, ...]:
    dims = value.type.tensor_type.shape.dim
    return tuple(d.dim_value if d.HasField("dim_value") and d.dim_value > 0 else None for d in dims)


def _node(onnx: Any, node: Any, path: Path) -> Node:
    if node.domain not in ("", "ai.onnx"):
        raise OutOfReach(f"{path}: the operator {node.domain}.{node.op_type} is not one of ONNX's own",
                         expected="operators of ai.onnx")
    attributes = {_text(a.name): _attribute(onnx, a, path) for a in node.attribute}
    return Node(_text(node.op_type), _text(node.name), tuple(map(_text, node.input)), tuple(map(_text, node.output)),
                attributes)


def _text(given: Any) -> str:
    """A name; a damaged one may be bytes that are no text."""
    return given.decode("utf-8", "replace") if isinstance(given, bytes) else str(given)


def _attribute(onnx: Any, attribute: Any, path: Path) -> Any:
    kinds = onnx.AttributeProto
    if attribute.type == kinds.TENSOR:
        _limit([attribute.t], path)
        return array(attribute.t, path)
    if attribute.type in (kinds.FLOAT, kinds.INT, kinds.STRING, kinds.FLOATS, kinds.INTS, kinds.STRINGS):
        value = onnx.helper.get_attribute_value(attribute)
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return None               # a graph or the like: whoever needs it is not read


def array(tensor: Any, path: Path) -> Any:
    """The numbers of a tensor as a NumPy array; those outside of the file only from beside it."""
    from onnx import numpy_helper

    if tensor.data_location == EXTERNAL:
        tensor = _beside(tensor, path)
    try:
        found = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        words = " ".join(str(error).split())[:120]
        raise BadValue(f"{path}: the numbers of {tensor.name or 'a constant'} cannot be read: {words}",
                       expected="as many numbers as its axes say", hint="write the file again") from None
    return found


def _beside(tensor: Any, path: Path) -> Any:
    """The tensor with the bytes of a file in the model's folder."""
    from onnx import TensorProto

    told = {entry.key: entry.value for entry in tensor.external_data}
    place = told.get("location", "")
    file = path.parent / place
    if not place or Path(place).name != place or place in (".", "..") or file.is_symlink() or not file.is_file():
        raise BadValue(
            f"{path}: the numbers of {tensor.name} lie in {place or 'no file'!r}",
            expected="a file in the folder of the model", hint="copy that file beside the model",
        )
    offset, length = _whole(told.get("offset", "0"), path), told.get("length")
    size = file.stat().st_size
    count = size - offset if length is None else _whole(length, path)
    if offset < 0 or count < 0 or offset + count > size or count > MAX_MODEL:
        raise BadValue(f"{path}: {tensor.name} needs bytes {offset} to {offset + count} of {place}, which has {size}")
    with file.open("rb") as opened:
        opened.seek(offset)
        data = opened.read(count)
    made = TensorProto()
    made.CopyFrom(tensor)
    made.ClearField("external_data")
    made.data_location = TensorProto.DEFAULT
    made.raw_data = data
    return made


def _whole(text: str, path: Path) -> int:
    if not text.isdigit():
        raise BadValue(f"{path}: {text[:40]!r} is no offset or length")
    return int(text)


def ordered(found: Model) -> Iterator[Node]:
    """The nodes in the order of the file, each after what it uses; else the file is damaged."""
    known = {*found.inputs, *found.constants, ""}
    for node in found.nodes:
        missing = next((name for name in node.inputs if name not in known), None)
        if missing is not None:
            raise BadValue(f"{found.path}: {node} uses {missing!r}, which nothing before it gives",
                           expected="operations in order", hint="the file may be damaged: write it again")
        known.update(node.outputs)
        yield node
