"""The verbs.  Each gives a result that shows and saves itself; nothing prints by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workings import work
from workings.errors import BadValue, OutOfReach
from workings.expr import Network as PlainNetwork
from workings.importers.from_torch import from_torch, is_torch
from workings.regions import Boundary, Measures, Pieces, Same
from workings.results import Derivation, Drawing, Expansion, Fit, Grades, Network, Program, Report, Solution, Values

if TYPE_CHECKING:
    from workings.emit.result import Code
    from workings.errors import Source
    from workings.expr import Remark
    from workings.storage import Stored

NetworkLike = PlainNetwork | str


def read(source: Any, *, inputs: Any = None, parameters: Any = None, targets: Any = None,
         shapes: Any = None) -> Network:
    """The network that a text, a file (.txt .md .tex .json .onnx .pt2 .py), arrays or a torch module or function state.

    `shapes`: the axes of a torch function's arguments, such as {"x": "N x 3"}; its forward pass is traced, not run.

    >>> print(read("y = w*x + b").as_dict()["parameters"])
    ['w', 'b']
    """
    roles = {"inputs": work.names(inputs), "parameters": work.names(parameters), "targets": work.names(targets)}
    if is_torch(source):
        return Network.of(from_torch(source, shapes, **roles))
    if shapes is not None:
        raise BadValue("shapes= belongs to a torch function", expected="declarations in the text: x in R^(N x 3)")
    if work.is_model(source):
        return Network.of(work.model(source, **roles))
    found = work.source(source)
    if found.path.lower().endswith(".py"):
        return Network.of(work.read_code(found, **roles))
    text, told = _printed(found)
    net = work.read(text, inputs, parameters, targets)
    return Network.of(net.with_(remarks=(*told, *net.remarks)) if told else net)


def _printed(source: Source) -> tuple[Source, list[Remark]]:
    """What a LaTeX file prints, with remarks on it; any other text as it is."""
    if not source.path.lower().endswith(".tex"):
        return source, []
    from workings.sheets import tex

    return tex.printed(source)


def read_text(text: str, *, inputs: Any = None, parameters: Any = None, targets: Any = None) -> Network:
    """The network that a text states; the text is never taken for a path."""
    from workings.errors import BadValue, Source

    if not isinstance(text, str):
        raise BadValue(f"read_text takes text, not a {type(text).__name__}", expected="equations as text")
    return read(Source(text), inputs=inputs, parameters=parameters, targets=targets)


def _net(net: NetworkLike) -> PlainNetwork:
    return net if isinstance(net, PlainNetwork) else read(net)


def draw(net: NetworkLike, unroll: int | None = None) -> Drawing:
    """The graph: inputs, neurons, weights, biases, nonlinearities; `unroll`: so many steps of a recurrence in a row.

    >>> print(draw("h[t] = tanh(w*h[t-1] + u*x[t]); h[0] = 0", unroll=3).as_dict()["recurrences"][0]["from"])
    h[t-1]
    """
    net = _net(net)
    return Drawing(work.draw(net, unroll), net)


def run(net: NetworkLike, /, **values: Any) -> Values:
    """The forward pass at a point or over arrays; exact values give exact values.

    >>> run("y = 2*x + 1", x="1/2").as_dict()["values"]["y"]
    '2'
    """
    net = _net(net)
    return Values(work.run(net, values), net)


def pieces(net: NetworkLike, box: Any = None, slice: Any = None, *, count: bool = False, processes: int = 1,
           seconds: float | None = None, engine: str | None = None, progress: Any = None, cluster: str = "",
           polygon: Any = None) -> Pieces:
    """Every sign pattern, its domain, its affine map, or why it is empty; in a box, on a plane or a line.

    `slice`: three points of the input space, two for a line, four for a space (rows, an array or a CSV file).
    `polygon`: the corners of a convex part of the plane, in order.  `count`: no lists are held.
    After `seconds`, or Ctrl-C, what is done is marked partial.  `engine`: "fast" or "exact".  `cluster`: the address
    of a Dask scheduler, whose workers do the work.

    >>> pieces([[[1, 0], [0, 1], [1, 1]], [0, 0, 0], [[-1, -1, 1]], [1]], box=[(-1, 1)] * 2).counts.cells
    6
    """
    net = _net(net)
    budget = work.Budget(processes, seconds, engine, progress, count, cluster)
    return Pieces(work.pieces(net, box, slice, budget, polygon), net)


def boundary(net: NetworkLike, output: Any = None, level: Any = None, box: Any = None, slice: Any = None, *,
             processes: int = 1, seconds: float | None = None, engine: str | None = None,
             progress: Any = None, cluster: str = "", polygon: Any = None) -> Boundary:
    """The exact level set of an output, and which class lies on each side; `box`, `slice` and the rest as `pieces`."""
    net = _net(net)
    budget = work.Budget(processes, seconds, engine, progress, False, cluster)
    return Boundary(work.boundary(net, output, level, box, slice, budget, polygon), net)


def same(first: NetworkLike, second: NetworkLike, box: Any = None, slice: Any = None) -> Same:
    """The largest difference of two networks over a box or a slice, exactly, with the output and the point.

    >>> found = same("y = max(x1, x2)", "y = x2 + relu(x1 - x2) + 1/4*relu(x1 - 1)", box=[(-1, 2), (-1, 2)])
    >>> found.same, str(found.largest), [str(v) for v in found.at]
    (False, '1/4', ['2', '-1'])
    """
    net = _net(first)
    return Same(work.same(net, _net(second), box, slice), net)


def measure(net: NetworkLike, box: Any = None, slice: Any = None, *, seconds: float | None = None,
            engine: str | None = None, progress: Any = None, polygon: Any = None) -> Measures:
    """Extremes and Lipschitz constants of each output, is the class constant, Betti numbers, sizes of cells: exactly.

    >>> found = measure("y = abs(x1) + x2", box=[(-1, 1), (0, 2)])
    >>> str(found.extremes["y"][1].value), found.steepest["inf"]["y"].value, found.constancy.constant
    ('3', 2.0, True)
    """
    net = _net(net)
    budget = work.Budget(1, seconds, engine, progress)
    return Measures(work.measured(net, box, slice, budget, polygon), net)


def load(path: Any) -> Stored:
    """A result of `pieces` or `boundary` that was saved as .npz or .json."""
    from workings.storage import load as load_result

    return load_result(path)


def gradient(net: NetworkLike, of: Any, wrt: Any, mode: str | None = None, layout: str | None = None,
             adjoints: str = "g", truncate: int | None = None) -> Derivation:
    """One derivative, step by step; `layout`: of its matrix notation, "denominator" or "numerator".

    `adjoints="delta"` goes by the error signals, the derivatives by the pre-activations.  `truncate`: through a
    recurrence over at most so many steps back, an approximation that is said to be one.

    >>> gradient("E = (y - t)^2", "E", "y").as_dict()["result"]
    '2*(y - t)'
    """
    net = _net(net)
    return Derivation(work.gradient(net, of, wrt, mode, layout, adjoints, truncate), net)


def hessian(net: NetworkLike, of: Any, wrt: Any) -> Derivation:
    """A second derivative, by a pair of names."""
    net = _net(net)
    return Derivation(work.hessian(net, of, wrt), net)


def backward(
    net: NetworkLike, of: Any, wrt: Any = None, mode: str = "plain", truncate: int | None = None,
    adjoints: str = "g", layout: str | None = None,
) -> Program:
    """All derivatives, as a program with nothing computed twice.

    Of an array the adjoint is an input (a vector-Jacobian product).  `truncate`: through a recurrence adjoints are
    carried back over at most so many steps, an approximation.  `adjoints="delta"` names the error signals delta.
    `layout`: of the matrix notation, "denominator" or "numerator".
    """
    net = _net(net)
    return Program(work.backward(net, of, wrt, mode, truncate, adjoints, layout), net)


def taylor(net: NetworkLike, of: Any, wrt: Any, at: Any = None) -> Expansion:
    """The Taylor polynomial to second order of a number by some names, with its workings; exact at numbers in `at`.

    Raises `OutOfReach` where there is a kink at the point.

    >>> taylor("E = log(cosh(w*x - t))", "E", "w", at={"w": 0, "t": 0}).as_dict()["result"]
    '1/2*x^2*w^2'
    """
    net = _net(net)
    return Expansion(work.taylor(net, of, wrt, at), net)


def hvp(net: NetworkLike, of: Any, wrt: Any, along: Any = None) -> Program:
    """The second derivatives of a number by `wrt`, times a direction: a program, forward over reverse.

    >>> hvp("E = w^2*x", "E", "w", along="v").as_dict()["gradients"]
    {'w': 'gwdot'}
    """
    net = _net(net)
    return Program(work.hvp(net, of, wrt, along), net)


def jacobian(net: NetworkLike, of: Any, wrt: Any) -> Program:
    """All derivatives of an array by an array: a program, in the mode that takes fewer passes, which it says.

    >>> print(jacobian("k = 1..N; y[k] = w*x[k]", "y", "w").as_dict()["backward"][0]["value"])
    x[k]
    """
    net = _net(net)
    return Program(work.jacobian(net, of, wrt), net)


def check(net: Any, lines: Any = None, at: Any = None, given: Any = None, answer: Any = None, code: Any = None,
          of: Any = None, next: bool = False) -> Report:
    """Is each of these lines true, and if not, where does it fail?  `next`: one hint after the last right line.

    Without lines: all lines of a sheet, or of a person's own `answer` to it, a file or its text.  `code`: a
    hand-written backward pass in Python or NumPy, a file or its text, read and never run; `of`: what it derives.

    >>> check("E = (y - t)^2", ["dE/dy = 2*(t - y)"]).as_dict()["lines"][0]["slip"]
    'sign'
    """
    if code is not None:
        net = _net(net)
        return Report(work.check_code(net, work.code_source(code), of, at, given), net)
    if answer is not None:
        from workings.sheets.answered import judge_answer

        return Report(judge_answer(work.source(net), answer, next), PlainNetwork())
    if lines is None:
        from workings.sheets.judge import judge

        return Report(judge(work.source(net)), PlainNetwork())
    net = _net(net)
    return Report(work.check(net, lines, at, given, next), net)


def solve(sheet: Any) -> Solution:
    """A whole exercise sheet, worked: a path or the text itself."""
    from workings import sheets

    return Solution(sheets.solve(work.source(sheet)), PlainNetwork())


def code(net: NetworkLike, of: Any = None, to: str = "numpy", wrt: Any = None, mode: str = "plain",
         **options: Any) -> Code:
    """Forward and backward pass as source text, to be saved or compiled; `to`: python, numpy, numba, c, jax, torch.

    >>> code("y = w*x; E = (y - t)^2", to="python").compile()(x=2, t=1, w=1)[0]
    1.0
    """
    return work.code(_net(net), of, to, wrt, mode, **options)


def train(net: NetworkLike, data: Any, of: Any = None, *, start: Any = None, checkpoint: Any = None,
          resume: bool = False, progress: Any = None, **options: Any) -> Fit:
    """Fit the free parameters to data: a .csv or .npz file, or arrays by name.

    Options: method ("lbfgs", "adam", "sgd"), steps, batch, rate, schedule ("constant", "linear", "cosine"), momentum,
    tolerance, validation (a share of the points that is held out), patience, seed, every; a symbolic size by its name.

    >>> fit = train("y = w*x; E = (y - t)^2", {"x": [1, 2], "t": [2, 4]}, start={"w": 1})
    >>> round(fit.parameters["w"], 6)
    2.0
    """
    net = _net(net)
    return Fit(work.train(net, data, of, start, checkpoint, resume, progress, options), net)


def grade(
    sheet: Any, folder: Any, rubric: Any = None, *, leave: Any = (), processes: int | None = None, progress: Any = None,
) -> Grades:
    """A folder of answers to a sheet, marked: a path or text of a sheet, a folder with one answer a file.

    `rubric`: the text or path of a file that changes the rule, such as "slip: 1/4"; `.save("marks.csv")` writes the
    marks, an overview of the slips beside them, and a page for each answer.  `leave`: paths that are no answers.
    """
    import sys
    from pathlib import Path

    from workings.sheets.grade import grade as graded

    rules = work.source(rubric) if rubric is not None else None
    # -P: a file of the folder that this runs in is never taken for a module
    command = [sys.executable, "-P", "-m", "workings.grader"]
    found = graded(work.source(sheet), Path(folder), command, rules=rules, leave=[Path(p) for p in leave],
                   processes=processes, progress=progress)
    return Grades(found, PlainNetwork())


def serve(port: int = 0, host: str = "127.0.0.1", show: bool = False) -> None:
    """The page, on this machine, until Ctrl-C; `port` 0 takes a free one, `show` opens the browser."""
    from workings.web import serve as start

    start(port, host, show)


__all__ = [
    "OutOfReach", "backward", "boundary", "check", "code", "draw", "grade", "gradient", "hessian", "hvp", "jacobian",
    "load", "measure", "pieces", "read", "read_text", "run", "same", "serve", "solve", "taylor", "train",
]
