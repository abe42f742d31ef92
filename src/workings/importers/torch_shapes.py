"""The shapes of all that a traced module computes: found by running it once over zeros.

A symbolic size is a prime number of its own while torch looks, and its name again afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workings.errors import BadValue

NAME = re.compile(r"[A-Za-z]+\d*(_[A-Za-z0-9]+)*")
SYMBOLS = (101, 103, 107, 109, 113, 127, 131, 137)     # stand for symbolic sizes while torch finds shapes
TRIED = 64                    # shapes tried for an input of which nothing is said
Shape = tuple[int, ...]


def first_line(error: Exception) -> str:
    """What an error says, in one line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def shapes_of(traced: Any, given: dict[str, Any]) -> tuple[dict[str, Any], dict[int, str]]:
    """The shape (or value) of each node by name, and what each number that stands for a symbolic size is called."""
    places = {str(n.target): n for n in traced.graph.nodes if n.op == "placeholder"}
    unknown = [name for name in given if name not in places]
    if unknown:
        raise BadValue(f"there is no argument {unknown[0]}", expected=f"one of {', '.join(places)}")
    symbols: dict[str, int] = {}
    fixed = {name: _axes(name, shape, symbols) for name, shape in given.items()}
    clash = next((name for name in symbols if name in places), None)
    if clash is not None:
        raise BadValue(f"{clash} is an argument and a size", expected="another letter for the size")
    free = [name for name in places if name not in fixed and not places[name].args]
    last: Exception | None = None
    looked, classes = _whole_inputs(traced)
    for guess in _guesses(traced, free, symbols, bool(looked.intersection(places[f].name for f in free))):
        for whole in (looked, looked | classes) if classes else (looked,):
            try:
                return _run(traced, {**fixed, **guess}, whole), {number: name for name, number in symbols.items()}
            except Exception as error:        # torch says that the shapes do not fit
                last = error
    shown = ", ".join(f'"{name}": "N x 3"' for name in places)
    open_ = f"the shapes of {', '.join(free)} are not known"
    raise BadValue(
        open_ if last is None else f"the shapes do not fit: {first_line(last)}",
        expected=f"shapes={{{shown}}} with the axes of each argument, in numbers or names",
    )


def _axes(name: str, shape: Any, symbols: dict[str, int]) -> Shape:
    if hasattr(shape, "shape"):
        shape = tuple(shape.shape)
    if isinstance(shape, int):
        shape = (shape,)
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


def _guesses(traced: Any, free: list[str], symbols: dict[str, int], whole: bool) -> Iterator[dict[str, Shape]]:
    """Shapes for arguments of which nothing is said: one sample, then N samples, of the width of a layer."""
    widths = dict.fromkeys(w for m in traced.modules() for w in (_width(m),) if w is not None)
    if free and "N" not in symbols and len(symbols) < len(SYMBOLS):
        symbols["N"] = SYMBOLS[len(symbols)]
    rows = symbols.get("N", SYMBOLS[-1])
    each: list[Shape] = [*((w,) for w in widths), *((rows, w) for w in widths)]
    if whole:
        each = [(rows,), ()]
    if not free:
        yield {}
    elif len(free) == 1 and (widths or whole):           # two arguments may fit each other in a way that nobody meant
        yield from ({free[0]: shape} for shape in each[:TRIED])


def _width(module: Any) -> int | None:
    for name in ("in_features", "embed_dim", "input_size"):
        if isinstance(getattr(module, name, None), int):
            return int(getattr(module, name))
    shape = getattr(module, "normalized_shape", None)
    return int(shape[-1]) if shape else None


def _run(traced: Any, shapes: Mapping[str, Shape], whole: frozenset[str]) -> dict[str, Any]:
    """One pass over zeros: the shape of each tensor, the value of each number."""
    import torch

    class Seen(torch.fx.Interpreter):
        def run_node(self, n: Any) -> Any:
            out = super().run_node(n)
            seen[n.name] = _seen(out)
            return out

    seen: dict[str, Any] = {}
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
    if type(out).__name__ == "Size":
        return "sizes"                        # its parts are asked for one by one
    if hasattr(out, "shape"):
        return tuple(int(s) for s in out.shape)
    if isinstance(out, tuple | list):
        return [_seen(o) for o in out]
    return out


def _whole_inputs(traced: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Arguments that are whole numbers: those that an embedding looks up, and those that may be numbers of classes."""
    looked, classes = set(), set()
    for n in traced.graph.nodes:
        kind = type(traced.get_submodule(n.target)).__name__ if n.op == "call_module" else getattr(
            n.target, "__name__", "")
        if kind.lower() == "embedding" and n.args:
            looked.add(getattr(n.args[0], "name", ""))
        if kind in ("cross_entropy", "nll_loss", "CrossEntropyLoss", "NLLLoss") and len(n.args) > 1:
            classes.add(getattr(n.args[1], "name", ""))
    return frozenset(looked), frozenset(classes)
