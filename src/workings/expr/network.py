"""A network is an ordered list of named equations, with what else the text said about its names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from workings.errors import NotReadable, Source, Span
from workings.expr.names import base, natural
from workings.expr.nodes import All, Array, Big, Expr, Key, MatMul, Ref, Rel
from workings.expr.walk import free_refs, preorder, same, scan


@dataclass(slots=True, eq=False)
class Equation:
    """`lhs = rhs`.  The indices of a family's lhs are plain index names, numbers or shifts (`h[t]`, `h[0]`)."""

    lhs: Ref
    rhs: Expr
    span: Span | None = None
    tag: str = ""             # the number printed beside it: (1)

    @property
    def key(self) -> Key:
        return self.lhs.key


@dataclass(slots=True, eq=False)
class Function:
    """A function that the text defines: `rho(z) = max(0, z)`."""

    name: str
    params: tuple[str, ...]
    body: Expr
    span: Span | None = None


@dataclass(slots=True, eq=False)
class Range:
    """The values lo, lo + 1, …, hi of an index; both ends may be symbolic."""

    index: str
    lo: Expr
    hi: Expr


@dataclass(slots=True, eq=False)
class Opaque:
    """A quantity of which only the arguments are known: `y[k] depends on x[.,k], w`."""

    lhs: Ref
    args: tuple[Ref, ...]
    span: Span | None = None


@dataclass(slots=True, eq=False)
class ClassRule:
    """`class 1 if y < 0`: the label of the points where a condition holds."""

    label: str
    condition: Rel


@dataclass(slots=True, eq=False)
class Remark:
    """Something the reader of a text should know; `kind` is "ambiguous", "note", "repaired" or "wrong line"."""

    kind: str
    says: str
    span: Span | None = None


ROLES = ("input", "target", "parameter", "size", "index", "opaque", "defined")


@dataclass(eq=False)
class Network:
    """Named equations in the order written, and the declarations that came with them.

    `spelling` maps a plain name to the LaTeX first used for it; `roles` holds declared roles by plain
    name; `shapes` the axes of declared arrays; `values` numbers or arrays by plain name; `brackets` the
    names that the bracket of a definition lists, in its order: of `y(x_2, x_1) = …` x2 and x1;
    `box` low and high of each input, where the network came with them; `members` the places and the axes of
    what is declared entry by entry, of h[t] in R^n the place t and the axis n.
    """

    equations: tuple[Equation, ...] = ()
    functions: Mapping[str, Function] = field(default_factory=dict)
    ranges: Mapping[str, Range] = field(default_factory=dict)
    shapes: Mapping[str, tuple[Expr, ...]] = field(default_factory=dict)
    opaque: Mapping[Key, Opaque] = field(default_factory=dict)
    facts: tuple[Expr, ...] = ()
    classes: tuple[ClassRule, ...] = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    brackets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()                # names that a line declares to be numbers: b in R
    members: Mapping[str, tuple[tuple[Expr, ...], tuple[Expr, ...]]] = field(default_factory=dict)
    source: Source | None = None
    box: tuple[tuple[Any, Any], ...] | None = None

    def with_(self, **changes: Any) -> Network:
        """A copy with some fields replaced."""
        return replace(self, **changes)

    @cached_property
    def defs(self) -> dict[Key, list[Equation]]:
        """The equations of each defined name; a recurrence has several."""
        out: dict[Key, list[Equation]] = {}
        for equation in self.equations:
            out.setdefault(equation.key, []).append(equation)
        return out

    def variable(self, key: Key) -> Key:
        """The variable that a reference means: an entry of a declared array belongs to the array."""
        name, places = key
        if places and key not in self.defs and key not in self.opaque and name in self.shapes:
            return (name, 0)
        return key

    @cached_property
    def sizes(self) -> tuple[str, ...]:
        """Symbolic sizes: the names in bounds of ranges and in axes of arrays, in order."""
        bounds = [e for r in self.ranges.values() for e in (r.lo, r.hi)]
        bounds += [e for axes in self.shapes.values() for e in axes]
        bounds += [e for big in self._scan[1] for e in (big.lo, big.hi) if e is not None]
        names = [ref.name for e in bounds for ref in free_refs(e) if not ref.indices]
        return tuple(n for n in dict.fromkeys(names) if n not in self.ranges and (n, 0) not in self.defs)

    @cached_property
    def _scan(self) -> tuple[list[list[Ref]], list[Big]]:
        """The free references of each equation, and every big operator."""
        refs: list[list[Ref]] = []
        bigs: list[Big] = []
        for equation in self.equations:
            found, inner = scan(equation.rhs)
            refs.append(found)
            bigs += inner
        return refs, bigs

    @cached_property
    def indices(self) -> frozenset[str]:
        """Names that are indices: those with a range, those on a family's left side, those a sum binds."""
        out = set(self.ranges)
        heads = [e.lhs for e in self.equations] + [o.lhs for o in self.opaque.values()]
        for head in heads:
            if head.indices:
                out |= {r.name for i in head.indices for r in free_refs(i) if not r.indices}
        out |= {big.index for big in self._scan[1]}
        return frozenset(out - {n for n in self.sizes if n not in self.ranges})

    @cached_property
    def leaves(self) -> tuple[Key, ...]:
        """Every name used and never defined, in order of first use; no indices, no sizes used as sizes only."""
        used = [ref.key for refs in self._scan[0] for ref in refs]
        used += [ref.key for opaque in self.opaque.values() for ref in opaque.args]
        seen = dict.fromkeys(map(self.variable, dict.fromkeys(used)))
        return tuple(k for k in seen if k not in self.defs and k not in self.opaque and not self._is_index(k)
                     and not (self._arrays and k[0] in self._families))

    @cached_property
    def _families(self) -> frozenset[str]:
        """Names that equations define: among arrays X is all of X[t,k], X[t] a row of it, p[y] an entry of p."""
        return frozenset(n for n, _ in self.defs if n not in self.roles)

    @cached_property
    def _arrays(self) -> bool:
        """Is anything declared or written as an array?"""
        return any(self.shapes.values()) or any(
            isinstance(n, MatMul | Array | All) for e in self.equations for n in preorder(e.rhs))

    def _is_index(self, key: Key) -> bool:
        return key[1] == 0 and key[0] in self.indices and key[0] not in self.roles

    def role(self, key: Key) -> str:
        """One of `ROLES`; the rule for names with no declared role is in INTERFACE.md under Roles."""
        key = self.variable(key)
        name = key[0]
        if key in self.defs:
            return "defined"
        if key in self.opaque:
            return "opaque"
        if name in self.roles:
            return self.roles[name]
        if self._is_index(key):
            return "index"
        if name in self.sizes and key[1] == 0:
            return "size"
        letters = base(name)
        if letters in ("x", "i") or name == "h0" or name.startswith("h0_"):
            return "input"
        if letters in ("u", "X") and not self._has_x:            # X: the samples of x in rows
            return "input"
        if letters == "t" or (letters == "y" and self._has_yhat):
            return "target"
        return "parameter"

    @cached_property
    def _has_x(self) -> bool:
        return any(base(name) == "x" for name, _ in self.leaves)

    @cached_property
    def _has_yhat(self) -> bool:
        return any(base(name) == "yhat" for name, _ in (*self.defs, *self.opaque))

    def with_role(self, role: str) -> tuple[Key, ...]:
        """The leaves of one role, in order of first use."""
        return tuple(k for k in self.leaves if self.role(k) == role)

    @property
    def inputs(self) -> tuple[Key, ...]:
        """The inputs by name and number: x2 before x10, whichever is used first."""
        return tuple(sorted(self.with_role("input"), key=lambda k: natural(k[0])))

    @property
    def parameters(self) -> tuple[Key, ...]:
        return self.with_role("parameter")

    @property
    def targets(self) -> tuple[Key, ...]:
        return self.with_role("target")

    @cached_property
    def ordered(self) -> tuple[Equation, ...]:
        """The equations so that each stands after those it uses; a cycle raises `NotReadable`.

        A reference to the family's own earlier entry (`h[t-1]` in the equation of `h[t]`) is no cycle.
        """
        before = self._needs
        state: dict[Key, int] = {}
        out: list[Equation] = []
        for root in self.defs:
            stack: list[tuple[Key, int]] = [(root, 0)]
            while stack:
                key, at = stack.pop()
                if at == 0:
                    if state.get(key):
                        continue
                    state[key] = 1
                if at < len(before[key]):
                    stack.append((key, at + 1))
                    inner = before[key][at]
                    if state.get(inner) == 1:
                        self._complain(inner, [k for k, _ in stack])
                    if not state.get(inner):
                        stack.append((inner, 0))
                else:
                    state[key] = 2
                    out.extend(self.defs[key])
        return tuple(out)

    @cached_property
    def _needs(self) -> dict[Key, list[Key]]:
        out: dict[Key, dict[Key, None]] = {key: {} for key in self.defs}
        for equation, refs in zip(self.equations, self._scan[0]):
            own = {r.name for i in equation.lhs.indices for r in free_refs(i)}
            needs = out[equation.key]
            for ref in refs:
                other = ref.key == equation.key and not own and not same(ref, equation.lhs)     # h[1] by h[0]
                idle = equation.rhs is ref                   # h[0] = h[0], a text's h_0 = h0
                if ref.key in self.defs and not (own and _lagged(ref, own)) and not other and not (
                        idle and same(ref, equation.lhs)):
                    needs[ref.key] = None
        return {key: list(needs) for key, needs in out.items()}

    def _complain(self, key: Key, chain: list[Key]) -> None:
        names = [k[0] for k in chain[chain.index(key):]] if key in chain else [key[0]]
        round_trip = " → ".join([*names, key[0]])
        raise NotReadable(
            f"{key[0]} is defined through itself: {round_trip}",
            span=self.defs[key][0].span,
            source=self.source,
            expected="equations in which no quantity needs itself",
            hint="give one of them another name, or an index for the time step: h[t] = … h[t-1] …",
        )


def _lagged(ref: Ref, own: set[str]) -> bool:
    """Does the reference stand at another step than its equation (h[t-1] where h[t] is defined)?"""
    return any(
        not isinstance(i, Ref) and any(r.name in own for r in free_refs(i)) for i in ref.indices
    )
