"""Order, roles and cycles of a network."""

import pytest

from workings.errors import NotReadable
from workings.expr import Add, Call, Equation, Mul, Network, Num, Ref


def equation(name: str, *uses: str) -> Equation:
    return Equation(Ref(name), Add(tuple(Ref(u) for u in uses)))


def test_definitions_may_stand_in_any_order() -> None:
    net = Network((equation("E", "y", "t"), equation("y", "a", "w1"), equation("a", "x1", "b")))
    assert [e.lhs.name for e in net.ordered] == ["a", "y", "E"]


def test_roles() -> None:
    net = Network((equation("y", "x2", "x10", "w1", "t", "i3", "u"),))
    assert net.inputs == (("i3", 0), ("x2", 0), ("x10", 0))
    assert net.targets == (("t", 0),)
    assert net.parameters == (("w1", 0), ("u", 0))


def test_u_is_an_input_when_there_is_no_x() -> None:
    assert Network((equation("y", "u", "w"),)).inputs == (("u", 0),)


def test_a_cycle_is_named_round() -> None:
    net = Network((equation("a", "b"), equation("b", "c"), equation("c", "a")))
    with pytest.raises(NotReadable, match="a → b → c → a|b → c → a → b|c → a → b → c"):
        _ = net.ordered


def test_a_recurrence_is_no_cycle() -> None:
    now, before = Ref("h", (Ref("t"),)), Ref("h", (Add((Ref("t"), Num(-1))),))
    net = Network((
        Equation(now, Call("tanh", (Mul((Ref("w"), before)),))),
        Equation(Ref("h", (Num(0),)), Num(0)),
    ))
    assert len(net.ordered) == 2


def test_a_long_chain_does_not_recurse() -> None:
    net = Network(tuple(equation(f"a{i}", f"a{i - 1}") for i in range(20_000, 0, -1)))
    assert [e.lhs.name for e in net.ordered[:2]] == ["a1", "a2"]
