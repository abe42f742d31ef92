"""A hand-written backward pass, judged line by line.

Each assignment becomes a line in the network's own notation: `dz5 = da5 * (1 - a5**2)` claims that dE/dz5 is
dE/da5*(1 - a5^2).  A name of the code that stands for a quantity or an adjoint claims its worth when it is written, and
means the truth when a later line reads it; one that stands for nothing is the program's own and means what was assigned
to it.  Beside that the value that the program really has is kept, so that a line which only carries an earlier error
says `follows`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workings.checking.code_arrays import Arrays
from workings.checking.code_names import Names
from workings.checking.lines import Session
from workings.checking.verdict import Judged, Report
from workings.errors import NotReadable, Source, WorkingsError
from workings.expr import (
    Add, Call, Deriv, Div, Expr, MatMul, Mul, Neg, Network, Num, Ref, Rel, free_keys, preorder, rewrite, same,
)
from workings.expr.program import Assignment, Code
from workings.limits import CODE_VALUE
from workings.shape import ShapeError
from workings.syntax import Line


@dataclass(slots=True, eq=False)
class Version:
    """What a name of the code is worth at one place: `says` in terms of the truth, `really` as the program has it.

    `claim`: what it stands for; `wrong`: the lines because of which `really` is not the truth; `parts`: the
    contributions to it, with the line of each.
    """

    claim: Expr | None
    says: Expr
    really: Expr
    wrong: tuple[Judged, ...] = ()
    parts: list[tuple[Expr, Judged]] = field(default_factory=list)
    lost: list[tuple[Expr, Judged]] = field(default_factory=list)
    read: bool = False
    error: bool = False


def check_code(net: Network, code: Code, source: Source, of: str | None = None, at: Mapping[str, Any] | None = None,
               given: Sequence[str] = ()) -> Report:
    """Each assignment of a program judged against the network; the lines are those of the code."""
    from workings.functions import signatures
    from workings.syntax import read_lines

    session = Session(net, at or {})
    for fact in read_lines([f if f.startswith("given") else f"given {f}" for f in given], signatures(), net):
        if fact.error:
            raise fact.error
        session.take_fact(fact.body)
    checker = Checker(net, session, code, source, of)
    judged = checker.all()
    return Report(judged, [*checker.names.said(), *session.remarks], source, by_place=True)


class Checker:
    """Line after line; `env`: the versions of names by scope and name."""

    def __init__(self, net: Network, session: Session, code: Code, source: Source, of: str | None) -> None:
        self.net, self.session, self.code, self.source = net, session, code, source
        self.names = Names(net, of)
        self.arrays = Arrays(session.form)
        self.env: dict[tuple[str, str], Version] = {}

    def all(self) -> list[Judged]:
        """The verdicts, in order."""
        out: list[Judged] = []
        lines = self.code.lines
        last = self._last_of_groups(lines)
        for number, line in enumerate(lines):
            judged = Judged(number, line.text, "not understood", place=self.source.place(line.span.start))
            out.append(judged)
            try:
                self._line(line, judged, last[number])
            except WorkingsError as problem:
                judged.error = problem.located(self.source, line.span)
                judged.reason = problem.message
                if problem.span is not None and problem.source is self.source:
                    judged.place = self.source.place(problem.span.start)
                self._broken(line)
        return out

    # -- groups
    def _last_of_groups(self, lines: Sequence[Assignment]) -> list[bool]:
        """Is this the last assignment to its name before another line reads it?"""
        out = [True] * len(lines)
        waiting: dict[tuple[str, str, str], int] = {}
        for number, line in enumerate(lines):
            reads = {r.name for e in (line.value, line.mask, *line.indices) if e is not None
                     for r in preorder(e) if isinstance(r, Ref)}
            own = _place(line)
            for place in [p for p in waiting if p[0] == line.scope and p[1] in reads]:
                del waiting[place]
            if own in waiting:
                out[waiting[own]] = False
            waiting[own] = number
        return out

    # -- one line
    def _line(self, line: Assignment, judged: Judged, last: bool) -> None:
        if line.error is not None:
            raise line.error
        assert line.value is not None
        if line.loops or line.indices:
            raise NotReadable("loops and indices are not read yet", span=line.span)
        meaning = self.names.meaning(line.target)
        if meaning.others:
            raise NotReadable(f"{line.target} may mean {' or '.join(meaning.others)}", span=line.span,
                              expected="a name with one meaning, such as dE_dw13")
        before = self.env.get((line.scope, line.target))
        says, really, wrong, worst = self._value(line, line.value)
        part = (Neg(says) if line.op == "-=" else says, judged)
        version = Version(meaning.what, says, really, wrong)
        if line.op in ("+=", "-="):
            before = self._before(line, before)
            version = Version(meaning.what, _sum(before.says, part[0]), _sum(before.really, _signed(line, really)),
                              (*before.wrong, *wrong), [*before.parts, part], before.lost)
        elif line.op != "=":
            before = self._before(line, before)
            join = {"*=": _product, "/=": _quotient, "@=": _matrix}[line.op]
            version = Version(meaning.what, join(before.says, says), join(before.really, really),
                              (*before.wrong, *wrong), lost=before.lost)
        elif line.mask is not None:
            before = self._before(line, before)
            mask = self._value(line, line.mask)
            version = Version(meaning.what, Call("where", (mask[0], says, before.says)),
                              Call("where", (mask[1], really, before.really)), (*before.wrong, *wrong, *mask[2]))
        else:
            version.parts = [] if isinstance(says, Num) and says.value == 0 else [part]
            if before is not None and not before.read and meaning.what is not None:
                version.lost = [*before.lost, *before.parts]
        self.env[line.scope, line.target] = version
        if worst:
            raise NotReadable(f"it uses {worst}, which was not understood", span=line.span)
        if meaning.what is None:
            self._own(line, version, judged)
        elif not last:
            judged.verdict, judged.reason = "right", f"a part of {line.target}, which is judged where it is complete"
        else:
            self._judge(line, version, judged)

    def _before(self, line: Assignment, before: Version | None) -> Version:
        """The version that `+=` adds to; of an argument of the function, the quantity that it means."""
        if before is None:
            raise NotReadable(f"{line.target} has no value yet", span=line.span,
                              expected=f"{line.target} = ... before {line.target} {line.op} ...")
        return before

    def _value(self, line: Assignment, value: Expr) -> tuple[Expr, Expr, tuple[Judged, ...], str]:
        """The expression as it says, as it really is, the wrong lines in it, and a name in it that is broken."""
        wrong: dict[int, Judged] = {}
        broken: list[str] = []

        def put(node: Expr, real: bool) -> Expr:
            if not isinstance(node, Ref):
                return node
            version = self.env.get((line.scope, node.name))
            if version is None:
                return self._quantity(node)
            version.read = True
            wrong.update({j.line: j for j in version.wrong})
            if version.error:
                broken.append(node.name)
            if not real and version.claim is not None:
                return version.claim
            return version.really if real else version.says

        says = self.arrays.written(rewrite(value, lambda n: put(n, False)))
        really = self.arrays.written(rewrite(value, lambda n: put(n, True))) if wrong else says
        for e in (says, really):
            if sum(1 for _ in preorder(e)) > CODE_VALUE:
                raise NotReadable("this value is too long, its names put in", span=line.span,
                                  expected=f"at most {CODE_VALUE} operations between two quantities of the network")
        return says, really, tuple(wrong.values()), broken[0] if broken else ""

    def _quantity(self, node: Ref) -> Expr:
        """A name that no line of the code defines: a quantity of the network, or an adjoint given from outside."""
        meaning = self.names.meaning(node.name)
        if meaning.others:
            raise NotReadable(f"{node.name} may mean {' or '.join(meaning.others)}", span=node.span)
        if meaning.what is None:
            near = self._near(node.name)
            raise NotReadable(f"nothing is called {node.name} here", span=node.span,
                              expected="a quantity of the network, or a name that an earlier line defines",
                              hint=f"did you mean {near}?" if near else "")
        return meaning.what

    def _near(self, name: str) -> str:
        from difflib import get_close_matches

        there = [*(n for _, n in self.env), *self.names.places]
        return next(iter(get_close_matches(name, there, 1, 0.6)), "")

    def _broken(self, line: Assignment) -> None:
        if line.target:
            version = Version(self.names.meaning(line.target).what, Num(0), Num(0), error=True)
            version.error = version.claim is None
            self.env[line.scope, line.target] = version

    # -- verdicts
    def _judge(self, line: Assignment, version: Version, judged: Judged) -> None:
        claim = version.claim
        assert claim is not None
        found = self._said(line, claim, version.says, judged.line)
        if found.verdict == "right" and version.wrong:
            real = self._said(line, claim, version.really, judged.line)
            if real.verdict != "right":
                real.verdict, real.follows, real.since, real.slip = "wrong", True, version.wrong, ""
                found = real
        self._overwriting(line, version, found)
        _take(judged, found)
        if judged.verdict == "wrong":
            version.wrong = version.wrong if judged.follows else (judged,)
            if not judged.follows and not judged.slip.startswith("= for"):
                self._blame(line, version, judged)
        elif judged.verdict == "right":
            version.wrong = ()
        if judged.verdict != "right":
            return
        version.says = version.really = claim

    def _own(self, line: Assignment, version: Version, judged: Judged) -> None:
        """A name of the program's own: all that can be wrong is that shapes do not fit."""
        try:
            self.arrays.axes(version.says)
        except ShapeError as problem:
            judged.verdict, judged.reason, judged.error = "wrong", problem.message, problem
            judged.slip = "shapes do not fit"
            version.wrong, version.error = (judged,), True
            return
        judged.verdict, judged.reason = "right", f"names {line.target}"

    def _said(self, line: Assignment, claim: Expr, value: Expr, number: int) -> Judged:
        """The line in the notation of the network, as the checker of lines judges it."""
        try:
            value = self.arrays.fitting(claim, value)
        except ShapeError:
            pass                              # the checker of lines says so, and which slip it may be
        body = Rel((claim, value), ("=",))
        worlds = list(self.session.worlds)    # what follows from an earlier line is told by the values themselves
        found = self.session.judge(Line(number, line.text, line.span, self.source, body, "equation"))
        self.session.worlds = worlds
        return found

    def _overwriting(self, line: Assignment, version: Version, found: Judged) -> None:
        """What an `=` overwrites unread was never a part of the sum, unless the sum is what was meant: judged alone."""
        assert version.claim is not None
        if not version.lost or line.op != "=":
            return
        whole = version.says
        for part, _ in version.lost:
            whole = _sum(whole, part)
        if found.verdict == "wrong" and self._said(line, version.claim, whole, found.line).verdict == "right":
            lines = ", ".join(str(j.place[0]) for _, j in version.lost if j.place)
            found.slip, found.follows = f"= for +=: it overwrites the contribution of line {lines}", False
            return
        for part, judged in version.lost:
            alone = self._said(line, version.claim, part, judged.line)
            _take(judged, alone)

    def _blame(self, line: Assignment, version: Version, judged: Judged) -> None:
        """Of several contributions to one sum, those that stand for no path; the line that completes it follows."""
        if len(version.parts) < 2 or not isinstance(version.claim, Deriv):
            return
        paths = self._paths(version.claim)
        bad = [(part, j) for part, j in version.parts if not any(self._equal(line, p, part) for p in paths)]
        if not bad or len(bad) == len(version.parts) or len(paths) != len(version.parts):
            return
        for _, j in bad:
            if j is not judged:
                j.verdict, j.reason = "wrong", f"it is none of the {len(paths)} contributions to {line.target}"
        own = next((part for part, j in bad if j is judged), None)
        others = tuple(j for _, j in bad if j is not judged)
        if own is None:
            judged.follows, judged.since, judged.slip = True, others, ""
        version.wrong = others if own is None else (*others, judged)

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

    def _equal(self, line: Assignment, a: Expr, b: Expr) -> bool:
        return self._said(line, a, b, 0).verdict == "right"


def _take(judged: Judged, found: Judged) -> None:
    """A verdict for a line of the code, from that on the line of the network that it stands for."""
    for name in ("verdict", "how", "where_valid", "reason", "counterexample", "follows", "since", "slip", "error"):
        setattr(judged, name, getattr(found, name))


def _place(line: Assignment) -> tuple[str, str, str]:
    from workings.notation import plain

    return line.scope, line.target, ", ".join(map(plain, line.indices))


def _signed(line: Assignment, value: Expr) -> Expr:
    return Neg(value) if line.op == "-=" else value


def _sum(a: Expr, b: Expr) -> Expr:
    if isinstance(a, Num) and a.value == 0:
        return b
    return Add((*(a.args if isinstance(a, Add) else (a,)), b))


def _product(a: Expr, b: Expr) -> Expr:
    return Mul((a, b))


def _quotient(a: Expr, b: Expr) -> Expr:
    return Div(a, b)


def _matrix(a: Expr, b: Expr) -> Expr:
    return MatMul((a, b))

