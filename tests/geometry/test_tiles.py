"""Tiles of the walk, put together, are the walk; on a cluster whose workers die as well."""

import os
import random
from itertools import pairwise

import pytest

import workings
from workings.geometry.exact_plane import Exact
from workings.work.regions import planar

ARRAYS = ("offset", "place", "name", "level", "pattern", "map", "error")


def network(seed, sizes=(2, 24, 24, 24, 1), whole=False):
    rng = random.Random(seed)
    number = (lambda: rng.randint(-2, 2)) if whole else (lambda: rng.uniform(-1, 1))
    return {"box": [[-1, 1], [-1, 1]], "layers": [
        {"W": [[number() for _ in range(n)] for _ in range(m)], "b": [number() for _ in range(m)],
         "act": "relu" if i < len(sizes) - 2 else "id"} for i, (n, m) in enumerate(pairwise(sizes))]}


def alike(one, two):
    assert (one.counts.cells, one.counts.cells_after_output, one.counts.maps) == (
        two.counts.cells, two.counts.cells_after_output, two.counts.maps)
    assert (one.counts.vertices, one.counts.edges, one.counts.zero_cells) == (
        two.counts.vertices, two.counts.edges, two.counts.zero_cells)
    assert (one.tally.signs, one.tally.exact) == (two.tally.signs, two.tally.exact)
    for name in ARRAYS:
        assert getattr(one.lists, name).tobytes() == getattr(two.lists, name).tobytes()


@pytest.mark.heavy
@pytest.mark.parametrize("least", [1, 2, 7, 40, 3000])
@pytest.mark.parametrize("given", [network(1), network(2, whole=True), network(3, (2, 2, 8, 8, 2)), network(4, (2, 1))],
                         ids=["generic", "integers", "few units first", "none"])
def test_tiles_together_are_the_walk_alone(given, least):
    pytest.importorskip("numba")
    from workings.geometry.fast.engine import Survey, answer_of, complex_of
    from workings.geometry.fast.tiles import gathered, plan, starts, tile, walked
    from workings.geometry.layers import layers

    stack, domain = planar(workings.read(given), None, None)
    alone = complex_of(stack, domain, engine="fast")
    found = layers(stack, domain)
    survey = Survey(found, Exact(found))
    gathered(survey, [tile(found, start, True) for start in starts(found, least)])
    alike(alone, answer_of(stack, survey, "fast"))
    cuts, many = plan(found, least)
    shared = [dict(walked(found, cuts, True, [k for k in range(many) if k % 3 in own], lambda: False))
              for own in ((0,), (1, 2))]
    survey = Survey(found, Exact(found))
    gathered(survey, [tile for _, tile in sorted((shared[0] | shared[1]).items())])
    alike(alone, answer_of(stack, survey, "fast"))


@pytest.mark.heavy
def test_two_processes_are_one():
    pytest.importorskip("numba")
    net = network(6, (2, 32, 32, 32, 1))
    alike(workings.pieces(net, engine="fast").data, workings.pieces(net, engine="fast", processes=2).data)


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_cluster_one_of_whose_workers_is_killed():
    pytest.importorskip("distributed")
    pytest.importorskip("numba")
    from distributed import LocalCluster

    net = network(5, (2, 64, 64, 64, 1))
    alone = workings.pieces(net, engine="fast")
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        killed = []

        def watch(cells, done):
            if done > 0.1 and not killed:
                killed.append(pids[0])
                os.kill(pids[0], 9)

        found = workings.pieces(net, cluster=cluster.scheduler_address, progress=watch)
        assert killed
        border = workings.boundary(net, cluster=cluster.scheduler_address)
        counted = workings.pieces(net, cluster=cluster.scheduler_address, count=True)
    alike(alone.data, found.data)
    assert alone.as_dict() == found.as_dict()
    assert border.as_dict() == workings.boundary(net, engine="fast").as_dict()
    own = workings.pieces(net, engine="fast", count=True)
    assert counted.data.chunk is None and counted.as_dict() == own.as_dict()


@pytest.mark.slow
@pytest.mark.heavy
@pytest.mark.timeout(300)
def test_a_boundary_on_a_cluster_one_of_whose_workers_is_killed():
    pytest.importorskip("distributed")
    pytest.importorskip("numba")
    from distributed import LocalCluster

    net = network(7, (2, 64, 64, 64, 3))
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        pids = [worker.pid for worker in cluster.workers.values()]
        killed = []

        def watch(cells, done):
            if done > 0.1 and not killed:
                killed.append(pids[0])
                os.kill(pids[0], 9)

        found = workings.boundary(net, cluster=cluster.scheduler_address, progress=watch)
        assert killed
    alone = workings.boundary(net, engine="fast")
    alike(alone.level_set.complex, found.level_set.complex)
    assert alone.as_dict() == found.as_dict()


@pytest.mark.heavy
def test_a_scheduler_that_does_not_answer():
    pytest.importorskip("distributed")
    with pytest.raises(workings.BadValue, match="no Dask scheduler answers"):
        workings.pieces(network(1), cluster="tcp://127.0.0.1:1")
