"""Build the tables of the answers of one day: the rows that no earlier day has, and the documents they cite.

Put here how a day's answers become tables, not the rules for new rows (`vintages`) or the writing of files (`live_snapshots`).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sources.connector import Connector, Parsed
from sources.live import answers, http, notes, vintages
from sources.live.parsing import Parser


def of_day(
    home: Path,
    connector: Connector,
    folder: Path,
    parser: Parser,
    day: str,
    rows: Sequence[answers.Row],
    earlier: dict[str, answers.Row],
) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Return the tables of a day by kind, `documents` among them, and notes for a person.

    `earlier` has the previous answers by question: a figure listed there and missing from the new answer counts as removed.
    """
    origin = yaml.safe_load((folder / connector.source / "origin.yaml").read_text("utf-8"))
    files = vintages.snapshot_files(home, folder, connector.source, day)
    kinds = {row.request.kind for row in rows if not row.request.against} - {"", "documents"}
    known = {kind: vintages.newest_rows(files, kind) for kind in kinds}
    newest = max((str(frame["published_on"].max()) for frame in known.values() if len(frame)), default="")
    frames: dict[str, list[pd.DataFrame]] = {}
    lines: list[str] = []
    touched: dict[str, list[tuple]] = {}
    for row in (row for row in rows if row.request.kind and not row.request.against):
        parsed = parser.parse_stored(row)
        frame = parsed.rows
        if not row.request.is_bundle:
            document = _document(row, parsed, origin, newest)
            frames.setdefault("documents", []).append(pd.DataFrame([document]))
            frame = frame.assign(document=document["document"])
            lost, regained = _lost_and_regained(parser, row, earlier.get(row.request.name))
            touched.setdefault(row.request.kind, []).extend([*lost, *regained])
            lines += notes.first_lines(row.request.name, [f"{' '.join(map(str, figure))}: no longer listed" for figure in lost])
        frames.setdefault(row.request.kind, []).append(frame)
    tables = {kind: _joined(kind, parts, f"{connector.source}: {kind}") for kind, parts in frames.items()}
    list_ends = notes.list_ends(origin, rows)
    for kind in kinds:
        tables[kind] = vintages.new_rows(kind, tables[kind], known[kind], list_ends, touched.get(kind, ()))
    return _citing(tables, known), lines


def _joined(kind: str, parts: Sequence[pd.DataFrame], where: str) -> pd.DataFrame:
    """Return the rows of a kind's answers as one table; several answers, and the documents made here, are validated together."""
    if len(parts) == 1 and kind != "documents":
        return parts[0]
    return vintages.validate_rows(kind, pd.concat(parts, ignore_index=True), where)


def _lost_and_regained(parser: Parser, row: answers.Row, earlier: answers.Row | None) -> tuple[list[tuple], list[tuple]]:
    """Return the figures missing from a question's new answer, and those missing from the one before."""
    if not earlier or vintages.period_column(row.request.kind) is None:
        return [], []
    now, then = parser.parse_stored(row).rows, parser.parse_stored(earlier).rows
    return vintages.withdrawn(row.request.kind, now, then), vintages.withdrawn(row.request.kind, then, now)


def _citing(tables: dict[str, pd.DataFrame], known: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables that have rows, and the documents that a row cites and no earlier day has."""
    documents = tables.pop("documents", pd.DataFrame(columns=["document"]))
    filled = {kind: frame for kind, frame in tables.items() if len(frame)}
    cited = set().union(*(frame["document"] for frame in filled.values()))
    earlier = set().union(*(frame["document"] for frame in known.values()))
    documents = documents[documents["document"].isin(cited - earlier)]
    return {**filled, "documents": documents} if len(documents) else filled


def _document(row: answers.Row, parsed: Parsed, origin: dict[str, Any], newest: str) -> dict[str, Any]:
    """Return the answer as a document, published on the day that its publisher states, else on the day of the fetch.

    The publisher's day counts only if it is later than every earlier document's: a revision never predates the figure it revises.
    """
    day = parsed.published_on or row.request.published_on
    return {
        "document": f"{row.request.name}@{row.day}",
        "publisher": origin["producer"],
        "title": row.request.title,
        "url": http.public_url(row.request.url, row.request.params),
        "is_primary": True,
        "via": None,
        "via_url": None,
        "published_on": day if newest < day <= row.day else row.day,
        "published_precision": "day",
        "read_on": row.day,
        "note": f"The answer's sha256 is {row.sha256}." + (" A person downloaded it." if row.url.startswith("file:") else ""),
    }
