"""What can be said only once all equations are there: roles, ranges of fresh indices, quantities applied to arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workings.errors import BadValue, WorkingsError
from workings.expr import Network, Ref
from workings.syntax.pratt import Reader
from workings.syntax.scope import Scope
from workings.syntax.tokens import tokens


def finish(net: Network, scope: Scope, roles: Mapping[str, Sequence[str] | None]) -> Network:
    """The network with roles, ranges and applications settled."""
    return with_roles(net, scope, roles)


def with_roles(net: Network, scope: Scope, roles: Mapping[str, Sequence[str] | None]) -> Network:
    """The network with declared roles; names may be in either spelling."""
    given = {role: [plain(name, scope) for name in names] for role, names in roles.items() if names is not None}
    if not given:
        return net
    out = dict(net.roles)
    for role, names in given.items():
        # Those named are all that have the role: x2 is no input where inputs=["x1"].
        for key in net.with_role(role):
            if key[0] not in names:
                out[key[0]] = "parameter" if role != "parameter" else "input"
        out.update(dict.fromkeys(names, role))
    return net.with_(roles=out)


def plain(text: str, scope: Scope) -> str:
    """The plain spelling of a name given in either spelling."""
    toks = tokens(text)
    toks.append(("end", "", len(text), len(text)))
    reader = Reader(scope)
    reader.start(toks, text, "\\" in text or "{" in text)
    scope.lines = True
    try:
        tree = reader.whole()
    except WorkingsError:
        raise BadValue(f"{text} is no name", expected="a name of the network") from None
    finally:
        scope.lines = False
    if not isinstance(tree, Ref):
        raise BadValue(f"{text} is no name", expected="a name of the network")
    return tree.name
