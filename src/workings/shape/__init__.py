"""Shapes: the axes of every name and expression of a network, and their sizes, symbolic where nothing gives numbers."""

from workings.shape.axes import Shape, ShapeError
from workings.shape.settled import line_remade, settled, with_given
from workings.shape.shapes import Shapes, has_arrays, shapes

__all__ = ["Shape", "ShapeError", "Shapes", "has_arrays", "line_remade", "settled", "shapes", "with_given"]
