"""Functions that programs bring along: their texts are copied into what is emitted, those that it needs.

`scalar.py` (numbers), `vector.py` (NumPy arrays), `jax_arrays.py`, `torch_tensors.py` and the `.h` files (C) are real
code, tested as it stands here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from workings.emit.kernels import translated


class Kernel(NamedTuple):
    """The text of a function, and the names that it uses."""

    text: str
    needs: tuple[str, ...]


@cache
def python(module: str) -> Mapping[str, Kernel]:
    """The functions and constants of a module of kernels, by name; the steady functions in its words among them."""
    source = files(__package__).joinpath(f"{module}.py").read_text(encoding="utf-8")
    out: dict[str, Kernel] = {}
    for node in ast.parse(source).body:
        text = ast.get_source_segment(source, node) or ""
        if isinstance(node, ast.FunctionDef):
            out[node.name] = Kernel(text, _names(node))
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            out[node.targets[0].id] = Kernel(text, _names(node.value))
    shared = {name: text for name, (text, _) in translated.constants().items()} | translated.python(module)
    return {name: Kernel(text, _names(ast.parse(text))) for name, text in shared.items() if name not in out} | out


def steady() -> list[str]:
    """The functions that are the same in every language."""
    return list(translated.functions())


def calls(module: str) -> dict[str, str]:
    """How each function of a module is called, for a speaker's table."""
    return {name: f"{name}({{all}})" for name, kernel in python(module).items() if kernel.text.startswith("def ")}


@cache
def c(precision: str) -> Mapping[str, Kernel]:
    """The functions in C for "double" or "single", by name."""
    own, shared = (files(__package__).joinpath(f"{n}.h").read_text(encoding="utf-8") for n in (precision, "real"))
    out: dict[str, Kernel] = {}
    for part in [*own.split("/*@ ")[1:], *shared.split("/*@ ")[1:]]:
        name, text = part.split(" */\n", 1)
        out[name] = _kernel(name, text.strip())
    steady = translated.c()
    if precision == "double":
        return out | {name: _kernel(name, text) for name, text in steady.items() if name not in out}
    wide = {name: k.text for name, k in c("double").items() if "real" not in k.text}
    for name, text in wide.items():                  # in single precision they are computed in double
        out["d" + name[1:]] = _kernel("d" + name[1:], re.sub(r"\bw_", "d_", text))
    return out | {name: _kernel(name, _narrow(name, text)) for name, text in steady.items() if name not in out}


def _kernel(name: str, text: str) -> Kernel:
    words = dict.fromkeys(re.findall(r"\b[dw]_\w+", text))
    return Kernel(text, tuple(w for w in words if w != name))


def _narrow(name: str, text: str) -> str:
    """The function of floats by that of doubles."""
    count = text.split("(", 1)[1].split(")", 1)[0].count("double")
    given = [f"a{n}" for n in range(count)]
    arguments = ", ".join(f"float {a}" for a in given)
    return f"static inline float {name}({arguments}) {{ return (float)d{name[1:]}({', '.join(given)}); }}"


def _names(node: ast.AST) -> tuple[str, ...]:
    """The names in the order of the text: what comes out is the same each time."""
    return tuple(dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name)))


def needed(kernels: Mapping[str, Kernel], names: Iterable[str]) -> list[str]:
    """The kernels that are used, directly or by another, in the order of their file."""
    found: set[str] = set()
    stack = [n for n in names if n in kernels]
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += [n for n in kernels[name].needs if n in kernels]
    return [name for name in kernels if name in found]


def used(kernels: Mapping[str, Kernel], names: Iterable[str]) -> list[str]:
    """Every name that the texts of these kernels use."""
    return list(dict.fromkeys(n for name in names for n in (name, *kernels[name].needs)))
