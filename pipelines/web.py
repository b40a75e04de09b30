"""Serve the releases on loopback, so that Dagster's UI can link to them: browsers follow no link from a web page to a file."""

from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from schemas.errors import Unusable
from warehouse.home import RELEASES

HOST, PORT = "127.0.0.1", 3001
CURRENT = "/current/index.html"


def address(path: str = CURRENT) -> str:
    """Return the address of a path of the home: `/current/index.html`, `/releases/<id>/index.html`."""
    return f"http://{HOST}:{PORT}{path}"


def page(release: str) -> str:
    """Return the address of a release's page; it does not change if `current` moves to another release."""
    return address(f"/releases/{release}/index.html")


class Reader(SimpleHTTPRequestHandler):
    """A handler of GET and HEAD for the files of releases; it lists no folder and follows no symbolic link out of the releases."""

    def do_GET(self) -> None:
        """Redirect the bare address to the current release."""
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", CURRENT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def translate_path(self, path: str) -> str:
        """Return the file of a request path; empty, which is answered with 404, if it is no file of a release."""
        home = Path(self.directory)
        file = (home / unquote(urlsplit(path).path).replace("\0", "").lstrip("/")).resolve()
        return str(file) if file.is_relative_to((home / RELEASES).resolve()) and file.is_file() else ""

    def end_headers(self) -> None:
        """Make browsers revalidate their copies, since `current` moves."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Log nothing, since Dagster logs to the same terminal."""


class Server(ThreadingHTTPServer):
    """A server on loopback that ignores connections that browsers close."""

    def __init__(self, home: Path, port: int) -> None:
        """Bind the port to serve the releases of `home`, also those published later."""
        super().__init__((HOST, port), lambda *request: Reader(*request, directory=str(home)))

    def handle_error(self, *request: Any) -> None:
        """Ignore the error of a connection that a browser closed."""


def server(home: Path, port: int | None = None) -> Server:
    """Return a server of the home's releases, not yet serving.

    Raises:
        Unusable: the port is in use.
    """
    try:
        return Server(home, PORT if port is None else port)
    except OSError as error:
        raise Unusable(
            f"cannot serve pages on {address('/')}: {error.strerror}; if another `dyad page` is running, stop it first"
        ) from None
