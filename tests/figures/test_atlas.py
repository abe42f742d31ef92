"""Pictures of many cells: what is filled, drawn and named."""

import numpy as np
import pytest

import workings
from workings.errors import BadValue
from workings.figures import Circle, Image, Path, Text
from workings.figures.atlas import chained, clipped, roomiest
from workings.figures.tints import by_class, by_direction, stripes
from workings.render.svg import svg

RING = "y = max(abs(x1), abs(x2)) - 1/2"
BOX = [(-1, 1), (-1, 1)]
THREE = {"layers": [{"W": [[1, 0], [0, 1], [-1, -1]], "b": [0, 0, 0], "act": "relu"},
                    {"W": [[1, 0, 0], [0, 1, 0], [0, 0, 1]], "b": [0, 0, 0], "act": "id"}]}


def drawn(figure, kind):
    return [s for s in figure.flat() if isinstance(s, kind)]


def test_classes_are_filled_hatched_named_and_bounded():
    figure = workings.boundary(RING, box=BOX)._drawn("class", None).figure()
    assert any(s.role == "boundary" for s in drawn(figure, Path))
    images = drawn(figure, Image)
    assert images[0].width == images[0].height == 330          # the cells, then a swatch for each class
    assert len(images) == 3 and "y < 0" in figure.description
    assert figure.title == "The classes and the boundary"


def test_several_classes():
    figure = workings.boundary(THREE, box=BOX)._drawn("class", None).figure()
    assert len(drawn(figure, Image)) == 4 and "y1, y2, y3" in figure.description


@pytest.mark.parametrize("by, images", [("map", 2), ("layer", 1)])
def test_cells_by_map_and_by_layer(by, images):
    figure = workings.pieces(RING, box=BOX, engine="exact")._drawn(by, None).figure()
    assert len(drawn(figure, Image)) == images
    arrows = [s for s in drawn(figure, Path) if s.role == "gradient"]
    assert bool(arrows) == (by == "map") and all(a.arrow for a in arrows)
    assert any("layer1" in s.role for s in drawn(figure, Path))
    assert svg(figure) == svg(workings.pieces(RING, box=BOX, engine="exact")._drawn(by, None).figure())


def test_without_a_box_the_cells_reach_over_the_frame():
    figure = workings.pieces(RING, box="all", engine="exact")._drawn("layer", None).figure()
    assert drawn(figure, Image) and "1" not in figure.title.split()[0]


def test_data_points_have_a_shape_for_each_label():
    data = (np.array([[0, 0], [0.5, 0.5], [9, 9]]), ["in", "out", "out"])
    figure = workings.boundary(RING, box=BOX)._drawn("class", data).figure()
    circles = [s for s in drawn(figure, Circle) if s.role == "mark"]
    squares = [s for s in drawn(figure, Path) if s.role == "mark"]
    assert len(circles) == 2 and len(squares) == 2             # one each in the frame, one each in the legend
    assert {"in", "out"} <= {s.label for s in drawn(figure, Text) if isinstance(s.label, str)}


@pytest.mark.parametrize("data", [np.zeros((2, 3)), ([[0, 0]], ["a", "b"]), [[float("nan"), 0]]])
def test_data_that_are_no_points(data):
    with pytest.raises(BadValue, match="no points"):
        workings.pieces(RING, box=BOX).picture("x.png", data=data)


def test_ways_to_colour_and_names_of_files():
    found = workings.pieces(RING, box=BOX)
    with pytest.raises(BadValue, match="not coloured by .mood."):
        found._drawn("mood", None).figure()
    with pytest.raises(BadValue, match="no name of a picture"):
        found.picture("x.txt", "map")


def test_clipping_keeps_what_is_inside():
    ends = np.array([[[0, 0], [2, 0]], [[5, 5], [6, 6]], [[-1, 0.5], [3, 0.5]], [[0.5, -1], [0.5, 0.25]]], float)
    found, kept = clipped(ends, (0, 0), (1, 1))
    assert kept.tolist() == [0, 2, 3]
    assert found.tolist() == [[[0, 0], [1, 0]], [[0, 0.5], [1, 0.5]], [[0.5, 0], [0.5, 0.25]]]


def test_chains_draw_every_segment_once():
    rng = np.random.default_rng(0)
    segments = [[[float(a), float(b)], [float(a) + 1, float(b)]] for a, b in rng.integers(0, 6, (60, 2))]
    strokes = chained(segments, [0] * 60)
    seen, last = [], None
    for step, x, y in strokes:
        if step == "L":
            seen.append(tuple(sorted([last, (x, y)])))
        last = (x, y)
    assert sorted(seen) == sorted(tuple(sorted(map(tuple, s))) for s in segments)


def test_the_roomiest_place_lies_deep_inside():
    own = np.zeros((100, 100), bool)
    own[10:50, 20:90] = True
    x, y = roomiest(own)
    assert 38 <= x <= 71 and 25 <= y <= 35 and roomiest(np.zeros((100, 100), bool)) is None


def test_tints():
    colours, numbers = by_class([np.array([True, False, False]), np.array([False, True, False])])
    assert numbers.tolist() == [0, 1, -1] and colours[2].tolist() == [0, 0, 0, 0] and colours[0, 3] > 0
    same = by_direction(np.array([[1.0, 0], [2, 0], [-1, 0], [0, 0]]))
    assert (same[0] == same[1]).all() and (same[0] != same[2]).any() and same[3].tolist()[:3] == [150] * 3
    pixels = np.full((40, 40, 4), 100, np.uint8)
    assert set(np.unique(stripes(pixels, np.zeros((40, 40), int))[..., 3])) == {100, 235}
