"""What lines of a program give without claiming anything: names of sizes, data of the network, updates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container

from workings.checking.code_arrays import Arrays
from workings.checking.code_names import Names
from workings.checking.matrices import form
from workings.errors import NotReadable
from workings.expr import Call, Deriv, Expr, Network, Num, Ref, preorder
from workings.expr.program import Assignment, Code


def written_names(code: Code) -> list[str]:
    """Every name that the code uses or assigns to."""
    out: dict[str, None] = {}
    for line in code.lines:
        out.setdefault(line.target)
        for e in (line.value, line.mask, *(end for loop in line.loops for end in (loop.start, loop.stop))):
            out.update(dict.fromkeys(n.name for n in preorder(e) if isinstance(n, Ref)) if e is not None else {})
    return list(out)


def sizes_of(net: Network, code: Code, names: Names) -> dict[str, Expr]:
    """Names of the code that are lengths: N = X.shape[0], n = 5."""
    arrays = Arrays(form(net))
    out: dict[str, Expr] = {}
    counts = Counter((line.scope, line.target) for line in code.lines)
    for line in code.lines:
        value = line.value
        if isinstance(value, Call) and value.function == "length" and isinstance(value.args[0], Ref):
            about = names.about(value.args[0].name)
            axis = value.args[1]
            if about is not None and isinstance(axis, Num):
                try:
                    out[line.target] = names.length(about, int(axis.value), arrays)
                except NotReadable:
                    continue
        elif (isinstance(value, Num) and isinstance(value.value, int) and line.op == "=" and not line.loops
              and names.about(line.target) is None and counts[line.scope, line.target] == 1):
            out[line.target] = value
    return out


def without_claim(line: Assignment, net: Network, names: Names, env: Container[tuple[str, str]]) -> str:
    """What is said of a line that gives data of the network, or that updates a parameter; "" for any other line."""
    own = names.meaning(line.target).what
    known = {name for name, _ in net.defs}
    if not isinstance(own, Ref) or own.name in known or line.value is None:
        return ""
    refs = [n for n in preorder(line.value) if isinstance(n, Ref)]
    meant = [names.meaning(n.name).what for n in refs]
    if line.op in ("+=", "-=") or any(isinstance(m, Ref) and m.name == own.name for m in meant):
        return f"an update of {own.name}, after its derivative" if any(isinstance(m, Deriv) for m in meant) else ""
    uses = any(isinstance(m, Deriv) or (isinstance(m, Ref) and m.name in known) for m in meant)
    return "" if uses or any((line.scope, n.name) in env for n in refs) else f"gives the data {own.name}"
