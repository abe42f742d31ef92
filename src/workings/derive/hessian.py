"""Second derivatives: the first derivative gets a name and is differentiated again by the same engine."""

from __future__ import annotations

from workings.derive.asked import asked
from workings.derive.derivation import Work, checked
from workings.derive.fresh import Names, taken
from workings.derive.steps import Derivation, Step, equal, equations_of
from workings.expr import Deriv, Network, Ref


def hessian(net: Network, of: Ref, wrt: tuple[Ref, Ref], *, verified: bool = True) -> Derivation:
    """The second derivative of `of` by the two names, step by step."""
    of, u, v = asked(net, of), asked(net, wrt[0]), asked(net, wrt[1])
    work = Work(net, Names(taken(net)))
    work.unrolling = False                            # of a recurrence its statements are differentiated again
    net = work.net
    first, before = work.derive(net, of, u)
    mark = Deriv(of, (u,))
    steps = [Step("first derivative", {"of": of, "wrt": u}, mark, first, equal(mark, first), before)]
    name = Ref(work.names.adjoint(u.name), u.indices)
    steps.append(Step("name the first derivative", {"of": of, "name": name}, first, name, equal(name, first)))
    work.where.append((name, first))
    lines = equations_of(work.recurrences, work.where)
    wider = net.with_(equations=(*net.equations, *lines))
    work.net = wider
    result, after = work.derive(wider, name, v)
    steps += after
    head = Deriv(of, (u, v))
    last = Deriv(name, (v,))
    steps.append(Step("second derivative", {"of": of}, last, result, equal(head, last, result)))
    out = Derivation(of, (u, v), result, work.where, steps, net, work.parts, work.opened, None,
                     work.recurrences)
    return checked(out) if verified else out
