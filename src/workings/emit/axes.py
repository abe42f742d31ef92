"""Where the places of a family run, as far as the text tells, with symbolic ends."""

from __future__ import annotations

from dataclasses import dataclass

from workings.errors import OutOfReach
from workings.evaluate import value
from workings.evaluate.sizes import Usage
from workings.expr import Expr, Key, Number, Ref, free_refs


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """The values lo, lo + 1, …, hi of one place."""

    lo: Expr
    hi: Expr


def letters(ref: Ref) -> tuple[str, ...]:
    """The index letters of a left side: h[t, 1] has t."""
    return tuple(i.name for i in ref.indices if isinstance(i, Ref) and not i.indices)


def axes_of(usage: Usage, key: Key) -> tuple[Axis, ...]:
    """The axes of a variable: each place from the least to the greatest index that is met there."""
    return tuple(_axis(usage, key, place) for place in range(key[1]))


def _axis(usage: Usage, key: Key, place: int) -> Axis:
    found = list(usage.extents(key, place))
    if not found:
        raise OutOfReach(
            f"nothing says how many entries {key[0]} has in place {place + 1}", hint="state the range: i = 1..d"
        )
    lo, hi = found[0]
    for other_lo, other_hi in found[1:]:
        lo = other_lo if _before(other_lo, lo) else lo
        hi = other_hi if _before(hi, other_hi) else hi
    return Axis(lo, hi)


def outside(index: Expr, axis: Axis) -> bool:
    """Is an index (0, T + 1) not among the values of an axis?"""
    return _before(index, axis.lo) or _before(axis.hi, index)


_FAR = 1009                   # the size that stands for every symbolic size when two ends are compared


def _before(a: Expr, b: Expr) -> bool:
    """Is a < b for large sizes?  Ends are affine in the sizes."""
    return _worth(a) < _worth(b)


def _worth(end: Expr) -> Number:
    far: Number = value(end, {name: _FAR for name, _ in dict.fromkeys(r.key for r in free_refs(end))}, mode="exact")
    return far
