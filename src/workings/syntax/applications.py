"""A defined quantity at its own inputs or at others: y(x1, x2) is y, y(x2, x1) and y(1, -1) are substituted."""

from __future__ import annotations

from workings.limits import APPLIED_NODES
from workings.errors import NotReadable, OutOfReach
from workings.expr import Call, Equation, Expr, Key, Mul, Network, Ref
from workings.expr.walk import fold, free_keys, free_refs, rewrite, substitute

PENDING = -1                  # the `primes` of a call that stands for a quantity at arguments


def applied(tree: Expr, net: Network) -> Expr:
    """`tree` with every quantity at arguments settled."""

    def change(node: Expr) -> Expr:
        return _settle(node, net) if isinstance(node, Call) and node.primes == PENDING else node

    return rewrite(tree, change)


def _settle(call: Call, net: Network) -> Expr:
    quantity = Ref(call.function, (), call.span)
    listed = net.brackets.get(call.function, ())
    own = [(n, 0) for n in listed] if len(listed) == len(call.args) else inputs_of(quantity.key, net)
    if len(own) != len(call.args):
        if len(call.args) == 1:
            return Mul((quantity, call.args[0]), call.span)
        raise NotReadable(
            f"{call.function} depends on {len(own)} inputs, but is given {len(call.args)}",
            span=call.span,
            expected=f"{call.function}({', '.join(name for name, _ in own)})" if own else call.function,
        )
    if all(isinstance(a, Ref) and a.key == key for a, key in zip(call.args, own)):
        return quantity
    table = {name: arg for (name, _), arg in zip(own, call.args)}
    return _at(quantity.key, table, net, call)


def inputs_of(key: Key, net: Network) -> list[Key]:
    """The inputs on which a quantity depends, x2 before x10."""
    seen: dict[Key, None] = {key: None}
    todo = [key]
    while todo:
        for equation in net.defs.get(todo.pop(), ()):
            for inner in free_keys(equation.rhs):
                if inner not in seen:
                    seen[inner] = None
                    todo.append(inner)
    return [k for k in net.inputs if k in seen]


def _at(key: Key, table: dict[str, Expr], net: Network, call: Call) -> Expr:
    """The quantity with its inputs replaced, in the order of the network's own equations."""
    needed = _between(key, set(table), net)
    sizes: dict[str, int] = {}
    done: dict[str, Expr] = dict(table)
    for equation in net.ordered:
        if equation.key not in needed:
            continue
        if equation.lhs.indices or len(net.defs[equation.key]) > 1:
            family = equation.lhs.name
            raise OutOfReach(f"{call.function} at other arguments runs through the family {family}", span=call.span)
        size = _size(equation, sizes)
        if size > APPLIED_NODES:
            raise OutOfReach(f"{call.function} at other arguments is too long to be written out", span=call.span,
                             hint="give the arguments as values to run")
        sizes[equation.lhs.name] = size
        done[equation.lhs.name] = substitute(equation.rhs, done)
    return done[key[0]]


def _size(equation: Equation, sizes: dict[str, int]) -> int:
    own = fold(equation.rhs, lambda node, inner: 1 + sum(inner))
    return int(own) + sum(sizes.get(r.name, 0) for r in free_refs(equation.rhs))


def _between(key: Key, names: set[str], net: Network) -> set[Key]:
    """The defined quantities between the inputs and `key` that depend on the inputs."""
    depends: set[Key] = set()
    for equation in net.ordered:
        if any((k[0] in names and not k[1]) or k in depends for k in free_keys(equation.rhs)):
            depends.add(equation.key)
    needed: set[Key] = {key}
    for equation in reversed(net.ordered):
        if equation.key in needed:
            needed.update(k for k in free_keys(equation.rhs) if k in depends)
    return needed
