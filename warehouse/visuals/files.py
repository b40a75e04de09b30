"""Write the visuals of a release as files: Vega-Lite, SVG and PNG, and for phones a narrow Vega-Lite and SVG."""

import base64
import html
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb

from warehouse.visuals import convert, style
from warehouse.visuals.registry import drawings
from warehouse.visuals.specification import draw

PNG_SCALE = 2
THUMBNAIL_SCALE = 0.45
MARK = re.compile(r'aria-label="([^"]*)" role="graphics-symbol"')


def stem(dataset: str, dyad: str, dyads: Sequence[str]) -> str:
    """Return the file stem of a visual: the dataset, followed by the dyad if the release has several."""
    return dataset if len(dyads) == 1 else f"{dataset}.{dyad}"


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Write every visual of every dyad as `.vl.json`, `.svg` and `.png`, and `.narrow.vl.json` and `.narrow.svg`; equal tables give equal bytes.

    Specifications are composed while earlier ones are drawn; the last visuals are the slowest, so they come first.

    Returns:
        The paths of the files, sorted by name.
    """
    dyads = _dyads(con)
    with ThreadPoolExecutor(convert.PROCESSES) as pool:
        jobs = [
            pool.submit(_write_one, draw(con, dataset, dyad, width), folder / stem(dataset, dyad, dyads))
            for dataset in reversed(drawings())
            for dyad in dyads
            for width in style.SIZES
        ]
    return sorted(path for job in jobs for path in job.result())


def _dyads(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [dyad for (dyad,) in con.execute("select dyad from catalog.dyad order by dyad").fetchall()]


def _write_one(spec: dict[str, Any], base: Path) -> list[Path]:
    picture, infix = svg(spec), "" if spec["usermeta"]["width"] == "wide" else f".{spec['usermeta']['width']}"
    contents = {
        f"{infix}.vl.json": (json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n").encode(),
        f"{infix}.svg": picture.encode(),
        **({} if infix else {".png": png(picture, PNG_SCALE)}),
    }
    paths = {base.with_name(base.name + suffix): content for suffix, content in contents.items()}
    for path, content in paths.items():
        path.write_bytes(content)
    return list(paths)


def thumbnails(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    """Return thumbnails of the first dyad's visuals by dataset, as Markdown."""
    dyads = _dyads(con)

    def thumbnail(dataset: str) -> str:
        picture = (folder / f"{stem(dataset, dyads[0], dyads)}.svg").read_text("utf-8")
        encoded = base64.b64encode(png(picture, THUMBNAIL_SCALE)).decode("ascii")
        return f"![{dataset}](data:image/png;base64,{encoded})"

    with ThreadPoolExecutor(convert.PROCESSES) as pool:
        return dict(zip(drawings(), pool.map(thumbnail, drawings()), strict=True))


def png(picture: str, scale: float) -> bytes:
    """Render an SVG as PNG in the theme's light colours."""
    return convert.png(style.fallbacks(picture), scale)


def svg(spec: dict[str, Any]) -> str:
    """Draw a specification as SVG, without a network: named by its description, each mark with the positions of its rows' keys."""
    picture = convert.svg(spec)
    # Vega numbers clip paths per process: renumbered, so that a picture does not depend on earlier ones
    numbers: dict[str, int] = {}
    picture = re.sub(r'(id="|url\(#)clip(\d+)', lambda m: f"{m[1]}clip{numbers.setdefault(m[2], len(numbers) + 1)}", picture)
    rows = _rows_of_labels(spec)
    picture = MARK.sub(lambda m: f'{m[0]} data-rows="{rows[label]}"' if (label := html.unescape(m[1])) in rows else m[0], picture)
    name = f'role="graphics-document" aria-label="{html.escape(spec["description"])}"'
    return picture.replace("<svg ", f"<svg {name} ", 1)


def _rows_of_labels(spec: dict[str, Any]) -> dict[str, str]:
    """Return for each mark's label the positions of its keys in the specification's `rows`, as text."""
    at = {json.dumps(key): i for i, key in enumerate(spec["usermeta"]["rows"])}
    labelled = (datum for data in spec["datasets"].values() for datum in data if "keys" in datum and "label" in datum)
    return {datum["label"]: " ".join(str(at[json.dumps(key)]) for key in datum["keys"]) for datum in labelled}
