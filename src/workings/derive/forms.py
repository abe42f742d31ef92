"""Which rule gives a local derivative: the form of an elementary equation, as data for its sentence."""

from __future__ import annotations

from typing import Any

from workings.derive.graph import Edge, Graph, entry
from workings.derive.parts import holds
from workings.expr import Add, Big, Call, Div, Equation, Expr, Key, Mul, Neg, Pow, Ref


def local_rule(edge: Edge, graph: Graph) -> tuple[str, dict[str, Any]]:
    """The id of the rule and the fields of its sentence."""
    assert isinstance(edge.equation, Equation)
    key = edge.lower.key
    says: dict[str, Any] = {"of": entry(edge.upper), "wrt": entry(edge.lower), "rhs": edge.equation.rhs}
    core, seen = _core(edge.equation.rhs, key)
    says |= seen
    if isinstance(core, Call):
        row = _row(core.function)
        return "derivative of a function", says | {
            "function": core.function, "kink": row.kink if row else "", "called": row.says if row else "",
        }
    if isinstance(core, Pow):
        return ("power rule" if not holds(core.exponent, key) else "exponential rule"), says | {"power": core}
    if isinstance(core, Mul):
        return "product rule", says
    if isinstance(core, Div):
        return "quotient rule", says
    if isinstance(core, Big):
        return f"derivative of a {core.op}", says
    if "big" in seen:
        return "term of a sum", says
    if "term" in seen:
        return "only term", says
    if "factor" in seen:
        return "constant factor", says
    return ("sum rule" if "several" in seen else "identity"), says


def _core(expr: Expr, key: Key) -> tuple[Expr | None, dict[str, Any]]:
    """What is left when sums, signs and constant factors are looked through, and what they were."""
    seen: dict[str, Any] = {}
    while not isinstance(expr, Ref):
        inner = [c for c in expr.children() if holds(c, key)]
        if isinstance(expr, Add):
            seen["term" if len(inner) == 1 else "several"] = inner[0]
            if len(inner) > 1 and not all(_bare(c, key) for c in inner):
                return None, seen
        elif isinstance(expr, Mul) and len(inner) == 1 or isinstance(expr, Div) and not holds(expr.bottom, key):
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


def _row(name: str) -> Any:
    from workings.functions import table

    return table.get(name)
