"""Arrays written in indices: `z = W @ x + b` is the family `z[i] = sum(j, W[i,j]*x[j]) + b[i]`.

Matrix notation is a way to write and to print; every engine reads what this makes.  The method is that of Laue,
Mitterreiter and Giesen (NeurIPS 2018): Einstein notation, so that one set of rules serves all ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from weakref import WeakKeyDictionary

from workings.errors import OutOfReach, WorkingsError
from workings.expr import (
    All, Array, Big, Deriv, Equation, Expr, Key, Logic, Network, Num, Ref, Rel, free_keys, free_refs, preorder,
    rewrite,
)
from workings.forms.entries import Entries, filled
from workings.forms.letters import Letters
from workings.shape import Shapes, has_arrays, settled, shapes


@dataclass(eq=False)
class Indexed:
    """A network in indices: `net`; `axes`: the index letters of each array; `written`: the network as it was written.

    Without arrays `net` is the network itself.
    """

    net: Network
    written: Network
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shapes: Shapes | None = None
    entries: Entries | None = None
    bound: frozenset[str] = frozenset()

    def lower(self, expr: Expr, free: tuple[Expr, ...] | None = None) -> Expr:
        """An expression in indices, at the entry `free`; without it at the letters of its own axes.

        Raises `ShapeError` where its parts do not fit each other.
        """
        if self.entries is None:
            return expr
        at = self.free(expr) if free is None else free
        return self.entries.entry(expr, at, used(expr) | used(*at))

    def line(self, body: Expr) -> Expr:
        """A person's line in indices, at one entry of its sides; a name that it gives gets the axes of its other side.

        Raises `ShapeError` where the sides or their parts do not fit each other.
        """
        if self.shapes is None:
            return body
        if isinstance(body, Logic):
            return body.rebuild(tuple(self.line(a) for a in body.args))
        body = self.named(body)
        if isinstance(body, Rel) and isinstance(body.args[0], Ref):
            self.shapes.adopt(body.args[0], body.args[1])
        return self.lower(body)

    def named(self, body: Expr) -> Expr:
        """A line in which every gradient says by what it is."""
        return rewrite(body, self._by_what) if self.shapes is not None else body

    def _by_what(self, node: Expr) -> Expr:
        """The gradient of J(w) without a name below it is by w; raises `OutOfReach` where nothing lists one name."""
        if not isinstance(node, Deriv) or node.wrt:
            return node
        listed = self.written.brackets.get(node.of.name, ()) if isinstance(node.of, Ref) else ()
        if len(listed) != 1:
            raise OutOfReach("a gradient without a name below it may be by any parameter", span=node.span,
                             hint="\\nabla_w J, or J(w) = ... where J is defined")
        return node.rebuild((node.of, Ref(listed[0])))

    def session(self) -> Indexed:
        """A copy that lines may give names to."""
        if self.shapes is None or self.entries is None:
            return self
        own = self.shapes.copy()
        return replace(self, shapes=own, entries=Entries(own, self.entries.letters))

    def free(self, expr: Expr, *others: Expr) -> tuple[Expr, ...]:
        """Index letters for the axes of an expression, none that `others` use: those of the name if it is one."""
        if self.entries is None or self.shapes is None:
            return ()
        taken = used(expr, *others)
        if isinstance(expr, Ref) and not expr.indices:
            own = self.axes.get(expr.name, ())
            if len(own) == len(self.shapes.of(expr)) and not taken.intersection(own):
                return tuple(Num(1, x) if x == "1" else Ref(x) for x in own)
            taken |= self.bound                     # dp[k]/dz[j]: not the letter of a sum in the equation of p
        return _letters(self.entries, self.shapes, expr, taken)


_KNOWN: WeakKeyDictionary[Network, Indexed] = WeakKeyDictionary()


def indexed(net: Network) -> Indexed:
    """The network with every array equation as a family of numbers with index letters and declared ranges.

    Raises `ShapeError` where shapes do not fit, `OutOfReach` for an operation without an index form.
    """
    found = _KNOWN.get(net)
    if found is None:
        try:
            found = _lowered(settled(net)) if has_arrays(net) else Indexed(net, net)
        except WorkingsError as error:
            raise error.located(net.source) from None
        _KNOWN[net] = found
        _KNOWN[found.net] = Indexed(found.net, found.net)
    return found


def of_rows(net: Network) -> bool:
    """Is a family given or defined row by row (X[t,.] = …, X[t] = W @ y) and used otherwise, as X or X[t,k]?

    >>> row = Equation(Ref("X", (Ref("t"), All())), Ref("a"))
    >>> of_rows(Network((row, Equation(Ref("L"), Ref("X")))))
    True
    """
    if any(isinstance(i, All) for e in net.equations for i in e.lhs.indices):
        return True
    families = {name: places for name, places in net.defs if places and (name, 0) not in net.defs}
    data = [k for k in net.leaves if k[1]]
    if not (families or data) or not has_arrays(net):
        return False
    if any(shapes(settled(net)).ranks.total.get(n, 0) > places for n, places in data):
        return True
    split = [k for e in net.equations for k in free_keys(e.rhs) if k[0] in families and k not in net.defs]
    if any(places not in (0, families[n]) for n, places in split):
        return True
    return any(shapes(settled(net)).ranks.total.get(n, 0) > families[n] for n, _ in split)


def _lowered(net: Network) -> Indexed:
    known = shapes(net)
    letters = Letters(net, known)
    entries = Entries(known, letters)
    equations = tuple(new for e in net.equations for new in _equations(entries, known, e))
    facts = tuple(_fact(entries, known, f) for f in net.facts)
    if not any(axes for _, axes in known.names()) and all(a is b for a, b in zip(equations, net.equations)):
        return Indexed(net, net)
    axes = _axes(entries, known, net, equations)
    # letters that a line may bring later get their ranges in this very table
    letters.ranges.update(net.ranges)
    lowered = net.with_(equations=equations, facts=facts, shapes={}, ranges=letters.ranges)
    bound = frozenset(n.index for e in equations for n in preorder(e.rhs) if isinstance(n, Big))
    return Indexed(lowered, net, axes, known, entries, bound)


def _equations(entries: Entries, known: Shapes, equation: Equation) -> list[Equation]:
    """A family for an equation of arrays; a written array is an equation for each entry."""
    lhs, taken = equation.lhs, used(equation.lhs, equation.rhs)
    out: list[Equation] = []
    for place, rhs in _parts(equation.rhs):
        left = Ref(lhs.name, (*lhs.indices, *place), lhs.span) if place else lhs
        at = _letters(entries, known, left, taken)
        left = filled(left, at) if at else left
        new = entries.entry(rhs, entries.fitting_of(rhs, at), taken | used(*at))
        out.append(equation if left is lhs and new is rhs else replace(equation, lhs=left, rhs=new))
    return out


def _parts(rhs: Expr) -> list[tuple[tuple[Expr, ...], Expr]]:
    """The entries of a written array with their places; any other right side as it is."""
    out: list[tuple[tuple[Expr, ...], Expr]] = [((), rhs)]
    while any(isinstance(e, Array) for _, e in out):
        out = [((*at, *place), part) for at, e in out for place, part in (
            [((Num(n, str(n)),), a) for n, a in enumerate(e.args, 1)] if isinstance(e, Array) else [((), e)])]
    return out


def _fact(entries: Entries, known: Shapes, fact: Expr) -> Expr:
    at = _letters(entries, known, fact, used(fact))
    return entries.entry(fact, at, used(fact) | used(*at))


def _letters(entries: Entries, known: Shapes, expr: Expr, taken: frozenset[str]) -> tuple[Expr, ...]:
    out: list[Expr] = []
    for axis in known.shape(expr).axes:
        out.append(entries.letters.pick(axis, taken))
        taken |= used(out[-1])
    return tuple(out)


def used(*exprs: Expr) -> frozenset[str]:
    """The letters that mean something in some expressions."""
    return frozenset(r.name for e in exprs for r in free_refs(e) if not r.indices)


def _axes(entries: Entries, known: Shapes, net: Network, equations: tuple[Equation, ...]) -> dict[str, tuple[str, ...]]:
    """The letters of the axes of each name, defined ones as in their equation."""
    out: dict[str, tuple[str, ...]] = {}
    whole = {e.lhs.name for e in net.equations if not e.lhs.indices}
    for new in equations:
        if new.lhs.indices and new.lhs.name in whole:
            own = new.lhs.indices
            if any(isinstance(i, Num) for i in own):         # a written array, or an axis of one entry
                own = _letters(entries, known, Ref(new.lhs.name), frozenset())
            out.setdefault(new.lhs.name, _names(own))
    for key in net.leaves:
        if key[0] not in out and _whole(known, key):
            out[key[0]] = _names(_letters(entries, known, Ref(key[0]), frozenset()))
    return out


def _names(at: Iterable[Expr]) -> tuple[str, ...]:
    """Index letters as names; the one index of an axis of one entry is 1."""
    return tuple(x.name if isinstance(x, Ref) else "1" for x in at)


def _whole(known: Shapes, key: Key) -> bool:
    return key[1] == 0 and bool(known.of(Ref(key[0])))
