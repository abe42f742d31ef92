"""exp, log, powers and circular functions of rational functions, brought to independent generators.

    exp(c1 m1 + c2 m2 + …)   is a product of powers of one generator for each monomial m: exp(m/L)
    log(u)                   is the sum of e log|p| over the irreducible factors p^e of u (u > 0 is where it is defined)
    u^(1/2)                  is a product of roots |p|^(1/q), with (|p|^(1/q))^q = |p|

Exponentials of arguments that are linearly independent over Q, modulo constants, are algebraically independent
(Ax 1971), so equality of what is left is equality of polynomials.
"""

from __future__ import annotations

from hashlib import blake2b
from math import floor, gcd
from typing import Any

from workings.limits import POLYNOMIAL_PRODUCT
from workings.checking.algebra import Arena, Frac, Poly, terms
from workings.checking.budget import Budget

MAX_DENSE = 16                # exponents above which the base of a power becomes a generator of its own
MAX_ANGLE = 6                 # multiples of an angle that are expanded


class Refine(Exception):
    """A generator must be the L-th part of what it was: begin again with that scale."""

    def __init__(self, name: str, scale: int) -> None:
        super().__init__(name)
        self.name, self.scale = name, scale


class Undefined(Exception):
    """The expression is defined nowhere in the cell at hand."""


class Transcend:
    """The elementary functions over one arena; `scales` are the parts that earlier attempts called for."""

    def __init__(self, arena: Arena, scales: dict[str, int]) -> None:
        self.arena, self.scales = arena, scales
        self._names: dict[int, str] = {}

    # -- names that outlive an arena
    def describe(self, f: Frac) -> str:
        """The function as text that does not depend on the order in which generators were made."""
        return "/".join(self._describe_poly(ts) for ts in f.key)

    def _describe_poly(self, ts: Any) -> str:
        parts = [f"{c}*" + "".join(sorted(f"{self._name(g)}^{e}" for g, e in mono)) for mono, c in ts]
        return "+".join(sorted(parts))

    def _name(self, g: int) -> str:
        if g not in self._names:
            gen = self.arena.gen_list[g]
            inside = ",".join(self.describe(a) for a in gen.args)
            # A digest: names of generators inside generators would grow without bound.
            self._names[g] = blake2b(f"{gen.kind}:{gen.head}:{inside}".encode(), digest_size=15).hexdigest()
        return self._names[g]

    def _scale(self, kind: str, m: Frac, needed: int) -> int:
        name = f"{kind} {self.describe(m)}"
        scale = self.scales.get(name, 1)
        if scale % needed:
            raise Refine(name, scale * needed // gcd(scale, needed))
        return scale

    # -- exponentials
    def exp(self, a: Frac) -> Frac:
        """exp of a rational function."""
        out = self.arena.one
        for m, c in self.additive(a):
            out = out * self._exp_term(m, c)
        return out

    def additive(self, a: Frac) -> list[tuple[Frac, Any]]:
        """a as a sum of rational multiples of basic functions: monomials, and monomials over a denominator.

        Terms are grouped by what the denominator does not hold, cancelled, and divided: x + y/(1 + z^2) gives x and
        y/(1 + z^2), however it was written.
        """
        a = self.arena.lift(a)
        one = self.arena.ctx.constant(1)
        if a.den.is_constant():
            unit = self.arena.rational(1)
            return [(Frac(self.arena, self.arena.poly([(mono, unit)]), one), c) for mono, c in a.key[0]]
        inside = {g for mono, _ in a.key[1] for g, _ in mono}
        groups: dict[Any, list[Any]] = {}
        for mono, c in a.key[0]:
            outer = tuple((g, e) for g, e in mono if g not in inside)
            groups.setdefault(outer, []).append((tuple((g, e) for g, e in mono if g in inside), c))
        parts: list[tuple[Frac, Any]] = []
        for outer, group in groups.items():
            front = Frac(self.arena, self.arena.poly([(outer, self.arena.rational(1))]), one)
            share = Frac(self.arena, self.arena.poly(group), one) / Frac(self.arena, a.den, one)
            whole, rest = divmod(share.num, share.den)
            for poly, den in ((whole, one), (rest, share.den)):
                for mono, c in terms(poly):
                    unit = Frac(self.arena, self.arena.poly([(mono, self.arena.rational(1))]), one)
                    parts.append((front * unit / Frac(self.arena, den, one), c))
        merged: dict[Any, tuple[Frac, Any]] = {}
        for m, c in parts:
            # A quotient of monomials may have cancelled to a number times a monomial of another part.
            before = merged.get(m.key)
            merged[m.key] = (m, c if before is None else before[1] + c)
        return [(m, c) for m, c in merged.values() if c != 0]

    def _exp_term(self, m: Frac, c: Any) -> Frac:
        log = self._single(m, "log")
        if log is not None:
            return self.absolute_power(self.arena.gen_list[log].args[0], c)
        scale = self._scale("exp", m, int(c.q))
        k = int((c * scale).p)
        if abs(k) > 4096:
            raise Budget
        return self.arena.make("exp", scale, (m,), positive=True).power(k)

    def _single(self, m: Frac, kind: str) -> int | None:
        """The generator of that kind that the monomial is, if it is one."""
        num, den = m.key
        if len(num) == 1 and len(num[0][0]) == 1 and num[0][0][0][1] == 1 and den == (((), 1),):
            g = num[0][0][0][0]
            if self.arena.gen_list[g].kind == kind and num[0][1] == 1:
                return g
        return None

    # -- logarithms
    def log(self, u: Frac) -> Frac:
        """log u, which says that u > 0."""
        u = self.arena.lift(u)
        self.claim_positive(u)
        return self.log_abs(u)

    def claim_positive(self, u: Frac) -> None:
        """Note what u > 0 says about the one factor whose sign matters; raise `Undefined` where it cannot hold."""
        p = self.arena.lift(u).num * u.den
        sign = self.arena.sign(p)
        if sign is not None and sign <= 0:
            raise Undefined
        if sign is None:
            content, factors = self.arena.factors(p)
            odd = [q for q, e in factors if e % 2 and self.arena.sign(q) is None]
            if len(odd) == 1:
                sign = 1 if content > 0 else -1
                for q, e in factors:
                    if e % 2 and q is not odd[0]:
                        sign *= self.arena.sign(q) or 1
                self.arena.assume(odd[0], sign)
            else:
                self.arena.assume(p, 1)

    def log_abs(self, u: Frac) -> Frac:
        """log|u| over the irreducible factors of u."""
        if u.zero:
            raise Undefined
        u = self.arena.lift(u)
        out = self.arena.number(0)
        for p, direction in ((u.num, 1), (u.den, -1)):
            content, factors = self.arena.factors(p)
            out = out + self._log_number(content, direction)
            for q, e in factors:
                out = out + self._log_factor(q) * self.arena.number(e * direction)
        return out

    def _log_number(self, c: Any, direction: int) -> Frac:
        from flint import fmpz

        out = self.arena.number(0)
        for n, sense in ((abs(int(c.p)), direction), (int(c.q), -direction)):
            primes = fmpz(n).factor() if 1 < n < 10**15 else [(n, 1)] if n > 1 else []
            for prime, e in primes:
                g = self.arena.make("log", "number", (self.arena.number(int(prime)),), positive=True)
                out = out + g * self.arena.number(int(e) * sense)
        return out

    def _log_factor(self, q: Poly) -> Frac:
        one = self.arena.ctx.constant(1)
        lead = q.leading_coefficient()
        p = Frac(self.arena, q / lead, one)
        extra = self._log_number(lead, 1) if abs(lead) != 1 else self.arena.number(0)
        ts = p.key[0]
        if len(ts) == 1 and len(ts[0][0]) == 1:
            gen = self.arena.gen_list[ts[0][0][0][0]]
            if gen.kind == "exp":
                return extra + gen.args[0] / self.arena.number(gen.head)
            if gen.kind == "root":
                return extra + self.log_abs(gen.args[0]) / self.arena.number(gen.head)
            if gen.kind in ("abs", "base"):
                return extra + self.log_abs(gen.args[0])
        return extra + self.arena.make("log", "", (p,))

    # -- powers
    def absolute(self, p: Frac) -> Frac:
        """|p|."""
        p = self.arena.lift(p)
        sign = self.arena.sign(p.num * p.den)
        if sign is not None:
            return p if sign >= 0 else -p
        lead = p.num.leading_coefficient()
        unit = p if lead > 0 else -p
        out = self.arena.make("abs", "", (unit,), positive=True)
        self.arena.relations.setdefault(out.gens()[0], (2, unit.power(2)))
        return out

    def absolute_power(self, p: Frac, c: Any) -> Frac:
        """|p|^c for a rational number c."""
        whole = floor(c)
        rest = c - whole
        even = whole - whole % 2
        out = self.integer(p, even)
        if whole % 2:
            out = out * self.absolute(p)
        if rest:
            scale = self._scale("root", p, int(rest.q))
            root = self.arena.make("root", scale, (p,), positive=True)
            value = self.absolute(p)
            self.arena.relations.setdefault(root.gens()[0], (scale, value))
            out = out * root.power(int((rest * scale).p))
        return out

    def integer(self, u: Frac, n: int) -> Frac:
        """u^n, the factors of u kept whole where n is large."""
        if n < 0:
            if u.zero:
                raise Undefined
            return self.integer(self.arena.inverse(u), -n)
        if n > 10**9:
            raise Budget
        small = all(
            len(p) == 1 or (n <= MAX_DENSE and len(p) ** min(n, 6) < POLYNOMIAL_PRODUCT) for p in (u.num, u.den))
        if small or u.zero:
            if n > 50_000 and any(abs(c) != 1 for ts in u.key for _, c in ts):
                raise Budget
            return u.power(n)
        return self._whole(u.num, n) / self._whole(u.den, n)

    def _whole(self, p: Poly, n: int) -> Frac:
        content, factors = self.arena.factors(p)
        if abs(content) != 1 and n > 50_000:
            raise Budget
        out = self.arena.number(content**n)
        one = self.arena.ctx.constant(1)
        for q, e in factors:
            f = Frac(self.arena, q, one)
            base = f if len(q) == 1 else self.arena.make("base", "", (f,))
            out = out * base.power(int(e) * n)
        return out

    def power(self, u: Frac, e: Frac, whole: bool = False) -> Frac:
        """u^e; `whole`: the exponent stands for an integer, so that u may be negative."""
        if e.constant:
            c = e.value()
            if c.q == 1:
                return self.integer(u, int(c.p))
            if u.zero:
                if c > 0:
                    return u
                raise Undefined
            self._claim_nonnegative(u)
            return self.exp_log(u, e)
        if whole:
            return self._formal(u, e)
        self.claim_positive(u)
        return self.exp_log(u, e)

    def _claim_nonnegative(self, u: Frac) -> None:
        p = self.arena.lift(u).num * u.den
        if not self.arena.nonnegative(p):
            self.claim_positive(u)

    def exp_log(self, u: Frac, e: Frac) -> Frac:
        """exp(e log|u|)."""
        return self.exp(e * self.log_abs(u))

    def _formal(self, u: Frac, e: Frac) -> Frac:
        """u^e for a symbolic integer e: a product of p^m over the factors p of u and the monomials m of e."""
        u = self.arena.lift(u)
        out = self.arena.one
        for p, sense in ((u.num, 1), (u.den, -1)):
            content, factors = self.arena.factors(p)
            pieces = [(Frac(self.arena, q, self.arena.ctx.constant(1)), k) for q, k in factors]
            if content != 1:
                pieces.append((self.arena.number(content), 1))
            for f, k in pieces:
                for mono, c in e.key[0]:
                    if c.q != 1 or e.key[1] != (((), 1),):
                        raise Budget
                    n = int(c.p) * int(k) * sense
                    if not mono:
                        out = out * f.power(n)
                        continue
                    m = Frac(self.arena, self.arena.poly([(mono, self.arena.rational(1))]), self.arena.ctx.constant(1))
                    out = out * self.arena.make("ipow", "", (f, m)).power(n)
        return out

    # -- circular functions
    def sine_cosine(self, a: Frac) -> tuple[Frac, Frac]:
        """(sin a, cos a), sums and small multiples of angles expanded."""
        s, c = self.arena.zero_now(), self.arena.number(1)
        parts = self.additive(a)
        if len(parts) > 3:
            return self._angle(a)
        for m, k in parts:
            s1, c1 = self._multiple(m, k)
            s, c = s * c1 + c * s1, c * c1 - s * s1
        return s, c

    def _multiple(self, m: Frac, k: Any) -> tuple[Frac, Frac]:
        gens = m.gens()
        alone = len(gens) == 1 and self.arena.gen_list[gens[0]].head == "pi" and m.key == self.arena.of(gens[0]).key
        if alone and ((k * 6).q == 1 or (k * 4).q == 1):
            return self._of_pi(int((k * 12).p) % 24), self._of_pi(int((k * 12).p + 6) % 24)
        scale = self._scale("angle", m, int(k.q))
        n = int((k * scale).p)
        if abs(n) > MAX_ANGLE * scale or abs(n) > 24:
            return self._angle(m * self.arena.number(k))
        s1, c1 = self._angle(m / self.arena.number(scale))
        s, c = self.arena.zero_now(), self.arena.number(1)
        for _ in range(abs(n)):
            s, c = s * c1 + c * s1, c * c1 - s * s1
        return (s, c) if n >= 0 else (-s, c)

    def _of_pi(self, n: int) -> Frac:
        """sin(n pi/12) for n = 0, 2, 3, 4, 6 and what mirrors them."""
        if n > 12:
            return -self._of_pi(24 - n)
        n = min(n, 12 - n)
        if n == 0:
            return self.arena.zero_now()
        square = self.arena.number({2: 1, 3: 2, 4: 3, 6: 4}[n])       # 4 sin(n pi/12)^2
        half = self.arena.one / self.arena.number(2)
        return self.exp_log(square, half) * half

    def _angle(self, a: Frac) -> tuple[Frac, Frac]:
        flip = a.key[0] and a.key[0][0][1] < 0
        unit = -a if flip else a
        c = self.arena.make("cos", "", (unit,))
        s = self.arena.make("sin", "", (unit,))
        self.arena.relations.setdefault(s.gens()[0], (2, self.arena.one - c * c))
        return (-s if flip else s), c
