"""A network as affine forms and gates over its inputs, exactly; or the smallest culprit.

Each equation becomes a form over the inputs and the gates before it.  A gate is a piecewise linear function
at its arguments: units (pre-activations whose signs matter) and a form for each pattern of their signs.
Which functions are piecewise linear, the table of functions says; others with a body are read through it.

    Value    the form, and the same as written with each gate by its name
    Scope    what the parameters of a function stand for while its body is read
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from workings import functions
from workings.errors import NotReadable, OutOfReach, Span, WorkingsError
from workings.expr import (
    Add, Big, Call, Claim, Equation, Expr, Key, Logic, Mul, Network, Num, Ref, Rel, fold, free_keys,
)
from workings.geometry.arithmetic import ARITHMETIC, Combine
from workings.geometry.formulas import combination, num, reference
from workings.geometry.gates import Decision, Gates, Value
from workings.geometry.linear import Form, plus, variable
from workings.geometry.names import entries, entry_name, ends_of, input_names, outputs_of, unit_letter
from workings.geometry.program import Program
from workings.limits import MAX_INDEX
from workings.notation import plain

MAX_SHOWN = 400               # nodes of an argument shown as written inside a function's body


@dataclass(slots=True, eq=False)
class Scope:
    names: Mapping[str, Value] = field(default_factory=dict)
    place: str = ""                     # "the equation of a3"
    through: str = ""                   # the function of the table whose body is being read
    depth: int = 0


@dataclass(slots=True, eq=False)
class Then:
    """More to be read before a value is known."""

    parts: Sequence[tuple[Expr, Scope]]
    finish: Callable[[list[Value]], Value | Then]


Found = Value | Then


def lower(net: Network, outputs: Iterable[str] | None = None) -> Program:
    """The network as forms and gates, all of it or what some outputs rest on; raises `OutOfReach` with the culprit.

    >>> from workings.syntax import read
    >>> program = lower(read("y = max(0, x1 + x2) - 1", functions.signatures()))
    >>> [plain(unit.pre) for unit in program.units], plain(program.formulas["y"])
    (['x1 + x2'], 'u1 - 1')
    """
    try:
        return _Lowering(net, outputs).program()
    except WorkingsError as error:
        raise error.located(net.source) from None


class _Lowering:
    def __init__(self, net: Network, outputs: Iterable[str] | None) -> None:
        self.net = net
        self.all = outputs is None
        self.outputs = tuple(outputs) if outputs is not None else outputs_of(net)
        self.inputs = input_names(net)
        self.variables = {name: variable(i) for i, name in enumerate(self.inputs)}
        self.known: dict[str, Value] = {}
        self.gates = Gates(len(self.inputs), unit_letter(net))

    def program(self) -> Program:
        heads = {name.partition("[")[0] for name in self.outputs}
        needed = self._below({key for key in self.net.defs if key[0] in heads})
        every = needed | self._below(set(ends_of(self.net))) if self.all else needed
        for equation in self._ordered(every):
            try:
                self._read(equation)
            except WorkingsError:
                if equation.key in needed:      # what leads to no output need not be piecewise linear
                    raise
        for name in self.outputs:
            if name not in self.known:
                raise NotReadable(f"{name} is not defined", expected=f"one of {', '.join(self.known)}")
        return Program(
            self.inputs, tuple(self.gates.units), tuple(self.gates.pres), tuple(self.gates.gates),
            tuple(self.gates.forms), {k: v.form for k, v in self.known.items()},
            {k: v.shown for k, v in self.known.items()}, self.outputs,
        )

    def _read(self, equation: Equation) -> None:
        for name, indices in entries(self.net, equation):
            scope = Scope({k: _number(v) for k, v in indices.items()}, f"the equation of {name}")
            self.known[name] = self.read(equation.rhs, scope)

    def _below(self, ends: set[Key]) -> set[Key]:
        """The quantities that some rest on, and they themselves."""
        todo = list(ends)
        seen: set[Key] = set()
        while todo:
            key = todo.pop()
            if key in seen or key not in self.net.defs:
                continue
            seen.add(key)
            todo += [k for e in self.net.defs[key] for k in free_keys(e.rhs)]
        return seen

    def _ordered(self, wanted: set[Key]) -> list[Equation]:
        """Their equations, each after those it uses."""
        chosen = [e for e in self.net.ordered if e.key in wanted]
        # the start of a recurrence, h[0] = 0, stands before its step, wherever it is written
        first = {key: i for i, key in reversed(list(enumerate(e.key for e in chosen)))}
        return sorted(chosen, key=lambda e: (first[e.key], any(isinstance(i, Ref) for i in e.lhs.indices)))

    # --- one expression, without recursion ---

    def read(self, expr: Expr, scope: Scope) -> Value:
        """The value of an expression; a work list of what is to be read and what is then to be done with it."""
        done: list[Value] = []
        todo: list[tuple[Expr, Scope] | tuple[int, Callable[[list[Value]], Found]]] = [(expr, scope)]
        while todo:
            what, how = todo.pop()
            if isinstance(what, int):
                cut = len(done) - what
                arguments = done[cut:]
                del done[cut:]
                assert not isinstance(how, Scope)
                found = how(arguments)
            else:
                assert isinstance(how, Scope)
                found = self.open(what, how)
            if isinstance(found, Value):
                done.append(found)
            else:
                todo.append((len(found.parts), found.finish))
                todo.extend(reversed(found.parts))
        return done[0]

    def open(self, node: Expr, scope: Scope) -> Found:
        """A leaf's value, or what must be read first."""
        if isinstance(node, Num):
            return Value(Form(const=Fraction(node.value)), node, False)
        if isinstance(node, Ref):
            return self._name(node, scope)
        if isinstance(node, Claim):
            return Then([(node.inner, scope)], lambda a: a[0])
        if isinstance(node, Big):
            return self._big(node, scope)
        if isinstance(node, Call):
            return self._call(node, scope)
        combine = ARITHMETIC.get(type(node))
        if combine is None:
            raise self._culprit(node, scope)
        return Then([(c, scope) for c in node.children()], lambda a: self._arithmetic(combine, node, a, scope))

    def _arithmetic(self, combine: Combine, node: Expr, args: list[Value], scope: Scope) -> Value:
        form = combine([a.form for a in args])
        if form is None:
            raise self._culprit(node, scope)
        return Value(form, node.rebuild(tuple(a.shown for a in args)), any(a.varies for a in args))

    # --- names ---

    def _name(self, node: Ref, scope: Scope) -> Found:
        if node.indices:
            return Then([(i, scope) for i in node.indices], lambda a: self._entry(node, a, scope))
        if node.name in scope.names:
            return scope.names[node.name]
        return self._lookup(node, node.name, (), scope)

    def _entry(self, node: Ref, indices: list[Value], scope: Scope) -> Value:
        places = []
        for value in indices:
            if not value.form.constant or value.form.const.denominator != 1:
                raise self._culprit(node, scope, "has an index that is no whole number")
            places.append(int(value.form.const))
        return self._lookup(node, entry_name(node.name, places), tuple(places), scope)

    def _lookup(self, node: Ref, name: str, places: tuple[int, ...], scope: Scope) -> Value:
        if name in self.variables:
            return Value(self.variables[name], reference(name), True)
        if name in self.known:
            found = self.known[name]
            return Value(found.form, reference(name), found.varies)
        value = _stored(self.net.values, node.name, places)
        if value is None:
            raise OutOfReach(
                f"{name} has no value", span=node.span, expected=f"a number for {name} in {scope.place}",
                hint=f"add a line {name} = 1/2, or declare {name} as an input",
            )
        return Value(Form(const=value), reference(name), False)

    # --- sums and families ---

    def _big(self, node: Big, scope: Scope) -> Then:
        bounds = self.net.ranges.get(node.index)
        lo, hi = node.lo or (bounds.lo if bounds else None), node.hi or (bounds.hi if bounds else None)
        if lo is None or hi is None or node.condition is not None:
            raise self._culprit(node, scope, "has no bounds that are numbers")
        return Then([(lo, scope), (hi, scope)], lambda a: self._terms(node, a, scope))

    def _terms(self, node: Big, bounds: list[Value], scope: Scope) -> Then:
        if not all(b.form.constant and b.form.const.denominator == 1 for b in bounds):
            raise self._culprit(node, scope, "has no bounds that are numbers")
        lo, hi = (int(b.form.const) for b in bounds)
        if hi - lo >= MAX_INDEX or (hi < lo and node.op in ("max", "min")):
            raise self._culprit(node, scope, f"runs from {lo} to {hi}")
        inner = [(node.body, self._with(scope, {node.index: _number(k)})) for k in range(lo, hi + 1)]
        return Then(inner, lambda a: self._big_of(node, a, scope))

    def _big_of(self, node: Big, terms: list[Value], scope: Scope) -> Found:
        if node.op in ("max", "min"):
            return self._chain(node.op, node, terms, scope)
        kind: type[Add] | type[Mul] = Add if node.op == "sum" else Mul
        if len(terms) < 2:
            return terms[0] if terms else _number(int(node.op == "prod"))
        return self._arithmetic(ARITHMETIC[kind], kind(tuple(t.shown for t in terms), node.span), terms, scope)

    def _chain(self, function: str, node: Expr, terms: list[Value], scope: Scope) -> Found:
        """max(a, b, c) = max(max(a, b), c)."""
        if len(terms) == 1:
            return terms[0]
        first = self._gate(Call(function, (terms[0].shown, terms[1].shown), 0, node.span), terms[:2], scope)
        return Then(first.parts, lambda a: self._then(first.finish(a), terms[2:], function, node, scope))

    def _then(self, first: Found, rest: list[Value], function: str, node: Expr, scope: Scope) -> Found:
        if isinstance(first, Then):
            return Then(first.parts, lambda a: self._then(first.finish(a), rest, function, node, scope))
        return self._chain(function, node, [first, *rest], scope)

    # --- functions ---

    def _call(self, node: Call, scope: Scope) -> Then:
        if node.primes:
            raise self._culprit(node, scope)
        if node.function in ("where", "ind") and node.function not in self.net.functions:
            return self._where(node, scope)
        return Then([(a, scope) for a in node.args], lambda a: self._called(node, a, scope))

    def _called(self, node: Call, args: list[Value], scope: Scope) -> Found:
        own = self.net.functions.get(node.function)
        if own is not None:
            if len(own.params) != len(args):
                raise self._culprit(node, scope, f"takes {len(own.params)} arguments")
            inner = Scope(_bound(own.params, args, self), f"the definition of {own.name}", "", scope.depth + 1)
            return self._body(node, own.body, inner)
        if node.function not in functions.table:
            raise self._culprit(node, scope)
        if functions.table[node.function].piecewise is not None:
            if node.function in ("max", "min"):
                return self._chain(node.function, node, args, scope)
            return self._gate(node, args, scope)
        return self._through(node, args, scope)

    def _through(self, node: Call, args: list[Value], scope: Scope) -> Then:
        """A function of the table that is made of others."""
        row = functions.table[node.function]
        if row.primitive or row.kind != "scalar":
            raise self._culprit(node, scope)
        params, body = functions.parsed(node.function)
        names = _bound(params, args, self)
        return self._body(node, body, Scope(names, scope.place, scope.through or node.function, scope.depth + 1))

    def _body(self, node: Call, body: Expr, scope: Scope) -> Then:
        if scope.depth > 400:
            raise self._culprit(node, scope, "is defined through itself, or too deep")
        return Then([(body, scope)], lambda a: a[0])

    def _gate(self, node: Call, args: list[Value], scope: Scope) -> Then:
        """A piecewise linear function of the table at its arguments."""
        function, params = node.function, functions.table[node.function].params
        if function == "max" and any(_is_zero(a) for a in args):
            # max(0, z) is the same kink as relu(z)
            args, function, params = [args[0] if _is_zero(args[1]) else args[1]], "relu", ("z",)
        found = functions.pieces(function)
        assert found is not None
        units, values, crease = found
        inner = Scope(_bound(params, args, self), scope.place, scope.through or node.function, scope.depth + 1)
        parts = [*units, *values.values(), *([crease] if crease is not None else [])]
        shown = tuple(a.shown for a in args) if node.function == function else (num(0), args[0].shown)
        call = Call(node.function, shown, 0, node.span)

        def finish(read: list[Value]) -> Found:
            pres, rest = read[: len(units)], read[len(units) :]
            if not _in_order(pres):
                return self._through(node, args, scope)
            at_crease = rest[len(values)] if crease is not None else None
            return self.gates.add(node.function, call, pres, dict(zip(values, rest)), at_crease)

        return Then([(part, inner) for part in parts], finish)

    def _where(self, node: Call, scope: Scope) -> Then:
        """where(c, a, b) and ind(c): a gate for each comparison in c."""
        condition = node.args[0]
        branches = list(node.args[1:]) or [Num(1), Num(0)]
        sides = [side for rel in _comparisons(condition) for side in rel.args]
        if not sides or len(branches) != 2:
            raise self._culprit(node, scope, "has a condition that is no comparison")

        def finish(read: list[Value]) -> Value:
            yes, no = read[-2:]
            return Decision(self.gates, dict(zip(map(id, sides), read))).choose(condition, yes, no)

        return Then([(e, scope) for e in (*sides, *branches)], finish)

    def _with(self, scope: Scope, names: dict[str, Value]) -> Scope:
        return Scope({**scope.names, **names}, scope.place, scope.through, scope.depth)

    def shown(self, form: Form) -> Expr:
        """A form over the names of inputs and gates."""
        names = [*map(reference, self.inputs), *(Ref(g.name) for g in self.gates.gates)]
        return combination([(c, names[v]) for v, c in sorted(form.of.items())], form.const)

    # --- what cannot be done ---

    def _culprit(self, node: Expr, scope: Scope, why: str = "is not piecewise linear") -> OutOfReach:
        what, span = self._what(node, scope), node.span or _first_span(node)
        return OutOfReach(
            f"{what} in {scope.place} {why}", span=span,
            expected="sums, multiples by known numbers, and relu, max, min, abs, leaky, clip, step, sign, where",
        )

    @staticmethod
    def _what(node: Expr, scope: Scope) -> str:
        if scope.through:
            return scope.through
        return node.function if isinstance(node, Call) else plain(node)


def _bound(params: Sequence[str], args: list[Value], lowering: _Lowering) -> dict[str, Value]:
    """What the parameters stand for; an argument that is long as written is shown as the form it is."""
    out = {}
    for name, value in zip(params, args):
        if value.varies and fold(value.shown, lambda _, inner: 1 + sum(inner)) > MAX_SHOWN:
            value = Value(value.form, lowering.shown(value.form), True)
        out[name] = value
    return out


def _number(value: int) -> Value:
    return Value(Form(const=Fraction(value)), num(value), False)


def _is_zero(value: Value) -> bool:
    return value.form.constant and not value.form.const and not value.varies


def _in_order(pres: list[Value]) -> bool:
    """Are the creases of one gate parallel and in order, as the table's patterns take for granted?"""
    gaps = [plus(a.form, b.form, -1) for a, b in pairwise(pres)]
    return all(gap.constant and gap.const >= 0 for gap in gaps)


def _comparisons(condition: Expr) -> list[Rel]:
    out: list[Rel] = []
    todo = [condition]
    while todo:
        node = todo.pop()
        if isinstance(node, Rel):
            out.append(node)
        elif isinstance(node, Logic):
            todo.extend(reversed(node.args))
        else:
            return []
    return out


def _stored(values: Mapping[str, object], name: str, places: tuple[int, ...]) -> Fraction | None:
    from workings.exact import rational

    found = values.get(name)
    for place in places:
        if found is None:
            return None
        try:
            found = found[place - 1]  # type: ignore[index]
        except (TypeError, IndexError, KeyError):
            return None
    if found is None or isinstance(found, list | tuple):
        return None
    return Fraction(found.value) if isinstance(found, Num) else rational(found, name)


def _first_span(node: Expr) -> Span | None:
    return next((c.span for c in node.children() if c.span), None)
