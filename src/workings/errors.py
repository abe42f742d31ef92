"""What can go wrong, said so that a person can act on it: what, where, what was seen, what to try."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source text: character offsets, `start` inclusive, `end` exclusive."""

    start: int
    end: int

    def join(self, other: Span | None) -> Span:
        """The smallest span that holds both."""
        return self if other is None else Span(min(self.start, other.start), max(self.end, other.end))


@dataclass(slots=True, eq=False)
class Source:
    """A text that a person wrote, and where it came from."""

    text: str
    path: str = ""
    _starts: list[int] = field(default_factory=list, repr=False)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1."""
        from bisect import bisect_right

        if not self._starts:
            self._starts = [0, *(i + 1 for i, c in enumerate(self.text) if c == "\n")]
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of one line, counted from 1, without its end."""
        self.place(0)
        start = self._starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:] if end < 0 else self.text[start:end]


WIDTH = 100                   # of the line shown above a caret


class WorkingsError(Exception):
    """The root of all errors that a person's input can cause.

    `message` says what is wrong, `expected` what would have been right, `hint` what to try;
    `source` and `span` say where.  `exit_code` is the one of the command line.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        span: Span | None = None,
        source: Source | None = None,
        expected: str = "",
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.expected, self.hint = message, expected, hint
        self.span, self.source = span, source

    def located(self, source: Source | None = None, span: Span | None = None) -> WorkingsError:
        """The same error with the place filled in where deep code could not know it."""
        self.source = self.source or source
        self.span = self.span or span
        return self

    def __str__(self) -> str:
        lines = [self._head(), *self._caret()]
        if self.expected:
            lines.append(f"expected: {self.expected}")
        if self.hint:
            lines.append(f"try: {self.hint}")
        return "\n".join(lines)

    def _head(self) -> str:
        if self.source is None or self.span is None:
            return f"{self.source.path}: {self.message}" if self.source and self.source.path else self.message
        line, column = self.source.place(self.span.start)
        return f"{self.source.path or '<text>'}:{line}:{column}: {self.message}"

    def _caret(self) -> list[str]:
        if self.source is None or self.span is None:
            return []
        number, column = self.source.place(self.span.start)
        text = self.source.line(number)
        left = max(0, column - 1 - WIDTH // 2)
        shown = text[left : left + WIDTH].replace("\t", " ")
        last, stop = self.source.place(max(self.span.start, self.span.end - 1))
        wide = stop + 1 - column if last == number else WIDTH
        width = max(1, min(wide, len(shown) - (column - 1 - left)))
        return [f"    {shown}", "    " + " " * (column - 1 - left) + "^" * width]

    def as_dict(self) -> dict[str, Any]:
        """The facts as JSON."""
        out: dict[str, Any] = {"error": type(self).__name__, "message": self.message}
        if self.expected:
            out["expected"] = self.expected
        if self.hint:
            out["hint"] = self.hint
        if self.source is not None and self.span is not None:
            line, column = self.source.place(self.span.start)
            out["source"] = {"path": self.source.path, "line": line, "column": column}
        return out


class NotReadable(WorkingsError):
    """The input could not be read."""


class InputTooLarge(NotReadable):
    """A limit of `limits.py` was passed."""


class BadValue(NotReadable):
    """A value, point, box or option is not what the verb takes."""


class OutOfReach(WorkingsError):
    """Understood, but outside what this verb can do; the smallest culprit is named."""

    exit_code = 3


class NotInstalled(WorkingsError):
    """Something needed is not installed; the hint is the one command that installs it."""

    exit_code = 4
