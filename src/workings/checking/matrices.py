"""Lines about arrays: matrix notation is lowered to entries, by the same function as derivation uses.

The two sides of `dE/dW = outer(g, x)` become entries at common indices.  A number stands for an array of it; any other
side must have the shape of the first, and one that has not is told by both shapes.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.errors import OutOfReach
from workings.expr import Call, Expr, MatMul, Mul, Network, Ref, Rel, Rest, free_refs, preorder, rewrite
from workings.forms.indexed import Indexed, indexed
from workings.notation import plain
from workings.shape import ShapeError, line_remade
from workings.shape.ranks import is_array_function
from workings.syntax import Line


def form(net: Network) -> Indexed:
    """The network in indices, for a session of lines; as it is where an operation has no index form yet."""
    try:
        return indexed(net).session()
    except OutOfReach:
        return Indexed(net, net)


def meant(found: Indexed, line: Line) -> Expr:
    """The line as the ranks of its names mean it: reading knows only declared arrays, and none that a line names."""
    assert line.body is not None
    return line.body if found.shapes is None else line_remade(line.body, found.shapes, line.source.text)


def same_rank(found: Indexed, body: Expr) -> None:
    """Raise `ShapeError` where one side of a line is an array of another rank: only a number stands for any array."""
    if found.shapes is None or not isinstance(body, Rel) or any(isinstance(n, Rest) for n in preorder(body)):
        return
    head, *others = body.args
    if isinstance(head, Ref) and (head.name, 0) not in found.net.defs and head.name not in found.axes:
        return                                       # a name that the line gives
    first = found.shapes.of(head)
    for side in others:
        own = found.shapes.of(side)
        if own and len(first) != len(own):
            raise ShapeError(
                f"{plain(head)} is {_shape(first)}, and {plain(side)} is {_shape(own)}", span=side.span,
                expected="two sides of one shape")


def declared(found: Indexed, body: Expr) -> bool:
    """Are the shapes of all arrays of a line certain, none guessed from its letter?"""
    return found.shapes is not None and not any(r.name in found.shapes.ranks.guessed for r in free_refs(body))


def _shape(sizes: tuple[Expr, ...]) -> str:
    if not sizes:
        return "a number"
    if len(sizes) == 1:
        return f"a vector of {plain(sizes[0])} entries"
    return " x ".join(plain(s) for s in sizes)


def turned(side: Expr) -> Iterator[tuple[str, Expr]]:
    """The side with one product of arrays the other way round, or one factor transposed."""
    for node in preorder(side):
        new: list[Expr] = []
        if isinstance(node, MatMul):
            new.append(MatMul(tuple(reversed(node.args))))
            for part in node.args:
                bare = part.args[0] if _is_transpose(part) else Call("T", (part,))     # type: ignore[attr-defined]
                new.append(MatMul(tuple(bare if p is part else p for p in node.args)))
        elif isinstance(node, Call) and node.function == "outer":
            new.append(Call("outer", tuple(reversed(node.args))))
        elif _is_transpose(node):
            new.append(node.children()[0])
        elif isinstance(node, Ref) and not node.indices:
            new.append(Call("T", (node,)))
        for other in new:
            yield "transposed product" if not isinstance(node, Ref) else f"transposed: {node.name}", rewrite(
                side, lambda n, node=node, other=other: other if n is node else n)     # type: ignore[misc]
    yield "transposed product", Call("T", (side,))


def summed(side: Expr, found: Indexed) -> Iterator[tuple[str, Expr]]:
    """The side with a sum over one axis put in, or taken over the other axis."""
    for node in preorder(side):
        if isinstance(node, Call) and node.function in _ACROSS:
            other = Call(_ACROSS[node.function], node.args)
            yield "sum over the wrong axis", rewrite(side, lambda n, node=node, other=other: (  # type: ignore[misc]
                other if n is node else n))
    try:
        sizes = found.shapes.of(side) if found.shapes is not None else ()
    except ShapeError:
        return
    for axis, function in enumerate(("colsum", "rowsum") if len(sizes) == 2 else ("sum",) if len(sizes) == 1 else ()):
        yield f"lost sum: over the axis of {plain(sizes[axis])} entries", Call(function, (side,))
    if len(sizes) == 2:
        yield "lost sum: over all entries", Call("sum", (side,))


def sloped(side: Expr, found: Indexed) -> Iterator[tuple[str, Expr]]:
    """The side times the slope of a nonlinearity, entry by entry, where their shapes are the same."""
    try:
        sizes = list(map(plain, found.shapes.of(side))) if found.shapes is not None else []
    except ShapeError:
        return
    if found.shapes is None or not sizes:
        return
    for rhs in (e.rhs for e in found.written.equations):
        one = isinstance(rhs, Call) and len(rhs.args) == 1 and isinstance(rhs.args[0], Ref)
        if not isinstance(rhs, Call) or not one or is_array_function(rhs.function, found.written):
            continue
        if list(map(plain, found.shapes.of(rhs))) == sizes:
            slope = Call(rhs.function, rhs.args, 1)
            yield f"lost inner derivative: {plain(slope)}", Mul((side, slope))


_ACROSS = {"rowsum": "colsum", "colsum": "rowsum"}


def _is_transpose(node: Expr) -> bool:
    return isinstance(node, Call) and node.function == "T"
