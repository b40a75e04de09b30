"""Write the visuals of a release as files: Vega-Lite, SVG and PNG; for phones and in other units, Vega-Lite and SVG."""

import filecmp
import html
import json
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import duckdb

from warehouse.visuals import convert, style
from warehouse.visuals.pair import Remembering
from warehouse.visuals.registry import drawings, units
from warehouse.visuals.specification import draw

PNG_SCALE = 2
COLOURED = re.compile(rf'(fill|stroke)="{style.VARIABLE.pattern}"')
MARK = re.compile(r'aria-label="([^"]*)" role="graphics-symbol"')


def stem(dataset: str, dyad: str, dyads: Sequence[str]) -> str:
    """Return the file stem of a visual: the dataset, followed by the dyad if the release has several."""
    return dataset if len(dyads) == 1 else f"{dataset}.{dyad}"


class Pictures:
    """The visuals of every dyad, drawn in other processes while the caller does other work.

    A visual is `.vl.json`, `.svg` and `.png`, and `.narrow.vl.json` and `.narrow.svg`. In each other unit that has figures it is the same
    without `.png`, the unit after the stem: `.yuan.svg`, `.yuan.narrow.svg`. Equal tables give equal bytes.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, folder: Path, drawn: Path | None = None) -> None:
        """Compose every specification, while earlier ones are drawn; the last visuals are the slowest, so they come first.

        Args:
            con: the chart tables.
            folder: where the files are written.
            drawn: a folder of pictures drawn by the same code and package versions; a picture of an equal specification is copied from it.
        """
        dyads = [dyad for (dyad,) in con.execute("select dyad from catalog.dyad order by dyad").fetchall()]
        self._pool = ThreadPoolExecutor(convert.PROCESSES)
        self._jobs = [
            self._pool.submit(_write_one, spec, folder / stem(dataset, dyad, dyads), infix(unit, width), drawn)
            for dataset in reversed(drawings())
            for dyad in dyads
            for asked in [cast(duckdb.DuckDBPyConnection, Remembering(con))]
            for unit in ("", *units(dataset))
            for width in style.SIZES
            if not (spec := draw(asked, dataset, dyad, width, unit))["usermeta"]["is_empty"] or not unit
        ]

    def wait(self) -> None:
        """Return when all files are written.

        Raises:
            ValueError, OSError: as `convert.svg`.
        """
        for job in self._jobs:
            job.result()

    def stop(self) -> None:
        """Draw no further picture; nothing is written after the return."""
        self._pool.shutdown(cancel_futures=True)


def infix(unit: str, width: str) -> str:
    """Return what the names of a drawing's files have between stem and suffix: `.yuan.narrow`."""
    return "".join(f".{part}" for part in (unit, width) if part and part != "wide")


def _write_one(spec: dict[str, Any], base: Path, infix: str, drawn: Path | None) -> None:
    specification, vector = (base.with_name(f"{base.name}{infix}{suffix}") for suffix in (".vl.json", ".svg"))
    pictures = [vector] if infix else [vector, base.with_name(f"{base.name}.png")]
    written = json.dumps(spec, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
    specification.write_text(style.plain(written), "utf-8")
    if drawn and (drawn / specification.name).exists() and filecmp.cmp(drawn / specification.name, specification, shallow=False):
        for path in pictures:
            shutil.copyfile(drawn / path.name, path)
    else:
        picture = svg(spec)
        vector.write_text(picture, "utf-8")
        for path in pictures[1:]:
            path.write_bytes(convert.png(picture, PNG_SCALE))


def svg(spec: dict[str, Any]) -> str:
    """Draw a specification as SVG in light colours, without a network: named by its description, each mark with the positions of its rows' keys.

    An element whose colour a page may change with its theme names it: `fill="#1567a8" data-fill="second"`.
    """
    picture = COLOURED.sub(r'\1="\3" data-\1="\2"', convert.svg({key: part for key, part in spec.items() if key != "usermeta"}))
    # Vega numbers clip paths per process: renumbered, so that a picture does not depend on earlier ones
    numbers: dict[str, int] = {}
    picture = re.sub(r'(id="|url\(#)clip(\d+)', lambda m: f"{m[1]}clip{numbers.setdefault(m[2], len(numbers) + 1)}", picture)
    links = _links(spec)
    picture = MARK.sub(lambda m: m[0] + links.get(html.unescape(m[1]), ""), picture)
    name = f'role="graphics-document" aria-label="{html.escape(spec["description"])}"'
    return picture.replace("<svg ", f"<svg {name} ", 1)


def _links(spec: dict[str, Any]) -> dict[str, str]:
    """Return for each mark's label the attributes that lead to its rows and factors, by their positions in the specification."""
    rows, factors = ({json.dumps(item): i for i, item in enumerate(spec["usermeta"][name])} for name in ("rows", "factors"))
    links = {}
    for datum in (datum for data in spec["datasets"].values() for datum in data if "keys" in datum and "label" in datum):
        parts = [("rows", rows, datum["keys"]), ("factors", factors, datum.get("factors", []))]
        links[datum["label"]] = "".join(
            f' data-{name}="{" ".join(str(at[json.dumps(item)]) for item in items)}"' for name, at, items in parts if items
        )
    return links
