"""An expression as a flat list of instructions for a stack; the insides of sums and cases are compiled when reached."""

from __future__ import annotations

from typing import Any

from workings.errors import BadValue, OutOfReach
from workings.expr import (
    Add, All, Array, Big, Call, Claim, Const, Deriv, Div, Expr, Logic, MatMul, Mul, Neg, Num, Pow, Ref, Rel, Rest,
)

(CONST, LOAD, ENTRY, NEG, ADD, MUL, MATMUL, DIV, POW, CALL, BIG, WHERE, REL, LOGIC, ARRAY, DOT, TEST) = range(17)
Instruction = tuple[int, Any, Any]
Code = list[Instruction]

_COUNTED = {Add: ADD, Mul: MUL, MatMul: MATMUL, Div: DIV, Pow: POW, Neg: NEG, Array: ARRAY}


def compiled(expr: Expr, fmpq: Any) -> Code:
    """The instructions of one expression; `fmpq` makes exact numbers."""
    code: Code = []
    work: list[Any] = [expr]
    while work:
        node = work.pop()
        kind = type(node)
        if kind is tuple:
            code.append(node)
        elif kind is Ref and not node.indices:
            code.append((LOAD, node.name, node))
        elif kind is Num:
            code.append((CONST, fmpq(node.value.numerator, node.value.denominator), None))
        elif kind in _COUNTED:
            inner = node.children()
            work.append((_COUNTED[kind], len(inner), node))
            work.extend(inner[::-1])
        else:
            inner = _inner(node)
            work.append(_instruction(node, len(inner)))
            work.extend(inner[::-1])
    return code


def _inner(node: Expr) -> tuple[Expr, ...]:
    """The parts whose values must be there first."""
    if isinstance(node, Big):
        return tuple(e for e in (node.lo, node.hi) if e is not None)
    if isinstance(node, Call) and node.function == "where" and len(node.args) == 3:
        return node.args[:1]
    if isinstance(node, Claim):
        return (node.inner,)
    return node.children()


def _instruction(node: Expr, count: int) -> Instruction:
    if isinstance(node, Ref):
        return (ENTRY, count, node)
    if isinstance(node, Call):
        return (WHERE if node.function == "where" and count == 1 else CALL, count, node)
    if isinstance(node, Big):
        return (BIG, count, node)
    if isinstance(node, Rel):
        return (REL, count, node)
    if isinstance(node, Logic):
        return (LOGIC, count, node)
    if isinstance(node, Const):
        return (CONST, node.name, None)
    if isinstance(node, All):
        return (DOT, None, None)
    if isinstance(node, Claim):
        return (ADD, 1, node)
    raise _no_value(node)


def _no_value(node: Expr) -> Exception:
    if isinstance(node, Rest):
        return OutOfReach("`…` has no value: the rest is not stated", span=node.span)
    if isinstance(node, Deriv):
        return OutOfReach("a derivative has no value of its own", span=node.span, hint="derive it first: gradient")
    return BadValue(f"a {type(node).__name__} has no value", span=node.span)
