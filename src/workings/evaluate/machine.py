"""A stack machine for compiled expressions: no recursion, so that nothing is too deep.

A frame is a piece of code under way; sums, cases, functions of the text and compositions of the table push one.
What a name is worth is asked of `names`; if it answers with an exception, `run` may be called again later and goes
on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from workings.errors import BadValue, InputTooLarge, NotReadable, OutOfReach
from workings.evaluate import code as c
from workings.evaluate.by_row import by_row
from workings.evaluate.arrays import array_function, each, floats, is_array, leveled, mismatch, product, stacked
from workings.evaluate.numbers import Undefined, Value, fits, flint, power, show, whole
from workings.expr import Big, Call, Expr, Logic, Ref, Rel
from workings.functions import derivative, parsed, table
from workings.functions.values import Undecided, Worth, positive, worth
from workings.limits import MAX_INDEX, MAX_NESTING

MAX_FRAMES = 50 * MAX_NESTING
NOTHING = 1e-320              # below this a float is 0


class Names(Protocol):
    """Where values of names come from."""

    def number(self, name: str) -> Value: ...
    def entry(self, ref: Ref, places: list[int | None]) -> Value: ...
    def span(self, big: Big) -> range: ...
    def function(self, name: str) -> tuple[tuple[str, ...], Expr] | None: ...


@dataclass(slots=True)
class Frame:
    """Code under way; `saved`: its names' values outside; `big`: the sum it is the body of, with what is `left`."""

    code: c.Code
    at: int = 0
    saved: dict[str, Value] | None = None
    big: Big | None = None
    left: list[int] | None = None
    total: Value = None


class Machine:
    """Runs the code of one expression; `exact`: a function without exact values is an error; `last`: doubt is equality.

    `codes` keeps what was compiled, for all machines over one state; `once`: this expression will not be run again.
    """

    def __init__(self, names: Names, expr: Expr, bound: dict[str, Value], codes: dict[int, tuple[Expr, c.Code]],
                 exact: bool = False, last: bool = False, once: bool = False) -> None:
        self.names, self.codes, self.exact, self.last = names, codes, exact, last
        self.arb, self.fmpq = flint()
        self.bound = bound
        self.stack: list[Value] = []
        self.frames = [Frame(c.compiled(expr, self.fmpq) if once else self.code(expr))]

    def code(self, expr: Expr) -> c.Code:
        """The code of an expression, made once."""
        found = self.codes.get(id(expr))
        if found is None:
            found = self.codes[id(expr)] = (expr, c.compiled(expr, self.fmpq))
        return found[1]

    def run(self) -> Value:
        """The value of the expression."""
        stack = self.stack
        while self.frames:
            frame = self.frames[-1]
            if frame.at == len(frame.code):
                self._finish(frame)
                continue
            op, count, node = frame.code[frame.at]
            if op == c.LOAD:
                stack.append(self.bound[count] if count in self.bound else self.names.number(count))
            elif op == c.CONST:
                stack.append(self._constant(count) if type(count) is str else count)
            elif op == c.ENTRY:
                value = self.names.entry(node, [_place(a, node) for a in stack[-count:]])
                stack[-count:] = [value]
            else:
                frame.at += 1
                self._step(op, count, node)
                continue
            frame.at += 1
        return stack[0]

    def _constant(self, name: str) -> Value:
        if self.exact:
            raise OutOfReach(f"{name} has no exact value")
        if name == "pi":
            return self.arb.pi()
        return self.arb("inf")

    def _step(self, op: int, count: int, node: Any) -> None:
        stack = self.stack
        if op in (c.BIG, c.WHERE):
            return self._big(node) if op == c.BIG else self._branch(node)
        if op == c.DOT:
            return stack.append(None)
        if op == c.TEST:
            return self._push(Frame(self.code(node.body))) if stack.pop() else stack.append(None)
        args = stack[-count:]
        del stack[-count:]
        if op == c.CALL:
            return self._call(node, args)
        if op in (c.REL, c.LOGIC):
            return stack.append(self._relation(node, args) if op == c.REL else _logic(node, args))
        return stack.append(self._operator(op, args))

    def _operator(self, op: int, args: list[Value]) -> Value:
        try:
            for a in args:
                if is_array(a):
                    return self._on_arrays(op, args)
            return self._quotient(*args) if op == c.DIV else _OPERATORS[op](args)
        except ZeroDivisionError:
            raise Undefined("a division by 0") from None

    def _on_arrays(self, op: int, args: list[Value]) -> Value:
        import numpy as np

        args = leveled(args)
        try:
            with np.errstate(all="ignore"):
                return _OPERATORS[op](args)
        except ValueError:
            raise mismatch(args) from None

    def _quotient(self, top: Value, bottom: Value) -> Value:
        if isinstance(bottom, self.arb) and bottom.contains(0):
            raise self._doubt("1/", [bottom])
        return top / bottom

    # -- frames

    def _push(self, frame: Frame) -> None:
        if len(self.frames) > MAX_FRAMES:
            raise InputTooLarge(f"functions call each other more than {MAX_FRAMES} deep")
        self.frames.append(frame)

    def _finish(self, frame: Frame) -> None:
        if frame.big is not None:
            self._next(frame)
            return
        for name, value in (frame.saved or {}).items():
            self._bind(name, value)
        self.frames.pop()

    def _bind(self, name: str, value: Value) -> None:
        if value is None:
            self.bound.pop(name, None)
        else:
            self.bound[name] = value

    def _apply(self, params: tuple[str, ...], body: Expr, args: list[Value]) -> None:
        saved = {p: self.bound.get(p) for p in params}
        self.bound.update(zip(params, args, strict=True))
        self._push(Frame(self.code(body), saved=saved))

    def _branch(self, node: Call) -> None:
        """Cases: only the side that holds is run, unless the condition is one for each entry of an array."""
        condition = self.stack.pop()
        if is_array(condition):
            self.stack.append(condition)
            select: c.Instruction = (c.CALL, 3, Call("select", node.args))
            self._push(Frame([*self.code(node.args[1]), *self.code(node.args[2]), select]))
        else:
            self._push(Frame(self.code(node.args[1 if condition else 2])))

    # -- sums

    def _big(self, node: Big) -> None:
        count = (node.lo is not None) + (node.hi is not None)
        ends = [whole(v, f"a bound of the {node.op} over {node.index}") for v in self.stack[len(self.stack) - count:]]
        del self.stack[len(self.stack) - count:]
        reach = range(ends[0], ends[1] + 1) if count == 2 else self.names.span(node)
        if len(reach) > MAX_INDEX:
            raise InputTooLarge(f"the {node.op} over {node.index} has {len(reach)} terms, more than {MAX_INDEX}")
        total = {"sum": self.fmpq(0), "prod": self.fmpq(1)}.get(node.op)
        frame = Frame([], saved={node.index: self.bound.get(node.index)}, big=node, left=list(reversed(reach)),
                      total=total)
        self._push(frame)
        self._turn(frame)

    def _turn(self, frame: Frame) -> None:
        """Begins the next term, or ends the sum."""
        big = frame.big
        assert big is not None
        if not frame.left:
            if frame.total is None:
                raise Undefined(f"a {big.op} over no values")
            self._bind(big.index, frame.saved[big.index] if frame.saved else None)
            self.frames.pop()
            return self.stack.append(frame.total)
        self.bound[big.index] = self.fmpq(frame.left.pop())
        test: c.Instruction = (c.TEST, 1, big)
        frame.code = self.code(big.body) if big.condition is None else [*self.code(big.condition), test]
        frame.at = 0
        return None

    def _next(self, frame: Frame) -> None:
        """One term is there: it is taken in."""
        term = self.stack.pop()
        assert frame.big is not None
        if term is not None:
            frame.total = term if frame.total is None else self._join(frame.big, frame.total, term)
        self._turn(frame)

    def _join(self, big: Big, total: Value, term: Value) -> Value:
        if big.op in ("sum", "prod"):
            joined = self._operator(c.ADD if big.op == "sum" else c.MUL, [total, term])
            return fits(joined, f"a {big.op} over {big.index}")
        return self._function(big.op, [total, term])

    # -- functions

    def _call(self, node: Call, args: list[Value]) -> None:
        name = node.function
        if name == "select":
            return self.stack.append(_select(leveled(args)))
        own = self.names.function(name)
        if own is not None:
            return self._own(node, own, args)
        if node.primes:
            return self._slope(node, args)
        row = table.get(name)
        if row is None:
            raise NotReadable(f"{name} is not a function that is known here", span=node.span)
        if row.body and (name not in worth or row.kind == "array"):
            params, body = parsed(name)
            return self._apply(params, body, args)
        return self.stack.append(self._function(name, args, node))

    def _own(self, node: Call, own: tuple[tuple[str, ...], Expr], args: list[Value]) -> None:
        params, body = own
        if node.primes:
            raise OutOfReach(f"{node.function}' has no value of its own", span=node.span, hint="derive it first")
        if len(params) != len(args):
            raise NotReadable(f"{node.function} takes {len(params)} arguments, not {len(args)}", span=node.span)
        self._apply(params, body, args)

    def _slope(self, node: Call, args: list[Value]) -> None:
        if node.primes > 1 or len(args) != 1:
            raise OutOfReach(f"{node.function}{chr(39) * node.primes} has no value of its own", span=node.span,
                             hint="derive it first")
        self._apply(table[node.function].params[:1], derivative(node.function, 0), args)

    def _function(self, name: str, args: list[Value], node: Call | None = None) -> Value:
        """A function of the table at numbers or arrays."""
        if name in ("delta", "ind"):
            hit = args[0] if name == "ind" else self._order(args[0], args[1]) == 0
            return hit.astype(object) * self.fmpq(1) if is_array(hit) else self.fmpq(int(hit))
        entry = worth.get(name)
        if entry is None:
            out = array_function(name, args, self._function)
            out = by_row(name, args, self.exact, self.last) if out is None else out
            if out is None:
                raise OutOfReach(f"{name} has no value here", span=node.span if node else None)
            return out
        if not any(map(is_array, args)):
            return self._number(name, entry, args)
        args = leveled(args)
        if all(is_array(a) is False or a.dtype.kind != "O" for a in args) and entry.array is not None:
            import numpy as np

            with np.errstate(all="ignore"):
                return entry.array(np, *args)
        return each(lambda *xs: self._number(name, entry, list(xs)), args)

    def _number(self, name: str, entry: Worth, args: list[Value]) -> Value:
        rational = all(isinstance(a, self.fmpq) for a in args)
        if rational and entry.exact is not None:
            return self._at_last(entry.exact, args)
        if self.exact:
            shown = ", ".join(map(show, args))
            raise OutOfReach(f"{name}({shown}) has no exact value: {name} is not rational")
        out = self._at_last(entry.ball, args if entry.exact is not None else [self.arb(a) for a in args])
        if isinstance(out, self.arb) and out.is_nan() and not any(_nan(a) for a in args):
            raise self._doubt(name, args)
        return out

    def _doubt(self, name: str, args: list[Value]) -> Exception:
        """No value: with fewer bits than the last that may be mere doubt, or an exponent too large for so few."""
        return Undefined(f"{name}({', '.join(map(show, args))})") if self.last else Undecided()

    def _at_last(self, function: Callable[..., Value], args: list[Value]) -> Value:
        try:
            out = function(*args)
        except Undecided:
            if not self.last:
                raise
            out = function(*[self.fmpq(0) if self._nothing(a) else a for a in args])
        return self.fmpq(out) if type(out) is int else out

    def _nothing(self, value: Value) -> bool:
        """A ball around 0 that only exact cancellation leaves behind."""
        return isinstance(value, self.arb) and bool(value.contains(0)) and bool(value.abs_upper() < NOTHING)

    # -- conditions

    def _relation(self, node: Rel, args: list[Value]) -> Value:
        out: Value = True
        for op, a, b in zip(node.ops, args, args[1:]):
            test = _TESTS.get(op)
            if test is None:
                raise BadValue(f"a relation {op} has no truth value", span=node.span)
            hit = test(self._order(a, b))
            out = hit if out is True else out & hit
        return out

    def _order(self, a: Value, b: Value) -> Value:
        """-1, 0 or 1 for each entry."""
        if not (is_array(a) or is_array(b)):
            return self._compare(a, b)
        a, b = leveled([a, b])
        import numpy as np

        kinds = [x.dtype.kind for x in (a, b) if is_array(x)]
        return np.sign(a - b) if "O" not in kinds else each(self._compare, [a, b]).astype(int)

    def _compare(self, a: Value, b: Value) -> int:
        """-1, 0 or 1 as a is less than, equal to or greater than b."""
        gap = a - b
        if isinstance(gap, self.arb) and gap.contains(0) and not gap.is_zero():
            if not (self.last and self._nothing(gap)):
                raise Undecided
            return 0
        return int(positive(gap)) - int(positive(-gap))


def _place(value: Value, ref: Ref) -> int | None:
    return None if value is None else whole(value, f"an index of {ref.name}")


def _nan(value: Value) -> bool:
    return type(value).__name__ == "arb" and bool(value.is_nan())


def _logic(node: Logic, args: list[Value]) -> Value:
    if node.op == "not":
        return ~args[0] if is_array(args[0]) else not args[0]
    out = args[0]
    for a in args[1:]:
        if node.op == "implies":
            out = (~out if is_array(out) else not out) | a
        else:
            out = out & a if node.op == "and" else out | a
    return out


def _select(args: list[Value]) -> Value:
    import numpy as np

    return np.where(np.asarray(args[0], dtype=bool), *args[1:])


def _add(args: list[Value]) -> Value:
    total = args[0]
    for a in args[1:]:
        total = total + a
    return total


def _mul(args: list[Value]) -> Value:
    total = args[0]
    for a in args[1:]:
        total = total * a
    return total


def _pow(args: list[Value]) -> Value:
    base, exponent = args
    if not is_array(base) and not is_array(exponent):
        return power(base, exponent)
    if (is_array(base) and base.dtype.kind == "f") or (is_array(exponent) and exponent.dtype.kind == "f"):
        return floats(base) ** floats(exponent)
    return each(power, args)


_TESTS: dict[str, Callable[[Any], Any]] = {
    "=": lambda s: s == 0, "!=": lambda s: s != 0, "<": lambda s: s < 0, "<=": lambda s: s <= 0,
    ">": lambda s: s > 0, ">=": lambda s: s >= 0,
}
_OPERATORS: dict[int, Callable[[list[Value]], Value]] = {
    c.NEG: lambda args: -args[0], c.ADD: _add, c.MUL: _mul,
    c.MATMUL: product, c.DIV: lambda args: args[0] / args[1], c.POW: _pow, c.ARRAY: stacked,
}
