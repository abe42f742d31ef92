"""What sentences ask, a row each: expected verbs, then the words of a sheet."""

import pytest

from workings.errors import Source
from workings.sheets.asks import asks, by_the_way
from workings.sheets.blocks import blocks
from workings.sheets.prose import prose
from workings.sheets.purpose import derivative_marks

ROWS = r"""
draw              | Sketch the computational graph of the model.
draw              | Illustrate the architecture.
draw              | Draw the network, i.e. draw the inputs, the neurons and the way they are connected.
draw              | Please draw the neural network graph associated to these computations.
boundary          | Plot the set of inputs on which $y = 0$.
boundary          | Determine where the sign of the output changes.
boundary          | Find the points in the plane that are assigned to class 1.
boundary          | In a coordinate system, sketch the decision boundary.
boundary          | Where is the decision boundary of this classifier?
pieces            | How many linear regions does the function have? Find them all.
pieces            | Determine the regions of the plane in which $y$ is affine.
pieces            | Name the activation patterns that cannot occur.
pieces            | List the linear pieces of the function.
run               | Compute the output of the network for $x_1 = 1$ and $x_2 = -1$.
run               | Evaluate $y$ at $(1, 2)$.
run               | Which class does the network assign to the point $(1,1)$?
run               | What does the network output when $x=3$?
run               | Simulate the network on the input x1 = 1, x2 = 2.
gradient          | What is the derivative of $E$ with respect to $w$?
gradient          | Find $dE/dw$ and $dE/db$.
gradient          | Your task is to differentiate $E$ with respect to $w$ by applying the chain rule.
gradient          | Using the chain rule for derivatives, compute the gradient of E with respect to the output y.
gradient          | Use backpropagation to compute $\partial E/\partial w$.
gradient          | Give a closed-form expression for $\partial L/\partial v$.
gradient          | Using the computed $\partial E/\partial a$, write an analytic expression of $\partial E/\partial v$.
gradient          | Let $E = (y-t)^2$ and compute its derivative with respect to $y$.
gradient          | Calculate the gradient of $E$ w.r.t. $w_1, w_2$ (show your work).
gradient          | Write $\partial E/\partial u$ as a formula in $x$.
gradient          | How does $E$ change with $w$?
gradient          | Show how to compute $\partial E/\partial w$.
gradient          | Evaluate $\partial E/\partial w$ at $w = 1$.
gradient          | How does the error depend on the input?
gradient          | Use the derivatives of (a) to write an analytic expression of $\partial E/\partial v$.
hessian           | Compute $\partial^2 E/\partial y^2$.
hessian           | Find $\frac{\partial^2 E}{\partial u \partial v}$.
run               | To which class does the network assign the point $(2, 1)$?
pieces            | In which regions of the plane is $y$ linear?
pieces            | Write down the function on each of them.
boundary          | For which inputs is $y = 0$?
boundary          | Where does the answer change?
?                 | Perform one step of gradient descent on $w$.
hessian           | Compute the second derivative of $E$ with respect to $w$.
chain rule        | Write down the chain rule for $\partial E/\partial v$.
chain rule        | State the multivariate chain rule that links $\partial E/\partial v$ to the derivatives above.
chain rule        | Express $\partial E/\partial v$ in terms of $\partial E/\partial a$ and $\partial E/\partial b$.
backward          | Perform the backward pass.
backward          | Derive the backpropagation equations for all weights.
backward          | Write the set of backward computations that leads to $\partial E/\partial w$.
check             | Show that $\partial E/\partial y = \tanh(y - t)$.
check             | Is it true that $y > 0$?
?                 | Explain why the network cannot represent XOR.
?                 | Discuss briefly.
?                 | Train the network for ten epochs.
run, gradient     | Carry out a forward pass with $x = 2$, then compute the gradient of the loss.
run, draw         | For $x=1$, calculate the prediction and draw the network.
draw, boundary    | Draw the network and find the decision boundary.
                  | The function to compute is shown below.
                  | Note that the state is given.
                  | We would like to extract the gradient of this error function.
                  | Show each step of your derivation.
                  | Your answer should avoid redundant computations.
                  | Indicate for each connection its weight, and for each neuron its bias.
                  | This error is used when training a network to predict prices.
                  | We denote by $y$ the output and use log for the natural logarithm.
"""


def rows() -> list[tuple[str, str]]:
    found = [line.split("|", 1) for line in ROWS.strip("\n").splitlines()]
    return [(asked.strip(), text.strip()) for asked, text in found]


def asked(text: str) -> str:
    part = prose(blocks(Source(text)))
    marks = derivative_marks(part)
    return ", ".join(a.asked or "?" for s in part.sentences for a in asks(s, part, marks))


@pytest.mark.parametrize(("expected", "text"), rows(), ids=lambda v: v[:60])
def test_what_a_sentence_asks(expected: str, text: str) -> None:
    assert asked(text) == expected


def test_a_hint_about_the_way_adds_its_question() -> None:
    part = prose(blocks(Source("Hint: begin by identifying its linear pieces, then solve the equation.")))
    assert [(a.asked, a.method) for a in by_the_way(part.sentences[0])] == [("pieces", True)]
