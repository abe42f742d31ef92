"""A name that a line gives: `z = y - t` puts z where y - t stands in the equations, so that dE/dz means something.

What stands there is found up to the order of sums and products, up to a sign (t - y is -z), and for each entry of a
family (z[i] = q[i] - x[i]).  No value changes.
"""

from __future__ import annotations

from collections.abc import Iterator

from workings.expr import Add, Equation, Expr, Mul, Neg, Network, Num, Ref, rewrite, same, substitute

Env = dict[str, Expr]
MOST = 6                      # operands whose order is tried


def put_in(net: Network, head: Ref, value: Expr) -> Network | None:
    """The network with `head` where its value stands, and its equation; None where the value stands nowhere.

    >>> from workings.functions import signatures
    >>> from workings.notation import plain
    >>> from workings.syntax import read, read_expression
    >>> net = read("E = log(cosh(y - t))", signatures())
    >>> found = put_in(net, Ref("z"), read_expression("y - t", signatures()))
    >>> [plain(e.rhs) for e in found.equations]
    ['log(cosh(z))', 'y - t']
    """
    if isinstance(value, Ref | Num):
        return None
    letters = frozenset(i.name for i in head.indices if isinstance(i, Ref))
    opposite = _negated(value)
    count = 0

    def change(node: Expr) -> Expr:
        nonlocal count
        if type(node) not in (type(value), type(opposite)):
            return node
        for pattern, minus in ((value, False), (opposite, True)):
            env = next(_matches(pattern, node, letters, {}), None)
            if env is not None and len(env) == len(letters):
                count += 1
                entry = substitute(head, env)
                return Neg(entry) if minus else entry
        return node

    equations = tuple(Equation(e.lhs, rewrite(e.rhs, change), e.span, e.tag) for e in net.equations)
    if not count:
        return None
    return net.with_(equations=(*equations, Equation(head, value)))


def _negated(value: Expr) -> Expr:
    if isinstance(value, Add):
        return Add(tuple(t.arg if isinstance(t, Neg) else Neg(t) for t in value.args))
    return value.arg if isinstance(value, Neg) else Neg(value)


def _matches(pattern: Expr, node: Expr, letters: frozenset[str], env: Env) -> Iterator[Env]:
    """The ways in which letters may be put into the pattern so that it is the node."""
    if isinstance(pattern, Ref) and not pattern.indices and pattern.name in letters:
        known = env.get(pattern.name)
        if known is None:
            yield {**env, pattern.name: node}
        elif same(known, node):
            yield env
        return
    if type(pattern) is not type(node) or len(pattern.children()) != len(node.children()):
        return
    inside = pattern.children()
    if not inside:
        if same(pattern, node):
            yield env
    elif _heads(pattern) == _heads(node):
        free = isinstance(pattern, Add | Mul) and len(inside) <= MOST
        yield from _operands(inside, node.children(), letters, env, free)


def _heads(node: Expr) -> tuple[object, ...]:
    return tuple(getattr(node, h, None) for h in ("name", "op", "ops", "function", "primes", "kind", "index"))


def _operands(
    left: tuple[Expr, ...], right: tuple[Expr, ...], letters: frozenset[str], env: Env, free: bool
) -> Iterator[Env]:
    if not left:
        yield env
        return
    for k in range(len(right)) if free else (0,):
        for found in _matches(left[0], right[k], letters, env):
            yield from _operands(left[1:], right[:k] + right[k + 1 :], letters, found, free)
