"""A person's lines, judged one by one: right, wrong, duplicate, undecided or not understood.

A line is a chain of sides; each `=` is compared, and each underbrace.  Derivatives are what the one engine finds; a
printed one is read through every path first, then as the direct partial, the same reading throughout its line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import chain, pairwise
from typing import Any

from workings.checking import decide, drawn, matrices, sets, slips
from workings.checking.budget import Work
from workings.checking.derivs import derivatives, readings
from workings.checking.resolver import Resolver
from workings.checking.naming import put_in
from workings.checking.names import known_names, settled, unknown_names
from workings.checking.points import at_point, point_equations, point_values, sizes_at
from workings.checking.screen import Screen
from workings.checking.verdict import Judged, Report, Verdict
from workings.checking.worlds import World, assumed, of_lines, resolved
from workings.errors import OutOfReach, WorkingsError
from workings.expr import (
    Call, Claim, Deriv, Equation, Expr, Logic, Neg, Network, Num, Ref, Rel, Rest, preorder, rewrite, same,
)
from workings.expr.nodes import Key
from workings.limits import SLIP_STEPS
from workings.shape import ShapeError

ORDER = {"wrong": 0, "undecided": 1, "right": 2}


def check(net: Network, lines: Any, at: Mapping[str, Any] | None = None, given: Any = None) -> Report:
    """Each line judged against the network; `at`: values of names, `given`: facts as texts."""
    from workings.functions import signatures
    from workings.syntax import read_lines

    session = Session(net, at or {})
    texts = [given] if isinstance(given, str) else list(given or ())
    for fact in read_lines([t if t.startswith("given") else f"given {t}" for t in texts], signatures(), net):
        if fact.error:
            raise fact.error
        session.take_fact(fact.body)
    read = read_lines(lines, signatures(), session.written)
    judged = [session.judge(line) for line in read]
    return Report(judged, [*session.remarks, *session.domains.missing()], net.source)


class Session:
    """Lines in order: facts, names that lines give, and domains seen so far accumulate."""

    def __init__(self, net: Network, at: Mapping[str, Any]) -> None:
        self.form = matrices.form(net)        # lines in matrix notation are lowered as the equations are
        self.written, net = self.form.written, self.form.net
        self.net = net
        self.facts: list[Expr] = []
        self.here = net           # with the copies of equations that a line calls for
        self.domains = sets.Domains(net)
        self.remarks: list[str] = []
        self.point = [e for name, value in at.items() for e in point_equations(name, value)]
        self.bind = sizes_at(net, at)
        self.worlds: list[World] = []         # what the person's wrong lines so far would mean
        self.parted: tuple[Expr, Expr] | None = None
        self.last: Rel | None = None          # the last right line
        self.apart: set[Key] = set()          # names that lines gave and no equation holds
        self.lines: list[tuple[Expr, Expr]] = []      # the sides of the line at hand, as they are written

    def take_fact(self, body: Expr | None) -> None:
        """A fact: a relation, or several."""
        if isinstance(body, Rel):
            self.facts.append(self.form.line(body))
        elif isinstance(body, Logic) and body.op == "and":
            for part in body.args:
                self.take_fact(part)

    def judge(self, line: Any) -> Judged:
        """The verdict on one line; problems with it are part of the verdict."""
        out = Judged(line.index, line.text, "not understood", body=line.body)
        if line.source is not None and line.span is not None:
            out.place = line.source.place(line.span.start)
        if line.error is not None or line.body is None:
            out.error = line.error
            out.reason = line.error.message if line.error is not None else "nothing is stated"
            return out
        try:
            self._judge(line, out)
        except OutOfReach as problem:
            out.verdict, out.error, out.reason = "undecided", problem, problem.message
        except ShapeError as problem:
            self._misfit(line.body, problem, out)
        except WorkingsError as problem:
            out.verdict, out.error, out.reason = "not understood", problem, problem.message
        return out

    def _judge(self, line: Any, out: Judged) -> None:
        if self.domains.listed and drawn.EMPTY.search(line.text):
            out.body = None
            drawn.judge_numbers(line.text, self.domains.listed, out)
            return
        if line.kind == "edge" and isinstance(line.body, Call):
            drawn.judge_edge(line.body, self.net, self.compare, out)
            return
        stated = self.form.named(matrices.meant(self.form, line))
        matrices.same_rank(self.form, stated)
        body, self.here = settled(self.form.line(stated), self.net)
        self.lines = pairs(stated)
        if line.kind == "point":
            self._at(body, out)
        elif line.kind in ("fact", "class"):
            self._declared(line.kind, body, out)
        elif isinstance(body, Logic) and sets.is_claim(body):
            self._on_set(body, out)
        elif sets.is_domain(body, self.net):
            self.domains.judge(body, out)
        elif isinstance(body, Rel) and body.ops and all(op in ("=", "<-") for op in body.ops):
            self._equation(body, out)
        elif isinstance(body, Rel):
            self._inequality(body, out)
        elif any(isinstance(n, Claim) for n in preorder(body)):
            self._equation(body, out)
        else:
            out.verdict, out.reason = "undecided", "the line states nothing that can be true or false"

    def _at(self, body: Expr, out: Judged) -> None:
        """`at y = 2, x = (1, -1)`: the point at which the lines that follow are judged."""
        values = point_values(body)
        self.point = [*(e for e in self.point if e.lhs.name not in values), *(
            e for name, value in values.items() for e in point_equations(name, value))]
        self.bind = {**self.bind, **sizes_at(self.written, values)}
        out.verdict, out.reason = "right", "the lines that follow are judged there"

    def _declared(self, kind: str, body: Expr, out: Judged) -> None:
        if kind == "class" and self.net.classes and isinstance(body, Logic):
            sets.judge_claim(body, self.here, self.facts, out)
            return
        if kind == "fact":
            self.take_fact(body)
        out.verdict, out.reason = "right", "taken as given"

    def _on_set(self, body: Logic, out: Judged) -> None:
        resolver = Resolver(self.here)
        resolved = resolver.resolve(readings(body, self.here)[0])
        assert isinstance(resolved, Logic)
        sets.judge_claim(resolved, resolver.net, self.facts, out, creases=not derivatives(body))

    # -- equations
    def _equation(self, body: Expr, out: Judged) -> None:
        if self._names(body, out):
            return
        unknown = unknown_names(body, self.here)
        if unknown:
            out.verdict, out.reason = "not understood", f"no quantity of this network is called {unknown[0]}"
            return
        variants = readings(body, self.here)
        first: tuple[str, Verdict] | None = None
        undecided = False
        for number, variant in enumerate(variants):
            verdict, why = self._pairs(variant)
            if verdict == "right":
                self._record(out, "right", why)
                if isinstance(variants[0], Rel):
                    self.last = variants[0]
                if number:
                    out.how = "reading: partial"
                return
            undecided = undecided or verdict == "undecided"
            if first is None:
                first, parted = (verdict, why), self.parted
        assert first is not None
        self._record(out, "undecided" if undecided else first[0], first[1])
        if out.verdict == "wrong" and parted is not None:
            self._wrong(variants, parted, out)

    def _misfit(self, body: Expr, problem: ShapeError, out: Judged) -> None:
        """Shapes that do not fit are an error of the line where every shape in it is certain."""
        out.verdict, out.error, out.reason = "not understood", problem, problem.message
        if matrices.declared(self.form, body):
            out.verdict = "wrong"
            out.slip = next((s for a, b in pairs(body) for s in [self._turned(a, b)] if s), "") or "shapes do not fit"

    def _turned(self, left: Expr, right: Expr) -> str:
        """The slip where the right side is right once one product of arrays is turned round, or a sum is put in."""
        if self.form.shapes is None:
            return ""
        form = self.form
        for says, edited in chain(matrices.summed(right, form), matrices.sloped(right, form), matrices.turned(right)):
            try:
                a, b = pairs(readings(self.form.line(Rel((left, edited), ("=",))), self.here)[0])[0]
                if self.compare(a, b).kind == "equal":
                    return says
            except (WorkingsError, IndexError):
                continue
        return ""

    # -- wrong lines
    def _wrong(self, variants: list[Expr], parted: tuple[Expr, Expr], out: Judged) -> None:
        """Would it follow from the person's own earlier lines?  If not: which slip, and what follows from it."""
        worlds = of_lines(self.here, self.worlds)
        found = next((w for w in worlds if any(self._follows(v, w) for v in variants)), None)
        if found is not None:
            out.follows, out.since = True, found.since
            return
        out.slip = next((s for a, b in self.lines for s in [self._turned(a, b)] if s), "") or slips.named(
            *parted, at_point(self.here, self.point), self._proof, self._look, self._before(variants[0]))
        world = self._if_right(variants[0], parted)
        if world is not None:
            self.worlds.append(replace(world, since=(out,)))

    def _before(self, body: Expr) -> list[Expr]:
        """What the last right line says of the same quantity."""
        if self.last is None or not isinstance(body, Rel) or not same(self.last.args[0], body.args[0]):
            return []
        return [strip(s) for s in self.last.args[1:] if not _open(s)][::-1]

    def _if_right(self, body: Expr, parted: tuple[Expr, Expr]) -> World | None:
        """The world in which the quantity that the line is about has the value that it gives."""
        head, value = parted
        if isinstance(body, Rel) and not isinstance(head, Deriv | Ref):
            head, value = strip(body.args[0]), strip(body.args[-1])
        elif isinstance(body, Rel) and same(head, strip(body.args[0])) and not _open(body.args[-1]):
            value = strip(body.args[-1])
        if not isinstance(head, Deriv | Ref) or any(same(head, n) for n in preorder(value)):
            return None
        return assumed(World(self.here), head, value)

    def _follows(self, body: Expr, world: World) -> bool:
        for left, right in pairs(body):
            found = resolved(left, right, world)
            if found is None:
                return False
            a, b, net = found
            try:
                if self._proof(a, b, at_point(net, self.point)).kind != "equal":
                    return False
            except (WorkingsError, AssertionError):
                return False
        return True

    def _proof(self, a: Expr, b: Expr, net: Network) -> Verdict:
        found = decide.equal(a, b, net, self.facts, creases=False, bind=self.bind, work=Work(SLIP_STEPS),
                             open_=frozenset(net.defs) - frozenset(self.net.defs))
        if found.kind != "equal":
            for literal, other in ((b, a), (a, b)):
                if _decimals(literal) is not None and self._rounds(other, literal, net):
                    return Verdict("equal", how="rounded")
        return found

    def _look(self, a: Expr, net: Network) -> Screen:
        return Screen(a, net, self.facts, self.bind)

    def _record(self, out: Judged, verdict: str, why: Verdict) -> None:
        out.verdict, out.how, out.reason = verdict, why.how if verdict == "right" else "", why.evidence
        out.where_valid = why.where_valid
        if verdict == "wrong":
            out.counterexample = why.counterexample

    def _pairs(self, body: Expr) -> tuple[str, Verdict]:
        """The verdict on all pairs of sides: the first wrong one, else the first undecided one, else right."""
        found: list[tuple[str, Verdict]] = []
        for left, right in pairs(body):
            v = self.compare(left, right)
            word = {"equal": "right", "different": "wrong", "undecided": "undecided"}[v.kind]
            if word == "wrong":
                self.parted = (left, right)
                return word, v
            found.append((word, v))
        if not found:
            return "undecided", Verdict("undecided", how="", evidence="the line leaves its other side open")
        return min(found, key=lambda f: (ORDER[f[0]], f[1].how == "proved"))

    def compare(self, left: Expr, right: Expr) -> Verdict:
        """Two sides of a line; derivatives are resolved, a decimal literal stands for what rounds to it."""
        creases = not derivatives(left) and not derivatives(right)
        self._meant((left, right))
        resolver = Resolver(self.here)
        try:
            a, b = resolver.both(left, right)
            net = resolver.net
        except OutOfReach:
            if any(e.key in self.net.defs for e in self.point):
                raise
            a, b, net = left, right, self.here
        net = at_point(net, self.point)
        v = decide.equal(a, b, net, self.facts, creases=creases, bind=self.bind,
                         open_=frozenset(net.defs) - frozenset(self.net.defs), place=True)
        if v.kind == "different" and not creases and net.indices and (a is not left or b is not right):
            v = self._again(left, right, v)
        if v.kind != "equal":
            for literal, other in ((right, a), (left, b)):
                if _decimals(literal) is not None and self._rounds(other, literal, net):
                    return Verdict("equal", how="rounded", evidence="the value rounds to the number given")
        return v

    def _again(self, left: Expr, right: Expr, v: Verdict) -> Verdict:
        """Before a line with indices is called wrong: do derivatives of the written-out sums say so too?"""
        if any(e.key in self.net.defs for e in self.point):
            return v
        second = decide.equal(left, right, at_point(self.here, self.point), self.facts, creases=False, bind=self.bind)
        if second.kind == "equal":
            return Verdict("undecided", how="", evidence="two ways to derive it disagree; a person should look")
        return v

    def _rounds(self, other: Expr, literal: Expr, net: Network) -> bool:
        digits = _decimals(literal)
        values = decide.values(other, net, self.bind)
        if digits is None or not values:
            return False
        number, places = digits
        half = Fraction(1, 2) / Fraction(10) ** places
        return all(decide.within(v, number, half) for v in values)

    def _inequality(self, body: Rel, out: Judged) -> None:
        """A claim such as dE/dy <= 1, relation by relation."""
        body = readings(strip(body), self.net)[0]       # type: ignore[assignment]
        resolver = Resolver(self.net)
        sides = [resolver.resolve(side) for side in body.args]
        for a, b, op in zip(sides, sides[1:], body.ops):
            v = decide.equal(a, b, resolver.net, self.facts) if op == "=" else sets.ordered(
                a, b, op, resolver.net, self.facts
            )
            word = {"equal": "right", "different": "wrong", "undecided": "undecided"}[v.kind]
            self._record(out, word, v)
            if word != "right":
                return

    # -- names that a line gives
    def _names(self, body: Expr, out: Judged) -> bool:
        """`delta5 = dE/dz5` with a new name is a definition for the lines that follow."""
        if not isinstance(body, Rel) or not isinstance(body.args[0], Ref):
            return False
        head = body.args[0]
        known = known_names(self.net)
        glued = (head.name[:1] == "d" and any(head.name[1:].startswith(n) for n in known)) or _slope(head.name, known)
        if head.name in known or glued or unknown_names(Rel(body.args[1:], body.ops[1:]), self.net):
            return False
        verdict, why = ("right", Verdict("equal")) if len(body.args) == 2 else self._pairs(
            Rel(body.args[1:], body.ops[1:])
        )
        self._record(out, verdict, why)
        if verdict == "right":
            out.reason = f"names {head.name}"
            self._call(head, strip(body.args[1]))
        return True

    def _call(self, head: Ref, value: Expr) -> None:
        """The name joins the network: in the place of its value where that stands in the equations."""
        found = None if derivatives(value) else put_in(self.net, head, value)
        if found is None:
            value = readings(value, self.net)[0]
            Resolver(self.net).resolve(value)        # it must be one that can be found; each line finds it anew
            found = self.net.with_(equations=(*self.net.equations, Equation(head, value)))
            self.apart.add(head.key)
        self.net = found

    def _meant(self, sides: Sequence[Expr]) -> None:
        """A derivative by a name that a line gave means something only where the equations hold that name."""
        for d in (d for side in sides for d in derivatives(side)):
            for w in d.wrt:
                if isinstance(w, Ref) and w.key in self.apart and not (isinstance(d.of, Ref) and d.of.key == w.key):
                    raise OutOfReach(f"{w.name} stands in no equation, so a derivative by it is not defined",
                                     span=w.span, hint=f"write the equations with {w.name} in them")


def _slope(name: str, known: set[str]) -> bool:
    """E' and E_y look like derivatives of E: no names for something new."""
    whole, _, part = name.partition("_")
    return (name.endswith("'") and name.rstrip("'") in known) or (whole in known and part in known)


# -- parts of a line
def pairs(body: Expr) -> list[tuple[Expr, Expr]]:
    """What a line claims to be equal: neighbours in its chain, and the two parts of each underbrace."""
    out = [(n.inner, n.says) for n in preorder(body) if isinstance(n, Claim)]
    if isinstance(body, Rel):
        sides = [s for s in body.args if not any(isinstance(n, Rest) for n in preorder(s))]
        out += list(pairwise(sides))
    return [(strip(a), strip(b)) for a, b in out if not _open(a) and not _open(b)]


def _open(side: Expr) -> bool:
    return any(isinstance(n, Rest) for n in preorder(side))


def strip(side: Expr) -> Expr:
    """The expression without the claims under its braces."""
    return rewrite(side, lambda n: n.inner if isinstance(n, Claim) else n)


def _decimals(side: Expr) -> tuple[Fraction, int] | None:
    """The value and the number of decimals of a side that is one literal with a point."""
    if isinstance(side, Neg):
        inner = _decimals(side.arg)
        return None if inner is None else (-inner[0], inner[1])
    if isinstance(side, Num) and "." in side.text:
        digits, _, power = side.text.lower().partition("e")
        return Fraction(side.value), len(digits.partition(".")[2]) - int(power or 0)
    return None
