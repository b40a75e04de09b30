"""Read the table cells and links of a publisher's web page as text; their meaning belongs in the publisher's `parse.py`."""

from html.parser import HTMLParser

from schemas.errors import Refused

TAIL = 5000  # characters in which the closing tag is searched: counters and scripts may follow it


class _Tables(HTMLParser):
    """Collector of the cells of every row; a line break inside a cell becomes a newline."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[tuple[str, str]] = []
        self._cell: list[str] | None = None
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._end_cell()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._href and data.strip():
            self.links.append((data.strip(), self._href))
        if self._cell is not None:
            self._cell.append(" ".join(data.split()) if data.strip() else " ")

    def _end_cell(self) -> None:
        if self._cell is not None and self.rows:
            text = "".join(self._cell)
            self.rows[-1].append("\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip()))
        self._cell = None


def _read(page: str) -> _Tables:
    tables = _Tables()
    try:
        tables.feed(page)
        tables.close()
    except AssertionError as error:  # raised by the parser at a declaration that it cannot read
        raise Refused(f"the page is truncated or damaged ({error}); try again later") from None
    return tables


def cells(page: str) -> list[list[str]]:
    """Return the text of every table row's cells, in order.

    Raises:
        Refused: the page cannot be parsed, or lacks its end, so that its table may lack rows.
    """
    rows = _read(page).rows
    if "</html>" not in page[-TAIL:].lower():
        raise Refused("the page is truncated or damaged (no closing </html>); try again later")
    return rows


def links(page: str) -> list[tuple[str, str]]:
    """Return the text and target of every link, in order."""
    return _read(page).links
