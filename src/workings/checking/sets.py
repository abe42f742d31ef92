"""Claims about sets of inputs: domains given by signs, and boundary pieces on which an output has a value."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from workings.checking.decide import equal
from workings.checking.feasible import Row, TooMany, point
from workings.checking.names import known_names, needed
from workings.checking.patterns import implied
from workings.checking.search import Trial
from workings.checking.verdict import Counterexample, Judged, Verdict
from workings.errors import OutOfReach
from workings.expr import (
    Add, Array, Call, Deriv, Equation, Expr, Logic, Mul, Neg, Network, Num, Ref, Rel, free_refs, fresh, preorder,
)

Condition = tuple[tuple[tuple[str, Fraction], ...], Fraction, str]
MOST_FORMS = 6                # 64 patterns
FLIP = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!="}


def is_domain(body: Expr, net: Network) -> bool:
    """Is the line a bare domain: inequalities joined by "and", or one that is affine in the inputs?"""
    if isinstance(body, Logic):
        return body.op == "and" and all(_inequality(a) or is_domain(a, net) for a in body.args)
    if not _inequality(body):
        return False
    try:
        conditions(net, body)
    except OutOfReach:
        return False
    return True


def _inequality(body: Expr) -> bool:
    return (
        isinstance(body, Rel) and bool(body.ops) and all(op in (">", "<", ">=", "<=") for op in body.ops)
        and not any(isinstance(n, Deriv) for n in preorder(body))
    )


def is_claim(body: Expr) -> bool:
    """Is it a statement about a set, such as y = 0 for x1 >= 1, or that a set is empty?"""
    return isinstance(body, Logic) and body.op in ("implies", "not")


def conditions(net: Network, body: Expr) -> list[Condition]:
    """The sign conditions of a domain, each affine with its first coefficient 1 or its sign told by the relation."""
    parts: list[Rel] = []
    stack = [body]
    while stack:
        node = stack.pop()
        if isinstance(node, Logic):
            stack.extend(reversed(node.args))
        elif isinstance(node, Rel):
            parts.append(node)
    out = []
    for rel in parts:
        for op, a, b in zip(rel.ops, rel.args, rel.args[1:]):
            out.append(_condition(net, Add((a, Neg(b))), op))
    return out


def _condition(net: Network, expr: Expr, op: str) -> Condition:
    const, of = affine(net, expr)
    ordered = tuple(sorted(of.items()))
    if not ordered:
        return (), const, op
    lead = ordered[0][1]
    if lead < 0:
        op = FLIP[op]
    return tuple((n, c / lead) for n, c in ordered), const / lead, op


def affine(net: Network, expr: Expr) -> tuple[Fraction, dict[str, Fraction]]:
    """Constant and coefficients of an affine expression in plain names; `OutOfReach` if it is not affine."""
    from workings.checking.normal import Foreign, Normal, Same, Split
    from workings.checking.transcend import Undefined

    n = Normal(net, {}, [e.key for e in needed(net, [expr])])
    try:
        form = n.read(expr)
    except (Foreign, Same, Split, Undefined) as problem:
        raise OutOfReach("a sign condition here must be affine in the inputs", span=expr.span) from problem
    const, of = Fraction(0), {}
    for mono, c in form.key[0]:
        value = Fraction(int(c.p), int(c.q))
        if not mono:
            const = value
        elif len(mono) == 1 and mono[0][1] == 1 and n.arena.gen_list[mono[0][0]].kind == "ref":
            of[str(n.arena.gen_list[mono[0][0]].head)] = value
        else:
            raise OutOfReach("a sign condition here must be affine in the inputs", span=expr.span)
    if form.key[1] != (((), 1),):
        raise OutOfReach("a sign condition here must be affine in the inputs", span=expr.span)
    return const, of


def rows(parts: Sequence[Condition], weak: bool) -> list[Row]:
    """The conditions as rows for `feasible.point`; `weak` keeps >= as it is, else all are strict."""
    out = []
    for of, const, op in parts:
        up, down = dict(of), {n: -c for n, c in of}
        strict = op in (">", "<") or not weak
        if op in (">", ">=", "="):
            out.append(Row(up, const, strict and op != "="))
        if op in ("<", "<=", "="):
            out.append(Row(down, -const, strict and op != "="))
    return out


def status(parts: Sequence[Condition]) -> str:
    """full, thin or empty."""
    try:
        if point(rows(parts, weak=True)) is None:
            return "empty"
        return "thin" if point(rows(parts, weak=False)) is None else "full"
    except TooMany:
        return ""


class Domains:
    """The domains listed so far: one listed again is a duplicate."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.seen: dict[frozenset[Condition], int] = {}
        self.listed: list[tuple[str, bool]] = []      # status, and whether it was listed before

    def judge(self, body: Expr, out: Judged) -> None:
        """A bare domain is right unless it was listed before."""
        parts = conditions(self.net, body)
        key = frozenset(parts)
        out.status = status(parts)
        before = self.seen.get(key)
        self.listed.append((out.status, before is not None))
        if before is not None:
            out.verdict, out.reason = "duplicate", f"the same signs as line {before + 1}"
        else:
            self.seen[key] = out.line
            out.verdict, out.how = "right", "proved"
            out.reason = {"empty": "a new pattern, and an empty one", "thin": "a new pattern without interior"}.get(
                out.status, "a new pattern"
            )


    def missing(self) -> list[str]:
        """The patterns of the forms that every listed domain speaks of, and that are not listed, as remarks."""
        listed = [{(of, c): op[0] for of, c, op in key} for key in self.seen]
        forms = sorted(listed[0]) if listed else []
        if not 1 < len(forms) <= MOST_FORMS or len(listed) < len(forms) or any(sorted(d) != forms for d in listed):
            return []
        there = {tuple(d[f] for f in forms) for d in listed}
        out = []
        for signs in product("><", repeat=len(forms)):
            if signs not in there:
                parts = [(of, c, ">=" if s == ">" else "<") for (of, c), s in zip(forms, signs)]
                words = " and ".join(_words(p) for p in parts)
                kind = status(parts)
                out.append(f"the pattern {words} is missing{f' ({kind})' if kind != 'full' else ''}")
        return out


def _words(part: Condition) -> str:
    """x1 + x2 >= -1, as a person would write it."""
    from workings.notation import plain

    of, const, op = part
    terms: list[Expr] = [Ref(n) if c == 1 else Neg(Ref(n)) if c == -1 else Mul((Num(c), Ref(n))) for n, c in of]
    left = plain(terms[0] if len(terms) == 1 else Add(tuple(terms)))
    return f"{left} {op} {-const}"


# -- y = 0 for ...
def judge_claim(body: Logic, net: Network, facts: Sequence[Expr], out: Judged, creases: bool = True) -> None:
    """`condition implies y = 0`: proved all over the set, or refuted by a point of it."""
    if body.op == "not":
        _judge_empty(body, net, out)
        return
    *where, claim = body.args
    net, given = _on_set(net, where)
    given = [*facts, *given]
    if isinstance(claim, Call) and claim.function == "class":
        claim = _class_condition(net, claim)
    if not isinstance(claim, Rel):
        raise OutOfReach("what is claimed on the set is no relation", span=claim.span)
    for a, b, op in zip(claim.args, claim.args[1:], claim.ops):
        v = equal(a, b, net, given, creases=creases) if op == "=" else ordered(a, b, op, net, given)
        out.verdict = {"equal": "right", "different": "wrong", "undecided": "undecided"}[v.kind]
        out.how, out.reason, out.counterexample = v.how, v.evidence, v.counterexample
        if out.verdict != "right":
            out.how = ""
            return


def _judge_empty(body: Logic, net: Network, out: Judged) -> None:
    parts = conditions(net, body.args[0])
    out.status = status(parts)
    if out.status == "empty":
        out.verdict, out.how, out.reason = "right", "proved", "the conditions contradict each other"
        return
    at = point(rows(parts, weak=True))
    out.verdict, out.reason = "wrong", "a point satisfies all of the conditions"
    if at is not None:
        out.counterexample = Counterexample({str(k): v for k, v in at.items()}, "not empty", "empty")


def _class_condition(net: Network, claim: Call) -> Expr:
    label = claim.args[0].name if isinstance(claim.args[0], Ref) else ""
    for rule in net.classes:
        if rule.label.split() in (["class", label], [label]):
            return rule.condition
    raise OutOfReach(f"no rule says what class {label} is", span=claim.span, hint=f"class {label} if y < 0")


def _on_set(net: Network, where: Sequence[Expr]) -> tuple[Network, list[Expr]]:
    """The conditions as facts; on a segment, ray or line the inputs are affine in a parameter of it."""
    given: list[Expr] = []
    stack = list(where)
    while stack:
        node = stack.pop(0)
        if isinstance(node, Logic) and node.op == "and":
            stack = [*node.args, *stack]
        elif isinstance(node, Call):
            net, more = _along(net, node)
            given += more
        else:
            given.append(node)
    return net, given


def _along(net: Network, figure: Call) -> tuple[Network, list[Expr]]:
    points = [list(p.args) for p in figure.args if isinstance(p, Array)]
    names = [name for name, _ in net.inputs]
    if len(points) != len(figure.args) or any(len(p) != len(names) for p in points):
        raise OutOfReach(f"a point here has {len(names)} coordinates: {', '.join(names)}", span=figure.span)
    start, *rest = points
    s = Ref(fresh("s", known_names(net)))
    given: list[Expr] = []
    steps: list[Expr] = [Num(0) for _ in names]
    if rest:
        steps = rest[0]
        if figure.function == "segment":
            steps = [Add((q, Neg(p))) for p, q in zip(start, rest[0])]
        if figure.function != "line":
            given.append(Rel((s, Num(0)), (">=",)))
        if figure.function == "segment":
            given.append(Rel((s, Num(1)), ("<=",)))
    placed = [Equation(Ref(n), Add((p, Mul((s, d))))) for n, p, d in zip(names, start, steps)]
    return net.with_(equations=(*net.equations, *placed)), given


def ordered(a: Expr, b: Expr, op: str, net: Network, facts: Sequence[Expr]) -> Verdict:
    """Does a op b hold wherever the facts do: proved by the sign patterns, refuted by a point, or undecided."""
    used = needed(net, [a, b, *facts])
    proof = implied(net, a, b, op, facts, [e.key for e in used])
    if proof.done:
        return Verdict("equal", evidence=f"it holds in each of {proof.cells} sign patterns")
    defs = {e.lhs.name: e.rhs for e in used if not e.lhs.indices}
    relation = Rel((a, b), (op,))
    names = dict.fromkeys(
        r.name for e in (a, b, *facts, *(x.rhs for x in used)) for r in free_refs(e) if r.name not in defs
    )
    trial = Trial(a, b, list(names), defs, [f for f in facts if isinstance(f, Rel)])
    for at in (*proof.open, *trial.points(40)):
        whole = trial.allowed({**{n: Fraction(1) for n in names}, **{k: v for k, v in at.items() if k in names}})
        found = trial.fails(relation, whole) if whole is not None else None
        if found:
            return Verdict("different", counterexample=found, evidence="it fails at a point")
    return Verdict("undecided", how="", evidence=f"not refuted at 40 points; not proved: {proof.why}")
