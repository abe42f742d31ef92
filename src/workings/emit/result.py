"""Emitted text that can be saved, and compiled into something to call."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workings.emit.build import blas, built, compiler, loaded, structures
from workings.emit.plan import Field, Plan
from workings.errors import BadValue, NotInstalled, OutOfReach
from workings.expr import Network
from workings.notation import plain

if TYPE_CHECKING:
    from workings.emit.c import CProgram


class Code(str):
    """The text of a program; `.save(path)` writes it, `.compile()` makes it ready to call."""

    plan: Plan
    net: Network
    to: str
    files: Mapping[str, str]
    dtype: str = "float64"

    @classmethod
    def of(cls, text: str, net: Network, plan: Plan, to: str, files: Mapping[str, str] | None = None) -> Code:
        """The text of a plan in a target; `files`: texts by suffix where there are several."""
        self = cls(text)
        self.net, self.plan, self.to, self.files = net, plan, to, files or {}
        return self

    def save(self, path: str | Path) -> Path:
        """Write the text; a C program as its source and, beside it, its header."""
        target = Path(path)
        files = {target.with_suffix(suffix): text for suffix, text in self.files.items()} or {target: str(self)}
        if self.files:                               # the source includes its header under the name that it gets
            source = self.files[".c"].split("\n", 1)[1]
            files[target.with_suffix(".c")] = f'#include "{target.stem}.h"\n{source}'
        for file, text in files.items():
            with tempfile.NamedTemporaryFile("w", dir=file.parent, delete=False, encoding="utf-8") as beside:
                beside.write(text)
            os.replace(beside.name, file)            # whole or not at all
        return target

    def compile(self) -> Compiled:
        """The program ready to call: in C where a compiler is found, else with numba, else NumPy; `.taken` says which.

        >>> from workings import code
        >>> value, gradients = code("y = w*x; E = (y - t)^2").compile()(x=2, t=1, w=1)
        >>> float(value), float(gradients["w"])
        (1.0, 4.0)
        """
        return compiled(self.net, self.plan, self.dtype)


class Compiled:
    """A program to call with values by name: it gives the value and the derivatives, by what they are by."""

    def __init__(self, plan: Plan, taken: str, call: Callable[[Mapping[str, Any]], tuple[float, list[Any]]],
                 bind: Callable[[Mapping[str, Any]], Bound] | None = None) -> None:
        self.plan, self.taken, self._call, self._bind = plan, taken, call, bind

    def __call__(self, **values: Any) -> tuple[float, dict[str, Any]]:
        """The value and the derivatives at a point; arrays are taken as float64.

        Raises `BadValue` for a name that is missing or not an argument.
        """
        self._known(values)
        value, gradients = self._call(values)
        return value, {plain(wrt): g for (wrt, _), g in zip(self.plan.gradients, gradients)}

    def bind(self, **values: Any) -> Bound:
        """The program with its arguments in buffers of its own: nothing is copied or made when it is called.

        Raises `NotInstalled` where the program is not in C.
        """
        self._known(values)
        if self._bind is None:
            raise NotInstalled("buffers are bound in C only, and no C compiler was found", hint="install gcc or clang")
        return self._bind(values)

    def _known(self, values: Mapping[str, Any]) -> None:
        known = [f.name for f in self.plan.arguments]
        missing = [n for n in known if n not in values]
        extra = [n for n in values if n not in known and n not in self.plan.sizes]
        if missing or extra:
            what = f"no value for {', '.join(missing)}" if missing else f"{', '.join(extra)} is no argument"
            raise BadValue(what, expected=f"values for {', '.join(known)}")

    def __repr__(self) -> str:
        return f"<compiled {plain(self.plan.of)} and its derivatives: {self.taken}>"


def compiled(net: Network, plan: Plan, dtype: str = "float64") -> Compiled:
    """The program in the fastest way that this machine has: C, else numba, else NumPy."""
    if compiler() is not None:
        from workings.emit.c import program

        with suppress(NotInstalled):                 # a compiler that fails is as good as none
            return bound(plan, program(net, plan, dtype))
    if importlib.util.find_spec("numba") is not None:
        with suppress(ImportError, OutOfReach):      # a numba that does not fit this Python
            return _in_python(net, plan, dtype, "numba")
    return _in_python(net, plan, dtype, "NumPy")


def _in_python(net: Network, plan: Plan, dtype: str, taken: str) -> Compiled:
    """The program as a Python module."""
    write = getattr(importlib.import_module(f"workings.emit.{taken.lower()}"), taken.lower())
    module = loaded(write(net, plan))

    def call(values: Mapping[str, Any]) -> tuple[float, list[Any]]:
        shaped = Shaped(plan, values, dtype)
        given = [shaped.arrays.get(f.name, shaped.numbers.get(f.name)) for f in plan.arguments]
        value, *gradients = module.forward_backward(*given, *(shaped.sizes[s] for s in module.SIZES))
        return value, gradients

    return Compiled(plan, taken, call)


class Shaped:
    """Values as arrays of one type and numbers, and the sizes that they tell; with `fields` of these arguments only."""

    def __init__(self, plan: Plan, values: Mapping[str, Any], dtype: str,
                 fields: Sequence[Field] | None = None) -> None:
        import numpy as np

        self.dtype, self.fields = dtype, plan.arguments if fields is None else fields
        self.numbers: dict[str, float] = {}
        self.arrays: dict[str, Any] = {}
        self.sizes: dict[str, int] = {s: int(values[s]) for s in plan.sizes if s in values}
        for field in self.fields:
            try:
                array = np.array(values[field.name], dtype=dtype, order="C")
            except (TypeError, ValueError):
                raise BadValue(f"the value of {field.name} is no array of numbers") from None
            if array.ndim != len(field.axes):
                expected = f"{len(field.axes)} axes" if field.axes else "one number"
                raise BadValue(f"{field.name} has {array.ndim} axes", expected=expected)
            if field.axes:
                self.arrays[field.name] = array
            else:
                self.numbers[field.name] = float(array)
        for field in self.fields:
            self._learn(field)
        open_ = [s for s in plan.sizes if s not in self.sizes]
        if open_ and fields is None:
            raise BadValue(f"no array tells the size {', '.join(open_)}", hint=f"give it: {open_[0]}=10")
        for field in () if open_ else self.fields:
            self._agree(field)

    def _learn(self, field: Field) -> None:
        from workings.evaluate import value
        from workings.expr import Ref

        for axis, length in zip(field.axes, self.arrays[field.name].shape if field.axes else ()):
            if isinstance(axis.hi, Ref) and axis.hi.name not in self.sizes:
                self.sizes[axis.hi.name] = int(value(axis.lo, self.sizes)) + length - 1

    def lengths(self, field: Field) -> tuple[int, ...]:
        """How long the axes are at these sizes."""
        from workings.evaluate import value

        return tuple(int(value(a.hi, self.sizes) - value(a.lo, self.sizes) + 1) for a in field.axes)

    def _agree(self, field: Field) -> None:
        if field.axes and self.arrays[field.name].shape != self.lengths(field):
            got, want = (" x ".join(map(str, s)) for s in (self.arrays[field.name].shape, self.lengths(field)))
            raise BadValue(f"{field.name} is {got}", expected=want)


class Bound:
    """A C program with its buffers: call it with no arguments, or with the numbers among the data in their order.

    `arrays` holds the arguments that are arrays, to be written into; `gradients` the derivatives of the last call.
    """

    def __init__(self, module: Any, structs: Mapping[str, type[ctypes.Structure]], shaped: Shaped,
                 program: CProgram) -> None:
        import numpy as np

        layout = program.layout
        say = layout.say.name
        self.arrays = shaped.arrays
        self.outputs = {k: np.zeros(shaped.lengths(layout.plan.fields[k]), dtype=shaped.dtype) for k in layout.outputs}
        size = sum(int(np.prod(shaped.lengths(f))) for f in layout.buffers())
        self._work = np.zeros(max(1, size), dtype=shaped.dtype)
        self._structs = {kind: kind_type() for kind, kind_type in structs.items()}
        for name, length in shaped.sizes.items():
            setattr(self._structs["sizes"], say((name, 0)), length)
        for kind, fields in (("data", layout.data), ("parameters", layout.parameters)):
            for f in fields:
                one = shaped.arrays[f.name].ctypes.data if f.axes else shaped.numbers[f.name]
                setattr(self._structs[kind], say(f.key), one)
        for key, array in self.outputs.items():
            if array.ndim:
                setattr(self._structs["gradients"], say(key), array.ctypes.data)
        addresses = [ctypes.addressof(self._structs[kind]) for kind in layout.kinds()]
        self.call: Callable[..., float] = module.bind(*addresses, self._work.ctypes.data)
        self._say, self._layout = say, layout

    def put(self, values: Mapping[str, Any]) -> bool:
        """Write other values into the buffers; False where they do not have the shapes of the first ones."""
        import numpy as np

        if any(name in values for name in self._layout.plan.sizes):
            return False
        for name, array in self.arrays.items():
            if np.shape(values[name]) != array.shape:
                return False
            array[...] = values[name]
        for kind, fields in (("data", self._layout.data), ("parameters", self._layout.parameters)):
            for f in fields:
                if not f.axes:
                    setattr(self._structs[kind], self._say(f.key), float(values[f.name]))
        return True

    def gradients(self) -> list[Any]:
        """The derivatives of the last call; its arrays are written into by the next."""
        out = []
        for key, array in self.outputs.items():
            out.append(array if array.ndim else getattr(self._structs["gradients"], self._say(key)))
        return out


def bound(plan: Plan, program: CProgram) -> Compiled:
    """The C program, compiled."""
    module, structs = built(program), structures(program)
    taken = f"C, compiled with {Path(compiler() or '').name}"
    if program.layout.blas:
        address = blas(program.layout.blas)
        if address is not None:
            module.use_blas(address)
        taken += "; matrix products by " + ("plain loops" if address is None else "SciPy's BLAS")

    own = threading.local()                          # buffers of the last call, for another one of the same shapes

    def call(values: Mapping[str, Any]) -> tuple[float, list[Any]]:
        buffers = getattr(own, "buffers", None)
        if buffers is None or not _fits(buffers, values):
            buffers = own.buffers = bind(values)
        value = buffers.call()
        return value, [g.copy() if hasattr(g, "copy") else g for g in buffers.gradients()]

    def bind(values: Mapping[str, Any]) -> Bound:
        return Bound(module, structs, Shaped(plan, values, program.dtype), program)

    return Compiled(plan, taken, call, bind)


def _fits(buffers: Bound, values: Mapping[str, Any]) -> bool:
    try:
        return buffers.put(values)
    except (TypeError, ValueError):                  # said in words where new buffers are made
        return False
