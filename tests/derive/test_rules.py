"""Each rule of the list does what its example says; a result is finished when no rule would change it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workings.answers.gradient import as_dict
from workings.derive import Derivation, chain_rule, gradient, hessian
from workings.derive.replay import replay
from workings.derive.terms import Arena
from workings.derive.tidy import RULES, Knowledge, Rule, applied, finished
from workings.derive.written import to_expr, to_term
from workings.errors import OutOfReach
from workings.expr import Big, Call, Expr, Network, Num, Ref, free_refs, preorder
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression


def expression(text: str) -> Expr:
    return read_expression(text, signatures())


def expression_line(text: str) -> tuple[Expr, Expr]:
    (equation,) = read(text, signatures()).equations
    return equation.lhs, equation.rhs


def name(text: str) -> Ref:
    found = expression(text)
    assert isinstance(found, Ref)
    return found


def families() -> list[Any]:
    text = (Path(__file__).parent / "families.txt").read_text()
    out = []
    for block in ("\n" + text).split("\n# ")[1:]:
        title, *lines = block.strip().splitlines()
        net = "\n".join(line for line in lines if line.startswith("    "))
        (asked,) = (line for line in lines if line.startswith("d"))
        left, _, result = asked.partition(" = ")
        of, _, by = left.partition("/d")
        out.append(pytest.param(net, of[1:], by, result, id=title))
    return out


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_example(rule: Rule) -> None:
    arena = Arena()
    before = to_term(arena, expression(rule.before))
    lines = [expression_line(line) for line in rule.lines]
    known = Knowledge({to_term(arena, a): to_term(arena, b) for a, b in lines})
    after = applied(arena, before, known, rule)
    assert plain(to_expr(after)) == rule.after
    assert applied(arena, after, known, rule) is after


@pytest.mark.parametrize(("net", "of", "by", "result"), families())
def test_family(net: str, of: str, by: str, result: str) -> None:
    found = gradient(read(net, signatures()), name(of), name(by))
    assert as_dict(found)["result"] == result
    assert_finished(found, read(net, signatures()))


def assert_finished(found: Derivation, net: Network) -> None:
    """No rule applies, no factor 1, no doubled sign, nothing that the terms would write otherwise."""
    arena = Arena()
    for index, r in net.ranges.items():
        arena.ranges[index] = (to_term(arena, r.lo), to_term(arena, r.hi))
    assert finished(arena, to_term(arena, found.result, net.functions), Knowledge({})) == ""
    text = plain(found.result)
    bound = {n.index for n in preorder(found.result) if isinstance(n, Big)}
    deltas = [n for n in preorder(found.result) if isinstance(n, Call) and n.function == "delta"]
    assert not any(r.name in bound for d in deltas for r in free_refs(d))
    assert not any(bad in text for bad in ("--", "+ -", "- -", "*1*", "(1)*", "where(True"))


@pytest.mark.parametrize(("net", "of", "by", "result"), families())
def test_a_step_that_does_not_come_out_is_found(net: str, of: str, by: str, result: str) -> None:
    """Any step with another outcome stops the derivation."""
    for n in range(len(list(gradient(read(net, signatures()), name(of), name(by)).every()))):
        found = gradient(read(net, signatures()), name(of), name(by), verified=False)
        step = list(found.every())[n]
        if step.rule == "equation":
            continue
        step.after = Num(17, "17")
        with pytest.raises(OutOfReach, match="did not come out"):
            replay(found)


NET = "w1 = tanh(v)\na = w1*x1\ny = tanh(a) + v*x3\nE = log cosh(y - t)"


def test_replay_is_of_every_kind_of_derivation() -> None:
    net = read(NET, signatures())
    for found in (gradient(net, name("E"), name("v")), chain_rule(net, name("E"), name("v")),
                  chain_rule(net, name("E"), name("v"), [name("w1")]), hessian(net, name("E"), (name("v"), name("x1")))):
        replay(found)


def test_names_of_a_hint() -> None:
    hint = read("a = y - t\nq = cosh(a)", signatures()).equations
    found = gradient(read("E = log cosh(y - t)", signatures()), name("E"), name("y"), names=hint)
    assert [plain(s.line) for s in found.steps][1] == "dE/dy = dE/dq*dq/da*da/dy"
    clash = gradient(read("a = 3*y\nE = log cosh(a - t)", signatures()), name("E"), name("a"), names=hint)
    assert [plain(n) for n, _ in clash.parts] != ["a", "q"]
