"""Markdown as a flat list of blocks and pieces, every one with its place in the whole file.

A *block* is a heading, a paragraph, a display, an explicit line (`> workings: boundary y`) or code.  A *piece* of a
paragraph is words or maths.  markdown-it says which lines belong together; it gives no columns, so the pieces of
those lines are found here, and every span is an offset into the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workings.errors import Source, Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a paragraph.  `kind`: "words", "maths" or "display"; `inner` is the place without the dollars."""

    kind: str
    span: Span
    inner: Span
    text: str                 # of `inner`


@dataclass(frozen=True, slots=True)
class Block:
    """`kind`: "heading", "paragraph", "display", "command" or "code"; `item` is the number of a list item.

    `printed`: it stands in an environment for printed solutions.
    """

    kind: str
    span: Span
    pieces: tuple[Piece, ...]
    level: int = 0
    item: str = ""
    printed: bool = False


MATHS = re.compile(
    r"(?P<skip>\\\$|!\[[^\]]*\]\([^)]*\)|<!--.*?-->)"
    r"|(?P<display>\$\$(?P<d>.+?)\$\$|\\\[(?P<b>.+?)\\\])"
    r"|(?P<maths>\$(?P<m>(?:\\.|[^$\\])+?)\$|\\\((?P<p>.+?)\\\)|(?<!`)`(?P<c>[^`\n]+)`(?!`))",
    re.S,
)
LEAD = re.compile(r"[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)])[ \t]+|>)*[ \t]*")
COMMAND = re.compile(r"\s*workings\s*:\s*(?P<body>.+)", re.S | re.I)
FENCE = re.compile(r"[ \t>]*(?:```+|~~~+)[^\n]*\n(?P<body>.*?)(?:\n[ \t>]*(?:```+|~~~+)\s*|\s*)\Z", re.S)


def blocks(source: Source) -> list[Block]:
    """The blocks of a Markdown text, in order.

    >>> [(b.kind, [p.text for p in b.pieces]) for b in blocks(Source("# Title\\n\\nLet $a = b$\\n\\n$$c = d$$\\n"))]
    [('heading', ['Title']), ('paragraph', ['Let ', 'a = b']), ('display', ['c = d'])]
    """
    tokens = _parser().parse(source.text)
    return list(_merged(_blocks(tokens, source.text), source.text))


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.amsmath import amsmath_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    return MarkdownIt("commonmark").use(dollarmath_plugin).use(amsmath_plugin)


def _blocks(tokens: Iterable[Token], text: str) -> Iterator[Block]:
    starts = [0, *(m.end() for m in re.finditer("\n", text)), len(text)]
    item, quoted = "", 0
    for token in tokens:
        quoted += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "list_item_open":
            item = token.info or token.markup
        elif token.type == "list_item_close":
            item = ""
        make = MAKERS.get(token.type)
        if make is None or token.map is None:
            continue
        start, end = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        block = make(text, start, end, token, quoted > 0, item)
        if block is not None:
            item = "" if block.kind == "paragraph" else item      # only the first paragraph of an item bears its number
            yield block


def _paragraph(text: str, start: int, end: int, token: Token, quoted: bool, item: str) -> Block | None:
    start = LEAD.match(text, start, end).end()  # type: ignore[union-attr]
    end = start + len(text[start:end].rstrip())
    command = COMMAND.fullmatch(text, start, end) if quoted else None
    if command:
        body = Span(command.start("body"), command.end("body"))
        return Block("command", Span(start, end), (_words(text, body.start, body.end),))
    return Block("paragraph", Span(start, end), tuple(pieces(text, start, end)), item=item)


def _heading(text: str, start: int, end: int, token: Token, quoted: bool, item: str) -> Block | None:
    if token.markup.startswith("#"):
        start = re.compile(r"[ \t>]*#+[ \t]*").match(text, start).end()  # type: ignore[union-attr]
        end = start + len(re.sub(r"[ \t]+#+[ \t]*$", "", text[start:end].rstrip()).rstrip())
    else:
        end = start + len(text[start:end].rstrip().rsplit("\n", 1)[0].rstrip())
    end = max(start, end)
    return Block("heading", Span(start, end), tuple(pieces(text, start, end)), level=int(token.tag[1:]))


def _display(text: str, start: int, end: int, token: Token, quoted: bool, item: str) -> Block | None:
    match = MATHS.search(text, start, end)
    if not match or not match.group("display"):
        return None
    return Block("display", Span(start, end), (_maths(text, match),))


def _environment(text: str, start: int, end: int, token: Token, quoted: bool, item: str) -> Block | None:
    close = text.find("\\end", start)                  # the plugin's last line is one too early
    close = text.find("}", close) + 1 if close >= 0 else 0
    end = max(close, start + len(text[start:end].rstrip()))
    span = Span(start, end)
    return Block("display", span, (Piece("display", span, span, text[start:end]),))


def _code(text: str, start: int, end: int, token: Token, quoted: bool, item: str) -> Block | None:
    fence = FENCE.match(text, start, end)
    body = Span(fence.start("body"), fence.end("body")) if fence else Span(start, end)
    return Block("code", Span(start, end), (Piece("code", body, body, text[body.start : body.end]),))


MAKERS = {
    "paragraph_open": _paragraph,
    "heading_open": _heading,
    "math_block": _display,
    "math_block_label": _display,
    "amsmath": _environment,
    "fence": _code,
    "code_block": _code,
}


def _merged(found: Iterable[Block], text: str) -> Iterator[Block]:
    """A display may hold blank lines: a paragraph with an open `$$` takes the blocks up to its end."""
    wait: Block | None = None
    for block in found:
        if wait is not None:
            span = Span(wait.span.start, block.span.end)
            block = Block("paragraph", span, tuple(pieces(text, span.start, span.end)), item=wait.item)
            wait = None
        if block.kind == "paragraph" and _open(block):
            wait = block
        else:
            yield block
    if wait is not None:
        yield wait


def _open(block: Block) -> bool:
    return sum(p.text.replace("\\$", "").count("$$") for p in block.pieces if p.kind == "words") % 2 == 1


def pieces(text: str, start: int, end: int) -> Iterator[Piece]:
    """The words and the maths between two offsets, in order; pictures and comments are left out."""
    at = start
    for match in MATHS.finditer(text, start, end):
        if match.group("skip") == "\\$":
            continue
        if match.start() > at:
            yield _words(text, at, match.start())
        if not match.group("skip"):
            yield _maths(text, match)
        at = match.end()
    if at < end:
        yield _words(text, at, end)


def _words(text: str, start: int, end: int) -> Piece:
    return Piece("words", Span(start, end), Span(start, end), text[start:end])


def _maths(text: str, match: re.Match[str]) -> Piece:
    group = next(g for g in "dbmpc" if match.group(g) is not None)
    inner = Span(*match.span(group))
    kind = "display" if match.group("display") else "maths"
    return Piece(kind, Span(*match.span()), inner, text[inner.start : inner.end])
