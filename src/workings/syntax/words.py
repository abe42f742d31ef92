"""What a name at the beginning of an operand is: a function, a derivative, a sum, a constant or a reference."""

from __future__ import annotations

import re
from fractions import Fraction

from workings.errors import NotReadable, Span
from workings.expr import All, Call, Const, Deriv, Expr, Num, Ref
from workings.expr.walk import preorder
from workings.syntax.applications import PENDING
from workings.syntax import bigs, derivatives, letters, names, squares
from workings.syntax.calls import apply, arguments, plain_refs, unknown
from workings.syntax.entries import index_of, resolve
from workings.syntax.pratt import Reader
from workings.syntax.products import rank

# What may follow a name that is done: nothing hangs on it.
_AFTER = frozenset("+ - * / @ ) ] } , = end < > <= >= != and or w".split())
_LIKE_FUNCTIONS = frozenset("f g h F G H phi varphi psi rho sigma Phi Psi".split())
_BOLD = ("\\boldsymbol", "\\mathbf", "\\bm", "\\vec", "\\pmb")
_MORE_THAN_NAMES = frozenset(("e", "pi", "inf", "infinity", "sum", "prod"))
FUNCTION_COMMANDS = tuple(
    "\\" + f for f in "exp ln log lg sin cos tan sec csc cot sinh cosh tanh coth arcsin arccos arctan erf".split()
)


def name(reader: Reader) -> Expr:
    """The operand that begins with a letter, a font or an accent."""
    kind, text, at, stop = reader.toks[reader.i]
    if kind == "w":
        after = reader.toks[reader.i + 1][0]
        alone = after in _AFTER or (after == "^" and reader.toks[reader.i + 2][0] == "n")
        if alone and ((text, reader.tex) in reader.plans or (not reader.tex and _simple(text, reader))):
            reader.i += 1
            return Ref(text, (), Span(at, stop))
        return _special(reader, text, after, at) or _reference(reader)
    if kind.startswith("\\") and kind[1:] in reader.scope.signatures:
        return _command(reader, kind[1:], at)
    if kind in FUNCTION_COMMANDS:
        raise unknown(reader, kind, reader.here())
    return _reference(reader)


def _simple(text: str, reader: Reader) -> bool:
    """Letters and digits that can be nothing but a name: no function, no constant, no entry of a family."""
    scope = reader.scope
    if not text.isalnum() or text in _MORE_THAN_NAMES or text[0] == "d" or text in scope.signatures:
        return False
    base = text.rstrip("0123456789")
    return base.isalpha() and base not in scope.families and base not in scope.arrays and text not in scope.functions


def _special(reader: Reader, text: str, after: str, at: int) -> Expr | None:
    """A word that is more than a name, or None."""
    if text in bigs.PLAIN and after == "(" and bigs.indexed(reader, text):
        return bigs.plain_big(reader)
    if text in derivatives.WORDS and after == "(" and text not in reader.scope.functions:
        found = derivatives.named(reader)
        if found is not None:
            return found
    if text[0] == "d" and not reader.scope.known(text):
        found = derivatives.inline_words(reader)
        if found is not None:
            return found
    bare = text.rstrip("'")
    function = reader.scope.function(bare, after in ("(", "'") or (after == "[" and not squares.of_family(reader)))
    if function is None or (after in ("_", "[") and bare not in reader.scope.signatures):
        return None
    if after == "_" and reader.scope.function(bare, False) is None:
        return None
    if after == "^" and reader.toks[reader.i + 2][1] in ("{", "(", "[") and function not in reader.scope.signatures:
        return None
    reader.i += 1
    return apply(reader, function, bare, at, len(text) - len(bare))


def _command(reader: Reader, spelling: str, at: int) -> Expr:
    r"""\tanh, \log_2, \max."""
    reader.i += 1
    if reader.toks[reader.i][0] == "_" and spelling == "log":
        reader.i += 1
        below = names.subscript(reader)
        return _log(reader, below, at)
    found = reader.scope.function(spelling, True)
    if found is None:
        reader.i -= 1
        raise reader.fail(f"\\{spelling} is a function, but the text defines it as a name", "another name for it")
    return apply(reader, found, "\\" + spelling, at)


def _log(reader: Reader, below: list[names.Item], at: int) -> Expr:
    from workings.expr import Div

    spelling = "log_" + (below[0] if len(below) == 1 and isinstance(below[0], str) else "?")
    if spelling in reader.scope.signatures:
        return apply(reader, reader.scope.signatures[spelling].name, spelling, at)
    argument = apply(reader, "log", "\\log", at)
    base = index_of(below[0], reader, reader.span(at))
    return Div(argument, Call("log", (base,), 0, reader.span(at)), reader.span(at))


def _reference(reader: Reader) -> Expr:
    at = reader.toks[reader.i][2]
    raw = names.read_name(reader)
    after = reader.toks[reader.i][0]
    if raw.indices is None and not raw.sample and not raw.layer:
        spelled = names.plain_name(raw.base, "", [s for s in raw.subs if isinstance(s, str)])
        function = reader.scope.function(spelled, after == "(" or (after == "[" and not squares.of_family(reader, 0)))
        upright = reader.toks[reader.i - 1][0] in ("}", "text") and not raw.subs
        power = after == "^" and spelled in reader.scope.functions
        if function is not None and (after in ("(", "[") or upright or raw.primes or power):
            return apply(reader, function, spelled, at, len(raw.primes))
        below = _given_below(reader, raw, at) if after == "(" else None
        if below is not None:
            return below
    tree = resolve(raw, reader)
    tree = _constant(reader, raw, tree)
    if isinstance(tree, Ref) and not tree.indices and _lasting(reader, raw, tree, at):
        reader.plans[(tree.name, reader.tex)] = ("name", tree.name)
    dotted = after == "[" and (letters.upright(raw.latex) or reader.toks[reader.i + 1][1] == "\\cdot")
    if after == "(" or dotted or (after == "[" and reader.toks[reader.i][1] != "["):
        return _before_bracket(reader, raw, tree, at)
    return tree


def _given_below(reader: Reader, raw: names.Raw, at: int) -> Expr | None:
    r"""\mathrm{Huber}_\delta(r): the last argument of a function of two stands below its name."""
    scope = reader.scope
    name = scope.function(raw.base, True) if len(raw.subs) == 1 and len(raw.base) > 1 else None
    if name is None or name in scope.functions or scope.signatures[raw.base].least != 2 or raw.primes:
        return None
    args = arguments(reader)
    if len(args) != 1:
        raise NotReadable(f"{raw.base} with a subscript is given {len(args)} arguments", span=reader.span(at),
                          expected="one in the bracket: the other stands below the name")
    below, span = raw.subs[0], reader.span(at)
    number = isinstance(below, str) and re.fullmatch(r"\d+(\.\d+)?", below)
    last = Num(Fraction(below), below, span) if number and isinstance(below, str) else index_of(below, reader, span)
    return Call(name, (*args, last), 0, span)


def _constant(reader: Reader, raw: names.Raw, tree: Expr) -> Expr:
    if not isinstance(tree, Ref) or tree.indices or raw.subs:
        return tree
    if tree.name in ("pi", "inf", "infinity") and not reader.scope.known(tree.name):
        return Const("pi" if tree.name == "pi" else "inf", tree.span)
    return tree


def _lasting(reader: Reader, raw: names.Raw, tree: Ref, at: int) -> bool:
    """Does this word mean this name wherever it stands (no part of it could be an index)?"""
    if raw.sample or raw.layer or raw.bold or tree.name in letters.JOINING:
        return False
    if reader.text[at : reader.toks[reader.i - 1][3]] != tree.name or tree.name == "e" or tree.name in reader.bound:
        return False
    if reader.scope.function(tree.name, True) or reader.scope.function(tree.name, False):
        return False
    return all(isinstance(s, str) and (s.isdigit() or not names.LETTER.fullmatch(s)) for s in raw.subs)


def _before_bracket(reader: Reader, raw: names.Raw, tree: Expr, at: int) -> Expr:
    """A name that a bracket follows: a quantity with what it depends on, or the first factor of a product."""
    if not isinstance(tree, Ref):
        return tree
    scope, key = reader.scope, tree.key
    opened, span = reader.i, reader.span(at)
    args = arguments(reader)
    if all(isinstance(a, All) for a in args):
        shown = reader.text[at : reader.span(at).end]
        scope.remark(f"{shown} names {tree.name}; its arguments are not named", span, "note")
        return tree
    if tree.name == "T" and scope.is_end("T") and len(args) == 1 and rank(args[0], scope):
        return Call("T", args, 0, reader.span(at))
    if scope.surveying:
        used = tuple(a.name if isinstance(a, Ref) else "" for a in args)
        scope.applied.setdefault(tree.name.rstrip("'"), []).append(("'",) if raw.primes else used)
    quantity = tree.name in scope.defined or key in scope.brackets
    if quantity and (len(args) > 1 or _names_inputs(args) or _constant_only(args)):
        return _quantity(reader, tree, args, at)
    like_function = not quantity and _looks_like_function(reader, raw, tree, opened)
    if like_function and (not reader.tex or scope.misspelt(tree.name)) and not scope.surveying:
        raise unknown(reader, tree.name, span)
    if not quantity and plain_refs(args) and (len(args) > 1 or tree.name not in scope.bare):
        scope.opaque.setdefault(key, (tree, tuple(_slice(a, reader) for a in args if isinstance(a, Ref))))
        return tree
    if len(args) > 1 or like_function:
        if not scope.surveying:
            raise unknown(reader, tree.name, span)
        return tree
    lone = not raw.subs and reader.toks[opened - 1][3] == reader.toks[opened][2] and len(raw.base) == 1
    if not quantity and (raw.base in _LIKE_FUNCTIONS or lone) and not scope.surveying and tree.name not in scope.bare:
        scope.remark(f"{tree.name}(…) is read as a product: the text does not define a function {tree.name}", span)
    reader.done[opened] = (args[0], reader.i)
    reader.i = opened
    return tree


def _slice(arg: Ref, reader: Reader) -> Ref:
    r"""What y_k depends on: a bold \boldsymbol{x}_k is the whole x[., k]."""
    bold = arg.span is not None and reader.text.startswith(_BOLD, arg.span.start)
    if not bold or not arg.indices or any(isinstance(i, All) for i in arg.indices):
        return arg
    return Ref(arg.name, (All(arg.span), *arg.indices), arg.span)


def _looks_like_function(reader: Reader, raw: names.Raw, tree: Ref, opened: int) -> bool:
    """A word of several letters right before a bracket, never used otherwise."""
    adjacent = reader.toks[opened - 1][3] == reader.toks[opened][2]
    word = len(raw.base) > 1 and raw.base not in letters.GREEK_WORDS and not raw.subs
    return word and adjacent and not reader.scope.known(tree.name) and tree.name not in reader.scope.bare


def _names_inputs(args: tuple[Expr, ...]) -> bool:
    return plain_refs(args)


def _constant_only(args: tuple[Expr, ...]) -> bool:
    return all(not isinstance(n, Ref | Deriv) for a in args for n in preorder(a))


def _quantity(reader: Reader, tree: Ref, args: tuple[Expr, ...], at: int) -> Expr:
    """The quantity itself where the bracket lists what it depends on; else a call that `assemble` substitutes."""
    said = reader.scope.brackets.get(tree.key)
    if tree.indices or (said is not None and _alike(said, args)):
        return tree
    reader.scope.pending = True
    return Call(tree.name, args, PENDING, reader.span(at))


def _alike(said: tuple[Ref, ...], args: tuple[Expr, ...]) -> bool:
    return len(said) == len(args) and all(isinstance(a, Ref) and a.name == s.name for s, a in zip(said, args))


def index_name(tree: Expr) -> str:
    """The letter of an index, of a bare reference."""
    if isinstance(tree, Ref) and not tree.indices:
        return tree.name
    raise NotReadable("an index is one letter", span=tree.span, expected="a letter such as i")
