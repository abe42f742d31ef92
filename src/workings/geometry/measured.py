"""All that is measured over a domain at once: extremes, steepness, constancy, classes, sizes of cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from workings.errors import OutOfReach
from workings.geometry.data import Counts, Tally
from workings.geometry.fast.levelset import LevelSet
from workings.geometry.measure import (
    NORMS, Constancy, Extreme, Steepest, areas, constant, extremes, histogram, lipschitz,
)
from workings.geometry.mesh import mesh_of_complex
from workings.geometry.space.complex import SpaceComplex
from workings.geometry.space.levelset import SpaceLevelSet
from workings.geometry.space.topology import space_classes
from workings.geometry.space.volumes import in_input_space
from workings.geometry.topology import ClassTopology, classes

Array = Any
T = TypeVar("T")
BINS = 12


@dataclass(slots=True, eq=False)
class Measured:
    """What a network does over a domain; `missing`: what could not be said, with the reason.

    `steepest`: of each norm and output; `sizes`: how many cells have an area (length, volume) in each bin, its edges.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    counts: Counts
    tally: Tally
    cells: Any                          # the complex
    extremes: dict[str, tuple[Extreme, Extreme]] = field(default_factory=dict)
    steepest: dict[str, dict[str, Steepest]] = field(default_factory=dict)
    constancy: Constancy | None = None
    classes: tuple[ClassTopology, ...] = ()
    sizes: tuple[Array, Array] | None = None
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def partial(self) -> str:
        """Why not all of the domain was walked."""
        out: str = self.cells.partial
        return out


def measured(found: Any, boundary: LevelSet | SpaceLevelSet | None) -> Measured:
    """The measures of a complex, and of its boundary where there is one."""
    mesh = mesh_of_complex(found)
    signs = [found.tally, *([boundary.complex.tally] if boundary is not None else [])]
    out = Measured(
        mesh.names, mesh.outputs, found.counts, Tally(sum(t.signs for t in signs), sum(t.exact for t in signs)), found,
    )
    out.extremes = _or_missing(out, "extremes", lambda: extremes(mesh)) or {}
    for norm in NORMS if mesh.gram is None else ("2",):
        out.steepest[norm] = lipschitz(mesh, norm)
    out.constancy = _or_missing(out, "constant", lambda: constant(mesh))
    size = isinstance(found, SpaceComplex)
    sizes = _or_missing(out, "histogram", lambda: in_input_space(found) if size else areas(mesh))
    out.sizes = None if sizes is None else histogram(sizes, BINS)
    if boundary is not None:
        out.classes = space_classes(boundary) if isinstance(boundary, SpaceLevelSet) else classes(boundary)
    else:
        out.missing["classes"] = f"the classes of a space of {len(mesh.names)} dimensions"
    return out


def _or_missing(out: Measured, name: str, ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except OutOfReach as error:
        out.missing[name] = error.message
        return None
