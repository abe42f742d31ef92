"""Values against second opinions that share no code: Python's own grammar with Fractions, and mpmath."""

import ast
from fractions import Fraction

import mpmath as mp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from strategies import NAMES, scalars
from workings.errors import BadValue, InputTooLarge
from workings.evaluate import run, value
from workings.expr import free_refs
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

mp.mp.dps = 60
CHECKED = settings(max_examples=80, deadline=None, derandomize=True)
numbers = st.fractions(-3, 3, max_denominator=12)
points = st.fixed_dictionaries(dict.fromkeys(NAMES, numbers))
OPS = {ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
       ast.Div: lambda a, b: a / b, ast.Pow: lambda a, b: a**b}


class NotRational(Exception):
    """The Python reading leaves the rationals."""


def by_python(text, env, number, functions):
    """The plain notation read by Python's own grammar and worked out node by node."""
    def go(n):
        if isinstance(n, ast.Constant):
            return number(Fraction(str(n.value)))
        if isinstance(n, ast.Name):
            return number(env[n.id])
        if isinstance(n, ast.UnaryOp):
            return -go(n.operand)
        if isinstance(n, ast.BinOp):
            if isinstance(n.op, ast.Pow) and number is Fraction:
                exponent = go(n.right)
                if exponent.denominator != 1 or abs(exponent) > 40:
                    raise NotRational
                return go(n.left) ** int(exponent)
            return OPS[type(n.op)](go(n.left), go(n.right))
        if n.func.id not in functions:
            raise NotRational
        return functions[n.func.id](*map(go, n.args))

    return go(ast.parse(text.replace("^", "**"), mode="eval").body)


def plain_scalars():
    return scalars.filter(lambda e: not any(r.indices for r in free_refs(e)))


@CHECKED
@given(plain_scalars(), points)
def test_exact_values_are_pythons_fractions(expr, point):
    try:
        truth = by_python(plain(expr), point, Fraction, {"abs": abs, "max": max, "relu": lambda z: max(z, Fraction(0))})
    except (NotRational, ZeroDivisionError):
        assume(False)
    got = value(expr, point)
    assert isinstance(got, int | Fraction) and got == truth


FUNCTIONS = {"abs": abs, "max": max, "relu": lambda z: max(z, mp.mpf(0)), "tanh": mp.tanh,
             "log": mp.log, "cosh": mp.cosh, "exp": mp.exp, "sqrt": mp.sqrt, "sin": mp.sin,
             "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
             "softplus": lambda z: mp.log1p(mp.exp(z))}


@CHECKED
@given(plain_scalars(), points)
def test_floats_are_right_to_the_last_digit(expr, point):
    try:
        truth = by_python(plain(expr), point, lambda q: mp.mpf(q.numerator) / q.denominator, FUNCTIONS)
    except (ZeroDivisionError, OverflowError, ValueError):
        assume(False)
    assume(isinstance(truth, mp.mpf) and mp.isfinite(truth) and 1e-200 < abs(truth) < 1e200)
    try:
        got = value(expr, point, mode="float")
    except (BadValue, InputTooLarge):
        assume(False)
    assert abs(got - truth) <= abs(truth) * mp.mpf(2) ** -52


@st.composite
def networks(draw):
    """Texts of several equations, each of which may use those before it."""
    bodies = draw(st.lists(plain_scalars(), min_size=2, max_size=4))
    links = [f" + q{i - 1}*{draw(st.integers(-2, 2))}" if i else "" for i in range(len(bodies))]
    return [f"q{i} = ({plain(body)}){link.replace('*-', '*(-1)*')}" for i, (body, link) in enumerate(zip(bodies, links))]


def as_mpf(q):
    return q if isinstance(q, mp.mpf) else mp.mpf(q.numerator) / q.denominator


@settings(max_examples=40, deadline=None, derandomize=True)
@given(networks(), points)
def test_a_forward_pass_is_mpmaths(lines, point):
    """Every quantity of `run`, equations in any order, against mpmath going through them one by one."""
    env = {name: mp.mpf(q.numerator) / q.denominator for name, q in point.items()}
    try:
        for line in lines:
            name, _, body = line.partition(" = ")
            env[name] = by_python(body, env, as_mpf, FUNCTIONS)
            assume(isinstance(env[name], mp.mpf) and 1e-100 < abs(env[name]) < 1e100)
    except (ZeroDivisionError, OverflowError, ValueError):
        assume(False)
    net = read("\n".join(reversed(lines)), signatures())
    asked = {name for name, _ in net.leaves}
    try:
        got = run(net, {name: q for name, q in point.items() if name in asked})
    except (BadValue, InputTooLarge):
        assume(False)
    assert not got.missing
    for i in range(len(lines)):
        assert abs(as_mpf(Fraction(got.values[f"q{i}"])) - env[f"q{i}"]) <= abs(env[f"q{i}"]) * mp.mpf(2) ** -48
