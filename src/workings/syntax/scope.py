"""What is known while reading: functions, families, indices, ranges, arrays and the names that a text defines."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from workings.errors import NotReadable, Span
from workings.expr import Expr, Key, Network, Ref, Remark
from workings.expr.walk import free_refs


class Signature(Protocol):
    """What reading must know of a function: its name in the table and how many arguments it takes."""

    @property
    def name(self) -> str: ...
    @property
    def least(self) -> int: ...
    @property
    def most(self) -> int: ...


Signatures = Mapping[str, Signature]


@dataclass(eq=False)
class Scope:
    """`defined`: names with an equation of their own; `families`: numbers of places by name.

    `letters`: names that are indices somewhere in the text; `brackets`: what a quantity is said to depend on;
    `spelled`: how each plain name is made of layer and subscripts, to find two that print alike.
    """

    signatures: Signatures
    functions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    defined: set[str] = field(default_factory=set)
    families: dict[str, set[int]] = field(default_factory=dict)
    letters: set[str] = field(default_factory=set)
    ranges: set[str] = field(default_factory=set)
    sizes: set[str] = field(default_factory=set)
    arrays: dict[str, int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)   # of x_t in R^n: its places and its axes
    ranks: dict[str, int] = field(default_factory=dict)     # of defined names that are arrays
    brackets: dict[Key, tuple[Ref, ...]] = field(default_factory=dict)
    opaque: dict[Key, tuple[Ref, tuple[Ref, ...]]] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)
    spelled: dict[str, tuple[str, str, Span | None, bool]] = field(default_factory=dict)
    remarks: dict[str, Remark] = field(default_factory=dict)
    find_bare: Callable[[], set[str]] = set
    bases: set[str] = field(default_factory=set)
    alone: set[str] = field(default_factory=set)            # names that stand by themselves, y in j \neq y
    applied: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)
    lines: bool = False       # reading claims: every index letter may stand free
    surveying: bool = False
    time: bool = False        # T stands below a name: h_T
    meant: dict[str, Span | None] = field(default_factory=dict)    # names that a norm or a transpose takes for arrays
    pending: bool = False     # a quantity stands at arguments somewhere
    _bare: set[str] | None = None

    def define(self, name: str, base: str = "") -> None:
        """A name that an equation defines; `base`: its letters, which are then one name in LaTeX too."""
        self.defined.add(name)
        if base:
            self.bases.add(base)

    @property
    def bare(self) -> set[str]:
        """Names that stand somewhere without a bracket after them."""
        if self._bare is None:
            self._bare = self.find_bare()
        return self._bare

    def known(self, name: str) -> bool:
        """Is there a definition, family, array or range of this name?"""
        return (
            name in self.defined or name in self.functions or name in self.families or name in self.arrays
            or name in self.ranges or name in self.sizes
        )

    def is_end(self, name: str) -> bool:
        """Is it nothing but the end of a range?  T(W) and W^T of an array are transposes all the same."""
        elsewhere = (self.defined, self.functions, self.families, self.arrays)
        return name in self.sizes and not any(name in known for known in elsewhere)

    def function(self, name: str, bracket: bool) -> str | None:
        """The function that a spelling means where a bracket follows or not: of the text, else of the table."""
        if name in self.functions:
            return name
        if name in self.defined or name in self.arrays or name in self.families:
            return None
        found = self.signatures.get(name)
        if found is None:
            return None
        if getattr(found, "soft", False) and (not bracket or name in self.ranges or name in self.sizes):
            return None
        if getattr(found, "soft", False) and not self.surveying and name in self.bare:
            return None
        return found.name

    def arguments(self, name: str) -> tuple[int, int]:
        """The least and the most number of arguments of a function."""
        if name in self.functions:
            n = len(self.functions[name])
            return n, n
        found = self.signatures[name]
        return found.least, found.most

    def family(self, name: str, places: int) -> bool:
        """Is name[., .] with so many places a family or an array?"""
        return places in self.families.get(name, ()) or self.arrays.get(name) == places

    def axes(self, name: str) -> int:
        """The axes of a name, the places of a family counted: declared, declared entry by entry, or computed."""
        return self.arrays.get(name) or self.members.get(name) or self.ranks.get(name, 0)

    def spell(self, plain: str, structure: str, latex: str, span: Span | None, bold: bool = False) -> None:
        """Notes how a name was written first (bold only where it is always bold); two that print alike are an error."""
        if self.surveying:
            return
        before = self.spelled.get(plain)
        if before is None or (before[3] and not bold):
            self.spelled[plain] = (structure, latex, span, bold)
            if before is not None:
                self.spelling[plain] = latex
            self.spelling.setdefault(plain, latex)
        elif before[0] != structure:
            raise NotReadable(
                f"{before[1] or plain} and {latex or plain} are two names, but both print as {plain}",
                span=span,
                expected="names that differ in plain text",
                hint=f"give one of them another letter, or write {plain} for both",
            )

    def remark(self, says: str, span: Span | None, kind: str = "ambiguous") -> None:
        """Something said to the person, once."""
        if not self.surveying:
            self.remarks.setdefault(says, Remark(kind, says, span))

    def means_arrays(self, tree: Expr, span: Span | None) -> None:
        """Notes the names that stand where only arrays can."""
        if not self.surveying:
            for ref in free_refs(tree):
                if not ref.indices and ref.name not in self.arrays and ref.name not in self.defined:
                    self.meant.setdefault(ref.name, span)

    def near(self, name: str) -> str:
        """A known function whose spelling is close: the hint of an error."""
        names = [*self.signatures, *self.functions]
        found = difflib.get_close_matches(name, names, 1, 0.6) or difflib.get_close_matches(name.lower(), names, 1, 0.6)
        return found[0] if found else ""

    def misspelt(self, name: str) -> bool:
        """Is a name of LaTeX a function with a slip of the pen?  CrossEntropy is none of cross_entropy."""
        near = self.near(name)
        return bool(near) and "_" not in near

    def add_network(self, net: Network) -> None:
        """Everything that a network knows, as if it had been read here."""
        for function in net.functions.values():
            self.functions[function.name] = function.params
        for key in (*net.defs, *net.opaque, *net.leaves):
            self._add_key(key)
        self.defined.update(name for name, _ in (*net.defs, *net.opaque))
        for key, what in net.opaque.items():
            self.brackets[key] = what.args
            self.opaque[key] = (what.lhs, what.args)
        for name, listed_names in net.brackets.items():
            self.brackets[name, 0] = tuple(Ref(n) for n in listed_names)
        self.ranges.update(net.ranges)
        self.letters.update(net.indices)
        self.letters.update(net.ranges)
        self.sizes.update(net.sizes)
        self.arrays.update({name: len(axes) for name, axes in net.shapes.items()})
        self.members.update({name: len(places) + len(axes) for name, (places, axes) in net.members.items()})
        if self.arrays:
            from workings.syntax.products import rank

            for equation in net.ordered:
                self.ranks[equation.lhs.name] = rank(equation.rhs, self)
        for plain, latex in net.spelling.items():
            self.spelling.setdefault(plain, latex)

    def _add_key(self, key: Key) -> None:
        name, places = key
        if places:
            self.families.setdefault(name, set()).add(places)

    def add_family(self, name: str, places: int) -> None:
        """name[., .] has so many places."""
        if places:
            self.families.setdefault(name, set()).add(places)


def listed(words: Iterable[str]) -> str:
    """a, b or c."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
