"""What the compiled walk works on, and what its functions have in common."""


from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from numba import njit

Array = Any

DONE, ASK, FULL, GROW, PAUSE = 0, 1, 2, 3, 4          # why the loop came back
U = 2.0**-53
TINY = 1e-300                 # more than what underflow can lose
FLOOR = 1e-300                # so that the square of an error never comes out 0
FEW = 4                       # the weights of so many forms stand row by row, those of more column by column
SAFE = 1.0 + 1e-9             # the bounds themselves are rounded
# no reference counts: nothing is allocated here, and counting costs more than the arithmetic
options: dict[str, Any] = {"_nrt": False, "cache": True, "nogil": True, "error_model": "numpy",
                           "fastmath": {"contract"}}
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compiled on its first call, and kept on disk."""
    out: F = njit(**options)(function)
    return out


def inlined(function: F) -> F:
    """The same, put in where it is called."""
    out: F = njit(forceinline=True, **options)(function)
    return out


def reordered(function: F) -> F:
    """The same, where sums may be taken in any order: their bounds hold for every order."""
    out: F = njit(**{**options, "fastmath": {"contract", "reassoc", "nsz"}})(function)
    return out


HUGE = 2.0**100                # farther out than this a vertex is a direction, nearly
FAR = 1e150                   # the error of a vertex whose creases may be parallel

# places in `count`
(
    TOP, CELLS, PARTS, SIDES, BORDER, ZERO, SIGNS, VERTICES, ASKED, PAUSE_AT, LISTED, READY, ZEROS, OPEN, OPEN_FROM,
    ITEMS, STOP_AT, SKIP,
) = range(18)

# columns of `task`
LAYER, FIRST, CORNERS, AT, MANY, UNIT, SIGN, SLOT, CUTS = range(9)
INSIDE = 1 << 40


class Net(NamedTuple):
    """The layers, units first and outputs last; layer l is own + sum over sources of weights @ units."""

    sizes: Array              # of each layer
    starts: Array             # the number of its first unit
    first: Array              # its sources are first[l] … first[l + 1] - 1
    source: Array             # the layer of each source
    place: Array              # where its weights begin
    normed: Array             # where the Euclidean norms of its rows begin
    weights: Array
    norms: Array
    own: Array                # 5 x units: what comes from the input alone
    slopes: Array             # of each layer below 0
    gamma: Array              # the relative rounding error of one form of each layer


class State(NamedTuple):
    """What the walk is at; `task`: layer, first vertex, vertices, first candidate, candidates, unit, sign, slot, and
    how many cuts made it (INSIDE: more than any).

    A slot of `sums` holds what the units decided so far give to the forms of the next layer: what is the same in all
    cells below a task is summed once, and each half adds the units that are decided there.
    """

    forms: Array              # 5 x (units + sides)
    sums: Array               # slots x 3 x the largest layer
    norm: Array               # slots x 2: the squared norms of the errors of the units in a sum
    rest: Array               # sources x 2: those of a layer's sources but the last
    sign: Array               # 1 or 0 of each unit
    loose: Array              # 1: the unit cuts the cell at which its layer began
    task: Array
    place: Array              # vertices x 4: x, y, w, error
    name: Array               # vertices x 4: the two creases that meet, and that of the edge that follows
    candidate: Array
    scratch: Array            # 3 x the largest layer
    index: Array
    side: Array               # signs at the corners of the polygon at work
    asked: Array              # pairs x 3: unit, vertex, sign
    count: Array


class Out(NamedTuple):
    """Lists that are filled while there is room; of length 0 where only counts are wanted."""

    offset: Array             # cells + 1: the first vertex of each cell
    place: Array              # vertices x 4
    name: Array               # vertices x 3
    level: Array              # vertices x outputs: the signs of the outputs
    pattern: Array            # cells x bytes
    map: Array                # cells x outputs x 3
    error: Array              # outputs x 2: the largest errors of a and b, of c
