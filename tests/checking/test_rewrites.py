"""Equal rewritings are never called different, damaged ones never equal; mpmath at 50 digits is the judge."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from rewriting import damaged, expression, judged, rewritten
from workings.checking import equal

seeds = st.integers(0, 10**9)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(seeds)
def test_an_equal_rewriting_is_never_called_different(seed: int):
    r = random.Random(seed)
    a = expression(r, r.choice([2, 3, 4]))
    b = rewritten(r, a)
    verdict = equal(a, b, creases=False)
    assert verdict.kind != "different", verdict
    if judged(a, b, r) == "equal":
        assert verdict.kind == "equal", verdict.evidence


@settings(max_examples=120, deadline=None, derandomize=True)
@given(seeds)
def test_a_damaged_one_is_wrong_unless_it_is_really_equal(seed: int):
    r = random.Random(seed)
    a = expression(r, r.choice([2, 3, 4]))
    b = damaged(r, rewritten(r, a))
    verdict = equal(a, b, creases=False)
    truth = judged(a, b, r)
    if truth == "different":
        assert verdict.kind == "different", verdict.evidence
    elif truth == "equal":
        assert verdict.kind != "different", verdict.counterexample
