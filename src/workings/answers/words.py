"""Sentences from templates: `{of}` becomes the formula, `{names}` a list of formulas, `|a = b|` the formula written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from workings.document import Inline, Line, Math, Raw
from workings.expr import Expr, preorder, same

_FIELD = re.compile(r"\{(?P<field>\w+)\}|\|(?P<written>[^|]+)\|")


def sentence(template: str, fields: Mapping[str, Any]) -> Line:
    """The words of a template with its fields as formulas.

    >>> from workings.expr import Ref
    >>> plain_words(sentence("{of} depends on {names}.", {"of": Ref("E"), "names": [Ref("z"), Ref("c")]}))
    'E depends on z and c.'
    >>> plain_words(sentence("Because |2*x = x + x|.", {}))
    'Because 2*x = x + x.'
    """
    out: list[Inline] = []
    at = 0
    for match in _FIELD.finditer(template):
        if match.start() > at:
            out.append(template[at : match.start()])
        out += _inline(fields[match["field"]] if match["field"] else _written(match["written"]))
        at = match.end()
    if at < len(template):
        out.append(template[at:])
    return tuple(out)


@cache
def _written(text: str) -> Expr:
    from workings.functions import signatures
    from workings.syntax import read_expression

    return read_expression(text, signatures())


def _inline(value: Any) -> list[Inline]:
    if isinstance(value, Expr):
        return [Math(value)]
    if isinstance(value, list) and value and isinstance(value[0], tuple):
        return _pairs(value)
    if isinstance(value, tuple) and any(isinstance(v, str) for v in value):
        return list(value)                               # a sentence inside a sentence
    if isinstance(value, list | tuple):
        return listing([Math(v) for v in value])
    return [str(value)]


def _pairs(value: Sequence[tuple[Expr, Expr]]) -> list[Inline]:
    """One formula is another, and so on."""
    out: list[Inline] = []
    for n, (left, right) in enumerate(value):
        out += [", " * (0 < n < len(value) - 1) or " and " * (n > 0), Math(left), " is ", Math(right)]
    return out[1:]


def told(patterns: Sequence[tuple[Expr, Expr]]) -> list[tuple[Expr, Expr]]:
    """Of patterns those that hold no other one: the sums around them are read in the same way."""
    out: list[tuple[Expr, Expr]] = []
    for source, array in patterns:
        inside = list(preorder(source))[1:]
        if not any(same(known, n) for known, _ in out for n in inside):
            out.append((source, array))
    return out


def listing(items: Sequence[Inline]) -> list[Inline]:
    """a, b and c"""
    out: list[Inline] = []
    for n, item in enumerate(items):
        if n:
            out.append(" and " if n == len(items) - 1 else ", ")
        out.append(item)
    return out


def plain_words(line: Line) -> str:
    """A line as plain text."""
    from workings.notation import plain

    words = []
    for item in line:
        if isinstance(item, Math):
            words.append(item.formula.latex if isinstance(item.formula, Raw) else plain(item.formula))
        else:
            words.append(item if isinstance(item, str) else item.text)
    return "".join(words)
