"""Programs made ready to run: C where a compiler is found, else numba, else NumPy; what was taken is said.

Nothing of a sheet decides where or what is compiled: the compiler gets a file in a folder of this process.
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.util
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from workings.errors import NotInstalled

if TYPE_CHECKING:
    from workings.emit.c import CProgram

# no -ffast-math: linked with it, a library turns subnormal numbers off for the whole process
FLAGS = ("-O3", "-march=native", "-DW_SIMD", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared")
THREADS = ("-fopenmp", "-fopenmp-simd")       # threads and vectors; vectors alone where there is no library of threads


@cache
def folder() -> Path:
    """Where this process builds; gone at its end."""
    path = tempfile.mkdtemp(prefix="workings-")
    atexit.register(shutil.rmtree, path, True)
    return Path(path)


def compiler() -> str | None:
    """The C compiler: the one that CC names, else the first of cc, gcc, clang."""
    named = os.environ.get("CC", "").split()
    return next((found for name in [*named[:1], "cc", "gcc", "clang"] if (found := shutil.which(name))), None)


def built(program: CProgram) -> ModuleType:
    """The C program as a Python module with one function, `bind`.

    Raises `NotInstalled` where there is no compiler, no headers of Python, or the compiler fails.
    """
    cc, include = compiler(), sysconfig.get_paths()["include"]
    if cc is None:
        raise NotInstalled("no C compiler was found", hint="install gcc or clang, or name one in CC")
    if not Path(include, "Python.h").is_file():
        raise NotInstalled(f"the headers of Python are not in {include}", hint="apt install python3-dev")
    name = f"workings_{program.prefix}"
    text = program.alone() + program.glue
    home = folder() / sha256(text.encode()).hexdigest()[:16]
    library = home / f"{name}.so"
    if not library.exists():
        home.mkdir(exist_ok=True)
        (home / "program.c").write_text(text, encoding="utf-8")
        command = [cc, *FLAGS, f"-I{include}", str(home / "program.c"), "-o", str(library), "-lm"]
        try:
            _compiled([*command, THREADS[0]])
        except NotInstalled:
            _compiled([*command, THREADS[1]])
    spec = importlib.util.spec_from_file_location(name, library)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blas(name: str) -> int | None:
    """The address of SciPy's dgemm or sgemm, or None without SciPy."""
    try:
        from scipy.linalg import cython_blas
    except ImportError:
        return None
    capsule = cython_blas.__pyx_capi__[name]
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype = ctypes.c_char_p
    api.PyCapsule_GetName.argtypes = [ctypes.py_object]
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    return int(api.PyCapsule_GetPointer(capsule, api.PyCapsule_GetName(capsule)))


def _compiled(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise NotInstalled(f"{Path(command[0]).name} failed: {said[0] if said else 'no message'}",
                           hint="code(...) gives the text; compile it with another compiler")


def structures(program: CProgram) -> dict[str, type[ctypes.Structure]]:
    """The structs of the program, as ctypes types."""
    layout = program.layout
    say = layout.say.name
    pointer, number = ctypes.c_void_p, ctypes.c_float if program.dtype == "float32" else ctypes.c_double
    members: dict[str, list[tuple[str, Any]]] = {
        "sizes": [(say((s, 0)), ctypes.c_long) for s in layout.plan.sizes],
        "data": [(say(f.key), pointer if f.axes else number) for f in layout.data],
        "parameters": [(say(f.key), pointer if f.axes else number) for f in layout.parameters],
        "gradients": [(say(k), pointer if layout.plan.fields[k].axes else number) for k in layout.outputs],
    }
    return {kind: type(kind, (ctypes.Structure,), {"_fields_": fields}) for kind, fields in members.items()}


def loaded(text: str) -> ModuleType:
    """A program in Python as a module."""
    path = folder() / f"program_{sha256(text.encode()).hexdigest()[:16]}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
