"""One hint after a person's last right line: the next step of the derivation that the engine knows.

A hint names a rule and what it is applied to; it never holds the step's result.  What the lines have worked out
already is not asked again, whatever way it was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workings.checking.derivs import derivatives
from workings.checking.lines import strip
from workings.checking.reached import Found, Reached, alike
from workings.checking.verdict import Judged
from workings.derive import Derivation, Step, backward, gradient
from workings.errors import WorkingsError
from workings.expr import Deriv, Equation, Expr, Network, Ref, Rel, free_refs

LAYERED = "layers"


@dataclass(slots=True)
class Hint:
    """What to do next.

    `kind`: "done" (what is asked stands there, proved), "step" (`rule` for `about`, an equation `on` which it works),
    "chain" (`about` by the chain rule over `through`), "names" (give `names` to parts), "put in" (what `lines` found),
    "mend" (what is asked rests on `lines`, which are wrong), "general" (`asked` is no derivative), "none".
    """

    kind: str
    about: Expr | None = None
    step: Step | None = None
    on: Rel | None = None
    through: tuple[Expr, ...] = ()
    names: tuple[Equation, ...] = ()
    lines: tuple[Judged, ...] = ()
    after: Judged | None = None           # the last right line; None: to begin with
    part: str = ""
    asked: str = "gradient"


def following(
    net: Network, goal: Deriv, lines: Sequence[Judged], *, asked: str = "gradient", before: Sequence[Found] = (),
    names: Sequence[Equation] = (), scope: Network | None = None,
) -> Hint:
    """The hint for a derivative: what the lines have reached, and what comes next.

    `before`: quantities that earlier parts have found, and whether rightly; `names`: names of parts that a sheet's
    hint offers; `scope`: the network with the names that the lines have given.
    """
    found = Reached(net, list(before))
    stated: Judged | None = None
    for judged in lines:
        if judged.verdict == "right" and (about := found.about(judged)) is not None and alike(about, goal):
            stated = judged
            if _reached(judged, asked, found):
                return Hint("done", goal, after=judged, asked=asked)
        found.take(judged)
    last = next((j for j in reversed(lines) if j.verdict == "right"), None)
    try:
        hint = _next(_Task(net, goal, found, tuple(names), scope or net), stated, asked)
    except WorkingsError:
        hint = Hint("none", goal)
    hint.after, hint.asked = (stated if hint.kind == "put in" else last), asked
    return hint


def _reached(judged: Judged, asked: str, found: Reached) -> bool:
    body = judged.body
    if not isinstance(body, Rel) or len(body.args) < 2:
        return False
    if asked == "chain rule":
        return any(isinstance(q, Deriv) and not alike(q, body.args[0]) for s in body.args[1:] for q in found.uses(s))
    return found.sound(strip(body.args[-1])) is True


@dataclass(frozen=True, slots=True)
class _Task:
    net: Network
    goal: Deriv
    found: Reached
    names: tuple[Equation, ...]
    scope: Network


def _next(task: _Task, stated: Judged | None, asked: str) -> Hint:
    of, wrt = task.goal.of, task.goal.wrt[0]
    assert isinstance(of, Ref) and isinstance(wrt, Ref)
    if stated is not None and isinstance(stated.body, Rel):
        return _goes_on(task, stated.body)
    derivation = gradient(task.net, of, wrt, names=task.names)
    layered = any(s.rule == LAYERED for s in derivation.steps)
    if asked == "backward" or layered or _backwards(task.goal, task.found):
        return _passed(task, of, wrt)
    return _begin(task.goal, derivation, task.found)


def _goes_on(task: _Task, body: Rel) -> Hint:
    """What is open in the last right line about the goal, or in the lines for what is open there; else to put in."""
    found, seen = task.found, list[Expr]([task.goal])
    while True:
        used = [found.alias.get(q.name, q) if isinstance(q, Ref) else q for q in found.uses(strip(body.args[-1]))]
        wrong = [line for q in used if found.right(q) is False and (line := found.line(q)) is not None]
        if wrong:
            return Hint("mend", task.goal, lines=tuple(wrong[:1]))
        open_ = next((q for q in used if found.right(q) is None), None)
        if open_ is None:
            lines = dict.fromkeys(line for q in used if (line := found.line(q)) is not None)
            return Hint("put in", seen[-1], lines=tuple(lines))
        line = found.partly(open_)
        if line is None or not isinstance(line.body, Rel) or any(alike(open_, q) for q in seen):
            return _work_out(task, open_)
        seen.append(open_)
        body = line.body


def _work_out(task: _Task, quantity: Expr) -> Hint:
    """The first step for one derivative."""
    if not isinstance(quantity, Deriv) or not isinstance(quantity.of, Ref) or not isinstance(quantity.wrt[0], Ref):
        return Hint("none", quantity)
    there = {e.key for e in task.net.equations}
    uses = [quantity.of, quantity.wrt[0]]
    net = task.net if all(r.key in there or r.key in task.net.leaves for r in uses) else task.scope
    return _begin(quantity, gradient(net, quantity.of, quantity.wrt[0]), task.found)


def _begin(goal: Deriv, derivation: Derivation, found: Reached) -> Hint:
    """The first step of a derivation, with names for parts where it needs some that the lines do not have."""
    steps = [s for s in derivation.steps if s.rule not in ("equation", "itself", "independent")]
    if not steps:
        return Hint("step", goal, derivation.steps[0])
    first = steps[0]
    if first.rule == "name the parts":
        names = tuple(Equation(name, value) for name, value in derivation.parts)
        if not all(e.lhs.name in found.alias or found.right(e.lhs) for e in names):
            return Hint("names", goal, first, names=names)
        first = steps[1]
    if first.rule == "local" and first.inner:
        return Hint("step", goal, _ruling(first.inner), _equation(derivation, goal))
    if "chain rule" in first.rule:
        return Hint("chain", goal, first, through=_through(first))
    return Hint("step", goal, first, _equation(derivation, goal))


def _ruling(steps: Sequence[Step]) -> Step:
    """The step that names the rule: the chain rule where parts were named for it."""
    return next((s for s in steps if s.rule not in ("equation", "name the parts")), steps[0])


def _through(step: Step) -> tuple[Expr, ...]:
    return tuple(step.says.get("last") or step.says.get("through") or ())


def _equation(derivation: Derivation, goal: Deriv) -> Rel | None:
    """The equation of the quantity that is differentiated, as the derivation has it."""
    assert isinstance(goal.of, Ref)
    net = derivation.net
    found = net.defs.get(goal.of.key, ()) if net is not None else ()
    return Rel((found[0].lhs, found[0].rhs), ("=",)) if found else None


# -- the way back through a network
def _backwards(goal: Deriv, found: Reached) -> bool:
    """Do the lines already carry the derivative of the goal's quantity back through the network?"""
    heads = [q for q, _, line in found.worked if line is not None and isinstance(q, Deriv)]
    return any(alike(q.of, goal.of) and not alike(q, goal) for q in heads)


def _passed(task: _Task, of: Ref, wrt: Ref) -> Hint:
    """The first derivative of the backward program that is still needed and whose own needs the lines have."""
    found = task.found
    program = [s for s in backward(task.net, of, [wrt]).backward if isinstance(s.is_, Deriv)]
    needs = {s.name.key: [r.key for r in free_refs(s.value)] for s in program}
    wanted = {program[-1].name.key} if program else set()
    for statement in reversed(program):
        if statement.name.key in wanted and not found.right(statement.is_ or statement.name):
            wanted.update(needs[statement.name.key])
    meaning = {s.name.key: s.is_ for s in program}
    for statement in program:
        about = statement.is_
        if statement.name.key not in wanted or not isinstance(about, Deriv) or found.right(about):
            continue
        if found.right(about) is False and (line := found.line(about)) is not None:
            return Hint("mend", task.goal, lines=(line,))
        above = [d for key in needs[statement.name.key] if isinstance(d := meaning.get(key), Deriv)]
        if not above:
            return _work_out(task, about)
        return Hint("chain", Deriv(about.of, about.wrt), through=tuple(d.wrt[0] for d in above))
    return Hint("none", task.goal)


def goal(lines: Sequence[Judged]) -> Deriv | None:
    """What lines without a question are after: the last derivative that is stated and that no other line uses."""
    found: Deriv | None = None
    rels = [j.body for j in lines if isinstance(j.body, Rel)]
    used = [d for r in rels for s in r.args[1:] for d in derivatives(s) if not alike(d, r.args[0])]
    for rel in rels:
        head = rel.args[0]
        if isinstance(head, Deriv) and len(head.wrt) == 1 and isinstance(head.of, Ref) and isinstance(
                head.wrt[0], Ref) and not any(alike(head, d) for d in used):
            found = head
    return found
