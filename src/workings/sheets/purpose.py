"""What each formula of a part is for: data of the network, a printed solution, a hint, a point, or a mere mention.

The order of reading decides.  Before a sentence asks, an equation is data.  After it, an equation is a claim, a
printed solution, unless let, assume, where, with, given or consider introduces it.  From "Hint:" on it belongs to
the hint, from "Solution:" on to the solution.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workings.sheets.asks import Ask, asks, by_the_way
from workings.sheets.blocks import Piece
from workings.sheets.prose import MARK, Prose, Sentence

HINT = re.compile(
    r"\W*(?:hints?|tips?|remarks?|notes?)\s*(?:\d+\s*)?(?:\([^)]*\)\s*)?[:.–—]|\W*as a hint\b|\W*\(hints?[:.]", re.I)
SOLUTION = re.compile(
    r"\W*(?:(?:sample |model |example |official )?(?:solutions?|answers?)(?: sketch| outline)?|"
    r"sketch of (?:the )?solution|proof)\s*(?:\(?[a-z]?\)?)\s*(?:[:.–—]|$)", re.I)
INTRODUCES = re.compile(
    r"\b(?:let|lets|assum\w+|where|with|given|giving|consider\w*|suppos\w+|defin\w+|denot\w+|say|"
    r"by setting|setting|set)\b",
    re.I)
RESULTS = re.compile(
    r"\b(?:we (?:get|obtain|have|find)|gives?|yields?|results?|follows?|hence|thus|therefore|so that|then|leads?|"
    r"becomes?|equals?|solution|answer)\b", re.I)
DEFINES = re.compile(
    r"\b(?:decompos\w+|defin\w+|let|denot\w+|introduc\w+|writ\w+|set|setting|name|abbreviat\w+|with|where)\b", re.I)
METHOD = re.compile(
    r"\b(?:can|could|may|might|should|begin|start|first|break|observ\w+|us\w+|try|note|consider|split)\b", re.I)
RELATION = re.compile(
    r"[=<>≤≥∈≔←]|\\(?:in|leq?|geq?|lt|gt|le|ge|leftarrow|gets|coloneqq|equiv|doteq|triangleq|sim|wedge)\b|:=|"
    r"\bin\s+R\b|\bdepends on\b")
EQUATION = re.compile(r"(?<![<>!])=(?!=)|\\(?:coloneqq|doteq|equiv|triangleq)\b|≔")
D = r"(?:\\partial|∂|\\mathrm\s*\{?d\}?|\\text\{d\}|d(?![a-ce-zA-Z]{2}))"
DERIVATIVE = re.compile(
    rf"\s*(?:\\displaystyle\s*)?(?:\\[dt]?frac\s*\{{?\s*{D}[\s\\A-Za-z{{^_]"
    rf"|(?:\\partial|∂)(?:\s*\^\s*\{{?\s*2\s*\}}?)?\s*\S+?\s*/\s*\(?\s*(?:\\partial|∂)|\\nabla|∇"
    rf"|d(?:\^?2)?\s*\\?[A-Za-z]\w*(?:_\{{?\w+\}}?)?\s*/\s*\(?d|D2?\s*\(\s*\w+\s*,|\{{\s*\\partial)", re.S)
SECOND = re.compile(rf"\s*(?:\\displaystyle\s*)?(?:\\[dt]?frac\s*\{{?\s*)?(?:{D}\s*\^\s*\{{?\s*2|d2\S)")
VALUE = re.compile(
    r"(?:[^=]*=)+\s*(?:[-−+]?\s*(?:\d|\\[dt]?frac\s*\{?\s*\d|\\left)|\(|\[|\\begin\{[bp]matrix)[^A-Za-z]*"
    r"(?:[A-Za-z]*matrix[^A-Za-z]*)*$", re.S)


DERIVED = ("gradient", "hessian", "backward")      # what may be asked for at a point


SCRIPTS = re.compile(r"[_^]\s*\{(?:[^{}]|\{[^{}]*\})*\}")


def states(text: str) -> bool:
    """Does a formula state something?  A relation below a sum does not count."""
    return bool(RELATION.search(SCRIPTS.sub("", text)))


@dataclass(slots=True)
class Sorted:
    """The formulas of a part by purpose, in reading order, and what is asked."""

    data: list[Piece] = field(default_factory=list)
    claims: list[Piece] = field(default_factory=list)
    points: list[Piece] = field(default_factory=list)
    maybe: list[Piece] = field(default_factory=list)         # data if what it defines is not yet known
    asks: list[tuple[Sentence, Ask]] = field(default_factory=list)
    hints: list[tuple[str, Sentence, list[Piece]]] = field(default_factory=list)
    solution: tuple[int, int] | None = None


@dataclass(slots=True)
class _State:
    asked: bool = False
    hint: bool = False
    solution: bool = False
    claimed: bool = False     # the last formula of this sentence was a claim
    printed: bool = False     # the solution is that of an environment, and ends with it


def derivative_marks(prose: Prose) -> re.Pattern[str]:
    """A pattern for the marks whose formula is a derivative or begins with one; those of second order in a group."""
    marks = [(m, p.text) for m in re.findall(MARK, prose.text) if (p := prose.formula(m)) and DERIVATIVE.match(p.text)]
    second = "".join(m for m, text in marks if SECOND.match(text))
    first = "".join(m for m, text in marks if not SECOND.match(text))
    classes = [f"([{second}])"] * bool(second) + [f"[{first}]"] * bool(first)
    return re.compile("|".join(classes) or "(?!)")


def sort(prose: Prose) -> Sorted:
    """Every formula that states something, by what it is for."""
    out, state, derivative = Sorted(), _State(), derivative_marks(prose)
    for sentence in prose.sentences:
        _environment(prose.is_printed(sentence.start), state)
        _enter(sentence, state, out)
        if state.solution or (state.hint and not (sentence.starts and _imperative(sentence, prose, derivative))):
            _aside(sentence, prose, state, out)
            continue
        state.hint = False
        body, hint = _cut(sentence)
        found = asks(body, prose, derivative)
        out.asks += [(body, ask) for ask in found]
        _formulas(body, prose, state, found, out)
        state.asked = state.asked or bool(found)
        if hint is not None:
            state.hint = True
            _aside(hint, prose, state, out)
    return out


def _environment(printed: bool, state: _State) -> None:
    """A solution environment holds a printed solution, and nothing after it does."""
    if printed:
        state.solution, state.hint = True, False
    elif state.printed:
        state.solution = False
    state.printed = printed


def _enter(sentence: Sentence, state: _State, out: Sorted) -> None:
    if SOLUTION.match(sentence.text) and (sentence.starts or ":" in sentence.text[:40]):
        state.solution, state.hint = True, False
    elif HINT.match(sentence.text):
        state.hint = True
    state.claimed = False
    if state.solution:
        start = out.solution[0] if out.solution else sentence.start
        out.solution = (start, sentence.end)


def _cut(sentence: Sentence) -> tuple[Sentence, Sentence | None]:
    """A hint in brackets at the end of the sentence that asks: "Find y (hint: …)."""
    match = re.search(r"\(\s*hint\b", sentence.text, re.I)
    if not match:
        return sentence, None
    at = match.start()
    return (
        Sentence(sentence.start, sentence.start + at, sentence.text[:at], sentence.starts),
        Sentence(sentence.start + at, sentence.end, sentence.text[at:], False),
    )


def _imperative(sentence: Sentence, prose: Prose, derivative: re.Pattern[str]) -> bool:
    """Does a paragraph after a hint ask again?  Only one that begins with the asking word itself does."""
    if HINT.match(sentence.text):
        return False
    found = asks(sentence, prose, derivative)
    return bool(found) and bool(found[0].asked) and found[0].start - sentence.start < 24


def _aside(sentence: Sentence, prose: Prose, state: _State, out: Sorted) -> None:
    pieces = [p for p in _pieces(sentence, prose) if states(p.text)]
    if state.solution:
        out.claims += pieces
        return
    equations = [p for p in pieces if EQUATION.search(p.text)]
    if not equations:
        out.hints.append(("method" if METHOD.search(sentence.text) else "claim", sentence, pieces))
        if not state.solution:
            out.asks += [(sentence, ask) for ask in by_the_way(sentence)]
        return
    first = sentence.text[: _offset(sentence, prose, equations[0])]
    names_parts = bool(DEFINES.search(first)) and not DERIVATIVE.match(equations[0].text)
    kind = "definition" if names_parts else "claim"
    out.hints.append((kind, sentence, pieces))
    out.asks += [(sentence, ask) for ask in by_the_way(sentence)]
    if kind == "claim":
        out.claims += [p for p in equations if p.kind == "display"]


def _pieces(sentence: Sentence, prose: Prose) -> Iterator[Piece]:
    for mark in re.findall(MARK, sentence.text):
        piece = prose.formula(mark)
        if piece is not None:
            yield piece


def _offset(sentence: Sentence, prose: Prose, piece: Piece) -> int:
    return next((i for i, c in enumerate(sentence.text) if prose.formula(c) is piece), len(sentence.text))


def _formulas(sentence: Sentence, prose: Prose, state: _State, found: list[Ask], out: Sorted) -> None:
    verb = found[0].start - sentence.start if found else None
    last = 0
    for match in re.finditer(MARK, sentence.text):
        piece = prose.formula(match.group())
        words = sentence.text[last : match.start()]
        last = match.end()
        if piece is None or not states(piece.text):
            continue
        lead = sentence.text[: match.start()]
        if verb is None:
            to = _plain(piece, words, lead, state, out)
        else:
            ask = [a for a in found if a.start - sentence.start <= match.start()]
            to = _asking(piece, words, ask[-1] if ask else None, found[0], out)
        state.claimed = to is out.claims
        if to is not None:
            to.append(piece)


def _plain(piece: Piece, words: str, lead: str, state: _State, out: Sorted) -> list[Piece] | None:
    """A formula of a sentence that asks nothing."""
    if not state.asked:
        return out.claims if DERIVATIVE.match(piece.text) and not INTRODUCES.search(lead) else out.data
    begins = bool(re.match(r"\s*(?:=|&\s*=)", piece.text))
    if DERIVATIVE.match(piece.text) or begins or state.claimed:
        return out.claims
    if INTRODUCES.search(words if RESULTS.search(lead) else lead):
        return out.data
    return out.claims if piece.kind == "display" or EQUATION.search(piece.text) else None


def _asking(piece: Piece, words: str, ask: Ask | None, first: Ask, out: Sorted) -> list[Piece] | None:
    """A formula of a sentence that asks; `ask` is the clause it stands in, None before the first."""
    if ask is None:
        at_point = first.asked == "run" or (first.asked in DERIVED and not INTRODUCES.search(words))
        if at_point and VALUE.fullmatch(piece.text):
            return out.points
        return None if DERIVATIVE.match(piece.text) else out.data if EQUATION.search(piece.text) else out.maybe
    if not EQUATION.search(piece.text):
        return out.maybe if re.search(r"\\in\b|∈", piece.text) else None
    at_point = ask.asked == "run" or (ask.asked in DERIVED and not INTRODUCES.search(words))
    if at_point and VALUE.fullmatch(piece.text):
        return out.points
    if ask.asked == "check" or DERIVATIVE.match(piece.text):
        return out.claims
    if INTRODUCES.search(words) and ask.asked != "boundary":
        return out.data
    return out.maybe
