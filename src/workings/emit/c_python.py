"""The same C program as a Python extension: buffers are bound once, then a call passes numbers only."""

from __future__ import annotations

from workings.emit.c_text import Layout

GLUE = r"""
#define PY_SSIZE_T_CLEAN
#include <Python.h>

typedef struct {
%(members)s
    real *work;
} bound_program;

static void release(PyObject *capsule)
{
    PyMem_Free(PyCapsule_GetPointer(capsule, "workings"));
}

/* with no arguments: at what is bound; else the numbers among the data, in their order */
static PyObject *call(PyObject *capsule, PyObject *const *args, Py_ssize_t count)
{
    bound_program *p = PyCapsule_GetPointer(capsule, "workings");
    if (p == NULL) return NULL;
    if (count != 0 && count != %(count)d) {
        PyErr_SetString(PyExc_TypeError, "expected %(words)s");
        return NULL;
    }
    (void)args;
%(numbers)s
    return PyFloat_FromDouble(%(call)s);
}

static PyMethodDef call_definition = {"call", (PyCFunction)(void (*)(void))call, METH_FASTCALL, NULL};

/* the addresses of the structs, then of the workspace; who binds keeps them alive */
static PyObject *bind(PyObject *module, PyObject *args)
{
    unsigned long long address[%(structs)d + 1];
    bound_program *p;
    PyObject *capsule, *function;
    (void)module;
    if (!PyArg_ParseTuple(args, "%(format)s", %(targets)s)) return NULL;
    p = PyMem_Malloc(sizeof *p);
    if (p == NULL) return PyErr_NoMemory();
%(taken)s
    p->work = (real *)(size_t)address[%(structs)d];
    capsule = PyCapsule_New(p, "workings", release);
    if (capsule == NULL) { PyMem_Free(p); return NULL; }
    function = PyCFunction_New(&call_definition, capsule);
    Py_DECREF(capsule);
    return function;
}

%(use)s
static PyMethodDef methods[] = {
    {"bind", bind, METH_VARARGS, NULL},%(entry)s
    {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "%(module)s", NULL, -1, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_%(module)s(void) { return PyModule_Create(&definition); }
"""


USE = r"""/* the address of a BLAS's matrix product */
static PyObject *use_blas(PyObject *module, PyObject *args)
{
    unsigned long long address;
    (void)module;
    if (!PyArg_ParseTuple(args, "K", &address)) return NULL;
    %(prefix)s_use_blas((void (*)(void))(size_t)address);
    Py_RETURN_NONE;
}
"""


def extension(layout: Layout, module: str) -> str:
    """The text that makes a Python module of a C program; it stands behind the program's source."""
    kinds = layout.kinds()
    prefix, name = layout.prefix, layout.say.name
    single = [f for f in layout.data if not f.axes]
    numbers = [f"    if (count) p->data->{name(f.key)} = PyFloat_AsDouble(args[{n}]);" for n, f in enumerate(single)]
    if single:
        numbers.append("    if (count && PyErr_Occurred()) return NULL;")
    return GLUE % {
        "members": "\n".join(f"    {prefix}_{kind} *{kind};" for kind in kinds), "count": len(single),
        "words": ", ".join(name(f.key) for f in single) or "no arguments", "numbers": "\n".join(numbers),
        "call": layout.called({"sizes": "p->sizes", "data": "p->data", "parameters": "p->parameters",
                               "gradients": "p->gradients"}, "p->work"),
        "structs": len(kinds), "format": "K"*(len(kinds) + 1), "module": module,
        "targets": ", ".join(f"&address[{n}]" for n in range(len(kinds) + 1)),
        "use": USE % {"prefix": prefix} if layout.blas else "",
        "entry": '\n    {"use_blas", use_blas, METH_VARARGS, NULL},' if layout.blas else "",
        "taken": "\n".join(f"    p->{k} = ({prefix}_{k} *)(size_t)address[{n}];" for n, k in enumerate(kinds)),
    }
