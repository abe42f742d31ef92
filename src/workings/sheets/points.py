"""The points at which a sheet wants something worked out: "at x1 = 1, x2 = 0 and at (0, 1)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workings.expr import Network
from workings.sheets.parse import Parser
from workings.sheets.prose import MARK, Prose

VALUE = r"[-−]?\s?\d+(?:[./]\d+)?"
PROSE_VALUE = re.compile(rf"(?<![\w\\_^{{])(?P<name>[A-Za-z]\w*)\s?=\s?(?P<value>{VALUE})(?![\w/])")
TUPLE = re.compile(rf"(?<![\w=])\((?P<values>\s?{VALUE}(?:\s?,\s?{VALUE})+)\s?\)")

CALL = re.compile(rf"\s*(?P<name>[A-Za-z]\w*)\s*\(\s*(?P<values>{VALUE}(?:\s?,\s?{VALUE})*)\s*\)\s*")   # f(0), f(1, 2)


def listed(at: Mapping[str, Any]) -> str:
    """x1 = 0, x2 = 1"""
    return ", ".join(f"{name} = {value}" for name, value in at.items())


def points_of(text: str, prose: Prose, net: Network, parser: Parser) -> list[dict[str, Any]]:
    """The points that a stretch of running text names: "x1 = 2, x2 = 1", "at (1, 1)" for the inputs in order.

    A name that is given a second value begins the next point, which keeps the values that it does not change.
    """
    out: list[dict[str, Any]] = []
    given: set[str] = set()
    for values in _assigned(text, prose, net, parser):
        if not out or given & set(values):
            out.append({**out[-1]} if out else {})
            given = set()
        out[-1].update(values)
        given |= set(values)
    return out


def _assigned(text: str, prose: Prose, net: Network, parser: Parser) -> Iterator[dict[str, Any]]:
    """Values as they are read, formula by formula, and between formulas those in the words."""
    for part in re.split(rf"({MARK})", text):
        piece = prose.formula(part) if len(part) == 1 else None
        yield from _of_formula(piece.text, net, parser) if piece else _of_words(part, net, parser)


def _of_formula(text: str, net: Network, parser: Parser) -> Iterator[dict[str, Any]]:
    """`x_1 = 0, x_2 = 1`; `(x_1, x_2) = (0, 1)`; `(0, 0), (0, 1)`."""
    found = parser.point(text, net) if "=" in text else {}
    known = {name: value for name, value in found.items() if _known(name, net)}
    if known:
        yield known
    call = CALL.fullmatch(text)
    if call and (_known(call["name"], net) or call["name"] in net.functions):
        text = f"({call['values']})" if "," in call["values"] else f"{_only_input(net)} = {call['values']}"
        yield from _of_words(text, net, parser)
    elif "=" not in text:
        yield from _of_words(text.replace("\\left", "").replace("\\right", ""), net, parser)


def _only_input(net: Network) -> str:
    inputs = [name for name, places in net.inputs if not places]
    return inputs[0] if len(inputs) == 1 else ""


def _of_words(text: str, net: Network, parser: Parser) -> Iterator[dict[str, Any]]:
    inputs = [name for name, places in net.inputs if not places]
    for match in re.finditer(f"{PROSE_VALUE.pattern}|{TUPLE.pattern}", text):
        if match["name"]:
            if _known(match["name"], net):
                yield {match["name"]: parser.fraction(match["value"])}
            continue
        values = [parser.fraction(v) for v in match["values"].split(",")]
        if len(inputs) == len(values):
            yield dict(zip(inputs, values))


def _known(name: str, net: Network) -> bool:
    return any(name == known for known, _ in (*net.defs, *net.opaque, *net.leaves))
