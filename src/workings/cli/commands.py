"""The commands: one for each verb, with an example each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from workings import __version__
from workings.cli.options import NETWORK, give, network, networks, results, source

EPILOG = """\b
Examples
  workings solve sheet.md
  workings draw "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)"
  workings gradient "E = log(cosh(y - t))" --of E --wrt y
Exit codes
  0 done   1 a line is wrong   2 not readable   3 out of reach   4 not installed
"""

LEVELS = click.Choice(["hint", "brief", "full", "every"])


leveled = click.option(
    "--level", type=LEVELS, default="full",
    help="How much is shown: the next step only, the chain rule and the result, all steps, or every small step too. "
         "The JSON always has all.")


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="workings %(version)s")
def workings() -> None:
    """Write a neural network the way a textbook does; see it drawn, run, cut into its pieces, derived step by step
    and checked."""


def verb(says: str, *examples: str, about: str = NETWORK) -> Callable[[Callable[..., Any]], click.Command]:
    """A command with a line in the list of commands, and examples at the end of its help."""
    shown = "\n".join(f"  {line}" for line in examples)
    epilog = f"{about}\n\n\b\n{'Example' if len(examples) == 1 else 'Examples'}\n{shown}"
    return workings.command(short_help=says, epilog=epilog)


@verb("Work a whole exercise sheet.",
      "workings solve sheet.md", "workings solve sheet.md -o out.html -o out.md", about="")
@click.argument("sheet")
@click.option("--exercise", metavar="NUMBER", multiple=True, help="Only this exercise; may be repeated.")
@leveled
@results
def solve(sheet: str, **options: Any) -> int:
    """Work a whole exercise sheet.

    SHEET is a Markdown or LaTeX file; the solution is written beside it as NAME.solution.html, or to FILE.  Given -
    or the text itself, the solution is printed as text.  The exit code is 0 only if every part is solved.
    """
    from workings.cli.solving import solve_sheet

    return solve_sheet(source(sheet), options)


@verb("Show how a network is read.",
      'workings read "z3 = x1*w13 + x2*w23; a3 = tanh(z3)" --to latex')
@click.option("--to", type=click.Choice(["plain", "latex"]), help="Print the equations only, in this spelling.")
@networks
def read(**options: Any) -> None:
    """Show how a network is read: its equations, the role of each name, sizes, and what is ambiguous."""
    net = network(options)
    text = None
    if options["to"]:
        from workings.answers.read import lines

        text = "\n".join(lines(net, options["to"]))
    give(net, options, text)


@verb("Draw the network.",
      'workings draw "y = 1 - relu(x1) + relu(x1 + x2)" -o network.svg')
@click.option("--unroll", metavar="STEPS", type=int, help="So many steps of a recurrence side by side, such as 3.")
@networks
def draw(unroll: int | None, **options: Any) -> None:
    """Draw the graph: inputs, neurons, weights, biases and nonlinearities; a recurrence folded, or unrolled."""
    from workings import api

    give(api.draw(network(options), unroll), options)


@verb("Compute the forward pass.",
      'workings run "z = x*w; a = tanh(z)" --at "x=1, w=1/2"')
@click.option("--at", metavar="VALUES", help="Values, such as 'x1=1, w13=1/2, x=(1,-1)'.")
@click.option("--values", "file", metavar="FILE", help="A JSON file of values: {\"x1\": \"1/2\", \"w\": [1, 2]}.")
@networks
def run(at: str | None, file: str | None, **options: Any) -> None:
    """Compute the forward pass; exact values give exact values, and what is missing is listed."""
    from workings import work
    from workings.results import Values

    net = network(options)
    point = {**(work.values_file(file) if file else {}), **work.values(at, net)}
    give(Values(work.run(net, point), net), options)


def quantity(options: dict[str, Any]) -> tuple[Any, Any, Any]:
    """The network, the quantity to derive (the last one if none is named) and the names to derive by."""
    from workings import work

    net = network(options)
    return net, options.pop("of") or work.loss(net), options.pop("wrt")


def derived(function: Any) -> Any:
    """--of and --wrt."""
    for option in (
        click.option("--wrt", metavar="NAME", help="By which name; hessian takes two, backward any number."),
        click.option("--of", metavar="NAME", help="Of which quantity; if not given, the last one that nothing uses."),
    ):
        function = option(function)
    return networks(function)


def notation(function: Any) -> Any:
    """--layout and --adjoints."""
    for option in (
        click.option("--adjoints", type=click.Choice(["g", "delta"]), default="g",
                     help="What the derivatives by pre-activations are called: gz, or the error signals delta."),
        click.option("--layout", type=click.Choice(["denominator", "numerator"]),
                     help="Of matrix notation: in the shape of the parameter, or transposed."),
    ):
        function = option(function)
    return function


truncated = click.option(
    "--truncate", type=click.IntRange(min=0), metavar="STEPS",
    help="Through a recurrence carry adjoints back over at most so many steps: an approximation.")


def named(wrt: str | None, shape: str) -> str:
    """The names to derive by; there is no sensible default."""
    if not wrt:
        raise click.UsageError(f"Missing option '--wrt': by which name? For example --wrt {shape}")
    return wrt


@verb("Work out one derivative, step by step.",
      'workings gradient "E = log(cosh(y - t))" --of E --wrt y')
@click.option("--mode", metavar="MODE", hidden=True)
@truncated
@notation
@leveled
@derived
def gradient(mode: str | None, layout: str | None, adjoints: str, truncate: int | None, level: str,
             **options: Any) -> None:
    """Work out one derivative, step by step."""
    from workings import api

    net, of, wrt = quantity(options)
    give(api.gradient(net, of, named(wrt, "w13"), mode, layout, adjoints, truncate).at_level(level), options)


@verb("Work out a second derivative.",
      'workings hessian "E = log(cosh(w*x - t))" --of E --wrt w,w')
@click.option("--along", metavar="NAME", help="Not the matrix but its product with this direction, as a program.")
@derived
def hessian(along: str | None, **options: Any) -> None:
    """Work out a second derivative."""
    from workings import api

    net, of, wrt = quantity(options)
    if along is not None:
        give(api.hvp(net, of, named(wrt, "w"), along), options)
    else:
        give(api.hessian(net, of, named(wrt, "u,v")), options)


@verb("Write the backward computations.",
      'workings backward "z = x*w; a = tanh(z); E = (a - t)^2" --of E --wrt w')
@click.option("--mode", type=click.Choice(["plain", "fewest"]), default="plain",
              help="The textbook's way, or the fewest operations.")
@truncated
@notation
@derived
def backward(mode: str, truncate: int | None, layout: str | None, adjoints: str, **options: Any) -> None:
    """Write the backward computations: all derivatives, nothing computed twice."""
    from workings import api

    net, of, wrt = quantity(options)
    give(api.backward(net, of, wrt, mode, truncate, adjoints, layout), options)


@verb("Write a program for all derivatives of an array by an array.",
      'workings jacobian "k = 1..N; y[k] = tanh(w*x[k])" --of y --wrt w')
@derived
def jacobian(**options: Any) -> None:
    """Write a program for all derivatives of an array by an array, in the mode that takes fewer passes."""
    from workings import api

    net, of, wrt = quantity(options)
    give(api.jacobian(net, of, named(wrt, "x")), options)


@verb("Say of each line whether it is true.",
      'workings check "E = log(cosh(y - t))" --line "dE/dy = tanh(y - t)"')
@click.option("--line", "lines", metavar="LINE", multiple=True, help="A line to check; may be repeated.")
@click.option("--at", metavar="VALUES", help="Values at which lines with numbers hold.")
@click.option("--given", metavar="FACT", multiple=True, help="A fact, such as 'z > 0'; may be repeated.")
@click.option("--answer", metavar="FILE", help="A person's own answers to a sheet, parts labelled 2a, 3b …")
@click.option("--code", "code_file", metavar="FILE",
              help="A hand-written backward pass in Python or NumPy; it is read, never run.")
@click.option("--of", metavar="NAME", help="With --code: which quantity it derives, if not the one last quantity.")
@click.option("--next", "hint", is_flag=True, help="With --line or --answer: one hint after the last right line.")
@networks
def check(lines: tuple[str, ...], at: str | None, given: tuple[str, ...], answer: str | None, code_file: str | None,
          of: str | None, hint: bool, **options: Any) -> int:
    """Say of each line whether it is true, and if not, where it fails.

    The exit code is 0 if every line is right, 1 if one is wrong or stands twice, 2 if one was not understood, 3 if
    one is undecided.
    """
    from workings import api
    from workings.cli.counting import verdict

    if hint and not (lines or answer):
        raise click.UsageError("--next needs --line or --answer: after which line?")
    if code_file:
        report = api.check(network(options), code=Path(code_file), of=of, at=at, given=list(given))
    elif answer:
        given_answer = source(answer) if answer == "-" else answer
        report = api.check(source(options.pop("network")), answer=given_answer, next=hint)
    elif lines:
        report = api.check(network(options), list(lines), at, list(given), next=hint)
    else:
        report = _checked(source(options.pop("network")))
    give(report, options)
    return verdict(report)


def _checked(sheet: Any) -> Any:
    """Every equation and derivation line of a sheet, judged."""
    from workings import api
    from workings.errors import NotReadable

    report = api.check(sheet)
    if not report.lines:
        raise NotReadable("there is no line to check", source=sheet, expected="a sheet with equations",
                          hint="for a network, give lines: --line 'dE/dw13 = ...'")
    return report


@verb("Mark a folder of answers to a sheet.",
      "workings grade sheet.md answers/ -o marks.csv", about="")
@click.argument("sheet")
@click.argument("folder")
@click.option("--rubric", metavar="FILE", help="A text file with rules: 'slip: 1/4', '2a: 10', '3a: by hand'.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
@results
def grade(sheet: str, folder: str, rubric: str | None, force: bool, **options: Any) -> int:
    """Mark a folder of answers to a sheet: Markdown, text, LaTeX and notebooks, one answer a file.

    -o marks.csv also writes marks.slips.csv (which slip, how many answers) and the folder marks.pages with a page for
    each answer.  What is undecided or cannot be read is left to a person, never counts as 0, and makes exit code 3.
    """
    from workings.cli.grading import grade_folder

    return grade_folder(sheet, folder, rubric, force, options)


@verb("Say what is installed.", "workings doctor --json", about="")
@results
def doctor(**options: Any) -> int:
    """Say what is installed, which compiler, which extras."""
    from workings.cli.doctor import examine

    return examine(options["as_json"])


@verb("Write the forward and backward pass as source text.",
      "workings code net.txt --of E --to c -o net.c", 'workings code "y = w*x; E = (y - t)^2" --to torch')
@click.option("--of", metavar="NAME", help="The quantity, if not the one last quantity.")
@click.option("--wrt", metavar="NAMES", help="What to differentiate by (default: all parameters).")
@click.option("--to", "target", default="numpy", metavar="TARGET",
              help="python, numpy (the default), numba, c, jax or torch.")
@click.option("--mode", type=click.Choice(["plain", "fewest"]), default="plain", help="As for backward.")
@click.option("--recompute", type=click.Choice(["nothing", "everything"]),
              help="PyTorch: what the backward pass computes anew instead of keeping it.")
@networks
def code(of: str | None, wrt: str | None, target: str, mode: str, recompute: str | None, **options: Any) -> None:
    """Write the forward and backward pass as source text.

    Printed, or written to FILE; a C program as FILE.c and FILE.h.
    """
    from workings import api
    from workings.cli.coding import give_code

    chosen = {} if recompute is None else {"recompute": recompute}
    give_code(api.code(network(options), of, target, wrt, mode, **chosen), options)


@verb("Fit the free parameters to data.",
      "workings train net.txt --data points.csv --of E -o fit.html",
      'workings train "y = w*x + b; E = (y - t)^2" --data points.csv --json')
@click.option("--data", required=True, metavar="FILE", help="Points: .csv with a line of names, or .npz.")
@click.option("--of", metavar="NAME", help="The loss, if not the one last quantity; its mean over the points is taken.")
@click.option("--method", type=click.Choice(["lbfgs", "adam", "sgd"]), default="lbfgs", show_default=True)
@click.option("--steps", type=int, default=500, show_default=True, help="Steps, or epochs with batches.")
@click.option("--batch", type=int, default=0, help="Points of one step of adam and sgd (0: all).")
@click.option("--rate", type=float, default=0.01, show_default=True, help="Learning rate of adam and sgd.")
@click.option("--schedule", type=click.Choice(["constant", "linear", "cosine"]), default="constant")
@click.option("--validation", type=float, default=0.0, help="Share of the points held out, for early stopping.")
@click.option("--patience", type=int, default=20, help="Steps without a better held-out loss before it stops.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--size", "sizes", metavar="NAME=N", multiple=True, help="A symbolic size, such as h=8.")
@click.option("--checkpoint", metavar="FILE", help="Keep a checkpoint there.")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint.")
@networks
def train(**options: Any) -> None:
    """Fit the free parameters to data.

    Columns are named as the inputs and targets are (x1, t); x1, x2, … are the entries of x.
    """
    from workings.cli.training import train_network

    train_network(options)


@verb("Open the page on this machine.", "workings serve", "workings serve --port 8000", about="")
@click.option("--port", type=int, default=0, help="Which port; by default a free one.")
@click.option("--host", default="127.0.0.1", help="By default only this machine reaches the page.")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
def serve(port: int, host: str, show: bool) -> None:
    """Open the page: type a network and see its drawing, its pieces, its derivatives and its code, until Ctrl-C."""
    from workings.web import serve as start

    start(port, host, show)
