"""The verbs of INTERFACE.md from Python: arguments, JSON keys, results that show and save themselves."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import workings
from workings import BadValue, NotReadable, OutOfReach, WorkingsError

NET = """
    z3 = x1*w13 + x2*w23
    a3 = tanh(z3)
    y  = a3*w35
    E  = log cosh(y - t)
"""
FOLD = "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)"

RESULTS = [
    ("read", lambda: workings.read(NET), {"equations", "inputs", "parameters", "targets", "remarks"}),
    ("draw", lambda: workings.draw(FOLD), {"inputs", "neurons", "operations", "outputs"}),
    ("run", lambda: workings.run(FOLD, x1=1, x2="1/2"), {"values", "missing"}),
    ("pieces", lambda: workings.pieces(FOLD), {"inputs", "units", "regions", "counts", "box", "tally", "certified"}),
    ("boundary", lambda: workings.boundary(FOLD), {"boundary", "classes", "symmetries", "length"}),
    ("gradient", lambda: workings.gradient(NET, "E", "w13"), {"of", "wrt", "result", "where", "steps"}),
    ("hessian", lambda: workings.hessian("E = w^2*v", "E", ("w", "v")), {"of", "wrt", "result", "where", "steps"}),
    ("taylor", lambda: workings.taylor("E = tanh(w*x)^2", "E", "w", at={"w": 0}),
     {"of", "wrt", "name", "result", "at", "value", "gradient", "hessian", "kinks", "steps"}),
    ("backward", lambda: workings.backward(NET, "E", wrt=["w13", "w35"]),
     {"forward", "backward", "gradients", "operations"}),
    ("check", lambda: workings.check("E = (y - t)^2", ["dE/dy = 2*(y - t)"]), {"lines", "first_wrong"}),
]


@pytest.fixture(scope="module")
def results() -> dict:  # type: ignore[type-arg]
    return {}


@pytest.mark.parametrize(("verb", "make", "keys"), RESULTS, ids=[row[0] for row in RESULTS])
def test_every_result_shows_and_saves_itself(verb, make, keys, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = make()
    facts = result.as_dict()
    assert facts["schema"] == 1 and keys <= facts.keys()
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts
    assert str(result) and "<" not in str(result)[:1]
    assert result._repr_html_().startswith("<div")
    for suffix in (".html", ".md", ".txt", ".json"):
        path = tmp_path / f"{verb}{suffix}"
        assert result.save(path) == path and path.stat().st_size
    assert json.loads((tmp_path / f"{verb}.json").read_text()) == facts
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_a_drawing_is_a_picture(tmp_path: Path) -> None:
    drawing = workings.draw(FOLD)
    assert drawing._repr_svg_().startswith("<svg")
    assert drawing.save(tmp_path / "n.svg").read_text().startswith("<svg")
    assert drawing.save(tmp_path / "n.png").read_bytes().startswith(b"\x89PNG")


def test_a_derivation_has_latex() -> None:
    assert workings.gradient("E = (y - t)^2", "E", "y")._repr_latex_().startswith(r"$\displaystyle \frac{\partial E}")
    assert "aligned" in (workings.read(NET)._repr_latex_() or "")


@pytest.mark.parametrize(("suffix", "error"), [
    (".pdf", OutOfReach), (".tex", OutOfReach), (".ipynb", OutOfReach), (".docx", BadValue), ("", BadValue),
    (".svg", BadValue),
])
def test_other_formats_are_refused_with_advice(suffix: str, error: type[WorkingsError], tmp_path: Path) -> None:
    with pytest.raises(error, match=r"\.html"):
        raise_full(lambda: workings.read(NET).save(tmp_path / f"a{suffix}"))


def raise_full(call) -> None:  # type: ignore[no-untyped-def]
    """Raise with the whole message, advice included, so that `match` sees it."""
    try:
        call()
    except WorkingsError as error:
        raise type(error)(str(error)) from None


# ---------------------------------------------------------------------- values

EXACT = [(Fraction(1, 3), "1/3"), ("1/3", "1/3"), (Decimal("0.1"), "1/10"), ("0.1", "1/10"), (2, "2"), ("-3", "-3")]


@pytest.mark.parametrize(("given", "wanted"), EXACT)
def test_exact_in_exact_out(given: object, wanted: str) -> None:
    assert workings.run("y = x", x=given).as_dict()["values"]["y"] == wanted


def test_a_float_gives_floats() -> None:
    assert workings.run("y = 2*x", x=0.25).as_dict()["values"]["y"] == 0.5


def test_names_in_either_spelling() -> None:
    facts = workings.run("y = x_1*w_{13}", **{"x_1": 2, "w_{13}": "1/2"}).as_dict()
    assert facts["values"]["y"] == "1"
    assert workings.gradient(NET, "E", "w_{13}").as_dict()["wrt"] == "w13"


def test_missing_values_are_listed() -> None:
    facts = workings.run(NET, x1=1, w13=2, x2=0, w23=0).as_dict()
    assert facts["values"]["z3"] == "2" and set(facts["missing"]) >= {"w35", "t"}


# ---------------------------------------------------------------------- what is refused, and how

WRONG = [
    ("unknown quantity", lambda: workings.gradient(NET, "E", "w14"), BadValue, "no quantity w14", "w13"),
    ("no name", lambda: workings.gradient(NET, "E", "x1 + 1"), BadValue, "not the name", ""),
    ("not a number", lambda: workings.run(NET, x1="a"), BadValue, "'a' is no number", ""),
    ("odd type", lambda: workings.run(NET, x1=object()), BadValue, "no number", ""),
    ("box of other size", lambda: workings.pieces(FOLD, box=[(-1, 1)]), BadValue, "2 inputs", ""),
    ("box the wrong way", lambda: workings.pieces(FOLD, box=[(1, -1), (0, 1)]), BadValue, "from 1 to -1", ""),
    ("points of a slice on one line", lambda: workings.pieces(FOLD, slice=[[0, 0], [1, 1], [2, 2]]), BadValue,
     "lie on one line", "two points for a line"),
    ("a slice of one point", lambda: workings.pieces(FOLD, slice=[[0, 0], [0, 0]]), BadValue, "are the same", ""),
    ("a slice of other inputs", lambda: workings.pieces(FOLD, slice=[[0], [1]]), BadValue, "2 inputs", ""),
    ("an engine", lambda: workings.pieces(FOLD, engine="quick"), BadValue, "'quick'", "fast"),
    ("mode", lambda: workings.backward(NET, "E", mode="fast"), BadValue, "mode", "plain"),
    ("target", lambda: workings.code(NET, to="fortran"), BadValue, "no target 'fortran'", "numpy"),
    ("option of code", lambda: workings.code(NET, recompute="all"), BadValue, "no option recompute", "torch"),
    ("no data", lambda: workings.train(NET, None, "E"), BadValue, "cannot be a NoneType", ".csv"),
    ("port", lambda: workings.serve(99999), BadValue, "no port 99999", "--port"),
    ("bytes", lambda: workings.read(b"y = x"), BadValue, "bytes", "decode"),
    ("number", lambda: workings.read(3), BadValue, "int", ""),
    ("half an equation", lambda: workings.read("y ="), NotReadable, "", ""),
    ("tanh has no pieces", lambda: workings.pieces("y = tanh(x1)"), OutOfReach, "tanh", ""),
]


@pytest.mark.parametrize(("name", "call", "error", "says", "hint"), WRONG, ids=[row[0] for row in WRONG])
def test_refused(name, call, error, says, hint) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error) as caught:
        call()
    assert says in caught.value.message and hint in str(caught.value)


# ---------------------------------------------------------------------- text or path

def test_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    path.write_text("y = w*x\n", encoding="utf-8")
    for given in (path, str(path)):
        assert workings.read(given).as_dict()["inputs"] == ["x"]
    with pytest.raises(NotReadable):
        workings.read_text(str(path))


def test_an_error_in_a_file_names_the_file_and_the_line(tmp_path: Path) -> None:
    path = tmp_path / "net.txt"
    path.write_text("y = w*x\nE = (y - \n", encoding="utf-8")
    with pytest.raises(NotReadable) as caught:
        workings.read(path)
    assert f"{path}:2:" in str(caught.value) and "^" in str(caught.value)


def test_files_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\xff")
    (tmp_path / "z.txt").write_bytes(b"y = x\0")
    (tmp_path / "m.onnx").write_bytes(b"")
    for name, error, says in (("b.txt", NotReadable, "no text"), ("z.txt", NotReadable, "zero byte"),
                              ("m.onnx", BadValue, "no ONNX|is empty"), ("none.txt", BadValue, "there is no file"),
                              ("", BadValue, "is a folder")):
        with pytest.raises(error, match=says):
            workings.read(tmp_path / name)


def test_a_missing_file_suggests_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "sheet2.txt").write_text("y = x")
    with pytest.raises(BadValue, match=r"sheet2\.txt"):
        raise_full(lambda: workings.read(tmp_path / "shet2.txt"))


MARKED = [
    ("n.md", "Let $z = w x$ and $a = \\tanh(z)$ where $x$ is in.\n\n$$E = (a - t)^2$$\n", ["z", "a", "E"]),
    ("n.md", "Text.\n\n```\ny = w*x\n```\n", ["y"]),
    ("n.md", "y = w*x\n", ["y"]),
    ("n.tex", "\\section{A}\nLet\n\\begin{align*} z &= w x \\\\ y &= z^2 \\end{align*} and \\(t = 1\\).\n",
     ["z", "y", "t"]),
    ("n.tex", "y = \\tanh(w x)\n", ["y"]),
]


@pytest.mark.parametrize(("name", "text", "defined"), MARKED)
def test_formulas_of_a_marked_up_file(name: str, text: str, defined: list[str], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [e["name"] for e in workings.read(path).as_dict()["equations"]] == defined


def test_an_error_in_a_marked_up_file_shows_the_line_as_written(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    path.write_text("Some words.\n\nLet $z = w x$ and $a = )$.\n", encoding="utf-8")
    with pytest.raises(NotReadable) as caught:
        workings.read(path)
    assert f"{path}:3:" in str(caught.value) and "Let $z = w x$" in str(caught.value)
