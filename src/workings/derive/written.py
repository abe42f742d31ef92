"""From the written tree to terms and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import cast

from workings.derive.inside import names_in, parts_first, unpack
from workings.derive.terms import Arena, Term
from workings.errors import OutOfReach
from workings.expr import (
    Add, All, Array, Big, Call, Claim, Const, Deriv, Div, Expr, Function, Logic, MatMul, Mul, Neg, Num, Number, Pow,
    Ref, Rel, Rest,
)

ARRAYS = frozenset(
    "T dot outer norm2 norm diag trace mean colsum rowsum col row softmax logsumexp logsoftmax".split()
)


def to_term(
    arena: Arena,
    expr: Expr,
    functions: Mapping[str, Function] | None = None,
    names: Mapping[str, Term] | None = None,
) -> Term:
    """The normal form of an expression; functions that the text defines are put in, `names` replaced."""
    functions, names = functions or {}, names or {}
    done: list[Term] = []
    stack: list[tuple[Expr, bool]] = [(expr, False)]
    while stack:
        node, ready = stack.pop()
        kind = type(node)
        if kind is Ref:
            ref = cast(Ref, node)
            if not ref.indices:
                done.append(names.get(ref.name) or arena.ref(ref.name))
                continue
        elif kind is Mul and not names and len(inner := node.children()) == 2:
            a, b = inner                             # w*a: what a large network is made of
            if type(a) is Ref and type(b) is Ref and not a.indices and not b.indices:
                done.append(arena.mul((arena.ref(a.name), arena.ref(b.name))))
                continue
        inner = node.children()
        if inner and not ready:
            stack.append((node, True))
            stack.extend([(child, False) for child in reversed(inner)])
            continue
        cut = len(done) - len(inner)
        args = tuple(done[cut:])
        del done[cut:]
        done.append(_combine(arena, node, args, functions))
    return done[0]


def _combine(arena: Arena, node: Expr, args: tuple[Term, ...], functions: Mapping[str, Function]) -> Term:
    match node:
        case Mul():
            return arena.mul(args)
        case Add():
            return arena.add(args)
        case Ref():
            return arena.ref(node.name, args)
        case Num():
            return arena.num(node.value)
        case Neg():
            return arena.neg(args[0])
        case Div():
            return arena.div(args[0], args[1])
        case Pow():
            return arena.power(args[0], args[1])
        case Call():
            return _call(arena, node, args, functions)
        case Big():
            return _big(arena, node, args)
        case Const():
            return arena.make("const", node.name)
        case Rel():
            return arena.make("rel", node.ops, args)
        case Logic():
            return arena.make("logic", node.op, args)
        case Deriv():
            return arena.make("deriv", node.kind, args)
        case All():
            return arena.make("all", None)
        case Claim():
            return args[0]
    raise OutOfReach(_out(node), span=node.span)


def _out(node: Expr) -> str:
    what = {MatMul: "a matrix product", Array: "a written array", Rest: "the dots for an unstated rest"}
    return f"{what.get(type(node), type(node).__name__)} cannot be differentiated yet"


def _call(arena: Arena, node: Call, args: tuple[Term, ...], functions: Mapping[str, Function]) -> Term:
    if node.primes:
        return _primed(arena, node, args, functions)
    own = functions.get(node.function)
    if own is not None:
        return to_term(arena, own.body, functions, dict(zip(own.params, args, strict=True)))
    if node.function in ARRAYS or node.function == "sum":
        raise OutOfReach(f"{node.function} of a whole array cannot be differentiated yet", span=node.span,
                         hint="write it with indices: sum(i, ...)")
    if node.function in ("max", "min") and len(args) > 2:
        first = args[0]
        for arg in args[1:]:
            first = arena.call(node.function, (first, arg))
        return first
    return arena.call(node.function, args)


def _primed(arena: Arena, node: Call, args: tuple[Term, ...], functions: Mapping[str, Function]) -> Term:
    """tanh'(z): the derivative is put in."""
    from workings.derive.calculus import slope_of_call

    letter = arena.ref("'")
    term = _call(arena, Call(node.function, (node.args[0],), 0, node.span), (letter,), functions)
    for _ in range(node.primes):
        term = slope_of_call(arena, term, 0) if term.kind == "call" else _slope(arena, term, letter)
    return arena.rename(term, {"'": args[0]})


def _slope(arena: Arena, term: Term, letter: Term) -> Term:
    from workings.derive.sweep import sweep

    return arena.add(leaf.slope for leaf in sweep(arena, term, arena.one, {letter.key}))


def _big(arena: Arena, node: Big, args: tuple[Term, ...]) -> Term:
    rest = list(args)
    lo = rest.pop(0) if node.lo is not None else None
    hi = rest.pop(0) if node.hi is not None else None
    condition = rest.pop(0) if node.condition is not None else None
    return arena.big(node.op, node.index, rest[0], (lo, hi, condition))


# -- back
def to_expr(root: Term, done: dict[Term, Expr] | None = None) -> Expr:
    """A term as a textbook writes it: numbers first, fractions as fractions, a positive term first.

    `done` holds what is written already; it is added to.
    """
    done = {} if done is None else done
    known = done.get(root)
    if known is not None:
        return known
    if root.kind == "mul" and root.head == 1 and len(root.args) == 2:
        a, b = done.get(root.args[0]), done.get(root.args[1])
        if type(a) is Ref and type(b) is Ref:
            return Mul((a, b))
    for term in parts_first(root, done.__contains__) if done else parts_first(root):
        if term not in done:
            done[term] = _write(term, done)
    return done[root]


def number(value: Number) -> Expr:
    """A number as written."""
    if value < 0:
        return Neg(number(-value))
    if isinstance(value, Fraction) and value.denominator != 1:
        return Div(Num(value.numerator, str(value.numerator)), Num(value.denominator, str(value.denominator)))
    return Num(int(value), str(int(value)))


def _write(term: Term, done: dict[Term, Expr]) -> Expr:
    args = term.args
    match term.kind:
        case "ref":
            return Ref(term.head, tuple([done[a] for a in args]))
        case "num":
            return number(term.head)
        case "mul":
            return _write_mul(term, done)
        case "add":
            return _write_add(term.head, [(False, a) for a in args], done)
        case "pow":
            return _write_pow(term, done)
        case "power":
            return Pow(done[args[0]], done[args[1]])
        case "call":
            return Call(term.head[0], tuple(done[a] for a in args), term.head[1])
        case "big":
            lo, hi, condition, body = (None if t is None else done[t] for t in unpack(term))
            return Big(term.head[0], term.head[1], cast(Expr, body), lo, hi, condition)
        case "const":
            return Const(term.head)
        case "rel":
            return Rel(tuple(done[a] for a in args), term.head)
        case "logic":
            return Logic(term.head, tuple(done[a] for a in args))
        case "deriv":
            return Deriv(done[args[0]], tuple(done[a] for a in args[1:]), term.head)
    return All()


def _write_pow(term: Term, done: dict[Term, Expr]) -> Expr:
    base, e = done[term.args[0]], term.head
    if e < 0:
        return Div(number(1), base if e == -1 else Pow(base, number(-e)))
    return Pow(base, number(e))


def _minus(term: Term) -> bool:
    return bool(term.kind == "mul" and term.head < 0)


def _turned(term: Term, done: dict[Term, Expr]) -> Expr:
    """The opposite of a term."""
    if term.kind == "mul":
        return _write_mul(term, done, -1)
    expr = done[term]
    return expr.arg if isinstance(expr, Neg) else Neg(expr)


def _write_add(constant: Number, parts: Sequence[tuple[bool, Term]], done: dict[Term, Expr]) -> Expr:
    """A sum; a number in front if it is positive, else a positive term, numbers last."""
    exprs = [_turned(t, done) if flip else done[t] for flip, t in parts]
    if constant > 0 and all(map(_plain, exprs)) and any(isinstance(e, Ref) for e in exprs):
        exprs.append(number(constant))               # k + 1 and j - i + 1, but 1 - a^2
    elif constant > 0:
        exprs.insert(0, number(constant))
    elif constant < 0:
        exprs.append(number(constant))
    first = next((n for n, e in enumerate(exprs) if not isinstance(e, Neg)), 0)
    exprs.insert(0, exprs.pop(first))
    return Add(tuple(exprs))


def _plain(expr: Expr) -> bool:
    return isinstance(expr.arg if isinstance(expr, Neg) else expr, Ref)


def _write_mul(term: Term, done: dict[Term, Expr], sign: int = 1) -> Expr:
    value: Number = sign * term.head
    if value == 1 and all(f.kind == "ref" for f in term.args):
        return Mul(tuple([done[f] for f in term.args]))
    tops: list[Expr] = []
    bottoms: list[Expr] = []
    for factor in term.args:
        if factor.kind == "pow" and factor.head < 0:
            e, base = -factor.head, done[factor.args[0]]
            bottoms.append(base if e == 1 else Pow(base, number(e)))
        elif value < 0 and factor.kind == "add" and _turns_well(factor):
            value = -value                            # -(t - y) is y - t
            tops.append(_write_add(-factor.head, [(True, a) for a in factor.args], done))
        else:
            tops.append(done[factor])
    minus = value < 0
    out = _fraction(-value if minus else value, tops, bottoms)
    return Neg(out) if minus else out


def _turns_well(term: Term) -> bool:
    return any(_minus(a) for a in term.args)


def _fraction(value: Number, tops: list[Expr], bottoms: list[Expr]) -> Expr:
    over = value.denominator if isinstance(value, Fraction) else 1
    value = value.numerator if isinstance(value, Fraction) else value
    if over != 1:
        bottoms = [Num(over, str(over)), *bottoms]
    long = any(isinstance(t, Big) for t in tops)
    short = [t for t in tops if not isinstance(t, Big)]
    if long and short and any(isinstance(b, Big) for b in bottoms):
        # exp(z[i])/sum(j, exp(z[j]))*sum(k, ...)
        front = Div(_product([Num(value, str(value)), *short] if value != 1 else short), _product(bottoms))
        return Mul((front, *(t for t in tops if isinstance(t, Big))))
    if bottoms and tops and (long or (over != 1 and len(bottoms) == 1)):
        # 1/N*sum(...) and 1/2*x, as textbooks write them
        front = Div(Num(value, str(value)), _product(bottoms))
        return Mul((front, *tops))
    if value != 1 or not tops:
        tops = [Num(value, str(value)), *tops]
    top = _product(tops)
    return Div(top, _product(bottoms)) if bottoms else top


def _product(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def read_apart(arena: Arena, expr: Expr, taken: set[str], functions: Mapping[str, Function]) -> Term:
    """Like `to_term`, with indices bound inside renamed where they are in `taken` or bound twice, nested."""
    root = to_term(arena, expr, functions)
    if not arena.bigs or not any(t.kind == "big" for t in parts_first(root)):
        return root
    return _apart(arena, root, taken, names_in(root) | taken)


def _apart(arena: Arena, root: Term, taken: set[str], used: set[str]) -> Term:
    done: dict[Term, Term] = {}
    for term in parts_first(root, stop=lambda t: t.kind == "big"):
        if term.kind == "big":
            op, index, _ = term.head
            lo, hi, condition, body = unpack(term)
            if index in taken:
                new = index
                while new in used:
                    new += "'"
                used.add(new)
                arena.ranges[new] = arena.ranges.get(index)
                swap = {index: arena.ref(new)}
                body = arena.rename(body, swap)
                condition = None if condition is None else arena.rename(condition, swap)
                index = new
            body = _apart(arena, body, taken | {index}, used)
            done[term] = arena.big(op, index, body, (lo, hi, condition))
        else:
            args = tuple(done[a] for a in term.args)
            done[term] = term if args == term.args else arena.rebuild(term, args)
    return done[root]
