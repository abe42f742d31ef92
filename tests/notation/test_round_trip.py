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
