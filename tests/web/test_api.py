"""The page's API: what each verb answers, what is refused, and how."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from workings.web.described import openapi
from workings.web.verbs import VERBS, answer
from workings.web.worker import _safely

SHEET_NET = "y = 2 - r(x1) - r(x2) + r(x1 + x2)\nr(s) = max(0, s)\nclass 1 if y < 0"
NEURON = "z = w*x + b\ny = tanh(z)\nE = log(cosh(y - t))"


def ask(verb: str, **fields: Any) -> dict[str, Any]:
    found = _safely(answer, {"verb": verb, **fields})
    json.dumps(found, allow_nan=False)
    return found


def floats(text: str, kind: str = "f") -> list[float]:
    data = base64.b64decode(text)
    return list(struct.unpack(f"<{len(data) // 4}{kind}", data))


def test_the_sheets_network_at_once() -> None:
    found = ask("look", network=SHEET_NET)
    plane, graph = found["plane"], found["graph"]
    assert plane["cells"] == 6 and len(plane["patterns"]) == 6
    assert [part["type"] for part in plane["boundary"]["boundary"]] == ["ray"] * 4
    assert [c["label"] for c in plane["boundary"]["classes"]] == ["class 1", "y > 0"]
    assert len(floats(plane["vertices"])) == 2 * floats(plane["offsets"], "I")[-1]
    assert {key for key in graph["titles"].values() if ">" in key} == {
        "x1>h1", "x2>h2", "x1>h3", "x2>h3", "h1>y", "h2>y", "h3>y"}
    assert graph["numbers"]["y"]["bias"] == {"text": "2", "value": "2", "parameter": ""}
    assert "<math" in found["reading"]["html"] and graph["svg"].startswith("<svg")


def test_each_cell_has_its_map() -> None:
    plane = ask("look", network=SHEET_NET, box=["-4", "4", "-4", "4"])["plane"]
    corners, offsets = floats(plane["vertices"]), [int(v) for v in floats(plane["offsets"], "I")]
    A, b = floats(plane["A"]), floats(plane["b"])
    for k in range(plane["cells"]):
        cell = corners[2 * offsets[k] : 2 * offsets[k + 1]]
        for x, y in zip(cell[::2], cell[1::2]):
            truth = 2 - max(0, x) - max(0, y) + max(0, x + y)
            assert A[2 * k] * x + A[2 * k + 1] * y + b[k] == pytest.approx(truth)


# network | neuron, source, value | the text then
CHANGES = [
    (SHEET_NET, ("h3", "", "1/2"), SHEET_NET.replace("r(x1 + x2)", "r(x1 + x2 + 1/2)")),
    (SHEET_NET, ("h3", "x1", "-0.5"), SHEET_NET.replace("r(x1 + x2)", "r(-0.5*x1 + x2)")),
    (SHEET_NET, ("y", "h1", "2"), SHEET_NET.replace("2 - r(x1)", "2 + 2*r(x1)")),
    ("h_1 = \\max(0, x_1 - x_2)\ny = 2 h_1  % kept", ("h1", "x2", "3"), "h_{1} = \\max(0, x_{1} + 3 x_{2})\ny = 2 h_1  % kept"),
    ("# mine\ny = relu(x1)  # here\n\n", ("y", "", "-1/3"), "# mine\ny = relu(x1 - 1/3)  # here\n\n"),
]


@pytest.mark.parametrize(("text", "asked", "then"), CHANGES, ids=[str(row[1]) for row in CHANGES])
def test_one_number_changed_and_nothing_else(text: str, asked: tuple[str, str, str], then: str) -> None:
    neuron, source, value = asked
    found = ask("change", network=text, neuron=neuron, source=source, value=value)
    assert found["text"] == then, found
    numbers = ask("look", network=then, want=["graph"])["graph"]["numbers"]
    now = numbers[neuron]["in"][source] if source else numbers[neuron]["bias"]
    from fractions import Fraction

    assert Fraction(now["value"]) == Fraction(value)


def test_forward_and_backward_one_number_a_step() -> None:
    found = ask("walk", network=NEURON, at={"w": "1", "b": "0"}, point={"x": "0", "t": "0"})
    numbers = {s["name"]: s["number"] for s in found["steps"]}
    assert numbers["z"] == "0" and numbers["gw"] == 0 and found["missing"] == []
    assert [s["phase"] for s in found["steps"]] == sorted((s["phase"] for s in found["steps"]), reverse=True)
    missing = ask("walk", network=NEURON, point={"x": "1"})
    assert {"w", "b", "t"} <= set(missing["missing"])


def test_pages_of_the_verbs() -> None:
    assert ask("gradient", network=NEURON, of="E", wrt="w")["result"]["wrt"] == "w"
    assert ask("backward", network=NEURON)["result"]["gradients"] == {"w": "gw", "b": "gb"}
    lines = ask("check", network=NEURON, lines="dE/dy = tanh(t - y)")["result"]["lines"]
    assert lines[0]["verdict"] == "wrong" and lines[0]["counterexample"]["at"]
    assert "def " in ask("code", network=NEURON, to="python")["text"]
    solved = ask("solve", sheet=f"# Exercise 1\n\nLet ${'$, $'.join(NEURON.splitlines())}$.\n\n(a) Compute $dE/dy$.\n")
    assert solved["result"]["exercises"][0]["tasks"][0]["status"] == "solved"


@pytest.mark.parametrize("what, form, begins", [
    ("draw", "svg", b"<svg"), ("draw", "tikz", b"% The document needs"), ("boundary", "svg", b"<svg"),
    ("pieces", "json", b"{"), ("boundary", "html", b"<!DOCTYPE html>"), ("read", "txt", b""),
])
def test_files(what: str, form: str, begins: bytes) -> None:
    found = ask("export", network=SHEET_NET, what=what, **{"as": form})
    assert found["name"] == f"{what}.{form}" and base64.b64decode(found["data"]).lstrip().startswith(begins)


# request | what the message says
REFUSED = [
    (("look", {"network": "y = 2*("}), "something is missing between ( and the end"),
    (("look", {}), "the request has no network"),
    (("look", {"network": 3}), "the request has no network"),
    (("look", {"network": "y = x1 + x2", "box": [1]}), "the box is no list of low and high"),
    (("look", {"network": "y = x1 + x2", "box": ["1", "0", "0", "1"]}), "a side of the box runs from 1 to 0"),
    (("look", {"network": "y = x", "shell": "ls"}), "look takes no shell"),
    (("look", {"network": "y = w*x", "at": {"w": "1e999999999"}}), "is no number"),
    (("look", {"network": "y = w*x", "at": {"w": "__import__('os')"}}), "is no number for w"),
    (("change", {"network": "y = relu(x1)", "neuron": "h9", "value": "1"}), "there is no neuron h9"),
    (("change", {"network": {"name": "a.json", "data": ""}, "neuron": "h1", "value": "1"}), "stand in no text"),
    (("look", {"network": {"name": "net.pt", "data": ""}}), "no kind of model that the page reads"),
    (("look", {"network": {"name": "net.json", "data": "!!"}}), "pieces that do not fit"),
    (("look", {"network": {"name": "../../etc/passwd", "data": ""}}), "passwd is no kind of model"),
    (("export", {"network": "y = x1", "what": "draw", "as": "../x"}), "is no format of the page"),
    (("export", {"network": "y = x1", "what": "train"}), "the page exports no train"),
    (("check", {"network": "y = x"}), "there is no line to check"),
]


@pytest.mark.parametrize(("request_", "says"), REFUSED, ids=[f"{r[0]}: {s}" for r, s in REFUSED])
def test_refused(request_: tuple[str, dict[str, Any]], says: str) -> None:
    found = ask(request_[0], **request_[1])
    problem = found if not found["ok"] else next(p["why"] for p in found.values() if isinstance(p, dict) and "why" in p)
    text = found["error"]["message"] if not found["ok"] else problem["message"]
    assert says in text, text


def test_a_text_is_never_a_path(tmp_path: Any) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("y = 12345*x")
    for verb in ("look", "read", "solve", "check"):
        field = "sheet" if verb == "solve" else "network"
        more = {"lines": "y = 1"} if verb == "check" else {}
        assert "12345" not in json.dumps(ask(verb, **{field: str(secret)}, **more))


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>"


@pytest.mark.parametrize("fields", [
    {"verb": "look", "network": f"y = x # {SCRIPT}"}, {"verb": "look", "network": f"\\text{{{SCRIPT}}} = x"},
    {"verb": "solve", "sheet": f"# {SCRIPT}\n\nLet $y = x^2$. {SCRIPT}\n\n(a) Compute $dy/dx$. {SCRIPT}"},
    {"verb": "solve", "sheet": f"# T\n\n![{SCRIPT}](javascript:alert(1)) [a](javascript:alert(1))\n\n(a) Compute $dy/dx$."},
    {"verb": "check", "network": "y = x", "lines": f"dy/dx = 1 {SCRIPT}"},
    {"verb": "gradient", "network": "y = x", "of": SCRIPT, "wrt": "x"},
], ids=lambda f: f["verb"])
def test_nothing_typed_becomes_markup(fields: dict[str, Any]) -> None:
    found = _safely(answer, dict(fields))
    for html in strings(found, ("html", "svg")):
        low = html.lower()
        assert "<script" not in low and "<img" not in low and "javascript:" not in low.replace("javascript:alert(1))", "")
        assert 'href="javascript' not in low


def strings(found: Any, keys: tuple[str, ...]) -> Iterator[str]:
    if isinstance(found, dict):
        for key, value in found.items():
            if key in keys and isinstance(value, str):
                yield value
            else:
                yield from strings(value, keys)


def test_the_description_names_every_verb() -> None:
    paths = openapi()["paths"]
    assert set(paths) == {f"/api/{name}" for name in VERBS}
    for name, verb in VERBS.items():
        body = paths[f"/api/{name}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert set(body["properties"]) == set(verb.fields)
