"""What the compiled walk through space works on."""

from __future__ import annotations

from typing import Any, NamedTuple

Array = Any

FACETS = 63                   # of one cell, for each has a bit; a cell with more is left to integers
OVER = 5                      # why the loop came back, beside those of the plane: too many facets

# places in `count`
(TOP, CELLS, PARTS, ZERO, SIGNS, FRESH, READY, LISTED, CORNERS, SIDES, ZEROS, PAUSE_AT, OPEN_FROM) = range(13)
# columns of `task`
LAYER, FIRST, MANY, FACE, FACED, FROM, CUTS, UNIT, SIDE = range(9)


class Net(NamedTuple):
    """The layers, units first and outputs last; layer l is own + sum over sources of weights @ units."""

    sizes: Array              # of each layer
    starts: Array             # the number of its first unit
    first: Array              # its sources are first[l] … first[l + 1] - 1
    source: Array             # the layer of each source
    place: Array              # where its weights begin, column by column
    normed: Array             # where the Euclidean norms of its rows begin
    weights: Array
    norms: Array
    own: Array                # 6 x units: what comes from the input alone
    slopes: Array             # of each layer below 0
    gamma: Array              # the relative rounding error of one form of each layer
    near: float               # what 1 is on the scale of what is infinite


class State(NamedTuple):
    """What the walk is at; `task` has the columns named above."""

    forms: Array              # 6 x (units + sides): a, b, c, d, the error of a, b and c, that of d
    sign: Array               # 1 or 0 of each unit
    task: Array
    share: Array              # of each task, of the whole walk
    place: Array              # 6 x vertices: x, y, z, w, the error of x, y and z, that of w
    name: Array               # 3 x vertices: creases that meet there
    tight: Array              # of each vertex: the bits of its facets
    facet: Array              # creases
    candidate: Array
    side: Array               # signs at the vertices of the task on top
    told: Array               # units of a layer x vertices: signs that integers gave, 2: none
    asked: Array              # 2 x pairs: unit, vertex
    value: Array              # 4 x the largest layer
    index: Array
    count: Array


class Out(NamedTuple):
    """Lists that are filled while there is room; of length 0 where only counts are wanted."""

    offset: Array             # cells + 1: the first corner of each cell
    facets: Array             # cells + 1: its first facet
    place: Array              # 6 x corners
    tight: Array              # of each corner
    facet: Array              # creases
    level: Array              # outputs x corners: the signs of the outputs
    pattern: Array            # cells x bytes
    map: Array                # cells x outputs x 4
    error: Array              # outputs x 2: the largest errors of a, b and c, and of d
