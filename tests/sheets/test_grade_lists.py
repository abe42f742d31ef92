"""Marks for parts that ask for a drawing, for pieces or for a boundary, where lines say them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from workings.errors import Source
from workings.sheets.answered import judged
from workings.sheets.marking import marked
from workings.sheets.read import read_sheet
from workings.sheets.rubric import rubric

SHEET = r"""
# Exercise 1

Let $z_3 = w_{13} x_1 + w_{23} x_2$, $a_3 = \tanh(z_3)$ and $y = v_3 a_3 + b$.

(a) Draw the network.

# Exercise 2

Let $y = \max(0, x_1) - \max(0, x_2)$.

(a) List the linear pieces.

(b) Find the decision boundary.

(c) List the linear pieces. Write down the function on each of them.

(d) Which activation patterns are empty?

# Exercise 3

Let $y = 1 - \max(0, x_1) - \max(0, x_2)$.

(a) Draw the network.

(b) Find the set of points where $y = 0$.
"""
FOUR = "x1 > 0, x2 > 0; x1 > 0, x2 < 0; x1 < 0, x2 > 0"
MAPS = ("y = x1 - x2 for x1 > 0, x2 > 0; y = x1 for x1 > 0, x2 < 0; y = -x2 for x1 < 0, x2 > 0; "
        "y = 0 for x1 < 0, x2 < 0")
# part, lines; marks of 12 (None: a person), state, what the reason says
ROWS = [
    ("1a", "x1 -> a3: w13; x2 -> a3: w23; a3 -> y: v3", "12", "right", "all connections are there, and right"),
    ("1a", "x1 -> z3: w13; x2 -> z3; z3 -> y: v3", "12", "right", "all connections"),
    ("1a", "x1 -> a3: w13; a3 -> y: v3", "8", "unfinished", "x2 -> a3 missing (-4)"),
    ("1a", "x1 -> a3: w23; x1 -> a3: w13; x2 -> a3: w23; a3 -> y: v3", "12", "right", "all connections"),
    ("1a", "x1 -> a3: w23; x2 -> a3: w23; a3 -> y: v3", "10", "error", "an error in line 2 (-2)"),
    ("1a", "x1 -> a3: w13; x2 -> a3: w23; a3 -> y: v3; x1 -> y: v3", "10", "error", "an error in line 5"),
    ("1a", "x1 -> y: w13", "0", "wrong", "no line of it is right"),
    ("1a", "x1 -> q: w13", None, "needs a person", "no neuron or input called q"),
    ("1a", "", None, "needs a person", "a drawing is looked at by a person"),
    ("1a", "a3 = tanh(z3)", None, "needs a person", "a drawing is looked at by a person"),
    ("3a", "x1 -> h1: 1; x2 -> h2: 1", None, "needs a person", "a drawing"),           # names that the text lacks
    ("2a", f"{FOUR}; x1 < 0, x2 < 0", "12", "right", "all pieces are there, and right"),
    ("2a", f"{FOUR}; y = 0 for x1 <= 0, x2 <= 0", "12", "right", "all pieces"),
    ("2a", FOUR, "9", "unfinished", "missing (-3)"),
    ("2a", f"{FOUR}; x1 < 0, x2 < 0; x1 < 0, x2 < 0", "21/2", "error", "line 6"),
    ("2a", "x1 > 0, x2 > 0; x1 > 1, x2 > 1", None, "needs a person", "whether all pieces"),         # a part of one
    ("2a", "x1 > 0; x2 > 0, x1 < 0", None, "needs a person", "whether all pieces"),                 # several
    ("2a", MAPS, "12", "right", "all pieces"),
    ("2a", "", None, "needs a person", "whether all pieces"),
    ("2c", f"{FOUR}; x1 < 0, x2 < 0", None, "needs a person", "whether all pieces"),                # no maps
    ("2c", MAPS, "12", "right", "all pieces"),
    ("2d", FOUR, None, "needs a person", "whether all pieces"),
    ("3b", "y = 0 for x1 = 1, x2 <= 0; y = 0 for x2 = 1, x1 <= 0; y = 0 for segment from (1, 0) to (0, 1)",
     "12", "right", "the whole boundary is there, and right"),
    ("3b", "y = 0 for x1 = 1, x2 <= 0; y = 0 for x2 = 1, x1 <= 0", "8", "unfinished", "missing (-4)"),
    ("3b", "y = 0 for x1 = 2", "0", "wrong", "no line of it is right"),
    ("3b", "x1 = 2 or so", None, "needs a person", "whether the whole boundary"),
]


@pytest.mark.parametrize(("part", "lines", "marks", "state", "says"), ROWS, ids=lambda v: str(v)[:40])
def test_lists_are_marked_where_lines_say_them(part: str, lines: str, marks: str | None, state: str, says: str) -> None:
    sheet = read_sheet(Source(SHEET))
    found = judged(sheet, Source("\n".join([part, *lines.split("; ")]) + "\n"))
    status = {p.part: p.status for p in found.report.parts}[part]
    out = marked((part[0], part[1]), sheet, found.report.lines, status, found.stray, Fraction(12), rubric(None))
    assert (None if out.marks is None else str(out.marks), out.state) == (marks, state), out.why
    assert says in out.why
