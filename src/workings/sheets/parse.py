"""Formulas of a sheet through the one reader of equations; what cannot be read stops nothing else.

The reader sees a copy of the file in which everything but the formulas in question is blank, so that all places are
those of the file, and a display that begins with `=` continues the one before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from workings.errors import Source, Span, WorkingsError
from workings.expr import Equation, Expr, Network, Num, Ref, Rel, Remark, free_refs
from workings.expr.nodes import Array, Deriv, Div, Neg
from workings.functions import signatures
from workings.sheets.blocks import Piece
from workings.syntax import Statement, assemble, read_expression, statements

CONTINUES = re.compile(r"\s*(?:\\begin\{\w+\*?\}\s*)?&?\s*=")
DOTS = re.compile(r"\\[lc]?dots[a-z]?\b|…|\.\.\.")


FAMILY = re.compile(
    r"\s*(?P<name>[^,=]+?)_\{?(?P<first>[01])\}?\s*,(?:[^,=]+,)?\s*(?:\\[lc]?dots[a-z]?|…|\.\.\.)\s*,\s*"
    r"(?P<again>[^,=]+?)_\{?(?P<last>[A-Za-z]|\d+)\}?\s*(?:(?:\\in\b|∈).*)?", re.S)


def family(text: str) -> re.Match[str] | None:
    r"""`x_1, \dots, x_N \in \mathbb{R}^d`: a name with an index of its own, said by its first and last entries."""
    match = FAMILY.fullmatch(text)
    return match if match and match["name"].strip() == match["again"].strip() else None


class Parser:
    """Reads formulas of one file; `remarks` collects what a person should know."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.signatures: Mapping[str, Any] = signatures()
        self.remarks: list[Remark] = []

    def read(self, pieces: Sequence[Piece], scope: Network) -> list[Statement]:
        """The statements of some formulas, read together; a formula that cannot be read is a remark."""
        groups = list(_groups(pieces))
        while groups:
            try:
                return self._statements(groups, scope)
            except WorkingsError as error:
                culprit = self._culprit(groups, error, scope)
                self.unreadable(error, groups[culprit])
                del groups[culprit]
        return []

    def read_apart(
        self, pieces: Sequence[Piece], scope: Network
    ) -> tuple[list[Statement], list[tuple[Span, WorkingsError]]]:
        """The statements of formulas that are not data, each read by itself, and what was not understood."""
        found: list[Statement] = []
        errors: list[tuple[Span, WorkingsError]] = []
        for group in _groups(pieces):
            try:
                found += self._statements([group], scope)
            except WorkingsError as error:
                errors.append((Span(group[0].inner.start, group[-1].inner.end), error))
        return found, errors

    def _statements(self, groups: Sequence[Sequence[Piece]], scope: Network) -> list[Statement]:
        start, end = groups[0][0].span.start, max(p.span.end for g in groups for p in g)
        blank = Source(_blank(self.source.text, groups), self.source.path)
        return statements(blank, self.signatures, region=(start, end), scope=scope)

    def _culprit(self, groups: Sequence[Sequence[Piece]], error: WorkingsError, scope: Network) -> int:
        """Which group an error is about: by its place, else the first that cannot be read alone."""
        if error.span is not None:
            for i, group in enumerate(groups):
                if group[0].span.start <= error.span.start <= group[-1].span.end:
                    return i
        for i, group in enumerate(groups):
            try:
                self._statements([group], scope)
            except WorkingsError:
                return i
        return len(groups) - 1

    def unreadable(self, error: WorkingsError, group: Sequence[Piece] = ()) -> None:
        """A remark with the place and the caret."""
        error.source = self.source
        if error.span is None and group:
            error.span = group[0].inner
        self.remarks.append(Remark("note", f"this could not be read, and is left out: {error}", error.span))

    def network(self, found: Sequence[Statement], base: Network) -> Network:
        """`base` with the statements added; what they define anew replaces what stood there."""
        found = list(found)
        while found:
            try:
                return assemble(found, base=_without(base, found), source=self.source)
            except WorkingsError as error:
                self.unreadable(error)
                place = error.span
                del found[next((i for i, s in enumerate(found) if place and s.span and _inside(place, s.span)), -1)]
        return base

    def expression(self, text: str, net: Network) -> Expr | None:
        """A formula as an expression; None where it is none."""
        try:
            return read_expression(text, self.signatures, net)
        except WorkingsError:
            return None

    def expressions(self, text: str, net: Network) -> list[Expr]:
        """A formula that may list several, with commas."""
        whole = self.expression(text, net)
        if whole is not None:
            return list(whole.args) if isinstance(whole, Array) else [whole]
        parts = re.split(r",|\\quad|\\qquad|\\text\{\s*and\s*\}|;", text)
        found = [self.expression(part, net) for part in parts if part.strip()] if len(parts) > 1 else []
        return [e for e in found if e is not None]

    def relation(self, text: str, net: Network) -> Rel | None:
        """A formula such as `y < 0`; None where it is none."""
        found = self.expression(text, net)
        return found if isinstance(found, Rel) else None

    def names(self, text: str, net: Network) -> list[Ref]:
        r"""The names that a formula stands for: `x_1, x_2`; `y \in \mathbb{R}`; the left side of an equation."""
        listed = family(text)
        if listed and listed["last"].isalpha():
            found = self.expression(listed["name"], net)
            return [Ref(found.name)] if isinstance(found, Ref) else []
        head = re.split(r"\\in\b|∈|:?=|<|>|\\[lg]eq?\b", text)[0]
        parts = [DOTS.sub("", part) for part in head.split(",")] if not re.search(r"_\{[^}]*,", head) else [head]
        heads = [self.expression(part, net) for part in parts if part.strip(" \\{}")]
        refs = [_head(e) for e in heads if e is not None]
        return [r for r in refs if r is not None]

    def point(self, text: str, net: Network) -> dict[str, Any]:
        """`x1 = 1, x2 = -1/2`, `x = (1, -1)` or `(x1, x2) = (1, -1)`: exact values by plain name."""
        out: dict[str, Any] = {}
        for part in _top_level(text):
            relation = self.relation(part, net)
            if relation is None or set(relation.ops) != {"="}:
                continue
            for left in relation.args[:-1]:
                out.update(self._assigned(left, relation.args[-1], net))
        return out

    def _assigned(self, left: Expr, right: Expr, net: Network) -> dict[str, Any]:
        value = self.value(right)
        if value is None:
            return {}
        if isinstance(left, Array) and isinstance(value, list) and len(left.args) == len(value):
            return {a.name: v for a, v in zip(left.args, value) if isinstance(a, Ref)}
        if not isinstance(left, Ref):
            return {}
        if isinstance(value, list) and left.name not in net.shapes:
            entries = [name for name, places in net.inputs if re.fullmatch(rf"{re.escape(left.name)}_?\d+", name)]
            return dict(zip(entries, value)) if len(entries) == len(value) else {}
        return {left.name: value}

    def value(self, expr: Expr) -> Any:
        """A number, or a list of numbers, exact; None where it is no constant."""
        if isinstance(expr, Array):
            values = [self.value(a) for a in expr.args]
            return None if any(v is None for v in values) else values
        return self.number(expr)

    def number(self, expr: Expr) -> int | Fraction | None:
        """The value of a written number: 3, -1/2, 0.5."""
        if isinstance(expr, Num):
            return expr.value
        if isinstance(expr, Neg):
            inner = self.number(expr.arg)
            return None if inner is None else -inner
        if isinstance(expr, Div):
            top, bottom = self.number(expr.top), self.number(expr.bottom)
            return None if top is None or not bottom else Fraction(top) / Fraction(bottom)
        return None

    def fraction(self, text: str) -> int | Fraction:
        """A number written in prose."""
        value = Fraction(text.replace("−", "-").replace(" ", ""))
        return int(value) if value.denominator == 1 else value

    def plain(self, expr: Expr) -> str:
        """The plain spelling of an expression."""
        from workings.notation import plain

        return plain(expr)


def _head(expr: Expr) -> Ref | None:
    if isinstance(expr, Rel | Deriv):
        return _head(expr.children()[0])
    return expr if isinstance(expr, Ref) else None


def _inside(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start < max(outer.end, outer.start + 1)


def _groups(pieces: Iterable[Piece]) -> Iterable[list[Piece]]:
    """Formulas that are one: a display that begins with `=` belongs to the one before."""
    group: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: p.span.start):
        if group and CONTINUES.match(piece.text):
            group.append(piece)
            continue
        if group:
            yield group
        group = [piece]
    if group:
        yield group


def _blank(text: str, groups: Sequence[Sequence[Piece]]) -> str:
    """The file with all but these formulas blank; the dollars around each group stay, as they part statements."""
    out: list[str] = []
    at = 0
    for group in groups:
        out.append(" " * (group[0].span.start - at))
        at = group[0].span.start
        for piece in group:
            first, last = piece is group[0], piece is group[-1]
            begin = piece.span.start if first else piece.inner.start
            end = piece.span.end if last else piece.inner.end
            out.append(" " * (begin - at))
            out.append(text[begin:end])
            at = end
    out.append(" " * (len(text) - at))
    return "".join(out)


def entries(net: Network) -> Network:
    """`w = (1, -2)` where the equations use w_1 and w_2: those have these values."""
    free = {name for name, places in net.leaves if not places}
    new: list[Equation] = []
    for equation in net.equations:
        right = equation.rhs
        if isinstance(right, Array) and not equation.lhs.indices:
            names = [next((n for n in (f"{equation.lhs.name}{i}", f"{equation.lhs.name}_{i}") if n in free), "")
                     for i in range(1, len(right.args) + 1)]
            if all(names):
                new += [Equation(Ref(n), a, equation.span) for n, a in zip(names, right.args)]
                continue
        new.append(equation)
    return net.with_(equations=tuple(new)) if len(new) != len(net.equations) else net


def components(statement: Statement) -> bool:
    """`x = (x_1, x_2)` names the components of x, nothing more."""
    body = statement.body
    if not (statement.kind == "equation" and isinstance(body, Rel) and isinstance(body.args[0], Ref)):
        return False
    name, right = body.args[0].name, body.args[1]
    return isinstance(right, Array) and all(
        isinstance(a, Ref) and a.name.rstrip("0123456789_") == name for a in right.args)


def _top_level(text: str) -> list[str]:
    """Parts between commas that stand in no bracket, and between "and"s."""
    parts, depth, last = [], 0, 0
    for i, c in enumerate(text):
        depth += (c in "([{") - (c in ")]}")
        if (c in ",;") and depth == 0:
            parts.append(text[last:i])
            last = i + 1
    parts.append(text[last:])
    return [p for part in parts for p in re.split(r"\band\b|\\text\{\s*and\s*\}", part) if p.strip()]


def _without(base: Network, found: Sequence[Statement]) -> Network:
    """The scope before, without what the statements define anew."""
    keys = {e.key for s in found for e in defined(s)}
    names = {name for s in found for name in declared(s)}
    return base.with_(
        equations=tuple(e for e in base.equations if e.key not in keys),
        functions={k: f for k, f in base.functions.items() if k not in names},
        shapes={k: v for k, v in base.shapes.items() if k not in names},
        opaque={k: o for k, o in base.opaque.items() if k not in keys},
    )


def defined(statement: Statement) -> list[Ref]:
    """The left side of an equation statement."""
    body = statement.body
    if statement.kind == "equation" and isinstance(body, Rel) and isinstance(body.args[0], Ref):
        return [body.args[0]]
    return []


def declared(statement: Statement) -> list[str]:
    """The names that a function or array statement declares."""
    if statement.kind in ("function", "array"):
        return [ref.name for ref in free_refs(statement.body)[:1]]
    return []
