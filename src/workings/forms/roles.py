"""What each name of a network stands for in a drawing: data that flows, a weight, or the error."""

from __future__ import annotations

from workings.expr import Equation, Expr, Key, Network, Num, Ref, free_refs
from workings.notation import plain


class Roles:
    """`of(key)` is "data" (an input, or made of one), "loss" (made of a target) or "weight" (all else)."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self._known: dict[Key, str] = {}
        self._ids: dict[Key, str] = {}
        for opaque in net.opaque.values():
            self._known[opaque.lhs.key] = self._join([self._leaf(ref.key) for ref in opaque.args])
            self._ids[opaque.lhs.key] = plain(opaque.lhs)
        for equation in net.ordered:
            own = equation.key
            kinds = [self.of(ref.key) for ref in free_refs(equation.rhs) if ref.key != own]
            self._known[own] = self._join([*kinds, self._known.get(own, "weight")])
        for equation in net.equations:
            if equation.lhs.indices and not _numbered(equation.lhs):
                self._ids.setdefault(equation.key, plain(equation.lhs))

    def of(self, key: Key) -> str:
        """The standing of a name, leaf or defined."""
        key = self._whole(key)
        if key in self._known:
            return self._known[key]
        return self._leaf(key)

    def _leaf(self, key: Key) -> str:
        role = self.net.role(key)
        if role == "input":
            return "data"
        if role == "target":
            return "loss"
        return self._known.get(key, "data" if role in ("defined", "opaque") else "weight")

    @staticmethod
    def _join(kinds: list[str]) -> str:
        return "loss" if "loss" in kinds else "data" if "data" in kinds else "weight"

    def is_start(self, equation: Equation) -> bool:
        """Is it the first value of a recurrence (`h[0] = 0`)?"""
        return _numbered(equation.lhs) and equation.key in self._ids

    def id(self, ref: Ref) -> str:
        """The node that a reference means: one for a family; numbered entries without a family are apart."""
        if not ref.indices:
            return ref.name
        if _numbered(ref) and ref.key not in self._ids:
            return plain(ref)
        return self._ids.setdefault(ref.key, plain(ref))

    def layer(self, ref: Ref) -> str:
        """The array that a numbered entry is a unit of (`z[1]` where `z = W @ a` is defined whole), else ""."""
        return ref.name if _numbered(ref) and self._whole(ref.key) != ref.key else ""

    def _whole(self, key: Key) -> Key:
        """The array, where a key means an entry of one that is defined whole."""
        apart = key in self.net.defs or key in self.net.opaque or (key[0], 0) not in self.net.defs
        return key if apart else (key[0], 0)

    def elsewhere(self, ref: Ref, equation: Equation) -> bool:
        """Is it another entry of its family than this equation is about: an earlier step, the first, the last?"""
        own = {r.name for i in equation.lhs.indices for r in free_refs(i)}
        return ref.key in self.net.defs and any(self._shifted(i, own) for i in ref.indices)

    def _shifted(self, index: Expr, own: set[str]) -> bool:
        if not isinstance(index, Ref):
            return any(r.name in own for r in free_refs(index)) or isinstance(index, Num)
        return index.name not in self.net.indices or index.name in self.net.sizes


def _numbered(ref: Ref) -> bool:
    return bool(ref.indices) and all(isinstance(i, Num) for i in ref.indices)
