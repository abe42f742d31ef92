"""Derivatives through a recurrence: the chain rule over all steps, and an adjoint that runs from the last to the first.

    dE/dw = sum(t, dE/dh[t]*P(h[t],w))
    dE/dh[T] = P(E,h[T]),    dE/dh[t] = P(E,h[t]) + dE/dh[t+1]*P(h[t+1],h[t])

Backpropagation through time (Werbos 1990; Goodfellow, Bengio, Courville, *Deep Learning*, section 10.2.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from workings.derive.bounds import conditions
from workings.derive.chain import Web, long, statement, web
from workings.derive.graph import Cap, Graph, Node, entry
from workings.derive.pieces import Cell, cells, merged
from workings.derive.put import put_in
from workings.derive.ranges import bounded
from workings.derive.recurrences import Domain
from workings.derive.steps import Step, equal
from workings.derive.steps_between import capped
from workings.derive.terms import Arena, Term
from workings.derive.tidy import Knowledge, tidy
from workings.derive.unrolled import unrolled
from workings.derive.written import to_expr, to_term
from workings.expr import Add, Call, Deriv, Equation, Expr, Key, Num, Ref, Rel, preorder, same

if TYPE_CHECKING:
    from workings.derive.derivation import Work

Known = list[tuple[Deriv, Expr]]


class Stage(NamedTuple):
    """The adjoint of one entry of a family, where it holds: gh[T], or gh[t] for t up to T - 1."""

    node: Node
    cell: Cell
    whole: Web
    stated: Expr


class Single(NamedTuple):
    """An entry of the family that carries a recurrence: where it runs, its letter, the last step, up or down."""

    node: Node
    within: Domain
    step: str
    last: Term
    up: bool
    stop: tuple[Key, ...]


def worked(
    work: Work, graph: Graph, top: Node, bottom: Node, stop: Sequence[Key]
) -> tuple[Expr, list[Step]]:
    """The derivative, its adjoints stated as recurrences."""
    time = Time(work, graph, top, settled(graph, top, bottom, stop))
    head = Deriv(entry(top), (entry(bottom),))
    if bottom.key in time.stop and time.family(bottom) is not None:   # the answer is an adjoint
        steps = time.stages([bottom])
        name = time.name(bottom)
        result = time.alive(bottom, name)
        steps.append(Step("adjoint of an entry", time.says(bottom), head, result, equal(head, result)))
        return result, [*steps, *unrolled(time, head, result)]
    whole, stated = time.stated(bottom, Cell({}, {}))
    if isinstance(stated, Num):
        return stated, [Step("independent", time.says(bottom), head, stated, equal(head, stated))]
    first = time.chain_step(head, stated, whole)
    steps = [first, *time.stages(time.needed(stated))]
    table = work.locals(graph, whole, stated, (), steps, time.known(stated))
    result, steps = work.finish(graph, head, stated, table, steps, {})
    return result, [*steps, *unrolled(time, head, result)]


def stated_only(
    work: Work, graph: Graph, top: Node, bottom: Node, stop: Sequence[Key]
) -> tuple[Expr, list[Step]]:
    """The chain rule alone: over all steps, then from one step to the next."""
    time = Time(work, graph, top, settled(graph, top, bottom, stop), state=True)
    head = Deriv(entry(top), (entry(bottom),))
    whole, stated = time.stated(bottom, Cell({}, {}))
    steps = [time.chain_step(head, stated, whole)]
    return stated, [*steps, *time.stages(time.needed(stated))]


class Time:
    """The adjoints of the recurrences between two quantities."""

    def __init__(self, work: Work, graph: Graph, top: Node, stop: Sequence[Key], state: bool = False) -> None:
        self.work, self.graph, self.top, self.stop, self.state = work, graph, top, tuple(stop), state
        self.of = entry(top)
        self.names: dict[Key, str] = {}
        self.entries: dict[Node, Expr] = {}          # entries of their own, h[0], and their derivatives
        self.found: dict[Node, list[Stage]] = {}
        graph.caps = caps_of(graph, top)

    def alive(self, node: Node, value: Expr) -> Expr:
        """What is derived by an entry, 0 where the entry comes after the derived one."""
        tests = [t for t in capped(self.graph, node) if self.graph.domains.facts().holds(t) is None]
        if not tests:
            return value
        return Call("where", (to_expr(tests[0]), value, Num(0, "0")))

    # -- entries
    def family(self, node: Node) -> list[Equation] | None:
        """The equations of a recurrence that may give an entry."""
        heads = [e for e in self.graph.net.defs.get(node.key, ()) if self.graph.domains.of(e)]
        found = [e for e in heads if self.graph.domains.may_hold(e, node.indices)]
        return found or None

    def name(self, node: Node) -> Ref:
        """gh[t+1] for the entry h[t+1]"""
        if node.key not in self.names:
            self.names[node.key] = self.work.names.adjoint(node.name)
        return Ref(self.names[node.key], entry(node).indices)

    def known(self, stated: Expr, own: Node | None = None) -> Known:
        """The derivatives in a statement that are known, by name; the `own` one is what it states."""
        return [(mark, self.entries.get(node) or self.name(node)) for mark, node in self._marks(stated) if node != own]

    def needed(self, stated: Expr, own: Node | None = None) -> list[Node]:
        """The entries whose adjoints a statement uses."""
        return [node for _, node in self._marks(stated) if node != own]

    def _marks(self, stated: Expr) -> Iterator[tuple[Deriv, Node]]:
        seen: list[Deriv] = []
        for node in preorder(stated):
            if isinstance(node, Deriv) and node.kind == "d" and same(node.of, self.of) and not any(
                same(node, s) for s in seen
            ):
                (wrt,) = node.wrt
                assert isinstance(wrt, Ref)
                if wrt.key in self.stop:
                    seen.append(node)
                    yield node, Node(wrt.name, tuple(to_term(self.graph.arena, i) for i in wrt.indices))

    # -- statements
    def stated(
        self, node: Node, cell: Cell, stop: Sequence[Key] | None = None, part: Key | None = None
    ) -> tuple[Web, Expr]:
        """The chain rule from an entry to those that use it; without what passes a variable where `part` names it."""
        stop = self.stop if stop is None else stop
        return step_stated(self.graph, self.top, node, stop, cell, self.work.implied, part)

    def stages(self, wanted: list[Node]) -> list[Step]:
        """The adjoints of all that is wanted and of what these need, a step for each statement, the latest first."""
        found = self.found
        queue = list(wanted)
        while queue:
            for node, within in self.canonical(queue.pop(0)):
                if node not in found:
                    found[node] = self.stages_of(node, within)
                    queue += [n for stage in found[node] for n in self.needed(stage.stated, stage.node)]
        steps: list[Step] = []
        for node in sorted(found, key=self._order):
            mine = [self._step(stage) for stage in found[node]]
            variant = "own" if len(mine) == 1 and self.family(node) is not None else mine[-1].says["variant"]
            mine[-1].says = {**mine[-1].says, "special": mine[:-1], "variant": variant}
            steps += mine
        return steps

    def _order(self, node: Node) -> tuple[int, int, int]:
        """Groups from the top down; in a group what comes last in the text first; h[0] after h[t]."""
        place = next((n for n, g in enumerate(self.graph.domains.groups) if node.key in g), -1)
        lines = [n for n, e in enumerate(self.graph.net.equations) if e.key == node.key and self.graph.domains.of(e)]
        letters = sum(bool(i.kind == "ref") for i in node.indices)
        return (-place, -letters, -max(lines, default=0))

    def canonical(self, node: Node) -> Iterator[tuple[Node, Domain]]:
        """The general entries of the family, each with where it runs; an entry of its own as it is."""
        heads = self.family(node)
        if heads is None:
            yield node, {}
            return
        graph, arena = self.graph, self.graph.arena
        avoid = {t.head for i in self.top.indices for t in (i,) if t.kind == "ref"}
        for equation in heads:
            domain = dict(graph.domains.of(equation))
            swap: dict[str, Term] = {}
            for letter in list(domain):
                new = letter
                while new in avoid:
                    new += "'"
                if new != letter:
                    arena.ranges.setdefault(new, arena.ranges.get(letter))
                    domain[new] = domain.pop(letter)
                    swap[letter] = arena.ref(new)
            here = Node(node.name, tuple(arena.rename(to_term(arena, i), swap) for i in equation.lhs.indices))
            yield here, self._capped(here, domain)

    def _capped(self, node: Node, domain: Domain) -> Domain:
        for cap in self.graph.caps:
            index = node.indices[cap.places[node.key]] if node.key in cap.places else None
            if index is not None and index.kind == "ref" and index.head in domain:
                lo, hi = domain[index.head]
                domain[index.head] = (lo, cap.last) if cap.up else (cap.last, hi)
                if cap.last.kind == "ref" and not cap.last.args:
                    domain[cap.last.head] = cap.span
        return domain

    def single(self, state: Key, group: Sequence[Key]) -> Single | None:
        """How the one family that carries a recurrence runs; None where it has two equations or directions."""
        advancing = self.graph.domains.advancing(group)
        heads = [e for e in self.graph.net.defs[state] for x, _ in advancing if x in self.graph.domains.of(e)]
        if len(heads) != 1 or len(advancing) != 1:
            return None
        at = tuple(to_term(self.graph.arena, i) for i in heads[0].lhs.indices)
        ((node, within),) = self.canonical(Node(state[0], at))
        letter, up = advancing[0]
        step = next((t.head for t in node.indices if t.kind == "ref" and t.head.rstrip("'") == letter), "")
        last = within.get(step, (None, None))[1 if up else 0]
        stop = tuple(k for k in self.stop if k not in group or k == state)
        return None if last is None else Single(node, within, step, last, up, stop)

    def stages_of(self, node: Node, within: Domain, stop: Sequence[Key] | None = None) -> list[Stage]:
        """The statements of one adjoint, the special entries first."""
        whole, _ = self.stated(node, Cell({}, within), stop)
        edges = [e for n in whole.order for e in whole.edges.get(n, ())]
        tests = [t for e in edges for test in e.tests for t in (test.args if test.kind == "logic" else (test,))]
        tests += [t for e in edges for t in conditions(e.slope)]
        if self.top.key == node.key:                  # h[k] by h[t]: at t = k it is 1
            tests += conditions(_product_of_deltas(self.graph.arena, node, self.top))
        stages: list[tuple[Cell, Stage]] = []
        for cell in cells(self.graph.arena, node.indices, within, tests):
            here = Node(node.name, tuple(self.graph.arena.rename(i, cell.at) for i in node.indices))
            whole, stated = self.stated(here, cell, stop)
            stages.append((cell, Stage(here, cell, whole, stated)))
        return [stage for _, stage in merged(stages, self._alike, within)]

    def _alike(self, wider: Stage, cell: Cell, special: Stage) -> bool:
        """Is the special statement the general one at that entry?"""
        arena = self.graph.arena
        general = arena.rename(to_term(arena, wider.stated), cell.at)
        return general is to_term(arena, special.stated)

    # -- steps
    def chain_step(self, head: Deriv, stated: Expr, whole: Web) -> Step:
        """The chain rule over all steps."""
        step = self.work.chain_step(head, stated, whole, self.stop)
        passed = [entry(n) for n in whole.order if n not in (whole.top, whole.bottom)]
        variant = "steps" if step.says["summed"] else step.says["variant"]
        step.says = {**step.says, "through": passed, "variant": variant}
        return step

    def says(self, node: Node) -> dict[str, Any]:
        return {"of": self.of, "wrt": entry(node)}

    def worth(self, node: Node, cell: Cell, whole: Web, stated: Expr) -> tuple[Expr, Known, list[Step]]:
        """A statement worked out where its letters run so, with the derivatives put in, and the steps to these."""
        inner: list[Step] = []
        runs = running(cell)
        self.graph.run(*runs)
        self.work.running = runs
        table = self.work.locals(self.graph, whole, stated, (), inner, self.known(stated, node))
        self.work.running = ([], [])
        self.graph.run([], [])
        _mark(inner, {"runs": runs[0], "at": runs[1]})
        return put_and_tidied(self.graph, self.work.net.functions, stated, table, cell), table, inner

    def _step(self, stage: Stage) -> Step:
        """gh[t] = dE/dh[t] = the chain rule = the value; an entry of its own, h[0], needs no name."""
        node, stated = stage.node, stage.stated
        mark = Deriv(self.of, (entry(node),))
        runs, at = running(stage.cell)
        says = {**self.says(node), "stop": self.stop, "variant": "last" if at else "", "runs": runs, "at": at,
                "ends": bool(self.graph.caps)}
        if self.state:
            return Step("step back", says, mark, stated, equal(mark, stated))
        value, table, inner = self.worth(node, stage.cell, stage.whole, stated)
        sides: list[Expr] = [mark]
        if self.family(node) is None:
            says["variant"] = "first"
            self.entries[node] = value
        else:
            sides.insert(0, self.name(node))
            self.work.recurrences.append((self.name(node), value))
        for side in (stated, value):
            if not same(side, sides[-1]):
                sides.append(side)
        place = tuple(equal(d, v) for d, v in table)
        return Step("step back", says, stated, value, equal(*sides), inner, (), place)


def _mark(steps: Sequence[Step], says: dict[str, Any]) -> None:
    """Where the letters run in some steps and in those inside."""
    for step in steps:
        step.says = {**step.says, **says}
        _mark(step.inner, says)


def running(cell: Cell) -> tuple[list[tuple[Ref, Expr | None, Expr | None]], list[Rel]]:
    """Where the letters of a statement run, and at which entry some of them stand."""
    runs = [
        (Ref(x), None if lo is None else to_expr(lo), None if hi is None else to_expr(hi))
        for x, (lo, hi) in cell.within.items()
    ]
    return runs, [equal(Ref(x), to_expr(v)) for x, v in cell.at.items()]


def step_stated(
    graph: Graph, top: Node, node: Node, stop: Sequence[Key], cell: Cell, implied: Any, part: Key | None = None
) -> tuple[Web, Expr]:
    """The chain rule from an entry to those that use it, over paths that end at a step of a recurrence."""
    if node == top:
        return Web(top, node, {}, [node]), Num(1, "1")
    graph.within, graph.at = dict(cell.within), dict(cell.at)
    whole = web(graph, top, node, stop)
    graph.within, graph.at = {}, {}
    stated = bounded(statement(graph, whole, stop, part), implied)
    if node.key != top.key:
        return whole, stated
    itself = graph.domains.facts(cell.within, cell.at).decided(_product_of_deltas(graph.arena, node, top))
    if itself is graph.arena.zero:
        return whole, stated
    written = to_expr(itself)                         # h[k,i] by h[k,j] is delta(i,j)
    return whole, written if isinstance(stated, Num) else Add((written, stated))


def settled(graph: Graph, top: Node, bottom: Node, stop: Sequence[Key]) -> tuple[Key, ...]:
    """Where paths end: at the recurrence; where too many paths lead on from there, at every quantity between."""
    graph.caps = caps_of(graph, top)
    entries = [bottom]
    for key in stop:
        entries += [
            Node(key[0], tuple(to_term(graph.arena, i) for i in e.lhs.indices))
            for e in graph.net.defs.get(key, ()) if graph.domains.of(e)
        ]
    if not any(long(web(graph, top, node, stop)) for node in entries if node != top):
        return tuple(stop)
    above = graph.above(bottom.key)
    between = [k for k in graph.net.defs if k in above and k in graph.below(top.key)]
    return tuple(dict.fromkeys((*stop, *between)))


def caps_of(graph: Graph, top: Node) -> list[Cap]:
    """The derivative of h[k]: no step after k matters."""
    group = graph.domains.group.get(top.key)
    if group is None:
        return []
    out: list[Cap] = []
    for letter, up in graph.domains.advancing(group):
        places: dict[Key, int] = {}
        for key in group:
            for equation in graph.net.defs[key]:
                found = [n for n, i in enumerate(equation.lhs.indices) if isinstance(i, Ref) and i.name == letter]
                places.update(dict.fromkeys([key], found[0]) if found else {})
        spans = [span for e in graph.net.defs[top.key] if (span := graph.domains.of(e).get(letter))]
        lo, hi = spans[0] if spans else (None, None)
        out.append(Cap(places, top.indices[places[top.key]], up, (None, hi) if up else (lo, None)))
    return out


def put_and_tidied(graph: Graph, functions: Any, stated: Expr, table: Known, cell: Cell) -> Expr:
    """A statement with its derivatives put in, in the form that a textbook prints."""
    arena = graph.arena
    term = graph.domains.facts(cell.within, cell.at).decided(to_term(arena, put_in(stated, table, []), functions))
    fired = tidy(arena, term, Knowledge({}))
    return to_expr(fired[-1].after if fired else term)


def _product_of_deltas(arena: Arena, node: Node, top: Node) -> Term:
    return arena.mul([arena.call("delta", pair) for pair in zip(node.indices, top.indices, strict=True)])
