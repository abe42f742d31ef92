"""Sizes of windows: rounded down where numbers are given, symbolic otherwise."""

from __future__ import annotations

import pytest

from workings import read
from workings.expr import Ref
from workings.notation import plain
from workings.shape import shapes


@pytest.mark.parametrize(("text", "sizes"), [
    ("A in R^(8 x 27 x 26); P = max_pool2d(A, 2, 2)", "8 13 13"),
    ("A in R^(8 x 26 x 26); P = max_pool2d(A, 2, 2, 3, 1)", "8 9 25"),
    ("x in R^(c x n); P = max_pool1d(x, 2)", "c floor((n-2)/2)+1"),
    ("A in R^(8 x 26 x 26); k in R^(1 x 8 x 3 x 3); P = conv2d(A, k, 2)", "1 12 12"),
])
def test_sizes(text: str, sizes: str) -> None:
    assert " ".join(plain(s).replace(" ", "") for s in shapes(read(text)).of(Ref("P"))) == sizes
