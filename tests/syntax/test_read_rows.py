"""What each notation is read as, printed back in plain notation."""

from __future__ import annotations

import pytest
from workings.expr import Network
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression

EXPRESSIONS = [
    # operators
    ("a + b - c", "a + b - c"),
    ("-a*b + c", "-a*b + c"),
    ("a/-b*c", "a/(-b)*c"),
    ("1/2(t-y)^2", "1/2*(t - y)^2"),
    ("2^-x", "2^(-x)"),
    ("a^b^c", "a^b^c"),
    ("(y t)^2", "(y*t)^2"),
    ("x1**2", "x1^2"),
    ("3(a + b*c)", "3*(a + b*c)"),
    ("0.1*(x1 - x2)", "0.1*(x1 - x2)"),
    # functions
    ("log cosh(y - t)", "log(cosh(y - t))"),
    (r"\log\cosh z", "log(cosh(z))"),
    (r"\tanh(y-t)\,x", "tanh(y - t)*x"),
    (r"\sin x\cos y", "sin(x)*cos(y)"),
    (r"\sin 2x + 1", "sin(2*x) + 1"),
    (r"\tanh^2 z", "tanh(z)^2"),
    (r"\tanh'(t)", "tanh'(t)"),
    (r"\ln y_n", "log(y_n)"),
    (r"\log_2 y", "log2(y)"),
    (r"\max\{0, z\}", "max(0, z)"),
    (r"(z)_+", "relu(z)"),
    (r"\mathrm{ReLU}\left(-x\right)", "relu(-x)"),
    (r"\exp\bigl[\exp[x]\bigr]", "exp(exp(x))"),
    (r"e^{-z}", "exp(-z)"),
    ("e^v/(1 + e^v)", "exp(v)/(1 + exp(v))"),
    (r"(1+e^{-z})^{-1}", "(1 + exp(-z))^(-1)"),
    (r"\sqrt{d_k}", "sqrt(d_k)"),
    (r"\left|x\right|", "abs(x)"),
    ("|x - |y||", "abs(x - abs(y))"),
    (r"\mathbb{1}[z > 0]", "ind(z > 0)"),
    (r"\begin{cases} x & x>0 \\ 0 & \text{otherwise}\end{cases}", "where(x > 0, x, 0)"),
    (r"\begin{cases} x & \text{if } x>0 \\ -x & \text{if } x \le 0\end{cases}", "where(x > 0, x, -x)"),
    ("2*pi", "2*pi"),
    # names
    (r"\boldsymbol{x}_1 + x_{1} + x_1 + x1", "x1 + x1 + x1 + x1"),
    (r"w_{1,3} + w_{13} + w13", "w13 + w13 + w13"),
    (r"w_{1,12}", "w1_12"),
    (r"\hat{y} + \widehat{y} + \tilde C", "yhat + yhat + Ctilde"),
    (r"\mathrm{net}_{h1} + net_h1", "net_h1 + net_h1"),
    (r"W^{(1)} a^{[2]}_1", "W1*a2_1"),
    (r"w^{[1]}_{1,2}", "w1_1_2"),
    (r"E_{\rm total}", "E_total"),
    (r"L_{CE}", "L_CE"),
    (r"\mathcal{L} + \ell", "L + ell"),
    # indices
    ("w[i]*x[i,k]", "w[i]*x[i,k]"),
    ("h[t-1]", "h[t-1]"),
    (r"x_i^{(k)}", "x_i[k]"),
    (r"\sum_{i=1}^d w_i x_i^{(k)}", "sum(i, 1, d, w[i]*x[i,k])"),
    (r"\sum_k E_k", "sum(k, E[k])"),
    ("sum(i, w[i]) + sum(i, 0, P, w[i])", "sum(i, w[i]) + sum(i, 0, P, w[i])"),
    (r"\sum_{i'=1}^d w_{i'}", "sum(i', 1, d, w[i'])"),
    (r"\prod_{j=k+1}^T a_j", "prod(j, k + 1, T, a[j])"),
    (r"\sum_i \delta_{ij}", "sum(i, delta_ij)"),
    # derivatives
    ("dE/dw13", "dE/dw13"),
    ("∂E/∂w₁₃", "dE/dw13"),
    (r"\frac{\partial E}{\partial w_{13}}", "dE/dw13"),
    (r"\frac{dE}{dw}", "dE/dw"),
    (r"{\partial f \over \partial x}", "df/dx"),
    ("D(E, w13) + P(a5, z5)", "D(E, w13) + P(a5, z5)"),
    ("d2E/dv2", "d2E/(dv dv)"),
    ("d2E/(du dv)", "d2E/(du dv)"),
    (r"\frac{\partial^2 E}{\partial v^2}", "d2E/(dv dv)"),
    # pasted text
    ("x₁·w₁₃ − ½ σ(z)", "x1*w13 - 1/2*sigmoid(z)"),
    ("ŷ × x²", "yhat*x^2"),
]


@pytest.mark.parametrize(("text", "printed"), EXPRESSIONS, ids=[t for t, _ in EXPRESSIONS])
def test_expression(text: str, printed: str) -> None:
    assert plain(read_expression(text, signatures())) == printed


def equations(net: Network) -> list[str]:
    return [f"{plain(e.lhs)} = {plain(e.rhs)}" for e in net.equations]


NETWORKS = [
    # functions and opaque quantities
    (r"y = 1 - \rho(x_1) + \rho(x_1 + x_2) \tag{1}; \rho(z) = \max(0, z)", ["y = 1 - rho(x1) + rho(x1 + x2)"]),
    ("f(x) = x^2", ["f = x^2"]),
    ("z = f(f(x)); f(u) = u^2 + 1", ["z = f(f(x))"]),
    (r"E_k = \log\cosh(y_k(\boldsymbol{x}_k, \boldsymbol{w}) - t_k); E = \frac1N\sum_{k=1}^N E_k",
     ["E[k] = log(cosh(y[k] - t[k]))", "E = 1/N*sum(k, 1, N, E[k])"]),
    # chains and continuations
    (r"E = \log c = \log\cosh(z)", ["E = log(c)"]),
    ("y = x1*w1\n  + x2*w2\n  = x2*w2 + x1*w1", ["y = x1*w1 + x2*w2"]),
    (r"\begin{align*} E &= \frac12 (y-t)^2 \\ y &= w x \end{align*}", ["E = 1/2*(y - t)^2", "y = w*x"]),
    # layout
    (r"w_1 = \tanh v,\quad w_2 = v^2.", ["w1 = tanh(v)", "w2 = v^2"]),
    (r"E = \frac{1}{N}\sum_k E_k \quad\text{with}\quad E_k = t_k, \qquad k = 1, \dots, N",
     ["E = 1/N*sum(k, E[k])", "E[k] = t[k]"]),
    (r"a = b \text{ and } c = d \text{ where } e = f", ["a = b", "c = d", "e = f"]),
    # letters written together
    (r"h_t = \tanh(wh_{t-1}+ux_t)", ["h[t] = tanh(w*h[t-1] + u*x[t])"]),
    (r"z_t = \sigma(W_zx_t+U_zh_{t-1})", ["z[t] = sigmoid(W_z*x[t] + U_z*h[t-1])"]),
    ("a_1 = w_1x+b_1\n" + r"z = \tanh(a_1)", ["a1 = w1*x + b1", "z = tanh(a1)"]),
    ("dk = 3\nq = sqrt(dk)*lam", ["dk = 3", "q = sqrt(dk)*lam"]),
    # entries of families and samples
    (r"h_t = w h_{t-1}; h_0 = s; L = h_T", ["h[t] = w*h[t-1]", "h[0] = s", "L = h[T]"]),
    ("s = sum(i, w[i]); u = w2", ["s = sum(i, w[i])", "u = w[2]"]),
    (r"L_i = \sum_{j\neq y_i}\max(0, s_j - s_{y_i} + 1)", ["L[i] = sum(j != y[i], max(0, s[j] - s[y[i]] + 1))"]),
    (r"\hat{y}^i = \sum_{j=0}^P w_j x_j^i", ["yhat[i] = sum(j, 0, P, w[j]*x[j,i])"]),
    # layers above, and what textbooks print
    (r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
     ["delta[j,l] = sum(k, w[k,j,l+1]*delta[k,l+1]*sigmoid'(z[j,l]))"]),
    (r"h^{\langle t\rangle} = \tanh(W h^{\langle t-1\rangle})", ["h[t] = tanh(W*h[t-1])"]),
    (r"y=\left\{\begin{array}{ll} x & x>0 \\ 0 & \text{else}\end{array}\right.", ["y = where(x > 0, x, 0)"]),
    (r"f_{\mathrm m}(x) := \max(0, 2x); y = f_{\mathrm m}^{\,2}(x)", ["y = f_m(f_m(x))"]),
    (r"E_n = -\ln y_n; E = \sum_{n=1}^N\{E_n + 1\}", ["E[n] = -log(y[n])", "E = sum(n, 1, N, E[n] + 1)"]),
    (r"e = c\,d; y = e^2", ["e = c*d", "y = e^2"]),
    (r"y = w_1 \cdot x_1 + \dots + w_n x_n", ["y = w1*x1 + ... + w_n*x_n"]),
    # arrays
    (r"r = X w - y; X \in \mathbb{R}^{4 \times 2}; w \in \mathbb{R}^{2}", ["r = X @ w - y"]),
    (r"s = w^\top x; w \in \mathbb{R}^d; x \in \mathbb{R}^d", ["s = dot(w, x)"]),
    # a quantity at its own inputs, and at others
    ("y = x1 - x2; z = y(x1, x2) + y(x2, x1)", ["y = x1 - x2", "z = y + (x2 - x1)"]),
]


@pytest.mark.parametrize(("text", "printed"), NETWORKS, ids=[t for t, _ in NETWORKS])
def test_network(text: str, printed: list[str]) -> None:
    assert equations(read(text, signatures())) == printed


SAME = [
    ("z3 = x1*w13 + x2*w23", r"z_3 = x_1 \cdot w_{13} + x_2 \cdot w_{23}"),
    ("y = 1 - relu(x1)", r"y = 1 - \mathrm{ReLU}(x_1)"),
    ("E[k] = log(cosh(y[k] - t[k])); k = 1..N", r"E_k = \log\cosh(y_k - t_k); k = 1, \dots, N"),
    ("y[k] = sum(i, w[i]*x[i,k]); i = 1..d; k = 1..N",
     r"y_{k} = \sum_{i} w_{i} \cdot x_{i}^{(k)}; i = 1, \dots, d; k = 1, \dots, N"),
    ("h = where(x > 0, x, 0)", r"h = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"),
    ("a1 = tanh(net_h1)", r"a_1 = \tanh(\mathrm{net}_{h1})"),
    ("L[n] = sum(j, (1 - delta(j,n))*s[j,n]); n = 1..3; j = 1..3",
     r"L_{n} = \sum_{j} \left(1 - \delta_{jn}\right) \cdot s_{j n}; n = 1, \dots, 3; j = 1, \dots, 3"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_both_spellings_are_one_language(first: str, second: str) -> None:
    from workings.expr import same

    one, two = read(first, signatures()), read(second, signatures())
    for a, b in zip(one.equations, two.equations, strict=True):
        assert same(a.lhs, b.lhs) and same(a.rhs, b.rhs)
    assert list(one.ranges) == list(two.ranges)


def test_roles_in_either_spelling() -> None:
    net = read(r"y = w_1 u + v_{12}", signatures(), inputs=["v_{12}"], targets=["u"])
    assert net.inputs == (("v12", 0),) and net.targets == (("u", 0),) and net.parameters == (("w1", 0),)


def test_ranges_that_no_line_states() -> None:
    net = read(r"E = \sum_{k=1}^N E_k; E_k = w_k^2", signatures())
    assert plain(net.ranges["k"].hi) == "N"
    net = read("y = sum(i, w[i]*x[i]) + sum(j2, w[j2]); i = 1..d", signatures())
    assert plain(net.ranges["j2"].hi) == "d"


def test_spelling_is_the_first_one_and_bold_only_where_always_bold() -> None:
    text = r"\hat{y} = \sum_{i=1}^d w_i x_i + \boldsymbol{b}; E = \theta_{\rm out} + \boldsymbol{w}_1"
    net = read(text, signatures())
    assert net.spelling["yhat"] == r"\hat{y}" and net.spelling["b"] == r"\boldsymbol{b}" and net.spelling["w"] == "w"


def test_what_is_said_about_ambiguous_input() -> None:
    net = read(r"f(u) = u^2; y = f^2(x) + f(3)", signatures())
    assert [r.kind for r in net.remarks] == ["ambiguous"]
    assert plain(net.equations[0].rhs) == "f(f(x)) + f(3)"


def test_a_long_chain_is_read_without_recursion() -> None:
    text = "\n".join(f"a{k} = tanh(w{k}*a{k - 1} + b{k})" for k in range(1, 3001))
    assert len(read(text, signatures()).ordered) == 3000
    assert len(read("y = " + " + ".join(f"x{k}" for k in range(20_000)), signatures()).inputs) == 20_000


def test_brackets_may_be_nested_to_the_limit() -> None:
    assert plain(read_expression("(" * 390 + "x" + ")" * 390, signatures())) == "x"
    assert plain(read_expression("-" * 5000 + "x", signatures())).count("-") == 5000
