"""Write the snapshot lines that chart rows cite as one web page per file, so that a reader opens them without this project."""

import html
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment
from markupsafe import Markup

from warehouse.export.dataset import cited

FOLDER = "evidence"
BESIDE = ("source", "file", "line", "evidence_id")  # columns with the place of a line, left out of the page's table
_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Cited lines of {{ file }}</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 1.5rem; }
code { overflow-wrap: anywhere; }
div { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; }
th, td { border: 1px solid #8888; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; max-width: 32rem; }
tr:target { outline: 3px solid #d58000; }
</style>
</head>
<body>
<main>
<h1>Cited lines of <code>{{ file }}</code></h1>
<p>{{ count }} {{ "line" if count == 1 else "lines" }} that rows of this release cite, as loaded; line 1 is the file's header. SHA-256 of the whole file: <code>{{ sha256 }}</code>.
Terms of its figures: {{ licence }}.</p>
<div role="region" aria-label="Cited lines" tabindex="0">
<table>
<thead><tr><th scope="col">line</th>{% for name in columns %}<th scope="col">{{ name }}</th>{% endfor %}</tr></thead>
<tbody>
{{ rows }}
</tbody>
</table>
</div>
</main>
</body>
</html>
"""
)


def address(file: str, sha256: str) -> str:
    """Return the path of the page of a snapshot file, relative to the release's folder."""
    return f"{FOLDER}/{re.sub(r'[^A-Za-z0-9_-]+', '-', file.removesuffix('.csv'))}.{sha256[:8]}.html"


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write the cited lines of every snapshot file into `folder`; equal tables give equal bytes."""
    con.execute(
        "create or replace temp table cited_range as select distinct file, first_line, last_line "
        f"from core.evidence semi join ({cited()}) using (evidence_id)"
    )
    files = con.execute(
        "select kind, file, sha256, licence from raw.snapshot_file semi join cited_range using (file) order by file"
    ).fetchall()
    (folder / FOLDER).mkdir(exist_ok=True)
    return [_write_one(con, folder, *file) for file in files]


def _write_one(con: duckdb.DuckDBPyConnection, folder: Path, kind: str, file: str, sha256: str, licence: str) -> Path:
    page = {"file": file, "sha256": sha256, "licence": licence, **_lines(con, kind, file)}
    target = folder / address(file, sha256)
    target.write_text(_PAGE.render(page), "utf-8", newline="\n")
    return target


def _lines(con: duckdb.DuckDBPyConnection, kind: str, file: str) -> Mapping[str, Any]:
    """Return the columns of a file that have values, and its cited lines as rows of a table."""
    answer = con.execute(
        f"select line, * exclude ({', '.join(BESIDE)}) from raw.{kind} as r where file = $file and exists ("
        "from cited_range as c where c.file = $file and r.line between c.first_line and c.last_line) order by line",
        {"file": file},
    )
    names, lines = [name for name, *_ in answer.description], answer.fetchall()
    kept = [i for i in range(1, len(names)) if any(line[i] is not None for line in lines)]
    return {"count": len(lines), "columns": [names[i] for i in kept], "rows": Markup("\n".join(_row(line, kept) for line in lines))}  # noqa: S704  each cell is escaped


def _row(line: Sequence[Any], kept: Sequence[int]) -> str:
    """Return a line as a row of the table, with its number as the anchor `L<number>`."""
    cells = "".join(f"<td>{'' if line[i] is None else html.escape(str(line[i]))}</td>" for i in kept)
    return f'<tr id="L{line[0]}"><th scope="row">{line[0]}</th>{cells}</tr>'
