"""Backward programs: the textbook's pass, its count of operations, and its work."""

from __future__ import annotations


from functools import partial

import pytest
from work import calls

from workings.answers.backward import as_dict, blocks
from workings.derive import backward
from workings.errors import BadValue, OutOfReach
from workings.expr import Add, Call, Equation, Mul, Neg, Network, Ref
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

SMALL = """
    z3 = x1*w13 + x2*w23
    a3 = tanh(z3)
    z4 = x1*w14 + x2*w24
    a4 = tanh(z4)
    z5 = a3*w35 + a4*w45
    a5 = tanh(z5)
    z6 = a3*w36 + a4*w46
    a6 = tanh(z6)
    y = a5*w57 + a6*w67
    E = log(cosh(y - t))
"""


def net_of(text: str) -> Network:
    return read(text, signatures())


def deep(d: int, h: int) -> Network:
    """The d-h-h-1 network of tanh with every weight a name."""
    lines: list[Equation] = []
    below = [f"x{i}" for i in range(1, d + 1)]
    for layer, width in ((1, h), (2, h), (3, 1)):
        above = []
        for j in range(1, width + 1):
            terms = tuple(Mul((Ref(f"w{layer}_{i}_{j}"), Ref(a))) for i, a in enumerate(below))
            z = "y" if layer == 3 else f"z{layer}_{j}"
            lines.append(Equation(Ref(z), Add(terms)))
            above.append(z if layer == 3 else f"a{layer}_{j}")
            if layer < 3:
                lines.append(Equation(Ref(above[-1]), Call("tanh", (Ref(z),))))
        below = above
    error = Call("log", (Call("cosh", (Add((Ref("y"), Neg(Ref("t")))),)),))
    return Network((*lines, Equation(Ref("E"), error)))


def test_one_weight_takes_the_textbooks_lines() -> None:
    program = backward(net_of(SMALL), Ref("E"), [Ref("w13")])
    assert [(plain(s.name), plain(s.value)) for s in program.backward] == [
        ("gy", "tanh(z)"), ("ga6", "gy*w67"), ("gz6", "ga6*(1 - a6^2)"), ("ga5", "gy*w57"),
        ("gz5", "ga5*(1 - a5^2)"), ("ga3", "gz5*w35 + gz6*w36"), ("gz3", "ga3*(1 - a3^2)"), ("gw13", "gz3*x1"),
    ]


def test_all_ten_gradients_within_53_and_51() -> None:
    net = net_of(SMALL)
    assert backward(net, Ref("E")).total <= 53
    fewest = backward(net, Ref("E"), None, "fewest")
    assert fewest.total <= 51
    assert "gz5 = w57*(gy - gw57*a5)" in [f"{plain(s.name)} = {plain(s.value)}" for s in fewest.backward]
    assert fewest.notes


@pytest.mark.parametrize("h", [2, 3, 8, 16, 64])
def test_closed_form(h: int) -> None:
    """mul 3h^2 + 2dh + 6h, add 2h^2 + dh, 2h + 3 transcendental; plain takes h products more."""
    closed = 3 * h * h + 2 * 2 * h + 6 * h + 2 * h * h + 2 * h + 2 * h + 3
    assert backward(deep(2, h), Ref("E"), None, "fewest").total <= closed
    assert backward(deep(2, h), Ref("E")).total <= closed + h


def test_json() -> None:
    said = as_dict(backward(net_of("y = w*x\nE = (y - t)^2"), Ref("E")))
    assert said["backward"][0] == {"name": "gy", "is": "D(E, y)", "value": "2*z"}
    assert said["gradients"] == {"w": "gw"}
    assert said["operations"] == {"forward": {"mul": 2, "add": 1}, "backward": {"mul": 2}}
    assert blocks(backward(net_of("y = w*x\nE = (y - t)^2"), Ref("E")))


def test_nothing_twice() -> None:
    """A part of a nested expression that passes its derivative on more than once gets a name."""
    program = backward(net_of("y = tanh(w1*x1 + w2*x2 + b)\nE = (y - t)^2"), Ref("E"))
    lines = [f"{plain(s.name)} = {plain(s.value)}" for s in program.backward]
    assert lines[1:3] == ["gz = gy*(1 - y^2)", "gw1 = gz*x1"]


def test_array_output_takes_its_adjoint_as_given() -> None:
    program = backward(net_of("k = 1..N\ni = 1..d\ny[k] = sum(i, w[i]*x[i,k])"), Ref("y", (Ref("k"),)))
    assert [plain(s.value) for s in program.backward] == ["sum(k, gy[k]*x[i,k])"]


def test_names_avoid_those_of_the_text() -> None:
    program = backward(net_of("gy = w*x\ny = gy + v\nE = y^2"), Ref("E"))
    names = [plain(s.name) for s in program.backward]
    assert len(set(names)) == len(names)
    assert "gy" not in names


def test_what_is_not_used_has_gradient_0() -> None:
    program = backward(net_of("y = w*x\nE = y^2\ns = q + 1"), Ref("E"), [Ref("q")])
    assert [plain(s.value) for s in program.backward] == ["0"]


@pytest.mark.parametrize(("text", "of", "error", "message"), [
    ("E = y^2", "F", BadValue, "F is not defined"),
    ("t = 1..T\nh[t] = h[t-1] + w*h[t+1]\nE = sum(t, h[t])", "E", OutOfReach, "the recurrence of h has no direction"),
    ("y depends on w", "y", OutOfReach, "y is given by no equation"),
])
def test_errors(text: str, of: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        backward(net_of(text), Ref(of))


def test_a_long_chain_is_work_in_proportion() -> None:
    def chain(n: int) -> Network:
        lines = [
            Equation(Ref(f"a{i}"), Call("tanh", (Mul((Ref(f"w{i}"), Ref(f"a{i - 1}" if i > 1 else "x"))),)))
            for i in range(1, n + 1)
        ]
        return Network((*lines, Equation(Ref("E"), Ref(f"a{n}"))))

    short, long = chain(500), chain(2000)
    assert len(backward(long, Ref("E"), [Ref("w1")]).backward) == 2001
    work = [calls(partial(backward, net, Ref("E"), [Ref("w1")])) for net in (short, long)]
    assert work[1] < 5 * work[0]


UNSPECIFIED = "E = 1/N*sum(k, Ek[k]); Ek[k] = log(cosh(y[k] - t[k])); y[k] depends on x[.,k], w; k = 1..N"


def test_a_path_through_an_unspecified_quantity_is_refused_and_not_zero() -> None:
    net = read(UNSPECIFIED, signatures())
    with pytest.raises(OutOfReach, match="y is given by no equation, so its derivative by w has no numbers"):
        backward(net, Ref("E"), [Ref("w")])
    program = backward(net, Ref("E"), [Ref("y", (Ref("k"),))])
    assert plain(program.backward[-1].value) == "gEk[k]*tanh(z[k])"


def test_without_a_parameter_there_is_nothing_to_do_by_default() -> None:
    with pytest.raises(BadValue, match="no parameter in the equations of y"):
        backward(read("y = relu(x)", signatures()), Ref("y"))
