r"""Text into drafts of statements: where one equation ends and the next begins, in a file or in a display.

Parted by newlines, `;`, `\\`, `\quad`, a comma before the next `name =`, and words such as "with" and "where";
joined where a line begins with `=` or ends with an operator.  A bare `(4)` is a label, no statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workings.errors import InputTooLarge, Span
from workings.limits import MAX_LINE
from workings.syntax.letters import JOINING
from workings.syntax.pratt import RELATIONS
from workings.syntax.tokens import Token, tokens

_TEX = re.compile(r"\\[A-Za-z\\]|_\{|\^\{")
_DISPLAYS = frozenset(
    "align aligned alignat alignedat equation gather gathered split multline eqnarray displaymath math flalign".split()
)
_OPEN, _CLOSE = frozenset(("(", "[", "{")), frozenset((")", "]", "}"))
_NESTS = _OPEN | _CLOSE | {"begin", "end", "nl", "brk", ",", "text", "tag", "&", ".", "and", "if", "for", "?", "!", ":"}
_CONTINUES = frozenset("= * / ^ ) ] } and or < > <= >= != in , @ .".split())
_UNFINISHED = frozenset("= + - * / ^ and or < > <= >= != in @ _ ( <-".split())
_MARKERS = {"if": "if", "when": "if", "for": "for", "on": "for"}
_LEADS = frozenset(("given", "at", "class", "empty", "assume"))
_ORDERS = frozenset(("<", ">", "<=", ">="))
_CONNECTIVES = frozenset("therefore thus hence so then now finally".split())
_FAR = 60                     # tokens in which the dots of a range must come
_ALL = frozenset(("all", "every", "each", "any"))


@dataclass(slots=True, eq=False)
class Draft:
    """The tokens of one statement, with an "end" token; `tex`: letters written together are a product."""

    toks: list[Token]
    tex: bool
    tag: str = ""
    lead: str = ""                                  # given, at, class, empty
    continues: bool = False                         # begins with a relation
    relations: list[int] = field(default_factory=list)   # places of relations outside brackets

    @property
    def span(self) -> Span:
        return Span(self.toks[0][2], self.toks[-1][2])


class _Splitter:
    def __init__(self, text: str, start: int, end: int, display: bool) -> None:
        self.text, self.end, self.display = text, end, display
        self.toks = tokens(text, start, end)
        self.toks.append(("end", "", end, end))
        self.tex = bool(_TEX.search(text, start, end))
        self.out: list[Draft] = []
        self.cur: list[Token] = []
        self.relations: list[int] = []
        self.marked = False                         # a condition follows: commas do not part it
        self.tag = ""
        self.depth = 0
        self.i = 0

    def run(self) -> list[Draft]:
        toks, cur = self.toks, self.cur
        _approximate(toks)
        while True:
            tok = toks[self.i]
            kind = tok[0]
            self.i += 1
            if kind == "(":
                self.depth += 1
                cur.append(tok)
            elif kind == ")":
                self.depth -= self.depth > 0
                cur.append(tok)
            elif kind in _NESTS:
                if kind == "end" and not tok[1]:
                    break
                self._nesting(kind, tok)
                cur = self.cur
            elif kind == "w" and tok[1] in _WORDS:
                self._word(tok)
                cur = self.cur
            else:
                if kind in RELATIONS and not self.depth:
                    self.relations.append(len(cur))
                cur.append(tok)
        self._flush()
        return self.out

    def _nesting(self, kind: str, tok: Token) -> None:
        if kind in _OPEN:
            self.depth += 1
            self.cur.append(tok)
        elif kind in _CLOSE:
            self.depth = max(0, self.depth - 1)
            self.cur.append(tok)
        elif kind in ("begin", "end"):
            self._environment(kind, tok)
        elif self.depth:
            if kind == "nl" and not self.display and self._equation_ahead():
                self._flush()                       # a bracket left open does not swallow the lines after it
            elif kind == "tag":
                self.tag = tok[1]
            elif kind == "." and self.toks[self.i][0] in ("end", "brk"):
                return                              # the full stop of the last of the cases
            elif kind not in ("nl", "?", "!") and (kind != "brk" or tok[1].startswith("\\\\") or tok[1] == ";"):
                self.cur.append(tok)
        else:
            _AT_TOP[kind](self, tok)

    def _equation_ahead(self) -> bool:
        return self.toks[self.i][0] == "w" and self.toks[self.i + 1][0] == "="

    def _environment(self, kind: str, tok: Token) -> None:
        if tok[1] in _DISPLAYS:
            if not self.depth:
                self._flush()
            return
        self.depth = self.depth + 1 if kind == "begin" else max(0, self.depth - 1)
        self.cur.append(tok)

    # -- outside brackets
    def _newline(self, tok: Token) -> None:
        if not self.cur:
            return
        j = self.i
        while self.toks[j][0] in ("&", "nl"):
            j += 1
        kind = self.toks[j][0]
        if kind in _CONTINUES and not (kind == "." and self.toks[j][1] == "."):
            return
        last = self.cur[-1][0]
        if last in _UNFINISHED or (kind in ("+", "-") and not self._relation_ahead(j, (",",))):
            return
        if last == "," and self.display:
            return
        if self.display and not self._relation_ahead(j, ()) and kind != "end":
            return
        self._flush()

    def _break(self, tok: Token) -> None:
        if tok[1] in ("\\quad", "\\qquad") and self.cur and not self._relation_ahead(self.i, ()):
            return
        self._flush()

    def _comma(self, tok: Token) -> None:
        if not self.cur:
            return
        after = self.toks[self.i][0]
        if self._only_layout(self.i):
            return
        ahead = self._relation_ahead(self.i, (",",))
        if not ahead and self.relations and self.cur[self.relations[0]][0] == "in":
            ahead = "in" if self._relation_ahead(self.i, ()) == "in" else ""       # x in R^m, h, y in R^n
        splits = self.relations and not self.marked and ahead and after != "dots"
        bounds = ahead in _ORDERS and all(self.cur[p][0] in _ORDERS for p in self.relations)
        if splits and not bounds:                   # x1 >= 0, x2 >= 0 is one domain
            self._flush()
        else:
            self.cur.append(tok)

    def _only_layout(self, j: int) -> bool:
        """Does nothing but the end of the statement follow?"""
        while self.toks[j][0] in ("nl", "&", "tag"):
            j += 1
        kind, text = self.toks[j][:2]
        if kind == "w" and text in ("where", "with"):
            return True
        return kind in ("end", "text") or kind == "brk"

    def _words(self, tok: Token) -> None:
        """Upright words between formulas."""
        words = re.findall(r"[A-Za-z.]+", tok[1].lower())
        if not words:
            return
        if all(w in JOINING for w in words):
            orders = self._relation_ahead(self.i, (",", "and")) in _ORDERS
            marker = "for" if words == ["where"] and orders else _MARKERS.get(words[0])
            if words == ["and"] or words == ["or"]:
                self._and((words[0], tok[1], tok[2], tok[3]))
            elif marker and self.cur:
                self._marker((marker, tok[1], tok[2], tok[3]))
            else:
                self._flush()
                if words[0] == "given":
                    self.cur.append(("w", "given", tok[2], tok[3]))
        elif len(words) > 1:
            self._flush()
        else:
            self.cur.append(tok)

    def _word(self, tok: Token) -> None:
        """A plain word that may part statements, unless it stands in brackets or is a function."""
        text = tok[1]
        if self.depth or (self.toks[self.i][0] == "(" and text in ("where", "on", "at", "given")):
            self.cur.append(tok)
        elif text == "where" and self.cur and self._relation_ahead(self.i, (",", "and")) in _ORDERS:
            self._marker(("for", text, tok[2], tok[3]))     # y = 1 where x >= 0
        elif text in ("where", "with") and not (self.cur and self.cur[0][1] in _LEADS):
            self._flush()
        elif text in _MARKERS and self.cur:
            self._marker((_MARKERS[text], text, tok[2], tok[3]))
        elif text == "where":
            self._marker(("for", text, tok[2], tok[3]))
        elif text == "for" or (text in _ALL and self.cur and self.cur[-1][0] == "for"):
            return
        else:
            if text in _LEADS and not self.cur:
                self.marked = True
            self.cur.append(tok)

    def _marker(self, tok: Token) -> None:
        """if, for: a condition follows; a range such as k = 1, …, N is a statement of its own."""
        if tok[0] == "for" and self._range_ahead():
            self._flush()
            while self.toks[self.i][1] in _ALL:
                self.i += 1
            return
        if self.toks[self.i][1] == "the":
            self.i += 1
        self.marked = True
        self.cur.append(tok)

    def _range_ahead(self) -> bool:
        seen = False
        for kind, text, _, _ in self.toks[self.i : self.i + _FAR]:
            if kind in ("brk", "nl", "text") or (kind == "end" and not text):
                return seen
            seen = seen or kind in ("dots", "..")
        return seen

    def _and(self, tok: Token) -> None:
        equations = [self.cur[p][0] for p in self.relations] if self.relations else []
        parts = not self.marked and tok[0] == "and" and "=" in equations
        if parts and self._relation_ahead(self.i, (), only_equal=True):
            self._flush()
        else:
            self.cur.append(tok)

    def _dot(self, tok: Token) -> None:
        """A full stop ends a sentence; nothing else outside brackets has a dot."""
        if self.toks[self.i][0] in ("nl", "brk", "text", "tag", "&") or self.i == len(self.toks) - 1:
            return
        self.cur.append(tok)

    def _label(self, tok: Token) -> None:
        self.tag = tok[1]

    def _drop(self, tok: Token) -> None:
        return

    def _keep(self, tok: Token) -> None:
        self.cur.append(tok)

    def _relation_ahead(self, j: int, stops: tuple[str, ...], only_equal: bool = False) -> str:
        """The next relation outside brackets before the statement ends, "" if there is none."""
        depth = 0
        toks = self.toks
        while True:
            kind, text, _, _ = toks[j]
            if kind in _OPEN or kind == "begin":
                depth += 1
            elif kind in _CLOSE or (kind == "end" and text):
                depth -= 1
            elif kind == "end" or (not depth and (kind in ("nl", "brk", "text") or kind in stops)):
                return ""
            elif not depth and (kind == "=" if only_equal else kind in RELATIONS):
                return kind
            j += 1

    def _flush(self) -> None:
        """Ends the statement in hand."""
        cur, relations, tag = self.cur, self.relations, self.tag
        self.cur, self.relations, self.marked, self.depth = [], [], False, 0
        cur, relations = _begun(cur, relations, self.tex)
        while cur and cur[-1][0] in (",", ".", "&", ":"):
            cur.pop()
        if not cur:
            if tag and self.out:
                self.out[-1].tag, self.tag = tag, ""
            return
        if _is_label(cur):
            if self.out:
                self.out[-1].tag = cur[1][1]
            return
        self.tag = ""
        if cur[-1][3] - cur[0][2] > MAX_LINE:
            raise InputTooLarge(
                f"one statement has {cur[-1][3] - cur[0][2]:,} characters; at most {MAX_LINE:,} are read",
                span=Span(cur[0][2], cur[0][3]),
                hint="give its parts names of their own",
            )
        joins = cur[0][0] in RELATIONS or (cur[0][0] in ("+", "-", "*", "/") and not relations)
        if joins and self.out and not self.out[-1].lead:
            self._join(cur, relations, tag)
        else:
            self.out.append(self._draft(cur, relations, tag))

    def _join(self, cur: list[Token], relations: list[int], tag: str) -> None:
        before = self.out[-1]
        before.toks.pop()
        shift = len(before.toks)
        before.toks.extend(cur)
        before.toks.append(("end", "", cur[-1][3], cur[-1][3]))
        before.relations.extend(shift + r for r in relations)
        before.tag = tag or before.tag

    def _draft(self, cur: list[Token], relations: list[int], tag: str) -> Draft:
        stop = cur[-1][3]
        cur.append(("end", "", stop, stop))
        lead = cur[0][1] if cur[0][0] == "w" and cur[0][1] in _LEADS and cur[1][0] not in RELATIONS else ""
        tex = self.tex and _tex(cur)
        return Draft(cur, tex, tag, lead, cur[0][0] in RELATIONS, relations)


def _tex(toks: list[Token]) -> bool:
    """Are letters written together factors here, as in LaTeX?  Not beside *, x1 or x[i], which are plain."""
    for j, (kind, text, at, stop) in enumerate(toks):
        if kind == "*" and text in ("*", "**"):
            return False
        if kind == "[" and j and toks[j - 1][0] == "w" and toks[j - 1][3] == at:
            return False
        if kind == "w" and text[-1].isdigit() and "_" not in text and stop - at == len(text) and len(text) > 1:
            return False
    return True


def _is_label(cur: list[Token]) -> bool:
    return len(cur) == 3 and [t[0] for t in cur] == ["(", "n", ")"]


_WORDS = frozenset(("where", "with", "for", "if", "when", "on", *_LEADS, *_ALL))
_ENDS = frozenset(("end", "nl", "brk", "text", "tag", "&", ",", ".", "="))


def _approximate(toks: list[Token]) -> None:
    """x ≈ 0.76 gives the digits of a number: = before one, which is judged as rounded."""
    for j, tok in enumerate(toks):
        if tok[0] == "approx":
            k = j + 1 + (toks[j + 1][0] == "-")
            if toks[k][0] == "n" and toks[k + 1][0] in _ENDS:
                toks[j] = ("=", *tok[1:])


def _begun(cur: list[Token], relations: list[int], tex: bool) -> tuple[list[Token], list[int]]:
    """A statement without what a person writes before it: `1.`, `b)`, `=>`, therefore; `if A then B` as A => B."""
    start = 0
    if len(cur) > 3 and cur[1][0] in (")", ".") and (cur[0][1].isdigit() or re.fullmatch("[a-h]", cur[0][1])):
        start = 2 if cur[1][3] < cur[2][2] else 0
    while len(cur) > start + 2 and (
        cur[start][0] == "implies"
        or (not tex and cur[start][1] in _CONNECTIVES and cur[start + 1][0] in ("w", "(", "\\frac", "\\partial"))
    ):
        start += 1
    cur, relations = cur[start:], [r - start for r in relations]
    if cur and cur[0][:2] == ("w", "if") and any(t[:2] == ("w", "then") for t in cur):
        cur = [("implies", *t[1:]) if t[:2] == ("w", "then") else t for t in cur[1:]]
        relations = [r - 1 for r in relations]
    return cur, relations


_AT_TOP = {
    "nl": _Splitter._newline, "brk": _Splitter._break, ",": _Splitter._comma, "text": _Splitter._words,
    "tag": _Splitter._label, "&": _Splitter._drop, ".": _Splitter._dot, "and": _Splitter._and, "if": _Splitter._keep,
    "for": _Splitter._keep, "?": _Splitter._drop, "!": _Splitter._keep, ":": _Splitter._keep,
}


def drafts(text: str, start: int = 0, end: int | None = None, display: bool = False) -> list[Draft]:
    """The statements of `text[start:end]` as tokens; in a `display` a newline alone parts nothing."""
    return _Splitter(text, start, len(text) if end is None else end, display).run()
