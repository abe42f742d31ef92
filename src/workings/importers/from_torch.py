"""A torch module or function as equations: traced by torch.fx, one line for each thing that it computes.

The module's own names stay (`fc1.weight` is fc1_weight); what has none is called as in a textbook (W1, b1, z1, a1 …).
A tensor of one axis is a vector, of two a matrix whose rows are the samples.  `torch_table.ROWS` says how each
operation is written, `from_torch_layers.ROWS` how layers of geometry are; numbers go to `net.values`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from workings.errors import NotInstalled, OutOfReach, Source
from workings.expr import Call, Expr, Neg, Network, Num, Ref, Rel, fresh, preorder, same
from workings.importers.torch_shapes import NAME, Shape, first_line, shapes_of
from workings.notation import plain

INLINED = 40                  # nodes of an expression that has no name of its own
LETTERS = {"affine": "z", "activation": "a", "softmax": "p", "norm": "n", "sum": "s", "other": "q"}
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
    found = shapes_of(graph_module, dict(shapes or {}))
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
            f"torch.fx cannot trace this: {first_line(error)}", expected="a forward pass without branches on values",
            hint="trace the part without control flow, or write its equations",
        ) from None
    return copy.deepcopy(traced).eval()


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
    ranges: dict[str, Expr] = field(default_factory=dict)
    scalars: list[str] = field(default_factory=list)

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

    def at_most(self, value: Any, axes: int, what: str) -> int:
        """The number of axes of an argument; `OutOfReach` for a number, or where there are more."""
        shape = self.shape(value)
        if len(shape) > axes or not shape:
            seen = " × ".join(self.symbols.get(s, str(s)) for s in shape) or "no axis"
            raise OutOfReach(f"{what} of {seen}: only vectors and matrices are written", hint="trace it for one sample")
        return len(shape)

    def size(self, value: Any, axis: int) -> Expr:
        """The length of an axis, symbolic where it was declared so."""
        return self.expr(self.shape(value)[axis])

    def letter(self, wanted: str, about: Sequence[Expr]) -> str:
        """An index letter that no name of the network bears."""
        return fresh(wanted, set(self.taken) | {r.name for e in about for r in preorder(e) if isinstance(r, Ref)})

    def line(self, letter: str, made: Expr, shape: Shape) -> Ref:
        """A line of its own for a part of an operation."""
        name = self.name("", letter, "part")
        self.counts[letter] = self.counts.get(letter, 0) + 1
        self.lines.append(Rel((Ref(name), made), ("=",)))
        self.shapes[name] = shape
        return Ref(name)

    def family(self, letters: Sequence[str], sizes: Sequence[Expr], entry: Expr) -> Ref:
        """A name whose entries are given by an expression in index letters."""
        name = self.name("", "X", "family")
        self.ranges.update(zip(letters, sizes))
        self.lines.append(Rel((Ref(name, tuple(map(Ref, letters))), entry), ("=",)))
        return Ref(name)

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
            if not self.shapes[name]:
                self.scalars.append(name)
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
        else:
            self.scalars.append(name)
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
            raise OutOfReach(f"{kind} with these arguments is not read: {first_line(error)}") from None
        self.exprs[node.name] = made if self._inline(node, made) else self._named(node, kind, made)

    def _row(self, node: Any) -> tuple[str, Row, Sequence[Any], Mapping[str, Any]]:
        from workings.importers.torch_table import MODULES, ROWS

        if node.op == "call_module":
            module = self.module.get_submodule(node.target)
            kind = type(module).__name__
            build = MODULES.get(kind)
            if build is not None:
                return kind.lower(), lambda w, *a, **k: build(w, module, node.target, *a, **k), node.args, node.kwargs
        else:
            kind = node.target if isinstance(node.target, str) else node.target.__name__
            row = ROWS.get(kind.removesuffix("_"))
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
        if name.startswith(letter) and name[len(letter) :].isdigit():
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
        declared += [f"{letter} = 1..{plain(size)}" for letter, size in self.ranges.items()]
        text = "\n".join([*declared, *map(plain, self.lines)])
        given = {"input": inputs, "parameter": parameters, "target": targets}
        roles = {role: _listed(names) or [n for n, r in self.roles.items() if r == role and n in used] or None
                 for role, names in given.items()}
        net = read(text, signatures(), source=Source(text), inputs=roles["input"], parameters=roles["parameter"],
                   targets=roles["target"])
        known: dict[str, tuple[Expr, ...]] = {n: () for n in self.scalars if n in used - defined}
        for n, shape in self.shapes.items():  # what no line says: that b is one number, and of what size z1 is
            if n in defined and shape and n not in net.shapes:
                known[n] = tuple(Ref(self.symbols[s]) if s in self.symbols else Num(s, str(s)) for s in shape)
        return net.with_(values={n: v for n, v in self.values.items() if n in used}, shapes={**net.shapes, **known})

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
