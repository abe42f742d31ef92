"""Taylor to second order: against SymPy's derivatives, difference quotients, and at kinks."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
import sympy

import workings
from workings import BadValue, OutOfReach
from workings.evaluate import run

# network; of; by; point; the polynomial as a person writes it
EXACT = [
    ("y = x^3", "y", "x", "x=1", "1 + 3*(x - 1) + 3*(x - 1)^2"),
    ("y = x^3", "y", "x", "x=0", "0"),
    ("y = x^3", "y", "x", "x=0.1", "1/1000 + 3/100*(x - 1/10) + 3/10*(x - 1/10)^2"),
    ("y = exp(x)", "y", "x", "x=0", "1 + x + 1/2*x^2"),
    ("y = sigmoid(x)", "y", "x", "x=0", "1/2 + 1/4*x"),
    ("y = log(1 + x)", "y", "x", "x=0", "x - 1/2*x^2"),
    ("E = log(cosh(w*x - t))", "E", "w", "w=0, t=0", "1/2*x^2*w^2"),
    ("f = x^2*y + sin(y)", "f", "x,y", "x=1, y=0", "2*y + 2*(x - 1)*y"),
    ("f = u*v*w", "f", "u,v,w", "u=1, v=2, w=3",
     "6 + 6*(u - 1) + 3*(v - 2) + 2*(w - 3) + 3*(u - 1)*(v - 2) + 2*(u - 1)*(w - 3) + (v - 2)*(w - 3)"),
    ("z = w*x; y = relu(z)^2", "y", "w", "w=1, x=2", "4 + 8*(w - 1) + 4*(w - 1)^2"),
    ("z = w*x; y = relu(z)^2", "y", "z", "z=-1", "0"),
    ("y = abs(x)", "y", "x", "x=-2", "2 - (x + 2)"),
    ("y = tanh(x)", "y", "x", "x=1/2",
     "tanh(1/2) + (1 - tanh(1/2)^2)*(x - 1/2) + tanh(1/2)*(tanh(1/2)^2 - 1)*(x - 1/2)^2"),
    ("i = 1..n; y = sum(i, w[i]^2)", "y", "w", "w=(1,-2)",
     "5 + dot((2, -4), w - (1, -2)) + 1/2*dot(w - (1, -2), ((2, 0), (0, 2)) @ (w - (1, -2)))"),
    ("w in R^n; b in R^1; y = dot(w, w)*q", "y", "w,q", "w=(1,2), q=3",
     "15 + dot((6, 12), w - (1, 2)) + 5*(q - 3) + 1/2*dot(w - (1, 2), ((6, 0), (0, 6)) @ (w - (1, 2)))"
     " + (q - 3)*dot((2, 4), w - (1, 2))"),
]


@pytest.mark.parametrize(("text", "of", "wrt", "at", "wanted"), EXACT)
def test_at_numbers(text: str, of: str, wrt: str, at: str, wanted: str) -> None:
    assert workings.taylor(text, of, wrt, at).as_dict()["result"] == wanted


SYMBOLS = [
    ("y = x^3", "x", "T2 = y + 3*x^2*d + 3*x*d^2"),
    ("y = a*x", "x", "T2 = y + a*d"),
    ("y = a", "a", "T2 = y + d"),
    ("f = u*v", "u,v", "T2 = f + v*d_u + u*d_v + d_u*d_v"),
    ("d = x^2", "x", "T2 = d + 2*x*p + p^2"),
    ("X in R^(N x d); w in R^d; z = X @ w; E = norm2(z - t)", "w", "T2 = E + 2*dot(T(X) @ (z - t), p) + norm2(X @ p)"),
]


@pytest.mark.parametrize(("text", "wrt", "wanted"), SYMBOLS)
def test_in_symbols(text: str, wrt: str, wanted: str) -> None:
    assert wanted in str(workings.taylor(text, text.replace(";", "\n").splitlines()[-1].split("=")[0].strip(), wrt))


@pytest.mark.parametrize("text", [
    "z = w*x + b; a = tanh(z); E = (a - t)^2", "E = log(1 + exp(w*x + b))*t", "E = sin(w)*cosh(b*x) + w^2*b^3 - t",
    "p = sigmoid(w*x); E = -t*log(p) - (1 - t)*log(1 - p) + b*w", "E = (w^2 + b^2 + x^2)^2/(1 + t^2)",
])
def test_coefficients_agree_with_sympy(text: str) -> None:
    point = {"w": Fraction(1, 2), "b": Fraction(-1, 3), "x": Fraction(3, 4), "t": Fraction(1, 5)}
    found = workings.taylor(text, "E", "w,b", point).data.numbers
    lines = dict(part.split(" = ") for part in text.split("; "))
    names = {"sigmoid": lambda z: 1 / (1 + sympy.exp(-z)), **{n: sympy.Symbol(n) for n in point}}
    whole = sympy.sympify(lines["E"].replace("^", "**"), locals=names)
    for name in reversed(list(lines)):
        whole = whole.subs(sympy.Symbol(name), sympy.sympify(lines[name].replace("^", "**"), locals=names))
    at = {sympy.Symbol(n): sympy.Rational(v.numerator, v.denominator) for n, v in point.items()}
    for (move, value) in found.first:
        assert float(whole.diff(move.variable.name).subs(at)) == pytest.approx(_float(value), rel=1e-12, abs=1e-12)
    for p, q, value in found.second:
        true = whole.diff(p.variable.name, q.variable.name).subs(at)
        assert float(true) == pytest.approx(_float(value), rel=1e-12, abs=1e-12)


def _float(expr) -> float:  # type: ignore[no-untyped-def]
    from workings.evaluate import value

    return float(value(expr, {}, mode="float"))


def test_the_remainder_is_of_third_order() -> None:
    """Halving the step divides the error by eight."""
    text = "W in R^(m x n); x in R^n; v in R^m; b in R^m; z = W @ x + b; y = dot(v, tanh(z))"
    r = random.Random(1)
    at = {"W": [[r.uniform(-1, 1) for _ in range(2)] for _ in range(3)], "x": [0.3, -0.7], "b": [0.1, 0.2, -0.3],
          "v": [1.0, -2.0, 0.5]}
    numbers = workings.taylor(text, "y", "b", at).data.numbers
    gradient, second = ([_float(a) for a in numbers.first[0][1].args],
                        [[_float(a) for a in row.args] for row in numbers.second[0][2].args])
    step, net = [0.3, -0.2, 0.4], workings.read(text)

    def error(scale: float) -> float:
        d = [scale * s for s in step]
        true = float(run(net, {**at, "b": [b + s for b, s in zip(at["b"], d, strict=True)]}).values["y"])
        near = _float(numbers.value) + sum(g * s for g, s in zip(gradient, d, strict=True)) + sum(
            second[i][j] * d[i] * d[j] for i in range(3) for j in range(3)) / 2
        return abs(true - near)

    assert 2.8 < math.log2(error(0.25) / error(0.125)) < 3.2


KINKED = [
    ("y = relu(x)", "x=0", "the value of x is 0"), ("y = abs(w*x)", "x=0", "the value of w*x is 0"),
    ("y = max(x, 1)", "x=1", "the value of x - 1 is 0"), ("y = elu(x)", "x=0", "the value of x is 0"),
    ("rho(z) = max(0, z); y = rho(x - 2)", "x=2", "is 0"), ("y = where(x > 3, x, 3)", "x=3", "the value of x - 3 is 0"),
    ("k = 1..2; y = sum(k, relu(c[k]*x))", "x=1, c=(1,0)", "the value of c[k]*x is 0"),
]


@pytest.mark.parametrize(("text", "at", "says"), KINKED)
def test_a_kink_is_refused(text: str, at: str, says: str) -> None:
    with pytest.raises(OutOfReach, match="kink") as error:
        workings.taylor(text, "y", "x", at)
    assert says in str(error.value)


def test_kinks_are_said_where_the_point_is_open() -> None:
    assert workings.taylor("z = w*x; y = relu(z)*v", "y", "w").as_dict()["kinks"] == ["z != 0"]
    assert workings.taylor("z = w*x; y = relu(z)*v", "y", "w", "w=2").as_dict()["kinks"] == ["2*x != 0"]
    assert workings.taylor("y = relu(v)*w", "y", "w").as_dict()["kinks"] == []       # its place does not move


@pytest.mark.parametrize(("text", "wrt", "at", "says"), [
    ("y = log(x)", "x", "x=0", "no value at this point"), ("y = 1/x", "x", "x=0", "no value at this point"),
    ("y = x^2", "x,x", None, "named twice"), ("w in R^n; y = dot(w, v)", "w", "w=(1,2)", "no value is given for v"),
])
def test_what_cannot_be_expanded(text: str, wrt: str, at: str | None, says: str) -> None:
    with pytest.raises((BadValue, OutOfReach), match=says):
        workings.taylor(text, "y", wrt, at)


def test_its_steps_are_done_again() -> None:
    from workings.derive.replay import replay
    from workings.expr import Num

    found = workings.taylor("z = w*x + b; E = tanh(z)^2", "E", "w,b").data.derivation
    replay(found)
    found.steps[-1].after = Num(1)
    with pytest.raises(OutOfReach, match="did not come out"):
        replay(found)
