"""The error signals of the textbook: the adjoint of a pre-activation z3 is delta3, of a layer's z it is delta."""

from __future__ import annotations

from workings.derive.program import Program
from workings.errors import BadValue
from workings.expr import (
    Add, Big, Call, Div, Expr, MatMul, Mul, Neg, Network, Num, Ref, free_refs, preorder, rewrite,
)
from workings.expr.names import base
from workings.forms.roles import Roles
from workings.functions import table

NAMES = ("g", "delta")
LINEAR = frozenset(("T", "dot", "outer", "col", "row", "sum", "colsum", "rowsum", "conv"))
OVER = frozenset(("softmax", "logsoftmax", "logsumexp"))      # functions of a whole layer


def with_deltas(program: Program, net: Network, adjoints: str) -> Program:
    """The program with its adjoints of pre-activations called delta; names that the text uses are left alone."""
    new = _renamed(program, net) if wanted(adjoints) else {}
    if not new:
        return program

    def renamed(expr: Expr) -> Expr:
        def change(n: Expr) -> Expr:
            return Ref(new[n.name], n.indices, n.span) if isinstance(n, Ref) and n.name in new else n

        return rewrite(expr, change)

    for s in (*program.forward, *program.backward):
        name, value, matrix = renamed(s.name), renamed(s.value), None if s.matrix is None else renamed(s.matrix)
        assert isinstance(name, Ref)
        s.name, s.value, s.matrix = name, value, matrix      # type: ignore[assignment]
    program.gradients = [(ref, renamed(value)) for ref, value in program.gradients]
    return program


def wanted(adjoints: str) -> bool:
    """Are the error signals called delta?  Raises `BadValue` for a word that is none of `NAMES`."""
    if adjoints not in NAMES:
        raise BadValue(f"adjoints {adjoints!r} are not known", expected="g or delta")
    return adjoints == "delta"


def _renamed(program: Program, net: Network) -> dict[str, str]:
    """gz3 -> delta3"""
    known = signals(net)
    return {
        s.name.name: known[of.name]
        for s in program.backward if s.is_ is not None and isinstance(of := s.is_.wrt[0], Ref) and of.name in known
    }


def signals(net: Network) -> dict[str, str]:
    """z3 -> delta3: the names of the error signals, by the pre-activations that they belong to.

    Where several would have one name, as z_i and z_f of an LSTM cell, each is called after its whole name.
    """
    own = _pre_activations(net)
    short = [f"delta{name[len(base(name)):]}" for name in own]
    taken = {n.name for e in net.equations for x in (e.lhs, e.rhs) for n in preorder(x) if isinstance(n, Ref)}
    out = {name: s if short.count(s) == 1 else f"delta_{name}" for name, s in zip(own, short, strict=True)}
    return {name: signal for name, signal in out.items() if signal not in taken}


def _pre_activations(net: Network) -> list[str]:
    """What a function of the neuron is applied to, and what is affine with weights: the outputs of a linear layer."""
    roles = Roles(net)
    under = {
        n.args[0].name for e in net.equations for n in preorder(e.rhs)
        if isinstance(n, Call) and len(n.args) == 1 and isinstance(n.args[0], Ref) and _is_neuron(net, n.function)
    }
    return list(dict.fromkeys(
        e.lhs.name for e in net.equations
        if _is_linear(e.rhs) and roles.of(e.key) == "data" and (e.lhs.name in under or _weighted(e.rhs, roles))
    ))


def _is_neuron(net: Network, function: str) -> bool:
    return function in OVER or function in net.functions or (function in table and table[function].kind == "scalar")


def _is_linear(rhs: Expr) -> bool:
    """Only sums and products?"""
    return not isinstance(rhs, Num) and all(
        isinstance(n, Ref | Num | Add | Neg | Mul | Div | MatMul | Big)
        or (isinstance(n, Call) and n.function in LINEAR) for n in preorder(rhs))


def _weighted(rhs: Expr, roles: Roles) -> bool:
    """Is data multiplied by a weight in it?"""
    products = (n.args for n in preorder(rhs) if isinstance(n, Mul | MatMul))
    return any({"weight", "data"} <= {_kind(f, roles) for f in args} for args in products)


def _kind(factor: Expr, roles: Roles) -> str:
    kinds = {roles.of(r.key) for r in free_refs(factor) if roles.net.role(r.key) not in ("index", "size")}
    return "data" if "data" in kinds else "weight" if "weight" in kinds else ""
