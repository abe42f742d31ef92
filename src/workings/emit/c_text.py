"""What stands around the statements of a C program: structs, signature, workspace, self-test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workings.emit.plan import Field, Plan
from workings.emit.speak import Speaker
from workings.emit.text import arguments
from workings.evaluate import value
from workings.expr import Key, Ref


CLANG = """#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed"        /* a loop that may go over vectors need not */
#endif"""
NAMES = {"sizes": "size", "data": "data", "parameters": "at", "gradients": "gradient"}


class Layout:
    """The structs of one program: sizes, data, parameters, gradients; and how its function takes them apart."""

    def __init__(self, plan: Plan, say: Speaker, prefix: str, outputs: Mapping[Key, Ref], single: bool) -> None:
        self.plan, self.say, self.prefix, self.outputs = plan, say, prefix, outputs
        self.blas = ""                # the name of the matrix product in a BLAS, where there is one to do
        self.step, self.tolerance = ("5e-3", "1e-2") if single else ("1e-6", "1e-5")
        self.data = [f for f in plan.arguments if f.role != "parameter"]
        self.parameters = [f for f in plan.arguments if f.role == "parameter"]

    # -- the header
    def header(self, about: Sequence[str]) -> str:
        """Types and prototypes."""
        guard = f"WORKINGS_{self.prefix.upper()}_H"
        what = "\n".join(f"   {line}".rstrip() for line in [*about, "", *arguments(self.plan)])
        parts = [f"/*\n{what.replace('*/', '* /')}\n*/", f"#ifndef {guard}\n#define {guard}\n\n#include <stddef.h>"]
        parts += [self._struct(kind, lines) for kind, lines in self._structs() if lines]
        if self.blas:
            parts.append(
                f"/* from now on matrix products go to this function of a BLAS ({self.blas}); NULL: to plain loops */\n"
                f"void {self.prefix}_use_blas(void (*gemm)(void));")
        parts.append(
            f"/* how many numbers the workspace must hold */\nsize_t {self.prefix}_work({self._sizes_argument()});\n\n"
            f"/* the value; the derivatives go to *gradient, whose arrays the caller provides */\n{self.signature()};"
        )
        return "\n\n".join([*parts, "#endif\n"])

    def _structs(self) -> list[tuple[str, list[str]]]:
        name = self.say.name
        return [
            ("sizes", [f"long {name((s, 0))};" for s in self.plan.sizes]),
            ("data", [self._member(f) for f in self.data]),
            ("parameters", [self._member(f) for f in self.parameters] or ["char none;"]),
            ("gradients", [self._result(key) for key in self.outputs] or ["char none;"]),
        ]

    def _struct(self, kind: str, lines: Sequence[str]) -> str:
        inner = "\n".join(f"    {line}" for line in lines)
        return f"typedef struct {{\n{inner}\n}} {self.prefix}_{kind};"

    def _member(self, field: Field) -> str:
        name = self.say.name(field.key)
        return f"const real *{name};" if field.axes else f"real {name};"

    def _result(self, key: Key) -> str:
        star = "*" if self.plan.fields[key].axes else ""
        return f"real {star}{self.say.name(key)};"

    def _sizes_argument(self) -> str:
        return f"const {self.prefix}_sizes *size" if self.plan.sizes else "void"

    def kinds(self) -> list[str]:
        """The structs that the function takes, in order."""
        there = {"sizes": bool(self.plan.sizes), "data": bool(self.data), "parameters": True, "gradients": True}
        return [kind for kind, is_there in there.items() if is_there]

    def signature(self) -> str:
        """The function's prototype."""
        words = [f"const {self.prefix}_{kind} *{NAMES[kind]}" for kind in self.kinds()]
        words[-1] = words[-1].removeprefix("const ")
        return f"real {self.prefix}_forward_backward({', '.join([*words, 'real *work'])})"

    def called(self, structs: Mapping[str, str], work: str) -> str:
        """A call with these structs."""
        return f"{self.prefix}_forward_backward({', '.join([*(structs[k] for k in self.kinds()), work])})"

    # -- the function
    def opening(self) -> list[str]:
        """The function up to its first statement: arguments by their names, arrays of the workspace."""
        name = self.say.name
        lines = [self.signature(), "{"]
        lines += [f"    const long {name((s, 0))} = size->{name((s, 0))};" for s in self.plan.sizes]
        for struct, fields in (("data", self.data), ("at", self.parameters)):
            for field in fields:
                star = "*" if field.axes else ""
                lines.append(f"    const real {star}{name(field.key)} = {struct}->{name(field.key)};")
        for key in self.outputs:
            if self.plan.fields[key].axes:
                lines.append(f"    real *{name(key)} = gradient->{name(key)};")
        for field in self.buffers():
            lines.append(f"    real *{name(field.key)} = work;")
            lines.append(f"    work += {self.extent(field)};")
        return [*lines, *([] if list(self.buffers()) else ["    (void)work;"])]

    def closing(self) -> list[str]:
        """The results handed over."""
        name = self.say.name
        single = [key for key in self.outputs if not self.plan.fields[key].axes]
        given = [f"    gradient->{name(k)} = {name(k)};" for k in single]
        return [*given, f"    return {name(self.plan.of.key)};", "}"]

    def buffers(self) -> list[Field]:
        """The arrays of forward and backward pass that the workspace holds."""
        made = [f for f in self.plan.fields.values() if f.role in ("forward", "backward")]
        return [f for f in made if f.key not in self.outputs and self.say.kept(f.key)]

    def extent(self, field: Field) -> str:
        """How many numbers an array holds."""
        return "*".join(_factor(self.say.length(a)) for a in self.say.kept(field.key))

    # -- the source
    def source(self, kernels: Sequence[str], body: str) -> str:
        """The whole source."""
        total = " + ".join(self.extent(f) for f in self.buffers()) or "0"
        sizes = [f"    const long {self.say.name((s, 0))} = size->{self.say.name((s, 0))};" for s in self.plan.sizes]
        idle = [f"    (void){self.say.name((s, 0))};" for s in self.plan.sizes]
        work = "\n".join([f"size_t {self.prefix}_work({self._sizes_argument()})", "{", *sizes, *idle,
                          f"    return (size_t)({total});", "}"])
        use = f"void {self.prefix}_use_blas(void (*gemm)(void)) {{ w_blas = (w_blas_gemm *)gemm; }}"
        own = [*kernels, use] if self.blas else kernels
        return "\n\n".join([
            f'#include "{self.prefix}.h"\n\n#include <math.h>\n#include <string.h>', CLANG, *own, work, body + "\n",
            *([self.selftest()] if self.outputs else []),
        ])

    def selftest(self) -> str:
        """A program that compares every derivative with a central difference, built with -DWORKINGS_SELF_TEST."""
        small = {name: 2 + number % 3 for number, name in enumerate(self.plan.sizes)}
        lines = ["#ifdef WORKINGS_SELF_TEST", "#include <stdio.h>", "",
                 "static real drawn(unsigned *state)", "{", "    *state = *state*1664525u + 1013904223u;",
                 "    return (real)(0.2 + 0.6*(*state >> 8)/16777216.0);", "}", "", "int main(void)", "{",
                 "    unsigned state = 1;", "    double worst = 0.0;"]
        lines += self._point(small)
        for key, wrt in self.outputs.items():
            lines += self._compared(key, wrt, small)
        lines += ['    printf("self-test %s: largest deviation from differences %.1e\\n", '
                  f'worst < {self.tolerance} ? "passed" : "FAILED", worst);',
                  f"    return !(worst < {self.tolerance});", "}", "#endif", ""]
        return "\n".join(lines)

    def _point(self, small: Mapping[str, int]) -> list[str]:
        name, lines = self.say.name, []
        if self.plan.sizes:
            given = ", ".join(str(small[s]) for s in self.plan.sizes)
            lines.append(f"    {self.prefix}_sizes size = {{{given}}};")
        if self.data:
            lines.append(f"    {self.prefix}_data data;")
        lines += [f"    {self.prefix}_parameters at;", f"    {self.prefix}_gradients gradient, other;"]
        for struct, fields in (("data", self.data), ("at", self.parameters)):
            for f in fields:
                if f.axes:
                    count = self._count(f, small)
                    lines += [f"    real v_{name(f.key)}[{count}];",
                              f"    for (int i = 0; i < {count}; i++) v_{name(f.key)}[i] = drawn(&state);",
                              f"    {struct}.{name(f.key)} = v_{name(f.key)};"]
                else:
                    lines.append(f"    {struct}.{name(f.key)} = drawn(&state);")
        for key in self.outputs:
            if (f := self.plan.fields[key]).axes:
                for which in ("gradient", "other"):
                    lines += [f"    real {which}_{name(key)}[{self._count(f, small)}];",
                              f"    {which}.{name(key)} = {which}_{name(key)};"]
        lines.append(f"    real work[{max(1, sum(self._count(f, small) for f in self.buffers()))}];")
        return [*lines, f"    {self._call('gradient')};"]

    def _call(self, target: str) -> str:
        return self.called({"sizes": "&size", "data": "&data", "parameters": "&at", "gradients": f"&{target}"}, "work")

    def _count(self, field: Field, small: Mapping[str, int]) -> int:
        out = 1
        for axis in field.axes:
            out *= int(value(axis.hi, small) - value(axis.lo, small) + 1)
        return out

    def _compared(self, key: Key, wrt: Ref, small: Mapping[str, int]) -> list[str]:
        given = self.plan.fields.get(wrt.key)
        if given is None or given.role != "parameter":
            return []
        own, name = self.say.name(wrt.key), self.say.name(key)
        place = f"v_{own}[i]" if given.axes else f"at.{own}"
        derived = f"gradient.{name}[i]" if given.axes else f"gradient.{name}"
        return [
            f"    for (int i = 0; i < {self._count(given, small)}; i++) {{",
            f"        const real kept = {place}, by = (real){self.step};",
            "        double up, down, difference, error;",
            f"        {place} = kept + by;", f"        up = {self._call('other')};",
            f"        {place} = kept - by;", f"        down = {self._call('other')};",
            f"        {place} = kept;", "        difference = (up - down)/(2.0*by);",
            f"        error = fabs({derived} - difference)/(1.0 + fabs(difference));",
            "        worst = error > worst || error != error ? error : worst;", "    }",
        ]


def _factor(text: str) -> str:
    return text if text.replace("_", "").isalnum() else f"({text})"
