"""Polyhedra and contradictions against elimination of variables, written here on its own."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from workings.exact import dot, rank, simplest
from workings.geometry.data import Row
from workings.geometry.farkas import contradiction, total
from workings.geometry.merge import merged
from workings.geometry.polyhedron import Polyhedron, as_shape, cut, facets, space, split
from workings.geometry.sample import sample

F = Fraction


def eliminate(facts: list[tuple[tuple[Fraction, ...], bool]]) -> bool:
    """Fourier and Motzkin: have the inequalities row >= 0 (or > 0) a common point?"""
    while len(facts[0][0]) > 1:
        up = [f for f in facts if f[0][0] > 0]
        down = [f for f in facts if f[0][0] < 0]
        rest = [(row[1:], strict) for row, strict in facts if row[0] == 0]
        for (a, s), (b, t) in product(up, down):
            rest.append((tuple(p / a[0] - q / b[0] for p, q in zip(a[1:], b[1:])), s or t))
        facts = rest or [((F(1),) * (len(facts[0][0]) - 1), False)]
        if not rest:
            return True
    return all(row[0] > 0 or (row[0] == 0 and not strict) for row, strict in facts)


def rows(size: int) -> st.SearchStrategy[Row]:
    return st.tuples(*[st.integers(-3, 3)] * (size + 1))


FACTS = st.integers(1, 3).flatmap(lambda n: st.lists(st.tuples(rows(n), st.booleans()), min_size=1, max_size=6))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(FACTS)
def test_a_contradiction_is_found_exactly_where_there_is_no_point(facts: list[tuple[Row, bool]]) -> None:
    possible = eliminate([(tuple(map(F, row)), strict) for row, strict in facts])
    multipliers = contradiction(facts)
    assert (multipliers is None) == possible
    if multipliers is not None:
        assert total(facts, multipliers) is not None and all(m >= 0 for m in multipliers)
        assert sum(m > 0 for m in multipliers) <= len(facts[0][0]) + 1


@settings(max_examples=120, derandomize=True, deadline=None)
@given(st.integers(1, 3).flatmap(lambda n: st.lists(rows(n), max_size=6).map(lambda r: (n, r))))
def test_cuts_keep_exactly_the_points_of_all_rows(case: tuple[int, list[Row]]) -> None:
    size, found = case
    body: Polyhedron = space(size)
    for row in found:
        above, below = split(body, row)
        level = [{g for g, _ in half.generators if not dot(g, row)} for half in (above, below)]
        assert level[0] == level[1]
        body = above
    assert body.empty != eliminate([((F(0),) * (size + 1), False), *((tuple(map(F, r)), False) for r in found)])
    if body.empty:
        return
    for g, tight in body.generators:
        assert all(dot(row, g) >= 0 for row in found) and g[-1] >= 0
        assert all((dot(row, g) == 0) == bool(tight >> i & 1) for i, row in enumerate(found, 1))
    at = sample(body)
    values = [sum((c * x for c, x in zip(row, at)), F(row[-1])) for row in found]
    flat = [all(not dot(row, g) for g, _ in body.generators) for row in found]
    assert all((v == 0) if zero else v > 0 for v, zero in zip(values, flat) if zero or v <= 0)
    if not body.flat:
        again = space(size)
        for side in facets(body):
            again = cut(again, side)
        assert {*as_shape(again).vertices} == {*as_shape(body).vertices} or body.lines
        assert as_shape(body).dimension == size


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.fractions(-5, 5, max_denominator=30), st.fractions(F(1, 30), 3, max_denominator=30))
def test_the_simplest_number_between_two(low: Fraction, width: Fraction) -> None:
    found = simplest(low, low + width)
    assert low < found < low + width
    for denominator in range(1, found.denominator):
        assert not any(low < F(k, denominator) < low + width for k in range(-300, 300))


def test_rank() -> None:
    assert rank([(1, 2, 3), (2, 4, 6), (0, 0, 1)]) == 2 and rank([]) == 0


def test_convex_unions_are_joined_and_others_left() -> None:
    square = space(2)
    for row in [(1, 0, 0), (-1, 0, 2), (0, 1, 0), (0, -1, 2)]:
        square = cut(square, row)
    left, right = split(square, (1, 0, -1))
    low, high = split(right, (0, 1, -1))
    nothing: frozenset[Row] = frozenset()
    assert len(merged([(left, nothing), (low, nothing), (high, nothing)])) == 1
    assert len(merged([(left, nothing), (low, nothing)])) == 2
    assert len(merged([(left, frozenset([(1, 0, -1)])), (right, nothing)])) == 2
    assert len(merged([(left, nothing), (right, nothing)], holes=[(F(1), F(1))])) == 2
