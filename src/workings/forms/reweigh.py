"""One weight or bias of a drawn network changed, in the equation that states it.

The rest of a text stays as it was written: only the statement that holds the pre-activation is written anew.
"""

from __future__ import annotations

from collections.abc import Mapping

from workings.errors import BadValue, OutOfReach
from workings.expr import Add, Call, Equation, Expr, Mul, Neg, Network, Num, Ref, fold, same
from workings.forms.activations import activation
from workings.forms.affine import coefficients, number
from workings.forms.graphs import Z, Graph, Neuron
from workings.forms.neurons import graph


def reweigh(net: Network, neuron: str, source: str, value: Expr) -> tuple[Equation, Equation]:
    """The statement that holds a weight, and that statement with `value` in its place; source "": the bias.

    Raises `BadValue` where there is no such connection, and `OutOfReach` where the weight stands in no one place.

    >>> from workings.functions import signatures
    >>> from workings.notation import plain
    >>> from workings.syntax import read
    >>> net = read("y = 2 - relu(x1) + relu(x1 + x2)", signatures())
    >>> plain(reweigh(net, "h2", "", Num(3))[1].rhs)
    '2 - relu(x1) + relu(x1 + x2 + 3)'
    """
    drawn = graph(net)
    node = next((n for n in drawn.neurons if n.id == neuron), None)
    if node is None:
        raise BadValue(f"there is no neuron {neuron}", expected=", ".join(n.id for n in drawn.neurons))
    if source and source not in [e.source for e in node.edges]:
        raise BadValue(f"no connection leads from {source} to {neuron}")
    for equation in net.equations:
        new = _Statement(net, drawn, equation).changed(node, source, value)
        if new is not None:
            return equation, Equation(equation.lhs, new, equation.span, equation.tag)
    raise OutOfReach(f"the {'weight' if source else 'bias'} stands in no statement of its own",
                     hint="change it in the text")


class _Statement:
    """One equation: which of its parts is which neuron."""

    def __init__(self, net: Network, drawn: Graph, equation: Equation) -> None:
        self.net, self.drawn, self.equation = net, drawn, equation
        self.names = [(name, 0) for name in drawn.refs()]
        self.unnamed = [n for n in drawn.neurons if n.out is None]
        self.parts: dict[str, Expr] = {}         # the formula of each neuron that has no name of its own

    def changed(self, node: Neuron, source: str, value: Expr) -> Expr | None:
        """The right side with the new weight; None where the neuron is not stated here."""
        own = self.equation.lhs
        seen = fold(self.equation.rhs, self._known)
        holds_pre = (node.pre is not None and same(own, node.pre)) or (node.act == "linear" and _is(own, node.out))
        if holds_pre:
            return self._affine(node, source, value)
        call = self.equation.rhs if _is(own, node.out) and self._bears(seen, node) else self.parts.get(node.id)
        if call is None or node.pre is not None:
            return None
        place = self._place(call, node)
        if place is None:
            return None
        new = call.rebuild(tuple(self._affine(node, source, value) if k == place else p
                                 for k, p in enumerate(call.children())))
        return fold(self.equation.rhs, lambda n, inner: new if same(n, call) else n.rebuild(inner) if inner else n)

    def _known(self, node: Expr, inner: tuple[Expr, ...]) -> Expr:
        """The expression with each unnamed neuron in it as a name."""
        built = node.rebuild(inner) if inner else node
        if isinstance(node, Call):
            for neuron in self.unnamed:
                if self._bears(built, neuron):
                    self.parts.setdefault(neuron.id, node)
                    return Ref(neuron.id)
        return built

    def _bears(self, built: Expr, neuron: Neuron) -> bool:
        """Is it the neuron: its function of its pre-activation?"""
        for k, part in enumerate(built.children() if isinstance(built, Call) else ()):
            form = coefficients(part, self.names)
            if form is None or not form.of:
                continue
            outer = built.rebuild(tuple(Z if i == k else p for i, p in enumerate(built.children())))
            act, formula = activation(self.net, outer)
            weights = {e.source: e.weight for e in neuron.edges}
            found = {name: w for (name, _), w in form.of.items()}
            alike = act == neuron.act and same(formula, neuron.formula) and same(form.const, neuron.bias)
            if alike and found.keys() == weights.keys() and all(same(found[s], weights[s]) for s in weights):
                return True
        return False

    def _place(self, call: Expr, node: Neuron) -> int | None:
        """Which argument of the call is the pre-activation."""
        data = [k for k, part in enumerate(call.children())
                if number(part) is None and coefficients(fold(part, self._known), self.names) is not None]
        return data[0] if len(data) == 1 else None

    def _affine(self, node: Neuron, source: str, value: Expr) -> Expr:
        """bias + sum of weight * source, with the new value, the bias at its old end."""
        refs: Mapping[str, Expr] = self.drawn.refs()
        terms = [_term(value if e.source == source else e.weight, self.parts.get(e.source, refs[e.source]))
                 for e in node.edges]
        bias = value if not source else node.bias
        if number(bias) != 0:
            terms = [bias, *terms] if node.act == "linear" else [*terms, bias]
        kept = [t for t in terms if t is not None]
        return kept[0] if len(kept) == 1 else Add(tuple(kept)) if kept else Num(0)


def _is(lhs: Ref, out: Ref | None) -> bool:
    return out is not None and same(lhs, out)


def _term(weight: Expr, source: Expr) -> Expr | None:
    """weight * source; a weight of 0 keeps its place, so that it can be moved again."""
    amount = number(weight)
    if amount == 1:
        return source
    if amount == -1:
        return Neg(source)
    if isinstance(weight, Neg):
        return Neg(Mul((weight.arg, source)))
    return Neg(Mul((Num(-amount), source))) if amount is not None and amount < 0 else Mul((weight, source))
