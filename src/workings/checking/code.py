"""A hand-written backward pass, judged line by line.

Each assignment becomes a line in the network's own notation: `dz5 = da5 * (1 - a5**2)` claims that dE/dz5 is
dE/da5*(1 - a5^2).  A name of the code that stands for a quantity or an adjoint claims its worth when it is written, and
means the truth when a later line reads it; one that stands for nothing is the program's own and means what was assigned
to it.  Beside that the value that the program really has is kept, so that a line which only carries an earlier error
says `follows`.  Loops are index letters (`code_loops`), the iteration before is the neighbouring entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from workings.checking.code_arrays import Arrays, is_zero
from workings.checking.code_classes import hot_of, with_classes
from workings.checking.code_given import sizes_of, without_claim, written_names
from workings.checking.code_loops import Counting, Loops, Turn, bases, placed
from workings.checking.code_names import Names
from workings.checking.code_state import Places, Variable, Write, about, last_of_groups
from workings.checking.code_verdicts import Passed, Pending, Verdicts
from workings.checking.lines import Session
from workings.checking.matrices import form
from workings.checking.verdict import Judged, Report
from workings.errors import NotReadable, Source, WorkingsError
from workings.expr import (
    Add, Big, Call, Deriv, Div, Expr, MatMul, Mul, Neg, Network, Ref, Rel, preorder, same,
    substitute,
)
from workings.expr.program import Assignment, Code
from workings.limits import CODE_VALUE
from workings.notation import plain
from workings.expr.shift import shifted


def check_code(net: Network, code: Code, source: Source, of: str | None = None, at: Mapping[str, Any] | None = None,
               given: Sequence[str] = ()) -> Report:
    """Each assignment of a program judged against the network; the lines are those of the code.

    Where it counts its entries and steps otherwise than the network does, the way of counting is taken under which
    the fewest lines are wrong, the same for all of them, and said.
    """
    net, code = with_classes(net, code, of)
    found: list[tuple[int, Report]] = []
    for base in bases(net, code):
        report = _checked(net, code, source, of, at, given, base)
        bad = [j for j in report.lines if j.verdict != "right"]
        found.append((len(bad), report))
        if not any(code.lines[j.line].loops or code.lines[j.line].indices for j in bad):
            break
    return min(found, key=lambda f: f[0])[1]


def _checked(net: Network, code: Code, source: Source, of: str | None, at: Mapping[str, Any] | None,
             given: Sequence[str], base: str) -> Report:
    from workings.functions import signatures
    from workings.syntax import read_lines

    net = Names(net, of).with_wholes(code)
    names = Names(net, of)
    sizes = sizes_of(net, code, names)
    quantity = {n: r for n in written_names(code) for r in [names.about(n)] if r is not None}
    arrays = Arrays(form(net))
    loops = Loops(net, code.lines, sizes, Counting(net, base), quantity, lambda n, axis: names.length(n, axis, arrays))
    if loops.ranges:
        net = net.with_(ranges={**net.ranges, **loops.ranges})
    session = Session(net, at or {})
    for fact in read_lines([f if f.startswith("given") else f"given {f}" for f in given], signatures(), net):
        if fact.error:
            raise fact.error
        session.take_fact(fact.body)
    checker = Checker(net, session, code, source, names, loops)
    judged = checker.all()
    counted = {"same": "indices are read as the network counts them", "after":
               "the first step of the code is read as the first one after the given one"}
    said = [counted[base]] if base in counted else []
    said += ["vectors are read as columns, n x 1: a @ b.T of two is their outer product"] * checker.arrays.columns
    said += [f"{hot} is 1 at the class {plain(number)} and 0 elsewhere" for hot, number in hot_of(net)]
    return Report(judged, [*names.said(), *said, *session.remarks], source, by_place=True)


class Checker:
    """Block after block: a line outside of loops, or all lines of one outermost loop."""

    def __init__(self, net: Network, session: Session, code: Code, source: Source, names: Names, loops: Loops) -> None:
        self.net, self.code, self.source, self.names, self.loops = net, code, source, names, loops
        self.arrays = Arrays(session.form)
        self.verdicts = Verdicts(net, session, self.arrays, source)
        self.env: dict[tuple[str, str], Variable] = {}
        self.carried: dict[str, Expr] = {}        # what a name was worth in the iteration before, by its stand-in
        self.block: list[tuple[int, Assignment]] = []

    def all(self) -> list[Judged]:
        """The verdicts, in order."""
        lines = self.code.lines
        last = last_of_groups(lines)
        out = [Judged(n, a.text, "not understood", place=self.source.place(a.span.start)) for n, a in enumerate(lines)]
        start = 0
        while start < len(lines):
            end = start + 1
            while lines[start].loops and end < len(lines) and lines[end].loops[:1] == lines[start].loops[:1]:
                end += 1
            self.block = list(enumerate(lines))[start:end]
            pending: list[Pending] = []
            for number, line in self.block:
                with self._guarded(line, out[number]):
                    pending += self._read(line, out[number], last[number])
            for p in pending:
                with self._guarded(p.line, p.judged):
                    self.verdicts.judge(p)
            self.carried = {}
            start = end
        return out

    @contextmanager
    def _guarded(self, line: Assignment, judged: Judged) -> Iterator[None]:
        """What goes wrong with a line is its verdict; what was assigned is then not known."""
        try:
            yield
        except WorkingsError as problem:
            judged.verdict, judged.error, judged.reason = "not understood", problem, problem.message
            problem.located(self.source, line.span)
            if problem.span is not None and problem.source is self.source:
                judged.place = self.source.place(problem.span.start)
            key = (line.scope, line.target)
            variable = self.env.setdefault(key, Variable(None))
            meaning = self.names.meaning(line.target)
            variable.broken = meaning.what is None
            variable.writes = [] if variable.broken else variable.writes

    # -- reading
    def _read(self, line: Assignment, judged: Judged, last: bool) -> list[Pending]:
        if line.error is not None:
            raise line.error
        assert line.value is not None
        if line.target in self.loops.sizes and isinstance(line.value, Call) and line.value.function == "length":
            judged.verdict, judged.reason = "right", f"names a size: {plain(self.loops.sizes[line.target])}"
            return []
        if (told := without_claim(line, self.net, self.names, self.env)):
            judged.verdict, judged.reason = "right", told
            return []
        turns = self.loops.of(line)
        places = tuple(placed(i, turns) for i in line.indices)
        claim = self.names.claimed(line.target, line.span)
        before = self.env.get((line.scope, line.target))
        says, really, used = self._value(line, line.value, turns)
        again: Callable[[Expr], Expr] | None = None           # what is made of the old value
        if line.mask is not None:
            mask, _, more = self._value(line, line.mask, turns)
            again, used = (lambda old, new=says: self.arrays.written(Call("where", (mask, new, old)))), (*used, *more)
            really = None
        elif line.op in ("*=", "/=", "@="):
            again = lambda old, new=says: _joined(line.op, old, new)      # noqa: E731
            real = before.really if before is not None else None
            really = again(real) if really is not None and real is not None else None
        old = self._old(line, before).value(places, turns, line.span) if again is not None else says
        says = again(old) if again is not None else says
        if line.op != "=" and before is not None and before.read and isinstance(claim, Ref) and not (turns or places):
            before.claim, claim = None, None              # Z -= Z.max(): it was complete, and is now another
        variable = self._written(line, judged, turns, places, claim, before, says, really)
        if line.op == "=" and is_zero(says) and self._again(line):
            judged.verdict, judged.reason = "right", f"{line.target} begins at 0"
            return []
        entry = None if variable.claim is None else variable.claim(places, turns)
        whole = says if line.op not in ("+=", "-=") else self._total(line, variable, places, turns)
        pending = Pending(line, judged, variable, entry, whole, variable.really, used, last, list(variable.writes),
                          list(variable.lost), line.op, places, turns)
        if again is not None and line.op in ("=", "*=") and isinstance(entry, Deriv) and before is not None:
            pending.passed = Passed(old, again, before.writes[-1].judged,
                                    lambda what: self.names.entries(what, self.loops, line))
        if before is not None and (line.op != "=" or line.mask is not None):
            pending.used = (*used, before) if before is not variable else used
        return [pending]

    def _again(self, line: Assignment) -> bool:
        """Does a later line assign to the same name?"""
        later = self.code.lines[self.code.lines.index(line) + 1 :]
        return any(a.target == line.target and a.scope == line.scope for a in later)

    def _old(self, line: Assignment, before: Variable | None) -> Variable:
        if before is None or not before.writes:
            raise NotReadable(f"{line.target} has no value yet", span=line.span,
                              expected=f"{line.target} = ... before {line.target} {line.op} ...")
        return before

    def _written(self, line: Assignment, judged: Judged, turns: tuple[Turn, ...], places: Places, claim: Any,
                 before: Variable | None, says: Expr, really: Expr | None) -> Variable:
        """The variable after the assignment."""
        adds = line.op in ("+=", "-=")
        if adds:
            before = self._old(line, before)
            free = [t for t in turns if not about(t, places) and not self._begun_in(before, t)]
            write = Write(places, turns, Neg(says) if line.op == "-=" else says, judged, True, tuple(free))
            for t in reversed(free):
                write.says = Big("sum", t.letter, write.says) if self._whole_range(t) else Big(
                    "sum", t.letter, write.says, t.lo, t.hi)
            before.writes.append(write)
            if before.really is not None and really is not None and not turns:
                before.really = Add((before.really, Neg(really) if line.op == "-=" else really))
            else:
                before.really = None
            before.read = False
            return before
        write = Write(places, turns, says, judged)
        if places and before is not None and before.writes:
            before.writes.append(write)
            before.read, before.really = False, None
            return before
        variable = Variable(self.names.entries(claim, self.loops, line), [write], really=None if turns else really)
        if before is not None and not before.read and claim is not None and line.op == "=" and line.mask is None:
            variable.lost = [*before.lost, *(w for w in before.writes if not is_zero(w.says))]
        elif before is not None and (line.op != "=" or line.mask is not None):
            variable.lost = before.lost
        self.env[line.scope, line.target] = variable
        return variable

    def _begun_in(self, variable: Variable, turn: Turn) -> bool:
        """Was the variable begun anew in each iteration of the loop?"""
        return any(not w.adds and any(t.loop is turn.loop for t in w.turns) for w in variable.writes)

    def _whole_range(self, turn: Turn) -> bool:
        found = self.net.ranges.get(turn.letter)
        return found is not None and same(found.lo, turn.lo) and same(found.hi, turn.hi)

    def _total(self, line: Assignment, variable: Variable, places: Places, turns: tuple[Turn, ...]) -> Expr:
        """The sum once its loops have ended."""
        done = [t for w in variable.writes for t in w.summed]
        here = tuple(t for t in turns if t not in done)
        return variable.value(places, here, line.span)

    # -- values
    def _value(self, line: Assignment, value: Expr, turns: tuple[Turn, ...]) -> tuple[
            Expr, Expr | None, tuple[Variable, ...]]:
        """The expression in terms of the truth, as the program has it (None: not told), and the variables in it."""
        used: dict[int, Variable] = {}

        def put(node: Expr, real: bool) -> Expr:
            if not isinstance(node, Ref):
                return node
            turn = next((t for t in turns if t.loop.index == node.name), None)
            if turn is not None:
                return shifted(Ref(turn.letter), -turn.shift)
            if node.name in self.loops.sizes and (line.scope, node.name) not in self.env:
                return self.loops.sizes[node.name]
            variable = self.env.get((line.scope, node.name))
            places = tuple(placed(i, turns) for i in node.indices)
            carried = self._carried(line, node, variable, turns)
            if carried is not None:
                return carried
            if variable is None:
                return self._given(node, places, turns)
            variable.read = True
            used[id(variable)] = variable
            if variable.broken:
                raise NotReadable(f"it uses {node.name}, which was not understood", span=node.span or line.span)
            if not real and variable.claim is not None and not any(_open(w, turns) for w in variable.writes):
                return variable.claim(places, turns)
            if real and variable.really is not None:
                return variable.really
            return self._through(variable, variable.value(places, turns, node.span or line.span), places)

        says = self.arrays.written(_rewritten(value, lambda n: put(n, False)))
        really: Expr | None = says
        if any(v.wrong for v in used.values()):
            known = not turns and all(v.really is not None or not v.wrong for v in used.values())
            really = self.arrays.written(_rewritten(value, lambda n: put(n, True))) if known else None
        for e in (says, really):
            if e is not None and sum(1 for _ in preorder(e)) > CODE_VALUE:
                raise NotReadable("this value is too long, its names put in", span=line.span,
                                  expected=f"at most {CODE_VALUE} operations between two quantities of the network")
        return says, really, tuple(used.values())

    def _through(self, variable: Variable, value: Expr, places: Places) -> Expr:
        """An array of the program's own with indices that are not places of assignments: the entry of its value."""
        whole = [w for w in variable.writes if not w.places]
        if not places or not whole or len(whole) < len(variable.writes):
            return value
        return _entry(value, places)

    def _given(self, node: Ref, places: Places, turns: tuple[Turn, ...]) -> Expr:
        """A name that no line of the code defines: a quantity of the network, or an adjoint given from outside."""
        claim = self.names.claimed(node.name, node.span)
        if claim is None:
            near = self._near(node.name)
            raise NotReadable(f"nothing is called {node.name} here", span=node.span,
                              expected="a quantity of the network, or a name that an earlier line defines",
                              hint=f"did you mean {near}?" if near else "")
        return self.names.entry(claim, places, turns, self.loops, node.span)

    def _near(self, name: str) -> str:
        from difflib import get_close_matches

        there = [*(n for _, n in self.env), *self.names.places]
        return next(iter(get_close_matches(name, there, 1, 0.6)), "")

    # -- the iteration before
    def _carried(self, line: Assignment, node: Ref, variable: Variable | None, turns: tuple[Turn, ...]) -> Expr | None:
        """What a name was left as by the iteration before, where this one has not yet assigned it; None: it has."""
        if node.indices or not turns:
            return None
        number = next(n for n, a in self.block if a is line)
        for turn in reversed(turns):
            body = [(n, a) for n, a in self.block if turn.loop in a.loops and a.target == node.name and a.op == "="
                    and not a.indices and a.mask is None and a.error is None]
            if not body:
                continue
            if any(n < number for n, _ in body):
                return None
            if variable is None or not variable.writes:
                raise NotReadable(f"{node.name} has no value in the first iteration", span=node.span or line.span,
                                  expected=f"{node.name} = ... before the loop")
            variable.read = True
            first = variable.value((), turns, node.span or line.span)
            before = self._left(body[-1][1], turn, turns)
            return Call("where", (Rel((Ref(turn.letter), turn.first), ("!=",)), before, first))
        return None

    def _left(self, line: Assignment, turn: Turn, turns: tuple[Turn, ...]) -> Expr:
        """What an assignment further down leaves for the next iteration: its claim, or its value, still to come."""
        claim = self.names.claimed(line.target, line.span)
        if claim is not None:
            entry = self.names.entry(claim, (), self.loops.of(line), self.loops, line.span)
            return substitute(entry, {turn.letter: turn.before()})
        assert line.value is not None
        if line.loops != tuple(t.loop for t in turns):
            raise NotReadable(f"{line.target} is carried from an inner loop", span=line.span)
        return self._ahead(line, turn, turns, {line.target})

    def _ahead(self, line: Assignment, turn: Turn, turns: tuple[Turn, ...], seen: set[str]) -> Expr:
        """The value of an assignment in the iteration before, in terms of the truth, worked out from its own line."""
        number = next(n for n, a in self.block if a is line)

        def put(node: Expr) -> Expr:
            if not isinstance(node, Ref):
                return node
            own = next((t for t in turns if t.loop.index == node.name), None)
            if own is not None:
                return shifted(Ref(own.letter), -own.shift)
            places = tuple(placed(i, turns) for i in node.indices)
            inner = [a for n, a in self.block if a.target == node.name and n < number and turn.loop in a.loops]
            found = self.names.claimed(node.name, node.span)
            if found is not None:
                return self.names.entry(found, places, turns, self.loops, node.span)
            if not inner:
                variable = self.env.get((line.scope, node.name))
                if variable is None or node.name in seen or any(
                        a.target == node.name and turn.loop in a.loops for _, a in self.block):
                    raise NotReadable(f"{node.name} is carried through more than one iteration", span=node.span)
                return variable.value(places, turns, node.span or line.span)
            if node.name in seen or inner[-1].op != "=" or places:
                raise NotReadable(f"{node.name} is carried through more than one iteration", span=node.span)
            return self._ahead(inner[-1], turn, turns, seen | {node.name})

        assert line.value is not None
        value = self.arrays.written(_rewritten(line.value, put))
        return substitute(value, {turn.letter: turn.before()}) if len(seen) == 1 else value


def _rewritten(value: Expr, put: Callable[[Expr], Expr]) -> Expr:
    """Each name of the code replaced; the indices of one go with it."""
    if isinstance(value, Ref):
        return put(value)
    inner = value.children()
    new = tuple(_rewritten(e, put) for e in inner)
    return value if all(a is b for a, b in zip(new, inner)) else value.rebuild(new)


def _joined(op: str, old: Expr, new: Expr) -> Expr:
    return Div(old, new) if op == "/=" else Mul((old, new)) if op == "*=" else MatMul((old, new))


def _open(write: Write, here: Sequence[Turn]) -> bool:
    """Is it a sum that is read within its loop?"""
    return any(t.loop is s.loop for t in here for s in write.summed)


def _entry(value: Expr, places: Places) -> Expr:
    if isinstance(value, Ref):
        return Ref(value.name, (*value.indices, *places))
    raise NotReadable("an entry of this is not read", span=None, expected="an entry of a name")
