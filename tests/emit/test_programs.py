"""Emitted programs in every target: the file's own test passes, and its numbers are those of the exact evaluator."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import workings
from programs import NETS
from programs_more import ARRAYS
from workings import evaluate
from workings.emit import result
from workings.emit.build import loaded
from workings.emit.plan import Plan
from workings.emit.result import Code
from workings.errors import BadValue
from workings.expr import Equation, Network, Ref
from workings.notation import plain

ALL = {**NETS, **ARRAYS}
GCC = shutil.which("gcc")


def _values(planned: Plan) -> dict[str, Any]:
    draw = random.Random(7)
    sizes = {name: 2 + n for n, name in enumerate(planned.sizes)}

    def filled(lengths: list[int]) -> Any:
        return draw.uniform(-1, 1) if not lengths else [filled(lengths[1:]) for _ in range(lengths[0])]

    return {f.name: filled([evaluate.value(a.hi, sizes) - evaluate.value(a.lo, sizes) + 1 for a in f.axes])
            for f in planned.arguments}


def _reference(code: Code, values: dict[str, Any]) -> list[float]:
    """The same statements in the evaluator, which works in balls with proved bounds."""
    plan = code.plan
    whole: Network = code.net.with_(equations=tuple(Equation(s.target, s.value) for s in plan.steps), facts=())
    found = evaluate.run(whole, values, mode="float").values
    return [x for ref in (plan.of, *(entry for _, entry in plan.gradients)) for x in _flat(_found(found, ref))]


def _found(found: dict[str, Any], ref: Ref) -> Any:
    return found[plain(ref)] if plain(ref) in found else next(v for k, v in found.items() if k.split("[")[0] == ref.name)


def _flat(value: Any) -> list[float]:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return [x for v in value for x in _flat(v)] if isinstance(value, list) else [float(value)]


def _tried(name: str, target: str) -> None:
    code = workings.code(ALL[name], "E", target)
    module = loaded(str(code))
    assert module.self_test() < 1e-5
    values = _values(code.plan)
    arguments = [values[f.name] for f in code.plan.arguments]
    if target != "python":
        import numpy as np

        arguments = [np.array(a, dtype=float) if isinstance(a, list) else a for a in arguments]
    got = [x for r in module.forward_backward(*arguments) for x in _flat(r)]
    assert got == pytest.approx(_reference(code, values), rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("target", ["python", "numpy"])
def test_python(name: str, target: str) -> None:
    _tried(name, target)


@pytest.mark.heavy
@pytest.mark.parametrize("name", ALL)
def test_numba(name: str) -> None:
    pytest.importorskip("numba")
    _tried(name, "numba")


@pytest.mark.heavy
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("target", ["jax", "torch"])
def test_library(name: str, target: str, tmp_path: Path) -> None:
    """The file as a person runs it: JAX compares with differences, PyTorch with gradcheck."""
    pytest.importorskip(target)
    file = workings.code(ALL[name], "E", target).save(tmp_path / "program.py")
    done = subprocess.run([sys.executable, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "self-test passed" in done.stdout


@pytest.mark.skipif(GCC is None, reason="no C compiler")
@pytest.mark.parametrize("name", ALL)
def test_c(name: str, tmp_path: Path) -> None:
    """No warning, the self-test, and the same numbers through the Python extension."""
    code = workings.code(ALL[name], "E", "c")
    source = code.save(tmp_path / "net.c")
    strict = "-std=c99 -O2 -Wall -Wextra -Werror -DWORKINGS_SELF_TEST -Wno-unknown-pragmas"
    subprocess.run([str(GCC), *strict.split(), str(source), "-o", str(tmp_path / "test"), "-lm"], check=True)
    assert "passed" in subprocess.run([tmp_path / "test"], capture_output=True, text=True, check=True).stdout
    values = _values(code.plan)
    value, gradients = code.compile()(**values)
    got = [value, *(x for g in gradients.values() for x in _flat(g))]
    assert got == pytest.approx(_reference(code, values), rel=1e-12, abs=1e-13)


@pytest.mark.slow
@pytest.mark.skipif(GCC is None, reason="no C compiler")
@pytest.mark.parametrize("sanitizer", ["address", "undefined"])
@pytest.mark.parametrize("name", ALL)
def test_c_under_sanitizers(name: str, sanitizer: str, tmp_path: Path) -> None:
    source = workings.code(ALL[name], "E", "c").save(tmp_path / "program.c")
    flags = f"-std=c99 -g -O1 -fsanitize={sanitizer} -fno-sanitize-recover=all -DWORKINGS_SELF_TEST"
    subprocess.run([str(GCC), *flags.split(), str(source), "-o", str(tmp_path / "test"), "-lm"], check=True)
    assert "passed" in subprocess.run([tmp_path / "test"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("target", ["python", "numpy", "numba", "c", "jax", "torch"])
def test_the_text_is_the_same_each_time(target: str) -> None:
    assert len({str(workings.code(NETS["softmax cross-entropy"], "E", target)) for _ in range(2)}) == 1


def test_self_test_finds_a_wrong_derivative() -> None:
    text = str(workings.code(NETS["regression"], "E", "numpy"))
    assert "x.T @ gy" in text
    with pytest.raises(AssertionError, match="argument"):
        loaded(text.replace("x.T @ gy", "2.0*x.T @ gy")).self_test()


@pytest.mark.heavy
def test_without_a_compiler_numba_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    monkeypatch.setattr(result, "compiler", lambda: None)
    program = workings.code(NETS["regression"], "E").compile()
    assert program.taken == "numba"
    assert "numba" in repr(program)
    value, gradients = program(x=[[1, 2], [3, 4]], t=[1, 2], w=[1, 1], b=0)
    assert gradients["w[i]"].shape == (2,)
    assert value == pytest.approx(float(np.log(np.cosh([2.0, 5.0])).mean()))


def test_without_a_compiler_numpy_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(result, "compiler", lambda: None)
    monkeypatch.setattr(result.importlib.util, "find_spec", lambda name: None)
    program = workings.code("y = w*x; E = (y - t)^2").compile()
    assert program.taken == "NumPy"
    assert program(x=2, t=1, w=1) == (1.0, {"w": 4.0})


@pytest.mark.parametrize(("values", "says"), [
    ({"x": 2, "t": 1}, "no value for w"),
    ({"x": 2, "t": 1, "w": 1, "q": 3}, "q is no argument"),
    ({"x": [1, 2], "t": 1, "w": 1}, "x has 1 axes"),
    ({"x": "two", "t": 1, "w": 1}, "no array of numbers"),
])
def test_wrong_values(values: dict[str, Any], says: str) -> None:
    with pytest.raises(BadValue, match=says):
        workings.code("y = w*x; E = (y - t)^2").compile()(**values)


def test_lengths_that_do_not_fit() -> None:
    program = workings.code(NETS["regression"], "E").compile()
    with pytest.raises(BadValue, match="t is 3"):
        program(x=[[1, 2], [3, 4]], t=[1, 2, 3], w=[1, 1], b=0)


def test_no_such_target() -> None:
    with pytest.raises(BadValue, match="fortran"):
        workings.code("y = w*x; E = (y - t)^2", to="fortran")


def test_a_tag_cannot_leave_its_comment() -> None:
    """What a person writes stands in comments of the text; it must not end them."""
    text = r'E = (w*x - t)^2 \tag{a */ int main(void) """ }'
    for target in ("c", "python"):
        code = str(workings.code(workings.read_text(text), "E", target))
        assert "*/ int" not in code and code.count('"""') % 2 == 0
