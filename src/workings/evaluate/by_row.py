"""What a function of arrays is worth by its row of the table, entry by entry, where no faster way is written."""

from __future__ import annotations

from typing import Any

from workings.evaluate.arrays import is_array
from workings.evaluate.numbers import Value
from workings.expr import Network
from workings.functions import table
from workings.shape.rows import text_for


def by_row(name: str, args: list[Value], exact: bool, last: bool) -> Value | None:
    """The value, or None where no text of the row is for arguments of so many axes; axes in front are gone through."""
    import numpy as np

    found = text_for(name, [a.ndim if is_array(a) else 0 for a in args]) if name in table else None
    if found is None:
        return None
    pattern, front = found
    given = dict(zip(table[name].params, args))
    if not front:
        return _one(pattern, given, exact, last)
    places = next(given[n] for n in pattern.shapes).shape[:front]
    out: list[Value] = []
    for at in np.ndindex(places):
        here = {n: v[at] if n in pattern.shapes else v for n, v in given.items()}
        out.append(_one(pattern, here, exact, last))
    return np.stack(out).reshape(*places, *np.shape(out[0])) if out and is_array(out[0]) else _array(out, places)


def _one(pattern: Network, given: dict[str, Value], exact: bool, last: bool) -> Value:
    from workings.evaluate.given import read_point

    state = read_point(pattern, given).state(exact, last)
    key = pattern.equations[-1].key
    if not key[1]:
        return state.compute((key, ()))
    places = state.places(key)
    shape = [len({at[k] for at in places}) for k in range(key[1])]
    return _array([state.compute((key, at)) for at in places], shape)


def _array(values: list[Value], shape: Any) -> Value:
    import numpy as np

    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out.reshape(shape)
