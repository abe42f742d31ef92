"""The neuron rule: which quantities of a network are neurons, and what joins them.

An expression of parameters and numbers only is a weight, whatever its shape.  A quantity affine in inputs
and neuron outputs is a pre-activation; a one-argument function of it is its neuron.  Outputs are linear
neurons.  Anything else is an operation.  What depends on a target is the error, kept apart.

The equations are read into items (`parts.py`), each after those it uses; a walk back from the outputs
finds what is needed as a node of its own; a walk forth makes the nodes.
"""

from __future__ import annotations

from workings.errors import OutOfReach
from workings.expr import Big, Call, Equation, Expr, MatMul, Network, Num, Ref, free_refs, preorder, substitute
from workings.expr.names import natural
from workings.forms.activations import activation
from workings.forms.affine import coefficients, number, plus, times
from workings.forms.graphs import Z, Edge, Graph, Loss, Neuron, Operation
from workings.forms.parts import Curve, Lag, Linear, Matrix, Op, Part, Parts, Summed
from workings.forms.roles import Roles
from workings.forms.sharing import derived_weights, shared
from workings.notation import plain

Axes = tuple[Expr, ...]
Incoming = tuple[tuple[Edge, ...], Expr]      # the connections into a quantity, and its bias


def graph(net: Network) -> Graph:
    """The neurons, weights, operations and outputs of a network; `OutOfReach` where nothing uses an input.

    >>> from workings.functions import signatures
    >>> from workings.syntax import read
    >>> g = graph(read("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", signatures()))
    >>> [n.id for n in g.neurons], sum(len(n.edges) for n in g.neurons)
    (['h1', 'h2', 'h3', 'y'], 7)
    """
    return _Drawing(net).graph()


class _Drawing:
    """The state of one call.  `items`: named quantities and parts, in an order in which each follows what it uses."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.roles = Roles(net)
        self.parts = Parts(net, self.roles)
        self.items: dict[str, Part] = {}
        self.heads: dict[str, Ref] = {}
        self.inputs: dict[str, Ref] = {}
        self.incoming: dict[str, Incoming] = {}
        self.ids: dict[str, str] = {}
        self.taken = {name for name, _ in (*net.defs, *net.opaque, *net.leaves)} | set(net.functions)

    def graph(self) -> Graph:
        outputs = _outputs(self.net, self.roles)
        self._read_opaque()
        for equation in self.net.ordered:
            if self.roles.of(equation.key) == "data" and not self.roles.is_start(equation):
                self._read(equation, self.roles.id(equation.lhs) in outputs)
        if not self.items:
            raise self._nothing()
        self._declare_inputs()
        loss = _loss(self.net, self.roles)
        needed = self._needed([*outputs, *(s for term in loss for s in term.sources)])
        made = [self._made(name) for name in self.items if name in needed]
        nodes = tuple(node for node in made if node is not None)
        return Graph(
            tuple(self.inputs.items()), nodes, {name: self.ids[name] for name in outputs}, loss,
            shared(self.net, nodes), derived_weights(self.net, nodes),
            _ranges(self.net), self.net.spelling, *self._sizes(nodes), self._starts(),
        )

    def _sizes(self, nodes: tuple[Neuron | Operation, ...]) -> tuple[dict[str, Axes], dict[str, Axes]]:
        """The axes of the nodes that stand for arrays, and of the parameters on their connections."""
        from workings.shape import has_arrays, shapes

        if not has_arrays(self.net):
            return {}, {}
        known = shapes(self.net)
        named: dict[str, Expr] = {**self.inputs}
        for name, node_id in self.ids.items():
            named[node_id] = self.heads.get(name) or self._formula(name)
        sizes = {n: known.of(named[n]) for n in (*self.inputs, *(node.id for node in nodes))}
        weights = [e for n in nodes if isinstance(n, Neuron) for e in (n.bias, *(edge.weight for edge in n.edges))]
        matrices = {plain(r): known.of(r) for e in weights for r in free_refs(e)}
        return {n: axes for n, axes in sizes.items() if axes}, {n: axes for n, axes in matrices.items() if axes}

    def _formula(self, name: str) -> Expr:
        """What a part is, in the names of the text."""
        table: dict[str, Expr] = {**self.inputs, **self.heads}
        for key, part in self.items.items():
            whole: Expr
            if isinstance(part, Lag):
                whole = part.ref
            elif isinstance(part, Curve):
                whole = substitute(part.formula, {Z.name: substitute(part.arg, table)})
            elif isinstance(part, Matrix):
                whole = MatMul(tuple(substitute(f, table) for f in part.factors))
            else:
                whole = substitute(part.expr if isinstance(part, Linear) else part.big if isinstance(part, Summed)
                                   else part.formula, table)
            if key == name:
                return whole
            if key.startswith("#"):
                table[key] = whole
        return Ref(name)

    def _starts(self) -> dict[str, tuple[Equation, ...]]:
        """The given first values, by the node of their family."""
        out: dict[str, tuple[Equation, ...]] = {}
        for equation in self.net.equations:
            if self.roles.is_start(equation):
                name = self.roles.id(equation.lhs)
                out[name] = (*out.get(name, ()), equation)
        return out

    # --- reading ---

    def _read(self, equation: Equation, is_output: bool) -> None:
        name = self.roles.id(equation.lhs)
        expr, fresh = self.parts.read(equation)
        part = self.parts.of(expr)
        if isinstance(expr, Ref) and isinstance(part, Curve | Op):
            fresh.remove(expr.name)          # the whole bears the equation's name
        else:
            part = Linear(expr)
        self.items.update((key, self.parts.table[key]) for key in fresh)
        self.items[name] = self._as_one_function(part, expr, is_output) or part
        self.heads[name] = equation.lhs

    def _as_one_function(self, part: Part, expr: Expr, is_output: bool) -> Curve | None:
        """0.5*z^2 is one function of z; 1 - tanh(2*z) too where z has a name and the result is no output."""
        if isinstance(part, Op) or not self.parts.only_numbers(expr):
            return None                      # a named factor is the weight of a connection
        whole = self.parts.whole(expr) if isinstance(part, Linear) else None
        leaves = self.parts.leaves(expr)
        if len(leaves) != 1 or not self._is_pre(leaves[0]) or not self.parts.curved(expr):
            return whole
        return whole if is_output and isinstance(part, Linear) else self.parts.function_of(expr, leaves[0])

    def _is_pre(self, name: str) -> bool:
        """Is it an affine quantity that the text gives a name?"""
        return name in self.heads and isinstance(self.items[name], Linear)

    def _pre(self, curve: Curve) -> str:
        """The name of the affine quantity that a curve takes, if the text gives it one."""
        name = curve.arg.name if isinstance(curve.arg, Ref) else ""
        return name if self._is_pre(name) else ""

    def _read_opaque(self) -> None:
        for key, opaque in self.net.opaque.items():
            if self.roles.of(key) != "data":
                continue
            refs = [r for r in opaque.args if self.roles.of(self.net.variable(r.key)) == "data"]
            name = self.roles.id(opaque.lhs)
            self.items[name] = Op(opaque.lhs.name, tuple(map(self.roles.id, refs)), Call(opaque.lhs.name, opaque.args))
            self.heads[name] = opaque.lhs

    def _declare_inputs(self) -> None:
        """Each input under the node it is drawn as, by name and number."""
        found: dict[str, Ref] = {}
        sides = [free_refs(e.rhs) for e in self.net.ordered] + [list(o.args) for o in self.net.opaque.values()]
        for ref in (r for side in sides for r in side):
            key = self.net.variable(ref.key)
            if key not in self.net.defs and key not in self.net.opaque and self.roles.of(key) == "data":
                found.setdefault(self.roles.id(ref), ref)
        self.inputs = dict(sorted(found.items(), key=lambda item: natural(item[0])))

    def _nothing(self) -> OutOfReach:
        return OutOfReach(
            "no equation uses an input, so there is no network to draw",
            source=self.net.source,
            span=self.net.equations[0].span if self.net.equations else None,
            hint="say which names are the inputs: inputs=[...], --inputs u1,u2",
        )

    # --- what is needed as a node ---

    def _needed(self, roots: list[str]) -> set[str]:
        lagged = [p.target for p in self.items.values() if isinstance(p, Lag)]
        opaque = [a for p in self.items.values() if isinstance(p, Op) for a in p.args]
        needed = {*roots, *lagged, *opaque}
        for name in reversed(list(self.items)):
            if name in needed:
                needed.update(self._takes(self.items[name]))
        return needed

    def _takes(self, part: Part) -> list[str] | tuple[str, ...]:
        if isinstance(part, Op):
            return part.args
        if isinstance(part, Lag):
            return (part.target,)
        return self.parts.atoms(self._affine(part))

    def _affine(self, part: Part) -> Expr:
        """The affine expression that a part rests on."""
        if isinstance(part, Curve):
            pre = self.items.get(self._pre(part))
            return pre.expr if isinstance(pre, Linear) else part.arg
        if isinstance(part, Summed):
            return part.body
        assert isinstance(part, Linear | Matrix)
        return part.expr if isinstance(part, Linear) else part.inner

    # --- making nodes ---

    def _made(self, name: str) -> Neuron | Operation | None:
        part = self.items[name]
        if isinstance(part, Lag):
            return None
        if isinstance(part, Summed | Matrix):
            edges, bias = self._into(self._affine(part))
            into = _summed(part, edges, bias) if isinstance(part, Summed) else _product(part, edges, bias)
            self.incoming[name] = into
            return None
        out = self.heads.get(name)
        self.ids[name] = name if out is not None else self._fresh("p" if isinstance(part, Op) else "h")
        if isinstance(part, Op):
            lags = {p.target: p.ref for a in part.args for p in (self.items.get(a),) if isinstance(p, Lag)}
            operands = tuple(self._operand(a) for a in part.args)
            return Operation(self.ids[name], part.op, operands, part.formula, out, lags)
        drawn = isinstance(part, Curve) and self._pre(part) in self.ids
        edges, bias = self._into(part.arg if isinstance(part, Curve) and drawn else self._affine(part))
        if isinstance(part, Linear):
            return Neuron(self.ids[name], edges, bias, "linear", Z, out=out)
        act, formula = activation(self.net, part.formula)
        return Neuron(self.ids[name], edges, bias, act, formula, self.heads.get(self._pre(part)), out)

    def _operand(self, name: str) -> str:
        part = self.items.get(name)
        return part.target if isinstance(part, Lag) else self.ids.get(name, name)

    def _into(self, expr: Expr) -> Incoming:
        """The connections and the bias of an affine expression over nodes and parts."""
        names = self.parts.atoms(expr)
        form = coefficients(expr, [(name, 0) for name in names])
        if form is None:
            seen = f"{plain(expr)} is not affine in {', '.join(names)}"
            raise OutOfReach(seen, span=expr.span, source=self.net.source)
        edges: list[Edge] = []
        bias = form.const
        for name in names:
            factor = form.of.get((name, 0))
            if factor is None:
                continue                     # it cancels out
            part = self.items.get(name)
            if isinstance(part, Lag):
                edges.append(Edge(part.target, factor, (), part.ref))
            elif name in self.incoming:
                inner, more = self.incoming[name]
                edges += [Edge(e.source, times([factor, e.weight]), e.over, e.lag) for e in inner]
                bias = plus([bias, times([factor, more])])
            else:
                edges.append(Edge(self.ids.get(name, name), factor))
        return tuple(edges), bias

    def _fresh(self, letter: str) -> str:
        number = 1
        while f"{letter}{number}" in self.taken:
            number += 1
        self.taken.add(f"{letter}{number}")
        return f"{letter}{number}"


def _ranges(net: Network) -> dict[str, tuple[Expr, Expr]]:
    """The range of each index: as declared, else the bounds of the sums over it where all have the same."""
    found = {name: (r.lo, r.hi) for name, r in net.ranges.items()}
    bounds: dict[str, dict[str, tuple[Expr, Expr]]] = {}
    for equation in net.ordered:
        for node in preorder(equation.rhs):
            if isinstance(node, Big) and node.lo is not None and node.hi is not None and node.index not in found:
                bounds.setdefault(node.index, {})[f"{plain(node.lo)}..{plain(node.hi)}"] = (node.lo, node.hi)
    return found | {index: next(iter(seen.values())) for index, seen in bounds.items() if len(seen) == 1}


def _summed(part: Summed, edges: tuple[Edge, ...], bias: Expr) -> Incoming:
    big = part.big
    factor = [] if big.condition is None else [Call("ind", (big.condition,))]
    inner = tuple(Edge(e.source, times([*factor, e.weight]), (big.index, *e.over), e.lag) for e in edges)
    rest = bias if number(bias) == 0 else Big("sum", big.index, bias, big.lo, big.hi, big.condition)
    return inner, rest


def _product(part: Matrix, edges: tuple[Edge, ...], bias: Expr) -> Incoming:
    def times_matrix(weight: Expr) -> Expr:
        factors = [weight if f is part.inner else f for f in part.factors]
        kept = [f for f in factors if number(f) != 1]
        return kept[0] if len(kept) == 1 else MatMul(tuple(kept)) if kept else weight

    inner = tuple(Edge(e.source, times_matrix(e.weight), e.over, e.lag) for e in edges)
    return inner, bias if number(bias) == 0 else times_matrix(bias)


# --- outputs and the error ---


def _outputs(net: Network, roles: Roles) -> list[str]:
    """Quantities that no other uses, and the last ones that an error compares with its targets."""
    flows: dict[str, list[str]] = {}
    compared: set[str] = set()
    for equation in net.ordered:
        kind, own = roles.of(equation.key), roles.id(equation.lhs)
        for ref in free_refs(equation.rhs):
            back = any(not isinstance(i, Ref | Num) for i in ref.indices)
            source = (roles.layer(ref) or roles.id(ref)) if roles.of(net.variable(ref.key)) == "data" else ""
            if source and kind == "loss":
                compared.add(source)
            elif source and not back and source != own:
                flows.setdefault(source, []).append(own)
    heads = [roles.id(e.lhs) for e in net.ordered if roles.of(e.key) == "data" and not roles.is_start(e)]
    leads: set[str] = set()                  # those from which a compared quantity can still be reached
    for name in reversed(heads):
        if any(after in compared or after in leads for after in flows.get(name, [])):
            leads.add(name)
    return [n for n in dict.fromkeys(heads) if n not in flows or (n in compared and n not in leads)]


def _loss(net: Network, roles: Roles) -> tuple[Loss, ...]:
    """Each error that is part of no other, with all that it compares."""
    terms = [e for e in net.ordered if roles.of(e.key) == "loss"]
    used = {ref.key for e in terms for ref in free_refs(e.rhs) if ref.key != e.key}
    return tuple(_term(net, roles, e) for e in terms if e.key not in used)


def _term(net: Network, roles: Roles, equation: Equation) -> Loss:
    sources: dict[str, None] = {}
    targets: dict[str, Ref] = {}
    waiting, seen = [equation.rhs], {equation.key}
    while waiting:
        for ref in free_refs(waiting.pop(0)):
            key = net.variable(ref.key)
            if roles.of(key) == "data":
                sources.setdefault(roles.id(ref))
            elif key in net.defs and roles.of(key) == "loss" and key not in seen:
                seen.add(key)
                waiting.extend(e.rhs for e in net.defs[key])
            elif roles.of(key) == "loss" and key not in seen:
                targets.setdefault(roles.id(ref), ref)
    return Loss(equation.lhs, equation.rhs, tuple(sources), tuple(targets.values()))
