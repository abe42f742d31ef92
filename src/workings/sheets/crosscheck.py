"""Two engines, one truth: each answer is held against another way to the same numbers, at exact points.

    draw        the drawn graph is run neuron by neuron; its outputs are those of the equations
    pieces      in each piece the affine map is the network there, and its coefficients are the gradient there
    boundary    on every part of the boundary the output has its level; on each side the sign that is claimed
    gradient, backward    the derivation's formula and the backward program agree
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import OutOfReach, WorkingsError
from workings.expr import Call, Expr, Network, Ref
from workings.sheets.model import Question

if TYPE_CHECKING:
    from workings.forms.graphs import Graph, Neuron

CLOSE = 1e-9                  # relative, where a function is not rational


class Broken(OutOfReach):
    """Two ways to the same number disagree: no answer is given."""


Slopes = dict[str, Any]
Check = Callable[[Any, Question, Network], tuple[str, ...]]


def _drawn(graph: Graph, question: Question, net: Network) -> tuple[str, ...]:
    from workings import evaluate

    if not _scalar(net):
        return ()
    for point in _points(net):
        values = evaluate.run(net, point).values
        env = {name: point[name] for name, _ in graph.inputs if name in point}
        for node in graph.nodes:
            env[node.id] = _fired(node, {**values, **point}, env, net)
        for name, node_id in graph.outputs.items():
            if not same_value(values[name], env[node_id]):
                raise Broken(f"the drawn network gives {env[node_id]} for {name}, the equations {values[name]}")
    return ("The drawn network was run neuron by neuron and gives what the equations give.",)


def _fired(node: Any, values: Mapping[str, Any], env: Mapping[str, Any], net: Network) -> Any:
    from workings import evaluate

    if not hasattr(node, "edges"):
        return evaluate.value(node.formula, {**values, **env}, net)
    neuron: Neuron = node
    total = evaluate.value(neuron.bias, values, net)
    for edge in neuron.edges:
        total = total + evaluate.value(edge.weight, values, net) * env[edge.source]
    if neuron.act == "linear":
        return total
    formula: Expr = Call(neuron.act, (Ref("z"),)) if neuron.act else neuron.formula
    return evaluate.value(formula, {**values, "z": total}, net)


def _points(net: Network) -> Iterator[dict[str, Any]]:
    """Three fixed points with small fractions for every free name."""
    names = [name for name, places in net.leaves if not places]
    for start in (3, 5, 8):
        yield {name: Fraction((7 * i * start + 11 * start) % 19 - 9, 4 + i % 3) for i, name in enumerate(names, 1)}


def same_value(a: Any, b: Any) -> bool:
    """Equal if both are exact, else close."""
    exact = (int, Fraction)
    if isinstance(a, exact) and isinstance(b, exact):
        return a == b
    x, y = float(a), float(b)
    return x == y or abs(x - y) <= CLOSE * max(1.0, abs(x), abs(y))


def _cut(pieces: Any, question: Question, net: Network) -> tuple[str, ...]:
    from workings import evaluate
    from workings.answers import pieces as says

    data = says.as_dict(pieces)
    slopes = {name: _programs(net, name, data["inputs"]) for name in data["outputs"]}
    for region in data["regions"]:
        if region["status"] != "full" or not region.get("affine"):
            continue
        point = {name: Fraction(v) for name, v in zip(data["inputs"], region["sample"])}
        values = evaluate.run(net, point).values
        for name, affine in region["affine"].items():
            here = sum((Fraction(c) * point.get(x, Fraction(1)) for x, c in affine.items()), Fraction(0))
            if name in values and not same_value(values[name], here):
                raise Broken(f"in piece {region['number']} the map gives {here} for {name}, the network {values[name]}")
            _sloped(slopes.get(name, {}), affine, region["number"], point, net)
    return ("At a point inside each piece the affine map gives the network's value, its coefficients the gradient.",)


def _programs(net: Network, name: str, inputs: list[str]) -> Slopes:
    """The gradient of an output by each input, as programs; none where the engine has none."""
    from workings import derive

    try:
        return {x: derive.backward(net, Ref(name), [Ref(x)]) for x in inputs}
    except WorkingsError:
        return {}


def _sloped(
    slopes: Slopes, affine: Mapping[str, str], number: int, point: Mapping[str, Fraction], net: Network
) -> None:
    for x, program in slopes.items():
        slope, here = program_at(program, Ref(x), net, point), affine.get(x, "0")
        if not same_value(slope, Fraction(here)):
            raise Broken(f"in piece {number} the map has the coefficient {here} of {x}, the gradient is {slope}")


def derivation_at(found: Any, net: Network, point: Mapping[str, Any]) -> Any:
    """The result of a derivation at a point, its adjoints worked out in order."""
    from workings import evaluate

    env = {**evaluate.run(net, point).values, **point}
    for ref, value in found.where:
        env[ref.name] = evaluate.value(value, env, net)
    return evaluate.value(found.result, env, net)


def _derived(found: Any, question: Question, net: Network) -> tuple[str, ...]:
    """The steps' result and the backward program, which share rules but not the road."""
    from workings import derive

    if question.of is None or not _scalar(net) or net.variable(question.wrt[0].key) not in net.leaves:
        return ()
    program = derive.backward(net, question.of, [question.wrt[0]])
    return _agree(found, program, question.wrt[0], question, net)


def _swept(program: Any, question: Question, net: Network) -> tuple[str, ...]:
    """The same, asked from the other side."""
    from workings import derive

    wrt = [w for w in question.wrt if net.variable(w.key) in net.leaves]
    if question.of is None or not _scalar(net) or not wrt:
        return ()
    return _agree(derive.gradient(net, question.of, wrt[0]), program, wrt[0], question, net)


def _scalar(net: Network) -> bool:
    return not net.opaque and not any(places or name in net.shapes for name, places in (*net.leaves, *net.defs))


def _agree(found: Any, program: Any, wrt: Ref, question: Question, net: Network) -> tuple[str, ...]:
    for point in _points(net):
        first, second = derivation_at(found, net, point), program_at(program, wrt, net, point)
        if not same_value(first, second):
            raise Broken(f"the derivation gives {first} for {question.about}, the backward pass {second}")
    return ("The step-by-step formula and the backward pass give the same value at three exact points.",)


def program_at(program: Any, wrt: Ref, net: Network, point: Mapping[str, Any]) -> Any:
    """The value of one gradient of a backward program at a point."""
    from workings import evaluate

    env: dict[str, Any] = dict(point)
    for statement in (*program.forward, *program.backward):
        env[statement.name.name] = evaluate.value(statement.value, env, net)
    expr = next(value for ref, value in program.gradients if ref.key == wrt.key)
    return evaluate.value(expr, env, net)


def _bounded(boundary: Any, question: Question, net: Network) -> tuple[str, ...]:
    from workings import evaluate
    from workings.answers import boundary as says

    data = says.as_dict(boundary)
    inputs = data.get("inputs") or [name for name, _ in net.inputs]
    for edge in data["boundary"]:
        for place in _on(edge):
            value = evaluate.run(net, dict(zip(inputs, place))).values.get(question.output or "")
            if value is not None and not edge.get("between") and not same_value(value, boundary.level):
                raise Broken(f"at {place} the output is {value}, not {boundary.level}")
    return ("At points of every part of the boundary the output has that level.",)


def _on(edge: Mapping[str, Any]) -> Iterator[tuple[Fraction, ...]]:
    """Two points of an edge."""
    def exact(key: str) -> list[Fraction]:
        return [Fraction(v) for v in edge[key]]

    if edge["type"] == "segment":
        a, b = exact("from"), exact("to")
        yield tuple((2 * p + q) / 3 for p, q in zip(a, b))
        yield tuple(a)
    elif edge["type"] in ("ray", "line"):
        a, d = exact("from" if edge["type"] == "ray" else "through"), exact("dir")
        yield tuple(a)
        yield tuple(p + 2 * q for p, q in zip(a, d))
    elif edge["type"] == "point":
        yield tuple(exact("at"))


CHECKS: Mapping[str, Check] = {
    "draw": _drawn, "pieces": _cut, "boundary": _bounded, "gradient": _derived, "backward": _swept,
}
