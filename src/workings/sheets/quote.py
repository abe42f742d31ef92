"""What the sheet says, as blocks of the page: its words and formulas as they stand there, as print would set them.

A comma or full stop after a display belongs to the display; a paragraph that was cut in the middle of a sentence is
joined; short formulas that go on after a display stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workings.document import Block, Code, Display, Inline, Math, Paragraph, Raw, Row
from workings.sheets import blocks as sheet
from workings.sheets.outline import BARE

TAG = re.compile(r"\\tag\*?\s*\{([^{}]*)\}|\\label\{[^{}]*\}")
ENVIRONMENT = re.compile(
    r"\s*\\begin\{(?P<name>(?:align|aligned|alignat|gather|gathered|split|eqnarray|multline|equation|flalign)\*?)\}"
    r"(?P<body>.*)\\end\{(?P=name)\}(?P<end>\s*[.,;]?\s*)", re.S)
BEGIN_OR_END = re.compile(r"\\(?P<what>begin|end)\s*\{[^{}]*\}|\\\\(?:\s*\[[^\]]*\])?|\\.|[{}&]", re.S)
STOPS = re.compile(r"\s*(?P<stop>[,;.])(?=\s|$)\s*")
JOINS = re.compile(r"\s*(?P<before>[,;.]?)\s*(?P<word>and|with|where)?\s*", re.I)
INK = re.compile(r"\\(?:frac|tfrac|dfrac|left|right|quad|qquad|text|mathrm|boldsymbol|mathbf)\b|[{}_^\\\s]")
WIDE = 70                     # signs of formulas that stand side by side


def quoted(blocks: Iterable[sheet.Block]) -> tuple[Block, ...]:
    """What the sheet says, as blocks of the page."""
    out: list[Block] = []
    line: list[Inline] = []           # the paragraph that may go on
    for block in blocks:
        if block.kind not in ("paragraph", "heading", "display", "code"):
            continue
        if not (line and block.kind == "paragraph" and _goes_on(line, block)):
            _close(line, out)
        if block.kind == "code":
            out += [Code(p.text) for p in block.pieces]
        elif len(block.pieces) == 1 and BARE.fullmatch(block.pieces[0].text) and out:
            _numbered(block.pieces[0].text, out)
        else:
            _pieces(block, line, out)
    _close(line, out)
    return tuple(_joined(out))


def _pieces(block: sheet.Block, line: list[Inline], out: list[Block]) -> None:
    if line:
        line.append(" ")
    for piece in block.pieces:
        if piece.kind == "display":
            _close(line, out)
            out.append(Display(tuple(_rows(piece.text))))
        elif piece.kind == "maths":
            line.append(Math(Raw(piece.text.strip())))
        else:
            words = re.sub(r"\s+", " ", piece.text.replace("**", "").replace("*", ""))
            line.append(words if line else _stopped(words, out).lstrip())


def _close(line: list[Inline], out: list[Block]) -> None:
    if any(not isinstance(p, str) or p.strip() for p in line):
        out.append(Paragraph(tuple(line)))
    line.clear()


def _goes_on(line: Sequence[Inline], block: sheet.Block) -> bool:
    """Was a sentence cut: no end before, and a small letter after?"""
    last, first = line[-1], block.pieces[0] if block.pieces else None
    open_end = not isinstance(last, str) or last.rstrip()[-1:] not in (".", "?", "!", ":", ")")
    return open_end and first is not None and first.kind == "words" and first.text.lstrip()[:1].islower()


def _stopped(words: str, out: list[Block]) -> str:
    """The words after a display without the comma or full stop that ends it, which goes to the display."""
    match = STOPS.match(words)
    if match and out and isinstance(out[-1], Display):
        out[-1] = _with_last(out[-1], match["stop"])
        return words[match.end() :]
    return words


def _with_last(display: Display, more: str) -> Display:
    """The display with something added to its last formula, a stop only where none stands."""
    *rows, last = display.rows
    latex = last.formula.latex if isinstance(last.formula, Raw) else ""
    if more in ",;." and latex.rstrip()[-1:] in (",", ";", "."):
        return display
    return Display((*rows, replace(last, formula=Raw(latex + more))))


def _numbered(text: str, out: list[Block]) -> None:
    """A number or a full stop that stands alone below a display."""
    last = out[-1]
    if not isinstance(last, Display):
        return
    label = text.strip(" ().,;\n")
    if label:
        out[-1] = Display((*last.rows[:-1], replace(last.rows[-1], tag=label)))
    elif text.strip():
        out[-1] = _with_last(last, text.strip())


def _joined(blocks: Sequence[Block]) -> Iterator[Block]:
    """A paragraph of formulas and "and", "with", "where" alone stands in the display before it."""
    wait: Display | None = None
    for block in blocks:
        rows = _beside(wait, block) if wait is not None and isinstance(block, Paragraph) else None
        if rows is not None:
            wait = Display(tuple(rows))
            continue
        if wait is not None:
            yield wait
        wait = block if isinstance(block, Display) else None
        if wait is None:
            yield block
    if wait is not None:
        yield wait


def _beside(display: Display, paragraph: Paragraph) -> list[Row] | None:
    """The rows of a display with the formulas of a paragraph that says nothing else; None where it says more."""
    *rows, last = display.rows
    if not isinstance(last.formula, Raw):
        return None
    parts, word = [last.formula.latex], ""
    for item in paragraph.line:
        match = JOINS.fullmatch(item) if isinstance(item, str) else None
        if isinstance(item, Math) and isinstance(item.formula, Raw) and "=" in item.formula.latex:
            parts.append((rf"\text{{{word}}}\quad " if word else "") + item.formula.latex)
            word = ""
        elif match:
            parts[-1] += match["before"]
            word = match["word"] or ""
        else:
            return None
    if len(parts) == 1 or word:
        return None
    if sum(len(INK.sub("", p)) for p in parts) > WIDE:
        return [*rows, replace(last, formula=Raw(parts[0])), *(Row(Raw(p)) for p in parts[1:])]
    return [*rows, replace(last, formula=Raw(r" \quad ".join(parts)))]


def _rows(latex: str) -> Iterator[Row]:
    """A display as rows: an environment that aligns has one for each of its lines."""
    match = ENVIRONMENT.fullmatch(TAG.sub("", latex)) and ENVIRONMENT.fullmatch(latex)
    if not match:
        tag = TAG.search(latex)
        yield Row(Raw(TAG.sub("", latex).strip()), tag=(tag.group(1) or "") if tag else "")
        return
    lines = [cells for cells in _cells(match["body"]) if any(c.strip() for c in cells)]
    for i, cells in enumerate(lines):
        tag = TAG.search("".join(cells))
        pairs = ["".join(cells[n : n + 2]).strip() for n in range(0, len(cells), 2)]
        shown = r" \qquad ".join(TAG.sub("", p).strip() for p in pairs if p)
        end = match["end"].strip() if i == len(lines) - 1 else ""
        yield Row(Raw(shown + end), tag=(tag.group(1) or "") if tag else "")


def _cells(body: str) -> list[list[str]]:
    r"""The lines of an environment, cut at each `&`; what stands in braces or in another environment stays whole."""
    lines: list[list[str]] = [[""]]
    depth = at = 0
    for match in BEGIN_OR_END.finditer(body):
        lines[-1][-1] += body[at : match.start()]
        at, text = match.end(), match.group()
        depth += (match["what"] == "begin" or text == "{") - (match["what"] == "end" or text == "}")
        if depth == 0 and text == "&":
            lines[-1].append("")
        elif depth == 0 and text.startswith("\\\\"):
            lines.append([""])
        else:
            lines[-1][-1] += text
    lines[-1][-1] += body[at:]
    return lines
