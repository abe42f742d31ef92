"""Networks in the user's language, run at points: rows of text, values given, values expected (as JSON says them)."""

import math
from fractions import Fraction

import numpy as np
import pytest
from work import calls

from workings.answers import run as said
from workings.errors import BadValue, InputTooLarge, NotReadable, OutOfReach
from workings.evaluate import run, value
from workings.functions import signatures
from workings.syntax import read, read_expression


def net_of(text):
    return read(text, signatures())


def ran(text, values, **more):
    return said.as_dict(run(net_of(text), values, **more))


ROWS = [
    ("z = x1*w13 + x2*w23", {"x1": 1, "w13": "1/2", "x2": -1, "w23": "0.1"}, {"z": "2/5"}),
    ("y = relu(x1) - 1; a = abs(y)", {"x1": "-3"}, {"y": "-1", "a": "1"}),
    ("y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)", {"x1": 3, "x2": -1}, {"y": "0"}),
    ("a = max(x1, x2, 0); b = min(x1, x2); c = clip(x1, -1, 1)", {"x1": 3, "x2": -1}, {"a": "3", "b": "-1", "c": "1"}),
    ("a = step(x); b = sign(x); c = leaky(x, 0.1)", {"x": 0}, {"a": "0", "b": "0", "c": "0"}),
    ("y = where(x > 0, log(x), -1)", {"x": -2}, {"y": "-1"}),
    ("y = where(x >= 2, 1, where(x > 0, 2, 3))", {"x": 1}, {"y": "2"}),
    ("a = 0.5*z^2; z = x*w", {"x": 2, "w": "1/3"}, {"a": "2/9", "z": "2/3"}),
    ("rho(z) = max(0, z); y = rho(rho(x) - 1)", {"x": "5/2"}, {"y": "3/2"}),
    ("y = sum(i, w[i]*x[i]); i = 1..d", {"w": [1, "1/2"], "x": [2, 4]}, {"y": "4"}),
    ("y[k] = sum(i, w[i]*x[i,k]) + b; E = 1/N*sum(k, y[k]); i = 1..d; k = 1..N",
     {"w": [1, 2], "x": [[1, 0, 1], [0, 1, 1]], "b": "1/2"}, {"y[k]": ["3/2", "5/2", "7/2"], "E": "5/2"}),
    ("h[t] = w*h[t-1] + x[t]; h[0] = 0; E = h[T]; t = 1..T", {"w": "1/2", "x": [1, 1, 1]},
     {"h[t]": ["0", "1", "3/2", "7/4"], "E": "7/4"}),
    ("c[t] = h[t-1] + x[t]; h[t] = 2*c[t]; h[0] = 1; t = 1..T", {"x": [1, 0]},
     {"c[t]": ["2", "4"], "h[t]": ["1", "4", "8"]}),
    ("g[t] = g[t+1]*2; g[4] = 1; t = 1..3", {}, {"g[t]": ["8", "4", "2", "1"]}),
    ("p[n] = prod(j, 1, n, j); n = 1..N", {"N": 4}, {"p[n]": ["1", "2", "6", "24"]}),
    ("L[n] = sum(j, (1 - delta(j,n))*max(0, s[j,n] - s[n,n] + 1)); j = 1..3; n = 1..3",
     {"s": [["3.2", "1.3", "2.2"], ["5.1", "4.9", "2.5"], ["-1.7", "2.0", "-3.1"]]},
     {"L[n]": ["29/10", "0", "129/10"]}),
    ("m = max(j, s[j]); j = 1..n", {"s": [1, 5, 2]}, {"m": "5"}),
    ("r = sum(j != y, s[j]); j = 1..n", {"s": [1, 5, 2], "y": 2}, {"r": "3"}),
    ("q = s[y]; j = 1..n; r = sum(j, s[j])", {"s": [1, 5, 2], "y": 2}, {"q": "5", "r": "8"}),
    ("y[i] = x[i] - x[i-1]; i = 1..n", {"x": [1, 4, 9], "n": 2}, {"y[i]": ["3", "5"]}),
    ("E = sum(k, (y[k] - t[k])^2); y[k] depends on x[.,k], w; k = 1..2",
     {"y": [1, 2], "t": [0, 0]}, {"E": "5", "y[k]": ["1", "2"]}),
    ("W in R^(2 x 3); x in R^3; a = W @ x; n = norm2(x); B = T(W)", {"W": [[1, 0, 0], [0, "1/2", 1]], "x": [1, 2, 3]},
     {"a": ["1", "4"], "n": "14", "B": [["1", "0"], ["0", "1/2"], ["0", "1"]]}),
    ("z = w*x1 + x2", {"x": [1, -1], "w": 3}, {"z": "2"}),
    ("z = w*x1 + 1", {"x1": [0, 1, "1/2"], "w": 2}, {"z": ["1", "3", "2"]}),
]


@pytest.mark.parametrize(("text", "values", "expected"), ROWS, ids=[r[0] for r in ROWS])
def test_exact_in_exact_out(text, values, expected):
    assert ran(text, values) == {"values": expected, "missing": []}


FLOATS = [
    ("a = tanh(x)", {"x": "1/2"}, math.tanh(0.5)),
    ("a = log(cosh(x))", {"x": 100000}, 100000 - math.log(2)),
    ("c = cosh(z); z = 2*x; a = log(c)", {"x": 5000}, 10000 - math.log(2)),
    ("a = log(1 + exp(v))", {"v": -800}, 0.0),
    ("a = 2^(1/2)", {}, math.sqrt(2)),
    ("a = pi*r^2", {"r": 1}, math.pi),
    ("a = x*w", {"x": 0.1, "w": 3}, 0.1 * 3),
    ("a = log(x) - log(x)", {"x": 3}, 0.0),
    ("s = softmax(z); a = sum(s); z in R^3", {"z": [1000, 0, 2]}, 1.0),
    ("a = tanh'(x)", {"x": 1}, 1 - math.tanh(1) ** 2),
    ("a = silu(x)", {"x": 2}, 2 / (1 + math.exp(-2))),
]


@pytest.mark.parametrize(("text", "values", "expected"), FLOATS, ids=[r[0] for r in FLOATS])
def test_floats(text, values, expected):
    got = run(net_of(text), values).values["a"]
    assert isinstance(got, float) and got == pytest.approx(expected, rel=1e-15, abs=1e-300)


NAMES = [
    (r"z_3 = x_1 w_{13}", {"x_{1}": 2, "w_{13}": 3}, "z3"),
    (r"z_3 = x_1 w_{13}", {"x_1": 2, "w_13": 3}, "z3"),
    (r"y = \hat{y}_1 w", {r"\hat{y}_{1}": 2, "w": 3}, "y"),
    ("z = x1*w", {"x_1": 2, "w": 3}, "z"),
    ("z = x[1]*x[2]; i = 1..2; s = sum(i, x[i])", {"x[1]": 2, "x[2]": 3}, "z"),
]


@pytest.mark.parametrize(("text", "values", "name"), NAMES)
def test_names_in_either_spelling(text, values, name):
    assert run(net_of(text), values).values[name] == 6


MISSING = [
    ("z = x*w; E = z - t", {"x": 1, "w": 2}, {"z": "2"}, ["t"]),
    ("z = x*w; E = z - t", {"x": 1}, {}, ["w", "t"]),
    ("y[k] = 2*x[k]; E = sum(k, y[k] - t[k]); k = 1..N", {"x": [1, 2]}, {"y[k]": ["2", "4"]}, ["t[k]"]),
    ("h[t] = h[t-1] + 1; t = 1..3", {}, {}, ["h[0]"]),
    ("E = y - t; y depends on x, w", {"t": 1, "x": 0, "w": 0}, {}, ["y"]),
    ("E = sum(k, 1, N, k)", {}, {}, ["N"]),
    ("z = where(x > 0, w, 1)", {"x": -1}, {"z": "1"}, []),
]


@pytest.mark.parametrize(("text", "values", "expected", "missing"), MISSING, ids=[r[0] for r in MISSING])
def test_what_is_missing(text, values, expected, missing):
    assert ran(text, values) == {"values": expected, "missing": missing}


UNDEFINED = [
    ("a = 1/x; b = x + 1; c = a + 1", {"x": 0}, {"b": "1"}, {"a", "c"}),
    ("a = log(x); b = 2*x", {"x": -1}, {"b": "-2"}, {"a"}),
    ("a = x^(-2)", {"x": 0}, {}, {"a"}),
    ("a = 1/(exp(x) - exp(x)); b = x", {"x": 1}, {"b": "1"}, {"a"}),
    ("a = (-x)^(1/2); b = x", {"x": 1}, {"b": "1"}, {"a"}),
]


@pytest.mark.parametrize(("text", "values", "expected", "undefined"), UNDEFINED, ids=[r[0] for r in UNDEFINED])
def test_what_has_no_value(text, values, expected, undefined):
    found = ran(text, values)
    assert found["values"] == expected and set(found["undefined"]) == undefined


BAD = [
    ("z = x1*w", {"x2": 1}, BadValue, "the network has no x2", "x1"),
    ("z = x1*w", {"w": "one"}, BadValue, "'one' is not a number", ""),
    ("z = x1*w", {"w": None}, BadValue, "w is a NoneType", ""),
    ("z = x1*w", {"w": float("nan")}, BadValue, "w is nan", ""),
    ("z = x1*w", {"w": "1e99999999"}, InputTooLarge, "digits", ""),
    ("y = sum(i, w[i]); i = 1..3", {"w": [1, 2]}, BadValue, "w has 2 values along place 1", ""),
    ("y = sum(i, w[i]); i = 1..3", {"w": 1}, BadValue, "w has 1 index place, but one number", ""),
    ("y = sum(i, w[i]); i = 1..2", {"w": [[1], [2, 3]]}, BadValue, "different lengths", ""),
    ("a = 9^9^9^9", {}, InputTooLarge, "the exponent 387420489 is larger than 4096", "give the base as a float"),
    ("a = x^4096; b = a^4096", {"x": 3}, InputTooLarge, "more than 1000000 bits", ""),
    ("y = w[n]; i = 1..2; s = sum(i, w[i])", {"w": [1, 2], "n": "1/2"}, BadValue, "used as an index", ""),
    ("y = sum(k, 1, N, k)", {"N": 10**9}, InputTooLarge, "terms", ""),
    ("W in R^(2 x 3); x in R^2; a = W @ x", {"W": [[1, 0, 0], [0, 1, 1]], "x": [1, 2]}, BadValue, "do not fit", ""),
    ("x in R^2; a = norm2(x)", {"x": [1, 2, 3]}, BadValue, "x has 3 values", ""),
]


@pytest.mark.parametrize(("text", "values", "kind", "message", "hint"), BAD, ids=[f"{r[0]} | {r[1]}" for r in BAD])
def test_bad_values_are_said(text, values, kind, message, hint):
    with pytest.raises(kind) as caught:
        run(net_of(text), values)
    assert message in str(caught.value) and hint in caught.value.hint


def test_a_cycle_is_named():
    from workings.expr import Add, Equation, Network, Num, Ref

    net = Network((Equation(Ref("a"), Add((Ref("b"), Num(1)))), Equation(Ref("b"), Ref("a"))))
    with pytest.raises(NotReadable, match="defined through itself"):
        run(net, {})


def test_arrays_of_floats():
    x = np.linspace(-2, 2, 9)
    found = run(net_of("z = w*x1 + b; a = tanh(z); r = relu(z); E = where(z > 0, z, 0) + abs(z)"),
                {"x1": x, "w": 0.5, "b": "1/2"}).values
    assert found["a"] == pytest.approx(np.tanh(0.5 * x + 0.5), rel=1e-14)
    assert found["E"].tolist() == (np.maximum(0.5 * x + 0.5, 0) + abs(0.5 * x + 0.5)).tolist()


def test_wanted_only():
    assert run(net_of("a = x; b = 9^9^9"), {"x": 1}, wanted=["a"]).values == {"a": 1}
    with pytest.raises(BadValue, match="no q"):
        run(net_of("a = x"), {"x": 1}, wanted=["q"])


def test_modes():
    net = net_of("a = tanh(x); b = x/3")
    assert run(net, {"x": 1}, mode="float").values == {"a": math.tanh(1), "b": 1 / 3}
    assert run(net, {"x": 1}, mode="ball").values["b"].rel_accuracy_bits() > 190
    with pytest.raises(OutOfReach, match="tanh is not rational"):
        run(net, {"x": 1}, mode="exact")
    with pytest.raises(BadValue, match="mode"):
        run(net, {"x": 1}, mode="guess")


def test_value_of_an_expression():
    net = net_of("z = x*w; y[k] = z + k; k = 1..3")
    again = lambda text: read_expression(text, signatures(), net)  # noqa: E731
    assert value(again("z^2 + y[2]"), {"x": 2, "w": "1/2"}, net) == 4
    assert value(again("z*z"), {"z": "1/2"}, net) == Fraction(1, 4)
    assert value(again("sum(k, y[k])"), {"y": [1, 2, 3]}) == 6
    with pytest.raises(BadValue, match="no value: a division by 0"):
        value(again("1/x"), {"x": 0})
    with pytest.raises(BadValue, match="no value is given for w"):
        value(again("w"), {"x": 0})
    with pytest.raises(OutOfReach, match="derivative"):
        value(again("dz/dx"), {"x": 0, "w": 0}, net)


def test_a_long_chain_is_linear():
    """Ten times as many equations are about ten times the work, whatever their order."""
    def chain(n):
        return net_of("a0 = x\n" + "\n".join(f"a{i} = tanh(w*a{i - 1} + b)" for i in range(1, n)))

    def values(net):
        return run(net, {"x": 1, "w": 1.1, "b": "0.1"}).values

    short, long = chain(300), chain(3000)
    assert len(values(long)) == 3000
    assert calls(lambda: values(long)) < 12 * calls(lambda: values(short))
    assert values(long.with_(equations=long.equations[::-1])) == values(long)


def test_chaos_is_followed_or_owned_up_to(monkeypatch):
    """The logistic map doubles its errors: more bits are taken, and where they would cost too much it is said."""
    import mpmath as mp

    net = net_of("x[t] = 3.9*x[t-1]*(1 - x[t-1]); x[0] = a; t = 1..T; E = x[T]")
    with mp.workdps(700):
        x = mp.mpf(0.1)
        for _ in range(600):
            x = mp.mpf(39) / 10 * x * (1 - x)
        assert run(net, {"a": 0.1, "T": 600}, wanted=["E"]).values["E"] == float(x)
    monkeypatch.setattr("workings.evaluate.EVALUATION_WORK", 1)
    found = run(net, {"a": 0.1, "T": 5000}, wanted=["E"])
    assert not found.values and "rounding errors" in found.undefined["E"]


def test_what_only_exact_cancellation_leaves_is_zero():
    net = net_of("a = tanh(x) - tanh(x); b = step(a); c = where(a = 0, 1, 2); d = step(1 - tanh(x)^2)")
    found = run(net, {"x": 300})
    assert found.values == {"a": 0.0, "b": 0, "c": 1, "d": 1}


def test_blocks_say_values_and_what_is_missing():
    from workings.document import Paragraph, Table

    table, missing, undefined = said.blocks(run(net_of("z = x1/3; y = z - t; l = log(-x1)"), {"x1": 1}))
    assert isinstance(table, Table) and table.rows[0][1][1] == " ≈ 0.333333"
    assert isinstance(missing, Paragraph) and missing.line[0].startswith("Not given")
    assert isinstance(undefined, Paragraph) and "log(-1)" in undefined.line[1]


def test_big_numbers_print():
    found = ran("a = x^4000", {"x": 99})
    assert len(found["values"]["a"]) > 7000


def test_a_sum_of_floats_goes_on_with_exact_numbers() -> None:
    net = read("x in R^m; L = sum(x)/2; K = max(L, 1) + 1/4", signatures())
    found = run(net, {"x": np.array([1.0, 2.0])}).values
    assert found["L"] == 1.5 and found["K"] == 1.75
