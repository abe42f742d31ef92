"""Adjoints are spelled g with the quantity below it; identities in sentences are formulas."""

from workings import backward, gradient, read
from workings.answers.gradient import says
from workings.document import Math
from workings.notation import plain

NET = r"a_{3} = \tanh(x_1 w_{13}); \hat{y} = a_3 w_{35}; E = (\hat{y} - t)^2"


def test_the_adjoints_of_a_program():
    page = backward(NET, "E").document()
    spelt = {name: latex for name, latex in page.spelling.items() if latex.startswith("g")}
    assert spelt["gyhat"] == r"g_{\hat{y}}" and spelt["gw13"] == "g_{w_{13}}" and spelt["ga3"] == "g_{a_{3}}"
    assert "gyhat" in str(backward(NET, "E"))


def test_a_name_of_the_text_keeps_its_own_spelling():
    page = backward(r"\mathrm{gy} = x w; y = \mathrm{gy}^2", "y").document()
    assert page.spelling.get("gy", "") != "g_{y}"


def test_the_adjoints_of_a_derivation_in_layers():
    layer = "; ".join(f"h{i} = tanh(w{i}*x + v{i})" for i in range(1, 4))
    text = layer + "; " + "; ".join(f"k{i} = tanh(h1*u{i} + h2*p{i} + h3*q{i})" for i in range(1, 4))
    found = gradient(text + "; y = k1*k2*k3; E = (y - t)^2", "E", "x")
    where = found.as_dict()["where"]
    assert where and all(found.document().spelling[name].startswith("g_{") for name in where)


def test_an_identity_is_a_formula():
    steps = gradient("E = log(cosh(y - t))", "E", "y").steps
    said = next(says(step) for step in steps if step.rule == "tanh identity")
    assert [plain(part.formula) for part in said if isinstance(part, Math)] == ["sinh(z)/cosh(z) = tanh(z)"]


def test_entries_of_a_bold_vector_are_not_bold():
    net = read(r"y_k = \sum_{i=1}^d w_i x_i^{(k)}; k = 1..N; \boldsymbol{w} \in \mathbb{R}^d")
    assert r"\boldsymbol{w}_" not in gradient(net, "y[k]", "w[i]")._repr_latex_()
