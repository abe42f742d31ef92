"""The adjoint recurrence of a vector unrolled: sums over later steps, of products of Jacobians.

    gh[t,i] = sum(k, t, T, sum(i', P(E,h[k,i'])*dh[k,i']/dh[t,i]))
    dh[k]/dh[t] = prod(j, t+1, k, dh[j]/dh[j-1]),  the later step on the left

Pascanu, Mikolov and Bengio 2013, "On the difficulty of training recurrent neural networks", equations 3 to 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from workings.derive.chain import by_end
from workings.derive.graph import entry
from workings.derive.steps import Derivation, Step, equal
from workings.derive.terms import Arena
from workings.derive.unrolled import alike, direct_part, fresh_letter, part_of_step, slope_stated
from workings.derive.written import to_expr, to_term
from workings.derive.verify import holds
from workings.derive.whole import Wholes
from workings.expr import (
    Add, Big, Call, Deriv, Expr, Key, MatMul, Mul, Num, Ref, Rel, preorder, rewrite, substitute,
)
from workings.expr.shift import shifted
from workings.forms.contract import explicit
from workings.forms.indexed import Indexed
from workings.limits import JACOBIAN_NODES

if TYPE_CHECKING:
    from workings.derive.through_time import Stage, Time


class Steps(NamedTuple):
    """What an unrolled adjoint of a vector is made of: the letter of the step, the last one, the letters summed over.

    `here` and `later`: an entry h[t,i], and one of the same family in the letters of the sums, h[k,i'].
    """

    step: str
    last: Expr
    up: bool
    outer: str
    inner: tuple[str, ...]
    here: Ref
    later: Ref


def unrolled_by_jacobians(time: Time, state: Key, group: Sequence[Key]) -> Step | None:
    """gh[t,i] as a sum over later steps with the Jacobian between them; None where its slope has no readable form."""
    found = time.single(state, group)
    if found is None:
        return None
    node, within, step, last, up, stop = found
    *special, general = time.stages_of(node, within, stop)
    if len(special) > 1 or any(s.cell.at != {step: last} for s in special):
        return None
    jacobian = _jacobian(time, general, state, stop)
    if jacobian is None:
        return None
    directs = [direct_part(time, s, state, stop) for s in (general, *special)]
    outer, arena = fresh_letter(time, "ksmr"), time.graph.arena
    if len(directs) > 1 and alike(arena, directs, step, last):
        del directs[1]
    mark = jacobian.says["mark"]
    table = {a.name: b for a, b in zip(entry(node).indices, mark.of.indices, strict=True) if isinstance(a, Ref)}
    inner = tuple(b.name for a, b in table.items() if a != step and isinstance(b, Ref))
    later = Ref(node.name, tuple(Ref(outer) if isinstance(a, Ref) and a.name == step else b
                                 for a, b in zip(entry(node).indices, mark.of.indices, strict=True)))
    parts = Steps(step, to_expr(last), up, outer, inner, entry(node), later)
    sides = [summed(arena, parts, *(getattr(d, side) for d in directs)) for side in ("before", "after")]
    name, head = time.name(node), Deriv(time.of, (entry(node),))
    letter = fresh_letter(time, (*"jilpqr", "tau"))
    says = {**time.says(node), "steps": parts, "letter": letter, "mark": mark, "variant": "" if up else "down"}
    return Step("unrolled by Jacobians", says, sides[0], sides[1], equal(name, head, *sides), [jacobian, *directs],
                (equal(mark, jacobian.after),))


def in_notation(derivation: Derivation, form: Indexed) -> None:
    """The unrolled adjoint once more with the product of matrices written out, where arrays have such a form."""
    for step in derivation.steps if form.shapes is not None else ():
        if step.rule == "unrolled by Jacobians":
            step.whole = _in_matrices(derivation, step, Wholes(form), form)


def _in_matrices(derivation: Derivation, step: Step, wholes: Wholes, form: Indexed) -> Rel | None:
    """gh[t] = sum(k, t, T, T(prod(j, t + 1, k, diag(1 - h[j]*h[j]) @ W)) @ (2*(h[k] - y[k])))"""
    parts: Steps = step.says["steps"]
    jacobian, *directs = step.inner
    mark: Deriv = step.says["mark"]
    rows, columns = (cast(Ref, e) for e in (mark.of, mark.wrt[0]))
    still = isinstance(directs[0].after, Num) and directs[0].after.value == 0
    if explicit(columns, wholes.lead) != 1 or len(columns.indices) != 2 or not parts.up or len(directs) != 1 + still:
        return None
    found = wholes.of(jacobian.after, rows, columns, kept=(1, 1))
    direct = wholes.of(directs[-1].after, columns, kept=(1,))
    if found is None or direct is None:
        return None
    holds(derivation, equal(jacobian.after, form.session().lower(found.array, (rows.indices[1], columns.indices[1]))))
    letter = step.says["letter"]
    single = _at(found.array, parts.step, shifted(Ref(letter), -1))

    def term(to: Expr) -> Expr:
        product = Big("prod", letter, single, shifted(Ref(parts.step), 1), to)
        return MatMul((Call("T", (product,)), _at(direct.array, parts.step, to)))

    here = (Ref(parts.step),)
    head = Deriv(step.says["of"], (Ref(columns.name, here),))
    value = term(parts.last) if still else Big("sum", parts.outer, term(Ref(parts.outer)), here[0], parts.last)
    return equal(Ref(cast(Ref, step.line.args[0]).name, here), head, value)


def _at(array: Expr, letter: str, to: Expr) -> Expr:
    """An array at another step, its indices in order: h[t+1] at j - 1 is h[j]."""
    arena = Arena()

    def change(node: Expr) -> Expr:
        if not isinstance(node, Ref) or not node.indices:
            return node
        return Ref(node.name, tuple(to_expr(to_term(arena, i)) for i in node.indices), node.span)

    return rewrite(substitute(array, {letter: to}), change)


def _jacobian(time: Time, stage: Stage, state: Key, stop: Sequence[Key]) -> Step | None:
    """dh[t+1,i']/dh[t,i], the Jacobian of one step entry by entry."""
    stated = slope_stated(stage, state, matrix=True)
    if stated is None:
        return None
    (end,) = (end for end, _ in by_end(stage.whole) if end.key == state)
    step = part_of_step(time, stage, stop, Deriv(entry(end), (entry(stage.node),)), stated, "one step on")
    readable = sum(1 for _ in preorder(step.after)) <= JACOBIAN_NODES
    simple = not any(isinstance(n, Call) and n.function == "where" for n in preorder(step.after))
    return step if readable and simple else None


def summed(arena: Arena, parts: Steps, direct: Expr, at_last: Expr | None = None) -> Expr:
    """sum(k, t, T, sum(i', direct[k,i']*dh[k,i']/dh[t,i])), what the last step gives apart where it differs."""
    swap = {a.name: to_term(arena, b) for a, b in zip(parts.here.indices, parts.later.indices, strict=True)
            if isinstance(a, Ref)}

    def over_entries(expr: Expr, step: Expr) -> Expr:
        moved = to_expr(arena.rename(to_term(arena, expr), {**swap, parts.step: to_term(arena, step)}))
        later = Ref(parts.later.name, tuple(
            step if isinstance(i, Ref) and i.name == parts.outer else i for i in parts.later.indices))
        factors = moved.args if isinstance(moved, Mul) else (moved,)
        body: Expr = Mul((*factors, Deriv(later, (parts.here,))))
        for letter in reversed(parts.inner):
            body = Big("sum", letter, body)
        return body

    end = over_entries(direct if at_last is None else at_last, parts.last)
    if isinstance(direct, Num) and direct.value == 0:
        return end
    beside = arena.add((to_term(arena, parts.last), arena.num(-1 if parts.up else 1)))
    to = parts.last if at_last is None else to_expr(beside)
    lo, hi = (Ref(parts.step), to) if parts.up else (to, Ref(parts.step))
    whole = Big("sum", parts.outer, over_entries(direct, Ref(parts.outer)), lo, hi)
    return whole if at_last is None else Add((end, whole))
