"""Random expressions, equal ways to write them, single slips, and mpmath as the judge (it shares no code with us)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import mpmath as mp

from workings.expr import (
    Add, Big, Call, Div, Expr, Mul, Neg, Network, Num, Pow, Ref, Rel, free_refs, fresh, preorder, rewrite, same, substitute,
)

NAMES = ("x", "y", "z", "w")
FUNCTIONS = (
    "exp", "tanh", "sigmoid", "relu", "abs", "log", "sqrt", "cosh", "sinh", "softplus", "sin", "cos", "step",
    "logcosh", "sign",
)
ONE, TWO, HALF, MINUS = Num(1), Num(2), Num(Fraction(1, 2)), Num(-1)


def expression(r: random.Random, depth: int) -> Expr:
    k = r.random()
    if depth == 0 or k < 0.15:
        leaf = Ref(r.choice(NAMES[: r.choice([1, 2, 4])]))
        return leaf if r.random() < 0.75 else Num(r.choice([1, 2, 3, -1, Fraction(1, 2)]))
    inner = lambda: expression(r, depth - 1)  # noqa: E731
    if k < 0.42:
        return Add((inner(), inner()))
    if k < 0.62:
        return Mul((inner(), inner()))
    if k < 0.70:
        return Neg(inner())
    if k < 0.77:
        return Div(inner(), inner())
    if k < 0.83:
        return Pow(inner(), r.choice([TWO, Num(3), MINUS, HALF]))
    if k < 0.86:
        return Call("max", (inner(), inner()))
    return Call(r.choice(FUNCTIONS), (inner(),))


def call(name: str, *args: Expr) -> Call:
    return Call(name, args)


# -- equal forms
IDENTITIES: dict[str, list[Callable[[Expr], Expr]]] = {
    "tanh": [
        lambda a: Div(call("sinh", a), call("cosh", a)),
        lambda a: Add((Mul((TWO, call("sigmoid", Mul((TWO, a))))), MINUS)),
        lambda a: Neg(call("tanh", Neg(a))),
        lambda a: Add((ONE, Neg(Div(TWO, Add((call("exp", Mul((TWO, a))), ONE)))))),
    ],
    "sigmoid": [
        lambda a: Div(ONE, Add((ONE, call("exp", Neg(a))))),
        lambda a: Add((ONE, Neg(call("sigmoid", Neg(a))))),
        lambda a: Div(Add((ONE, call("tanh", Div(a, TWO)))), TWO),
    ],
    "relu": [
        lambda a: call("max", Num(0), a),
        lambda a: Div(Add((a, call("abs", a))), TWO),
        lambda a: Add((a, call("relu", Neg(a)))),
        lambda a: Mul((a, call("step", a))),
    ],
    "abs": [
        lambda a: call("max", a, Neg(a)),
        lambda a: call("sqrt", Pow(a, TWO)),
        lambda a: Add((call("relu", a), call("relu", Neg(a)))),
    ],
    "softplus": [
        lambda a: call("log", Add((ONE, call("exp", a)))),
        lambda a: Add((a, call("log", Add((ONE, call("exp", Neg(a))))))),
    ],
    "cosh": [lambda a: Div(Add((call("exp", a), call("exp", Neg(a)))), TWO)],
    "sinh": [lambda a: Neg(call("sinh", Neg(a)))],
    "exp": [lambda a: Add((call("cosh", a), call("sinh", a))), lambda a: Pow(call("exp", Div(a, TWO)), TWO)],
    "log": [lambda a: Neg(call("log", Div(ONE, a))), lambda a: Mul((TWO, call("log", call("sqrt", a))))],
    "sqrt": [lambda a: call("exp", Div(call("log", a), TWO)), lambda a: Pow(a, HALF)],
    "logcosh": [lambda a: call("log", call("cosh", a))],
    "sin": [lambda a: Neg(call("sin", Neg(a)))],
    "cos": [lambda a: call("cos", Neg(a))],
    "step": [lambda a: Div(Add((ONE, call("sign", a))), TWO)],
}


def rewritten(r: random.Random, expr: Expr, chance: float = 0.5) -> Expr:
    """The same function (where both are defined, off creases), written differently."""

    def change(e: Expr) -> Expr:
        if r.random() > chance:
            return e
        if isinstance(e, Add):
            return _of_sum(r, e)
        if isinstance(e, Mul):
            return _of_product(r, e)
        if isinstance(e, Neg):
            return Mul((MINUS, e.arg))
        if isinstance(e, Div):
            return Mul((e.top, Pow(e.bottom, MINUS)))
        if isinstance(e, Pow) and isinstance(e.exponent, Num) and e.exponent.value == 2:
            return Mul((e.base, e.base))
        if isinstance(e, Big):
            return _of_big(r, e)
        if isinstance(e, Call) and e.function == "max":
            a, b = e.args
            return Add((b, call("relu", Add((a, Neg(b))))))
        if isinstance(e, Call) and e.function in IDENTITIES:
            return r.choice(IDENTITIES[e.function])(e.args[0])
        return e

    return rewrite(expr, change)


def _of_sum(r: random.Random, e: Add) -> Expr:
    """Turned round, regrouped, a common factor taken out, or something added and taken away."""
    k = r.randrange(4)
    shared = _shared_factor(e) if k == 1 else None
    if shared is not None:
        return shared
    if k == 2 and len(e.args) > 2:
        return Add((e.args[0], Add(e.args[1:])))
    names = [n for n in preorder(e) if isinstance(n, Ref) and not n.indices]
    if k == 3 and names:
        return Add((*e.args, names[0], Neg(names[0])))
    return Add(tuple(reversed(e.args)))


def _shared_factor(e: Add) -> Expr | None:
    parts = [(t.args if isinstance(t, Mul) else (t,)) for t in e.args]
    for f in parts[0]:
        at = [next((i for i, g in enumerate(p) if same(f, g)), None) for p in parts]
        if None not in at:
            rests = [p[:i] + p[i + 1 :] for p, i in zip(parts, at) if i is not None]
            return Mul((f, Add(tuple(_product(q) for q in rests))))
    return None


def _product(factors: Sequence[Expr]) -> Expr:
    return ONE if not factors else factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _of_product(r: random.Random, e: Mul) -> Expr:
    """Turned round, regrouped, multiplied out, a factor taken into a sum, or a quotient of one number."""
    place = next((i for i, a in enumerate(e.args) if isinstance(a, Add)), None)
    k = r.randrange(5)
    if k == 0 and place is not None:
        rest = e.args[:place] + e.args[place + 1 :]
        return Add(tuple(Mul((*rest, t)) for t in e.args[place].children()))
    if k == 1 and len(e.args) > 2:
        return Mul((e.args[0], Mul(e.args[1:])))
    big = next((i for i, a in enumerate(e.args) if isinstance(a, Big) and a.op == "sum"), None)
    if k == 2 and big is not None:
        s = e.args[big]
        rest = e.args[:big] + e.args[big + 1 :]
        assert isinstance(s, Big)
        if all(r_.name != s.index for a in rest for r_ in free_refs(a)):
            return Big("sum", s.index, Mul((*rest, s.body)), s.lo, s.hi)
    if k == 3:
        return Div(Mul((Num(2), *e.args)), Num(2))
    return Mul(tuple(reversed(e.args)))


def _of_big(r: random.Random, e: Big) -> Expr:
    """The bound index renamed, a sum of terms split, a factor taken out."""
    k = r.randrange(3)
    if k == 0:
        letter = fresh(e.index + "'", {r_.name for r_ in free_refs(e.body)} | {
            n.index for n in preorder(e.body) if isinstance(n, Big)})
        return Big(e.op, letter, substitute(e.body, {e.index: Ref(letter)}), e.lo, e.hi)
    if k == 1 and e.op == "sum" and isinstance(e.body, Add):
        return Add(tuple(Big("sum", e.index, t, e.lo, e.hi) for t in e.body.args))
    if e.op == "sum" and isinstance(e.body, Mul):
        out = [a for a in e.body.args if all(r_.name != e.index for r_ in free_refs(a))]
        rest = [a for a in e.body.args if all(a is not o for o in out)]
        if out and rest:
            return Mul((*out, Big("sum", e.index, _product(rest), e.lo, e.hi)))
    return e


# -- slips
def damaged(
    r: random.Random, expr: Expr, names: Sequence[Expr] | None = None, letters: Sequence[str] = ()
) -> Expr:
    """One slip: a sign, a factor, another name or index, another function, a lost term, one too many, a lost sum."""
    choice = [Ref(n) for n in NAMES] if names is None else list(names)
    places = {id(n) for e in preorder(expr) for i in _index_parts(e) for n in preorder(i)}
    target = r.choice([n for n in preorder(expr) if id(n) not in places])

    def change(e: Expr) -> Expr:
        return e if e is not target else _slip(r, e, choice, letters)

    return rewrite(expr, change)


def _index_parts(e: Expr) -> tuple[Expr, ...]:
    if isinstance(e, Ref):
        return e.indices
    if isinstance(e, Call) and e.function == "delta":
        return e.args
    return tuple(c for c in (e.lo, e.hi, e.condition) if c is not None) if isinstance(e, Big) else ()


def _slip(r: random.Random, e: Expr, names: Sequence[Expr], letters: Sequence[str]) -> Expr:
    if isinstance(e, Num):
        return Num(e.value + 1)
    if isinstance(e, Ref):
        if len(e.indices) > 1 and r.random() < 0.4:
            return Ref(e.name, tuple(reversed(e.indices)))
        if e.indices and letters and r.random() < 0.5:
            at = r.randrange(len(e.indices))
            return Ref(e.name, (*e.indices[:at], Ref(r.choice(letters)), *e.indices[at + 1 :]))
        return r.choice(names)
    if isinstance(e, Big) and r.random() < 0.6:
        return e.body if r.random() < 0.5 else Big("prod" if e.op == "sum" else "sum", e.index, e.body, e.lo, e.hi)
    k = r.randrange(5)
    if k == 0:
        return Neg(e)
    if k == 1:
        return Mul((TWO, e))
    if isinstance(e, Call) and len(e.args) == 1:
        return Call(r.choice(FUNCTIONS), e.args)
    return e.args[0] if isinstance(e, Add | Mul) else Add((e, ONE))


# -- the judge
class NoValue(Exception):
    pass


def _power(a: mp.mpf, b: mp.mpf) -> mp.mpf:
    if b == int(b):
        if abs(a) < 1e-30 and b <= 0:
            raise NoValue
        return a ** int(b)
    if a < 0:
        raise NoValue
    return mp.power(a, b)


def _positive(a: mp.mpf) -> mp.mpf:
    if a <= 1e-40:
        raise NoValue
    return a


def _off_crease(a: mp.mpf) -> mp.mpf:
    if abs(a) < 1e-35:
        raise NoValue
    return a


VALUES: dict[str, Callable[..., mp.mpf]] = {
    "exp": mp.exp, "tanh": mp.tanh, "sigmoid": lambda a: 1 / (1 + mp.exp(-a)), "relu": lambda a: max(a, mp.mpf(0)),
    "abs": abs, "log": lambda a: mp.log(_positive(a)), "sqrt": lambda a: _power(a, mp.mpf("0.5")), "cosh": mp.cosh,
    "sinh": mp.sinh, "softplus": lambda a: mp.log(1 + mp.exp(a)), "sin": mp.sin, "cos": mp.cos,
    "step": lambda a: mp.mpf(_off_crease(a) > 0), "sign": lambda a: mp.mpf(mp.sign(_off_crease(a))),
    "logcosh": lambda a: mp.log(mp.cosh(a)), "max": max, "delta": lambda a, b: mp.mpf(a == b),
    "sech": lambda a: 1 / mp.cosh(a),
}


@dataclass
class World:
    """A network at one point: sizes, and numbers for leaves, drawn at their first use; families by their equations."""

    net: Network
    sizes: Mapping[str, int]
    draw: random.Random
    leaves: dict[str, mp.mpf] = field(default_factory=dict)
    known: dict[str, mp.mpf] = field(default_factory=dict)

    def moved(self, ref: Ref, env: Mapping[str, int], by: mp.mpf) -> World:
        """The same world with one leaf moved, or one quantity, whatever it is made of."""
        entry, there = self.name(ref, env), self.value(ref, env) + by
        if ref.key in self.net.defs:
            return World(self.net, self.sizes, self.draw, self.leaves, {entry: there})
        return World(self.net, self.sizes, self.draw, {**self.leaves, entry: there})

    def leaf(self, entry: str) -> mp.mpf:
        if entry not in self.leaves:
            self.leaves[entry] = mp.mpf(self.draw.randint(-300, 300)) / 97
        return self.leaves[entry]

    def name(self, ref: Ref, env: Mapping[str, int]) -> str:
        if not ref.indices:
            return ref.name
        return f"{ref.name}[{','.join(str(int(self.value(i, env))) for i in ref.indices)}]"

    def ends(self, big: Big, env: Mapping[str, int]) -> range:
        r = self.net.ranges.get(big.index.rstrip("'"))
        lo, hi = (big.lo, big.hi) if big.lo is not None and big.hi is not None else (r.lo, r.hi) if r else (ONE, ONE)
        return range(int(self.value(lo, env)), int(self.value(hi, env)) + 1)

    def letters(self, refs: Sequence[Ref]) -> list[dict[str, int]]:
        """All values of the index letters of some names."""
        names = list(dict.fromkeys(i.name for ref in refs for i in ref.indices if isinstance(i, Ref)))
        ranges = [range(int(self.value(self.net.ranges[n].lo, {})), int(self.value(self.net.ranges[n].hi, {})) + 1)
                  for n in names]
        return [dict(zip(names, at)) for at in product(*ranges)]

    def value(self, e: Expr, env: Mapping[str, int]) -> mp.mpf:
        if isinstance(e, Num):
            return mp.mpf(Fraction(e.value).numerator) / Fraction(e.value).denominator
        if isinstance(e, Ref):
            return self._ref(e, env)
        if isinstance(e, Big):
            parts = [self.value(e.body, {**env, e.index: i}) for i in self.ends(e, env)
                     if e.condition is None or self.holds(e.condition, {**env, e.index: i})]
            return mp.fsum(parts) if e.op == "sum" else mp.fprod(parts)
        return _combined(e, [self.value(c, env) for c in e.children()])

    def holds(self, condition: Expr, env: Mapping[str, int]) -> bool:
        """Does a condition i' != i on indices hold?"""
        assert isinstance(condition, Rel) and condition.ops in (("!=",), ("=",))
        a, b = (self.value(c, env) for c in condition.args)
        return bool((a == b) == (condition.ops == ("=",)))

    def _ref(self, e: Ref, env: Mapping[str, int]) -> mp.mpf:
        if not e.indices and e.name in env:
            return mp.mpf(env[e.name])
        if not e.indices and e.name in self.sizes:
            return mp.mpf(self.sizes[e.name])
        entry = self.name(e, env)
        if entry in self.known:
            return self.known[entry]
        for equation in self.net.defs.get(e.key, ()):
            own = {i.name: int(self.value(j, env)) for i, j in zip(equation.lhs.indices, e.indices)
                   if isinstance(i, Ref)}
            self.known[entry] = self.value(equation.rhs, own)
            return self.known[entry]
        return self.leaf(entry)


def value(e: Expr, at: Mapping[str, mp.mpf]) -> mp.mpf:
    if isinstance(e, Num):
        return mp.mpf(Fraction(e.value).numerator) / Fraction(e.value).denominator
    if isinstance(e, Ref):
        return at[e.name]
    return _combined(e, [value(c, at) for c in e.children()])


def _combined(e: Expr, v: Sequence[mp.mpf]) -> mp.mpf:
    if isinstance(e, Neg):
        return -v[0]
    if isinstance(e, Add):
        return mp.fsum(v)
    if isinstance(e, Mul):
        return mp.fprod(v)
    if isinstance(e, Div):
        return v[0] / _off_crease(v[1])
    if isinstance(e, Pow):
        return _power(v[0], v[1])
    assert isinstance(e, Call), e
    if any(abs(x) > 1e5 for x in v):
        raise NoValue
    return VALUES[e.function](*v)


def judged(a: Expr, b: Expr, r: random.Random) -> str:
    """ "different", "equal" at all of many points, or "" where too few points say anything; 50 digits."""
    agreed = 0
    with mp.workdps(50):
        for _ in range(60):
            at = {n: mp.mpf(r.randint(-400, 400)) / 97 for n in NAMES}
            try:
                p, q = value(a, at), value(b, at)
            except (NoValue, OverflowError):
                continue
            if abs(p - q) > mp.mpf(10) ** -30 * max(1, abs(p), abs(q)):
                return "different"
            agreed += 1
    return "equal" if agreed > 3 else ""


def slope(world: World, of: Ref, wrt: Ref, env: Mapping[str, int]) -> mp.mpf:
    """The derivative by a central difference of 20 digits."""
    h = mp.mpf(10) ** -20
    world.value(of, env)              # draws every leaf, so that the two worlds beside it have the same
    up, down = (world.moved(wrt, env, d).value(of, env) for d in (h, -h))
    return (up - down) / (2 * h)
