"""Declarations, looked through before anything is read: ranges, arrays, and what is declared entry by entry."""

from __future__ import annotations

from workings.syntax.scope import Scope
from workings.syntax.split import Draft


def declare(draft: Draft, kind: str, scope: Scope) -> None:
    """Notes ranges and arrays."""
    toks, at = draft.toks, draft.relations[0]
    if kind == "range":
        scope.ranges.update(t[1] for t in toks[:at] if t[0] == "w")
        scope.letters.update(t[1] for t in toks[:at] if t[0] == "w")
        scope.sizes.update(t[1] for t in toks[at + 1 :] if t[0] == "w")
    elif "^" in [t[0] for t in toks[at:]]:
        caret = next(j for j in range(at, len(toks)) if toks[j][0] == "^")
        axes = 1 + sum(1 for t in toks[caret:] if t[0] in ("*", ",") or t[1] == "x")
        scope.arrays.update({t[1]: axes for t in toks[:at] if t[0] == "w"})


def members(draft: Draft, scope: Scope) -> None:
    """x_t in R^d, h[t] in R^n, x^{(k)} in R^d declare each entry: letters below, behind or above are no arrays."""
    toks, at = draft.toks, draft.relations[0]
    name, depth, places = "", 0, 0
    for kind, text, _, _ in (*toks[:at], (",", "", 0, 0)):
        depth += (kind in ("{", "[", "(")) - (kind in ("}", "]", ")"))
        base, *below = text.split("_") if kind == "w" else ("",)
        known = kind == "w" and (text in scope.letters or text in scope.ranges)
        if known and name:
            places += 1
            scope.arrays.pop(text, None)
        elif (kind == "w" or (kind == "," and not depth)) and name and places and name in scope.arrays:
            scope.members[name] = scope.arrays.pop(name) + places
        if kind == "w" and not known:
            name, places = text, 0
        if below and all(x in scope.letters or x in scope.ranges for x in below):
            scope.members[base] = scope.arrays.pop(text) + len(below)
