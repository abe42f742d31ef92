"""Pictures as data: shapes with roles, no colours, no words but labels."""

from workings.figures.shapes import Figure

__all__ = ["Figure"]
