"""Straight-line Python and NumPy as assignments in the written tree; read with `ast`, nothing is ever run.

`Ref` bears the name that the code uses (of `params["W1"]`, `self.W1` and `W1`: W1); indices count as the code does.
What cannot be read becomes an assignment with an error at its place; the rest is read all the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from workings.errors import InputTooLarge, NotReadable, Source, Span
from workings.expr import Expr, Ref, preorder, substitute
from workings.expr.program import Assignment, Code, Loop
from workings.importers.code_values import LIBRARIES, Values, refuse
from workings.limits import MAX_CODE, MAX_CODE_LINES

OPS = {ast.Add: "+=", ast.Sub: "-=", ast.Mult: "*=", ast.Div: "/=", ast.MatMult: "@="}
LEAVING = (ast.Return, ast.Raise, ast.Continue)
SILENT = (ast.Import, ast.ImportFrom, ast.Pass, ast.Return, ast.Assert, ast.Global)


def from_code(source: Source) -> Code:
    """The assignments of a Python text, in order; raises `NotReadable` where Python itself cannot read it.

    >>> [(a.target, a.op) for a in from_code(Source("z = w*x\\ng += z")).lines]
    [('z', '='), ('g', '+=')]
    """
    if len(source.text) > MAX_CODE:
        raise InputTooLarge(f"the code has {len(source.text)} characters", source=source,
                            expected=f"at most {MAX_CODE}: the backward pass alone")
    tree = _parsed(source)
    reader = _Reader(source)
    reader.called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    reader.block(tree.body, "", ())
    return Code(tuple(reader.lines), reader.arguments)


def _parsed(source: Source) -> ast.Module:
    try:
        return ast.parse(source.text)
    except SyntaxError as error:
        offset = _offset(source, error.lineno or 1, (error.offset or 1) - 1, characters=True)
        raise NotReadable(f"this is not Python: {error.msg}", source=source, span=Span(offset, offset + 1),
                          expected="assignments such as dz = da * (1 - a**2)") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotReadable(f"Python cannot read this: {error or type(error).__name__}", source=source,
                          expected="assignments such as dz = da * (1 - a**2)") from None


def _offset(source: Source, line: int, column: int, characters: bool = False) -> int:
    """The offset of a place that `ast` gives: a line from 1, and the bytes before it in its line."""
    source.place(0)
    starts = source._starts
    start = starts[min(line, len(starts)) - 1]
    if characters:
        return min(start + column, len(source.text))
    end = source.text.find("\n", start)
    row = source.text[start:] if end < 0 else source.text[start:end]
    return start + len(row.encode()[:column].decode(errors="ignore"))


class _Reader:
    """Statement by statement; `helpers` are functions of one expression, put in where they are called."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines: list[Assignment] = []
        self.arguments: dict[str, tuple[str, ...]] = {}
        self.helpers: dict[str, tuple[tuple[str, ...], Expr]] = {}
        self.called: set[str] = set()                # functions that the text itself calls by name
        self.values = Values(source, self.span, self.helpers)

    def span(self, node: ast.AST) -> Span:
        """The place of a node in the text."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        start = _offset(self.source, line, column)
        end = _offset(self.source, getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column + 1))
        return Span(start, max(end, start + 1))

    # -- statements
    def block(self, body: Sequence[ast.stmt], scope: str, loops: tuple[Loop, ...]) -> None:
        """The statements of a block, in order."""
        waiting: list[tuple[ast.stmt, str, tuple[Loop, ...]]] = [(s, scope, loops) for s in reversed(body)]
        while waiting:
            statement, scope, loops = waiting.pop()
            if len(self.lines) > MAX_CODE_LINES:
                raise InputTooLarge(f"the code has more than {MAX_CODE_LINES} assignments", source=self.source,
                                    span=self.span(statement), expected="the backward pass alone")
            try:
                inner = self._statement(statement, scope, loops)
            except NotReadable as problem:
                self._refused(statement, problem, scope, loops)
                continue
            waiting += reversed(inner)

    def _statement(
        self, s: ast.stmt, scope: str, loops: tuple[Loop, ...]
    ) -> list[tuple[ast.stmt, str, tuple[Loop, ...]]]:
        if isinstance(s, SILENT) or (isinstance(s, ast.Expr) and _says_nothing(s.value)):
            return []
        if isinstance(s, ast.Assign):
            for target in s.targets:
                self._assign(target, s.value, s, scope, loops)
        elif isinstance(s, ast.AnnAssign) and s.value is not None:
            self._assign(s.target, s.value, s, scope, loops)
        elif isinstance(s, ast.AugAssign):
            op = OPS.get(type(s.op))
            if op is None:
                raise refuse("this operator", self.span(s))
            self._one(s.target, s.value, op, s, scope, loops)
        elif isinstance(s, ast.For) and isinstance(s.iter, ast.List | ast.Tuple) and isinstance(s.target, ast.Name):
            return [(_renamed(inner, s.target.id, item), scope, loops) for item in s.iter.elts for inner in s.body]
        elif isinstance(s, ast.For):
            loop = self._loop(s)
            return [(inner, scope, (*loops, loop)) for inner in s.body]
        elif isinstance(s, ast.FunctionDef):
            return self._function(s, loops)
        elif isinstance(s, ast.If):
            return [(inner, scope, loops) for inner in self._branch(s)]
        elif not isinstance(s, ast.AnnAssign):
            raise refuse(f"`{_keyword(s)}`", self.span(s))
        return []

    def _assign(self, target: ast.expr, value: ast.expr, s: ast.stmt, scope: str, loops: tuple[Loop, ...]) -> None:
        if not isinstance(target, ast.Tuple | ast.List):
            self._one(target, value, "=", s, scope, loops)
            return
        if isinstance(value, ast.Attribute) and value.attr == "shape":
            for axis, part in enumerate(target.elts):
                self._size(part, value, axis, s, scope)
            return
        if not isinstance(value, ast.Tuple | ast.List) or len(value.elts) != len(target.elts):
            if isinstance(value, ast.Name | ast.Call):        # W, b = params; cache = forward(x): given from outside
                self.arguments[scope] = (*self.arguments.get(scope, ()), *_names(target))
                return
            raise refuse("this unpacking", self.span(value))
        written = {n for t in target.elts for n in _names(t)}
        own = [v for v in value.elts if not _kept(v) and not _empty(v)]      # a, b = b, a reads all before it writes
        if any(isinstance(r, Ref) and r.name in written for v in own for r in preorder(self.values.expr(v))):
            raise refuse("an exchange of names", self.span(s))
        for part, each in zip(target.elts, value.elts):
            self._one(part, each, "=", part, scope, loops, f"{ast.unparse(part)} = {ast.unparse(each)}")

    def _one(self, target: ast.expr, value: ast.expr, op: str, s: ast.AST, scope: str, loops: tuple[Loop, ...],
             text: str = "") -> None:
        name, indices, mask = self.values.target(target)
        if op == "=" and not indices and (_empty(value) or (_kept(value) and _names(value) == [name])):
            self.arguments[scope] = (*self.arguments.get(scope, ()), name)         # W1 = params["W1"], grads = {}
            return
        line = self._line(name, s, scope, loops)
        line = replace(line, text=text) if text else line
        if isinstance(value, ast.Attribute | ast.Subscript) and self.values.length(value) is not None:
            line = replace(line, value=self.values.length(value))
        else:
            line = replace(line, value=self.values.expr(value))
        self.lines.append(replace(line, op=op, indices=indices, mask=mask))

    def _size(self, target: ast.expr, value: ast.Attribute, axis: int, s: ast.stmt, scope: str) -> None:
        name, _, _ = self.values.target(target)
        self.lines.append(replace(self._line(name, s, scope, ()), value=self.values.length_of(value.value, axis)))

    def _line(self, name: str, s: ast.AST, scope: str, loops: tuple[Loop, ...]) -> Assignment:
        span = self.span(s)
        return Assignment(name, "=", None, span, self.source.text[span.start : span.end], loops=loops, scope=scope)

    def _refused(self, s: ast.stmt, problem: NotReadable, scope: str, loops: tuple[Loop, ...]) -> None:
        problem.located(self.source, self.span(s))
        names = [n for t in _targets(s) for n in _names(t)] or [""]
        span = problem.span or self.span(s)
        for name in names:
            line = self._line(name, s, scope, loops)
            head = line.text.split("\n", 1)[0]
            self.lines.append(replace(line, span=Span(span.start, span.end), text=head, error=problem))

    # -- branches, loops and functions
    def _branch(self, s: ast.If) -> list[ast.stmt]:
        """What an `if` leaves to be read: nothing of one that ends the function, both values of one that chooses."""
        if not s.orelse and isinstance(s.body[-1], LEAVING):
            return []
        if len(s.body) == len(s.orelse) == 1:
            one, other = s.body[0], s.orelse[0]
            if (isinstance(one, ast.Assign) and isinstance(other, ast.Assign)
                    and [ast.dump(t) for t in one.targets] == [ast.dump(t) for t in other.targets]):
                chosen = ast.IfExp(s.test, one.value, other.value)
                return [ast.copy_location(ast.Assign(one.targets, ast.copy_location(chosen, s)), s)]
        raise refuse("`if`", self.span(s), "straight lines; or one name with a value in both branches")

    def _loop(self, s: ast.For) -> Loop:
        if not isinstance(s.target, ast.Name) or s.orelse:
            raise refuse("this loop", self.span(s.target), "for i in range(n): with one name")
        return self.values.range_of(s.target.id, s.iter)

    def _function(self, s: ast.FunctionDef, loops: tuple[Loop, ...]) -> list[tuple[ast.stmt, str, tuple[Loop, ...]]]:
        if loops or s.decorator_list:
            raise refuse("a function here", self.span(s))
        names = tuple(a.arg for a in (*s.args.posonlyargs, *s.args.args, *s.args.kwonlyargs))
        body = [b for b in s.body if not (isinstance(b, ast.Expr) and _says_nothing(b.value))]
        if len(body) == 1 and isinstance(body[0], ast.Return) and body[0].value is not None:
            self.helpers[s.name] = names, self.values.expr(body[0].value)
            return []
        inlined = self._inlined(s.name, body)
        if inlined is not None:
            self.helpers[s.name] = names, inlined
            return []
        self.arguments[s.name] = names
        return [(b, s.name, ()) for b in body]

    def _inlined(self, name: str, body: list[ast.stmt]) -> Expr | None:
        """What a function of a few lines gives, its own names put in; None where nothing here calls it by name."""
        *lines, last = body
        if name not in self.called or not isinstance(last, ast.Return) or last.value is None:
            return None
        known: dict[str, Expr] = {}
        for line in lines:
            if not (isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)):
                return None
            known[line.targets[0].id] = substitute(self.values.expr(line.value), known)
        return substitute(self.values.expr(last.value), known)


def _says_nothing(value: ast.expr) -> bool:
    """A docstring, a print; np.clip(dW, -5, 5, out=dW), which comes after the derivative."""
    if isinstance(value, ast.Constant):
        return True
    name = getattr(value.func, "id", "") or getattr(value.func, "attr", "") if isinstance(value, ast.Call) else ""
    return name in ("print", "append") or (name == "clip" and isinstance(value, ast.Call) and any(
        k.arg == "out" for k in value.keywords))


def _kept(value: ast.expr) -> bool:
    """Is it taken from a container: params["W1"], self.W1, cache.z?"""
    if isinstance(value, ast.Subscript):
        return isinstance(value.slice, ast.Constant) and isinstance(value.slice.value, str)
    return isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) and value.value.id not in LIBRARIES


def _empty(value: ast.expr) -> bool:
    """An empty container: {}, [], dict()."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in ("dict", "list") and not value.args
    return (isinstance(value, ast.Dict) and not value.keys) or (isinstance(value, ast.List) and not value.elts)


def _renamed(s: ast.stmt, name: str, item: ast.expr) -> ast.stmt:
    """A statement with an expression in the place of a name: one turn of a loop over a written list."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return item if node.id == name else node

    from copy import deepcopy

    new = Put().visit(deepcopy(s))
    assert isinstance(new, ast.stmt)
    return new


def _keyword(s: ast.stmt) -> str:
    words = {"Expr": "an expression that is kept nowhere", "ClassDef": "class", "Delete": "del",
             "AsyncFunctionDef": "async def"}
    return words.get(type(s).__name__, type(s).__name__.lower())


def _targets(s: ast.stmt) -> Iterator[ast.expr]:
    """The places that a statement writes to, those of its inner statements included."""
    for node in ast.walk(s):
        if isinstance(node, ast.Assign):
            yield from node.targets
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            yield node.target


def _names(target: ast.expr) -> list[str]:
    """The names that a target writes."""
    out = []
    for node in ([target] if not isinstance(target, ast.Tuple | ast.List) else target.elts):
        while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
            key = node.slice.value if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) else None
            if isinstance(key, str):
                node = ast.Name(key)
                break
            if isinstance(node, ast.Attribute):
                node = ast.Name(node.attr)
                break
            node = node.value
        if isinstance(node, ast.Name):
            out.append(node.id)
    return list(dict.fromkeys(out))

