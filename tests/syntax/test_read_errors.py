"""Malformed input: what the person is told, and where.  One row a mistake."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workings.errors import WorkingsError
from workings.functions import signatures
from workings.syntax import read

ROWS = [
    ("p = softmax(z)[1]", 5, "an entry of softmax(…) is meant, which has no name", "an index after a name"),
    ("a = tanh(z", 9, "the bracket ( is never closed", "a closing )"),
    ("a = b +", 8, "something is missing between + and the end of the statement", "a number"),
    ("y = x1 w13)", 11, ") closes a bracket that was never opened", "a bracket that opens before it"),
    ("a3 = thanh(z3)", 6, "thanh is no function of the table, and the text does not define it", "tanh(…)"),
    (r"y = \sigmo(x)", 5, r"the command \sigmo is not known", r"\sigm"),
    ("a = 3\na = 4", 1, "a is defined twice: a = 3 and a = 4", "one equation for each name"),
    ("z = max(x)", 5, "max is given 1 argument", "2 or more arguments"),
    ("y = 2 3", 7, "the number 3 stands right after another factor", "write *"),
    ("x1*w13", 1, "this says nothing: there is no = in it", "an equation such as"),
    ("2 = x", 1, "the left side of this equation is no name", "a name on the left"),
    ("= 3", 1, "the left side of this equation is no name", "a name on the left"),
    ("", 0, "there is no equation in this text", "an equation such as"),
    ("W_1 = 2\n" + r"y = W^{(1)} x", 5, "W_{1} and W^{(1)} are two names, but both print as W1", "another letter"),
    ("a = sum(i, 1, x[i])", 5, "sum over i is given 2 arguments after its index", "sum(i, e) or sum(i, lo, hi, e)"),
    (r"a = \sum x", 5, "this sum does not say over which index it runs", r"\sum_{i=1}^{n}"),
    (r"y = \frac{a}{b", 15, "the end of the statement where a closing brace } should stand", "a closing brace }"),
    ("y = x[i", 6, "the bracket [ is never closed", "a closing ]"),
    ("__import__('os')", 1, "_ cannot begin a formula", "a name"),
    ("a = " + "(" * 500 + "x" + ")" * 500, 406, "brackets and functions stand more than 400 deep", "of their own"),
    ("a = " + "9" * 500, 5, "the number 99999999999999999999… is too long", "400 digits"),
    ("y = 1e99999", 5, "the number 1e99999… is too long", "an exponent of at most"),
    ("a = \x00", 5, "the character '\\x00' (u+0000) has no meaning in a formula", "letters"),
    ("y = tanh", 9, "tanh has no argument", "tanh(…)"),
    ("class 1", 1, "a class needs a label and a condition", "class 1 if y < 0"),
    ("i = 1..", 1, "a range needs both ends", "i = 1..d"),
    (r"y = \begin{cases} x & x>0", 26, "the environment cases is never closed", r"\end{cases}"),
    ("y = x | 3", 10, "the end of the statement where the closing bar should stand", "a closing bar |"),
    ("f(x) = x^2\ny = f(x, 2) + f(3)", 5, "f is given 2 arguments", "1 argument"),
    ("y = x1 - x2\nz = y(1, 2, 3)", 5, "y depends on 2 inputs, but is given 3", "y(x1, x2)"),
    ("y = a (b", 7, "the bracket ( is never closed", "a closing )"),
    ("a = b\nb = a", 1, "a is defined through itself: a → b → a", "no quantity needs itself"),
]


@pytest.mark.parametrize(("text", "column", "message", "advice"), ROWS, ids=[repr(r[0])[:40] for r in ROWS])
def test_message(text: str, column: int, message: str, advice: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        _ = read(text, signatures()).ordered
    error = caught.value
    assert error.message == message
    assert advice in f"{error.expected} {error.hint}"
    place = error.source.place(error.span.start)[1] if error.source and error.span else 0
    assert place == column


DEEP = ["(", "x_{", "x[", r"\frac{1}{", "x^{", r"\hat{", "not ", "tanh ", "a(", r"\sum_i ", "∂"]


@pytest.mark.parametrize("opens", DEEP)
def test_depth_without_end_is_refused_not_recursed_into(opens: str) -> None:
    with pytest.raises(WorkingsError):
        read("y = " + opens * 5000, signatures())


def test_a_bracket_left_open_does_not_swallow_the_next_equation() -> None:
    with pytest.raises(WorkingsError) as caught:
        read("a = tanh(z\nb = 2", signatures())
    assert caught.value.span is not None and caught.value.span.start == 8


_SOUP = st.lists(
    st.sampled_from(
        r"a x1 w_{13} \tanh ( ) [ ] { } + - * / ^ _ = , ; \\ \frac \sum_{i=1}^n \partial dE/dw 3 0.5 & | \left( "
        r"\right) \begin{cases} \end{cases} \text{if} ' . .. \dots sum(i, e^ T ^\top \underbrace D( for class "
        r"given in and".split()
    ),
    max_size=14,
)


@settings(max_examples=400, derandomize=True, deadline=None)
@given(_SOUP)
def test_no_input_gets_a_traceback_from_below(words: list[str]) -> None:
    for text in (" ".join(words), "y = " + "".join(words)):
        try:
            _ = read(text, signatures()).ordered
        except WorkingsError as error:
            assert str(error)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:30])
def test_every_error_says_what_was_expected_and_what_to_try(row: tuple[str, int, str, str]) -> None:
    try:
        read(row[0], signatures())
    except WorkingsError as error:
        assert error.expected or error.hint
        assert error.hint and error.source is not None
