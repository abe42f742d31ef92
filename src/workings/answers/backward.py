"""What `backward` says: the forward and the backward statements, and what they cost."""

from __future__ import annotations

from typing import Any

from workings.answers.words import sentence, told
from workings.answers.steadily import because, reason
from workings.derive import Program, Statement
from workings.document import Block, Display, Heading, Line, Math, Paragraph, Row, Table
from workings.expr import Big, Deriv, Expr, Ref, Rel, free_refs, preorder, rewrite
from workings.notation import plain

KINDS = {"mul": "multiplications", "add": "additions", "div": "divisions", "pow": "powers", "call": "function calls"}
ONCE = "Each derivative once, from the output back; each line uses only lines before it."
STEPS = (
    "From the output back, and through the recurrence step by step, the last step first. The first line that fits an "
    "entry gives it."
)
SHAPES = {
    "denominator": "Each gradient has the shape of what it is by.",
    "numerator": "In numerator layout each derivative is the transpose of its adjoint, which has the shape of what it "
    "is by.",
}
LONGEST = 400                 # statements that a page shows


def as_dict(program: Program) -> dict[str, Any]:
    """The `backward` object of INTERFACE.md."""
    return {
        "forward": [{"name": plain(s.name), "value": plain(s.value)} for s in program.forward],
        "backward": [_entry(s) for s in program.backward],
        "gradients": {plain(wrt): plain(name) for wrt, name in program.gradients},
        "operations": {half: dict(counts) for half, counts in program.operations.items()},
        **({"layout": program.layout} if program.layout else {}),
        **({"notes": list(program.notes)} if program.notes else {}),
    }


def _entry(statement: Statement) -> dict[str, Any]:
    out = {"name": plain(statement.name)}
    if statement.is_ is not None:
        out["is"] = plain(statement.is_)
    matrix = {} if statement.matrix is None else {"matrix": plain(statement.matrix)}
    return {**out, "value": plain(statement.value), **matrix}


def blocks(program: Program) -> tuple[Block, ...]:
    """Forward pass, backward pass, gradients, count."""
    out: list[Block] = [*_recognised(program)]
    out += [Heading(4, ("Forward",)), *_listing(program.forward), Heading(4, ("Backward",))]
    out.append(Paragraph((STEPS if _goes_round(program) else ONCE,)))
    out += _listing(program.backward)
    out += _matrices(program)
    out += [Paragraph((note,)) for note in program.notes]
    out.append(_count(program))
    return tuple(out)


def _matrices(program: Program) -> list[Block]:
    """The backward pass once more, of whole arrays: the step between the forms, then the lines."""
    found = [s for s in program.backward if s.matrix is not None]
    rows = [Row(s.matrix) for s in found if s.matrix is not None]
    if not any(s.name.indices for s in found):
        return []
    whole = len(rows) == len(program.backward)
    says: Line = ("The same in matrix notation" if whole else "In matrix notation, for the lines that have one",)
    kinds = _kinds([p for s in found for p in told(s.patterns)])
    if kinds:
        says = (*says, ": a sum over an index is a product of arrays; ", *sentence("{kinds}", {"kinds": kinds}))
    return [Paragraph((*says, ". ", SHAPES[program.layout])), Display(tuple(rows[:LONGEST]))]


def _kinds(patterns: list[tuple[Expr, Expr]]) -> list[tuple[Expr, Expr]]:
    """The first pattern of each kind: one T(A) @ g, one g @ T(W), one column sum."""
    out: dict[str, tuple[Expr, Expr]] = {}
    for source, array in patterns:
        if any(isinstance(n, Big) for n in preorder(source)):
            out.setdefault(plain(_nameless(array)), (source, array))
    return list(out.values())


def _nameless(array: Expr) -> Expr:
    return rewrite(array, lambda n: Ref("A") if isinstance(n, Ref) else n)


def _goes_round(program: Program) -> bool:
    """Does a statement use a name that it or a later statement gives?"""
    from workings.expr import free_keys

    place = {s.name.key: n for n, s in enumerate(program.backward)}
    return any(place.get(key, -1) >= n for n, s in enumerate(program.backward) if s.name.indices
               for key in free_keys(s.value))


def _listing(statements: list[Statement]) -> list[Block]:
    rows = [_row(s) for s in statements[:LONGEST]]
    out: list[Block] = [Display(tuple(rows))] if rows else []
    if len(statements) > LONGEST:
        out.append(Paragraph((f"… and {len(statements) - LONGEST} more statements; the JSON has all of them.",)))
    return out


def _row(statement: Statement) -> Row:
    """gz5 = dE/dz5 = value; a shared part has no derivative that it is."""
    sides = [statement.name, statement.value]
    if statement.is_ is not None:
        sides.insert(1, Deriv(statement.is_.of, statement.is_.wrt))
    return Row(Rel(tuple(sides), ("=",) * (len(sides) - 1)))


def _recognised(program: Program) -> list[Block]:
    out: list[Block] = []
    names = {r.name for s in program.forward for r in (s.name, *free_refs(s.value))}
    for found in program.recognised:
        why = (", ", *because(found, names)) if reason(found) else ()
        line: Line = (
            "In the equation of ", Math(found.name), ", ", Math(found.written), " is ", Math(found.call),
            ", which is computed as one function", *why, ".",
        )
        out.append(Paragraph(line))
    return out


def _count(program: Program) -> Table:
    kinds = [k for k in KINDS if any(k in counts for counts in program.operations.values())]
    head: tuple[Line, ...] = (("Operations",), *((KINDS[k],) for k in kinds), ("all",))
    rows = []
    for half, counts in program.operations.items():
        cells = [(str(counts.get(k, 0)),) for k in kinds]
        rows.append(((half,), *cells, (str(sum(counts.values())),)))
    totals = [(str(sum(c.get(k, 0) for c in program.operations.values())),) for k in kinds]
    rows.append((("together",), *totals, (str(program.total),)))
    return Table(head, tuple(rows))
