"""The labels of an answer in many spellings, the formulas of its rows, and files of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workings.errors import InputTooLarge, NotReadable, OutOfReach, Source
from workings.sheets import handed as handing
from workings.sheets.answered import answers, judge_answer
from workings.sheets.handed import handed
from workings.sheets.labels import Labels
from workings.sheets.read import read_sheet
from workings.sheets.rows import formulas, rows

SHEET = read_sheet(Source((Path(__file__).parents[2] / "sheets" / "backpropagation.md").read_text(encoding="utf-8")))
LABELS = Labels(SHEET)
# row | exercise named last | label, and where the row goes on
KNOWN = r"""
2a | | 2a
2A | | 2a
2 a | | 2a
2(a) | | 2a
2 (a) dL/dy = 3 | | 2a dL/dy = 3
2.a) | | 2a
2-a | | 2a
(2a) | | 2a
2a: then | | 2a then
2b is easy | | 2b is easy
Exercise 2a | | 2a
Exercise 2 (a) | | 2a
## Exercise 2 (a) | | 2a
Ex. 2 b) | | 2b
Q2a. | | 2a
Question 2, part (c) | | 2c
Aufgabe 2a | | 2a
Aufgabe 2: Fehler | | 2 Fehler
Lösung zu Aufgabe 2 | | 2
Solution to Exercise 2 a) | | 2a
Exercise 2 | | 2
# 2 | | 2
**2.** | | 2
\section*{Exercise 3} | | 3
\textbf{2b} | | 2b
\item[b)] so | 2 | 2b so
**3b)** | | 3b
**3b**: so | | 3b so
_2b_ | | 2b
> 2b | | 2b
- (b) so | 2 | 2b so
(a) | 2 | 2a
### (b) | 3 | 3b
b) so | 3 | 3b so
b. so | 3 | 3b so
Part b | 4 | 4b
Teil (b): | 4 | 4b
d) so | | 4d so
"""
UNKNOWN = ["9z", "9b)", "Exercise 7", "2h:"]
NONE = ["2a = 4", "2 a b = c", "2*w = 3", "(a) * b = 3", "(x1 >= 0) and (x2 >= 0)", "(2) and (7) are empty", "a = 3",
        "1/2 a = 3", "dL/dy = 3", "c_1 = 3", "3.1 = y", "I = 3", "2. Step", "i) first", "b is 3", "(a) = 3"]


@pytest.mark.parametrize("row", KNOWN.strip().splitlines())
def test_labels(row):
    text, number, expected = (cell.strip() for cell in row.split("|"))
    label = LABELS.find(text, number)
    assert label is not None and label.known
    assert f"{label.number}{label.letter} {text[label.end:]}".strip() == expected


@pytest.mark.parametrize("row", UNKNOWN)
def test_labels_of_parts_that_the_sheet_does_not_have(row):
    label = LABELS.find(row, "")
    assert label is not None and not label.known


@pytest.mark.parametrize("row", NONE)
def test_formulas_and_words_are_no_labels(row):
    assert LABELS.find(row, "2") is None


@pytest.mark.parametrize(("text", "expected"), [
    ("dE/dw = 2*w", ["dE/dw = 2*w"]),
    ("so we get dE/dw = 2*w   (chain rule)", ["dE/dw = 2*w"]),
    ("=> dE/dw = 2*w.", ["dE/dw = 2*w"]),
    ("1. dE/dw = 2*w", ["dE/dw = 2*w"]),
    ("- dE/dw = 2*w", ["dE/dw = 2*w"]),
    ("only words here", []),
    ("let $w$ be, then $E = 3$ and `a = 4`", ["E = 3", "a = 4"]),
    ("$y = 0$ for $x_1 \\geq 2$ and $x_2 = -2$", ["y = 0 for x_1 \\geq 2, x_2 = -2"]),
    ("$E_k = 3$ for $k = 1, \\dots, N$", ["E_k = 3", "k = 1, \\dots, N"]),
    ("$$a\n= b$$", ["a = b"]),
    ("\\[a = b\\] and \\(c = d\\)", ["a = b", "c = d"]),
    ("\\begin{align*}\na &= b \\\\\n &= c\n\\end{align*}", ["\\begin{align*}\na &= b \\\\\n &= c\n\\end{align*}"]),
    ("```python\nw = 3\n```", []),
    ("```\nw = 3\n```", ["w = 3"]),
    ("<!-- w = 3 -->", []),
    ("costs \\$5 = much", []),
    ("(2) and (7) are empty", ["(2) and (7) are empty"]),
    ("a single $ and no more, E = 3", ["a single $ and no more, E = 3"]),
])
def test_formulas_of_rows(text, expected):
    known = {"a", "b", "c", "d", "E", "w"}
    found = [t for row in rows(text) for t, at in formulas(row, 0, lambda word: word in known)]
    assert found == expected


def test_places_are_those_of_the_file():
    text = "words\n$a = 1$ and\n\n$$b\n= 2$$ then c = 3\n"
    for row in rows(text):
        for formula, at in formulas(row, 0, lambda word: False):
            assert text[at : at + 1] == formula[:1]


def test_a_notebook_is_read_cell_by_cell_and_code_is_left_alone(tmp_path):
    cells = [{"cell_type": "markdown", "source": ["# 2\n", "(a) we get\n"]},
             {"cell_type": "code", "source": "dL/dy = 7"},
             {"cell_type": "raw", "source": "dL/dy = -tanh(y - t)\n"}]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    report = judge_answer(SHEET, path)
    assert [(j.part, j.verdict) for j in report.lines] == [("2a", "wrong")]
    assert report.remarks[0] == "1 code cell is not read, and nothing is run"
    from workings.answers.check import as_dict

    assert as_dict(report)["lines"][0]["source"] == {"cell": 3, "line": 1, "column": 1}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [{}]}', "[" * 100_000])
def test_what_is_no_notebook(tmp_path, text):
    path = tmp_path / "a.ipynb"
    path.write_text(text)
    with pytest.raises(NotReadable, match="is no notebook"):
        handed(path)


def test_latex_by_its_items_and_macros(tmp_path):
    path = tmp_path / "a.tex"
    path.write_text(r"""\documentclass{article}\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\begin{document}
\section*{Exercise 2}
\begin{enumerate}
\item[a)] Then $\pd{L}{y} = \tanh(y - t)$,
\end{enumerate}
\end{document}""")
    report = judge_answer(SHEET, path)
    assert [(j.part, j.place[0], j.verdict) for j in report.lines] == [("2a", 5, "right")]


def test_pictures_and_floods_are_refused(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(OutOfReach, match="is a PDF"):
        handed(tmp_path / "a.pdf")
    monkeypatch.setattr(handing, "MAX_SHEET", 5)
    with pytest.raises(InputTooLarge):
        handed("2a dL/dy = 3")


def test_what_is_missing_twice_unknown_or_unlabelled_is_told():
    report = judge_answer(SHEET, Source("E = 5\n2a\ndL/dy = tanh(y - t)\n9z\nE = 3\n2b\nwords\n2a\ndL/dy = tanh(y-t)\n"))
    assert report.remarks == [
        "2a is labelled more than once, in lines 2 and 8; all of it is judged as one answer",
        "2b is labelled, and no formula stands there",
        "the sheet has no part 9z (line 4); what stands there is not judged",
        "there is no answer to 1a, 1b, 2c, 3a, 3b, 4a, 4b, 4c and 4d",
        "line 1 stands before any label; it belongs to no part and is not judged"]
    assert [j.place[0] for j in report.lines] == [3, 9]


def test_a_label_without_its_exercise_belongs_to_the_only_one_that_has_it():
    found = answers(Source("(d) $\\partial E/\\partial v = 3$\n(b) $E = 4$\n"), SHEET)
    assert [(a.key, a.known) for a in found] == [(("4", "d"), True), (("4", "b"), True)]


def test_a_wrong_result_is_carried_into_later_parts_of_the_exercise_and_no_further():
    report = judge_answer(SHEET, Source(
        "4b\ndE/dw13 = (y - t)*z3\ndE/dw24 = (y - t)*z4*x2\n"
        "4d\ndE/dv = (y - t)*z3*exp(v)/(1 + exp(v)) + (y - t)*z4*x2*exp(-v)/(1 + exp(-v))\n"
        "2a\ndL/dy = -tanh(y - t)\n3b\ndL/dy = -tanh(y - t)\n"))
    assert [(j.part, j.verdict, j.follows, [s.line for s in j.since]) for j in report.lines] == [
        ("4b", "wrong", False, []), ("4b", "right", False, []), ("4d", "wrong", True, [0]),
        ("2a", "wrong", False, []), ("3b", "wrong", False, [])]


def test_names_given_in_one_part_are_known_in_the_next():
    sheet = Source("# Exercise 1\n\nLet $z = w x$ and $E = z^2$.\n\n(a) Compute $dE/dz$.\n\n(b) Compute $dE/dw$.\n")
    report = judge_answer(sheet, Source("1a\ndelta = dE/dz = 2*z\n1b\ndE/dw = delta*x\ndE/dw = delta*w\n"))
    assert [(j.part, j.verdict) for j in report.lines] == [("1a", "right"), ("1b", "right"), ("1b", "wrong")]


@pytest.mark.parametrize("text", [
    "\\[" * 20_000, "<!-- " * 20_000, "![ " * 20_000, "$a " * 20_001, "$$ a\n" * 20_001, "\\begin{align} x = 1\n" * 2_000,
    "dE/dw = 2 (" + "a" * 20_000 + "!", "x = 1 (" + "aa " * 20_000 + "!", "`" * 20_000, "aa " * 20_000 + "= 3",
    "x = 1" + "\t" * 20_000 + "(aa", "1." * 20_000 + " = 3", "exercise " * 20_000 + "= 1", "(" * 20_000 + "a = 1",
], ids=lambda text: text[:12])
def test_no_text_takes_long(text):
    """Each comes to its end: what grows with the square of its length would not before the suite's own time limit."""
    for row in rows(text * 10):
        LABELS.find(row.text, "2")
        list(formulas(row, 0, lambda word: False))
