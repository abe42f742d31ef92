"""Every function of the table, by itself: value and derivative against mpmath at random points, none forgotten."""

import random

import mpmath as mp
import numpy as np
import pytest

from workings.errors import OutOfReach
from workings.evaluate import value
from workings.expr import Call, Num, Ref
from workings.functions import derivative, nested, parsed, pieces, signatures, table
from workings.notation import plain
from workings.syntax import read_expression

mp.mp.dps = 40
SCALAR = [row for row in table.values() if row.kind == "scalar"]


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def tanhgelu(z):
    return z / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (z + mp.mpf(44715) / 1000000 * z**3)))


def focal(v, g):
    return sigmoid(-v)**g * mp.log(1 + mp.exp(-v))


def elu(z):
    return z if z > 0 else mp.expm1(z)


def huber(r, d):
    return r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2)


SECOND_OPINION = {
    "exp": mp.exp, "log": mp.log, "sqrt": mp.sqrt, "log2": lambda z: mp.log(z, 2), "log10": mp.log10,
    "log1p": lambda z: mp.log(1 + z), "expm1": mp.expm1, "pow": lambda a, b: a**b, "square": lambda z: z * z,
    "sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "sec": mp.sec, "csc": mp.csc, "cot": mp.cot, "asin": mp.asin,
    "acos": mp.acos, "atan": mp.atan, "tanh": mp.tanh, "sinh": mp.sinh, "cosh": mp.cosh, "sech": mp.sech,
    "csch": mp.csch, "coth": mp.coth, "asinh": mp.asinh, "acosh": mp.acosh, "atanh": mp.atanh,
    **{f"d{'' if n == 1 else n}{name}": (lambda z, f=f, n=n: mp.diff(f, z, n)) for name, f, orders in (
        ("tanh", mp.tanh, (2, 3)), ("sigmoid", sigmoid, (2, 3)), ("Phi", mp.ncdf, (1, 2)),
        ("gelu", lambda z: z * mp.ncdf(z), (1, 2)), ("silu", lambda z: z * sigmoid(z), (1, 2)),
        ("mish", lambda z: z * mp.tanh(mp.log(1 + mp.exp(z))), (1, 2)), ("tanhgelu", tanhgelu, (1, 2)),
        ("log1mexp", lambda z: mp.log(1 - mp.exp(-z)), (1, 2)), ("logit", lambda z: mp.log(z / (1 - z)), (1, 2)),
        ("sqrt1pm1", lambda z: mp.sqrt(1 + z * z), (1, 2))) for n in orders},
    "tanhgelu": tanhgelu, "log1mexp": lambda z: mp.log(1 - mp.exp(-z)), "dip": lambda z: mp.expm1(min(z, 0)),
    "ddip": lambda z: mp.exp(z) if z <= 0 else mp.mpf(0),
    "shareloss": lambda v, a, c, t: mp.log(a + c * mp.exp(v)) - t * v,
    "sharegap": lambda v, a, c, t: c * mp.exp(v) / (a + c * mp.exp(v)) - t,
    "poisson": lambda v, k: mp.exp(v) - k * v, "expgap": lambda v, k: mp.exp(v) - k, "growth": mp.exp,
    "poissonrate": lambda r, k: r - k * mp.log(r), "rategap": lambda r, k: 1 - k / r,
    "normalloss": lambda s, r: r**2 / (2 * s**2) + mp.log(s), "normalgap": lambda s, r: 1 / s - r**2 / s**3,
    "dnormalgap": lambda s, r: 3 * r**2 / s**4 - 1 / s**2, "inverse": lambda z: 1 / z, "inverse2": lambda z: 1 / z**2,
    "logratio": lambda a, b: mp.log(a / b), "relent": lambda p, q: p * mp.log(p / q),
    "relentgap": lambda p, q: 1 + mp.log(p / q), "focal": focal, "dfocal": lambda v, g: mp.diff(focal, (v, g), (1, 0)),
    "d2focal": lambda v, g: mp.diff(focal, (v, g), (2, 0)),
    "d2expshare": lambda v, a, c: a * c * mp.exp(v) * (a - c * mp.exp(v)) / (a + c * mp.exp(v))**3,
    "dexpshare": lambda v, a, c: a * c * mp.exp(v) / (a + c * mp.exp(v))**2, "dhypot": lambda a, b: a / mp.hypot(a, b),
    "d2hypot": lambda a, b: b * b / mp.hypot(a, b)**3, "mixedhypot": lambda a, b: -a * b / mp.hypot(a, b)**3,
    "sech2": lambda z: mp.sech(z)**2, "dsigmoid": lambda z: sigmoid(z) * sigmoid(-z),
    "logsum": lambda v, a, c: mp.log(a + c * mp.exp(v)),
    "expshare": lambda v, a, c: c * mp.exp(v) / (a + c * mp.exp(v)), "hypot": mp.hypot,
    "sqrt1pm1": lambda z: mp.sqrt(1 + z * z) - 1, "xlogx": lambda z: z * mp.log(z),
    "logplus1": lambda z: 1 + mp.log(z), "bce": lambda v, t: mp.log(1 + mp.exp(v)) - t * v,
    "sigmoidgap": lambda v, t: sigmoid(v) - t,
    "logcosh": lambda z: mp.log(mp.cosh(z)), "erf": mp.erf, "erfc": mp.erfc, "Phi": mp.ncdf, "sigmoid": sigmoid,
    "logsigmoid": lambda z: mp.log(sigmoid(z)), "softplus": lambda z: mp.log(1 + mp.exp(z)),
    "logit": lambda z: mp.log(z / (1 - z)), "softsign": lambda z: z / (1 + abs(z)), "silu": lambda z: z * sigmoid(z),
    "gelu": lambda z: z * mp.ncdf(z), "mish": lambda z: z * mp.tanh(mp.log(1 + mp.exp(z))), "elu": elu,
    "selu": lambda z: mp.mpf("1.0507009873554805") * (z if z > 0 else mp.mpf("1.6732632423543772") * mp.expm1(z)),
    "relu": lambda z: max(z, mp.mpf(0)), "leaky": lambda z, a: z if z > 0 else a * z, "abs": abs,
    "step": lambda z: mp.mpf(z > 0), "sign": mp.sign, "max": max, "min": min,
    "clip": lambda z, lo, hi: min(max(z, lo), hi), "hardtanh": lambda z: min(max(z, -1), 1),
    "floor": mp.floor, "ceil": mp.ceil, "huber": huber, "smooth_l1": lambda r: huber(r, 1),
    "hinge": lambda y, t: max(mp.mpf(0), 1 - t * y), "focal_loss": lambda p, g: -(1 - p)**g * mp.log(p),
    "glu": lambda a, b: a * sigmoid(b), "swiglu": lambda a, b: a * sigmoid(a) * b,
    "dropout": lambda a, m, r: m * a / (1 - r),
    "relu6": lambda z: min(max(z, 0), 6),
}


def points(row, count=12):
    rng = random.Random(row.name)
    for _ in range(count):
        first = rng.uniform(*row.domain)
        if row.name == "clip":
            yield [first, -1.0, 1.25]
        else:
            yield [first, *(rng.uniform(0.1, 2) for _ in row.params[1:])]


def test_none_is_forgotten():
    assert {row.name for row in SCALAR} == set(SECOND_OPINION)


@pytest.mark.parametrize("row", SCALAR, ids=lambda r: r.name)
def test_value(row):
    """The float is the right one, to the last digit but one."""
    call = Call(row.name, tuple(map(Ref, row.params)))
    for point in points(row):
        truth = SECOND_OPINION[row.name](*map(mp.mpf, point))
        got = value(call, dict(zip(row.params, point)))
        assert abs(got - truth) <= abs(truth) * mp.mpf(2) ** -52, (row.name, point)


@pytest.mark.parametrize("row", SCALAR, ids=lambda r: r.name)
def test_body(row):
    """The body says the same as the value."""
    if row.primitive:
        with pytest.raises(OutOfReach):
            parsed(row.name)
        return
    params, body = parsed(row.name)
    for point in points(row):
        env = dict(zip(params, point))
        assert value(body, env) == pytest.approx(float(SECOND_OPINION[row.name](*map(mp.mpf, point))), rel=1e-12)


def slope(function, position, point):
    def along(t):
        return function(*point[:position], t, *point[position + 1 :])

    return mp.diff(along, point[position], h=mp.mpf("1e-12"))


@pytest.mark.parametrize("row", SCALAR, ids=lambda r: r.name)
def test_derivative(row):
    """Every partial derivative of the table against mpmath's numerical one."""
    assert len(row.derivative) == len(row.params)
    for position, _ in enumerate(row.params):
        text = derivative(row.name, position)
        for point in points(row):
            truth = slope(SECOND_OPINION[row.name], position, [mp.mpf(p) for p in point])
            got = mp.mpf(value(text, dict(zip(row.params, point)), mode="ball").mid().str(35, radius=False))
            assert mp.almosteq(got, truth, rel_eps=1e-10, abs_eps=1e-10), (position, point)


@pytest.mark.parametrize("row", SCALAR, ids=lambda r: r.name)
def test_arrays(row):
    """Over a NumPy array of floats, and over a list, the values are those of single numbers."""
    call = Call(row.name, tuple(map(Ref, row.params)))
    rows = list(points(row))
    columns = dict(zip(row.params, map(np.array, zip(*rows))))
    whole = value(call, columns)
    single = [value(call, dict(zip(row.params, point))) for point in rows]
    assert np.asarray(whole, dtype=float) == pytest.approx(np.array(single, dtype=float), rel=1e-13)


PIECEWISE = [row for row in table.values() if row.piecewise]


@pytest.mark.parametrize("row", PIECEWISE, ids=lambda r: r.name)
def test_pieces(row):
    """On the side that a pattern names, the affine value is the value of the function; on the crease too."""
    found = pieces(row.name)
    assert found is not None
    units, values, crease = found
    assert {len(p) for p in values} == {len(units)} and len(values) == 2 ** len(units)
    for point in [*points(row), *([0, *p[1:]] for p in points(row, 1))]:
        env = dict(zip(row.params, point))
        signs = [value(unit, env) for unit in units]
        pattern = "".join("+" if s >= 0 else "-" for s in signs)
        shown = crease if crease is not None and signs == [0] else values[pattern]
        assert value(shown, env) == value(Call(row.name, tuple(map(Ref, row.params))), env)


@pytest.mark.parametrize("row", [r for r in PIECEWISE if r.kink and r.name in ("relu", "step", "sign")])
def test_kink(row):
    """What the row prints about 0 is what is computed there: relu'(0) = 0, step(0) = 0."""
    said = read_expression(row.kink, signatures())
    assert value(said, {}, mode="auto") is True


def test_spellings():
    """Each spelling belongs to one row; soft ones are letters that a text may use as names."""
    seen = [s for row in table.values() for s in row.signatures()]
    assert len(seen) == len(set(seen))
    assert signatures()["ReLU"].name == "relu" and signatures()["ln"].name == "log"
    soft = {s for s, signature in signatures().items() if signature.soft}
    assert {"sigma", "T", "H", "delta", "Phi"} <= soft
    assert not {"relu", "tanh", "log", "max", "sigmoid"} & soft


def test_nested():
    call = Call("max", (Ref("a"), Ref("b"), Num(3)))
    assert plain(nested(call)) == "max(max(a, b), 3)"


@pytest.mark.parametrize(("function", "text"), [
    ("tanh", "1 - tanh(z)^2"), ("log", "1/z"), ("cosh", "sinh(z)"), ("logcosh", "tanh(z)"), ("relu", "step(z)"),
    ("softplus", "sigmoid(z)"), ("sigmoid", "sigmoid(z)*(1 - sigmoid(z))"), ("sqrt", "1/(2*sqrt(z))"),
])
def test_as_a_textbook_prints_it(function, text):
    assert plain(derivative(function, 0)) == text


EXTREME = [-1e308, -1e5, -800.0, -40.0, -1e-8, -1e-300, 0.0, 1e-300, 1e-8, 37.4, 800.0, 1e5, 1e308]


@pytest.mark.parametrize("text", ["log(cosh(z))", "log(1 + exp(z))", "-log(1 + exp(-z))", "1/(1 + exp(-z))",
                                  "1 - tanh(z)^2", "sqrt(1 + z^2) - 1", "exp(z)/(1 + exp(z))"])
def test_textbook_forms_neither_overflow_nor_cancel(text):
    """The written form itself is right over the whole double range: balls have unlimited exponents."""
    tree = read_expression(text, signatures())
    truth = {"log(cosh(z))": lambda z: abs(z) + mp.log1p(mp.exp(-2 * abs(z))) - mp.log(2)}.get(text)
    for z in EXTREME:
        got = value(tree, {"z": z})
        assert got == got
        if truth is not None and abs(z) > 1e-3 and abs(z) < 1e300:
            assert got == pytest.approx(float(truth(mp.mpf(z))), rel=1e-15)
