"""Where one statement ends and the next begins, and what kind each is."""

from __future__ import annotations

import pytest
from workings.errors import Source
from workings.expr import Rest
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import assemble, statements

KINDS = [
    ("z = y - t", ["equation"]),
    (r"\rho(z) = \max(0,z); y = \rho(x_1)", ["function", "equation"]),
    ("i = 1..d", ["range"]),
    (r"i = 1, \dots, d", ["range"]),
    (r"i \in \{1, \dots, d\}", ["range"]),
    (r"x \in \mathbb{R}^d", ["array"]),
    ("W in R^(m x n)", ["array"]),
    ("y[k] depends on x[.,k], w", ["opaque"]),
    ("given z > 0", ["fact"]),
    ("class 1 if y < 0", ["class"]),
    (r"\frac{\partial E}{\partial y} = \tanh(y - t)", ["claim"]),
    (r"\tanh'(t) = 1 - (\tanh(t))^2", ["claim"]),
    ("y(x_1, x_2) = y(x_2, x_1)", ["claim"]),
    (r"w \leftarrow w - \alpha g", ["update"]),
    (r"(x_{1} \geq 0) \wedge (x_{2} < 0)", ["domain"]),
    ("y = 0 for x1 >= 1, x2 = -1", ["claim"]),
    ("y = 0 for ray from (1, -1) in direction (1, 0)", ["claim"]),
    ("empty: (x1 >= 0) and (x1 < 0)", ["empty"]),
    ("x1 -> a3: w13", ["edge"]),
    ("(4)", []),
    ("$$(8)$$", []),
    (r"z = y - t \tag{2}", ["equation"]),
    (r"a = b, c = d, \quad e = f", ["equation"] * 3),
    (r"x = 1, \; y > 2", ["equation", "domain"]),
    (r"\frac{\partial E}{\partial v} = 2 v \quad \text{where} \quad \frac{\partial w}{\partial v} = 1 \;, \quad u = v",
     ["claim", "claim", "equation"]),
]


@pytest.mark.parametrize(("text", "kinds"), KINDS, ids=[t for t, _ in KINDS])
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [s.kind for s in statements(text, signatures())] == kinds


def test_a_display_that_begins_with_a_relation_continues() -> None:
    (found,) = statements(Source(r"text $$= \tanh(y - t) \tag{7}$$"), signatures(), (7, 29))
    assert found.continues and isinstance(found.body.children()[0], Rest) and found.tag == "7"


def test_spans_are_those_of_the_whole_source() -> None:
    source = Source("Let\n$$z_3 = x_1 w_{13} \\qquad y = z_3$$ be")
    first, second = statements(source, signatures(), (6, 39))
    assert first.text == "z_3 = x_1 w_{13}" and second.text == "y = z_3"
    assert source.place(second.span.start) == (2, 27)


def test_a_newline_in_a_display_parts_nothing() -> None:
    text = "a = b\n  c + d"
    assert [plain(s.body) for s in statements(Source(text), signatures(), (0, len(text)))] == ["a = b*c + d"]


def test_problems_are_collected_on_request() -> None:
    problems: list[Exception] = []
    found = statements("a = b; c = ); d = 2", signatures(), problems=problems)  # type: ignore[arg-type]
    assert [s.text for s in found] == ["a = b", "d = 2"] and len(problems) == 1


def test_assembling_reads_again_with_what_all_define() -> None:
    source = Source(r"y = \rho(x_1) - \rho(x_1 - x_2)   where   \rho(z) = \max(0, z)")
    first = statements(source, signatures(), (0, 33))
    second = statements(source, signatures(), (42, len(source.text)))
    net = assemble([*first, *second], source=source)
    assert [plain(e.rhs) for e in net.equations] == ["rho(x1) - rho(x1 - x2)"] and list(net.functions) == ["rho"]


def test_a_repaired_statement_stays_repaired() -> None:
    from dataclasses import replace

    from workings.syntax import read_expression

    (literal,) = statements("E = (y t)^2", signatures())
    repaired = replace(literal, body=read_expression("E = (y - t)^2", signatures()))
    assert [plain(e.rhs) for e in assemble([repaired]).equations] == ["(y - t)^2"]


def test_a_part_may_redefine_what_stands_before_it() -> None:
    base = assemble(statements("w13 = 2; y = w13*x", signatures()))
    net = assemble(statements("w13 = log(1 + exp(v))", signatures(), scope=base), base=base)
    assert [e.lhs.name for e in net.equations] == ["y", "w13"]
    assert [r.says for r in net.remarks] == ["w13 is defined anew from here on"]


def test_an_opaque_quantity_may_be_defined_later() -> None:
    base = assemble(statements(r"E_k = y_k(\boldsymbol{x}_k, \boldsymbol{w}) - t_k", signatures()))
    assert list(base.opaque) == [("y", 1)]
    later = statements(r"y_k(\boldsymbol{x}_k, \boldsymbol{w}) = \sum_{i=1}^d w_i x_i^{(k)}", signatures(), scope=base)
    net = assemble(later, base=base)
    assert not net.opaque and [plain(e.rhs) for e in net.equations] == ["y[k] - t[k]", "sum(i, 1, d, w[i]*x[i,k])"]
