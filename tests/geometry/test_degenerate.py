"""The inputs on which tools with tolerances are wrong (regions.md, section 4), by both engines, with figures worked out exactly.

Cells, then cells cut also where y = 0; None: not stated there.  The engine that shows its workings is the second opinion.
"""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from workings import geometry
from workings.functions import signatures
from workings.geometry.fast.engine import complex_of
from workings.geometry.plane import domain_of, plane_of
from workings.geometry.stacking import stack
from workings.importers.from_arrays import from_arrays
from workings.syntax import read

F = Fraction
ENGINES = ["exact", pytest.param("fast", marks=pytest.mark.heavy)]
SQUARE = [(-1, 1), (-1, 1)]
FIELDS = ("cells", "cells_after_output", "maps", "zero_cells", "vertices", "edges")
FAN = "y = " + " + ".join(f"relu(x2 - {k}/10^7*x1)" for k in range(-4, 5))
SAWTOOTH = "; ".join(["h1 = 1 - abs(x1)", *(f"h{k + 1} = 1 - abs(2*h{k} - 1)" for k in range(1, 8)), "y = h8 - x2/3"])

ROWS = [
    ("touch", "y = abs(x1) + 0*x2", 2, 2),
    ("touch in a point", "y = abs(x1) + abs(x2)", 4, 4),
    ("max of four, with ties", "y = max(abs(x1), abs(x2)) - 1/2", 8, 16),
    ("the same line again, scaled and turned round", "y = relu(x1 + x2) - relu(2*x1 + 2*x2) + relu(-3*x1 - 3*x2)", 2, 2),
    ("eight lines through a point",
     "y = " + " + ".join(f"relu({a}*x1 + {b}*x2)" for a, b in
                         ((1, 0), (0, 1), (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2))), 16, None),
    ("through a corner, along an edge", "y = relu(x1 + x2 - 2) + relu(x1 + 1) + relu(x1 - x2)", 2, None),
    ("dead and always on", "y = relu(x1 + 5) + relu(-x2 - 7)", 1, 1),
    ("nine lines all but parallel", FAN, 18, None),
    ("two lines all but parallel that cross", "y = relu(x2 - x1/10^15) - relu(x2 + x1/10^15)", 4, None),
    ("two parallel lines 2^-50 apart", "y = relu(x1) - relu(x1 - 1/2^50) + 0*x2", 3, None),
    ("weights of 2^30", "y = relu(2^30*x1 + 2^29*x2) - relu(2^30*x2 - 2^28) + 1", 4, None),
    ("weights of 2^-40", "y = relu(x1/2^40 + x2/2^41) - relu(x2/2^40 - 1/2^42) + 1/2^41", 4, None),
    ("an offset of 10^6", "y = relu(x1 + x2 + 10^6) - relu(x1 - x2 + 10^6 - 1/3) + relu(x1 - 10^6) - 1/3", 1, 2),
    ("one tenth and two tenths less three tenths", "y = relu(x1*(0.1 + 0.2 - 0.3) + x2) + relu(x1 - 0.3) - 1/4", 4, 7),
    ("thirds and sevenths", "y = relu(x1/3 - x2/7) - relu(x1/7 + x2/3)", 4, None),
    ("a crease through where two meet", "y = relu(x1) + relu(x2) + relu(relu(x1) - relu(x2))", 5, None),
    ("constant", "y = 7 + 0*(x1 + x2)", 1, 1),
    ("zero", "y = relu(x1) - relu(x1) + 0*x2", 2, 2),
    ("a sawtooth", SAWTOOTH, 256, 512),
]


def both(net, box, engine):
    domain = domain_of(plane_of(net.inputs), box)
    return complex_of(net, domain, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("row", ROWS, ids=[r[0] for r in ROWS])
def test_degenerate_input_is_normal(row, engine):
    _, text, cells, after = row
    net = read(text, signatures(), inputs=["x1", "x2"])
    own, old = both(stack(net), SQUARE, engine), geometry.pieces(net, SQUARE)
    assert [getattr(own.counts, f) for f in FIELDS] == [getattr(old.counts, f) for f in FIELDS]
    assert own.counts.cells == cells and after in (None, own.counts.cells_after_output)
    assert own.areas.sum() == pytest.approx(4)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_window_far_from_the_origin(engine):
    text = "y = relu(3*x1 - 2*x2 - 2000001/1000) + relu(x1 + x2 - 4000007/1000) - relu(x1 - 2000003/1000)"
    net, box = read(text, signatures()), [(F("2000"), F("2000.01"))] * 2
    own, old = both(stack(net), box, engine), geometry.pieces(net, box)
    assert [getattr(own.counts, f) for f in FIELDS] == [getattr(old.counts, f) for f in FIELDS]


@pytest.mark.heavy
@pytest.mark.parametrize(("unit", "cells"), [(8, 5192), (64, 5755)])
def test_trained_weights_rounded(unit, cells):
    file = Path(__file__).parents[3] / "shared" / "nets" / "moons_2-64-64-64-1.json"
    if not file.is_file():
        pytest.skip("the networks are not here")
    given = json.loads(file.read_text())
    for layer in given["layers"]:
        layer["W"] = [[round(float(v) * unit) / unit for v in row] for row in layer["W"]]
        layer["b"] = [round(float(v) * unit) / unit for v in layer["b"]]
    net = stack(from_arrays(given, "rounded"))
    assert both(net, [tuple(pair) for pair in given["box"]], "fast").counts.cells == cells
