"""LaTeX sheets: the blocks that Markdown would give, places in the person's file, and what is no LaTeX."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings import api
from workings.answers.solution import as_dict
from workings.errors import InputTooLarge, NotReadable, Source, WorkingsError
from workings.sheets import read_sheet, solve
from workings.sheets.outline import outline
from workings.sheets.prose import prose
from workings.sheets.tex import blocks
from workings.sheets.tex_text import is_tex

HERE = Path(__file__).parent
OWN = HERE.parents[1] / "sheets" / "backpropagation.md"
FIXTURES = [HERE / name for name in ("backpropagation.tex", "exam-slopes.tex", "exam-classes.tex")]


def load(path: Path) -> dict[str, Any]:
    return as_dict(solve(Source(path.read_text("utf-8"), str(path))))


def unplaced(data: Any) -> Any:
    """The JSON without lines and columns."""
    if isinstance(data, dict):
        return {key: unplaced(value) for key, value in data.items() if key != "source"}
    return [unplaced(value) for value in data] if isinstance(data, list) else data


def test_a_sheet_as_latex_gives_the_same_json_as_in_markdown() -> None:
    assert unplaced(load(HERE / "backpropagation.tex")) == unplaced(load(OWN))


def test_lines_and_columns_are_those_of_the_tex_file() -> None:
    data, text = load(HERE / "backpropagation.tex"), (HERE / "backpropagation.tex").read_text("utf-8").splitlines()
    lines = [text[t["source"]["line"] - 1].strip() for e in data["exercises"] for t in e["tasks"]]
    assert lines[0].startswith("\\item Sketch the network that computes Eq.~\\eqref{eq:net}")
    assert lines[-1].startswith("\\item Using the computed $\\partial E/\\partial w_{13}$")
    where = data["remarks"][0]["source"]
    assert text[where["line"] - 1][where["column"] - 1 :] == "Instead"


@pytest.mark.parametrize("path", FIXTURES, ids=lambda p: p.name)
def test_every_piece_is_the_text_at_its_place(path: Path) -> None:
    source, found, _ = blocks(Source(path.read_text("utf-8"), str(path)))
    for piece in (p for b in found for p in b.pieces):
        assert source.text[piece.inner.start : piece.inner.end] == piece.text


def tasks(path: Path) -> list[tuple[str, str, str, str]]:
    return [(e["number"] + t["label"], t["asked"], t["about"], t["status"])
            for e in load(path)["exercises"] for t in e["tasks"]]


def test_an_exam_with_printed_solutions() -> None:
    path = HERE / "exam-slopes.tex"
    assert tasks(path) == [
        ("1a", "gradient", "dE/da", "solved"), ("1b", "gradient", "dE/dw", "solved"), ("2", "run", "y", "solved")]
    sheet = read_sheet(Source(path.read_text("utf-8"), str(path)))
    parts = [p for e in sheet.exercises for p in (e.intro, *e.parts)]
    assert sheet.title == "Slopes and losses" and [len(p.claims) for p in parts] == [0, 1, 1, 1]
    assert [(e.title, e.points, [p.points for p in e.parts]) for e in sheet.exercises] == [
        ("", [10], [[4], [6]]), ("A run", [5], [])]
    assert [(sheet.source.place(r.span.start), r.says) for r in sheet.remarks if r.span] == [
        ((21, 1), "the figure here is not read")]


def test_an_exam_with_subparts_and_text_after_a_solution() -> None:
    path = HERE / "exam-classes.tex"
    assert tasks(path) == [
        ("1a", "draw", "y", "solved"), ("1b", "pieces", "y", "solved"), ("1b", "boundary", "y", "solved"),
        ("2", "gradient", "dE/du", "solved"), ("2", "gradient", "dE/dv", "solved")]
    assert [e["points"] for e in load(path)["exercises"]] == [[2, 6], [8]]


def kinds(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(b.kind, [(p.kind, p.text) for p in b.pieces]) for b in blocks(Source(text, "x.tex"))[1]]


BLOCKS = [
    (r"\section*{Exercise 1: One (2+3=5 P)} a $b$", [("heading", [("words", "Exercise 1: One (2+3=5 P)")]),
                                                     ("paragraph", [("words", "a "), ("maths", "b")])]),
    ("a~b % gone $x$\n\\emph{c} 5\\% $d$", [("paragraph", [("words", "a b c 5% "), ("maths", "d")])]),
    (r"\textbf{Hint:} $a$", [("paragraph", [("words", "**Hint:** "), ("maths", "a")])]),
    (r"\paragraph{Setting.} Let \(a\)", [("paragraph", [("words", "**Setting.** Let "), ("maths", "a")])]),
    (r"{\bf Exercise 2.} $a$", [("paragraph", [("words", "**Exercise 2.** "), ("maths", "a")])]),
    (r"\newcommand{\R}{\mathbb{R}}$y \in \R$", [("paragraph", [("maths", r"y \in \mathbb{R}")])]),
    (r"\def\half{\frac12}\renewcommand\half{\tfrac12} $\half x$", [("paragraph", [("maths", r"\tfrac12 x")])]),
    (r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} $\pd{E}w$",
     [("paragraph", [("maths", r"\frac{\partial E}{\partial w}")])]),
    (r"\newcommand{\v}[1][k]{w_{#1}} $\v[3]\v$", [("paragraph", [("maths", "w_{3}w_{k}")])]),
    (r"\def\a{\alpha}$\a%" + "\nx$", [("paragraph", [("maths", r"\alpha x")])]),
    (r"\let\old\phi\renewcommand{\phi}{\old}$\phi$", [("paragraph", [("maths", r"\phi")])]),
    (r"\DeclareMathOperator*{\am}{arg\,max}$\am x$", [("paragraph", [("maths", r"\operatorname{argmax} x")])]),
    (r"\DeclarePairedDelimiter{\abs}{\lvert}{\rvert}$\abs{x}$", [("paragraph", [("maths", r"\lvert x\rvert")])]),
    (r"\begin{equation}y = x \label{e}\end{equation} See \eqref{e} and \ref{e}.",
     [("display", [("display", r"y = x \tag{1}")]), ("paragraph", [("words", "See (1) and 1.")])]),
    (r"Eq.~\eqref{e} is $$y = x \tag{7}\label{e}$$", [("paragraph", [("words", "Eq. (7) is")]),
                                                       ("display", [("display", r"y = x \tag{7}")])]),
    ("\\begin{align*}y &= x\n\n\\\\ z &= y\\end{align*}", [
        ("display", [("display", "\\begin{align*}y &= x\n\\\\ z &= y\\end{align*}")])]),
    (r"\begin{eqnarray}y &=& x \nonumber\end{eqnarray}",
     [("display", [("display", r"\begin{eqnarray}y &=& x \end{eqnarray}")])]),
    (r"\[y = \text{if $a$ then } b\]", [("display", [("display", r"y = \text{if $a$ then } b")])]),
    (r"\begin{enumerate}\item One $a$\item Two\end{enumerate}",
     [("paragraph", [("words", "One "), ("maths", "a")]), ("paragraph", [("words", "Two")])]),
    (r"\begin{enumerate}[(a)]\item One $a$\end{enumerate}", [("paragraph", [("words", "(a) One "), ("maths", "a")])]),
    (r"\begin{itemize}\item[Hint:] use $a$\end{itemize}", [("paragraph", [("words", "Hint: use "), ("maths", "a")])]),
    ("% workings: boundary y\n$a$", [("command", [("words", "boundary y")]), ("paragraph", [("maths", "a")])]),
    ("\\begin{verbatim}\n$y = x$ % \\x\n\\end{verbatim}", [("code", [("words", "")])]),
    (r"a\footnote{It is $b$.} c\par d", [("paragraph", [("words", "a c")]), (
        "paragraph", [("words", "It is "), ("maths", "b"), ("words", ".")]), ("paragraph", [("words", "d")])]),
    (r"\begin{align}a &= b\\ \intertext{and} c &= d\end{align}", [
        ("display", [("display", r"\begin{align}a &= b\\ \end{align}")]), ("paragraph", [("words", "and")]),
        ("display", [("display", r"\begin{align} c &= d\end{align}")])]),
    (r"\newif\ifsol\soltrue\ifsol a\else b\fi\iffalse c \ifsol d\fi\fi $x$", [
        ("paragraph", [("words", "a "), ("maths", "x")])]),
    (r"\newcommand{\E}{\ensuremath{E}}The \E{} and $\E$", [
        ("paragraph", [("words", "The "), ("maths", "E"), ("words", " and "), ("maths", "{E}")])]),
    (r"\newcounter{ex}\stepcounter{ex}\section*{Exercise \arabic{ex}\alph{ex}\theex}",
     [("heading", [("words", "Exercise 1a1")])]),
    (r"``Gr\"o\ss{}e'' -- $a$ \verb|$x_y$|", [("paragraph", [("words", "“Größe” – "), ("maths", "a"), ("words", " $x_y$")])]),
    (r"\begin{tikzpicture}\draw (0,0) node {$a$};\end{tikzpicture} b", [("paragraph", [("words", "b")])]),
    (r"\documentclass{article}\title{T $a$}\begin{document}\maketitle b\end{document} c",
     [("heading", [("words", "T "), ("maths", "a")]), ("paragraph", [("words", "b")])]),
]


@pytest.mark.parametrize(("text", "expected"), BLOCKS, ids=lambda v: str(v)[:40])
def test_blocks(text: str, expected: list[Any]) -> None:
    if expected[0][0] == "code":
        expected = [("code", [("code", "\n$y = x$ % \\x\n")])]
    assert kinds(text) == expected


def shape(text: str) -> list[tuple[str, str, list[Any], str]]:
    found = outline(blocks(Source(text, "x.tex"))[1])
    return [(e.number, e.title, list(e.points), "".join(p.label for p in e.parts)) for e in found.exercises]


AB = r"\begin{enumerate}[label=(\alph*)]\item Draw.\item Draw.\end{enumerate}"
OUTLINES = [
    (r"\section*{Exercise 1: One (2+3=5 P)}" + AB + r"\section*{Exercise 2: Two (5 P)}x",
     [("1", "One", [2, 3], "ab"), ("2", "Two", [5], "")]),
    (r"\title{S}\maketitle\section{One}" + AB + r"\section{Two}x", [("1", "One", [], "ab"), ("2", "Two", [], "")]),
    (r"\begin{questions}\question[3] x\begin{parts}\part[1] a\part[2] b\end{parts}\question y\end{questions}",
     [("1", "", [3], "ab"), ("2", "", [], "")]),
    (r"\begin{questions}\titledquestion{Nets}\begin{parts}\part[1] a\part[2] b\end{parts}\end{questions}",
     [("1", "Nets", [1, 2], "ab")]),
    (r"\newtheorem{aufg}{Exercise}\begin{aufg}[Nets] x " + AB + r"\end{aufg}\begin{aufg}y\end{aufg}",
     [("1", "Nets", [], "ab"), ("2", "", [], "")]),
    (r"\begin{enumerate}\item Nets. \begin{enumerate}\item a\item b\end{enumerate}\item Two.\end{enumerate}",
     [("1", "", [], "ab"), ("2", "", [], "")]),
    (r"\section*{Exercise 1}\begin{enumerate}\item Draw.\item Draw.\end{enumerate}", [("1", "", [], "12")]),
    (r"\section*{Exercise 1}\renewcommand{\labelenumi}{(\alph{enumi})}\begin{enumerate}\item Draw.\item Draw.\end{enumerate}",
     [("1", "", [], "ab")]),
    (r"\section*{Exercise 1}\begin{enumerate}[a)]\item x\begin{enumerate}\item p\item q\end{enumerate}\item y\end{enumerate}",
     [("1", "", [], "ab")]),
    (r"\section*{Exercise 1}\begin{enumerate}\item[(a)] x\item[(b)] y\end{enumerate}", [("1", "", [], "ab")]),
    (r"\section*{Exercise 1}\subsection*{(a) Draw} x \subsection*{(b) Cut} y", [("1", "", [], "ab")]),
    (r"\textbf{Exercise 3: Nets} (4 points)" + "\n\n(a) Draw.\\\\\n(b) Draw. $x$", [("3", "Nets", [4], "ab")]),
]


@pytest.mark.parametrize(("text", "expected"), OUTLINES, ids=lambda v: str(v)[:50])
def test_outline(text: str, expected: object) -> None:
    assert shape(text) == expected


GOOD = "\\section*{Exercise 1: A}\nLet $E = w^2$.\n\\begin{enumerate}\n\\item[(a)] Compute $dE/dw$.\n\\end{enumerate}\n"
REMARKED = [                  # what is wrong, what is said, the line and column
    ("\\begin{itemize}\\item a", "\\begin{itemize} is not closed", (6, 1)),
    ("\\begin{align} a &= b\n\nc", "\\begin{align} is not closed, and what it holds is left out", (6, 1)),
    ("See \\foobar{this}.", "the command \\foobar is not known here; what stands in its braces is read as text", (6, 5)),
    ("\\begin{gizmo}a\\end{gizmo}", "the environment gizmo is not known; its text is read as it stands", (6, 1)),
    ("{\\bf half", "this brace is not closed", (6, 1)),
    ("half}", "this brace closes nothing", (6, 5)),
    ("\\textbf{half", "this brace is not closed", (6, 8)),
    ("a $b\n\nc", "the formula that begins here is not closed, and is left out; $ is missing", (6, 3)),
    ("a \\[b", "the formula that begins here is not closed, and is left out; \\] is missing", (6, 3)),
    ("\\end{align}", "\\end{align} closes nothing", (6, 1)),
    ("\\begin{center}\\begin{quote}a\\end{center}", "\\begin{quote} is not closed before \\end{center}", (6, 15)),
    ("\\newcommand{\\a}{b \\a}\nSee \\a.", "\\a is defined by itself, and is left out", (7, 5)),
    ("\\def\\a{\\b}\\def\\b{\\a}\\a", "\\a is defined by itself, and is left out", (6, 21)),
    ("\\newcommand{\\a}{", "the brace after \\newcommand is not closed", (6, 16)),
    ("\\begin{figure}\\includegraphics{a}\\end{figure}", "the figure here is not read", (6, 1)),
    ("\\item a", "\\item stands outside of a list", (6, 1)),
]


@pytest.mark.parametrize(("text", "says", "place"), REMARKED, ids=lambda v: str(v)[:30])
def test_what_is_wrong_is_said_with_its_place_and_stops_nothing(text: str, says: str, place: tuple[int, int]) -> None:
    solution = solve(Source(GOOD + text, "x.tex"))
    assert [t.status for t in solution.tasks] == ["solved"]
    found = [(r.says.split("\n")[0], solution.source.place(r.span.start)) for r in solution.remarks if r.span]
    assert (says, place) in found
    shown = next(r.says for r in solution.remarks if r.says.startswith(says))
    assert shown == says or "^" in shown


def test_a_caret_stands_under_the_text_as_written() -> None:
    text = "\\def\\act{\\tanh}\n\\section*{Exercise 1}\nLet $E = \\act(w$ and % a comment\n\nLet $y = 1$.\n\n(a) Draw $y$."
    (remark,) = solve(Source(text, "x.tex")).remarks
    assert "x.tex:3:14: " in remark.says
    assert "    Let $E = \\act(w$ and % a comment\n                 ^" in remark.says


REFUSED = [
    (GOOD + "\\input{/etc/passwd}", NotReadable, "\\input{/etc/passwd} is refused: nothing is ever opened", (6, 1)),
    (GOOD + "\\include{next}", NotReadable, "\\include{next} is refused", (6, 1)),
    ("nothing of the kind", NotReadable, "this is no LaTeX", (1, 1)),
    (GOOD + "\\def\\ap#1{#1#1}\\ap\\ap", InputTooLarge, "the macros of this file bring too much", (6, 19)),
    (GOOD + "{" * 10_000, NotReadable, "this is no LaTeX that can be read: 101 places are wrong", (6, 101)),
]


@pytest.mark.parametrize(("text", "kind", "says", "place"), REFUSED, ids=lambda v: str(v)[-40:])
def test_what_is_refused(text: str, kind: type[WorkingsError], says: str, place: tuple[int, int]) -> None:
    with pytest.raises(kind) as caught:
        solve(Source(text, "x.tex"))
    error = caught.value
    assert says in error.message and error.source and error.span
    assert error.source.place(error.span.start) == place


LAUGHS = "".join(f"\\def\\{chr(97 + i)}x{{" + f"\\{chr(98 + i)}x" * 3 + "}" for i in range(24)) + "\\ax"
HOSTILE = [
    GOOD + "{" * 10_000 + "x" + "}" * 10_000,
    GOOD + "$" + "{" * 10_000 + "x" + "}" * 10_000 + "$",
    GOOD + LAUGHS,
    GOOD + "{$\n\n" * 3_000,
    GOOD + "\\begin{verbatim}\n" * 5_000,
    GOOD + "\\begin{align}" * 5_000,
    GOOD + "\\textbf{" * 5_000,
    GOOD + "[" * 20_000 + "\\item[" * 50,
    GOOD + "\\footnote{" * 9_000 + "}" * 9_000,
    GOOD + "\\iftrue " * 9_000 + "\\fi " * 9_000,
    GOOD + "\\def\\a#1{#1}" + "\\a{" * 9_000 + "}" * 9_000,
    GOOD + "\\begin{align}\\intertext{x}" * 900 + "\\end{align}" * 900,
    GOOD + "\\",
    "\\documentclass{article}",
    "\\begin{document}\\end{document}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda v: v[len(GOOD) :][:20])
def test_hostile_texts_end_without_a_traceback(text: str) -> None:
    try:
        solve(Source(text, "x.tex"))
    except WorkingsError as error:
        assert error.message


def test_macros_of_another_file_are_not_fetched() -> None:
    text = "\\documentclass{article}\\input{macros}\\begin{document}" + GOOD + "\\end{document}"
    solution = solve(Source(text, "x.tex"))
    assert [t.status for t in solution.tasks] == ["solved"]
    assert solution.remarks[0].says.startswith("\\input{macros} is not followed: nothing is opened from a sheet")


IS = [("\\documentclass{article}", "", True), ("# Exercise 1\n\\begin{align}a\\end{align}", "", False),
      ("x", "a.tex", True), ("\\section{A}", "a.md", False), ("  \\begin{questions}", "<stdin>", True)]


@pytest.mark.parametrize(("text", "path", "expected"), IS)
def test_which_sheets_are_latex(text: str, path: str, expected: bool) -> None:
    assert is_tex(Source(text, path)) is expected


def test_read_takes_the_equations_of_a_tex_file(tmp_path: Path) -> None:
    file = tmp_path / "net.tex"
    file.write_text("\\newcommand{\\act}{\\tanh}\nLet $z_3 = w_{13} x_1$, and\n\\begin{align*}\n  a_3 &= \\act(z_3), % $b = 1$\n"
                    "  \\\\ E &= (a_3 - t)^2\n\\end{align*}\n\\begin{solution}$E = 7$\\end{solution}\n", "utf-8")
    net = api.read(str(file))
    assert str(net).split("\n\n")[0].split("\n") == ["    z3 = w13*x1", "    a3 = tanh(z3)", "     E = (a3 - t)^2"]


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.lists(st.sampled_from([
    "\\item", "\\item[(a)]", "\\begin{enumerate}", "\\end{enumerate}", "\\begin{align}", "\\end{align}", "$", "$$", "{",
    "}", "[", "]", "\\[", "\\]", "\\section{", "\\textbf{", "\\bf", "\n\n", " a ", "y = x", "%", "&", "\\\\", "\\def\\a{",
    "\\a", "#1", "\\label{l}", "\\ref{l}", "\\question[5]", "\\part", "\\begin{solution}", "\\end{solution}", "\\footnote{",
    "\\verb|", "\\begin{verbatim}", "\\end{document}", "\\newcommand", "\\begin{center}", "\\maketitle", "\\title{", "~",
]), max_size=30).map("".join))
def test_no_text_breaks_the_splitter(text: str) -> None:
    try:
        source, found, remarks = blocks(Source(text, "x.tex"))
    except NotReadable:
        return
    for piece in (p for b in found for p in b.pieces):
        assert source.text[piece.inner.start : piece.inner.end] == piece.text
    for exercise in outline(found).exercises:
        for part in (exercise.intro, *exercise.parts):
            prose(part.blocks)
    for remark in remarks:
        if remark.span is not None:
            source.place(remark.span.start)
