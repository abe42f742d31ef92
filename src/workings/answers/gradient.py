"""What `gradient` and `chain_rule` say: the steps in words, as JSON and as blocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings.answers import steadily
from workings.answers.spelling import spelling
from workings.answers.words import plain_words, sentence, told
from workings.checking.noticing import worth_noticing
from workings.derive import Derivation, Step
from workings.document import Aside, Block, Display, Line, Math, Paragraph, Row, Strong
from workings.answers.steps_back import in_cases, runs
from workings.document import Step as StepBlock
from workings.expr import Call, Deriv, Expr, Network, Ref, Rel, substitute

# rule id -> (name of the rule, sentence)
SAYS: dict[str, tuple[str, str]] = {
    "equation": ("equation", "We start from the equation of {of}."),
    "equation, enters": ("equations", "These are the equations through which {wrt} enters {of}."),
    "opaque": ("not specified", "{of} is not given by an equation: only what it depends on is known."),
    "itself": ("definition", "The derivative of {of} by itself is 1."),
    "independent": ("no dependence", "{of} does not depend on {wrt}."),
    "name the parts": (
        "name the parts",
        "The expression is nested. Its inner parts get names, {names}, so that each line holds one function."),
    "name the parts, one": (
        "name the parts", "The expression is nested. Its inner part gets a name, {names}, so that each line holds one "
        "function."),
    "chain rule, direct": (
        "chain rule", "{of} depends on {wrt} directly and through {through}: the contributions add up."),
    "chain rule": ("chain rule", "{of} depends on {wrt} only through {through}."),
    "chain rule, paths": (
        "chain rule",
        "{wrt} acts on {of} along several paths, which part at {last}: the product of derivatives along each path, "
        "summed over the paths."),
    "chain rule, sum": (
        "chain rule", "{of} depends on {wrt} only through {through}, for every {summed}: the contributions add up."),
    "multivariate chain rule": (
        "multivariate chain rule", "{of} depends on {wrt} through each of {last}: the contributions add up."),
    "chain rule, one layer": ("chain rule", "Every quantity that uses {wrt} passes its share on: {last}."),
    "layers": (
        "layer by layer",
        "From {wrt} to {of} the paths are many or long: the chain rule goes layer by layer, and each derivative gets a "
        "name."),
    "local": ("local derivative", "The derivative of {of} by {wrt}, in smaller steps."),
    "again": ("local derivative", "This derivative was found above."),
    "derivative of a function": ("known derivative", "The derivative of {function} is {slope}."),
    "derivative of a function, named": (
        "known derivative", "The derivative of {function} is {slope}, and {value} is {of}."),
    "only term": ("sum rule", "Only the term {term} contains {wrt}; the others are constant."),
    "term itself": ("sum rule", "The other terms do not contain {wrt}; the derivative of {wrt} by itself is 1."),
    "constant factor": ("constant factor", "{wrt} stands with a constant factor, which is the derivative."),
    "sum rule": ("sum rule", "Each term that contains {wrt} gives its derivative."),
    "identity": ("identity", "The derivative of {wrt} by itself is 1."),
    "sign": ("constant factor", "The derivative of {rhs} is that of {wrt} by itself, with the sign."),
    "power rule": ("power rule", "The exponent of {power} comes down as a factor and is one less."),
    "exponential rule": ("exponential rule", "The derivative of {power} by its exponent is itself times a logarithm."),
    "product rule": ("product rule", "Each factor that contains {wrt} is differentiated in turn."),
    "quotient rule": ("quotient rule", "The derivative of |u/v| is |u'/v - u*v'/v^2|."),
    "term of a sum": ("term of a sum", "Only one term of the sum contains {wrt}."),
    "term of a sum, index": ("term of a sum", "Only the term {index} contains {wrt}."),
    "derivative of a prod": ("product rule", "Each factor of the product is differentiated in turn."),
    "derivative of a max": (
        "maximum", "Only the largest entry passes the derivative on (each of several, where they tie)."),
    "derivative of a min": (
        "minimum", "Only the least entry passes the derivative on (each of several, where they tie)."),
    "substitute": ("substitution", "The derivatives just found are put in."),
    "simplify": ("simplification", "Factors of 1 are dropped, numbers and signs go to the front."),
    "recognised": ("known function", "{written} is the logistic sigmoid."),
    "cases, each": ("cases", "Each case is differentiated on its own."),
    "cases": ("cases", "The cases of one condition are written together."),
    "index": ("Kronecker delta", "Of the sum only the term remains in which the delta is 1."),
    "tanh identity": ("identity", "Because |sinh(z)/cosh(z) = tanh(z)|."),
    "tan identity": ("identity", "Because |sin(z)/cos(z) = tan(z)|."),
    "same sums": ("index", "The letter of a summed index does not matter: equal sums are collected."),
    "constants out": ("constant factor", "What does not depend on the index of the sum stands before the sum."),
    "common factor": ("common factor", "What all terms have in common is taken out."),
    "range": ("range of a sum", "A condition on the summed index is its range; other conditions stand in front."),
    "root": ("powers", "The square of a square root is what stands under it."),
    "deviations": ("mean", "The deviations from a mean add up to 0."),
    "named": ("name put back", "What a line of the text names is called by that name."),
    "delta": ("Kronecker delta", "Where the delta is 1 its two letters are the same."),
    "same base": ("powers", "Powers of one base: the exponents add up."),
    "multiply out": ("simplification", "The bracket is multiplied out, and what cancels is dropped."),
    "given": ("given", "The text says that {fact}."),
    "folded": ("name put back", "{written} is {name}."),
    "put back": ("substitution", "With {names} written out again."),
    "adjoint": ("chain rule", "What {wrt} passes on to {last}, times the derivatives already found."),
    "chain rule, steps": (
        "chain rule", "{wrt} acts at every {summed}, through {through}: the contributions of all steps add up."),
    "step back": (
        "one step back", "What {wrt} passes on: to the next step, whose derivative has a name, and to what uses it "
        "at its own step."),
    "step back, own": ("the same step", "{wrt} acts through what uses it."),
    "step back, last": ("last step", "At the end nothing comes from later steps."),
    "step back, first": ("the first entry", "{wrt} is given by an equation of its own; it acts through the steps that "
        "use it."),
    "one step on": ("one step", "The slope from one step to the next."),
    "taken from a step": ("the step itself", "What {of} takes from this step, not by way of the next."),
    "unrolled": (
        "unrolled", "Put into itself again and again, the recurrence is a sum over the steps to come, each with the "
        "product of the slopes on the way there."),
    "truncated": (
        "truncated", "Carried back over at most {steps} steps, with the number of steps it has come before each part: "
        "what takes the place of a derivative has a hat, and is an approximation of it."),
    "truncated, one": (
        "truncated", "Carried back over one step at most, with the number of steps it has come before each part: "
        "what takes the place of a derivative has a hat, and is an approximation of it."),
    "unrolled by Jacobians": (
        "unrolled", "Put into itself again and again, the recurrence is a sum over the steps to come, each with the "
        "Jacobian between the two steps: the product of the Jacobians of the single steps on the way, the later one "
        "on the left."),
    "unrolled by Jacobians, down": (
        "unrolled", "Put into itself again and again, the recurrence is a sum over the steps to come, each with the "
        "Jacobian between the two steps: the product of the Jacobians of the single steps on the way, the one farther "
        "on first."),
    "sums of products": ("sums of products", "Without names, backpropagation through time is a sum of products."),
    "error signal": ("error signal", "The derivative by the pre-activation {wrt} is the error signal {name}."),
    "adjoint of an entry": ("result", "That is the derivative asked for."),
    "first derivative": ("first derivative", "The first derivative, by {wrt}."),
    "first derivative, named": ("first derivative", "The derivative by {wrt}, called {name} in what follows."),
    "second derivative, twice": ("second derivative", "The second derivative by {wrt}."),
    "second derivative, mixed": (
        "mixed second derivative", "The mixed second derivative by {wrt}, the same in either order."),
    "taylor": (
        "Taylor's formula", "At {moved}, up to terms of third order in the step, {of} is its value, the first "
        "derivative times the step, and half the second derivative times the step squared."),
    "taylor, several": (
        "Taylor's formula", "At {moved}, up to terms of third order in the steps, {of} is its value, the gradient "
        "times the steps, and half the second derivatives, each times its two steps."),
    "taylor put in": ("substitution", "The derivatives just found are put in."),
    "at the point": ("the point", "At the point everything is worth this."),
    "numbers put in": ("substitution", "The numbers are put in."),
    "name the first derivative": ("name", "The first derivative gets a name, {name}, and is differentiated again."),
    "second derivative": ("second derivative", "This is the second derivative of {of}."),
    "matrix form": ("matrix notation", "The same for all entries at once. {layout}"),
    "matrix form, patterns": ("matrix notation", "The same for all entries at once: {patterns}. {layout}"),
    "matrix form, patterns, nested": (
        "matrix notation", "The same for all entries at once: {patterns}, and the sums around it likewise. {layout}"),
}
LAYOUT = {
    ("denominator", False): "The gradient has the shape of {wrt} (denominator layout).",
    ("numerator", False): "In numerator layout the derivative has the transposed shape of {wrt}.",
    ("numerator", True): "Row by row of {of} (numerator layout: the Jacobian).",
    ("denominator", True): "In denominator layout the rows are those of {wrt}.",
}


def title(step: Step) -> str:
    """The name of the rule."""
    return SAYS[_id(step)][0]


def says(step: Step) -> Line:
    """The sentence of a step."""
    line = sentence(SAYS[_id(step)][1], {**step.says, **_more(step)})
    kink = step.says.get("kink")
    return (*line, f" At the kink, by convention: {kink}.") if kink else line


def _id(step: Step) -> str:
    variant = f"{step.rule}, {step.says['variant']}" if step.says.get("variant") else step.rule
    return variant if variant in SAYS else step.rule


def _more(step: Step) -> dict[str, Any]:
    """Formulas that only the words need: the function and its slope over the letter of the table."""
    name = step.says.get("function")
    if step.rule != "derivative of a function" or not name:
        return {}
    from workings.functions import derivative, table

    if name not in table:                    # a function that the text defines
        letter = (Ref(step.says.get("letter", "z")),)
        return {"function": Call(name, letter), "slope": Call(name, letter, 1)}
    params = table[name].params
    letters = {params[0]: Ref(step.says["letter"])} if len(params) == 1 else {}
    slope = derivative(name, step.says["position"])
    return {
        "function": Call(name, tuple(letters.get(p, Ref(p)) for p in params)), "slope": substitute(slope, letters),
    }


def as_dict(derivation: Derivation) -> dict[str, Any]:
    """The `gradient` object of INTERFACE.md."""
    from workings.notation import plain

    spelt = spelling(derivation, derivation.net or Network())
    noticed = worth_noticing(derivation)
    remark = {} if noticed is None else {"remark": {"line": plain(noticed.fact), "says": noticed.because}}
    return {
        **_asked(derivation),
        "where": {plain(name): plain(value) for name, value in derivation.where},
        **_recurrences(derivation),
        "parts": {plain(name): plain(value) for name, value in derivation.parts},
        "steps": [entry for step in steps_of(derivation) for entry in _entries(step, spelt)],
        **remark,
        **({"floating": floating} if (floating := steadily.as_list(derivation)) else {}),
        **({"approximate": plain(derivation.approximate)} if derivation.approximate is not None else {}),
        **({"notes": list(derivation.notes)} if derivation.notes else {}),
    }


def _asked(derivation: Derivation) -> dict[str, Any]:
    """What was asked and what came out: of arrays as wholes in matrix notation, beside it the entry."""
    from workings.notation import plain

    wrt, matrix = derivation.wrt, derivation.matrix
    entry = {
        "of": plain(derivation.of), "wrt": [plain(w) for w in wrt] if isinstance(wrt, tuple) else plain(wrt),
        "result": plain(derivation.result),
    }
    if matrix is None:
        return entry
    head = matrix.line.args[0]
    assert isinstance(head, Deriv)
    return {"of": plain(head.of), "wrt": plain(head.wrt[0]), "result": plain(matrix.array), "entry": entry,
            "layout": matrix.layout}


def steps_of(derivation: Derivation) -> list[Step]:
    """The steps, and the step from the index form to matrix notation where there is one."""
    matrix = derivation.matrix
    if matrix is None:
        return derivation.steps
    head = matrix.line.args[0]
    assert isinstance(head, Deriv)
    layout = sentence(LAYOUT[matrix.layout, bool(derivation.of.indices)], {"of": head.of, "wrt": head.wrt[0]})
    said = told(matrix.patterns)
    variant = "" if not said else "patterns" if len(said) == len(matrix.patterns) else "patterns, nested"
    says = {"patterns": said, "layout": layout, "variant": variant}
    return [*derivation.steps, Step("matrix form", says, derivation.result, matrix.array, matrix.line)]


def _recurrences(derivation: Derivation) -> dict[str, Any]:
    """Adjoints that are made of themselves at other steps, in the order of their statements."""
    from workings.notation import plain

    lines = {plain(name): plain(value) for name, value in derivation.recurrences}
    return {"recurrences": lines} if lines else {}


def _entries(step: Step, spelt: Mapping[str, str]) -> list[dict[str, Any]]:
    """A step as JSON: one entry a line, smaller steps inside."""
    from workings.notation import latex, plain

    words, name = plain_words(says(step)), title(step)
    out: list[dict[str, Any]] = [
        {"rule": name, "line": plain(line), "latex": latex(line, spelt), "says": words}
        for line in (*step.lines, in_cases(step))
    ]
    if step.whole is not None:
        out[-1]["matrix"] = plain(step.whole)
    if step.inner:
        out[-1]["inner"] = [e for s in step.inner for e in _entries(s, spelt)]
    return out


def blocks(derivation: Derivation, result: bool = True) -> tuple[Block, ...]:
    """The steps, smaller steps folded away, the result, and at most one proved remark."""
    steps = steps_of(derivation)
    out: list[Block] = [block(step) for step in steps]
    if result:
        out += steadily.blocks(derivation)
    if result and len(steps) > 3:
        rows = [Row(rel) for rel in _statements(derivation)]
        out.append(Aside("result", (Display((Row(line(derivation)), *rows)),)))
    out += [Paragraph((note,)) for note in derivation.notes]
    noticed = worth_noticing(derivation) if result else None
    if noticed is not None:
        out.append(Paragraph((Strong("Worth noticing:"), " ", Math(noticed.fact), f", {noticed.because}.")))
    return tuple(out)


def _statements(derivation: Derivation) -> list[Rel]:
    """The recurrences of the adjoints that a result uses: of whole arrays where it is one."""
    found = [s.whole for s in derivation.steps if s.whole is not None and s.rule != "unrolled by Jacobians"]
    if derivation.matrix is not None and len(found) == len(derivation.recurrences):
        return [Rel((w.args[0], w.args[-1]), ("=",)) for w in found]
    return [Rel(pair, ("=",)) for pair in derivation.recurrences]


def line(derivation: Derivation) -> Rel:
    """The derivative = the result."""
    if derivation.matrix is not None:
        return derivation.matrix.line
    if derivation.approximate is not None:
        return Rel((derivation.approximate, derivation.result), ("=",))
    wrt = derivation.wrt if isinstance(derivation.wrt, tuple) else (derivation.wrt,)
    head: Expr = Deriv(derivation.of, wrt)
    return Rel((head, derivation.result), ("=",))


def block(step: Step) -> StepBlock:
    """One step as a block."""
    whole = () if step.whole is None else (Row(step.whole),)
    rows = (*(Row(rel) for rel in step.lines), Row(step.line, runs(step)), *whole)
    return StepBlock(title(step), says(step), rows, tuple(block(s) for s in step.inner))
