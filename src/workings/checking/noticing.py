"""At most one fact worth noticing about a derivative, and only a proved one.

Two are looked for: quantities made of one shared parameter that add up to it, and a derivative that stays bounded.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from workings.limits import NOTICED_EQUATIONS
from workings.checking.decide import equal
from workings.derive import Derivation
from workings.expr import (
    ONE, ZERO, Add, Call, Deriv, Expr, Key, Neg, Network, Num, Ref, Rel, free_keys, preorder,
)

# a function whose values lie between these for every real argument
BETWEEN: dict[str, tuple[int, int]] = {
    "tanh": (-1, 1), "sin": (-1, 1), "cos": (-1, 1), "erf": (-1, 1), "sign": (-1, 1), "sigmoid": (0, 1), "step": (0, 1),
}
MANY = 6                      # quantities of one parameter compared in pairs


@dataclass(frozen=True, slots=True)
class Notice:
    """A proved fact and, in words, why it holds."""

    fact: Rel
    because: str


def worth_noticing(found: Derivation) -> Notice | None:
    """The one remark on a worked derivative, or nothing.

    >>> from workings.derive import gradient
    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> net = read("E = log(cosh(y - t))", signatures())
    >>> worth_noticing(gradient(net, Ref("E"), Ref("y"))).because
    'because tanh lies between -1 and 1'
    """
    wrt = found.wrt
    if isinstance(wrt, tuple) or any(isinstance(n, Deriv) for n in preorder(found.result)):
        return None
    return _tied(found, wrt) or _bounded(found, wrt)


def _bounded(found: Derivation, wrt: Ref) -> Notice | None:
    call = found.result.arg if isinstance(found.result, Neg) else found.result
    if not isinstance(call, Call) or call.primes or call.function not in BETWEEN:
        return None
    if found.net is not None and call.function in found.net.functions:
        return None                                  # the text's own function of that name
    low, high = BETWEEN[call.function]
    slope = Deriv(found.of, (wrt,))
    because = f"because {call.function} lies between {low} and {high}"
    if low < 0:
        return Notice(Rel((Call("abs", (slope,)), ONE), ("<=",)), because)
    ends: tuple[Expr, Expr] = (Neg(ONE), ZERO) if isinstance(found.result, Neg) else (ZERO, ONE)
    return Notice(Rel((ends[0], slope, ends[1]), ("<=", "<=")), because)


def _tied(found: Derivation, wrt: Ref) -> Notice | None:
    net = found.net
    if net is None or len(net.equations) > NOTICED_EQUATIONS or wrt.indices:
        return None
    names = _made_of(net, wrt.key)
    for a, b in list(combinations(names[:MANY], 2)):
        if _uses(net, a, b) or _uses(net, b, a):
            continue                                 # that would only say the definition again
        one, two = Ref(a[0]), Ref(b[0])
        for left, right in ((Add((one, two)), wrt), (Add((one, two)), Num(1, "1")), (one, two)):
            if equal(left, right, net).kind == "equal":
                return Notice(Rel((left, right), ("=",)), f"whatever the value of {wrt.name}")
    return None


def _made_of(net: Network, leaf: Key) -> list[Key]:
    """The unindexed quantities that depend on this leaf and on nothing else, in order."""
    leaves: dict[Key, frozenset[Key]] = {}
    for equation in net.ordered:
        below = [leaves.get(key, frozenset((key,))) for key in free_keys(equation.rhs)]
        leaves[equation.key] = frozenset().union(*below)
    return [key for key in net.defs if not key[1] and leaves.get(key) == frozenset((leaf,))]


def _uses(net: Network, user: Key, used: Key) -> bool:
    return any(used in free_keys(e.rhs) for e in net.defs[user])
