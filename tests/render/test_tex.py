"""LaTeX of a sheet as MathML: what can be set is set, nothing of it is markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workings.render.terminal import readable
from workings.render.tex import mathml

SET = [
    r"y = 1 - \rho(x_1)", r"\frac{\partial E}{\partial w_{13}}", r"\underbrace{a}_{b}", r"\mathbb{R}^d",
    r"\begin{cases} x & x>0 \\ 0 & \text{otherwise}\end{cases}", r"\begin{align*} a &= b \\ &= c\end{align*}",
    r"\boldsymbol{x}_k", r"\sum_{k=1}^N E_k", r"$$y = x \tag{1}$$",
]
NOT_SET = ["", "}{", r"\unknown{x}", "a $ b $ c", "{" * 5000, "x" * 30_000, r"\frac{a}", r"\begin{align}"]
HARM = [
    r"\text{<script>alert(1)</script>}", r"\href{javascript:alert(1)}{x}", r"\color{red\"onclick=}x",
    r"\style{background:url(http://x)}{x}", r"\class{a}{x}", "<img src=x onerror=1>", r"\text{&lt;b&gt;}",
]


@pytest.mark.parametrize("latex", SET)
def test_it_is_set(latex: str) -> None:
    made = mathml(latex)
    assert made and ElementTree.fromstring(made).tag == "math"


@pytest.mark.parametrize("latex", NOT_SET, ids=lambda s: s[:12])
def test_what_cannot_be_set_is_none(latex: str) -> None:
    assert mathml(latex) is None


@pytest.mark.parametrize("latex", HARM)
def test_it_holds_no_markup_of_the_sheet(latex: str) -> None:
    made = mathml(latex) or ""
    assert not re.search(r"<(script|img|a|b)\b|\bon\w+=|href|style=|url\(|class=", made)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.text(alphabet="\\{}_^&$<>\"'=ab1 ()[]frtxesin", max_size=40))
def test_any_text_gives_well_formed_mathml_or_none(latex: str) -> None:
    made = mathml(latex)
    assert made is None or ElementTree.fromstring(made).tag == "math"


@pytest.mark.parametrize(("latex", "shown"), [
    (r"w_{24} = - \log(1 + \exp( - v))", "w_24 = -log(1 + exp(-v))"),
    (r"\partial E / \partial w_{13}", "∂E/∂w_13"),
    (r"\tanh '(t) = 1 - a", "tanh'(t) = 1 - a"),
    (r"w_{i'} x_{i'}^{(k)} + x' - 1", "w_i' x_i'^(k) + x' - 1"),
    (r"2 \cdot (-1)", "2 · (-1)"),
])
def test_what_a_terminal_shows(latex: str, shown: str) -> None:
    assert readable(latex) == shown


def test_a_sign_of_its_own_has_no_space_behind_it() -> None:
    assert mathml("w = -v").count('form="prefix"') == 1 and "prefix" not in mathml("f(x) - 1")
    assert mathml(r"\exp( - v)").count('form="prefix"') == 1


def test_a_prime_is_not_set_small_above() -> None:
    assert "msup" not in mathml(r"\tanh'(t)") and "′" in mathml(r"\tanh'(t)")
