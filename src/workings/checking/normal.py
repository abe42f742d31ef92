"""A written expression as a rational function of generators: the normal form in which equality is decided.

`Normal` owns one arena.  Names in `open` are replaced by their definitions, all others are generators.  Where the
form depends on the sign of something that is not known, `Split` asks for a case distinction; `Same` asks whether a
free index has a value, such as t = T.  `patterns.py` makes the cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from workings.checking import sums
from workings.checking.algebra import Arena, Frac
from workings.checking.budget import Work
from workings.checking.functions import Foreign, Functions, Same, Split
from workings.checking.names import place_letters, range_letter
from workings.checking.transcend import Undefined
from workings.expr import (
    Add, Big, Call, Claim, Const, Deriv, Div, Equation, Expr, Logic, Mul, Neg, Network, Num, Pow, Ref, Rel, free_keys,
    free_refs, preorder,
)

if TYPE_CHECKING:
    from workings.expr import Key

class Normal(Functions):
    """Reads expressions into one arena; `apart`: differences of indices that are not 0, `pinned`: values."""

    def __init__(
        self, net: Network, scales: dict[str, int], open_: Iterable[Key] = (), work: Work | None = None
    ) -> None:
        super().__init__(Arena(work=work or Work()), scales)
        self.net, self.open = net, frozenset(open_)
        self.apart: frozenset[object] = frozenset()
        self.pinned: dict[int, Frac] = {}
        self.memo: dict[Key, Frac] = {}
        self.patterns: dict[Key, tuple[list[int], Frac]] = {}
        self.bounds: dict[int, Any] = {}
        self.letters: dict[str, str] = {}     # free letters, and a letter that runs as each does
        self._count = 0

    # -- the walk
    def read(self, expr: Expr, env: Mapping[str, Frac] | None = None) -> Frac:
        """The normal form of a scalar expression; iterative in its depth."""
        env = env or {}
        done: list[Frac] = []
        stack: list[tuple[Expr, bool]] = [(expr, False)]
        while stack:
            node, ready = stack.pop()
            if isinstance(node, Claim):
                stack.append((node.inner, False))
            elif isinstance(node, Big):
                done.append(self._big(node, env))
            elif isinstance(node, Deriv):
                done.append(self._derivative(node, env))
            elif isinstance(node, Call) and node.function in ("where", "ind") and not node.primes:
                done.append(self._cases(node, env))
            elif ready:
                size = len(node.children())
                cut = len(done) - size
                inner = done[cut:]
                del done[cut:]
                done.append(self._node(node, inner, env))
            elif node.children():
                stack.append((node, True))
                stack.extend((c, False) for c in reversed(node.children()))
            else:
                done.append(self._node(node, [], env))
        return done[0]

    def _node(self, node: Expr, inner: list[Frac], env: Mapping[str, Frac]) -> Frac:
        if isinstance(node, Num):
            return self.arena.number(node.value)
        if isinstance(node, Ref):
            return self._ref(node, inner, env)
        if isinstance(node, Neg):
            return -inner[0]
        if isinstance(node, Add):
            return self._sum(inner)
        if isinstance(node, Mul):
            out = inner[0]
            for f in inner[1:]:
                out = out * f
            return out
        if isinstance(node, Div):
            if inner[1].zero:
                raise Undefined
            return inner[0] / inner[1]
        if isinstance(node, Pow):
            out = self.power(inner[0], inner[1], whole=self._whole_number(node.exponent, env))
            if inner[1].constant and inner[1].value().q == 1 and inner[1].value().p % 2 == 0:
                self.arena.note_square(out)
            return out
        if isinstance(node, Call):
            return self.call(node.function, inner, node.primes)
        if isinstance(node, Const):
            if node.name == "pi":
                return self.arena.make("const", "pi", positive=True)
            if node.name == "e":
                return self.exp(self.arena.one)
        raise Foreign(type(node).__name__)

    def _sum(self, parts: list[Frac]) -> Frac:
        # Halves first: a sum of many quotients stays small longer.
        whole = parts
        while len(parts) > 1:
            parts = [parts[i] + parts[i + 1] if i + 1 < len(parts) else parts[i] for i in range(0, len(parts), 2)]
        self.arena.note_sum([self.arena.lift(f) for f in whole], parts[0])
        return parts[0]

    def _whole_number(self, exponent: Expr, env: Mapping[str, Frac]) -> bool:
        names = [r.name for r in free_refs(exponent) if not r.indices]
        return bool(names) and all(n in self.net.sizes or n in self.net.indices or n in env for n in names)

    # -- names
    def _ref(self, node: Ref, inner: list[Frac], env: Mapping[str, Frac]) -> Frac:
        if not node.indices and node.name in env:
            return env[node.name]
        if node.key in self.open:
            return self._opened(node, inner)
        if any(isinstance(i, Add | Num) for i in node.indices):
            self._there(node, inner)
        size = not node.indices and node.name in self.net.sizes      # a size is at least 1
        return self._pin(self.arena.gen("ref", node.name, tuple(inner), positive=size))

    def _there(self, node: Ref, inner: list[Frac]) -> None:
        """Raise `Undefined` for an entry past the last of a family that equations define: h[T+1]."""
        for equation in self.net.defs.get(node.key, ()):
            for place, at in zip(equation.lhs.indices, inner):
                known = self.net.ranges.get(place.name) if isinstance(place, Ref) else None
                if known is not None:
                    gap = at - self.read(known.hi)
                    if gap.constant and not gap.zero and gap.value() > 0:
                        raise Undefined

    def _derivative(self, node: Deriv, env: Mapping[str, Frac]) -> Frac:
        """A derivative of something that no equation gives: a quantity of its own, known by its indices."""
        names = [e for e in node.children() if isinstance(e, Ref)]
        if len(names) < len(node.children()):
            raise Foreign("the derivative of an expression")
        indices = tuple(self.read(i, env) for e in names for i in e.indices)
        return self.arena.make("deriv", tuple(e.key for e in names), indices)

    def _pin(self, g: int) -> Frac:
        return self.pinned.get(g) or self.arena.of(g)

    def _opened(self, node: Ref, inner: list[Frac]) -> Frac:
        equations = self.net.defs[node.key]
        if not node.indices:
            if node.key not in self.memo:
                self.memo[node.key] = self.read(equations[0].rhs)
            return self.memo[node.key]
        places, value = self._pattern(equations[0])
        return self.rebind(value, dict(zip(places, inner)))

    def _pattern(self, equation: Equation) -> tuple[list[int], Frac]:
        key = equation.key
        if key not in self.patterns:
            places, env = [], {}
            for i in equation.lhs.indices:
                assert isinstance(i, Ref)
                places.append(self.fresh(("place", key, i.name)))
                env[i.name] = self.arena.of(places[-1])
            self.patterns[key] = (places, self.read(equation.rhs, env))
        return self.patterns[key]

    def warm(self, *exprs: Expr) -> None:
        """Read the opened definitions that the expressions need, innermost first, so that no reading nests deeply."""
        stack: list[tuple[Expr, Key | None]] = [(e, None) for e in exprs] if self.open else []
        while stack:
            expr, key = stack.pop()
            if key is not None and key in self.memo:
                continue
            missing = [k for k in free_keys(expr) if k in self.open and not k[1] and k not in self.memo]
            if missing:
                stack.append((expr, key))
                stack.extend((self.net.defs[k][0].rhs, k) for k in missing)
            elif key is not None:
                self.memo[key] = self.read(expr)

    # -- indices
    def place(self, *exprs: Expr) -> None:
        """Note what the free letters of the expressions run over, from the places where they stand."""
        places = place_letters(self.net)
        for node in (n for e in exprs for n in preorder(e)):
            if isinstance(node, Ref):
                for i, at in enumerate(node.indices):
                    if isinstance(at, Ref) and (node.name, i) in places:
                        self.letters.setdefault(at.name, places[node.name, i])

    def fresh(self, head: Any = None) -> int:
        """A new generator that stands for an index."""
        self._count += 1
        return self.arena.gen("bound", head or ("new", self._count))

    def level(self, g: int) -> int:
        """How deep the sums nest in which a canonical bound index stands."""
        gen = self.arena.gen_list[g]
        return int(gen.head[0]) if gen.kind == "bound" and isinstance(gen.head[0], int) else 0

    def inside(self, at: Frac, lo: Frac, hi: Frac) -> bool:
        """Does the index surely lie in lo..hi?"""
        if at.constant and lo.constant:
            # A written index is there: sizes are at least the numbers that a line uses.
            return bool(at.value() >= lo.value()) and (not hi.constant or bool(at.value() <= hi.value()))
        gens = at.gens()
        if len(gens) != 1 or at.key != self.arena.of(gens[0]).key:
            return False
        known = self.bounds.get(gens[0]) or tuple(end.key for end in self._ends_of(gens[0]) or ())
        return known == (lo.key, hi.key)

    def _ends_of(self, g: int) -> tuple[Frac, Frac] | None:
        gen = self.arena.gen_list[g]
        if gen.kind == "bound" and gen.head[0] == "place":
            letter = gen.head[2]
        elif gen.kind == "ref":
            letter = gen.head
        else:
            return None
        letter = self.letters.get(letter, letter)
        found = self.net.ranges.get(letter) or self.net.ranges.get(letter.rstrip("'0123456789"))
        return None if found is None else (self.read(found.lo), self.read(found.hi))

    def _big(self, node: Big, env: Mapping[str, Frac]) -> Frac:
        lo, hi = self._ends(node, env)
        k = self.fresh()
        self.bounds = {**self.bounds, k: (lo.key, hi.key)}
        body = self.read(node.body, {**env, node.index: self.arena.of(k)})
        if node.condition is not None and node.op == "sum":
            body = body * self._condition_weight(node.condition, {**env, node.index: self.arena.of(k)})
        if node.op == "sum":
            return sums.total(self, k, lo, hi, body)
        if node.op == "prod" and node.condition is None:
            return sums.product(self, k, lo, hi, body)
        if node.op == "prod":
            return self._product_but_one(node, env, lo, hi)
        if node.condition is None:
            level = 1 + max((self.level(g) for g in body.gens()), default=0)
            name = self.arena.make("bound", (level, 0))
            return self.arena.make(node.op, level, (self.rebind(body, {k: name}), lo, hi))
        raise Foreign("condition")

    def _product_but_one(self, node: Big, env: Mapping[str, Frac], lo: Frac, hi: Frac) -> Frac:
        """prod(j != i, f(j)) is prod(j, f(j))/f(i), for an i in its range."""
        c = node.condition
        if not (isinstance(c, Rel) and c.ops == ("!=",)):
            raise Foreign("condition")
        other = next((a for a in c.args if not (isinstance(a, Ref) and a.name == node.index)), None)
        mine = any(isinstance(a, Ref) and a.name == node.index for a in c.args)
        if other is None or not mine or any(r.name == node.index for r in free_refs(other)):
            raise Foreign("condition")
        at = self.read(other, env)
        if not self.inside(at, lo, hi):
            raise Foreign("condition")
        whole = self._big(Big("prod", node.index, node.body, node.lo, node.hi), env)
        return whole / self.read(node.body, {**env, node.index: at})

    def _ends(self, node: Big, env: Mapping[str, Frac]) -> tuple[Frac, Frac]:
        if node.lo is not None and node.hi is not None:
            return self.read(node.lo, env), self.read(node.hi, env)
        letter = range_letter(self.net, node.index, node.body)
        if not letter:
            return self.arena.one, self.arena.make("range", node.index.rstrip("'0123456789"))
        declared = self.net.ranges[letter]
        return self.read(declared.lo), self.read(declared.hi)

    def _condition_weight(self, condition: Expr, env: Mapping[str, Frac]) -> Frac:
        if isinstance(condition, Rel) and len(condition.ops) == 1 and condition.ops[0] in ("!=", "="):
            a, b = (self.read(c, env) for c in condition.args)
            same = self.delta(a, b)
            return same if condition.ops[0] == "=" else self.arena.one - same
        raise Foreign("condition")

    def delta(self, a: Frac, b: Frac) -> Frac:
        """1 where two indices are equal, else 0."""
        d = a - b
        if d.zero:
            return self.arena.number(1)
        if d.constant:
            return self.arena.zero_now()
        gens = d.gens()
        if any(self.arena.gen_list[g].kind == "bound" for g in gens):
            unit = d if d.key[0][0][1] > 0 else -d
            out = self.arena.make("delta", "", (unit,))
            self.arena.relations.setdefault(out.gens()[0], (2, self.arena.of(out.gens()[0])))
            return out
        unit = d if d.key[0][0][1] > 0 else -d
        if unit.key in self.apart:
            return self.arena.zero_now()
        for g in reversed(gens):
            c = dict(d.key[0]).get(((g, 1),))
            if d.key[1] == (((), 1),) and c in (1, -1) and not self.arena.gen_list[g].args:
                value = self.arena.of(g) - (d if c == 1 else -d)
                if value.free_of(g):
                    raise Same(g, value, unit.key)
        raise Foreign("delta")

    def outside(self, g: int, value: Frac) -> bool:
        """Is the value surely none that the letter runs over?"""
        ends = self._ends_of(g)
        if ends is None:
            return False
        return any(gap.constant and not gap.zero and gap.value() < 0 for gap in (value - ends[0], ends[1] - value))

    def rebind(self, f: Frac, table: Mapping[int, Frac]) -> Frac:
        """`f` with generators replaced, inside the arguments of others too."""
        targets = frozenset(table)
        cache: dict[int, Frac | None] = {}

        def image(g: int) -> Frac | None:
            if g in table:
                return table[g]
            if g not in cache:
                gen = self.arena.gen_list[g]
                cache[g] = None
                if gen.deps & targets:
                    args = tuple(self.arena.compose(a, image) for a in gen.args)
                    cache[g] = self._rebuilt(gen, args)
            return cache[g]

        return self.arena.compose(f, image)

    def _rebuilt(self, gen: Any, args: tuple[Frac, ...]) -> Frac:
        kind, head = gen.kind, gen.head
        if kind == "ref":
            return self._pin(self.arena.gen("ref", head, args))
        if kind == "exp":
            return self.exp(args[0] / self.arena.number(head))
        if kind == "log":
            return self.log_abs(args[0])
        if kind == "root":
            return self.absolute_power(args[0], self.arena.rational(1) / head)
        if kind == "abs":
            return self.absolute(args[0])
        if kind == "base":
            return args[0]
        if kind == "ipow":
            return self._formal(args[0], args[1])
        if kind in ("sin", "cos"):
            return self.sine_cosine(args[0])[kind == "cos"]
        if kind == "delta":
            return self.delta(args[0], self.arena.zero_now())
        if kind == "step":
            return self._step_generator(args[0])
        if kind == "sum" and head[1] > 1:
            return sums.rebuilt(self, head, args)
        return self.arena.make(kind, head, args, gen.positive)

    # -- conditions
    def _cases(self, node: Call, env: Mapping[str, Frac]) -> Frac:
        holds = self.holds(node.args[0], env)
        if holds is None:             # inside a sum
            weight = self._condition_weight(node.args[0], env)
            if node.function == "ind":
                return weight
            return weight * self.read(node.args[1], env) + (self.arena.one - weight) * self.read(node.args[2], env)
        if node.function == "ind":
            return self.arena.number(int(holds))
        return self.read(node.args[1] if holds else node.args[2], env)

    def holds(self, condition: Expr, env: Mapping[str, Frac]) -> bool | None:
        """Does the condition hold in the cell at hand?"""
        if isinstance(condition, Logic):
            parts = [self.holds(c, env) for c in condition.args]
            if None in parts:
                return None
            if condition.op == "not":
                return not parts[0]
            return all(parts) if condition.op == "and" else any(parts)
        if not isinstance(condition, Rel):
            raise Foreign("condition")
        sides = [self.read(c, env) for c in condition.args]
        for op, a, b in zip(condition.ops, sides, sides[1:]):
            if op in ("=", "!=") and self._of_indices(a - b):
                same = self.delta(a, b)
                if not same.constant:
                    return None
                if same.zero == (op == "="):
                    return False
                continue
            sign = self.sign(a - b, jumps=True)
            if sign is None:
                return None
            good = {">": sign > 0, ">=": sign >= 0, "<": sign < 0, "<=": sign <= 0, "=": sign == 0, "!=": sign != 0}
            if op not in good:
                raise Foreign(op)
            if not good[op]:
                return False
        return True

    def _of_indices(self, d: Frac) -> bool:
        """Is it made of indices and sizes?"""
        gens = [self.arena.gen_list[g] for g in d.gens()]
        known = set(self.net.sizes) | set(self.net.indices) | set(self.letters) | set(self.net.ranges)
        return bool(gens) and all(g.kind == "bound" or (
            g.kind == "ref" and not g.args and {g.head, g.head.rstrip("'0123456789")} & known) for g in gens)


__all__ = ["Foreign", "Normal", "Same", "Split"]
