"""How many axes each name has: declared, given, or told by where it stands.

A vector has one axis.  `ROW` is the rank of a transposed vector, which only a product can tell from a vector:
T(w) @ x is the inner product, x @ T(y) the outer one.  Names that nothing declares have the rank that their place
asks for, capital letters a matrix, small ones a vector; all others are numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workings.errors import Span
from workings.expr import (
    Add, All, Array, Big, Call, Claim, Deriv, Div, Equation, Expr, Key, MatMul, Mul, Neg, Network, Num, Pow, Ref, Rel,
    fold, preorder,
)
from workings.expr.names import GREEK
from workings.functions import table
from workings.shape.rows import numbers_of, text_for

ROW = -1                      # a transposed vector
Rank = int | None             # None: not known yet
BOLD = ("\\boldsymbol", "\\mathbf", "\\bm", "\\vec", "\\pmb")
SCALARS = frozenset(("norm", "norm2", "dot", "sum", "mean", "trace"))
ONE_LESS = frozenset(("logsumexp", "colsum", "rowsum"))


def is_array_function(name: str, net: Network) -> bool:
    """Is it a function of whole arrays, not one of numbers that works entry by entry?"""
    return name not in net.functions and name in table and table[name].kind == "array"


class Ranks:
    """`total`: the axes of each name, the index places of a family included; `guessed`: what no line declares."""

    def __init__(self, net: Network, given: Mapping[str, int] | None = None) -> None:
        self.net = net
        self.total: dict[Key | str, int] = {}
        self.guessed: dict[str, Span | None] = {}
        self.unclear: dict[int, Mul] = {}
        self.places: dict[str, dict[int, None]] = {}
        self.wholes = frozenset(self._wholes())
        for name, axes in net.shapes.items():
            self.total[name] = len(axes)
        for name, (places, own) in net.members.items():
            self.total[name] = len(places) + len(own)
        for name in net.numbers:
            if set(self.places.get(name, (0,))) == {0}:
                self.total.setdefault(name, 0)
        for name, rank in (given or {}).items():
            self.total.setdefault(name, rank)
        self._families()
        self._bold()
        self._settle()

    # -- names
    def unit(self, key: Key) -> Key | str:
        """What has its own rank: a name, but E and E[k] apart where both are quantities."""
        name, places = key
        if places and (name, 0) in self.net.defs and key in self.net.defs:
            return key
        alone = not places and len(self.places.get(name, ())) > 1 and (name, 0) not in self.net.defs
        return key if alone and name not in self.net.shapes and name not in self.wholes else name

    def _wholes(self) -> Iterable[str]:
        """Names of families that stand bare where arrays stand: w in w^T x beside w[i]; of X[t,.] = … anywhere."""
        defined = {name for name, places in self.net.defs if places}
        bare = {n for n in defined if self.net.roles.get(n, "defined") == "defined" and n not in self.net.numbers}
        for equation in self.net.equations:
            for node in preorder(equation.rhs):
                if isinstance(node, Ref):
                    self.places.setdefault(node.name, {})[len(node.indices)] = None
                elif self._of_arrays(node):
                    bare.update(c.name for c in node.children() if isinstance(c, Ref) and not c.indices)
            self.places.setdefault(equation.lhs.name, {})[len(equation.lhs.indices)] = None
        bold = {n for n, latex in self.net.spelling.items() if latex.startswith(BOLD)}
        return (n for n in bare | bold if len(self.places.get(n, ())) > 1 and (n, 0) not in self.net.defs)

    def _of_arrays(self, node: Expr) -> bool:
        """Does it take arrays as operands?"""
        return isinstance(node, MatMul) or (isinstance(node, Call) and is_array_function(node.function, self.net))

    def _families(self) -> None:
        """Families whose bare name stands for the whole: as many axes as places, unless equations tell of more."""
        defined = {name for name, _ in self.net.defs}
        for name in self.wholes - defined:
            self.total.setdefault(name, max(self.places[name]))

    def _bold(self) -> None:
        r"""A bold name is an array: \mathbf w by itself, each \mathbf x_k of what no equation defines."""
        defined = {name for name, _ in self.net.defs}
        for name, latex in self.net.spelling.items():
            places = self.places.get(name, {})
            if not latex.startswith(BOLD) or "_" in latex or name in self.total or name in defined or not places:
                continue
            if 0 in places:
                self._set(Ref(name), _by_letter(name))
            elif len(places) == 1 and self._always_bold(name):
                self.total[name] = next(iter(places)) + _by_letter(name)

    def _always_bold(self, name: str) -> bool:
        r"""Does the text write it bold in every equation?  \boldsymbol w beside w_i is no family of vectors."""
        text = self.net.source.text if self.net.source else ""
        refs = [n for e in self.net.equations for n in preorder(e.rhs) if isinstance(n, Ref) and n.name == name]
        return all(r.span is not None and text.startswith(BOLD, r.span.start) for r in refs)

    def of_ref(self, ref: Ref) -> Rank:
        """The axes of a reference: those of the name without the places that an index takes."""
        total = self.total.get(self.unit(ref.key))
        taken = taken_places(ref)
        if total is None:
            return None
        return ROW if total == ROW and not taken else max(0, abs(total) - taken)

    def _set(self, ref: Ref, rank: int) -> None:
        """A rank that only the place tells."""
        taken = taken_places(ref)
        self.total[self.unit(ref.key)] = rank + taken if rank != ROW else 1
        if ref.key not in self.net.defs:
            self.guessed.setdefault(ref.name, ref.span)

    # -- from below
    def of(self, expr: Expr) -> Rank:
        """The rank of an expression; None where a name in it is not known."""
        return fold(expr, self._combine)

    def _combine(self, node: Expr, inner: tuple[Rank, ...]) -> Rank:
        if isinstance(node, Ref):
            return self.of_ref(node)
        if isinstance(node, MatMul):
            return chained(inner)
        if isinstance(node, Call):
            return self._call(node, inner)
        if isinstance(node, Array):
            return 2 if inner and (inner[0] or 0) > 0 else 1
        if isinstance(node, Big):
            return inner[-1]
        if isinstance(node, Claim):
            return inner[0]
        if isinstance(node, Deriv):
            return None if None in inner else sum(abs(r or 0) for r in inner)
        if isinstance(node, Neg | Add | Mul | Div | Pow | Rel):
            return joined(inner, isinstance(node, Mul))
        return 0

    def _call(self, node: Call, inner: tuple[Rank, ...]) -> Rank:
        name = node.function
        if name in SCALARS and is_array_function(name, self.net):
            return 0
        if name == "T":
            return {1: ROW, ROW: 1}.get(inner[0], inner[0]) if inner[0] is not None else None
        if name in ("outer", "col", "row"):
            return 2
        if inner and inner[0] is not None and is_array_function(name, self.net):
            if name == "diag":
                return 1 if inner[0] == 2 else 2
            if name in ONE_LESS:
                return max(0, abs(inner[0]) - 1)
            found = text_for(name, [abs(r or 0) for r in inner])
            return inner[0] if found is None else found[1] + len(found[0].equations[-1].lhs.indices)
        if name in ("delta", "ind"):
            return 0
        return joined(inner[1:] if name == "where" else inner)

    # -- from above
    def _settle(self) -> None:
        """Ranks of all names: from right sides up, from the places that ask for arrays down, till nothing changes."""
        waiting = list(self.net.equations)
        for defaults in (False, True):
            before = -1
            while before != len(self.total):
                before = len(self.total)
                waiting = [e for e in waiting if not self._looked(e)]
                waiting.reverse()
            if not defaults:
                for ref in self._refs(waiting):
                    self.total.setdefault(self.unit(ref.key), len(ref.indices))
        for equation in waiting:
            self.total.setdefault(self.unit(equation.lhs.key), len(equation.lhs.indices))

    def _refs(self, equations: Iterable[Equation]) -> Iterable[Ref]:
        defined = {self.unit(k) for k in self.net.defs}
        for equation in equations:
            for node in preorder(equation.rhs):
                if isinstance(node, Ref) and self.unit(node.key) not in defined:
                    yield node

    def _looked(self, equation: Equation) -> bool:
        """One look at an equation; True once nothing in it is unknown."""
        own = self.of_ref(equation.lhs)
        rank = self.of(equation.rhs)
        self.demands(equation.rhs, own)
        rank = self.of(equation.rhs) if rank is None else rank
        if rank is not None and own is None:
            if self._end(equation):
                return False
            places = taken_places(equation.lhs)
            self.total[self.unit(equation.lhs.key)] = rank if rank == ROW and not places else abs(rank) + places
        elif rank is not None and own is not None and abs(rank) != abs(own):
            self._of_each_entry(equation.lhs, abs(rank))
        return rank is not None and all(
            self.of_ref(n) is not None for n in preorder(equation.rhs) if isinstance(n, Ref))

    def _end(self, equation: Equation) -> bool:
        """h[0] = 0 beside h[t] = …: a number stands for any array, so that another equation tells the rank."""
        unit = self.unit(equation.lhs.key)
        return isinstance(equation.rhs, Num) and any(
            self.unit(e.lhs.key) == unit and not isinstance(e.rhs, Num) for e in self.net.equations)

    def _of_each_entry(self, lhs: Ref, rank: int) -> None:
        """h in R^d beside h[t] = …: the declaration is of each h[t]."""
        axes = self.net.shapes.get(lhs.name)
        if lhs.indices and axes is not None and len(axes) == rank:
            self.total[lhs.name] = rank + len(lhs.indices)

    def demands(self, expr: Expr, asked: Rank = None) -> None:
        """Ranks that the places ask for: in products, norms and sums with arrays; `asked`: of the whole."""
        ranks: dict[int, Rank] = {}

        def note(node: Expr, inner: tuple[Rank, ...]) -> Rank:
            out = ranks[id(node)] = self._combine(node, inner)
            return out

        fold(expr, note)
        stack: list[tuple[Expr, Rank]] = [(expr, asked)]
        while stack:
            node, want = stack.pop()
            known = ranks.get(id(node))
            if isinstance(node, Ref):
                if known is None and want and self.of_ref(node) is None and node.name not in self.net.sizes:
                    self._set(node, want if want != 2 else _by_letter(node.name))
                continue
            rank = known if known is not None else want
            stack.extend((c, w) for c, w in self._asks(node, rank, ranks))

    def _asks(self, node: Expr, rank: Rank, ranks: Mapping[int, Rank]) -> Iterable[tuple[Expr, Rank]]:
        """What a node asks of its operands."""
        inner = node.children()
        if self._of_arrays(node):
            return [(c, self._letter_rank(c, node) if ranks.get(id(c)) is None else None) for c in inner]
        if isinstance(node, Mul):
            return self._factors(node, rank, ranks)
        if isinstance(node, Add | Neg | Claim):
            top = rank or joined([ranks.get(id(c)) for c in inner])
            return [(c, top) for c in inner]
        if isinstance(node, Big):
            return [(node.body, rank)]
        if isinstance(node, Div | Pow):
            return [(inner[0], rank), (inner[1], None)]
        if isinstance(node, Call) and len(inner) == 1:
            return [(inner[0], rank)]
        return [(c, None) for c in inner]

    def _factors(self, node: Mul, rank: Rank, ranks: Mapping[int, Rank]) -> Iterable[tuple[Expr, Rank]]:
        """A product asks for arrays beside a transpose, and where it is itself to be one: capital letters are
        matrices, the one small letter a vector."""
        beside = {id(c): _by_letter(c.name) for c in _beside_transposes(node) if isinstance(c, Ref)}
        asked: dict[int, Rank] = {k: r for k, r in beside.items() if ranks.get(k) is None}
        if rank and not asked and not any(ranks.get(id(c)) for c in node.args):
            unknown = [c for c in node.args if ranks.get(id(c)) is None]
            arrays = [c for c in unknown if not isinstance(c, Ref)] if len(unknown) > 1 else unknown
            capital = [c for c in unknown if isinstance(c, Ref) and _by_letter(c.name) == 2]
            small = [c for c in unknown if isinstance(c, Ref) and c.name.split("_")[0].rstrip("0123456789") not in GREEK
                     and c not in capital]
            arrays = arrays or [*capital, *small]
            if len(unknown) > 1 and (len(small) > 1 or not arrays or (len(arrays) > 1 and not capital)):
                self.unclear[id(node)] = node
            else:
                asked = {id(c): rank if len(arrays) == 1 else self._letter_rank(c, node) for c in arrays}
        return [(c, asked.get(id(c))) for c in node.args]

    def _letter_rank(self, expr: Expr, node: Expr) -> Rank:
        """The rank that the letter of an operand tells; trace and sums of rows take a matrix, dot two vectors."""
        if isinstance(node, Call) and node.function in ("trace", "colsum", "rowsum"):
            return 2
        if isinstance(node, Call) and node.function in ("outer", "col", "row"):
            return 1
        if isinstance(node, Call) and any(expr is a for a in numbers_of(node)):
            return 0
        if isinstance(expr, Ref):
            return _by_letter(expr.name)
        return 1


def _beside_transposes(node: Mul) -> Iterable[Expr]:
    """The factors that a transpose makes arrays: those after it, and where it is the last the one before it."""
    at = [n for n, c in enumerate(node.args) if isinstance(c, Call) and c.function == "T"]
    if not at or node.each:
        return ()
    last = at[-1] == len(node.args) - 1 and at[-1] > 0
    return (*node.args[at[0] + 1 :], *(node.args[at[-1] - 1 : at[-1]] if last else ()))


def _by_letter(name: str) -> int:
    """A capital letter is a matrix, a small one a vector."""
    return 2 if name[0].isupper() else 1


def taken_places(ref: Ref) -> int:
    """The index places of a reference that are no dots."""
    return sum(not isinstance(i, All) for i in ref.indices)


def joined(ranks: Iterable[Rank], product: bool = False) -> Rank:
    """The rank of a sum, a quotient or an elementwise product: the largest; a number goes with everything."""
    found = list(ranks)
    known = [r for r in found if r]
    if known:
        return ROW if all(r == ROW for r in known) else max(map(abs, known))
    return None if None in found else 0


def paired(a: int, b: int) -> int:
    """The rank of a matrix product of two."""
    if a == 0 or b == 0:
        return a or b
    return {(1, ROW): 2, (2, 1): 1, (1, 2): 1, (ROW, 2): ROW, (2, 2): 2, (2, ROW): 2}.get((a, b), 0)


def chained(ranks: Iterable[Rank]) -> Rank:
    """The rank of a chain of matrix products; a vector at its end is multiplied first."""
    out: Rank = None
    for n, rank in enumerate(ranks):
        if rank is None:
            return None
        out = rank if n == 0 else paired(out or 0, rank)
    return out
