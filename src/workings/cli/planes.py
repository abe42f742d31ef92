"""The commands of geometry: pieces, boundary, measure, same; they add themselves."""

from __future__ import annotations

from typing import Any

import click

from workings.cli.commands import verb
from workings.cli.options import networks


def geometric(function: Any) -> Any:
    """--box and --slice."""
    for option in (
        click.option("--data", metavar="FILE", help="A CSV file of points, with a label each, to be drawn over it."),
        click.option("--engine", type=click.Choice(["fast", "exact"]), help="Doubles with proved bounds, or integers."),
        click.option("--seconds", type=click.FloatRange(min=0), metavar="S", help="Stop then; what is done is kept."),
        click.option("--processes", type=click.IntRange(1, 1024), default=1, metavar="N", help="How many at a time."),
        click.option("--cluster", metavar="ADDRESS", default="",
                     help="A Dask scheduler whose workers do it: tcp://host:8786."),
        click.option("--polygon", metavar="CORNERS",
                     help="A convex part of the plane: 0,0, 1,0, 0,1, or a CSV file with a corner a row."),
        click.option("--slice", metavar="FILE",
                     help="A CSV file of points: three for a plane through the inputs, two a line, four a space."),
        click.option("--box", metavar="LOW,HIGH,...", help="Low and high for each input: --box=-1,1,-1,1, or all."),
    ):
        function = option(function)
    return networks(function)


@verb("Find every linear piece.",
      'workings pieces "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)"')
@click.option("--count", is_flag=True, help="Print the counts only.")
@click.option("--at", metavar="POINT", help="Only the cell that holds this point, such as 1/2,0.25.")
@click.option("--by", type=click.Choice(["map", "layer", "class"]), help="What the cells of a picture show.")
@geometric
def pieces(**options: Any) -> int:
    """Find every linear piece: its sign pattern, its domain, its affine map, or why it is empty.

    NETWORK may be a network of arrays (.json), an ONNX model or a torch program (.pt2).  Files are written as .json,
    .npz, .parquet, .svg, .png, .pdf and as pages.
    """
    from workings.cli.geometry import show_pieces

    return show_pieces(options)


@verb("Find the exact decision boundary.",
      'workings boundary "y = 1 - relu(x1) - relu(x2) + relu(x1 + x2)" -o boundary.png')
@click.option("--output", metavar="NAME", help="The output whose level set is meant.")
@click.option("--level", metavar="NUMBER", help="The level; if not given, that of the text's class rule, else 0.")
@click.option("--near", metavar="POINT", help="Only the point of the boundary that is nearest to this one.")
@geometric
def boundary(**options: Any) -> int:
    """Find the exact decision boundary, and the class on each side."""
    from workings.cli.geometry import show_boundary

    return show_boundary(options)


@verb("Measure extremes, steepness, classes.",
      'workings measure "y = abs(x1) + x2" --box=-1,1,0,2')
@click.option("--engine", type=click.Choice(["fast", "exact"]), help="Doubles with proved bounds, or integers.")
@click.option("--seconds", type=click.FloatRange(min=0), metavar="S", help="Stop then; what is done is kept.")
@click.option("--polygon", metavar="CORNERS", help="A convex part of the plane: 0,0, 1,0, 0,1, or a CSV file.")
@click.option("--slice", metavar="FILE", help="A CSV file of points: three for a plane, two a line, four a space.")
@click.option("--box", metavar="LOW,HIGH,...", help="Low and high for each input.")
@networks
def measure(**options: Any) -> int:
    """Measure each output over a box: least and largest value, Lipschitz constants, each with the cell that attains it;
    is the class constant; components and holes of the classes; how large the cells are."""
    from workings.cli.geometry import show_measures

    return show_measures(options)


@verb("Say how far two networks differ.",
      "workings same before.onnx after.onnx --box=-1,1,-1,1")
@click.option("--slice", metavar="FILE", help="A CSV file of three points of a plane through the inputs, or two.")
@click.option("--box", metavar="LOW,HIGH,...", help="Low and high for each input.")
@click.argument("second", metavar="OTHER")
@networks
def same(second: str, box: str | None, slice: str | None, **options: Any) -> int:
    """Say how far two networks on the same inputs differ over a box or a slice: exactly, and where.

    The exit code is 0 where they agree everywhere, else 1.
    """
    from workings.cli.geometry import show_same

    return show_same(second, box, slice, options)
