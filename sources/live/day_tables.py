"""Make the tables of a live day: the rows of its answers that no earlier day has, and the documents they cite.

Put here how a day's answers become tables, not the rule of what is new (`vintages`) or their files (`live_snapshots`).
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

    `earlier` has the answers before, by question: what one of them listed and its successor does not is withdrawn.
    """
    origin = yaml.safe_load((folder / connector.source / "origin.yaml").read_text("utf-8"))
    files = vintages.snapshot_files(home, folder, connector.source, day)
    kinds = {row.request.kind for row in rows if not row.request.against} - {"", "documents"}
    known = {kind: vintages.known(files, kind) for kind in kinds}
    newest = max((str(frame["published_on"].max()) for frame in known.values() if len(frame)), default="")
    frames: dict[str, list[pd.DataFrame]] = {}
    lines: list[str] = []
    touched: dict[str, list[tuple]] = {}
    for row in (row for row in rows if row.request.kind and not row.request.against):
        parsed = parser.stored(row)
        frame = parsed.rows
        if not row.request.is_bundle:
            document = _document(row, parsed, origin, newest)
            frames.setdefault("documents", []).append(pd.DataFrame([document]))
            frame = frame.assign(document=document["document"])
            lost, found = _withdrawn(parser, row, earlier.get(row.request.name))
            touched.setdefault(row.request.kind, []).extend([*lost, *found])
            lines += notes.listed(row.request.name, [f"{' '.join(map(str, figure))}: not listed any more" for figure in lost])
        frames.setdefault(row.request.kind, []).append(frame)
    tables = {
        kind: vintages.checked(kind, pd.concat(parts, ignore_index=True), f"{connector.source}: {kind}") for kind, parts in frames.items()
    }
    list_ends = notes.list_ends(origin, rows)
    for kind in kinds:
        tables[kind] = vintages.news(kind, tables[kind], known[kind], list_ends, touched.get(kind, ()))
    return _citing(tables, known), lines


def _withdrawn(parser: Parser, row: answers.Row, earlier: answers.Row | None) -> tuple[list[tuple], list[tuple]]:
    """Return the figures that a question's answer lists no more, and those that it lists (again)."""
    if not earlier or row.request.kind not in vintages.PERIOD:
        return [], []
    now, then = parser.stored(row).rows, parser.stored(earlier).rows
    return vintages.withdrawn(row.request.kind, now, then), vintages.withdrawn(row.request.kind, then, now)


def _citing(tables: dict[str, pd.DataFrame], known: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the tables that have rows; of the documents those that a row cites and no earlier day has."""
    documents = tables.pop("documents", pd.DataFrame(columns=["document"]))
    filled = {kind: frame for kind, frame in tables.items() if len(frame)}
    cited = set().union(*(frame["document"] for frame in filled.values()))
    earlier = set().union(*(frame["document"] for frame in known.values()))
    documents = documents[documents["document"].isin(cited - earlier)]
    return {**filled, "documents": documents} if len(documents) else filled


def _document(row: answers.Row, parsed: Parsed, origin: dict[str, Any], newest: str) -> dict[str, Any]:
    """Return the answer as a document, known since the day its publisher gives, else since the day it was fetched.

    The publisher's day counts only if it is later than every document before: a revision never predates what it revises.
    """
    day = parsed.published_on or row.request.published_on
    return {
        "document": f"{row.request.name}@{row.day}",
        "publisher": origin["producer"],
        "title": row.request.title,
        "url": http.shown(row.request.url, row.request.params),
        "published_on": day if newest < day <= row.day else row.day,
        "published_precision": "day",
        "read_on": row.day,
        "note": f"The answer's sha256 is {row.sha256}." + (" A person downloaded it." if row.url.startswith("file:") else ""),
    }
