"""Polygons as pixels: against a test of every pixel's middle."""

import random
import struct
import zlib

import numpy as np
import pytest

from workings.figures import Figure, Image
from workings.figures.raster import numbers, png
from workings.render.png import pdf
from workings.render.png import png as picture
from workings.render.svg import svg


def halves(polygons, cuts, rng):
    """Convex polygons cut by random lines; they fill the square without overlap."""
    for _ in range(cuts):
        a, b = rng.gauss(0, 1), rng.gauss(0, 1)
        c = rng.uniform(-0.7, 0.7)
        out = []
        for corners in polygons:
            values = [a * x + b * y + c for x, y in corners]
            for side in (1, -1):
                kept = []
                for (p, v), (q, w) in zip(zip(corners, values), zip(corners[1:] + corners[:1], values[1:] + values[:1])):
                    if v * side >= 0:
                        kept.append(p)
                    if v * w < 0:
                        t = v / (v - w)
                        kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
                if len(kept) > 2:
                    out.append(kept)
        polygons = out
    return polygons


@pytest.mark.parametrize("seed", range(4))
def test_each_pixel_has_the_polygon_that_its_middle_lies_in(seed):
    rng = random.Random(seed)
    polygons = halves([[(-1, -1), (1, -1), (1, 1), (-1, 1)]], 6, rng)
    corners = np.array([p for polygon in polygons for p in polygon])
    offsets = np.cumsum([0, *map(len, polygons)])
    found = numbers(corners, offsets, (-1, -1), (1, 1), 40, 30)
    assert (found >= 0).all()
    for row in range(30):
        for column in range(40):
            x, y = -1 + (column + 0.5) / 20, 1 - (row + 0.5) / 15
            polygon = polygons[found[row, column]]
            turns = [(q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])
                     for p, q in zip(polygon, polygon[1:] + polygon[:1])]
            assert min(turns) >= -1e-9 or max(turns) <= 1e-9


def test_what_lies_outside_is_left_out_and_slivers_do_no_harm():
    corners = np.array([[5, 5], [6, 5], [6, 6], [-1, 0], [1, 1e-9], [1, 0], [-9, -9], [9, -9], [0, 9]], float)
    found = numbers(corners, np.array([0, 3, 6, 9]), (-1, -1), (1, 1), 10, 10)
    assert set(found.ravel()) == {2}
    assert (numbers(np.zeros((0, 2)), np.array([0]), (0, 0), (1, 1), 2, 2) == -1).all()


def test_png_is_what_was_put_in():
    pixels = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    data = png(pixels)
    assert struct.unpack(">II", data[16:24]) == (3, 2)
    start = data.index(b"IDAT") + 4
    raw = np.frombuffer(zlib.decompress(data[start:]), np.uint8).reshape(2, 13)
    assert (raw[:, 1:].reshape(2, 3, 4) == pixels).all()


def test_pixels_stand_in_every_format():
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[..., 3] = 255
    figure = Figure(20, 20, (Image(5, 5, 10, 10, png(pixels), "four pixels"),), "Pixels", "")
    drawn = svg(figure)
    assert "data:image/png;base64," in drawn and "<title>four pixels</title>" in drawn
    assert picture(figure)[:4] == b"\x89PNG"
    made = pdf(figure)
    assert made[:4] == b"%PDF" and made == pdf(figure)
