"""The mutation run of the checker: derivations in equal forms must not be called wrong, damaged ones not right.

    python bench/mutations.py [COUNT [SEED]]       COUNT equal and COUNT damaged derivations, over random networks

A derivation is the chain rule and the worked-out result for one derivative of a random network: scalar, with shared
parameters, in indices, or piecewise linear.  In an equal one both lines are rewritten at random places (commuting,
regrouping, expanding, factoring, identities, split sums, renamed indices, named quantities put in, plain or LaTeX);
in a damaged one the result has one slip.  What is equal is judged by mpmath with derivatives by differences, at sizes
of its own, which shares no code with the checker; a damage that changes nothing is drawn again.  Derivations that the
engine refuses are counted.  Exit 1 on any false verdict.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import mpmath as mp

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/checking"))
from rewriting import NoValue, World, damaged, rewritten, slope  # type: ignore[import-not-found, unused-ignore]

from workings.checking import check
from workings.derive import chain_rule, gradient
from workings.errors import WorkingsError
from workings.expr import Deriv, Expr, Network, Ref, Rel, free_refs, preorder, rewrite, same, substitute
from workings.functions import signatures
from workings.notation import latex, plain
from workings.syntax import read, read_lines

SMOOTH, PIECEWISE = ("tanh", "sigmoid", "exp", "softplus"), ("relu", "abs")
LOSSES = ("log(cosh(y - t))", "(y - t)^2", "0.5*(t - y)^2", "log(1 + exp(-t*y))")
KINDS = ("scalar", "shared", "indexed", "piecewise")
SIZES = ({"d": 2, "m": 3, "N": 2, "K": 3}, {"d": 3, "m": 2, "N": 3, "K": 2})


@dataclass(frozen=True)
class Case:
    """A network, the derivative that is worked out, its lines, and whether the last of them is damaged."""

    kind: str
    net: Network
    lines: tuple[str, ...]
    damaged: bool


# -- networks
def scalar(r: random.Random, kind: str) -> tuple[str, list[str]]:
    """Equations of a small network over scalars, and the leaves to derive by."""
    acts = PIECEWISE if kind == "piecewise" else SMOOTH
    lines, leaves = [], ["u1", "u2", "x1"]
    if kind == "shared":
        lines += r.choice([
            ["u1 = log(1 + exp(s))", f"u2 = {r.choice(['-', ''])}log(1 + exp(-s))"],
            ["u1 = s^2", "u2 = s*c2"], ["u1 = tanh(s)", "u2 = 1 - s"], ["u1 = exp(s)", "u2 = u1 - s"]])
        leaves = ["s", "x1"]
    for j in (1, 2):
        bias = r.choice(["", f" + b{j}"])
        lines += [f"z{j} = x1*u{j} + x2*v{j}{bias}", f"a{j} = {r.choice(acts)}(z{j})"]
    top = r.choice(["y = a1*c1 + a2*c2", "y = a1*a2 + c1", "y = a1*c1 - a2", "deep"])
    if top == "deep":
        lines += ["z3 = a1*c1 + a2*c2", f"a3 = {r.choice(acts)}(z3)", "y = a3*c1 + b3"]
    else:
        lines.append(top)
    return "\n".join([*lines, f"E = {r.choice(LOSSES)}"]), leaves


def indexed(r: random.Random) -> tuple[str, list[str]]:
    """Equations of a network in indices, and the derivatives to work out."""
    return r.choice([_regression, _layers, _layers_over_data, _softmax, _tied, _shared_weight, _product, _outputs])(r)


def _loss(r: random.Random, y: str, t: str) -> str:
    return r.choice([f"log(cosh({y} - {t}))", f"({y} - {t})^2", f"1/2*({y} - {t})^2", f"log(1 + exp(-{t}*{y}))"])


def _mean(r: random.Random) -> str:
    return r.choice(["", "1/N*", "1/(2*N)*"])


def _regression(r: random.Random) -> tuple[str, list[str]]:
    bias, act = r.choice(["", " + b"]), r.choice(["", "tanh", "sigmoid", "exp"])
    return (f"i = 1..d\nk = 1..N\ny[k] = {act}(sum(i, w[i]*x[i,k]){bias})\n"
            f"E = {_mean(r)}sum(k, {_loss(r, 'y[k]', 't[k]')})", ["w[i]", "x[i,k]", *(["b"] if bias else [])])


def _layers(r: random.Random) -> tuple[str, list[str]]:
    bias = r.choice(["", " + b[j]"])
    return (f"i = 1..d\nj = 1..m\nh[j] = {r.choice(SMOOTH)}(sum(i, W[j,i]*x[i]){bias})\ny = sum(j, v[j]*h[j])\n"
            f"E = {_loss(r, 'y', 't')}", ["W[j,i]", "v[j]", "x[i]", *(["b[j]"] if bias else [])])


def _layers_over_data(r: random.Random) -> tuple[str, list[str]]:
    return (f"i = 1..d\nj = 1..m\nk = 1..N\nz[j,k] = sum(i, W[j,i]*x[i,k])\nh[j,k] = {r.choice(SMOOTH)}(z[j,k])\n"
            f"y[k] = sum(j, v[j]*h[j,k])\nE = {_mean(r)}sum(k, {_loss(r, 'y[k]', 't[k]')})", ["W[j,i]", "v[j]"])


def _softmax(r: random.Random) -> tuple[str, list[str]]:
    fact = r.choice(["", "\ngiven sum(c, t[c]) = 1"])
    return ("i = 1..d\nc = 1..K\nl = 1..K\ns[c] = sum(i, V[c,i]*x[i])\np[c] = exp(s[c])/sum(l, exp(s[l]))\n"
            f"E = -sum(c, t[c]*log(p[c])){fact}", ["s[c]", "V[c,i]", "x[i]"])


def _tied(r: random.Random) -> tuple[str, list[str]]:
    return (f"i = 1..d\nj = 1..m\nh[j] = {r.choice(('tanh', 'sigmoid', ''))}(sum(i, W[j,i]*x[i]))\n"
            "q[i] = sum(j, W[j,i]*h[j])\nE = 1/2*sum(i, (q[i] - x[i])^2)", ["W[j,i]", "q[i]", "h[j]"])


def _shared_weight(r: random.Random) -> tuple[str, list[str]]:
    weight = r.choice(["s*g[i]", "g[i]^2", "exp(g[i])", "s + g[i]"])
    wrt = ["g[i]", *(["s"] if weight.startswith("s") else [])]
    return (f"i = 1..d\nk = 1..N\nw[i] = {weight}\ny[k] = sum(i, w[i]*x[i,k])\nE = {_mean(r)}sum(k, (y[k] - t[k])^2)",
            wrt)


def _product(r: random.Random) -> tuple[str, list[str]]:
    inner = r.choice(["1 + w[i]*x[i]", "exp(w[i]*x[i])", "sigmoid(w[i])"])
    return f"i = 1..d\ny = prod(i, {inner})\nE = {_loss(r, 'y', 't')}", ["w[i]"]


def _outputs(r: random.Random) -> tuple[str, list[str]]:
    return (f"i = 1..d\nj = 1..m\nc = 1..K\nh[j] = {r.choice(SMOOTH)}(sum(i, W[j,i]*x[i]))\n"
            "y[c] = sum(j, V[c,j]*h[j]) + b[c]\nE = sum(c, (y[c] - t[c])^2)", ["V[c,j]", "b[c]", "W[j,i]", "h[j]"])


# -- what is true
def result(net: Network, wrt: Ref) -> Expr | None:
    """The engine's derivative, helper names put in; None where it is not said in one formula."""
    found = gradient(net, Ref("E"), wrt)
    out: Expr = found.result
    for name, worth in reversed(found.where):
        out = _put_in(out, name, worth)
    if any(isinstance(n, Deriv) or (isinstance(n, Ref) and n.name.startswith(("gE", "g_"))) for n in preorder(out)):
        return None
    return out


def _put_in(expr: Expr, name: Ref, worth: Expr) -> Expr:
    letters = [i.name for i in name.indices if isinstance(i, Ref)]

    def change(n: Expr) -> Expr:
        if isinstance(n, Ref) and n.key == name.key:
            return substitute(worth, dict(zip(letters, n.indices)))
        return n

    return rewrite(expr, change)


def truth(net: Network, wrt: Ref, said: Expr, r: random.Random) -> str:
    """ "equal" or "different" by differences at 60 digits, for every entry, at two choices of sizes."""
    agreed = 0
    with mp.workdps(60):
        for sizes in SIZES if net.ranges else SIZES[:1] * 4:
            world = World(net, sizes, random.Random(r.random()))
            if not _obey(net, world):
                continue
            for env in world.letters([wrt]):
                try:
                    a, b = slope(world, Ref("E"), wrt, env), world.value(said, env)
                except (NoValue, OverflowError, ZeroDivisionError):
                    continue
                except KeyError:
                    return "different"
                if abs(a - b) > mp.mpf(10) ** -14 * max(1, abs(a), abs(b)):
                    return "different"
                agreed += 1
    return "equal" if agreed > 2 else ""


def _obey(net: Network, world: World) -> bool:
    """Makes the fact sum(c, t[c]) = 1 hold."""
    if net.facts:
        count = world.sizes["K"]
        rest = mp.fsum(world.leaf(f"t[{c}]") for c in range(1, count))
        world.leaves[f"t[{count}]"] = 1 - rest
    return True


# -- derivations
def named(r: random.Random, net: Network, expr: Expr) -> Expr:
    """A quantity of the network written out, or a written one called by its name."""
    plain_ones = [e for e in net.equations if not e.lhs.indices]
    if not plain_ones or r.random() < 0.5:
        return expr
    e = r.choice(plain_ones)
    if r.random() < 0.5:
        return rewrite(expr, lambda n: e.rhs if isinstance(n, Ref) and same(n, e.lhs) else n)
    return rewrite(expr, lambda n: e.lhs if same(n, e.rhs) else n)


def written(r: random.Random, line: Expr, net: Network) -> str:
    """The line in plain text or LaTeX; LaTeX only where it is read back as the same."""
    text = plain(line)
    if r.random() < 0.3:
        spelled = latex(line, net.spelling)
        [back] = read_lines([spelled], signatures(), net)
        if back.error is None and back.body is not None and plain(back.body) == text:
            return spelled
    return text


def derivation(r: random.Random, damage: bool) -> Case | None:
    """A random derivation; None where the draw says nothing."""
    kind = r.choice(KINDS)
    text, leaves = indexed(r) if kind == "indexed" else scalar(r, kind)
    net = read(text, signatures())
    [line] = read_lines([f"dE/d{r.choice(leaves)} = 0"], signatures(), net)
    assert isinstance(line.body, Rel) and isinstance(line.body.args[0], Deriv)
    head = line.body.args[0]
    wrt = head.wrt[0]
    assert isinstance(wrt, Ref)
    right = result(net, wrt)
    if right is None:
        return None
    said = named(r, net, right)
    said = rewritten(r, said, 0.3 if net.ranges else 0.5)
    if damage:
        said = damaged(r, said, _names(net, said), _letters(said))
    if truth(net, wrt, said, r) != ("different" if damage else "equal"):
        return None
    stated = chain_rule(net, Ref("E"), wrt)
    names = [plain(Rel((name, worth), ("=",))) for name, worth in stated.parts]        # z[i] = q[i] - x[i]
    sides = (rewritten(r, stated.result, 0.3), said)
    return Case(kind, net, (*names, *(written(r, Rel((head, side), ("=",)), net) for side in sides)), damage)


def _letters(expr: Expr) -> list[str]:
    """The index letters that stand in an expression."""
    return list(dict.fromkeys(i.name for n in preorder(expr) if isinstance(n, Ref) for i in n.indices
                              if isinstance(i, Ref)))


def _names(net: Network, expr: Expr) -> list[Expr]:
    """What a person may write in the place of a name: the scalars of the network, the entries that stand there."""
    scalars: list[Expr] = [Ref(n) for n, places in (*net.leaves, *net.defs) if not places and n not in net.sizes]
    return scalars + [n for n in free_refs(expr) if n.indices]


# -- the run
@dataclass
class Tally:
    """Counts, and processor times of a run."""

    table: Counter[tuple[str, str, str]]
    times: defaultdict[str, list[float]]
    bad: list[str]
    open: list[str]
    slips: int = 0
    refused: int = 0

    def judge(self, case: Case) -> None:
        """Check the lines of one derivation."""
        start = time.process_time()
        try:
            lines = check(case.net, list(case.lines)).lines
        except (WorkingsError, ArithmeticError, LookupError, AssertionError) as error:
            self.bad.append(f"raised {error!r}: {case.lines}")
            return
        spent = (time.process_time() - start) / len(lines)
        self.times[case.kind] += [spent] * len(lines)
        for n, judged in enumerate(lines):
            wrong = case.damaged and n == len(lines) - 1
            self.table["damaged" if wrong else "equal", case.kind, judged.verdict] += 1
            self.slips += bool(judged.slip)
            if judged.verdict in ("undecided", "not understood"):
                self.open.append(f"{judged.verdict}: {case.lines[n]}  ({judged.reason})")
            if judged.verdict == ("right" if wrong else "wrong"):
                equations = "; ".join(f"{plain(e.lhs)} = {plain(e.rhs)}" for e in case.net.equations)
                self.bad.append(f"{judged.verdict}: {case.lines[n]}  in  {equations}")

    def report(self) -> str:
        """The figures: verdicts by class, false ones, undecided ones, times by class."""
        out = [f"{what:<8} {kind:<10} {verdict:<15} {n}" for (what, kind, verdict), n in sorted(self.table.items())]
        count: Callable[[str, str], int] = lambda what, verdict: sum(  # noqa: E731
            n for (w, _, v), n in self.table.items() if w == what and v == verdict)
        total = sum(self.table.values())
        unsettled = sum(n for (_, _, v), n in self.table.items() if v in ("undecided", "not understood"))
        out.append(f"lines {total}, false accepts {count('damaged', 'right')}, "
                   f"false rejects {count('equal', 'wrong')}, "
                   f"undecided or not understood {unsettled} ({100 * unsettled / total:.2f} %), "
                   f"slips named {self.slips}, errors {sum(b.startswith('raised') for b in self.bad)}, "
                   f"derivations that the engine refused {self.refused}")
        every = [t for ts in self.times.values() for t in ts]
        for kind, ts in (*sorted(self.times.items()), ("all", every)):
            late = quantiles(ts, n=20)[-1]
            out.append(f"{kind:<10} median {1000 * median(ts):6.1f} ms   95 % {1000 * late:7.1f} ms   "
                       f"most {1000 * max(ts):7.1f} ms")
        return "\n".join([*out, *self.bad[:40], *self.open[:40]])


def main(count: int, seed: int) -> int:
    """Run, print the table, say whether every verdict was honest."""
    r = random.Random(seed)
    tally = Tally(Counter(), defaultdict(list), [], [])
    check(read("y = w*x", signatures()), ["dy/dw = x"])          # the tables are read once
    for damage in (False, True):
        done = 0
        while done < count:
            try:
                case = derivation(r, damage)
            except WorkingsError:
                tally.refused, case = tally.refused + 1, None
            if case is not None:
                tally.judge(case)
                done += 1
    print(f"{count} equal and {count} damaged derivations, seed {seed}")
    print(tally.report())
    return 1 if tally.bad else 0


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[1:]]
    sys.exit(main(numbers[0] if numbers else 300, numbers[1] if len(numbers) > 1 else 1))
