r"""Derivatives as people write them: dE/dw, ∂E/∂w, \frac{\partial E}{\partial w}, D(E,w), P(a,z), \nabla_W f."""

from __future__ import annotations

import re

from workings.expr import Deriv, Expr, Num
from workings.syntax import names
from workings.syntax.calls import arguments
from workings.syntax.entries import resolve
from workings.syntax.pratt import POWER, SUM, Reader

WORDS = {"D": "D", "P": "P", "D2": "D", "DP": "d"}
_SECOND = re.compile(r"d(\d)([A-Za-z].*)")
_UPRIGHT_D = ["\\mathrm", "{", "d", "}"]


def named(reader: Reader) -> Expr | None:
    """D(E, w), P(a5, z5), D2(E, u, v); a bracket without comma is no derivative."""
    _, word, at, _ = reader.toks[reader.i]
    opened = reader.i + 1
    reader.i = opened
    args = arguments(reader)
    if len(args) == 1:
        reader.done[opened] = (args[0], reader.i)
        reader.i = opened - 1
        return None
    if (word == "D2" and len(args) != 3) or (word in ("P", "DP") and len(args) != 2):
        wanted = "D2(E, u, v)" if word == "D2" else f"{word}(a, z)"
        raise reader.fail(f"{word} is given {len(args)} arguments", wanted, span=reader.span(at))
    return Deriv(args[0], args[1:], WORDS[word], reader.span(at))


def inline(reader: Reader) -> Expr:
    r"""\partial E/\partial w, ∂E/∂w, ∂²E/∂v²."""
    at = reader.toks[reader.i][2]
    if reader.toks[reader.i + 1][0] == "_":
        return gradient(reader, "d")                # \partial_y E
    reader.deeper()
    order, kind = _mark(reader)
    of = None if reader.toks[reader.i][0] == "/" else _of_inline(reader)
    reader.depth -= 1
    if reader.toks[reader.i][0] != "/":
        raise reader.fail(f"{reader.seen()} where the lower half of the derivative should stand", "/∂w", span=None)
    reader.i += 1
    wrt = _below_inline(reader, order)
    return _finish(reader, of, wrt, order, kind, at)


def _of_inline(reader: Reader) -> Expr:
    kind, _, _, _ = reader.toks[reader.i]
    return resolve(names.read_name(reader), reader) if kind in names.NAME_STARTS else reader.expr(POWER - 1)


def inline_words(reader: Reader) -> Expr | None:
    """dE/dw13, dh[3]/dh[2], d2E/dv2, d2J/(dth[k] dth[l]), d^2E/dv^2; None if this is no derivative."""
    toks, i = reader.toks, reader.i
    j = i + 1
    if toks[i][1] == "d":
        if reader.scope.known("d"):
            return None
        if toks[j][0] == "^":
            j += 4 if toks[j + 1][0] == "{" else 2
        if toks[j][0] in names.NAME_STARTS:
            j += 1
    j = _past_suffixes(reader, j)
    if toks[j][0] != "/" or not _differential(reader, j + 1 + (toks[j + 1][0] == "(")):
        return None
    at = toks[i][2]
    order, kind = _mark(reader)
    of = None if reader.toks[reader.i][0] == "/" else _of_inline(reader)
    reader.expect("/", "/")
    return _finish(reader, of, _below_inline(reader, order), order, kind, at)


def _past_suffixes(reader: Reader, j: int) -> int:
    """The place after [i,k], _{13} and ' ."""
    toks = reader.toks
    while True:
        kind = toks[j][0]
        if kind == "'":
            j += 1
        elif kind == "_" and toks[j + 1][0] != "{":
            j += 2
        elif kind in ("[", "_"):
            depth = 0
            while toks[j][0] != "end":
                depth += (toks[j][0] in ("[", "{")) - (toks[j][0] in ("]", "}"))
                j += 1
                if depth == 0 and toks[j - 1][0] in ("]", "}"):
                    break
        else:
            return j


def _differential(reader: Reader, j: int) -> bool:
    """Does dw or ∂w stand at place j?"""
    kind, text = reader.toks[j][:2]
    if kind == "\\partial":
        return True
    if kind == "\\mathrm":
        return [t[1] for t in reader.toks[j : j + 4]] == _UPRIGHT_D
    if kind != "w" or text[0] != "d" or reader.scope.known(text):
        return False
    return len(text) > 1 or (reader.toks[j + 1][0] in names.NAME_STARTS and not reader.scope.known("d"))


def _mark(reader: Reader) -> tuple[int, str]:
    """Reads ∂, d, ∂^2, d2, ∂^+; what follows is the quantity."""
    kind, text, at, stop = reader.toks[reader.i]
    order, what = 1, "d"
    if kind == "\\mathrm":
        reader.i += 4
    elif kind == "\\partial" or text == "d":
        reader.i += 1
    else:
        second = _SECOND.fullmatch(text)
        order = int(second.group(1)) if second else 1
        cut = 2 if second else 1
        reader.toks[reader.i] = (kind, text[cut:], at + cut, stop)
        return order, what
    if reader.toks[reader.i][0] == "^":
        above = [t[0] for t in reader.toks[reader.i + 1 : reader.i + 4]]
        if above[:1] == ["+"] or above == ["{", "+", "}"]:
            reader.i += 2 if above[0] == "+" else 4
            return 1, "P"
        reader.i += 1
        exponent = reader.exponent()
        if isinstance(exponent, Num) and isinstance(exponent.value, int) and 1 <= exponent.value <= 9:
            order = exponent.value
    return order, what


def _below_inline(reader: Reader, order: int) -> list[Expr]:
    if reader.toks[reader.i][0] != "(":
        return _variables(reader, order, single=True)
    reader.i += 1
    out = _variables(reader, order, single=False)
    reader.expect(")", "a closing )")
    return out


def _variables(reader: Reader, order: int, single: bool) -> list[Expr]:
    """dw, dv2, ∂u ∂v: what is differentiated by, as often as it says."""
    out: list[Expr] = []
    while _differential(reader, reader.i):
        kind, text, at, stop = reader.toks[reader.i]
        _mark(reader)
        kind, text, at, stop = reader.toks[reader.i]
        # d2E/dv2: the order stands behind the variable
        glued = single and order > 1 and kind == "w" and text.endswith(str(order)) and len(text) > 1 \
            and reader.toks[reader.i + 1][0] not in ("^", "_", "[")
        if glued:
            reader.toks[reader.i] = (kind, text[:-1], at, stop - 1)
        if reader.toks[reader.i][0] not in names.NAME_STARTS:
            raise reader.fail(f"{reader.seen()} where the variable of a derivative should stand", "a name such as w_1")
        variable = resolve(names.read_name(reader), reader)
        times = order if glued else 1
        if reader.toks[reader.i][0] == "^" and reader.toks[reader.i - 1][0] != "^":
            reader.i += 1
            exponent = reader.exponent()
            times = exponent.value if isinstance(exponent, Num) and isinstance(exponent.value, int) else 1
        out.extend([variable] * min(times, 9))
        if single:
            break
    if not out:
        raise reader.fail(f"{reader.seen()} where the variable of a derivative should stand", "∂w or dw")
    return out


def _finish(reader: Reader, of: Expr | None, wrt: list[Expr], order: int, kind: str, at: int) -> Expr:
    if order > 1 and len(wrt) == 1:
        wrt = wrt * order
    if of is None:
        of = _operated(reader)
    if len(wrt) != order:
        raise reader.fail(f"a derivative of order {order} names {len(wrt)} variables", f"{order} variables",
                          span=reader.span(at))
    return Deriv(of, tuple(wrt), kind, reader.span(at))


def _operated(reader: Reader) -> Expr:
    r"""What \frac{\partial}{\partial w} works on: the bracket after it, else the term."""
    reader.deeper()
    bracket = reader.toks[reader.i][0] in ("(", "[", "{")
    tree = reader.expr(POWER - 1 if bracket else SUM)
    reader.depth -= 1
    return tree


def fraction_ahead(reader: Reader) -> bool:
    r"""Is this \frac a derivative?"""
    toks, i = reader.toks, reader.i + 1
    if toks[i][0] != "{" or not _opens_derivative(reader, i + 1):
        return False
    depth, j = 0, i
    while toks[j][0] != "end":
        depth += (toks[j][0] == "{") - (toks[j][0] == "}")
        j += 1
        if depth == 0:
            break
    return toks[j][0] == "{" and _differential(reader, j + 1)


def _opens_derivative(reader: Reader, j: int) -> bool:
    kind, text = reader.toks[j][:2]
    if kind == "\\partial" or _differential(reader, j):
        return True
    return kind == "w" and text == "d" and not reader.scope.known("d")


def fraction(reader: Reader) -> Expr:
    r"""\frac{\partial E}{\partial w_{13}}, \frac{\partial}{\partial w_i}(…), \frac{d\sigma(x)}{dx}."""
    at = reader.toks[reader.i][2]
    reader.i += 2
    reader.deeper()
    order, kind = _mark(reader)
    of = None if reader.toks[reader.i][0] == "}" else reader.expr(0)
    reader.expect("}", "a closing brace }")
    reader.expect("{", "the lower half of the derivative")
    wrt = _variables(reader, order, single=False)
    reader.expect("}", "a closing brace }")
    reader.depth -= 1
    return _finish(reader, of, wrt, order, kind, at)


def over_ahead(reader: Reader) -> bool:
    r"""Does {\partial f \over \partial x} stand here?"""
    if reader.toks[reader.i][0] != "\\partial":
        return False
    depth = 0
    for kind, _, _, _ in reader.toks[reader.i :]:
        depth += (kind == "{") - (kind == "}")
        if depth < 0:
            return False
        if kind == "\\over" and depth == 0:
            return True
    return False


def over(reader: Reader, at: int) -> Expr:
    r"""{\partial f \over \partial x} without its braces."""
    order, kind = _mark(reader)
    of = None if reader.toks[reader.i][0] == "\\over" else reader.expr(0)
    reader.expect("\\over", "\\over")
    return _finish(reader, of, _variables(reader, order, single=False), order, kind, at)


def gradient(reader: Reader, kind: str = "grad") -> Expr:
    r"""\nabla_W f, \nabla J, \nabla^2_a L; \partial_y E."""
    at = reader.toks[reader.i][2]
    reader.i += 1
    reader.deeper()
    order, wrt = 1, []
    while reader.toks[reader.i][0] in ("_", "^"):
        low = reader.toks[reader.i][0] == "_"
        reader.i += 1
        if not low:
            exponent = reader.exponent()
            order = 2 if isinstance(exponent, Num) and exponent.value == 2 else 1
        elif reader.toks[reader.i][0] == "{":
            reader.i += 1
            wrt.append(reader.expr(0))
            reader.expect("}", "a closing brace }")
        else:
            if reader.toks[reader.i][0] == "w" and (reader.tex or kind == "grad"):
                reader.split_word(1)
            wrt.append(resolve(names.base_of(reader), reader))
    while reader.toks[reader.i][0] == "\\nabla":
        reader.i, order = reader.i + 1, order + 1
    of = reader.expr(POWER - 1)
    reader.depth -= 1
    return Deriv(of, tuple(wrt * order), kind, reader.span(at))
