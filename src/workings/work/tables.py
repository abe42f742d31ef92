"""Tables of numbers in CSV files: the points of a slice, data to be drawn over a picture."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

from workings.errors import BadValue
from workings.limits import MAX_ROWS


def rows(name: str | os.PathLike[str], what: str) -> list[list[str]]:
    """The rows of a CSV file, cut at commas, semicolons, tabs or spaces; empty ones and those behind # are left out."""
    from workings.work.files import file_text

    found = file_text(Path(name))
    lines = [line for line in found.text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise BadValue(f"{found.path} is empty", expected=what)
    if len(lines) > MAX_ROWS:
        raise BadValue(f"{found.path} has {len(lines)} rows", expected=f"at most {MAX_ROWS}")
    mark = next((c for c in ",;\t" if c in lines[0]), " ")
    return [[cell.strip() for cell in row if cell.strip() or mark != " "] for row in
            csv.reader(lines, delimiter=mark, skipinitialspace=True)]


def slice_points(given: Any) -> list[Any] | None:
    """Two to five points of the input space: from a CSV file, one a row, or as they are; the numbers are exact."""
    if given is None:
        return None
    if not isinstance(given, str | os.PathLike):
        return list(given)
    wanted = "three rows for a plane, two for a line, four for a space; one number for each input in a row"
    return [[_exact(cell, given, at) for cell in row] for at, row in enumerate(rows(given, wanted), start=1)]


def polygon_points(given: Any) -> list[Any] | None:
    """The corners of a polygon in order: from a CSV file, one a row, or pairs of numbers, or "0,0, 1,0, 0,1"."""
    if given is None:
        return None
    wanted = "the corners in order: rows of two numbers, or 0,0, 1,0, 0,1"
    if isinstance(given, str) and not os.path.exists(given) and set(given) <= set("0123456789+-./eE,; "):
        cells = [cell for cell in given.replace(";", ",").replace(" ", "").split(",") if cell]
        if len(cells) % 2:
            raise BadValue(f"the polygon has {len(cells)} numbers", expected=wanted)
        pairs = enumerate(zip(cells[::2], cells[1::2]), start=1)
        return [(_exact(x, given, at), _exact(y, given, at)) for at, (x, y) in pairs]
    if not isinstance(given, str | os.PathLike):
        return list(given)
    return [[_exact(cell, given, at) for cell in row] for at, row in enumerate(rows(given, wanted), start=1)]


def _exact(cell: str, name: Any, row: int) -> Any:
    from workings.exact import rational

    try:
        return rational(cell, "the cell")
    except BadValue:
        raise BadValue(f"{name}, row {row}: {cell!r} is no number", expected="numbers such as -0.5 or 3/4") from None


def data_points(name: str | os.PathLike[str], columns: int) -> tuple[Any, list[str]]:
    """Points (as floats, points x columns) and the label of each, "" where no further column gives one.

    A first row of words is a head.
    """
    import numpy as np

    wanted = f"rows of {columns} numbers and, if there is one, a label"
    found = rows(name, wanted)
    if any(not _is_number(cell) for cell in found[0][:columns]):
        found = found[1:]
    for at, row in enumerate(found, start=1):
        if len(row) not in (columns, columns + 1) or not all(map(_is_number, row[:columns])):
            raise BadValue(f"{name}: data row {at} is {', '.join(row)}"[:200], expected=wanted)
    points = np.array([[float(cell) for cell in row[:columns]] for row in found]).reshape(-1, columns)
    return points, [row[columns] if len(row) > columns else "" for row in found]


def _is_number(cell: str) -> bool:
    try:
        value = float(cell)
    except ValueError:
        return False
    return value - value == 0
