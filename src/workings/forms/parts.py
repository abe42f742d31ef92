"""A right-hand side read as an affine expression over nodes and *parts*.

A part is a piece that is not affine: a function of one affine quantity (`Curve`), an operation on several
(`Op`), a sum over an index (`Summed`), a matrix product (`Matrix`), an earlier step (`Lag`).  In an
expression a part stands as a name of its own, "#1"; whether it becomes a neuron is decided later, for a
larger function of the same quantity may still take it up: log(cosh(z)) is one curve, not two neurons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workings.expr import (
    Add, Big, Call, Claim, Div, Equation, Expr, MatMul, Mul, Neg, Network, Ref, fold, free_refs, preorder, rewrite,
    same, substitute,
)
from workings.forms.graphs import Z
from workings.forms.roles import Roles
from workings.notation import plain

# Inside another function these are bits of one formula, log(1 + exp(z)); any other is a neuron of its own.
ELEMENTARY = frozenset(
    "exp log sqrt log2 log10 log1p expm1 pow square sin cos tan asin acos atan cosh sinh sech logcosh erf ind where"
    .split()
)

# Functions that mix the entries of an array: a neuron is a function of its own pre-activation only.
MIXING = frozenset(
    "softmax logsoftmax log_softmax logsumexp layernorm norm norm2 sum mean rowsum colsum argmax dot outer T diag det "
    "trace cumsum".split()
)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """bias + sum of weight * node."""

    expr: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """`formula`, in the letter z, of the affine `arg`."""

    formula: Expr
    arg: Expr
    activation: bool


@dataclass(frozen=True, slots=True, eq=False)
class Op:
    op: str
    args: tuple[str, ...]
    formula: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Summed:
    big: Big
    body: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    factors: tuple[Expr, ...]
    inner: Expr


@dataclass(frozen=True, slots=True, eq=False)
class Lag:
    target: str
    ref: Ref


Part = Linear | Curve | Op | Summed | Matrix | Lag


@dataclass(frozen=True, slots=True)
class _Read:
    expr: Expr
    data: bool


class Parts:
    """The parts of one network, in the order in which they are met: each stands after those it uses."""

    def __init__(self, net: Network, roles: Roles) -> None:
        self.net, self.roles = net, roles
        self.table: dict[str, Part] = {}
        self._nodes: set[str] = set()
        self._inline: dict[str, str] = {}
        self._equation: Equation | None = None
        self._others: set[str] = set()
        self._root: Expr | None = None

    def read(self, equation: Equation) -> tuple[Expr, list[str]]:
        """The right-hand side, affine in names of nodes and parts; and the parts that it adds."""
        known = len(self.table)
        self._equation, self._root = equation, self._expanded(equation.rhs)
        self._others = self._other_entries(self._root)
        expr = fold(self._root, self._step).expr
        return expr, [f"#{number + 1}" for number in range(known, len(self.table))]

    def of(self, expr: Expr) -> Part | None:
        """The part that an expression is, if it is just one."""
        return self.table.get(expr.name) if isinstance(expr, Ref) and not expr.indices else None

    def atoms(self, expr: Expr) -> list[str]:
        """The nodes and parts that an expression uses, each once."""
        names = dict.fromkeys(ref.name for ref in free_refs(expr) if not ref.indices)
        return [n for n in names if n in self.table or n in self._nodes]

    def whole(self, expr: Expr) -> Curve | None:
        """A sum of elementary functions of one quantity as one function of it: 0.5*z^2; None where it is none."""
        curves = [self.table[name] for name in self.atoms(expr) if name in self.table]
        if not curves or not all(isinstance(c, Curve) and not c.activation for c in curves):
            return None
        arg = self._common([expr])
        return None if arg is None else Curve(self._inlined(expr, arg), arg, False)

    def function_of(self, expr: Expr, name: str) -> Curve:
        """An expression that rests on one node only, as a function of that node."""
        return Curve(self._inlined(expr, Ref(name)), Ref(name), False)

    def only_numbers(self, expr: Expr) -> bool:
        """Are there no parameters beside the functions in it, and within their arguments?"""
        inside = [expr, *(curve.arg for _, curve in self._curves_below(expr))]
        return all({ref.name for ref in free_refs(e)} <= set(self.atoms(e)) for e in inside)

    def curved(self, expr: Expr) -> bool:
        """Is a function part of it?"""
        return bool(self._curves_below(expr))

    # --- reading, bottom up ---

    def _step(self, node: Expr, inner: tuple[_Read, ...]) -> _Read:
        if isinstance(node, Claim):
            return inner[0]
        if isinstance(node, Ref):
            return self._reference(node)
        built = node.rebuild(tuple(i.expr for i in inner)) if inner else node
        busy = [i.expr for i in inner if i.data]
        if not busy:
            return _Read(built, False)
        if _is_linear(node, inner):
            return _Read(built, True)
        return _Read(Ref(self._add(self._part(node, built, inner, busy), node is not self._root)), True)

    def _reference(self, ref: Ref) -> _Read:
        if self.roles.of(self.net.variable(ref.key)) == "weight":
            return _Read(ref, False)
        layer = self.roles.layer(ref)
        if layer:
            self._nodes.add(layer)
            return _Read(Ref(self._add(Op("entry", (layer,), ref), ref is not self._root)), True)
        target = self.roles.id(ref)
        if self._equation is not None and (self.roles.elsewhere(ref, self._equation) or plain(ref) in self._others):
            return _Read(Ref(self._add(Lag(target, ref), True)), True)
        self._nodes.add(target)
        return _Read(Ref(target), True)

    def _other_entries(self, expr: Expr) -> set[str]:
        """Where x[i] and x[j] stand side by side, x[j] is another entry: x[i] - x[j] is not 0."""
        others: set[str] = set()
        for body in (expr, *(node.body for node in preorder(expr) if isinstance(node, Big))):
            first: dict[str, str] = {}
            deeper = {node.index for node in preorder(body) if isinstance(node, Big)}
            for ref in free_refs(body):
                free = ref.indices and not any(r.name in deeper for i in ref.indices for r in free_refs(i))
                if free and self.roles.of(self.net.variable(ref.key)) == "data":
                    written = plain(ref)
                    if first.setdefault(self.roles.id(ref), written) != written:
                        others.add(written)
        return others

    def _part(self, node: Expr, built: Expr, inner: tuple[_Read, ...], busy: list[Expr]) -> Part:
        plain_sum = isinstance(node, Big) and node.op == "sum" and not any(i.data for i in inner[:-1])
        if plain_sum and isinstance(built, Big):
            return Summed(built, built.body)
        if isinstance(node, MatMul) and len(busy) == 1:
            return Matrix(tuple(i.expr for i in inner), busy[0])
        mixes = isinstance(node, Big | MatMul) or (isinstance(node, Call) and node.function in MIXING)
        arg = None if mixes else self._argument(node, busy)
        if arg is None:
            return Op(_operator(node), tuple(self._as_name(e) for e in busy), built)
        formula = node.rebuild(tuple(self._inlined(i.expr, arg) if i.data else i.expr for i in inner))
        return Curve(formula, arg, isinstance(node, Call) and node.function not in ELEMENTARY)

    def _as_name(self, expr: Expr) -> str:
        """An operand of an operation is a node: what is more than a name becomes a linear one."""
        if isinstance(expr, Ref) and not isinstance(self.of(expr), Summed | Matrix):
            return expr.name
        return self._add(Linear(expr), True)

    def _add(self, part: Part, inline: bool) -> str:
        """The name of a part; one that is written twice, relu(x) + relu(relu(x) - 1), is one part."""
        print_ = _print(part) if inline else ""
        name = self._inline.get(print_, f"#{len(self.table) + 1}")
        if inline:
            self._inline[print_] = name
        self.table[name] = part
        return name

    # --- one quantity or several? ---

    def _argument(self, node: Expr, busy: list[Expr]) -> Expr | None:
        """The one affine quantity of which `node` is a function."""
        nested = [self.table.get(name) for e in busy for name in self.atoms(e)]
        neuron_inside = any(isinstance(p, Curve) and p.activation for p in nested)
        if not (neuron_inside and isinstance(node, Call) and node.function not in ELEMENTARY):
            common = self._common(busy)
            if common is not None:
                return common
        return busy[0] if _all_same(busy) else None

    def _common(self, exprs: Sequence[Expr]) -> Expr | None:
        """The affine quantity all of them are functions of: the same one throughout, or else a single node."""
        args = [self._arg_of(e) for e in exprs]
        found = [a for a in args if a is not None]
        if len(found) == len(args) and _all_same(found):
            return found[0]
        names = dict.fromkeys(n for e in exprs for n in self.leaves(e))
        return Ref(next(iter(names))) if len(names) == 1 else None

    def _arg_of(self, expr: Expr) -> Expr | None:
        inside = [self.table.get(name) for name in self.atoms(expr)]
        if not any(isinstance(p, Curve) for p in inside):
            return expr
        args = [p.arg for p in inside if isinstance(p, Curve)]
        return args[0] if len(args) == len(inside) and _all_same(args) else None

    def leaves(self, expr: Expr) -> list[str]:
        """The names below all curves."""
        out: dict[str, None] = {}
        waiting = self.atoms(expr)
        while waiting:
            name = waiting.pop()
            part = self.table.get(name)
            if isinstance(part, Curve):
                waiting.extend(self.atoms(part.arg))
            else:
                out.setdefault(name)
        return list(out)

    def _inlined(self, expr: Expr, arg: Expr) -> Expr:
        """`expr` as a formula in z, where z is `arg`."""
        if same(expr, arg):
            return Z
        table: dict[str, Expr] = {arg.name: Z} if isinstance(arg, Ref) else {}
        for name, part in self._curves_below(expr):
            inner = Z if same(part.arg, arg) else substitute(part.arg, table)
            table[name] = substitute(part.formula, {Z.name: inner})
        return substitute(expr, table)

    def _curves_below(self, expr: Expr) -> list[tuple[str, Curve]]:
        """Curves that an expression is made of, the innermost first: parts are numbered in that order."""
        found: dict[str, Curve] = {}
        waiting = self.atoms(expr)
        while waiting:
            name = waiting.pop()
            part = self.table.get(name)
            if isinstance(part, Curve) and name not in found:
                found[name] = part
                waiting.extend(self.atoms(part.arg))
        return sorted(found.items(), key=lambda item: int(item[0][1:]))

    # --- functions that the text defines ---

    def _expanded(self, expr: Expr) -> Expr:
        """Calls of the text's functions of several arguments, or with data in their bodies, written out."""

        def change(node: Expr) -> Expr:
            if not isinstance(node, Call) or node.primes or not self._opens(node.function):
                return node
            function = self.net.functions[node.function]
            return substitute(function.body, dict(zip(function.params, node.args)))

        for _ in self.net.functions:        # a body may call the functions before it
            if not any(isinstance(n, Call) and self._opens(n.function) for n in preorder(expr)):
                break
            expr = rewrite(expr, change)
        return expr

    def _opens(self, name: str) -> bool:
        function = self.net.functions.get(name)
        if function is None:
            return False
        inside = [r for r in free_refs(function.body) if r.name not in function.params]
        return len(function.params) != 1 or any(self.roles.of(r.key) != "weight" for r in inside)


OPERATORS = {
    "Mul": "mul", "Div": "div", "Pow": "pow", "MatMul": "matmul", "Rel": "compare", "Logic": "logic", "Array": "array",
}


def _print(part: Part) -> str:
    if isinstance(part, Curve):
        return f"{plain(part.formula)} of {plain(part.arg)}"
    if isinstance(part, Op | Summed):
        return f"op {plain(part.formula if isinstance(part, Op) else part.big)}"
    if isinstance(part, Matrix):
        return " @ ".join(plain(f) for f in part.factors)
    return plain(part.expr if isinstance(part, Linear) else part.ref)


def _operator(node: Expr) -> str:
    if isinstance(node, Call):
        return node.function
    return node.op if isinstance(node, Big) else OPERATORS.get(type(node).__name__, "operation")


def _is_linear(node: Expr, inner: tuple[_Read, ...]) -> bool:
    if isinstance(node, Add | Neg):
        return True
    if isinstance(node, Mul):
        return sum(i.data for i in inner) == 1
    return isinstance(node, Div) and not inner[1].data


def _all_same(exprs: Sequence[Expr]) -> bool:
    return all(same(exprs[0], e) for e in exprs[1:]) and bool(exprs)
