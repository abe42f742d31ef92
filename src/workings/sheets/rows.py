"""An answer's text as rows, and the formulas in a row: marked ones, else the row itself if it states something."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

ENVIRONMENTS = "equation|align|aligned|alignat|gather|multline|eqnarray|displaymath|math|split|flalign"
LONGEST = 8_000               # characters of one display
PAIRS = (("\\[", "\\]"), ("\\(", "\\)"), ("<!--", "-->"), ("\\begin{", "\\end{"))
LINE = r"(?:\\.|[^$\\\n]|\n(?![ \t]*\n))"
MATHS = re.compile(
    r"(?P<fence>^[ \t]*(?P<tick>`{3,}+|~{3,}+)[ \t]*(?P<lang>[\w+-]*)[^\n]*\n"
    r"(?P<code>.*?)(?:^[ \t]*(?P=tick)[ \t]*$|\Z))"
    rf"|(?P<skip>\\\$|<!--.{{0,{LONGEST}}}?-->|!\[[^\]\n]{{0,300}}\]\([^)\n]{{0,2000}}\))"
    rf"|\$\$(?P<d>{LINE}+?)\$\$|\\\[(?P<b>.{{1,{LONGEST}}}?)\\\]|\\\((?P<p>.{{1,{LONGEST}}}?)\\\)"
    rf"|(?P<env>\\begin\{{(?P<name>{ENVIRONMENTS})(?P<star>\*?)\}}.{{1,{LONGEST}}}?\\end\{{(?P=name)(?P=star)\}})"
    rf"|\$(?P<m>{LINE}+?)\$|(?<!`)`(?P<c>[^`\n]+)`(?!`)",
    re.S | re.M)
STATES = re.compile(r"[=<>≤≥]|\\(?:leq?|geq?|gt|lt)\b|\b(?:are|is) empty\b|->|→|\\to\b")
ARROW = re.compile(r"^(?:=>|⇒|⟹|∴|\\Rightarrow|\\implies|\\therefore|\\Longrightarrow|-->|→)[ \t]*")
BULLET = re.compile(r"^(?:[-*+•–][ \t]+|\d{1,2}[.)][ \t]+|\(?(?:\d{1,2}|[ivx]{1,4})\)[ \t]+(?!and\b|is\b|are\b))")
WORD = re.compile(
    r"(?P<word>[^\W\d_]{2,}|a|I)[,:;]?[ \t]+(?=[^\s=+*/^<>≤≥·-])|(?P<colon>[^\W\d_]{2,}):[ \t]+")
REMARK = re.compile(
    r"(?<![ \t])[ \t]{2,}(?:[#%]|//|--).*$"
    r"|(?<![ \t])[ \t]+[(\[][^\W\d_]{2,}(?:[ \t,.]+[^\W\d_]{2,})*[ \t,.]*[)\]][ \t]*[.;]?[ \t]*$")
SPEECH = frozenset(("given", "at", "class", "empty", "for", "if"))       # words that the notation itself uses
FOR = re.compile(r"[ \t,]*(?:for|if|when|on)[ \t]+", re.I)
AND = re.compile(r"[ \t,]*(?:and|,)[ \t]*", re.I)
DOTTED = re.compile(r"\\[lc]?dots|…|\.\.|\\in\b")              # `for $k = 1, \dots, N$` is a range, no claim
HOLE = "\ue000"               # stands for a formula, a picture or a comment while rows are cut


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the text with a hole for each marked formula; `at(i)` is the offset of a character of it."""

    text: str
    places: tuple[int, ...]
    maths: tuple[tuple[str, int], ...]

    def at(self, i: int) -> int:
        return self.places[min(i, len(self.places) - 1)]


def rows(text: str) -> Iterator[Row]:
    """The rows of a text; a display or environment over several lines is one hole of one row."""
    chars, places, maths = list[str](), list[int](), dict[int, tuple[str, int] | None]()
    end = 0
    for match in MATHS.finditer(_closed(text)):
        chars += text[end : match.start()]
        places += range(end, match.start())
        end = match.end()
        if match["fence"] is not None:
            at = match.start("code")
            body = match["code"] if match["lang"].lower() in ("", "text", "txt", "math", "latex", "tex") else ""
            chars += body
            places += range(at, at + len(body))
            continue
        maths[len(chars)] = _formula(match)
        chars.append(HOLE)
        places.append(match.start())
    chars += text[end:]
    places += range(end, len(text) + 1)
    yield from _cut("".join(chars), places, maths)


def _closed(text: str) -> str:
    """The text without openers that nothing closes, over which no search shall run to the end again and again."""
    for opener, closer in PAIRS:
        last = text.rfind(closer) + len(closer) if closer in text else 0
        text = text[:last] + text[last:].replace(opener, " " * len(opener))
    return text


def _formula(match: re.Match[str]) -> tuple[str, int] | None:
    group = next((g for g in ("d", "b", "p", "env", "m", "c") if match[g] is not None), None)
    if group is None:
        return None
    text = match[group]
    # A display may be broken anywhere; only what breaks its rows says where they end.
    return (text if r"\\" in text else re.sub(r"\s", " ", text)), match.start(group)


def _cut(text: str, places: list[int], maths: dict[int, tuple[str, int] | None]) -> Iterator[Row]:
    start = 0
    for line in text.splitlines(keepends=True):
        stop = start + len(line)
        inside = [maths[i] for i in range(start, stop) if i in maths] if HOLE in line else []
        yield Row(line.rstrip("\n"), tuple(places[start : stop + 1]), tuple(f for f in inside if f is not None))
        start = stop


def formulas(row: Row, start: int, known: Callable[[str], bool]) -> Iterator[tuple[str, int]]:
    """(text, offset) of each formula of a row from `start` on; `known` tells names from words."""
    if row.maths:
        yield from ((text, at) for text, at in _claims(row) if STATES.search(text))
        return
    text = row.text[start:]
    if HOLE in text or not STATES.search(text) or text.lstrip().startswith("#"):
        return
    cut, text = bare(text, known)
    if STATES.search(text):
        yield text, row.at(start + cut)


def _claims(row: Row) -> list[tuple[str, int]]:
    """The marked formulas of a row; `$y = 0$ for $x_1 = 2$ and $x_2 \\leq -2$` is one claim."""
    words = row.text.split(HOLE)
    if len(words) != len(row.maths) + 1:                       # a picture or a comment stands between
        return list(row.maths)
    out: list[tuple[str, int]] = []
    inside = False
    for (text, at), before in zip(row.maths, words):
        begins = bool(out) and FOR.fullmatch(before) is not None and not DOTTED.search(text)
        inside = begins or (inside and AND.fullmatch(before) is not None)
        if inside:
            link = " for " if FOR.fullmatch(before) else ", "
            out[-1] = (out[-1][0] + link + text, out[-1][1])
        else:
            out.append((text, at))
    return out


def bare(text: str, known: Callable[[str], bool]) -> tuple[int, str]:
    """A formula that stands without marks, freed from a bullet, an arrow, words before it and a remark behind it.

    >>> bare("so we get dE/dw = 2*w   (chain rule)", lambda name: name in ("E", "w", "dE"))
    (10, 'dE/dw = 2*w')
    """
    at = len(text) - len(text.lstrip())
    text = REMARK.sub("", text.rstrip())
    for pattern in (BULLET, ARROW):
        match = pattern.match(text[at:])
        at += match.end() if match else 0
    while (match := WORD.match(text, at)) and not (
            (word := match["word"] or match["colon"]) in SPEECH or known(word)):
        at = match.end()
    body = text[at:].rstrip()
    return at, body[:-1].rstrip() if body.endswith((".", ",", ";")) else body
