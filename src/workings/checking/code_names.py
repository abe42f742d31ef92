"""What the names of a program mean for a network: `z3` is z3, `y_hat` yhat, `dz5`, `grad_w`, `dL_dW` are adjoints.

A name is never guessed: one that may mean two quantities is not understood, one that means none is the program's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workings.checking.code_arrays import Arrays
from workings.checking.code_loops import Loops, Turn
from workings.checking.code_state import Places
from workings.checking.matrices import form
from workings.errors import NotReadable, Span
from workings.expr import ONE, Add, All, Deriv, Expr, Neg, Network, Num, Ref, preorder
from workings.expr.names import natural
from workings.expr.shift import shifted

if TYPE_CHECKING:
    from workings.expr.program import Assignment, Code

Claim = Callable[[Places, Sequence[Turn]], Expr]       # what a name stands for, at places and in loops
LOSSES = ("L", "E", "J", "C", "loss", "Loss", "cost", "Cost", "error", "err")
ALONE = (                     # the whole loss by one quantity: dz5, d_w, grad_w, gw, w_grad, delta2
    r"[dDg]_?(?P<of>{x})", r"grad(?:ient)?_?(?:of_)?(?P<of>{x})", r"(?P<of>{x})_?grad", r"delta_?(?P<of>{x})",
    r"(?P<of>{x})_?delta", r"nabla_?(?P<of>{x})", r"adj(?:oint)?_?(?P<of>{x})", r"(?P<of>{x})_(?:bar|adj)",
)
QUOTIENT = re.compile(r"d_?(?P<top>\w+?)_?(?:_by)?_d_?(?P<bottom>\w+)|d(?P<top2>[A-Za-z]\w*?)d(?P<bottom2>\w+)")
LAYER = re.compile(r"(?:delta|d|g)_?(\d+)")


@dataclass(frozen=True, slots=True, eq=False)
class Meaning:
    """`what` a name stands for: a quantity or a derivative; None: nothing, it is the program's own.  `others`: it may
    be one of these as well, in words."""

    what: Expr | None
    others: tuple[str, ...] = ()


class Names:
    """The names of one program; `of`: the quantity that is derived."""

    def __init__(self, net: Network, of: str | None) -> None:
        self.net, self.of = net, of
        keys = dict.fromkeys((*net.defs, *net.opaque, *net.leaves))
        self.places: dict[str, list[int]] = {}
        for name, places in keys:
            self.places.setdefault(name, []).append(places)
        self.squashed: dict[str, list[str]] = {}
        for name in self.places:
            self.squashed.setdefault(name.replace("_", ""), []).append(name)
        self.known: dict[str, Meaning] = {}
        self.arrays = Arrays(form(net))

    def meaning(self, name: str) -> Meaning:
        """What a name of the code stands for."""
        if name not in self.known:
            self.known[name] = self._meaning(name)
        return self.known[name]

    def _meaning(self, name: str) -> Meaning:
        plain = self.quantity(name)
        if plain is not None:
            return Meaning(Ref(plain))
        found: dict[tuple[str, str], None] = {}
        for top, bottom in self._readings(name):
            found.setdefault((top, bottom))
        if len(found) > 1:
            return Meaning(None, tuple(f"d{a}/d{b}" for a, b in found))
        if found:
            top, bottom = next(iter(found))
            return Meaning(Deriv(Ref(top), (Ref(bottom),), "d"))
        if name in LOSSES and self.of is not None:
            return Meaning(Ref(self.of))
        return Meaning(None)

    def quantity(self, name: str) -> str | None:
        """The quantity of the network with this name: as it stands, or but for underscores."""
        if name in self.places or name in self.net.sizes:
            return name
        for bare in (name.replace("_", ""), name[:-1].replace("_", "") if name.endswith("s") else ""):
            near = self.squashed.get(bare, [])           # hs: all of the h[t]
            if near:
                return near[0] if len(near) == 1 else None
        return None

    def _readings(self, name: str) -> list[tuple[str, str]]:
        """(u, v) for each way to read the name as du/dv."""
        out: list[tuple[str, str]] = []
        for match in (QUOTIENT.fullmatch(name), *(self._quotients(name))):
            top = match and (match["top"] or match["top2"])
            bottom = match and (match["bottom"] or match["bottom2"])
            u = top and (self.quantity(top) or (self.of if top in LOSSES else None))
            v = bottom and self.quantity(bottom)
            if u and v:
                out.append((u, v))
        if out or self.of is None:
            return out
        for pattern in ALONE:
            found = re.fullmatch(pattern.format(x=r"\w+?"), name)
            plain = found and self.quantity(found["of"])
            if plain:
                out.append((self.of, plain))
        layer = LAYER.fullmatch(name)
        if layer and not out:
            out += [(self.of, z) for z in (f"z{layer[1]}",) if z in self.places]
        return out

    def _quotients(self, name: str) -> list[re.Match[str]]:
        """dLdW cut at each d, where only one way names quantities."""
        cuts = [i for i, c in enumerate(name) if c == "d" and 1 < i < len(name) - 1]
        shape = r"d_?(?P<top>\w{%d})d_?(?P<bottom>\w+)(?P<top2>)(?P<bottom2>)"
        return [m for i in cuts for m in (re.fullmatch(shape % (i - 1), name),) if m]

    def about(self, name: str) -> str | None:
        """The quantity whose entries the name has: dz is about z; None for a name of the program's own."""
        what = self.meaning(name).what
        ref = what.wrt[0] if isinstance(what, Deriv) else what
        return ref.name if isinstance(ref, Ref) else None

    def claimed(self, name: str, span: Span | None) -> Expr | None:
        """What a name stands for; raises `NotReadable` where that is ambiguous."""
        meaning = self.meaning(name)
        if meaning.others:
            raise NotReadable(f"{name} may mean {' or '.join(meaning.others)}", span=span,
                              expected="a name with one meaning, such as dE_dw13")
        return meaning.what

    def length(self, name: str, axis: int, arrays: Arrays) -> Expr:
        """The size of an axis: of an array, or the range of an index place of a family."""
        families = [p for p in self.places.get(name, []) if p]
        if families:
            for e in self.net.equations:
                for node in (e.lhs, *(n for n in preorder(e.rhs) if isinstance(n, Ref))):
                    if node.name == name and axis < len(node.indices):
                        place = node.indices[axis]
                        if isinstance(place, Ref) and place.name in self.net.ranges:
                            r = self.net.ranges[place.name]
                            return shifted(Add((r.hi, Neg(r.lo), ONE)), 0)
        sizes = arrays.axes(Ref(name))
        if not -len(sizes) <= axis < len(sizes):
            raise NotReadable(f"{name} has no axis {axis}", expected="the axis of an array")
        return sizes[axis]

    def entry(self, what: Expr, places: Places, turns: Sequence[Turn], loops: Loops, span: Span | None) -> Expr:
        """What a name stands for at some places of the program; without places, at the step of its loops."""
        if isinstance(what, Deriv):
            of, wrt = what.of, what.wrt[0]
            assert isinstance(of, Ref) and isinstance(wrt, Ref)
            return Deriv(of, (self._at(wrt, places, turns, loops, span),), what.kind)
        assert isinstance(what, Ref)
        return self._at(what, places, turns, loops, span)

    def _at(self, ref: Ref, places: Places, turns: Sequence[Turn], loops: Loops, span: Span | None) -> Ref:
        counts = self.places.get(ref.name, [0])
        family = max(counts)
        whole = 0 in counts or bool(self.net.shapes.get(ref.name))
        if not places and family and (turns or not whole) and 0 not in counts:
            try:
                return Ref(ref.name, self._step(ref.name, family, turns, loops, span))
            except NotReadable:
                if not whole:
                    raise
        if places and not family and not self.net.shapes.get(ref.name) and not self.arrayed(ref.name):
            raise NotReadable(f"{ref.name} is one number", span=span, expected="an array or a family with indices")
        places = self._without_column(ref.name, places, family)
        at = tuple(p if isinstance(p, All) or self._is_class(p) else shifted(p, loops.count.offset(ref.name, axis))
                   for axis, p in enumerate(places))
        return Ref(ref.name, tuple(self._class(p, turns, loops, span) for p in at))

    def _without_column(self, name: str, places: Places, family: int) -> Places:
        """The entry of a vector that the code holds as a column, p[i, 0]."""
        most = max(family, len(self.arrays.axes(Ref(name))), len(self.net.shapes.get(name, ())))
        extra = len(places) > most > 0 and isinstance(places[-1], Num) and places[-1].value == 0
        return places[:-1] if extra else places

    def _is_class(self, place: Expr) -> bool:
        """Is it a name of the network, which counts as the network does?"""
        return isinstance(place, Ref) and self.quantity(place.name) is not None and place.name not in self.net.ranges

    def _class(self, place: Expr, turns: Sequence[Turn], loops: Loops, span: Span | None) -> Expr:
        if not isinstance(place, Ref) or not self._is_class(place):
            return place
        name = self.quantity(place.name)
        assert name is not None
        return self._at(Ref(name), place.indices, turns, loops, span) if place.indices else Ref(name)

    def _step(self, name: str, count: int, turns: Sequence[Turn], loops: Loops, span: Span | None) -> Places:
        """The letters of a family's places, from the loops around: z in a loop over t is z[t]."""
        left = list(turns)
        out: list[Expr] = []
        for axis in range(count):
            near = loops.count.letters.get((name, axis), {})
            turn = next((t for t in left if t.letter in near), None)
            if turn is None:
                raise NotReadable(f"{name} has {count} index place{'s' * (count > 1)}, and no loop here runs over it",
                                  span=span, expected=f"{name}[i], or a loop over its index")
            left.remove(turn)
            out.append(Ref(turn.letter))
        return tuple(out)

    def with_wholes(self, code: Code) -> Network:
        """The network with its families declared as arrays, where the code uses one of them as a whole."""
        used = [ref for line in code.lines if not line.loops for ref in (
            Ref(line.target, line.indices), *(n for e in (line.value,) if e is not None for n in preorder(e)))
            if isinstance(ref, Ref) and not ref.indices]
        about = {name for ref in used for name in [self.about(ref.name)] if name is not None}
        if not any(max(self.places.get(n, [0])) and 0 not in self.places[n] for n in about):
            return self.net
        shapes = dict(self.net.shapes)
        for name, counts in self.places.items():
            axes = [self._axis(name, axis) for axis in range(max(counts))]
            if counts != [0] and 0 not in counts and all(a is not None for a in axes):
                shapes.setdefault(name, tuple(a for a in axes if a is not None))
        return self.net.with_(shapes=shapes)

    def _axis(self, name: str, axis: int) -> Expr | None:
        """The size of an index place that runs from 1; None where it does not."""
        found: list[Expr] = []
        for e in self.net.equations:
            for node in (e.lhs, *(n for n in preorder(e.rhs) if isinstance(n, Ref))):
                if node.name == name and axis < len(node.indices):
                    place = node.indices[axis]
                    r = self.net.ranges.get(place.name) if isinstance(place, Ref) else None
                    if r is None or not (isinstance(r.lo, Num) and r.lo.value == 1):
                        return None
                    found.append(r.hi)
        return found[0] if found else None

    def arrayed(self, name: str) -> bool:
        """Is it an array, by its declaration or its equation?"""
        return bool(self.arrays.axes(Ref(name)))

    def entries(self, what: Expr | None, loops: Loops, line: Assignment) -> Claim | None:
        """What a name stands for, as a function of places and loops."""
        if what is None:
            return None
        return lambda places, turns: self.entry(what, places, turns, loops, line.span)

    def said(self) -> list[str]:
        """How names were read that are not spelled as the network has them, one sentence."""
        from workings.notation import plain

        read = [f"{n} as {plain(m.what)}" for n, m in self.known.items()
                if m.what is not None and not (isinstance(m.what, Ref) and m.what.name == n)]
        read.sort(key=natural)
        return [f"names are read so: {', '.join(read)}"] if read else []


def derives(net: Network, code: Code, of: str) -> bool:
    """Does a name of the code stand for a derivative only if this is what is derived?"""
    alone, names = Names(net, None), Names(net, of)
    return any(alone.meaning(line.target).what is None and isinstance(names.meaning(line.target).what, Deriv)
               for line in code.lines)
