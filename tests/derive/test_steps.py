"""Derivations as a lecturer writes them: a network, what is asked, then `rule | line` for each step."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from workings.answers.gradient import SAYS, as_dict, blocks, says
from workings.answers.words import plain_words
from workings.derive import Derivation, chain_rule, gradient, hessian
from workings.derive.tidy import RULES
from workings.derive.verify import verify
from workings.errors import BadValue, OutOfReach, WorkingsError
from workings.expr import Network, Num, Ref, Rel
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read, read_expression


def net_of(text: str) -> Network:
    return read(text, signatures())


def ref(text: str) -> Ref:
    found = read_expression(text, signatures())
    assert isinstance(found, Ref)
    return found


def cases() -> list[Any]:
    text = (Path(__file__).parent / "derivations.txt").read_text()
    out = []
    for block in ("\n" + text).split("\n# ")[1:]:
        title, *lines = block.strip().splitlines()
        net = "\n".join(line for line in lines if line.startswith("    "))
        asked = next(line for line in lines if line.startswith("by "))
        by, _, of = asked[3:].partition(" of ")
        steps = [tuple(line.split(" | ")) for line in lines if " | " in line]
        out.append(pytest.param(net, of or "E", by, steps, id=title))
    return out


@pytest.mark.parametrize(("net", "of", "by", "steps"), cases())
def test_steps(net: str, of: str, by: str, steps: list[tuple[str, str]]) -> None:
    found = gradient(net_of(net), ref(of), ref(by))
    said = as_dict(found)
    assert [(s["rule"], s["line"]) for s in said["steps"]] == steps
    assert said["result"] == steps[-1][1].split(" = ")[-1]


def test_words() -> None:
    """Every step has a sentence in plain words, and says what it is about."""
    found = gradient(net_of("E = log cosh(y - t)"), ref("E"), ref("y"))
    words = [plain_words(says(s)) for s in found.steps]
    assert words[1] == "E depends on y only through z and c."
    assert words[5] == "The derivatives just found are put in."
    for step in blocks(found):
        assert not re.search(r"[{}]", str(step))


def test_every_rule_has_words() -> None:
    assert all(name in SAYS for name in [r.name for r in RULES])


CHAINS = [
    ("k = 1..N\ny[k] depends on x[.,k], w\nE[k] = log(cosh(y[k] - t[k]))\nE = 1/N*sum(k, E[k])", "w", [],
     "sum(k, dE/dE[k]*dE[k]/dy[k]*dy[k]/dw)"),
    ("w13 = log(1 + exp(v))\nw24 = -v\nz3 = x1*w13\nz4 = x2*w24\ny = z3 + z4\nE = (y - t)^2", "v", [],
     "dE/dw13*dw13/dv + dE/dw24*dw24/dv"),
    ("w13 = log(1 + exp(v))\nw24 = -v\nz3 = x1*w13\nz4 = x2*w24\ny = z3 + z4\nE = (y - t)^2", "v", ["z3", "z4"],
     "dE/dz3*dz3/dw13*dw13/dv + dE/dz4*dz4/dw24*dw24/dv"),
    ("E = log cosh(y - t)", "y", [], "dE/dc*dc/dz*dz/dy"),
]


@pytest.mark.parametrize(("net", "by", "through", "stated"), CHAINS)
def test_chain_rule(net: str, by: str, through: list[str], stated: str) -> None:
    found = chain_rule(net_of(net), ref("E"), ref(by), [ref(t) for t in through])
    assert plain(found.result) == stated
    assert len(found.steps) == 2


def test_many_paths_go_layer_by_layer() -> None:
    lines = ["h0 = w*x1"]
    for n in range(1, 6):
        lines += [f"a{n} = tanh(h{n - 1})", f"b{n} = sin(h{n - 1})", f"h{n} = a{n}*b{n}"]
    found = gradient(net_of("\n".join([*lines, "E = h5^2"])), ref("E"), ref("w"))
    said = as_dict(found)
    assert [s["rule"] for s in said["steps"][:2]] == ["layer by layer", "chain rule"]
    assert sorted(list(said["where"])[:3]) == ["ga5", "gb5", "gh5"]
    assert said["result"] == "gh0*x1"


def test_hessian_both_ways() -> None:
    net = net_of("y = 0.5*(x1*w13)^2 + 0.5*(x2*w24)^2\nE = (y - t)^2")
    one = hessian(net, ref("E"), (ref("w13"), ref("w24")))
    two = hessian(net, ref("E"), (ref("w24"), ref("w13")))
    assert plain(one.result) == "2*x1^2*w13*x2^2*w24"
    assert sorted(plain(one.result).split("*")) == sorted(plain(two.result).split("*"))


def test_softplus_twice_is_the_slope_of_the_sigmoid() -> None:
    found = hessian(net_of("z = log(1 + exp(x))"), ref("z"), (ref("x"), ref("x")))
    assert as_dict(found)["where"] == {"gx": "exp(x)/(1 + exp(x))"}
    assert plain(found.result) == "gx*(1 - gx)"


def test_a_wrong_line_is_not_handed_out() -> None:
    found = gradient(net_of("E = log cosh(y - t)"), ref("E"), ref("y"))
    bad = found.steps[-1]
    bad.line = Rel((bad.line.args[0], Num(1, "1")), ("=",))
    with pytest.raises(OutOfReach, match="did not hold"):
        verify(found)


def test_no_name_is_taken_twice() -> None:
    found = gradient(net_of("z = q*y\nc = 3*z\nE = log cosh(c - t)"), ref("E"), ref("c"))
    names = [plain(n) for n, _ in found.parts]
    assert len(set(names)) == len(names)
    assert not {"z", "c", "q", "y", "t", "E"} & set(names)


ERRORS = [
    ("E = (y - t)^2", "E", "q", BadValue, "q does not occur in the equations"),
    ("E = (y - t)^2", "F", "y", BadValue, "F does not occur in the equations"),
    ("y depends on x, w\nE = y^2", "y", "w", OutOfReach, "y is given by no equation"),
    ("t = 1..T\nh[t] = tanh(w*h[t-1] + h[t+1])\nE = sum(t, h[t])", "E", "w", OutOfReach, "recurrence of h has no direction"),
]


@pytest.mark.parametrize(("net", "of", "by", "kind", "message"), ERRORS)
def test_errors(net: str, of: str, by: str, kind: type[WorkingsError], message: str) -> None:
    with pytest.raises(kind, match=re.escape(message)):
        gradient(net_of(net), ref(of), ref(by))


def test_derivation_is_data() -> None:
    found = gradient(net_of("E = (y - t)^2"), ref("E"), ref("y"))
    assert isinstance(found, Derivation)
    assert all(step.line.ops == ("=",) * len(step.line.ops) for step in found.every())
