"""Names that stand in a line: which of them the network knows, and what a quantity with a bracket means."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from workings.errors import NotReadable
from workings.expr import (
    Big, Call, Equation, Expr, Network, Ref, Rel, free_keys, free_refs, fresh, preorder, rewrite, substitute,
)
from workings.expr.nodes import Key


def unknown_names(body: Expr, net: Network) -> list[str]:
    """Names of a line that the network does not know and that are no indices."""
    known = known_names(net)
    letters = {r.name for n in preorder(body) if isinstance(n, Ref) for i in n.indices for r in free_refs(i)}
    letters |= {r.name for n in preorder(body) if isinstance(n, Call) and n.function == "delta"
                for i in n.args for r in free_refs(i)}
    letters |= {n.index for n in preorder(body) if isinstance(n, Big)}
    letters |= _arguments(body)
    return [r.name for r in free_refs(body) if r.name not in known and r.name not in letters]


def _arguments(body: Expr) -> set[str]:
    """The letters of sigma'(z) = sigma(z)*(1 - sigma(z)): a line about a function holds for every argument."""
    head = body.args[0] if isinstance(body, Rel) else body
    if not isinstance(head, Call) or head.function in ("delta", "ind", "where"):
        return set()
    return {a.name for a in head.args if isinstance(a, Ref) and not a.indices}


def settled(body: Expr, net: Network) -> tuple[Expr, Network]:
    """The line with Ek[k] read as the family E[k] where that is meant, and y(x2, x1) as y at other inputs."""
    known = known_names(net)
    extra: list[Equation] = []

    def change(node: Expr) -> Expr:
        if isinstance(node, Ref) and node.indices and node.name not in known:
            return _family(node, net)
        if isinstance(node, Call) and (node.function, 0) in net.defs and node.function not in net.functions:
            return _elsewhere(node, net, extra)
        return node

    body = rewrite(body, change)
    return body, net.with_(equations=(*net.equations, *extra)) if extra else net


def _family(node: Ref, net: Network) -> Ref:
    """Ek[k] where the network has a family E[k]: the index is written twice."""
    for name, places in net.defs:
        if places == len(node.indices) and node.name.startswith(name):
            letters = [i.name for i in net.defs[name, places][0].lhs.indices if isinstance(i, Ref)]
            if node.name in (name + "".join(letters), f"{name}_{'_'.join(letters)}"):
                return Ref(name, node.indices, node.span)
    return node


def _elsewhere(node: Call, net: Network, extra: list[Equation]) -> Expr:
    """y(x2, x1): the equations of y again, under new names, with other inputs."""
    equations = needed(net, [Ref(node.function)])
    used = {r.name for e in equations for r in free_refs(e.rhs)}
    inputs = [name for name, places in net.inputs if name in used and not places]
    if len(inputs) != len(node.args):
        raise NotReadable(
            f"{node.function} has {len(inputs)} inputs, and {len(node.args)} are given", span=node.span,
            expected=f"{node.function}({', '.join(inputs)})",
        )
    if all(isinstance(a, Ref) and a.name == n for a, n in zip(node.args, inputs)):
        return Ref(node.function, (), node.span)
    taken = known_names(net) | {e.lhs.name for e in extra}
    table: dict[str, Expr] = dict(zip(inputs, node.args))
    for e in equations:
        name = fresh(e.lhs.name, taken)
        taken.add(name)
        table[e.lhs.name] = Ref(name)
    for e in equations:
        head = table[e.lhs.name]
        assert isinstance(head, Ref)
        extra.append(Equation(head, substitute(e.rhs, table)))
    return table[node.function]


def needed(net: Network, exprs: Sequence[Expr]) -> list[Equation]:
    """The equations that the expressions need, in the order of the network."""
    seen: dict[Key, None] = {}
    stack = list(exprs)
    while stack:
        for ref in free_refs(stack.pop()):
            key = ref.key
            if key in net.defs and key not in seen:
                seen[key] = None
                stack.extend(e.rhs for e in net.defs[key])
    return [e for e in net.equations if e.key in seen] if seen else []


_LETTERS: WeakKeyDictionary[Network, dict[tuple[str, int], str]] = WeakKeyDictionary()


def place_letters(net: Network) -> dict[tuple[str, int], str]:
    """The letter with a declared range that stands at each place of each family: ("x", 1) has k in x[i,k]."""
    found = _LETTERS.get(net)
    if found is None:
        found = _LETTERS[net] = {}
        for node in (n for q in net.equations for e in (q.lhs, q.rhs) for n in preorder(e)):
            if isinstance(node, Ref):
                for i, place in enumerate(node.indices):
                    if isinstance(place, Ref) and place.name in net.ranges:
                        found.setdefault((node.name, i), place.name)
    return found


def range_letter(net: Network, index: str, body: Expr) -> str:
    """A letter with a declared range that runs as the index does: itself, as i for i', or of the place where it
    stands in the body; "" if none is known."""
    for name in (index, index.rstrip("'0123456789")):
        if name in net.ranges:
            return name
    letters = place_letters(net)
    for node in preorder(body):
        if isinstance(node, Ref):
            for i, place in enumerate(node.indices):
                if isinstance(place, Ref) and place.name == index and (node.name, i) in letters:
                    return letters[node.name, i]
    return ""


def openable(net: Network, key: Key) -> bool:
    """Has the name one equation that can be put in its place: no recurrence, no entries of their own?"""
    equations = net.defs[key]
    if len(equations) != 1:
        return False
    lhs, rhs = equations[0].lhs, equations[0].rhs
    plain = all(isinstance(i, Ref) and not i.indices and i.name not in net.sizes for i in lhs.indices)
    return plain and all(r.key != key for r in free_refs(rhs)) and key not in stepping(net)


_STEPPING: WeakKeyDictionary[Network, frozenset[Key]] = WeakKeyDictionary()


def stepping(net: Network) -> frozenset[Key]:
    """The families that need themselves at another step, alone or in a circle: h[t] by h[t-1]."""
    from workings.derive.recurrences import circles

    found = _STEPPING.get(net)
    if found is None:
        needs = {key: [k for e in lines for k in free_keys(e.rhs) if k[1] and k in net.defs]
                 for key, lines in net.defs.items() if key[1]}
        found = _STEPPING[net] = frozenset(key for group in circles(needs) for key in group)
    return found


def axis_sizes(net: Network, name: str, axis: int) -> list[str]:
    """The symbolic sizes that the length of an axis of an array or family gives."""
    ends: list[Expr] = []
    if name in net.shapes and axis < len(net.shapes[name]):
        ends.append(net.shapes[name][axis])
    for e in net.equations:
        for node in (n for x in (e.lhs, e.rhs) for n in preorder(x)):
            if isinstance(node, Ref) and node.name == name and axis < len(node.indices):
                place = node.indices[axis]
                if isinstance(place, Ref) and place.name in net.ranges:
                    ends.append(net.ranges[place.name].hi)
    return list(dict.fromkeys(r.name for r in ends if isinstance(r, Ref)))


def known_names(net: Network) -> set[str]:
    """Every name that the network uses or declares."""
    out = set(net.ranges) | set(net.shapes) | set(net.roles) | set(net.values) | set(net.sizes) | set(net.indices)
    for e in net.equations:
        out |= {r.name for r in (e.lhs, *free_refs(e.lhs), *free_refs(e.rhs))}
    for o in net.opaque.values():
        out |= {r.name for q in (o.lhs, *o.args) for r in (q, *free_refs(q))}
    return out
