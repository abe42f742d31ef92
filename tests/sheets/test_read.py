"""Short sheets in different words: what is asked of what, in which scope.  A row: the sheet, then what is read."""

import pytest

from workings.errors import Source
from workings.notation import plain
from workings.sheets import Sheet, read_sheet


def read(text: str) -> Sheet:
    return read_sheet(Source(text))


def asked(sheet: Sheet) -> str:
    return "; ".join(
        f"{e.number}{p.label} {q.asked or '?'} {q.about}".strip()
        for e in sheet.exercises for p in (e.intro, *e.parts) for q in p.questions)


def equations(sheet: Sheet, exercise: int = 0, part: int = -1) -> list[str]:
    found = sheet.exercises[exercise]
    return [f"{plain(e.lhs)} = {plain(e.rhs)}" for e in (found.intro, *found.parts)[part].net.equations]


SHEETS = {
    "perceptron": (r"""
# Exercise 1: Perceptron

The output of a neuron is $y = \sigma(w_1 x_1 + w_2 x_2 + b)$ with $\sigma(z) = \frac{1}{1+e^{-z}}$. Let $t$ be the
label and $L = \frac12 (y-t)^2$ the loss.

(a) Compute the gradient of the loss with respect to all weights.
(b) What is the derivative of L with respect to b?
(c) Evaluate $y$ for $x_1 = 1$, $x_2 = -1$, $w_1 = 2$, $w_2 = 1$ and $b = 0$.
""", "1a gradient dL/dw1; 1a gradient dL/dw2; 1a gradient dL/db; 1b gradient dL/db; 1c run y"),
    "no parts": (r"""
A network computes $h = \max(0, x_1 - x_2)$ and $y = 2h - 1$. The network predicts class A if $y > 0$ and class B
otherwise.

Find the linear pieces of the network. Then sketch the decision boundary.
""", "1 pieces y; 1 boundary y"),
    "not understood": (r"""
## Problem 1

Consider $f = |x_1| + |x_2| - 1$.

a) Plot the set of inputs on which $f = 0$.
b) Determine all linear regions of $f$.
c) Discuss the result.
""", "1a boundary f; 1b pieces f; 1c ?"),
    "several in a part, explicit lines": (r"""
## Exercise 1

The network has the hidden unit $h = \tanh(v)$ where $v = w_1 x + b_1$, and the output $o = w_2 h$.

(a) Draw the network and state the chain rule for $\partial o/\partial w_1$.

(b) Assume $x = 2$. Compute $\partial o/\partial w_1$.

(c)

> workings: gradient o wrt w_1, w_2

(d) Write down the backward pass for all parameters of the loss $\ell = (o - t)^2$.

> workings: boundary o level 1/2
""", "1a draw o; 1a chain rule do/dw1; 1b gradient do/dw1; 1c gradient do/dw1; 1c gradient do/dw2; "
        "1d backward dell/dw1, dell/db1, dell/dw2; 1d boundary o"),
    "roman labels, words": (r"""
# Assignment 3

Exercise 1. We study a network with one hidden layer:

$$\begin{align}
h_1 &= \mathrm{relu}(x_1 + x_2 - 1) \\
h_2 &= \mathrm{relu}(x_1 - x_2) \\
f &= h_1 - 2 h_2 + 1
\end{align}$$

The input belongs to the positive class if f > 0, to the negative class if f < 0.

(i) Draw a diagram of this architecture. Mark all weights.

(ii) Into how many linear regions does the network partition the plane? List them.

(iii) Where is the decision boundary?

(iv) Compute the output for the input x1 = 2, x2 = 1.
""", "1i draw f; 1ii pieces f; 1iii boundary f; 1iv run f"),
    "softmax": (r"""
## Exercise 2: Softmax

$$p_i = \frac{e^{z_i}}{\sum_{j=1}^K e^{z_j}}, \qquad L = -\sum_{i=1}^K t_i \log p_i$$

1. Compute $\partial L / \partial z_i$.
2. What is $\partial p_i/\partial z_j$?
""", "21 gradient dL/dz[i]; 22 gradient dp[i]/dz[j]"),
    "recurrent": (r"""
**Problem 4: RNN** (6 P)

A recurrent network is $h_t = \tanh(w h_{t-1} + u x_t)$ for $t = 1, \dots, T$, $h_0 = 0$; the loss is $L = (h_T - y)^2$.

(a) Find the gradient of L with respect to w.
(b) Derive $\partial L/\partial u$.
""", "4a gradient dL/dw; 4b gradient dL/du"),
    "derivatives in prose": (r"""
# Exercise 1

First, $a = w_1 x$. Then $b = \tanh(a)$ and finally $c = w_2 b$. The loss is the squared error, i.e. $E = (c - t)^2$.

(a) Please state, without computing it, the chain rule for the derivative of the loss with respect to $w_1$.

(b) Then compute dE/dw1 and dE/dw2.
""", "1a chain rule dE/dw1; 1b gradient dE/dw1; 1b gradient dE/dw2"),
    "second derivative, to be shown": (r"""
Let $y = x^2$ be the output. Show that $dy/dx = 2x$. What is the second derivative of $y$ with respect to $x$?
""", "1 check y; 1 hessian d2y/(dx dx)"),
    "nothing to work on": ("(a) Draw the network.\n", "1a draw"),
    "an unknown name": ("Let $y = w x$.\n\n(a) Compute $dy/dq$.\n", "1a gradient dy/dq"),
    "only words": ("# Exercise 1\n\n(a) Why?\n\n(b)\n", "1a ?; 1b ?"),
}


@pytest.mark.parametrize("name", SHEETS)
def test_what_a_sheet_asks(name: str) -> None:
    text, expected = SHEETS[name]
    assert asked(read(text)) == expected


def test_points_of_evaluation() -> None:
    sheet = read(SHEETS["perceptron"][0])
    assert sheet.exercises[0].parts[2].questions[0].at == {"x1": 1, "x2": -1, "w1": 2, "w2": 1, "b": 0}
    sheet = read(SHEETS["roman labels, words"][0])
    assert sheet.exercises[0].parts[3].questions[0].at == {"x1": 2, "x2": 1}
    sheet = read("Let $o = w_1 x_1 + w_2 x_2 - b$. Evaluate $o$ at (1, 2) for $w_1 = w_2 = 1/2$ and $b = 0.5$.\n")
    assert {k: str(v) for k, v in sheet.exercises[0].intro.questions[0].at.items()} == {
        "w1": "1/2", "w2": "1/2", "b": "1/2", "x1": "1", "x2": "2"}


# -- scopes
SCOPES = r"""
# Exercise 1

Let $a = w x$ and $E = (a - d)^2$, where $d$ is the desired output.

(a) Compute $dE/dw$.

$$\frac{dE}{dw} = 2 (a - d) x$$

(b) Suppose that $w = u^2$. Give $dE/du$.

(c) The error is now $E = |a - d|$. Draw the network.

# Exercise 2

Let $E = v^2$.

(a) Compute $dE/dv$.
"""


def test_an_exercise_opens_a_scope_and_parts_add_to_it() -> None:
    sheet = read(SCOPES)
    assert equations(sheet, 0, 1) == ["a = w*x", "E = (a - d)^2"]
    assert equations(sheet, 0, 2) == ["a = w*x", "E = (a - d)^2", "w = u^2"]
    assert equations(sheet, 0, 3) == ["a = w*x", "w = u^2", "E = abs(a - d)"]
    assert equations(sheet, 1) == ["E = v^2"]


def test_redefinitions_are_told() -> None:
    assert [r.says for r in read(SCOPES).remarks] == [
        "w was free before; in part b and those after it it is a function of u",
        "E has a new meaning in part c and those after it; before, it was (a - d)^2",
    ]


def test_a_display_after_the_question_is_a_claim() -> None:
    part = read(SCOPES).exercises[0].parts[0]
    assert [plain(c.body) for c in part.claims] == ["dE/dw = 2*(a - d)*x"]


INTRODUCED = [
    ("Compute $dE/dw$. We get $$a = 3$$", []),
    ("Compute $dE/dw$, where $$a = w^2.$$", ["a = w^2"]),
    ("Compute $dE/dw$. Consider in particular $$a = w^2.$$", ["a = w^2"]),
    ("Compute $dE/dw$. Here let $a = w^2$.", ["a = w^2"]),
    ("Compute $dE/dw$. Solution: $$a = 3$$ with $$b = 4$$", []),
    ("Compute $dE/dw$. Hint: $a = 3$.", []),
    ("Given $a = w^2$, compute $dE/dw$.", ["a = w^2"]),
]


@pytest.mark.parametrize(("text", "added"), INTRODUCED, ids=lambda v: str(v)[:40])
def test_data_or_claim(text: str, added: list[str]) -> None:
    assert equations(read(f"Let $E = a w$.\n\n(a) {text}\n")) == ["E = a*w", *added]


def test_a_display_that_begins_with_an_equals_sign_goes_on() -> None:
    text = "Let $E = w^2$.\n\n(a) Compute $dE/dw$.\n\n$$\\frac{dE}{dw} = 2 \\cdot w$$\n\n(4)\n\n$$= 2 w \\tag{5}$$\n"
    claims = read(text).exercises[0].parts[0].claims
    assert [plain(c.body) for c in claims] == ["dE/dw = 2*w = 2*w"]


def test_bare_numbers_are_labels() -> None:
    text = "Let\n\n$$E = w^2$$\n\n(4)\n\n$$(8)$$\n\n$$F = 2 E \\tag{9}$$\n\n(a) Compute $dF/dw$.\n"
    assert equations(read(text)) == ["E = w^2", "F = 2*E"]
    assert read(text).remarks == []


HINTS = [
    ("Hint: You can break down the problem into steps.", "method"),
    ("Hint: $\\tanh'(t) = 1 - \\tanh(t)^2$.", "claim"),
    ("Hint: The error can be decomposed as $z = y - t$.", "definition"),
    ("*Hint:* begin with the output.", "method"),
]


@pytest.mark.parametrize(("text", "kind"), HINTS)
def test_hints_are_kept_apart(text: str, kind: str) -> None:
    part = read(f"Let $E = (y-t)^2$.\n\n(a) Compute $dE/dy$. {text}\n").exercises[0].parts[0]
    assert [h.kind for h in part.hints] == [kind]
    assert len(part.net.equations) == 1


BUILDS = [
    ("Using the computed $dE/dw$, find $dE/du$.", ("a",)),
    ("With the results of (a), find $dE/du$.", ("a",)),
    ("Find $dE/du$.", ()),
]


@pytest.mark.parametrize(("text", "labels"), BUILDS)
def test_a_part_may_build_on_an_earlier_one(text: str, labels: tuple[str, ...]) -> None:
    sheet = read(f"Let $E = w^2$.\n\n(a) Compute $dE/dw$.\n\n(b) Let $w = u^3$. {text}\n")
    assert sheet.exercises[0].parts[1].builds_on == labels


def test_an_unreadable_equation_stops_nothing_else() -> None:
    sheet = read("Let $a = w x$ and $$b = (a - $$ and $E = a^2$.\n\n(a) Compute $dE/dw$.\n")
    assert equations(sheet) == ["a = w*x", "E = a^2"]
    assert asked(sheet) == "1a gradient dE/dw"
    says = sheet.remarks[0].says
    assert ":1:" in says and "^" in says and "never closed" in says
