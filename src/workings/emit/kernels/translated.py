"""The functions of `steady.py` and `exponentials.py` in the other languages: the same lines with other words.

A function is a list of assignments and one return; its expressions hold arithmetic, comparisons, calls, and
`a if c else b`.  `away`, `poly` and `near_root` over a named constant are written out in C.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from importlib.resources import files

from workings.functions import table

WORDS: Mapping[str, Mapping[str, str]] = {
    "scalar": {},
    "vector": {
        **{f: f"np.{f}({{0}})" for f in ("exp", "expm1", "log", "log1p", "sqrt")}, "fabs": "np.abs({0})",
        "max": "np.maximum({0}, {1})", "min": "np.minimum({0}, {1})", "whole": "np.rint({0})",
        "hypot": "np.hypot({0}, {1})", "where": "np.where({0}, {1}, {2})",
    },
    "jax_arrays": {
        **{f: f"jnp.{f}({{0}})" for f in ("exp", "log", "sqrt")}, "fabs": "jnp.abs({0})",
        "expm1": "expm1_of({0})", "log1p": "log1p_of({0})",
        "max": "jnp.maximum({0}, {1})", "min": "jnp.minimum({0}, {1})", "whole": "jnp.round({0})",
        "hypot": "jnp.hypot({0}, {1})", "where": "jnp.where({0}, {1}, {2})",
    },
    "torch_tensors": {
        **{f: f"torch.{f}({{0}})" for f in ("exp", "expm1", "log", "log1p", "sqrt")}, "fabs": "torch.abs({0})",
        "max": "torch.clamp({0}, min={1})", "min": "torch.clamp({0}, max={1})", "whole": "torch.round({0})",
        "hypot": "hypot({0}, {1})", "where": "torch.where({0}, {1}, {2})",
    },
    "c": {
        **{f: f"w_{f}({{0}})" for f in ("exp", "expm1", "log", "log1p", "least", "most")}, "sqrt": "sqrt({0})",
        "fabs": "fabs({0})", "max": "w_most({0}, {1})", "min": "w_least({0}, {1})", "whole": "rint({0})",
        "where": "({0} ? {1} : {2})",
    },
}
SOURCES = ("steady", "exponentials")
ROUNDING = ("lost", "gone")   # names in functions that ask what rounding took off
TABLES = ("away", "poly", "near_root")      # the functions that take a named constant
LEAST = """static inline double w_least(double a, double b) { return b < a ? b : a; }"""
MOST = """static inline double w_most(double a, double b) { return b > a ? b : a; }"""


@cache
def constants() -> Mapping[str, tuple[str, tuple[float, ...]]]:
    """The named constants: the text of the assignment, and the numbers."""
    out: dict[str, tuple[str, tuple[float, ...]]] = {}
    for module in ("constants", *SOURCES):
        source = files(__package__).joinpath(f"{module}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                value = ast.literal_eval(node.value)
                numbers = value if isinstance(value, tuple) else (value,)
                out[node.targets[0].id] = (ast.get_source_segment(source, node) or "", numbers)
    return out


@cache
def functions() -> Mapping[str, ast.FunctionDef]:
    """The functions of the source, in its order."""
    texts = [files(__package__).joinpath(f"{module}.py").read_text(encoding="utf-8") for module in SOURCES]
    return {n.name: n for text in texts for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}


def python(module: str) -> dict[str, str]:
    """The functions as Python text for scalars, NumPy, JAX or PyTorch, by name."""
    return {name: _Python(module, node).text() for name, node in functions().items()}


def c() -> dict[str, str]:
    """The functions in C, in double precision, by name; each polynomial is a function of its own."""
    out = {"w_least": LEAST, "w_most": MOST}
    for name, (_, numbers) in constants().items():
        if len(numbers) > 4:
            steps = "".join(f"    p = p*z + {_number(x)};\n" for x in numbers[-2::-1])
            out[f"w_{name.lower()}"] = (
                f"static inline double w_{name.lower()}(double z)\n{{\n    double p = {_number(numbers[-1])};\n"
                f"{steps}    return p;\n}}")
    for name, node in functions().items():
        if name not in TABLES:
            out[f"w_{name}"] = _C(node).text()
    return out


def _number(x: float) -> str:
    return f"({x!r})" if x < 0 else repr(x)


class _Python:
    """One function with the words of a library."""

    def __init__(self, module: str, node: ast.FunctionDef) -> None:
        self.node, self.module, self.words = node, module, WORDS[module]

    def text(self) -> str:
        """The whole function."""
        names = [a.arg for a in self.node.args.args]
        lines = [f"def {self.node.name}({', '.join(names)}):"]
        if self.module == "torch_tensors":
            lines += self._tensors(names)
        return "\n".join([*lines, *self._block(self.node.body, "    ")])

    def _tensors(self, names: list[str]) -> list[str]:
        """The arguments of a function of the table as tensors: a program may give some of them as numbers."""
        if self.node.name not in table or len(names) == 1:
            return []
        every = ", ".join(names)
        return [f"    like = next(x for x in ({every}) if torch.is_tensor(x))",
                f"    {every} = (torch.as_tensor(x, dtype=like.dtype, device=like.device) for x in ({every}))"]

    def _block(self, body: list[ast.stmt], pad: str) -> list[str]:
        out: list[str] = []
        for node in body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    out.append(f"{pad}{name} = {self._settled(name, node.value)}")
                case ast.For():
                    out += [f"{pad}for {ast.unparse(node.target)} in {ast.unparse(node.iter)}:",
                            *self._block(node.body, pad + "    ")]
                case ast.Return(value=value) if value is not None:
                    out.append(f"{pad}return {self.say(value)}")
                case _:
                    raise ValueError(f"{self.node.name}: {ast.unparse(node)} has no translation")
        return out

    def _settled(self, name: str, value: ast.expr) -> str:
        """A value; in JAX a sum whose rounding counts, and a quotient, is kept from being put together with others."""
        text = self.say(value)
        counts = any(isinstance(n, ast.Name) and n.id in ROUNDING for n in ast.walk(self.node))
        sums = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add | ast.Sub)
        return f"settle({text})" if self.module == "jax_arrays" and (name == "once" or (counts and sums)) else text

    def say(self, node: ast.expr) -> str:
        """An expression."""
        said = ast.unparse(_Words(self).visit(deepcopy(node)) if self.words else node)
        return said.replace(" * ", "*").replace(" / ", "/")

    def call(self, name: str, args: list[str]) -> str:
        """A call in the words of the library."""
        known = self.words.get(name)
        if known is None:
            return f"{name}({', '.join(args)})"
        if name == "where" and self.module == "torch_tensors" and all(map(_literal, args[1:])):
            args[1] = f"torch.full_like({self.node.args.args[0].arg}, {args[1]})"
        return known.format(*args)


def _literal(text: str) -> bool:
    return not any(isinstance(n, ast.Name) and n.id not in constants() for n in ast.walk(ast.parse(text)))


class _Words(ast.NodeTransformer):
    def __init__(self, of: _Python) -> None:
        self.of = of

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        parts = [ast.unparse(self.visit(n)) for n in (node.test, node.body, node.orelse)]
        return ast.parse(self.of.call("where", parts), mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.expr:
        args = [ast.unparse(self.visit(a)) for a in node.args]
        assert isinstance(node.func, ast.Name)
        return ast.parse(self.of.call(node.func.id, args), mode="eval").body


class _C:
    """One function in C."""

    def __init__(self, node: ast.FunctionDef) -> None:
        self.node = node

    def text(self) -> str:
        """The whole function."""
        names = ", ".join(f"double {a.arg}" for a in self.node.args.args)
        lines = [f"static inline double w_{self.node.name}({names})", "{"]
        for node in self.node.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    lines.append(f"    const double {name} = {self.say(node.value)};")
                case ast.Return(value=value) if value is not None:
                    lines.append(f"    return {self.say(value)};")
                case _:
                    raise ValueError(f"{self.node.name}: {ast.unparse(node)} has no translation")
        return "\n".join([*lines, "}"])

    def say(self, node: ast.expr) -> str:
        """An expression, in brackets wherever they might be needed."""
        match node:
            case ast.Constant(value=value):
                return repr(value)
            case ast.Name(id=name):
                return _number(constants()[name][1][0]) if name in constants() else name
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(place))):
                return _number(constants()[name][1][place])
            case ast.UnaryOp(op=ast.USub()):
                return f"-{self.factor(node.operand)}"
            case ast.BinOp():
                sign = {ast.Add: " + ", ast.Sub: " - ", ast.Mult: "*", ast.Div: "/"}[type(node.op)]
                return f"{self.factor(node.left)}{sign}{self.factor(node.right)}"
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                sign = {ast.Lt: "<", ast.Gt: ">", ast.Eq: "==", ast.GtE: ">="}[type(op)]
                return f"{self.say(left)} {sign} {self.say(right)}"
            case ast.IfExp():
                return WORDS["c"]["where"].format(*(self.say(n) for n in (node.test, node.body, node.orelse)))
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node.args)
        raise ValueError(f"{self.node.name}: {ast.unparse(node)} has no translation")

    def factor(self, node: ast.expr) -> str:
        """An operand."""
        said = self.say(node)
        return f"({said})" if isinstance(node, ast.BinOp | ast.UnaryOp) else said

    def _call(self, name: str, args: list[ast.expr]) -> str:
        if name not in TABLES:
            said = [self.say(a) for a in args]
            return WORDS["c"].get(name, f"w_{name}({', '.join(said)})").format(*said)
        table = args[-1]
        assert isinstance(table, ast.Name)
        if name == "away":
            text = self.factor(args[0])
            for part in constants()[table.id][1]:
                text = f"({text} - {_number(part)})"
            return text
        inner = self.say(args[0])
        if name == "near_root":
            width = self.say(args[1])
            return f"{inner}*w_{table.id.lower()}(w_most(w_least({inner}, {width}), -{width}))"
        return f"w_{table.id.lower()}({inner})"
