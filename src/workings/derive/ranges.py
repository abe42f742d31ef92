"""Where indices run: as declared, else as the sums of the text say, sum(k, 1, N, ...)."""

from __future__ import annotations

from collections.abc import Mapping

from workings.expr import Big, Equation, Expr, Network, Range, free_refs, preorder, rewrite, same

Ranges = Mapping[str, Range]


def with_ranges(net: Network) -> tuple[Network, Ranges]:
    """The network with the range of every summed index declared, and those that the text writes at its sums."""
    found: dict[str, Range] = {}
    for equation in net.equations:
        for node in preorder(equation.rhs):
            if isinstance(node, Big) and node.lo is not None and node.hi is not None:
                known = net.ranges.get(node.index)
                if known is None and _moving(net, equation, node):
                    continue
                if known is None or (same(known.lo, node.lo) and same(known.hi, node.hi)):
                    found.setdefault(node.index, Range(node.index, node.lo, node.hi))
    return (net.with_(ranges={**net.ranges, **found}), found) if found else (net, found)


def _moving(net: Network, equation: Equation, big: Big) -> bool:
    """Do the bounds hold an index, so that the range is not the same everywhere?  sum(j, 1, i, ...)"""
    letters = {r.name for i in equation.lhs.indices for r in free_refs(i)} | set(net.ranges)
    letters |= {n.index for n in preorder(equation.rhs) if isinstance(n, Big)}
    return any(r.name in letters for e in (big.lo, big.hi) if e is not None for r in free_refs(e))


def bounded(expr: Expr, ranges: Ranges) -> Expr:
    """The expression with the bounds of its sums written where the text writes them."""
    if not ranges:
        return expr

    def change(node: Expr) -> Expr:
        if isinstance(node, Big) and node.lo is None and node.hi is None:
            known = ranges.get(node.index.rstrip("'"))
            if known is not None:
                return Big(node.op, node.index, node.body, known.lo, known.hi, node.condition, node.span)
        return node

    return rewrite(expr, change)
