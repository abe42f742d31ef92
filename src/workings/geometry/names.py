"""Which names of a network geometry works with: inputs, outputs, entries of families, letters for units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from workings.errors import OutOfReach
from workings.expr import Equation, Expr, Key, Network, Num, Ref, free_keys
from workings.expr.names import base, natural


def entry_name(name: str, places: Sequence[int]) -> str:
    """x[2], W[1,3]."""
    return f"{name}[{','.join(map(str, places))}]" if places else name


def input_names(net: Network) -> tuple[str, ...]:
    """Each input, those declared and never used among them, and each entry of one that is a family or an array."""
    out: list[str] = []
    used = {name for name, _ in (*net.leaves, *net.defs, *net.opaque)}
    unused = [(name, 0) for name, role in net.roles.items() if role == "input" and name not in used]
    for name, places in sorted([*net.inputs, *unused], key=lambda key: natural(key[0])):
        if not places and name not in net.shapes:
            out.append(name)
            continue
        axes = net.shapes.get(name)
        if axes is None:
            raise OutOfReach(f"the number of inputs {name}[…] is not known", hint=f"declare it: {name} in R^2")
        lengths = [_size(net, axis, name) for axis in axes]
        out += [entry_name(name, at) for at in product(*(range(1, n + 1) for n in lengths))]
    if not out:
        raise OutOfReach(
            "the network has no inputs", expected="a name such as x1 that no equation defines", hint="say inputs=…",
        )
    return tuple(out)


def _size(net: Network, axis: Expr, name: str) -> int:
    value = net.values.get(axis.name) if isinstance(axis, Ref) else getattr(axis, "value", None)
    if isinstance(value, int) and 0 < value <= 10_000:
        return value
    raise OutOfReach(f"the number of inputs {name}[…] is not known", hint=f"declare it: {name} in R^2")


def entries(net: Network, equation: Equation) -> Iterator[tuple[str, dict[str, int]]]:
    """Each quantity that an equation defines, with the values of its indices."""
    indices = equation.lhs.indices
    ranges: list[range] = []
    for index in indices:
        if isinstance(index, Num):
            ranges.append(range(int(index.value), int(index.value) + 1))
        elif isinstance(index, Ref) and index.name in net.ranges:
            bounds = net.ranges[index.name]
            ranges.append(range(_bound(net, bounds.lo, index), _bound(net, bounds.hi, index) + 1))
        else:
            raise OutOfReach(f"the range of the index of {equation.lhs.name} is not known", span=equation.span)
    for at in product(*ranges):
        names = {i.name: v for i, v in zip(indices, at) if isinstance(i, Ref)}
        yield entry_name(equation.lhs.name, at), names


def _bound(net: Network, expr: Expr, index: Ref) -> int:
    value = net.values.get(expr.name) if isinstance(expr, Ref) else getattr(expr, "value", None)
    if isinstance(value, int):
        return value
    raise OutOfReach(
        f"the range of {index.name} has no numbers for its ends", span=index.span,
        hint=f"say {index.name} = 1..3" if not isinstance(expr, Ref) else f"give {expr.name} a value",
    )


def ends_of(net: Network) -> list[Key]:
    """What the network computes: quantities that depend on inputs and on no target, and that no other such one uses.

    A loss depends on a target; below it stands the output.
    """
    inputs, targets = _above(net, net.inputs), _above(net, net.targets)
    varying = [key for key in net.defs if key in inputs and key not in targets] or list(net.defs)
    alike = {base(name) for name, _ in varying}     # y3 = 0 beside y1 and y2 is an output too
    own = [key for key in net.defs if key in varying or (key not in targets and base(key[0]) in alike)]
    used = {k for key in own for e in net.defs[key] for k in free_keys(e.rhs) if k != key}
    ends = [key for key in own if key not in used]
    if not ends:
        raise OutOfReach("the network has no equation")
    return ends


def outputs_of(net: Network) -> tuple[str, ...]:
    """The names of the outputs: all ends; beside y, what else is left unused is a neuron that leads nowhere."""
    ends = ends_of(net)
    chosen = [key for key in ends if base(key[0]) in ("y", "yhat")] or ends
    return tuple(name for key in chosen for equation in net.defs[key] for name, _ in entries(net, equation))


def _above(net: Network, leaves: tuple[Key, ...]) -> set[Key]:
    """The defined quantities that use one of the leaves, through others or not."""
    found: set[Key] = set(leaves)
    for equation in net.ordered:
        if any(net.variable(k) in found or k in found for k in free_keys(equation.rhs)):
            found.add(equation.key)
    return found


def unit_letter(net: Network) -> str:
    """u, or another letter where the network has names such as u1."""
    names = {n for n, _ in (*net.defs, *net.leaves, *net.opaque)} | set(net.functions) | set(net.values)
    for letter in ("u", "r", "s", "q", "g", "unit", "gate"):
        if not any(re.fullmatch(letter + r"\d+", name) for name in names):
            return letter
    return "unit_"
