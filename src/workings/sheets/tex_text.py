"""The text that a LaTeX file prints, with the place in the file behind every character.

Everything after the splitter works on this text; a line, a column and a caret are always those of the file.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from workings.errors import Source

SUFFIXES = (".tex", ".ltx", ".latex")
MARKDOWN = (".md", ".markdown")
LATEX = re.compile(
    r"^[ \t]*\\(?:documentclass|begin\s*\{(?:document|questions|enumerate|exercise|problem)\}"
    r"|(?:sub)*section\*?\s*\{|question\b)", re.M)


def is_tex(source: Source) -> bool:
    r"""Is a sheet LaTeX?  Its name says so, else what it holds.

    >>> is_tex(Source("\\section{Slopes}")), is_tex(Source("# Slopes"))
    (True, False)
    """
    path = source.path.lower()
    return path.endswith(SUFFIXES) or (not path.endswith(MARKDOWN) and LATEX.search(source.text) is not None)


class Printed(Source):
    """A text made from a file; `place` and `line` speak of the file."""

    def __init__(self, text: str, file: Source, outs: array[int], places: array[int], exact: bytearray) -> None:
        super().__init__(text, file.path)
        self.file, self.outs, self.places, self.exact = file, outs, places, exact

    def offset(self, at: int) -> int:
        """The place in the file of a place in the text."""
        i = bisect_right(self.outs, at) - 1
        if i < 0:
            return 0
        return self.places[i] + (at - self.outs[i] if self.exact[i] else 0)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column in the file."""
        return self.file.place(min(self.offset(offset), len(self.file.text)))

    def line(self, number: int) -> str:
        """The text of one line of the file."""
        return self.file.line(number)


class Writer:
    """The text as it grows."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.outs, self.places, self.exact = array("q"), array("q"), bytearray()

    def put(self, text: str, at: int, exact: bool = False) -> None:
        """Adds text; `exact`: it stands in the file just so, from `at`."""
        if not text:
            return
        goes_on = exact and self.outs and self.exact[-1] and self.places[-1] + self.size - self.outs[-1] == at
        if not goes_on:
            self.outs.append(self.size)
            self.places.append(at)
            self.exact.append(exact)
        self.parts.append(text)
        self.size += len(text)

    def source(self, file: Source) -> Printed:
        """The text with its places."""
        return Printed("".join(self.parts), file, self.outs, self.places, self.exact)
