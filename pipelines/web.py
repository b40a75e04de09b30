"""Serve the releases on loopback, so that a link in Dagster's page leads to a release's page: browsers open no file from a web page.

Put here addresses and a server that only reads, not making a page (`warehouse.page`).
"""

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
    """Return the address of a release's page, which stays its own when `current` moves on."""
    return address(f"/releases/{release}/index.html")


class Reader(SimpleHTTPRequestHandler):
    """Answers GET and HEAD with files of releases; a folder is never listed, and no link leads out of the releases."""

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
        """Return the file that a path names; nothing outside the releases exists for a browser."""
        home = Path(self.directory)
        asked = (home / unquote(urlsplit(path).path).replace("\0", "").lstrip("/")).resolve()
        return str(asked) if asked.is_relative_to((home / RELEASES).resolve()) and asked.is_file() else ""

    def end_headers(self) -> None:
        """Have the browser ask again: `current` moves."""
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def log_message(self, *_: Any) -> None:
        """Log nothing: the terminal is Dagster's."""


class Server(ThreadingHTTPServer):
    """Bound to loopback; quiet about browsers that hang up."""

    def __init__(self, home: Path, port: int) -> None:
        """Serve the releases of `home`, also those still to be made."""
        super().__init__((HOST, port), lambda *request: Reader(*request, directory=str(home)))

    def handle_error(self, *request: Any) -> None:
        """Ignore the error of a browser that left."""


def server(home: Path, port: int | None = None) -> Server:
    """Return a server of the home's releases, not yet serving.

    Raises:
        Unusable: something else listens on the port.
    """
    try:
        return Server(home, PORT if port is None else port)
    except OSError as error:
        raise Unusable(f"no pages on {address('/')}: {error.strerror}; another `dyad page` may serve them, stop it first") from None
