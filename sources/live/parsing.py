"""Parse and validate answers, each of them once a refresh.

Put here how an answer becomes rows of its kind, not what the rows of one publisher mean (`parse.py` of its folder).
"""

from collections.abc import Callable
from pathlib import Path

from schemas.errors import Refused
from sources.connector import Connector, Parsed, Request
from sources.live import answers, vintages
from sources.live.http import Answer

LONGEST_LINE = 1000
KEPT = 2  # parsed answers of a question: the newest and the one before, which are compared


class Parser:
    """Parses a connector's answers and keeps those that the same refresh will ask for again."""

    def __init__(self, home: Path, connector: Connector) -> None:
        """Begin with nothing parsed."""
        self._home, self._connector = home, connector
        self._parsed: dict[str, list[tuple[Request, str, Parsed]]] = {}  # by the question's name, the newest at the end

    def received(self, request: Request, answer: Answer) -> Parsed:
        """Return the rows of an answer that was received now.

        Raises:
            Refused: as `parsed_rows`.
        """
        return self._once(request, answer.sha256, answer.path.read_bytes)

    def stored(self, row: answers.Row) -> Parsed:
        """Return the rows of an answer in the store.

        Raises:
            Refused: as `parsed_rows`; or its bytes are missing or damaged.
        """
        return self._once(row.request, row.sha256, lambda: answers.body(self._home, row))

    def _once(self, request: Request, sha256: str, read: Callable[[], bytes]) -> Parsed:
        asked = request._replace(title="", signature="", published_on="")  # what the change detector says is no part of the question
        known = self._parsed.setdefault(request.name, [])
        for entry in known:
            if entry[:2] == (asked, sha256):
                return entry[2]
        parsed = parsed_rows(self._connector, request, read())
        known.append((asked, sha256, parsed))
        del known[:-KEPT]
        return parsed


def parsed_rows(connector: Connector, request: Request, body: bytes) -> Parsed:
    """Return the answer's rows, validated as their kind; `document` is the request's name until they are written.

    Raises:
        Refused: the answer cannot be read, holds nothing or breaks a rule.
    """
    where = f"{connector.source}: {request.name}"
    try:
        parsed = connector.parse(body, request)  # type: ignore[misc]  # only asked if the connector has a parser
    except Refused as error:
        raise Refused(f"{where}: {_one_line(error)}") from None
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError) as error:
        problem = f"{type(error).__name__}: {_one_line(error)}"
        raise Refused(f"{where}: the answer has another shape than it had ({problem}); compare parse.py") from None
    if parsed.rows.empty:
        raise Refused(f"{where}: an answer without a single row; the publisher is broken or the question is wrong")
    frame = parsed.rows if request.is_bundle else parsed.rows.assign(document=request.name)
    return parsed._replace(rows=vintages.checked(request.kind, frame, where))


def _one_line(error: Exception) -> str:
    """Return what an error says, which may quote the answer, as a line and not as a page."""
    return " ".join(str(error).split())[:LONGEST_LINE]
