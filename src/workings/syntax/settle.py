"""The second pass: how each kind of statement is read, with all that the first pass found."""

from __future__ import annotations

from workings.errors import NotReadable, Span
from workings.expr import Array, Call, Equation, Expr, Function, Logic, Opaque, Range, Ref, Rel, Rest
from workings.expr.network import ClassRule
from workings.syntax import names, operands
from workings.syntax.entries import resolve
from workings.syntax.pratt import Reader
from workings.syntax.survey import Found, Head, sliced
from workings.syntax.wording import words_in

Meaning = Equation | Function | Range | Opaque | ClassRule | tuple[str, tuple[Expr, ...], tuple[Expr, ...]]
Settled = tuple[Expr, tuple[Expr, ...], tuple[Meaning, ...]]


def _begin(item: Found, reader: Reader, start: int = 0, stop: int | None = None) -> None:
    """Points the reader at some tokens of the draft; the draft itself stays as it is."""
    draft = item.draft
    toks = sliced(draft.toks, start, len(draft.toks) - 1 if stop is None else stop)
    reader.start(toks, item.text, draft.tex, item.head.free if item.head else frozenset())


def _equation(item: Found, reader: Reader) -> Settled:
    draft, head = item.draft, item.head
    assert head is not None
    at = draft.relations[0]
    left = _left(item, head, reader)
    _begin(item, reader, at + 1)
    right = reader.whole()
    sides = (left, *right.args) if isinstance(right, Rel) else (left, right)
    ops = ("=", *right.ops) if isinstance(right, Rel) else ("=",)
    body = Rel(sides, ops, draft.span)
    return body, sides, (Equation(left, sides[1], draft.span, draft.tag),)


def _left(item: Found, head: Head, reader: Reader) -> Ref:
    if head.raw is None and head.name not in reader.scope.families and head.name not in reader.scope.arrays:
        tok = item.draft.toks[0]
        if head.name != head.name.strip("'") or not item.draft.tex:
            return Ref(head.name, (), Span(tok[2], tok[3]))
    _begin(item, reader, 0, item.draft.relations[0])
    reader.heading = True
    raw = names.read_name(reader)
    reader.heading = False
    tree = resolve(raw, reader)
    if not isinstance(tree, Ref):
        raise NotReadable("only a name can be defined", span=tree.span, expected="a name on the left of =")
    return tree


def _function(item: Found, reader: Reader) -> Settled:
    head, draft = item.head, item.draft
    assert head is not None
    params = reader.scope.functions[head.name]
    _begin(item, reader, draft.relations[0] + 1)
    shadowed = {p for p in params if p not in reader.scope.defined}
    reader.scope.defined.update(shadowed)       # a parameter called e or T is that parameter
    try:
        right = reader.whole()
    finally:
        reader.scope.defined -= shadowed
    sides = right.args if isinstance(right, Rel) else (right,)
    call = Call(head.name, tuple(Ref(p) for p in params), 0, draft.span)
    body = Rel((call, *sides), ("=",) * len(sides), draft.span)
    return body, (call, *sides), (Function(head.name, params, sides[0], draft.span),)


def _claim(item: Found, reader: Reader) -> Settled:
    draft = item.draft
    reader.scope.lines = True
    try:
        if draft.continues:
            return _continued(item, reader)
        place = next((j for j, t in enumerate(draft.toks) if t[0] in ("if", "for")), None)
        if place is not None and place:
            return _conditional(item, reader, place)
        _begin(item, reader)
        body = reader.whole()
    finally:
        reader.scope.lines = False
    return body, body.args if isinstance(body, Rel) else (body,), ()


def _continued(item: Found, reader: Reader) -> Settled:
    """= b = c: the first side stands in the statement before."""
    draft = item.draft
    _begin(item, reader, 1)
    right = reader.whole()
    sides = right.args if isinstance(right, Rel) else (right,)
    ops = right.ops if isinstance(right, Rel) else ()
    rest = Rest(Span(draft.span.start, draft.span.start))
    return Rel((rest, *sides), (draft.toks[0][0], *ops), draft.span), sides, ()


def _conditional(item: Found, reader: Reader, place: int) -> Settled:
    """y = 0 for x1 >= 1, x2 = -1: holds where the conditions hold."""
    _begin(item, reader, 0, place)
    claim = reader.whole()
    condition = _conditions(item, reader, place + 1)
    return Logic("implies", (condition, claim), item.draft.span), (condition, claim), ()


def _conditions(item: Found, reader: Reader, start: int, stop: int | None = None) -> Expr:
    """Conditions parted by commas; a segment or a ray in words."""
    toks = item.draft.toks
    if toks[start][1] in ("segment", "ray", "line", "point"):
        return _figure(item, reader, start)
    _begin(item, reader, start, stop)
    out = [reader.expr(0)]
    while reader.toks[reader.i][0] == ",":
        reader.i += 1
        out.append(reader.expr(0))
    if reader.toks[reader.i][0] != "end":
        reader.whole()        # says what stands in the way
    return out[0] if len(out) == 1 else Logic("and", tuple(out), reader.span(reader.toks[0][2]))


_FIGURE_WORDS = frozenset(("from", "to", "in", "direction", "through", "at", "the"))


def _figure(item: Found, reader: Reader, start: int) -> Expr:
    """segment from (a, b) to (c, d); ray from (a, b) in direction (c, d)."""
    toks = item.draft.toks
    word, at = toks[start][1], toks[start][2]
    _begin(item, reader, start + 1)
    args: list[Expr] = []
    while reader.toks[reader.i][0] != "end":
        if reader.toks[reader.i][1] in _FIGURE_WORDS:
            reader.i += 1
            continue
        args.append(operands.bracket(reader) if reader.toks[reader.i][0] == "(" else reader.expr(30))
    if len(args) != (1 if word == "point" else 2):
        raise NotReadable(f"a {word} needs two points", span=item.draft.span,
                          expected="segment from (a, b) to (c, d), or ray from (a, b) in direction (c, d)")
    return Call(word, tuple(args), 0, reader.span(at))


def _domain(item: Found, reader: Reader) -> Settled:
    reader.scope.lines = True
    try:
        body = _conditions(item, reader, 0)
    finally:
        reader.scope.lines = False
    return body, body.args if isinstance(body, Logic) else (body,), ()


def _fact(item: Found, reader: Reader) -> Settled:
    reader.scope.lines = True
    try:
        body = _conditions(item, reader, 1)
    finally:
        reader.scope.lines = False
    return body, body.args if isinstance(body, Logic) and body.op == "and" else (body,), ()


def _empty(item: Found, reader: Reader) -> Settled:
    start = 2 if item.draft.toks[1][0] == ":" else 1
    condition = _conditions(item, reader, start)
    return Logic("not", (condition,), item.draft.span), (condition,), ()


def _class(item: Found, reader: Reader) -> Settled:
    """class 1 if y < 0: a rule with one inequality; else a claim about where the class is."""
    toks = item.draft.toks
    place = next((j for j, t in enumerate(toks) if t[0] in ("if", "for")), None)
    if place is None or place < 2:
        raise NotReadable("a class needs a label and a condition", span=item.draft.span, expected="class 1 if y < 0")
    label = item.text[toks[1][2] : toks[place - 1][3]].strip(" :,")
    condition = _conditions(item, reader, place + 1)
    claim = Call("class", (Ref(label),), 0, item.draft.span)
    body = Logic("implies", (condition, claim), item.draft.span)
    rule = isinstance(condition, Rel) and toks[place][1] in ("if", "when")
    rules = (ClassRule(f"class {label}", condition),) if isinstance(condition, Rel) and rule else ()
    return body, (condition, claim), rules


def _edge(item: Found, reader: Reader) -> Settled:
    """x1 -> a3: w13."""
    toks = item.draft.toks
    arrow = next(j for j, t in enumerate(toks) if t[0] == "->")
    colon = next((j for j, t in enumerate(toks) if t[0] in (":", ",") and j > arrow), len(toks) - 1)
    end = len(toks) - 1
    if colon == end and toks[end - 1][0] == ")" and toks[arrow + 2][0] == "(":
        colon, end = arrow + 2, end - 1             # x1 -> a3 (w13)
    parts: list[Expr] = []
    for start, stop in ((0, arrow), (arrow + 1, colon), (colon + 1, end)):
        if start < stop:
            _begin(item, reader, start, stop)
            parts.append(reader.whole())
    if len(parts) < 2:
        raise NotReadable("an arrow needs a name on both sides", span=item.draft.span, expected="x1 -> a3: w13")
    return Call("edge", tuple(parts), 0, item.draft.span), tuple(parts), ()


def _words(item: Found, reader: Reader) -> Settled:
    """What is no formula: a remark in a text, an error where a formula is asked for."""
    if reader.scope.lines:
        raise NotReadable("this is no equation", span=item.draft.span, expected="an equation",
                          hint=words_in(item.draft))
    return Call("words", (), 0, item.draft.span), (), ()


def _update(item: Found, reader: Reader) -> Settled:
    return _claim(item, reader)


def _opaque(item: Found, reader: Reader) -> Settled:
    """y[k] depends on x[.,k], w."""
    toks = item.draft.toks
    place = next(j for j, t in enumerate(toks) if t[1] == "depends")
    _begin(item, reader, 0, place)
    reader.scope.lines = True
    try:
        left = reader.whole()
        _begin(item, reader, place + 1)
        if reader.toks[0][1] == "on":
            reader.i = 1
        args = [reader.expr(0)]
        while reader.toks[reader.i][0] in (",", "and"):
            reader.i += 1
            args.append(reader.expr(0))
    finally:
        reader.scope.lines = False
    refs = tuple(a for a in args if isinstance(a, Ref))
    if not isinstance(left, Ref) or len(refs) != len(args):
        raise NotReadable("what depends on what are names", span=item.draft.span, expected="y[k] depends on x[.,k], w")
    body = Call("depends", (left, *refs), 0, item.draft.span)
    return body, (left, *refs), (Opaque(left, refs, item.draft.span),)


def _range(item: Found, reader: Reader) -> Settled:
    r"""i = 1..d, i = 1, \dots, d, i \in \{1, \dots, d\}."""
    draft = item.draft
    toks, at = draft.toks, draft.relations[0]
    indices = [t[1] for t in toks[:at] if t[0] == "w"]
    first, last = at + 1, len(toks) - 1
    if toks[first][0] in ("(", "[") and toks[last - 1][0] in (")", "]"):
        first, last = first + 1, last - 1
    cuts = [j for j in range(first, last) if toks[j][0] in (",", "..", "dots")]
    lo_end, hi_start = (cuts[0], cuts[-1] + 1) if cuts else (first, last)
    if not indices or lo_end == first or hi_start >= last:
        raise NotReadable("a range needs both ends", span=draft.span, expected="i = 1..d")
    _begin(item, reader, first, lo_end)
    lo = reader.whole()
    _begin(item, reader, hi_start, last)
    hi = reader.whole()
    ranges = tuple(Range(i, lo, hi) for i in indices)
    left = Ref(indices[0], (), draft.span)
    return Rel((left, Array((lo, Rest(), hi), draft.span)), ("in",), draft.span), (left, lo, hi), ranges


def _array(item: Found, reader: Reader) -> Settled:
    r"""W in R^(m x n), x \in \mathbb{R}^d; without an exponent a number."""
    draft = item.draft
    toks, at = draft.toks, draft.relations[0]
    lefts = _names_before(item, reader, at)
    caret = next((j for j in range(at, len(toks)) if toks[j][0] == "^"), None)
    axes = () if caret is None else _axes(item, reader, caret + 1)
    # x_1, …, x_N are a family, whose shape nothing has said yet: only its members stand in the parts
    family = any(t[0] == "dots" for t in toks[:at])
    meaning = () if family else tuple((left.name, axes, left.indices) for left in lefts)
    body = Rel((lefts[0], Call("R", axes, 0, draft.span)), ("in",), draft.span)
    return body, (*lefts, *axes), meaning


def _names_before(item: Found, reader: Reader, at: int) -> list[Ref]:
    _begin(item, reader, 0, at)
    out: list[Ref] = []
    while reader.toks[reader.i][0] != "end":
        tree = reader.expr(10)
        if isinstance(tree, Ref):
            out.append(tree)
        elif not isinstance(tree, Rest):
            raise NotReadable("only names can be declared", span=tree.span, expected="W in R^(m x n)")
        if reader.toks[reader.i][0] in (",", "and"):
            reader.i += 1
    if not out:
        raise NotReadable("a name is missing before 'in'", span=item.draft.span, expected="W in R^(m x n)")
    return out


def _axes(item: Found, reader: Reader, start: int) -> tuple[Expr, ...]:
    toks = item.draft.toks
    stop = len(toks) - 1
    if toks[start][0] in ("(", "{", "["):
        close = next((j for j in range(start, stop) if toks[j][0] in (")", "}", "]")), stop)
        start, stop = start + 1, close
    cuts = [j for j in range(start, stop) if toks[j][0] in ("*", ",") or toks[j][1] == "x"]
    out: list[Expr] = []
    for a, b in zip([start, *(c + 1 for c in cuts)], [*cuts, stop]):
        _begin(item, reader, a, b)
        out.append(reader.whole())
    return tuple(out)


def _expression(item: Found, reader: Reader) -> Settled:
    _begin(item, reader)
    reader.scope.lines = True
    try:
        parts = [reader.expr(0)]
        while reader.toks[reader.i][0] == ",":      # x_1, x_2
            reader.i += 1
            parts.append(reader.expr(0))
        if reader.toks[reader.i][0] != "end":
            reader.whole()
    finally:
        reader.scope.lines = False
    return parts[0] if len(parts) == 1 else Array(tuple(parts), item.draft.span), tuple(parts), ()


READ = {
    "equation": _equation, "function": _function, "claim": _claim, "update": _update, "domain": _domain,
    "fact": _fact, "point": _fact, "empty": _empty, "class": _class, "edge": _edge, "opaque": _opaque,
    "range": _range, "array": _array, "expression": _expression, "words": _words,
}
