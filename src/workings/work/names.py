"""Names as a person gives them, in either spelling, made into the quantities of a network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workings.errors import BadValue, NotReadable, Source
from workings.expr import Expr, Key, Network, Ref

Names = str | Sequence[str] | None
NameLike = str | Expr | Key


def names(given: Names) -> list[str] | None:
    """Names in plain spelling, from a list or from "x1, x_2"."""
    if given is None:
        return None
    parts = split(given) if isinstance(given, str) else list(given)
    return [plain_name(part) for part in parts]


def split(text: str) -> list[str]:
    """A text cut at its commas and semicolons outside brackets.

    >>> split("x[1,2], (1, -1); b")
    ['x[1,2]', '(1, -1)', 'b']
    """
    out, depth, start = [], 0, 0
    for at, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if c in ",;\n" and depth <= 0:
            out.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*out, text[start:]) if part.strip()]


def expression(text: str, net: Network | None = None) -> Expr:
    """An expression in either spelling; what is wrong with it is shown under a caret."""
    from workings.functions import signatures
    from workings.syntax import read_expression

    if not isinstance(text, str):
        raise BadValue(f"cannot read a {type(text).__name__} as a formula", expected="text such as 'w13' or 'x1 + 1'")
    try:
        return read_expression(text, signatures(), net)
    except NotReadable as error:
        raise error.located(Source(text)) from None


def plain_name(text: str, net: Network | None = None) -> str:
    from workings.notation import plain

    expr = expression(text, net)
    if not isinstance(expr, Ref):
        raise BadValue(f"{text} is not a name", expected="a name such as x1 or w_{13}")
    return plain(expr)


def ref(given: NameLike, net: Network) -> Ref:
    """The quantity that a name means in a network, in either spelling: "w13", "w_{13}", "w[i]"."""
    expr = given if isinstance(given, Expr) else Ref(given[0]) if isinstance(given, tuple) else expression(given, net)
    if not isinstance(expr, Ref):
        raise BadValue(f"{given} is not the name of a quantity", expected="one name, such as E or w_{13}")
    known = known_keys(net)
    if net.variable(expr.key) in known or (expr.name in net.shapes and not expr.indices):
        return expr
    family = next((key for key in known if key[0] == expr.name and key[1] > 0), None)
    if family is not None and not expr.indices:
        return _member(family, net)
    if family is not None and family[1] != len(expr.indices):
        raise BadValue(f"{expr.name} has {family[1]} index places, not {len(expr.indices)}")
    raise _unknown(expr.name, known, net)


def known_keys(net: Network) -> tuple[Key, ...]:
    """Everything that has a name: defined, left open, or used."""
    return tuple(dict.fromkeys((*net.defs, *net.opaque, *net.leaves)))


def _member(family: Key, net: Network) -> Ref:
    """The general member of a family: `w` means w[i], with the indices that the network itself uses."""
    from workings.expr import preorder

    found = [node for equation in net.equations for node in (equation.lhs, *preorder(equation.rhs))
             if isinstance(node, Ref) and node.key == family]
    plain = [n for n in found if all(isinstance(i, Ref) and not i.indices for i in n.indices)]
    if plain:                                        # z[j] rather than z[y], whose y is data
        running = (n for n in plain if all(isinstance(i, Ref) and i.name in net.ranges for i in n.indices))
        return Ref(plain[0].name, next(running, plain[0]).indices)
    raise BadValue(f"{family[0]} is a family", expected=f"one member, such as {family[0]}[1]")


def _unknown(name: str, known: Iterable[Key], net: Network) -> BadValue:
    from difflib import get_close_matches

    there = list(dict.fromkeys(key[0] for key in known))
    near = get_close_matches(name, there, 1, 0.5)
    shown = ", ".join(there[:12]) + (f" and {len(there) - 12} more" if len(there) > 12 else "")
    return BadValue(
        f"the network has no quantity {name}",
        expected=f"one of {shown}" if there else "a network with at least one equation",
        hint=f"did you mean {near[0]}?" if near else "",
    )


def loss(net: Network) -> Ref:
    """The quantity to derive when none is named: the last one that no other equation uses."""
    from workings.expr import free_keys

    used = {net.variable(key) for equation in net.equations for key in free_keys(equation.rhs)}
    ends = [e.lhs for e in net.equations if e.key not in used and not e.lhs.indices]
    if not ends:
        raise BadValue("it is not clear which quantity is meant", expected="its name: of='E'")
    return ends[-1]


def other_entry(entry: Ref, net: Network, avoid: Ref | None = None) -> Ref:
    """The general entry of the same family in other letters: w[j], or w[i'], for w[i]; none that `avoid` has."""
    from workings.expr import same

    used = {i.name for r in (entry, avoid) if r is not None for i in r.indices if isinstance(i, Ref)}
    out: list[Expr] = []
    for index in entry.indices:
        if isinstance(index, Ref) and index.name in net.ranges:
            own = net.ranges[index.name]
            alike = (x for x, r in net.ranges.items() if x not in used and same(r.lo, own.lo) and same(r.hi, own.hi))
            name = next(alike, f"{index.name}'")
            used.add(name)
            index = Ref(name)
        out.append(index)
    return Ref(entry.name, tuple(out))
