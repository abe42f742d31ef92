"""A finished part of a formula, and what every rule of layout may ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workings.expr import Expr, Num, Ref
from workings.notation.ink import Ink
from workings.notation.letters import latex_name
from workings.notation.precedence import ADD, ATOM, REL


class Piece(NamedTuple):
    """A finished part.

    `holds`: its precedence; `tall`: higher than a line, so that brackets grow; `head` and `tail`: what it begins
    and ends with ("digit", "name", "word name", "fence", "word", "frac", "big"), which decides what a product puts
    between.
    """

    text: str
    holds: int
    node: Expr
    tall: bool = False
    head: str = "name"
    tail: str = "name"
    raised: bool = False                  # something stands above on its right: no second power without brackets
    inner: tuple[Piece, ...] = ()         # of a call or an array


class Setter:
    """Sets formulas in one ink and one spelling."""

    def __init__(self, ink: Ink, spelling: Mapping[str, str]) -> None:
        self.ink, self.spelling = ink, spelling

    # -- brackets and lists

    def fenced(self, piece: Piece) -> Piece:
        """The piece in round brackets."""
        text = self.ink.fence("(", piece.text, ")", piece.tall)
        return piece._replace(text=text, holds=ATOM, head="fence", tail="fence")

    def at(self, piece: Piece, least: int) -> Piece:
        """The piece, in brackets if its place asks for more than it holds."""
        return piece if piece.holds >= least else self.fenced(piece)

    def list(self, pieces: tuple[Piece, ...], wide: bool = True, least: int = REL) -> str:
        """Pieces with commas between."""
        parts: list[str] = []
        for i, piece in enumerate(pieces):
            parts += [self.ink.comma(wide)] * (i > 0) + [self.at(piece, least).text]
        return self.ink.row(parts)

    def short(self, pieces: tuple[Piece, ...]) -> bool:
        """Can the indices stand side by side: letters or digits of one sign each?"""
        letters = all(isinstance(p.node, Ref) and len(p.node.name) == 1 and not p.node.indices for p in pieces)
        return letters or all(isinstance(p.node, Num) and len(p.text) == 1 for p in pieces)

    def indices(self, pieces: tuple[Piece, ...]) -> str:
        """Indices side by side where that is clear, else with commas."""
        if self.short(pieces):
            return self.ink.row([p.text for p in pieces])
        return self.list(pieces, wide=False, least=ADD)

    def named(self, name: str) -> str:
        """A plain name in ink."""
        return self.ink.name(latex_name(name, self.spelling))
