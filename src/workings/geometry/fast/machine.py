"""The compiled walk with its arrays: what it works on, what it asks, where it writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from typing import Any

from workings.geometry.exact_plane import Exact
from workings.geometry.fast import kernel
from workings.geometry.fast.arrays import FEW
from workings.geometry.fast.chunks import CELLS, CORNERS, Chunk
from workings.geometry.fast.doubles import place_of, side_of
from workings.geometry.fast.kernel import Net, Out, State
from workings.geometry.layers import Layers

Array = Any
SPAN = 300                    # forms must stay below two to this power
PAIRS = 4096                  # signs asked for at once
SLOTS = 64                    # sums that are held, one for each cut that is not done


def fits(layers: Layers) -> bool:
    """Can doubles hold every form without running over?  Else integers decide everything."""
    import numpy as np

    high = 0.0
    for sources in layers.weights:
        sums = [np.abs(np.array(m, dtype=np.float64)).sum(axis=1).max(initial=0.0) for _, m in sources]
        high += max(0.0, log2(max(sums, default=0.0) or 1.0))
    for rows, denominator in layers.own:
        largest = max(int(rows.max()), -int(rows.min())) if rows.size else 0
        high = max(high, high + largest.bit_length() - denominator.bit_length())
    return high < SPAN


def net_of(layers: Layers) -> Net:
    """The layers in doubles, with bounds for what rounding loses."""
    import numpy as np

    starts = np.array([*layers.starts, layers.starts[-1] + layers.sizes[-1]], dtype=np.int64)
    first, source, place, normed = [0], [], [], []
    weights: list[Array] = []
    norms: list[Array] = []
    gamma = []
    for sources in layers.weights:
        for i, matrix in sources:
            source.append(i)
            place.append(sum(w.size for w in weights))
            normed.append(sum(n.size for n in norms))
            found = np.array(matrix, dtype=np.float64)
            weights.append(np.ascontiguousarray(found if len(found) <= FEW else found.T).reshape(-1))
            norms.append(_norms(found))
        first.append(len(source))
        terms = sum(layers.sizes[i] for i, _ in sources)
        gamma.append((terms + 8) * kernel.U * (1 + 1e-9))
    whole = [np.int64] * 5
    flat = [np.array(v, dtype=t) for v, t in zip((layers.sizes, starts, first, source, place), whole)]
    return Net(
        flat[0], flat[1], flat[2], flat[3], flat[4],
        np.array(normed, dtype=np.int64), _joined(weights), _joined(norms), _own(layers, gamma),
        np.array([float(s) for s in layers.slopes]), np.array(gamma),
    )


def _norms(matrix: Array) -> Array:
    """The Euclidean norm of each row, rounded up."""
    import numpy as np

    largest = np.abs(matrix).max(axis=1, initial=0.0)
    scaled = matrix / np.where(largest > 0, largest, 1.0)[:, None]
    return np.sqrt((scaled * scaled).sum(axis=1)) * largest * (1 + 1e-9)


def _joined(parts: Sequence[Array]) -> Array:
    import numpy as np

    return np.concatenate(parts) if parts else np.zeros(1)


def _own(layers: Layers, gamma: Sequence[float]) -> Array:
    """Own forms rounded once; the sums that they go into round again and again."""
    import numpy as np

    out = np.zeros((5, layers.starts[-1] + layers.sizes[-1]))
    for (rows, denominator), start, size, sources, g in zip(
        layers.own, layers.starts, layers.sizes, layers.weights, gamma,
    ):
        part = out[:, start:start + size]
        part[:3] = rounded(rows, denominator).T
        error = g if sources else 2 * kernel.U
        part[3] = error * np.abs(part[:2]).max(axis=0)
        part[4] = error * np.abs(part[2])
    return out


def rounded(rows: Array, denominator: int) -> Array:
    """Integers over a denominator as the nearest doubles."""
    import numpy as np

    flat = rows.reshape(-1).tolist()
    found = np.array([v / denominator if v else 0.0 for v in flat], dtype=np.float64)
    return found.reshape(rows.shape)


@dataclass(eq=False)
class Machine:
    """One walk: its arrays, and the integers that judge what is in doubt."""

    layers: Layers
    exact: Exact
    net: Net
    state: State
    judged: int = 0
    outline: Array = None               # the corners of the domain

    @classmethod
    def of(cls, layers: Layers, exact: Exact) -> Machine:
        """A walk that stands before the whole domain."""
        net = net_of(layers)
        machine = cls(layers, exact, net, _state(net, exact))
        machine.start()
        return machine

    def start(self) -> None:
        """The domain as the one task."""
        import numpy as np

        state, exact = self.state, self.exact
        first = self.layers.sizes[0]
        state.forms[:, :first] = self.net.own[:, :first]
        for k, row in enumerate(exact.sides):
            state.forms[:, exact.total + k] = side_of(row)
        found = [(place_of(v), p, q, e) for v, p, q, e in exact.outline]
        self.outline = np.array([f[0] for f in found])
        self.load(0, self.outline, np.array([f[1:] for f in found], dtype=np.int64))

    def load(self, layer: int, place: Array, name: Array) -> None:
        """One polygon before a layer, as the only task."""
        state, n = self.state, len(place)
        state.place[:n], state.name[:n, :3] = place, name
        state.task[0] = (layer, 0, n, 0, -1, -1, 0, 0, 0)
        state.count[kernel.OPEN_FROM] = self.exact.total + len(self.exact.sides) - 4
        state.count[kernel.TOP] = 0

    def run(self, out: Out, end: int = -1) -> int:
        """Walk on; doubts are settled on the way.  FULL, PAUSE or DONE."""
        while True:
            why: int = kernel.walk(self.net, self.state, out, end)
            if why == kernel.ASK:
                self._answer()
            elif why == kernel.GROW:
                self._grow()
            else:
                return why

    def _answer(self) -> None:
        """Decide the pairs (unit, corner) that are asked for, with integers."""
        state, exact = self.state, self.exact
        known, pending = int(state.count[kernel.ASKED]), int(state.count[kernel.READY])
        if known + pending > len(state.asked):
            self.state = state = state._replace(asked=_longer(state.asked, known + pending))
        signs = state.sign
        corners: dict[int, Any] = {}
        for k in range(known, known + pending):
            u, i = int(state.asked[k, 0]), int(state.asked[k, 1])
            if i not in corners:
                p, q = int(state.name[i, 0]), int(state.name[i, 1])
                corners[i] = exact.vertex(p, q, signs)
            state.asked[k, 2] = exact.sign(u, corners[i], signs)
        self.judged += pending
        state.count[kernel.ASKED] = known + pending

    def _grow(self) -> None:
        """More room for whatever was too small."""
        s = self.state
        self.state = s._replace(
            place=_longer(s.place), name=_longer(s.name), candidate=_longer(s.candidate), task=_longer(s.task),
            sums=_longer(s.sums), norm=_longer(s.norm), side=_longer(s.side),
        )


def _longer(array: Array, least: int = 0) -> Array:
    """The same with as much room again, or more."""
    import numpy as np

    more = max(len(array), least)
    return np.concatenate([array, np.zeros((more, *array.shape[1:]), array.dtype)])


def _state(net: Net, exact: Exact) -> State:
    import numpy as np

    total, widest = exact.total, int(net.sizes.max())
    outline = max(64, 2 * len(exact.outline))
    whole = np.int64
    return State(
        forms=np.zeros((5, total + len(exact.sides))), sums=np.zeros((SLOTS, 3, widest)), norm=np.zeros((SLOTS, 2)),
        rest=np.zeros((max(1, len(net.source)), 2)), sign=np.zeros(total, np.int8), loose=np.zeros(total, np.int8),
        task=np.zeros((256, 9), whole), place=np.zeros((2048, 4)), name=np.zeros((2048, 4), whole),
        candidate=np.zeros(8 * widest + 4096, whole), scratch=np.zeros((3, widest + 1)),
        index=np.zeros(widest + 1, whole), side=np.zeros(outline, np.int8), asked=np.zeros((PAIRS, 3), whole),
        count=np.zeros(18, whole),
    )


def lists(outputs: int, units: int, wanted: bool) -> Out:
    """Room for one chunk; without `wanted` for the maps alone, which are counted."""
    import numpy as np

    cells, corners = (CELLS, CORNERS) if wanted else (0, 0)
    return Out(
        np.zeros(cells + 1 if wanted else 0, np.int64), np.zeros((corners, 4)), np.zeros((corners, 3), np.int32),
        np.zeros((corners, outputs), np.int8), np.zeros((cells, (units + 7) // 8), np.uint8),
        np.zeros((CELLS, outputs, 3)), np.zeros((outputs, 2)),
    )


def taken(machine: Machine, out: Out) -> Chunk:
    """What the lists hold, copied; they are empty again."""
    import numpy as np

    count = machine.state.count
    cells, corners = int(count[kernel.LISTED]), int(count[kernel.VERTICES])
    count[kernel.LISTED] = count[kernel.VERTICES] = 0
    listed = len(out.offset) > 0
    return Chunk(
        out.offset[: cells + 1].copy() if listed else np.zeros(cells + 1, np.int64), out.place[:corners].copy(),
        out.name[:corners].copy(), out.level[:corners].copy(), out.pattern[:cells].copy(),
        out.map[:cells].copy(), out.error.copy(),
    )
