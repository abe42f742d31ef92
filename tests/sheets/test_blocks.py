"""Markdown to blocks, outline and sentences; every place is an offset into the whole file."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.errors import Source
from workings.sheets.blocks import blocks
from workings.sheets.outline import outline
from workings.sheets.prose import prose

OWN = Path(__file__).parents[2] / "sheets" / "backpropagation.md"


def kinds(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(b.kind, [(p.kind, p.text) for p in b.pieces]) for b in blocks(Source(text))]


def test_every_place_is_in_the_file() -> None:
    source = Source(OWN.read_text("utf-8"))
    for block in blocks(source):
        for piece in block.pieces:
            assert source.text[piece.inner.start : piece.inner.end] == piece.text


BLOCKS = [
    ("> workings: boundary y\n", [("command", [("words", "boundary y")])]),
    ("a $x_1$ b\n", [("paragraph", [("words", "a "), ("maths", "x_1"), ("words", " b")])]),
    ("$$y = x$$ (3)\n", [("display", [("display", "y = x")])]),
    ("a \\$5 and \\$6\n", [("paragraph", [("words", "a \\$5 and \\$6")])]),
    ("a \\(x\\) b\n", [("paragraph", [("words", "a "), ("maths", "x"), ("words", " b")])]),
    ("\\[y = x\\]\n", [("paragraph", [("display", "y = x")])]),
    ("\\begin{align}\ny &= x\n\\end{align}\n", [("display", [("display", "\\begin{align}\ny &= x\n\\end{align}")])]),
    ("```\ny = x\n```\n", [("code", [("code", "y = x")])]),
    ("see ![p](a.png) there\n", [("paragraph", [("words", "see "), ("words", " there")])]),
    ("- (a) Draw $y$.\n", [("paragraph", [("words", "(a) Draw "), ("maths", "y"), ("words", ".")])]),
    ("text\n$$\na=b\n\nc=d\n$$\n", [("paragraph", [("words", "text\n"), ("display", "\na=b\n\nc=d\n")])]),
    ("## Title ##\n", [("heading", [("words", "Title")])]),
]


@pytest.mark.parametrize(("text", "expected"), BLOCKS, ids=lambda v: str(v)[:30])
def test_blocks(text: str, expected: object) -> None:
    assert kinds(text) == expected


def shape(text: str) -> list[tuple[str, str, list[object], str]]:
    found = outline(blocks(Source(text)))
    return [(e.number, e.title, list(e.points), "".join(p.label for p in e.parts)) for e in found.exercises]


OUTLINES = [
    ("# Sheet 1\n\n### Exercise 1: One (2+3=5 P)\n\n(a) Draw.\n\n(b) Draw.\n\n# Exercise 2: Two (5 P)\n\nx\n",
     [("1", "One", [2, 3], "ab"), ("2", "Two", [5], "")]),
    ("**Exercise 3** (4 points)\n\n- (a) Draw.\n- (b) Draw.\n", [("3", "", [4], "ab")]),
    ("## Problem 2. Nets [6 marks]\n\n(a) Draw.\n(b) Draw.\n(c) Draw.\n", [("2", "Nets", [6], "abc")]),
    ("(a) Draw.\n\nsee (i) and (4)\n\n(4)\n\n(b) Draw.\n", [("1", "", [], "ab")]),
    ("# Nets\n\n1. Draw.\n2. Draw.\n", [("1", "Nets", [], "12")]),
    ("# Title\n\n## 1. First\n\na) Draw.\n\nb) Draw.\n\n## 2. Second\n\ny\n",
     [("1", "First", [], "ab"), ("2", "Second", [], "")]),
    ("# Exercise Sheet 4\n\nDraw.\n", [("1", "Exercise Sheet 4", [], "")]),
    ("## Exercise 1\n\n(a) [2 P] Draw.\n\n(b) [3 P] Draw.\n", [("1", "", [2, 3], "ab")]),
    ("## Exercise 1\n\n### (a) Drawing\n\nDraw.\n\n### (b) Cutting\n\nDraw.\n", [("1", "", [], "ab")]),
]


@pytest.mark.parametrize(("text", "expected"), OUTLINES, ids=lambda v: str(v)[:30])
def test_outline(text: str, expected: object) -> None:
    assert shape(text) == expected


def test_points_that_do_not_add_up_are_told() -> None:
    found = outline(blocks(Source("# Exercise 1: One (5+15=25 P)\n\n(a) Draw.\n\n(b) Draw.\n")))
    assert [r.says for r in found.remarks] == ["the points 5+15 add up to 20, not to 25"]


def sentences(text: str) -> list[str]:
    part = prose(blocks(Source(text)))
    shown = ["".join("#" if part.formula(c) else c for c in s.text) for s in part.sentences]
    return [text.replace("\n\n", " ") for text in shown]


SENTENCES = [
    ("The target is given by t. We define it.\n", ["The target is given by t.", "We define it."]),
    ("See Eq. (1), i.e. draw it. Then stop.\n", ["See Eq. (1), i.e. draw it.", "Then stop."]),
    ("It produces\n\n$$y = x$$\n\nwhere $x$ is given.\n\nDraw it.\n", ["It produces # where # is given.", "Draw it."]),
    ("Compute it.\n\n$$y = x$$\n\n(4)\n\n$$= z$$\n", ["Compute it.", "# #"]),
    ("W.r.t. the weights: compute\n", ["W.r.t. the weights: compute"]),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES, ids=lambda v: str(v)[:30])
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.text(alphabet="ab $\\()[]{}#*->`\n.:=1", max_size=80))
def test_no_text_breaks_the_splitter(text: str) -> None:
    source = Source(text)
    found = blocks(source)
    for exercise in outline(found).exercises:
        for part in (exercise.intro, *exercise.parts):
            prose(part.blocks)
    for block in found:
        assert 0 <= block.span.start <= block.span.end <= len(text)
