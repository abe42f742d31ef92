"""ONNX models: each operator is a row of `onnx_rows.ROWS`, written through `Layers` for one sample.

The first axis of every tensor is that of the samples and is left out.  Numbers stay what they are: a float32 is widened
exactly.  What is known before any input is (shapes, constants) is computed here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from workings.errors import BadValue, OutOfReach, WorkingsError
from workings.expr import Network
from workings.importers.layers import Layers
from workings.importers.onnx_file import Model, Node, model, ordered
from workings.importers.onnx_known import known
from workings.importers.onnx_rows import ROWS
from workings.importers.writing import numbers


def from_onnx(data: bytes, path: Path, **roles: Any) -> Network:
    """The network of an ONNX file; raises `OutOfReach` with the name of an operator that has no row."""
    return Walk(model(data, path)).network(**roles)


class Walk:
    """The state of one import: what each name of the file is here, a line's name or known numbers."""

    def __init__(self, found: Model) -> None:
        self.model = found
        self.layers = Layers(str(found.path))
        self.names: dict[str, str] = {}
        self.known: dict[str, Any] = dict(found.constants)
        self.ranks: dict[str, bool] = {}       # has the input an axis of samples?

    def network(self, **roles: Any) -> Network:
        self._input()
        for node in ordered(self.model):
            try:
                self._node(node)
            except WorkingsError as error:
                if not error.message.startswith(str(self.model.path)):
                    error.message = f"{self.model.path}: {node}: {error.message}"
                raise
        self._output()
        return self.layers.network(**roles)

    def _input(self) -> None:
        inputs = self.model.inputs
        if len(inputs) != 1:
            raise OutOfReach(f"{self.model.path} has {len(inputs)} inputs: {', '.join(inputs)}", expected="one input")
        ((name, axes),) = inputs.items()
        sample = axes[1:] if len(axes) > 1 else axes
        if not sample or None in sample:
            raise OutOfReach(f"{self.model.path}: the size of the input {name} is not stated: {axes}",
                             hint="export it without dynamic axes, but for that of the samples")
        self.batched = len(axes) > 1
        self.names[name] = self.layers.inputs(tuple(n for n in sample if n is not None))

    def _output(self) -> None:
        first, *others = self.model.outputs
        if first not in self.names:
            raise BadValue(f"{self.model.path}: the output {first} does not depend on the input")
        if others:
            self.layers.notes.append(f"Of the outputs only {first} is read; {', '.join(others)} are left out.")
        self.layers.outputs(self.names[first])

    def _node(self, node: Node) -> None:
        if all(name in self.known or not name for name in node.inputs) or node.op == "Shape":
            folded = known(node, [self._constant_or_shape(n) for n in node.inputs])
            self.known.update(zip(node.outputs, folded))
            return
        row = ROWS.get(node.op)
        if row is None:
            near = ", ".join(sorted(ROWS))
            raise OutOfReach("this operator is not read", expected=f"one of {near}")
        self.names[node.outputs[0]] = row(self, node)
        if any(self.model.uses.get(name) for name in node.outputs[1:]):
            raise OutOfReach(f"its outputs {', '.join(node.outputs[1:])} are used", expected="one output")

    def _constant_or_shape(self, name: str) -> Any:
        """The numbers of a constant; of a quantity its shape, with one sample, is all that is known."""
        import numpy as np

        if name in self.known:
            return self.known[name]
        return np.empty((1, *self.shape(name)), dtype=bool) if name else None

    # --- what rows use ---

    def x(self, node: Node, place: int = 0) -> str:
        """The name of what comes in."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        if name not in self.names:
            raise OutOfReach(f"its input {name or place} is a constant", expected="something that depends on the input")
        return self.names[name]

    def shape(self, name: str) -> tuple[int, ...]:
        return self.layers.shape(self.names[name])

    def numbers(self, node: Node, place: int, axes: int | None = None) -> Any:
        """The constant that comes in at a place, as a parameter; None where there is none."""
        name = node.inputs[place] if place < len(node.inputs) else ""
        if not name:
            return None
        if name not in self.known:
            raise OutOfReach(f"its input {name} is no constant", expected="numbers")
        found = self.known[name]
        return numbers(found, name, found.ndim if axes is None else axes)

    def needed(self, node: Node, place: int, axes: int | None = None) -> Any:
        """The same where it must be."""
        found = self.numbers(node, place, axes)
        if found is None:
            raise BadValue(f"its input {place} is missing")
        return found

    def whole(self, node: Node, name: str, count: int, default: int) -> list[int]:
        """An attribute of so many whole numbers."""
        found = list(node.attributes.get(name) or [default] * count)
        if len(found) != count or any(n < 0 for n in found):
            raise BadValue(f"{name} is {found}", expected=f"{count} whole numbers")
        return found

    def ends(self, node: Node) -> bool:
        """Does nothing but an argmax follow?"""
        users = [n for n in self.model.nodes if node.outputs[0] in n.inputs]
        return all(n.op in ("ArgMax", "Identity") for n in users)
