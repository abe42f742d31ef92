"""Expressions over whole arrays, as NumPy and its like write them: one axis an index, in the order of the statement.

An array knows the index letter of each of its axes.  Operands are brought to common axes (b[:, None]); a sum over
a product of two arrays is a matrix product where only its own index is shared, else an einsum or a sum over an axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workings.emit.axes import Axis
from workings.emit.plan import Plan
from workings.emit.speak import ATOM, MUL, POW, REL, Position, Said, Speaker, at, product
from workings.errors import OutOfReach
from workings.expr import Big, Call, Expr, Key, Logic, Mul, Ref, Rel, fold, preorder


class NoArrayForm(Exception):
    """The expression has entries that no slice reaches; it is written as loops."""


class ArraySpeaker(Speaker):
    """Says whole-array expressions; `scalars` are letters that a loop around fixes."""

    np, axis_word = "np", "axis"
    reductions: Mapping[str, str] = {"sum": "sum", "prod": "prod", "max": "max", "min": "min"}
    in_place = True               # can an entry of an array be set?

    def __init__(self, plan: Plan, names: Mapping[Key, str], scalars: Iterable[str] = ()) -> None:
        super().__init__(plan, names)
        self.scalars = set(scalars)
        self.order: list[str] = []

    def array(self, expr: Expr, letters: Sequence[str]) -> Said:
        """The expression as an array; its axes in the order of `letters`, those that it does not have left out."""
        bound = [n.index for n in preorder(expr) if isinstance(n, Big)]
        if len(set(bound) | set(letters)) < len(set(bound)) + len(letters):
            raise NoArrayForm
        self.order = [*letters, *dict.fromkeys(bound)]
        for node in preorder(expr):
            if isinstance(node, Big) and node.lo is not None and node.hi is not None:
                self.ranges[node.index] = Axis(node.lo, node.hi)
        return fold(expr, self._say)

    def _say(self, node: Expr, inner: tuple[Said, ...]) -> Said:
        if isinstance(node, Ref):
            return self._reference(node, inner)
        if isinstance(node, Big):
            return self._big(node, inner)
        if self._counted(node):
            return Speaker._say(_Plain(self), node, inner)
        letters = self._union(inner)
        level = tuple(self.aligned(part, letters) for part in inner)
        said = super()._say(node, level)
        factors = tuple(f for part in inner for f in part.factors or (part,)) if isinstance(node, Mul) else ()
        return Said(said.text, said.holds, letters, factors)

    def _counted(self, node: Expr) -> bool:
        """Does a condition under loops ask only for their indices?  Then Python decides it."""
        asks = node.args[0] if isinstance(node, Call) and node.function in ("where", "ind") else node
        if self.order or not isinstance(asks, Rel | Logic):
            return False
        refs = [n for n in preorder(asks) if isinstance(n, Ref)]
        return bool(refs) and all(r.key not in self.axes and not r.indices for r in refs)

    def _union(self, parts: Iterable[Said]) -> tuple[str, ...]:
        found = {letter for part in parts for letter in part.letters}
        return tuple(letter for letter in self.order if letter in found)

    def aligned(self, part: Said, letters: Sequence[str]) -> Said:
        """The same array with its axes among `letters`; axes in front that it lacks come by broadcasting."""
        own = [letter for letter in letters if letter in part.letters]
        text, holds = part.text, part.holds
        if tuple(own) != part.letters:
            text, holds = self.turned(part, own), ATOM
        if own and tuple(letters[len(letters) - len(own):]) != tuple(own):
            first = letters.index(own[0])
            places = ", ".join(":" if letter in own else "None" for letter in letters[first:])
            text, holds = f"{text if holds == ATOM else f'({text})'}[{places}]", ATOM
        return Said(text, holds, tuple(own))

    def turned(self, part: Said, own: Sequence[str]) -> str:
        """The array with its axes in another order."""
        if len(own) == 2:
            return f"{at(part, ATOM)}.T"
        return f"{at(part, ATOM)}.transpose({', '.join(str(part.letters.index(n)) for n in own)})"

    # -- entries
    def _reference(self, node: Ref, inner: tuple[Said, ...]) -> Said:
        if not node.indices:
            if node.key in self.axes:
                return Said(self.name(node.key), ATOM)
            if node.name in self.order:
                return self._counter(node.name)
            return super()._ref(node, inner)
        axes = self.axes[node.key]
        places = [self._place(i, axis, said) for i, axis, said in zip(node.indices, axes, inner)]
        letters = tuple(letter for _, letter in places if letter)
        if len(set(letters)) < len(letters):
            raise NoArrayForm                        # w[i,i]: a diagonal
        words = [text for text, _ in places]
        while words and words[-1] == ":":
            del words[-1]
        name = self.name(node.key)
        return Said(f"{name}[{', '.join(words)}]" if words else name, ATOM, letters)

    def _place(self, index: Expr, axis: Axis, said: Said) -> tuple[str, str]:
        """The subscript of one axis and the letter that runs along it."""
        running = [r.name for r in preorder(index) if isinstance(r, Ref) and r.name in self.order and not r.indices]
        found = self.position(index)
        if not running:
            return self.place(index, axis, said), ""
        if len(running) > 1 or found is None or found.parts.get(self.name((running[0], 0))) != 1:
            raise NoArrayForm
        letter = running[0]
        own = self.ranges.get(letter)
        start = self.position(axis.lo)
        if own is None or start is None:
            raise NoArrayForm
        low = found.plus(start, -1).plus(Position({self.name((letter, 0)): 1}), -1)
        length = self.extent(own)
        if low.parts or low.const < 0 or any(n in self._loopwords() for n in length.parts):
            raise NoArrayForm
        high = low.plus(length)
        if str(low) == "0" and str(high) == str(self.extent(axis)):
            return ":", letter
        return f"{low if str(low) != '0' else ''}:{high}", letter

    def _loopwords(self) -> set[str]:
        return {self.name((n, 0)) for n in self.order}

    def extent(self, axis: Axis) -> Position:
        """How many values an axis has."""
        lo, hi = self.position(axis.lo), self.position(axis.hi)
        if lo is None or hi is None:
            raise NoArrayForm
        return hi.plus(lo, -1).plus(Position({}, 1))

    def _counter(self, letter: str) -> Said:
        """An index used as a number: 1, 2, …, N along its axis."""
        axis = self.ranges.get(letter)
        lo = None if axis is None else self.position(axis.lo)
        if axis is None or lo is None:
            raise NoArrayForm
        return Said(f"{self.np}.arange({lo}, {lo.plus(self.extent(axis))})", ATOM, (letter,))

    # -- sums
    def _big(self, node: Big, inner: tuple[Said, ...]) -> Said:
        if node.condition is not None or node.op not in ("sum", "prod", "max", "min"):
            raise NoArrayForm
        body, letter = inner[-1], node.index
        if letter not in body.letters:
            raise NoArrayForm                        # N equal terms
        if node.op != "sum":
            return self._reduced(body, letter, node.op)
        factors = body.factors or (body,)
        rest = [f for f in factors if letter not in f.letters]
        summed = self._contracted(self._groups([f for f in factors if letter in f.letters], letter), letter)
        if not rest:
            return summed
        parts = [*rest, summed]
        letters = self._union(parts)
        return Said(product([self.aligned(p, letters) for p in parts]), MUL, letters, tuple(parts))

    def _reduced(self, body: Said, letter: str, op: str) -> Said:
        axis = body.letters.index(letter)
        rest = tuple(n for n in body.letters if n != letter)
        where = "" if not rest else f"{self.axis_word}={axis - len(body.letters)}"
        return Said(f"{at(body, ATOM)}.{self.reductions[op]}({where})", ATOM, rest)

    def _groups(self, factors: list[Said], letter: str) -> list[Said]:
        """The factors under a sum, joined elementwise until two are left where that is possible."""
        groups = list(factors)
        while len(groups) > 2:
            a, b = min(
                ((a, b) for n, a in enumerate(groups) for b in groups[n + 1:]),
                key=lambda pair: len(self._union(pair)),
            )
            joined = self._product([a, b])
            groups = [joined if g is a else g for g in groups if g is not b]
        if len(groups) == 2 and set(groups[0].letters) & set(groups[1].letters) == {letter}:
            return groups
        return [self._product(groups)]

    def _product(self, parts: Sequence[Said]) -> Said:
        if len(parts) == 1:
            return parts[0]
        letters = self._union(parts)
        return Said(product([self.aligned(p, letters) for p in parts]), MUL, letters)

    def _contracted(self, groups: list[Said], letter: str) -> Said:
        if len(groups) == 1:
            return self._reduced(groups[0], letter, "sum")
        a, b = groups
        if self._first(b) < self._first(a):
            a, b = b, a
        if len(a.letters) > 2 or len(b.letters) > 2:
            return self._tensordot(a, b, letter)
        left = at(a, POW) if a.letters[-1] == letter else f"{at(a, ATOM)}.T"
        right = at(b, POW) if b.letters[0] == letter else f"{at(b, ATOM)}.T"
        letters = tuple(n for n in (*a.letters, *b.letters) if n != letter)
        return Said(f"{left} @ {right}", MUL, letters)

    def _first(self, part: Said) -> int:
        return min(self.order.index(n) for n in part.letters)

    def _tensordot(self, a: Said, b: Said, letter: str) -> Said:
        axes = f"([{a.letters.index(letter)}], [{b.letters.index(letter)}])"
        letters = tuple(n for n in (*a.letters, *b.letters) if n != letter)
        return Said(f"{self.np}.tensordot({a.text}, {b.text}, {axes})", ATOM, letters)

    # -- what the libraries differ in
    def entry(self, name: str, places: list[str], key: Key) -> str:
        return f"{name}[{', '.join(places)}]"

    def zeros(self, shape: str) -> str:
        """An array of zeros."""
        return f"{self.np}.zeros({shape})"

    def spread(self, text: str, shape: str) -> str:
        """A value that is the same along some axes."""
        return f"{self.np}.broadcast_to({text}, {shape})"

    def assigned(self, name: str, target: str, value: str) -> str:
        """The statement that sets entries of an array, or all of it."""
        return f"{target} = {value}"

    def cases(self, test: Said, yes: Said, no: Said) -> Said:
        return Said(f"{self.np}.where({test.text}, {yes.text}, {no.text})", ATOM)

    def constant(self, name: str) -> str:
        return f"{self.np}.{name}"

    def _call(self, node: Call, inner: tuple[Said, ...]) -> Said:
        if node.function in ("max", "min"):
            return self._nested(f"{self.np}.{node.function}imum", [p.text for p in inner])
        return super()._call(node, inner)

    def _chain(self, node: Rel, inner: tuple[Said, ...]) -> Said:
        links = [super(ArraySpeaker, self)._chain(Rel((), (op,)), (a, b)).text
                 for a, op, b in zip(inner, node.ops, inner[1:])]
        return Said(links[0], REL) if len(links) == 1 else self._nested(f"{self.np}.logical_and", links)

    def _logic(self, node: Logic, inner: tuple[Said, ...]) -> Said:
        if node.op not in ("and", "or", "not"):
            raise OutOfReach(f"{node.op} in a program", span=node.span)
        if node.op == "not":
            return Said(f"{self.np}.logical_not({inner[0].text})", ATOM)
        return self._nested(f"{self.np}.logical_{node.op}", [p.text for p in inner])

    def _nested(self, function: str, words: Sequence[str]) -> Said:
        """f(f(a, b), c)"""
        text = words[0]
        for word in words[1:]:
            text = f"{function}({text}, {word})"
        return Said(text, ATOM)


class _Plain(Speaker):
    """The same names in Python's own notation."""

    functions: Mapping[str, str] = {"where": "", "ind": "(1.0 if {0} else 0.0)"}

    def __init__(self, other: Speaker) -> None:
        self.axes, self.ranges, self.names = other.axes, other.ranges, other.names
