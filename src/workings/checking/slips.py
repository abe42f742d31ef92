"""What went wrong in a line: a single slip, named only after undoing it has been proved to make the line true."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from workings.limits import SLIP_NODES
from workings.checking import edits, steps
from workings.checking.resolver import Resolver
from workings.checking.names import needed, stepping
from workings.checking.screen import Screen
from workings.checking.verdict import Verdict
from workings.checking.worlds import World, resolved
from workings.errors import WorkingsError
from workings.expr import Add, Deriv, Expr, Network, Ref, free_refs, preorder, same, substitute
from workings.notation import plain

MOST_TRIED, MOST_INDEXED, MOST_RECURRENT = 700, 250, 150     # with indices, each look is dearer
MOST_PROOFS = 8
Proof = Callable[[Expr, Expr, Network], Verdict]
Look = Callable[[Expr, Network], Screen]


class _Looks:
    """Screens of the sides that candidates are compared with, each made once."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.made: dict[tuple[int, int], tuple[Expr, Network, Screen]] = {}

    def alike(self, a: Expr, b: Expr, net: Network) -> bool:
        """Does no point of a few tell the two apart?"""
        key = (id(a), id(net))
        if key not in self.made:
            self.made[key] = (a, net, self.look(a, net))       # kept, so that the ids stay their own
        return self.made[key][2].alike(b)


def named(
    left: Expr, right: Expr, net: Network, prove: Proof, look: Look, before: Sequence[Expr] = ()
) -> str:
    """The slip in `right` (or in the name of what the line is about, `left`); "" where none is proved.

    `before`: what the line was made from, such as the right side of the line before.
    """
    recurrent = any(e.lhs.indices and e.key in [q.key for q in needed(net, [e.rhs])] for e in net.equations)
    most = MOST_RECURRENT if recurrent else MOST_INDEXED if net.ranges else MOST_TRIED
    proofs = tried = nodes = 0
    looks = _Looks(look)
    size = sum(1 for _ in preorder(left)) + sum(1 for _ in preorder(right))
    last = net
    for says, a, b, where in _candidates(left, right, net, before, worlds=not recurrent):
        if where is not last:
            last, nodes = where, nodes + sum(1 for e in where.equations for _ in preorder(e.rhs))
        tried, nodes = tried + 1, nodes + size
        if tried > most or nodes > SLIP_NODES or proofs >= MOST_PROOFS:
            return ""
        try:
            if not looks.alike(a, b, where):
                continue
            proofs += 1
            found = prove(a, b, where)
        except (WorkingsError, AssertionError, ZeroDivisionError):
            continue
        if found.kind == "equal":
            return says
    return ""


def _candidates(
    left: Expr, right: Expr, net: Network, before: Sequence[Expr], worlds: bool
) -> Iterator[tuple[str, Expr, Expr, Network]]:
    """(name, the two sides without derivatives, their network), the likeliest slip first."""
    resolver = Resolver(net)
    for side in (left, right):
        resolver.expect(side)
    a, b, *_ = [_resolve(resolver, side) for side in (left, right, *before)]     # derivatives are found once
    wrt = [w for n in preorder(left) if isinstance(n, Deriv) for w in n.wrt if isinstance(w, Ref)]
    own_equation = [e.rhs for e in net.equations if isinstance(left, Ref) and same(e.lhs, left)]
    size = sum(1 for _ in preorder(right))
    own = list(islice(edits.of_side(right, net, wrt), 50 + 2 * SLIP_NODES // size)) if a is not None else []
    first = [e for e in own if e[0] == "sign" or e[0].startswith("lost 1/")]
    yield from _edited(a, first, resolver)
    if a is not None and b is not None:
        yield from ((says, p, q, resolver.net) for says, p, q in edits.of_jacobian(left, a, b))
    for side in (left, *own_equation, *before):
        yield from _edited(b, list(steps.of_step(side)), resolver)
    yield from _edited(a, [e for e in own if e not in first and not _late(e[0], net)], resolver)
    if b is not None:
        for says, head in edits.of_head(left, net):
            apart = resolver.copy()
            other = _resolve(apart, head)
            if other is not None:
                yield says, other, b, apart.net
        if not any(r.key in resolver.meaning for r in free_refs(b)):
            yield from _lost_steps(a, b, resolver)
        if worlds and isinstance(left, Deriv) and isinstance(left.of, Ref) and len(wrt) == len(left.wrt) == 1:
            yield from _worlds(left, left.of, wrt[0], b, resolver.net, net)
    yield from _edited(a, [e for e in own if _late(e[0], net)], resolver)


def _lost_steps(a: Expr | None, b: Expr, resolver: Resolver) -> Iterator[tuple[str, Expr, Expr, Network]]:
    """The truth with one way back through time lost, in every step of a recurrence."""
    net = resolver.net
    known = stepping(net) if a is not None else frozenset()
    for equation in (e for e in net.equations if e.key in known & resolver.meaning.keys() and isinstance(e.rhs, Add)):
        for i, term in enumerate(equation.rhs.children()):
            ways = [r for r in free_refs(term) if r.key in resolver.meaning]
            if ways and a is not None:
                rest = equation.rhs.children()[:i] + equation.rhs.children()[i + 1 :]
                cut = replace(equation, rhs=rest[0] if len(rest) == 1 else Add(rest))
                says = f"lost path: from {_bare(_by(equation.lhs, resolver))} to {_bare(_by(ways[0], resolver))}"
                yield says, a, b, net.with_(equations=tuple(cut if e is equation else e for e in net.equations))


def _by(adjoint: Ref, resolver: Resolver) -> Expr:
    """What an adjoint at some entry derives by."""
    name, by = resolver.meaning[adjoint.key]
    table = {i.name: at for i, at in zip(name.indices, adjoint.indices) if isinstance(i, Ref)}
    return substitute(by, table)


def _bare(expr: Expr) -> str:
    """A name as a person writes it: z[t+1,i] for z[t+1,i']."""
    return plain(expr).replace("'", "")


def _late(says: str, net: Network) -> bool:
    """A missing factor, or one too many that is no number or size, may be what a lost path or derivative leaves."""
    factor = says.removeprefix("factor: ").removesuffix(" too many")
    known = factor.removeprefix("1/") in net.sizes or not any(c.isalpha() for c in factor)
    return says.endswith("is missing") or (says.endswith("too many") and not known)


def _edited(a: Expr | None, found: Sequence[edits.Edit], resolver: Resolver) -> Iterator[
        tuple[str, Expr, Expr, Network]]:
    for says, edited in found if a is not None else ():
        apart = resolver.copy()      # what one candidate needs burdens no other
        b = _resolve(apart, edited)
        if a is not None and b is not None:
            yield says, a, b, apart.net


def _worlds(
    left: Deriv, of: Ref, wrt: Ref, b: Expr, known: Network, net: Network
) -> Iterator[tuple[str, Expr, Expr, Network]]:
    """The truth itself edited: a path of it lost, a local derivative of it wrong; missing factors come after."""
    extra = tuple(e for e in known.equations if e.key not in net.defs)
    for says, world in edits.of_paths(net, of, wrt):
        whole = World(world.net.with_(equations=(*world.net.equations, *extra)), world.after)
        found = resolved(left, b, whole)
        if found is not None:
            yield says, *found


def _resolve(resolver: Resolver, side: Expr) -> Expr | None:
    try:
        return resolver.resolve(side)
    except (WorkingsError, AssertionError, KeyError):
        return None
