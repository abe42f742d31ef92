"""Threads: samples are added up in blocks that their number alone decides: the same bytes with any number of threads."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from workings.emit.build import compiler

NET = "k = 1..N; y[k] = tanh(w*x[k] + b); E = 1/N*sum(k, log cosh(y[k] - t[k]))"
RUN = f"""
import numpy as np, workings
x, t = np.random.default_rng(0).normal(size=(2, 150001))
print(repr(workings.code({NET!r}, "E", "c").compile()(x=x, t=t, w=0.3, b=0.1)))
"""


@pytest.mark.skipif(compiler() is None, reason="no C compiler")
def test_one_thread_and_three_give_the_same_bytes() -> None:
    outs = [subprocess.run([sys.executable, "-c", RUN], env={**os.environ, "OMP_NUM_THREADS": n}, capture_output=True,
                           text=True, check=True).stdout for n in ("1", "3")]
    assert outs[0] == outs[1] != ""
