r"""What an operand may be: numbers, names, brackets, bars, fractions, roots, arrays, cases, braces."""

from __future__ import annotations

from fractions import Fraction

from workings.errors import InputTooLarge, NotReadable
from workings.expr import Array, Call, Claim, Const, Div, Expr, Logic, Num, Ref, Rel, Rest
from workings.expr.walk import same
from workings.limits import MAX_DIGITS, MAX_EXPONENT
from workings.syntax import bigs, derivatives, letters, names, words
from workings.syntax.calls import arguments
from workings.syntax.pratt import FACTORS, LOGIC, OPERANDS, PRODUCT, Reader


_OTHERWISE = frozenset(("otherwise", "else", "sonst"))


def number(reader: Reader) -> Num:
    """A written number, exact: 0.1 is 1/10."""
    _, text, at, _ = reader.toks[reader.i]
    reader.i += 1
    if text.isdigit() and len(text) <= MAX_DIGITS:
        return Num(int(text), text, reader.span(at))
    if text in letters.FRACTIONS:
        top, bottom = letters.FRACTIONS[text]
        return Num(Fraction(top, bottom), f"{top}/{bottom}", reader.span(at))
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or (exponent and abs(int(exponent[:8])) > MAX_EXPONENT):
        raise InputTooLarge(
            f"the number {text[:20]}… is too long",
            span=reader.span(at),
            expected=f"at most {MAX_DIGITS} digits and an exponent of at most {MAX_EXPONENT}",
        )
    value = Fraction(text)
    return Num(int(value) if value.denominator == 1 else value, text, reader.span(at))


def bracket(reader: Reader) -> Expr:
    """( ), [ ] or braces with a backslash: an expression, or an array where commas stand inside."""
    ready = reader.done.pop(reader.i, None)
    if ready is not None:
        tree, reader.i = ready
        return tree
    at = reader.toks[reader.i][2]
    args = arguments(reader)
    if reader.toks[reader.i][0] == "_" and reader.toks[reader.i + 1][0] in ("+", "{"):
        part = positive_part(reader, args, at)
        if part is not None:
            return part
    if len(args) == 1:
        return args[0]
    return Array(args, reader.span(at))


def positive_part(reader: Reader, args: tuple[Expr, ...], at: int) -> Expr | None:
    """(z)_+ is relu(z)."""
    braced = reader.toks[reader.i + 1][0] == "{"
    kinds = [t[0] for t in reader.toks[reader.i + 1 : reader.i + 4]]
    if len(args) != 1 or kinds[: 1 + 2 * braced] != (["{", "+", "}"] if braced else ["+"]):
        return None
    reader.i += 4 if braced else 2
    return Call("relu", args, 0, reader.span(at))


def group(reader: Reader) -> Expr:
    r"""{ }: what TeX groups; {a \over b} is a fraction."""
    at = reader.toks[reader.i][2]
    reader.i += 1
    reader.deeper()
    outer, reader.bars = reader.bars, []
    if derivatives.over_ahead(reader):
        tree = derivatives.over(reader, at)
    else:
        tree = reader.expr(0)
        if reader.toks[reader.i][0] == "\\over":
            reader.i += 1
            bottom = reader.expr(0)
            tree = Div(tree, bottom, reader.span(at))
    reader.expect("}", "a closing brace }")
    reader.bars = outer
    reader.depth -= 1
    return tree


def braced(reader: Reader) -> Expr:
    r"""The argument of a command: { }, or one token (`\frac12`, `\sqrt x`)."""
    kind, text, at, stop = reader.toks[reader.i]
    if kind == "{":
        return group(reader)
    if kind == "n" and len(text) > 1 and text.isdigit():
        reader.toks[reader.i : reader.i + 1] = [("n", text[0], at, at + 1), ("n", text[1:], at + 1, stop)]
    elif kind == "w":
        reader.split_word(1)
    reader.deeper()
    tree = reader.expr(PRODUCT)
    reader.depth -= 1
    return tree


def fraction(reader: Reader) -> Expr:
    r"""\frac{a}{b}, or a derivative."""
    at = reader.toks[reader.i][2]
    if derivatives.fraction_ahead(reader):
        return derivatives.fraction(reader)
    reader.i += 1
    top = braced(reader)
    bottom = braced(reader)
    return Div(top, bottom, reader.span(at))


def root(reader: Reader) -> Expr:
    r"""\sqrt{a}, \sqrt[3]{a}."""
    at = reader.toks[reader.i][2]
    reader.i += 1
    order: Expr | None = None
    if reader.toks[reader.i][0] == "[":
        order = bracket(reader)
    inner = braced(reader) if reader.toks[reader.i][0] != "(" else bracket(reader)
    span = reader.span(at)
    if order is None or (isinstance(order, Num) and order.value == 2):
        return Call("sqrt", (inner,), 0, span)
    from workings.expr import Pow

    return Pow(inner, Div(Num(1, "1", span), order, span), span)


def bars(reader: Reader) -> Expr:
    r"""|a|, \left|a\right|, \|a\|: absolute value and norm."""
    kind, _, at, _ = reader.toks[reader.i]
    close = "rbar" if kind == "lbar" else kind
    reader.i += 1
    reader.deeper()
    reader.bars.append(kind)
    inner = reader.expr(LOGIC)
    if reader.toks[reader.i][0] not in (close, "|" if kind == "lbar" else close):
        raise reader.fail(f"{reader.seen()} where the closing bar should stand", "a closing bar |")
    reader.i += 1
    reader.bars.pop()
    reader.depth -= 1
    if kind != "norm":
        return Call("abs", (inner,), 0, reader.span(at))
    return _norm(reader, inner, at)


def _norm(reader: Reader, inner: Expr, at: int) -> Expr:
    r"""`\|r\|_2^2` and `\|W\|_F^2` are norm2; without the square the norm; also `\|w\|_1` and `\|w\|_\infty`."""
    which = "norm"
    if reader.toks[reader.i][0] == "_":
        which = _which_norm(reader)
    reader.scope.means_arrays(inner, reader.span(at))
    return Call(which, (inner,), 0, reader.span(at))


def _which_norm(reader: Reader) -> str:
    at = reader.toks[reader.i][2]
    texts = [t[1] for t in reader.toks[reader.i + 1 : reader.i + 4]]
    reader.i += 1
    if texts[0] == "\\infty" or (texts[0] == "{" and texts[1:] == ["\\infty", "}"]):
        reader.i += 1 if texts[0] != "{" else 3
        return "norminf"
    below = names.subscript(reader)
    if below == ["1"]:
        return "norm1"
    if below not in (["2"], ["F"]):
        raise reader.fail(f"the norm with index {below[0]} is not known",
                          "no index, 2 or F for the Euclidean norm, 1 or \\infty", span=reader.span(at))
    return "norm"


def angle(reader: Reader) -> Expr:
    r"""\langle a, b\rangle: the inner product."""
    at = reader.toks[reader.i][2]
    reader.i += 1
    reader.deeper()
    left = reader.expr(LOGIC)
    reader.expect(",", "a comma between two vectors")
    right = reader.expr(LOGIC)
    reader.expect("angle>", "a closing angle bracket")
    reader.depth -= 1
    return Call("dot", (left, right), 0, reader.span(at))


def environment(reader: Reader) -> Expr:
    r"""\begin{cases} and \begin{bmatrix}."""
    _, name, at, _ = reader.toks[reader.i]
    reader.i += 1
    reader.deeper()
    if name in ("cases", "dcases", "rcases") or (name == "array" and _conditions_ahead(reader)):
        tree = _cases(reader, name, at)
    elif name in ("bmatrix", "pmatrix", "matrix", "smallmatrix", "Bmatrix", "array"):
        tree = _matrix(reader, name, at)
    else:
        raise reader.fail(f"the environment {name} cannot stand inside a formula", "cases, bmatrix or pmatrix",
                          span=reader.span(at))
    reader.depth -= 1
    return tree


def _conditions_ahead(reader: Reader) -> bool:
    """Does a relation or `otherwise` stand in this array, as in cases?"""
    for kind, text, _, _ in reader.toks[reader.i :]:
        if kind == "end":
            return False
        if kind in ("<", ">", "<=", ">=", "!=") or (kind == "text" and text.strip(" .,:").lower() in _OTHERWISE):
            return True
    return False


def _rows(reader: Reader, name: str) -> list[list[Expr | None]]:
    """Rows of entries; None for an entry that says `otherwise`."""
    rows: list[list[Expr | None]] = [[]]
    while True:
        kind, text, _, _ = reader.toks[reader.i]
        if kind == "end":
            if text != name:
                raise reader.fail(f"the environment {name} is never closed", f"\\end{{{name}}}")
            reader.i += 1
            return [r for r in rows if r]
        if kind == "&" or kind == ",":
            reader.i += 1
        elif kind in ("brk", "nl"):
            reader.i += 1
            if text.startswith("\\\\") and rows[-1]:
                rows.append([])
        elif kind in ("text", "w") and text.strip(" .,:").lower() in ("if", "for", "when", "where", "falls", "wenn"):
            reader.i += 1
        elif kind in ("text", "w") and text.strip(" .,:").lower() in _OTHERWISE:
            reader.i += 1
            rows[-1].append(None)
        else:
            rows[-1].append(reader.expr(0))


def _cases(reader: Reader, name: str, at: int) -> Expr:
    r"""Nested where(c, a, b), from the last row up."""
    rows = _rows(reader, name)
    span = reader.span(at)
    if not rows or any(len(r) > 2 or r[0] is None for r in rows):
        raise reader.fail("these cases need a value and a condition in each row", "value & condition", span=span)
    last = rows[-1]
    value = last[0]
    assert value is not None
    condition = last[1] if len(last) == 2 else None
    if condition is not None and not (len(rows) == 2 and _opposite(rows[0][-1], condition)):
        reader.scope.remark("the last of the cases is taken as all that the others leave", span)
    tree: Expr = value
    for row in reversed(rows[:-1]):
        if len(row) != 2 or row[1] is None:
            raise reader.fail("only the last of the cases can do without a condition", "value & condition", span=span)
        first = row[0]
        assert first is not None
        tree = Call("where", (row[1], first, tree), 0, span)
    return tree


_NOT = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "=": "!=", "!=": "="}


def _opposite(first: Expr | None, second: Expr) -> bool:
    if not isinstance(first, Rel) or not isinstance(second, Rel) or len(first.ops) != 1 or len(second.ops) != 1:
        return False
    return _NOT.get(first.ops[0]) == second.ops[0] and all(same(a, b) for a, b in zip(first.args, second.args))


def _matrix(reader: Reader, name: str, at: int) -> Expr:
    rows = _rows(reader, name)
    span = reader.span(at)
    if not rows or any(e is None for row in rows for e in row) or len({len(r) for r in rows}) != 1:
        raise reader.fail("the rows of this array differ in length", "as many entries in each row", span=span)
    lines = [tuple(e for e in row if e is not None) for row in rows]
    if len(lines[0]) == 1:
        return Array(tuple(line[0] for line in lines), span)
    return Array(tuple(Array(line, span) for line in lines), span)


def brace_claim(reader: Reader) -> Expr:
    r"""\underbrace{A}_{B} claims A = B; without B it is A."""
    kind, _, at, _ = reader.toks[reader.i]
    reader.i += 1
    inner = braced(reader)
    over = kind == "\\overbrace"
    if reader.toks[reader.i][0] != ("^" if over else "_"):
        return inner
    reader.i += 1
    if _only_words(reader):
        return inner
    if [t[0] for t in reader.toks[reader.i : reader.i + 2]] == ["{", "="]:
        reader.i += 2                               # \underbrace{A}_{= B}
        says = reader.expr(0)
        reader.expect("}", "a closing }")
    else:
        says = braced(reader)
    return Claim(inner, says, over, reader.span(at))


def _only_words(reader: Reader) -> bool:
    """Braces that hold nothing but words: a remark below the brace, no claim."""
    j = reader.i + 1
    if reader.toks[reader.i][0] != "{" or reader.toks[j][0] != "text":
        return False
    while reader.toks[j][0] == "text":
        j += 1
    if reader.toks[j][0] != "}":
        return False
    reader.i = j + 1
    return True


def rest(reader: Reader) -> Expr:
    r"""\dots: the rest is not stated."""
    at = reader.toks[reader.i][2]
    reader.i += 1
    return Rest(reader.span(at))


def infinity(reader: Reader) -> Expr:
    """The end of an unbounded range."""
    at = reader.toks[reader.i][2]
    reader.i += 1
    return Const("inf", reader.span(at))


def blackboard(reader: Reader) -> Expr:
    r"""\mathbb{1}[z > 0], \mathbb 1_{z > 0}: the indicator; other letters are names."""
    at = reader.toks[reader.i][2]
    kinds = [t[1] for t in reader.toks[reader.i + 1 : reader.i + 4]]
    one = kinds[:3] == ["{", "1", "}"] or kinds[:1] == ["1"]
    if not one:
        return words.name(reader)
    reader.i += 4 if kinds[0] == "{" else 2
    kind = reader.toks[reader.i][0]
    if kind == "_":
        reader.i += 1
        condition = braced(reader)
    elif kind in ("(", "["):
        condition = bracket(reader)
    else:
        raise reader.fail(f"{reader.seen()} where the condition should stand", "a condition in brackets")
    return Call("ind", (condition,), 0, reader.span(at))


def upright(reader: Reader) -> Expr:
    r"""\text{...} inside a formula: a name, or `and`, `or` between conditions."""
    return words.name(reader)


def no_binomial(reader: Reader) -> NotReadable:
    """Counting formulas are no part of a network."""
    return reader.fail("a binomial coefficient is not read", "the number itself", "3 in place of \\binom{3}{1}")


def _binomial(reader: Reader) -> Expr:
    raise no_binomial(reader)


def _logic_and(reader: Reader) -> Logic:
    raise reader.fail("a condition is missing before 'and'", "a condition on both sides")


OPERANDS.update({
    "n": number, "w": words.name, "(": bracket, "[": bracket, "{": group, "|": bars, "lbar": bars, "norm": bars,
    "<angle": angle, "\\frac": fraction, "\\tfrac": fraction, "\\dfrac": fraction, "\\cfrac": fraction,
    "\\sqrt": root, "begin": environment, "\\underbrace": brace_claim, "\\overbrace": brace_claim, "dots": rest,
    "\\infty": infinity, "text": upright, "\\mathbb": blackboard, "\\mathbbm": blackboard, "\\binom": _binomial,
    "\\partial": derivatives.inline, "\\nabla": derivatives.gradient, "and": _logic_and,
    **dict.fromkeys(("\\sum", "\\prod", "\\max", "\\min", "\\sup", "\\inf", "\\bigvee"), bigs.big),
})
for _kind in names.NAME_STARTS:
    OPERANDS.setdefault(_kind, words.name)
for _name in words.FUNCTION_COMMANDS:
    OPERANDS.setdefault(_name, words.name)

FACTORS.update(k for k in OPERANDS if k not in ("n", "|", "norm", "and"))

__all__ = ["Ref", "braced", "bracket", "number"]
