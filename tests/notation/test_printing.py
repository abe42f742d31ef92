"""How things are printed: rows of plain text, and the LaTeX that a textbook would set; MathML is sound XML."""

import ast
import xml.etree.ElementTree as ET
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies import NAMES, SCOPE, expressions, scalars, with_arrays
from workings.evaluate import value
from workings.expr import Add, All, Call, Claim, Deriv, Mul, Neg, Num, Pow, Ref, free_refs, same
from workings.functions import signatures, table
from workings.notation import latex, latex_name, mathml, plain, plain_name
from workings.syntax import read, read_expression

NET = read(SCOPE, signatures())
SPELLING = {"x[,]": "x_{#1}^{(#2)}", "yhat": r"\hat{y}", "W1": "W^{(1)}", "rho": r"\rho"}
CHECKED = settings(max_examples=100, deadline=None, derandomize=True)


def tree(text):
    return read_expression(text, signatures(), NET)


ROWS = [
    ("1/N*sum(k, 1, N, tanh(y[k] - t)*x[i,k])", r"\frac{1}{N} \sum_{k=1}^{N} \tanh(y_{k} - t)\, x_{i}^{(k)}"),
    ("w13", "w_{13}"),
    ("w1_12", "w_{1,12}"),
    ("yhat", r"\hat{y}"),
    ("net_h1", r"\mathrm{net}_{h1}"),
    ("E_total", r"E_{\mathrm{total}}"),
    ("alpha*W1", r"\alpha W^{(1)}"),
    ("W1^2", r"(W^{(1)})^{2}"),
    ("u[i]*x[i,k]^2", r"u_{i} \cdot (x_{i}^{(k)})^{2}"),
    ("s[i,j] + s[i,3]", "s_{ij} + s_{i,3}"),
    ("u[i-1]", "u_{i-1}"),
    ("log(cosh(y - t))", r"\log\cosh(y - t)"),
    ("log(1 + exp(v))", r"\log(1 + \exp(v))"),
    ("log(cosh(z))*x1", r"(\log\cosh(z))\, x_{1}"),
    ("tanh(z3)^2", r"\tanh^{2}(z_{3})"),
    ("tanh(z3)^(-1)", r"\tanh(z_{3})^{-1}"),
    ("tanh'(z)", r"\tanh'(z)"),
    ("sigmoid(v)*(1 - sigmoid(v))", r"\sigma(v) (1 - \sigma(v))"),
    ("relu(x1 + x2)", r"\operatorname{ReLU}(x_{1} + x_{2})"),
    ("w57*(1 - a5^2)", r"w_{57} \cdot (1 - a_{5}^{2})"),
    ("2*(y - t)*z", r"2 (y - t)\, z"),
    ("2*3*z", r"2 \cdot 3 \cdot z"),
    ("2*(y - t)*1*z3*x1", r"2 (y - t) \cdot 1 \cdot z_{3} x_{1}"),
    ("net_h1*w57", r"\mathrm{net}_{h1}\, w_{57}"),
    ("w57*net_h1", r"w_{57}\, \mathrm{net}_{h1}"),
    ("2*net_h1", r"2\, \mathrm{net}_{h1}"),
    ("net_h1*(1 - a5)", r"\mathrm{net}_{h1} \cdot (1 - a_{5})"),
    ("z*2", r"z \cdot 2"),
    ("0.5*z3^2", "0.5 z_{3}^{2}"),
    ("exp(v)/(1 + exp(v))", r"\frac{\exp(v)}{1 + \exp(v)}"),
    ("(a + b)/c/d", r"\frac{\frac{a + b}{c}}{d}"),
    ("-(a + b)", "-(a + b)"),
    ("a - (b - c)", "a - (b - c)"),
    ("a - b*c", "a - b c"),
    ("a^b^c", "a^{b^{c}}"),
    ("(a^b)^c", "(a^{b})^{c}"),
    ("(a/b)^2", r"\left( \frac{a}{b} \right)^{2}"),
    ("sum(k, y[k])*b", r"\left( \sum_{k} y_{k} \right)\, b"),
    ("sum(k, y[k] + b)", r"\sum_{k} (y_{k} + b)"),
    ("sum(k, y[k]) + b", r"\sum_{k} y_{k} + b"),
    ("sum(j != i, u[j])", r"\sum_{j \neq i} u_{j}"),
    ("prod(j, k + 1, N, u[j])", r"\prod_{j=k+1}^{N} u_{j}"),
    ("dE/dw13", r"\frac{\partial E}{\partial w_{13}}"),
    ("dE/dy*dy/da5", r"\frac{\partial E}{\partial y}\, \frac{\partial y}{\partial a_{5}}"),
    ("d2E/(dv dv)", r"\frac{\partial^{2} E}{\partial v^{2}}"),
    ("d2E/(du dv)", r"\frac{\partial^{2} E}{\partial u \partial v}"),
    ("∂/∂z(z + t)", r"\frac{\partial}{\partial z}(z + t)"),
    ("P(a5, z5)", r"\frac{\partial^{+} a_{5}}{\partial z_{5}}"),
    ("(x1 >= 0) and (x1 + x2 < 0)", r"(x_{1} \geq 0) \wedge (x_{1} + x_{2} < 0)"),
    ("where(z > 0, z, where(z > -1, 2, 0))",
     r"\begin{cases} z & \text{if } z > 0 \\ 2 & \text{if } z > -1 \\ 0 & \text{otherwise} \end{cases}"),
    ("abs(a + 1)", "|a + 1|"),
    ("abs(a/b)", r"\left| \frac{a}{b} \right|"),
    ("sqrt(z)", r"\sqrt{z}"),
    ("delta(i, j)", r"\delta_{ij}"),
    ("ind(z > 0)", r"\mathbb{1}[z > 0]"),
    ("T(W)", r"W^{\top}"),
    ("norm2(u)", r"\lVert u \rVert^{2}"),
    ("max(0, z)", r"\max(0, z)"),
    ("(1, -1)", "(1, -1)"),
    ("((1, 2), (3, 4))", r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}"),
    ("x[.,k]", r"\boldsymbol{x}_{k}"),
    ("E = a = b", "E = a = b"),
    ("pi*z", r"\pi z"),
]


@pytest.mark.parametrize(("text", "tex"), ROWS, ids=[r[0] for r in ROWS])
def test_a_line_as_a_textbook_sets_it(text, tex):
    expr = tree(text)
    assert plain(expr) == text
    assert latex(expr, SPELLING) == tex
    ET.fromstring(mathml(expr, SPELLING))


def test_trees_that_no_text_gives():
    z = Ref("z")
    assert plain(Mul((Num(Fraction(1, 2)), z))) == "1/2*z"
    assert plain(Mul((z, Num(Fraction(1, 2))))) == "z*(1/2)"
    assert plain(Add((z, Num(-3)))) == "z + (-3)" and latex(Add((z, Num(-3)))) == "z - 3"
    assert plain(Neg(Neg(z))) == "-(-z)"
    assert latex(Claim(Deriv(Ref("E"), (z,)), Mul((Num(2), z)))) == r"\underbrace{\frac{\partial E}{\partial z}}_{2 z}"
    assert latex(Deriv(Ref("f"), (Ref("W"),), "grad")) == r"\nabla_{W} f"
    assert latex(Pow(Ref("x", (Ref("i"),)), Num(2))) == "x_{i}^{2}"
    assert latex(Ref("x", (Ref("i"), All()))) == r"x_{i,\cdot}"
    assert latex(Pow(Call("rho", (z,)), Num(2)), SPELLING) == r"\rho(z)^{2}"
    assert plain_name("E", 1) == "E[.]" and latex_name("x'") == "x'" and latex_name("wstar") == "w^{*}"


def test_every_function_of_the_table_prints():
    """Each row in three formats, at its parameters; the plain and LaTeX ones are read back as the same call."""
    for row in table.values():
        if row.kind != "scalar":
            continue
        call = Call(row.name, tuple(Ref({"lo": "b", "hi": "t"}.get(p, p)) for p in row.params))
        assert same(tree(plain(call)), call)
        assert same(tree(latex(call)), call), latex(call)
        ET.fromstring(mathml(call))


@CHECKED
@given(with_arrays)
def test_plain_reads_back_with_matrix_products(expr):
    assert same(tree(plain(expr)), expr)


@CHECKED
@given(expressions)
def test_mathml_is_sound(expr):
    root = ET.fromstring(mathml(expr, SPELLING))
    for node in root.iter():
        children = {"mfrac": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "munderover": 3, "mover": 2}
        assert node.tag not in children or len(node) == children[node.tag], node.tag
        assert node.tag not in ("mi", "mn", "mo") or node.text


@CHECKED
@given(scalars.filter(lambda e: not any(r.indices for r in free_refs(e))),
       st.lists(st.fractions(1, 3, max_denominator=7), min_size=len(NAMES), max_size=len(NAMES)))
def test_pythons_grammar_and_sympy_read_the_same_precedence(expr, numbers):
    """Brackets are where they must be: SymPy, reading the plain text, has the same value."""
    text = plain(expr).replace("^", "**")
    for node in ast.walk(ast.parse(text, mode="eval")):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            return                       # towers of powers take SymPy minutes; test_properties has them
    own = {"relu": lambda z: sympy.Max(z, 0), "sigmoid": lambda z: 1 / (1 + sympy.exp(-z)), "abs": sympy.Abs,
           "softplus": lambda z: sympy.log(1 + sympy.exp(z)), "max": sympy.Max}
    known = {n: sympy.Rational(q.numerator, q.denominator) for n, q in zip(NAMES, numbers)}
    try:
        truth = sympy.sympify(text, locals={**own, **known}, rational=True).evalf(30)
        if not truth.is_real or not truth.is_finite:
            return
        got = value(expr, dict(zip(NAMES, numbers)), mode="float")
    except Exception as problem:         # no real value: SymPy and we say so each in our own way
        assert "defined" not in str(problem)
        return
    assert got == pytest.approx(float(truth), rel=1e-12, abs=1e-200)
