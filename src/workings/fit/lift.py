"""A network for one point, written for all points: every quantity that depends on the data gets an index more."""

from __future__ import annotations

from collections.abc import Collection

from workings.expr import Big, Div, Equation, Expr, Key, Mul, Network, Num, Range, Ref, fresh, rewrite

SAMPLES = "samples"


def lifted(net: Network, of: Ref, data: Collection[str]) -> tuple[Network, Ref]:
    """The network with its data as families over a new index, and the mean of `of` over them.

    What does not depend on the data stays as it is: a parameter that is a function of others, a penalty.
    """
    names = {n for n, _ in (*net.defs, *net.leaves)} | set(net.ranges) | set(net.sizes)
    letter, size = _free("nks", names), _free("NMS", names)
    moved = _above(net, data)
    index = Ref(letter)

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and (node.name, len(node.indices)) in moved:
            return Ref(node.name, (index, *node.indices), node.span)
        return node

    equations = [Equation(_head(e.lhs, moved, index), rewrite(e.rhs, change), e.span, e.tag) for e in net.equations]
    mean = Ref(fresh_name(of.name, names))
    total = Big("sum", letter, Ref(of.name, (index,)) if of.key in moved else of)
    equations.append(Equation(mean, Mul((Div(Num(1, "1"), Ref(size)), total))))
    ranges = {**net.ranges, letter: Range(letter, Num(1, "1"), Ref(size))}
    return net.with_(equations=tuple(equations), ranges=ranges, roles={**net.roles, **_roles(net, data)}), mean


def _free(letters: str, taken: Collection[str]) -> str:
    return next((n for n in letters if n not in taken), "") or fresh(letters[0], set(taken))


def fresh_name(name: str, taken: Collection[str]) -> str:
    """The name of the mean of a quantity."""
    out = f"{name}_mean"
    while out in taken:
        out += "_"
    return out


def _roles(net: Network, data: Collection[str]) -> dict[str, str]:
    """The names of the data stay inputs and targets, whatever their number of index places."""
    return {name: "target" if any(net.role(k) == "target" for k in net.leaves if k[0] == name) else "input"
            for name in data}


def _above(net: Network, data: Collection[str]) -> set[Key]:
    """The data, and every quantity that needs them."""
    from workings.expr import free_keys

    out: set[Key] = {key for key in net.leaves if key[0] in data}
    before = -1
    while before != len(out):
        before = len(out)
        for equation in net.equations:
            if any(key in out for key in free_keys(equation.rhs)):
                out.add(equation.key)
    return out


def _head(lhs: Ref, moved: Collection[Key], index: Ref) -> Ref:
    return Ref(lhs.name, (index, *lhs.indices), lhs.span) if lhs.key in moved else lhs
