"""Softmax and log-sum-exp over an index, for programs: the largest exponent taken off, its own term apart.

Of exponents e[j] with the largest one `top`, parts exp(e[j] - top) and `rest`, the sum of all parts but one that is 1,

    log(sum(j, exp(e[j])))              is top + log1p(rest),
    exp(e[i])/sum(j, exp(e[j]))         is share[i], which is part[i]/(1 + rest),
    log of that                         is (e[i] - top) - log1p(rest).

None of them overflows, and nothing cancels where one exponent is far above the others.  A value is `held` (it has no
slope of its own) and stands beside `carry(e[k], slope)`, which is 0 and has this slope by e[k]: so a derivation finds
the slope in shares.  `settled` takes both out of the program again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from workings.expr import (
    Add, Big, Call, Div, Equation, Expr, Key, Mul, Neg, Network, Num, Ref, Rel, free_refs, fresh, preorder, rewrite,
    same, substitute,
)
from workings.forms.stable import Found, is_call
from workings.notation import plain

ZERO, ONE = Num(0, "0"), Num(1, "1")


@dataclass(slots=True, eq=False)
class Shares:
    """The exponents `of` over the index, and the names of what is made of them; `outer`: the other indices."""

    index: str
    of: Expr
    big: Big
    outer: tuple[Ref, ...]
    top: Ref
    part: str
    rest: Ref
    share: str

    def at(self, place: Expr) -> Expr:
        """The exponent at a place of the index."""
        return substitute(self.of, {self.index: place})

    def taken(self, place: Expr) -> Ref:
        """Its share."""
        return Ref(self.share, (*self.outer, place))

    def carried(self, slope: Callable[[Expr], Expr], letter: str) -> Expr:
        """sum(k, carry(e[k], slope(k)))"""
        k = Ref(letter)
        return Big("sum", letter, Call("carry", (self.at(k), slope(k))), self.big.lo, self.big.hi)


@dataclass(slots=True, eq=False)
class _Rewriter:
    net: Network
    defs: dict[Key, Equation]
    names: set[str]
    known: dict[str, Shares] = field(default_factory=dict)
    fresh_ones: list[Equation] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    ranges: dict[str, object] = field(default_factory=dict)

    def equation(self, equation: Equation) -> Equation:
        """The equation with its softmaxes taken apart."""
        rhs = rewrite(equation.rhs, lambda node: self._node(node, equation, self._log_share, self._difference))
        rhs = rewrite(rhs, lambda node: self._node(node, equation, self._share, self._log_sum))
        return equation if rhs is equation.rhs else Equation(equation.lhs, rhs, equation.span, equation.tag)

    def _node(self, node: Expr, equation: Equation, *rules: Callable[[Expr], Expr | None]) -> Expr:
        new = next((n for rule in rules if (n := rule(node)) is not None), None)
        if new is None:
            return node
        self.found.append(Found(equation.lhs, node, Call("steady", (node,))))
        return new

    # -- patterns
    def _sum(self, expr: Expr) -> Shares | None:
        """sum(j, exp(e[j]))"""
        expr = self.opened(expr)
        if not isinstance(expr, Big) or expr.op != "sum" or expr.condition is not None:
            return None
        of = is_call(expr.body, "exp")
        if of is None or not any(r.name == expr.index and not r.indices for r in free_refs(of)):
            return None
        text = plain(Big("sum", "j", substitute(of, {expr.index: Ref("j")}), expr.lo, expr.hi))
        if text not in self.known:
            self.known[text] = self._made(expr, of)
        return self.known[text]

    def _log(self, expr: Expr) -> Shares | None:
        inner = is_call(self.opened(expr), "log")
        return None if inner is None else self._sum(inner)

    def _quotient(self, expr: Expr) -> tuple[Shares, Expr] | None:
        """exp(e[i])/sum(j, exp(e[j])) and i"""
        expr = self.opened(expr)
        if not isinstance(expr, Div):
            return None
        above, shares = is_call(self.opened(expr.top), "exp"), self._sum(expr.bottom)
        place = None if above is None or shares is None else self._place(shares, above)
        return None if shares is None or place is None else (shares, place)

    def _place(self, shares: Shares, expr: Expr) -> Expr | None:
        """The i of e[i]."""
        near = [i for n in preorder(expr) if isinstance(n, Ref) for i in n.indices]
        return next((i for i in near if same(shares.at(i), expr)), None)

    def _share(self, node: Expr) -> Expr | None:
        found = self._quotient(node) if isinstance(node, Div) else None
        if found is None:
            return None
        shares, i = found
        own = shares.taken(i)

        def slope(k: Expr) -> Expr:
            return Mul((own, Add((Call("delta", (i, k)), Neg(shares.taken(k))))))

        return Add((_held(own), shares.carried(slope, self._letter(shares, node))))

    def _log_share(self, node: Expr) -> Expr | None:
        inner = is_call(node, "log")
        found = None if inner is None else self._quotient(inner)
        return None if found is None else self._logged(*found, node)

    def _difference(self, node: Expr) -> Expr | None:
        """e[i] - log(sum(j, exp(e[j]))), also the other way round"""
        if not isinstance(node, Add) or len(node.args) != 2:
            return None
        for one, other in (node.args, node.args[::-1]):
            if isinstance(other, Neg):
                for e, log, sign in ((one, other.arg, 1), (other.arg, one, -1)):
                    shares = self._log(log)
                    i = None if shares is None else self._place(shares, self.opened(e)) or self._place(shares, e)
                    if shares is not None and i is not None:
                        found = self._logged(shares, i, node)
                        return found if sign > 0 else Neg(found)
        return None

    def _logged(self, shares: Shares, i: Expr, node: Expr) -> Expr:
        value = Add((shares.at(i), Neg(shares.top), Neg(Call("log1p", (shares.rest,)))))

        def slope(k: Expr) -> Expr:
            return Add((Call("delta", (i, k)), Neg(shares.taken(k))))

        return Add((_held(value), shares.carried(slope, self._letter(shares, node))))

    def _log_sum(self, node: Expr) -> Expr | None:
        shares = self._log(node) if is_call(node, "log") is not None else None
        if shares is None:
            return None
        value = _held(Add((shares.top, Call("log1p", (shares.rest,)))))
        return Add((value, shares.carried(shares.taken, self._letter(shares, node))))

    # -- names
    def opened(self, expr: Expr) -> Expr:
        """What a line says a quantity or an entry is."""
        equation = self.defs.get(expr.key) if isinstance(expr, Ref) else None
        if equation is None or not isinstance(expr, Ref):
            return expr
        letters = [i.name for i in equation.lhs.indices if isinstance(i, Ref) and not i.indices]
        if len(set(letters)) < len(expr.indices):
            return expr
        return substitute(equation.rhs, dict(zip(letters, expr.indices))) if letters else equation.rhs

    def _name(self, base: str) -> str:
        name = fresh(base, self.names)
        self.names.add(name)
        return name

    def _letter(self, shares: Shares, node: Expr) -> str:
        """A letter that nothing here uses, with the range of the index."""
        used = {r.name for r in free_refs(node)} | {r.name for o in shares.outer for r in free_refs(o)}
        used |= {n.index for n in preorder(node) if isinstance(n, Big)} | {shares.index}
        letter = fresh(shares.index, used | {shares.index})
        if shares.index in self.net.ranges:
            self.ranges[letter] = self.net.ranges[shares.index]
        return letter

    def _made(self, big: Big, of: Expr) -> Shares:
        """The equations of the parts, and their names."""
        j, letters = Ref(big.index), self.net.indices
        outer = tuple(Ref(n) for n in dict.fromkeys(
            r.name for r in free_refs(of) if not r.indices and r.name in letters and r.name != big.index))
        base = of.name if isinstance(of, Ref) else "e"
        plain_entry = isinstance(of, Ref) and all(isinstance(i, Ref | Num) for i in of.indices)
        if not plain_entry:                          # compared with the largest one: computed once
            own = Ref(self._name("e"), (*outer, j))
            self.fresh_ones.append(Equation(own, of))
            of = own
        top, rest = Ref(self._name(f"{base}_top"), outer), Ref(self._name(f"{base}_rest"), outer)
        part, share = self._name(f"{base}_part"), self._name(f"{base}_share")

        def over(op: str, body: Expr) -> Big:
            return Big(op, big.index, body, big.lo, big.hi)

        own_part, is_top = Ref(part, (*outer, j)), Rel((of, top), ("=",))
        self.fresh_ones += [
            Equation(top, over("max", of)),
            Equation(own_part, Call("expdiff", (of, top))),
            Equation(rest, Add((over("sum", Call("where", (is_top, ZERO, own_part))),
                                Add((over("sum", Call("ind", (is_top,))), Neg(ONE)))))),
            Equation(Ref(share, (*outer, j)), Div(own_part, Add((ONE, rest)))),
        ]
        return Shares(big.index, of, big, outer, top, part, rest, share)


def _held(expr: Expr) -> Expr:
    return Call("held", (expr,))


def softmaxes(net: Network, keep: Collection[Key] = ()) -> tuple[Network, list[Found]]:
    """The network with sums of exponentials over an index taken apart, and what was found."""
    defs = {e.key: e for e in net.equations if len(net.defs[e.key]) == 1 and e.key not in keep}
    names = {name for name, _ in (*net.defs, *net.leaves)} | set(net.indices) | set(net.sizes)
    work = _Rewriter(net, defs, names)
    equations: list[Equation] = []
    for equation in net.equations:
        new = work.equation(equation)
        equations += [*work.fresh_ones, new]
        work.fresh_ones = []
    if not work.found:
        return net, []
    return net.with_(equations=tuple(equations), ranges={**net.ranges, **work.ranges}), work.found


def settled(expr: Expr) -> Expr:
    """A value without the marks of derivation: held(x) is x, carry(e, s) and its sums are 0."""

    def change(node: Expr) -> Expr:
        if isinstance(node, Call) and node.function == "held":
            return node.args[0]
        if isinstance(node, Call) and node.function == "carry":
            return ZERO
        if isinstance(node, Big) and node.op == "sum" and isinstance(node.body, Num) and node.body.value == 0:
            return ZERO
        if isinstance(node, Neg) and isinstance(node.arg, Num) and node.arg.value == 0:
            return ZERO
        if isinstance(node, Add) and any(isinstance(a, Num) and a.value == 0 for a in node.args):
            rest = [a for a in node.args if not (isinstance(a, Num) and a.value == 0)]
            return ZERO if not rest else rest[0] if len(rest) == 1 else Add(tuple(rest), node.span)
        return node

    return rewrite(expr, change)
