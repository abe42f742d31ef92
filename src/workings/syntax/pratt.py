"""The one core: operators by binding power.  What an operand may be stands in `operands.py`.

    or 2 · and 4 · not 6 · relations 10 · + - 20 · * / @ and nothing between two factors 30 · ^ 40

Sums and products are read in a loop, not by recursion: only brackets, functions and powers go deeper.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from workings.errors import InputTooLarge, NotReadable, Span
from workings.expr import Add, Call, Div, Expr, Logic, MatMul, Mul, Neg, Num, Pow, Ref, Rel
from workings.limits import MAX_NESTING
from workings.syntax.products import product, rank
from workings.syntax.scope import Scope
from workings.syntax.tokens import Token

LOGIC, RELATION, SUM, PRODUCT, POWER = 2, 10, 20, 30, 40
RELATIONS = frozenset(("=", "!=", "<", "<=", ">", ">=", "in", "<-"))
_INFIX = {
    "or": 2, "and": 4, "implies": 1, **dict.fromkeys(RELATIONS, RELATION), "+": SUM, "-": SUM, "*": PRODUCT,
    "/": PRODUCT, "@": PRODUCT, "^": POWER, "\\top": POWER,
}
_FRAMES = 16                  # Python frames that one level of nesting may need


@contextmanager
def deep() -> Iterator[None]:
    """Room on Python's stack for `MAX_NESTING` levels; what is deeper is refused, not recursed into.

    Nothing that is read becomes garbage meanwhile, so the collector rests: walking a growing tree again and
    again would double the time of a long text.
    """
    before, collecting = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(max(before, _FRAMES * MAX_NESTING + 2 * before))
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
        if collecting:
            gc.enable()


class Reader:
    """Reads the tokens of one statement; `toks` ends with an "end" token, so that looking ahead is safe."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.text = ""
        self.toks: list[Token] = []
        self.i = 0
        self.depth = 0
        self.tex = False
        self.heading = False                      # on a left side letters written together are one name
        self.bars: list[str] = []                 # absolute values and norms that are open
        self.bound: list[str] = []                # indices bound around this place
        self.free: frozenset[str] = frozenset()   # indices of the left side
        self.done: dict[int, tuple[Expr, int]] = {}   # brackets read ahead: place of "(" -> (tree, place after)
        self.plans: dict[tuple[str, bool], tuple[str, str]] = {}

    def start(self, toks: list[Token], text: str, tex: bool, free: frozenset[str] = frozenset()) -> None:
        """Begins a statement."""
        self.toks, self.text, self.tex, self.free = toks, text, tex, free
        self.i = self.depth = 0
        if self.bars:
            self.bars = []
        if self.bound:
            self.bound = []
        if self.done:
            self.done = {}

    # -- places and complaints
    def span(self, start: int) -> Span:
        """From the offset `start` to the end of the last token read."""
        return Span(start, self.toks[self.i - 1][3])

    def here(self) -> Span:
        """The place of the next token."""
        tok = self.toks[self.i]
        return Span(tok[2], tok[3])

    def seen(self) -> str:
        """The next token, for a message."""
        kind, text, _, _ = self.toks[self.i]
        return "the end of the statement" if kind == "end" else text

    def fail(self, message: str, expected: str = "", hint: str = "", span: Span | None = None) -> NotReadable:
        """An error at the next token."""
        return NotReadable(message, span=span or self.here(), expected=expected, hint=hint)

    def expect(self, kind: str, what: str) -> Token:
        """The next token, which must be of this kind."""
        tok = self.toks[self.i]
        if tok[0] != kind:
            raise self.fail(f"{self.seen()} where {what} should stand", what)
        self.i += 1
        return tok

    def deeper(self) -> None:
        """One level down; too deep is an error."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise InputTooLarge(
                f"brackets and functions stand more than {MAX_NESTING} deep",
                span=self.here(),
                hint="give the inner parts names of their own",
            )

    # -- the core
    def whole(self) -> Expr:
        """All of the statement as one expression, relation or condition."""
        tree = self.expr(0)
        if self.toks[self.i][0] != "end":
            raise self._unexpected()
        return tree

    def expr(self, floor: int) -> Expr:
        """An expression whose operators all bind tighter than `floor`."""
        kind = self.toks[self.i][0]
        read = OPERANDS.get(kind)
        left = read(self) if read is not None else self._signed(kind, floor)
        while True:
            kind = self.toks[self.i][0]
            power = _INFIX.get(kind)
            if power is None:
                if floor >= PRODUCT or not self.begins_factor(kind):
                    return left
                left = self._product(left)
            elif power <= floor:
                return left
            else:
                left = _HANDLERS[kind](self, left)

    def _signed(self, kind: str, floor: int) -> Expr:
        """A sign before an operand: -a*b is -(a*b), but a sign after an operator binds as tight as that."""
        if kind not in ("-", "+", "not"):
            raise missing(self)
        signs: list[int] = []
        while self.toks[self.i][0] in ("-", "+"):
            if self.toks[self.i][0] == "-":
                signs.append(self.toks[self.i][2])
            self.i += 1
        if self.toks[self.i][0] == "not":
            at = self.toks[self.i][2]
            self.i += 1
            self.deeper()
            inner = self.expr(6)
            self.depth -= 1
            return Logic("not", (inner,), self.span(at))
        tree = self.expr(max(floor, SUM))
        for at in reversed(signs):
            tree = Neg(tree, self.span(at))
        return tree

    def begins_factor(self, kind: str) -> bool:
        """May the next token begin a factor that is written right after another?"""
        if kind in FACTORS:
            return True
        if kind in ("|", "norm"):
            return kind not in self.bars
        return kind == "n" and self.toks[self.i - 1][0] in (")", "}", "]")

    def _unexpected(self) -> NotReadable:
        kind = self.toks[self.i][0]
        if kind in (")", "}", "]"):
            return self.fail(f"{self.seen()} closes a bracket that was never opened", "a bracket that opens before it")
        if kind == "n":
            return self.fail(f"the number {self.seen()} stands right after another factor", "an operator between them",
                             "write * for a product, _ for a subscript")
        return self.fail(f"{self.seen()} cannot stand here", "an operator, or the end of the statement")

    def _sum(self, left: Expr) -> Expr:
        start = start_of(left, self)
        args = [left]
        while True:
            kind = self.toks[self.i][0]
            if kind == "+":
                self.i += 1
                args.append(self.expr(SUM))
            elif kind == "-":
                at = self.toks[self.i][2]
                self.i += 1
                arg = self.expr(SUM)
                args.append(Neg(arg, self.span(at)))
            else:
                return Add(tuple(args), self.span(start))

    def _product(self, left: Expr) -> Expr:
        start = start_of(left, self)
        args, op = [left], ""
        signs: list[str] = []                     # what stands before each factor but the first
        while True:
            kind = self.toks[self.i][0]
            sign = ""
            if kind in ("*", "/", "@"):
                _, sign, at, stop = self.toks[self.i]
                sign = self.text[at:stop] or sign
                self.i += 1
            elif self.begins_factor(kind):
                kind = "*"
                if op == "/":
                    self._half_of(start)
            else:
                return self._closed(op, args, signs, start)
            if (op and kind != op) or (kind == "/" and len(args) > 1):
                args, signs = [self._closed(op, args, signs, start)], []
            op = kind
            signs.append(sign)
            args.append(self.expr(PRODUCT))

    def _half_of(self, start: int) -> None:
        """1/2 (t - y)^2 and a/b c: only what stands right after the slash is below it."""
        so_far = " ".join(self.text[start : self.toks[self.i - 1][3]].split())
        self.scope.remark(f"{so_far} {self.seen()}… is read as ({so_far}) times what follows: only the factor right "
                          "after / stands below it", self.span(start))

    def _closed(self, op: str, args: list[Expr], signs: list[str], start: int) -> Expr:
        span = self.span(start)
        if op == "/":
            return Div(args[0], args[1], span)
        if op == "@":
            for arg in args:
                self.scope.means_arrays(arg, span)
            return MatMul(tuple(args), span)
        tree = Mul(tuple(args), span)
        arrays = self.scope.arrays or self.scope.ranks or self.scope.members
        return product(tree, self.scope, signs) if arrays else tree

    def _power(self, left: Expr) -> Expr:
        start = start_of(left, self)
        self.i += 1
        sign, mark = self.toks[self.i - 1][0], self.i
        exponent = None if sign == "\\top" else self.exponent(of_array=rank(left, self.scope) != 0)
        span = self.span(start)
        if exponent is None:
            return self._transposed(left, span, self.toks[mark][1] == "T" and sign != "\\top")
        if isinstance(left, Ref) and self.toks[self.i][0] == "(":
            if self.scope.surveying:
                self.scope.applied.setdefault(left.name, []).append(("^",))       # f^2(x): f may be a function
            elif left.name in ("f", "g", "h") and not self.scope.known(left.name) and left.name not in self.scope.bare:
                self.scope.remark(f"{self.text[start:span.end]}(…) is read as a product: the text does not define a "
                                  f"function {left.name}", span)
        if isinstance(left, Ref) and left.name == "e" and not left.indices and not self.scope.known("e"):
            return Call("exp", (exponent,), 0, span)
        if isinstance(left, Call) and left.function == "norm" and _is_two(exponent):
            return Call("norm2", left.args, 0, span)
        return Pow(left, exponent, span)

    def _transposed(self, left: Expr, span: Span, plain: bool) -> Expr:
        """w^T and w^\\top; of a name that nobody declares the first is said."""
        known = isinstance(left, Ref) and (left.name in self.scope.arrays or left.name in self.scope.ranks)
        if not plain or not isinstance(left, Ref):
            self.scope.means_arrays(left, span)
        elif not known:
            self.scope.remark(f"{left.name}^T is read as the transpose of {left.name}: T is no number here (T = 3, or "
                              "a range up to T, would make it a power); {left.name} in R^n declares a vector", span)
        return Call("T", (left,), 0, span)

    def exponent(self, of_sign: bool = False, of_array: bool = False) -> Expr | None:
        """What stands after ^, braces or not; None for a transpose, which the upper end of a sum cannot be."""
        tok = self.toks[self.i]
        if tok[0] != "{":
            self.deeper()
        if not of_sign and self._transposes(of_array):
            found = None
        elif tok[0] == "{":
            found = operand(self)
        else:
            found = self._letter_above() if self.tex and tok[0] == "w" else (
                operand(self) if self.tex and tok[0] != "-" else self.expr(POWER - 1))
        self.depth -= tok[0] != "{"
        return found

    def _letter_above(self) -> Expr:
        r"""One letter without braces: in \sum_{n=1}^N (x_n - 1) the bracket is no argument of N."""
        self.split_word(1)
        after, here = self.i + 1, self.toks[self.i]
        kept, self.toks[after] = self.toks[after], ("end", "", here[3], here[3])
        try:
            return operand(self)
        finally:
            self.toks[after] = kept

    def _transposes(self, of_array: bool) -> bool:
        """Is the exponent here a transpose: T (unless it is a name; above an array also the end of a range), top, or
        either in braces or a font?"""
        j, opened = self.i, 0
        while self.toks[j][0] in ("{", "\\mathsf", "\\mathrm", "\\mathit", "\\rm", "\\sf"):
            opened += self.toks[j][0] == "{"
            j += 1
        kind, text = self.toks[j][:2]
        plain_t = kind == "w" and (text == "T" or (self.tex and not opened and text[0] == "T"))
        scope = self.scope
        named = scope.known("T") or (scope.time and not scope.arrays)
        if kind != "\\top" and (not plain_t or (named and not (of_array and scope.is_end("T")))):
            return False
        if plain_t and text != "T":
            self.split_word(1)
        closing = self.toks[j + 1 : j + 1 + opened]
        if any(t[0] != "}" for t in closing):
            return False
        self.i = j + 1 + opened
        return True

    def split_word(self, length: int) -> None:
        """Parts the word token here after `length` characters: TeX takes one letter after ^ or _."""
        kind, text, at, stop = self.toks[self.i]
        if len(text) <= length or stop - at != len(text):
            return
        rest: list[Token] = []
        tail = text[length:]
        if tail.startswith("_"):
            rest.append(("_", "_", at + length, at + length + 1))
            length, tail = length + 1, tail[1:]
        if tail:
            rest.append(("n" if tail.isdigit() else "w", tail, at + length, stop))
        first = text[: len(text) - len(tail)].rstrip("_")
        self.toks[self.i : self.i + 1] = [(kind, first, at, at + len(first)), *rest]

    def _relation(self, left: Expr) -> Expr:
        start = start_of(left, self)
        args, ops = [left], []
        while self.toks[self.i][0] in RELATIONS:
            ops.append(self.toks[self.i][0])
            self.i += 1
            args.append(self.expr(RELATION))
        return Rel(tuple(args), tuple(ops), self.span(start))

    def _logic(self, left: Expr) -> Expr:
        start = start_of(left, self)
        op = self.toks[self.i][0]
        args = [left]
        while self.toks[self.i][0] == op:
            self.i += 1
            args.append(self.expr(_INFIX[op]))
        return Logic(op, tuple(args), self.span(start))


def start_of(tree: Expr, reader: Reader) -> int:
    """Where a tree begins."""
    return tree.span.start if tree.span is not None else reader.toks[0][2]


def _is_two(tree: Expr) -> bool:
    return isinstance(tree, Num) and tree.value == 2


_Handler = Callable[[Reader, Expr], Expr]
_HANDLERS: dict[str, _Handler] = {
    **dict.fromkeys(RELATIONS, Reader._relation), **dict.fromkeys(("or", "and", "implies"), Reader._logic),
    "+": Reader._sum, "-": Reader._sum, "*": Reader._product, "/": Reader._product, "@": Reader._product,
    "^": Reader._power, "\\top": Reader._power,
}
FACTORS: set[str] = set()     # kinds of tokens that may begin a factor; `operands` fills both tables
OPERANDS: dict[str, Callable[[Reader], Expr]] = {}


def operand(reader: Reader) -> Expr:
    """The operand at the next token."""
    read = OPERANDS.get(reader.toks[reader.i][0])
    if read is None:
        raise missing(reader)
    return read(reader)


def missing(reader: Reader) -> NotReadable:
    """The complaint that something else stands where an operand should."""
    kind = reader.toks[reader.i][0]
    before = reader.toks[reader.i - 1][1] if reader.i else ""
    expected = "a number, a name, a function or a bracket"
    if kind.startswith("\\"):
        name = reader.seen()[1:]
        close = reader.scope.near(name)
        return reader.fail(f"the command {reader.seen()} is not known", expected, f"\\{close}" if close else "")
    if before and reader.seen() == "\\cdot" and before in ("(", "["):
        return reader.fail("\\cdot stands for an argument that has no name", "a letter: g(z) = … z …")
    if before:
        return reader.fail(f"something is missing between {before} and {reader.seen()}", expected)
    return reader.fail(f"{reader.seen()} cannot begin a formula", expected)
