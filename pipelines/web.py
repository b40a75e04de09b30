"""Serve the releases on loopback, so that Dagster's UI can link to them: browsers follow no link from a web page to a file."""

import os
import threading
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from pipelines import guard
from schemas.errors import Unusable
from warehouse.home import CURRENT as LINK
from warehouse.home import RELEASES

HOST = "127.0.0.1"
PORT = "DYAD_PAGE_PORT"
CURRENT = "/current/index.html"
IDLE_SECONDS = 30
CONNECTIONS = 64  # a browser opens six


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
    return f"http://{HOST}:{port(PORT, 3001)}{path}"


def page(release: str) -> str:
    """Return the address of a release's page; it does not change if `current` moves to another release."""
    return address(f"/releases/{release}/index.html")


class Reader(SimpleHTTPRequestHandler):
    """A handler of GET and HEAD for the files of releases; it lists no folder and follows no symbolic link out of the releases."""

    timeout = IDLE_SECONDS

    def send_head(self) -> Any:
        """Send the head of an answer: a refusal, a redirect to the current release's own address, or a file.

        Requests below `/current` are only redirected, because a browser would still show a cached release after `current` moved.
        """
        if problem := guard.refusal(self.command, self.path, self.headers.items()):
            self.send_error(HTTPStatus.FORBIDDEN, explain=problem)
            return None
        path = urlsplit(self.path).path
        if path != "/" and not path.startswith(f"/{LINK}/"):
            return super().send_head()
        release = (Path(self.directory) / LINK).resolve()
        if not release.is_relative_to((Path(self.directory) / RELEASES).resolve()):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        rest = path.removeprefix(f"/{LINK}/") if path != "/" else "index.html"
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", quote(f"/{RELEASES}/{release.name}/{unquote(rest)}"))
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def translate_path(self, path: str) -> str:
        """Return the file of a request path; empty, which is answered with 404, if it is no file of a release."""
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


def server(home: Path, at: int | None = None) -> Server:
    """Return a server of the home's releases, not yet serving.

    Raises:
        Unusable: the port is in use.
    """
    try:
        return Server(home, port(PORT, 3001) if at is None else at)
    except OSError as error:
        raise Unusable(f"cannot serve pages on {address('/')}: {error.strerror}; stop the other `dyad page`, or set {PORT}") from None
