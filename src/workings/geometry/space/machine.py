"""The compiled walk through space with its arrays: what it works on, what it asks, where it writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workings.geometry.fast.arrays import ASK, DONE, FULL, GROW, PAUSE
from workings.geometry.fast.doubles import LEAST, ROUND, ratio
from workings.geometry.layers import Layers
from workings.geometry.space import kernel
from workings.geometry.space.arrays import CORNERS, FRESH, LISTED, OPEN_FROM, OVER, READY, SIDES, TOP, Net, Out, State
from workings.geometry.space.exact import Exact
from workings.geometry.space.lists import CELLS, Chunk
from workings.geometry.space.net import net_of

Array = Any
PAIRS = 4096                  # signs asked for at once

__all__ = ["ASK", "DONE", "FULL", "GROW", "OVER", "PAUSE", "Machine", "lists", "taken"]


@dataclass(eq=False)
class Machine:
    """One walk: its arrays, and the integers that judge what is in doubt."""

    layers: Layers
    exact: Exact
    net: Net
    state: State
    judged: int = 0

    @classmethod
    def of(cls, layers: Layers, exact: Exact) -> Machine:
        """A walk that stands before the whole domain."""
        net = net_of(layers, exact)
        machine = cls(layers, exact, net, _state(net, exact))
        machine._start()
        return machine

    def _start(self) -> None:
        """The domain as the one task."""
        state, exact, first = self.state, self.exact, int(self.layers.sizes[0])
        state.forms[:, :first] = self.net.own[:, :first]
        for k, row in enumerate(exact.sides):
            state.forms[:, exact.total + k] = _side(row, exact.total + k >= exact.first_open)
        for i, (vertex, tight) in enumerate(exact.outline):
            state.place[:, i] = _place(vertex, exact.far)
            state.tight[i] = tight
            on = [c for k, c in enumerate(exact.facets) if tight >> k & 1]
            state.name[:, i] = on[:3]
        state.facet[: len(exact.facets)] = exact.facets
        state.task[0] = (0, 0, len(exact.outline), 0, len(exact.facets), 0, -1, -1, 0)
        state.share[0] = 1.0
        state.count[OPEN_FROM], state.count[TOP], state.count[FRESH] = exact.first_open, 0, 1

    def run(self, out: Out) -> int:
        """Walk on; doubts are settled on the way.  FULL, PAUSE, OVER or DONE."""
        while True:
            why: int = kernel.walk(self.net, self.state, out)
            if why == ASK:
                self._answer()
            elif why == GROW:
                self._grow()
            else:
                return why

    def _answer(self) -> None:
        """Decide the pairs (unit, vertex) that are asked for, with integers."""
        state, exact = self.state, self.exact
        layer, first, _, face = (int(v) for v in state.task[state.count[TOP], :4])
        start, vertices = exact.starts[layer], {}
        for u, i in state.asked[:, : int(state.count[READY])].T.tolist():
            if i not in vertices:
                tight = int(state.tight[first + i])
                on = [int(state.facet[face + k]) for k in range(tight.bit_length()) if tight >> k & 1]
                vertices[i] = exact.vertex(on, state.sign)
            state.told[u - start, i] = exact.sign(u, vertices[i], state.sign)
            self.judged += 1

    def _grow(self) -> None:
        """More room for whatever was too small."""
        import numpy as np

        s = self.state
        n = 2 * s.side.shape[0]
        self.state = s._replace(
            place=_wider(s.place), name=_wider(s.name), tight=_wider(s.tight), facet=_wider(s.facet),
            candidate=_wider(s.candidate), task=_wider(s.task.T).T.copy(), share=_wider(s.share),
            side=np.zeros(n, np.int8), told=np.full((s.told.shape[0], n), 2, np.int8),
        )


def _wider(array: Array) -> Array:
    import numpy as np

    out = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
    out[..., : array.shape[-1]] = array
    return out


def _side(row: tuple[int, ...], infinite: bool) -> list[float]:
    """A side of the domain as a form with its errors; one at infinity with that as the unit of length."""
    if infinite:
        return [*(float(v) for v in row[:-1]), 1.0, 0.0, 0.0]
    largest = max(abs(v) for v in row)
    own = [ratio(v, largest) for v in row]
    return [*own, ROUND * max(abs(v) for v in own[:-1]) + LEAST, ROUND * abs(own[-1]) + LEAST]


def _place(vertex: tuple[int, ...], far: int) -> list[float]:
    """A vertex in doubles, largest entry 1, with the errors; one at infinity has w = 0, nearly."""
    largest = max(abs(v) for v in vertex)
    *own, w = (ratio(v, largest) for v in vertex)
    if far > 1 and w * far < 2 ** 200:
        return [*own, 0.0, ROUND, 2.0 * w + LEAST]
    return [*own, w, ROUND, ROUND * w + LEAST]


def _state(net: Net, exact: Exact) -> State:
    import numpy as np

    total, widest, whole = exact.total, int(net.sizes.max()), np.int64
    corners = max(64, 2 * len(exact.outline))
    return State(
        forms=np.zeros((6, total + len(exact.sides))), sign=np.zeros(total, np.int8),
        task=np.zeros((256, 9), whole), share=np.zeros(256), place=np.zeros((6, 16_384)),
        name=np.zeros((3, 16_384), whole), tight=np.zeros(16_384, whole), facet=np.zeros(8192, whole),
        candidate=np.zeros(8 * widest + 4096, whole), side=np.zeros(corners, np.int8),
        told=np.full((widest, corners), 2, np.int8), asked=np.zeros((2, PAIRS), whole),
        value=np.zeros((6, max(widest, 3))), index=np.zeros(widest, whole), count=np.zeros(13, whole),
    )


def lists(outputs: int, units: int, wanted: bool) -> Out:
    """Room for one chunk; without `wanted` for maps and patterns alone, by which functions are told apart."""
    import numpy as np

    cells = CELLS if wanted else 0
    whole = np.int64
    return Out(
        np.zeros(cells + 1 if wanted else 0, whole), np.zeros(cells + 1 if wanted else 0, whole),
        np.zeros((6, 16 * cells)), np.zeros(16 * cells, whole), np.zeros(16 * cells, whole),
        np.zeros((outputs, 16 * cells), np.int8), np.zeros((CELLS, (units + 7) // 8), np.uint8),
        np.zeros((CELLS, outputs, 4)), np.zeros((outputs, 2)),
    )


def taken(machine: Machine, out: Out) -> Chunk:
    """What the lists hold, copied; they are empty again."""
    import numpy as np

    count = machine.state.count
    cells, corners, sides = int(count[LISTED]), int(count[CORNERS]), int(count[SIDES])
    count[LISTED] = count[CORNERS] = count[SIDES] = 0
    nothing = np.zeros(cells + 1, np.int64)
    return Chunk(
        out.offset[: cells + 1].copy() if len(out.offset) else nothing, out.place[:, :corners].T.copy(),
        out.tight[:corners].copy(), out.facets[: cells + 1].copy() if len(out.facets) else nothing,
        out.facet[:sides].astype(np.int32), out.level[:, :corners].T.copy(), out.pattern[:cells].copy(),
        out.map[:cells].copy(), out.error.copy(),
    )
