"""Square brackets behind a name: x[i,k], W[.,k], x[s*(i - 1) + p]; in 2[a + b] they are a bracket like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workings.expr import All, Expr
from workings.syntax import letters
from workings.syntax.pratt import Reader

if TYPE_CHECKING:
    from workings.syntax.names import Raw

FAR = 200                     # tokens that are looked ahead for the end of an index
_IN_INDEX = frozenset(("w", "n", "+", "-", "*", ",", ".", "'", ":", "_", "{", "}"))
_IN_ENTRY = _IN_INDEX | {"(", ")", "/"}


def takes_indices(reader: Reader, raw: Raw) -> bool:
    """Does the bracket touch a name that has no indices yet?"""
    adjacent = reader.toks[reader.i - 1][3] == reader.toks[reader.i][2]
    return adjacent and raw.indices is None and not letters.upright(raw.latex)


def index_like(reader: Reader, raw: Raw | None = None) -> bool:
    """Does the bracket hold only names, numbers, shifts and dots; behind an array any arithmetic of indices?"""
    toks, scope, known = reader.toks, reader.scope, _IN_INDEX
    if not reader.tex and ((raw and (raw.base in scope.arrays or raw.base in scope.families)) or _of_indices(reader)):
        known = _IN_ENTRY
    j, depth = reader.i, 0
    while j - reader.i < FAR:
        kind = toks[j][0]
        if kind == "[":
            depth += 1
        elif kind == "]":
            depth -= 1
            if depth == 0:
                return True
        elif kind not in known or (kind == "*" and j == reader.i + 1):
            return False
        j += 1
    return False


def _of_indices(reader: Reader) -> bool:
    """Does a letter that is an index stand in the bracket?"""
    scope, toks = reader.scope, reader.toks
    for kind, text, _, _ in toks[reader.i + 1 : reader.i + FAR]:
        if kind in ("]", "end"):
            return False
        if kind == "w" and (text in reader.bound or text in reader.free or text in scope.letters):
            return True
    return False


def of_family(reader: Reader, ahead: int = 1) -> bool:
    """Is T[k,c] an entry of a family in plain text, and no transpose: names in the bracket that are no quantities?"""
    toks, at, scope = reader.toks, reader.i + ahead, reader.scope
    if reader.tex or toks[at - 1][3] != toks[at][2]:
        return False
    inside: list[str] = []
    depth = 1
    for kind, text, _, _ in toks[at + 1 : at + FAR]:
        depth += (kind == "[") - (kind == "]")
        if not depth:
            return bool(inside) and not any(n in scope.defined or n in scope.functions for n in inside)
        if kind not in _IN_ENTRY and kind not in ("[", "]"):
            return False
        inside += [text] if kind in ("w", "n") else []
    return False


def indices(reader: Reader) -> tuple[Expr, ...]:
    """The indices in the bracket."""
    reader.i += 1
    reader.deeper()
    out: list[Expr] = []
    while True:
        kind = reader.toks[reader.i][0]
        if kind in (".", ":") and reader.toks[reader.i + 1][0] in (",", "]"):
            reader.i += 1
            out.append(All(reader.span(reader.toks[reader.i - 1][2])))
        else:
            out.append(reader.expr(10))
        if reader.toks[reader.i][0] == ",":
            reader.i += 1
            continue
        reader.expect("]", "a closing bracket ] after the index")
        reader.depth -= 1
        return tuple(out)
