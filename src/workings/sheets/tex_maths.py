"""Words and formulas of a LaTeX file as pieces of the text that it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workings.limits import TEX_LOOKED
from workings.errors import Source, Span
from workings.expr import Remark
from workings.sheets import tex_words as words
from workings.sheets.blocks import Block, Piece
from workings.sheets.tex_text import Writer
from workings.sheets.tex_tokens import Stream, Tok, written

# What cannot stand in a formula: one that meets it was not closed.
OUTSIDE = frozenset(
    "item question titledquestion part subpart chapter section subsection subsubsection paragraph".split())
DROPPED = frozenset(("nonumber", "notag", "ensuremath", "xspace", "allowbreak", "noindent", "protect"))
ROWS = frozenset(("align", "gather", "eqnarray", "flalign", "alignat", "IEEEeqnarray"))


class Maths(Stream):
    """Puts words and formulas into the text; the walk over the file is built on it."""

    def __init__(self, tokens: Sequence[Tok], source: Source, labels: dict[str, str]) -> None:
        super().__init__(tokens, source)
        self.out = Writer()
        self.pieces: list[Piece] = []
        self.labels = dict(labels)
        self.current = ""         # what a \label here stands for
        self.equations = 0
        self.last = 0             # the place in the file of what was put last

    def add(self, block: Block) -> None:
        """One more block."""
        raise NotImplementedError

    def cut(self) -> None:
        """Ends the paragraph in hand."""
        raise NotImplementedError

    def note(self, says: str, tok: Tok) -> None:
        """A remark without a caret."""
        self.remarks.append(Remark("note", says, self.where(tok)))

    def at(self, span: Span | None) -> Span | None:
        """A place in the file as one in the text."""
        return None if span is None else self.where(Tok("words", "", "", span.start, span.end))

    def where(self, tok: Tok) -> Span:
        """A blank of its own in the text, outside of all pieces, that knows the place in the file."""
        self.out.put(" ", tok.at)
        return Span(self.out.size - 1, self.out.size)

    # -- words
    def say(self, tok: Tok) -> None:
        """Words as they stand, but for dashes and quotation marks."""
        for text, at, exact in words.ligatures(tok.text):
            self.put(text, tok, at, exact and not tok.via)

    def put(self, text: str, tok: Tok, at: int = 0, exact: bool = False) -> None:
        """Text into the paragraph in hand; none begins with a blank."""
        begins = not self.pieces
        if begins:
            stripped = text.lstrip()
            at, text = at + len(text) - len(stripped), stripped
        if not text:
            return
        start = self.out.size
        self.last = tok.at if tok.via else tok.at + at
        self.out.put(text, self.last, exact)
        before = self.pieces[-1] if self.pieces else None
        if before is not None and before.kind == "words" and before.span.end == start:
            start, text = before.span.start, before.text + text
            self.pieces.pop()
        span = Span(start, self.out.size)
        self.pieces.append(Piece("words", span, span, text))

    def trimmed(self) -> tuple[Piece, ...]:
        """The pieces in hand, without blanks at their end."""
        pieces = self.pieces
        while pieces and pieces[-1].kind == "words":
            last = pieces.pop()
            text = last.text.rstrip()
            if text:
                span = Span(last.span.start, last.span.start + len(text))
                pieces.append(Piece("words", span, span, text))
                break
        return tuple(pieces)

    # -- formulas
    def dollars(self, tok: Tok) -> None:
        """`$…$` and `$$…$$`."""
        size = self._until("maths", tok.text)
        if size is None:
            self.problem(f"the formula that begins here is not closed, and is left out; {tok.text} is missing", tok)
            return
        body = self.take(size)
        self._formula(tok, body[:-1], body[-1], display=tok.text == "$$")

    def bracketed(self, tok: Tok) -> None:
        r"""`\(…\)` and `\[…\]`."""
        close = {"(": "\\)", "[": "\\]"}[tok.name]
        size = self._until("sym", close)
        if size is None:
            self.problem(f"the formula that begins here is not closed, and is left out; {close} is missing", tok)
            return
        body = self.take(size)
        self._formula(tok, body[:-1], body[-1], display=tok.name == "[")

    def display(self, tok: Tok) -> None:
        r"""`\begin{align} … \end{align}`."""
        size = self.ends(tok)
        if size is None:
            self.problem(f"\\begin{{{tok.name}}} is not closed, and what it holds is left out", tok,
                         f"\\end{{{tok.name}}}")
            while self.todo and not _outside(self.todo[-1]) and self.todo[-1].kind != "par":
                self.todo.pop()
            return
        body = self.take(size)
        base = tok.name.rstrip("*")
        if base in ("alignat", "IEEEeqnarray") and len(body) > 2 and body[0].kind == "{":
            body = body[next((n for n, t in enumerate(body) if t.kind == "}"), 0) + 1 :]
        tag = self._numbers(tok, body[:-1])
        if base in words.SINGLE:
            self._formula(tok._replace(text="$$"), body[:-1], body[-1]._replace(text="$$"), True, tag)
        else:
            name = {"IEEEeqnarray": "align", "dgroup": "gather"}.get(base, base) + ("*" if tok.name[-1] == "*" else "")
            self._rows(name, tok, body[:-1], body[-1])

    def _rows(self, name: str, opener: Tok, body: list[Tok], closer: Tok) -> None:
        r"""The rows of a display; `\intertext{…}` parts it in two, with words between."""
        at = next((n for n, t in enumerate(body) if t.name in ("intertext", "shortintertext") and t.kind == "cs"), None)
        head, tail = (body, None) if at is None else (body[:at], body[at:])
        begin = opener._replace(text=f"\\begin{{{name}}}")
        self._formula(begin, head, closer._replace(text=f"\\end{{{name}}}"), True, whole=True)
        if tail is not None:
            between = opener._replace(kind="begin", text=opener.text, name=name)
            self.todo.extend([closer._replace(kind="end", name=name), *reversed(tail[1:])])
            says = self.group(tail[0])
            self.todo.extend([between, *reversed([*says, tail[0]._replace(kind="par", text="\n\n")])])

    def _numbers(self, tok: Tok, body: Sequence[Tok]) -> str:
        """Numbers the rows as they are printed, for references; gives the number of a single formula."""
        numbered = tok.name in words.DISPLAYS and tok.name not in ("displaymath", "math")
        rows: list[list[Tok]] = [[]]
        for part in body:
            if part.kind == "sym" and part.name == "\\" and tok.name.rstrip("*") in ROWS:
                rows.append([])
            rows[-1].append(part)
        shown = ""
        for row in rows:
            tag = re.search(r"\\tag\*?\s*\{([^{}]*)\}", written(row))
            silent = any(t.kind == "cs" and t.name in ("nonumber", "notag") for t in row)
            if numbered and not tag and not silent and written(row).strip("\\ \n"):
                self.equations += 1
                shown = str(self.equations)
            keys = re.findall(r"\\label\s*\{([^{}]*)\}", written(row))
            for key in keys:
                self.labels[key.strip()] = tag[1] if tag else shown or self.current
            shown = "" if tag or not keys else shown
        return shown

    def _formula(self, opener: Tok, body: list[Tok], closer: Tok, display: bool, tag: str = "",
                 whole: bool = False) -> None:
        if display:
            self.cut()
            if not opener.name.isalpha():
                self._numbers(opener, body)               # $$…$$ and \[…\] have a number only by \tag
        start = self.out.size
        self._write(opener)
        begin = self.out.size
        text = "".join(self._write(t) for t in _cleaned(body))
        if tag:
            text += self._write(closer._replace(text=f"\\tag{{{tag}}}", via=("tag",)))
        end = self.out.size
        self._write(closer)
        outer = Span(start, self.out.size)
        kind = "display" if display else "maths"
        if whole:
            text = opener.text + text + closer.text
        if not text.strip():
            return
        piece = Piece(kind, outer, outer if whole else Span(begin, end), text)
        if display:
            self.add(Block("display", outer, (piece,)))
        else:
            self.pieces.append(piece)

    def _write(self, tok: Tok) -> str:
        exact = not tok.via and len(tok.text) == tok.end - tok.at
        self.last = tok.at
        self.out.put(tok.text, tok.at, exact)
        return tok.text

    def _until(self, kind: str, text: str) -> int | None:
        """How many tokens there are up to the one that closes a formula; None where it is not closed."""
        depth, first, n = 0, None, 0
        todo = self.todo
        for n in range(1, min(len(todo), TEX_LOOKED) + 1):
            tok = todo[-n]
            if tok.kind == kind and tok.text == text:
                if depth <= 0:
                    first = n
                    break
                first = first or n
            if _outside(tok) or (tok.kind == "par" and text == "$"):
                break
            depth += (tok.kind == "{") - (tok.kind == "}")
        self.look(n)
        return first

    def ends(self, tok: Tok) -> int | None:
        """How many tokens there are up to the end of an environment that has just begun."""
        depth = 1
        picture = tok.name.rstrip("*") in words.PICTURES
        n = 0
        for n in range(1, min(len(self.todo), TEX_LOOKED) + 1):
            inner = self.todo[-n]
            if inner.name == tok.name and inner.kind in ("begin", "end"):
                depth += 1 if inner.kind == "begin" else -1
                if not depth:
                    break
            elif _outside(inner) and not (picture and inner.name in ("item", "part")):
                break
        self.look(n)
        return None if depth else n


def _outside(tok: Tok) -> bool:
    if tok.kind == "cs":
        return tok.name in OUTSIDE
    if tok.kind == "verbatim":
        return True
    return tok.kind in ("begin", "end") and (
        tok.name in words.LISTS or tok.name in words.SOLUTIONS or tok.name in words.PLAIN)


def _cleaned(body: Sequence[Tok]) -> list[Tok]:
    """A formula without labels and layout; a blank where a command would run into the letter after it."""
    out: list[Tok] = []
    skip = 0
    for n, tok in enumerate(body):
        if skip:
            skip -= 1
        elif tok.kind == "cs" and tok.name == "label" and n + 1 < len(body) and body[n + 1].kind == "{":
            skip = next((m for m, t in enumerate(body[n + 1 :], 1) if t.kind == "}"), 0)
        elif (tok.kind == "cs" and tok.name in DROPPED) or tok.kind == "command":
            continue
        else:
            if out and out[-1].kind == "cs" and tok.text[:1].isalpha():
                out.append(tok._replace(kind="words", text=" ", via=("blank",)))
            out.append(tok._replace(text="\n", via=("par",)) if tok.kind == "par" else tok)
    return out
