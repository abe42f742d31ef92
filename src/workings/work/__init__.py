"""The order of work for each verb: what a person gives is made into what the engines take, then the engine is called.

Engines take `Ref`s, `Fraction`s and boxes; a person gives "w_{13}", "1/2", Decimal("0.1") or [(-1, 1), (-1, 1)].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from workings.errors import BadValue, NotReadable, Source
from workings.expr import Network, Ref
from workings.work import regions
from workings.work.code import check_code, code_source, read_code
from workings.work.files import MARKED, decoded, file_source, formulas, source
from workings.work.models import is_model, model
from workings.work.names import NameLike, Names, expression, loss, names, other_entry, plain_name, ref, split
from workings.work.regions import Budget
from workings.work.slopes import derivative_of, differentiated
from workings.work.values import BoxLike, box, number, values, values_file

if TYPE_CHECKING:
    from workings.checking import Report
    from workings.derive import Derivation, Expansion, Program
    from workings.emit.result import Code
    from workings.evaluate import Values
    from workings.fit import Fit
    from workings.forms.graphs import Graph
    from workings.geometry.same import Agreement

__all__ = [
    "Budget", "backward", "boundary", "box", "check", "check_code", "code_source", "decoded", "draw", "expression",
    "file_source", "gradient", "hessian", "is_model", "loss", "model", "names", "number", "pieces", "read",
    "read_code", "ref", "run", "same", "source", "split", "values", "values_file",
]


def read(given: Any, inputs: Names = None, parameters: Names = None, targets: Names = None) -> Network:
    """The network that a text or a file states."""
    from workings.functions import signatures
    from workings.syntax import read as read_text

    text = source(given)
    marked = text.path.lower().endswith(MARKED)
    bare = Source(formulas(text.text), text.path) if marked else text
    roles = {"inputs": names(inputs), "parameters": names(parameters), "targets": names(targets)}
    try:
        net = read_text(bare.text, signatures(), source=bare, base=None, **roles)
        _no_cycle(net)
    except NotReadable as error:
        if error.source in (None, bare):
            error.source = text              # a caret stands under the text as the person wrote it
        raise
    return net.with_(source=text)


def _no_cycle(net: Network) -> None:
    """Raise where a quantity needs itself; entries of a family (y[2] by y[1]) show only when they are computed."""
    single = tuple(e for e in net.equations if not e.lhs.indices)
    _ = (net if len(single) == len(net.equations) else net.with_(equations=single)).ordered


def draw(net: Network, unroll: int | None = None) -> Graph:
    """Inputs, neurons, weights, biases, nonlinearities; `unroll`: so many steps of a recurrence side by side."""
    from workings.figures.unrolled import unrolled
    from workings.forms.neurons import graph

    found = graph(net)
    if unroll is None:
        return found
    found = replace(found, unroll=unroll)
    unrolled(found)                           # says at once where nothing recurs
    return found


def run(net: Network, given: Mapping[str, Any], mode: str = "auto") -> Values:
    """The forward pass at a point; what cannot be computed is listed as missing."""
    from workings import evaluate
    from workings.forms.indexed import indexed, of_rows

    return evaluate.run(indexed(net).net if of_rows(net) else net, values(given, net), mode=mode)


def pieces(net: Network, box_: BoxLike = None, slice_: Any = None, budget: Budget | None = None,
           polygon: Any = None) -> Any:
    """Every sign pattern, its domain and its affine map."""
    return regions.pieces(net, box_, slice_, budget, polygon)


def boundary(net: Network, output: Any = None, level: Any = None, box_: BoxLike = None, slice_: Any = None,
             budget: Budget | None = None, polygon: Any = None) -> Any:
    """The exact level set of an output, or where the largest of several outputs changes."""
    chosen = None if output is None else ref(output, net).name
    return regions.boundary(net, chosen, level, box_, slice_, budget, polygon)


def measured(net: Network, box_: BoxLike, slice_: Any, budget: Budget, polygon: Any = None) -> Any:
    """Extremes, steepness, constancy, classes and sizes over a domain."""
    return regions.measured(net, box_, slice_, budget, polygon)


def same(first: Network, second: Network, box_: BoxLike = None, slice_: Any = None) -> Agreement:
    """The largest difference of two networks, exactly."""
    return regions.same(first, second, box_, slice_)


def gradient(net: Network, of: NameLike, wrt: NameLike, mode: str | None = None, layout: str | None = None,
             adjoints: str = "g", truncate: int | None = None) -> Derivation:
    """One derivative, step by step; `layout`: of its matrix notation; `adjoints="delta"`: by error signals."""
    from workings import derive

    if mode not in (None, "plain"):
        raise BadValue(f"gradient knows no mode {mode!r}", expected="mode=None")
    top, bottom = _pair(net, of, wrt)
    return derive.gradient(net, top, bottom, layout=layout, adjoints=adjoints,
                           truncate=truncate)


def _pair(net: Network, of: NameLike, wrt: NameLike) -> tuple[Ref, Ref]:
    """What is derived and by what; of two families that are named as wholes entries that may differ: y[i] by x[j]."""
    top, bottom = ref(of, net), ref(wrt, net)
    bare = all(isinstance(n, str) and "[" not in n and "_" not in n for n in (of, wrt))
    if bare and bottom.key != top.key and {r.name for r in _letters(top)} & {r.name for r in _letters(bottom)}:
        return top, other_entry(bottom, net, top)
    return top, bottom


def _letters(entry: Ref) -> list[Ref]:
    return [i for i in entry.indices if isinstance(i, Ref)]


def hessian(net: Network, of: NameLike, wrt: Any) -> Derivation:
    """A second derivative, by a pair of names."""
    from workings import derive

    pair = split(wrt) if isinstance(wrt, str) else list(wrt) if isinstance(wrt, tuple | list) else [wrt]
    if len(pair) not in (1, 2):
        raise BadValue(f"a second derivative is by two names, not {len(pair)}", expected="wrt=('u', 'v')")
    u, v = ref(pair[0], net), ref(pair[-1], net)
    if u.key == v.key and not any(isinstance(w, str) and "[" in w for w in pair):
        v = other_entry(u, net)                      # of a family w by w: any two of its entries
    return derive.hessian(net, ref(of, net), (u, v))


def backward(
    net: Network, of: NameLike, wrt: Any = None, mode: str = "plain", truncate: int | None = None,
    adjoints: str = "g", layout: str | None = None,
) -> Program:
    """All derivatives, as a program with nothing computed twice; `adjoints="delta"` names the error signals delta."""
    from workings import derive

    if mode not in ("plain", "fewest"):
        raise BadValue(f"backward knows no mode {mode!r}", expected="mode='plain' or mode='fewest'")
    program = derive.backward(net, ref(of, net), None if wrt is None else listed(wrt, net), mode, truncate, layout)
    return derive.with_deltas(program, net, adjoints)


def listed(wrt: Any, net: Network) -> list[Ref]:
    """One name, several in one text, or a list of names."""
    names = split(wrt) if isinstance(wrt, str) else wrt if isinstance(wrt, list | tuple) else [wrt]
    return [ref(name, net) for name in names]


def hvp(net: Network, of: NameLike, wrt: Any, along: Any = None) -> Program:
    """The second derivatives times a direction, as a program."""
    from workings import derive

    directions = [] if along is None else split(along) if isinstance(along, str) else list(along)
    return derive.hvp(net, ref(of, net), listed(wrt, net), [plain_name(d) for d in directions])


def taylor(net: Network, of: NameLike, wrt: Any, at: Any = None) -> Expansion:
    """The second-order Taylor polynomial by some names; numbers in `at` are put in."""
    from workings import derive

    top = ref(of, net)
    pairs = [(w, other_entry(w, net)) for w in listed(wrt, net)]
    return derive.taylor(net, top, pairs, values(at, net))


def jacobian(net: Network, of: NameLike, wrt: NameLike) -> Program:
    """All derivatives of an array by an array, as a program."""
    from workings import derive

    return derive.jacobian(net, *_pair(net, of, wrt))


def code(net: Network, of: NameLike | None = None, to: str = "numpy", wrt: Any = None, mode: str = "plain",
         **options: Any) -> Code:
    """The forward and backward pass as source text of a target language."""
    from workings import derive, emit
    from workings.emit.slopes import arguments_named
    from workings.derive.doors import entry
    from workings.forms.indexed import indexed
    from workings.forms.softmaxes import settled, softmaxes
    from workings.forms.spellings import steadied

    emit.known_target(to)
    slope = derivative_of(of, net)
    top = ref(slope.of, net) if slope is not None else loss(net) if of is None else ref(of, net)
    form = indexed(net)
    inner, found = softmaxes(form.net, {top.key})
    inner, more = steadied(inner, {top.key})
    inner = arguments_named(inner)
    if slope is not None:
        inner, top = differentiated(inner, slope, mode)
    asked = split(wrt) if isinstance(wrt, str) else wrt
    refs = None if asked is None else [entry(form, ref(n, net)) for n in asked]
    program = derive.backward(inner, top, refs, mode, steady=mode == "plain")
    if refs is None and to in emit.OF_ALL:
        from workings.emit.asked import everything

        inner, refs = everything(inner, program, top)
        program = derive.backward(inner, top, refs, mode, steady=mode == "plain")
    program.recognised = [*found, *more, *program.recognised]
    for statement in (*program.forward, *program.backward):
        statement.value = settled(statement.value)
    return emit.code(inner, program, top, to, mode, **options)


def train(net: Network, data: Any, of: NameLike | None, start: Any, path: Any, resume: bool, note: Any,
          options: Mapping[str, Any]) -> Fit:
    """The parameters fitted to data."""
    from pathlib import Path

    from workings import fit
    from workings.fit.train import Options

    sizes = {name: int(value) for name, value in options.items() if name in net.sizes or name in net.indices}
    rest = {name: value for name, value in options.items() if name not in sizes}
    known = [f.name for f in fields(Options)]
    unknown = next((name for name in rest if name not in known), None)
    if unknown is not None:
        raise BadValue(f"train has no option {unknown}", expected=", ".join(known))
    top = loss(net) if of is None else ref(of, net)
    chosen = Options(**rest)
    return fit.train(net, top, data, chosen, start, sizes, None if path is None else Path(path), resume, note)


def check(net: Network, lines: Any, at: Any = None, given: Any = None, hint: bool = False) -> Report:
    """Is each of these lines true, and if not, where does it fail?  With `hint`: what comes next."""
    from workings import checking

    if not isinstance(lines, str):
        lines = [str(line) for line in lines]
    facts = split_facts(given)
    report = checking.check(net, lines, at=values(at, net) or None, given=facts or None)
    for judged in report.lines:
        judged.scope = net
    if hint:
        from workings.checking.following import Hint, following, goal

        aim = goal(report.lines)
        report.next = [following(net, aim, report.lines) if aim is not None else Hint("none")]
    return report


def split_facts(given: Any) -> list[str]:
    """Facts as a list of texts; one text may hold several, cut at semicolons and line ends."""
    if given is None:
        return []
    texts = [given] if isinstance(given, str) else list(given)
    return [part.strip() for text in texts for part in str(text).replace("\n", ";").split(";") if part.strip()]
