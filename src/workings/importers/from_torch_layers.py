"""Torch modules with convolutions, pooling, batch normalisation, flatten or concatenation, through `Layers`.

The first axis is that of the samples and is left out.  Modules are taken as in evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings.errors import BadValue, OutOfReach, WorkingsError
from workings.expr import Network
from workings.importers.layer_walk import LayerWalk, Quantity
from workings.importers.layers import Layers

IMAGES = ("Conv", "BatchNorm", "AvgPool", "MaxPool", "Flatten", "flatten", "max_pool", "avg_pool", "conv1d", "conv2d",
          "batch_norm", "cat", "concat")


def has_layers(traced: Any) -> bool:
    """Is there a layer that needs its samples apart: convolution, pooling, batch normalisation, flatten, concat?"""
    kinds = [kind_of(traced, node) for node in traced.graph.nodes if node.op.startswith("call")]
    return any(image in kind for kind in kinds for image in IMAGES)


def kind_of(traced: Any, node: Any) -> str:
    """The class of a module, the name of a function or method."""
    if node.op == "call_module":
        return type(traced.get_submodule(node.target)).__name__
    return str(node.target if isinstance(node.target, str) else getattr(node.target, "__name__", node.target))


def layered(traced: Any, shapes: Mapping[str, Any] | None = None, **roles: Any) -> Network:
    """The network of a traced module, one sample at a time; raises `OutOfReach` with the layer that has no row."""
    walk = _Traced(traced)
    walk.input(dict(shapes or {}))
    for node in traced.graph.nodes:
        walk.node(node)
    return walk.layers.network(**roles)


class _Traced(LayerWalk):
    """The nodes of a trace by torch.fx."""

    def __init__(self, traced: Any) -> None:
        super().__init__(Layers("the module"))
        self.traced = traced

    def input(self, shapes: dict[str, Any]) -> None:
        """The one argument, and the axes of one sample."""
        places = [n for n in self.traced.graph.nodes if n.op == "placeholder" and not n.args]
        if len(places) != 1:
            raise OutOfReach(f"the module takes {len(places)} arguments", expected="one")
        name = str(places[0].target)
        unknown = next((given for given in shapes if given not in (name, "x")), None)     # x: what it becomes
        if unknown is not None:
            raise BadValue(f"there is no argument {unknown}", expected=f'shapes={{"{name}": (3, 32, 32)}}')
        given = shapes.get(name, shapes.get("x"))
        self.found[places[0].name] = Quantity(self.layers.inputs(self._sample(name, given, places[0])))

    def _sample(self, name: str, given: Any, place: Any) -> tuple[int, ...]:
        if given is None:
            first = next(iter(place.users), None)
            module = first is not None and first.op == "call_module" and self.traced.get_submodule(first.target)
            width = getattr(module, "in_features", None)
            if width is None and type(module).__name__ == "BatchNorm1d":
                width = getattr(module, "num_features", None)
            if width is None:
                raise BadValue("the size of the input is not known", expected="the axes of one sample",
                               hint=f'workings.read(module, shapes={{"{name}": (3, 32, 32)}})')
            return (int(width),)
        axes = given.replace("×", "x").split("x") if isinstance(given, str) else getattr(given, "shape", given)
        try:
            return tuple(int(n) for n in axes)
        except (TypeError, ValueError):
            raise BadValue(f"{given!r} is no shape of one sample", expected="numbers: (3, 32, 32)") from None

    def node(self, node: Any) -> None:
        """One node of the trace."""
        if node.op == "placeholder":
            self.found.setdefault(node.name, node.args[0] if node.args else None)
        elif node.op == "get_attr":
            self.found[node.name] = _attribute(self.traced, node.target)
        elif node.op == "output":
            result = self.value(node.args[0])
            if not isinstance(result, Quantity):
                raise OutOfReach("what is returned is not one tensor", expected="one tensor")
            self.layers.outputs(result.name)
        else:
            self.found[node.name] = self._called(node)

    def value(self, given: Any) -> Any:
        """What an argument of a call is here."""
        if hasattr(given, "op") and hasattr(given, "users"):
            return self.found[given.name]
        if isinstance(given, list | tuple):
            return [self.value(g) for g in given]
        return given

    def _called(self, node: Any) -> Any:
        from workings.importers.torch_layer_rows import FUNCTIONS, MODULES

        kind = kind_of(self.traced, node)
        arguments = [self.value(a) for a in node.args]
        named = {key: self.value(a) for key, a in node.kwargs.items()}
        ends = all(user.op == "output" for user in node.users)
        try:
            if node.op == "call_module":
                build = MODULES.get(kind)
                if build is None:
                    raise OutOfReach("this layer is not read", expected=f"one of {', '.join(sorted(MODULES))}")
                return build(self, self.traced.get_submodule(node.target), *arguments, ends=ends)
            row = FUNCTIONS.get(kind.removesuffix("_").strip("_"))
            if row is None:
                raise OutOfReach("this operation is not read", expected=f"one of {', '.join(sorted(FUNCTIONS))}")
            return row(self, *arguments, **named, ends=ends)
        except WorkingsError as error:
            error.message = f"{kind} ({node.name}): {error.message}"
            raise
        except (TypeError, AttributeError) as error:
            words = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
            raise OutOfReach(f"{kind} ({node.name}) with these arguments is not read: {words}") from None


def _attribute(module: Any, path: str) -> Any:
    for part in path.split("."):
        module = getattr(module, part)
    return module
