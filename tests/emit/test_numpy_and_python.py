"""Emitted Python and NumPy: the file's own test passes, and its numbers are those of the exact evaluator."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from programs import NETS
from workings import derive, evaluate
from workings.emit import program
from workings.emit.plan import Plan, plan
from workings.expr import Equation, Network, Ref
from workings.work import read


def _module(path: Path, text: str) -> ModuleType:
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _planned(name: str) -> tuple[Network, Plan]:
    net = read(NETS[name])
    return net, plan(net, derive.backward(net, Ref("E")), Ref("E"))


def _values(planned: Plan) -> dict[str, Any]:
    draw = random.Random(7)
    sizes = {name: 2 + n for n, name in enumerate(planned.sizes)}

    def filled(lengths: list[int]) -> Any:
        return draw.uniform(-1, 1) if not lengths else [filled(lengths[1:]) for _ in range(lengths[0])]

    lengths = {f.name: [evaluate.value(a.hi, sizes) - evaluate.value(a.lo, sizes) + 1 for a in f.axes]
               for f in planned.arguments}
    return {name: filled(shape) for name, shape in lengths.items()}


def _reference(net: Network, planned: Plan, values: dict[str, Any]) -> list[Any]:
    whole = net.with_(equations=tuple(Equation(s.target, s.value) for s in planned.steps))
    found = evaluate.run(whole, values, mode="float").values
    names = [planned.of, *(entry for _, entry in planned.gradients)]
    return [found[_shown(ref)] for ref in names]


def _shown(ref: Ref) -> str:
    from workings.notation import plain

    return plain(ref)


def _flat(value: Any) -> list[float]:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [x for v in value for x in _flat(v)] if isinstance(value, list) else [float(value)]


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize("target", ["python", "numpy"])
def test_program(name: str, target: str, tmp_path: Path) -> None:
    net, planned = _planned(name)
    module = _module(tmp_path / "emitted.py", program(net, planned, target))
    assert module.self_test() < 1e-5
    values = _values(planned)
    arguments = [values[f.name] for f in planned.arguments]
    if target == "numpy":
        import numpy as np

        arguments = [np.array(a, dtype=float) for a in arguments]
    got = [x for r in module.forward_backward(*arguments) for x in _flat(r)]
    want = [x for r in _reference(net, planned, values) for x in _flat(r)]
    assert got == pytest.approx(want, rel=1e-12, abs=1e-13)


def test_the_text_is_the_same_each_time() -> None:
    net, planned = _planned("softmax cross-entropy")
    again = _planned("softmax cross-entropy")
    assert all(program(net, planned, t) == program(*again, t) for t in ("python", "numpy"))


def test_self_test_finds_a_wrong_derivative(tmp_path: Path) -> None:
    text = program(*_planned("regression"), "numpy")
    broken = _module(tmp_path / "broken.py", text.replace("x.T @ gy", "2.0*x.T @ gy"))
    with pytest.raises(AssertionError, match="argument"):
        broken.self_test()
