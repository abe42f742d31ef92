"""A function at its arguments: with a bracket, without one, with a power or primes."""

from __future__ import annotations

from workings.errors import NotReadable, Span
from workings.expr import All, Call, Expr, Mul, Pow, Ref
from workings.syntax.along import along
from workings.syntax.pratt import FACTORS, POWER, Reader, operand
from workings.syntax.scope import listed

OPENS = frozenset(("(", "["))
_STOPS = frozenset(("\\sum", "\\prod", "\\underbrace", "\\overbrace", "dots", "\\partial", "\\nabla"))


def arguments(reader: Reader) -> tuple[Expr, ...]:
    """The expressions in a bracket, parted by commas."""
    kind, text, at, stop = reader.toks[reader.i]
    close = "]" if kind == "[" else ")"
    reader.i += 1
    reader.deeper()
    outer, reader.bars = reader.bars, []
    out: list[Expr] = []
    while True:
        out.append(_dot(reader) or reader.expr(0))
        kind = reader.toks[reader.i][0]
        if kind in (",", "|", "brk") and reader.toks[reader.i][1] in (",", ";", "|", "\\mid"):
            reader.i += 1
        elif kind in (")", "]"):
            if kind != close and not (text.startswith("\\") or reader.toks[reader.i][1].startswith("\\")):
                raise reader.fail(f"{text} is closed by {reader.seen()}", f"a closing {close}")
            reader.i += 1
            break
        elif kind == "end":
            raise NotReadable(f"the bracket {text} is never closed", span=Span(at, stop), expected=f"a closing {close}")
        else:
            raise reader.fail(f"{reader.seen()} where {close} should stand", f"an operator, a comma or {close}")
    reader.bars = outer
    reader.depth -= 1
    return tuple(out)


def _dot(reader: Reader) -> Expr | None:
    r"""The dot of h(\cdot): the argument is not named."""
    at = reader.toks[reader.i][2]
    if reader.toks[reader.i][0] in ("*", ".") and reader.toks[reader.i + 1][0] in (",", ")", "]"):
        reader.i += 1
        return All(reader.span(at))
    return None


def _no_entry(reader: Reader, shown: str, span: Span) -> None:
    """softmax(z)[i] is an entry of something that has no name; it must not pass for a product."""
    from workings.syntax.squares import index_like

    before, here = reader.toks[reader.i - 1], reader.toks[reader.i]
    if here[0] == "[" and before[0] == ")" and before[3] == here[2] and not reader.tex and index_like(reader):
        raise NotReadable(
            f"an entry of {shown}(…) is meant, which has no name", span=span,
            expected="an index after a name", hint=f"q = {shown}(…), then q[…]; or {shown}(…)*(…) for a product",
        )


def apply(reader: Reader, name: str, shown: str, at: int, primes: int = 0) -> Expr:
    """A function at what follows; the name has been read.  `shown` is its spelling in messages."""
    power: Expr | None = None
    while reader.toks[reader.i][0] in ("^", "'", "_"):
        kind = reader.toks[reader.i][0]
        if kind == "'" or _prime_above(reader):
            primes += 1
            reader.i += 1
        elif kind == "^" and power is None:
            reader.i += 1
            power = reader.exponent()
        else:
            break
    args = _arguments_of(reader, shown)
    span = reader.span(at)
    if name not in reader.scope.functions:
        name, args = along(name, args, reader.scope, span)
    _count(reader, name, shown, args, span)
    _no_entry(reader, shown, span)
    call: Expr = Call(name, args, primes, span)
    if power is None:
        return call
    if name in reader.scope.functions and len(args) == 1:
        return _twice(reader, name, shown, args, power, span)
    return Pow(call, power, span)


def _prime_above(reader: Reader) -> bool:
    r"""^{\prime} or ^\prime."""
    kinds = [t[0] for t in reader.toks[reader.i : reader.i + 4]]
    if kinds[:2] == ["^", "'"]:
        reader.i += 1
        return True
    if kinds == ["^", "{", "'", "}"]:
        reader.i += 3
        return True
    return False


def _twice(reader: Reader, name: str, shown: str, args: tuple[Expr, ...], power: Expr, span: Span) -> Expr:
    from workings.expr import Num

    reader.scope.remark(f"{shown}^n of a function that the text defines is read as {shown} applied n times", span)
    if not isinstance(power, Num) or not isinstance(power.value, int) or not 1 <= power.value <= 64:
        raise NotReadable(f"{shown} cannot be applied this many times", span=span, expected="a number from 1 to 64")
    tree = args[0]
    for _ in range(power.value):
        tree = Call(name, (tree,), 0, span)
    return tree


def _arguments_of(reader: Reader, shown: str) -> tuple[Expr, ...]:
    kind = reader.toks[reader.i][0]
    if kind in OPENS:
        return arguments(reader)
    if kind == "{" and reader.toks[reader.i + 1][0] in OPENS:
        return (operand(reader),)
    if kind not in FACTORS and kind not in ("n", "|", "norm"):
        raise reader.fail(f"{shown} has no argument", f"{shown}(…)")
    reader.deeper()
    factors = _factors(reader)
    reader.depth -= 1
    return (factors,)


def _factors(reader: Reader) -> Expr:
    """The factors that a function without bracket takes: sin 2x, but sin x cos y is a product."""
    start = reader.toks[reader.i][2]
    first_is_function = function_here(reader) is not None
    args = [reader.expr(POWER - 1)]
    while not first_is_function:
        kind = reader.toks[reader.i][0]
        if kind in _STOPS or not reader.begins_factor(kind) or function_here(reader) is not None:
            break
        args.append(reader.expr(POWER - 1))
    return args[0] if len(args) == 1 else Mul(tuple(args), reader.span(start))


def function_here(reader: Reader) -> str | None:
    """The function whose name is the next token, if one is."""
    kind, text, _, _ = reader.toks[reader.i]
    after = reader.toks[reader.i + 1][0]
    if kind == "w":
        return reader.scope.function(text.rstrip("'"), after in ("(", "[", "'"))
    if kind.startswith("\\"):
        return reader.scope.function(kind[1:], True) if kind[1:] in reader.scope.signatures else None
    return None


def _count(reader: Reader, name: str, shown: str, args: tuple[Expr, ...], span: Span) -> None:
    scope = reader.scope
    spelling = name if name in scope.functions or name in scope.signatures else shown
    least, most = scope.arguments(spelling)
    if least <= len(args) <= most:
        return
    wanted = str(least) if least == most else f"{least} or more" if most > 100 else f"{least} to {most}"
    plural = "" if wanted == "1" else "s"
    raise NotReadable(
        f"{shown} is given {len(args)} argument{'' if len(args) == 1 else 's'}",
        span=span,
        expected=f"{wanted} argument{plural}",
    )


def unknown(reader: Reader, name: str, span: Span) -> NotReadable:
    """The complaint about a function that nobody has defined."""
    near = reader.scope.near(name)
    close = f"{near}(…), " if near else ""
    return NotReadable(
        f"{name} is no function of the table, and the text does not define it",
        span=span,
        expected=f"{listed(['a function', 'an operator before the bracket'])}",
        hint=f"{close}{name}(z) = … to define it, or {name}*(…) for a product",
    )


def plain_refs(args: tuple[Expr, ...]) -> bool:
    """Are all arguments names, entries or slices?"""
    return all(isinstance(a, Ref) for a in args)
