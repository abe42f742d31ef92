"""`train`: parameters that make a loss small, with the gradient that the page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import Any

from workings.errors import BadValue, OutOfReach
from workings.expr import Network, Ref
from workings.fit import checkpoint
from workings.fit.methods import SCHEDULES, adam, descent, lbfgs
from workings.fit.problem import Problem, problem
from workings.notation import plain

METHODS = ("lbfgs", "adam", "sgd")
DIVERGED = 1e8                # a loss so many times the first one: the run has diverged


@dataclass(slots=True)
class Options:
    """How to fit; see `train`."""

    method: str = "lbfgs"
    steps: int = 500
    batch: int = 0
    rate: float = 0.01
    schedule: str = "constant"
    momentum: float = 0.0
    tolerance: float = 1e-9
    validation: float = 0.0
    patience: int = 20
    seed: int = 0
    every: int = 10


@dataclass(slots=True, eq=False)
class Fit:
    """Fitted parameters and how they were found; `curve`: the loss after each step (an epoch, with batches)."""

    network: Network
    of: Ref
    parameters: dict[str, Any]
    value: float
    gradient: float                   # the largest entry of the gradient, in absolute value
    curve: list[float]
    held_out: list[float]
    reason: str
    options: Options
    rows: int
    taken: str
    mean: bool = False                # was the mean over the points minimised?
    notes: list[str] = field(default_factory=list)


Note = Callable[[int, int, float], None]


def train(
    net: Network, of: Ref, data: Any, options: Options, start: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None, path: Path | None = None, resume: bool = False, note: Note | None = None,
) -> Fit:
    """The parameters of `net` that make `of` small on `data`.

    `data`: a .csv or .npz file or arrays by name.  `start`: values to begin from; others are drawn from the seed,
    normal with standard deviation 1/sqrt(n) for n entries along the last axis.  `path`: where a checkpoint is kept;
    with `resume` the run goes on from it to the bytes that it would have come to.

    Raises `BadValue` for data or options that do not fit, `OutOfReach` where the run diverges.
    """
    _checked(options)
    posed = problem(net, of, data, start or {}, sizes or {})
    run = _Run(posed, options, path, note)
    run.begin(start or {}, resume)
    run.go()
    return run.fit(net, of)


def _checked(options: Options) -> None:
    for name, known in (("method", METHODS), ("schedule", tuple(SCHEDULES))):
        if getattr(options, name) not in known:
            raise BadValue(f"there is no {name} {getattr(options, name)!r}", expected="one of " + ", ".join(known))
    limits = {"steps": options.steps >= 1, "batch": options.batch >= 0, "rate": options.rate > 0,
              "momentum": 0 <= options.momentum < 1, "validation": 0 <= options.validation < 1,
              "patience": options.patience >= 1, "every": options.every >= 1}
    for name, good in limits.items():
        if not good:
            raise BadValue(f"{name}={getattr(options, name)} is out of range")
    if options.batch and options.method == "lbfgs":
        raise BadValue("L-BFGS takes all points at once", hint="method='adam' or 'sgd' with batch=")


class _Run:
    def __init__(self, posed: Problem, options: Options, path: Path | None, note: Note | None) -> None:
        import numpy as np

        self.posed, self.options, self.path, self.note = posed, options, path, note
        self.draw = np.random.default_rng(options.seed)
        self.state: dict[str, Any] = {}
        self.known: list[tuple[float, Any]] = []
        self.curve: list[float] = []
        self.held_out: list[float] = []
        self.done, self.reason = 0, ""
        data = [posed.data[name] for name in sorted(posed.data)]
        text = [f"{plain(e.lhs)} = {plain(e.rhs)}" for e in posed.net.equations]
        self.mark = checkpoint.fingerprint(text, options, *data)

    # -- the beginning
    def begin(self, start: Mapping[str, Any], resume: bool) -> None:
        """Start values and the rows that are held out; or where an earlier run stood."""
        import numpy as np

        self.vector = self.posed.packed(self._start(start))
        rows = self.draw.permutation(self.posed.rows) if self.options.validation else np.arange(self.posed.rows)
        held = int(self.options.validation*self.posed.rows)
        if self.options.validation and not 0 < held < self.posed.rows:
            raise BadValue(f"{self.options.validation:g} of {self.posed.rows} points are none to hold out")
        self.rows, self.apart = np.sort(rows[held:]), np.sort(rows[:held])
        self.best = self.vector
        if self.path is not None and self.path.exists():
            if not resume:
                raise BadValue(f"{self.path} is there already", hint="resume=True goes on from it; or another file")
            self._restore()

    def _start(self, start: Mapping[str, Any]) -> dict[str, Any]:
        import numpy as np

        unknown = [n for n in start if n not in self.posed.shapes]
        if unknown:
            raise BadValue(f"{unknown[0]} is no parameter", expected=", ".join(self.posed.shapes))
        out = {}
        for name, shape in self.posed.shapes.items():
            if name in start:
                out[name] = np.asarray(start[name], dtype=float)
                if out[name].shape != shape:
                    raise BadValue(f"the start value of {name} has shape {out[name].shape}", expected=str(shape))
            else:
                out[name] = self.draw.normal(0.0, max(1, shape[-1] if shape else 1)**-0.5, shape)
        return out

    # -- the way
    def go(self) -> None:
        """All steps."""
        if self.options.method == "lbfgs":
            self._all_points()
        else:
            self._batches()
        if self.apart.size and self.held_out:
            self.vector = self.best

    def _all_points(self) -> None:
        data = self.posed.taken(self.rows) if self.apart.size else None

        def gradient(at: Any) -> tuple[float, Any]:
            value, by = self.posed.value(at, data)
            self._sound(value, by)
            return value, by

        def seen(vector: Any, value: float) -> bool:
            self.curve.append(value)
            self.vector = vector.copy()
            return self._after(len(self.curve), last=False)

        self.curve.clear()
        self.held_out.clear()
        found = lbfgs(gradient, self.vector, self.options.steps, self.options.tolerance, self.known, seen)
        self.vector, message = found[0], found[2]
        self.reason = self.reason or message.lower()

    def _batches(self) -> None:
        options = self.options
        move = adam(self.state) if options.method == "adam" else descent(self.state, options.momentum)
        size = options.batch or len(self.rows)
        per = -(-len(self.rows)//size)
        for epoch in range(self.done, options.steps):
            order = self.draw.permutation(self.rows) if options.batch else self.rows
            total = 0.0
            for number in range(per):
                part = order[number*size:(number + 1)*size]
                value, by = self.posed.value(self.vector, self.posed.taken(part))
                self._sound(value, by)
                rate = options.rate*SCHEDULES[options.schedule]((epoch + number/per)/options.steps)
                self.vector = move(self.vector, by, rate)
                total += value*len(part)
            self.curve.append(total/len(self.rows))
            self.done = epoch + 1
            if self._after(self.done, last=self.done == options.steps):
                return
        self.reason = self.reason or "all steps are done"

    def _sound(self, value: float, by: Any) -> None:
        """A loss that is no number, or far above the first, ends the run; what was saved before stays."""
        import numpy as np

        first = abs(self.curve[0]) if self.curve else abs(value)
        if not isfinite(value) or not np.isfinite(by).all() or abs(value) > DIVERGED*(1.0 + first):
            raise OutOfReach(
                f"the run diverged in step {len(self.curve) + 1}: the loss went from "
                f"{self.curve[0] if self.curve else value:g} to {value:g}",
                hint=f"a rate smaller than {self.options.rate:g}, or other start values",
            )

    def _after(self, step: int, last: bool) -> bool:
        """What is due after a step: held-out loss, checkpoint, progress; is it time to stop?"""
        if self.note is not None:
            self.note(step, self.options.steps, self.curve[-1])
        stop = False
        if self.apart.size:
            self.held_out.append(self.posed.value(self.vector, self.posed.taken(self.apart))[0])
            lowest = self.held_out.index(min(self.held_out))
            if lowest == len(self.held_out) - 1:
                self.best = self.vector
            stop = len(self.held_out) - 1 - lowest >= self.options.patience
            if stop:
                self.reason = f"the held-out loss has not fallen for {self.options.patience} steps"
        if self.path is not None and (stop or last or step % self.options.every == 0):
            self._save()
        return stop

    # -- checkpoints
    def _save(self) -> None:
        import numpy as np

        assert self.path is not None
        arrays = {"vector": self.vector, "best": self.best, "curve": np.array(self.curve),
                  "held_out": np.array(self.held_out), **{f"state_{k}": v for k, v in sorted(self.state.items())}}
        if self.known:
            arrays["values"] = np.array([v for v, _ in self.known])
            arrays["gradients"] = np.stack([g for _, g in self.known])
        checkpoint.write(self.path, self.mark, arrays, {"done": self.done, "draw": self.draw.bit_generator.state})

    def _restore(self) -> None:
        assert self.path is not None
        arrays, facts = checkpoint.read(self.path, self.mark)
        if "values" in arrays:                       # L-BFGS starts anew and takes what it has computed already
            self.known = [(float(v), g) for v, g in zip(arrays["values"], arrays["gradients"])]
            return
        self.vector, self.best = arrays["vector"], arrays["best"]
        self.curve, self.held_out = arrays["curve"].tolist(), arrays["held_out"].tolist()
        self.state |= {k.removeprefix("state_"): v for k, v in arrays.items() if k.startswith("state_")}
        self.done, self.draw.bit_generator.state = facts["done"], facts["draw"]

    # -- the end
    def fit(self, net: Network, of: Ref) -> Fit:
        """What was found."""
        import numpy as np

        value, by = self.posed.value(self.vector)
        self._sound(value, by)
        parameters = self.posed.unpacked(self.vector)
        fitted = net.with_(values={**net.values, **parameters})
        return Fit(fitted, of, parameters, value, float(np.abs(by).max()), self.curve, self.held_out, self.reason,
                   self.options, self.posed.rows, self.posed.program.taken, self.posed.of.key != of.key)
