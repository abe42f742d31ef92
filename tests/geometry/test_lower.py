"""What geometry cannot do, said by its smallest culprit; what it is given, checked."""

from __future__ import annotations

import pytest

from workings.errors import BadValue, NotReadable, OutOfReach, WorkingsError
from workings.functions import signatures
from workings.geometry import boundary, pieces
from workings.syntax import read

CULPRITS = [
    ("a3 = tanh(x1)\ny = relu(a3)", OutOfReach, "tanh in the equation of a3 is not piecewise linear"),
    ("y = x1*w13 + 1", OutOfReach, "w13 has no value"),
    ("y = relu(x1)*x2", OutOfReach, "relu(x1)*x2 in the equation of y is not piecewise linear"),
    ("y = relu(x1)^2", OutOfReach, "relu(x1)^2 in the equation of y is not piecewise linear"),
    ("y = 1/x1", OutOfReach, "1/x1 in the equation of y is not piecewise linear"),
    ("y = sigmoid(x1)", OutOfReach, "sigmoid in the equation of y is not piecewise linear"),
    ("f(z) = exp(z)\ny = f(x1)", OutOfReach, "exp in the definition of f is not piecewise linear"),
    ("w = 2/0\ny = w*x1", OutOfReach, "2/0 in the equation of w is not piecewise linear"),
    ("y = pi*x1", OutOfReach, "pi in the equation of y is not piecewise linear"),
    ("y = z3 + 1", OutOfReach, "the network has no inputs"),
]


@pytest.mark.parametrize("text, kind, says", CULPRITS)
def test_the_smallest_culprit_is_named(text: str, kind: type[WorkingsError], says: str) -> None:
    with pytest.raises(kind) as caught:
        pieces(read(text, signatures()))
    assert caught.value.message == says
    assert caught.value.expected or caught.value.hint


def test_the_culprit_has_its_place() -> None:
    text = "y = relu(x1) + tanh(x2)"
    with pytest.raises(OutOfReach) as caught:
        pieces(read(text, signatures()))
    span = caught.value.span
    assert span is not None and text[span.start : span.end].startswith("tanh")
    assert "^" in str(caught.value)


BOXES = [
    ([(0, 1)], "does not fit the inputs x1, x2"), ([(0, 1, 2), (0, 1)], "does not fit"), ("big", "does not fit"),
    ([(0, 1), (1, 1)], "the box leaves nothing of x2"), ([(0, "a"), (0, 1)], "a side of the box is 'a'"),
    ([(0, float("nan")), (0, 1)], "a side of the box is nan"), (7, "does not fit"),
]


@pytest.mark.parametrize("box, says", BOXES)
def test_a_box_that_does_not_fit(box: object, says: str) -> None:
    with pytest.raises(BadValue) as caught:
        pieces(read("y = relu(x1) + x2", signatures()), box=box)
    assert says in caught.value.message


def test_boundary_of_what_is_not_there() -> None:
    net = read("y = relu(x1)", signatures())
    with pytest.raises(NotReadable, match="q is not defined"):
        boundary(net, "q")
    with pytest.raises(BadValue, match="the level"):
        boundary(net, level="much")
    with pytest.raises(BadValue, match="a level needs one output"):
        boundary(read("y1 = x1; y2 = relu(x1)", signatures()), level=1)


def test_parameters_take_their_values_exactly() -> None:
    net = read("y = relu(w1*x1 + b) - c; c = 1/3", signatures()).with_(values={"w1": 0.5, "b": "0.1"})
    (region, _) = pieces(net).regions
    assert [str(v) for v in region.affine["y"]] == ["1/2", "-7/30"]


def test_a_long_chain_needs_no_recursion() -> None:
    lines = ["h0 = relu(x1)"] + [f"h{k} = h{k - 1}/2 + 1" for k in range(1, 3000)] + ["y = h2999"]
    assert pieces(read("\n".join(lines).replace("h0", "z"), signatures()).with_()).counts.cells == 2
