"""What a right solution of our own sheet holds: a table of facts, each with a way to break it.

`holds(answer)` judges the JSON of a task, written down by hand or computed by functions of the standard library that
share no code with the package; formulas are read back from the plain notation and evaluated at exact points.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from workings import evaluate
from workings.expr import Big, Deriv, Equation, Expr, Network, Num, Ref, preorder, substitute
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read_expression

Answer = dict[str, Any]


@dataclass(frozen=True)
class Fact:
    """One fact of one task; `alter` makes an answer in which it is false."""

    part: str
    asked: str
    about: str
    says: str
    holds: Callable[[Answer, Network], bool]
    alter: Callable[[Answer], None]

    def altered(self, answer: Answer) -> Answer:
        changed = copy.deepcopy(answer)
        self.alter(changed)
        return changed


# -- 1a, 3a, 4a: the network
def connections(answer: Answer) -> list[tuple[str, str]]:
    """(weight, act of the neuron it leads to) of every connection, sorted."""
    return sorted((w, n["act"]) for n in answer["neurons"] for w in n["in"].values())


def hidden(answer: Answer, act: str) -> list[list[tuple[str, str]]]:
    return sorted(sorted(n["in"].items()) for n in answer["neurons"] if n["act"] == act)


def rename(answer: Answer, neuron: int, key: str, value: Any) -> None:
    answer["neurons"][neuron][key] = value


# -- 1b: pieces and boundary
MAPS = {"+++": (2, 0, 0), "+-+": (2, 0, 1), "+--": (2, -1, 0), "-++": (2, 1, 0), "-+-": (2, 0, -1), "---": (2, 0, 0)}


def affine(region: Answer) -> tuple[Fraction, ...]:
    return tuple(Fraction(region["affine"]["y"].get(name, "0")) for name in ("const", "x1", "x2"))


def full(answer: Answer) -> dict[str, tuple[Fraction, ...]]:
    return {r["pattern"]: affine(r) for r in answer["regions"] if r["status"] == "full"}


RAYS = {(2, -2, 1, 0), (2, -2, 0, -1), (-2, 2, -1, 0), (-2, 2, 0, 1)}


def rays(answer: Answer) -> set[tuple[int, ...]]:
    found = set()
    for edge in answer["boundary"]:
        if edge["type"] == "ray":
            length = max(abs(Fraction(d)) for d in edge["dir"])
            found.add((*(Fraction(v) for v in edge["from"]), *(Fraction(d) / length for d in edge["dir"])))
    return found


def inside(region: Mapping[str, Any], x: Fraction, y: Fraction) -> bool:
    """Is a point in conv(vertices) + cone(rays)?  By the sides of the convex hull, the rays cut off far away."""
    vertices = [tuple(map(Fraction, v)) for v in region["vertices"]]
    far = [(a + 1000 * Fraction(p), b + 1000 * Fraction(q)) for a, b in vertices for p, q in region["rays"]]
    corners = [*vertices, *far]
    for (a, b) in corners:
        for (c, d) in corners:
            side = [(c - a) * (q - b) - (d - b) * (p - a) for p, q in corners]
            if (a, b) != (c, d) and all(s >= 0 for s in side) and (c - a) * (y - b) - (d - b) * (x - a) < 0:
                return False
    return True


def label(answer: Answer, x: int, y: int) -> set[str]:
    return {c["label"] for c in answer["classes"] for r in c["regions"] if inside(r, Fraction(x), Fraction(y))}


CLASSES = [((5, -3), "class 1"), ((3, -9), "class 1"), ((-3, 9), "class 1"), ((-9, 3), "class 1"), ((0, 0), "class 2"),
           ((5, 5), "class 2"), ((-5, -5), "class 2"), ((5, -1), "class 2"), ((1, -9), "class 2"), ((-1, 9), "class 2")]


# -- formulas at points
def formula(text: str, net: Network) -> Expr:
    return read_expression(text, signatures(), net)


def worth(answer: Answer, net: Network, given: Mapping[str, Any], indices: Mapping[str, int] | None = None) -> float:
    return float(exact(answer, net, given, indices))


def exact(answer: Answer, net: Network, given: Mapping[str, Any], indices: Mapping[str, int] | None = None) -> Any:
    """The result of a derivation at a point; adjoints under `where` are worked out first."""
    pairs = [(formula(name, net), formula(value, net)) for name, value in answer["where"].items()]
    extra = tuple(Equation(name, value) for name, value in pairs if isinstance(name, Ref))
    whole = net.with_(equations=(*net.equations, *extra))
    at = {name: Num(value) for name, value in (indices or {}).items()}
    return evaluate.value(substitute(formula(answer["result"], whole), at), given, whole)


def near(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-9 * max(1.0, abs(a), abs(b))


def derivatives(answer: Answer, net: Network) -> list[str]:
    """The factors of a chain rule, each as d<of>/d<by>, in the order written."""
    found = [n for n in preorder(formula(answer["result"], net)) if isinstance(n, Deriv)]
    return [f"{plain(n.of)} by {plain(n.wrt[0])}" for n in found]


def summed(answer: Answer, net: Network) -> bool:
    return any(isinstance(n, Big) and n.op == "sum" for n in preorder(formula(answer["result"], net)))


SCALARS = [{"y": Fraction(1, 2), "t": Fraction(-1, 3)}, {"y": Fraction(-2), "t": Fraction(5, 7)}]
DATA = {"w": [Fraction(1, 2), Fraction(-1, 3)], "t": [1, -2, Fraction(1, 4)], "M": 3, "d": 2,
        "x": [[1, Fraction(1, 2), -1], [2, -3, Fraction(2, 3)]]}


def linear(j: int) -> float:
    """The derivative of the mean error by w_j, by hand."""
    w, t, x = DATA["w"], DATA["t"], DATA["x"]
    error = [math.tanh(sum(float(w[i] * x[i][n]) for i in range(2)) - t[n]) for n in range(3)]
    return sum(error[n] * float(x[j - 1][n]) for n in range(3)) / 3


LAYERS = {"x1": 1, "x2": Fraction(-1, 2), "t": Fraction(1, 3), "w13": Fraction(1, 2), "w23": 1, "w14": Fraction(-1, 4),
          "w24": Fraction(3, 4), "w35": 1, "w45": Fraction(-1, 2), "w36": Fraction(2, 3), "w46": 2,
          "w57": Fraction(1, 5), "w67": -1}


def layered(point: Mapping[str, Any]) -> float:
    """The derivative of L by w24 in exercise 3, by hand."""
    v = {k: float(x) for k, x in point.items()}
    h3, h4 = math.tanh(v["x1"] * v["w13"] + v["x2"] * v["w23"]), math.tanh(v["x1"] * v["w14"] + v["x2"] * v["w24"])
    h5, h6 = math.tanh(h3 * v["w35"] + h4 * v["w45"]), math.tanh(h3 * v["w36"] + h4 * v["w46"])
    error = math.tanh(h5 * v["w57"] + h6 * v["w67"] - v["t"])
    down = v["w57"] * (1 - h5**2) * v["w45"] + v["w67"] * (1 - h6**2) * v["w46"]
    return error * down * (1 - h4**2) * v["x2"]


def program(answer: Answer, net: Network, given: Mapping[str, Any]) -> dict[str, float]:
    """The statements carried out one after the other, each using only what stands before it."""
    names = {name: Fraction(value) for name, value in given.items()}
    for statement in (*answer["forward"], *answer["backward"]):
        expr = formula(statement["value"], Network())
        names[statement["name"]] = evaluate.value(expr, names)
    return {wrt: float(names[name]) for wrt, name in answer["gradients"].items()}


def counted(answer: Answer, half: str) -> int:
    """Binary operators, powers and calls of the statements of one half; signs and factors ±1 are free."""
    return sum(_operations(formula(s["value"], Network())) for s in answer[half])


def _operations(expr: Expr) -> int:
    from workings.expr import Add, Call, Div, Mul, Pow

    total = 0
    for node in preorder(expr):
        if isinstance(node, Add | Mul):
            total += len(node.args) - 1
        elif isinstance(node, Div | Pow | Call):
            # log cosh, recognised, is one call
            inner = node.args[0] if isinstance(node, Call) and node.args else None
            total += not (isinstance(node, Call) and node.function == "log" and isinstance(inner, Call))
    return total


def declared(answer: Answer, half: str) -> int:
    return sum(answer["operations"][half].values())


SHARED = [
    {"x1": Fraction(1, 2), "x2": Fraction(-3, 2), "t": Fraction(2, 3), "w13": Fraction(3, 4), "w24": Fraction(-1, 5)},
    {"x1": Fraction(-2), "x2": Fraction(1, 3), "t": Fraction(-1), "w13": Fraction(1, 6), "w24": Fraction(4)},
]


def by_weight(point: Mapping[str, Fraction], x: str, w: str) -> Fraction:
    y = (point["x1"] * point["w13"]) ** 2 / 2 + (point["x2"] * point["w24"]) ** 2 / 2
    return (y - point["t"]) * point[x] ** 2 * point[w]


def weighted(answer: Answer, net: Network, x: str, w: str) -> bool:
    return all(exact(answer, net, p) == by_weight(p, x, w) for p in SHARED)


def by_v(point: Mapping[str, Any]) -> float:
    x1, x2, t, v = (float(point[k]) for k in ("x1", "x2", "t", "v"))
    w13, w24 = math.log(1 + math.exp(v)), -math.log(1 + math.exp(-v))
    y = (x1 * w13) ** 2 / 2 + (x2 * w24) ** 2 / 2
    up, down = 1 / (1 + math.exp(-v)), 1 / (1 + math.exp(v))
    return (y - t) * (x1**2 * w13 * up + x2**2 * w24 * down)


V = [{"x1": 1, "x2": Fraction(-1, 2), "t": Fraction(1, 3), "v": Fraction(1, 4)}, {"x1": 2, "x2": 1, "t": 0, "v": -3}]


def swap(answer: Answer, key: str, old: str, new: str) -> None:
    assert old in answer[key], (old, answer[key])
    answer[key] = answer[key].replace(old, new, 1)


def statement(answer: Answer, number: int, old: str, new: str) -> None:
    line = answer["backward"][number]
    assert old in line["value"], line
    line["value"] = line["value"].replace(old, new, 1)


def facts() -> Iterator[Fact]:
    yield from _drawn()
    yield from _cut()
    yield from _derived()
    yield from _shared()


def _drawn() -> Iterator[Fact]:
    yield Fact("1a", "draw", "y", "four neurons", lambda a, n: len(a["neurons"]) == 4, lambda a: a["neurons"].pop(0))
    yield Fact("1a", "draw", "y", "seven connections with these weights",
               lambda a, n: connections(a) == sorted([("1", "relu")] * 4 + [("-1", "linear")] * 2 + [("1", "linear")]),
               lambda a: a["neurons"][0]["in"].update(x1="2"))
    yield Fact("1a", "draw", "y", "one relu neuron for each of x1, x2 and x1 + x2",
               lambda a, n: hidden(a, "relu") == [[("x1", "1")], [("x1", "1"), ("x2", "1")], [("x2", "1")]],
               lambda a: rename(a, 1, "in", {"x1": "1"}))
    yield Fact("1a", "draw", "y", "biases 0, 0, 0 and 2",
               lambda a, n: sorted(x["bias"] for x in a["neurons"]) == ["0", "0", "0", "2"],
               lambda a: rename(a, 3, "bias", "1"))
    yield Fact("1a", "draw", "y", "three relu, one linear",
               lambda a, n: sorted(x["act"] for x in a["neurons"]) == ["linear", "relu", "relu", "relu"],
               lambda a: rename(a, 0, "act", "tanh"))
    yield Fact("3a", "draw", "y", "four tanh neurons and a linear one",
               lambda a, n: sorted(x["act"] for x in a["neurons"]) == ["linear"] + ["tanh"] * 4,
               lambda a: rename(a, 0, "act", "relu"))
    yield Fact("3a", "draw", "y", "each of the ten weights on one connection",
               lambda a, n: sorted(w for w, _ in connections(a)) == sorted(k for k in LAYERS if k[0] == "w"),
               lambda a: a["neurons"][2]["in"].update(h3="w36"))
    yield Fact("4a", "draw", "y", "two neurons that halve the square",
               lambda a, n: hidden(a, "1/2*z^2") == [[("x1", "w13")], [("x2", "w24")]],
               lambda a: rename(a, 0, "act", "z^2"))


def _cut() -> Iterator[Fact]:
    yield Fact("1b", "pieces", "y", "six full and two empty patterns",
               lambda a, n: [r["status"] for r in a["regions"]].count("full") == 6
               and sorted(r["pattern"] for r in a["regions"] if r["status"] == "empty") == ["++-", "--+"],
               lambda a: a["regions"][1].update(status="full", affine={"y": {"const": "2"}}))
    yield Fact("1b", "pieces", "y", "five maps", lambda a, n: len(set(full(a).values())) == 5 == a["counts"]["maps"],
               lambda a: a["regions"][2].update(affine={"y": {"const": "2"}}))
    yield Fact("1b", "pieces", "y", "the map of each pattern", lambda a, n: full(a) == MAPS,
               lambda a: a["regions"][3]["affine"]["y"].update(x1="1"))
    yield Fact("1b", "pieces", "y", "numbered in the order +++ … ---",
               lambda a, n: [r["pattern"] for r in sorted(a["regions"], key=lambda r: r["number"])]
               == ["+++", "++-", "+-+", "+--", "-++", "-+-", "--+", "---"],
               lambda a: (a["regions"][4].update(number=6), a["regions"][5].update(number=5)))
    yield Fact("1b", "pieces", "y", "why a pattern is empty",
               lambda a, n: all("against" in r.get("why_empty", "") for r in a["regions"] if r["status"] == "empty"),
               lambda a: a["regions"][1].pop("why_empty"))
    yield Fact("1b", "boundary", "y", "four rays and nothing else",
               lambda a, n: rays(a) == RAYS and len(a["boundary"]) == 4, lambda a: a["boundary"].pop())
    yield Fact("1b", "boundary", "y", "each ray from its point in its direction", lambda a, n: rays(a) == RAYS,
               lambda a: a["boundary"][0].update({"from": ["1", "-1"]}))
    yield Fact("1b", "boundary", "y", "the classes at ten points",
               lambda a, n: all(label(a, *p) == {c} for p, c in CLASSES),
               lambda a: a["classes"][0].update(label="class 2"))
    yield Fact("1b", "boundary", "y", "the sign changes across every ray",
               lambda a, n: all(e["kind"] == "crosses" for e in a["boundary"]),
               lambda a: a["boundary"][2].update(kind="touches"))
    yield Fact("1b", "boundary", "y", "the symmetry that saves half the work",
               lambda a, n: "swap x1 x2" in a["symmetries"], lambda a: a["symmetries"].clear())


def _derived() -> Iterator[Fact]:
    yield Fact("2a", "gradient", "dL/dy", "tanh(y - t) at exact points",
               lambda a, n: all(near(worth(a, n, p), math.tanh(p["y"] - p["t"])) for p in SCALARS),
               lambda a: a.update(result="tanh(y + t)"))
    yield Fact("2a", "gradient", "dL/dy", "at least two steps", lambda a, n: len(a["steps"]) >= 2,
               lambda a: a["steps"].clear())
    yield Fact("2b", "chain rule", "dL/dw", "L by L_n, L_n by f_n, f_n by w, summed",
               lambda a, n: derivatives(a, n) == ["L by L[n]", "L[n] by f[n]", "f[n] by w"] and summed(a, n),
               lambda a: swap(a, "result", "f[n]", "t[n]"))
    yield Fact("2c", "gradient", "dL/dw[j]", "the mean of tanh(f_n - t_n) x_j at exact points",
               lambda a, n: all(near(worth(a, n, DATA, {"j": j}), linear(j)) for j in (1, 2)),
               lambda a: swap(a, "result", "tanh", "sinh"))
    yield Fact("2c", "gradient", "dL/dw[j]", "no delta and no case distinction left",
               lambda a, n: not any(word in a["result"] for word in ("delta", "ind", "where")),
               lambda a: a.update(result=a["result"] + " + 0*delta(j,1)"))
    yield Fact("3b", "backward", "dL/dw24", "the value of the derivative",
               lambda a, n: near(program(a, n, LAYERS)["w24"], layered(LAYERS)),
               lambda a: statement(a, 1, "w", "t + w"))
    yield Fact("3b", "backward", "dL/dw24", "the operations are those of the statements",
               lambda a, n: all(counted(a, half) == declared(a, half) for half in ("forward", "backward")),
               lambda a: a["operations"]["backward"].update(mul=99))
    yield Fact("3b", "backward", "dL/dw24", "nothing is computed twice: at most 26 operations forward, 17 backward",
               lambda a, n: declared(a, "forward") <= 26 and declared(a, "backward") <= 17,
               lambda a: a["operations"]["backward"].update(mul=99))


def _shared() -> Iterator[Fact]:
    yield Fact("4b", "gradient", "dE/dw13", "right at exact points", lambda a, n: weighted(a, n, "x1", "w13"),
               lambda a: swap(a, "result", " - t", " + t"))
    yield Fact("4b", "gradient", "dE/dw24", "right at exact points", lambda a, n: weighted(a, n, "x2", "w24"),
               lambda a: swap(a, "result", " - t", " + t"))
    yield Fact("4c", "chain rule", "dE/dv", "two products, one for each weight",
               lambda a, n: derivatives(a, n) == ["E by w13", "w13 by v", "E by w24", "w24 by v"],
               lambda a: swap(a, "result", "w24", "w13"))
    yield Fact("4d", "gradient", "dE/dv", "right at points", lambda a, n: all(near(worth(a, n, p), by_v(p)) for p in V),
               lambda a: swap(a, "result", "-", "+"))
