"""Terms: every expression of one derivation is made once, in a normal form that costs nothing to compare.

A term is (kind, head, args); equal terms of one arena are the same object.  Sums collect like terms and
products like factors; a sign and a number stand in front of a product.  The order in which operands were
first met is kept for printing; it plays no part in equality.

    num  head: value                        const head: name
    ref  head: name, args: indices          add   head: number, args: terms
    mul  head: number, args: factors        pow   head: number, args: (base,)
    power args: (base, exponent)            call  head: (function, primes), args
    big  head: (op, index, given ends)      rel, logic, deriv, other: head and args as in the tree
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.derive.inside import parts_first, unpack
from workings.errors import InputTooLarge
from workings.expr import Number
from workings.limits import MAX_BITS, MAX_EXPONENT


class Term:
    """One interned expression; `number` counts the terms of its arena, so that parts come before wholes."""

    __slots__ = ("args", "head", "kind", "number", "parts")

    def __init__(self, kind: str, head: Any, args: tuple[Term, ...], number: int) -> None:
        self.kind, self.head, self.args, self.number = kind, head, args, number
        self.parts: list[Term] | None = None

    def __repr__(self) -> str:
        return f"{self.kind}({self.head}{''.join(', ' + repr(a) for a in self.args)})"

    @property
    def key(self) -> tuple[str, int]:
        """Of a ref: the variable that it names."""
        return self.head, len(self.args)


Ends = tuple["Term | None", "Term | None"]


class Arena:
    """Owns the terms of one call.

    >>> a = Arena()
    >>> x, y = a.ref("x"), a.ref("y")
    >>> a.mul([x, y]) is a.mul([y, x])
    True
    >>> a.sub(a.add([x, y]), y) is x
    True
    """

    __slots__ = ("bigs", "cancelled", "count", "names", "one", "ranges", "steady", "table", "zero")

    def __init__(self) -> None:
        self.table: dict[Any, Term] = {}
        self.ranges: dict[str, Ends | None] = {}      # of an index: where it runs when a sum does not say
        self.names: dict[str, Term] = {}
        self.count = 0
        self.bigs = False                             # is there any sum, product ... over an index?
        self.cancelled = False                        # did anything cancel, h - h or h/h?
        self.steady = False                           # are slopes those that programs call?
        self.zero, self.one = self.num(0), self.num(1)

    def make(self, kind: str, head: Any, args: tuple[Term, ...] = ()) -> Term:
        """The one term of this shape; `args` in the order that matters."""
        key = (kind, head, args)
        found = self.table.get(key)
        if found is None:
            self.count += 1
            found = self.table[key] = Term(kind, head, args, self.count)
        return found

    def _bag(self, kind: str, head: Number, args: tuple[Term, ...]) -> Term:
        """Like `make`, for operands whose order is for the eye only."""
        if len(args) == 2:
            a, b = args
            key: Any = (kind, head, a, b) if a.number < b.number else (kind, head, b, a)
        else:
            key = (kind, head, frozenset(args))
        found = self.table.get(key)
        if found is None:
            self.count += 1
            found = self.table[key] = Term(kind, head, args, self.count)
        return found

    # -- leaves
    def num(self, value: Number) -> Term:
        """An exact number; 4/2 is the integer 2."""
        if isinstance(value, Fraction) and value.denominator == 1:
            value = value.numerator
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise InputTooLarge(f"a number of {value.bit_length()} bits", expected=f"at most {MAX_BITS}")
        return self.make("num", value)

    def ref(self, name: str, indices: tuple[Term, ...] = ()) -> Term:
        """A name, or an entry of a family."""
        if indices:
            return self.make("ref", name, indices)
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = self.make("ref", name)
        return found

    # -- arithmetic
    def add(self, parts: Iterable[Term]) -> Term:
        """A sum, like terms collected."""
        constant: Number = 0
        terms: dict[Term, Number] = {}
        pending = [(part, 1) for part in parts]
        pending.reverse()
        while pending:
            part, sign = pending.pop()
            kind = part.kind
            if kind == "num":
                constant += sign * part.head
            elif kind == "add":
                constant += sign * part.head
                pending.extend((inner, sign) for inner in reversed(part.args))
            elif kind == "mul" and part.head == -1 and len(part.args) == 1 and part.args[0].kind == "add":
                pending.append((part.args[0], -sign))
            elif kind == "mul" and part.head != 1:
                core = self.core(part)
                terms[core] = terms.get(core, 0) + sign * part.head
            else:
                terms[part] = terms.get(part, 0) + sign
        return self._sum(constant, terms)

    def _sum(self, constant: Number, terms: dict[Term, Number]) -> Term:
        args = tuple(core if c == 1 else self.scale(c, core) for core, c in terms.items() if c)
        if len(args) < len(terms):
            self.cancelled = True
        if not args:
            return self.num(constant)
        if constant == 0 and len(args) == 1:
            return args[0]
        if isinstance(constant, Fraction) and constant.denominator == 1:
            constant = constant.numerator
        if constant < 0 or (constant == 0 and self._leads_with_minus(args)):
            return self.scale(-1, self._bag("add", -constant, tuple(self.neg(a) for a in args)))
        return self._bag("add", constant, args)

    def _leads_with_minus(self, args: tuple[Term, ...]) -> bool:
        """t - y is kept as -(y - t) when y was met first, so that both are one term up to the sign."""
        if all(a.kind != "mul" or a.head > 0 for a in args):
            return False
        lead = min(args, key=lambda a: self.core(a).number)
        return bool(lead.kind == "mul" and lead.head < 0)

    def core(self, term: Term) -> Term:
        """A product without its number."""
        if term.kind != "mul" or term.head == 1:
            return term
        return term.args[0] if len(term.args) == 1 else self._bag("mul", 1, term.args)

    def scale(self, number: Number, term: Term) -> Term:
        """A number times a term."""
        if number == 0:
            return self.zero
        if term.kind == "num":
            return self.num(number * term.head)
        args: tuple[Term, ...] = (term,)
        if term.kind == "mul":
            number, args = number * term.head, term.args
        if isinstance(number, Fraction) and number.denominator == 1:
            number = number.numerator
        if number == 1 and len(args) == 1:
            return args[0]
        return self._bag("mul", number, args)

    def neg(self, term: Term) -> Term:
        return self.scale(-1, term)

    def sub(self, a: Term, b: Term) -> Term:
        return self.add((a, self.neg(b)))

    def mul(self, parts: Sequence[Term]) -> Term:
        """A product, like factors collected; sums are not multiplied out."""
        if len(parts) == 2:
            a, b = parts
            if a is self.one:
                return b
            if b is self.one:
                return a
            if a.kind in _PLAIN and b.kind in _PLAIN and a is not b:
                return self._bag("mul", 1, (a, b))
        number: Number = 1
        factors: dict[Term, Number] = {}
        for part in parts:
            if part.kind == "num":
                number *= part.head
                continue
            inner: tuple[Term, ...] = (part,)
            if part.kind == "mul":
                number *= part.head
                inner = part.args
            for factor in inner:
                base, e = (factor.args[0], factor.head) if factor.kind == "pow" else (factor, 1)
                factors[base] = factors.get(base, 0) + e
        return self._product(number, factors)

    def _product(self, number: Number, factors: dict[Term, Number]) -> Term:
        if number == 0:
            self.cancelled = True
            return self.zero
        args = []
        for base, e in factors.items():
            if e:
                power = base if e == 1 else self.pow(base, e)
                if power.kind in ("mul", "num"):      # (2x)^(1/2) squared is 2x
                    rest = [self.pow(b, f) for b, f in factors.items() if b is not base]
                    return self.mul([self.num(number), power, *rest])
                args.append(power)
        if len(args) < len(factors):
            self.cancelled = True
        if not args:
            return self.num(number)
        if isinstance(number, Fraction) and number.denominator == 1:
            number = number.numerator
        if number == 1 and len(args) == 1:
            return args[0]
        return self._bag("mul", number, tuple(args))

    def pow(self, base: Term, exponent: Number) -> Term:
        """A power with a number as exponent."""
        if isinstance(exponent, Fraction) and exponent.denominator == 1:
            exponent = exponent.numerator
        if exponent == 0:
            return self.one
        if exponent == 1:
            return base
        whole = isinstance(exponent, int)
        if base.kind == "num" and isinstance(exponent, int) and (base.head or exponent > 0):
            if abs(exponent) > MAX_EXPONENT:
                raise InputTooLarge(f"the exponent {exponent}", expected=f"at most {MAX_EXPONENT}")
            return self.num(Fraction(Fraction(base.head) ** exponent))
        if base.kind == "mul" and whole:
            return self.mul([self.pow(self.num(base.head), exponent), *(self.pow(f, exponent) for f in base.args)])
        if base.kind == "pow" and whole:
            return self.pow(base.args[0], base.head * exponent)
        return self.make("pow", exponent, (base,))

    def power(self, base: Term, exponent: Term) -> Term:
        """A power with any exponent."""
        if exponent.kind == "num":
            return self.pow(base, exponent.head)
        return self.make("power", None, (base, exponent))

    def div(self, top: Term, bottom: Term) -> Term:
        return self.mul([top, self.pow(bottom, -1)])

    # -- functions and big operators
    def call(self, function: str, args: tuple[Term, ...], primes: int = 0) -> Term:
        """A function at its arguments; a delta of equal or of different numbers is decided."""
        if function == "delta" and len(args) == 2:
            gap = self.sub(args[0], args[1])
            if gap.kind == "num":
                return self.one if gap.head == 0 else self.zero
            if args[0].kind == "num" or (args[1].kind != "num" and args[0].number > args[1].number):
                args = (args[1], args[0])
        return self.make("call", (function, primes), args)

    def big(self, op: str, index: str, body: Term, ends: tuple[Term | None, Term | None, Term | None]) -> Term:
        """A sum, product, maximum or minimum over an index; `ends` are lo, hi and condition."""
        if op == "sum" and body is self.zero:
            return self.zero
        self.bigs = True
        given = tuple(e is not None for e in ends)
        return self.make("big", (op, index, given), (*(e for e in ends if e is not None), body))

    # -- walks
    def rebuild(self, term: Term, args: tuple[Term, ...]) -> Term:
        """The same kind of term around other operands, normal again."""
        kind = term.kind
        if kind == "add":
            return self.add((*args, self.num(term.head)))
        if kind == "mul":
            return self.mul([self.num(term.head), *args])
        if kind == "pow":
            return self.pow(args[0], term.head)
        if kind == "power":
            return self.power(*args)
        if kind == "call":
            return self.call(term.head[0], args, term.head[1])
        return self.make(kind, term.head, args)

    def rewrite(self, root: Term, change: Callable[[Term], Term]) -> Term:
        """`change` applied to every term once, parts first."""
        done: dict[Term, Term] = {}
        for term in parts_first(root):
            args = tuple(done[a] for a in term.args)
            done[term] = change(term if args == term.args else self.rebuild(term, args))
        return done[root]

    def rename(self, root: Term, table: Mapping[str, Term]) -> Term:
        """Free unindexed names replaced; an index bound inside never captures what comes in."""
        if not table:
            return root
        incoming = {t.head for value in table.values() for t in parts_first(value) if t.kind == "ref"}
        done: dict[Term, Term] = {}
        for term in parts_first(root, stop=_is_big):
            if term.kind == "ref" and not term.args:
                done[term] = table.get(term.head, term)
            elif term.kind == "big":
                done[term] = self._rename_big(term, table, incoming)
            else:
                args = tuple(done[a] for a in term.args)
                done[term] = term if args == term.args else self.rebuild(term, args)
        return done[root]

    def _rename_big(self, term: Term, table: Mapping[str, Term], incoming: set[str]) -> Term:
        op, index, _ = term.head
        lo, hi, condition, body = unpack(term)
        inside = {k: v for k, v in table.items() if k != index}
        if index in incoming:
            used = incoming | {t.head for t in parts_first(body) if t.kind == "ref"}
            new = index
            while new in used:
                new += "'"
            self.ranges[new] = self.ranges.get(index)
            inside[index], index = self.ref(new), new
        ends = (
            None if lo is None else self.rename(lo, table),
            None if hi is None else self.rename(hi, table),
            None if condition is None else self.rename(condition, inside),
        )
        return self.big(op, index, self.rename(body, inside), ends)

    def replace(self, root: Term, table: Mapping[Term, Term]) -> Term:
        """Whole terms replaced, largest first; nothing inside a replacement is looked at again."""
        if not table or (root.kind == "ref" and root not in table):
            return root
        done: dict[Term, Term] = {}
        for term in parts_first(root, stop=table.__contains__):
            new = table.get(term)
            if new is None:
                args = tuple(done[a] for a in term.args)
                new = term if args == term.args else self.rebuild(term, args)
            done[term] = new
        return done[root]


_PLAIN = ("ref", "call", "add", "big", "const", "deriv")


def _is_big(term: Term) -> bool:
    return term.kind == "big"
