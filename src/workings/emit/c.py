"""C99: a header and a source; no allocation; one fused loop a sample, made so that a compiler turns it into vectors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workings.emit import kernels
from workings.emit.c_python import extension
from workings.emit.c_text import NAMES, Layout
from workings.emit.fuse import fused, momentary, writes
from workings.emit.identifiers import C, identifiers
from workings.emit.loops import For, Node, Set, When, loops
from workings.emit.plan import Plan
from workings.emit.products import Product
from workings.emit.speak import ATOM, MUL, NEG, Position, Said, Speaker
from workings.emit.text import about
from workings.expr import Expr, Key, Network, Num, Number, Ref, free_refs

OWN = ("exp log log1p expm1 tanh dtanh sigmoid dsigmoid softplus logsigmoid logcosh relu leaky step sign clip sech elu "
       "hypot sech2")
LIBM = "sqrt log2 log10 sin cos tan asin acos atan sinh cosh asinh acosh atanh erf erfc"


class CSpeaker(Speaker):
    """Expressions in C's notation."""

    functions: Mapping[str, str] = {
        **{name: f"w_{name}({{all}})" for name in (*OWN.split(), *kernels.steady())},
        **{name: f"{name}#({{0}})" for name in LIBM.split()},
        "abs": "fabs#({0})", "max": "w_max({0}, {1})", "min": "w_min({0}, {1})", "where": "",
        "ind": "(({0}) ? 1.0# : 0.0#)", "delta": "({0} == {1} ? 1.0# : 0.0#)",
    }
    words: Mapping[str, str] = {"and": " && ", "or": " || ", "not": "!"}
    def entry(self, name: str, places: list[str], key: Key) -> str:
        lengths = [self.length(a) for a in self.kept(key)]
        text = places[0]
        for place, length in zip(places[1:], lengths[1:]):
            text = f"{_factor(text)}*{_factor(length)} + {place}" if text != "0" else place
        return f"{name}[{text}]"

    def number(self, value: Number) -> Said:
        said = super().number(value)
        text = re.sub(r"\.0", ".0#", said.text)
        return Said(f"({text})", ATOM) if said.holds == MUL else Said(text, said.holds)

    def literal(self, text: str) -> Said:
        return Said(f"{text}#", ATOM)

    def constant(self, name: str) -> str:
        return {"pi": "3.141592653589793#", "inf": "INFINITY"}[name]

    def counted(self, position: Position) -> Said:
        return Said(f"(real){_factor(str(position))}", NEG)

    def extreme(self, function: str, a: str, b: str) -> str:
        return f"w_l{function}({a}, {b})"

    def power(self, base: Said, exponent: Expr, said: Said) -> Said:
        simple = base.holds == ATOM and "(" not in base.text
        if simple and isinstance(exponent, Num) and exponent.value in (2, 3, 4):
            return Said("*".join([base.text]*int(exponent.value)), MUL)
        return Said(f"pow#({base.text}, {said.text})", ATOM)

    def cases(self, test: Said, yes: Said, no: Said) -> Said:
        return Said(f"({test.text} ? {yes.text} : {no.text})", ATOM)


BLOCK = """    {{
        real w_parts[64][{sums}];
        const long w_stride = {count} > 65536 ? ({count} + 63)/64 : 1024;
        const long w_blocks = ({count} + w_stride - 1)/w_stride;
#if defined(_OPENMP)
        #pragma omp parallel for schedule(static) if ({count} >= 100000)
#endif
        for (long w_block = 0; w_block < w_blocks; w_block++) {{
            const long w_end = w_block < w_blocks - 1 ? (w_block + 1)*w_stride : {length};
            real {fresh};"""
BLOCK_LOOP = "            for (long {letter} = w_block*w_stride; {letter} < w_end; {letter}++) {{"
BLOCKS = {"w_parts", "w_stride", "w_blocks", "w_block", "w_end"}


def _factor(text: str) -> str:
    return text if re.fullmatch(r"\w+", text) else f"({text})"


class _C:
    """Loops as C text."""

    def __init__(self, plan: Plan, say: CSpeaker) -> None:
        self.plan, self.say = plan, say
        self.lines: list[str] = []
        self.declared: set[Key] = set()

    def plain(self, key: Key) -> bool:
        """Is it one number at a time?"""
        return not self.say.kept(key)

    def nodes(self, nodes: Sequence[Node], depth: int) -> None:
        """Statements at a depth of indentation."""
        for node in nodes:                           # as deep as sums stand in sums: a few
            pad = "    "*depth
            if isinstance(node, Set):
                self.lines.append(pad + self.assignment(node))
            elif isinstance(node, When):
                self.lines.append(f"{pad}if ({self.say.say(node.test)}) {{")
                self.nodes(node.body, depth + 1)
                self.lines.append(pad + "}")
            elif isinstance(node, For):
                self._loop(node, depth)
            else:
                self.lines.append(pad + self._gemm(node))

    def _loop(self, node: For, depth: int) -> None:
        pad = "    "*depth
        letter, length = self.say.name((node.letter, 0)), self.say.length(node.axis)
        with self.say.within(node.letter, node.axis):
            sums = self._sums(node) if depth == 1 else []
            if sums:
                self._blocks(node, letter, length, sums)
                return
            if all(isinstance(n, Set) for n in node.body):
                self.lines += self._pragma(node)
            if node.down:
                self.lines.append(f"{pad}for (long {letter} = {length} - 1; {letter} >= 0; {letter}--) {{")
            else:
                self.lines.append(f"{pad}for (long {letter} = 0; {letter} < {length}; {letter}++) {{")
            self.nodes(node.body, depth + 1)
            self.lines.append(pad + "}")

    def _sums(self, node: For) -> list[str]:
        """What a loop over samples adds up, where nothing else is shared between its steps."""
        sets = [n for n in node.body if isinstance(n, Set)]
        symbolic = bool(free_refs(node.axis.hi)) and not node.down
        if len(sets) < len(node.body) or not symbolic or not self._pragma(node):
            return []
        return list(dict.fromkeys(self.say.name(s.target.key) for s in sets if s.op == "+" and not s.target.indices))

    def _blocks(self, node: For, letter: str, length: str, sums: Sequence[str]) -> None:
        """The samples in blocks that their number alone decides, so that threads leave the result as it is."""
        words = {"count": _factor(length), "length": length, "letter": letter, "sums": len(sums)}
        fresh = ", ".join(f"{s} = 0.0" for s in sums)
        self.lines += BLOCK.format(fresh=fresh, **words).splitlines()
        self.lines += [*self._pragma(node), BLOCK_LOOP.format(**words)]
        self.nodes(node.body, 4)
        self.lines += ["            }", *(f"            w_parts[w_block][{n}] = {s};" for n, s in enumerate(sums))]
        self.lines += ["        }", "        for (long w_block = 0; w_block < w_blocks; w_block++) {",
                       *(f"            {s} += w_parts[w_block][{n}];" for n, s in enumerate(sums)),
                       "        }", "    }"]

    def _gemm(self, node: Product) -> str:
        """A product by rows and columns: how far apart the entries along each letter lie is said."""
        lengths = {n: _factor(self.say.length(self.plan.ranges[n])) for n in (node.row, node.column, node.inner)}
        words = [lengths[node.row], lengths[node.column], lengths[node.inner]]
        for ref, letters in ((node.left, (node.row, node.inner)), (node.right, (node.inner, node.column))):
            last = ref.indices[-1]
            assert isinstance(last, Ref)
            words += [self.say.name(ref.key), *("1" if n == last.name else lengths[last.name] for n in letters)]
        return f"w_gemm({', '.join([*words, self.say.name(node.target.key)])});"

    def _pragma(self, node: For) -> list[str]:
        """A loop over numbers alone goes over vectors; what it adds up is named."""
        sets = [n for n in node.body if isinstance(n, Set)]
        if any(s.op not in ("", "+") for s in sets) or not _vectors(node):
            return []
        sums = dict.fromkeys(self.say.name(s.target.key) for s in sets if s.op == "+" and not s.target.indices)
        reduction = f" reduction(+:{', '.join(sums)})" if sums else ""
        return ["#if defined(_OPENMP) || defined(W_SIMD)", f"    #pragma omp simd{reduction}", "#endif"]

    def assignment(self, node: Set) -> str:
        """One assignment; a number is declared where it is first set."""
        target, value = self.say.say(node.target), self.say.say(node.value)
        note = f"    /* {node.note} */" if node.note else ""
        key = node.target.key
        fresh = self.plain(key) and key not in self.declared
        self.declared.add(key)
        if node.op in ("max", "min"):
            return f"{target} = w_{node.op}({target}, {value});{note}"
        return f"{'real ' if fresh else ''}{target} {node.op}= {value};{note}"


def _vectors(loop: For) -> bool:
    """Does each statement touch only the entries of its own step, so that steps may be done side by side?"""
    own = writes(loop)
    sets = [s for s in loop.body if isinstance(s, Set)]
    if any(r.key in own and _elsewhere(r, loop.letter) for s in sets for r in free_refs(s.value)):
        return False                                 # h[t-1]: a step waits for another
    return all(not s.target.indices or loop.letter in {getattr(i, "name", "") for i in s.target.indices} for s in sets)


def _elsewhere(ref: Ref, letter: str) -> bool:
    """Is an entry of another step read?"""
    return any(not isinstance(i, Ref) and letter in {r.name for r in free_refs(i)} for i in ref.indices)


@dataclass(slots=True, eq=False)
class CProgram:
    """A program in C: its header, its source, and the text that makes a Python module of it."""

    prefix: str
    header: str
    source: str
    glue: str
    layout: Layout
    dtype: str

    def alone(self) -> str:
        """Header and source as one text that compiles as it stands."""
        return self.header + self.source.replace(f'#include "{self.prefix}.h"\n', "", 1)


def program(net: Network, plan: Plan, dtype: str = "float64") -> CProgram:
    """The program of a plan in C, in double or single precision.

    Texts are made with `real` for the type of a number and # behind what C spells apart in single precision.
    """
    single = dtype == "float32"
    plan = plan.spoken(CSpeaker.functions)
    prefix = re.sub(r"\W", "_", plan.of.name)
    reserved = C | BLOCKS | set(NAMES.values()) | {"work", "real", f"{prefix}_forward_backward"} | set(LIBM.split())
    names = identifiers([*plan.fields, *((s, 0) for s in (*plan.sizes, *plan.ranges))], reserved)
    nest = loops(plan, set(names.values()), products=True)
    nodes = fused([*nest.forward, *nest.backward])
    say = CSpeaker(plan, names, nest.locals)
    outputs = {entry.key: wrt for wrt, entry in plan.gradients}
    say.momentary = momentary(nodes, {plan.of.key, *outputs})
    layout = Layout(plan, say, prefix, outputs, single)
    writer = _C(plan, say)
    writer.declared |= {f.key for f in plan.arguments}
    writer.nodes(nodes, 1)
    body = "\n".join([*layout.opening(), *writer.lines, *layout.closing()])
    layout.blas = ("sgemm" if single else "dgemm") if "w_gemm(" in body else ""
    own = kernels.c("single" if single else "double")
    taken = kernels.needed(own, dict.fromkeys(re.findall(r"\bw_\w+", body)))
    source = layout.source([own[n].text for n in taken], body)
    header, glue = layout.header(about(net, plan, "C99")), extension(layout, f"workings_{prefix}")
    header, source, glue = (_typed(text, single) for text in (header, source, glue))
    return CProgram(prefix, header, source, glue, layout, dtype)


def _typed(text: str, single: bool) -> str:
    text = re.sub(r"(?<=\w)#(?!\w)", "f" if single else "", text)
    return re.sub(r"\breal\b", "float" if single else "double", text)


def c(net: Network, plan: Plan, dtype: str = "float64") -> str:
    """The program as one text: header and source."""
    return program(net, plan, dtype).alone()
