"""The results that the page shows, each from a request."""

from __future__ import annotations

from workings import work
from workings.expr import Network as PlainNetwork
from workings.regions import Boundary, Pieces
from workings.results import Derivation, Drawing, Network, Program, Report, Solution, Values
from workings.web import asked
from workings.web.asked import Request


def of(request: Request) -> str:
    """The quantity that is derived: as asked, else the one that nothing uses."""
    found = request.get("of")
    return str(found) if found else work.loss(asked.network(request)).name


def read(request: Request) -> Network:
    return asked.network(request)


def draw(request: Request) -> Drawing:
    net = asked.network(request)
    return Drawing(work.draw(net, request.get("unroll")), net)


def run(request: Request) -> Values:
    net = asked.network(request)
    given = request.get("point") or {}
    point = {name: v if isinstance(v, list) else asked.number(v, name) for name, v in given.items()}
    return Values(work.run(net, point), net)


def pieces(request: Request) -> Pieces:
    net = asked.network(request)
    return Pieces(work.pieces(net, asked.box(request)), net)


def boundary(request: Request) -> Boundary:
    net, level = asked.network(request), request.get("value")
    exact = None if level is None else asked.number(level)
    found = work.boundary(net, request.get("output"), exact, asked.box(request))
    return Boundary(found, net)


def gradient(request: Request) -> Derivation:
    net = asked.network(request)
    return Derivation(work.gradient(net, of(request), request.get("wrt") or ""), net)


def hessian(request: Request) -> Derivation:
    net = asked.network(request)
    return Derivation(work.hessian(net, of(request), request.get("wrt") or ""), net)


def backward(request: Request) -> Program:
    net = asked.network(request)
    return Program(work.backward(net, of(request), request.get("wrt") or None, request.get("mode") or "plain"), net)


def check(request: Request) -> Report:
    from workings.errors import BadValue

    net = asked.network(request)
    lines = [line for line in (request.get("lines") or "").splitlines() if line.strip()]
    if not lines:
        raise BadValue("there is no line to check", expected="a line such as dE/dw = x*(y - t)")
    return Report(work.check(net, lines, None, None, bool(request.get("next"))), net)


def solve(request: Request) -> Solution:
    from workings.sheets import solve as worked

    return Solution(worked(asked.sheet(request)), PlainNetwork())


def judge(request: Request) -> Report:
    from workings.sheets.judge import judge as judged

    return Report(judged(asked.sheet(request)), PlainNetwork())


def code(request: Request) -> str:
    return str(work.code(asked.network(request), request.get("of") or None, request.get("to") or "numpy"))


