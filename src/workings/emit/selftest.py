"""The self-test that a Python file carries: derivatives against central differences at a random point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workings.emit.plan import Field, Plan
from workings.evaluate import value

TEST = '''
def _copy(value):
    return [_copy(v) for v in value] if isinstance(value, list) else value


def _entries(value, path=()):
    """The places of a number or nested list."""
    if not isinstance(value, list):
        yield path
    else:
        for i, inner in enumerate(value):
            yield from _entries(inner, (*path, i))


def _at(value, path):
    for i in path:
        value = value[i]
    return value


def _moved(arguments, which, path, by):
    """The arguments with one entry of one of them moved."""
    out = [_copy(a) for a in arguments]
    if not path:
        out[which] += by
    else:
        _at(out[which], path[:-1])[path[-1]] += by
    return out


def self_test(tolerance=1e-5):
    """Compares every derivative with a central difference; raises AssertionError where they part."""
    import random

    draw = random.Random(0)
    arguments = [%(point)s]
    results = forward_backward(*arguments)
    worst = 0.0
    for which, gradient in zip(%(which)s, results[1:]):
        for path in () if which is None else _entries(gradient):
            h = 1e-6
            up = forward_backward(*_moved(arguments, which, path, h))[0]
            down = forward_backward(*_moved(arguments, which, path, -h))[0]
            difference, derived = (up - down)/(2.0*h), _at(gradient, path)
            error = abs(derived - difference)/(1.0 + abs(difference))
            worst = max(worst, error)
            assert error <= tolerance, f"argument {which}, entry {path}: {derived}, by differences {difference}"
    return worst


if __name__ == "__main__":
    print(f"self-test passed: largest deviation from differences {self_test():.1e}")
'''


ARRAY_TEST = '''
def self_test(tolerance=1e-5):
    """Compares every derivative with a central difference; raises AssertionError where they part."""
    draw = np.random.default_rng(0)
    arguments = [%(point)s]
    results = forward_backward(*arguments)
    worst, h = 0.0, 1e-6
    for which, gradient in zip(%(which)s, results[1:]):
        for place in () if which is None else np.ndindex(np.shape(gradient)):
            values = []
            for by in (h, -h):
                moved = np.array(arguments[which], dtype=float)
                moved[place] += by
                there = list(arguments)
                there[which] = moved if moved.ndim else float(moved)
                values.append(forward_backward(*there)[0])
            difference = (values[0] - values[1])/(2.0*h)
            derived = np.asarray(gradient)[place]
            error = abs(derived - difference)/(1.0 + abs(difference))
            worst = max(worst, error)
            assert error <= tolerance, f"argument {which}, entry {place}: {derived}, by differences {difference}"
    return worst


if __name__ == "__main__":
    print(f"self-test passed: largest deviation from differences {self_test():.1e}")
'''


def numpy_selftest(plan: Plan, sizes: Sequence[str]) -> str:
    """The self-test of a file whose function takes arrays."""
    small = _small(plan)
    point = [_array(field, small) for field in plan.arguments] + [str(small[s]) for s in sizes]
    return ARRAY_TEST % {"point": ", ".join(point), "which": _which(plan)}


def _array(field: Field, sizes: Mapping[str, int]) -> str:
    shape = ", ".join(str(n) for n in _lengths(field, sizes))
    return f"draw.uniform(0.2, 0.8, ({shape}))" if field.axes else "draw.uniform(0.2, 0.8)"


def _small(plan: Plan) -> dict[str, int]:
    """Small sizes that differ, so that a transposed product shows."""
    return {name: 2 + number % 3 for number, name in enumerate(plan.sizes)}


def _lengths(field: Field, sizes: Mapping[str, int]) -> list[int]:
    return [value(axis.hi, sizes) - value(axis.lo, sizes) + 1 for axis in field.axes]


def _which(plan: Plan) -> str:
    """The argument that each gradient belongs to; None for the gradient by a quantity that is none."""
    order = [f.key for f in plan.arguments]
    which = [str(order.index(w.key)) if w.key in order else "None" for w, _ in plan.gradients]
    return f"({', '.join(which)},)"


def python_selftest(plan: Plan, sizes: Sequence[str]) -> str:
    """The self-test of a file whose function takes numbers and nested lists, and then the `sizes` not told by these."""
    small = _small(plan)
    point = [_point(field, small) for field in plan.arguments] + [str(small[s]) for s in sizes]
    return TEST % {"point": ", ".join(point), "which": _which(plan)}


def _point(field: Field, sizes: Mapping[str, int]) -> str:
    """A random argument, between 1/5 and 4/5 so that logarithms and roots have values."""
    text = "draw.uniform(0.2, 0.8)"
    for length in reversed(_lengths(field, sizes)):
        text = f"[{text} for _ in range({length})]"
    return text


TORCH_TEST = '''
def self_test():
    """Compares every derivative with differences by torch.autograd.gradcheck; raises where they part."""
    torch.manual_seed(0)
    arguments = [%(point)s]
    torch.autograd.gradcheck(loss, tuple(arguments))


if __name__ == "__main__":
    self_test()
    print("self-test passed: gradcheck")
'''


def torch_selftest(plan: Plan, sizes: Sequence[str]) -> str:
    """The self-test of a file whose function takes tensors."""
    small = _small(plan)
    point = [_tensor(field, small) for field in plan.arguments] + [str(small[s]) for s in sizes]
    return TORCH_TEST % {"point": ", ".join(point)}


def _tensor(field: Field, sizes: Mapping[str, int]) -> str:
    shape = ", ".join(str(n) for n in _lengths(field, sizes))
    return f"(0.2 + 0.6*torch.rand({shape or '()'}, dtype=torch.float64)).requires_grad_()"
