"""The layers of real networks as equations, one sample at a time; ONNX and torch importers write through them.

W_l, b_l: weights and bias of layer l;  z_l: its pre-activation;  a_l: what its activation gives.
An image is an array of channels, rows and columns; what is one number a channel stands as an array c x 1 x 1.

    z1 = W1 @ x + b1          n1 = s1*(z1 - m1) + t1         a1 = relu(n1)          r1 = a1 + x
    z1 = conv2d(x, W1, 2, 1) + b1         p1 = max_pool2d(a1, 2, 2)         f1 = flatten(p1)         c1 = concat(a1, a2)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import Any

from workings.errors import BadValue, InputTooLarge, OutOfReach
from workings.importers.writing import Shape, Writing, numbers
from workings.limits import MAX_PARAMETERS

Pads = Sequence[tuple[int, int]]        # before and after, for each axis


class Layers(Writing):
    """A network in the making; every method writes a line and gives the name of what it defines."""

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.counts: dict[str, int] = {}
        self.open = ""                         # the last product, while it has no bias

    def next(self, letter: str) -> str:
        """z1, z2, …; W and b have the number of their z."""
        self.counts[letter] = self.counts.get(letter, 0) + 1
        return f"{letter}{self.counts[letter]}"

    def say(self, letter: str, formula: str, shape: Shape) -> str:
        """A line with the next name of that letter."""
        return self.define(self.next(letter), formula, shape)

    # --- products ---

    def affine(self, x: str, weight: Any, bias: Any = None) -> str:
        """z = W @ x + b; W has one row an output."""
        rows, columns = weight.shape
        if self.shape(x) != (columns,):
            raise BadValue(f"a matrix {rows} x {columns} is applied to {said(self.shape(x))}",
                           expected=f"a vector of {columns} numbers")
        pre = self.next("z")
        formula = f"{self.parameter('W' + pre[1:], weight)} @ {x}"
        return self._biased(pre, formula, (rows,), bias)

    def _biased(self, pre: str, formula: str, shape: Shape, bias: Any) -> str:
        if bias is not None:
            array = bias.reshape((len(bias),) + (1,) * (len(shape) - 1))
            formula += f" + {self.parameter('b' + pre[1:], array)}"
        self.define(pre, formula, shape)
        self.open = "" if bias is not None else pre
        return pre

    def conv(self, x: str, kernel: Any, bias: Any, strides: Sequence[int], pads: Pads, dilations: Sequence[int],
             groups: int) -> str:
        """z = conv(x, W, stride, padding) + b; groups, dilations and uneven padding go into W as zeros."""
        axes = kernel.ndim - 2
        if axes not in (1, 2) or len(self.shape(x)) != axes + 1:
            raise OutOfReach(f"a convolution over {axes} axes of {said(self.shape(x))}", expected="one or two axes")
        if len(set(strides)) > 1:
            raise OutOfReach(f"a convolution with strides {tuple(strides)}", expected="one stride for both axes")
        kernel, pad = self._whole_kernel(kernel, self.shape(x)[0], pads, dilations, groups)
        stride = strides[0]
        sizes = [(n + 2 * pad - k) // stride + 1 for n, k in zip(self.shape(x)[1:], kernel.shape[2:])]
        if min(sizes) < 1:
            raise BadValue(f"a kernel of {said(kernel.shape[2:])} does not fit into {said(self.shape(x))}")
        pre = self.next("z")
        more = f", {stride}, {pad}" if pad else f", {stride}" if stride != 1 else ""
        formula = f"conv{axes}d({x}, {self.parameter('W' + pre[1:], kernel)}{more})"
        return self._biased(pre, formula, (kernel.shape[0], *sizes), bias)

    def _whole_kernel(self, kernel: Any, channels: int, pads: Pads, dilations: Sequence[int],
                      groups: int) -> tuple[Any, int]:
        """The kernel of the same convolution with one group, no dilation, and one padding all around."""
        import numpy as np

        out, per = kernel.shape[:2]
        if groups < 1 or per * groups != channels or out % groups:
            raise BadValue(f"a kernel {said(kernel.shape)} in {groups} groups does not fit {channels} channels")
        pad = max(max(pair) for pair in pads)
        spread = [(k - 1) * d + 1 for k, d in zip(kernel.shape[2:], dilations)]
        sizes = [n + 2 * pad - sum(pair) for n, pair in zip(spread, pads)]
        if (sizes, groups) == (list(kernel.shape[2:]), 1):
            return kernel, pad
        if out * channels * prod(sizes) > MAX_PARAMETERS:
            raise InputTooLarge(f"a convolution with {groups} groups needs more than {MAX_PARAMETERS} numbers")
        whole = np.zeros((out, channels, *sizes), dtype=kernel.dtype)
        inside = tuple(slice(pad - pair[0], pad - pair[0] + n, d) for pair, n, d in zip(pads, spread, dilations))
        for g in range(groups):
            rows = slice(g * out // groups, (g + 1) * out // groups)
            whole[(rows, slice(g * per, (g + 1) * per), *inside)] = kernel[rows]
        return whole, pad

    def norm(self, x: str, gamma: Any, beta: Any, mean: Any, variance: Any, eps: float) -> str:
        """Batch normalisation in evaluation: n = s*(z - m) + t, with s = gamma/sqrt(variance + eps)."""
        shape = self.shape(x)
        if gamma.shape != shape[:1]:
            raise BadValue(f"batch normalisation of {said(gamma.shape)} channels is applied to {said(shape)}")
        if any(Fraction(v) + Fraction(eps) <= 0 for v in variance):
            raise BadValue("a batch normalisation has a variance + eps that is not above 0")
        name = self.next("n")
        scale = numbers([_over_root(g, v, eps) for g, v in zip(gamma, variance)], "s" + name[1:], 1)
        self._note_norm()
        s, m, t = (
            self.parameter(letter + name[1:], array.reshape(shape[:1] + (1,) * (len(shape) - 1)))
            for letter, array in (("s", scale), ("m", mean), ("t", beta))
        )
        return self.define(name, f"{s}*({x} - {m}) + {t}", shape)

    def _note_norm(self) -> None:
        note = ("Batch normalisation is taken as in evaluation; its factor s = gamma/sqrt(variance + eps) is rounded "
                "once, to a double, because a root is rarely rational.")
        if note not in self.notes:
            self.notes.append(note)

    # --- pooling ---

    def pool(self, kind: str, x: str, kernel: Sequence[int], strides: Sequence[int], pads: Pads) -> str:
        """p = max_pool2d(x, rows, columns, strides, paddings), or avg_pool2d: the largest or mean of each window."""
        shape, axes = self.shape(x), len(kernel)
        if axes not in (1, 2) or len(shape) != axes + 1:
            raise OutOfReach(f"pooling over {axes} axes of {said(shape)}", expected="1-D or 2-D pooling")
        if any(a != b for a, b in pads):
            raise OutOfReach(f"pooling with uneven padding {[tuple(p) for p in pads]}", expected="even padding")
        padded = any(a for a, _ in pads)
        if padded and kind == "avg":
            return self._mean_as_conv(x, kernel, strides, pads)
        sizes = [(n + 2 * p[0] - k) // s + 1 for n, k, s, p in zip(shape[1:], kernel, strides, pads)]
        if min(sizes) < 1 or any(2 * p[0] > k for p, k in zip(pads, kernel)):
            raise BadValue(f"a window of {said(kernel)} does not fit into {said(shape)}")
        values = [*kernel]
        if padded or tuple(strides) != tuple(kernel):
            values += strides
        if padded:
            values += [p[0] for p in pads]
        return self.say("p", f"{kind}_pool{axes}d({', '.join([x, *map(str, values)])})", (shape[0], *sizes))

    def _mean_as_conv(self, x: str, kernel: Sequence[int], strides: Sequence[int], pads: Pads) -> str:
        """With zeros around, the mean of a window is a convolution of each channel by itself."""
        import numpy as np

        channels = self.shape(x)[0]
        weight = np.full((channels, 1, *kernel), Fraction(1, prod(kernel)), dtype=object)
        return self.conv(x, weight, None, strides, pads, [1] * len(kernel), channels)

    # --- shapes ---

    def flatten(self, x: str) -> str:
        """f = flatten(x): all numbers in one vector, the last axis running fastest."""
        shape = self.shape(x)
        return x if len(shape) == 1 else self.say("f", f"flatten({x})", (prod(shape),))

    def reshape(self, x: str, shape: Shape) -> str:
        """The same numbers in the same order in an array of other axes."""
        own = self.shape(x)
        if own == shape:
            return x
        if prod(own) != prod(shape):
            raise BadValue(f"{said(own)} numbers cannot stand in {said(shape)}")
        flat = self.flatten(x)
        return flat if len(shape) == 1 else self.say("q", f"reshape({flat}, {', '.join(map(str, shape))})", shape)

    def reshape_to(self, x: str, goal: Sequence[int]) -> str:
        """A reshape whose goal has an axis of samples before the others, and perhaps one axis of -1."""
        own, rest = self.shape(x), list(goal[1:])
        rest = [own[i] if n == 0 and i < len(own) else n for i, n in enumerate(rest)]
        given = prod(n for n in rest if n > 0)
        rest = [prod(own) // given if n == -1 else n for n in rest]
        if not rest or goal[0] not in (0, 1, -1) or min(rest) < 1:
            raise OutOfReach(f"a reshape to {list(goal)}", expected="a first axis of samples")
        return self.reshape(x, tuple(rest))

    def concat(self, parts: Sequence[str], axis: int = 0) -> str:
        """c = concat(a, b): one after the other along the first axis, that of channels."""
        shapes = [self.shape(p) for p in parts]
        if axis != 0:
            raise OutOfReach("a concatenation along rows or columns", expected="along channels, or of vectors")
        if len({s[1:] for s in shapes}) > 1:
            raise BadValue(f"{' and '.join(map(said, shapes))} cannot be put together")
        if len(parts) == 1:
            return parts[0]
        return self.say("c", f"concat({', '.join(parts)})", (sum(s[0] for s in shapes), *shapes[0][1:]))

    # --- entry by entry ---

    def combined(self, sign: str, a: str, b: str) -> str:
        """r = a + b and the like, of two quantities."""
        if self.shape(a) != self.shape(b):
            raise OutOfReach(f"{said(self.shape(a))} {sign} {said(self.shape(b))}", expected="arrays of one shape")
        return self.say("r" if sign == "+" else "q", f"{a} {sign} {b}", self.shape(a))

    def with_constant(self, sign: str, x: str, array: Any, first: bool = False, only: bool = False) -> str:
        """x + b, x - k, k*x, x/k, k - x with numbers; a bias goes into the line of its product if that has one use."""
        shape = self.shape(x)
        if sign == "+" and only and x == self.open and array.shape in (shape, shape[:1] + (1,) * (len(shape) - 1)):
            self.lines[-1] += f" + {self.parameter('b' + x[1:], array)}"
            self.open = ""
            return x
        if array.ndim > len(shape) or any(n not in (1, m) for n, m in zip(array.shape[::-1], shape[::-1])):
            raise OutOfReach(f"{said(shape)} {sign} {said(array.shape)}", expected="numbers that fit the array")
        if array.size == 1:
            other = self.number(array.reshape(-1)[0])
        else:
            other = self.parameter(self.next("k"), array)
        return self.say("q", f"{other} {sign} {x}" if first else f"{x} {sign} {other}", shape)

    def function(self, name: str, *arguments: str) -> str:
        """a = relu(z): the activation of z1 is a1 where that is free."""
        x = arguments[0]
        shapes = {self.shape(a) for a in arguments if a == "x" or a in self.shapes}
        if len(shapes) > 1:
            raise OutOfReach(f"{name} of {' and '.join(sorted(map(said, shapes)))}", expected="arrays of one shape")
        own = f"a{x[1:]}" if x[0] in "z" else self._free("a")
        formula = f"{name}({', '.join(arguments)})"
        return self.define(own if own not in self.shapes else self._free("q"), formula, self.shape(x))

    def _free(self, letter: str) -> str:
        while (name := self.next(letter)) in self.shapes:
            pass
        return name

    def number(self, value: Any) -> str:
        """A number as text where its decimals are short and exact, else a parameter of its own."""
        exact = Fraction(value) if not hasattr(value, "item") else Fraction(value.item())
        if exact.denominator == 1 or Fraction(repr(float(exact))) == exact:
            text = str(exact.numerator) if exact.denominator == 1 else repr(float(exact))
            if "e" not in text:
                return f"({text})" if exact < 0 else text
        name = self.next("k")
        self.values[name] = exact if isinstance(value, Fraction) else float(exact)
        return name


def _over_root(gamma: Any, variance: Any, eps: float) -> float:
    """gamma/sqrt(variance + eps), rounded to a double once."""
    from decimal import Decimal, localcontext

    under = Fraction(variance) + Fraction(eps)
    with localcontext() as context:
        context.prec = 60
        root = (Decimal(under.numerator) / Decimal(under.denominator)).sqrt()
        top = Fraction(gamma)
        return float(Decimal(top.numerator) / Decimal(top.denominator) / root)


def said(shape: Sequence[int]) -> str:
    """3 x 32 x 32.

    >>> said((3, 8, 8))
    '3 x 8 x 8'
    """
    return " x ".join(map(str, shape)) or "one number"
