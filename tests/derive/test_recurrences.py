"""Derivatives through recurrences of symbolic length, against the unrolled network and against differences."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from recurrence_rows import ROWS, extent, net_of, point, sizes

from workings.derive import Program, backward, chain_rule, gradient, hessian, hvp, jacobian
from workings.errors import BadValue, OutOfReach
from workings.evaluate import run, value
from workings.expr import Deriv, Equation, Expr, Network, Num, Ref, preorder, substitute
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression
from workings.work import ref

TINY = Fraction(1, 10**30)
CASES = [(name, steps) for name, row in ROWS.items() for steps in row[2]]


def entries(data: Any, at: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Each number of nested lists, with its place."""
    if not isinstance(data, list):
        yield at, data
        return
    for n, inner in enumerate(data):
        yield from entries(inner, (*at, n))


def moved(data: Any, at: tuple[int, ...], by: Fraction) -> Any:
    """Nested lists with one number changed."""
    if not at:
        return data + by
    return [moved(d, at[1:], by) if n == at[0] else d for n, d in enumerate(data)]


def ball(net: Network, values: dict[str, Any], of: str) -> Any:
    return run(net, values, wanted=[of], mode="ball", bits=500).values[of]


def difference(net: Network, values: dict[str, Any], of: str, name: str, at: tuple[int, ...]) -> float:
    """A difference quotient of the forward pass alone."""
    import flint

    up, down = (ball(net, {**values, name: moved(values[name], at, s * TINY)}, of) for s in (1, -1))
    before, flint.ctx.prec = flint.ctx.prec, 500
    try:
        return float((up - down) / (2 * flint.arb(flint.fmpq(1, 10**30))))
    finally:
        flint.ctx.prec = before


def with_program(net: Network, program: Program) -> Network:
    return net.with_(equations=tuple(Equation(s.name, s.value) for s in (*program.forward, *program.backward)))


def computed(net: Network, program: Program, values: dict[str, Any]) -> dict[str, Any]:
    found = run(with_program(net, program), values, mode="float").values
    return {k.split("[")[0]: v for k, v in found.items()}


def entry_of(wide: Network, values: dict[str, Any], name: Ref, data: Any, place: tuple[int, ...]) -> float:
    for span, n in zip(extent(wide, name.name, len(name.indices), sizes(wide, values["T"])), place, strict=True):
        data = data[n - span.start]
    return float(data)


@pytest.mark.parametrize(("name", "steps"), CASES)
def test_the_backward_program_gives_the_numbers_of_differences(name: str, steps: int) -> None:
    net, of = net_of(name), ROWS[name][1]
    values = point(net, steps)
    program = backward(net, Ref(of))
    wide, found = with_program(net, program), computed(net, program, values)
    for wrt, at in program.gradients:
        assert isinstance(at, Ref)
        low = [s.start for s in extent(net, wrt.name, len(wrt.indices), sizes(net, steps))]
        for place, _ in entries(values[wrt.name]):
            true = difference(net, values, of, wrt.name, place)
            index = tuple(n + first for n, first in zip(place, low, strict=True))
            assert entry_of(wide, values, at, found[at.name], index) == pytest.approx(true, rel=1e-12, abs=1e-12)


LONG = ("vector lstm",)
FEW = [pytest.param(n, s, marks=[pytest.mark.slow] if n in LONG else []) for n, s in CASES if n != "two back" or s > 2]


@pytest.mark.parametrize(("name", "steps"), FEW)
def test_the_gradient_is_that_of_the_unrolled_network(name: str, steps: int) -> None:
    """The steps written out as scalar equations are derived by the engine that knows no recurrence."""
    net, of = net_of(name), ROWS[name][1]
    scalar, sums = unrolled(net, of, steps)
    values = point(net, steps)
    flat = {n if not at else "_".join((n, *map(str, at))): v for n, at, v in named(net, values, steps)}
    for wrt in [w for w, _ in backward(net, Ref(of)).gradients][:2]:
        found = gradient(net, Ref(of), wrt)
        wide = net.with_(equations=(*net.equations, *found.equations()))
        for at in list(indices(net, wrt, steps))[-1:]:
            env = {i.name: Num(n, str(n)) for i, n in zip(wrt.indices, at, strict=True) if isinstance(i, Ref)}
            mine = value(substitute(found.result, env), values, wide, mode="float")
            single = "_".join((wrt.name, *map(str, at)))
            theirs = gradient(scalar, Ref(of), Ref(single), verified=False)
            there = scalar.with_(equations=(*scalar.equations, *(Equation(n, e) for n, e in theirs.where)))
            assert float(mine) == pytest.approx(float(value(theirs.result, flat, there, mode="float")), rel=1e-12), sums


def indices(net: Network, wrt: Ref, steps: int) -> Iterator[tuple[int, ...]]:
    from itertools import product

    yield from product(*extent(net, wrt.name, len(wrt.indices), sizes(net, steps)))


def named(net: Network, values: dict[str, Any], steps: int) -> Iterator[tuple[str, tuple[int, ...], Any]]:
    for name, places in net.leaves:
        if name in sizes(net, steps):
            continue
        low = [s.start for s in extent(net, name, places, sizes(net, steps))]
        for place, number in entries(values[name]):
            yield name, tuple(n + first for n, first in zip(place, low, strict=True)), number


def unrolled(net: Network, of: str, steps: int) -> tuple[Network, int]:
    """The network at one length, with a plain name for each entry: h[2,1] is h_2_1."""
    from workings.checking.unroll import Instance

    instance = Instance(net, sizes(net, steps))
    instance.scalar(Ref(of))
    lines = [Equation(Ref(_flat(n)), _renamed(e)) for n, e in instance.defs.items()]
    return Network(tuple(lines), functions=net.functions), len(lines)


def _flat(name: str) -> str:
    return name.replace("[", "_").replace(",", "_").replace("]", "")


def _renamed(expr: Expr) -> Expr:
    from workings.expr import rewrite

    return rewrite(expr, lambda n: Ref(_flat(n.name)) if isinstance(n, Ref) else n)


# network, of, by, result, the recurrence, the form unrolled ("" where the slopes of a step are no single number)
PRINTED = [
    ("sum", "E", "w", "sum(t, gh[t]*(1 - h[t]^2)*h[t-1])",
     ["gh[T] = 2*(h[T] - s[T])", "gh[t] = gh[t+1]*(1 - h[t+1]^2)*w + 2*(h[t] - s[t])"],
     "sum(t, sum(k, t, T, 2*(h[k] - s[k])*prod(j, t + 1, k, (1 - h[j]^2)*w))*(1 - h[t]^2)*h[t-1])"),
    ("last", "E", "s", "gh[1]*(1 - h[1]^2)*w", ["gh[T] = h[T] - y", "gh[t] = gh[t+1]*(1 - h[t+1]^2)*w"],
     "(h[T] - y)*prod(j, 2, T, (1 - h[j]^2)*w)*(1 - h[1]^2)*w"),
    ("both", "E", "w", "sum(t, gh[t]*cos(w*h[t-1] + x[t])*h[t-1])", None, None),
    ("two back", "E", "p", "sum(t, gh[t]*h[t-1])",
     ["gh[T] = 2*h[T]", "gh[T-1] = gh[T]*p + 2*h[T-1]", "gh[t] = gh[t+1]*p + gh[t+2]*q + 2*h[t]"], ""),
    ("down", "E", "w", "sum(t, gb[t]*(1 - b[t]^2)*b[t+1])",
     ["gb[1] = 2*b[1]", "gb[t] = gb[t-1]*(1 - b[t-1]^2)*w + 2*b[t]"],
     "sum(t, sum(k, 1, t, 2*b[k]*prod(j, k, t - 1, (1 - b[j]^2)*w))*(1 - b[t]^2)*b[t+1])"),
    ("sum", "h[k]", "w", "sum(t, 1, k, gh[t]*(1 - h[t]^2)*h[t-1])", ["gh[k] = 1", "gh[t] = gh[t+1]*(1 - h[t+1]^2)*w"],
     "sum(t, 1, k, prod(j, t + 1, k, (1 - h[j]^2)*w)*(1 - h[t]^2)*h[t-1])"),
    ("sum", "h[k]", "x[t]", "where(t <= k, gh[t]*(1 - h[t]^2)*u, 0)", None, None),
    ("sum", "E", "h[t]", "gh[t]", None, None),
    ("sum", "E", "x[2]", "gh[2]*(1 - h[2]^2)*u", None, None),
    ("vector", "E", "W[i,j]", "sum(t, gh[t,i]*(1 - h[t,i]^2)*h[t-1,j])",
     ["gh[T,i] = 2*(y[T] - s[T])*v[i]",
      "gh[t,i] = sum(i', gh[t+1,i']*(1 - h[t+1,i']^2)*W[i',i]) + 2*(y[t] - s[t])*v[i]"], ""),
    ("lstm", "E", "uf", "sum(t, gf[t]*f[t]*(1 - f[t])*h[t-1])", None, ""),
]


@pytest.mark.parametrize(("name", "of", "wrt", "result", "recurrence", "form"), PRINTED)
def test_printed(name: str, of: str, wrt: str, result: str, recurrence: list[str] | None, form: str | None) -> None:
    net = net_of(name)
    found = gradient(net, ref(of, net), ref(wrt, net))
    assert plain(found.result) == result
    if recurrence is not None:
        assert [f"{plain(n)} = {plain(e)}" for n, e in found.recurrences] == recurrence
    sums = [plain(s.after) for s in found.steps if s.rule == "sums of products"]
    if form is not None:
        assert sums == [form][: bool(form)]


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in LONG else []) for n in ROWS])
def test_every_line_replays_and_holds_for_each_parameter(name: str) -> None:
    net = net_of(name)
    shown = [gradient(net, Ref("E"), wrt) for wrt, _ in backward(net, Ref("E")).gradients[:2]]
    assert any(found.recurrences for found in shown)
    for found in shown:
        names: set[str] = set()
        for head, meaning in found.where:                 # made of earlier ones only
            used = {r.name for r in preorder(meaning) if isinstance(r, Ref)} if not isinstance(meaning, Deriv) else set()
            assert used & {n.name for n, _ in found.where} <= names
            names.add(head.name)


def test_the_chain_rule_alone_is_stated_over_all_steps() -> None:
    net = net_of("sum")
    found = chain_rule(net, Ref("E"), Ref("w"))
    assert [plain(s.line) for s in found.steps] == [
        "dE/dw = sum(t, dE/dh[t]*P(h[t], w))",
        "dE/dh[T] = dE/dh[T]", "dE/dh[t] = dE/dh[t+1]*dh[t+1]/dh[t] + P(E, h[t])",
    ]


@pytest.mark.parametrize("name", [n for n, row in ROWS.items() if row[3]])
def test_hessian_vector_products_are_differences_of_the_gradient(name: str) -> None:
    net, (_, of, steps, wrt) = net_of(name), ROWS[name]
    values = point(net, steps[-1])
    asked = [ref(w, net) for w in wrt]
    program = hvp(net, Ref(of), asked, [f"v{w}" for w in wrt])
    ways = point(net, steps[-1], 7)
    along = {f"v{w}": ways[w] for w in wrt}
    found = computed(net, program, {**values, **along})
    first = backward(net, Ref(of), asked)
    wide = with_program(net, first)
    step = Fraction(1, 10**10)
    for (w, product), (_, at) in zip(program.gradients, first.gradients, strict=True):
        assert isinstance(product, Ref) and isinstance(at, Ref)
        ends = [run(wide, {**values, **{x: _along(values[x], ways[x], s * step) for x in wrt}}, mode="ball", bits=300)
                .values for s in (1, -1)]
        sides = [next(v for k, v in e.items() if k.split("[")[0] == at.name) for e in ends]
        for (_, up), (_, down), (_, mine) in zip(*map(entries, (*sides, found[product.name])), strict=True):
            assert float(mine) == pytest.approx(float((up - down) / 2 * 10**10), rel=1e-9, abs=1e-9), plain(w)


def _along(data: Any, way: Any, by: Fraction) -> Any:
    return [_along(d, w, by) for d, w in zip(data, way, strict=True)] if isinstance(data, list) else data + by * way


SECOND = [("sum", "w", "w"), ("sum", "u", "w"), ("last", "s", "w"), ("vector", "W[i,j]", "b[i]"), ("gru", "uz", "wn"),
          ("two back", "p", "q"), ("down", "w", "u")]


@pytest.mark.parametrize(("name", "u", "v"), SECOND)
def test_second_derivatives_replay_and_hold(name: str, u: str, v: str) -> None:
    net = net_of(name)
    assert hessian(net, Ref("E"), (ref(u, net), ref(v, net))).steps[-1].rule == "second derivative"


@pytest.mark.parametrize("name", ["sum", "last", "output", "two back", "down", "lstm", "vector"])
@pytest.mark.parametrize("back", [0, 1, 2])
def test_truncated_is_the_sum_of_the_terms_that_come_back_so_far(name: str, back: int) -> None:
    """The truth: of each step's state only what the steps up to `back` later take is counted."""
    net, steps = net_of(name), 4
    values = point(net, steps)
    full = computed(net, backward(net, Ref("E")), values)
    same = backward(net, Ref("E"), truncate=steps + 1)
    found = computed(net, same, values)
    for _, at in same.gradients:
        assert isinstance(at, Ref)
        for (_, a), (_, b) in zip(entries(found[at.name]), entries(full[at.name]), strict=True):
            assert float(a) == pytest.approx(float(b), rel=1e-12, abs=1e-14)
    short = backward(net, Ref("E"), truncate=back)
    assert short.notes and "approximation, not the gradient" in short.notes[0]
    assert all(s.is_ is None for s in short.backward if s.name.name in ("gh", "gw", "gp", "gW", "guf"))


@pytest.mark.parametrize("back", [0, 1, 2, 3])
def test_truncated_against_the_closed_form(back: int) -> None:
    net, values = net_of("sum"), point(net_of("sum"), 4)
    program = backward(net, Ref("E"), truncate=back)
    form = read_expression(
        f"sum(t, sum(k, t, min(t + {back}, T), 2*(h[k] - s[k])*prod(j, t + 1, k, (1 - h[j]^2)*w))*(1 - h[t]^2)*h[t-1])",
        signatures(), net)
    assert float(computed(net, program, values)["gw"]) == pytest.approx(float(value(form, values, net, mode="float")))


def test_truncate_without_a_recurrence_says_that_nothing_is_left_out() -> None:
    program = backward(read("E = (w*x)^2", signatures()), Ref("E"), truncate=2)
    assert program.notes == ["There is no recurrence between: nothing is truncated, and this is the gradient."]


# network, of, by, the first tangent or adjoint, the mode
JACOBIANS = [
    ("k = 1..N\ny[k] = tanh(w*x[k])", "y[k]", "w", "Forward mode: w has one entry"),
    ("i = 1..3\nk = 1..5\ny[k] = tanh(sum(i, w[i]*x[i,k]))", "y[k]", "w[i]", "Forward mode: w has 3 entries"),
    ("i = 1..5\nk = 1..2\ny[k] = tanh(sum(i, w[i]*x[i,k]))", "y[k]", "w[i]", "Reverse mode: y has 2 entries"),
    ("i = 1..d\nk = 1..N\ny[k] = tanh(sum(i, w[i]*x[i,k]))", "y[k]", "w[i]", "and be cheaper where these are fewer"),
    ("t = 1..T\nh[0] = 0\nh[t] = tanh(w*h[t-1] + x[t])", "h[t]", "w", "Forward mode: w has one entry"),
]


@pytest.mark.parametrize(("text", "of", "wrt", "says"), JACOBIANS)
def test_a_jacobian_says_its_mode(text: str, of: str, wrt: str, says: str) -> None:
    net = read(text, signatures())
    program = jacobian(net, ref(of, net), ref(wrt, net))
    assert says in program.notes[-1]


def test_a_forward_mode_jacobian_gives_the_numbers_of_the_gradient() -> None:
    net = net_of("sum")
    net = net.with_(equations=tuple(e for e in net.equations if e.lhs.name == "h"))
    values = point(net, 4)
    program = jacobian(net, ref("h[t]", net), Ref("w"))
    found = computed(net, program, values)["hdot"]
    for step in range(1, 5):
        whole = gradient(net, ref(f"h[{step}]", net), Ref("w"), verified=False)
        there = net.with_(equations=(*net.equations, *whole.equations()))
        assert float(found[step]) == pytest.approx(float(value(whole.result, values, there, mode="float")), rel=1e-12)


def test_a_vector_jacobian_product_takes_its_adjoint_as_an_input() -> None:
    net = net_of("sum")
    net = net.with_(equations=tuple(e for e in net.equations if e.lhs.name == "h"))
    program = backward(net, ref("h[t]", net), [Ref("w")])
    assert [f"{plain(s.name)} = {plain(s.value)}" for s in program.backward] == [
        "adjh[T] = gh[T]", "adjh[t] = gp[t+1]*w + gh[t]", "gp[t] = adjh[t]*(1 - h[t]^2)", "gw = sum(t, gp[t]*h[t-1])",
    ]
    values = {**point(net, 3), "gh": [1, 0, 0]}           # of h[1] alone
    whole = gradient(net, ref("h[1]", net), Ref("w"), verified=False)
    there = net.with_(equations=(*net.equations, *whole.equations()))
    del values["gh"]
    true = float(value(whole.result, values, there, mode="float"))
    assert float(computed(net, program, {**values, "gh": [1, 0, 0]})["gw"]) == pytest.approx(true)


@pytest.mark.parametrize(("text", "error", "message"), [
    ("t = 1..T\nh[t] = h[t-1] + w*h[t+1]\nE = sum(t, h[t])", OutOfReach, "the recurrence of h has no direction"),
    ("h[t] = tanh(w*h[t-1])\nE = h[t]", OutOfReach, "it is not said where t runs"),
    ("t = 1..T\nh[2*t] = w*h[t-1]\nE = sum(t, h[t])", OutOfReach, "is not t or t shifted"),
])
def test_what_is_refused(text: str, error: type[Exception], message: str) -> None:
    net = read(text, signatures())
    for verb in (lambda: gradient(net, Ref("E"), Ref("w")), lambda: backward(net, Ref("E"), [Ref("w")])):
        with pytest.raises(error, match=message):
            verb()


@pytest.mark.parametrize("truncate", [-1, "2"])
def test_a_truncation_is_a_number_of_steps(truncate: Any) -> None:
    with pytest.raises(BadValue, match="number of steps"):
        backward(net_of("sum"), Ref("E"), truncate=truncate)
