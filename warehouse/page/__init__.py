"""Write the page of a release: one HTML file that works from disk, without a network."""

import base64
import hashlib
import json
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from warehouse.page import content
from warehouse.visuals import convert
from warehouse.visuals.style import the

HERE = Path(__file__).parent
NAME = "index.html"


def write(con: duckdb.DuckDBPyConnection, folder: Path, release: dict[str, Any]) -> Path:
    """Write a release's `index.html`; call it after the visuals and the export, since it embeds and links their files.

    Args:
        con: a connection to the built warehouse.
        folder: the release's folder with `charts/`, `datapackage.json` and `catalog.jsonld`.
        release: `release` (the id), `as_of`, `dyads` and `follows`, as in the manifest.

    Returns:
        The path of the file. Equal inputs give equal bytes.
    """
    read = content.read(con, folder, release)
    scripts = [_bundled(), (HERE / "page.js").read_text("utf-8")]
    page = _template().render(
        read.page,
        data=embedded(read.data),
        scripts=[Markup(script) for script in scripts],  # noqa: S704 -- our own
        allowed=" ".join(f"'sha256-{_digest(script)}'" for script in scripts),
        style=Markup((HERE / "page.css").read_text("utf-8")),  # noqa: S704 -- our own
    )
    target = folder / NAME
    target.write_text(page, "utf-8", newline="\n")
    return target


@cache
def library() -> Future[str]:
    """Start bundling Vega, Vega-Lite and Vega-Embed as one script in a thread, without a network."""
    return ThreadPoolExecutor(1).submit(convert.script, "window.vegaEmbed = vegaEmbed;")


def _bundled() -> str:
    """Wait for the script; after a failure the next call bundles it again."""
    try:
        return library().result()
    except OSError:
        library.cache_clear()
        raise


def embedded(data: Any) -> Markup:
    """Return plain data as JSON for a script element, with `<` escaped, since it could end the element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 -- it contains no HTML


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"day": content.day, "size": content.size, "spelled": content.spelled, "figure": content.figure, "the": the}
    environment.tests["link"] = content.is_link
    return environment.get_template("index.html.j2")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
