"""Exact rational functions in generators that stand for exponentials, logarithms, roots, sums and unknown functions.

    Gen    one generator: its kind, what tells it from its like, and the arguments that it was made from
    Frac   numerator over denominator in lowest terms, the denominator monic: equal functions are equal keys
    Arena  the generators of one comparison, numbered; polynomials are flint's, in a context that grows

Two relations tie generators to others: G^n = value (a root, cos for sin, a 0/1 delta), kept in `Arena.relations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from workings.limits import POLYNOMIAL_PRODUCT, POLYNOMIAL_TERMS
from workings.checking import constants
from workings.checking.budget import Budget, Work

Poly = Any                    # flint.fmpq_mpoly, which has no types
Terms = tuple[tuple[tuple[tuple[int, int], ...], Any], ...]
SIZES = (16, 48, 160)         # generators that a context holds


@dataclass(slots=True, eq=False)
class Gen:
    """One generator: `head` is hashable, `args` are rational functions of generators made before."""

    kind: str
    head: Any
    args: tuple[Frac, ...]
    deps: frozenset[int]
    positive: bool = False
    fixed: bool = False       # a constant


@dataclass(slots=True, eq=False)
class Frac:
    """A rational function in lowest terms over the generators of its arena."""

    arena: Arena
    num: Poly
    den: Poly
    _key: tuple[Terms, Terms] | None = None

    @property
    def key(self) -> tuple[Terms, Terms]:
        """Equal for equal functions of one arena, whatever the context they were made in."""
        if self._key is None:
            self._key = (terms(self.num), terms(self.den))
        return self._key

    def __add__(self, other: Frac) -> Frac:
        a, b = self.arena.lift(self), self.arena.lift(other)
        if a.den == b.den:
            return self.arena.frac(a.num + b.num, a.den)
        self.arena.room(a.num, b.den)
        self.arena.room(b.num, a.den)
        return self.arena.frac(a.num * b.den + b.num * a.den, a.den * b.den)

    def __sub__(self, other: Frac) -> Frac:
        return self + (-other)

    def __neg__(self) -> Frac:
        return Frac(self.arena, -self.num, self.den)

    def __mul__(self, other: Frac) -> Frac:
        a, b = self.arena.lift(self), self.arena.lift(other)
        self.arena.room(a.num, b.num)
        self.arena.room(a.den, b.den)
        return self.arena.frac(a.num * b.num, a.den * b.den)

    def __truediv__(self, other: Frac) -> Frac:
        return self * self.arena.inverse(other)

    def power(self, n: int) -> Frac:
        """The n-th power, |n| small: `powers.integer` decides what is small."""
        if n < 0:
            return self.arena.inverse(self).power(-n)
        for p in (self.num, self.den):
            if len(p) > 1 and len(p) ** min(n, 8) > POLYNOMIAL_PRODUCT:
                raise Budget
        return self.arena.frac(self.num**n, self.den**n)

    @property
    def zero(self) -> bool:
        return bool(self.num.is_zero())

    @property
    def constant(self) -> bool:
        return bool(self.num.is_constant() and self.den.is_constant())

    def value(self) -> Any:
        """The rational number that a constant is."""
        return self.num.leading_coefficient() if len(self.num) else self.arena.rational(0)

    def gens(self) -> list[int]:
        """The numbers of the generators that stand in it."""
        return sorted({g for p in self.key for mono, _ in p for g, _ in mono})

    def free_of(self, gid: int) -> bool:
        """Does nothing in it depend on that generator?"""
        return all(g != gid and gid not in self.arena.gen_list[g].deps for g in self.gens())


def terms(p: Poly) -> Terms:
    """The terms of a polynomial as (((generator, exponent), …), coefficient), in the order of the context."""
    pairs = zip(p.monoms(), p.coeffs())
    return tuple((tuple((i, int(e)) for i, e in enumerate(m) if e), c) for m, c in pairs)


@dataclass(eq=False)
class Arena:
    """The generators of one comparison; never shared between two."""

    gen_list: list[Gen] = field(default_factory=list)
    index: dict[Any, int] = field(default_factory=dict)
    relations: dict[int, tuple[int, Frac]] = field(default_factory=dict)
    replaced: dict[int, Frac] = field(default_factory=dict)
    signs: dict[Terms, int] = field(default_factory=dict)      # of polynomials with leading coefficient 1
    assumed: dict[Terms, None] = field(default_factory=dict)   # those of `signs` that a domain gave
    level: int = -1
    work: Work = field(default_factory=Work)
    weak: dict[Terms, None] = field(default_factory=dict)      # polynomials known to be nowhere negative
    ctx: Any = None

    def __post_init__(self) -> None:
        self._grow()
        self.zero, self.one = self.number(0), self.number(1)

    def _grow(self) -> None:
        from flint import Ordering, fmpq_mpoly_ctx

        self.level += 1
        if self.level >= len(SIZES):
            raise Budget
        names = tuple(f"g{i}" for i in range(SIZES[self.level]))
        self.ctx = fmpq_mpoly_ctx.get(names, Ordering.lex)

    def rational(self, value: Any) -> Any:
        """A flint rational from an int, a Fraction or itself."""
        from flint import fmpq

        if isinstance(value, int):
            return fmpq(value)
        return fmpq(int(value.numerator), int(value.denominator)) if hasattr(value, "numerator") else fmpq(value)

    def number(self, value: Any) -> Frac:
        return Frac(self, self.ctx.constant(self.rational(value)), self.ctx.constant(1))

    def lift(self, f: Frac) -> Frac:
        """The same function in the context of now."""
        if f.num.context() is self.ctx and f.den.context() is self.ctx:
            return f
        num, den = (self.poly(terms(p)) for p in (f.num, f.den))
        f.num, f.den = num, den
        return f

    def poly(self, ts: Iterable[tuple[tuple[tuple[int, int], ...], Any]]) -> Poly:
        """A polynomial from its terms."""
        width = self.ctx.nvars()
        data: dict[tuple[int, ...], Any] = {}
        for mono, c in ts:
            exps = [0] * width
            for g, e in mono:
                exps[g] = e
            data[tuple(exps)] = c
        return self.ctx.from_dict(data)

    def room(self, p: Poly, q: Poly) -> None:
        """Raise `Budget` rather than begin a product that will not end soon."""
        size = len(p) * len(q)
        if size > POLYNOMIAL_PRODUCT:
            raise Budget
        self.spend(1 + size // 8)

    def spend(self, steps: int) -> None:
        """Count work; past the limit the comparison ends."""
        self.work.spend(steps)

    def factors(self, p: Poly) -> Any:
        """The content of a polynomial, and its irreducible factors with their multiplicities."""
        self.spend(8 + len(p) * min(len(p), 64) // 4)
        return p.factor()

    def frac(self, num: Poly, den: Poly) -> Frac:
        """num/den in lowest terms."""
        if num.is_zero():
            return self.zero_now()
        self.spend(1 + (len(num) + len(den)) // 4)
        if not den.is_constant():
            self.spend(4 + (len(num) + len(den)) * min(len(num), len(den)) // 16)
            common = num.gcd(den)
            if not common.is_one():
                num, den = num / common, den / common
        lead = den.leading_coefficient()
        if lead != 1:
            num, den = num / lead, den / lead
        if len(num) > POLYNOMIAL_TERMS or len(den) > POLYNOMIAL_TERMS:
            raise Budget
        out = Frac(self, num, den)
        return self.reduce(out) if self.relations else out

    def zero_now(self) -> Frac:
        return Frac(self, self.ctx.constant(0), self.ctx.constant(1))

    def inverse(self, f: Frac) -> Frac:
        if f.zero:
            raise ZeroDivisionError
        f = self.lift(f)
        lead = f.num.leading_coefficient()
        return Frac(self, f.den / lead, f.num / lead)

    def gen(self, kind: str, head: Any, args: tuple[Frac, ...] = (), positive: bool = False) -> int:
        """The number of the generator of that kind, head and arguments; made at its first use."""
        key = (kind, head, tuple(a.key for a in args))
        found = self.index.get(key)
        if found is not None:
            return found
        deps = frozenset(g for a in args for g in a.gens())
        deps |= frozenset(d for g in deps for d in self.gen_list[g].deps)
        self.gen_list.append(Gen(kind, head, args, deps, positive, constants.fixed(kind, head, args, self.gen_list)))
        number = self.index[key] = len(self.gen_list) - 1
        if number >= self.ctx.nvars():
            self._grow()
        return number

    def of(self, gid: int, exponent: int = 1) -> Frac:
        """A generator as a function."""
        p = self.ctx.gen(gid) ** abs(exponent)
        one = self.ctx.constant(1)
        return Frac(self, p, one) if exponent >= 0 else Frac(self, one, p)

    def make(self, kind: str, head: Any, args: tuple[Frac, ...] = (), positive: bool = False) -> Frac:
        return self.of(self.gen(kind, head, args, positive))

    def reduce(self, f: Frac) -> Frac:
        """Powers of related generators brought below the degree of their relation."""
        for _ in range(40):
            num, den = self._reduced(f.num), self._reduced(f.den)
            if num is None and den is None:
                return f
            top = num if num is not None else Frac(self, f.num, self.ctx.constant(1))
            bottom = den if den is not None else Frac(self, f.den, self.ctx.constant(1))
            top, bottom = self.lift(top), self.lift(bottom)
            if bottom.num.is_zero():
                raise ZeroDivisionError
            f = self._plain(top.num * bottom.den, top.den * bottom.num)
        return f

    def _plain(self, num: Poly, den: Poly) -> Frac:
        kept, self.relations = self.relations, {}
        try:
            return self.frac(num, den)
        finally:
            self.relations = kept

    def _reduced(self, p: Poly) -> Frac | None:
        ts = terms(p)
        self.spend(1 + len(ts) * len(self.relations) // 8)
        due = [g for g, (n, _) in self.relations.items() if any(dict(m).get(g, 0) >= n for m, _ in ts)]
        if not due:
            return None
        gid = due[-1]             # the latest made: its value holds only earlier ones
        n, value = self.relations[gid]
        parts: dict[int, list[tuple[tuple[tuple[int, int], ...], Any]]] = {}
        for mono, c in ts:
            e = dict(mono).get(gid, 0)
            rest = tuple((g, k) for g, k in mono if g != gid)
            low = ((gid, e % n),) if e % n else ()
            parts.setdefault(e // n, []).append((tuple(sorted(rest + low)), c))
        kept, self.relations = self.relations, {}
        try:
            total = self.zero_now()
            for k, group in parts.items():
                merged: dict[Any, Any] = {}
                for mono, c in group:
                    merged[mono] = merged.get(mono, 0) + c
                total = total + Frac(self, self.poly(merged.items()), self.ctx.constant(1)) * value.power(k)
        finally:
            self.relations = kept
        return total

    def compose(self, f: Frac, image: Callable[[int], Frac | None]) -> Frac:
        """`f` with each generator replaced by its image (None: itself)."""
        table = {g: image(g) for g in f.gens()}
        if all(v is None for v in table.values()):
            return f
        return self._composed(f.key[0], table) / self._composed(f.key[1], table)

    def _composed(self, ts: Terms, table: dict[int, Frac | None]) -> Frac:
        total = self.number(0)
        for mono, c in ts:
            part = self.number(c)
            for g, e in mono:
                value = table[g]
                part = part * (self.of(g, e) if value is None else value.power(e))
            total = total + part
        return total

    # -- signs
    def sign(self, p: Poly) -> int | None:
        """The sign of a polynomial where it follows from positive generators, even powers or what is assumed."""
        if p.is_zero():
            return 0
        lead = p.leading_coefficient()
        flip = 1 if lead > 0 else -1
        key = terms(p / lead)
        if key in self.signs:
            return flip * self.signs[key]
        if all(c > 0 and self._nonnegative(mono) for mono, c in key) and any(
            all(self._gen_positive(g) for g, _ in mono) for mono, _ in key
        ):
            return flip
        if all(self.gen_list[g].fixed for mono, _ in key for g, _ in mono):
            return constants.sign(self, p)
        if len(key) == 1:
            return self._monomial_sign(key[0][0], flip)
        return None

    def nonnegative(self, p: Poly) -> bool:
        """Is it plain that the polynomial is nowhere negative?"""
        return all(c > 0 and self._nonnegative(mono) for mono, c in terms(p)) or self._known_weak(p)

    def _known_weak(self, p: Poly) -> bool:
        lead = p.leading_coefficient()
        key = terms(p / lead)
        return bool(lead > 0) and (key in self.weak or self.signs.get(key) == 1)

    def note_square(self, f: Frac) -> None:
        """f is an even power, so its numerator times its denominator is nowhere negative."""
        p = f.num * f.den
        if len(p) > 1 and p.leading_coefficient() > 0:
            self.weak.setdefault(terms(p / p.leading_coefficient()))

    def note_sum(self, parts: list[Frac], total: Frac) -> None:
        """A sum of parts that are nowhere negative, one of them positive, is positive."""
        if total.zero or total.num.is_constant() or self.sign(total.num) is not None:
            return
        signs = [self.sign(f.num * f.den) for f in parts]
        if any(s == 1 for s in signs) and all(s == 1 or self.nonnegative(f.num * f.den) for s, f in zip(signs, parts)):
            den = self.sign(total.den)
            if den is not None:
                self.assume(total.num, den)

    def _nonnegative(self, mono: tuple[tuple[int, int], ...]) -> bool:
        return all(e % 2 == 0 or self._gen_positive(g) for g, e in mono)

    def _gen_positive(self, g: int) -> bool:
        return self.gen_list[g].positive or self.signs.get(((((g, 1),), self.rational(1)),)) == 1

    def _monomial_sign(self, mono: tuple[tuple[int, int], ...], flip: int) -> int | None:
        for g, e in mono:
            if self._gen_positive(g):
                continue
            known = self.signs.get(((((g, 1),), self.rational(1)),))
            if known is None:
                return None
            flip *= known**e
        return flip

    def assume(self, p: Poly, sign: int) -> None:
        """Note the sign of a polynomial that a domain or a fact gives."""
        lead = p.leading_coefficient()
        key = terms(p / lead)
        self.signs.setdefault(key, sign if lead > 0 else -sign)
        self.assumed.setdefault(key)
