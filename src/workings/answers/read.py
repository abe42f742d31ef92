"""What a reading says: the equations as understood, the role of each name, sizes, and what was ambiguous."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workings.answers.geometry import listed
from workings.document import Aside, Block, Display, Line, Math, Paragraph, Raw, Row, Table
from workings.expr import Call, Equation, Expr, Function, Key, Network, Ref, Rel, Remark


def as_dict(net: Network) -> dict[str, Any]:
    """The JSON of `read`.

    >>> as_dict(Network((Equation(Ref("y"), Ref("x1")),)))["inputs"]
    ['x1']
    """
    from workings.notation import plain

    return {
        "equations": [_equation(e) for e in net.equations],
        "functions": {f.name: {"params": list(f.params), "body": plain(f.body)} for f in net.functions.values()},
        "inputs": [plain(general(k, net)) for k in net.inputs],
        "targets": [plain(general(k, net)) for k in net.targets],
        "parameters": [plain(general(k, net)) for k in net.parameters],
        "opaque": {plain(o.lhs): [plain(a) for a in o.args] for o in net.opaque.values()},
        "sizes": list(net.sizes),
        "ranges": {r.index: [plain(r.lo), plain(r.hi)] for r in net.ranges.values()},
        "shapes": {name: [plain(axis) for axis in axes] for name, axes in net.shapes.items()},
        "facts": [plain(fact) for fact in net.facts],
        "classes": [{"label": c.label, "where": plain(c.condition)} for c in net.classes],
        "spelling": dict(net.spelling),
        "remarks": [_remark(r, net) for r in net.remarks],
    }


def _equation(equation: Equation) -> dict[str, str]:
    from workings.notation import plain

    out = {"name": plain(equation.lhs), "value": plain(equation.rhs)}
    return {**out, "tag": equation.tag} if equation.tag else out


def _remark(remark: Remark, net: Network) -> dict[str, Any]:
    out: dict[str, Any] = {"kind": remark.kind, "says": remark.says}
    if net.source is not None and remark.span is not None:
        line, column = net.source.place(remark.span.start)
        out["source"] = {"line": line, "column": column}
    return out


def blocks(net: Network) -> tuple[Block, ...]:
    """The reading as a page: it is shown so that a person can see at once what was misunderstood."""
    out: list[Block] = []
    if net.equations:
        out.append(Display(tuple(Row(_relation(e), tag=e.tag) for e in net.equations)))
    out += [Paragraph(line) for line in _declarations(net)]
    rows = tuple(((label.capitalize(),), line) for label, line in _roles(net))
    if rows:
        out.append(Table((("Role",), ("Names",)), rows))
    out += [Aside(r.kind, (Paragraph((_placed(r, net),)),)) for r in net.remarks]
    return tuple(out)


def _placed(remark: Remark, net: Network) -> str:
    """What a remark says, with its line where the text has several."""
    if net.source is None or remark.span is None or "\n" not in net.source.text.strip():
        return remark.says
    return f"Line {net.source.place(remark.span.start)[0]}: {remark.says}"


def _relation(equation: Equation) -> Rel:
    return Rel((equation.lhs, equation.rhs), ("=",))


def _declarations(net: Network) -> list[Line]:
    out: list[Line] = [("where ", Math(_head(f)), ".") for f in net.functions.values()]
    out += _sizes(net)
    for index in net.ranges.values():
        out.append((Math(Ref(index.index)), " runs from ", Math(index.lo), " to ", Math(index.hi), "."))
    for opaque in net.opaque.values():
        out.append((Math(opaque.lhs), " depends on ", *_joined(opaque.args, ", "), "; how is not stated."))
    out += [("Given: ", Math(fact), ".") for fact in net.facts]
    out += [(f"{c.label[:1].upper()}{c.label[1:]} where ", Math(c.condition), ".") for c in net.classes]
    return out


def _sizes(net: Network) -> list[Line]:
    """W1 is 3 × 2, b1 is 3."""
    parts: list[Line] = [(Math(Ref(name)), " is ", *_joined(axes, " × ")) for name, axes in net.shapes.items()]
    return [("Sizes: ", *listed(parts, ", "), ".")] if parts else []


def _head(function: Function) -> Rel:
    return Rel((Call(function.name, tuple(Ref(p) for p in function.params)), function.body), ("=",))


def _joined(parts: tuple[Expr, ...], between: str) -> Line:
    out: list[str | Math] = []
    for part in parts:
        out += [between, Math(part)] if out else [Math(part)]
    return tuple(out)


def _roles(net: Network) -> list[tuple[str, Line]]:
    found: Mapping[str, tuple[Key, ...]] = {
        "inputs": net.inputs, "targets": net.targets, "parameters": net.parameters,
        "sizes": tuple((name, 0) for name in net.sizes),
    }
    return [(label, _joined(tuple(general(k, net) for k in keys), ", ")) for label, keys in found.items() if keys]


def general(key: Key, net: Network) -> Ref:
    """A variable as the network first writes it: x[i,k], not x."""
    from workings.expr import preorder

    name, places = key
    if not places:
        return Ref(name)
    for equation in net.equations:
        for node in (equation.lhs, *preorder(equation.rhs)):
            if isinstance(node, Ref) and node.key == key:
                return Ref(name, node.indices)
    for opaque in net.opaque.values():
        for ref in (opaque.lhs, *opaque.args):
            if ref.key == key:
                return Ref(name, ref.indices)
    return Ref(name)


def formula(net: Network) -> Raw | None:
    """All equations as one LaTeX display."""
    from workings.notation import latex

    if not net.equations:
        return None
    rows = [f"{latex(e.lhs, net.spelling)} &= {latex(e.rhs, net.spelling)}" for e in net.equations]
    return Raw("\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}")


def lines(net: Network, to: str = "plain") -> list[str]:
    """The equations, one a line, in the plain spelling or in LaTeX."""
    from workings.notation import latex, plain

    relations = [_relation(e) for e in net.equations]
    return [plain(r) if to == "plain" else latex(r, net.spelling) for r in relations]
