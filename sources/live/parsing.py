"""Parse and validate answers, each once per refresh.

Put here how an answer becomes rows of its kind, not the meaning of one publisher's columns (`parse.py` of its folder).
"""

from collections.abc import Callable
from pathlib import Path

from schemas.errors import Refused
from sources.connector import Connector, Parsed, Request
from sources.live import answers, vintages
from sources.live.http import Answer, redacted

LONGEST_LINE = 300  # characters of an error, which may quote a cell, and of its advice
KEPT = 2  # parsed answers kept per question: the newest and the one before are compared


class Parser:
    """Parser of a connector's answers, which keeps those that the same refresh reads again."""

    def __init__(self, home: Path, connector: Connector) -> None:
        """Parse no answer yet."""
        self._home, self._connector = home, connector
        self._parsed: dict[str, list[tuple[Request, str, Parsed]]] = {}  # by the question's name, the newest at the end

    def parse_received(self, request: Request, answer: Answer) -> Parsed:
        """Return the rows of an answer that was just received.

        Raises:
            Refused: as `parse_answer`.
        """
        return self._once(request, answer.sha256, answer.path.read_bytes)

    def parse_stored(self, row: answers.Row) -> Parsed:
        """Return the rows of an answer in the store.

        Raises:
            Refused: as `parse_answer`, or the bytes are missing or damaged.
        """
        return self._once(row.request, row.sha256, lambda: answers.body(self._home, row))

    def _once(self, request: Request, sha256: str, read: Callable[[], bytes]) -> Parsed:
        question = request._replace(title="", signature="", published_on="")  # title and detector fields do not distinguish questions
        entries = self._parsed.setdefault(request.name, [])
        for entry in entries:
            if entry[:2] == (question, sha256):
                return entry[2]
        parsed = parse_answer(self._connector, request, read())
        entries.append((question, sha256, parsed))
        del entries[:-KEPT]
        return parsed


def parse_answer(connector: Connector, request: Request, body: bytes) -> Parsed:
    """Return the answer's rows, validated as their kind; `document` is the request's name until they are written.

    Raises:
        Refused: the answer cannot be parsed, has no rows or breaks a rule.
    """
    where = f"{connector.source}: {request.name}"
    key = connector.publisher.key
    try:
        parsed = connector.parse(body, request)  # type: ignore[misc]  # only asked if the connector has a parser
    except Refused as error:
        raise Refused(f"{where}: {_one_line(error, key)}") from None
    except Exception as error:
        problem = f"{type(error).__name__}: {_one_line(error, key)}"
        raise Refused(f"{where}: the answer has an unexpected structure ({problem}); correct parse.py") from None
    if parsed.rows.empty:
        raise Refused(f"{where}: the answer has no rows; try again later, or correct fetch.py to match the publisher's documentation")
    frame = parsed.rows if request.is_bundle else parsed.rows.assign(document=request.name)
    return parsed._replace(rows=vintages.validate_rows(request.kind, frame, where))


def _one_line(error: Exception, key: str) -> str:
    """Return an error's message as one line of bounded length that still ends with the advice, without the source's key.

    The message may quote the answer, and so the key.
    """
    problem, mark, advice = redacted(" ".join(str(error).split()), key).rpartition("; ")
    return problem[:LONGEST_LINE] + mark + advice[:LONGEST_LINE]
