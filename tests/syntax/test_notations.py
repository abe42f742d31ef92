"""Every printed form of NOTATIONS-IN-THE-WILD.md and of the Notation section of INTERFACE.md, in a small context.

A row: the text, and the network's equations in plain notation.  Functions print as `f(z) = …`, facts as `given …`,
ranges as `i = lo..hi`, quantities of which only the arguments are known as `opaque y`.
"""

from __future__ import annotations

import pytest
from workings.errors import WorkingsError
from workings.expr import Call, Network, Ref, Rel
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_lines


def shown(net: Network) -> list[str]:
    out = [plain(Rel((Call(f.name, tuple(Ref(p) for p in f.params)), f.body), ("=",))) for f in net.functions.values()]
    out += [plain(Rel((e.lhs, e.rhs), ("=",))) for e in net.equations]
    out += [f"given {plain(f)}" for f in net.facts]
    return out + [f"opaque {plain(o.lhs)}" for o in net.opaque.values()]


NAMES = [
    (r"y = x_1 + x_{1} + \boldsymbol{x}_1 + \mathbf{x}_1", ["y = x1 + x1 + x1 + x1"]),
    (r"y = w_{13} + w_{1,3}", ["y = w13 + w13"]),
    (r"y_j = \sum_i w_{ji} x_i", ["y[j] = sum(i, w[j,i]*x[i])"]),
    (r"E = z^2 + (y-t)^2", ["E = z^2 + (y - t)^2"]),
    (r"E = \sum_k (x_k + y^{(k)} - t^{(k)})", ["E = sum(k, x[k] + y[k] - t[k])"]),
    (r"z = \sum_i \sum_k x_i^{(k)}", ["z = sum(i, sum(k, x[i,k]))"]),
    (r"y = W^{(1)} + w_{kj}^{(2)} + \Theta^{(1)} + W^{[1]}", ["y = W1 + w2_kj + Theta1 + W1"]),
    (r"y = W^{[1]} + A^{[2]}", ["y = W1 + A2"]),
    (r"z = a^{[2](i)} + w^{[1]}_{1,2}", ["z = a2[i] + w1_1_2"]),
    (r"h^{\langle t\rangle} = w h^{\langle t-1\rangle} + x^{\langle t-1\rangle}", ["h[t] = w*h[t-1] + x[t-1]"]),
    (r"a^l_j = \sum_k w^{l}_{jk} a^{l-1}_k; \delta^L_j = a^L_j - y_j",
     ["a[j,l] = sum(k, w[j,k,l]*a[k,l-1])", "delta[j,L] = a[j,L] - y[j]"]),
    (r"a_i^l = w^{l+1} b_i", ["a[i,l] = w[l+1]*b[i]"]),
    (r"f^i(\boldsymbol w) = (y^i - \hat y^i)^2; i = 1, \dots, N", ["f[i] = (y[i] - yhat[i])^2"]),
    (r"E = \frac1N \sum_i (\hat y^i - t^i)^2", ["E = 1/N*sum(i, (yhat[i] - t[i])^2)"]),
    (r"h_T = w^T x; T = 3", ["h_T = w^T*x", "T = 3"]),
    (r"h_T = w^T h_0", ["h_T = w^T*h0"]),
    (r"s = w^T x", ["s = T(w)*x"]),
    (r"E_{total} = net_{h1} + out_{o1} + \mathcal{L}_{\rm reg} + L_{CE}", ["E_total = net_h1 + out_o1 + L_reg + L_CE"]),
    (r"y = \hat y_1 + \tilde C_t + \bar h", ["y = yhat1 + Ctilde_t + hbar"]),
    (r"y = \sum_i \widehat{x}_i", ["y = sum(i, xhat[i])"]),
    (r"E = \sum_k E_k; E_k = x_k^2", ["E = sum(k, E[k])", "E[k] = x[k]^2"]),
    (r"a = w_0 + \sum_{i=1}^d w_i x_i", ["a = w[0] + sum(i, 1, d, w[i]*x[i])"]),
    ("y = x1 + x_1 + x_{1}", ["y = x1 + x1 + x1"]),
    ("y = dW + db + dZ2 + dy", ["y = dW + db + dZ2 + dy"]),
    (r"L = \mathcal{M} + \ell_i + \boldsymbol{J} + \mathrm{FL}", ["L = M + ell_i + J + FL"]),
    ("y = E + I + N + S + i + T + D + beta + gamma + lambda", ["y = E + I + N + S + i + T + D + beta + gamma + lambda"]),
    (r"y = e^{-z} + \pi", ["y = exp(-z) + pi"]),
    (r"e = c\,d; y = e^2; \pi_b = 3 q", ["e = c*d", "y = e^2", "pi_b = 3*q"]),
    ("y = w1_12 * x + w13", ["y = w1_12*x + w13"]),
]

FUNCTIONS = [
    (r"f(x,y,z) = (x+y)z", ["f = (x + y)*z"]),
    (r"y_k(\boldsymbol x_k, \boldsymbol w) = \sum_i w_i x_i^{(k)}", ["y[k] = sum(i, w[i]*x[i,k])"]),
    (r"\rho(z) = \max(0,z); y = \rho(x)", ["rho(z) = max(0, z)", "y = rho(x)"]),
    (r"f_{\mathrm m}(x) := 2x; y = f_{\mathrm m}(3)", ["f_m(x) = 2*x", "y = f_m(3)"]),
    (r"\mathrm{a}[z] = \max(0,z); y = \mathrm{a}[\theta_0 + \theta_1 x]", ["a(z) = max(0, z)", "y = a(theta0 + theta1*x)"]),
    (r"y = \mathrm{a}[\cdot]", ["y = a"]),
    (r"\sigma(z) = z^2; y = \sigma(x)", ["sigma(z) = z^2", "y = sigma(x)"]),
    (r"y = \sigma(x) + \sigma(x_1)", ["y = sigmoid(x) + sigmoid(x1)"]),
    (r"y = \sigma x_1 + \sigma", ["y = sigma*x1 + sigma"]),
    ("f(x) = x + 1; y = f(f(x))", ["f(x) = x + 1", "y = f(f(x))"]),
    (r"f_{\mathrm m}(x) = 2x; y = f_{\mathrm m}^{\,2}(x)", ["f_m(x) = 2*x", "y = f_m(f_m(x))"]),
    (r"y = \max(0,z) + \max\{0,z\} + (z)_+ + (-x_1)_+ + \mathrm{ReLU}(z) + \operatorname{ReLU}(z) + \sigma_{\mathrm R}(z)",
     ["y = max(0, z) + max(0, z) + relu(z) + relu(-x1) + relu(z) + relu(z) + relu(z)"]),
    (r"y = \max_{j\in[1,k]} z_j + \max\{x,y_2\} + \bigl| |x|-1\bigr|",
     ["y = max(j, 1, k, z[j]) + max(x, y2) + abs(abs(x) - 1)"]),
    (r"E = \tanh(y-t)\,x + \log\cosh(y-t)", ["E = tanh(y - t)*x + log(cosh(y - t))"]),
    (r"E = \ln y_n + \sin 2x + \log\cosh z + \sin x\cos y",
     ["E = log(y_n) + sin(2*x) + log(cosh(z)) + sin(x)*cos(y)"]),
    (r"y = \tanh^2 z + \sin^2(x)", ["y = tanh(z)^2 + sin(x)^2"]),
    (r"y = \tanh'(t) + \sigma'(z)", ["y = tanh'(t) + sigmoid'(z)"]),
    (r"h(z) = z^3; y = h(x) + h''(a_j)", ["h(z) = z^3", "y = h(x) + h''(a_j)"]),
    ("g(x) = x^3; y = g'(t)", ["g(x) = x^3", "y = g'(t)"]),
    (r"y = g_k'(\cdot)", ["y = g_k'"]),
    (r"y = e^{-z} + \exp\bigl[\exp[x]\bigr] + (1+e^{-z})^{-1} + \sqrt{d_k} + \log_2 y_1 + \Phi(x) + \operatorname{erf}(x)",
     ["y = exp(-z) + exp(exp(x)) + (1 + exp(-z))^(-1) + sqrt(d_k) + log2(y1) + Phi(x) + erf(x)"]),
    (r"y = \operatorname{sign}(z) + \mathrm{Sgn}(z) + H(z) + \mathbb{1}[z>0] + \mathbb{1}(x>0)",
     ["y = sign(z) + sign(z) + step(z) + ind(z > 0) + ind(x > 0)"]),
    (r"y = \begin{cases} x & x>0\\ 2 & \text{otherwise}\end{cases}", ["y = where(x > 0, x, 2)"]),
    (r"y = \begin{cases} x & \text{if } x>0\\ 2 & \text{else}\end{cases}", ["y = where(x > 0, x, 2)"]),
    (r"y = \begin{cases} x, & \text{for } x>0\\ 2, & \text{for } x \le 0.\end{cases}", ["y = where(x > 0, x, 2)"]),
    (r"y = h(\cdot,\cdot)", ["y = h"]),
    (r"L = \mathrm{CrossEntropy}(y,p); p = \mathrm{softmax}(z)",
     ["L = CrossEntropy", "p = softmax(z)", "opaque CrossEntropy"]),
    ("y = leaky(z, a) + gelu(z) + silu(z) + clip(z, 0, 1) + softplus(z) + sech(z)",
     ["y = leaky(z, a) + gelu(z) + silu(z) + clip(z, 0, 1) + softplus(z) + sech(z)"]),
]

PRODUCTS = [
    (r"y = [\sin(x_1/x_2) + 1] x_3 + \bigl[a\bigr] + \Bigl(b\Bigr) + \{c + 1\}", ["y = (sin(x1/x2) + 1)*x3 + a + b + (c + 1)"]),
    (r"J = 3(a+bc) \\ u = bc", ["J = 3*(a + b*c)", "u = b*c"]),
    (r"y = 2q + w_1 x_1 + x\,\sigma(x) + a \cdot b \times c", ["y = 2*q + w1*x1 + x*sigmoid(x) + a*b*c"]),
    ("net_{h1} = w_1 * i_1 + b_1 * 1", ["net_h1 = w1*i1 + b1*1"]),
    (r"C_t = f_t \odot C_{t-1} + i_t * g_t", ["C[t] = f[t]*C[t-1] + i[t]*g[t]"]),
    (r"y = x_1/x_2 + \tfrac12 + \frac12 + \frac{1}{2} + 1/2(t-y_1)^2", ["y = x1/x2 + 1/2 + 1/2 + 1/2 + 1/2*(t - y1)^2"]),
    (r"y = 0.1\,(x_1-x_2) + 4(0.5x-2)_+", ["y = 0.1*(x1 - x2) + 4*relu(0.5*x - 2)"]),
    (r"y = \sum_{i=1}^d x_i + \sum_{n=1}^N\{a_n + 1\} + \prod_{j=k+1}^T h_j + \sum_{j=i+1}^n q_j",
     ["y = sum(i, 1, d, x[i]) + sum(n, 1, N, a[n] + 1) + prod(j, k + 1, T, h[j]) + sum(j, i + 1, n, q[j])"]),
    (r"L_i = \sum_{j\neq y_i} s_{ij}", ["L[i] = sum(j != y[i], s[i,j])"]),
    (r"L = \sum_{(u,i)\in\kappa} (r_{ui} - q_i p_u)^2", ["L = sum(u, sum(i, (u, i) in kappa, (r[u,i] - q[i]*p[u])^2))"]),
    (r"L = \sum_{w\in\mathrm{Vocab}} p_w", ["L = sum(w in Vocab, p[w])"]),
    (r"g_{kj} = \delta_{kj} s_k; k = 1, \dots, n; j = 1, \dots, n", ["g[k,j] = delta(k, j)*s[k]"]),
    (r"E = \sum_j \delta_j x_j", ["E = sum(j, delta[j]*x[j])"]),
    (r"L_i = s_{y_i} + w_{y_i} + s_{i,y_i} + sc_o", ["L[i] = s[y[i]] + w[y[i]] + s[i,y[i]] + sc_o"]),
    (r"y = \|r\|_2^2 + \|\Theta\|^2 + \|W\|_F^2", ["y = norm2(r) + norm2(Theta) + norm2(W)"]),
]

DERIVATIVES = [
    (r"E = x w_{13}; g = \frac{\partial E}{\partial w_{13}} + dE/dw13 + ∂E/∂w13 + \frac{dE}{dw_{13}}",
     ["E = x*w13", "g = dE/dw13 + dE/dw13 + dE/dw13 + dE/dw13"]),
    (r"f = x w; g = {\partial f\over\partial x}", ["f = x*w", "g = df/dx"]),
    (r"h_k = w h_{k-1}; g = \frac{\partial^+ h_k}{\partial w}", ["h[k] = w*h[k-1]", "g = P(h[k], w)"]),
    (r"g = \frac{d\sigma(x)}{dx}", ["g = ∂/∂x(sigmoid(x))"]),
    (r"J = \theta_1 \theta_2; H_{kl} = \frac{\partial^2 J}{\partial\theta_k\partial\theta_l}",
     ["J = theta[1]*theta[2]", "H[k,l] = d2J/(dtheta[k] dtheta[l])"]),
    (r"l = w x; w \leftarrow w - \alpha\frac{\partial l}{\partial w}", ["l = w*x"]),
    (r"J = \theta^2; \theta^{t+1} = \theta^t - \eta\nabla_\theta J", ["J = theta^2"]),
    (r"\mu \leftarrow \frac1m\sum_i x_i", ["mu = 1/m*sum(i, x[i])"]),
    (r"a := 2 x; b \doteq 3 a; c \equiv a + b", ["a = 2*x", "b = 3*a", "c = a + b"]),
]

LAYOUT = [
    (r"z_3 = x_1 w_{13} \qquad z_5 = x_2 w_{25} \qquad y = z_3 + z_5", ["z3 = x1*w13", "z5 = x2*w25", "y = z3 + z5"]),
    (r"z_3 = x_1 \quad z_5 = x_2,\ y = z_3; u = 2 \\ v = 3", ["z3 = x1", "z5 = x2", "y = z3", "u = 2", "v = 3"]),
    (r"E = \frac1N\sum_k E_k \quad\text{with}\quad E_k = x_k^2", ["E = 1/N*sum(k, E[k])", "E[k] = x[k]^2"]),
    ("E = a^2 where a = x - t and t = 3", ["E = a^2", "a = x - t", "t = 3"]),
    (r"h_t = w h_{t-1} + x_t,\quad h_0 = 0", ["h[t] = w*h[t-1] + x[t]", "h[0] = 0"]),
    ("a = b = c", ["a = b"]),
    (r"\begin{align*} E &= (x+t)^2 \\ &= x^2 + 2xt + t^2 \end{align*}", ["E = (x + t)^2"]),
    (r"y = \left( x + 1 \right) \tag{1} \label{eq:y} \nonumber % comment", ["y = x + 1"]),
    (r"\displaystyle y \!=\! x\,z .", ["y = x*z"]),
    (r"y = \underbrace{w x}_{z} + \overbrace{b}^{c}", ["y = (w*x {= z}) + (b {= c})"]),
    (r"y = x_1 + \dots + x_n", ["y = x1 + ... + x_n"]),
    (r"P(+|x) = \sigma(x); y = x", ["y = x"]),
    (r"P(O=o\mid C=c) = \frac{\exp(u_o)}{2}; y = x", ["y = x"]),
    (r"y = x z; x\in[0,1]", ["y = x*z"]),
    (r"y = x z; y > 0 \iff x > 0", ["y = x*z"]),
    (r"y = w x; \text{predict } y=1 \text{ if } z > 0", ["y = w*x"]),
    ("y = x₁ w₁₃ + ½ − σ(z)·w", ["y = x1*w13 + 1/2 - sigmoid(z)*w"]),
    (r"\( y = w_1 x \)", ["y = w1*x"]),
    (r"\[ y = w_1 x \]", ["y = w1*x"]),
]

DECLARED = [
    ("w13 = log(1 + exp(v)); z = w13*x1", ["w13 = log(1 + exp(v))", "z = w13*x1"]),
    ("y[k] depends on x[.,k], w; E = sum(k, y[k]); k = 1..N", ["E = sum(k, y[k])", "opaque y[k]"]),
    (r"E_k = \log\cosh(y_k(\boldsymbol{x}_k, \boldsymbol{w}) - t_k); k = 1, \dots, N",
     ["E[k] = log(cosh(y[k] - t[k]))", "opaque y[k]"]),
    ("sum(i, t[i]) = 1; p[i] = x[i]/2; i = 1..3", ["p[i] = x[i]/2", "given sum(i, t[i]) = 1"]),
    ("sum(i, p[i]) = 1; p[i] = x[i]/2; i = 1..3", ["p[i] = x[i]/2"]),
    ("given z > 0; y = z w", ["y = z*w", "given z > 0"]),
    ("f(x,y,z) = (x+y) z; q = x + y; f = q z", ["f = q*z", "q = x + y"]),
    ("g[T] = 1; g[t] = g[t+1]*w[t]; t = 1..T-1", ["g[T] = 1", "g[t] = g[t+1]*w[t]"]),
    ("L = where(y > 0, a, b) + ind(y > 0) + delta(1,2)", ["L = where(y > 0, a, b) + ind(y > 0) + delta(1, 2)"]),
]

ROWS = [*NAMES, *FUNCTIONS, *PRODUCTS, *DERIVATIVES, *LAYOUT, *DECLARED]


@pytest.mark.parametrize(("text", "printed"), ROWS, ids=[t for t, _ in ROWS])
def test_notation(text: str, printed: list[str]) -> None:
    assert shown(read(text, signatures())) == printed


AMBIGUOUS = [
    ("y = 1/2(t-x)^2", "1/2 (… is read as (1/2) times what follows"),
    ("y = a/b c", "a/b c… is read as (a/b) times what follows"),
    ("f(x) = x + 1; y = f^2(x)", "f^n of a function that the text defines is read as f applied n times"),
    ("y = f^2(x)", "f^2(…) is read as a product: the text does not define a function f"),
    ("y = f(x + 1)", "f(…) is read as a product: the text does not define a function f"),
    ("y = k(x + 1)", "k(…) is read as a product: the text does not define a function k"),
    (r"y = \frac12 wh + 1", "wh is read as the product w h, not as one name"),
    ("u = bc; v = b + c", "bc is read as one name, though b and c are names too; write b*c for the product"),
    ("y = w^T x", "w^T is read as the transpose of w"),
    (r"f = \|W\cdot x\|^2", "W and x stand where arrays stand, but no line declares them: capital letters are read as "
     "matrices, small ones as vectors"),
    ("y = W @ x", "W and x stand where arrays stand"),
    (r"P(+|x) = 1; y = x", "the name of a probability is read as words"),
    (r"y = x; x > 0 \iff y > 0", r"\iff (⇔) says something about formulas; it is read as words"),
    ("sum(i, t[i]) = 1; p[i] = t[i]", "read as a fact about what is given, not as a definition"),
    (r"w \leftarrow w - 1; y = w", "read as an update, not as a definition"),
    ("f(x,y) = x + y; q = x + y; f = q", "f is defined twice, and both are the same: f = q"),
    (r"y = h(\cdot)", r"h(\cdot) names h; its arguments are not named"),
]


@pytest.mark.parametrize(("text", "says"), AMBIGUOUS)
def test_what_is_said_about_a_reading(text: str, says: str) -> None:
    remarks = read(text, signatures()).remarks
    assert any(says in r.says for r in remarks), [r.says for r in remarks]
    assert len({r.says for r in remarks}) == len(remarks)


CLEAR = [
    "y = a*b/c + 2*x", r"y = \frac12 w x + x^2 (w + 1)", r"y = \frac12 wx + w + x", "y = x*(w + 1); z = w^2",
    r"s = w^\top x; w \in \mathbb{R}^d; x \in \mathbb{R}^d", "h_T = w^3 h_0", "E = dE + 1",
    "z3 = x1*w13 + x2*w23; a3 = tanh(z3)", r"E = \tanh(y-t)\,x", "rho(z) = max(0, z); y = rho(x)",
]


@pytest.mark.parametrize("text", CLEAR)
def test_nothing_is_said_about_what_is_clear(text: str) -> None:
    assert [r.says for r in read(text, signatures()).remarks] == []


REFUSED = [
    (r"p = \binom{n}{k} x", "a binomial coefficient is not read", "the number itself"),
    (r"E = \sum \frac12 (target - output)^2", "this sum does not say over which index it runs", r"\sum_k (t_k - y_k)^2"),
    (r"J = \min_{q,p} \sum_u (r_u - q_u p_u)^2", "min over q, but q is no index of what follows", "such as L = …"),
    (r"\min_{q,p} \sum_u (r_u - q_u p_u)^2", "there is no equation in this text", "an objective without a name"),
    (r"P(+|x) = \sigma(w x)", "there is no equation in this text", "a name of its own, such as p"),
    (r"g = \mathbb{1}(\cdot>0)", r"\cdot stands for an argument that has no name", "g(z) = … z …"),
    (r"y = \lg x", r"\lg is no function of the table, and the text does not define it", "to define it"),
    ("f = q z; q = x + y; f(x,y,z) = (x-y) z", "f is defined twice: f = q z and f(x,y,z) = (x-y) z", "fnew"),
    (r"L = \mathcal{L} + 1", r"L and \mathcal{L} are two names, but both print as L", "another letter"),
]


@pytest.mark.parametrize(("text", "message", "advice"), REFUSED)
def test_what_is_refused_says_what_to_do(text: str, message: str, advice: str) -> None:
    with pytest.raises(WorkingsError) as caught:
        read(text, signatures())
    error = caught.value
    assert error.message == message
    assert error.span is not None and advice in f"{error.expected} {error.hint}"


def test_a_line_of_words_is_not_understood() -> None:
    net = read("y = x1 - x2", signatures())
    line = read_lines(r"P(+|x) = \sigma(x)", signatures(), net)[0]
    assert line.error is not None and "words" in line.error.hint


def test_the_order_of_a_written_bracket_is_kept() -> None:
    net = read("y(x_2, x_1) = x_1 - 2 x_2", signatures())
    assert net.brackets == {"y": ("x2", "x1")}
    line = read_lines("y(1, 2) = 0", signatures(), net)[0]
    assert line.body is not None and plain(line.body) == "2 - 2*1 = 0"
    assert plain(read_lines("y(x_2, x_1) = 0", signatures(), net)[0].body or Ref("?")) == "y = 0"


def test_a_size_stays_a_size() -> None:
    net = read("g[T] = 1; g[t] = g[t+1]*w[t]; t = 1..T-1; y = sum(t, g[t])", signatures())
    assert list(net.ranges) == ["t"] and net.sizes == ("T",)
