"""What NumPy's calls mean in the network's notation, once the axes of their arguments are known.

`np.sum(x, axis=0, keepdims=True)` is colsum(x) for a matrix and sum(x) for a vector; `len(x)` and `x.shape[1]` are the
sizes of the axes, symbolic where the network has them so; einsum is a product of matrices, turned and summed as needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from workings.errors import NotReadable
from workings.expr import ONE, Add, Call, Div, Expr, MatMul, Mul, Neg, Num, Rel, rewrite, same
from workings.forms.indexed import Indexed
from workings.notation import plain
from workings.shape import ShapeError


class Arrays:
    """The axes of what a program computes; `written` takes the place of calls that depend on them."""

    def __init__(self, form: Indexed) -> None:
        self.form = form
        self.columns = False                      # was a product a @ b.T of two vectors read as that of columns?

    def axes(self, expr: Expr) -> tuple[Expr, ...]:
        """The sizes of the axes; () for a number."""
        return self.form.shapes.of(expr) if self.form.shapes is not None else ()

    def written(self, expr: Expr) -> Expr:
        """The expression in the network's notation, innermost calls first; raises `ShapeError` or `NotReadable`."""
        return rewrite(rewrite(expr, _marked), self._fitting)

    def _fitting(self, node: Expr) -> Expr:
        """What does not fit is left as it is: the checker of lines says why, and which slip it may be."""
        try:
            return self._written(node)
        except ShapeError:
            return node

    def _written(self, node: Expr) -> Expr:
        if isinstance(node, MatMul) and len(node.args) == 2:
            a, b = (len(self.axes(e)) for e in node.args)
            return Call("dot", node.args) if a == b == 1 else Mul(node.args) if not a or not b else node
        if isinstance(node, Div):
            return self._softmax(node)
        if not isinstance(node, Call):
            return node
        if node.function in ("sum_over", "mean_over", "max_over", "min_over"):
            return self._over(node)
        if node.function in ("ind", "where"):
            condition = node.args[0]
            arrays = isinstance(condition, Rel) and any(map(self.axes, condition.args))
            return self._mask(node, condition) if arrays and isinstance(condition, Rel) else node
        if node.function in ("sum", "mean", "amax", "amin") and not self.axes(node.args[0]):
            return node.args[0]
        if node.function == "by_turned":
            return self._by_turned(*node.args)
        if node.function in ("T", "flat", "col", "row"):
            return self._turned(node)
        if node.function in ("shaped", "rowed"):
            return self._shaped(node)
        if node.function == "length":
            return self._length(node)
        if node.function == "entries":
            return _product(self.axes(node.args[0]))
        if node.function.startswith("einsum "):
            return self._einsum(node)
        return node

    def _mask(self, node: Call, condition: Rel) -> Expr:
        """A condition on arrays as its 0 and 1, entry by entry: step(0) = 0, so a >= b is 1 - step(b - a)."""
        if len(condition.ops) != 1 or condition.ops[0] not in ("<", ">", "<=", ">="):
            return node
        a, b = condition.args if condition.ops[0] in (">", "<=") else reversed(condition.args)
        mask: Expr = Call("step", (a if is_zero(b) else Neg(b) if is_zero(a) else Add((a, Neg(b))),))
        if condition.ops[0] in ("<=", ">="):
            mask = Add((ONE, Neg(mask)))
        if node.function == "ind":
            return mask
        yes, no = node.args[1:]
        parts = [Mul((mask, yes))] if not is_zero(yes) else []
        parts += [Mul((Add((ONE, Neg(mask))), no))] if not is_zero(no) else []
        return Num(0) if not parts else parts[0] if len(parts) == 1 else Add(tuple(parts))

    def _softmax(self, node: Div) -> Expr:
        """exp(z - m)/sum(exp(z - m)) is softmax(z), whatever m is that all entries of a row share."""
        top, under = node.top, node.bottom
        if not (isinstance(top, Call) and top.function == "exp") or not self.axes(top):
            return node
        z, rank = top.args[0], len(self.axes(top))
        row = Call("sum", (top,)) if rank == 1 else Call("col", (Call("rowsum", (top,)),))
        if not same(under, row):
            return node
        terms = z.args if isinstance(z, Add) else (z,)
        kept = tuple(t for t in terms if not self._shared(t.arg if isinstance(t, Neg) else t, rank))
        whole = kept[0] if len(kept) == 1 else Add(kept) if kept else z
        return Call("softmax", (whole if len(self.axes(whole)) == rank else z,))

    def _shared(self, term: Expr, rank: int) -> bool:
        """Have all entries of a row the same value?"""
        return not self.axes(term) or (rank == 2 and isinstance(term, Call) and term.function == "col")

    # -- sums
    def _over(self, node: Call) -> Expr:
        x, axis, keep = node.args
        sizes = self.axes(x)
        assert isinstance(axis, Num) and isinstance(keep, Num)
        if not sizes or not -len(sizes) <= axis.value < len(sizes):
            raise NotReadable(f"{plain(x)} has no axis {axis.value}", span=x.span,
                              expected=f"an axis below {len(sizes)}" if sizes else "an array")
        which = int(axis.value) % len(sizes)
        kind = node.function[:3] if node.function in ("max_over", "min_over") else "sum"
        made: Expr = Call("sum" if kind == "sum" else f"a{kind}", (x,))
        if len(sizes) == 2:
            made = Call(f"row{kind}" if which else f"col{kind}", (x,))
            made = Call("col", (made,)) if which and keep.value else made
        elif len(sizes) > 2:
            raise NotReadable(f"a sum over one of {len(sizes)} axes is not read", span=x.span)
        return Div(made, sizes[which]) if node.function == "mean_over" else made

    # -- shapes
    def _turned(self, node: Call) -> Expr:
        x = node.args[0]
        sizes = self.axes(x)
        if node.function == "T" and len(sizes) < 2:
            return x                              # NumPy: the transpose of a vector is the vector
        if node.function in ("col", "row") and len(sizes) == 2 and any(_is_one(s) for s in sizes):
            x = self.flat(x)
            return Call(node.function, (x,))
        return self.flat(x) if node.function == "flat" else x if not sizes else node

    def _by_turned(self, a: Expr, b: Expr) -> Expr:
        """a @ b.T; of two vectors, which the code then holds as columns n x 1, the outer product."""
        if len(self.axes(a)) == len(self.axes(b)) == 1:
            self.columns = True
            return Call("outer", (a, b))
        return self._written(MatMul((a, self._turned(Call("T", (b,))))))

    def _shaped(self, node: Call) -> Expr:
        """x.reshape(y.shape) and x.reshape(N, -1), where they change nothing; a matrix of one row or column as well."""
        x, other = node.args
        own = self.axes(x)
        to = self.axes(other) if node.function == "shaped" else own
        if len(own) == len(to) or not own:
            return x
        if len(to) == 1:
            return self.flat(x)
        raise NotReadable(f"{plain(x)} in another shape is not read", span=x.span, expected="the axes that it has")

    def flat(self, x: Expr) -> Expr:
        """A column or a row as a vector; a vector as it is."""
        sizes = self.axes(x)
        if len(sizes) < 2:
            return x
        if isinstance(x, Call) and x.function in ("col", "row"):
            return x.args[0]
        if len(sizes) == 2 and any(_is_one(s) for s in sizes):
            return Call("rowsum" if _is_one(sizes[1]) else "colsum", (x,))
        raise NotReadable(f"the entries of {plain(x)} in one row are not read", span=x.span,
                          expected="a column or a row")

    def fitting(self, claim: Expr, value: Expr) -> Expr:
        """The value without an axis of one entry that the claim has not: NumPy keeps it, the sheet does not."""
        own = len(self.axes(claim))
        sizes = self.axes(value)
        if len(sizes) == own or len(sizes) != 2 or not any(_is_one(s) for s in sizes):
            return value
        vector = self.flat(value)
        return vector if own == 1 else Call("sum", (vector,)) if own == 0 and all(map(_is_one, sizes)) else value

    def _length(self, node: Call) -> Expr:
        x, axis = node.args
        sizes = self.axes(x)
        assert isinstance(axis, Num)
        if not -len(sizes) <= axis.value < len(sizes):
            raise NotReadable(f"{plain(x)} has no axis {axis.value}", span=x.span, expected="the axis of an array")
        return sizes[int(axis.value)]

    # -- einsum
    def _einsum(self, node: Call) -> Expr:
        inputs, _, out = node.function.removeprefix("einsum ").partition("->")
        letters, parts = inputs.split(","), list(node.args)
        for text, part in zip(letters, parts):
            if len(self.axes(part)) != len(text) or len(set(text)) < len(text) or len(text) > 2:
                raise NotReadable(f"einsum of {plain(part)} as {text} is not read", span=node.span,
                                  expected="vectors and matrices, each letter once")
        for n, text in enumerate(letters):        # letters of one factor alone are summed first
            others = out + "".join(letters[:n] + letters[n + 1 :])
            letters[n], parts[n] = _summed(text, parts[n], others)
        if len(parts) == 1:
            return _ordered(letters[0], parts[0], out)
        return self._product(letters, parts, out, node)

    def _product(self, letters: Sequence[str], parts: Sequence[Expr], out: str, node: Call) -> Expr:
        (s, t), (a, b) = letters, parts
        both = [x for x in s if x in t]
        kept = [x for x in both if x in out]
        if not both:
            if len(s) == len(t) == 1:
                return _ordered(s + t, Call("outer", (a, b)), out)
            if not s or not t:
                return _ordered(s + t, Mul((a, b)), out)
        elif not kept:
            if len(both) == 2:
                return Call("sum", (Mul((a, b if s == t else Call("T", (b,)))),))
            x = both[0]
            left = a if s[-1] == x else Call("T", (a,))
            right = b if t[0] == x else Call("T", (b,))
            rest = s.replace(x, "") + t.replace(x, "")
            return _ordered(rest, Call("dot", (a, b)) if not rest else MatMul((left, right)), out)
        elif len(kept) == len(both) and s == t:
            return _ordered(s, Mul((a, b)), out)
        raise NotReadable("this einsum is not read", span=node.span,
                          expected="a matrix product, an outer product or a sum")


def _summed(text: str, part: Expr, others: str) -> tuple[str, Expr]:
    """A factor with the letters summed that stand nowhere else."""
    for at in reversed(range(len(text))):
        if text[at] not in others:
            part = Call("sum" if len(text) == 1 else "rowsum" if at else "colsum", (part,))
            text = text[:at] + text[at + 1 :]
    return text, part


def _ordered(text: str, made: Expr, out: str) -> Expr:
    if sorted(text) != sorted(out):
        raise NotReadable("an einsum with letters on one side only is not read", expected="einsum('ij,jk->ik', A, B)")
    return made if text == out else Call("T", (made,))


def _marked(node: Expr) -> Expr:
    """a @ b.T under a name, until the axes are known."""
    last = node.args[-1] if isinstance(node, MatMul) and len(node.args) == 2 else None
    turned = isinstance(last, Call) and last.function == "T"
    return Call("by_turned", (node.args[0], last.args[0])) if turned else node    # type: ignore[union-attr, attr-defined]


def is_zero(e: Expr) -> bool:
    """Is it the number 0?"""
    return isinstance(e, Num) and e.value == 0


def _is_one(size: Expr) -> bool:
    return isinstance(size, Num) and size.value == 1


def _product(sizes: Sequence[Expr]) -> Expr:
    return ONE if not sizes else sizes[0] if len(sizes) == 1 else Mul(tuple(sizes))
