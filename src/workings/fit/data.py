"""Points to train on: CSV with a header, NPZ, or arrays by name; what is wrong with them is said at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workings.emit.plan import Field
from workings.errors import BadValue, InputTooLarge
from workings.limits import MAX_DATA_BYTES


def table(given: Any) -> dict[str, Any]:
    """Columns or arrays by name, as float64.

    Raises `BadValue` for a file that is no table of numbers, naming its row and column.
    """
    import numpy as np

    if isinstance(given, str | Path):
        return _file(Path(given))
    if not isinstance(given, Mapping):
        raise BadValue(f"data cannot be a {type(given).__name__}", expected="a .csv or .npz file, or arrays by name")
    out = {}
    for name, values in given.items():
        try:
            out[str(name)] = np.array(values, dtype=float)
        except (TypeError, ValueError):
            raise BadValue(f"the data for {name} are no array of numbers") from None
        _finite(str(name), out[str(name)])
    return out


def _file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BadValue(f"there is no file {path}", expected="a .csv or .npz file")
    if path.stat().st_size > MAX_DATA_BYTES:
        raise InputTooLarge(f"{path} has {path.stat().st_size} bytes", expected=f"at most {MAX_DATA_BYTES}")
    if path.suffix.lower() == ".npz":
        return _arrays(path)
    if path.suffix.lower() != ".csv":
        raise BadValue(f"data in {path.suffix or 'a file without suffix'}", expected="a .csv or .npz file")
    return _columns(path.read_text(encoding="utf-8-sig", errors="replace"), str(path))


def _arrays(path: Path) -> dict[str, Any]:
    import numpy as np
    from zipfile import BadZipFile

    try:
        with np.load(path, allow_pickle=False) as archive:
            return table({name: archive[name] for name in sorted(archive.files)})
    except (ValueError, BadZipFile, OSError) as error:
        raise BadValue(f"{path} is no archive of arrays: {error}", expected="what numpy.savez writes") from None


def _columns(text: str, path: str) -> dict[str, Any]:
    import numpy as np

    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if len(rows) < 2:
        raise BadValue(f"{path} has no rows of numbers", expected="a line of names, then a line for each point")
    names = [name.strip() for name in rows[0]]
    if len(set(names)) < len(names):
        twice = next(n for n in names if names.count(n) > 1)
        raise BadValue(f"{path} has two columns {twice!r}", expected="a name for each column")
    values = np.empty((len(rows) - 1, len(names)))
    for number, row in enumerate(rows[1:]):
        if len(row) != len(names):
            raise BadValue(f"{path}, row {number + 2}: {len(row)} cells", expected=f"{len(names)}, one for each name")
        for place, cell in enumerate(row):
            values[number, place] = _number(cell, f"{path}, row {number + 2}, column {names[place]}")
    return {name: np.ascontiguousarray(values[:, place]) for place, name in enumerate(names)}


def _number(cell: str, where: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise BadValue(f"{where}: {cell.strip()!r} is no number", hint="leave rows with gaps out") from None
    if value != value or value in (float("inf"), float("-inf")):
        raise BadValue(f"{where}: {cell.strip()}", expected="a finite number", hint="leave rows with gaps out")
    return value


def _finite(name: str, array: Any) -> None:
    import numpy as np

    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise BadValue(f"the data for {name} hold {array[place]} at {list(place)}", expected="finite numbers",
                       hint="leave rows with gaps out")


def matched(columns: Mapping[str, Any], fields: Sequence[Field]) -> dict[str, Any]:
    """The data of each field: its own array, or its entries x1, x2, … (x[1], x_1) side by side, samples first.

    Raises `BadValue` where a field has no data or a column belongs to none.
    """
    out: dict[str, Any] = {}
    used: set[str] = set()
    for field in fields:
        if field.name in columns:
            out[field.name] = columns[field.name]
            used.add(field.name)
            continue
        entries = _entries(field.name, columns) if field.axes else []
        if not entries:
            more = f", or {field.name}1, {field.name}2, …" if field.axes else ""
            raise BadValue(f"the data have no column {field.name}, only {', '.join(columns)}",
                           hint=f"name a column {field.name}{more}")
        import numpy as np

        out[field.name] = np.stack([columns[n] for n in entries], axis=-1)
        used |= set(entries)
    unused = [name for name in columns if name not in used]
    if unused:
        raise BadValue(f"the column {unused[0]} is none of the network's", expected=", ".join(f.name for f in fields))
    return out


def _entries(name: str, columns: Mapping[str, Any]) -> list[str]:
    """x1, x2, x3 in the order of their numbers."""
    found = {int(m[1]): column for column in columns
             if (m := re.fullmatch(re.escape(name) + r"_?\[?(\d+)\]?", column))}
    return [found[n] for n in sorted(found)]
