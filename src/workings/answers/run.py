"""What a forward pass says: the values as JSON, and as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.document import Block, Inline, Line, Math, Paragraph, Table
from workings.evaluate import Values
from workings.expr import All, Array, Expr, Num, Ref

SHOWN = 12                    # values of a list that a table shows
LONGEST = 40                  # digits of an exact number in a table
DIGITS = 6                    # of a float in a table


def as_dict(values: Values) -> dict[str, Any]:
    """The `run` object of INTERFACE.md: exact values as strings, floats as numbers (inf and nan as words).

    >>> as_dict(Values({"a": Fraction(1, 2), "E": 0.25}, ["t"]))
    {'values': {'a': '1/2', 'E': 0.25}, 'missing': ['t']}
    """
    out: dict[str, Any] = {"values": {k: said(v) for k, v in values.values.items()}, "missing": list(values.missing)}
    return out | ({"undefined": dict(values.undefined)} if values.undefined else {})


def said(value: Any) -> Any:
    """A value in JSON."""
    if isinstance(value, list | tuple):
        return [said(v) for v in value]
    if hasattr(value, "tolist"):
        return said(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return _text(value)


def _text(value: Any) -> str:
    """An exact number; flint writes those of more digits than Python's `str` takes."""
    if max(abs(value.numerator), value.denominator).bit_length() < 10_000:
        return str(value)
    from flint import fmpq

    return str(fmpq(value.numerator, value.denominator))


def blocks(values: Values) -> tuple[Block, ...]:
    """A table of the values; below it what was not given and what has no value."""
    out: list[Block] = []
    rows = tuple(((Math(_name(k)),), _cell(v)) for k, v in values.values.items())
    if rows:
        out.append(Table((("Quantity",), ("Value",)), rows))
    if values.missing:
        out.append(Paragraph(("Not given, and needed for the rest: ", *_names(values.missing), ".")))
    out += [Paragraph((Math(_name(k)), f" has no value at this point: {why}.")) for k, why in values.undefined.items()]
    return tuple(out)


def points_table(found: Sequence[Values], at: Sequence[Mapping[str, Any]]) -> Table:
    """Several points: a row each, first what is given, then what follows."""
    given = list(dict.fromkeys(name for point in at for name in point))
    names = [*given, *(k for k in found[0].values if k not in given)]
    cells = tuple(tuple(_given({**point, **f.values}.get(k)) for k in names) for point, f in zip(at, found))
    return Table(tuple((Math(_name(k)),) for k in names), cells)


def _given(value: Any) -> Line:
    return ("–",) if value is None else _cell(value)


def _names(labels: list[str]) -> list[Inline]:
    out: list[Inline] = []
    for i, label in enumerate(labels):
        out += [", "] * (i > 0) + [Math(_name(label))]
    return out


def _name(label: str) -> Expr:
    """`E[k]` as the reference it is."""
    name, _, inside = label.partition("[")
    parts = inside.rstrip("]").split(",") if inside else []
    return Ref(name, tuple(All() if p == "." else Num(int(p)) if p.isdecimal() else Ref(p) for p in parts))


def _cell(value: Any) -> Line:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, list):
        return number(value)
    if len(value) > SHOWN or any(isinstance(v, float | list) for v in value):
        return (_listed(value),)
    return (Math(Array(tuple(Num(v) for v in value))),)


def number(value: Any) -> Line:
    """A value as the page shows it."""
    if isinstance(value, float):
        return (_short(value),)
    digits = len(_text(value))
    if digits > LONGEST:
        return (f"{_near(value)} (a number of {digits} digits)",)
    near = isinstance(value, Fraction) and value.denominator > 1
    return (Math(Num(value)), f" ≈ {_near(value)}") if near else (Math(Num(value)),)


def _near(value: Any) -> str:
    try:
        return _short(float(value))
    except OverflowError:
        return "more than a float can hold"


def _short(value: float) -> str:
    return f"{value:.{DIGITS}g}".replace("-", "−")


def _listed(value: Any) -> str:
    """A list in brackets, its end left out where it is long; as deep as a family has index places."""
    if not isinstance(value, list):
        return _short(value) if isinstance(value, float) else _text(value)
    shown = [_listed(v) for v in value[:SHOWN]]
    more = ["…"] if len(value) > SHOWN else []
    return f"({', '.join(shown + more)})"
