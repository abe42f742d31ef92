"""Verdicts on the lines of a program, from those on the lines of the network that they stand for.

Beside the verdict on a line by itself: what follows from an earlier one, `=` for `+=`, and which of several
contributions to one sum is the wrong one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from workings.checking.code_arrays import Arrays, is_zero
from workings.checking.code_loops import Turn
from workings.checking.code_state import Places, Variable, Write, about
from workings.checking.lines import Session
from workings.checking.verdict import Judged
from workings.errors import Source
from workings.expr import Add, Big, Call, Deriv, Expr, Mul, Network, Num, Ref, Rel, free_keys, same
from workings.expr.program import Assignment
from workings.notation import plain
from workings.shape import ShapeError
from workings.syntax import Line


class Passed(NamedTuple):
    """A value changed in its place: dh[h <= 0] = 0 makes the derivative by h that by the pre-activation.

    `again`: what is made of the old value; `earlier`: the line that gave it; `claims`: a claim of the name.
    """

    old: Expr
    again: Callable[[Expr], Expr]
    earlier: Judged
    claims: Callable[[Expr], Any]


@dataclass(slots=True, eq=False)
class Pending:
    """A line that can be judged once its block is read: what it claims, and what the values in it depend on."""

    line: Assignment
    judged: Judged
    variable: Variable
    claim: Expr | None
    says: Expr
    really: Expr | None
    used: tuple[Variable, ...]
    last: bool
    parts: list[Write] = field(default_factory=list)
    lost: list[Write] = field(default_factory=list)
    op: str = "="
    places: Places = ()
    turns: tuple[Turn, ...] = ()
    passed: Passed | None = None


class Verdicts:
    """Judges lines whose values are known; `session` is that of the lines of the network."""

    def __init__(self, net: Network, session: Session, arrays: Arrays, source: Source) -> None:
        self.net, self.session, self.arrays, self.source = net, session, arrays, source

    def judge(self, p: Pending) -> None:
        wrong = tuple({j.line: j for v in p.used for j in v.wrong}.values())
        if p.claim is None:
            self._own(p, wrong)
            return
        if not p.last:
            p.judged.verdict = "right"
            p.judged.reason = f"a part of {p.line.target}, which is judged where it is complete"
            p.variable.wrong = wrong
            return
        if p.passed is not None and not wrong and self._passed_on(p, p.passed):
            return
        found = self._said(p.line, p.claim, p.says, p.judged.line)
        if found.verdict == "right" and wrong:
            real = self._said(p.line, p.claim, p.really, p.judged.line) if p.really is not None else found
            if real.verdict != "right" or p.really is None:
                real.verdict, real.how, real.follows, real.since, real.slip = "wrong", "", True, wrong, ""
                real.reason = real.reason if p.really is not None else "an earlier wrong line is used"
                found = real
        self._overwriting(p, found)
        _take(p.judged, found)
        if found.verdict == "wrong":
            p.variable.wrong = wrong if found.follows else (p.judged,)
            if not found.follows and not found.slip.startswith("= for"):
                self._blame(p)
        elif found.verdict == "right":
            p.variable.wrong = ()
            if not p.line.loops and not p.line.indices:
                p.variable.really = p.claim

    def _passed_on(self, p: Pending, passed: Passed) -> bool:
        """Was the name the derivative by a neuron's output, and does this line go back through the neuron?"""
        assert isinstance(p.claim, Deriv)
        below = self._pre_activation(p.claim.wrt[0])
        if below is None:
            return False
        before = self._said(p.line, p.claim, passed.old, passed.earlier.line)
        if before.verdict != "right":
            return False
        claim = p.claim.rebuild((p.claim.of, below))
        found = self._said(p.line, claim, passed.again(p.claim), p.judged.line)
        _take(passed.earlier, before)
        _take(p.judged, found)
        what = f"{p.line.target} is {plain(claim)} from here on"
        p.judged.reason = f"{what}: {found.reason}" if found.reason else what
        p.variable.claim = passed.claims(claim)
        p.variable.wrong = () if found.verdict != "wrong" else (p.judged,)
        p.variable.really = claim if found.verdict == "right" else passed.again(p.claim)
        return True

    def _pre_activation(self, output: Expr) -> Expr | None:
        """z of h = f(z), where both have names."""
        if not isinstance(output, Ref) or output.indices:
            return None
        for e in self.net.defs.get(output.key, ()):
            args = [a for a in e.rhs.args if not isinstance(a, Num)] if isinstance(e.rhs, Call) else []
            if len(args) == 1 and isinstance(args[0], Ref):
                return args[0]
        return None

    def _own(self, p: Pending, wrong: tuple[Judged, ...]) -> None:
        """A name of the program's own: all that can be wrong is that shapes do not fit."""
        p.variable.wrong = wrong
        try:
            self.arrays.axes(p.says)
        except ShapeError as problem:
            p.judged.verdict, p.judged.reason, p.judged.error = "wrong", problem.message, problem
            p.judged.slip = "shapes do not fit"
            p.variable.wrong, p.variable.broken = (p.judged,), True
            return
        p.judged.verdict, p.judged.reason = "right", f"names {p.line.target}"

    def _said(self, line: Assignment, claim: Expr, value: Expr, number: int) -> Judged:
        """The line in the notation of the network, as the checker of lines judges it."""
        with suppress(ShapeError):            # the checker of lines says so, and which slip it may be
            value = self.arrays.fitting(claim, value)
        body = Rel((claim, value), ("=",))
        worlds = list(self.session.worlds)    # what follows from an earlier line is told by the values themselves
        found = self.session.judge(Line(number, line.text, line.span, self.source, body, "equation"))
        self.session.worlds = worlds
        return found

    def _overwriting(self, p: Pending, found: Judged) -> None:
        """What an `=` overwrites unread was never a part of a sum, unless the sum is what was meant: judged alone."""
        if p.op != "=" or p.claim is None:
            return
        over = [t for t in p.turns if not about(t, (p.claim,))]
        if over and found.verdict == "wrong":
            whole = p.says
            for t in reversed(over):
                whole = Big("sum", t.letter, whole, t.lo, t.hi)
            if self._said(p.line, p.claim, whole, found.line).verdict == "right":
                index = over[-1].loop.index
                found.slip, found.follows = f"= for +=: each {index} overwrites what the one before gave", False
                return
        if not p.lost:
            return
        whole = _added([*(w.says for w in p.lost), p.says])
        if found.verdict == "wrong" and self._said(p.line, p.claim, whole, found.line).verdict == "right":
            lines = ", ".join(str(w.judged.place[0]) for w in p.lost if w.judged.place)
            found.slip, found.follows = f"= for +=: it overwrites the contribution of line {lines}", False
            return
        for write in p.lost:
            _take(write.judged, self._said(p.line, p.claim, write.says, write.judged.line))

    def _blame(self, p: Pending) -> None:
        """Of several contributions to one sum, those that stand for no path; the line that completes it follows."""
        parts = [w for w in p.parts if not is_zero(w.says)]
        if len(parts) < 2 or not isinstance(p.claim, Deriv):
            return
        paths = self._paths(p.claim)
        left = list(paths)
        bad = []
        for w in parts:
            path = next((q for q in left if self._said(p.line, q, w.says, 0).verdict == "right"), None)
            if path is None:
                bad.append(w)
            else:
                left.remove(path)
        if not bad or len(bad) == len(parts) or len(paths) != len(parts):
            return
        for w in bad:
            found = self._said(p.line, left[0], w.says, w.judged.line)
            if len(bad) == 1:
                _take(w.judged, found)
            w.judged.verdict = "wrong"
            w.judged.reason = f"it is none of the {len(paths)} contributions to {p.line.target}"
        if p.judged not in [w.judged for w in bad]:
            p.judged.follows, p.judged.since, p.judged.slip = True, tuple(w.judged for w in bad), ""
        p.variable.wrong = tuple(w.judged for w in bad)

    def _paths(self, claim: Deriv) -> list[Expr]:
        """dE/du * du/dw for each equation of u in which the number w stands."""
        wrt = claim.wrt[0]
        if not isinstance(wrt, Ref) or self.arrays.axes(wrt) or any(e.lhs.indices for e in self.net.equations):
            return []
        users = [e.lhs for e in self.net.equations if wrt.key in free_keys(e.rhs)]
        if any(self.arrays.axes(u) for u in users):
            return []
        return [Mul((Deriv(claim.of, (u,)), Deriv(u, (wrt,), "P"))) if not same(u, claim.of) else
                Deriv(u, (wrt,), "P") for u in users]


def _added(parts: Sequence[Expr]) -> Expr:
    return parts[0] if len(parts) == 1 else Add(tuple(parts))


def _take(judged: Judged, found: Judged) -> None:
    """A verdict for a line of the code, from that on the line of the network that it stands for."""
    for name in ("verdict", "how", "where_valid", "reason", "counterexample", "follows", "since", "slip", "error"):
        setattr(judged, name, getattr(found, name))
