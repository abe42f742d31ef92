"""Stacks whose cells stop where something is decided: the level of an output, the largest of several outputs.

In such a complex every part of a boundary is an edge, a corner or a whole cell: one way of looking finds it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from workings.errors import BadValue
from workings.geometry.operators import taken
from workings.geometry.stack import Affine, Concat, Const, Stack, Sum, Units


def sharpened(stack: Stack, output: int | None, level: Fraction) -> tuple[Stack, tuple[str, ...]]:
    """The stack whose cells stop at the boundary, and the outputs that it is about: one, or all for the largest."""
    if output is None and len(stack.outputs) > 1:
        if level:
            raise BadValue("a level needs one output", expected=f"one of {', '.join(stack.outputs)}")
        return at_largest(stack), stack.outputs
    return at_level(stack, output or 0, level), (stack.outputs[output or 0],)


def at_level(stack: Stack, output: int, level: Fraction) -> Stack:
    """One output, less the level; its sign is one more unit, which nothing uses."""
    out = _copy(stack)
    node = _entry(out, output)
    if level:
        node = out.add(Sum(1, (node, _number(out, level)), (1, -1)))
    _unit(out, node, "level")
    out.output, out.outputs = node, (stack.outputs[output],)
    return out


def at_largest(stack: Stack) -> Stack:
    """The outputs are max(y1, …, y_(k-1)) - y_k for k = 2, 3, …, whose signs are units; `ties` reads them.

    Differences to the largest of all would be 0 throughout for the largest itself, which doubles cannot tell.
    """
    out = _copy(stack)
    entries = [_entry(out, k) for k in range(len(stack.outputs))]
    largest, gaps = entries[0], []
    for entry in entries[1:]:
        gap = out.add(Sum(1, (largest, entry), (1, -1)))
        unit = _unit(out, gap, "largest")
        largest = out.add(Sum(1, (entry, unit), (1, 1)))
        gaps.append(gap)
    out.output, out.outputs = out.add(Concat(len(gaps), tuple(gaps))), stack.outputs[1:]
    return out


def ties(signs: Any) -> Any:
    """From the signs of those outputs at corners: 0 for each output that is the largest there, else 1.

    >>> import numpy as np
    >>> ties(np.array([[1, 1], [-1, 0], [0, -1]])).tolist()
    [[0, 1, 1], [1, 0, 0], [1, 1, 0]]
    """
    import numpy as np

    out = np.ones((len(signs), signs.shape[1] + 1), dtype=np.int8)
    out[:, 0] = 0
    for k in range(1, out.shape[1]):
        sign = signs[:, k - 1]
        out[sign < 0, :k] = 1
        out[sign <= 0, k] = 0
    return out


def _copy(stack: Stack) -> Stack:
    return Stack(stack.inputs, stack.outputs, list(stack.nodes), stack.output)


def _entry(stack: Stack, output: int) -> int:
    size = stack.nodes[stack.output].size
    return stack.output if size == 1 else stack.add(Affine(1, stack.output, taken([output], size)))


def _number(stack: Stack, value: Fraction) -> int:
    import numpy as np

    values = np.empty(1, dtype=object)
    values[0] = value
    return stack.add(Const(1, values))


def _unit(stack: Stack, node: int, function: str) -> int:
    import numpy as np

    return stack.add(Units(1, node, 0, function, function, np.array([stack.size])))
