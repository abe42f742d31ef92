"""What a chain rule says: through which quantities, along which paths, summed over which letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from workings.derive.chain import Web
from workings.derive.graph import entry, free_names_of
from workings.expr import Big, Deriv, Expr, Key, Ref, preorder


def chain_says(head: Deriv, stated: Expr, whole: Web, cut: Sequence[Key]) -> tuple[str, dict[str, Any]]:
    """The id of the rule, and the fields of its sentence."""
    inner = [n for n in whole.order if n.key not in (whole.top.key, whole.bottom.key)]
    shown = {r.key: r for n in preorder(stated) if isinstance(n, Deriv) for r in (n.of, *n.wrt)
             if isinstance(r, Ref)}               # p[i] where p[i'] met the derived entry
    fresh = {b.index for es in whole.edges.values() for e in es for b in e.fresh}
    met = fresh - {n.index for n in preorder(stated) if isinstance(n, Big)}
    last = list(dict.fromkeys(e.upper for e in whole.edges.get(whole.bottom, ())))
    written = {n.index for n in preorder(stated) if isinstance(n, Big)}
    summed = dict.fromkeys(
        b.index for es in whole.edges.values() for e in es for b in e.fresh if b.index in written)
    branches = any(len(es) > 1 for es in whole.edges.values())
    direct = len(last) > 1 and set(inner) == set(last) and whole.top not in last
    rule = "multivariate chain rule" if direct else "chain rule"
    variant = "" if direct else "paths" if branches else "sum" if summed else ""
    if whole.top in last and branches:
        variant, inner = "direct", [n for n in last if n != whole.top]
    fork = next((es for n in whole.order if len(es := whole.edges.get(n, [])) > 1), [])
    says = {
        "of": head.of, "wrt": head.wrt[0],
        "through": [shown.get(n.key, entry(n)) if free_names_of(n.indices) & met else entry(n) for n in inner],
        "last": [entry(n) for n in (last if direct else [e.upper for e in fork])],
        "summed": [Ref(i) for i in summed], "variant": variant, "cut": tuple(cut),
    }
    return rule, says
