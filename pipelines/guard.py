"""Refuse requests to a web server on loopback that come from another web page, or that address it by an unknown host name.

A browser lets any web page send requests to loopback. Each request names the server (`Host`); a POST, a WebSocket and a CORS
request also name the origin of the page (`Origin`); browsers since 2023 state how the two are related (`Sec-Fetch-Site`).
"""

import os
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from schemas.errors import Problem

HOSTS = "DYAD_HOSTS"  # environment variable with further names of the server, separated by commas
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POLICY_VIOLATION = 1008  # close code of a WebSocket
Headers = Iterable[tuple[str, str]]
Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


def refusal(method: str, target: str, headers: Headers) -> Problem | None:
    """Return why a request is refused, or None.

    Args:
        method: the HTTP method; empty for a WebSocket.
        target: path and query.
        headers: names and values, in any order; names in upper or lower case.
    """
    given: dict[str, list[str]] = {}
    for name, value in headers:
        given.setdefault(name.lower(), []).append(value)
    hosts, origins, site = given.get("host", []), given.get("origin", []), "".join(given.get("sec-fetch-site", []))
    if len(hosts) != 1 or _name(hosts[0]) not in _hosts():
        return f"the host name in this request is not one of this server's; open the server as 127.0.0.1, or add the host name to {HOSTS}"
    if any(_netloc(origin) != hosts[0].lower() and _name(_netloc(origin)) not in _configured() for origin in origins):
        return f"this request comes from a page of another server; open this server's own page, or add that server's name to {HOSTS}"
    if site not in ("", "none", "same-origin") and not _is_link(method, given):
        return f"this request comes from another site ({HOSTS} cannot allow it); open this server's own page"
    if urlsplit(target).path.rstrip("/").endswith("/graphql") and "query" in parse_qs(urlsplit(target).query):
        return "a GraphQL query in the address could be sent by any link; send it in the body of a POST to `/graphql`"
    return None


def _is_link(method: str, given: dict[str, list[str]]) -> bool:
    """Return True if a person follows a link to a page; for frames, images and scripts, browsers send other values of `Sec-Fetch-*`."""
    return method in ("GET", "HEAD") and given.get("sec-fetch-mode") == ["navigate"] and given.get("sec-fetch-dest") == ["document"]


def _configured() -> set[str]:
    return {name.strip().lower() for name in os.environ.get(HOSTS, "").split(",")} - {""}


def _hosts() -> set[str]:
    return _configured() | LOOPBACK


def _netloc(origin: str) -> str:
    """Return the host and port of an origin; empty for `null`."""
    return origin.lower().partition("://")[2]


def _name(netloc: str) -> str:
    """Return the host without the port; empty if it cannot be read."""
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def guarded(app: App) -> App:
    """Return the ASGI application behind this guard."""

    async def guard(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
        if scope["type"] not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        target = f"{scope['path']}?{scope['query_string'].decode('latin-1')}"
        problem = refusal(scope.get("method", ""), target, headers)
        if problem is None:
            await app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            kind = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": kind})
            await send({"type": "http.response.body", "body": f"refused: {problem}\n".encode()})

    return guard
