"""What the names of a program are worth at one place: the assignments to each, in order, as entries of families."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from workings.checking.code_arrays import is_zero
from workings.checking.code_loops import Turn
from workings.checking.verdict import Judged
from workings.errors import NotReadable, Span
from workings.expr import Add, Call, Expr, Neg, Num, Ref, Rel, preorder, same, substitute
from workings.expr.program import Assignment
from workings.notation import plain
from workings.expr.shift import shifted

Places = tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Write:
    """One assignment: at `places` (in letters), in the loops `turns`, `says` in terms of the truth; `adds`: += or -=.

    `summed`: the loops over which a += adds up; they are summed where it is read, outside of them.
    """

    places: Places
    turns: tuple[Turn, ...]
    says: Expr
    judged: Judged
    adds: bool = False
    summed: tuple[Turn, ...] = ()

    def at(self, places: Places, here: Sequence[Turn], span: Span) -> tuple[Expr, list[Expr]]:
        """The value at some places, read within the loops `here`, and the conditions under which it stands there."""
        table: dict[str, Expr] = {}
        conditions: list[Expr] = []
        for own, asked in zip(self.places, places):
            turn = next((t for t in self.turns if about(t, (own,))), None)
            if turn is None:
                if not same(own, asked):
                    conditions.append(Rel((asked, own), ("=",)))
                continue
            value = shifted(_less(asked, own, turn.letter), 0)
            inside = any(t.loop is turn.loop for t in here)
            if isinstance(value, Ref) and value.name == turn.letter and inside:
                continue
            if inside and self._later(value, turn):
                raise NotReadable("this entry is read before it is complete", span=span,
                                  expected="the loop in the other direction, or the entry of this step")
            table[turn.letter] = value
            if not _within(value, turn, here):
                conditions.append(Rel((turn.lo, value, turn.hi), ("<=", "<=")))
        for turn in self.turns:
            inside = any(t.loop is turn.loop for t in here)
            if inside or turn.letter in table or turn in self.summed:
                if inside and turn in self.summed:
                    raise NotReadable("a sum is read before it is complete", span=span,
                                      expected="the sum after its loop")
                continue
            table[turn.letter] = turn.last        # after the loop: what its last iteration left
        return (substitute(self.says, table) if table else self.says), conditions

    def _later(self, value: Expr, turn: Turn) -> bool:
        """Is the entry written in an iteration that is still to come?"""
        step = _step(value, turn.letter)
        return step is None or (step < 0 if turn.loop.backwards else step > 0)


@dataclass(slots=True, eq=False)
class Variable:
    """A name of the code.  `claim`: the quantity or adjoint that it means (at places), None for the program's own."""

    claim: Callable[[Places, Sequence[Turn]], Expr] | None
    writes: list[Write] = field(default_factory=list)
    lost: list[Write] = field(default_factory=list)       # overwritten and never read
    really: Expr | None = None                            # its value as the program has it, outside of loops
    wrong: tuple[Judged, ...] = ()
    read: bool = False
    broken: bool = False                                  # a line of it was not understood

    def value(self, places: Places, here: Sequence[Turn], span: Span) -> Expr:
        """The value at some places, all assignments taken together."""
        total: Expr | None = None
        for write in self.writes:
            says, conditions = write.at(places, here, span)
            if write.adds:
                part = _where(conditions, says, Num(0, "0"))
                total = part if total is None or is_zero(total) else Add((*_terms(total), part))
            else:
                total = _where(conditions, says, total) if total is not None else says
        if total is None:
            raise NotReadable("it has no value yet", span=span, expected="an assignment before it")
        return total


def _where(conditions: Sequence[Expr], value: Expr, other: Expr) -> Expr:
    for condition in conditions:
        value = Call("where", (condition, value, other))
    return value


def _terms(e: Expr) -> tuple[Expr, ...]:
    return e.args if isinstance(e, Add) else (e,)


def _less(asked: Expr, own: Expr, letter: str) -> Expr:
    """The letter for which `own` is `asked`: own is the letter plus a number."""
    step = _step(own, letter)
    return asked if step is None else shifted(asked, -step)


def _step(e: Expr, letter: str) -> int | None:
    """k where e is letter + k."""
    k, found = 0, False
    for t in _terms(e):
        inner = t.arg if isinstance(t, Neg) else t
        if isinstance(inner, Num) and isinstance(inner.value, int):
            k += -inner.value if isinstance(t, Neg) else inner.value
        elif found or not (isinstance(t, Ref) and t.name == letter and not t.indices):
            return None
        else:
            found = True
    return k if found else None


def _within(value: Expr, turn: Turn, here: Sequence[Turn]) -> bool:
    """Is the value certainly one of the letter's?  An end, or another letter of the same range."""
    if same(value, turn.lo) or same(value, turn.hi):
        return True
    other = next((t for t in here if isinstance(value, Ref) and t.letter == value.name and not value.indices), None)
    return other is not None and same(other.lo, turn.lo) and same(other.hi, turn.hi)


def about(turn: Turn, places: Places) -> bool:
    """Do the places run with the loop?"""
    return any(isinstance(r, Ref) and r.name == turn.letter for e in places for r in preorder(e))


def last_of_groups(lines: Sequence[Assignment]) -> list[bool]:
    """Is this the last assignment to its place before another line reads the name?"""
    out = [True] * len(lines)
    waiting: dict[tuple[str, str, str], int] = {}
    for number, line in enumerate(lines):
        reads = {r.name for e in (line.value, line.mask, *line.indices) if e is not None
                 for r in preorder(e) if isinstance(r, Ref)}
        own = line.scope, line.target, ", ".join(map(plain, line.indices))
        for place in [p for p in waiting if p[0] == line.scope and p[1] in reads]:
            del waiting[place]
        if own in waiting:
            out[waiting[own]] = False
        waiting[own] = number
    return out
