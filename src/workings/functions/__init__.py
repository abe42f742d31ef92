"""The table of functions.  Adding one is adding a row: derivative, pieces, values and printing follow."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from workings.errors import NotReadable, OutOfReach
from workings.expr import Call, Expr, Network
from workings.functions.rows import MANY, Piecewise, Row, Signature
from workings.functions.table import ROWS

__all__ = [
    "MANY", "Piecewise", "Row", "Signature", "derivative", "indexed", "nested", "parsed", "pieces", "signatures",
    "table",
]

table: Mapping[str, Row] = {row.name: row for row in ROWS}


@cache
def signatures() -> Mapping[str, Signature]:
    """Every spelling of every function, for reading.

    >>> signatures()["ReLU"]
    Signature(name='relu', least=1, most=1, soft=False)
    """
    return {spelling: signature for row in ROWS for spelling, signature in row.signatures().items()}


@cache
def parsed(name: str) -> tuple[tuple[str, ...], Expr]:
    """The parameters and the body of a composition; a primitive raises `OutOfReach`."""
    row = _row(name)
    if row.primitive:
        raise OutOfReach(f"{name} is a primitive: it is not made of other functions")
    return row.params, _read(row.body)


@cache
def indexed(name: str) -> tuple[Network, ...]:
    """What a function of arrays is entry by entry, one network for each number of axes: shapes, ranges, `out[i] = ...`.

    >>> [size.name for size in indexed("outer")[0].shapes["a"]]
    ['m']
    """
    from workings.syntax import read

    return tuple(read(text, signatures()) for text in _row(name).indexed)


@cache
def derivative(name: str, position: int, steady: bool = False) -> Expr:
    """The derivative of a function by its argument at `position`, over the row's parameters; `steady`: for programs.

    `max` and `min` of more than two arguments are `nested` first.  Raises `OutOfReach` where the table has none.
    """
    row = _row(name)
    texts = row.slopes if steady and row.slopes else row.derivative
    if position >= len(texts):
        raise OutOfReach(f"the table has no derivative of {name} by its argument {position + 1}")
    return _read(texts[position])


@cache
def pieces(name: str) -> tuple[tuple[Expr, ...], Mapping[str, Expr], Expr | None] | None:
    """Units, values by pattern and the value on the crease of a piecewise-linear function, over its parameters."""
    shape = _row(name).piecewise
    if shape is None:
        return None
    crease = _read(shape.crease) if shape.crease else None
    return tuple(map(_read, shape.units)), {p: _read(v) for p, v in shape.values.items()}, crease


def nested(call: Call) -> Call:
    """A call with as many arguments as parameters: max(a, b, c) is max(max(a, b), c)."""
    if call.function in table and len(call.args) <= len(table[call.function].params):
        return call
    first, *rest = call.args
    for arg in rest[:-1]:
        first = Call(call.function, (first, arg), 0, call.span)
    return Call(call.function, (first, *rest[-1:]), call.primes, call.span)


def _row(name: str) -> Row:
    try:
        return table[name]
    except KeyError:
        raise NotReadable(f"there is no function {name} in the table") from None


def _read(text: str) -> Expr:
    from workings.syntax import read_expression

    return read_expression(text, signatures())
