"""The routes: the page and its files, the verbs, and their description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from workings.render.html import sheet
from workings.web.described import openapi
from workings.web.desk import Desk, refused
from workings.web.guard import Guard
from workings.web.verbs import VERBS

PAGE = files("workings.web") / "static"


def application(names: frozenset[str], desk: Desk | None = None) -> Starlette:
    """The page as an ASGI application that answers to these Host names."""
    at = desk or Desk()

    async def verb(request: Request) -> Response:
        name = request.path_params["verb"]
        if name not in VERBS:
            known = f"one of {', '.join(VERBS)}"
            return JSONResponse(refused("no verb", f"there is no verb {name[:40]!r}", known), 404)
        try:
            asked = json.loads(await request.body())
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            return JSONResponse(refused("NotReadable", "the body is no JSON object"), 400)
        status, answer = await at.ask({**asked, "verb": name})
        return JSONResponse(answer, status)

    async def described(request: Request) -> Response:
        return JSONResponse(openapi())

    async def page(request: Request) -> Response:
        return FileResponse(str(PAGE / "index.html"), headers={"cache-control": "no-cache"})

    async def style(request: Request) -> Response:
        return Response(sheet("/stix-two-math.woff2"), media_type="text/css", headers={"cache-control": "max-age=600"})

    async def font(request: Request) -> Response:
        return FileResponse(str(files("workings.render") / "stix-two-math.woff2"), media_type="font/woff2",
                            headers={"cache-control": "max-age=86400"})

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        warming = asyncio.create_task(at.warm())
        yield
        await warming
        at.end()

    routes = [
        Route("/", page), Route("/blocks.css", style), Route("/stix-two-math.woff2", font),
        Route("/api/openapi.json", described),
        Route("/api/{verb}", verb, methods=["POST"]),
        Mount("/assets", StaticFiles(directory=str(PAGE / "assets"), check_dir=False)),
    ]
    return Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(Guard, names=names)],
                     exception_handlers={404: _missing, 405: _missing, 500: _fault})


async def _missing(request: Request, error: Any) -> Response:
    return JSONResponse(refused("not there", "this address is no part of the page"), error.status_code)


async def _fault(request: Request, error: Any) -> Response:
    return JSONResponse(refused("Fault", "workings made a mistake here"), 500)
