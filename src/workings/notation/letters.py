"""How names are printed: a plain name becomes LaTeX, by the spelling of the text or by its parts.

A spelling maps a plain name to LaTeX.  For a family the LaTeX may hold a place for each index, `#1`, `#2`:
{"x": "x_{#1}^{(#2)}"}; where a number and a family share a name, the family's key is `x[,]` (one comma less
than it has places).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workings.expr.names import GREEK, split

ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}


def latex_name(name: str, spelling: Mapping[str, str] | None = None) -> str:
    r"""A plain name as LaTeX.

    >>> latex_name("w13"), latex_name("yhat"), latex_name("net_h1"), latex_name("alpha_12")
    ('w_{13}', '\\hat{y}', '\\mathrm{net}_{h1}', '\\alpha_{12}')
    """
    spelt = (spelling or {}).get(name)
    if spelt is not None:
        return bare(spelt)
    parts = split(name)
    out = letters(parts.base)
    star = False
    for decoration in parts.decorations:
        star = star or decoration == "star"
        out = f"{ACCENTS[decoration]}{{{out}}}" if decoration in ACCENTS else out
    return out + subscript([letters(s) for s in parts.subscripts]) + "'" * parts.primes + "^{*}" * star


def letters(word: str) -> str:
    """The letters of a base or a subscript: a Greek name, one letter, a number, or an upright word."""
    if word in GREEK:
        return f"\\{word}"
    if re.fullmatch(r"[A-Za-z]?\d*", word):
        return word
    return rf"\mathrm{{{word.replace('_', chr(92) + '_')}}}"


def subscript(parts: Sequence[str]) -> str:
    """`_{13}` for parts of one sign each, else `_{1,12}`."""
    if not parts:
        return ""
    short = all(len(p) == 1 or re.fullmatch(r"\\[a-z]+", p) for p in parts)
    return f"_{{{'' .join(parts) if short and not _runs(parts) else ','.join(parts)}}}"


def _runs(parts: Sequence[str]) -> bool:
    """Would a Greek word run into the letter after it (`\\alpha` before `i`)?"""
    return any(a.startswith("\\") for a in parts[:-1])


def template(name: str, places: int, spelling: Mapping[str, str]) -> str | None:
    """The spelling with places for indices of a family, if the text gave one."""
    for key in (f"{name}[{',' * (places - 1)}]", name):
        spelt = spelling.get(key, "")
        if f"#{places}" in spelt and f"#{places + 1}" not in spelt:
            return spelt
    return None


def bare(spelt: str) -> str:
    """A spelling without its places for indices: `x_{#1}^{(#2)}` is x."""
    return re.sub(r"[_^]\{[^{}]*#\d[^{}]*\}", "", spelt)


def filled(spelt: str, indices: Sequence[str]) -> str:
    """A spelling with its indices."""
    return re.sub(r"#(\d)", lambda m: indices[int(m.group(1)) - 1], spelt)


def indexed(latex: str, places: int, short: bool) -> str:
    """A name with places for indices below it, after a subscript that it has already."""
    marks = ("" if short else ",").join(f"#{i + 1}" for i in range(places))
    match = re.fullmatch(r"(.*)_\{((?:[^{}]|\{[^{}]*\})*)\}(\^\{.*\})?", latex)
    if match and "_" not in match.group(1):
        name, below, above = match.groups()
        return f"{name}_{{{below},{marks}}}{above or ''}"
    return f"{latex}_{{{marks}}}"
