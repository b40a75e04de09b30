"""Write the visuals of a release as files: Vega-Lite, SVG and PNG."""

import base64
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb

from warehouse.visuals import convert
from warehouse.visuals.registry import drawings
from warehouse.visuals.specification import draw

PNG_SCALE = 2
THUMBNAIL_SCALE = 0.8


def stem(dataset: str, dyad: str, dyads: Sequence[str]) -> str:
    """Return the file stem of a visual: the dataset, followed by the dyad if the release has several."""
    return dataset if len(dyads) == 1 else f"{dataset}.{dyad}"


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write every visual of every dyad as `.vl.json`, `.svg` and `.png`; equal tables give equal bytes.

    Specifications are composed while earlier ones are drawn; the last visuals are the slowest, so they come first.

    Returns:
        The paths of the files, sorted by name.
    """
    dyads = _dyads(con)
    with ThreadPoolExecutor(convert.PROCESSES) as pool:
        jobs = [
            pool.submit(_write_one, draw(con, dataset, dyad), folder / stem(dataset, dyad, dyads))
            for dataset in reversed(drawings())
            for dyad in dyads
        ]
    return sorted(path for job in jobs for path in job.result())


def _dyads(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [dyad for (dyad,) in con.execute("select dyad from catalog.dyad order by dyad").fetchall()]


def _write_one(spec: dict[str, Any], base: Path) -> list[Path]:
    picture = svg(spec)
    paths = [base.with_name(base.name + suffix) for suffix in (".vl.json", ".svg", ".png")]
    paths[0].write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    paths[1].write_text(picture, "utf-8")
    paths[2].write_bytes(convert.png(picture, PNG_SCALE))
    return paths


def thumbnails(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    """Return thumbnails of the first dyad's visuals by dataset, as Markdown."""
    dyads = _dyads(con)

    def thumbnail(dataset: str) -> str:
        picture = (folder / f"{stem(dataset, dyads[0], dyads)}.svg").read_text("utf-8")
        encoded = base64.b64encode(convert.png(picture, THUMBNAIL_SCALE)).decode("ascii")
        return f"![{dataset}](data:image/png;base64,{encoded})"

    with ThreadPoolExecutor(convert.PROCESSES) as pool:
        return dict(zip(drawings(), pool.map(thumbnail, drawings()), strict=True))


def svg(spec: dict[str, Any]) -> str:
    """Draw a specification as SVG, without a network."""
    picture = convert.svg(spec)
    # Vega numbers clip paths per process: renumbered, so that a picture does not depend on earlier ones
    numbers: dict[str, int] = {}
    return re.sub(r'(id="|url\(#)clip(\d+)', lambda m: f"{m[1]}clip{numbers.setdefault(m[2], len(numbers) + 1)}", picture)
