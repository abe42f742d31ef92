"""What `pieces --at` says: the cell that holds a point, as inequalities, by its corners, and its maps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from workings.answers.geometry import exact, place
from workings.document import Block, Display, Math, Paragraph, Raw, Row, Table
from workings.expr import Expr, Num, Rel, rewrite
from workings.geometry.data import Point
from workings.geometry.formulas import affine, inequality, lowest, reference
from workings.notation import plain
from workings.work.graphs import CellAt

DIGITS = 6                    # of a number that is shown exactly


def as_dict(found: CellAt) -> dict[str, Any]:
    """The cell: its inequalities as text, and as rows (a, …, c) for a*x1 + … + c >= 0."""
    names = found.inputs
    out: dict[str, Any] = {
        "inputs": list(names), "at": exact(found.at), "pattern": found.pattern,
        "inequalities": [plain(inequality(lowest(row), ">=", names)) for row in found.rows],
        "rows": [[str(v) for v in row] for row in found.rows],
        "affine": {n: {"const": str(m[-1]), **{k: str(c) for k, c in zip(names, m) if c}}
                   for n, m in found.affine.items()},
    }
    if found.vertices is not None and found.rays is not None:
        out |= {"vertices": [exact(v) for v in found.vertices], "rays": [exact(r) for r in found.rays]}
    return out


def blocks(found: CellAt) -> tuple[Block, ...]:
    """The pattern, the inequalities, the maps, the corners."""
    names = found.inputs
    rows = tuple(Row(_decimals(inequality(_readable(row), ">=", names))) for row in found.rows)
    maps = tuple(Row(_decimals(Rel((reference(n), affine(_rounded(m), names)), ("=",))))
                 for n, m in found.affine.items())
    out: list[Block] = [Paragraph(("The point ", place(found.at), f" lies in the cell {found.pattern}:"))]
    out += [Display(rows)] if rows else [Paragraph(("Nothing bounds it.",))]
    out += [Paragraph(("There",)), Display(maps)]
    if found.vertices:
        out.append(Table((("Corners",),), tuple(((_corner(v),),) for v in found.vertices)))
    if found.rays:
        out.append(Table((("Open towards",),), tuple(((_corner(r),),) for r in found.rays)))
    numbers: list[Sequence[int | Fraction]] = [*found.rows, *found.affine.values(), *(found.vertices or ())]
    if any(_rounded(row) != tuple(row) for row in numbers):
        out.append(Paragraph(("Numbers with many digits are rounded here to six; --json has them exactly.",)))
    return tuple(out)


def _corner(point: Point) -> Math:
    """A point, its long numbers as decimals."""
    return Math(_decimals(place(_rounded(point)).formula))


def _decimals(formula: Expr | Raw) -> Expr:
    """Numbers that were rounded, written as decimals."""
    assert isinstance(formula, Expr)
    return rewrite(formula, lambda e: Num(e.value, f"{float(e.value):.6g}") if isinstance(e, Num) and _is_decimal(e)
                   else e)


def _is_decimal(number: Num) -> bool:
    return "e" not in f"{float(number.value):.6g}" and Fraction(number.value).denominator > 1000


def _readable(row: Sequence[int]) -> tuple[Fraction, ...]:
    """The row by its largest slope where its numbers are long."""
    if _short(row):
        return lowest(row)
    scale = max(abs(v) for v in row[:-1]) or 1
    return _rounded([Fraction(v, scale) for v in row])


def _short(values: Iterable[int | Fraction]) -> bool:
    return all(len(str(v)) <= DIGITS for v in values)


def _rounded(values: Iterable[int | Fraction]) -> tuple[Fraction, ...]:
    """To six digits where one of the numbers is long."""
    found = tuple(Fraction(v) for v in values)
    return found if _short(found) else tuple(Fraction(f"{float(v):.6g}") for v in found)
