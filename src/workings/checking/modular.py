"""Equality of rational functions too large to write out: values modulo random primes (Schwartz 1980, Zippel 1979).

Let a - b = P/Q with integer coefficients.  If P is not 0, a random prime of 61 bits divides all of P with probability
at most (bits of P)/60 over the number of such primes, and otherwise P vanishes at a random point modulo the prime with
probability at most degree/prime.  Three primes and points, drawn one after the other, multiply these bounds.  The draw
is seeded by the question, so that the same question has the same answer.

What is no sum, product, quotient or whole power (exp, log, tanh of something) is read exactly by `normal.py`; its
generators are independent, and each gets a random value.  Generators tied by a relation (roots, sines) end the test.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log2

from workings.limits import CHECK_REFINEMENTS, MODULAR_STEPS
from workings.checking.algebra import Frac, Terms
from workings.checking.budget import Budget, Work
from workings.checking.normal import Foreign, Normal, Same, Split
from workings.checking.transcend import Refine, Undefined
from workings.expr import Add, Claim, Div, Expr, Mul, Neg, Network, Num, Pow, Ref, preorder
from workings.expr.nodes import Key
from workings.notation import plain

PRIMES, TRIES = 3, 4
BITS = 61
HOW_MANY = 2.6e16             # primes between 2^60 and 2^61, at least


@dataclass(frozen=True, slots=True)
class Size:
    """Bounds of P/Q: degrees, and log2 of the sums of the absolute values of integer coefficients."""

    top: int = 0
    bottom: int = 0
    bits: float = 0.0
    below: float = 0.0

    def times(self, o: Size) -> Size:
        return Size(self.top + o.top, self.bottom + o.bottom, self.bits + o.bits, self.below + o.below)

    def plus(self, o: Size) -> Size:
        return Size(
            max(self.top + o.bottom, o.top + self.bottom), self.bottom + o.bottom,
            1 + max(self.bits + o.below, o.bits + self.below), self.below + o.below)

    def power(self, n: int) -> Size:
        k = abs(n)
        grown = Size(self.top * k, self.bottom * k, self.bits * k, self.below * k)
        return grown if n >= 0 else grown.turned()

    def turned(self) -> Size:
        return Size(self.bottom, self.top, self.below, self.bits)


class Unlucky(Exception):
    """A denominator vanishes at this point modulo this prime."""


@dataclass(eq=False)
class Straight:
    """One expression modulo one prime; values of generators are drawn at their first use."""

    normal: Normal
    prime: int
    draw: random.Random
    drawn: dict[int, int] = field(default_factory=dict)
    memo: dict[Key, tuple[int, Size]] = field(default_factory=dict)

    def value(self, expr: Expr) -> tuple[int, Size]:
        """The value modulo the prime, and the size of what it is the value of."""
        done: list[tuple[int, Size]] = []
        stack: list[tuple[Expr, bool]] = [(expr, False)]
        while stack:
            node, ready = stack.pop()
            self.normal.arena.spend(1)
            if isinstance(node, Claim):
                stack.append((node.inner, False))
            elif isinstance(node, Ref) and not node.indices and node.key in self.normal.open:
                if node.key not in self.memo:
                    self.memo[node.key] = self.value(self.normal.net.defs[node.key][0].rhs)
                done.append(self.memo[node.key])
            elif not _rational(node):
                done.append(self._atom(self.normal.read(node)))
            elif ready or isinstance(node, Num):
                count = 1 if isinstance(node, Pow) else len(node.children())
                cut = len(done) - count
                inner = done[cut:]
                del done[cut:]
                done.append(self._node(node, inner))
            else:
                stack.append((node, True))
                inside = (node.base,) if isinstance(node, Pow) else node.children()
                stack.extend((c, False) for c in reversed(inside))
        return done[0]

    def _node(self, node: Expr, inner: list[tuple[int, Size]]) -> tuple[int, Size]:
        if isinstance(node, Num):
            top, bottom = int(node.value.numerator), int(node.value.denominator)
            return top * self._inverse(bottom) % self.prime, Size(0, 0, _bits(top), _bits(bottom))
        value, size = inner[0]
        if isinstance(node, Neg):
            return -value % self.prime, size
        if isinstance(node, Pow):
            n = _whole(node.exponent) or 0
            base = value if n >= 0 else self._inverse(value)
            return pow(base, abs(n), self.prime), size.power(n)
        if isinstance(node, Div):
            below, other = inner[1]
            return value * self._inverse(below) % self.prime, size.times(other.turned())
        for v, s in inner[1:]:
            if isinstance(node, Add):
                value, size = (value + v) % self.prime, size.plus(s)
            else:
                value, size = value * v % self.prime, size.times(s)
        return value, size

    def _inverse(self, value: int) -> int:
        if value % self.prime == 0:
            raise Unlucky
        return pow(value, -1, self.prime)

    def _atom(self, f: Frac) -> tuple[int, Size]:
        f = self.normal.arena.lift(f)
        (p, top, bits), (q, bottom, below) = (self._polynomial(ts) for ts in f.key)
        return p * self._inverse(q) % self.prime, Size(top, bottom, bits, below)

    def _polynomial(self, ts: Terms) -> tuple[int, int, float]:
        value, degree, bits = 0, 0, 0.0
        for mono, c in ts:
            part = int(c.p) * self._inverse(int(c.q)) % self.prime
            for g, e in mono:
                if g in self.normal.arena.relations:
                    raise Budget
                if g not in self.drawn:
                    self.drawn[g] = self.draw.randrange(1, self.prime)
                part = part * pow(self.drawn[g], e, self.prime) % self.prime
            value = (value + part) % self.prime
            degree = max(degree, sum(e for _, e in mono))
            # The denominators of all coefficients are multiplied out: they count for every term.
            bits += _bits(int(c.p)) + _bits(int(c.q)) + 1
        return value, degree, bits


def _bits(n: int) -> float:
    return log2(abs(n)) if abs(n) > 1 else 0.0


def _whole(e: Expr) -> int | None:
    if isinstance(e, Neg):
        inner = _whole(e.arg)
        return None if inner is None else -inner
    return int(e.value) if isinstance(e, Num) and e.value.denominator == 1 else None


def _rational(node: Expr) -> bool:
    if isinstance(node, Pow):
        return _whole(node.exponent) is not None
    return isinstance(node, Num | Neg | Add | Mul | Div)


def by_primes(net: Network, a: Expr, b: Expr, open_: Iterable[Key]) -> str:
    """The reason in words, with the error bound, if a = b modulo three random primes; "" if they differ or it is not
    a question for this method.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read_expression
    >>> p, q = (read_expression(e, signatures()) for e in ("(x + y + z)^400", "(x + y + z)^399*(z + y + x)"))
    >>> by_primes(Network(), p, q, [])
    'equal modulo 3 random primes of 61 bits at random points: wrong with probability below 10^-43'
    """
    opened = tuple(k for k in open_ if not k[1] and len(net.defs[k]) == 1)
    if any(isinstance(n, Ref) and n.indices for e in (a, b) for n in preorder(e)):
        return ""
    draw = random.Random(f"{plain(a)} = {plain(b)}")
    scales: dict[str, int] = {}
    work = Work(MODULAR_STEPS)
    for _ in range(CHECK_REFINEMENTS):
        try:
            return _attempt(Normal(net, scales, opened, work), a, b, draw)
        except Refine as r:
            scales[r.name] = r.scale
        except (Budget, Foreign, Split, Same, Undefined, Unlucky, ZeroDivisionError):
            return ""
    return ""


def _attempt(n: Normal, a: Expr, b: Expr, draw: random.Random) -> str:
    digits = 0.0
    for _ in range(PRIMES):
        for attempt in range(TRIES):
            line = Straight(n, _prime(draw), draw)
            try:
                (p, first), (q, second) = line.value(a), line.value(b)
                break
            except Unlucky:
                if attempt == TRIES - 1:
                    raise
        if p != q:
            return ""
        size = first.plus(second)
        digits -= _log10(size.bits / (BITS - 1) / HOW_MANY + size.top / 2.0 ** (BITS - 1))
    return (f"equal modulo {PRIMES} random primes of {BITS} bits at random points: "
            f"wrong with probability below 10^-{int(digits)}")


def _log10(x: float) -> float:
    from math import log10

    return log10(x) if x > 0 else -3.0 * BITS


def _prime(draw: random.Random) -> int:
    """A random prime between 2^60 and 2^61, each as likely as any other."""
    from flint import fmpz

    while True:
        n = draw.randrange(2 ** (BITS - 1) + 1, 2**BITS, 2)
        if fmpz(n).is_probable_prime() and fmpz(n).is_prime():
            return n
