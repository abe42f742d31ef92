"""What a person handed in: Markdown, plain text, LaTeX or a notebook, as one text with its places.

A notebook is read as JSON: its Markdown and raw cells, never its code, and nothing is run.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from pathlib import Path
from typing import Any

from workings import work
from workings.errors import InputTooLarge, NotReadable, OutOfReach, Source
from workings.expr import Remark
from workings.limits import MAX_SHEET
from workings.work.files import file_text

READ = (".md", ".markdown", ".txt", ".text", ".tex", ".ltx", ".latex", ".ipynb")
TOLD = {".pdf": "a PDF", ".docx": "a Word file", ".doc": "a Word file", ".odt": "an OpenDocument file",
        ".png": "a picture", ".jpg": "a picture", ".jpeg": "a picture", ".heic": "a picture", ".zip": "an archive"}


class Notebook(Source):
    """The Markdown and raw cells of a notebook, one below the other."""

    def __init__(self, text: str, path: str, starts: list[int], numbers: list[int]) -> None:
        super().__init__(text, path)
        self.starts, self.numbers = starts, numbers

    def cell(self, line: int) -> tuple[int, int]:
        """The number of the cell that holds a line of the text, and the line's number in it, both from 1."""
        at = max(0, bisect_right(self.starts, line) - 1)
        return self.numbers[at], line - self.starts[at] + 1


def handed(given: Any) -> tuple[Source, list[Remark]]:
    """The text of an answer, given as a path, a `Source` or the text itself, and what should be known of it.

    Raises `NotReadable` for what is no text and `OutOfReach` for formats that are not read.

    >>> handed("2a\\ndE/dw = 3")[0].text
    '2a\\ndE/dw = 3'
    """
    from workings.sheets.tex_text import is_tex

    source = _source(given)
    if source.path.lower().endswith(".ipynb"):
        source, told = notebook(source)
    else:
        told = []
    if len(source.text) > MAX_SHEET:
        raise InputTooLarge(f"the answer has {len(source.text):,} characters", source=source,
                            expected=f"at most {MAX_SHEET:,}", hint="hand in the derivations alone")
    if isinstance(source, Notebook) or not is_tex(source):
        return source, told
    from workings.sheets import tex

    printed, _, remarks = tex.blocks(source)
    return printed, remarks


def _source(given: Any) -> Source:
    path = Path(str(given).strip()) if isinstance(given, Path | str) and "\n" not in str(given) else None
    if path is not None and path.suffix.lower() in TOLD and path.is_file():
        raise OutOfReach(f"{path.name} is {TOLD[path.suffix.lower()]}, and workings reads no such file",
                         hint=f"hand in one of {', '.join(READ)}")
    if path is not None and path.suffix.lower() == ".ipynb" and path.is_file():
        return file_text(path)
    return work.source(given)


def notebook(source: Source) -> tuple[Notebook, list[Remark]]:
    """The Markdown and raw cells of a notebook; a remark says how many code cells were left alone."""
    try:
        data = json.loads(source.text)
        sheets = data.get("worksheets") or [data]          # before format 4 cells stood in worksheets
        cells = [_cell(c) for sheet in sheets for c in sheet["cells"]]
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise NotReadable(f"{source.path or 'this'} is no notebook: {type(error).__name__}", source=source,
                          expected='JSON with a list "cells", as Jupyter writes it') from None
    texts, starts, numbers, line = list[str](), list[int](), list[int](), 1
    for number, (kind, text) in enumerate(cells, 1):
        if kind in ("markdown", "raw", "heading"):
            text = text.rstrip("\n") + "\n\n"
            texts.append(text)
            starts.append(line)
            numbers.append(number)
            line += text.count("\n")
    code = sum(kind == "code" and bool(text.strip()) for kind, text in cells)
    says = f"{code} code cell{'s are' if code > 1 else ' is'} not read, and nothing is run"
    told = [Remark("note", says)] if code else []
    return Notebook("".join(texts), source.path, starts or [1], numbers or [1]), told


def _cell(cell: Any) -> tuple[str, str]:
    text = cell.get("source", cell.get("input", ""))
    text = "".join(str(part) for part in text) if isinstance(text, list) else str(text)
    return str(cell["cell_type"]), text.replace("\r\n", "\n").replace("\r", "\n")
