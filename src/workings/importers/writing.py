"""A network of arrays, written line by line in our own notation; every importer writes through it.

The equations stay symbolic (`z1 = W1 @ x + b1`), the numbers stand in `net.values`, the sizes in `net.shapes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from workings.errors import BadValue, InputTooLarge, Source
from workings.expr import Array, Equation, Network, Ref, Remark
from workings.limits import MAX_PARAMETERS

Shape = tuple[int, ...]
ExactBox = tuple[tuple[Fraction, Fraction], ...]


class Writing:
    """The lines written so far, the numbers of the parameters and the sizes of everything."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.lines: list[str] = []
        self.values: dict[str, Any] = {}
        self.shapes: dict[str, Shape] = {}     # as they are declared
        self.vector = 0                        # so many inputs x1, x2, … make the vector x
        self.notes: list[str] = []
        self.numbers = 0

    def inputs(self, shape: Shape) -> str:
        """The input `x`: a vector is made of the names x1, x2, …; an array of more axes is an input itself."""
        if len(shape) == 1:
            self.vector = shape[0]
        else:
            self.shapes["x"] = shape
        return "x"

    def shape(self, name: str) -> Shape:
        """The axes of a quantity, without that of the samples."""
        return (self.vector,) if name == "x" and self.vector else self.shapes[name]

    def parameter(self, name: str, array: Any) -> str:
        """A parameter with its numbers, an array that `numbers` made."""
        self.numbers += array.size
        if self.numbers > MAX_PARAMETERS:
            raise InputTooLarge(f"{self.origin} has more than {MAX_PARAMETERS} numbers", expected="a smaller network")
        if array.ndim:
            self.values[name], self.shapes[name] = array, array.shape
        else:
            self.values[name] = array.item()
        return name

    def define(self, name: str, formula: str, shape: Shape) -> str:
        """The equation  name = formula."""
        self.lines.append(f"{name} = {formula}")
        self.shapes[name] = shape
        return name

    def outputs(self, last: str) -> None:
        """y, or y1, y2, …: the entries of the last array."""
        shape = self.shape(last)
        count = 1
        for axis in shape:
            count *= axis
        if len(shape) != 1:
            last = self.define("flat", f"flatten({last})", (count,))
        for i in range(1, count + 1):
            self.lines.append(f"{'y' if count == 1 else f'y{i}'} = {last}[{i}]")

    def network(self, box: ExactBox | None = None, **roles: Any) -> Network:
        """The network that the lines state."""
        from workings.functions import signatures
        from workings.syntax import read

        sizes = {**({"x": (self.vector,)} if self.vector else {}), **self.shapes}
        declared = [f"{name} in R^({' x '.join(map(str, axes))})" for name, axes in sizes.items()]
        text = Source("\n".join([*self.lines, *declared]), f"{self.origin}, as equations")
        if roles.get("targets") is None:
            roles["targets"] = []             # t1 is the shift of a batch normalisation, not what a loss compares with
        net = read(text.text, signatures(), source=text, **roles)
        own = [Equation(Ref("x"), Array(tuple(Ref(f"x{i}") for i in range(1, self.vector + 1))))] if self.vector else []
        shapes = {name: axes for name, axes in net.shapes.items() if not (self.vector and name == "x")}
        remarks = (*net.remarks, *(Remark("note", note) for note in self.notes))
        return net.with_(
            equations=(*own, *net.equations), values=self.values, shapes=shapes, remarks=remarks, box=box,
        )


def numbers(given: Any, name: str, axes: int | None = None) -> Any:
    """A parameter as a NumPy array (of `axes` axes): floats as float64, integers and fractions exact.

    Raises `BadValue` for what is no number, is not finite, or has uneven rows.

    >>> numbers([["1/3", 2]], "W1", 2)[0, 0]
    Fraction(1, 3)
    """
    import numpy as np

    nested = isinstance(given, list | tuple | str | int | float) or given is None
    array = _plain(given, name) if nested else np.asarray(_detached(given))
    if axes is not None and array.ndim != axes:
        wanted = {1: "a list of numbers", 2: "a list of rows of numbers"}.get(axes, f"{axes} axes")
        raise BadValue(f"{name} has {array.ndim} axes: {_sizes(array.shape)}", expected=wanted)
    if array.dtype.kind == "f" or array.dtype.name == "bfloat16":
        widened = array.astype(np.float64)
        _finite(widened, name)
        return widened
    if array.dtype.kind in "iub":
        return array.astype(object)
    if array.dtype.kind == "O":
        return array
    raise BadValue(f"{name} holds entries of type {array.dtype}", expected="real numbers")


def _detached(given: Any) -> Any:
    """A torch tensor as an array."""
    if hasattr(given, "detach"):
        given = given.detach().cpu()
        return given.double().numpy() if given.is_floating_point() else given.numpy()
    return given


def _plain(given: Any, name: str) -> Any:
    """Nested lists: all whole or written as fractions: exact; else floats, each the dyadic that it stores."""
    import numpy as np

    sizes: list[int] = []
    level: list[Any] = [given]
    while level and isinstance(level[0], list | tuple):
        lengths = {len(v) if isinstance(v, list | tuple) else -1 for v in level}
        if len(lengths) > 1:
            raise BadValue(f"the rows of {name} have different lengths", expected="rows of one length")
        sizes.append(len(level[0]))
        level = [x for v in level for x in v]
    flat = [_number(x, name) for x in level]
    if any(isinstance(x, float) for x in flat):
        _finite(np.array([x if isinstance(x, float) else 0.0 for x in flat]).reshape(sizes), name)
    if any(isinstance(x, float) for x in flat) and not any(isinstance(x, Fraction) for x in flat):
        return np.array(flat, dtype=np.float64).reshape(sizes)
    out = np.empty(len(flat), dtype=object)
    out[:] = [Fraction(x) if isinstance(x, float) else x for x in flat]
    return out.reshape(sizes)


def _number(given: Any, name: str) -> int | float | Fraction:
    from workings.exact import rational

    if isinstance(given, bool):
        raise BadValue(f"{name} holds {given}", expected="numbers")
    if isinstance(given, int | float):
        return given
    if given is None or isinstance(given, dict | list | tuple):
        raise BadValue(f"{name} holds {given!r}"[:80], expected='numbers, or texts such as "1/3"')
    return rational(given, f"an entry of {name}")


def _finite(array: Any, name: str) -> None:
    import numpy as np

    wrong = np.argwhere(~np.isfinite(array))
    if not len(wrong):
        return
    place = ", ".join(str(int(i) + 1) for i in wrong[0])
    more = f"; {len(wrong)} numbers are not finite" if len(wrong) > 1 else ""
    raise BadValue(
        f"{name} holds {float(array[tuple(wrong[0])])} at ({place}){more}", expected="finite numbers",
        hint="train with a smaller learning rate, or take an earlier checkpoint",
    )


def _sizes(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) or "one number"
