"""A network as somebody took it to be: one local derivative is another, one quantity is worth something else.

`sloped` keeps every value and changes only a derivative.  In v's equation u is held (a name of its own, "u held",
that is worth u), and slope * (u - u held) is added: the value stays, the derivative of v by u is the slope.
`After` are the equations of the held names; they join the network once derivatives have been taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from workings.checking.derivs import derivatives
from workings.checking.resolver import Resolver
from workings.checking.names import known_names, needed
from workings.checking.verdict import Judged
from workings.errors import WorkingsError
from workings.expr import (
    Add, Big, Deriv, Equation, Expr, Mul, Neg, Network, Num, Ref, free_refs, fresh, preorder, rewrite, same,
)
from workings.expr.nodes import Key

LATEST = 4                    # wrong lines of which each is tried alone


@dataclass(frozen=True, slots=True)
class World:
    """A network, what holds once derivatives have been taken, and what is put for expressions of the lines."""

    net: Network
    after: tuple[Equation, ...] = ()
    put: tuple[tuple[Expr, Expr], ...] = ()
    since: tuple[Judged, ...] = ()       # the person's lines that it takes to be right

    def read(self, expr: Expr) -> Expr:
        """The expression with the person's own values put where the quantities stand."""
        if not self.put:
            return expr

        def change(node: Expr) -> Expr:
            return next((value for what, value in self.put if _alike(what, node)), node)

        return rewrite(expr, change)


def _alike(a: Expr, b: Expr) -> bool:
    if isinstance(a, Deriv) and isinstance(b, Deriv):
        return same(Deriv(a.of, a.wrt), Deriv(b.of, b.wrt))
    return same(a, b)


def sloped(net: Network, of: Ref, wrt: Ref, slope: Expr | None) -> World | None:
    """The network in which the equation of `of` has this derivative by `wrt` (None: 0); None if that is not plain."""
    if len(net.defs.get(of.key, ())) != 1:
        return None
    equation = net.defs[of.key][0]
    uses = [r for r in free_refs(equation.rhs) if r.key == wrt.key]
    if not uses:
        return None
    held = fresh(f"held_{wrt.name}", known_names(net))

    def hold(node: Expr) -> Expr:
        return Ref(held, node.indices, node.span) if isinstance(node, Ref) and node.key == wrt.key else node

    rhs, after = rewrite(equation.rhs, hold), [_equal(net, held, wrt)]
    if slope is not None:
        bound = {n.index for n in preorder(equation.rhs) if isinstance(n, Big)}
        letters = [r.name for i in uses[0].indices for r in free_refs(i)]
        if any(not same(u, uses[0]) for u in uses) or any(x in bound for x in letters):
            return None
        name: Expr = slope
        if not isinstance(slope, Num):
            value = Ref(fresh("slope", known_names(net) | {held}), equation.lhs.indices)
            after.append(Equation(value, slope))
            name = value
        rhs = Add((rhs, Mul((name, Add((uses[0], Neg(hold(uses[0]))))))))
    changed = Equation(equation.lhs, rhs)
    return World(net.with_(equations=tuple(changed if e is equation else e for e in net.equations)), tuple(after))


def _equal(net: Network, held: str, wrt: Ref) -> Equation:
    """held[i] = u[i], its letters as the network writes them."""
    letters = wrt.indices
    if wrt.key in net.defs:
        letters = net.defs[wrt.key][0].lhs.indices
    return Equation(Ref(held, letters), Ref(wrt.name, letters))


def of_lines(net: Network, worlds: Sequence[World]) -> Iterator[World]:
    """What a person's wrong lines mean for a network: each of the last ones alone, the latest first, then all."""
    for world in reversed(worlds[-LATEST:]):
        alone = _again(World(net), world)
        if alone is not None:
            yield alone
    whole: World | None = World(net) if len(worlds) > 1 else None
    for world in worlds:
        whole = _again(whole, world) if whole is not None else None
    if whole is not None:
        yield whole


def _again(world: World, line: World) -> World | None:
    found = assumed(world, *line.put[-1])
    return None if found is None else replace(found, since=(*world.since, *line.since))


def same_meaning(what: Expr, before: Network, now: Network) -> bool:
    """Does what a line of an earlier part is about still mean the same: are its equations all still there?"""
    names = [what.of, *what.wrt] if isinstance(what, Deriv) else [what]
    kept = {e.key: e for e in now.equations}
    return all(e.key in kept and same(e.rhs, kept[e.key].rhs) for e in needed(before, names)) and all(
        r.name in known_names(now) for n in names for r in free_refs(n))


def assumed(world: World, what: Expr, value: Expr) -> World | None:
    """The world in which a person's line `what = value` is right; None where it cannot be told."""
    put = (*world.put, (what, value))
    if isinstance(what, Ref) and (what.name, 0) in world.net.defs and not _uses(world.net, value, what.key):
        changed = tuple(Equation(e.lhs, value) if e.key == what.key else e for e in world.net.equations)
        return World(world.net.with_(equations=changed), world.after, put)
    if isinstance(what, Deriv) and len(what.wrt) == 1 and isinstance(what.of, Ref) and isinstance(what.wrt[0], Ref):
        found = _redirected(world, what.of, what.wrt[0], value)
        if found is not None:
            return World(found.net, found.after, put)
    return World(world.net, world.after, put)


def _redirected(world: World, of: Ref, wrt: Ref, value: Expr) -> World | None:
    """Every path from wrt to `of` replaced by one step of slope `value`; for a family by one for each entry."""
    net = world.net
    letters = [i.name for i in wrt.indices if isinstance(i, Ref) and not i.indices and i.name in net.ranges]
    if of.indices or len(letters) != len(wrt.indices) or len(set(letters)) < len(letters) or derivatives(value):
        return None
    if len(net.defs.get(of.key, ())) != 1 or wrt.key not in [
            r.key for e in needed(net, [of]) for r in free_refs(e.rhs)]:
        return None
    taken = known_names(net)
    held = fresh(f"held_{wrt.name}", taken)
    slope = fresh("slope", taken | {held})
    own = {e.key: e for e in needed(net, [of])}
    if any(len(net.defs[k]) > 1 for k in own):
        return None                                  # a recurrence holds its own earlier entries
    table = {wrt.key: held}
    for equation in _ordered(own):
        if equation.key != wrt.key and any(r.key in table for r in free_refs(equation.rhs)):
            table[equation.key] = fresh(f"held_{equation.lhs.name}", taken | set(table.values()) | {slope})

    def hold(node: Expr) -> Expr:
        return Ref(table[node.key], node.indices) if isinstance(node, Ref) and node.key in table else node

    copies = [Equation(Ref(table[k], e.lhs.indices), rewrite(e.rhs, hold)) for k, e in own.items()
              if k in table and k != wrt.key]
    step: Expr = Mul((Ref(slope, wrt.indices), Add((wrt, Neg(Ref(held, wrt.indices))))))
    for letter in reversed(letters):
        step = Big("sum", letter, step)
    changed = Equation(of, Add((Ref(table[of.key]), step)))
    equations = tuple(changed if e.key == of.key else e for e in net.equations)
    ours = (Equation(Ref(held, wrt.indices), wrt), Equation(Ref(slope, wrt.indices), rewrite(value, hold)))
    return World(net.with_(equations=(*equations, *copies)), (*world.after, *ours), world.put)


def _ordered(own: dict[Key, Equation]) -> list[Equation]:
    """The equations, each after those that it uses."""
    out: dict[Key, Equation] = {}
    stack = [(k, False) for k in reversed(own)]
    while stack:
        key, ready = stack.pop()
        if key in out or key not in own:
            continue
        if ready:
            out[key] = own[key]
        else:
            stack.append((key, True))
            stack += [(r.key, False) for r in free_refs(own[key].rhs) if r.key not in out and r.key != key]
    return list(out.values())


def _uses(net: Network, value: Expr, key: Key) -> bool:
    return any(r.key == key for e in (value, *(q.rhs for q in needed(net, [value]))) for r in free_refs(e))


def resolved(left: Expr, right: Expr, world: World) -> tuple[Expr, Expr, Network] | None:
    """Both sides without derivatives, as the world has them; None where they cannot be taken there."""
    try:
        resolver = Resolver(world.net)
        a, b = resolver.both(world.read(left), world.read(right))
    except (WorkingsError, AssertionError, KeyError, RecursionError):
        return None
    return a, b, resolver.net.with_(equations=(*resolver.net.equations, *world.after))
