"""Starting the page: a socket on the loopback interface, a server on it, an address to open."""

from __future__ import annotations

import socket
import sys

from workings.errors import BadValue, NotInstalled

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(port: int = 0, host: str = "127.0.0.1", show: bool = False) -> None:
    """The page, until Ctrl-C; `port` 0 takes a free one; `show` opens it in the browser.

    Only this machine reaches it unless `host` says otherwise.  Raises `NotInstalled` without the extra [web], and
    `BadValue` where the port is taken.
    """
    if not 0 <= port <= 65535:
        raise BadValue(f"there is no port {port}", expected="--port 0 to 65535; 0 takes a free one")
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError:
        raise NotInstalled("the page needs Starlette and uvicorn", hint="pip install 'workings[web]'") from None
    from workings.web.app import application

    listening = _listening(host, port)
    taken = listening.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{taken}/"
    print(f"workings is at {address}  (Ctrl-C ends it)", file=sys.stderr, flush=True)
    if host not in LOOPBACK:
        print("warning: other machines can reach this page", file=sys.stderr, flush=True)
    if show:
        import webbrowser

        webbrowser.open(address)
    config = uvicorn.Config(application(_names(host, taken)), log_level="warning", server_header=False,
                            timeout_keep_alive=30, h11_max_incomplete_event_size=64_000, lifespan="on")
    uvicorn.Server(config).run(sockets=[listening])


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen(128)                # whoever is told the address can connect at once
    except OSError as error:
        made.close()
        why = f"cannot listen on {host} port {port}: {error.strerror or error}"
        raise BadValue(why, hint="--port 0 takes a free one") from None
    return made


def _names(host: str, port: int) -> frozenset[str]:
    """What a browser on this machine may send as Host; anything else comes from a page that only points here."""
    hosts = {*LOOPBACK, host} if host in LOOPBACK else {host, *LOOPBACK, socket.gethostname()}
    return frozenset(f"[{h}]:{port}" if ":" in h else f"{h}:{port}" for h in hosts)
