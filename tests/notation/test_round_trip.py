"""What is printed is read back as the same tree, in both spellings."""

from hypothesis import given, settings

from strategies import SCOPE, expressions, lines
from workings.expr import Network, same
from workings.functions import signatures
from workings.notation import latex, plain
from workings.syntax import read, read_expression

NET: Network = read(SCOPE, signatures())
CHECKED = settings(max_examples=150, deadline=None, derandomize=True)


def again(text):
    return read_expression(text, signatures(), NET)


@CHECKED
@given(expressions)
def test_plain(expr):
    assert same(again(plain(expr)), expr), plain(expr)


@CHECKED
@given(lines)
def test_plain_lines(expr):
    assert same(again(plain(expr)), expr), plain(expr)


@CHECKED
@given(expressions)
def test_latex(expr):
    text = latex(expr)
    assert same(again(text), expr), f"{text} | {plain(expr)} | {plain(again(text))}"


SPELLING = {"x[,]": "x_{#1}^{(#2)}", "yhat": r"\hat{y}", "u": r"\boldsymbol{u}", "w13": "w_{1,3}", "net_h1": "net_{h1}"}


@CHECKED
@given(expressions)
def test_latex_in_the_spelling_of_a_text(expr):
    text = latex(expr, SPELLING)
    assert same(again(text), expr), f"{text} | {plain(expr)} | {plain(again(text))}"


@CHECKED
@given(lines)
def test_latex_lines(expr):
    assert same(again(latex(expr)), expr), latex(expr)


@CHECKED
@given(lines)
def test_what_is_printed_twice_is_printed_alike(expr):
    assert plain(again(plain(expr))) == plain(expr) and latex(again(latex(expr))) == latex(expr)
