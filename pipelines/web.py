"""Serve the releases on loopback, so that Dagster's UI can link to them: browsers follow no link from a web page to a file."""

import io
import os
import re
import socket
import threading
import time
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

from pipelines import guard
from schemas.errors import Unusable
from warehouse.home import CURRENT as LINK
from warehouse.home import RELEASES, no_current

HOST = "127.0.0.1"
PORT = "DYAD_PAGE_PORT"
ADDRESS = "DYAD_PAGE_ADDRESS"  # environment variable with the address under which a proxy serves the pages: https://dyad.example.org
CURRENT = "/current/index.html"
IDLE_SECONDS = 30
CONNECTIONS = 64  # a browser opens six
BLOCK = 1 << 20  # bytes that are read at once
ONE_RANGE = re.compile(r"bytes=[ \t]*(\d{0,100})-(\d{0,100})[ \t]*", re.ASCII | re.IGNORECASE)


def port(variable: str, default: int) -> int:
    """Return the port that an environment variable names.

    Raises:
        Unusable: the value of the variable is not a port.
    """
    text = os.environ.get(variable) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) < 1 << 16):
        raise Unusable(f"{variable} is {text!r}: set it to a port, for example {default}")
    return int(text)


def address(path: str = CURRENT) -> str:
    """Return the address of a path of the home: `/current/index.html`, `/releases/<id>/index.html`."""
    return f"{os.environ.get(ADDRESS, '').rstrip('/') or f'http://{HOST}:{port(PORT, 3001)}'}{path}"


def page(release: str) -> str:
    """Return the address of a release's page; it does not change if `current` moves to another release."""
    return address(f"/releases/{release}/index.html")


def span(asked: str, size: int) -> range | None:
    """Return the positions that a Range header asks for in a file of `size` bytes (RFC 9110).

    Return an empty range if the file has none of them, None if the header does not ask for one range of bytes.
    """
    match = ONE_RANGE.fullmatch(asked)
    first, last = match.groups() if match else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return None
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


class _Timely(io.RawIOBase):
    """The bytes that a connection receives within some seconds, however slowly they arrive."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self.connection, self.deadline = connection, time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connection.settimeout(max(0.001, self.deadline - time.monotonic()))
        return self.connection.recv_into(buffer)


class Reader(SimpleHTTPRequestHandler):
    """A handler of GET and HEAD for the files of releases; it lists no folder and follows no symbolic link out of the releases.

    It answers requests for a range of bytes, so that DuckDB reads only those parts of a release that a query needs.
    """

    timeout = IDLE_SECONDS
    remaining = 0  # bytes of the file that are still to be sent

    def setup(self) -> None:
        """Read the request until a deadline; the time-out of a socket would begin again with each byte."""
        super().setup()
        self.rfile = io.BufferedReader(_Timely(self.connection, self.timeout))

    def parse_request(self) -> bool:
        """Read the headers; then the client has `timeout` seconds to take each block of the answer."""
        is_whole = super().parse_request()
        self.connection.settimeout(self.timeout)
        return is_whole

    def send_head(self) -> BinaryIO | None:
        """Send status and headers of a refusal, of a redirect to the current release's own address, or of a file, which is returned.

        Requests below `/current` are only redirected, because a browser would still show a cached release after `current` moved.
        """
        path = urlsplit(self.path).path
        if problem := guard.refusal(self.command, self.path, self.headers.items()):
            self.send_error(HTTPStatus.FORBIDDEN, explain=problem)
        elif path in ("/", f"/{LINK}") or path.startswith(f"/{LINK}/"):
            self._redirect(path.removeprefix(f"/{LINK}").removeprefix("/") or "index.html")
        elif name := self.translate_path(self.path):
            file = Path(name).open("rb")  # noqa: SIM115  closed by the caller
            self._send_head_of(file, self.guess_type(name))
            return file
        else:
            self.send_error(HTTPStatus.NOT_FOUND)
        return None

    def _redirect(self, rest: str) -> None:
        """Redirect to a file of the current release."""
        release = (Path(self.directory) / LINK).resolve()
        if release.is_relative_to((Path(self.directory) / RELEASES).resolve()):
            self._send(HTTPStatus.FOUND, {"Location": quote(f"/{RELEASES}/{release.name}/{unquote(rest)}"), "Content-Length": "0"})
        else:
            self.send_error(HTTPStatus.NOT_FOUND, explain=no_current(Path(self.directory)))

    def _send_head_of(self, file: BinaryIO, kind: str) -> None:
        """Send status and headers of a file or a range of it, and move to the first byte to send."""
        status = os.fstat(file.fileno())
        size, changed = status.st_size, self.date_time_string(status.st_mtime)
        tag = f'"{size:x}-{status.st_mtime_ns:x}"'  # a released file is never written again
        headers = {"ETag": tag, "Last-Modified": changed, "Accept-Ranges": "bytes"}
        if self._is_known(tag, changed):
            self._send(HTTPStatus.NOT_MODIFIED, headers)
            return
        is_ranged = self.command == "GET" and self.headers.get("If-Range", tag) in (tag, changed)
        part = span(self.headers.get("Range", ""), size) if is_ranged else None
        if part is not None and not part:
            self._send(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, {"Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        sent = range(size) if part is None else part
        headers |= {"Content-Type": kind, "Content-Length": str(len(sent))}
        if part is not None:
            headers["Content-Range"] = f"bytes {part[0]}-{part[-1]}/{size}"
        self._send(HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT, headers)
        self.remaining = len(sent)
        file.seek(sent.start)

    def _is_known(self, tag: str, changed: str) -> bool:
        """Return True if the client has this file."""
        if (known := self.headers.get("If-None-Match")) is not None:
            return known.strip() == "*" or tag in (text.strip().removeprefix("W/") for text in known.split(","))
        return self.headers.get("If-Modified-Since") == changed

    def _send(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send the bytes that the headers announced."""
        while self.remaining and (block := source.read(min(self.remaining, BLOCK))):
            outputfile.write(block)
            self.remaining -= len(block)

    def translate_path(self, path: str) -> str:
        """Return the file of a request path; empty if it is no file of a release."""
        home = Path(self.directory)
        file = (home / unquote(urlsplit(path).path).replace("\0", "").lstrip("/")).resolve()
        return str(file) if file.is_relative_to((home / RELEASES).resolve()) and file.is_file() else ""

    def end_headers(self) -> None:
        """Make browsers revalidate: a deleted release, and the address of the current one, must not come from a cache."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Log nothing, since Dagster logs to the same terminal."""


class Server(ThreadingHTTPServer):
    """A server on loopback that ignores connections that browsers close."""

    def __init__(self, home: Path, port: int) -> None:
        """Bind the port to serve the releases of `home`, also those published later."""
        self._free = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__((HOST, port), lambda *request: Reader(*request, directory=str(home)))

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own; close the connection if no thread is free."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection, and free its thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, *request: Any) -> None:
        """Ignore the error of a connection that a browser closed."""


def server(home: Path) -> Server:
    """Return a server of the home's releases, not yet serving.

    Raises:
        Unusable: the port is in use.
    """
    number = port(PORT, 3001)
    try:
        return Server(home, number)
    except OSError as error:
        raise Unusable(f"cannot serve pages on {HOST}:{number}: {error.strerror}; stop the other `dyad page`, or set {PORT}") from None
