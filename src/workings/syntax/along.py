"""Functions along an axis, as NumPy writes them: sum(W, axis=0) is colsum(W), max(W, axis=1) rowmax(W)."""

from __future__ import annotations

from collections.abc import Mapping

from workings.errors import NotReadable, Span
from workings.expr import Expr, Neg, Num, Ref, Rel
from workings.syntax.products import rank
from workings.syntax.scope import Scope
from workings.syntax.tokens import Token

_WORDS = ("axis", "dim")
_ALONG: Mapping[str, tuple[str, str]] = {
    "sum": ("colsum", "rowsum"), "mean": ("colmean", "rowmean"), "max": ("colmax", "rowmax"),
    "min": ("colmin", "rowmin"), "amax": ("colmax", "rowmax"), "amin": ("colmin", "rowmin"),
}
_LAST = frozenset(("softmax", "logsoftmax", "logsumexp"))
_ALL: Mapping[str, str] = {"max": "amax", "min": "amin"}


def along(name: str, args: tuple[Expr, ...], scope: Scope, span: Span) -> tuple[str, tuple[Expr, ...]]:
    """The function and the arguments that are meant; raises `NotReadable` for an axis that no function works along."""
    if len(args) == 2 and _names_axis(args[1]) and (name in _ALONG or name in _LAST):
        return _on_axis(name, args[0], args[1], scope, span)
    if name in _ALL and len(args) == 1 and rank(args[0], scope):
        return _ALL[name], args
    return name, args


def is_axis(toks: list[Token], at: int) -> bool:
    """Do the tokens from `at` on say axis=…?"""
    return toks[at][1] in _WORDS and toks[at + 1][0] == "="


def _names_axis(tree: Expr) -> bool:
    left = tree.args[0] if isinstance(tree, Rel) and tree.ops == ("=",) else None
    return isinstance(left, Ref) and left.name in _WORDS


def _on_axis(name: str, array: Expr, said: Expr, scope: Scope, span: Span) -> tuple[str, tuple[Expr, ...]]:
    axis = said.children()[1]
    number = axis.value if isinstance(axis, Num) else -1 if isinstance(axis, Neg) and _is_one(axis.arg) else None
    axes = rank(array, scope)
    if number == -1 or (axes > 0 and number == axes - 1) or (number == 1 and not axes):
        if axes == 1 and name in _ALONG:
            return _ALL.get(name, name), (array,)
        return (name if name in _LAST else _ALONG[name][1]), (array,)
    if number == 0 and name in _ALONG:
        return _ALONG[name][0], (array,)
    raise NotReadable(f"{name} along this axis is not known", span=axis.span or span,
                      expected="axis=0 or axis=1 of a matrix" if name in _ALONG else "axis=-1, the last")


def _is_one(tree: Expr) -> bool:
    return isinstance(tree, Num) and tree.value == 1
