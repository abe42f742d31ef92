"""The first pass: what a text declares and defines, before any right side is read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from workings.errors import NotReadable, WorkingsError
from workings.expr import Expr, Ref, Rel
from workings.expr.walk import preorder
from workings.syntax import names
from workings.syntax.calls import arguments
from workings.syntax.declared import declare, members
from workings.syntax.entries import resolve
from workings.syntax.letters import FONTS
from workings.syntax.pratt import Reader
from workings.syntax.products import rank
from workings.syntax.scope import Scope
from workings.syntax.split import Draft
from workings.syntax.tokens import Token
from workings.syntax.wording import assigns, steps, words_in

_INDEX_SHAPE = re.compile(r"[A-Za-z]\d?'*")
_BOUND_BY = frozenset(("\\sum", "\\prod", "\\max", "\\min"))
_NEVER_DEFINED = frozenset(("sum", "prod", "max", "min", "where", "D", "P", "D2"))
_PLAIN_BOUND = frozenset(("sum", "prod"))


@dataclass(slots=True, eq=False)
class Head:
    """The left side of a definition: a name, and what stands in a bracket after it."""

    raw: names.Raw | None     # None for a plain name that needs no looking into
    name: str
    args: tuple[Expr, ...] | None = None
    free: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Found:
    """A draft with what kind of statement it is."""

    draft: Draft
    text: str
    kind: str
    head: Head | None = None
    error: WorkingsError | None = None


def sliced(toks: list[Token], start: int, stop: int) -> list[Token]:
    """Some tokens with an "end" token of their own."""
    out = toks[start:stop]
    place = out[-1][3] if out else toks[start][2]
    out.append(("end", "", place, place))
    return out


def classify(draft: Draft) -> str:
    """What kind of statement this looks like, by its outer tokens."""
    toks = draft.toks
    if draft.lead:
        return {"given": "fact", "assume": "fact", "at": "point", "class": "class", "empty": "empty"}[draft.lead]
    if words_in(draft):
        return "words"
    kinds = [toks[p][0] for p in draft.relations]
    if not kinds:
        words = [t[1] for t in toks if t[0] == "w"]
        if "depends" in words:
            return "opaque"
        if any(t[0] == "->" for t in toks):
            return "edge"
        return "domain" if any(t[0] in ("and", "or", "implies") for t in toks) else "expression"
    if draft.continues:
        return "claim"
    if kinds[0] == "in":
        return _membership(draft)
    if "<-" in kinds:
        return "equation" if assigns(draft) else "update"
    if any(t[0] in ("if", "for") for t in toks):
        return "claim"
    if kinds[0] == "=" and _is_range(draft):
        return "range"
    if _opens_derivative(draft):
        return "claim"
    if steps(draft):
        return "update"
    if kinds[0] != "=":
        return "domain"
    return "domain" if any(t[0] in ("and", "or") for t in toks if t[1] != "\\&") and _top_logic(draft) else "equation"


def _opens_derivative(draft: Draft) -> bool:
    """Does it begin with D(E, w) or P(a, z)?  A comma in that bracket means a derivative, not a definition."""
    toks = draft.toks
    if toks[0][1] not in ("D", "P", "D2") or toks[1][0] != "(":
        return False
    depth = 0
    for kind, _, _, _ in toks[1:]:
        depth += (kind in ("(", "[", "{")) - (kind in (")", "]", "}"))
        if kind == "," and depth == 1:
            return True
        if depth == 0:
            return False
    return False


def _top_logic(draft: Draft) -> bool:
    depth = 0
    for kind, _, _, _ in draft.toks:
        depth += (kind in ("(", "[", "{", "begin")) - (kind in (")", "]", "}"))
        if kind in ("and", "or") and depth == 0:
            return True
    return False


def _membership(draft: Draft) -> str:
    after = [t[1] for t in draft.toks[draft.relations[0] + 1 :]]
    if after[0] == "R" or after[:3] == ["\\mathbb", "{", "R"] or after[:2] == ["\\mathbb", "R"]:
        return "array"
    return "range" if any(t[0] in ("dots", "..") for t in draft.toks) else "domain"


def _is_range(draft: Draft) -> bool:
    """i = 1..d, i = 1, \\dots, d: letters on the left, dots among commas on the right."""
    at = draft.relations[0]
    toks = draft.toks
    left = all(t[0] in ("w", ",") for t in toks[:at]) and all(_INDEX_SHAPE.fullmatch(t[1]) for t in toks[:at:2])
    if not left or len(draft.relations) > 1:
        return False
    right = toks[at + 1 : -1]
    return any(t[0] == ".." or (t[0] == "dots" and right[j - 1][0] in (",", "n", "w")) for j, t in enumerate(right))


def survey(found: Iterable[Found], scope: Scope) -> None:
    """Fills `scope` from all drafts of a text and settles which brackets define functions."""
    found = list(found)
    scope.surveying = True
    reader = Reader(scope)
    deeper: list[Found] = []
    for item in found:
        toks = item.draft.toks
        simple = item.kind == "equation" and item.draft.relations[0] == 1 and toks[0][0] == "w" and toks[0][1].isalnum()
        if simple:
            item.head = Head(None, toks[0][1])
            scope.define(toks[0][1], toks[0][1] if item.draft.tex else "")
        if not simple or _indexed(item):
            deeper.append(item)
    scope.find_bare = lambda: _bare(found)
    if deeper:
        _survey_deeper(found, deeper, reader)
    scope.surveying = False
    scope.spelled.clear()


def _indexed(item: Found) -> bool:
    """Does anything stand here that may be an index, or a spelling of LaTeX?"""
    start, stop = item.draft.toks[0][2], item.draft.toks[-1][2]
    text = item.text
    return not text.isascii() or any(text.find(c, start, stop) >= 0 for c in "[_{\\")


def _survey_deeper(found: list[Found], deeper: list[Found], reader: Reader) -> None:
    scope = reader.scope
    for item in deeper:
        if item.kind in ("range", "array"):
            declare(item.draft, item.kind, scope)
        _letters(item.draft.toks, scope)
    for item in deeper:
        if item.kind == "array" and scope.arrays:
            members(item.draft, scope)
    for item in deeper:
        if item.kind == "equation" and item.head is None:
            _try_head(item, reader)
    functions = any(f.head is not None and f.head.args is not None for f in deeper)
    bodies = found if functions else deeper
    for item in bodies:
        _try_body(item, reader)
    if scope.arrays or scope.members:          # once more: a product may be one of arrays that are defined below it
        for item in bodies:
            _try_body(item, reader)
    _settle_functions(deeper, scope)


def _letters(toks: list[Token], scope: Scope) -> None:
    """Letters that are indices by where they stand: bound by a sum, in a shift, in brackets above or behind."""
    toks = [*toks, *[toks[-1]] * 4]          # so that looking ahead is safe
    for j, (kind, text, at, _) in enumerate(toks):
        if kind in _BOUND_BY and toks[j + 1][0] == "_":
            k = j + 2 + (toks[j + 2][0] == "{")
            _note(toks[k], scope)
        elif kind == "w" and text in _PLAIN_BOUND and toks[j + 1][0] == "(":
            if toks[j + 2][0] == "w" and toks[j + 3][0] != ")":
                _note(toks[j + 2], scope)
        elif kind == "^" and toks[j + 1][0] == "{" and toks[j + 2][0] == "(" and toks[j + 4][0] == ")":
            _note(toks[j + 3], scope)
        elif (kind == "_" and toks[j + 1][1] == "T") or (kind == "w" and text.endswith("_T")):
            scope.time = True
        elif kind == "_" and toks[j + 1][0] == "{":
            if toks[j + 3][0] in ("+", "-") and toks[j + 4][0] == "n":
                _note(toks[j + 2], scope)
        elif kind == "[" and j and toks[j - 1][0] == "w" and toks[j - 1][3] == at:
            for tok in toks[j + 1 : j + 1 + names.FAR]:
                if tok[0] in ("]", "end"):
                    break
                _note(tok, scope)


def _note(tok: Token, scope: Scope) -> None:
    if tok[0] == "w" and _INDEX_SHAPE.fullmatch(tok[1]):
        scope.letters.add(tok[1])


def _try_head(item: Found, reader: Reader) -> None:
    """The left side, if it is a name with or without a bracket; else the statement is a claim."""
    draft = item.draft
    at = draft.relations[0]
    toks = sliced(draft.toks, 0, at)
    reader.start(toks, item.text, draft.tex)
    reader.heading = True
    try:
        if toks[0][0] not in names.NAME_STARTS or _of_the_table(toks, reader.scope):
            raise NotReadable("no name")
        raw = names.read_name(reader)
        args = None
        reader.heading = False
        if reader.toks[reader.i][0] in ("(", "["):
            args = arguments(reader)
        if reader.toks[reader.i][0] != "end" or (args is not None and not _parameters(args)):
            raise NotReadable("no name")
        if args is not None and _about_itself(toks, draft):
            raise NotReadable("no name")
    except WorkingsError:
        item.kind = "claim"
        return
    finally:
        reader.heading = False
    free = _free(raw, draft, reader.scope)
    reader.free = free
    tree = resolve(raw, reader)
    if not isinstance(tree, Ref):
        item.kind = "claim"
        return
    item.head = Head(raw, tree.name, args, free)
    reader.scope.define(tree.name, raw.base if len(raw.base) > 1 else "")
    reader.scope.add_family(tree.name, len(tree.indices))


def _about_itself(toks: list[Token], draft: Draft) -> bool:
    """`y(x_1, x_2) = y(x_2, x_1)` says something about y; it defines nothing."""
    start = draft.relations[0] + 1
    return any(
        t[0] == toks[0][0] and t[1] == toks[0][1] and draft.toks[start + j + 1][0] == "("
        for j, t in enumerate(draft.toks[start:-1])
    )


def _of_the_table(toks: list[Token], scope: Scope) -> bool:
    """`tanh'(t) = …`, `sum(i, t[i]) = 1` and `D(E, w) = …` say something; they define nothing."""
    text = toks[0][1]
    bare = text.rstrip("'")
    if (bare in scope.signatures or bare in scope.functions) and ("'" in text or toks[1][0] == "'"):
        return True
    return toks[1][0] == "(" and text in _NEVER_DEFINED and any(t[0] in (",", "[", "_") for t in toks)


def _parameters(args: tuple[Expr, ...]) -> bool:
    return all(isinstance(a, Ref) or type(a).__name__ == "All" for a in args)


def _free(raw: names.Raw, draft: Draft, scope: Scope) -> frozenset[str]:
    """The letters of a left side that are its indices."""
    out: list[str] = []
    for place in (*raw.subs, *raw.sample, *(raw.indices or ())):
        if isinstance(place, str):
            parts = [place] if _INDEX_SHAPE.fullmatch(place) else re.findall(r"[A-Za-z]'*", place)
            above = any(place is s for s in raw.sample)
            if not place.isdigit() and (above or all(_is_index(p, draft, scope) for p in parts)):
                out.extend(parts)
        else:
            out.extend(n.name for n in preorder(place) if isinstance(n, Ref) and not n.indices)
    scope.letters.update(out)
    return frozenset(out)


def _is_index(letter: str, draft: Draft, scope: Scope) -> bool:
    if letter in scope.ranges or letter in scope.letters:
        return True
    if letter in scope.defined or len(letter) != 1 or not letter.islower():
        return False
    # Not declared, but the right side has it as a subscript too: p_i = e^{z_i} / ...
    right = draft.toks[draft.relations[0] :]
    for j, (kind, text, _, _) in enumerate(right):
        if kind == "w" and text.endswith("_" + letter):
            return True
        if kind == "_":
            after = [t[1] for t in right[j + 1 : j + 3]]
            if letter in after or any(_beside(letter, word, scope) for word in after):
                return True
    return False


def _beside(letter: str, word: str, scope: Scope) -> bool:
    """Does the letter stand beside an index in a subscript, as j in w_{ji} under a sum over i?"""
    return len(word) == 2 and word.isalpha() and letter in word and all(c in scope.letters for c in word if c != letter)


def _try_body(item: Found, reader: Reader) -> None:
    """Reads the right side once, only to see which names are families, functions, opaque."""
    draft = item.draft
    at = draft.relations[0] + 1 if item.head is not None else 0
    reader.start(sliced(list(draft.toks), at, len(draft.toks) - 1), item.text, draft.tex,
                 item.head.free if item.head else frozenset())
    reader.scope.lines = item.head is None
    try:
        while reader.toks[reader.i][0] != "end":
            tree = reader.expr(0)
            if item.head is not None and (reader.scope.arrays or reader.scope.members):
                value = rank(tree.args[0] if isinstance(tree, Rel) else tree, reader.scope)
                reader.scope.ranks.update({item.head.name: value} if value > 0 else {})
            if reader.toks[reader.i][0] != "end":
                reader.i += 1
    except (WorkingsError, IndexError):
        pass                  # said when it is read for good
    finally:
        reader.scope.lines = False


def _settle_functions(deeper: list[Found], scope: Scope) -> None:
    """rho(z) = … is a function where rho stands elsewhere with other arguments, or is one of the table."""
    for item in deeper:
        head = item.head
        if head is None or head.args is None or head.raw is None:
            continue
        params = tuple(a.name for a in head.args if isinstance(a, Ref))
        plain = len(params) == len(head.args) and not head.free and all(
            isinstance(a, Ref) and not a.indices for a in head.args
        )
        elsewhere = [u for u in scope.applied.get(head.name, []) if u != params]
        bare = head.name in scope.bare
        if plain and (head.name in scope.signatures or (elsewhere and not bare)):
            scope.functions[head.name] = params
            for primes in ("'", "''"):
                scope.opaque.pop((head.name + primes, 0), None)
            scope.defined.discard(head.name)
            item.kind = "function"


def _applied(toks: list[Token], j: int) -> bool:
    """Does a bracket or a subscript follow, or a power and a bracket as in f^2(x)?"""
    while toks[j][0] == "'":
        j += 1
    if toks[j][0] == "^":
        j += 1
        if toks[j][0] == "{":
            while toks[j][0] not in ("}", "end"):
                j += 1
        j += toks[j][0] != "end"
        return toks[j][0] == "("
    return toks[j][0] in ("(", "[", "_")


def _bare(found: list[Found]) -> set[str]:
    """Names that stand somewhere without a bracket behind them."""
    out: set[str] = set()
    for item in found:
        toks = item.draft.toks
        at = item.draft.relations[0] if item.draft.relations else 0
        for j, (kind, text, _, _) in enumerate(toks):
            in_font = j > 1 and toks[j - 1][0] == "{" and toks[j - 2][0] in FONTS and toks[j + 1][0] == "}"
            if kind == "w" and not _applied(toks, j + 1 + in_font) and not (item.kind == "equation" and j < at):
                out.add(text)
    return out
