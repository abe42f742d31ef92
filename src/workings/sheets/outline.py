"""Which exercises a sheet has, which parts, how many points: the labels, before anything is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction

from workings.errors import Span
from workings.expr import Remark
from workings.sheets.blocks import Block, Piece

Points = int | Fraction


@dataclass(slots=True)
class RawPart:
    """A part's label ("a"; "" for what an exercise says before its parts) and its blocks."""

    label: str
    blocks: list[Block] = field(default_factory=list)
    points: list[Points] = field(default_factory=list)


@dataclass(slots=True)
class RawExercise:
    number: str
    title: str
    span: Span
    points: list[Points]
    intro: RawPart
    parts: list[RawPart] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    title: str
    exercises: list[RawExercise]
    remarks: list[Remark]


HEAD = re.compile(
    r"(?:exercise|problem|question|task|aufgabe)\s+(?P<number>\d+(?:\.\d+)*[a-z]?|[ivx]+)\b"
    r"\s*(?:[:.)–—-]+\s*)?(?P<title>.*)", re.I | re.S)
NUMBERED = re.compile(r"(?P<number>\d+(?:\.\d+)*)\s*[:.)]\s*(?P<title>\S.*)", re.S)
NUMBER = r"\d+(?:[.,]\d+|/\d+)?"
POINTS = re.compile(
    rf"[(\[]\s*(?P<list>{NUMBER}(?:\s*\+\s*{NUMBER})*)\s*(?:=\s*(?P<sum>{NUMBER})\s*)?"
    r"(?:P|p|Pts?\.?|pts?\.?|[Pp]oints?|[Pp]unkte|[Mm]arks?)\.?\s*[)\]]")
LABEL = re.compile(r"[ \t]*[*_]{0,3}(?:\((?P<a>[a-z]{1,4})\)|(?P<b>[a-z]{1,4})\)|[Pp]art\s+\(?(?P<c>[a-z])\)?[:.]?)"
                   r"[*_:.]{0,4}(?:\s+|$)")
ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
# An equation's number, or what follows a display.
BARE = re.compile(r"\s*(?:\(\s*\d+(?:\.\d+)*[a-z]?\s*\)|[.,;])\s*")


def outline(blocks: list[Block]) -> Outline:
    """The exercises of a sheet with their parts; a sheet without headings is one exercise."""
    remarks: list[Remark] = []
    heads = _heads(blocks)
    title = next((_text(b) for i, b in enumerate(blocks) if b.kind == "heading" and i not in heads), "")
    first = min(heads, default=len(blocks))
    before = [b for b in blocks[:first] if b.kind != "heading"]
    exercises: list[RawExercise] = []
    if not heads:
        exercises.append(_exercise("1", title, Span(0, 0), before, remarks))
    order = sorted(heads)
    for at, following in zip(order, [*order[1:], len(blocks)]):
        number, name = heads[at]
        rest = [_run_in(blocks[at])[1]] if blocks[at].kind == "paragraph" else []
        inside = [b for b in rest if "".join(p.text for p in b.pieces).strip()] + blocks[at + 1 : following]
        exercises.append(_exercise(number, name, blocks[at].span, inside, remarks))
    return Outline(title, exercises, remarks)


def _heads(blocks: list[Block]) -> dict[int, tuple[str, str]]:
    """Where an exercise begins: (number, title) by position; headings named so, else numbered, else all but one."""
    headings = [(i, _text(b)) for i, b in enumerate(blocks) if b.kind == "heading"]
    headings += [(i, title) for i, b in enumerate(blocks) if (title := _run_in(b)[0])]
    for pattern in (HEAD, NUMBERED):
        found = {i: (m["number"], m["title"]) for i, text in headings if (m := pattern.fullmatch(text))}
        if found:
            return found
    plain = [(i, text) for i, text in headings if blocks[i].kind == "heading" and not _sub(text)]
    deepest = max((blocks[i].level for i, _ in plain), default=0)
    under = [(i, text) for i, text in plain if blocks[i].level == deepest]
    if len(plain) < 2 or (len(under) == len(plain) and len(plain) < 3):
        return {}
    under = under[1:] if len(under) == len(plain) else under
    return {i: (str(n), text) for n, (i, text) in enumerate(under, 1)}


def _sub(text: str) -> bool:
    return bool(LABEL.match(text) or re.match(r"\s*(solutions?|hints?|answers?)\b", text, re.I))


RUN_IN = re.compile(
    r"\s*(?P<bold>\*\*|__)?\s*(?P<head>(?:exercise|problem|question|task|aufgabe)\s+\d+[a-z]?\b(?:\s*[.:)])?)", re.I)


def _run_in(block: Block) -> tuple[str, Block]:
    """A paragraph that begins as a heading does, "**Exercise 3: Title** …" or "Exercise 3. …", and what is left."""
    first = block.pieces[0] if block.kind == "paragraph" and block.pieces else None
    match = RUN_IN.match(first.text) if first is not None and first.kind == "words" else None
    if first is None or match is None:
        return "", block
    if match["bold"]:
        close = first.text.find(match["bold"], match.end())
        end = close + 2 if close >= 0 else len(first.text)
        points = POINTS.match(first.text, end + len(first.text[end:]) - len(first.text[end:].lstrip()))
        end = points.end() if points else end
    elif len(block.pieces) == 1 and "." not in first.text[match.end() :]:
        end = len(first.text)
    elif match["head"].endswith((".", ":")):
        end = match.end()
    else:
        return "", block
    rest = _piece(first, first.span.start + end, first.span.end)
    title = re.sub(r"\s+", " ", first.text[:end].replace(match["bold"] or "\0", "")).strip()
    return title, replace(block, span=Span(rest.span.start, block.span.end), pieces=(rest, *block.pieces[1:]))


def _text(block: Block) -> str:
    words = "".join(p.text if p.kind == "words" else f"${p.text}$" for p in block.pieces)
    return re.sub(r"\s+", " ", words.replace("**", "")).strip()


def _exercise(number: str, title: str, span: Span, blocks: list[Block], remarks: list[Remark]) -> RawExercise:
    title, points = _points(title, span, remarks)
    exercise = RawExercise(number, title.strip(" :–-"), span, points, RawPart(""))
    here = exercise.intro
    for block in _split(blocks):
        label, rest = _label(block, here.label)
        if label:
            here = RawPart(label)
            exercise.parts.append(here)
            block = rest
            if block.pieces and block.pieces[0].kind == "words":
                _, here.points = _points(block.pieces[0].text, block.span, remarks)
                block = _after_points(block)
        here.blocks.append(block)
    if not exercise.points and all(p.points for p in exercise.parts):
        exercise.points = [sum(p.points) for p in exercise.parts]
    if len(exercise.points) > 1 and len(exercise.points) != len(exercise.parts):
        says = f"exercise {number} lists points for {len(exercise.points)} parts and has {len(exercise.parts)}"
        remarks.append(Remark("note", says, span))
    return exercise


def _after_points(block: Block) -> Block:
    """The block without the points that stand right after its label."""
    first = block.pieces[0]
    match = re.compile(rf"\s*{POINTS.pattern}\s*").match(first.text)
    if not match:
        return block
    rest = _piece(first, first.span.start + match.end(), first.span.end)
    kept = (rest, *block.pieces[1:]) if rest.text else block.pieces[1:]
    return replace(block, span=Span(rest.span.start, block.span.end), pieces=kept)


def _points(text: str, span: Span, remarks: list[Remark]) -> tuple[str, list[Points]]:
    match = POINTS.search(text)
    if not match:
        return text, []
    points = [_number(n) for n in match["list"].split("+")]
    if match["sum"] and sum(points) != _number(match["sum"]):
        says = f"the points {match['list']} add up to {sum(points)}, not to {match['sum']}"
        remarks.append(Remark("note", says, span))
    return text[: match.start()] + text[match.end() :], points


def _number(text: str) -> Points:
    value = Fraction(text.strip().replace(",", "."))
    return int(value) if value.denominator == 1 else value


def _split(blocks: list[Block]) -> Iterator[Block]:
    """The blocks, with a paragraph cut at each line that begins the next part: `(b)` right under `(a)`."""
    for block in blocks:
        if block.kind != "paragraph" or block.printed:
            yield block
            continue
        cut = _cut(block)
        while cut is not None:
            before, block = cut
            yield before
            cut = _cut(block)
        yield block


def _cut(block: Block) -> tuple[Block, Block] | None:
    for i, piece in enumerate(block.pieces):
        if piece.kind != "words":
            continue
        for match in re.finditer(r"\n(?=[ \t]*(?:[-*+][ \t]+)?[*_]{0,3}\(?[b-z]\)[*_]{0,3}\s)", piece.text):
            at = piece.span.start + match.end()
            left = _piece(piece, piece.span.start, at)
            right = _piece(piece, at, piece.span.end)
            return (
                Block("paragraph", Span(block.span.start, at), (*block.pieces[:i], left), item=block.item),
                Block("paragraph", Span(at, block.span.end), (right, *block.pieces[i + 1 :]), item=block.item),
            )
    return None


def _piece(piece: Piece, start: int, end: int) -> Piece:
    text = piece.text[start - piece.span.start : end - piece.span.start]
    return Piece(piece.kind, Span(start, end), Span(start, end), text)


def _label(block: Block, last: str) -> tuple[str, Block]:
    """The label that a block bears, if it is one that may follow `last`, and the block without it."""
    if block.kind not in ("paragraph", "heading") or not block.pieces or block.pieces[0].kind != "words":
        return "", block
    if block.printed:
        return "", block
    first = block.pieces[0]
    match = LABEL.match(first.text)
    label = next((g for g in match.groups() if g), "") if match else ""
    if match and label and _follows(label, last):
        rest = _piece(first, first.span.start + match.end(), first.span.end)
        span = Span(rest.span.start, block.span.end)
        return label, replace(block, kind="paragraph", span=span, pieces=(rest, *block.pieces[1:]))
    number = block.item.rstrip(".)")
    if number.isdigit() and (not last or last.isdigit()):
        return number, block
    return "", block


def _follows(label: str, last: str) -> bool:
    if not last:
        return label in ("a", "i")
    if last in ROMAN and label in ROMAN and (last, label) != ("i", "j"):
        return ROMAN.index(label) == ROMAN.index(last) + 1
    return len(label) == 1 and len(last) == 1 and 1 <= ord(label) - ord(last) <= 2
