"""The written tree and the network: an ordered list of named equations."""

from workings.expr.network import Equation, Function, Network, Opaque, Range, Remark
from workings.expr.nodes import (
    KINDS, ONE, TWO, ZERO, Add, All, Array, Big, Call, Claim, Const, Deriv, Div, Expr, Key, Logic, MatMul, Mul, Neg,
    Num, Number, Pow, Ref, Rel, Rest,
)
from workings.expr.walk import fold, free_keys, free_refs, fresh, preorder, rewrite, same, substitute

__all__ = [
    "KINDS", "ONE", "TWO", "ZERO", "Add", "All", "Array", "Big", "Call", "Claim", "Const", "Deriv", "Div", "Equation",
    "Expr", "Function", "Key", "Logic", "MatMul", "Mul", "Neg", "Network", "Num", "Number", "Opaque", "Pow", "Range",
    "Ref", "Rel", "Remark", "Rest", "fold", "free_keys", "free_refs", "fresh", "preorder", "rewrite", "same",
    "substitute",
]
