"""A part as running text: formulas stand as single marks in it, and every character knows its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from workings.errors import Span
from workings.sheets.blocks import Block, Piece
from workings.sheets.outline import BARE

FIRST_MARK = 0xE000           # private use: one character for each formula
MARKS = 0xF8FF - FIRST_MARK
MARK = f"(?-i:[{chr(FIRST_MARK)}-{chr(FIRST_MARK + MARKS)}])"      # case means nothing here; folding it costs 0.1 s
ABBREVIATION = re.compile(
    r"\b(?:eqs?|eqns?|figs?|secs?|i\.\s?e|e\.\s?g|w\.\s?r\.\s?t|resp|cf|vs|approx|etc|ref|s\.\s?t|a\.\s?k\.\s?a)\.$",
    re.I)
SENTENCE_END = re.compile(r"[.?!](?=[\s*_)]|$)")
PARAGRAPH = "\n\n"
NEAR = 200                    # characters looked at on either side of a sentence's end


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of the running text; `starts` says whether it begins a paragraph."""

    start: int
    end: int
    text: str
    starts: bool


@dataclass(slots=True)
class Prose:
    """`text` with `places[i]`, the offset in the file of its character i; `formulas[n]` is behind mark n."""

    text: str = ""
    places: list[int] = field(default_factory=list)
    formulas: list[Piece] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    printed: list[tuple[int, int]] = field(default_factory=list)     # the environments for printed solutions

    def is_printed(self, at: int) -> bool:
        """Does a place of the text lie in an environment for printed solutions?"""
        return any(start <= at < end for start, end in self.printed)

    def formula(self, mark: str) -> Piece | None:
        """The formula behind a mark; None for any other character."""
        number = ord(mark) - FIRST_MARK
        return self.formulas[number] if 0 <= number < len(self.formulas) else None

    def span(self, start: int, end: int) -> Span:
        """The place in the file of text[start:end]."""
        if start >= end:
            return Span(self.places[start - 1] if start else 0, self.places[start - 1] if start else 0)
        last = self.formula(self.text[end - 1])
        return Span(self.places[start], last.span.end if last else self.places[end - 1] + 1)


def prose(blocks: Iterable[Block]) -> Prose:
    """The running text of some blocks, cut into sentences; explicit lines and code are not part of it."""
    out = Prose()
    chunks: list[str] = []
    for block in blocks:
        if block.kind not in ("paragraph", "display", "heading") or _bare(block):
            continue
        if chunks:
            chunks.append(PARAGRAPH)
            out.places.extend([block.span.start] * len(PARAGRAPH))
        start = len(out.places)
        for piece in block.pieces:
            chunks.append(_words(piece, out) if piece.kind == "words" else _mark(piece, out))
        if block.printed:
            out.printed.append((start, len(out.places)))
    out.text = "".join(chunks)
    out.sentences = list(_sentences(out.text, out))
    return out


def _bare(block: Block) -> bool:
    """A paragraph or display that is only the number of an equation, or the full stop after a display."""
    return len(block.pieces) == 1 and bool(BARE.fullmatch(block.pieces[0].text))


def _words(piece: Piece, out: Prose) -> str:
    kept = [(c, piece.span.start + i) for i, c in enumerate(piece.text) if c not in "*\r" and not _private(c)]
    out.places.extend(at for _, at in kept)
    return "".join(" " if c in "\n\t\xa0" else c for c, _ in kept)


def _private(c: str) -> bool:
    return FIRST_MARK <= ord(c) <= FIRST_MARK + MARKS


def _mark(piece: Piece, out: Prose) -> str:
    if len(out.formulas) >= MARKS:
        return ""
    out.formulas.append(piece)
    out.places.append(piece.span.start)
    return chr(FIRST_MARK + len(out.formulas) - 1)


def _sentences(text: str, prose: Prose) -> Iterable[Sentence]:
    start, starts = 0, True
    for end, paragraph in _ends(text, prose):
        if end <= start:
            continue
        words = text[start:end]
        lead = len(words) - len(words.lstrip())
        if words.strip(" \n.,;*"):
            yield Sentence(start + lead, end, words.strip(), starts)
            starts = paragraph
        else:
            starts = starts or paragraph
        start = end


def _ends(text: str, prose: Prose) -> Iterable[tuple[int, bool]]:
    """Where sentences end, and whether what follows begins a paragraph."""
    for match in re.finditer(rf"{SENTENCE_END.pattern}|{PARAGRAPH}|$", text):
        after = text[match.end() : match.end() + NEAR].lstrip(" ")
        if match.group() == PARAGRAPH:
            parted = prose.is_printed(match.start() - 1) != prose.is_printed(match.end())
            if parted or not _goes_on(text[max(0, match.start() - NEAR) : match.start()], after, prose):
                yield match.end(), True
        elif not match.group():
            yield match.end(), True
        elif not ABBREVIATION.search(text[max(0, match.start() - 12) : match.end()]) and _fresh(after):
            yield match.end(), after.startswith(PARAGRAPH)


def _fresh(after: str) -> bool:
    return not after or not after[0].islower()


def _goes_on(before: str, after: str, prose: Prose) -> bool:
    """Does a sentence run on over a paragraph's end: into a display, or out of one in small letters?"""
    before = before.rstrip()
    if not before or not after:
        return False
    piece = prose.formula(after[0])
    if piece is not None and piece.kind == "display":
        return before[-1] not in ".?!"
    return after[0].islower() or after[0] in ",;." or (before[-1] == "," and after[0] != "(")
