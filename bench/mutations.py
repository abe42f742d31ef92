"""The mutation run of the checker: derivation lines in equal forms must not be called wrong, damaged ones not right.

    python bench/mutations.py [COUNT [SEED]]       COUNT equal and COUNT damaged lines, over random networks

The judge is mpmath with derivatives by differences; it shares no code with the checker.  Exit 1 on any false verdict.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import median

import mpmath as mp

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/checking"))
from rewriting import FUNCTIONS, TWO, NoValue, rewritten, value  # type: ignore[import-not-found, unused-ignore]

from workings.checking import check
from workings.derive import gradient
from workings.errors import WorkingsError
from workings.expr import Add, Call, Deriv, Expr, Mul, Neg, Network, Num, Ref, Rel, preorder, rewrite, substitute
from workings.functions import signatures
from workings.notation import plain
from workings.syntax import read

SMOOTH, PIECEWISE = ("tanh", "sigmoid", "exp", "softplus"), ("relu", "abs")
LOSSES = ("log(cosh(y - t))", "(y - t)^2", "0.5*(t - y)^2", "log(1 + exp(-t*y))")
INDEXED = (
    ("y[k] = sum(i, w[i]*x[i,k])\nE = 1/N*sum(k, log(cosh(y[k]-t[k])))\ni = 1..d\nk = 1..N", "dE/dw[i]",
     "1/N*sum(k, tanh(y[k]-t[k])*x[i,k])"),
    ("y[k] = b + sum(i, w[i]*x[i,k])\nE = sum(k, (y[k]-t[k])^2)\ni = 1..d\nk = 1..N", "dE/db",
     "sum(k, 2*(y[k]-t[k]))"),
    ("h[j] = tanh(sum(i, W[j,i]*x[i]))\ny = sum(j, v[j]*h[j])\nE = (y-t)^2\ni = 1..d\nj = 1..m", "dE/dW[j,i]",
     "2*(y-t)*v[j]*(1-h[j]^2)*x[i]"),
)


def network(r: random.Random, kind: str) -> tuple[str, list[str]]:
    """Equations of a small network and the leaves to derive by."""
    acts = PIECEWISE if kind == "piecewise" else SMOOTH
    lines, leaves = [], ["u1", "u2", "x1"]
    if kind == "shared":
        lines += ["u1 = log(1 + exp(s))", f"u2 = {r.choice(['-', ''])}log(1 + exp(-s))"]
        leaves = ["s", "x1"]
    for j in (1, 2):
        lines += [f"z{j} = x1*u{j} + x2*v{j}", f"a{j} = {r.choice(acts)}(z{j})"]
    lines += [r.choice(["y = a1*c1 + a2*c2", "y = a1*a2 + c1", "y = a1*c1 - a2"]), f"E = {r.choice(LOSSES)}"]
    return "\n".join(lines), leaves


def damaged(r: random.Random, expr: Expr, names: list[str]) -> Expr:
    """One slip: a sign, a factor, another name, another function, a lost term."""
    target = r.choice(list(preorder(expr)))

    def change(e: Expr) -> Expr:
        if e is not target:
            return e
        if isinstance(e, Num):
            return Num(e.value + 1)
        if isinstance(e, Ref):
            return Ref(r.choice(names))
        k = r.randrange(4)
        if k == 0:
            return Neg(e)
        if k == 1:
            return Mul((TWO, e))
        if isinstance(e, Call) and len(e.args) == 1:
            return Call(r.choice(FUNCTIONS), e.args)
        return e.args[0] if isinstance(e, Add | Mul) else Add((e, Num(1)))

    out: Expr = rewrite(expr, change)
    return out


def forward(net: Network, leaves: dict[str, mp.mpf]) -> dict[str, mp.mpf]:
    at = dict(leaves)
    for e in net.ordered:
        at[e.lhs.name] = value(e.rhs, at)
    return at


def truth(net: Network, of: str, wrt: str, said: Expr, r: random.Random) -> str:
    """ "equal" or "different" by differences at 60 digits; "" where points say nothing."""
    agreed = 0
    with mp.workdps(60):
        h = mp.mpf(10) ** -20
        for _ in range(12):
            leaves = {n: mp.mpf(r.randint(-300, 300)) / 97 for n, _ in net.leaves}
            try:
                here = forward(net, leaves)
                up, down = (forward(net, {**leaves, wrt: leaves[wrt] + d})[of] for d in (h, -h))
                a, b = (up - down) / (2 * h), value(said, here)
            except (NoValue, OverflowError, KeyError):
                continue
            if abs(a - b) > mp.mpf(10) ** -15 * max(1, abs(a), abs(b)):
                return "different"
            agreed += 1
    return "equal" if agreed > 2 else ""


def result(net: Network, wrt: str) -> Expr:
    """The engine's derivative without helper names."""
    found = gradient(net, Ref("E"), Ref(wrt))
    out: Expr = found.result
    for name, worth in reversed(found.where):
        out = substitute(out, {name.name: worth})
    return out


def scalar_line(r: random.Random, damage: bool) -> tuple[Network, str, str] | None:
    kind = r.choice(["scalar", "shared", "piecewise"])
    text, leaves = network(r, kind)
    net = read(text, signatures())
    wrt = r.choice(leaves)
    said = result(net, wrt)
    names = [*(n for n, _ in net.leaves), *(n for n, _ in net.defs)]
    said = damaged(r, said, names) if damage else rewritten(r, said)
    is_ = truth(net, "E", wrt, said, r)
    if is_ != ("different" if damage else "equal"):
        return None
    return net, plain(Rel((Deriv(Ref("E"), (Ref(wrt),)), said), ("=",))), kind


def indexed_line(r: random.Random, damage: bool) -> tuple[Network, str, str]:
    text, head, right = r.choice(INDEXED)
    ways: list[Callable[[str], str]] = [
        lambda s: f"-({s})", lambda s: f"2*({s})", lambda s: f"({s})*t" if "t[k]" not in s else f"3*({s})",
        lambda s: s.replace("1/N*", "", 1) if "1/N" in s else f"1/2*({s})", lambda s: f"{s} + 1",
    ] if damage else [
        lambda s: f"-(-({s}))", lambda s: f"({s})*2/2", lambda s: s.replace("y[k]-t[k]", "-t[k]+y[k]"),
        lambda s: s.replace("tanh(y[k]-t[k])", "-tanh(t[k]-y[k])"), lambda s: f"0*t1 + {s}".replace("0*t1 + ", ""),
    ]
    return read(text, signatures()), f"{head} = {r.choice(ways)(right)}", "indexed"


def main(count: int, seed: int) -> int:
    """Run, print the table, say whether every verdict was honest."""
    r = random.Random(seed)
    table: Counter[tuple[str, str, str]] = Counter()
    times: list[float] = []
    bad: list[str] = []
    slips = 0
    for damage in (False, True):
        done = 0
        while done < count:
            made = indexed_line(r, damage) if r.random() < Fraction(1, 5) else scalar_line(r, damage)
            if made is None:
                continue
            net, line, kind = made
            start = time.perf_counter()
            try:
                [judged] = check(net, [line]).lines
            except WorkingsError as error:
                bad.append(f"raised {error}: {line}")
                done += 1
                continue
            times.append(time.perf_counter() - start)
            done += 1
            table["damaged" if damage else "equal", kind, judged.verdict] += 1
            slips += bool(judged.slip)
            if judged.verdict == ("right" if damage else "wrong"):
                bad.append(f"{judged.verdict}: {line}  in  {'; '.join(plain(e.rhs) for e in net.equations)}")
    for (what, kind, verdict), n in sorted(table.items()):
        print(f"{what:<8} {kind:<10} {verdict:<15} {n}")
    undecided = sum(n for (_, _, v), n in table.items() if v in ("undecided", "not understood"))
    print(f"false verdicts {len(bad)}, undecided or not understood {undecided} of {2 * count}, "
          f"slips named {slips}, median {1000 * median(times):.1f} ms")
    print("\n".join(bad[:20]))
    return 1 if bad else 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:]]
    sys.exit(main(numbers[0] if numbers else 300, numbers[1] if len(numbers) > 1 else 1))
