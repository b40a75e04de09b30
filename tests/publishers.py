"""Publishers on this machine: a threaded HTTP server that answers as each of them does, and lies as each of them can.

    with Publishers() as world:
        monkeypatch.setenv(*...) for name, value in world.environment().items()
        world.wdi["CHN", 2023, "NY.GDP.MKTP.KD.ZG"] = 5.4      # revise a figure
        world.updated = "2026-12-01"                           # and say so in the change detector
        world.lies["world_bank_wdi"] = [status(429), cut_connection]   # the next answers of that source, in order
        world.asked                                            # (source, path, query, headers) of every request so far

Figures are made up; shapes, field names and error bodies are the publishers'.
"""

import gzip
import json
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

WDI_NAMES = {
    "NY.GDP.MKTP.CD": "GDP (current US$)",
    "NY.GDP.MKTP.KD.ZG": "GDP growth (annual %)",
    "FP.CPI.TOTL.ZG": "Inflation, consumer prices (annual %)",
    "PA.NUS.FCRF": "Official exchange rate (LCU per US$, period average)",
}


class Reply(NamedTuple):
    """An honest answer."""

    body: bytes
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = {}


def as_json(value: Any, **more: Any) -> Reply:
    return Reply(json.dumps(value).encode(), **more)


class Asked(NamedTuple):
    source: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]


# ---- lies: each takes the request's handler and the honest reply


def status(code: int, body: bytes = b"", **headers: str) -> Callable:
    """An error status; headers as `retry_after="1"`."""

    def lie(handler: "_Handler", honest: Reply) -> None:
        handler.reply(Reply(body, status=code, headers={k.replace("_", "-"): v for k, v in headers.items()}))

    return lie


def body(data: bytes, content_type: str = "application/json") -> Callable:
    """HTTP 200 with these bytes instead."""
    return lambda handler, honest: handler.reply(Reply(data, content_type))


def changed(change: Callable[[bytes], bytes]) -> Callable:
    """HTTP 200 with the honest bytes changed."""
    return lambda handler, honest: handler.reply(honest._replace(body=change(honest.body)))


def hang(seconds: float) -> Callable:
    """No answer for some time."""

    def lie(handler: "_Handler", honest: Reply) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return lie


def cut_connection(handler: "_Handler", honest: Reply) -> None:
    """The connection is reset before any answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def truncated_body(handler: "_Handler", honest: Reply) -> None:
    """Half of the body, then the end."""
    handler.raw(len(honest.body), honest, honest.body[: len(honest.body) // 2])


def short_content_length(handler: "_Handler", honest: Reply) -> None:
    """A Content-Length smaller than the body."""
    handler.raw(len(honest.body) - 7, honest, honest.body)


def gzip_garbage(handler: "_Handler", honest: Reply) -> None:
    """A damaged gzip stream."""
    packed = bytearray(gzip.compress(honest.body))
    packed[12:20] = b"\xff" * 8
    handler.reply(Reply(bytes(packed), honest.content_type, headers={"Content-Encoding": "gzip"}))


def gzip_bomb(size: int) -> Callable:
    """A small gzip stream of `size` blanks."""
    packed = gzip.compress(b" " * size)
    return lambda handler, honest: handler.reply(Reply(packed, honest.content_type, headers={"Content-Encoding": "gzip"}))


def redirect_loop(handler: "_Handler", honest: Reply) -> None:
    """To itself."""
    handler.reply(Reply(b"", status=302, headers={"Location": handler.path}))


def redirect_to(url: str) -> Callable:
    return lambda handler, honest: handler.reply(Reply(b"", status=302, headers={"Location": url}))


def html_challenge(handler: "_Handler", honest: Reply) -> None:
    """A page for humans, with HTTP 200."""
    handler.reply(Reply(b"<!DOCTYPE html><html><body>Checking your browser</body></html>", "text/html"))


def endless(handler: "_Handler", honest: Reply) -> None:
    """A body of two gigabytes, without a Content-Length."""
    handler.send_response(200)
    handler.send_header("Content-Type", honest.content_type)
    handler.end_headers()
    handler.close_connection = True
    block = b"[" + b" " * 65535
    try:
        for _ in range(2 * 2**30 // len(block)):
            handler.wfile.write(block)
    except OSError:
        pass  # the client hung up, as it should


def two_gigabytes_announced(handler: "_Handler", honest: Reply) -> None:
    handler.raw(2 * 2**30, honest, b"[")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        world: Publishers = self.server.world  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        _, source, rest = parts.path.split("/", 2)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        world.asked.append(Asked(source, unquote(rest), query, {k.lower(): v for k, v in self.headers.items()}))
        honest = world.honest(source, unquote(rest), query)
        etag = honest.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            honest = Reply(b"", honest.content_type, 304, honest.headers)
        lie = world.next_lie(source)
        lie(self, honest) if lie else self.reply(honest)

    def reply(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status not in (204, 304):
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if reply.status not in (204, 304):
            self.wfile.write(reply.body)

    def raw(self, announced: int, honest: Reply, sent: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", honest.content_type)
        self.send_header("Content-Length", str(announced))
        self.end_headers()
        self.wfile.write(sent)
        self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Silence."""


class Publishers:
    """The server and the world it tells of; change the attributes to change what is published."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.lies: dict[str, list[Callable]] = defaultdict(list)
        self.delay = 0.0  # seconds before every answer, to be killed in
        self.updated = "2026-07-13"
        self.wdi: dict[tuple[str, int, str], float | None] = {
            (iso3, year, code): (base + year / 1000) * size
            for iso3, base in (("CHN", 3.0), ("RUS", 1.0))
            for year in range(2015, 2025)
            for code, size in zip(WDI_NAMES, (1e12, 1, 1, 1), strict=True)
        }
        self._guard = threading.Lock()

    def __enter__(self) -> "Publishers":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.world = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.shutdown()
        self._server.server_close()

    def environment(self) -> dict[str, str]:
        """`DYAD_<SOURCE>_URL` of every source played here."""
        return {f"DYAD_{source.upper()}_URL": f"{self.url}/{source}" for source in self.played()}

    def played(self) -> list[str]:
        return sorted(name.removeprefix("say_") for name in dir(self) if name.startswith("say_"))

    def honest(self, source: str, path: str, query: dict[str, str]) -> Reply:
        time.sleep(self.delay)
        return getattr(self, f"say_{source}")(path, query)

    def next_lie(self, source: str) -> Callable | None:
        with self._guard:
            return self.lies[source].pop(0) if self.lies[source] else None

    def say_world_bank_wdi(self, path: str, query: dict[str, str]) -> Reply:
        if path == "v2/sources/2":
            meta = {"page": 1, "pages": 1, "per_page": "50", "total": 1}
            return as_json([meta, [{"id": "2", "lastupdated": self.updated, "name": "World Development Indicators", "code": "WDI"}]])
        _, _, states, _, code = path.split("/")
        first, last = map(int, query["date"].split(":"))
        rows = [
            {
                "indicator": {"id": code, "value": WDI_NAMES[code]}, "country": {"id": iso3[:2], "value": iso3},
                "countryiso3code": iso3, "date": str(year), "value": value, "unit": "", "obs_status": "", "decimal": 1,
            }
            for (iso3, year, of), value in sorted(self.wdi.items(), reverse=True)
            if of == code and iso3 in states.split(";") and first <= year <= last
        ]  # fmt: skip
        meta = {"page": 1, "pages": 1, "per_page": 20000, "total": len(rows), "sourceid": "2", "lastupdated": self.updated}
        return as_json([meta, rows or None])
