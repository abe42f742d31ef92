"""Pictures as data: shapes with roles, no colours, no words but labels."""

from workings.figures.shapes import Box, Circle, Figure, Group, Image, Label, Measure, Path, Shape, Text

__all__ = ["Box", "Circle", "Figure", "Group", "Image", "Label", "Measure", "Path", "Shape", "Text"]
