"""Which of the texts of a row speaks of given arguments: `layer_norm(x)` and `layer_norm(x, eps)` have one each."""

from __future__ import annotations

from collections.abc import Sequence

from workings.expr import Call, Expr, Network
from workings.functions import indexed, table


def text_for(function: str, ranks: Sequence[int]) -> tuple[Network, int] | None:
    """The text for arguments of so many axes each, and how many axes stand in front of those that it speaks of.

    None where the table states no such thing.
    """
    row = table[function]
    given = row.params[:len(ranks)]
    for pattern in indexed(function) if row.indexed else ():
        front = _front(pattern, dict(zip(given, ranks)))
        if front == 0 or (front is not None and front > 0 and row.rows):
            return pattern, front
    return None


def numbers_of(node: Call) -> list[Expr]:
    """The arguments of a function that are numbers by its texts: eps, a stride, the number of a class."""
    row = table[node.function]
    texts = indexed(node.function) if row.indexed else ()
    arrays = {name for text in texts for name in text.shapes}
    return [a for name, a in zip(row.params, node.args) if texts and name not in arrays]


def _front(pattern: Network, ranks: dict[str, int]) -> int | None:
    outside = {*pattern.shapes, *(n for n, places in pattern.leaves if not places and n not in pattern.sizes)}
    outside |= {n for n in ranks if n in pattern.sizes}          # a window, a stride
    if outside != set(ranks):
        return None
    more = {rank - len(pattern.shapes[n]) for n, rank in ranks.items() if n in pattern.shapes}
    if len(more) != 1 or any(rank for n, rank in ranks.items() if n not in pattern.shapes):
        return None
    return more.pop()
