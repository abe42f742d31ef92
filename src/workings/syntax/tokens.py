"""Text into tokens, in both spellings at once.  A token is (kind, text, start, end); places are those of the text.

Kinds: "n" a number, "w" a name in letters, "text" words in upright type, "tag", "begin" and "end" of an
environment, "nl" the end of a line, "brk" anything else that parts statements, else the operator itself
("+", "<=", "in") or the command that has a form of its own ("\\\\frac").
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from workings.errors import InputTooLarge, NotReadable, Span
from workings.limits import MAX_LINE, MAX_LINES, MAX_TEXT
from workings.syntax import letters

Token = tuple[str, str, int, int]

_FENCE = r"\\(?:left|right|middle|[bB]igg?[lrm]?)\s*"
_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r\f\v]+|\\left\s*\\\{\s*(?=\\begin)|\\[,!:> ]|\\;|~|(?:%|\#)[^\n]*|\\(?:label|ref|eqref)\{[^{}]*\})
    | (?P<w>[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*'*)
    | (?P<n>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)
    | (?P<op>\*\*|-->|<=|>=|!=|==|:=|<-|->|=>|&&|\.\.\.|\.\.|\\[|{}&]|[-+*/^_=<>()\[\]{},@&|'.!:?])
    | (?P<nl>\n)
    | (?P<brk>\\\\(?:\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm)\s*\])?|;|\$\$?|\\[()\[\]])
    | (?P<text>\\(?:text|mbox|textrm|textit|textbf|textsf|textup)\s*\{[^{}]*\})
    | (?P<tag>\\tag\*?\s*\{[^{}]*\})
    | (?P<env>\\(?:begin|end)\s*\{[A-Za-z]+\*?\}(?:\{[lcr|@\d\s]*\})?)
    | (?P<fence>FENCE(?:\\[|{}]|\\[lr]?[vV]ert|\\[lr](?:angle|brace|brack)|[()\[\]|.<>/]))
    | (?P<cmd>\\[A-Za-z]+)
    | (?P<sub>[SUBS]+)
    | (?P<sup>[SUPS]+)
    | (?P<other>(?s:.))
    """
    .replace("FENCE", _FENCE)
    .replace("SUBS", "".join(letters.SUBSCRIPTS))
    .replace("SUPS", "".join(letters.SUPERSCRIPTS)),
    re.VERBOSE,
)
_INNER = re.compile(r"[A-Za-z]|\d+|[-+=()]")
_PLAIN_KINDS = frozenset(("n", "nl"))
_KEYWORDS = frozenset(("and", "or", "not", "in", "implies"))


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of `text[start:end]`, with their places in `text`.

    >>> [t[0] for t in tokens("z₃ = x1*w13")]
    ['w', '_', '{', 'n', '}', '=', 'w', '*', 'w']
    """
    end = len(text) if end is None else end
    _measured(text, start, end)
    if not text.isascii():
        text = letters.same_width(text)
    out: list[Token] = []
    append = out.append
    operators = letters.OPERATORS
    for match in _TOKEN.finditer(text, start, end):
        kind = match.lastgroup
        if kind == "skip":
            continue
        word = match.group()
        at, stop = match.span()
        if kind == "w":
            append((word if word in _KEYWORDS else kind, word, at, stop))
        elif kind in _PLAIN_KINDS:
            append((kind, word, at, stop))
        elif kind == "op":
            append((operators.get(word, word), word, at, stop))
        else:
            out.extend(_special(kind or "", word, at, stop))
    return out


def _measured(text: str, start: int, end: int) -> None:
    """Refuse what is too large before any work is done on it."""
    if end - start > MAX_TEXT:
        raise _too_large(start, f"the text has {end - start:,} characters; at most {MAX_TEXT:,} are read")
    if end - start <= MAX_LINE:
        return
    lines = 1 + text.count("\n", start, end) + text.count(";", start, end)
    if lines > MAX_LINES:
        raise _too_large(start, f"the text has {lines:,} lines; at most {MAX_LINES:,} are read")
    at = start
    for line in re.split("[\n;]", text[start:end]):
        if len(line) > MAX_LINE:
            seen = f"one statement has {len(line):,} characters; at most {MAX_LINE:,} are read"
            raise _too_large(at, seen, "give its parts names of their own")
        at += len(line) + 1


def _too_large(at: int, seen: str, hint: str = "read it in parts") -> InputTooLarge:
    return InputTooLarge(seen, span=Span(at, at + 1), hint=hint)


def _special(kind: str, word: str, at: int, stop: int) -> Iterator[Token]:
    if kind == "cmd":
        yield from _command(word, at, stop)
    elif kind == "fence":
        yield from _fence(word, at, stop)
    elif kind in ("text", "tag"):
        yield (kind, word[word.index("{") + 1 : -1].strip(), at, stop)
    elif kind == "env":
        name = word[word.index("{") + 1 : word.index("}")].rstrip("*")
        yield ("begin" if word.startswith("\\begin") else "end", name, at, stop)
    elif kind == "brk":
        yield ("brk", word, at, stop)
    elif kind in ("sub", "sup"):
        table = letters.SUBSCRIPTS if kind == "sub" else letters.SUPERSCRIPTS
        yield ("_" if kind == "sub" else "^", word, at, at)
        yield ("{", word, at, at)
        for inner in _INNER.finditer("".join(table[c] for c in word)):
            piece = inner.group()
            what = "w" if piece.isalpha() else "n" if piece.isdigit() else piece
            yield (what, piece, at + inner.start(), at + inner.end())
        yield ("}", word, stop, stop)
    else:
        yield _character(word, at, stop)


def _command(word: str, at: int, stop: int) -> Iterator[Token]:
    if word in letters.NOTHING:
        return
    name = word[1:]
    if word in letters.COMMANDS:
        yield (letters.COMMANDS[word], word, at, stop)
    elif name in letters.GREEK_WORDS:
        yield ("w", name, at, stop)
    else:
        yield (word, word, at, stop)


def _fence(word: str, at: int, stop: int) -> Iterator[Token]:
    match = re.match(_FENCE, word)
    bracket = word[match.end() :] if match else word
    right = "right" in word[:6] or (word[0] == "\\" and bool(re.match(r"\\[bB]igg?r", word)))
    left = "left" in word[:5] or bool(re.match(r"\\[bB]igg?l", word))
    if bracket in ("(", "[", "\\{", "\\lbrace", "\\lbrack"):
        yield ("(", word, at, stop)
    elif bracket in (")", "]", "\\}", "\\rbrace", "\\rbrack"):
        yield (")", word, at, stop)
    elif bracket in ("|", "\\vert", "\\lvert", "\\rvert"):
        yield ("lbar" if left else "rbar" if right else "|", word, at, stop)
    elif bracket in ("\\|", "\\Vert", "\\lVert", "\\rVert"):
        yield ("norm", word, at, stop)
    elif bracket in ("\\langle", "<"):
        yield ("<angle", word, at, stop)
    elif bracket in ("\\rangle", ">"):
        yield ("angle>", word, at, stop)
    elif bracket == "/":
        yield ("/", word, at, stop)


def _character(word: str, at: int, stop: int) -> Token:
    if word in letters.OPERATORS:
        return (letters.OPERATORS[word], word, at, stop)
    if word in letters.FRACTIONS:
        return ("n", word, at, stop)
    greek = letters.greek_word(word)
    if greek:
        return ("w", greek, at, stop)
    parts = unicodedata.normalize("NFD", word)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in letters.MARKS:
        return ("w", parts[0] + letters.MARKS[parts[1]], at, stop)
    if word in letters.MARKS:
        return ("mark", letters.MARKS[word], at, stop)
    name = unicodedata.name(word, f"U+{ord(word):04X}").lower()
    raise NotReadable(
        f"the character {word!r} ({name}) has no meaning in a formula",
        span=Span(at, stop),
        expected="letters, digits, operators, brackets or LaTeX commands",
    )
