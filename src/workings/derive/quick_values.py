"""What expressions are worth in arrays with an axis for each letter: sums along their axis, cases entry by entry."""

from __future__ import annotations

from typing import Any

from workings.errors import WorkingsError
from workings.expr import (
    Add, Big, Call, Claim, Const, Deriv, Div, Expr, Logic, Mul, Neg, Network, Num, Pow, Ref, Rel, substitute,
)
from workings.functions import nested, parsed
from workings.functions.values import worth

MOST = 4_000_000              # numbers of one array

Array = Any                   # a NumPy array; it is imported inside
Env = dict[str, Array]


class Slow(Exception):
    """What this is not made for."""


class Arrays:
    """The arithmetic of `Quick`, which knows the names, the letters and the differences."""

    np: Any
    net: Network
    slots: dict[str, int]
    spans: dict[str, range]

    def _name(self, ref: Ref, env: Env) -> Array:
        raise NotImplementedError

    def _index(self, expr: Expr, env: Env) -> Array:
        raise NotImplementedError

    def _difference(self, mark: Deriv, env: Env) -> Array:
        raise NotImplementedError

    def _letter(self, letter: str) -> Array:
        raise NotImplementedError

    def _along(self, slot: int, values: Array) -> Array:
        raise NotImplementedError

    # -- expressions
    def value(self, expr: Expr, env: Env) -> Array:
        """What an expression is worth, an axis for each letter that it depends on."""
        if isinstance(expr, Ref):
            return self._name(expr, env)
        if isinstance(expr, Num):
            return self._along(0, [float(expr.value)])
        if isinstance(expr, Const):
            return self._along(0, [self.np.pi if expr.name == "pi" else self.np.inf])
        if isinstance(expr, Big):
            return self._big(expr, env)
        if isinstance(expr, Call):
            return self._call(expr, env)
        if isinstance(expr, Deriv):
            return self._difference(expr, env)
        if isinstance(expr, Claim):
            return self.value(expr.inner, env)
        out = self._arithmetic(expr, [self.value(c, env) for c in expr.children()])
        if out.size > MOST:
            raise Slow
        return out

    def _arithmetic(self, expr: Expr, args: list[Array]) -> Array:
        first, *rest = args
        if isinstance(expr, Add):
            for a in rest:
                first = first + a
            return first
        if isinstance(expr, Mul):
            for a in rest:
                first = first * a
            return first
        if isinstance(expr, Neg):
            return -first
        if isinstance(expr, Div):
            return first / rest[0]
        if isinstance(expr, Pow):
            return first ** rest[0]
        raise Slow

    def _big(self, expr: Big, env: Env) -> Array:
        np, slot = self.np, self.slots[expr.index]
        inside: Array = True
        if expr.lo is None or expr.hi is None:
            values = self._letter(expr.index)
        else:
            lo, hi = self.value(expr.lo, env), self.value(expr.hi, env)
            if not (np.isfinite(lo).all() and np.isfinite(hi).all()):
                raise Slow
            values = self._letter(expr.index)
            if lo.size > 1 or hi.size > 1 or range(int(lo.item()), int(hi.item()) + 1) != self.spans[expr.index]:
                values = self._along(slot, np.arange(int(lo.min()), int(hi.max()) + 1))
            if lo.size > 1 or hi.size > 1:
                inside = (values >= lo) & (values <= hi)
        inner = {**env, expr.index: values}
        if expr.condition is not None:
            inside = inside & self._truth(expr.condition, inner)
        body = self.value(expr.body, inner)
        if body.shape[slot] == 1 and values.shape[slot] != 1:
            body = np.broadcast_to(body, [values.shape[slot] if s == slot else n for s, n in enumerate(body.shape)])
        empty = {"sum": 0.0, "prod": 1.0, "max": -np.inf, "min": np.inf}[expr.op]
        if inside is not True:
            body = np.where(inside, body, empty)
        reduce = {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}[expr.op]
        if not body.shape[slot] and expr.op in ("max", "min"):
            raise Slow
        return reduce(body, axis=slot, keepdims=True)

    def _call(self, expr: Call, env: Env) -> Array:
        np, name = self.np, expr.function
        if expr.primes:
            raise Slow
        if name == "where":
            return np.where(self._truth(expr.args[0], env), *(self.value(a, env) for a in expr.args[1:]))
        if name == "ind":
            return self._truth(expr.args[0], env) * 1.0
        if name == "delta":
            return (self._index(expr.args[0], env) == self._index(expr.args[1], env)) * 1.0
        own = self.net.functions.get(name)
        if own is not None:
            return self.value(substitute(own.body, dict(zip(own.params, expr.args, strict=True))), env)
        found = worth.get(name)
        if found is not None and found.array is not None:
            return found.array(np, *(self.value(a, env) for a in expr.args))
        if len(expr.args) > 2:
            expr = nested(expr)
        try:
            params, body = parsed(name)
        except WorkingsError:
            raise Slow from None
        return self.value(substitute(body, dict(zip(params, expr.args, strict=True))), env)

    def _truth(self, expr: Expr, env: Env) -> Array:
        np = self.np
        if isinstance(expr, Logic):
            sides = [self._truth(a, env) for a in expr.args]
            if expr.op == "not":
                return np.logical_not(sides[0])
            out = sides[0]
            for side in sides[1:]:
                out = out & side if expr.op == "and" else out | side
            return out
        if not isinstance(expr, Rel):
            raise Slow
        values = [self.value(a, env) for a in expr.args]
        hit: Array = True
        for op, a, b in zip(expr.ops, values, values[1:], strict=False):
            compared = {"=": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
            if op not in compared:
                raise Slow
            hit = hit & compared[op]
        return hit
