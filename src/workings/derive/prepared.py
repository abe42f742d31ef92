"""A network made ready for what goes through its recurrences: each with its range, in the letter of its step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workings.derive.recurrences import circles, lags_of, letters_of, recurrent
from workings.derive.terms import Arena
from workings.derive.written import to_expr, to_term
from workings.errors import OutOfReach
from workings.expr import Equation, Expr, Key, Network, Num, Range, Ref, free_refs, rewrite, same, substitute

Link = tuple[Key, Key, dict[str, int]]        # a family, one that it uses, and how many steps back, by letter


def prepared(net: Network) -> Network:
    """The network with its recurrences as `Domains` takes them.

    h[0] = h[0] (a text's h_0 = h0) says nothing; h[t+1] = f(h[t]) is the equation of h[t]; where no range is
    written a letter runs from the entry after those that are given to the one that is used by name, h[T].
    """
    if not any(e.lhs.indices for e in net.equations):
        return net
    lines = tuple(e for e in net.equations if not same(e.lhs, e.rhs))
    if len(lines) < len(net.equations):
        net = net.with_(equations=lines)
    groups = recurrent(net)
    keys = {key for group in groups for key in group}
    if not keys:
        return net
    net = _unshifted(net, keys)
    for group in groups:
        _refuse_standing(net, group)
    found = {}
    for group in groups:
        letters = dict.fromkeys(x for k in group for e in net.defs[k] for x in letters_of(e, net))
        for letter in (x for x in letters if x not in net.ranges):
            ends = _ends(net, group, letter)
            if ends is not None:
                found[letter] = Range(letter, *ends)
    return net.with_(ranges={**net.ranges, **found}) if found else net


def _unshifted(net: Network, keys: set[Key]) -> Network:
    """h[t+1] = f(h[t]), t = 0..T-1, as h[t] = f(h[t-1]), t = 1..T."""
    lines: list[Equation] = []
    ranges = dict(net.ranges)
    arena = Arena()
    for equation in net.equations:
        for index in equation.lhs.indices if equation.key in keys else ():
            names = [r.name for r in free_refs(index) if r.name in net.ranges or r.name not in net.sizes]
            if isinstance(index, Ref) or len(names) != 1:
                continue
            (name,) = names
            shift = arena.sub(to_term(arena, index), arena.ref(name))
            if shift.kind != "num":
                raise OutOfReach(f"the left side {equation.lhs.name} has an index that is not {name} or {name} shifted",
                                 span=equation.lhs.span)
            letter = name if name not in ranges else _other(name, net, ranges)
            if name in net.ranges:
                lo, hi = (to_expr(arena.add((to_term(arena, e), shift))) for e in
                          (net.ranges[name].lo, net.ranges[name].hi))
                ranges[letter] = Range(letter, lo, hi)
            back = {name: to_expr(arena.sub(arena.ref(letter), shift))}
            lhs = Ref(equation.lhs.name, tuple(_plain(arena, substitute(i, back)) for i in equation.lhs.indices))
            rhs = rewrite(substitute(equation.rhs, back), lambda n: _indexed(arena, n))
            equation = Equation(lhs, rhs, equation.span, equation.tag)
        lines.append(equation)
    return net.with_(equations=tuple(lines), ranges=ranges)


def _other(name: str, net: Network, ranges: Mapping[str, Range]) -> str:
    """A letter that is not taken; t' would run as t does."""
    used = {r.name for e in net.equations for r in (e.lhs, *free_refs(e.lhs), *free_refs(e.rhs))} | set(ranges)
    return next((x for x in ("s", "k", "m", "n", "r", "tau") if x not in used), f"{name}_1")


def _plain(arena: Arena, index: Expr) -> Expr:
    return to_expr(to_term(arena, index))


def _indexed(arena: Arena, node: Expr) -> Expr:
    if isinstance(node, Ref) and node.indices:
        return Ref(node.name, tuple(_plain(arena, i) for i in node.indices), node.span)
    return node


def _ends(net: Network, group: tuple[Key, ...], letter: str) -> tuple[Expr, Expr] | None:
    """1 and T for h[0] = ..., h[t] = f(h[t-1]), E = h[T]."""
    starts: list[int] = []
    last: dict[str, None] = {}
    for key in group:
        heads = [e.lhs.indices for e in net.defs[key]]
        for n in dict.fromkeys(n for at in heads for n, i in enumerate(at) if isinstance(i, Ref) and i.name == letter):
            given = [i.value for at in heads if isinstance(i := at[n], Num)]
            starts += [v for v in given if isinstance(v, int)]
            for equation in net.equations:
                for ref in free_refs(equation.rhs):
                    if ref.key == key and isinstance(i := ref.indices[n], Ref) and i.name not in net.indices:
                        last.setdefault(i.name)
    if not starts or len(last) != 1:
        return None
    first = max(starts) + 1
    return Num(first, str(first)), Ref(next(iter(last)))


def _refuse_standing(net: Network, group: tuple[Key, ...]) -> None:
    """A recurrence goes one way: every circle of uses leads to another step, all to earlier or all to later ones."""
    arena = Arena()
    links: list[Link] = []
    for equation in (e for key in group for e in net.defs[key]):
        letters = letters_of(equation, net)
        for ref in free_refs(equation.rhs):
            if letters and ref.key in group:
                lags = lags_of(arena, ref, letters)
                if lags is None:
                    return                            # an index that is data, or a sum over earlier steps
                links.append((equation.key, ref.key, lags))
    if not _advances(links):
        name = group[0][0]
        raise OutOfReach(f"the recurrence of {name} has no direction: it uses earlier and later steps, or none",
                         span=net.defs[group[0]][-1].span, hint=f"let {name} use steps on one side only")


def _advances(links: Sequence[Link]) -> bool:
    needs: dict[Key, list[Key]] = {}
    for user, used, _ in links:
        needs.setdefault(user, []).append(used)
        needs.setdefault(used, [])
    inside = [link for link in links for group in circles(needs) if link[0] in group and link[1] in group]
    if not inside:
        return True
    for letter in dict.fromkeys(x for _, _, lags in inside for x in lags):
        steps = [lags.get(letter, 0) for _, _, lags in inside]
        if any(steps) and (min(steps) >= 0 or max(steps) <= 0):
            return _advances([link for link, n in zip(inside, steps, strict=True) if n == 0])
    return False
