"""Names of a person as identifiers of a language."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection, Iterable

from workings.expr import Key

PYTHON = frozenset(keyword.kwlist) | frozenset(("range", "len", "min", "max", "sum", "abs", "float", "int", "zip"))
C = frozenset(
    "auto break case char const continue default do double else enum extern float for goto if inline int long register "
    "restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main NULL "
    "INFINITY NAN j0 j1 jn y0 y1 yn gamma signgam size_t".split()
)


def identifiers(keys: Iterable[Key], reserved: Collection[str]) -> dict[Key, str]:
    """An identifier for every variable: its own name where that is free, else with _ or its number of places behind it.

    >>> identifiers([("E", 0), ("E", 1), ("lambda", 0)], PYTHON)
    {('E', 0): 'E', ('E', 1): 'E_1', ('lambda', 0): 'lambda_'}
    """
    out: dict[Key, str] = {}
    taken = set(reserved)
    for key in keys:
        name, places = key
        word = re.sub(r"\W", "_", name.replace("'", "_p"), flags=re.ASCII)
        word = f"v{word}" if not word or word[0].isdigit() else word
        if word in taken and places and (name, 0) in out:
            word = f"{word}_{places}"
        while word in taken:
            word += "_"
        taken.add(word)
        out[key] = word
    return out
