"""What `taylor` says: the formula, the derivatives, the polynomial, and where it does not hold."""

from __future__ import annotations

from typing import Any

from workings.answers.gradient import _entries, block
from workings.answers.spelling import spelling
from workings.answers.words import listing
from workings.derive import Expansion
from workings.document import Aside, Block, Display, Line, Math, Paragraph, Row
from workings.expr import Expr, Key, Network, Num, Ref, Rel, free_keys
from workings.notation import plain


def as_dict(expansion: Expansion) -> dict[str, Any]:
    """The polynomial and what it is made of; `at`: the numbers of the point, `kinks`: what must not be 0."""
    numbers, derivation = expansion.numbers, expansion.derivation
    first = expansion.first if numbers is None else numbers.first
    second = expansion.second if numbers is None else numbers.second
    spelt = spelling(derivation, derivation.net or Network())
    return {
        "of": plain(expansion.of), "wrt": [plain(m.variable) for m in expansion.moves],
        "name": plain(expansion.name), "result": plain(line(expansion).args[-1]),
        "at": {} if numbers is None else {plain(n): plain(v) for n, v in numbers.at},
        "steps_of": {plain(m.variable): plain(m.step) for m in expansion.moves},
        "value": plain(expansion.of if numbers is None else numbers.value),
        "gradient": {plain(m.variable): plain(c) for m, c in first},
        "hessian": {f"{plain(p.variable)},{plain(q.other)}": plain(c) for p, q, c in second},
        "kinks": [plain(_apart(unit)) for unit in _units(expansion)],
        "steps": [entry for step in derivation.steps for entry in _entries(step, spelt)],
    }


def blocks(expansion: Expansion) -> tuple[Block, ...]:
    """The steps, the result, and where there is no such polynomial."""
    out: list[Block] = [block(step) for step in expansion.derivation.steps]
    rows = [Row(line(expansion))]
    if expansion.matrix is not None and expansion.numbers is None:
        rows.append(Row(Rel((expansion.name, expansion.matrix), ("=",)), ("in matrix notation",)))
    rows += [Row(Rel(pair, ("=",))) for pair in _names(expansion)]
    if expansion.numbers is not None and expansion.numbers.rounded is not None:
        rows.append(Row(Rel((expansion.name, expansion.numbers.rounded), ("=",)), ("rounded",)))
    out.append(Aside("result", (Display(tuple(rows)),)))
    units = _units(expansion)
    if units:
        says: Line = ("There is a kink where one of these is 0, and no such formula there: it holds for ",
                      *listing([Math(_apart(u)) for u in units]), ".")
        out.append(Paragraph(says))
    return tuple(out)


def _names(expansion: Expansion) -> list[tuple[Ref, Expr]]:
    """The adjoints that the polynomial is made of, with those that they are made of."""
    known = [*expansion.derivation.recurrences, *expansion.derivation.where]
    needed, stack = set[Key](), free_keys(line(expansion).args[-1])
    while stack:
        key = stack.pop()
        if key not in needed:
            needed.add(key)
            stack += [k for name, value in known if name.key == key for k in free_keys(value)]
    recurring = {name.name for name, _ in expansion.derivation.recurrences}
    return [(n, v) for n, v in known if n.key in needed and n.name != expansion.name.name
            and (n.name not in recurring or any(n is m for m, _ in expansion.derivation.recurrences))]


def line(expansion: Expansion) -> Rel:
    """T2 = the polynomial, in the variables where the point is one of numbers."""
    value = expansion.result if expansion.numbers is None else expansion.numbers.shown
    return Rel((expansion.name, value), ("=",))


def _units(expansion: Expansion) -> list[Expr]:
    """What must not be 0, each once."""
    found = expansion.kinks if expansion.numbers is None else expansion.numbers.open
    return list({plain(k.unit): k.unit for k in found}.values())


def _apart(unit: Expr) -> Rel:
    return Rel((unit, Num(0, "0")), ("!=",))


