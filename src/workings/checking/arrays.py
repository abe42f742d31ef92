"""Arrays of expressions: what the array functions of the table mean, entry by entry."""

from __future__ import annotations

from typing import Any

from workings.errors import OutOfReach
from workings.expr import Add, Array, Call, Div, Expr, MatMul, Mul, Num, Pow, TWO

Values = Any


def combined(node: Expr, inner: list[Values]) -> Values:
    """A node at values some of which are arrays."""
    import numpy as np

    if isinstance(node, Array):
        return _stack(inner, node)
    if isinstance(node, MatMul):
        out = inner[0]
        for v in inner[1:]:
            out = _matmul(out, v, node)
        return out
    if isinstance(node, Mul) and len({v.ndim for v in inner if not isinstance(v, Expr)}) > 1:
        return _chain(inner, node)
    if isinstance(node, Call) and node.function in REDUCING:
        return REDUCING[node.function](*inner)
    try:
        wide: list[Any] = list(np.broadcast_arrays(*[_boxed(v) for v in inner]))
    except ValueError:
        raise OutOfReach("arrays of different shapes are combined entry by entry", span=node.span) from None
    out = np.empty(wide[0].shape, dtype=object)
    for at in np.ndindex(*out.shape):
        out[at] = node.rebuild(tuple(w[at] for w in wide))
    return out


def _chain(inner: list[Values], node: Expr) -> Values:
    """W^T q written as a product: factors of different rank are multiplied as matrices, scalars go in front."""
    arrays = [v for v in inner if not isinstance(v, Expr)]
    out = arrays[0]
    for v in arrays[1:]:
        column = out.ndim == 1 and v.ndim == 2 and v.shape[0] == 1       # x q^T is an outer product
        out = _matmul(out.reshape(-1, 1) if column else out, v, node)
    scalars = [v for v in inner if isinstance(v, Expr)]
    return combined(Mul((node, node)), [Mul(tuple(scalars)), out]) if len(scalars) > 1 else (
        combined(Mul((node, node)), [scalars[0], out]) if scalars else out
    )


def _stack(inner: list[Values], node: Expr) -> Values:
    import numpy as np

    shapes = {np.shape(_boxed(v)) for v in inner}
    if len(shapes) != 1:
        raise OutOfReach("the rows of an array differ in length", span=node.span)
    return np.stack([_boxed(v) for v in inner])


def _boxed(v: Values) -> Values:
    import numpy as np

    if isinstance(v, Expr):
        box = np.empty((), dtype=object)
        box[()] = v
        return box
    return v


def _total(terms: list[Expr]) -> Expr:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _inner(a: list[Expr], b: list[Expr]) -> Expr:
    return _total([Mul((x, y)) for x, y in zip(a, b, strict=True)])


def _matmul(a: Values, b: Values, node: Expr) -> Values:
    import numpy as np

    if isinstance(a, Expr) or isinstance(b, Expr):
        raise OutOfReach("a matrix product needs arrays on both sides", span=node.span)
    left = a if a.ndim == 2 else a.reshape(1, -1)
    right = b if b.ndim == 2 else b.reshape(-1, 1)
    if left.shape[1] != right.shape[0]:
        raise OutOfReach(f"shapes {a.shape} and {b.shape} do not fit", span=node.span)
    out = np.empty((left.shape[0], right.shape[1]), dtype=object)
    for i, j in np.ndindex(*out.shape):
        out[i, j] = _inner(list(left[i]), list(right[:, j]))
    if a.ndim == 1 and b.ndim == 1:
        return out[0, 0]
    return out[0] if a.ndim == 1 else out[:, 0] if b.ndim == 1 else out


def _outer(a: Values, b: Values) -> Values:
    import numpy as np

    out = np.empty((a.size, b.size), dtype=object)
    for i, j in np.ndindex(*out.shape):
        out[i, j] = Mul((a.ravel()[i], b.ravel()[j]))
    return out


def _norm2(a: Values) -> Expr:
    return _total([Pow(x, TWO) for x in a.ravel()])


def _diag(a: Values) -> Values:
    import numpy as np

    if a.ndim == 2:
        return np.diagonal(a)
    out = np.empty((a.size, a.size), dtype=object)
    for i, j in np.ndindex(*out.shape):
        out[i, j] = a[i] if i == j else Num(0)
    return out


def _along(a: Values, axis: int) -> Values:
    import numpy as np

    rows = a.T if axis == 0 else a
    out = np.empty(rows.shape[0], dtype=object)
    out[:] = [_total(list(r)) for r in rows]
    return out


def _softmax(a: Values) -> Values:
    import numpy as np

    rows = a.reshape(-1, a.shape[-1])
    out = np.empty(rows.shape, dtype=object)
    for i, row in enumerate(rows):
        exps = [Call("exp", (z,)) for z in row]
        for j, e in enumerate(exps):
            out[i, j] = Div(e, _total(list(exps)))
    return out.reshape(a.shape)


def _logsumexp(a: Values) -> Values:
    import numpy as np

    rows = a.reshape(-1, a.shape[-1])
    out = np.empty(rows.shape[0], dtype=object)
    out[:] = [Call("log", (_total([Call("exp", (z,)) for z in row]),)) for row in rows]
    return out[0] if a.ndim == 1 else out.reshape(a.shape[:-1])


REDUCING: dict[str, Any] = {
    "T": lambda a: a.T if a.ndim > 1 else a.reshape(1, -1),
    "dot": lambda a, b: _inner(list(a.ravel()), list(b.ravel())),
    "outer": _outer,
    "norm2": _norm2,
    "norm": lambda a: Call("sqrt", (_norm2(a),)),
    "diag": _diag,
    "trace": lambda a: _total([a[i, i] for i in range(a.shape[0])]),
    "sum": lambda a: _total(list(a.ravel())),
    "mean": lambda a: Div(_total(list(a.ravel())), Num(a.size)),
    "colsum": lambda a: _along(a, 0),
    "rowsum": lambda a: _along(a, 1),
    "col": lambda a: a.reshape(-1, 1),
    "row": lambda a: a.reshape(1, -1),
    "softmax": _softmax,
    "logsumexp": _logsumexp,

}


def paired(left: Values, right: Values) -> tuple[Expr, Expr]:
    """Two arrays as one pair of scalars: entries weighted by names of their own, equal only if all entries are."""
    import numpy as np

    from workings.expr import Ref

    a, b = _boxed(left), _boxed(right)
    if a.size == b.size == 1:
        return a.ravel()[0], b.ravel()[0]
    if a.shape != b.shape:
        raise OutOfReach(f"the shapes {a.shape} and {b.shape} of the two sides differ")
    names = [Ref(f"entry[{','.join(str(i + 1) for i in at)}]") for at in np.ndindex(*a.shape)]
    weighted = [_total([Mul((n, x)) for n, x in zip(names, v.ravel())]) for v in (a, b)]
    return weighted[0], weighted[1]
