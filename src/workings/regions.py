"""The results of `pieces` and `boundary`: arrays beside exact strings, measures, pictures, files that load again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue, OutOfReach
from workings.results import Pictured, Result, drawn

if TYPE_CHECKING:
    from fractions import Fraction

    from workings.document import Block, Picture
    from workings.figures import Figure
    from workings.figures.marks import Marks
    from workings.geometry.fast.complex import Complex
    from workings.geometry.fast.levelset import LevelSet
    from workings.geometry.measure import Constancy, Extreme, Steepest
    from workings.geometry.mesh import Mesh
    from workings.geometry.space.complex import SpaceComplex
    from workings.geometry.space.levelset import SpaceLevelSet
    from workings.geometry.topology import ClassTopology

Array = Any
PICTURES = (".svg", ".png", ".pdf", ".tikz")
WRITTEN = (".html", ".htm", ".md", ".txt", ".json", ".npz", ".parquet", *PICTURES)


class _Planar(Pictured):
    """What both have in common: one engine's answer, and the complex of the plane where there is one."""

    by = ""                               # how a picture is to be coloured; "" as it comes
    marks: Marks | None = None

    def _spelling(self) -> Mapping[str, str]:
        return self.net.spelling

    def blocks(self) -> tuple[Block, ...]:
        """The facts as blocks of a page, and how sure they are."""
        from workings.answers.complexes import certainty
        from workings.document import Paragraph

        found = super().blocks()
        own = getattr(self.data, "pieces", self.data)         # of an answer that lists all workings
        return (*found, Paragraph((certainty(own),))) if hasattr(own, "regions") and hasattr(own, "gates") else found

    def _content(self, suffix: str) -> str | bytes:
        from workings import storage

        if suffix in storage.TABLES:
            return storage.content(self, suffix)
        if suffix == ".pdf":
            from workings.render.png import pdf

            return pdf(self._picture().figure)
        if suffix not in WRITTEN:
            raise BadValue(f"the suffix {suffix or 'of no file type'} says no format that is written",
                           expected=f"a name that ends in {', '.join(WRITTEN)}")
        return super()._content(suffix)

    def _picture(self) -> Picture:
        from workings.document import Picture

        if not self.by and self.marks is None:
            return super()._picture()
        figure = self.figure()
        return Picture(figure, (figure.title,), figure.description, self.verb)

    def figure(self) -> Figure:
        """The picture as data."""
        raise NotImplementedError

    def picture(self, path: str | Path, by: str = "", data: Any = None) -> Path:
        """Write a picture (.svg .png .pdf): cells coloured `by` "map", "layer" or "class", data points over them.

        `data`: a CSV file of points with a label each, or a pair (points, labels).
        """
        other = self._drawn(by, data)
        if Path(path).suffix.lower() not in PICTURES:
            raise BadValue(f"{path} is no name of a picture", expected=f"a name that ends in {', '.join(PICTURES)}")
        return other.save(path)

    def _drawn(self, by: str, data: Any) -> _Planar:
        from copy import copy

        other = copy(self)
        other.by, other.marks = by, None if data is None else self._marks(data)
        return other

    def _marks(self, data: Any) -> Marks:
        """Points in the coordinates of the picture; points of the input space are projected onto a slice."""
        import numpy as np

        from workings.figures.marks import Marks
        from workings.work.tables import data_points

        if isinstance(data, str | Path):
            points, labels = data_points(data, 2)
        else:
            points, labels = data if isinstance(data, tuple) else (data, None)
            points = np.asarray(points, dtype=float)
            labels = [""] * len(points) if labels is None else [str(label) for label in labels]
        if points.ndim != 2 or points.shape[1] != 2 or len(labels) != len(points) or not np.isfinite(points).all():
            raise BadValue("data are no points of the plane", expected="rows of two finite numbers, a label for each")
        return Marks(points, tuple(labels))


class Pieces(_Planar):
    """The linear pieces of a network."""

    verb, title = "pieces", "The linear pieces"

    def _answers(self) -> Any:
        from workings.answers import complexes, pieces

        return complexes if self._is_complex else pieces

    @property
    def _is_complex(self) -> bool:
        return hasattr(self.data, "chunk")

    # --- arrays ---

    @cached_property
    def complex(self) -> Complex | SpaceComplex:
        """The cells of a line, plane or space with their arrays."""
        if self._is_complex:
            found: Complex | SpaceComplex = self.data
            return found
        from workings.work.regions import complex_again

        return complex_again(self.net, self.data)

    @cached_property
    def mesh(self) -> Mesh:
        """The cells as arrays with error bounds and exact numbers behind them."""
        from workings.geometry.mesh import mesh_of, mesh_of_complex

        return mesh_of_complex(self.complex) if self._planar else mesh_of(self.data)

    @property
    def _planar(self) -> bool:
        """Do the arrays come from the complex?  Else from the answer that lists all workings."""
        return self._is_complex or len(self.data.inputs) <= 2

    @property
    def _spatial(self) -> bool:
        return self._is_complex and not hasattr(self.complex, "next")

    @property
    def patterns(self) -> Array:
        """cells x units: 1 where a pre-activation is >= 0."""
        import numpy as np

        if self._planar:
            return self.complex.signs
        return np.array([[s == "+" for s in r.pattern] for r in self.data.full], dtype=np.uint8)

    @property
    def A(self) -> Array:
        """cells x outputs x inputs: the linear part of each map."""
        return self.complex.A if self._planar else self.mesh.A

    @property
    def b(self) -> Array:
        """cells x outputs: the constant of each map."""
        return self.complex.b if self._planar else self.mesh.b

    @property
    def vertices(self) -> Array:
        """All corners, cell after cell: corners x inputs; `offsets` says where each cell's begin."""
        if not self._planar:
            return self.mesh.points
        return self.complex.vertices[:, : len(self.complex.layers.domain.plane.names)]

    @property
    def offsets(self) -> Array:
        """cells + 1 places in `vertices`."""
        return self.complex.offsets if self._planar else self.mesh.offsets

    @property
    def neighbours(self) -> Array:
        """For the edge after each corner (in space: each facet) the cell beyond it, -1 at the border."""
        return self.complex.neighbours

    @property
    def areas(self) -> Array:
        """The area of each cell; on a line the length, in space the volume; within a slice that in input space."""
        from workings.geometry.measure import areas

        if self._planar and not self._spatial:
            return areas(self.mesh)
        from workings.geometry.space.volumes import in_input_space

        found: Any = self.complex
        return in_input_space(found)

    # --- measures ---

    def extremes(self) -> dict[str, tuple[Extreme, Extreme]]:
        """The least and the largest value of each output, exactly, each with a point and a cell that attain it."""
        from workings.geometry.measure import extremes

        return extremes(self.mesh)

    def lipschitz(self, norm: str = "2") -> dict[str, Steepest]:
        """The Lipschitz constant of each output for distances in the "1"-, "2"- or "inf"-norm, with its cell."""
        from workings.geometry.measure import lipschitz

        return lipschitz(self.mesh, norm)

    def constant(self) -> Constancy:
        """Is the class the same everywhere in the domain?  With the least lead, or a point of each of two classes."""
        from workings.geometry.measure import constant

        return constant(self.mesh)

    def histogram(self, bins: int = 20) -> tuple[Array, Array]:
        """How many cells have an area in each of the bins (equal steps of its logarithm): counts and edges."""
        from workings.geometry.measure import histogram

        return histogram(self.areas, bins)

    def graph(self) -> Any:
        """The dual graph in NetworkX: a node a cell, an edge where two share a side, with the unit that changes."""
        from workings.work.graphs import dual_graph

        return dual_graph(self.complex)

    def at(self, point: Any) -> CellAt:
        """The cell that holds a point: its pattern, inequalities, vertices and map, exactly."""
        from workings.work.graphs import cell_at

        return CellAt(cell_at(self.net, self.complex if self._planar else None, point), self.net)

    # --- pictures and files ---

    def figure(self) -> Figure:
        """The picture as data: by "map" or "layer", or by "class" with the boundary."""
        if self.by == "class":
            return Boundary(self._level_set, self.net).with_marks(self.marks).figure()
        from workings.figures.atlas import cells_figure

        return cells_figure(self._flat(), self.by or "map", None, self.marks)

    def _flat(self) -> Complex:
        """The complex of a plane, which alone can be drawn."""
        found: Any = self.complex
        if not hasattr(found, "next"):
            raise OutOfReach(f"a picture of cells in {found.size} dimensions", expected="a plane",
                             hint="a slice: three points of the input space")
        flat: Complex = found
        return flat

    @cached_property
    def _level_set(self) -> LevelSet:
        from workings.geometry.fast.levelset import level_set

        found = self._flat()
        return level_set(found.stack, found.layers.domain)

    @classmethod
    def load(cls, path: str | Path) -> Any:
        """A result saved as .npz or .json."""
        from workings.storage import load

        return load(path)


class Boundary(_Planar):
    """The decision boundary of a network."""

    verb, title = "boundary", "The decision boundary"

    def _answers(self) -> Any:
        from workings.answers import boundary, levelsets

        return levelsets if self._is_level_set else boundary

    @property
    def _is_level_set(self) -> bool:
        return hasattr(self.data, "crosses")

    @cached_property
    def level_set(self) -> LevelSet | SpaceLevelSet:
        """The boundary with its arrays: edges (in space faces), crossing or touching, isolated points."""
        if self._is_level_set:
            found: LevelSet | SpaceLevelSet = self.data
            return found
        from workings.work.regions import level_set_again

        return level_set_again(self.net, self.data)

    def topology(self) -> tuple[ClassTopology, ...]:
        """Components and holes (the Betti numbers b0 and b1; in space cavities, b2) of each class."""
        from workings.geometry.space.topology import space_classes
        from workings.geometry.topology import classes

        found: Any = self.level_set
        return classes(found) if hasattr(found, "edges") else space_classes(found)

    def nearest(self, point: Any) -> tuple[tuple[Fraction, Fraction], float]:
        """The nearest point of the boundary to a point of the plane, exactly, and its distance in input space."""
        found: Any = self.level_set
        if not hasattr(found, "nearest"):
            raise OutOfReach("the nearest boundary point in space", expected="a plane", hint="a slice")
        near: tuple[tuple[Fraction, Fraction], float] = found.nearest(point)
        return near

    def near(self, point: Any) -> Nearest:
        """The same as a result that shows itself."""
        from workings.exact import rational
        from workings.geometry.fast.parts import Near

        at, distance = self.nearest(point)
        given = tuple(rational(v, "a coordinate of the point") for v in point)
        return Nearest(Near(self.level_set.complex.layers.domain.plane.names, given, at, distance), self.net)

    def with_marks(self, marks: Marks | None) -> Boundary:
        """The same with data points over its picture."""
        self.marks = marks
        return self

    def figure(self) -> Figure:
        """The picture as data."""
        from workings.figures.atlas import boundary_atlas

        found: Any = self.level_set
        if not hasattr(found, "edges"):
            raise OutOfReach("a picture of a boundary in space", expected="a plane",
                             hint="a slice: three points of the input space")
        return boundary_atlas(found, self.marks)

    @classmethod
    def load(cls, path: str | Path) -> Any:
        """A result saved as .npz or .json."""
        from workings.storage import load

        return load(path)


class Measures(Result):
    """What a network does over a domain: extremes, Lipschitz constants, constancy, classes, sizes of cells."""

    verb, title = "measure", "Measures"


class Same(Result):
    """How far two networks differ: `same`, `largest`, `output`, `at`, `first`, `second`."""

    verb, title = "same", "Two networks"


class Nearest(Result):
    """The point of a boundary that is nearest to another: `given`, `at`, `distance`."""

    verb, title = "nearest", "The nearest boundary point"


class CellAt(Result):
    """The cell that holds a point: `pattern`, `rows`, `vertices`, `rays`, `affine`."""

    verb, title = "cell", "The cell at a point"


__all__ = ["Boundary", "CellAt", "Measures", "Pieces", "Same", "drawn"]
