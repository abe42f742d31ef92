"""The error signals of the textbook: the adjoint of a pre-activation z3 is delta3, of a layer's z it is delta."""

from __future__ import annotations

from workings.derive.program import Program
from workings.errors import BadValue
from workings.expr import Call, Expr, Network, Ref, preorder, rewrite
from workings.expr.names import base
from workings.functions import table

NAMES = ("g", "delta")


def with_deltas(program: Program, net: Network, adjoints: str) -> Program:
    """The program with its adjoints of pre-activations called delta; names that the text uses are left alone."""
    if adjoints not in NAMES:
        raise BadValue(f"adjoints {adjoints!r} are not known", expected="g or delta")
    new = _names(program, net) if adjoints == "delta" else {}
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


def _names(program: Program, net: Network) -> dict[str, str]:
    """gz3 -> delta3, for each z that is the one argument of a function of numbers."""
    pre = {
        n.args[0].name
        for e in net.equations for n in preorder(e.rhs)
        if isinstance(n, Call) and len(n.args) == 1 and isinstance(n.args[0], Ref)
        and (n.function in net.functions or (n.function in table and table[n.function].kind == "scalar"))
    }
    taken = {n.name for e in net.equations for x in (e.lhs, e.rhs) for n in preorder(x) if isinstance(n, Ref)}
    out: dict[str, str] = {}
    for s in program.backward:
        of = s.is_.wrt[0] if s.is_ is not None else None
        if isinstance(of, Ref) and of.name in pre and s.name.name not in out:
            name = f"delta{of.name[len(base(of.name)):]}"
            if name not in taken and name not in out.values():
                out[s.name.name] = name
    return out
