"""What can be said only once all equations are there: roles, ranges of indices, quantities at other arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from workings.errors import BadValue, WorkingsError
from workings.expr import ONE, Big, Expr, Network, Range, Ref, Remark
from workings.expr.walk import preorder, rewrite, same
from workings.syntax.applications import PENDING, applied
from workings.syntax.pratt import Reader
from workings.syntax.scope import Scope, listed
from workings.syntax.tokens import tokens

Places = dict[tuple[str, int], Range]


def finish(net: Network, scope: Scope, roles: Mapping[str, Sequence[str] | None]) -> Network:
    """The network with ranges, applications and roles settled."""
    if scope.letters:
        net = with_ranges(net)
    if net.members:
        net = _with_members(net)
    net = with_roles(net, scope, roles)
    if scope.pending:
        net = with_applications(net)
    said = (*_undeclared(net, scope), *_runs(net))
    return net.with_(remarks=(*net.remarks, *said)) if said else net


def _undeclared(net: Network, scope: Scope) -> list[Remark]:
    """Names in norms, transposes and products of arrays that no line declares."""
    leaves = {name for name, places in net.leaves if not places}
    meant = [name for name in scope.meant if name in leaves and name not in net.shapes]
    if not meant:
        return []
    names = listed(meant).replace(" or ", " and ")
    stand, them = ("stand", "them") if len(meant) > 1 else ("stands", "it")
    if len(meant) == 1:
        kind = "it is read as a matrix" if meant[0][0].isupper() else "it is read as a vector"
    else:
        kind = "capital letters are read as matrices, small ones as vectors"
    sizes = "R^(m x n)" if meant[0][0].isupper() else "R^n"
    return [Remark("ambiguous", f"{names} {stand} where arrays stand, but no line declares {them}: {kind}; "
                   f"{meant[0]} in {sizes} declares {meant[0]}", scope.meant[meant[0]])]


def _runs(net: Network) -> list[Remark]:
    """`bc` beside b and c: one name in plain text."""
    names = {name for name, _ in (*net.defs, *net.leaves)}
    return [
        Remark("ambiguous", f"{name} is read as one name, though {' and '.join(dict.fromkeys(name))} are names "
               f"too; write {'*'.join(name)} for the product")
        for name, _ in net.leaves
        if 1 < len(name) <= 3 and name.isalpha() and name not in net.sizes and all(c in names for c in name)
    ]


def with_applications(net: Network) -> Network:
    """Every `y(x2, x1)` replaced by what it is worth."""

    def settled(tree: Expr) -> Expr:
        return applied(tree, net) if any(getattr(n, "primes", 0) == PENDING for n in preorder(tree)) else tree

    return net.with_(
        equations=tuple(replace(e, rhs=settled(e.rhs)) for e in net.equations),
        facts=tuple(settled(f) for f in net.facts),
    )


# -- ranges
def with_ranges(net: Network) -> Network:
    r"""Ranges that no line declares: of k in E_k beside \sum_{k=1}^N, of i' where i stands in the same place."""
    trees = [e.rhs for e in net.equations]
    stated = stated_ranges(trees)
    sizes = set(net.sizes)
    ranges = dict(net.ranges)
    places = place_ranges(net, {**stated, **ranges})
    for index, where in _needed(net).items():
        if index in ranges or (index in sizes and index not in stated):      # g[T] beside t = 1..T-1: T is no index
            continue
        found = stated.get(index) or ranges.get(index.rstrip("'0123456789")) or _by_place(where, places)
        if found is not None:
            ranges[index] = Range(index, found.lo, found.hi)
    return net if len(ranges) == len(net.ranges) else net.with_(ranges=ranges)


def stated_ranges(trees: Iterable[Expr]) -> dict[str, Range]:
    """The bounds of sums, by index; an index with different bounds in two sums has none."""
    out: dict[str, Range] = {}
    torn: set[str] = set()
    for tree in trees:
        for node in preorder(tree):
            if isinstance(node, Big) and node.lo is not None and node.hi is not None:
                before = out.setdefault(node.index, Range(node.index, node.lo, node.hi))
                if not (same(before.lo, node.lo) and same(before.hi, node.hi)):
                    torn.add(node.index)
    return {index: found for index, found in out.items() if index not in torn}


def place_ranges(net: Network, ranges: Mapping[str, Range]) -> Places:
    """The range of each place of each family, from the indices that stand in it, else from its declared size."""
    out: Places = {}
    heads = [e.lhs for e in net.equations]
    for tree in (*heads, *(e.rhs for e in net.equations)):
        for node in preorder(tree):
            if isinstance(node, Ref):
                for place, index in enumerate(node.indices):
                    if isinstance(index, Ref) and index.name in ranges:
                        out.setdefault((node.name, place), ranges[index.name])
    for name, axes in net.shapes.items():
        for place, size in enumerate(axes):
            out.setdefault((name, place), Range("", ONE, size))
    return out


def _needed(net: Network) -> dict[str, list[tuple[str, int]]]:
    """Indices of left sides and of sums without bounds, with the places in which they stand."""
    out: dict[str, list[tuple[str, int]]] = {}
    for equation in net.equations:
        letters = [r.name for i in equation.lhs.indices for r in preorder(i) if isinstance(r, Ref) and not r.indices]
        letters += [n.index for n in preorder(equation.rhs) if isinstance(n, Big) and n.lo is None]
        for letter in letters:
            out.setdefault(letter, [])
        if letters:
            for node in (*preorder(equation.lhs), *preorder(equation.rhs)):
                if isinstance(node, Ref):
                    for place, index in enumerate(node.indices):
                        if isinstance(index, Ref) and index.name in out:
                            out[index.name].append((node.name, place))
    return out


def _by_place(where: Iterable[tuple[str, int]], places: Places) -> Range | None:
    return next((places[w] for w in where if w in places), None)


def _with_members(net: Network) -> Network:
    """x[t] in R^d, t = 1..T, of data is x in R^(T x d); of what equations define only each entry is known."""
    defined = {name for name, _ in net.defs}
    known = {**stated_ranges(e.rhs for e in net.equations), **net.ranges}
    whole: dict[str, tuple[Expr, ...]] = {}
    for name, (places, axes) in net.members.items():
        ranges = [known[i.name] for i in places if isinstance(i, Ref) and i.name in known]
        if name not in defined and len(ranges) == len(places) and all(same(r.lo, ONE) for r in ranges):
            whole[name] = (*(r.hi for r in ranges), *axes)
    rest = {name: found for name, found in net.members.items() if name not in whole}
    return net.with_(shapes={**net.shapes, **whole}, members=rest)


def bounded(tree: Expr, net: Network) -> Expr:
    """A line's sums over fresh indices, with the bounds that the places of the index give."""
    fresh = {n.index for n in preorder(tree) if isinstance(n, Big) and n.lo is None and n.index not in net.ranges}
    if not fresh:
        return tree
    places = place_ranges(net, {**stated_ranges(e.rhs for e in net.equations), **net.ranges})

    def change(node: Expr) -> Expr:
        if not isinstance(node, Big) or node.lo is not None or node.index not in fresh:
            return node
        where = [(n.name, k) for n in preorder(node.body) if isinstance(n, Ref)
                 for k, i in enumerate(n.indices) if isinstance(i, Ref) and i.name == node.index]
        found = net.ranges.get(node.index.rstrip("'0123456789")) or _by_place(where, places)
        if found is None:
            return node
        return Big(node.op, node.index, node.body, found.lo, found.hi, node.condition, node.span)

    return rewrite(tree, change)


# -- roles
def with_roles(net: Network, scope: Scope, roles: Mapping[str, Sequence[str] | None]) -> Network:
    """The network with declared roles; names may be in either spelling."""
    given = {role: [plain(name, scope) for name in names] for role, names in roles.items() if names is not None}
    if not given:
        return net
    out = dict(net.roles)
    for role, names in given.items():
        # Those named are all that have the role: x2 is no input where inputs=["x1"].
        for key in net.with_role(role):
            if key[0] not in names:
                out[key[0]] = "parameter" if role != "parameter" else "input"
    for role, names in given.items():
        out.update(dict.fromkeys(names, role))
    return net.with_(roles=out)


def plain(text: str, scope: Scope) -> str:
    """The plain spelling of a name given in either spelling."""
    lines = scope.lines
    scope.lines = True
    try:
        toks = tokens(text)
        toks.append(("end", "", len(text), len(text)))
        reader = Reader(scope)
        reader.start(toks, text, "\\" in text or "{" in text)
        tree = reader.whole()
    except WorkingsError:
        raise BadValue(f"{text} is no name", expected="a name of the network") from None
    finally:
        scope.lines = lines
    if not isinstance(tree, Ref):
        raise BadValue(f"{text} is no name", expected="a name of the network")
    return tree.name
