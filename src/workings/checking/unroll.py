"""A network at concrete sizes: families, sums and arrays written out as scalar names such as x[1,2].

`Instance(net, {"N": 2})` turns expressions into scalar ones (arrays become NumPy arrays of them) and collects in
`defs` the scalar definitions that they need.  Every index counts as in the network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from workings.limits import UNROLLED_STEPS, UNROLLED_TERMS
from workings.checking.places import Outside, Places
from workings.errors import OutOfReach
from workings.expr import (
    ONE, ZERO, Add, All, Array, Big, Call, Claim, Deriv, Equation, Expr, Logic, Mul, Network, Num, Ref,
    Rel, Rest, free_refs, preorder,
)

Values = Any                  # an Expr, or a NumPy array of them


class Instance(Places):
    """One choice of sizes (`sizes`: name -> number) for a network."""

    def __init__(self, net: Network, sizes: Mapping[str, int], most: int = UNROLLED_TERMS) -> None:
        self.net, self.sizes, self.most = net, dict(sizes), most
        self.defs: dict[str, Expr] = {}
        self.arrays: dict[str, Values] = {}
        self._todo: list[tuple[str, Equation, dict[str, int]]] = []
        self._seen: set[str] = set()
        self._steps = 0

    # -- the door
    def scalar(self, expr: Expr, env: Mapping[str, int] | None = None) -> Values:
        """The expression over scalar names; `env` gives the values of free indices."""
        self._steps = 0
        self._arrays_of(expr)
        value = self._value(expr, dict(env or {}))
        self._settle()
        return value

    def _settle(self) -> None:
        """Definitions of all entries used so far, and of those that they use."""
        while self._todo:
            name, equation, inner = self._todo.pop()
            self._arrays_of(equation.rhs)
            self.defs[name] = self._value(equation.rhs, inner)

    # -- values
    def _arrays_of(self, expr: Expr) -> None:
        """Values of the names without indices that an expression needs, each after those it uses."""
        entered: set[str] = set()
        stack = [(equation, False) for equation in self._bare(expr)]
        while stack:
            equation, ready = stack.pop()
            name = equation.lhs.name
            if name in self._seen:
                continue
            if ready:
                self._seen.add(name)
                value = self._value(equation.rhs, {})
                if _is_array(value):
                    self.arrays[name] = self._named(name, value)
                else:
                    self.defs[name] = value
            elif name not in entered:
                entered.add(name)
                stack += [(equation, True), *((e, False) for e in self._bare(equation.rhs))]

    def _bare(self, expr: Expr) -> list[Equation]:
        """The equations of names without indices in an expression."""
        keys = dict.fromkeys(n.key for n in preorder(expr) if isinstance(n, Ref) and not n.indices)
        return [self.net.defs[key][0] for key in reversed(keys) if key in self.net.defs]

    def _named(self, name: str, value: Values) -> Values:
        import numpy as np

        out = np.empty(value.shape, dtype=object)
        for at in np.ndindex(*value.shape):
            entry = f"{name}[{','.join(str(i + 1) for i in at)}]"
            self.defs[entry] = value[at]
            out[at] = Ref(entry)
        return out

    def _value(self, expr: Expr, env: dict[str, int]) -> Values:
        done: list[Values] = []
        stack: list[tuple[Expr, bool]] = [(expr, False)]
        while stack:
            node, ready = stack.pop()
            self._steps += 1
            if self._steps > UNROLLED_STEPS * self.most:
                raise OutOfReach("written out, this is too long")
            if isinstance(node, Claim):
                stack.append((node.inner, False))
            elif isinstance(node, Ref):
                done.append(self._ref(node, env))
            elif isinstance(node, Big):
                done.append(self._big(node, env))
            elif isinstance(node, Deriv):
                done.append(self._deriv(node, env))
            elif isinstance(node, Call) and node.function in ("delta", "ind", "where") and not ready:
                chosen = self._indexed(node, env)
                if chosen is None:
                    stack.append((node, True))
                    stack.extend((c, False) for c in reversed(node.children()))
                else:
                    stack.append((chosen, False))
            elif isinstance(node, (All, Rest)):
                raise OutOfReach("what is not stated has no value", span=node.span)
            elif ready or not node.children():
                size = len(node.children())
                cut = len(done) - size
                inner = done[cut:]
                del done[cut:]
                done.append(_combined(node, inner))
            else:
                stack.append((node, True))
                stack.extend((c, False) for c in reversed(node.children()))
        return done[0]

    def _ref(self, node: Ref, env: dict[str, int]) -> Values:
        if not node.indices:
            if node.name in env:
                return Num(env[node.name])
            if node.name in self.sizes:
                return Num(self.sizes[node.name])
            if node.name in self.arrays:
                return self.arrays[node.name]
            if node.name in self.net.shapes and node.key not in self.net.defs:
                return self._leaf_array(node.name)
            return Ref(node.name)
        if any(isinstance(i, All) for i in node.indices):
            return self._slice(node, env)
        return self._entry(node.name, tuple(self._int(i, env) for i in node.indices))

    def _leaf_array(self, name: str) -> Values:
        import numpy as np

        shape = tuple(self._int(a, {}) for a in self.net.shapes[name])
        out = np.empty(shape, dtype=object)
        for at in np.ndindex(*shape):
            out[at] = Ref(f"{name}[{','.join(str(i + 1) for i in at)}]")
        return out

    def _slice(self, node: Ref, env: dict[str, int]) -> Values:
        import numpy as np

        places: list[list[int]] = []
        for i, p in enumerate(node.indices):
            if isinstance(p, All):
                found = self._place_range((node.name, i))
                if found is None:
                    raise OutOfReach(f"the range of place {i + 1} of {node.name} is not known", span=node.span)
                places.append(list(found))
            else:
                places.append([self._int(p, env)])
        entries = [self._entry(node.name, at) for at in product(*places)]
        shape = [len(p) for p, i in zip(places, node.indices) if isinstance(i, All)]
        out = np.empty(len(entries), dtype=object)
        out[:] = entries
        return out.reshape(shape)

    def _entry(self, name: str, at: tuple[int, ...]) -> Expr:
        entry = f"{name}[{','.join(map(str, at))}]"
        if name in self.arrays:
            try:
                return self.arrays[name][tuple(i - 1 for i in at)]  # type: ignore[no-any-return]
            except IndexError:
                raise OutOfReach(f"{entry} is outside of {name}") from None
        if entry not in self._seen:
            if len(self._seen) >= self.most:
                raise OutOfReach(f"more than {self.most} entries are asked for, the last of {name}")
            self._seen.add(entry)
            found = self._definition(name, at)
            if found is None and self.above(name, at):
                self._seen.discard(entry)
                raise Outside(f"{entry} is not there")
            if found is not None:
                self._todo.append((entry, *found))
        return Ref(entry)

    def _definition(self, name: str, at: tuple[int, ...]) -> tuple[Equation, dict[str, int]] | None:
        best: tuple[int, Equation, dict[str, int]] | None = None
        for equation in self.net.defs.get((name, len(at)), []):
            env = self._match(equation, at)
            if env is not None and (best is None or len(env) < best[0]):
                best = (len(env), equation, env)
        return None if best is None else best[1:]

    def _match(self, equation: Equation, at: tuple[int, ...]) -> dict[str, int] | None:
        env: dict[str, int] = {}
        for place, i in zip(equation.lhs.indices, at):
            letters = [n.name for n in preorder(place) if isinstance(n, Ref) and n.name not in self.sizes]
            if not letters:
                if self._int(place, {}) != i:
                    return None
                continue
            letter = letters[0]
            value = i - self._int(place, {letter: 0})
            if self._int(place, {letter: value}) != i or env.get(letter, value) != value:
                return None
            if letter in self.net.ranges and value not in self.range_of(letter):
                return None
            env[letter] = value
        return env

    def _big(self, node: Big, env: dict[str, int]) -> Values:
        if node.lo is not None and node.hi is not None:
            values = range(self._int(node.lo, env), self._int(node.hi, env) + 1)
        else:
            values = self.range_of(node.index, node.body)
        if len(values) > UNROLLED_TERMS:
            raise OutOfReach("the sum has too many terms", span=node.span)
        parts = []
        for v in values:
            inner = {**env, node.index: v}
            if node.condition is None or self._truth(node.condition, inner):
                parts.append(self._value(node.body, inner))
        if node.op in ("max", "min"):
            return _combined(Call(node.op, tuple(ONE for _ in parts)), parts)
        if not parts:
            return ZERO if node.op == "sum" else ONE
        if len(parts) == 1:
            return parts[0]
        kind = Add if node.op == "sum" else Mul
        return _combined(kind(tuple(ONE for _ in parts)), parts)

    def _deriv(self, node: Deriv, env: dict[str, int]) -> Values:
        of, *wrt = (self._value(e, env) for e in node.children())
        self._settle()
        return over(of, lambda x: self._by(x, wrt, node))

    def _by(self, of: Expr, wrt: list[Values], node: Deriv) -> Values:
        if not wrt:
            return of
        return over(wrt[0], lambda v: self._by(self._slope(of, v, node.kind), wrt[1:], node))

    def _slope(self, of: Expr, wrt: Expr, kind: str) -> Expr:
        """A derivative of scalars, by the one engine on the scalar network."""
        from workings.checking.resolver import Resolver

        base = of.name.partition("[")[0] if isinstance(of, Ref) else ""
        if any(name == base for name, _ in self.net.opaque):
            assert isinstance(of, Ref) and isinstance(wrt, Ref)
            return Ref(f"P({of.name},{wrt.name})")
        if self.net.opaque:
            used = {r.name.partition("[")[0] for e in (of, *self.defs.values()) for r in free_refs(e)}
            open_ = next((name for name, _ in self.net.opaque if name in used), None)
            if open_ is not None and isinstance(wrt, Ref) and wrt.name.partition("[")[0] != open_:
                raise OutOfReach(f"the derivative goes through {open_}, which nothing defines", span=wrt.span)
        net = Network(tuple(Equation(Ref(n), e) for n, e in self.defs.items()), functions=self.net.functions)
        resolver = Resolver(net)
        value = resolver.resolve(Deriv(of, (wrt,), kind))
        self.defs.update((e.lhs.name, e.rhs) for e in resolver.net.equations)
        return value

    def _indexed(self, node: Call, env: dict[str, int]) -> Expr | None:
        """delta, ind, where on whole numbers: decided here; None where the condition is not about indices."""
        try:
            if node.function == "delta":
                same = self._int(node.args[0], env) == self._int(node.args[1], env)
                return ONE if same else ZERO
            holds = self._truth(node.args[0], env)
        except OutOfReach:
            return None
        if node.function == "ind":
            return ONE if holds else ZERO
        return node.args[1] if holds else node.args[2]

    def _truth(self, condition: Expr, env: dict[str, int]) -> bool:
        if isinstance(condition, Logic):
            parts = [self._truth(c, env) for c in condition.args]
            return not parts[0] if condition.op == "not" else all(parts) if condition.op == "and" else any(parts)
        if not isinstance(condition, Rel):
            raise OutOfReach("a condition on indices was expected", span=condition.span)
        sides = [self._int(c, env) for c in condition.args]
        tests: dict[str, Callable[[int, int], bool]] = {
            "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
            "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
        }
        if any(op not in tests for op in condition.ops):
            raise OutOfReach("a condition on indices was expected", span=condition.span)
        return all(tests[op](a, b) for op, a, b in zip(condition.ops, sides, sides[1:]))


def over(value: Values, change: Callable[[Expr], Values]) -> Values:
    """`change` at a scalar, or at every entry of an array; entries that are arrays add their axes."""
    import numpy as np

    if isinstance(value, Expr):
        return change(value)
    parts = [change(e) for e in value.ravel()]
    inner = () if isinstance(parts[0], Expr) else parts[0].shape
    out = np.empty((len(parts), *inner), dtype=object)
    for i, part in enumerate(parts):
        out[i] = part
    return out.reshape((*value.shape, *inner))


def _is_array(value: Values) -> bool:
    return not isinstance(value, Expr)


def _combined(node: Expr, inner: list[Values]) -> Values:
    """A node around scalar or array values."""
    if not any(_is_array(v) for v in inner):
        if isinstance(node, Array):
            return _stacked(inner)
        return node.rebuild(tuple(inner))
    from workings.checking import arrays

    return arrays.combined(node, inner)


def _stacked(inner: list[Values]) -> Values:
    import numpy as np

    out = np.empty(len(inner), dtype=object)
    out[:] = inner
    return out
