"""Read the figures that the chart rows of a pair cite: each with its document, its line and the words printed there."""

import datetime as dt
import json
import os
from collections.abc import Sequence
from typing import Any

import duckdb

from warehouse.export import dataset, lines

SUPPORTING = ("roll_call", "hs_chapter", "sea", "country")  # kinds whose lines support a row that another line decides
HIDDEN = (*lines.BESIDE, "document", "as_printed", "note")  # columns that the panel shows elsewhere, or on the page of the lines


def cited(con: duckdb.DuckDBPyConnection, dyad: str) -> dict[str, Any]:
    """Return the cited figures as plain data: each file, document and list of columns once, and the position of each id in `at`.

    A file is a list: path, SHA-256, and the page of its cited lines, None if a published site leaves it out. `evidence` has the figures
    column by column: file, document, first line, the number of further lines, the words printed in the document, and the positions of the
    figure's kind and line in `lines`, None for a range of lines. Figures of the kinds in SUPPORTING come last.
    """
    figures = con.execute(
        "select e.evidence_id, e.file, e.snapshot_sha256, e.publisher, e.title, e.url, e.is_primary, e.via, e.via_url, e.published_on::varchar, "
        "e.read_on::varchar, e.first_line, e.last_line, e.as_printed, e.file in (select file from raw.snapshot_file), f.kind "
        f"from core.evidence as e semi join (from ({dataset.cited()}) where dyad = $dyad) using (evidence_id) left join raw.figure_line as f using (evidence_id) "
        "order by e.first_line <> e.last_line, list_contains($supporting, f.kind), f.kind is null, e.evidence_id",
        {"dyad": dyad, "supporting": list(SUPPORTING)},
    ).fetchall()
    files: dict[tuple, int] = {}
    documents: dict[tuple, int] = {}
    lines_of, place = _lines(con, [(row[-1], row[0]) for row in figures if row[-1]])
    evidence = []
    for row in figures:
        file = files.setdefault((*row[1:3], lines.address(*row[1:3]) if row[14] else None), len(files))
        document, first, last = documents.setdefault(row[3:11], len(documents)), *row[11:13]
        evidence.append([file, document, first, last - first, row[13], *place.get(row[0], (None, None))])
    return {
        "files": list(files), "documents": list(documents), "lines": lines_of,
        "evidence": [packed(list(column)) for column in zip(*evidence, strict=True)],
        "at": {row[0]: i for i, row in enumerate(figures)},
    }  # fmt: skip


def _lines(con: duckdb.DuckDBPyConnection, cited: list[tuple[str, str]]) -> tuple[list[dict[str, Any]], dict[str, tuple[int, int]]]:
    """Return the cited lines of each kind column by column, and the positions of each line's kind and of the line in it."""
    tables_of_kind: list[dict[str, Any]] = []
    place: dict[str, tuple[int, int]] = {}
    for position, kind in enumerate(sorted({kind for kind, _ in cited})):
        hidden = [name for (name,) in con.execute(f"select column_name from (describe raw.{kind})").fetchall() if name in HIDDEN]
        answer = con.execute(
            f"select evidence_id, * exclude ({', '.join(hidden)}) from raw.{kind} where list_contains(?, evidence_id) order by evidence_id",
            [[evidence_id for of_kind, evidence_id in cited if of_kind == kind]],
        )
        names = [name for name, *_ in answer.description]
        ids, *columns = zip(*answer.fetchall(), strict=True)
        tables_of_kind.append({"columns": names[1:], "values": [packed([plain(value) for value in column]) for column in columns]})
        place |= {evidence_id: (position, i) for i, evidence_id in enumerate(ids)}
    return tables_of_kind, place


def packed(values: list[Any]) -> Any:
    """Return a column's values, or a shorter form of them.

    Values that are equal in successive rows are stored once, with the position after their last row in `until`. Other repeated values are
    stored as a list of distinct values; `at` has each row's position in that list.
    """
    texts = [json.dumps(value) for value in values]
    ends = [n for n in range(1, len(texts) + 1) if n == len(texts) or texts[n] != texts[n - 1]]
    if 3 * len(ends) <= len(values):
        return {"values": [values[end - 1] for end in ends], "until": ends}
    distinct: dict[str, int] = {}
    positions = [distinct.setdefault(text, len(distinct)) for text in texts]
    return values if 2 * len(distinct) > len(values) else {"values": [json.loads(text) for text in distinct], "at": positions}


def unpacked(column: Any) -> list[Any]:
    """Return the values of a column as it was before `packed`."""
    if isinstance(column, list):
        return column
    if "at" in column:
        return [column["values"][i] for i in column["at"]]
    return [
        value
        for value, first, end in zip(column["values"], [0, *column["until"]], column["until"], strict=False)
        for _ in range(first, end)
    ]


def front_coded(texts: Sequence[str]) -> list[Any]:
    """Return texts that begin alike in a shorter form: the number of characters that each shares with the one before, then its rest."""
    prefixes = [os.path.commonprefix(pair) for pair in zip(["", *texts], texts, strict=False)]
    units = [len(prefix.encode("utf-16-le")) // 2 for prefix in prefixes]  # JavaScript's characters
    return [part for count, prefix, text in zip(units, prefixes, texts, strict=True) for part in (count, text[len(prefix) :])]


def plain(value: Any) -> Any:
    """Return a value as JSON can represent it: a day as text, a number with at most six decimals, a whole number as an integer."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return int(value) if value.is_integer() else round(value, 6)
    return value
