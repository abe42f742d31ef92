"""The catalogue of slips, each a single edit of what a person wrote: undone, and what it is called.

`of_side` yields (name, the side with the slip undone); `of_paths` yields worlds in which a derivative loses a path or a
local derivative, as a person's may have.  Nothing here judges: `slips.py` keeps what is proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from workings.limits import SLIP_NAMES
from workings.checking.worlds import World, sloped
from workings.expr import (
    ONE, TWO, Add, Big, Call, Deriv, Div, Expr, MatMul, Mul, Neg, Network, Num, Pow, Ref, free_refs, preorder, rewrite,
    same, substitute,
)
from workings.expr.nodes import Key
from workings.functions import table
from workings.notation import plain

Edit = tuple[str, Expr]
STEM = re.compile(r"(.*?[A-Za-z_])(\d+(?:_\d+)*)$")
TWINS = {
    "tanh": ("sigmoid", "sinh"), "sigmoid": ("tanh",), "sinh": ("cosh", "tanh"), "cosh": ("sinh",), "sin": ("cos",),
    "cos": ("sin",), "relu": ("step", "abs"), "step": ("relu",), "abs": ("sign", "relu"), "sign": ("abs",),
    "exp": ("log",), "log": ("exp",), "softplus": ("sigmoid",),
}
CONSTANTS = (TWO, Num(Fraction(1, 2)), Num(3), Num(4), Num(Fraction(1, 3)), Num(Fraction(1, 4)))


def put(tree: Expr, node: Expr, new: Expr) -> Expr:
    """The tree with one node replaced."""
    return rewrite(tree, lambda n: new if n is node else n)


def of_side(side: Expr, net: Network, wrt: list[Ref]) -> Iterator[Edit]:
    """Every single slip undone, the likeliest first."""
    yield from _names(side, net)
    yield from _exchanged(side, wrt)
    yield from _indices(side, net)
    yield from _signs(side)
    yield from _sizes(side, net)
    yield from _squares(side, net)
    yield from _bases(side)
    yield from _sums(side, net, wrt)
    yield from _factors(side, net)
    yield from _functions(side)
    yield from _partners(side, net)
    yield from _products(side)
    yield from _others(side, net)


def of_head(head: Expr, net: Network) -> Iterator[Edit]:
    """Slips in the name of what a line is about."""
    if any(isinstance(n, Deriv) for n in preorder(head)):
        yield from _names(head, net)


# -- names and indices
def _names(side: Expr, net: Network) -> Iterator[Edit]:
    scalars = _scalars(net)
    for node in preorder(side):
        if isinstance(node, Ref) and not node.indices:
            for other, says in _instead(node.name, scalars, net):
                yield says, put(side, node, Ref(other, (), node.span))
    for name in dict.fromkeys(r.name for r in free_refs(side) if not r.indices):
        if sum(r.name == name for r in free_refs(side)) > 1:
            for other, says in _instead(name, scalars, net):
                yield says, rewrite(side, lambda n, name=name, other=other: (  # type: ignore[misc]
                    Ref(other, (), n.span) if isinstance(n, Ref) and n.name == name and not n.indices else n))


def _others(side: Expr, net: Network) -> Iterator[Edit]:
    """Another parameter, whatever its letter: u for w."""
    own = [name for name, places in net.parameters if not places][:SLIP_NAMES]
    for node in preorder(side):
        if isinstance(node, Ref) and not node.indices and node.name in own:
            for other in own:
                if other != node.name:
                    yield f"name: {node.name} where {other} is meant", put(side, node, Ref(other, (), node.span))


def _scalars(net: Network) -> list[str]:
    out = dict.fromkeys(name for name, places in (*net.defs, *net.leaves) if not places and name not in net.sizes)
    return list(out)[:SLIP_NAMES]


def _instead(name: str, scalars: list[str], net: Network) -> Iterator[tuple[str, str]]:
    found = STEM.match(name)
    for other in scalars:
        match = STEM.match(other)
        if other != name and found and match and match[1] == found[1] and len(match[2]) == len(found[2]):
            yield other, f"index: {name} where {other} is meant"
    for u, v, _ in _activations(net):
        if v.name == name and not u.indices:
            yield u.name, f"activation for pre-activation: {name} where {u.name} is meant"
        if u.name == name and not v.indices:
            yield v.name, f"pre-activation for activation: {name} where {v.name} is meant"


def _partners(side: Expr, net: Network) -> Iterator[Edit]:
    """The other factor of a product of the network: d(w x)/dw is x, not w."""
    pairs: dict[tuple[str, str], tuple[Ref, Ref]] = {}
    for e in net.equations:
        for node in preorder(e.rhs):
            if isinstance(node, Mul):
                for p, q in combinations([a for a in node.args if isinstance(a, Ref)], 2):
                    pairs.setdefault((plain(p), plain(q)), (p, q))
    written = [n for n in preorder(side) if isinstance(n, Ref)]
    for p, q in list(pairs.values())[:SLIP_NAMES]:
        for here, there in ((p, q), (q, p)):
            for node in written:
                if same(node, here):
                    yield f"wrong factor: {plain(here)} where {plain(there)} is meant", put(side, node, there)


def _activations(net: Network) -> Iterator[tuple[Ref, Ref, Call]]:
    """(z, a, f(z)) for each equation a = f(z)."""
    for e in net.equations:
        if isinstance(e.rhs, Call) and len(e.rhs.args) == 1 and isinstance(e.rhs.args[0], Ref):
            yield e.rhs.args[0], e.lhs, e.rhs


def _indices(side: Expr, net: Network) -> Iterator[Edit]:
    for node in preorder(side):
        if not isinstance(node, Ref) or not node.indices:
            continue
        for other in _places(node, net):
            yield f"index: {plain(node)} where {plain(other)} is meant", put(side, node, other)
    families = {(u.name, len(u.indices)): v for u, v, _ in _activations(net) if u.indices}
    back = {(v.name, len(v.indices)): u for u, v, _ in _activations(net) if u.indices}
    for node in preorder(side):
        if isinstance(node, Ref) and node.indices:
            if node.key in families and len(families[node.key].indices) == len(node.indices):
                other = Ref(families[node.key].name, node.indices)
                yield f"pre-activation for activation: {node.name} where {other.name} is meant", put(side, node, other)
            if node.key in back and len(back[node.key].indices) == len(node.indices):
                other = Ref(back[node.key].name, node.indices)
                yield f"activation for pre-activation: {node.name} where {other.name} is meant", put(side, node, other)


def _exchanged(side: Expr, wrt: list[Ref]) -> Iterator[Edit]:
    """The derivative by W[j,i] where that by W[i,j] is meant."""
    for w in wrt:
        letters = [i.name for i in w.indices if isinstance(i, Ref) and not i.indices]
        for p, q in combinations(letters, 2):
            yield f"transposed: {p} and {q} are exchanged", substitute(side, {p: Ref(q), q: Ref(p)})


def _places(node: Ref, net: Network) -> Iterator[Ref]:
    letters = [x for x in net.ranges if x not in net.sizes]
    for i, j in combinations(range(len(node.indices)), 2):
        turned = list(node.indices)
        turned[i], turned[j] = turned[j], turned[i]
        if not same(turned[i], turned[j]):
            yield Ref(node.name, tuple(turned))
    for i, place in enumerate(node.indices):
        if isinstance(place, Num):
            others: list[Expr] = [Num(place.value - 1), Num(place.value + 1)]
        else:
            others = [Ref(x) for x in letters if not (isinstance(place, Ref) and place.name == x)]
            others += [Add((place, Neg(ONE))), Add((place, ONE))]
        if isinstance(place, Add) and len(place.args) == 2:
            others += [place.args[0], Add((place.args[0], _minus(place.args[1])))]
        for other in others:
            yield Ref(node.name, (*node.indices[:i], other, *node.indices[i + 1 :]))


# -- signs, powers
def _signs(side: Expr) -> Iterator[Edit]:
    yield "sign", _minus(side)
    inside = {id(n) for r in preorder(side) if isinstance(r, Ref) for i in r.indices for n in preorder(i)}
    for node in (n for n in preorder(side) if id(n) not in inside):
        if isinstance(node, Add):
            for i, term in enumerate(node.args):
                turned = _minus(term)
                yield f"sign: of {plain(term)}", put(side, node, Add((*node.args[:i], turned, *node.args[i + 1 :])))
        elif isinstance(node, Call) and len(node.args) == 1 and node.function not in ("relu",):
            arg = node.args[0]
            yield "sign: inside " + node.function, put(side, node, Call(node.function, (_minus(arg),), node.primes))
        if isinstance(node, Mul):
            for i in range(1, len(node.args)):
                left, right = node.args[i - 1 : i + 1]
                less = Add((left, Neg(right)))
                yield f"minus lost: between {plain(left)} and {plain(right)}", put(
                    side, node, _product((*node.args[: i - 1], less, *node.args[i + 1 :])))


def _minus(e: Expr) -> Expr:
    return e.arg if isinstance(e, Neg) else Neg(e)


def _product(factors: tuple[Expr, ...]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(factors)


def _squares(side: Expr, net: Network) -> Iterator[Edit]:
    hyperbolic = {e.key for e in net.equations if isinstance(e.rhs, Call) and e.rhs.function == "tanh"}
    for node in preorder(side):
        if isinstance(node, Add):
            for term in node.args:
                inner = term.arg if isinstance(term, Neg) else term
                if isinstance(inner, Ref | Call):
                    squared = Pow(inner, TWO)
                    new = Neg(squared) if isinstance(term, Neg) else squared
                    tanh = (isinstance(inner, Ref) and inner.key in hyperbolic) or (
                        isinstance(inner, Call) and inner.function == "tanh")
                    yield "tanh' as 1 - tanh" if tanh else f"power: {plain(inner)} where its square is meant", put(
                        side, term, new)
        if isinstance(node, Pow) and isinstance(node.base, Add):
            last = node.base.args[-1]
            power = Neg(Pow(last.arg, node.exponent)) if isinstance(last, Neg) else Pow(last, node.exponent)
            meant = Add((*node.base.args[:-1], power))
            yield f"bracket: {plain(node)} where {plain(meant)} is meant", put(side, node, meant)
        if isinstance(node, Pow) and isinstance(node.exponent, Num):
            yield f"power: {plain(node)} where {plain(node.base)} is meant", put(side, node, node.base)
            for k in (1, -1):
                other = Pow(node.base, Num(node.exponent.value + k))
                yield f"power: {plain(node)} where {plain(other)} is meant", put(side, node, other)


# -- sums
def _sums(side: Expr, net: Network, wrt: list[Ref]) -> Iterator[Edit]:
    fixed = {r.name for w in wrt for i in w.indices for r in free_refs(i)}
    free = dict.fromkeys(
        r.name for q in free_refs(side) for i in q.indices for r in free_refs(i) if not r.indices)
    for letter in free:
        if letter in net.ranges and letter not in fixed:
            yield f"sum collapsed: the sum over {letter} is lost", Big("sum", letter, side)
    for letter, known in net.ranges.items():
        if letter not in fixed and letter not in free:
            for end in (known.hi, known.lo):
                every = rewrite(side, lambda n, x=letter, end=end: Ref(x) if same(n, end) else n)  # type: ignore[misc]
                if every is not side and not isinstance(end, Num):
                    yield f"sum collapsed: only {letter} = {plain(end)} is left of it", Big("sum", letter, every)
    for node in preorder(side):
        if isinstance(node, Big) and node.op == "sum":
            for letter in (x for x in net.ranges if x != node.index and x not in fixed):
                yield f"sum over {node.index} where over {letter} is meant", put(
                    side, node, Big("sum", letter, node.body))
            for letter in dict.fromkeys((node.index, *fixed)):
                body = rewrite(node.body, lambda n, x=letter, old=node.index: (  # type: ignore[misc]
                    Ref(x) if isinstance(n, Ref) and n.name == old and not n.indices else n))
                left = f": only {node.index} = {letter} is left of it" if letter != node.index else ""
                yield f"sum not collapsed{left}", put(side, node, body)


# -- factors
def _factors(side: Expr, net: Network) -> Iterator[Edit]:
    places = _factor_places(side)
    for node in preorder(side):
        if isinstance(node, Mul):
            for i, factor in enumerate(node.args):
                rest = _product((*node.args[:i], *node.args[i + 1 :]))
                yield f"factor: {plain(factor)} too many", put(side, node, rest)
        if isinstance(node, Div):
            yield f"factor: 1/({plain(node.bottom)}) too many", put(side, node, node.top)
    for place in places:
        for k in CONSTANTS:
            yield f"factor: {plain(k)} is missing", put(side, place, Mul((k, place)))
    for u, v, call in _activations(net):
        if u.indices:
            continue
        slope = Call(call.function, call.args, 1) if call.function in table else Deriv(v, (u,), "P")
        lost = "relu' lost" if call.function == "relu" else f"lost inner derivative: {call.function}'({plain(u)})"
        for place in places:
            yield lost, put(side, place, Mul((place, slope)))
    for name in _scalars(net):
        for place in places:
            yield f"factor: {name} is missing", put(side, place, Mul((place, Ref(name))))
    written = {plain(r): r for e in net.equations for r in free_refs(e.rhs) if r.indices}
    for says, ref in list(written.items())[:SLIP_NAMES]:
        for place in places:
            yield f"factor: {says} is missing", put(side, place, Mul((place, ref)))


def _factor_places(side: Expr) -> list[Expr]:
    """Where a factor may have been lost: the whole, each term, each body of a sum."""
    places = [side, *(t for n in preorder(side) if isinstance(n, Add) for t in n.args)]
    return places + [n.body for n in preorder(side) if isinstance(n, Big)]


def _sizes(side: Expr, net: Network) -> Iterator[Edit]:
    for size in net.sizes:
        for place in _factor_places(side):
            yield f"lost 1/{size}", put(side, place, Mul((Div(ONE, Ref(size)), place)))
            yield f"factor: 1/{size} too many", put(side, place, Mul((Ref(size), place)))


def _bases(side: Expr) -> Iterator[Edit]:
    for base in (2, 10):
        log = Call("log", (Num(base),))
        yield f"log base: {base} where e is meant", Mul((side, log))
        yield f"log base: e where {base} is meant", Div(side, log)


def _functions(side: Expr) -> Iterator[Edit]:
    for node in preorder(side):
        if isinstance(node, Call) and len(node.args) == 1:
            for other in TWINS.get(node.function, ()):
                yield f"function: {node.function} where {other} is meant", put(side, node, Call(other, node.args))
            if node.primes:
                yield "derivative: a prime too many", put(side, node, Call(node.function, node.args, node.primes - 1))
            elif node.function in TWINS:
                yield f"derivative: {node.function} where its derivative is meant", put(
                    side, node, Call(node.function, node.args, 1))


def _products(side: Expr) -> Iterator[Edit]:
    for node in preorder(side):
        if isinstance(node, MatMul):
            yield "transposed product", put(side, node, MatMul(tuple(reversed(node.args))))
            for part in node.args:
                if not (isinstance(part, Call) and part.function == "T"):
                    yield "transposed product", put(side, part, Call("T", (part,)))
        if isinstance(node, Call) and node.function == "T":
            yield "transposed product", put(side, node, node.args[0])


# -- Jacobians
def of_jacobian(left: Expr, truth: Expr, side: Expr) -> Iterator[tuple[str, Expr, Expr]]:
    """(name, truth, side): one part of the Jacobian of a vector by a vector is lost, as in softmax its off-diagonal
    part -p[i]*p[j] or its diagonal one."""
    if not (isinstance(left, Deriv) and len(left.wrt) == 1 and isinstance(left.of, Ref) and isinstance(
            left.wrt[0], Ref) and left.of.indices and left.wrt[0].indices):
        return
    i, j = left.of.indices[-1], left.wrt[0].indices[-1]
    if not (isinstance(i, Ref) and isinstance(j, Ref)) or same(i, j):
        return
    here, delta = left.of, Call("delta", (i, j))
    there = Ref(here.name, (*here.indices[:-1], j))
    diagonal = "lost off-diagonal part: only the diagonal of the Jacobian is left"
    yield diagonal, Mul((delta, truth)), side
    yield diagonal, substitute(truth, {j.name: i}), side
    yield diagonal, truth, Add((side, Neg(Mul((here, there)))))
    yield "lost diagonal part of the Jacobian", truth, Add((side, Mul((delta, here))))


# -- paths
def of_paths(net: Network, of: Ref, wrt: Ref) -> Iterator[tuple[str, World]]:
    """The derivative with one step on a path from wrt to `of` lost, or one local derivative taken for 1 or turned."""
    steps = list(_steps(net, of, wrt))
    shared = sum(u.key == wrt.key for _, u in steps) > 1
    for v, u in steps:
        world = sloped(net, v, u, None)
        if world is not None:
            way = f"the path from {plain(u)} to {plain(v)}"
            yield (f"lost shared path: {way}" if shared and u.key == wrt.key else f"lost path: {way}"), world
    for v, u in steps:
        for says, slope in _mistaken(net, v, u):
            world = sloped(net, v, u, slope)
            if world is not None:
                yield says, world


def _mistaken(net: Network, v: Ref, u: Ref) -> Iterator[tuple[str, Expr]]:
    """What the local derivative of v by u is often taken for."""
    rhs = net.defs[v.key][0].rhs
    relu = isinstance(rhs, Call) and rhs.function == "relu"
    yield "relu' lost" if relu else f"lost inner derivative: of {plain(v)} by {plain(u)}", ONE
    if not (isinstance(rhs, Call) and len(rhs.args) == 1 and same(rhs.args[0], u)):
        return
    if rhs.function in ("tanh", "sigmoid"):
        yield f"{rhs.function}' as 1 - {rhs.function}", Add((ONE, Neg(Call(rhs.function, (u,)))))
    if rhs.function == "sigmoid":
        yield "sigmoid' as 1 - sigmoid^2", Add((ONE, Neg(Pow(Call("sigmoid", (u,)), TWO))))
    yield f"derivative: {plain(v)} where its derivative by {plain(u)} is meant", rhs


def _steps(net: Network, of: Ref, wrt: Ref) -> Iterator[tuple[Ref, Ref]]:
    """(v, u): u stands in v's own equation, on a way from wrt to `of`; nearest to wrt first."""
    up: dict[Key, Ref] = {net.variable(of.key): of}
    order = [net.variable(of.key)]
    pairs: dict[tuple[Key, Key], tuple[Ref, Ref]] = {}
    for key in order:
        for e in net.defs.get(key, ()):
            for r in free_refs(e.rhs):
                pairs.setdefault((e.key, r.key), (e.lhs, r))
                if r.key not in up:
                    up[r.key] = r
                    order.append(r.key)
    reach: set[Key] = {wrt.key}
    for _ in range(len(order)):
        more = {v for (v, u) in pairs if u in reach} - reach
        if not more:
            break
        reach |= more
    found = [pair for (v, u), pair in pairs.items() if u in reach and v in reach]
    yield from reversed(found)
