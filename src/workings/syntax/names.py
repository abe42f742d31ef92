r"""Names: how letters, layers, subscripts, samples and brackets become a plain name and its indices.

    x_1, x1, \boldsymbol{x}_1 -> x1      w_{1,3} -> w13      W^{(1)} -> W1      \hat{y} -> yhat
    x_i^{(k)}, x[i,k] -> x[i,k]          \mathrm{net}_{h1} -> net_h1            a^{[2]}_1 -> a2_1
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workings.expr import All, Expr
from workings.syntax import letters, squares
from workings.syntax.pratt import Reader
from workings.syntax.tokens import Token
from workings.syntax.wording import said_apart

Item = str | Expr             # one part of a subscript: digits, letters, or a shift such as t-1
_WORD = re.compile(r"([A-Za-z]+)(\d*)((?:_[A-Za-z0-9]+)*)('*)")
LETTER = re.compile(r"[A-Za-z]\d?'*|(?:{})'*".format("|".join(letters.GREEK_WORDS)))
_CUT = re.compile(r"(_\d+)(?=[A-Za-z])|(?<=[A-Za-z]\d)(?=[A-Za-z])|(?<=\d\d)(?=[A-Za-z])")
FAR = 200                    # tokens that are looked ahead for the end of an index or a power
_DECLARED = frozenset(("\\rm", "\\it", "\\bf", "\\cal"))      # fonts that hold to the end of the braces


@dataclass(slots=True)
class Raw:
    """A name as it stands, before it is known which of its parts are indices."""

    base: str
    latex: str = ""           # of the base: \hat{y}
    bold: bool = False
    layer: str = ""
    subs: list[Item] = field(default_factory=list)
    sample: list[Item] = field(default_factory=list)      # indices above: (k), <t>
    indices: tuple[Expr, ...] | None = None               # in square brackets
    primes: str = ""
    start: int = 0


def word_parts(word: str) -> tuple[str, list[Item], str]:
    """Base, subscripts and primes of a plain name: ("w", ["1", "12"], "") of w1_12."""
    match = _WORD.fullmatch(word)
    if not match:
        return word, [], ""
    base, digits, rest, primes = match.groups()
    subs: list[Item] = [digits] if digits else []
    subs.extend(p for p in rest.split("_") if p)
    return base, subs, primes


def pieces(word: str, reader: Reader) -> str:
    r"""The first name in a run of letters: all of it where it is known or plain, one letter of `wh` in LaTeX."""
    scope = reader.scope
    if scope.known(word) or word in scope.signatures or word in scope.bases or reader.heading:
        return word
    cut = _CUT.search(word)
    if cut and cut.start() + len(cut.group()) < len(word):
        return pieces(word[: cut.end()], reader)
    match = re.match(r"[A-Za-z]+", word)
    run = match.group() if match else word
    if len(run) == 1:
        return _one_subscript(word, reader) if reader.tex else word
    if not reader.tex or run in letters.GREEK_WORDS:
        return word
    return _first_of_run(run, word, reader)


def _one_subscript(word: str, reader: Reader) -> str:
    """TeX: `w_ix_i` is w_i times x_i, `U_zh_t` is U_z times h_t; a plain `E_o1` or `E_total` stays whole."""
    match = re.fullmatch(r"([A-Za-z]+\d*_[a-z])([A-Za-z].*)", word)
    if not match:
        return word
    tail, scope = match.group(2), reader.scope
    hangs = reader.toks[reader.i + 1][0] in ("_", "^")
    factors = all(c in scope.defined or c in scope.families or c in scope.bare for c in tail)
    return match.group(1) if "_" in tail or hangs or factors else word


def _first_of_run(run: str, word: str, reader: Reader) -> str:
    scope = reader.scope
    if run[0] in scope.families and run[0] not in scope.bare:       # sc_o beside s_i: s alone is no factor
        return word
    for length in range(len(run), 0, -1):
        part = run[:length]
        if scope.known(part) or part in scope.bases or (part in scope.signatures and length > 1):
            return word if length == len(run) else run[:length]
    if run[0] == "d" and len(run) == 2 and not scope.known("d"):
        return word
    whole = len(run) > 2 and not all(scope.known(c) or c in scope.bare for c in run)
    return word if whole else run[0]


def read_name(reader: Reader) -> Raw:
    """The name at the next token with all that hangs on it."""
    raw = base_of(reader)
    _suffixes(reader, raw)
    return raw


def base_of(reader: Reader) -> Raw:
    """The name without what hangs on it."""
    kind, text, at, stop = reader.toks[reader.i]
    if kind not in NAME_STARTS:
        raise reader.fail(f"{reader.seen()} where a name should stand", "a letter or a word")
    if kind == "w":
        if len(text) > 1 and stop - at == len(text):
            reader.split_word(len(pieces(text, reader)))
            first = reader.toks[reader.i][1]
            if len(first) < len(text) and text.isalpha():
                said_apart(reader, text, at)
            text = first
        reader.i += 1
        base, subs, primes = word_parts(text)
        latex = "\\" + base if base in letters.GREEK_WORDS else base
        raw = Raw(base, latex, subs=subs, primes=primes, start=at)
        if reader.toks[reader.i][0] == "mark":
            raw.base += reader.toks[reader.i][1]
            reader.i += 1
        return raw
    if kind == "text":
        reader.i += 1
        return Raw(re.sub(r"\W+", "", text), f"\\mathrm{{{text}}}", start=at)
    reader.i += 1
    inner = _argument(reader, text)
    latex = reader.text[at : reader.toks[reader.i - 1][3]]
    if kind in letters.ACCENTS:
        inner.base += letters.ACCENTS[kind]
    elif kind in ("\\boldsymbol", "\\mathbf", "\\bm", "\\bf", "\\pmb", "\\vec"):
        inner.bold = True
    inner.start, inner.latex = at, latex
    return inner


def _argument(reader: Reader, command: str) -> Raw:
    """The name inside a font or an accent: one token, or all in braces."""
    kind, _text, _at, _ = reader.toks[reader.i]
    if kind != "{":
        if kind == "w" and command not in _DECLARED:
            reader.split_word(1)
        return base_of(reader) if kind in NAME_STARTS else _no_name(reader, command)
    reader.i += 1
    reader.deeper()
    inner = reader.toks[reader.i]
    if inner[0] in letters.FONTS or inner[0] in letters.ACCENTS:
        raw = base_of(reader)
        _suffixes(reader, raw)
    else:
        raw = _word_in_braces(reader, command)
    reader.expect("}", "a closing brace }")
    reader.depth -= 1
    return raw


def _word_in_braces(reader: Reader, command: str) -> Raw:
    words: list[str] = []
    start = reader.toks[reader.i][2]
    while reader.toks[reader.i][0] in ("w", "n", "-", "text"):
        words.append(reader.toks[reader.i][1])
        reader.i += 1
    word = "".join(w for w in words if w != "-")
    if not word or not word[0].isalpha():
        return _no_name(reader, command)
    if "_" in word or reader.toks[reader.i][0] == "_":
        base, subs, primes = word_parts(word)
        raw = Raw(base, base, subs=subs, primes=primes, start=start)
        _suffixes(reader, raw)
        return raw
    return Raw(word, start=start)


def _no_name(reader: Reader, command: str) -> Raw:
    raise reader.fail(f"{reader.seen()} where the name after {command} should stand", "a letter or a word")


def _suffixes(reader: Reader, raw: Raw) -> None:
    while True:
        kind = reader.toks[reader.i][0]
        if kind == "_":
            reader.i += 1
            raw.subs.extend(subscript(reader))
        elif kind == "^":
            if not _above(reader, raw) and not _subscript_first(reader):
                return
        elif kind == "'":
            reader.i += 1
            raw.primes += "'"
        elif kind == "[" and squares.takes_indices(reader, raw) and squares.index_like(reader, raw):
            raw.indices = squares.indices(reader)
        else:
            return


def _subscript_first(reader: Reader) -> bool:
    """x^2_1 is x_1^2: puts the subscript before the power."""
    toks, at = reader.toks, reader.i
    middle = _after_group(toks, at + 1)
    if not reader.tex or toks[middle][0] != "_":
        return False
    stop = _after_group(toks, middle + 1)
    toks[at:stop] = [*toks[middle:stop], *toks[at:middle]]
    return True


def _after_group(toks: list[Token], j: int) -> int:
    """The place after one token, or after all that stands in braces."""
    if toks[j][0] != "{":
        return min(j + 1, len(toks) - 1)
    depth, far = 0, j + FAR
    while toks[j][0] != "end" and j < far:
        depth += (toks[j][0] == "{") - (toks[j][0] == "}")
        j += 1
        if not depth:
            break
    return j


def subscript(reader: Reader) -> list[Item]:
    """What stands after _: digits and letters apart, anything longer as an expression."""
    kind, text, _, _ = reader.toks[reader.i]
    if kind != "{":
        if kind == "w" and reader.tex:
            reader.split_word(1)
            text = reader.toks[reader.i][1]
        if kind not in ("w", "n", "text"):
            raise reader.fail(f"{reader.seen()} where a subscript should stand", "a letter, digits, or { }")
        reader.i += 1
        return [text]
    reader.i += 1
    reader.deeper()
    out: list[Item] = []
    while reader.toks[reader.i][0] != "}":
        kind, text, _, _ = reader.toks[reader.i]
        if kind == "end":
            raise reader.fail("a subscript ends in the middle", "a closing }")
        after = reader.toks[reader.i + 1][0]
        if kind in ("in", "or") and text == kind:      # x_{in} has two indices
            kind = "w"
        if kind == "," or kind in _DECLARED:
            reader.i += 1
        elif _dot_here(reader):
            reader.i += 1
            out.append(All(reader.span(reader.toks[reader.i - 1][2])))
        elif kind in ("w", "n") and after in ("*", ":") and reader.toks[reader.i + 2][0] in ("}", ","):
            reader.i += 1                          # W_{i\cdot}
            out.append(text)
        elif kind in letters.FONTS or kind == "text":
            raw = base_of(reader)
            out.append(raw.base)
        elif kind in ("w", "n") and after in ("w", "n", ",", "}", "{", "text", "\\prime") and "_" not in text:
            reader.i += 1
            out.append(text)
        elif kind in ("w", "n") and after == "'":
            reader.i += 2
            out.append(text + "'")
        else:
            out.append(reader.expr(10))
    reader.i += 1
    reader.depth -= 1
    return out


def _dot_here(reader: Reader) -> bool:
    r"""Is this the dot of a slice: W_{i,\cdot}, W_{:,j}, W_{\cdot j}?"""
    before, (kind, text, _, _), after = reader.toks[reader.i - 1 : reader.i + 2]
    ends = after[0] in ("}", ",")
    if kind == ".":
        return ends
    return (kind == ":" or text == "\\cdot") and (ends or before[0] in ("{", ","))


def _above(reader: Reader, raw: Raw) -> bool:
    """A superscript that belongs to the name; False leaves a power where it is."""
    save = reader.i
    toks = reader.toks
    braced = toks[save + 1][0] == "{"
    j = save + 1 + braced
    if not braced and reader.tex and toks[j][0] == "w":
        reader.i = j
        reader.split_word(1)
        reader.i = save
    kind, text = toks[j][:2]
    if kind in ("(", "[") and braced and toks[j][1] in ("(", "[", "\\left(", "\\left["):
        reader.i = j
        if _marks(reader, raw):
            return True
    elif kind == "<angle" and braced:
        reader.i = j + 1
        raw.sample.append(reader.expr(10))
        reader.expect("angle>", "a closing angle bracket")
        reader.expect("}", "a closing brace }")
        return True
    elif kind in ("\\prime", "'") and toks[j + 1][0] == "}" and braced:
        raw.primes += "'"
        reader.i = j + 2
        return True
    elif kind == "*" and text in ("*", "\\ast") and (not braced or toks[j + 1][0] == "}"):
        raw.base += "star"
        raw.latex += "^{*}"
        reader.i = j + 1 + braced
        return True
    elif kind == "w" and (toks[j + 1][0] == "}" or not braced) and (
        _is_letter_index(reader, text) or (reader.heading and len(text) == 1 and text.islower())
    ):
        raw.sample.append(text)
        reader.i = j + 1 + braced
        return True
    elif braced and kind == "w" and _is_letter_index(reader, text) and _shift_ends(toks, j):
        reader.i = j
        raw.sample.append(reader.expr(10))
        reader.expect("}", "a closing brace }")
        return True
    reader.i = save
    return False


def _shift_ends(toks: list[Token], j: int) -> bool:
    """l+1 and nothing more before the closing brace."""
    return toks[j + 1][0] in ("+", "-") and toks[j + 2][0] == "n" and toks[j + 3][0] == "}"


def _marks(reader: Reader, raw: Raw) -> bool:
    r"""`(k)`, `(2)`, `[l]`, `[2](i)` above a name: numbers are the layer, letters an index."""
    found: list[Item] = []
    while reader.toks[reader.i][0] in ("(", "["):
        close = ")" if reader.toks[reader.i][0] == "(" else "]"
        kind, text = reader.toks[reader.i + 1][:2]
        if kind in ("n", "w") and reader.toks[reader.i + 2][0] == close and (kind == "n" or LETTER.fullmatch(text)):
            found.append(text)
            reader.i += 3
        elif _shift_in_brackets(reader):
            reader.i += 1
            found.append(reader.expr(10))
            reader.expect(close, f"a closing {close}")
        else:
            return False
    if reader.toks[reader.i][0] != "}":
        return False
    reader.i += 1
    for item in found:
        if isinstance(item, str) and item.isdigit() and not raw.layer:
            raw.layer = item
        else:
            raw.sample.append(item)
    return True


def _shift_in_brackets(reader: Reader) -> bool:
    """l+1, t-1: one letter and a shift."""
    kinds = [t[0] for t in reader.toks[reader.i + 1 : reader.i + 5]]
    return kinds[:1] == ["w"] and kinds[1:2] in (["+"], ["-"]) and kinds[2:3] == ["n"] and kinds[3:4] in ([")"], ["]"])


def _is_letter_index(reader: Reader, text: str) -> bool:
    scope = reader.scope
    if not LETTER.fullmatch(text) or (scope.known(text) and text not in scope.ranges):
        return False
    last_layer = text == "L" and "l" in scope.letters
    return text in scope.ranges or text in reader.bound or text in reader.free or last_layer


def plain_name(base: str, layer: str, subs: list[str], primes: str = "") -> str:
    """The plain spelling of a name's parts: w13, w1_12, net_h1, W2, a2_1."""
    if layer:
        return "_".join([base + layer, *subs]) + primes
    if subs and all(s.isdigit() for s in subs) and (len(subs) == 1 or all(len(s) == 1 for s in subs)):
        return base + "".join(subs) + primes
    if subs and subs[0].isdigit():
        return "_".join([base + subs[0], *subs[1:]]) + primes
    return "_".join([base, *subs]) + primes


NAME_STARTS: frozenset[str] = frozenset(("w", "text", *letters.FONTS, *letters.ACCENTS))
