"""Test that the web servers refuse requests from pages of another origin or under an unknown host name, and queries in links."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from pipelines import guard

HOST = "127.0.0.1:3000"
OWN = {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FOREIGN = "http://news.example"


def refused(method: str = "POST", target: str = "/graphql", host: str = HOST, **headers: str) -> bool:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return guard.refusal(method, target, [("Host", host), *given.items()]) is not None


@pytest.mark.parametrize("host", [HOST, "localhost", "LOCALHOST:3000", "[::1]:3000"])
def test_the_names_of_loopback_are_answered(host: str) -> None:
    assert not refused(host=host)


@pytest.mark.parametrize(
    "host", ["news.example", "127.0.0.1.news.example", "127.0.0.1@news.example", "[::1", "", "192.0.2.1:3000", "localhost."]
)
def test_another_name_is_refused(host: str) -> None:
    assert refused("GET", "/", host)


def test_a_request_names_one_host() -> None:
    assert guard.refusal("GET", "/", []) and guard.refusal("GET", "/", [("Host", HOST), ("host", HOST)])


def test_the_servers_own_page_may_ask() -> None:
    assert guard.refusal("POST", "/graphql", [("Host", HOST), *OWN.items()]) is None
    assert guard.refusal("", "/graphql", [("Host", HOST), *OWN.items()]) is None


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "OPTIONS", ""])
@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1:3001", "http://localhost:3000", f"http://{HOST}.news.example"])
def test_another_origin_is_refused(method: str, origin: str) -> None:
    assert refused(method, Origin=origin)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_link_and_no_more(site: str) -> None:
    assert not refused("GET", "/runs", **LINK, **{"Sec-Fetch-Site": site})
    assert refused("POST", "/graphql", **LINK, **{"Sec-Fetch-Site": site})
    assert refused("GET", "/runs", **{**LINK, "Sec-Fetch-Dest": "iframe"}, **{"Sec-Fetch-Site": site})
    assert refused("GET", "/runs", **{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"})
    assert refused("", "/graphql", **{"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "websocket"})


@pytest.mark.parametrize("target", ["/graphql?query=mutation", "/graphql/?x=1&query=%7B", "/prefix/graphql?query=x&query=y"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_link_holds_a_query(method: str, target: str) -> None:
    assert refused(method, target)


def test_a_configured_name_is_one_of_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(guard.HOSTS, "dyad.example, Other.example")
    assert not refused(host="dyad.example", Origin="https://dyad.example")
    assert not refused(Origin="https://other.example"), "a reverse proxy may send the address that it asks"
    assert refused(host="news.example") and refused(Origin=FOREIGN)


def answered(scope: dict[str, Any]) -> list[dict[str, Any]]:
    """Messages that a guarded application sends; its own says which."""
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Callable, send: Callable) -> None:
        await send({"type": "answered"})

    async def receive() -> Any:
        return {}

    asyncio.run(guard.guarded(app)(scope, receive, send))
    return sent


def test_a_refusal_reaches_no_application() -> None:
    headers = [(b"host", HOST.encode()), (b"origin", FOREIGN.encode())]
    http = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    head, body = answered(http)
    assert head["status"] == 403 and body["body"].startswith(b"refused: ") and FOREIGN.encode() not in body["body"]
    assert answered({**http, "type": "websocket"}) == [{"type": "websocket.close", "code": 1008}]
    assert answered({**http, "headers": headers[:1]}) == [{"type": "answered"}]
    assert answered({"type": "lifespan"}) == [{"type": "answered"}]
