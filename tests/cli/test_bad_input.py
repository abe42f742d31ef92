"""Bad input: exit code, place and advice for each row, after little work, whatever its size."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest
from work import calls

from workings.cli import run

MUCH = 10_000_000             # calls of functions; the lines of the largest text that is looked at are 7.9 million

# equations given as text: exit code 2, the place, the message, what is advised
TEXTS = [
    ("y = 2*", "1:7", "something is missing between * and the end of the statement", "expected: a number, a name"),
    ("y =", "1:4", "the end of the statement cannot begin a formula", "expected: a number, a name"),
    ("= 2", "1:1", "the left side of this equation is no name", "expected: a name on the left"),
    ("z = 1; y = (z + 2", "1:12", "the bracket ( is never closed", "expected: a closing )"),
    ("y = x)", "1:6", ") closes a bracket that was never opened", "expected: a bracket that opens before it"),
    ("y = [x)", "1:7", "[ is closed by )", "expected: a closing ]"),
    (r"y = \frac{x}{2", "1:15", "the end of the statement where a closing brace } should stand", "closing brace }"),
    ("y = tahn(x)", "1:5", "tahn is no function of the table, and the text does not define it", "try: tan"),
    ("z = x\ny = foo(z)", "2:5", "foo is no function of the table, and the text does not define it",
     "foo(z) = … to define it"),
    (r"y = \tahn(x)", "1:5", r"the command \tahn is not known", r"try: \tan"),
    ("y = x; y = 2*x", "1:8", "y is defined twice: y = x and y = 2*x", "try: give one of them another name"),
    ("a = b + 1\nb = 2*a", "1:1", "a is defined through itself: a → b → a", "try: give one of them another name"),
    ("a = a + 1", "1:1", "a is defined through itself: a → a", "h[t] = … h[t-1] …"),
    ("y = __import__('os')", "1:5", "_ cannot begin a formula", "expected: a number, a name"),
    ("y = x; eval('1')", "1:", "", "expected:"),
    ("y = " + "(" * 500 + "x" + ")" * 500, "1:", "brackets and functions stand more than 400 deep",
     "try: give the inner parts names of their own"),
    ("y = x ☃ 2", "1:7", "the character '☃' (snowman) has no meaning in a formula", "expected: letters, digits"),
]


@pytest.mark.parametrize(("text", "place", "says", "advice"), TEXTS, ids=[repr(t[:24]) for t, *_ in TEXTS])
def test_text(text: str, place: str, says: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert worked("read", text) == 2
    err = capsys.readouterr().err
    first, *rest = err.splitlines()
    assert first.startswith(f"<text>:{place}") and first.endswith(says)
    assert rest[1].strip("^ ") == "" and "^" in rest[1] and advice in "\n".join(rest)
    assert len(rest) <= 5 and max(map(len, rest)) < 130


# files: what they hold, exit code, the first line said ({} is the path), what is advised
UTF8 = "try: save it as UTF-8, or paste the equations"
FILES: list[tuple[str, bytes, int, str, str]] = [
    ("empty.txt", b"", 2, "{}: there is no equation in this text", "expected: an equation such as"),
    ("blank.txt", b" \n\n", 2, "{}: there is no equation in this text", "expected: an equation such as"),
    ("binary.txt", bytes(range(128, 256)) * 9, 2, "{} is no text: byte 0 (line 1) is not UTF-8", UTF8),
    ("picture.md", b"\x89PNG\r\n\x1a\n\x00\x00", 2, "{} is no text: byte 0 (line 1) is not UTF-8", UTF8),
    ("nul.txt", b"y = x\0 + 1", 2, "{} is no text: it holds a zero byte (line 1)", "expected: a text file"),
    ("invalid.txt", b"y = x + \xff\xfe", 2, "{} is no text: byte 8 (line 1) is not UTF-8", UTF8),
    ("latin.txt", "y = 2·x".encode("latin-1"), 2, "{} is no text: byte 5 (line 1) is not UTF-8", UTF8),
    ("later.txt", b"z = x\n\ny = \xff\n", 2, "{} is no text: byte 11 (line 3) is not UTF-8", UTF8),
    ("place.txt", b"z = x\n\ny = (z\n", 2, "{}:3:5: the bracket ( is never closed", "expected: a closing )"),
    ("crlf.txt", b"z = x\r\ny = (z\r\n", 2, "{}:2:5: the bracket ( is never closed", "expected: a closing )"),
    ("model.onnx", b"", 2, "{} is empty", "expected: an ONNX model"),
    ("model.pt", b"\x80\x04", 2, "{} is a pickle: reading it would run what it says", "try: torch.onnx.export("),
    ("cut.json", b'{"layers": [', 2, "{}:1:13: no JSON: expecting value", 'expected: {"layers"'),
    ("nan.json", b'{"layers": [{"W": [[1, NaN]], "b": [0]}]}', 2, "{}: W of layer 1 holds nan at (1, 2)", "expected: finite numbers"),
    ("flat.json", b'{"box": [[1, 1]], "layers": [{"W": [[1]], "b": [0]}]}', 2, "{}: the box leaves nothing of x1: "
     "1 to 1", "expected: low < high"),
    ("lines.txt", b"y = x + 1\n" * 1_000_001, 2, "{}:1:1: the text has 10,000,010 characters; at most 8,000,000 are "
     "read", "try: read it in parts"),
    ("long.txt", b"y = " + b"x + " * 1_900_000 + b"1", 2, "{}:1:1: one statement has 7,600,005 characters; at most "
     "200,000 are read", "try: give its parts names of their own"),
    ("deep.txt", b"(" * 7_900_000, 2, "{}:1:1: one statement has 7,900,000 characters; at most 200,000 are read",
     "try: give its parts names"),
    ("ends.txt", b"\n" * 7_900_000, 2, "{}:1:1: the text has 7,900,001 lines; at most 1,000,000 are read",
     "try: read it in parts"),
    ("huge.txt", b"x" * 40_000_000, 2, "{} has 40000000 bytes", "expected: at most 8000000 characters"),
]


@pytest.mark.parametrize(("name", "data", "code", "says", "advice"), FILES, ids=[row[0] for row in FILES])
def test_file(name: str, data: bytes, code: int, says: str, advice: str, tmp_path: Path,
              capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert worked("read", str(path)) == code
    first, *rest = capsys.readouterr().err.splitlines()
    assert first == says.format(path) and advice in "\n".join(rest)


READ = [("bom.txt", b"\xef\xbb\xbfy = 2*x\n"), ("crlf.txt", b"y = 2*x\r\n"), ("utf16.txt", "y = 2*x\n".encode("utf-16")),
        ("cr.txt", b"y = 2*x\rz = y\r")]


@pytest.mark.parametrize(("name", "data"), READ, ids=[name for name, _ in READ])
def test_what_an_editor_adds_is_no_error(
    name: str, data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert run(["read", str(path), "--to", "plain"]) == 0
    assert capsys.readouterr().out.startswith("y = 2*x\n")


def test_names_that_are_no_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "network.txt").write_text("y = x")
    for verb in ("read", "solve"):
        assert worked(verb, str(tmp_path / "netwrk.txt")) == 2
        said = capsys.readouterr().err
        assert f"there is no file {tmp_path / 'netwrk.txt'}" in said and "did you mean" in said
        assert worked(verb, str(tmp_path)) == 2
        said = capsys.readouterr().err
        assert said.startswith(f"{tmp_path} is a folder\n") and f"try: name a file in it: {tmp_path / 'network.txt'}" in said


SHEETS: list[tuple[str, bytes, str]] = [
    ("empty.md", b"", "{}: no question was found in this sheet"),
    ("words.md", b"lorem ipsum " * 8000, "{}: no question was found in this sheet"),
    ("binary.md", bytes(range(128, 256)), "{} is no text: byte 0 (line 1) is not UTF-8"),
    ("big.md", b"Let $y = x$. (a) Compute $dy/dx$.\n\n" * 300_000, "{}: the sheet has 10,500,000 characters"),
    ("dollars.md", b"$" * 900_000, "{}: no question was found in this sheet"),
]


@pytest.mark.parametrize(("name", "data", "says"), SHEETS, ids=[row[0] for row in SHEETS])
def test_sheet(name: str, data: bytes, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert worked("solve", str(path)) == 2
    assert capsys.readouterr().err.splitlines()[0] == says.format(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == [name]


STDIN = [(b"z = 1\ny = x\0", 2, "it holds a zero byte (line 2)"), (b"y = \xff", 2, "byte 4 (line 1) is not UTF-8"), (b"", 2, "no equation"),
         (b"\xef\xbb\xbfy = x\r\n", 0, ""), (b"y = (x", 2, "<stdin>:1:5: the bracket ( is never closed")]


@pytest.mark.parametrize(("data", "code", "says"), STDIN, ids=[repr(row[0]) for row in STDIN])
def test_standard_input(data: bytes, code: int, says: str, monkeypatch: pytest.MonkeyPatch,
                        capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert worked("read", "-") == code
    assert says in capsys.readouterr().err


def test_where_output_cannot_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    rows = [
        ("none/x.html", "cannot be written: no such file or directory", "expected: a file name in a folder that exists"),
        ("file/x.html", "cannot be written: not a directory", "expected: a file name in a folder that exists"),
        ("x.xyz", "the suffix .xyz says no format that is written", "expected: a name that ends in .html"),
        ("x", "the suffix of no file type says no format that is written", "expected: a name that ends in .html"),
        (".", "is a folder", "expected: a file name"),
    ]
    for name, says, advice in rows:
        assert worked("draw", "y = x", "-o", str(tmp_path / name)) == 2
        said = capsys.readouterr().err
        assert says in said.splitlines()[0] and advice in said
    assert worked("draw", "y = x", "-o", str(tmp_path / "x.ipynb")) == 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]


def test_a_folder_without_permission(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To root every folder is writable: there the refusal of the system is played."""
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        import tempfile

        def refused(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(tempfile, "mkstemp", refused)
        monkeypatch.setattr(tempfile, "NamedTemporaryFile", refused)
    for name in ("x.html", "x.md", "x.svg"):
        assert worked("draw", "y = x", "-o", str(tmp_path / name)) == 2
        said = capsys.readouterr().err
        assert "cannot be written: permission denied" in said and "may be written to" in said
    tmp_path.chmod(0o700)


NUMBERS = [
    (["run", "y = 9^9^9^9"], 2, "too large for exact arithmetic"),
    (["run", "y = x", "--at", "x=1/0"], 2, "'1/0' is no number"),
    (["run", "y = x", "--at", "x"], 2, "cannot read 'x' as a value"),
    (["run", "y = x", "--at", "q=1"], 2, "q"),
    (["pieces", "y = relu(x1)", "--box=1,-1"], 2, "low < high"),
    (["boundary", "y = relu(x1)", "--level", "much"], 2, "no number"),
    (["gradient", "y = relu(x1)", "--wrt", "x9"], 2, "no quantity x9"),
]


@pytest.mark.parametrize(("argv", "code", "says"), NUMBERS, ids=[" ".join(row[0]) for row in NUMBERS])
def test_options(argv: list[str], code: int, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert worked(*argv) == code
    assert says in capsys.readouterr().err


def worked(*argv: str) -> int:
    """The exit code, given after little work and without a traceback."""
    codes = []
    assert calls(lambda: codes.append(run(list(argv)))) < MUCH
    return codes[0]
