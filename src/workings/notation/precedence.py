"""How tightly a printed piece holds together; a piece goes in brackets where its place asks for more."""

from __future__ import annotations

CLAIM, IMPLIES, OR, AND, NOT, REL, ADD, NEG, MUL, POW, ATOM = range(11)

LOGIC = {"implies": IMPLIES, "or": OR, "and": AND, "not": NOT}
