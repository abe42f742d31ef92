"""Where two sides part at a point: at which unit, which is off or on there, or at which factor, term or argument.

Everything said is certain at the point: signs of pre-activations are exact or those of balls that exclude 0, and two
parts are told apart only where their balls do not meet.  Which parts correspond is read off the two trees: equal
factors and terms are struck out (equal at a second, generic point too), and what is left is looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from workings.limits import PARTING_NODES
from workings.checking.numeric import CREASED, NoValue, Point, Unknown, Value
from workings.checking.search import flint, shown
from workings.expr import (
    ONE, Add, Call, Claim, Div, Expr, Mul, Neg, Num, Pow, Ref, free_refs, preorder, rewrite, same, substitute,
)

MINUS = Num(-1, "-1")
UNITS_SAID = 3


@dataclass(eq=False)
class Parting:
    """Two scalar sides (`truth` first), the definitions they need, and the names that a person knows."""

    truth: Expr
    said: Expr
    defs: Mapping[str, Expr]
    at: Mapping[str, Fraction]
    known: Callable[[str], bool]
    named: Mapping[str, Expr]          # quantities of the network by which units are called
    alone: str = ""           # what to say where one side has a factor or term that the other has not

    def place(self) -> str:
        """Where the two part, in words; "" where nothing certain can be said."""
        units = list(self._units())
        for unit in units:
            if self._decides(unit):
                return f"{self._unit_said(unit)}; {'there' if unit.state == 0 else 'otherwise'} the two would agree"
        part = self._part()
        if part:
            return part
        return "; ".join(self._unit_said(u) for u in units[:UNITS_SAID])

    # -- units
    def _units(self) -> Iterator[Unit]:
        """The creases that the two sides evaluate here, in reading order, each once."""
        seen: list[Call] = []
        for expr in (self.truth, self.said, *self._needed()):
            for node in preorder(expr):
                if not isinstance(node, Call) or node.function not in CREASED or any(same(node, s) for s in seen):
                    continue
                seen.append(node)
                pre = _pre(node)
                value = self._value(pre) if pre is not None else None
                if pre is not None and value is not None and self.presentable(pre):
                    yield Unit(node, pre, value, _sign(value))

    def _needed(self) -> list[Expr]:
        seen: dict[str, Expr] = {}
        stack = [self.truth, self.said]
        while stack:
            for r in free_refs(stack.pop()):
                if r.name in self.defs and r.name not in seen:
                    seen[r.name] = self.defs[r.name]
                    stack.append(seen[r.name])
        return list(seen.values())

    def _decides(self, unit: Unit) -> bool:
        """Would the two sides agree here if this unit stood on its other side?"""
        other = _other_branch(unit)
        if other is None:
            return False

        def turned(node: Expr) -> Expr:
            return other if same(node, unit.call) else node

        try:
            point = Point({n: flint(v) for n, v in self.at.items()}, {
                n: rewrite(e, turned) for n, e in self.defs.items()})
            return _meet(point.value(rewrite(self.truth, turned)), point.value(rewrite(self.said, turned)))
        except (NoValue, Unknown):
            return False

    def _unit_said(self, unit: Unit) -> str:
        from workings.notation import plain

        units = [(n, e) for n, e in (*self.named.items(), *self.defs.items()) if self.known(n) and isinstance(e, Call)]
        named = next((n for n, e in units if same(e, unit.call)), None) or next(
            (n for n, e in units if e.function in CREASED and _same_pre(e, unit.pre)), None)
        name = f"unit {named}" if named else f"the unit {plain(unit.call)}"
        state = {-1: "off", 0: "on its crease", 1: "on"}[unit.state]
        if unit.call.function in ("abs", "sign"):
            state = {-1: "on its negative side", 0: state, 1: "on its positive side"}[unit.state]
        elif unit.call.function in ("max", "min") and unit.state and not _is_relu(unit.call):
            first = (unit.state > 0) == (unit.call.function == "max")
            state = f"equal to {plain(unit.call.args[0 if first else 1])}"
        return f"{name} is {state} here ({plain(unit.pre)} = {shown(unit.value)})"

    # -- parts
    def _part(self) -> str:
        generic = self._generic()
        t, s = self.truth, self.said
        whole = True
        for _ in range(40):
            t, s = self._opened(t, s)
            step = self._into(t, s, generic)
            if step is None:
                break
            t, s = step
            whole = False
            if self.alone:
                break
        return "" if whole else self._part_said(t, s)

    def _opened(self, t: Expr, s: Expr) -> tuple[Expr, Expr]:
        """Names that a person does not know are opened; a quantity's own equation, where the other side is written."""
        for _ in range(20):
            if isinstance(t, Ref) and t.name in self.defs and not (isinstance(s, Ref) and self.known(t.name)):
                t = self.defs[t.name]
            elif isinstance(s, Ref) and s.name in self.defs and not self.known(s.name):
                s = self.defs[s.name]
            else:
                break
        return t, s

    def _into(self, t: Expr, s: Expr, generic: Point | None) -> tuple[Expr, Expr] | None:
        """The one pair of parts in which the two trees differ; None where they are to be told apart as they stand."""
        if isinstance(t, Call) and isinstance(s, Call) and t.function == s.function and len(t.args) == len(s.args):
            pairs = [(a, b) for a, b in zip(t.args, s.args) if not self._equal(a, b, generic)]
            return pairs[0] if len(pairs) == 1 and t.primes == s.primes else None
        if isinstance(t, Pow) and isinstance(s, Pow) and self._equal(t.exponent, s.exponent, generic):
            return (t.base, s.base) if not self._equal(t.base, s.base, generic) else None
        for parts, unit in ((self._terms, Num(0, "0")), (self._factors, ONE)):
            left, right = parts(t), parts(s)
            if len(left) + len(right) < 3:
                continue
            left, right = self._struck(left, right, generic)
            if len(left) <= 1 and len(right) <= 1 and left + right:
                if not (left and right):
                    kind = "factor" if unit is ONE else "term"
                    self.alone = f"your side {'lacks' if left else 'has'} the {kind} {{}}"
                return (left[0] if left else unit), (right[0] if right else unit)
        return None

    def _struck(self, left: list[Expr], right: list[Expr], generic: Point | None) -> tuple[list[Expr], list[Expr]]:
        rest = list(right)
        out = []
        for a in left:
            for b in rest:
                if self._equal(a, b, generic):
                    rest.remove(b)
                    break
            else:
                out.append(a)
        return out, rest

    def _terms(self, e: Expr) -> list[Expr]:
        out: list[Expr] = []
        stack: list[tuple[Expr, bool]] = [(e, False)]
        while stack:
            node, minus = stack.pop()
            if isinstance(node, Add):
                stack.extend((a, minus) for a in reversed(node.args))
            elif isinstance(node, Neg):
                stack.append((node.arg, not minus))
            else:
                out.append(Neg(node) if minus else node)
        return out

    def _factors(self, e: Expr) -> list[Expr]:
        """The factors of a product, products behind unknown names opened; 1/b is b^-1."""
        out: list[Expr] = []
        stack: list[tuple[Expr, bool]] = [(e, True)]
        while stack and len(out) < PARTING_NODES:
            node, up = stack.pop()
            if isinstance(node, Claim):
                node = node.inner
            if isinstance(node, Mul):
                stack.extend((a, up) for a in reversed(node.args))
            elif isinstance(node, Neg):
                stack += [(node.arg, up), (MINUS, True)]
            elif isinstance(node, Div):
                stack += [(node.bottom, not up), (node.top, up)]
            elif isinstance(node, Ref) and node.name in self.defs and not self.known(node.name):
                stack.append((self.defs[node.name], up))
            elif not (isinstance(node, Num) and node.value == 1):
                out.append(node if up else Pow(node, MINUS))
        return out

    def _part_said(self, t: Expr, s: Expr) -> str:
        from workings.notation import plain

        a, b = self._value(t), self._value(s)
        if a is None or b is None or _meet(a, b):
            return ""
        t, s = self._readable(t), self._readable(s)
        if not (self.presentable(t) and self.presentable(s)):
            return ""
        mine, true = (_equals(plain(e), shown(v)) for e, v in ((s, b), (t, a)))
        if self.alone:
            sole = t if "lacks" in self.alone else s
            if isinstance(sole, Num) and sole.value == -1:
                return "your side has the other sign"
            return self.alone.format(true if sole is t else mine)
        return f"they part at your {mine}, where the truth has {true}"

    def _readable(self, e: Expr) -> Expr:
        """The part with unknown names written out, while it stays short."""
        for _ in range(6):
            inner = {r.name: self.defs[r.name] for r in free_refs(e) if not self.known(r.name) and r.name in self.defs}
            if not inner:
                break
            e = substitute(e, inner)
            if sum(1 for _ in preorder(e)) > PARTING_NODES:
                break
        return rewrite(e, _flat)

    def presentable(self, e: Expr) -> bool:
        """Is it short, and made of names that the person knows?"""
        return sum(1 for _ in preorder(e)) <= PARTING_NODES and all(self.known(r.name) for r in free_refs(e))

    # -- values
    def _value(self, e: Expr) -> Value | None:
        try:
            return Point({n: flint(v) for n, v in self.at.items()}, self.defs).value(e)
        except (NoValue, Unknown):
            return None

    def _generic(self) -> Point | None:
        """A point at which parts do not agree by chance."""
        at = {n: flint(Fraction(37 + 17 * i, 41 + 6 * i)) for i, n in enumerate(self.at)}
        try:
            point = Point(at, self.defs)
            point.value(self.truth)
            point.value(self.said)
        except (NoValue, Unknown):
            return None
        return point

    def _equal(self, a: Expr, b: Expr, generic: Point | None) -> bool:
        if same(a, b):
            return True
        p, q = self._value(a), self._value(b)
        if p is None or q is None or not _meet(p, q):
            return False
        if generic is None:
            return True
        try:
            return _meet(generic.value(a), generic.value(b))
        except (NoValue, Unknown):
            return False


@dataclass(frozen=True, slots=True)
class Unit:
    """A crease at a point: its pre-activation, the value there, and -1, 0 or 1."""

    call: Call
    pre: Expr
    value: Value
    state: int


def _pre(call: Call) -> Expr | None:
    """The pre-activation: of max(a, b) and min(a, b) it is a - b, of max(0, z) and max(z, 0) it is z."""
    if call.function in ("max", "min"):
        if len(call.args) != 2:
            return None
        a, b = call.args
        for zero, z in ((a, b), (b, a)):
            if isinstance(zero, Num) and zero.value == 0:
                return z
        return Add((a, Neg(b)))
    return None if call.function == "clip" else call.args[0]


def _is_relu(call: Call) -> bool:
    return any(isinstance(a, Num) and a.value == 0 for a in call.args)


def _same_pre(call: Call, pre: Expr) -> bool:
    own = _pre(call)
    return own is not None and same(own, pre)


def _other_branch(unit: Unit) -> Expr | None:
    """What the unit would be on the other side of its crease."""
    z, on = unit.pre, unit.state > 0
    name, args = unit.call.function, unit.call.args
    if unit.state == 0:
        return None
    if name == "relu":
        return Num(0, "0") if on else z
    if name == "abs":
        return Neg(z) if on else z
    if name == "step":
        return Num(0, "0") if on else ONE
    if name == "sign":
        return MINUS if on else ONE
    if name == "leaky":
        return Mul((args[1], z)) if on else z
    if name in ("max", "min"):
        a, b = args
        smaller = b if _first_is_larger(unit) else a
        return smaller if name == "max" else (a if smaller is b else b)
    return None


def _first_is_larger(unit: Unit) -> bool:
    a, b = unit.call.args
    flipped = isinstance(a, Num) and a.value == 0 and same(unit.pre, b)      # max(0, z) has the pre-activation z
    return (unit.state > 0) != flipped


def _flat(node: Expr) -> Expr:
    """(a*b)*c as a*b*c."""
    if not isinstance(node, Mul):
        return node
    return Mul(tuple(f for a in node.args for f in (a.args if isinstance(a, Mul) else (a,))))


def _sign(v: Value) -> int:
    return 1 if v > 0 else -1 if v < 0 else 0


def _meet(a: Value, b: Value) -> bool:
    d = a - b
    return bool(d == 0 if hasattr(d, "q") else d.contains(0))


def _equals(text: str, value: str) -> str:
    return text if text == value else f"{text} = {value}"


def where(
    truth: Expr, said: Expr, defs: Mapping[str, Expr], at: Mapping[str, Fraction], known: Sequence[str],
    named: Mapping[str, Expr] | None = None,
) -> str:
    """At which unit, factor, term or argument two scalar sides part at a point.

    `known`: the names to be used; `named`: quantities by which units may be called, beside those in `defs`.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read_expression
    >>> a, b = (read_expression(e, signatures()) for e in ("1 - relu(x)", "1 - x"))
    >>> where(a, b, {}, {"x": Fraction(-1)}, ["x"])
    'the unit relu(x) is off here (x = -1); otherwise the two would agree'
    """
    from flint import ctx

    names = frozenset(known)
    old, ctx.prec = ctx.prec, 200
    try:
        return Parting(truth, said, defs, at, lambda n: n.partition("[")[0] in names, named or {}).place()
    finally:
        ctx.prec = old
