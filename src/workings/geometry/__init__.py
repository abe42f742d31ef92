"""Pieces and boundaries of piecewise linear networks, with integers and fractions only."""

from workings.geometry.boundary import boundary
from workings.geometry.cells import pieces
from workings.geometry.data import (
    Boundary, Box, Certificate, Counts, Crease, Fact, Gate, Map, Output, Part, Pieces, Point, Region, Row, Shape, Side,
    Solved, Tally, Unit,
)

__all__ = [
    "Boundary", "Box", "Certificate", "Counts", "Crease", "Fact", "Gate", "Map", "Output", "Part", "Pieces", "Point",
    "Region", "Row", "Shape", "Side", "Solved", "Tally", "Unit", "boundary", "pieces",
]
