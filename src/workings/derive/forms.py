"""Which rule gives a local derivative: the form of an elementary equation, as data for its sentence."""

from __future__ import annotations

from typing import Any

from workings.derive.graph import Edge, entry
from workings.derive.parts import holds
from workings.expr import (
    Add, Big, Call, Deriv, Div, Equation, Expr, Key, Mul, Neg, Num, Pow, Ref, Rel, free_refs, fresh, substitute,
)
from workings.functions import table


def local_rule(edge: Edge) -> tuple[str, dict[str, Any]]:
    """The id of the rule and the fields of its sentence."""
    assert isinstance(edge.equation, Equation)
    key, rhs = edge.lower.key, edge.equation.rhs
    says: dict[str, Any] = {"of": entry(edge.upper), "wrt": entry(edge.lower), "rhs": rhs}
    core, seen = _core(rhs, key)
    says |= {k: v for k, v in seen.items() if k == "term"}
    if isinstance(core, Call) and core.function == "where":
        return "cases, each", says | {"kink": "where two cases meet, the slope is that of the case that holds there"}
    if isinstance(core, Call):
        return "derivative of a function", says | _function(core, key, rhs)
    if isinstance(core, Pow):
        middle = _raw_power(core, rhs)
        says |= {"power": core} | ({} if middle is None else {"middle": middle})
        return ("power rule" if not holds(core.exponent, key) else "exponential rule"), says
    if isinstance(core, Mul):
        return "product rule", says
    if isinstance(core, Div):
        return "quotient rule", says
    if isinstance(core, Big):
        return f"derivative of a {core.op}", says
    if "big" in seen:
        return "term of a sum", says | _term_of(seen["big"], edge)
    if "factor" in seen and "term" not in seen:
        return "constant factor", says
    if "term" in seen:
        return ("term itself" if isinstance(seen["term"], Ref) else "only term"), says
    return ("sum rule" if "several" in seen else "sign" if isinstance(rhs, Neg) else "identity"), says


def _function(core: Call, key: Key, rhs: Expr) -> dict[str, Any]:
    row = table.get(core.function)
    position = next((n for n, a in enumerate(core.args) if holds(a, key)), 0)
    named = core is rhs and core.function in SELF
    return {
        "function": core.function, "position": position, "kink": row.kink if row else "", "value": core,
        "variant": "named" if named else "",
    }


def _raw_power(core: Pow, rhs: Expr) -> Expr | None:
    """0.5 z^2 gives 0.5*2*z, before the numbers are collected."""
    n = core.exponent
    if not (isinstance(rhs, Mul) and core in rhs.args and isinstance(n, Num)):
        return None
    if not isinstance(n.value, int) or n.value < 2:
        return None
    less: Expr = core.base if n.value == 2 else Pow(core.base, Num(n.value - 1, str(n.value - 1)))
    out: list[Expr] = []
    for factor in rhs.args:
        out += [n, less] if factor is core else [factor]
    return Mul(tuple(out)) if any(isinstance(f, Num) for f in rhs.args) else None


SELF = frozenset(("tanh", "sigmoid", "tan"))           # functions whose slope is written with their value


def _term_of(big: Big, edge: Edge) -> dict[str, Any]:
    """Which term of a sum: i' = i; with the sum written over the index i' where i is asked."""
    here = list(entry(edge.lower).indices)
    place = next((n for n, i in enumerate(_written(big, edge)) if isinstance(i, Ref) and i.name == big.index), None)
    if place is None:
        return {}
    value = here[place]
    used = {r.name for i in here for r in free_refs(i)}
    body, index = big, big.index
    if index in used:
        index = fresh(index, used | {r.name for r in free_refs(big)})
        body = Big(big.op, index, substitute(big.body, {big.index: Ref(index)}), big.lo, big.hi)
    out: dict[str, Any] = {"index": Rel((Ref(index), value), ("=",)), "variant": "index"}
    equation = edge.equation
    if isinstance(equation, Equation) and equation.rhs is big:
        swap = {
            h.name: u for h, u in zip(equation.lhs.indices, entry(edge.upper).indices, strict=True)
            if isinstance(h, Ref)
        }
        out["middle"] = Deriv(substitute(body, swap), (entry(edge.lower),))
    return out


def _written(big: Big, edge: Edge) -> tuple[Expr, ...]:
    return next((r.indices for r in free_refs(big.body) if r.key == edge.lower.key), ())


def _core(expr: Expr, key: Key) -> tuple[Expr | None, dict[str, Any]]:
    """What is left when sums, signs and constant factors are looked through, and what they were."""
    seen: dict[str, Any] = {}
    while not isinstance(expr, Ref):
        inner = [c for c in expr.children() if holds(c, key)]
        if isinstance(expr, Add):
            seen["term" if len(inner) == 1 else "several"] = inner[0]
            if len(inner) > 1 and not all(_bare(c, key) for c in inner):
                return None, seen
        elif (isinstance(expr, Mul) and len(inner) == 1) or (isinstance(expr, Div) and not holds(expr.bottom, key)):
            seen["factor"] = expr
        elif isinstance(expr, Big) and expr.op == "sum":
            seen["big"] = expr
        elif not isinstance(expr, Neg):
            return expr, seen
        if not inner:
            return None, seen
        expr = inner[0]
    return expr, seen


def _bare(expr: Expr, key: Key) -> bool:
    return isinstance(expr, Ref | Neg | Mul)
