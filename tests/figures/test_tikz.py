"""TikZ: what is used is declared, braces match, words are escaped; and pdflatex sets it where there is one."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path as FilePath

import pytest

from workings.figures import Circle, Figure, Group, Path, Text
from workings.figures.network import network_figure
from workings.figures.plane import boundary_figure, domains_figure
from workings.forms.neurons import graph
from workings.functions import signatures
from workings.geometry import boundary, pieces
from workings.render.palette import LOOKS
from workings.render.tikz import document, escaped, picture, tikz
from workings.syntax import read

SHARED = (
    "w13 = log(1 + exp(v)); w24 = -log(1 + exp(-v)); a3 = 0.5*(x1*w13)^2;"
    " a4 = 0.5*(x2*w24)^2; y = a3*a4; E = (y - t)^2"
)
PLANE = "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2); class 1 if y < 0; class 2 if y > 0"

WORDS = "50% of {a_1} & #2 ~ ^ \\ $x < 3 ÷ 4 ⋮ ü ф"


def figures() -> dict[str, Figure]:
    net, plane = (read(text.replace(";", "\n"), signatures()) for text in (SHARED, PLANE))
    return {
        "network": network_figure(graph(net)),
        "domains": domains_figure(pieces(plane)),
        "boundary": boundary_figure(boundary(plane)),
        "every role": Figure(50, 50, tuple(Circle(9, 9, 5, role) for role in LOOKS), "", ""),
        "words": Figure(99, 50, (Group((Text(WORDS, 9, 9),), "neuron", "%\nx"),), "\n", ""),
    }


@pytest.mark.parametrize("name", figures())
def test_structure(name: str) -> None:
    text = tikz(figures()[name])
    code = "\n".join(re.sub(r"(?<!\\)%.*", "", line) for line in text.splitlines())
    bare = code.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    styles = set(re.findall(r"\\tikzset\{figure ([\w-]+)/", code))
    assert set(re.findall(r"(?:path|node)\[figure ([\w-]+)", code)) == styles
    assert set(re.findall(r"figure-(\w+)", code)) >= set(re.findall(r"=figure-(\w+)", code))
    assert set(re.findall(r"=figure-(\w+)", code)) <= set(re.findall(r"definecolor\{figure-(\w+)", code))


def test_words_are_escaped() -> None:
    assert escaped("{\\input x}%$_^&#~") == (
        r"\{\textbackslash{}input x\}\%\$\_\textasciicircum{}\&\#\textasciitilde{}"
    )
    assert escaped("ф") == "[U+0444]"


def test_titles_stay_comments() -> None:
    shape = Path((("M", 0, 0), ("L", 1, 1)), "edge", "one\n\\input{two}\r\x0bthree")
    text = tikz(Figure(9, 9, (shape,), "a\n\\b", ""))
    assert "% one \\input{two} three" in text.splitlines() and "% a \\b" in text.splitlines()


def test_needs_are_said() -> None:
    assert "\\usepackage{tikz,amsmath,amssymb}" in picture(figures()["network"])


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex here")
def test_pdflatex(tmp_path: FilePath) -> None:
    pages = {name.replace(" ", "-"): document(figure) for name, figure in figures().items()}
    for name, text in pages.items():
        (tmp_path / f"{name}.tex").write_text(text)
        done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
                              cwd=tmp_path, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0 and b"Missing character" not in done.stdout, done.stdout[-800:]
