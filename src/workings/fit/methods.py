"""Ways down: SciPy's L-BFGS on all points; Adam (Kingma and Ba 2015) and gradient descent on mini-batches."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from typing import Any

from workings.errors import NotInstalled

Gradient = Callable[[Any], tuple[float, Any]]
Move = Callable[[Any, Any, float], Any]           # (vector, gradient, rate) -> the next vector

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda part: 1.0,
    "linear": lambda part: 1.0 - part,
    "cosine": lambda part: 0.5*(1.0 + cos(pi*part)),
}


def adam(state: dict[str, Any], first: float = 0.9, second: float = 0.999) -> Move:
    """A step of Adam; `state` holds the moments, so that a run can be taken up again."""
    import numpy as np

    def move(vector: Any, gradient: Any, rate: float) -> Any:
        m, v = state.get("m", np.zeros_like(vector)), state.get("v", np.zeros_like(vector))
        state["t"] = state.get("t", np.zeros(()))*1 + 1
        state["m"] = m = first*m + (1 - first)*gradient
        state["v"] = v = second*v + (1 - second)*gradient*gradient
        t = float(state["t"])
        return vector - rate*(m/(1 - first**t))/(np.sqrt(v/(1 - second**t)) + 1e-8)

    return move


def descent(state: dict[str, Any], momentum: float) -> Move:
    """A step of gradient descent, with momentum if asked."""
    import numpy as np

    def move(vector: Any, gradient: Any, rate: float) -> Any:
        state["v"] = momentum*state.get("v", np.zeros_like(vector)) - rate*gradient
        return vector + state["v"]

    return move


def lbfgs(
    gradient: Gradient, vector: Any, steps: int, tolerance: float, known: list[tuple[float, Any]],
    note: Callable[[Any, float], bool],
) -> tuple[Any, float, str]:
    """SciPy's L-BFGS from a vector; `note` sees each step and says whether to stop.

    `known` holds values and gradients of an earlier run: L-BFGS is deterministic, so they are taken in order instead of
    computed, and the run goes on just as it would have.  Raises `NotInstalled` without SciPy.
    """
    try:
        from scipy.optimize import minimize
    except ImportError:
        raise NotInstalled("L-BFGS is SciPy's", hint="pip install 'workings[train]'") from None
    calls = 0

    def asked(at: Any) -> tuple[float, Any]:
        nonlocal calls
        calls += 1
        if calls > len(known):
            known.append(gradient(at))
        return known[calls - 1]

    def seen(intermediate_result: Any) -> None:
        if note(intermediate_result.x, float(intermediate_result.fun)):
            raise StopIteration

    options = {"maxiter": steps, "maxfun": 20*steps, "ftol": 0.0, "gtol": tolerance, "maxcor": 20}
    found = minimize(asked, vector, jac=True, method="L-BFGS-B", callback=seen, options=options)
    return found.x, float(found.fun), str(found.message)
