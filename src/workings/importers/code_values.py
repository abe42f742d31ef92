"""Expressions of Python and NumPy in the written tree: the table of calls, subscripts, operators."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from workings.errors import NotReadable, Source, Span
from workings.expr import (
    ONE, Add, All, Array, Call, Const, Div, Expr, Logic, MatMul, Mul, Neg, Num, Pow, Ref, Rel, substitute,
)
from workings.expr.program import Loop
from workings.expr.shift import shifted
from workings.limits import MAX_DIGITS, MAX_NESTING

LIBRARIES = ("np", "numpy", "jnp", "math", "torch", "F", "nn", "scipy", "special")
ONE_ARGUMENT = {
    **{n: n for n in ("exp log tanh sinh cosh sin cos tan sqrt log1p expm1 log2 log10 sign erf square sigmoid relu "
                      "softplus trace diag silu gelu logsumexp abs atan asinh").split()},
    "fabs": "abs", "absolute": "abs", "arctan": "atan", "arcsinh": "asinh", "expit": "sigmoid",
}
TWO_ARGUMENTS: Mapping[str, Callable[[Expr, Expr], Expr]] = {
    "add": lambda a, b: Add((a, b)), "subtract": lambda a, b: Add((a, Neg(b))), "multiply": lambda a, b: Mul((a, b)),
    "divide": Div, "true_divide": Div, "power": Pow, "pow": Pow,
    "maximum": lambda a, b: Call("max", (a, b)), "minimum": lambda a, b: Call("min", (a, b)),
    "dot": lambda a, b: MatMul((a, b)), "matmul": lambda a, b: MatMul((a, b)),
    "outer": lambda a, b: Call("outer", (a, b)),
    "inner": lambda a, b: Call("dot", (a, b)), "vdot": lambda a, b: Call("dot", (a, b)),
    "heaviside": lambda a, b: Call("where", (Rel((a, Num(0)), ("=",)), b, Call("step", (a,)))),
}
HARMLESS = ("copy", "astype", "ravel", "flatten", "squeeze", "item", "asarray", "array", "float64", "float32", "float",
            "ascontiguousarray", "atleast_1d", "copy_", "clone", "detach")
LARGEST = {"max": "max", "amax": "max", "min": "min", "amin": "min"}
ZEROS = ("zeros_like", "zeros")
CONSTANTS = {"pi": "pi", "inf": "inf"}
GRADIENTS = ("grads", "grad", "gradients", "gradient", "dparams", "g", "d")    # grads["W1"] is the gradient by W1
SIGNS = {ast.Gt: ">", ast.GtE: ">=", ast.Lt: "<", ast.LtE: "<=", ast.Eq: "=", ast.NotEq: "!="}


def refuse(what: str, span: Span, expected: str = "") -> NotReadable:
    """What is not understood, at its place."""
    return NotReadable(f"{what} is not understood here", span=span,
                       expected=expected or "assignments of sums, products and NumPy calls")


def call(function: str, *args: Expr) -> Expr:
    return Call(function, args)


class Values:
    """Expressions into the written tree.  `span`: the place of a node; `helpers`: functions of one expression."""

    def __init__(self, source: Source, span: Callable[[ast.AST], Span],
                 helpers: Mapping[str, tuple[tuple[str, ...], Expr]]) -> None:
        self.source, self.span, self.helpers = source, span, helpers
        self.depth = 0

    def expr(self, node: ast.expr) -> Expr:
        """The expression that a node is; `NotReadable` at the place of what is none."""
        self.depth += 1
        try:
            if self.depth > MAX_NESTING:
                raise refuse("so deep an expression", self.span(node), f"at most {MAX_NESTING} brackets and calls")
            return self._expr(node)
        finally:
            self.depth -= 1

    def _expr(self, node: ast.expr) -> Expr:
        if isinstance(node, ast.Constant):
            return self._constant(node)
        if isinstance(node, ast.Name):
            return Ref(node.id, (), self.span(node))
        if isinstance(node, ast.BinOp):
            return self._operator(node)
        if isinstance(node, ast.UnaryOp):
            return self._unary(node)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Compare):
            return call("ind", self.condition(node))
        if isinstance(node, ast.IfExp):
            return call("where", self.condition(node.test), self.expr(node.body), self.expr(node.orelse))
        if isinstance(node, ast.List | ast.Tuple):
            return Array(tuple(self.expr(e) for e in node.elts), self.span(node))
        raise self._refusal(node)

    def text(self, node: ast.AST) -> str:
        """What a node is in the text."""
        span = self.span(node)
        return self.source.text[span.start : span.end]

    def _refusal(self, node: ast.AST, what: str = "", expected: str = "") -> NotReadable:
        shown = self.text(node).split("\n")[0][:60]
        return refuse(what or f"`{shown}`", self.span(node), expected)

    # -- leaves
    def _constant(self, node: ast.Constant) -> Expr:
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refusal(node)
        text = self.text(node)
        if len(text) > MAX_DIGITS or value != value or abs(value) == float("inf"):
            raise self._refusal(node, "this number")
        try:
            exact = Fraction(value) if isinstance(value, int) else Fraction(text.replace("_", ""))
        except ValueError:
            exact = Fraction(repr(value))
        if exact.denominator == 1:
            return Num(int(exact), str(int(exact)), self.span(node))
        return Num(exact, text, self.span(node))

    def _attribute(self, node: ast.Attribute) -> Expr:
        if node.attr in ("T", "mT"):
            return call("T", self.expr(node.value))
        if isinstance(node.value, ast.Name) and node.value.id in LIBRARIES:
            if node.attr in CONSTANTS:
                return Const(CONSTANTS[node.attr], self.span(node))
            if node.attr == "e":
                return call("exp", ONE)
            raise self._refusal(node)
        if node.attr in ("shape", "size"):
            found = self.length(node)
            if found is None:
                raise self._refusal(node)
            return found
        if isinstance(node.value, ast.Name):              # self.W1, cache.z1
            return Ref(node.attr, (), self.span(node))
        raise self._refusal(node)

    # -- operators
    def _operator(self, node: ast.BinOp) -> Expr:
        """Chains of + and - and of * are made flat: a - b + c."""
        kind = type(node.op)
        if kind in (ast.Add, ast.Sub):
            terms, rest = self._chain(node, (ast.Add, ast.Sub))
            first = self.expr(rest)
            return Add((first, *(Neg(e) if op is ast.Sub else e for op, e in terms)), self.span(node))
        if kind is ast.Mult:
            terms, rest = self._chain(node, (ast.Mult,))
            return Mul((self.expr(rest), *(e for _, e in terms)), self.span(node))
        if kind is ast.MatMult:
            terms, rest = self._chain(node, (ast.MatMult,))
            return MatMul((self.expr(rest), *(e for _, e in terms)), self.span(node))
        if kind is ast.Div:
            return Div(self.expr(node.left), self.expr(node.right), self.span(node))
        if kind is ast.Pow:
            base, exponent = self.expr(node.left), self.expr(node.right)
            if isinstance(exponent, Num) and exponent.value == Fraction(1, 2):
                return call("sqrt", base)
            return Pow(base, exponent, self.span(node))
        raise self._refusal(node)

    def _chain(self, node: ast.BinOp, ops: tuple[type, ...]) -> tuple[list[tuple[type, Expr]], ast.expr]:
        terms: list[tuple[type, Expr]] = []
        rest: ast.expr = node
        while isinstance(rest, ast.BinOp) and isinstance(rest.op, ops):
            terms.append((type(rest.op), self.expr(rest.right)))
            rest = rest.left
        return terms[::-1], rest

    def _unary(self, node: ast.UnaryOp) -> Expr:
        if isinstance(node.op, ast.USub):
            return Neg(self.expr(node.operand), self.span(node))
        if isinstance(node.op, ast.UAdd):
            return self.expr(node.operand)
        if isinstance(node.op, ast.Not | ast.Invert):
            return call("ind", self.condition(node))
        raise self._refusal(node)

    def condition(self, node: ast.expr) -> Expr:
        """A comparison, or several joined."""
        if isinstance(node, ast.Compare) and all(type(op) in SIGNS for op in node.ops):
            sides = (node.left, *node.comparators)
            return Rel(tuple(self.expr(s) for s in sides), tuple(SIGNS[type(op)] for op in node.ops), self.span(node))
        if isinstance(node, ast.BoolOp):
            op = "and" if isinstance(node.op, ast.And) else "or"
            return Logic(op, tuple(self.condition(v) for v in node.values))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
            op = "and" if isinstance(node.op, ast.BitAnd) else "or"
            return Logic(op, (self.condition(node.left), self.condition(node.right)))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
            return Logic("not", (self.condition(node.operand),))
        raise self._refusal(node, expected="a comparison such as z > 0")

    # -- subscripts
    def _subscript(self, node: ast.Subscript) -> Expr:
        found = self.length(node) or self._new_axis(node)
        if found is not None:
            return found
        name, indices, mask = self.target(node)
        if mask is not None:
            raise self._refusal(node)
        return Ref(name, indices, self.span(node))

    def _new_axis(self, node: ast.Subscript) -> Expr | None:
        """x[:, None] is a column, x[None, :] a row."""
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else []
        if len(parts) == 2 and sorted(map(_axis_word, parts)) == ["all", "new"]:
            return call("col" if _axis_word(parts[1]) == "new" else "row", self.expr(node.value))
        return None

    def target(self, node: ast.expr) -> tuple[str, tuple[Expr, ...], Expr | None]:
        """The name, the indices and the mask of a place that can be written to: W, W[i], grads["W"], x[z > 0]."""
        indices: list[Expr] = []
        mask = None
        while isinstance(node, ast.Subscript):
            inside = node.slice
            if isinstance(inside, ast.Constant) and isinstance(inside.value, str):
                if not isinstance(node.value, ast.Name | ast.Attribute):
                    raise self._refusal(node)
                held = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                adjoint = held in GRADIENTS and not inside.value.startswith("d")
                return f"grad_{inside.value}" if adjoint else inside.value, tuple(indices), mask
            if isinstance(inside, ast.Compare | ast.BoolOp):
                mask = self.condition(inside)
            elif not _whole(inside):
                parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
                indices = [*(self._place(p) for p in parts), *indices]
            node = node.value
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id not in LIBRARIES:
            return node.attr, tuple(indices), mask
        if not isinstance(node, ast.Name):
            raise self._refusal(node, expected="a name, with indices or without")
        return node.id, tuple(indices), mask

    def _place(self, node: ast.expr) -> Expr:
        if isinstance(node, ast.Slice):
            if node.lower is None and node.upper is None and node.step is None:
                return All()
            raise self._refusal(node, "a slice with bounds", "x[i], x[i, k] or x[:, k]")
        if isinstance(node, ast.Constant) and node.value is None:
            raise self._refusal(node, "a new axis", "keepdims=True, or the outer product")
        if isinstance(node, ast.Attribute) and node.attr == "newaxis":
            raise self._refusal(node, "a new axis", "keepdims=True, or the outer product")
        return self.expr(node)

    # -- lengths
    def length(self, node: ast.expr) -> Expr | None:
        """x.shape[0], len(x) and x.size as the size that they are; None for anything else."""
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "shape":
            if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int):
                return self.length_of(node.value.value, node.slice.value)
            raise self._refusal(node.slice)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "len" and len(node.args) == 1:
            return self.length_of(node.args[0], 0)
        if isinstance(node, ast.Attribute) and node.attr == "size" and isinstance(node.value, ast.Name):
            return call("entries", self.expr(node.value))
        return None

    def length_of(self, node: ast.expr, axis: int) -> Expr:
        """The length of one axis, to be looked up in the network."""
        return call("length", self.expr(node), Num(axis))

    def range_of(self, index: str, node: ast.expr) -> Loop:
        """range(n), range(a, b), reversed(range(n)), range(n - 1, -1, -1)."""
        backwards = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "reversed"
        inner = node.args[0] if backwards and isinstance(node, ast.Call) and node.args else node
        if not (isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id == "range"
                and 1 <= len(inner.args) <= 3 and not inner.keywords):
            raise self._refusal(node, expected="range(n), range(1, n) or reversed(range(n))")
        args = [self.expr(a) for a in inner.args]
        if len(args) == 3:
            step = args[2]
            if backwards or not (isinstance(step, Neg) and isinstance(step.arg, Num) and step.arg.value == 1):
                raise self._refusal(inner.args[2], "this step", "range(n - 1, -1, -1)")
            return Loop(index, shifted(args[1], 1), shifted(args[0], 1), True)
        return Loop(index, args[0] if len(args) == 2 else Num(0), args[-1], backwards)

    # -- calls
    def _call(self, node: ast.Call) -> Expr:
        found = self.length(node)
        if found is not None:
            return found
        name, first = self._function(node)
        args = ([first] if first is not None else []) + list(node.args)
        more = {k.arg or "**": k.value for k in node.keywords}
        if first is None and isinstance(node.func, ast.Name) and name in self.helpers:
            return self._helper(node, name)
        made = self._known(node, name, args, more)
        if made is None:
            raise self._refusal(node.func, f"the function {name}")
        return made

    def _function(self, node: ast.Call) -> tuple[str, ast.expr | None]:
        """The name of what is called, and the array whose method it is."""
        func = node.func
        if isinstance(func, ast.Name):
            return func.id, None
        if isinstance(func, ast.Attribute):
            owner = func.value
            while isinstance(owner, ast.Attribute) and owner.attr in LIBRARIES:
                owner = owner.value
            if isinstance(owner, ast.Name) and owner.id in LIBRARIES:
                return func.attr, None
            return func.attr, func.value
        raise self._refusal(func)

    def _helper(self, node: ast.Call, name: str) -> Expr:
        params, body = self.helpers[name]
        if node.keywords or len(node.args) != len(params):
            raise self._refusal(node)
        return substitute(body, dict(zip(params, map(self.expr, node.args))))

    def _known(self, node: ast.Call, name: str, args: Sequence[ast.expr], more: Mapping[str, ast.expr]) -> Expr | None:
        if name in ("sum", "mean") and args:
            return self._sum(name, args, more, node)
        if name in LARGEST and args and (len(args) == 1 or more or not isinstance(node.func, ast.Name)):
            return self._sum(LARGEST[name], args, more, node)
        if name in ("range", "arange") and len(args) in (1, 2):
            return call("rows", *([Num(0)] if len(args) == 1 else []), *map(self.expr, args))
        if name == "softmax" and args:
            return call("softmax", self.expr(args[0]))
        if name in ("reshape", "view") and args:
            return self._reshaped(node, args)
        if name == "transpose" and len(args) == 1:
            return call("T", self.expr(args[0]))
        if name in ZEROS:
            return Num(0)
        if name in ("ones_like", "ones"):
            return Num(1)
        if name == "einsum" and args:
            return self._einsum(args)
        if more and set(more) - {"dtype", "copy"}:
            raise self._refusal(node)
        if name in HARMLESS and args:
            return self.expr(args[0])
        if name in ("max", "min") and len(args) == 2:
            return call(name, self.expr(args[0]), self.expr(args[1]))
        if name == "where" and len(args) == 3:
            return call("where", self.condition(args[0]), self.expr(args[1]), self.expr(args[2]))
        if name == "clip" and len(args) == 3:
            return call("clip", *map(self.expr, args))
        if name in TWO_ARGUMENTS and len(args) == 2:
            return TWO_ARGUMENTS[name](self.expr(args[0]), self.expr(args[1]))
        if name in ONE_ARGUMENT and len(args) == 1:
            return call(ONE_ARGUMENT[name], self.expr(args[0]))
        return None

    def _sum(self, name: str, args: Sequence[ast.expr], more: Mapping[str, ast.expr], node: ast.Call) -> Expr:
        """np.sum and np.mean; the axis and whether it stays go with the call: sum_over(x, axis, keep)."""
        given = dict(more)
        if len(args) == 2:
            given["axis"] = args[1]
        if len(args) > 2 or set(given) - {"axis", "keepdims", "dim", "keepdim", "dtype"}:
            raise self._refusal(node)
        x = self.expr(args[0])
        axis = given.get("axis", given.get("dim"))
        keep = given.get("keepdims", given.get("keepdim"))
        kept = isinstance(keep, ast.Constant) and keep.value is True
        if axis is None or (isinstance(axis, ast.Constant) and axis.value is None):
            return call(f"a{name}" if name in LARGEST else name, x)
        number = self.expr(axis)
        from_end = isinstance(number, Neg)
        exact = getattr(number.arg if isinstance(number, Neg) else number, "value", None)
        if not isinstance(exact, int):
            raise self._refusal(axis, "this axis", "axis=0, 1 or -1")
        return call(f"{name}_over", x, Num(-exact if from_end else exact), Num(int(kept)))

    def _reshaped(self, node: ast.Call, args: Sequence[ast.expr]) -> Expr:
        """Only a column, a row or a flat vector: its entries stay where they were; or what changes nothing."""
        if len(args) == 2 and isinstance(args[1], ast.Attribute) and args[1].attr == "shape":
            return call("shaped", self.expr(args[0]), self.expr(args[1].value))
        shape = args[1].elts if len(args) == 2 and isinstance(args[1], ast.Tuple) else list(args[1:])
        texts = [ast.unparse(s) for s in shape]
        if texts == ["-1"]:
            return call("flat", self.expr(args[0]))
        if len(texts) == 2 and "1" in texts and ("-1" in texts or texts == ["1", "1"]):
            return call("col" if texts[1] == "1" else "row", self.expr(args[0]))
        if len(texts) == 2 and texts[1] == "-1":
            return call("rowed", self.expr(args[0]), self.expr(shape[0]))
        raise self._refusal(node, expected="reshape(-1, 1), reshape(1, -1) or reshape(-1)")

    def _einsum(self, args: Sequence[ast.expr]) -> Expr:
        rule = args[0]
        if not (isinstance(rule, ast.Constant) and isinstance(rule.value, str)) or len(args) > 3:
            raise self._refusal(rule, expected="einsum('ij,jk->ik', A, B)")
        inputs, arrow, out = rule.value.replace(" ", "").partition("->")
        letters = inputs.split(",")
        if not arrow or len(letters) != len(args) - 1 or not all(s.isalpha() and s.isascii() for s in letters):
            raise self._refusal(rule, expected="einsum('ij,jk->ik', A, B)")
        return Call(f"einsum {inputs}->{out}", tuple(map(self.expr, args[1:])), 0, self.span(rule))


def _axis_word(node: ast.expr) -> str:
    if _whole(node):
        return "all"
    none = isinstance(node, ast.Constant) and node.value is None
    return "new" if none or (isinstance(node, ast.Attribute) and node.attr == "newaxis") else ""


def _whole(node: ast.expr) -> bool:
    return isinstance(node, ast.Slice) and node.lower is None and node.upper is None and node.step is None
