"""Our other sheets, solved: what a right answer holds, computed here by hand in plain Python, a row each.

Every row is also tried on a spoilt answer, so that a wrong one is known to fail.
"""

import copy
import math
from collections.abc import Callable
from fractions import Fraction as F
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from facts import derivatives, exact, inside, near, program

from workings.answers.solution import Solution, Task, as_dict
from workings.errors import Source
from workings.expr import Network
from workings.sheets import solve

FOLDER = Path(__file__).parents[2] / "sheets"
Answer = dict[str, Any]
Holds = Callable[[Answer, Network], bool]


# -- the networks by hand
def relu(z: F) -> F:
    return max(F(0), z)


def leaky(z: F) -> F:
    return max(z, z / 4)


def hat(x: F) -> F:
    return relu(2 * x) - relu(4 * x - 2) + relu(2 * x - 2)


def clipped(x: F) -> F:
    return 3 * min(F(1), max(F(-1), x)) - x


def xor(a: F, b: F) -> F:
    return relu(a + b) - 2 * relu(a + b - 1)


def sig(z: float) -> float:
    return 1 / (1 + math.exp(-z))


# -- what holds
def runs(**expected: Any) -> Holds:
    def holds(answer: Answer, net: Network) -> bool:
        found = answer["values"]
        return all(near(float(F(found[k])), float(v)) for k, v in expected.items())
    return holds


def cut(output: str, f: Callable[..., F], places: int, full: int, maps: int, empty: int) -> Holds:
    """So many pieces, and on each the map that the function has there."""
    def holds(answer: Answer, net: Network) -> bool:
        counts = (answer["counts"]["cells"], answer["counts"]["maps"], answer["counts"]["empty"])
        regions = [r for r in answer["regions"] if r["status"] == "full"]
        names = answer["inputs"]
        for point in grid(places):
            here = [r for r in regions if within(r, point)]
            values = [sum((F(r["affine"][output].get(n, 0)) * x for n, x in zip(names, point)),
                          F(r["affine"][output]["const"])) for r in here]
            if not here or any(v != f(*point) for v in values):
                return False
        return counts == (full, maps, empty)
    return holds


def grid(places: int) -> list[tuple[F, ...]]:
    """Points off every crease."""
    line = [F(n, 7) + F(1, 100) * (1 + n % 3) for n in range(-29, 30, 4)]
    return [tuple(a + F(i, 1000) for i, a in enumerate(p)) for p in product(line, repeat=places)]


def within(region: Answer, point: tuple[F, ...]) -> bool:
    if len(point) == 2:
        return inside(region, *point)
    ends = [F(v[0]) for v in region["vertices"]]
    ends += [F(v[0]) + 1000 * F(r[0]) for v in region["vertices"] for r in region["rays"]]
    return min(ends) < point[0] < max(ends)


def parted(f: Callable[..., F], places: int, level: F, labels: tuple[str, str], parts: list[tuple[str, ...]]) -> Holds:
    """These parts, and the label of the sign of f - level at every point."""
    def holds(answer: Answer, net: Network) -> bool:
        for point in grid(places):
            found = {c["label"] for c in answer["classes"] for r in c["regions"] if within(r, point)}
            if found != {labels[f(*point) > level]}:
                return False
        return sorted(map(part, answer["boundary"])) == sorted(parts)
    return holds


def part(edge: Answer) -> tuple[str, ...]:
    """Its type, its points in order, the direction of a ray."""
    if edge["type"] == "segment":
        return ("segment", *sorted((",".join(edge["from"]), ",".join(edge["to"]))))
    if edge["type"] == "ray":
        return ("ray", ",".join(edge["from"]), ",".join(edge["dir"]))
    if edge["type"] == "line":      # by the value of x1 + x2: all lines of these sheets run along (1, -1)
        return ("line", str(sum(map(F, edge["through"]))), str(F(edge["dir"][0]) / F(edge["dir"][1])))
    return ("point", *edge["at"])


Point = dict[str, Any]
POINTS: list[Point] = [
    {"x": F(1, 2), "w": F(-2, 3), "b": F(1, 4), "t": F(1), "y": F(3, 2), "z": F(-1, 3), "p": F(1, 3), "u": F(3, 2),
     "v": F(-1, 2), "x1": F(1), "x2": F(-2), "w1": F(1, 2), "w2": F(-3, 4)},
    {"x": F(-2), "w": F(1, 5), "b": F(-1), "t": F(0), "y": F(1, 4), "z": F(2), "p": F(3, 4), "u": F(-1, 3),
     "v": F(1, 3), "x1": F(1, 2), "x2": F(3), "w1": F(-1), "w2": F(1, 3)},
]


def slope(f: Callable[..., float], *names: str) -> Holds:
    """The derivative's value, at two points, of the function by hand."""
    def holds(answer: Answer, net: Network) -> bool:
        for point in POINTS:
            given = {k: v for k, v in point.items() if k in {name for name, _ in net.leaves}}
            if not near(float(exact(answer, net, given)), f(*(float(point[n]) for n in names))):
                return False
        return True
    return holds


SET = {"x": [F(1), F(-1, 2), F(2)], "t": [F(1), F(0), F(1)], "N": 3, "w": F(1, 2), "b": F(-1, 3), "lambda": F(1, 5)}
VECTORS = {"x": [[F(1), F(-1, 2), F(2)], [F(0), F(3), F(-1)]], "t": [1, -1, 1], "N": 3, "d": 2, "w": [F(1, 2), F(-2)]}


def over(given: Point, expected: float, **indices: int) -> Holds:
    """The value on a data set."""
    def holds(answer: Answer, net: Network) -> bool:
        return near(float(exact(answer, net, given, indices)), expected)
    return holds


def errors() -> list[float]:
    return [sig(float(SET["w"] * x + SET["b"])) - float(t) for x, t in zip(SET["x"], SET["t"])]


def margin(j: int) -> float:
    total = 0.0
    for k in range(3):
        a = sum(float(VECTORS["w"][i] * VECTORS["x"][i][k]) for i in range(2))
        t = VECTORS["t"][k]
        total += -t * sig(-t * a) * float(VECTORS["x"][j][k])
    return total


def chained(*factors: str) -> Holds:
    return lambda answer, net: sorted(derivatives(answer, net)) == sorted(factors)


def drawn(neurons: int, weights: str) -> Holds:
    """So many neurons, and these weights."""
    def holds(answer: Answer, net: Network) -> bool:
        found = sorted(w for n in answer["neurons"] for w in n["in"].values())
        return len(answer["neurons"]) == neurons and found == sorted(weights.split())
    return holds


WEIGHTS = {"x1": F(1), "x2": F(0), "w1": F(1, 2), "w2": F(-1), "w3": F(1), "w4": F(1, 4), "w5": F(2), "w6": F(-1),
           "b1": F(0), "b2": F(1, 2), "t": F(1)}


def forward() -> dict[str, float]:
    h1, h2 = sig(0.5), sig(1.0)
    out = sig(2 * h1 - h2 + 0.5)
    return {"out_h1": h1, "out_h2": h2, "out_o1": out, "E": (1 - out) ** 2 / 2}


def backward() -> dict[str, float]:
    v = forward()
    delta = (v["out_o1"] - 1) * v["out_o1"] * (1 - v["out_o1"])
    d1 = delta * 2 * v["out_h1"] * (1 - v["out_h1"])
    d2 = -delta * v["out_h2"] * (1 - v["out_h2"])
    return {"w1": d1, "w5": delta * v["out_h1"], "b1": d1 + d2}


def swept(answer: Answer, net: Network) -> bool:
    found, known = program(answer, net, WEIGHTS), backward()
    return set(found) == set(known) and all(near(found[k], known[k]) for k in known)


def residual(x: float, w1: float, w2: float, t: float) -> tuple[float, float]:
    """(dE/dw1, dE/dx)"""
    a1 = math.tanh(w1 * x)
    h1 = x + a1
    a2 = math.tanh(w2 * h1)
    down = (h1 + a2 - t) * (1 + (1 - a2**2) * w2)
    return down * (1 - a1**2) * x, down * (1 + (1 - a1**2) * w1)


def twice(x: float, w: float, t: float) -> float:
    a = math.tanh(w * x)
    y = math.tanh(w * a)
    return 2 * (y - t) * (1 - y**2) * (a + w * (1 - a**2) * x)


def tied(v: float, x1: float, x2: float, t: float) -> float:
    a, b = math.exp(v) * x1, math.exp(-2 * v) * x2
    return 2 * (a * b - t) * (a * b - 2 * a * b)


def focal(p: float) -> float:
    return 2 * (1 - p) * math.log(p) - (1 - p) ** 2 / p


def huber(y: float, t: float) -> float:
    return max(-1.0, min(1.0, y - t))


# sheet, part, asked, about, what holds
ROWS: list[tuple[str, str, str, str, Holds]] = [
    ("logic-gates.md", "1a", "draw", "y", drawn(3, "1 1 1 1 1 -2")),
    *(("logic-gates.md", "1b", "run", f"y at x1 = {a}, x2 = {b}", runs(y=a ^ b)) for a in (0, 1) for b in (0, 1)),
    ("logic-gates.md", "1c", "pieces", "y", cut("y", xor, 2, 3, 3, 1)),
    ("logic-gates.md", "1d", "boundary", "y",
     parted(xor, 2, F(1, 2), ("false", "true"), [("line", "1/2", "-1"), ("line", "3/2", "-1")])),
    ("logic-gates.md", "2a", "run", "y at x1 = 1, x2 = 1", runs(y=1)),
    ("logic-gates.md", "2a", "run", "y at x1 = 1, x2 = 0", runs(y=0)),
    ("logic-gates.md", "2b", "boundary", "y", parted(
        lambda a, b: relu(a + b - 1), 2, F(1, 2), ("class 2", "class 1"), [("line", "3/2", "-1")])),
    ("logic-gates.md", "2c", "pieces", "m", cut("m", lambda a, b: min(a, b), 2, 2, 2, 0)),
    ("hat-functions.md", "1a", "draw", "y", drawn(5, "2 4 2 1 -1 1 1")),
    ("hat-functions.md", "1b", "run", "y at x = 1/4", runs(y=F(1, 2))),
    ("hat-functions.md", "1b", "run", "y at x = 1/2", runs(y=1)),
    ("hat-functions.md", "1b", "run", "y at x = 2", runs(y=0)),
    ("hat-functions.md", "1c", "pieces", "y", cut("y", hat, 1, 4, 3, 4)),
    ("hat-functions.md", "2a", "pieces", "y", cut("y", lambda x: hat(hat(x)), 1, 6, 5, 57)),
    ("hat-functions.md", "2b", "boundary", "y", parted(
        lambda x: hat(hat(x)), 1, F(1, 2), ("y < 1/2", "y > 1/2"), [("point", f"{n}/8") for n in (1, 3, 5, 7)])),
    ("hat-functions.md", "3a", "pieces", "y", cut("y", clipped, 1, 3, 3, 1)),
    ("hat-functions.md", "3b", "boundary", "y",
     parted(clipped, 1, F(0), ("class B", "class A"), [("point", "-3"), ("point", "0"), ("point", "3")])),
    ("regions-and-classes.md", "1a", "draw", "y", drawn(3, "1 1 1 1")),
    ("regions-and-classes.md", "1b", "pieces", "y", cut("y", lambda a, b: abs(a) + abs(b) - 1, 2, 4, 4, 0)),
    ("regions-and-classes.md", "1c", "boundary", "y", parted(
        lambda a, b: abs(a) + abs(b) - 1, 2, F(0), ("class 1", "class 2"),
        [("segment", "0,1", "1,0"), ("segment", "0,-1", "1,0"), ("segment", "-1,0", "0,1"),
         ("segment", "-1,0", "0,-1")])),
    ("regions-and-classes.md", "2a", "pieces", "y", cut("y", lambda a, b: max(a, b, 1 - a - b) - 1, 2, 4, 3, 0)),
    ("regions-and-classes.md", "2b", "boundary", "y", parted(
        lambda a, b: max(a, b, 1 - a - b) - 1, 2, F(0), ("y < 0", "y > 0"),
        [("segment", "1,-1", "1,1"), ("segment", "-1,1", "1,-1"), ("segment", "-1,1", "1,1")])),
    ("regions-and-classes.md", "3a", "run", "f at x1 = 2, x2 = 0", runs(f=2)),
    ("regions-and-classes.md", "3a", "run", "f at x1 = 0, x2 = 4", runs(f=1)),
    ("regions-and-classes.md", "3b", "pieces", "f",
     cut("f", lambda a, b: leaky(a - b) + leaky(a + b) - 2, 2, 4, 4, 0)),
    ("regions-and-classes.md", "3c", "boundary", "f", parted(
        lambda a, b: leaky(a - b) + leaky(a + b) - 2, 2, F(0), ("negative class", "positive class"),
        [("segment", "1,-1", "1,1"), ("ray", "1,-1", "-3,-5"), ("ray", "1,1", "-3,5")])),
    ("logistic-regression.md", "1a", "draw", "p", drawn(1, "w")),
    ("logistic-regression.md", "1b", "gradient", "dE/dw",
     slope(lambda w, x, b, t: (sig(w * x + b) - t) * x, "w", "x", "b", "t")),
    ("logistic-regression.md", "1b", "gradient", "dE/db",
     slope(lambda w, x, b, t: sig(w * x + b) - t, "w", "x", "b", "t")),
    ("logistic-regression.md", "1c", "hessian", "d2E/(dz dz)",
     slope(lambda w, x, b: sig(w * x + b) * (1 - sig(w * x + b)), "w", "x", "b")),
    ("logistic-regression.md", "2a", "gradient", "dE/dw",
     over(SET, sum(e * float(x) for e, x in zip(errors(), SET["x"])) / 3 + 0.1)),
    ("logistic-regression.md", "2b", "gradient", "dE/db", over(SET, sum(errors()) / 3)),
    ("logistic-regression.md", "3a", "chain rule", "dE/dw[j]", chained("E by a[k]", "a[k] by w[j]")),
    ("logistic-regression.md", "3b", "gradient", "dE/dw[j]", over(VECTORS, margin(0), j=1)),
    ("logistic-regression.md", "3b", "gradient", "dE/dw[j]", over(VECTORS, margin(1), j=2)),
    ("sigmoid-network.md", "1a", "draw", "out_o1", drawn(3, "w1 w2 w3 w4 w5 w6")),
    ("sigmoid-network.md", "1b", "run", "out_o1", runs(**forward())),
    ("sigmoid-network.md", "1c", "backward", "dE/dw1, dE/dw5, dE/db1", swept),
    ("sigmoid-network.md", "1d", "gradient", "dE/dw5", lambda a, n: near(a["value"], backward()["w5"])),
    ("sigmoid-network.md", "2a", "gradient", "dE/du", slope(
        lambda u, v, x, t: 2 * (v * sig(u * x) - t) * v * sig(u * x) * (1 - sig(u * x)) * x, "u", "v", "x", "t")),
    ("sigmoid-network.md", "2a", "gradient", "dE/dv",
     slope(lambda u, v, x, t: 2 * (v * sig(u * x) - t) * sig(u * x), "u", "v", "x", "t")),
    ("sigmoid-network.md", "2b", "run", "y", runs(h=F(1, 2), y=2, E=1)),
    ("sigmoid-network.md", "2c", "run", "v_new", runs(v_new=F(7, 2))),
    ("shared-weights.tex", "1a", "draw", "h2", drawn(4, "w1 1 1 w2 1 1")),
    ("shared-weights.tex", "1b", "gradient", "dE/dw1",
     slope(lambda x, w1, w2, t: residual(x, w1, w2, t)[0], "x", "w1", "w2", "t")),
    ("shared-weights.tex", "1c", "gradient", "dE/dx",
     slope(lambda x, w1, w2, t: residual(x, w1, w2, t)[1], "x", "w1", "w2", "t")),
    ("shared-weights.tex", "2a", "chain rule", "dE/dw",
     chained("E by y", "y by z2", "z2 by a1", "a1 by z1", "z1 by w", "z2 by w")),
    ("shared-weights.tex", "2b", "gradient", "dE/dw", slope(twice, "x", "w", "t")),
    ("shared-weights.tex", "3a", "gradient", "dE/du",
     slope(lambda u, w, x1, x2, t: 2 * (u * x1 * w * x2 - t) * w * x2 * x1, "u", "w", "x1", "x2", "t")),
    ("shared-weights.tex", "3a", "gradient", "dE/dw",
     slope(lambda u, w, x1, x2, t: 2 * (u * x1 * w * x2 - t) * u * x1 * x2, "u", "w", "x1", "x2", "t")),
    ("shared-weights.tex", "3b", "chain rule", "dE/dv", chained("E by u", "u by v", "E by w", "w by v")),
    ("shared-weights.tex", "3c", "gradient", "dE/dv", slope(tied, "v", "x1", "x2", "t")),
    ("losses.tex", "1a", "gradient", "dE/dz", slope(lambda z, t: math.exp(z) - t, "z", "t")),
    ("losses.tex", "1b", "hessian", "d2E/(dz dz)", slope(math.exp, "z")),
    ("losses.tex", "1c", "gradient", "dE/dw",
     slope(lambda w, x, b, t: (math.exp(w * x + b) - t) * x, "w", "x", "b", "t")),
    ("losses.tex", "1c", "gradient", "dE/db", slope(lambda w, x, b, t: math.exp(w * x + b) - t, "w", "x", "b", "t")),
    ("losses.tex", "2a", "gradient", "dE/dy", slope(huber, "y", "t")),
    ("losses.tex", "2b", "run", "E at y = 3, t = 1", runs(E=F(3, 2))),
    ("losses.tex", "2b", "run", "E at y = 1, t = 1/2", runs(E=F(1, 8))),
    ("losses.tex", "3a", "gradient", "dE/dp", lambda a, n: all(
        near(float(exact({**a, "result": a["result"]}, n.with_(equations=n.equations[:1]), {"p": p})), focal(float(p)))
        for p in (F(1, 3), F(3, 4)))),
    ("losses.tex", "3a", "gradient", "dE/dz", slope(lambda z: focal(sig(z)) * sig(z) * (1 - sig(z)), "z")),
    ("losses.tex", "3b", "run", "E", runs(E=math.log(2) / 4)),
    ("losses.tex", "4a", "gradient", "dE/dy", slope(lambda y, t: (y - t) / math.sqrt(1 + (y - t) ** 2), "y", "t")),
    ("losses.tex", "4b", "hessian", "d2E/(dy dy)", slope(lambda y, t: (1 + (y - t) ** 2) ** -1.5, "y", "t")),
]
SHEETS = tuple(dict.fromkeys(row[0] for row in ROWS))


@cache
def solution(name: str) -> Solution:
    path = FOLDER / name
    return solve(Source(path.read_text("utf-8"), str(path)))


def found(sheet: str, label: str, asked: str, about: str) -> tuple[Task, Answer]:
    solved = solution(sheet)
    tasks = [(t, d) for e, f in zip(solved.exercises, as_dict(solved)["exercises"])
             for t, d in zip(e.tasks, f["tasks"]) if (e.number + t.label, t.asked, t.about) == (label, asked, about)]
    assert len(tasks) == 1, f"{label}: {asked} {about} stands {len(tasks)} times"
    return tasks[0]


def spoilt(asked: str, answer: Answer) -> Answer:
    """The answer, wrong."""
    out = copy.deepcopy(answer)
    if asked in ("gradient", "hessian"):
        out["result"] += " + 1"
        out["value"] = 1.0
    elif asked == "run":
        out["values"] = {k: str(F(v) + 1) for k, v in out["values"].items()}
    elif asked == "pieces":
        of = next(r for r in out["regions"] if r["status"] == "full")
        of["affine"] = {k: {**v, "const": str(F(v["const"]) + 1)} for k, v in of["affine"].items()}
    elif asked == "boundary":
        out["classes"][0]["label"] = out["classes"][1]["label"]
    elif asked == "chain rule":
        out["result"] = out["result"].replace("/d", "/dq", 1)
    elif asked == "draw":
        out["neurons"][-1]["in"].popitem()
    else:
        out["backward"][0]["value"] += " + 1"
    return out


def rows() -> list[Any]:
    return [pytest.param(*row, id=" ".join(row[:4])) for row in ROWS]


@pytest.mark.parametrize(("sheet", "label", "asked", "about", "holds"), rows())
def test_the_answer_is_right(sheet: str, label: str, asked: str, about: str, holds: Holds) -> None:
    task, data = found(sheet, label, asked, about)
    assert holds(data["answer"], task.net)


@pytest.mark.parametrize(("sheet", "label", "asked", "about", "holds"), rows())
def test_a_spoilt_answer_fails(sheet: str, label: str, asked: str, about: str, holds: Holds) -> None:
    task, data = found(sheet, label, asked, about)
    assert not holds(spoilt(asked, data["answer"]), task.net)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_task_of_a_sheet_has_a_row_and_is_solved(sheet: str) -> None:
    tasks = [(e.number + t.label, t.asked, t.about, t.status) for e in solution(sheet).exercises for t in e.tasks]
    assert [t for t in tasks if t[3] != "solved"] == []
    assert [t[:3] for t in tasks] == list(dict.fromkeys(row[1:4] for row in ROWS if row[0] == sheet))


def test_every_sheet_is_among_them() -> None:
    own = sorted(p.name for p in FOLDER.iterdir() if p.suffix in (".md", ".tex"))
    assert own == sorted((*SHEETS, "backpropagation.md", "transformer-block.md"))
