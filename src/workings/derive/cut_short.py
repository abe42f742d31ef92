"""A derivative through a recurrence, truncated: the adjoints of the derivation carried back over so many steps only.

    ah[0,t] = P(E,h[t]),   ah[m,t] = ah[m-1,t+1]*P(h[t+1],h[t]),   ghhat[t] = sum(m, 0, K, ah[m,t])

The statements are those of the truncated backward pass (`truncated`), with a hat on what is no derivative any more.
"""

from __future__ import annotations

from typing import cast

from workings.derive.backward import backward
from workings.derive.put import replace_parts
from workings.derive.steps import Derivation, Step, equal
from workings.expr import Expr, Network, Ref, Rel, free_keys, rewrite

UNROLLED = ("unrolled", "unrolled by Jacobians", "sums of products")


def cut_short(net: Network, out: Derivation, steps: int) -> Derivation:
    """The derivation with its recurrences truncated; as it is where there is none between."""
    assert not isinstance(out.wrt, tuple)
    lines, name, value, notes = statements(net, out.of, out.wrt, steps)
    if not out.recurrences:
        out.notes += notes
        return out
    kept = [s for s in out.steps if s.rule not in UNROLLED]
    says = {"of": out.of, "wrt": out.wrt, "steps": steps, "variant": "one" if steps == 1 else ""}
    last = equal(name, value)
    kept.append(Step("truncated", says, out.result, value, last, lines=tuple(lines)))
    pairs = [(line.args[0], line.args[-1]) for line in lines]
    out.steps, out.result, out.approximate = kept, value, name
    out.where, out.recurrences = [], [(a, b) for a, b in pairs if isinstance(a, Ref)]
    out.notes = notes
    return out


def statements(net: Network, of: Ref, wrt: Ref, steps: int) -> tuple[list[Rel], Ref, Expr, list[str]]:
    """What the truncated adjoints are made of, and the approximate gradient with its name."""
    program = backward(net, of, [wrt], truncate=steps)
    parts = [(s.name, s.value) for s in program.forward if s.name.key not in net.defs]
    hats = {s.name.name: f"{s.name.name}hat" for s in program.backward if s.is_ is None and s.name.name[0] == "g"}

    def called(expr: Expr) -> Expr:
        return rewrite(expr, lambda n: Ref(hats[n.name], n.indices, n.span) if isinstance(n, Ref) and n.name in hats
                       else n)

    ((_, asked),) = program.gradients
    name = called(asked)
    assert isinstance(name, Ref)
    pairs = [(cast(Ref, called(s.name)), called(replace_parts(s.value, parts))) for s in program.backward
             if s.name.key not in {p.key for p, _ in parts}]
    mine = [(n, v) for n, v in pairs if n.name == name.name]
    rest = [(n, v) for n, v in pairs if n.name != name.name]
    if len(mine) == 1 and len(mine[0][0].indices) == len(name.indices):
        name, value = mine[0]
    else:                                             # an entry of the recurrence itself
        rest, value = pairs, name
    return _needed(rest, value), name, value, list(program.notes)


def _needed(pairs: list[tuple[Ref, Expr]], value: Expr) -> list[Rel]:
    """The statements that a value is made of, in their order."""
    known, stack = set[str](), [name for name, _ in free_keys(value)]
    while stack:
        name = stack.pop()
        if name not in known:
            known.add(name)
            stack += [n for left, right in pairs if left.name == name for n, _ in free_keys(right)]
    return [equal(n, v) for n, v in pairs if n.name in known]
