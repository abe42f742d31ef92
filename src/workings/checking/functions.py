"""The functions of the table at normal forms, and signs: where a crease asks on which side a point lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from workings.checking.algebra import Frac, Poly, Terms, terms
from workings.checking.roots import denested
from workings.checking.transcend import Transcend, Undefined

if TYPE_CHECKING:
    from workings.expr import Expr, Network

ODD = frozenset(["erf", "atan", "asin", "asinh", "atanh"])


class Split(Exception):
    """The sign of a polynomial is needed; `jumps`: the value at 0 matters too."""

    def __init__(self, poly: Poly, jumps: bool) -> None:
        super().__init__("sign")
        self.poly, self.jumps = poly, jumps


class Same(Exception):
    """Is a free index worth this?  `key` tells the difference of the two."""

    def __init__(self, gen: int, value: Frac, key: object) -> None:
        super().__init__("index")
        self.gen, self.value, self.key = gen, value, key


class Foreign(Exception):
    """The expression holds something that has no normal form."""


class Functions(Transcend):
    """What each function is over the generators of one arena; `read` is the reader that `Normal` adds."""

    net: Network
    free: bool = False        # no case distinctions: each crease is a step, a generator s with s^2 = s
    creases: bool = True      # values where a step jumps count

    def read(self, expr: Expr, env: Mapping[str, Frac] | None = None) -> Frac:
        """The normal form of an expression."""
        raise NotImplementedError

    def delta(self, a: Frac, b: Frac) -> Frac:
        """1 where two indices are equal, else 0."""
        raise NotImplementedError

    # -- functions
    def call(self, name: str, args: list[Frac], primes: int = 0) -> Frac:
        """A function of the table at normal forms."""
        if primes:
            return self._primed(name, args, primes)
        own = getattr(self, f"_f_{name}", None)
        if own is not None:
            out: Frac = own(*args)
            return out
        if name in self.net.functions:
            f = self.net.functions[name]
            return self.read(f.body, dict(zip(f.params, args)))
        from workings.functions import table

        if name in table and not table[name].primitive:
            return self._composition(name, args)
        return self._opaque(name, args)

    def _composition(self, name: str, args: list[Frac]) -> Frac:
        from workings.functions import parsed

        params, body = parsed(name)
        return self.read(body, dict(zip(params, args)))

    def _opaque(self, name: str, args: list[Frac]) -> Frac:
        if name in ODD and not args[0].zero and args[0].key[0][0][1] < 0:
            return -self.arena.make("fn", name, (-args[0],))
        if name in ODD and args[0].zero:
            return args[0]
        return self.arena.make("fn", name, tuple(args))

    def _primed(self, name: str, args: list[Frac], primes: int) -> Frac:
        from workings.functions import derivative, table

        if primes == 1 and name in table and len(args) == 1 and table[name].derivative:
            return self.read(derivative(name, 0), {table[name].params[0]: args[0]})
        raise Foreign(f"{name}{'’' * primes}")

    def _f_exp(self, a: Frac) -> Frac:
        return self.exp(a)

    def _f_log(self, a: Frac) -> Frac:
        return self.log(a)

    def power(self, u: Frac, e: Frac, whole: bool = False) -> Frac:
        """u^e; a square root inside a square root comes apart where it does."""
        if e.constant and e.value().q == 2 and not u.zero:
            root = denested(self, u)
            if root is not None:
                return self.integer(root, int(e.value().p))
        return super().power(u, e, whole)

    def _f_sqrt(self, a: Frac) -> Frac:
        return self.power(a, self.arena.one / self.arena.number(2))

    def _f_tanh(self, a: Frac) -> Frac:
        x = self.exp(a + a)
        return (x - self.arena.one) / (x + self.arena.one)

    def _f_sigmoid(self, a: Frac) -> Frac:
        x = self.exp(a)
        return x / (x + self.arena.one)

    def _f_cosh(self, a: Frac) -> Frac:
        x = self.exp(a)
        return (x + self.arena.one / x) / self.arena.number(2)

    def _f_sinh(self, a: Frac) -> Frac:
        x = self.exp(a)
        return (x - self.arena.one / x) / self.arena.number(2)

    def _f_sin(self, a: Frac) -> Frac:
        return self.sine_cosine(a)[0]

    def _f_cos(self, a: Frac) -> Frac:
        return self.sine_cosine(a)[1]

    def _f_tan(self, a: Frac) -> Frac:
        s, c = self.sine_cosine(a)
        if c.zero:
            raise Undefined
        return s / c

    def _f_asinh(self, a: Frac) -> Frac:
        return self._odd(a, lambda u: self.log(u + self._f_sqrt(u * u + self.arena.one)))

    def _f_atanh(self, a: Frac) -> Frac:
        one = self.arena.one
        return self._odd(a, lambda u: self.log((one + u) / (one - u)) / self.arena.number(2))

    def _f_acos(self, a: Frac) -> Frac:
        half_pi = self.arena.make("const", "pi", positive=True) / self.arena.number(2)
        return half_pi - self._opaque("asin", [a])

    def _odd(self, a: Frac, f: Callable[[Frac], Frac]) -> Frac:
        if a.zero:
            return a
        return -f(-a) if a.key[0][0][1] < 0 else f(a)

    # -- signs
    def inside_sum(self, f: Frac) -> bool:
        """Does it depend on an index that a sum binds?"""
        gens = {d for g in f.gens() for d in (g, *self.arena.gen_list[g].deps)}
        return any(self.arena.gen_list[g].kind == "bound" for g in gens)

    def positive(self, f: Frac) -> bool:
        """Is it plain that f > 0 everywhere?"""
        f = self.arena.lift(f)
        return self.arena.sign(f.num) == 1 and self.arena.sign(f.den) == 1

    def sign(self, f: Frac, jumps: bool = False) -> int | None:
        """-1, 0 or 1; None inside a sum, where no case distinction helps."""
        f = self.arena.lift(f)
        if f.zero:
            return 0
        out = 1
        for p in (f.num, f.den):
            known = self.arena.sign(p)
            if known is None:
                if self.inside_sum(f):
                    return None
                known = self._in_the_open(p, jumps) if self.free else self._by_factors(p, jumps)
                if known is None:
                    return None
            out *= known
        return out

    def _in_the_open(self, p: Poly, jumps: bool) -> int | None:
        """The sign, or None where a step stands for it: not where the value on the jump counts."""
        try:
            return self._by_factors(p, jumps)
        except Split:
            if jumps and self.creases:
                raise
            return None

    def _by_factors(self, p: Poly, jumps: bool) -> int:
        """The sign of a polynomial from those of its irreducible factors."""
        content, factors = self.arena.factors(p)
        out = 1 if content > 0 else -1
        for q, e in factors:
            if e % 2 or jumps:
                out *= self._irreducible(q, jumps) ** int(e)
        return out

    def _irreducible(self, p: Poly, jumps: bool) -> int:
        known = self.arena.sign(p)
        if known is None:
            known = self.transcendent(terms(p), jumps)
        if known is None:
            raise Split(p, jumps)
        return known

    def transcendent(self, ts: Terms, jumps: bool = False) -> int | None:
        """exp(u) - c exp(v) has the sign of u - v - log c, and log(u) that of u - 1."""
        if len(ts) == 1 and len(ts[0][0]) == 1:
            gen = self.arena.gen_list[ts[0][0][0][0]]
            if gen.kind == "log" and self.positive(gen.args[0]):
                return self.sign(gen.args[0] - self.arena.one, jumps)
            return None
        if len(ts) != 2 or any(self.arena.gen_list[g].kind != "exp" for mono, _ in ts for g, _ in mono):
            return None
        (m1, c1), (m2, c2) = ts
        if c1 * c2 > 0:
            return 1 if c1 > 0 else -1
        logs = []
        for mono, c in ((m1, c1), (m2, c2)):
            value = Frac(self.arena, self.arena.poly([(mono, abs(c))]), self.arena.ctx.constant(1))
            logs.append(self.log_abs(value))
        known = self.sign(logs[0] - logs[1], jumps)
        return None if known is None else known if c1 > 0 else -known

    def _step_generator(self, f: Frac) -> Frac:
        """step(f) inside a sum, off its kink."""
        known = self.sign(f)
        if known is not None:
            return self.arena.number(1 if known > 0 else 0)
        flip = f.key[0][0][1] < 0
        g = self.arena.gen("step", "", (-f if flip else f,))
        self.arena.relations.setdefault(g, (2, self.arena.of(g)))
        return self.arena.one - self.arena.of(g) if flip else self.arena.of(g)

    def _f_step(self, a: Frac) -> Frac:
        known = self.sign(a, jumps=True)
        return self._step_generator(a) if known is None else self.arena.number(int(known > 0))

    def _f_sign(self, a: Frac) -> Frac:
        known = self.sign(a, jumps=True)
        if known is None:
            return self._step_generator(a) * self.arena.number(2) - self.arena.one
        return self.arena.number(known)

    def _f_relu(self, a: Frac) -> Frac:
        return self._f_max(self.arena.zero_now(), a)

    def _f_abs(self, a: Frac) -> Frac:
        known = self.sign(a)
        if known is None:
            return a * (self._step_generator(a) * self.arena.number(2) - self.arena.one)
        return a * self.arena.number(known)

    def _f_max(self, *args: Frac) -> Frac:
        best = args[0]
        for b in args[1:]:
            known = self.sign(best - b)
            if known is None:
                best = b + (best - b) * self._step_generator(best - b)
            elif known < 0:
                best = b
        return best

    def _f_min(self, *args: Frac) -> Frac:
        return -self._f_max(*(-a for a in args))

    def _f_clip(self, z: Frac, lo: Frac, hi: Frac) -> Frac:
        return self._f_min(self._f_max(z, lo), hi)

    def _f_leaky(self, z: Frac, a: Frac) -> Frac:
        known = self.sign(z)
        if known is None:
            s = self._step_generator(z)
            return z * s + a * z * (self.arena.one - s)
        return z if known > 0 else a * z

    def _f_delta(self, a: Frac, b: Frac) -> Frac:
        return self.delta(a, b)

    def _f_softmax(self, *args: Frac) -> Frac:
        raise Foreign("softmax of an array")
