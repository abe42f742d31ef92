"""What stands before the page: who may ask, how much, and what the answer lets a browser do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.responses import JSONResponse

from workings.limits import WEB_BODY
from workings.web.desk import refused

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("content-security-policy", POLICY), ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"), ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)


class TooLarge(Exception):
    """The body passed its limit while it was read."""


class Guard:
    """An ASGI layer: foreign hosts and origins, large bodies and other kinds of body are refused; headers are set."""

    def __init__(self, app: Any, names: frozenset[str], body: int = WEB_BODY) -> None:
        self.app, self.names, self.body = app, names, body

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        why = self._against(scope["method"], headers)
        if why is not None:
            status, kind, message, hint = why
            # what is left of a large body is not read: the connection ends with the answer
            close = {"connection": "close"}
            await JSONResponse(refused(kind, message, hint), status, close)(scope, receive, _with_headers(send))
            return
        await self._pass(scope, receive, send)

    def _against(self, method: str, headers: dict[str, str]) -> tuple[int, str, str, str] | None:
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self.names:
            return 403, "Host", f"this page does not answer as {host[:80]!r}", "open the address that workings printed"
        if origin is not None and origin != f"http://{host}":
            return 403, "Origin", "another site's page may not ask this one", "open the address that workings printed"
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return 403, "Origin", "another site's page may not ask this one", "open the address that workings printed"
        if method == "POST" and headers.get("content-type", "").split(";")[0].strip() != "application/json":
            return 415, "Content-Type", "a request is JSON", "send application/json"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.body:
            return 413, "InputTooLarge", self._most(), "workings on the command line reads larger files"
        return None

    def _most(self) -> str:
        return f"a request has at most {self.body:,} bytes"

    async def _pass(self, scope: Message, receive: Receive, send: Send) -> None:
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.body:
                raise TooLarge
            return message

        try:
            await self.app(scope, counted, _with_headers(send))
        except TooLarge:
            answer = JSONResponse(refused("InputTooLarge", self._most()), 413, {"connection": "close"})
            await answer(scope, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name for name, _ in message["headers"]}
            more = [(k.encode(), v.encode()) for k, v in HEADERS if k.encode() not in there]
            message = {**message, "headers": [*message["headers"], *more]}
        await send(message)

    return sent
