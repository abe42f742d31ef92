"""What a format must be able to draw.  `layout.py` says what goes where; an ink says how it is written.

Pieces are finished strings of the format, so nothing recurses: a formula is laid out from the leaves up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Ink(Protocol):
    """LaTeX and MathML are the two inks."""

    def name(self, latex: str) -> str: ...                       # a name, given as LaTeX
    def number(self, text: str) -> str: ...
    def sign(self, latex: str, role: str) -> str: ...            # role: "infix", "prefix", "ord"
    def word(self, latex: str) -> str: ...                       # the name of a function
    def words(self, text: str) -> str: ...                       # prose within a formula
    def row(self, parts: Sequence[str]) -> str: ...              # one after the other
    def times(self, kind: str) -> str: ...                       # "dot", "thin", "none" or "each"
    def comma(self, wide: bool) -> str: ...
    def fence(self, left: str, body: str, right: str, tall: bool) -> str: ...
    def frac(self, top: str, bottom: str) -> str: ...
    def script(self, base: str, below: str, above: str) -> str: ...      # "" for none
    def limits(self, op: str, below: str, above: str) -> str: ...        # sum, prod, max, min
    def root(self, body: str) -> str: ...
    def brace(self, inner: str, says: str, over: bool) -> str: ...
    def cases(self, rows: Sequence[tuple[str, str]]) -> str: ...
    def matrix(self, rows: Sequence[Sequence[str]]) -> str: ...
    def apply(self) -> str: ...                                  # between a function and its bracket
    def space(self, after: str) -> str: ...                      # after: "big" operator, "word" of a chain
    def tight(self, text: str) -> str: ...                       # an index, its signs without space around them
    def bold(self, latex: str) -> str: ...                       # the name of a slice
