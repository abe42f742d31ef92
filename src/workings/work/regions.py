"""Which engine cuts a network: small ones with all their workings, large ones and slices as a complex of a plane."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue, OutOfReach
from workings.expr import Network
from workings.limits import MAX_LISTED_EMPTY, MAX_SPACE
from workings.work.tables import polygon_points, slice_points
from workings.work.values import number, pairs_of

if TYPE_CHECKING:
    from workings.geometry import Boundary, Pieces
    from workings.geometry.fast.complex import Complex
    from workings.geometry.fast.levelset import LevelSet
    from workings.geometry.measured import Measured
    from workings.geometry.plane import Domain
    from workings.geometry.same import Agreement
    from workings.geometry.space.complex import SpaceComplex
    from workings.geometry.space.extent import Extent
    from workings.geometry.space.levelset import SpaceLevelSet
    from workings.geometry.stack import Stack


@dataclass(frozen=True)
class Budget:
    """How much may be spent, and what is told on the way: `progress(cells, share of the domain)`."""

    processes: int = 1
    seconds: float | None = None
    engine: str | None = None
    progress: Callable[[int, float], None] | None = None
    count: bool = False                 # counts only: no lists are held
    cluster: str = ""                   # the address of a Dask scheduler

    def options(self) -> dict[str, Any]:
        """What the engine of planes takes."""
        if self.processes < 1:
            raise BadValue(f"{self.processes} processes", expected="1 or more")
        return {"processes": self.processes, **self.walk()}

    def walk(self) -> dict[str, Any]:
        """What every engine takes."""
        return {"seconds": self.seconds, "engine": self.engine, "progress": self.progress}

    def on_cluster(self) -> bool:
        """Is the work to be done by a cluster?  There it has no end before its time, and one engine."""
        if self.cluster and (self.seconds is not None or self.engine == "exact" or self.processes > 1):
            raise BadValue("a cluster together with seconds, processes or the exact engine",
                           expected="the address alone", hint="leave the others out")
        return bool(self.cluster)

    @property
    def plain(self) -> bool:
        """Is nothing asked for that only the engine of planes can do?"""
        return self == Budget(progress=self.progress)


def pieces(net: Network, box: Any = None, slice_: Any = None, budget: Budget | None = None,
           polygon: Any = None) -> Pieces | Complex | SpaceComplex:
    """Every sign pattern with its domain and map."""
    from workings import geometry

    budget = budget or Budget()
    points, corners = slice_points(slice_), polygon_points(polygon)
    small = _small(net, points, budget) if corners is None else None
    if small is not None:
        return geometry.pieces(small, _box(box, small))
    if dimensions(net, points) > 2:
        from workings.geometry.space.engine import space_of

        return space_of(*spatial(net, box, points, corners, budget), lists=not budget.count, **budget.walk())
    from workings.geometry.fast.engine import complex_of

    stack, domain = planar(net, box, points, corners)
    if budget.on_cluster() and stack.size:
        from workings.geometry.fast.cluster import walk_on

        return walk_on(budget.cluster, stack, domain, lists=not budget.count, progress=budget.progress)
    return complex_of(stack, domain, lists=not budget.count, **budget.options())


def boundary(net: Network, output: str | None = None, level: Any = None, box: Any = None, slice_: Any = None,
             budget: Budget | None = None, polygon: Any = None) -> Boundary | LevelSet | SpaceLevelSet:
    """The exact level set of an output, or where the largest of several outputs changes."""
    from workings import geometry

    budget = budget or Budget()
    points, corners = slice_points(slice_), polygon_points(polygon)
    exact = None if level is None else Fraction(number(level))
    small = _small(net, points, budget) if corners is None else None
    if small is not None:
        return geometry.boundary(small, output=output, level=exact, box=_box(box, small))
    if exact is None and output is None:
        output, exact = _ruled(net)
    if dimensions(net, points) > 2:
        from workings.geometry.space.levelset import space_level_set

        stack, extent = spatial(net, box, points, corners, budget)
        return space_level_set(stack, extent, _place(stack, output), exact or Fraction(0), **budget.walk())
    from workings.geometry.fast.levelset import level_set

    stack, domain = planar(net, box, points, corners)
    if budget.on_cluster() and stack.size:
        from workings.geometry.fast.cluster import walk_on
        from workings.geometry.fast.levelset import read_off
        from workings.geometry.sharpen import sharpened

        sharp, names = sharpened(stack, _place(stack, output), exact or Fraction(0))
        return read_off(walk_on(budget.cluster, sharp, domain, progress=budget.progress), names, exact or Fraction(0))
    return level_set(stack, domain, _place(stack, output), exact or Fraction(0), **budget.options())


def _place(stack: Stack, output: str | None) -> int | None:
    """The place of an output among those of the network."""
    if output is None:
        return None
    if output not in stack.outputs:
        raise BadValue(f"there is no output {output}", expected=f"output= one of {', '.join(stack.outputs)}")
    return stack.outputs.index(output)


def measured(net: Network, box: Any, slice_: Any, budget: Budget, polygon: Any = None) -> Measured:
    """What the network does over a box, a polygon or a slice."""
    from workings.geometry.fast.engine import complex_of
    from workings.geometry.fast.levelset import level_set
    from workings.geometry.measured import measured as over
    from workings.geometry.space.engine import space_of
    from workings.geometry.space.levelset import space_level_set

    points, corners = slice_points(slice_), polygon_points(polygon)
    output, level = _ruled(net)
    if dimensions(net, points) > 2:
        stack, extent = spatial(net, box, points, corners, budget)
        if extent.size > 3:
            return over(space_of(stack, extent, **budget.walk()), None)
        solid = space_level_set(stack, extent, _place(stack, output), level or Fraction(0), **budget.walk())
        return over(space_of(stack, extent, **budget.walk()), solid)
    flat, domain = planar(net, box, points, corners)
    line = level_set(flat, domain, _place(flat, output), level or Fraction(0), **budget.options())
    return over(complex_of(flat, domain, **budget.options()), line)


def _ruled(net: Network) -> tuple[str | None, Fraction | None]:
    """The output and level that the text's class rules state."""
    from workings.geometry.labels import stated

    rule = stated(net)
    return (None, None) if rule is None else (rule[0], rule[1])


def dimensions(net: Network, points: Any) -> int:
    """Of what is looked at: a line, a plane, a space."""
    from workings.geometry.names import input_names

    return len(input_names(net)) if points is None else max(1, len(points) - 1)


def planar(net: Network, box: Any, points: Any, polygon: Any = None) -> tuple[Stack, Domain]:
    """The network as array operations, and the part of a plane that is looked at."""
    from workings.geometry.plane import domain_of, plane_of
    from workings.geometry.stacking import stack

    found = stack(net)
    plane = plane_of(found.inputs, points)
    if polygon is not None and plane.line:
        raise BadValue("a polygon on a line", expected="box= the two ends")
    return found, domain_of(plane, pairs_of(box), net.box, polygon)


def spatial(net: Network, box: Any, points: Any, polygon: Any = None,
            budget: Budget | None = None) -> tuple[Stack, Extent]:
    """The network as array operations, and the part of a space that is looked at."""
    from workings.geometry.space.extent import extent_of, flat_of
    from workings.geometry.stacking import stack

    if polygon is not None:
        raise BadValue("a polygon in a space", expected="a slice, three points of the input space, with it")
    if budget is not None and budget.cluster:
        raise OutOfReach("a space in tiles", expected="a plane", hint="leave --cluster out, or give a slice")
    found = stack(net)
    return found, extent_of(flat_of(found.inputs, points), pairs_of(box), net.box)


def same(first: Network, second: Network, box: Any = None, slice_: Any = None) -> Agreement:
    """The largest difference over a box (the first network's own, if none is given) or a slice."""
    from workings.geometry.fast.engine import complex_of
    from workings.geometry.mesh import mesh_of_complex
    from workings.geometry.plane import domain_of, plane_of
    from workings.geometry.same import agreement, difference
    from workings.geometry.space.engine import space_of
    from workings.geometry.space.extent import extent_of, flat_of
    from workings.geometry.stacking import stack

    one, two = stack(first), stack(second)
    both, points, own = difference(one, two), slice_points(slice_), first.box or second.box
    if dimensions(first, points) > 2:
        flat = flat_of(both.inputs, points)
        solid = space_of(both, extent_of(flat, pairs_of(box), own))
        return agreement(mesh_of_complex(solid), one, flat, solid.counts.zero_cells == solid.cells)
    plane = plane_of(both.inputs, points)
    domain = domain_of(plane, pairs_of(box), own)
    found = complex_of(both, domain)
    return agreement(mesh_of_complex(found), one, plane, found.counts.zero_cells == found.cells)


def complex_again(net: Network, found: Pieces) -> Complex | SpaceComplex:
    """The cells of an answer with all workings as arrays."""
    from workings.geometry.fast.engine import complex_of
    from workings.geometry.space.engine import space_of

    box = "all" if found.box is None else found.box
    if len(found.inputs) > 2:
        return space_of(*spatial(net, box, None))
    return complex_of(*planar(net, box, None))


def level_set_again(net: Network, found: Boundary) -> LevelSet | SpaceLevelSet:
    """The same of a boundary."""
    from workings.geometry.fast.levelset import level_set
    from workings.geometry.space.levelset import space_level_set

    box, lone = "all" if found.box is None else found.box, len(found.outputs) == 1
    if len(found.inputs) > 2:
        stack, extent = spatial(net, box, None)
        return space_level_set(stack, extent, _place(stack, found.outputs[0]) if lone else None, found.level)
    flat, domain = planar(net, box, None)
    return level_set(flat, domain, _place(flat, found.outputs[0]) if lone else None, found.level)


def _small(net: Network, points: Any, budget: Budget) -> Network | None:
    """The network in scalar equations where the engine that shows all workings is to be used, else None."""
    from workings.geometry.names import input_names

    if points is not None:
        return None
    arrays = any(net.shapes.values())
    if not arrays:
        return net if budget.plain or _jumps(net) else None
    if budget.plain and (len(input_names(net)) > MAX_SPACE or _units(net) <= MAX_LISTED_EMPTY):
        return lowered(net)
    return None


def lowered(net: Network) -> Network:
    """A network of arrays in scalar equations: families with index letters."""
    from workings.forms.indexed import indexed

    if not any(net.shapes.values()):
        return net
    inputs = {name for name, _ in net.inputs}
    return indexed(net).net.with_(shapes={name: axes for name, axes in net.shapes.items() if name in inputs})


def _units(net: Network) -> int:
    """How many units there are, by the stack; none where the engine for small networks alone can say."""
    from workings.geometry.stacking import stack

    try:
        return stack(net).size
    except OutOfReach as error:
        if "jumps" in error.message:
            return 0
        raise


def _jumps(net: Network) -> bool:
    """Steps and signs are cut exactly by the engine for small networks only."""
    from workings.geometry.stacking import stack

    try:
        stack(net)
    except OutOfReach as error:
        return "jumps" in error.message
    return False


def _box(given: Any, net: Network) -> Any:
    if given is None:
        return net.box
    found = pairs_of(given)
    from workings.geometry.names import input_names

    names = input_names(net)
    if not isinstance(found, str) and len(found) != len(names):
        raise BadValue(f"the box has {len(found)} pairs, the network {len(names)} inputs ({', '.join(names)})")
    return found
