"""What is known put in: derivatives for their marks, names of parts for what they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workings.expr import Deriv, Expr, Mul, Ref, free_keys, rewrite, same, substitute


def put_in(stated: Expr, table: Sequence[tuple[Deriv, Expr]], parts: list[tuple[Ref, Expr]]) -> Expr:
    """A chain rule with its derivatives worked out, and names of parts replaced."""
    known: dict[tuple[str, ...], list[tuple[Deriv, Expr]]] = {}
    for mark, value in table:
        known.setdefault(_names(mark), []).append((mark, value))
    put = rewrite(stated, lambda n: _flat(_looked_up(n, known)))
    return replace_parts(put, parts) if parts else put


def _looked_up(node: Expr, known: Mapping[tuple[str, ...], Sequence[tuple[Deriv, Expr]]]) -> Expr:
    if isinstance(node, Deriv):
        return next((value for d, value in known.get(_names(node), ()) if same(d, node)), node)
    return node


def _names(mark: Deriv) -> tuple[str, ...]:
    """What tells most derivatives apart: the kind, and the names they are of and by."""
    return (mark.kind, *(e.name if isinstance(e, Ref) else "" for e in (mark.of, *mark.wrt)))


def flattened(expr: Expr) -> Expr:
    """Products within products as one."""
    return rewrite(expr, _flat)


def _flat(node: Expr) -> Expr:
    """A product that was put into a product loses its bracket; so does a factor in front of a sum's bracket."""
    if isinstance(node, Mul) and any(isinstance(a, Mul) for a in node.args):
        return Mul(tuple(f for a in node.args for f in (a.args if isinstance(a, Mul) else (a,))), node.span)
    return node


def layers_of(
    parts: list[tuple[Ref, Expr]]
) -> tuple[list[tuple[Ref, Expr]], list[tuple[Ref, Expr]]]:
    """Parts made of parts (put back at once, c = cosh(z)) and the innermost ones (put back last, z = y - t)."""
    names = {p.key for p, _ in parts}
    outer = [(p, e) for p, e in parts if names & set(free_keys(e))]
    return outer, [(p, e) for p, e in parts if not names & set(free_keys(e))]


def replace_parts(expr: Expr, parts: list[tuple[Ref, Expr]]) -> Expr:
    """Names of parts replaced by what they stand for, outermost first."""
    table = {p.key: (p, e) for p, e in parts}

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.key in table:
            head, body = table[node.key]
            swap = {i.name: j for i, j in zip(head.indices, node.indices, strict=True)
                    if isinstance(i, Ref)}
            return substitute(body, swap)
        return node

    for _ in range(len(parts)):
        new = rewrite(expr, change)
        if same(new, expr):
            break
        expr = new
    return expr
