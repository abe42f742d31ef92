"""What the geometry engine returns: plain data, exact throughout.

A `Map` is an affine map of the inputs: the coefficients in the order of the inputs, the constant last.
A `Row` is the same in integers without a common factor; as an inequality it reads row >= 0 or row < 0.
A `Shape` is the convex set  conv(vertices) + cone(rays); in the plane both run counterclockwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from workings.expr import Expr
from workings.expr.network import ClassRule

if TYPE_CHECKING:
    from workings.geometry.polyhedron import Polyhedron
    from workings.geometry.symmetry import Symmetry

Point = tuple[Fraction, ...]
Map = tuple[Fraction, ...]
Row = tuple[int, ...]
Box = tuple[tuple[Fraction | None, Fraction | None], ...]      # low and high for each input; None: no bound


@dataclass(slots=True, eq=False)
class Shape:
    """conv(vertices) + cone(rays), closed.  A set that holds a line has a base point among its vertices,
    and both directions of the line among its rays."""

    vertices: tuple[Point, ...]
    rays: tuple[Point, ...]
    dimension: int
    pointed: bool = True      # false where a whole line lies in the set: its vertices are base points only
    body: Polyhedron | None = field(default=None, repr=False)

    @property
    def bounded(self) -> bool:
        return not self.rays


@dataclass(slots=True, eq=False)
class Unit:
    """A sign that matters: pre >= 0 or pre < 0.

    Formulas use inputs, named quantities of the network, and the names of earlier units, which stand for their outputs.
    """

    name: str
    function: str             # relu, max, min, abs, leaky, clip, step, sign, where …
    pre: Expr


@dataclass(slots=True, eq=False)
class Gate:
    """A piecewise linear function at its arguments: its value for each pattern of its units; most have one unit.

    `name` is that of its last unit.  `crease`: the value at pre = 0 where it is neither side's.
    """

    name: str
    units: tuple[int, ...]
    call: Expr                # as written, inner gates by name
    values: Mapping[str, Expr]
    crease: Expr | None = None
    jumps: bool = False       # its value changes abruptly at pre = 0


@dataclass(slots=True, eq=False)
class Fact:
    """One inequality of a certificate: row >= 0, or row < 0 where `strict`.

    `about`: the unit, None for a side of the box.
    """

    multiplier: int
    row: Row                  # as it stands in the pattern: pre of a unit, or x - low, high - x
    strict: bool
    about: int | None


@dataclass(slots=True, eq=False)
class Certificate:
    """Why a pattern is empty.  The facts, each times its multiplier (those with < turned round to -row > 0), add up to
    `total`: a constant below 0, or 0 although one of the facts says > 0."""

    facts: tuple[Fact, ...]
    total: int                # the constant that the sum comes to
    prefix: int               # the first so many signs of the pattern are enough


@dataclass(slots=True, eq=False)
class Crease:
    """On a part of a piece where jumping units are at pre = 0, the outputs have other values."""

    units: tuple[int, ...]
    shape: Shape
    affine: Mapping[str, Map]


@dataclass(slots=True, eq=False)
class Region:
    """A sign pattern and its domain; `status` is "full", "thin" (not empty, without interior) or "empty"."""

    number: int
    pattern: str
    status: str
    rows: tuple[Row, ...] = ()                         # pre of each unit as a map of the inputs, under the pattern
    affine: Mapping[str, Map] = field(default_factory=dict)        # of each output and named quantity
    shape: Shape | None = None
    sample: Point | None = None
    empty: Certificate | None = None
    on_crease: tuple[Crease, ...] = ()


@dataclass(slots=True, eq=False)
class Counts:
    cells: int
    cells_after_output: int
    maps: int
    zero_cells: int
    vertices: int | None = None
    edges: int | None = None
    empty: int = 0
    thin: int = 0


@dataclass(slots=True, eq=False)
class Tally:
    """How many signs were taken, and how many of them with integers rather than certified floats."""

    signs: int = 0
    exact: int = 0


@dataclass(slots=True, eq=False)
class Output:
    """An output, as written with units named, and the equations between it and the inputs."""

    name: str
    formula: Expr


@dataclass(slots=True, eq=False)
class Pieces:
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]
    units: tuple[Unit, ...]
    gates: tuple[Gate, ...]
    regions: tuple[Region, ...]
    counts: Counts
    box: Box | None
    tally: Tally
    certified: bool = False
    named: tuple[Output, ...] = ()      # the named quantities on the way, in order
    spelling: Mapping[str, str] = field(default_factory=dict)

    @property
    def full(self) -> tuple[Region, ...]:
        return tuple(r for r in self.regions if r.status == "full")


@dataclass(slots=True, eq=False)
class Part:
    """A part of the boundary: `type` is segment, ray, line, point or region; `kind` crosses or touches.

    points: both ends, or the start of a ray, a point of a line, the point; direction: of a ray or line.
    """

    type: str
    kind: str
    points: tuple[Point, ...] = ()
    direction: Point | None = None
    shape: Shape | None = None          # of a region
    between: tuple[str, str] | None = None


@dataclass(slots=True, eq=False)
class Solved:
    """y = level, y < level and y > level solved within one piece."""

    number: int
    row: Map                            # y - level
    zero: Shape | None                  # within the closed piece
    below: Shape | None                 # the closure of {y < level} in the piece, None where empty
    above: Shape | None
    mirrored: int | None = None         # the number of the piece that this one follows from by symmetry
    by: Symmetry | None = None


@dataclass(slots=True, eq=False)
class Side:
    """Where the output has a sign, or is the largest: convex parts, with disjoint insides."""

    sign: int | None                    # -1 or 1; None where an output is the largest
    output: str
    label: str                          # "class 1", or "" where the text names none
    regions: tuple[Shape, ...]


@dataclass(slots=True, eq=False)
class Boundary:
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]            # one: its level set; several: where the largest changes
    level: Fraction
    box: Box | None
    parts: tuple[Part, ...]
    jumps: tuple[Part, ...]             # where the sign changes without passing through the level
    classes: tuple[Side, ...]
    symmetries: tuple[Symmetry, ...]    # exchanges of inputs and changes of sign that change no output
    length: float | None                # None where it is infinite
    solved: tuple[Solved, ...]
    pieces: Pieces
    rule: ClassRule | None = None       # the rule of the text that the level was taken from
    certified: bool = False
