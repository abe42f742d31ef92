"""A torch module or function as equations: traced by torch.fx, one line for each thing that it computes.

The module's own names stay (`fc1.weight` is fc1_weight); what has none is called as in a textbook (W1, b1, z1, a1 …).
A tensor of one axis is a vector, of two a matrix whose rows are the samples.  `torch_table.ROWS` says how each
operation is written, `from_torch_layers.ROWS` how layers of geometry are; numbers go to `net.values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.errors import BadValue, NotInstalled, OutOfReach, Source
from workings.expr import Call, Expr, Neg, Network, Num, Ref, Rel, preorder, same
from workings.notation import plain

NAME = re.compile(r"[A-Za-z]+\d*(_[A-Za-z0-9]+)*")
SYMBOLS = (101, 103, 107, 109, 113, 127, 131, 137)     # stand for symbolic sizes while torch finds shapes
TRIED = 64                    # shapes tried for an input of which nothing is said
INLINED = 40                  # nodes of an expression that has no name of its own
LETTERS = {"affine": "z", "activation": "a", "softmax": "p", "norm": "n", "sum": "s", "other": "q"}
Shape = tuple[int, ...]
Row = Callable[..., Expr]


def is_torch(source: Any) -> bool:
    """Is this a torch module, a traced one, or a plain function?

    >>> is_torch(len), is_torch(lambda x: x), is_torch("y = x")
    (False, True, False)
    """
    if any(base.__module__.startswith("torch.") for base in type(source).__mro__):
        return hasattr(source, "forward")
    return type(source).__name__ == "function"


def from_torch(source: Any, shapes: Mapping[str, Any] | None = None, *, inputs: Any = None, parameters: Any = None,
               targets: Any = None) -> Network:
    """The network of a `torch.nn.Module` or of a function of tensors.

    `shapes`: the axes of its arguments, such as {"x": "N x 3"}, {"x": ("N", 3)} or a tensor; without, the one input
    is one sample if the module takes one, else a matrix of N samples.  Raises `OutOfReach` naming an operation that
    has no row.
    """
    from workings.importers.from_torch_layers import has_layers, layered

    graph_module = _traced(source)
    if has_layers(graph_module):
        return layered(graph_module, shapes, inputs=_listed(inputs), parameters=_listed(parameters),
                       targets=_listed(targets))
    found = _shapes(graph_module, dict(shapes or {}))
    walk = Walk(graph_module, *found)
    walk.lines_of_all()
    return walk.network(inputs, parameters, targets)


def _traced(source: Any) -> Any:
    try:
        import copy

        import torch.fx
    except ImportError:
        raise NotInstalled("reading a torch module needs torch", hint="pip install 'workings[torch]'") from None
    try:
        traced = source if isinstance(source, torch.fx.GraphModule) else torch.fx.symbolic_trace(source)
    except Exception as error:                # the module's own code runs here, and may raise anything
        raise OutOfReach(
            f"torch.fx cannot trace this: {_first_line(error)}", expected="a forward pass without branches on values",
            hint="trace the part without control flow, or write its equations",
        ) from None
    return copy.deepcopy(traced).eval()


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# -- shapes
def _shapes(traced: Any, given: dict[str, Any]) -> tuple[dict[str, Any], dict[int, str]]:
    """The shape (or value) of each node by name, and what each number that stands for a symbolic size is called."""
    places = {str(n.target): n for n in traced.graph.nodes if n.op == "placeholder"}
    unknown = [name for name in given if name not in places]
    if unknown:
        raise BadValue(f"there is no argument {unknown[0]}", expected=f"one of {', '.join(places)}")
    symbols: dict[str, int] = {}
    fixed = {name: _axes(name, shape, symbols) for name, shape in given.items()}
    free = [name for name in places if name not in fixed and not places[name].args]
    last: Exception | None = None
    for guess in _guesses(traced, free, symbols):
        try:
            return _run(traced, {**fixed, **guess}), {number: name for name, number in symbols.items()}
        except Exception as error:            # torch says that the shapes do not fit
            last = error
    shown = ", ".join(f'"{name}": "N x 3"' for name in places)
    open_ = f"the shapes of {', '.join(free)} are not known"
    raise BadValue(
        open_ if last is None else f"the shapes do not fit: {_first_line(last)}",
        expected=f"shapes={{{shown}}} with the axes of each argument, in numbers or names",
    )


def _axes(name: str, shape: Any, symbols: dict[str, int]) -> Shape:
    if hasattr(shape, "shape"):
        shape = tuple(shape.shape)
    parts = re.split(r"\s*(?:x|×|\*|,)\s+|\s+", shape.strip()) if isinstance(shape, str) else list(shape)
    out = []
    for part in (p for p in parts if p not in ("", "x")):
        if str(part).isdigit():
            out.append(int(part))
            continue
        if not isinstance(part, str) or not NAME.fullmatch(part):
            raise BadValue(f"{part!r} is no size", expected=f'shapes={{"{name}": "N x 3"}}')
        if part not in symbols and len(symbols) == len(SYMBOLS):
            raise BadValue(f"more than {len(SYMBOLS)} symbolic sizes", expected="fewer, or numbers")
        out.append(symbols.setdefault(part, SYMBOLS[len(symbols)]))
    return tuple(out)


def _guesses(traced: Any, free: list[str], symbols: dict[str, int]) -> Iterator[dict[str, Shape]]:
    """Shapes for arguments of which nothing is said: one sample, then N samples, of the width of a layer."""
    widths = dict.fromkeys(w for m in traced.modules() for w in (_width(m),) if w is not None)
    if free and "N" not in symbols and len(symbols) < len(SYMBOLS):
        symbols["N"] = SYMBOLS[len(symbols)]
    rows = symbols.get("N", SYMBOLS[-1])
    each: list[Shape] = [*((w,) for w in widths), *((rows, w) for w in widths), (rows,)]
    if not free:
        yield {}
    elif len(free) == 1 and widths:           # two arguments may fit each other in a way that nobody meant
        yield from ({free[0]: shape} for shape in each[:TRIED])


def _width(module: Any) -> int | None:
    for name in ("in_features", "embed_dim", "input_size"):
        if isinstance(getattr(module, name, None), int):
            return int(getattr(module, name))
    shape = getattr(module, "normalized_shape", None)
    return int(shape[-1]) if shape else None


def _run(traced: Any, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    """One pass over zeros: the shape of each tensor, the value of each number."""
    import torch

    class Seen(torch.fx.Interpreter):
        def run_node(self, n: Any) -> Any:
            out = super().run_node(n)
            seen[n.name] = _seen(out)
            return out

    seen: dict[str, Any] = {}
    whole = _whole_inputs(traced)
    arguments = []
    for n in traced.graph.nodes:
        if n.op == "placeholder" and str(n.target) in shapes:
            kind = torch.long if n.name in whole else next(
                (p.dtype for p in traced.parameters()), torch.get_default_dtype())
            arguments.append(torch.zeros(shapes[str(n.target)], dtype=kind))
        elif n.op == "placeholder":
            arguments.append(n.args[0])
    with torch.no_grad():
        Seen(traced).run(*arguments)
    return seen


def _seen(out: Any) -> Any:
    if hasattr(out, "shape"):
        return tuple(int(s) for s in out.shape)
    if isinstance(out, tuple | list) and type(out).__name__ != "Size":
        return [_seen(o) for o in out]
    return out


def _whole_inputs(traced: Any) -> set[str]:
    """Arguments that are whole numbers: those that an embedding looks up."""
    out = set()
    for n in traced.graph.nodes:
        target = type(traced.get_submodule(n.target)).__name__ if n.op == "call_module" else getattr(
            n.target, "__name__", "")
        if target.lower() in ("embedding",) and n.args:
            out.add(getattr(n.args[0], "name", ""))
    return out


# -- the walk
@dataclass
class Walk:
    """The state of one import.  `seen`: shapes by node; `symbols`: what the number of a symbolic size is called."""

    module: Any
    seen: dict[str, Any]
    symbols: dict[int, str]
    exprs: dict[str, Expr] = field(default_factory=dict)
    lines: list[Rel] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)    # plain name: whose it is
    roles: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    # what rows use
    def expr(self, value: Any) -> Expr:
        """What stands for an argument: the name of a node or its expression, a number."""
        if hasattr(value, "op") and hasattr(value, "name"):
            return self.exprs[value.name]
        if isinstance(value, Expr):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise OutOfReach(f"an argument {value!r} has no place in an equation")
        if value != value or abs(value) == float("inf"):
            raise OutOfReach(f"the number {value} has no place in an equation")
        exact = Fraction(repr(value))         # the decimal that the code says
        if value in self.symbols:
            return Ref(self.symbols[int(value)])
        whole = exact.denominator == 1
        made = Num(int(abs(exact)) if whole else abs(exact), str(int(abs(exact))) if whole else repr(abs(value)))
        return Neg(made) if exact < 0 else made

    def shape(self, value: Any) -> Shape:
        """The axes of an argument; () for a number."""
        found = self.seen.get(value.name) if hasattr(value, "name") and not isinstance(value, Ref) else ()
        if isinstance(value, Ref):
            found = self.shapes.get(value.name, ())
        return found if isinstance(found, tuple) else ()

    def size(self, value: Any, axis: int) -> Expr:
        """The length of an axis, symbolic where it was declared so."""
        return self.expr(self.shape(value)[axis])

    def parameter(self, path: str, letter: str = "W") -> Ref:
        """The name of a parameter or buffer, with its numbers in `values`."""
        owner = f"{path}:parameter"
        name = next((n for n, o in self.taken.items() if o == owner), None)
        if name is None:
            tensor = _attribute(self.module, path)
            name = self.name(path, letter, owner)
            self.shapes[name] = tuple(int(s) for s in tensor.shape)
            self.values[name] = _numbers(tensor)
            self.roles[name] = "parameter"
        return Ref(name)

    def name(self, path: str, letter: str, owner: str) -> str:
        """A free plain name: the path with `_` for dots, or a letter and a number where the path says nothing."""
        name = _spelled(path)
        if name is None or name in self.taken:
            number = self.number(letter)
            while f"{letter}{number}" in self.taken:
                number += 1
            name = f"{letter}{number}"
        self.taken[name] = owner
        return name

    def number(self, letter: str) -> int:
        """The number of the next name with this letter: W, b and z of one layer have the same."""
        return self.counts.get("z" if letter in "Wb" else letter, 0) + 1

    # the walk itself
    def lines_of_all(self) -> None:
        from workings.functions import signatures

        self.taken.update(dict.fromkeys(signatures(), "function"))
        self.taken.update(dict.fromkeys(self.symbols.values(), "size"))
        for node in self.module.graph.nodes:
            if node.op == "placeholder":
                self._argument(node)
        for node in self.module.graph.nodes:
            if node.op == "get_attr":
                self.exprs[node.name] = self.parameter(node.target)
            elif node.op == "output":
                self._output(node.args[0])
            elif node.op != "placeholder":
                self._node(node)

    def _argument(self, node: Any) -> None:
        if not isinstance(self.seen[node.name], tuple):
            self.exprs[node.name] = self.expr(self.seen[node.name])
            return
        path = str(node.target)
        name = self.name("x" if path == "input" and "x" not in self.taken else path, "x", path)
        self.exprs[node.name] = Ref(name)
        if self.seen[node.name]:
            self.shapes[name] = self.seen[node.name]
        if list(self.module.parameters()):
            self.roles[name] = "input"

    def _node(self, node: Any) -> None:
        if not isinstance(self.seen[node.name], tuple | list):
            if isinstance(self.seen[node.name], int | float):      # a number of the module's own, such as a size
                self.exprs[node.name] = self.expr(self.seen[node.name])
            return
        kind, row, args, kwargs = self._row(node)
        try:
            made = row(self, *args, **kwargs)
        except TypeError as error:
            raise OutOfReach(f"{kind} with these arguments is not read: {_first_line(error)}") from None
        self.exprs[node.name] = made if self._inline(node, made) else self._named(node, kind, made)

    def _row(self, node: Any) -> tuple[str, Row, Sequence[Any], Mapping[str, Any]]:
        from workings.importers.torch_table import MODULES, ROWS, every

        if node.op == "call_module":
            module = self.module.get_submodule(node.target)
            kind = type(module).__name__
            build = every(MODULES, "MODULES").get(kind)
            if build is not None:
                return kind.lower(), lambda w, *a, **k: build(w, module, node.target, *a, **k), node.args, node.kwargs
        else:
            kind = node.target if isinstance(node.target, str) else node.target.__name__
            row = every(ROWS, "ROWS").get(kind.removesuffix("_"))
            if row is not None:
                return kind.removesuffix("_"), row, node.args, node.kwargs
        raise OutOfReach(
            f"the operation {kind} ({node.name}) has no equation here", hint="write its equations, or replace it",
        )

    def _inline(self, node: Any, made: Expr) -> bool:
        """Light things used by arithmetic have no name of their own."""
        from workings.importers.torch_table import ARITHMETIC, LIGHT

        kind = _kind(node)
        if isinstance(made, Ref) or kind in LIGHT:
            return True
        users = list(node.users)
        return kind in ARITHMETIC and len(users) == 1 and _kind(users[0]) in ARITHMETIC | {"mean", "sum"} and sum(
            1 for _ in preorder(made)) < INLINED

    def _named(self, node: Any, kind: str, made: Expr) -> Ref:
        last = any(u.op == "output" for u in node.users)
        letter, path = self._letter(kind, made), node.target if node.op == "call_module" else ""
        if _spelled(path) is None and last and "y" not in self.taken:
            path = "L" if not self.seen[node.name] and "L" not in self.taken else "y"
        elif letter == "a" and isinstance(made, Call):
            path = self._alongside(made, letter) if _spelled(path) is None or path in self.taken else path
        name = self.name(path, letter, node.name)
        self.counts[letter] = self.counts.get(letter, 0) + 1
        self.lines.append(Rel((Ref(name), made), ("=",)))
        if self.seen[node.name]:
            self.shapes[name] = self.seen[node.name]
        return Ref(name)

    def _alongside(self, made: Call, letter: str) -> str:
        """The activation of z1 is a1."""
        found = isinstance(made.args[0], Ref) and re.fullmatch(r"z(\d+)", made.args[0].name)
        return f"{letter}{found[1]}" if found else ""

    def _letter(self, kind: str, made: Expr) -> str:
        from workings.importers.torch_table import GROUPS

        group = next((g for g, kinds in GROUPS.items() if kind in kinds), "other")
        if group in ("sum", "other") and any(type(n).__name__ == "MatMul" for n in preorder(made)):
            group = "affine"
        return LETTERS[group]

    def _output(self, value: Any) -> None:
        for part in value if isinstance(value, tuple | list) else [value]:
            if not hasattr(part, "name"):
                raise OutOfReach("what is returned is no tensor", expected="a tensor, or a tuple of tensors")
            made = self.exprs[part.name]
            if not isinstance(made, Ref) or not any(same(line.args[0], made) for line in self.lines):
                name = self.name("y", "y", "output")
                self.lines.append(Rel((Ref(name), made), ("=",)))

    # the network
    def network(self, inputs: Any, parameters: Any, targets: Any) -> Network:
        """The lines read as the text that they print as, with the numbers beside them."""
        from workings.functions import signatures
        from workings.syntax import read

        used = {r.name for line in self.lines for r in preorder(line) if isinstance(r, Ref)}
        defined = {line.args[0].name for line in self.lines if isinstance(line.args[0], Ref)}
        shapes = {n: s for n, s in self.shapes.items() if n in used - defined and s}
        declared = [f"{n} in R^{self._axes(s)}" for n, s in shapes.items()]
        text = "\n".join([*declared, *map(plain, self.lines)])
        given = {"input": inputs, "parameter": parameters, "target": targets}
        roles = {role: _listed(names) or [n for n, r in self.roles.items() if r == role and n in used] or None
                 for role, names in given.items()}
        net = read(text, signatures(), source=Source(text), inputs=roles["input"], parameters=roles["parameter"],
                   targets=roles["target"])
        return net.with_(values={n: v for n, v in self.values.items() if n in used})

    def _axes(self, shape: Shape) -> str:
        parts = [self.symbols.get(s, str(s)) for s in shape]
        return parts[0] if len(parts) == 1 else f"({' x '.join(parts)})"


def _kind(node: Any) -> str:
    return str(node.target if isinstance(node.target, str) else getattr(node.target, "__name__", "")).removesuffix("_")


def _spelled(path: str) -> str | None:
    """The plain name of a path: fc1.weight is fc1_weight; None where it has no letters to begin with."""
    words = [w for w in re.split(r"[._]+", path) if w]
    if not words or not NAME.fullmatch("_".join(words)):
        return None
    if len(words) == 2 and words[1].isdigit() and len(words[1]) == 1 and words[0].isalpha():
        return "".join(words)                 # x_1 is x1
    return "_".join(words)


def _listed(names: Any) -> list[str] | None:
    if names is None:
        return None
    return [n.strip() for n in names.split(",")] if isinstance(names, str) else list(names)


def _attribute(module: Any, path: str) -> Any:
    for part in path.split("."):
        module = getattr(module, part)
    return module


def _numbers(tensor: Any) -> Any:
    """The numbers of a tensor, exactly, in float64."""
    import torch

    return tensor.detach().to(torch.float64).cpu().numpy()
