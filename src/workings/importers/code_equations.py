"""A forward pass in Python or NumPy as a network: each assignment is an equation.

`z1 = W1 @ x + b1` and `a1 = np.tanh(z1)` are what they are on a sheet; `np.sum(z, axis=0)` is colsum(z).  What no
equation can say (a loop, a name assigned twice) is refused at its place.
"""

from __future__ import annotations

from typing import Any

from workings.errors import NotReadable, Source
from workings.expr import Call, Expr, Network, Num, Ref, Rel, rewrite
from workings.expr.names import DECORATIONS
from workings.expr.program import Assignment
from workings.importers.from_code import from_code
from workings.notation import plain


def equations(source: Source, **roles: Any) -> Network:
    """The network that the assignments of a Python text state; nothing is run.

    >>> [e.lhs.name for e in equations(Source("z = w*x + b\\ny = np.tanh(z)")).equations]
    ['z', 'y']
    """
    from workings.functions import signatures
    from workings.syntax import read

    lines: list[str] = []
    seen: dict[str, Assignment] = {}
    for line in from_code(source).lines:
        if line.error is not None:
            raise line.error.located(source, line.span)
        if isinstance(line.value, Call) and line.value.function == "length":
            continue                          # N = len(X) gives the size a name
        lines.append(plain(_equation(line, seen, source)))
    if not lines:
        raise NotReadable("there is no assignment in this code", source=source, expected="z = w*x + b")
    text = Source("\n".join(lines), f"{source.path or 'the code'}, as equations")
    return read(text.text, signatures(), source=text, **roles)


def _equation(line: Assignment, seen: dict[str, Assignment], source: Source) -> Rel:
    if line.loops or line.indices or line.mask is not None or line.op != "=":
        raise NotReadable("this is no equation", source=source, span=line.span,
                          expected="assignments of whole quantities: y = w @ x + b",
                          hint="write a loop as a family: y[k] = sum(i, w[i]*x[i,k])")
    if line.target in seen:
        raise NotReadable(f"{line.target} is assigned twice", source=source, span=line.span,
                          expected="another name for each quantity")
    seen[line.target] = line
    assert line.value is not None
    value = rewrite(line.value, lambda n: _written(n, line, source))
    return Rel((Ref(_name(line.target)), value), ("=",))


def _written(node: Expr, line: Assignment, source: Source) -> Expr:
    if isinstance(node, Ref):
        return Ref(_name(node.name), node.indices, node.span)
    if not isinstance(node, Call):
        return node
    if node.function in ("sum_over", "mean_over"):
        return _over(node, line, source)
    if node.function in ("flat", "length", "entries") or node.function.startswith("einsum "):
        words = {"flat": "a change of shape", "length": "a length", "entries": "a length"}
        raise NotReadable(f"{words.get(node.function, 'einsum')} is no part of an equation here", source=source,
                          span=line.span, expected="products, sums and functions")
    return node


def _over(node: Call, line: Assignment, source: Source) -> Expr:
    x, axis, keep = node.args
    assert isinstance(axis, Num) and isinstance(keep, Num)
    if axis.value not in (0, 1, -1) or node.function == "mean_over":
        raise NotReadable("a mean over one axis is no part of an equation here", source=source, span=line.span,
                          expected="np.sum(..., axis=0)/N")
    made = Call("colsum" if axis.value == 0 else "rowsum", (x,))
    return made if not keep.value else Call("row" if axis.value == 0 else "col", (made,))


def _name(name: str) -> str:
    """y_hat is yhat; any other name as it stands."""
    head, _, tail = name.partition("_")
    return head + tail if tail in DECORATIONS and head else name

