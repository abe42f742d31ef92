"""Plain text: 80 columns, formulas in plain notation, nothing that moves a terminal's cursor."""

from __future__ import annotations

from workings.document import Aside, Bullets, Display, Document, Fold, Heading, Math, Paragraph, Raw, Row, Step, Table
from workings.expr import Add, Neg, Num, Ref, Rel
from workings.render.text import text

from sample_page import DOCUMENT, HARM, equal

Y, X, W = Ref("y"), Ref("x1"), Ref("w13")


def of(*blocks, **options) -> str:  # type: ignore[no-untyped-def]
    """The text of a few blocks."""
    return text(Document("", blocks), **options).rstrip("\n")


ROWS = [
    ("paragraph", (Paragraph(("The slope is ", Math(X), ".")),), "The slope is x1."),
    ("heading", (Heading(2, ("Part",)),), "\nPart\n----"),
    ("rows are aligned at their signs",
     (Display((Row(equal(Ref("E"), X)), Row(equal(W, X)), Row(equal(W, Num(2, "2")), continues=True))),),
     "      E = x1\n    w13 = x1\n        = 2"),
    ("a note and a number", (Display((Row(equal(Y, X), ("by (1)",), "7"),)),),
     "    y = x1   by (1)" + " " * 58 + "(7)"),
    ("tags are given once", (Display((Row(Raw(r"y = x \tag{7}"), tag="7"),)),), "    y = x" + " " * 68 + "(7)"),
    ("a step", (Step("chain rule", ("There is one path.",), (Row(equal(Y, X)),)),),
     " 1. Chain rule. There is one path.\n    y = x1"),
    ("a fold is closed", (Fold(("Why",), (Paragraph(("So.",)),)),), "    [+] Why"),
    ("an open fold", (Fold(("Why",), (Paragraph(("So.",)),), True),), "    [-] Why\n      So."),
    ("a box", (Aside("repaired", (Paragraph(("It was damaged.",)),)),), "| Repaired:\n| It was damaged."),
    ("bullets", (Bullets(((Paragraph(("a",)),), (Paragraph(("b",)),)), True),), " 1. a\n 2. b"),
    ("a table", (Table((("No.",), ("f",)), ((("1",), (Math(X),)),)),), "  No.  f\n  ---  --\n  1    x1"),
    ("control characters", (Paragraph(("a\x1b[31mb\x07",)),), "a[31mb"),
]


def test_blocks() -> None:
    for name, blocks, wanted in ROWS:
        assert of(*blocks) == wanted.strip("\n") or of(*blocks) == wanted, name


def test_folds_can_be_opened() -> None:
    assert "So." in of(Fold(("Why",), (Paragraph(("So.",)),)), unfold=True)


def test_words_keep_to_the_width() -> None:
    long = Document("t", (Paragraph(("word " * 100,)), Aside("note", (Paragraph(("word " * 100,)),))))
    assert max(map(len, text(long).split("\n"))) <= 80
    assert max(map(len, text(long, width=50).split("\n"))) <= 50


def test_a_long_sum_stands_on_several_lines_and_reads_the_same() -> None:
    terms = tuple(Neg(Ref(f"w{i}")) if i % 3 else Ref(f"w{i}") for i in range(60))
    shown = of(Display((Row(Rel((Y, Add(terms)), ("=",))),)))
    assert max(map(len, shown.split("\n"))) <= 80
    from workings.notation import plain

    assert " ".join(shown.split()) == f"y = {plain(Add(terms))}"


def test_a_wide_table_becomes_a_list() -> None:
    shown = of(Table((("No.",), ("why",)), ((("1",), ("because " * 12,)),)))
    assert "why: because" in shown and max(map(len, shown.split("\n"))) <= 80


def test_the_whole_page() -> None:
    shown = text(DOCUMENT)
    assert " ".join(HARM.split()) in " ".join(shown.split())
    assert "Two inputs x1 and x2 feed three neurons." in shown
    assert shown == text(DOCUMENT)


TERMINAL = [
    (r"y = 1 - \rho(x_1)", "y = 1 - ρ(x_1)"), (r"\frac{a+b}{c}", "(a+b)/c"), (r"\sum_{k=1}^{N} E_k", "∑_(k=1)^N E_k"),
    (r"\hat{y}_{1}", "y\u0302_1"), (r"\underbrace{\frac{\partial E}{\partial y}}_{2(y-t)}", "(∂E/∂y : 2(y-t))"),
    (r"a \qquad b", "a   b"), (r"\unknown{x}", r"\unknown{x}"), (r"\boldsymbol{x}_k \in \mathbb{R}^d", "x_k ∈ ℝ^d"),
    ("{" * 300 + "}", "{" * 300 + "}"),
]


def test_quoted_latex_is_readable_in_a_terminal() -> None:
    for latex, wanted in TERMINAL:
        assert of(Paragraph((Math(Raw(latex)),))) == wanted
