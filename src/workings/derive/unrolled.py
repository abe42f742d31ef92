"""The adjoint recurrence unrolled: sums over later steps, of products of the slopes from one step to the next.

    gh[t] = sum(k, t, T, P(E,h[k])*prod(j, t+1, k, dh[j]/dh[j-1]))

There is such a form where one family alone carries the recurrence, one step at a time and entry by entry; of a vector
the slopes are matrices, `jacobians`; through several states the recurrence alone says it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from workings.derive.chain import by_end, summed_up
from workings.derive.graph import entry
from workings.derive.put import flattened, replace_parts
from workings.derive.recurrences import circles, lags_of, letters_of
from workings.derive.steps import Step, equal
from workings.derive.terms import Arena, Term
from workings.derive.written import to_expr, to_term
from workings.expr import (
    Add, Big, Deriv, Expr, Key, Mul, Num, Ref, free_refs, fresh, preorder, rewrite, same, substitute,
)

if TYPE_CHECKING:
    from workings.derive.through_time import Stage, Time


class Way(NamedTuple):
    """What an unrolled adjoint is made of, at the letter `step`; the steps go to `last`, `up` or down."""

    step: str
    last: Expr
    up: bool
    slope: Expr               # from a step to the next
    direct: Expr              # what is taken from a step itself, not by way of the next
    at_last: Expr | None      # and from the last one, where that is something else


def unrolled(time: Time, head: Deriv, result: Expr) -> list[Step]:
    """The unrolled adjoints, and the result with them put in; `where` gets what each name is."""
    steps: list[Step] = []
    for group in reversed(time.graph.domains.groups):
        if any(key in time.names for key in group):
            state = _state(time, group) if time.work.unrolling else None
            step = None if state is None else _closed(time, state, group)
            wider = None if state is None or step is not None else by_jacobians(time, state, group)
            steps += [s for s in (step, wider) if s is not None]
            if time.work.unrolling and step is None and wider is None:
                time.work.notes.append(_no_product(state, group))
            _say(time, group, step)
    known = [(n, v) for n, v in time.work.where if not isinstance(v, Deriv)]
    after = with_names_out(result, known)
    if steps and not same(after, result) and not any(isinstance(n, Deriv) for n in preorder(after)):
        place = tuple(equal(n, v) for n, v in known)
        says = {"of": head.of, "wrt": head.wrt[0]}
        steps.append(Step("sums of products", says, result, after, equal(head, after), place=place))
    return steps


def with_names_out(expr: Expr, known: list[tuple[Ref, Expr]]) -> Expr:
    """Names replaced by what they stand for, the ends of sums and products in order."""
    arena = Arena()

    def change(node: Expr) -> Expr:
        if not isinstance(node, Big):
            return node
        lo, hi = (None if e is None else to_expr(to_term(arena, e)) for e in (node.lo, node.hi))
        return Big(node.op, node.index, node.body, lo, hi, node.condition, node.span)

    return rewrite(flattened(replace_parts(_apart(expr, known), known)), change)


def _apart(expr: Expr, known: list[tuple[Ref, Expr]]) -> Expr:
    """Bound letters that a value has free, as the step of the derived entry, are primed before it is put in."""
    free = {r.name for name, value in known for r in free_refs(value) if not r.indices} - {
        i.name for name, _ in known for i in name.indices if isinstance(i, Ref)}
    free |= {r.name for name, value in known for r in free_refs(value)
             if not r.indices and not any(isinstance(i, Ref) and i.name == r.name for i in name.indices)}

    def change(node: Expr) -> Expr:
        if not isinstance(node, Big) or node.index not in free:
            return node
        index = fresh(node.index, free | {r.name for r in free_refs(node)})
        return Big(node.op, index, substitute(node.body, {node.index: Ref(index)}), node.lo, node.hi, node.condition,
                   node.span)

    return rewrite(expr, change)


def _no_product(state: Key | None, group: Sequence[Key]) -> str:
    """Why there is no sum of products."""
    names = ", ".join(name for name, _ in group)
    if state is None:
        return (f"No sum of products is written out: the recurrence of {names} goes from step to step through several "
                "states or over several steps at once, and one step's Jacobian has blocks for all of them. The "
                "recurrence of the adjoints says the same.")
    return (f"No sum of products is written out: the Jacobian of one step of {state[0]} has no short form. The "
            "recurrence of the adjoints says the same.")


def by_jacobians(time: Time, state: Key, group: Sequence[Key]) -> Step | None:
    """The unrolled adjoint of a vector."""
    from workings.derive.jacobians import unrolled_by_jacobians

    return unrolled_by_jacobians(time, state, group)


def _say(time: Time, group: Sequence[Key], closed: Step | None) -> None:
    """What each adjoint of a group is, made of earlier ones: unrolled, by its statement, else as the derivative."""
    where = time.work.where
    rest = [n for n in time.found if n.key in group and n.key in time.names]
    if closed is not None:
        name = closed.line.args[0]
        assert isinstance(name, Ref)
        where.append((name, closed.after))
        rest = [n for n in rest if time.names[n.key] != name.name]
    while rest:
        names = {time.names[n.key] for n in rest}
        single = [n for n in rest if len(time.found[n]) == 1]
        values = {n: v for n in single for m, v in time.work.recurrences if same(m, time.name(n))}
        node = next((n for n, v in values.items() if not names & {r.name for r in free_refs(v)}), None)
        value = Deriv(time.of, (entry(rest[0]),), "D") if node is None else values[node]
        node = node or rest[0]
        where.append((time.name(node), value))
        rest = [n for n in rest if n.key != node.key]


def _state(time: Time, group: Sequence[Key]) -> Key | None:
    """The one family that carries a recurrence from each step to the next."""
    net, arena = time.graph.net, time.graph.arena
    lagged: dict[Key, set[int]] = {}
    for equation in (e for key in group for e in net.defs[key]):
        letters = letters_of(equation, net)
        for ref in (r for r in free_refs(equation.rhs) if r.key in group and letters):
            lags = lags_of(arena, ref, letters)
            if lags is None or sum(map(bool, lags.values())) > 1:
                return None
            lagged.setdefault(ref.key, set()).update(n for n in lags.values() if n)
    carrying = [key for key, lags in lagged.items() if lags]
    if len(carrying) != 1 or lagged[carrying[0]] not in ({1}, {-1}):
        return None
    rest = [k for k in group if k != carrying[0]]
    inside = {k: [r.key for e in net.defs[k] for r in free_refs(e.rhs) if r.key in rest] for k in rest}
    return None if circles(inside) else carrying[0]


def _closed(time: Time, state: Key, group: Sequence[Key]) -> Step | None:
    """gh[t] = sum(k, t, T, ...), with the slope of a step and what is taken from each shown."""
    found = time.single(state, group)
    if found is None:
        return None
    node, within, step, last, up, stop = found
    *special, general = time.stages_of(node, within, stop)
    if len(special) > 1 or any(s.cell.at != {step: last} for s in special):
        return None
    slope = _slope(time, general, state, stop)
    if slope is None:
        return None
    directs = [direct_part(time, s, state, stop) for s in (general, *special)]
    if len(directs) > 1 and alike(time.graph.arena, directs, step, last):
        del directs[1]
    letters = (fresh_letter(time, "ksm"), fresh_letter(time, "jil"))
    ways = [Way(step, to_expr(last), up, s, *_ends(ds)) for s, ds in (
        (slope.before, [d.before for d in directs]), (slope.after, [d.after for d in directs]))]
    before, after = (build(time.graph.arena, way, letters) for way in ways)
    says = {**time.says(node), "letters": letters, "way": ways[0]}
    mark = Deriv(time.of, (entry(node),))
    return Step("unrolled", says, before, after, equal(time.name(node), mark, before, after), [slope, *directs])


def alike(arena: Arena, directs: Sequence[Step], step: str, last: Term) -> bool:
    """Is what the last step gives the same as any other gives?"""
    general, special = (to_term(arena, d.after) for d in directs)
    return arena.rename(general, {step: last}) is special


def _ends(directs: Sequence[Expr]) -> tuple[Expr, Expr | None]:
    return directs[0], directs[1] if len(directs) > 1 else None


def fresh_letter(time: Time, letters: Sequence[str]) -> str:
    """An index letter that the text does not use."""
    taken = time.work.names.taken
    name = next((x for x in letters if x not in taken), letters[0])
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def slope_stated(stage: Stage, state: Key, matrix: bool = False) -> Expr | None:
    """The product of derivatives from a step to the next, if that is one entry; each entry of a `matrix`."""
    found = [(end, stated) for end, stated in by_end(stage.whole) if end.key == state]
    if len(found) != 1 or found[0][1].tests or (found[0][1].pending and not matrix):
        return None
    return summed_up(found[0][1]._replace(pending=[]))


def _slope(time: Time, stage: Stage, state: Key, stop: Sequence[Key]) -> Step | None:
    stated = slope_stated(stage, state)
    if stated is None:
        return None
    (end,) = {end for end, _ in by_end(stage.whole) if end.key == state}
    return part_of_step(time, stage, stop, Deriv(entry(end), (entry(stage.node),)), stated, "one step on")


def direct_part(time: Time, stage: Stage, state: Key, stop: Sequence[Key]) -> Step:
    _, stated = time.stated(stage.node, stage.cell, stop, state)
    return part_of_step(time, stage, stop, None, stated, "taken from a step")


def part_of_step(time: Time, stage: Stage, stop: Sequence[Key], mark: Deriv | None, stated: Expr, rule: str) -> Step:
    """A part of a statement worked out."""
    from workings.derive.through_time import running

    value, table, inner = time.worth(stage.node, stage.cell, stage.whole, stated)
    runs, at = running(stage.cell)
    says = {**time.says(stage.node), "stop": stop, "runs": runs, "at": at, "mark": mark}
    sides = [e for e in (mark, stated, value) if e is not None]
    sides = [e for n, e in enumerate(sides) if n == 0 or not same(e, sides[n - 1])]
    line = equal(*sides) if len(sides) > 1 else equal(stated, stated)
    return Step(rule, says, mark or stated, value, line, inner, (), tuple(equal(d, v) for d, v in table))


def build(arena: Arena, way: Way, letters: tuple[str, str]) -> Expr:
    """The sum over the steps to come, each with the product of the slopes on the way there."""
    outer, inner = letters
    one = arena.one

    def moved(expr: Expr, to: str | Expr, shift: int = 0) -> Expr:
        place = arena.ref(to) if isinstance(to, str) else to_term(arena, to)
        return to_expr(arena.rename(to_term(arena, expr), {way.step: arena.add((place, arena.num(shift)))}))

    def product(to: Expr) -> Expr:
        here = arena.ref(way.step)
        slope = moved(way.slope, inner, -1 if way.up else 1)
        lo, hi = (to_expr(arena.add((here, one))), to) if way.up else (to, to_expr(arena.sub(here, one)))
        return Big("prod", inner, slope, lo, hi)

    def times(a: Expr, b: Expr) -> Expr:
        if isinstance(a, Num) and a.value == 1:
            return b
        return Mul((*(a.args if isinstance(a, Mul) else (a,)), b))

    last = moved(way.direct, way.last) if way.at_last is None else way.at_last
    end = times(last, product(way.last))
    if isinstance(way.direct, Num) and way.direct.value == 0:
        return end
    before = arena.add((to_term(arena, way.last), arena.num(-1 if way.up else 1)))
    to = way.last if way.at_last is None else to_expr(before)
    lo, hi = (Ref(way.step), to) if way.up else (to, Ref(way.step))
    whole = Big("sum", outer, times(moved(way.direct, outer), product(Ref(outer))), lo, hi)
    return whole if way.at_last is None else Add((end, whole))
