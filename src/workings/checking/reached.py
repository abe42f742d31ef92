"""What a person's lines have reached: which quantities are worked out, rightly or not, and by which names they go."""

from __future__ import annotations

from dataclasses import dataclass, field

from workings.checking.derivs import derivatives
from workings.checking.lines import strip
from workings.checking.names import known_names
from workings.checking.verdict import Judged
from workings.expr import Deriv, Expr, Network, Ref, Rel, free_refs, same
from workings.notation import plain

OPEN = ("undecided", "not understood")
Found = tuple[Expr, bool, Judged | None]      # a quantity, whether it was worked out rightly, in which line


@dataclass(slots=True)
class Reached:
    """The quantities that lines have worked out so far, each with its line (None: found before), the latest last."""

    net: Network
    worked: list[Found] = field(default_factory=list)
    stated: list[tuple[Expr, Judged]] = field(default_factory=list)      # right, and made of what is still open
    alias: dict[str, Expr] = field(default_factory=dict)

    def about(self, judged: Judged) -> Expr | None:
        """The quantity that a line is about: its first side, or what the name there stands for."""
        body = judged.body
        head = strip(body.args[0]) if isinstance(body, Rel) and body.args else None
        return self.alias.get(head.name, head) if isinstance(head, Ref) else head

    def uses(self, side: Expr) -> list[Expr]:
        """The derivatives in a side, and the names there that lines have given."""
        known = known_names(self.net)
        return [*derivatives(side), *(r for r in free_refs(side) if r.name not in known and r.name in self.alias)]

    def right(self, quantity: Expr) -> bool | None:
        """Is it worked out rightly?  None: it is still open."""
        return next((right for q, right, _ in reversed(self.worked) if alike(q, quantity)), None)

    def line(self, quantity: Expr) -> Judged | None:
        """The line that worked it out."""
        return next((line for q, _, line in reversed(self.worked) if alike(q, quantity)), None)

    def partly(self, quantity: Expr) -> Judged | None:
        """The last right line that gives it by quantities that are still open."""
        return next((line for q, line in reversed(self.stated) if alike(q, quantity)), None)

    def sound(self, side: Expr) -> bool | None:
        """Does a side use only what has been worked out rightly?  None: it holds something that is still open."""
        found = [self.right(q) for q in self.uses(side)]
        return None if None in found else all(found)

    def take(self, judged: Judged) -> None:
        """What a line adds: a name for a derivative, a value for a quantity."""
        body = judged.body
        if not isinstance(body, Rel) or judged.verdict in OPEN:
            return
        head = strip(body.args[0])
        meant = next((s for s in map(strip, body.args[1:]) if isinstance(s, Deriv)), None)
        if isinstance(head, Ref) and head.name not in known_names(self.net) and head.name not in self.alias:
            self.alias[head.name] = meant if meant is not None else head
        sound = self.sound(strip(body.args[-1]))
        if sound is None and judged.verdict == "right":
            self.stated += [(q, judged) for q in (head, self.about(judged)) if q is not None]
        if sound is not None:
            right = sound and judged.verdict == "right"
            self.worked += [(q, right, judged) for q in (head, self.about(judged)) if q is not None]


def alike(a: Expr, b: Expr) -> bool:
    """The same quantity: one name, or derivatives of the same by the same, whatever the index letters."""
    if isinstance(a, Deriv) and isinstance(b, Deriv):
        ours, theirs = (sorted(_key(w) for w in d.wrt) for d in (a, b))
        return _key(a.of) == _key(b.of) and ours == theirs
    if isinstance(a, Ref) and isinstance(b, Ref):
        return a.key == b.key
    return same(a, b)


def _key(expr: Expr) -> str:
    return f"{expr.name}/{len(expr.indices)}" if isinstance(expr, Ref) else plain(expr)
