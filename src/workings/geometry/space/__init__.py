"""Cells in space: three coordinates by doubles with proved bounds, any number of them in integers."""
