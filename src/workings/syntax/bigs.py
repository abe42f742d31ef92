r"""Sums, products, maxima over an index: `\sum_{i=1}^d e`, `\max_j z_j`, `sum(i, e)`, `sum(i, lo, hi, e)`."""

from __future__ import annotations

from workings.errors import NotReadable
from workings.expr import Array, Big, Expr, Logic, Mul, Num, Pow, Ref, Rel, Rest
from workings.expr.walk import preorder
from workings.syntax.along import is_axis
from workings.syntax.calls import apply
from workings.syntax.pratt import SUM, Reader

_OPS = {"\\sum": "sum", "\\prod": "prod", "\\max": "max", "\\min": "min", "\\sup": "max", "\\inf": "min"}
PLAIN = frozenset(("sum", "prod", "max", "min"))


class _Below:
    """What stands below the sign."""

    def __init__(self) -> None:
        self.indices: list[str] = []
        self.lo: dict[str, Expr] = {}
        self.hi: dict[str, Expr] = {}
        self.conditions: list[Expr] = []


def big(reader: Reader) -> Expr:
    r"""\sum, \prod, or \max with an index; \max without one is a function."""
    kind, _, at, _ = reader.toks[reader.i]
    op = _OPS[kind]
    reader.i += 1
    below, above = _Below(), None
    while reader.toks[reader.i][0] in ("_", "^"):
        low = reader.toks[reader.i][0] == "_"
        reader.i += 1
        if low:
            _read_below(reader, below)
        else:
            above = reader.exponent(of_sign=True)
    if not below.indices:
        if op in ("max", "min"):
            call = apply(reader, op, kind, at)
            return call if above is None else Pow(call, above, reader.span(at))      # \max^2(0, z)
        raise reader.fail(f"this {op} does not say over which index it runs", f"{kind}_{{i=1}}^{{n}} or {kind}_i",
                          "a letter below the sign that its terms have too: \\sum_k (t_k - y_k)^2", reader.span(at))
    if above is not None:
        below.hi[below.indices[-1]] = above
    return _body(reader, op, below, at)


def _body(reader: Reader, op: str, below: _Below, at: int) -> Expr:
    reader.deeper()
    count = len(below.indices)
    reader.bound.extend(below.indices)
    _note(reader, below)
    body = reader.expr(SUM)
    del reader.bound[-count:]
    reader.depth -= 1
    _objective(reader, op, below, body, at)
    return nest(op, below, body, reader, at)


def _objective(reader: Reader, op: str, below: _Below, body: Expr, at: int) -> None:
    r"""`\min_{q,p} …` over unknowns is an objective, no number: only an index can be run through."""
    if op not in ("max", "min") or below.conditions or below.lo:
        return
    places = {r.name for n in preorder(body) if isinstance(n, Ref) for i in n.indices
              for r in preorder(i) if isinstance(r, Ref)}
    lost = next((index for index in below.indices if index not in places), None)
    if lost is not None:
        raise NotReadable(
            f"{op} over {lost}, but {lost} is no index of what follows", span=reader.span(at),
            expected=f"an index, such as \\{op}_j z_j",
            hint="name what is made small without the sign before it, such as L = …; training makes it small",
        )


def nest(op: str, below: _Below, body: Expr, reader: Reader, at: int) -> Expr:
    """One `Big` for each index, the first outermost; the condition stands with the innermost."""
    span = reader.span(at)
    condition: Expr | None = None
    if below.conditions:
        condition = below.conditions[0] if len(below.conditions) == 1 else Logic("and", tuple(below.conditions), span)
    for index in reversed(below.indices):
        body = Big(op, index, body, below.lo.get(index), below.hi.get(index), condition, span)
        condition = None
    return body


def _note(reader: Reader, below: _Below) -> None:
    if reader.scope.surveying:
        reader.scope.letters.update(below.indices)
        for bound in (*below.lo.values(), *below.hi.values()):
            reader.scope.sizes.update(n.name for n in preorder(bound) if isinstance(n, Ref) and not n.indices
                                      and n.name not in reader.bound)


def _read_below(reader: Reader, below: _Below) -> None:
    if reader.toks[reader.i][0] != "{":
        if reader.toks[reader.i][0] == "w" and reader.tex:
            reader.split_word(1)
        tok = reader.expect("w", "an index")
        below.indices.append(tok[1])
        return
    reader.i += 1
    outer, reader.bound = reader.bound, [*reader.bound, *_letters_here(reader)]
    while reader.toks[reader.i][0] != "}":
        if reader.toks[reader.i][0] in (",", "brk"):
            reader.i += 1
            continue
        piece = reader.expr(0)
        _place(reader, below, piece, outer)
    reader.i += 1
    reader.bound = outer


def _letters_here(reader: Reader) -> list[str]:
    """Letters before the first relation: the indices that are being bound."""
    out: list[str] = []
    for kind, text, _, _ in reader.toks[reader.i :]:
        if kind == "w":
            out.append(text)
        elif kind not in (",", "(", ")", "'"):
            return out
    return out


def _place(reader: Reader, below: _Below, piece: Expr, outer: list[str]) -> None:
    if isinstance(piece, Ref) and not piece.indices:
        below.indices.append(piece.name)
    elif isinstance(piece, Mul) and all(isinstance(a, Ref) and not a.indices for a in piece.args):
        below.indices.extend(a.name for a in piece.args if isinstance(a, Ref))
    elif isinstance(piece, Rel):
        _relation(reader, below, piece, outer)
    elif isinstance(piece, (Rest, Num)):
        return
    else:
        raise NotReadable("this is no index", span=piece.span, expected="i, i=1, j \\neq i or i \\in {1, …, n}")


def _relation(reader: Reader, below: _Below, rel: Rel, outer: list[str]) -> None:
    left, right = rel.args[0], rel.args[-1]
    if rel.ops == ("=",) and isinstance(left, Ref):
        below.indices.append(left.name)
        below.lo[left.name] = right
        return
    if rel.ops in (("<=", "<="), ("<", "<=")) and isinstance(rel.args[1], Ref):
        name = rel.args[1].name
        below.indices.append(name)
        below.lo[name], below.hi[name] = left, right
        return
    ends = _ends(right) if rel.ops == ("in",) else None
    found = [n.name for n in preorder(rel) if isinstance(n, Ref) and not n.indices and n.name not in outer]
    bound = [n.name for n in preorder(left) if isinstance(n, Ref) and not n.indices] or found[:1]
    if not bound:
        raise NotReadable("no index is bound here", span=rel.span, expected="a letter on the left")
    below.indices.extend(b for b in bound if b not in below.indices)
    if ends is not None and len(bound) == 1:
        below.lo[bound[0]], below.hi[bound[0]] = ends
    else:
        below.conditions.append(rel)


def _ends(tree: Expr) -> tuple[Expr, Expr] | None:
    r"""The ends of [1, k] or \{1, …, k\}."""
    if not isinstance(tree, Array):
        return None
    ends = [a for a in tree.args if not isinstance(a, Rest)]
    return (ends[0], ends[-1]) if len(ends) == 2 or len(ends) < len(tree.args) else None


def indexed(reader: Reader, word: str) -> bool:
    """Is `sum(i, …` over an index?  max and min need a letter that is known to be one."""
    toks, i = reader.toks, reader.i
    if toks[i + 2][0] != "w" or toks[i + 3][0] not in (",", "!=", "<", ">", "<=", ">=", "in"):
        return False
    letter = toks[i + 2][1]
    if is_axis(toks, i + 4) or letter in reader.scope.arrays or letter in reader.scope.ranks:
        return False
    if word in reader.scope.functions or word in reader.scope.defined:
        return False
    return word in ("sum", "prod") or (letter in reader.scope.ranges and toks[i + 3][0] == ",")


def plain_big(reader: Reader) -> Expr:
    """sum(i, e), sum(i, lo, hi, e), sum(j != y, e)."""
    _, op, at, _ = reader.toks[reader.i]
    reader.i += 2
    reader.deeper()
    below = _Below()
    outer, reader.bound = reader.bound, [*reader.bound, reader.toks[reader.i][1]]
    outer_bars, reader.bars = reader.bars, []
    _place(reader, below, reader.expr(0), outer)
    _note(reader, below)
    args: list[Expr] = []
    while reader.toks[reader.i][0] == ",":
        reader.i += 1
        args.append(reader.expr(0))
    reader.expect(")", "a closing )")
    reader.bound, reader.bars = outer, outer_bars
    reader.depth -= 1
    index = below.indices[0]
    if len(args) >= 3:
        below.lo[index], below.hi[index], *args = args
        _note(reader, below)
    below.conditions.extend(args[:-1])
    if len(args) not in (1, 2) or (len(args) == 2 and not isinstance(args[0], Rel | Logic)):
        raise NotReadable(
            f"{op} over {index} is given {len(args)} argument{'' if len(args) == 1 else 's'} after its index",
            span=reader.span(at),
            expected=f"{op}({index}, e) or {op}({index}, lo, hi, e)",
        )
    return nest(op, below, args[-1], reader, at)
