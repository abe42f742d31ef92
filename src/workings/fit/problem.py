"""A network and its data as a function of one vector of parameters, with the derived gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workings.derive import backward
from workings.emit.plan import Field, Plan, plan
from workings.emit.result import Compiled, Shaped, compiled
from workings.errors import BadValue
from workings.expr import Network, Ref
from workings.fit.data import matched, table
from workings.fit.lift import lifted
from workings.forms.indexed import indexed
from workings.notation import plain


@dataclass(slots=True, eq=False)
class Problem:
    """What is minimised: `value(vector)` gives the loss and its gradient, over all rows or some of them."""

    net: Network
    of: Ref
    plan: Plan
    program: Compiled
    data: dict[str, Any]
    samples: dict[str, int]           # of each data array the axis that runs over the samples
    shapes: dict[str, tuple[int, ...]]
    rows: int

    @property
    def size(self) -> int:
        """How many numbers are fitted."""
        return sum(_count(s) for s in self.shapes.values())

    def unpacked(self, vector: Any) -> dict[str, Any]:
        """The parameters by name."""
        out, at = {}, 0
        for name, shape in self.shapes.items():
            part = vector[at:at + _count(shape)]
            out[name] = part.reshape(shape) if shape else float(part[0])
            at += _count(shape)
        return out

    def packed(self, values: Mapping[str, Any]) -> Any:
        """One vector of the parameters."""
        import numpy as np

        return np.concatenate([np.ravel(np.asarray(values[name], dtype=float)) for name in self.shapes])

    def taken(self, rows: Any) -> dict[str, Any]:
        """The data of some rows."""
        import numpy as np

        return {name: np.take(array, rows, axis=self.samples[name]) if name in self.samples else array
                for name, array in self.data.items()}

    def value(self, vector: Any, data: Mapping[str, Any] | None = None) -> tuple[float, Any]:
        """The loss and its gradient at a vector."""
        import numpy as np

        value, gradients = self.program(**(self.data if data is None else data), **self.unpacked(vector))
        by = {wrt.name: gradients[plain(wrt)] for wrt, _ in self.plan.gradients}
        zero = {name: np.zeros(shape) for name, shape in self.shapes.items()}
        return float(value), self.packed({**zero, **by})


def _count(shape: tuple[int, ...]) -> int:
    out = 1
    for n in shape:
        out *= n
    return out


def problem(net: Network, of: Ref, given: Any, start: Mapping[str, Any], sizes: Mapping[str, int]) -> Problem:
    """The problem that a network, its loss and data pose.

    A network for one point is taken over all points, and the mean of `of` is minimised.  Raises `BadValue` where data
    and network do not fit each other.
    """
    inner = indexed(net).net
    planned = plan(inner, backward(inner, of), of)
    wanted = [f for f in planned.arguments if f.role != "parameter"]
    columns = table(given)
    fixed = [f for f in planned.arguments if f.role == "parameter" and f.name in columns]
    data = matched(columns, [*wanted, *fixed])
    extra = {f.name: data[f.name].ndim - len(f.axes) for f in wanted}
    if any(n not in (0, 1) for n in extra.values()) or len(set(extra.values())) > 1:
        name = next(f.name for f in wanted if extra[f.name] not in (0, 1) or extra[f.name] != max(extra.values()))
        raise BadValue(f"the data for {name} have {data[name].ndim} axes", expected="one row a point, for all names")
    if wanted and max(extra.values()) == 1:
        inner, of = lifted(inner, of, [f.name for f in wanted])
        planned = plan(inner, backward(inner, of), of)
        samples = dict.fromkeys((f.name for f in wanted), 0)
    else:
        samples = _samples(planned, wanted)
    return _posed(inner, of, planned, data, samples, start, sizes)


def _posed(net: Network, of: Ref, planned: Plan, data: dict[str, Any], samples: dict[str, int],
           start: Mapping[str, Any], sizes: Mapping[str, int]) -> Problem:
    rows = {data[name].shape[place] for name, place in samples.items()}
    if len(rows) > 1:
        counts = " and ".join(str(n) for n in sorted(rows))
        raise BadValue(f"the data have {counts} points", expected="as many for each name")
    free = [f for f in planned.arguments if f.role == "parameter" and f.name not in data]
    if not free:
        raise BadValue("there is no parameter to fit", expected="a name that is neither data nor defined")
    shapes = _shapes(planned, free, {**start, **data}, sizes)
    return Problem(net, of, planned, compiled(net, planned), data, samples, shapes, rows.pop() if rows else 1)


def _samples(planned: Plan, wanted: Sequence[Field]) -> dict[str, int]:
    """The axis of each data array that no parameter has; data without one are the same for all samples."""
    weights = {_text(f, n) for f in planned.arguments if f.role == "parameter" for n in range(len(f.axes))}
    out = {}
    for f in wanted:
        own = [n for n in range(len(f.axes)) if _text(f, n) not in weights]
        if own:
            out[f.name] = own[0]
    return out


def _text(field: Field, place: int) -> str:
    axis = field.axes[place]
    return f"{plain(axis.lo)}..{plain(axis.hi)}"


def _shapes(
    planned: Plan, free: Sequence[Field], known: Mapping[str, Any], sizes: Mapping[str, int]
) -> dict[str, tuple[int, ...]]:
    """How many entries each parameter has: sizes from the data, from values that came with the network, or stated."""
    import numpy as np

    told = [f for f in planned.arguments if f.name in known and np.ndim(known[f.name]) == len(f.axes)]
    shaped = Shaped(planned, {**known, **sizes}, "float64", told)
    out = {}
    for f in free:
        missing = [s for s in _sizes(f) if s not in shaped.sizes]
        if missing:
            raise BadValue(f"nothing tells the size {missing[0]} of {f.name}", hint=f"state it: {missing[0]}=8")
        out[f.name] = shaped.lengths(f)
    return out


def _sizes(field: Field) -> list[str]:
    from workings.expr import free_refs

    return [r.name for a in field.axes for e in (a.lo, a.hi) for r in free_refs(e)]
