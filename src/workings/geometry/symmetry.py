"""Inputs that may be exchanged: proved piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from workings.geometry.data import Map, Row
from workings.geometry.polyhedron import Polyhedron, exchanged, facets

MAX_PIECES = 512              # above this many pieces no symmetry is looked for

Piece = tuple[int, Polyhedron, tuple[Map, ...]]       # number, domain, maps of the outputs
Swap = tuple[int, int]


def swaps(pieces: Sequence[Piece], size: int) -> dict[Swap, dict[int, int]]:
    """For each pair of inputs whose exchange changes nothing: the piece that each piece goes to.

    A proof: every full piece, exchanged, is a piece again (they have the same sides), with the same maps.
    """
    if len(pieces) > MAX_PIECES:
        return {}
    sides = {number: facets(body) for number, body, _ in pieces}
    found: dict[frozenset[Row], tuple[int, tuple[Map, ...]]] = {
        frozenset(sides[number]): (number, maps) for number, _, maps in pieces
    }
    out: dict[Swap, dict[int, int]] = {}
    for i, j in combinations(range(size), 2):
        partners: dict[int, int] = {}
        for number, _, maps in pieces:
            partner = found.get(frozenset(exchanged(side, i, j) for side in sides[number]))
            if partner is None or partner[1] != tuple(exchanged(m, i, j) for m in maps):
                break
            partners[number] = partner[0]
        else:
            out[i, j] = partners
    return out
