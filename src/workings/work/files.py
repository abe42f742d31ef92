"""The text that a person gave, or that of the file they named."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from workings.errors import BadValue, NotReadable, OutOfReach, Source
from workings.limits import MAX_TEXT

MARKED = (".md", ".markdown", ".tex")
FORMULA = re.compile(
    r"```[^\n]*\n(?P<fence>.*?)```|\$\$(?P<display>.+?)\$\$|\\\[(?P<bracket>.+?)\\\]|\\\((?P<round>.+?)\\\)"
    r"|\\begin\{(?P<env>equation|align|gather|multline|eqnarray)\*?\}.+?\\end\{(?P=env)\*?\}"
    r"|(?<!\\)\$(?P<inline>(?:\\.|[^$\\])+?)\$",
    re.S,
)
SAYS = re.compile(r"[=<>≤≥∈]|\\(in|leq?|geq?|equiv|doteq)\b|depends on|\.\.")
TEXTS = (".txt", ".md", ".markdown", ".tex", ".text", ".py")
MODELS = {".json": "a network of arrays", ".onnx": "an ONNX model", ".pt2": "an exported torch model"}
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".joblib")
LATER = {".ipynb": "notebooks"}


def source(given: Any) -> Source:
    """The text that a person gave, or that of the file they named.

    >>> source("y = 2*x").text
    'y = 2*x'
    """
    if isinstance(given, Source):
        return given
    if isinstance(given, os.PathLike):
        return file_source(Path(given))
    if not isinstance(given, str):
        raise _not_text(given)
    if _names_file(given):
        return file_source(Path(given.strip()))
    return Source(given)


def _not_text(given: Any) -> Exception:
    kind = type(given)
    return BadValue(
        f"cannot read a {kind.__name__}",
        expected="equations as text, or the path of a .txt, .md or .tex file",
        hint="workings.read('y = tanh(w*x)')" if kind is not bytes else "decode it first: data.decode('utf-8')",
    )


def _names_file(text: str) -> bool:
    """Does a text look like a path?  Equations hold `=`; a path has a suffix or a folder and no line end."""
    text = text.strip()
    if not text or "\n" in text or len(text) > 4096 or "\0" in text:
        return False
    path = Path(text)
    suffix = path.suffix.lower()
    if suffix in (*TEXTS, *MODELS, *PICKLES, *LATER):
        return "=" not in text or os.path.exists(text)
    return "=" not in text and (os.sep in text or text in (".", "..")) and os.path.exists(text)


def file_source(path: Path) -> Source:
    """The text of a file, or what is wrong with it."""
    suffix = path.suffix.lower()
    if suffix in LATER and path.is_file():
        raise OutOfReach(f"this release does not read {LATER[suffix]} yet", hint="write the equations in a .txt file")
    if suffix in PICKLES and path.is_file():
        raise BadValue(f"{path} is a pickle: reading it would run what it says", expected="a .onnx, .pt2 or .json file",
                       hint="torch.onnx.export(model, x, 'net.onnx'), or give the module itself: workings.read(model)")
    if suffix in MODELS and path.is_file():
        raise BadValue(f"{path} is {MODELS[suffix]}, not a text", expected="a .txt, .md or .tex file",
                       hint=f"workings read {path}")
    return file_text(path)


def file_text(path: Path) -> Source:
    """The text of a file of any kind."""
    if not os.path.exists(path):
        raise missing(path)
    if path.is_dir():
        raise BadValue(f"{path} is a folder", expected="a file with equations", hint=_inside(path))
    try:
        if path.stat().st_size > 4 * MAX_TEXT:
            raise BadValue(f"{path} has {path.stat().st_size} bytes", expected=f"at most {MAX_TEXT} characters")
        data = path.read_bytes()
    except OSError as error:
        raise BadValue(f"{path} cannot be read: {(error.strerror or str(error)).lower()}") from None
    return Source(decoded(data, path), str(path))


def missing(path: Path) -> BadValue:
    """The complaint about a file that is not there, with the name of one that is."""
    from difflib import get_close_matches

    near: list[str] = []
    if path.parent.is_dir():
        near = get_close_matches(path.name, sorted(p.name for p in path.parent.iterdir()), 1)
    hint = f"did you mean {path.parent / near[0]}?" if near else "check the name, or give the equations themselves"
    wanted = "an existing file, or equations such as y = tanh(w*x)"
    return BadValue(f"there is no file {path}", expected=wanted, hint=hint)


def _inside(path: Path) -> str:
    try:
        names = sorted(p.name for p in path.iterdir() if p.suffix.lower() in TEXTS)
    except OSError:
        names = []
    return f"name a file in it: {path / names[0]}" if names else "name a .txt, .md or .tex file"


MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def decoded(data: bytes, path: Path) -> str:
    """The text of a file in UTF-8, or in UTF-16 behind its mark; every line end is made one sign.

    >>> decoded(b"a = 1\\r\\nb = 2\\rc = 3", Path("x.txt"))
    'a = 1\\nb = 2\\nc = 3'
    """
    codec = next((codec for mark, codec in MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotReadable(
            f"{path} is no text: byte {error.start} (line {line}) is not {'UTF-16' if codec == 'utf-16' else 'UTF-8'}",
            expected="a text file with equations, in UTF-8",
            hint="save it as UTF-8, or paste the equations",
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        expected = "a text file with equations, in UTF-8"
        raise NotReadable(f"{path} is no text: it holds a zero byte (line {line})", expected=expected)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def formulas(text: str) -> str:
    """A marked-up text with all but its formulas blanked, so that every place stays where it was.

    >>> formulas("Let $a = 2$ and $x$.")
    '     a = 2;         '
    """
    kept = [c if c == "\n" else " " for c in text]
    any_found = False
    for match in FORMULA.finditer(text):
        group = next((g for g in ("fence", "display", "bracket", "round", "inline") if match[g] is not None), None)
        start, end = match.span(group) if group else match.span()
        if not SAYS.search(text, start, end):
            continue
        any_found = True
        kept[start:end] = text[start:end]
        if end < match.end():
            kept[match.end() - 1] = ";"
    return "".join(kept) if any_found else text
