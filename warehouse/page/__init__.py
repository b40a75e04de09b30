"""Write the pages of a release: an HTML file per pair, and the preview image that other sites show with a link to it.

A page works from disk, without a network.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from schemas.words import plural
from warehouse.export.claim_review import page_name
from warehouse.page import content, social, words
from warehouse.visuals import style

HERE = Path(__file__).parent
INDENT = re.compile(r"\n +(?=<)")  # of tags, which no script, style or <pre> contains
FONTS = [(family, weight) for family in ("Serif", "Sans") for weight in (400, 600)]


def write(con: duckdb.DuckDBPyConnection, folder: Path, release: dict[str, Any]) -> list[Path]:
    """Write the page of each pair, `index.html` first; call it after the visuals and the export, since it embeds and links their files.

    Args:
        con: a connection to the built warehouse.
        folder: the release's folder with `charts/`, `evidence/`, `datapackage.json` and `catalog.jsonld`.
        release: `release` (the id), `as_of`, `dyads` and `follows`, as in the manifest, and `url`, the address of the release, if it has one.

    Returns:
        The paths of the pages. Equal inputs give equal bytes.
    """
    scripts = {name: Markup((HERE / f"{name}.js").read_text("utf-8")) for name in ("fonts", "page")}  # noqa: S704 -- our own
    allowed = " ".join(f"'sha256-{_digest(script)}'" for script in scripts.values())
    shared = {"style": Markup(style_sheet()), "scripts": scripts, "allowed": allowed}  # noqa: S704 -- our own
    targets = []
    for dyad in sorted(release["dyads"]):
        read = content.read(con, folder, release, dyad)
        targets.append(folder / page_name(dyad, release["dyads"]))
        picture = _picture(folder, targets[-1], read.page)
        page = _template().render(read.page, data=embedded(read.data), social=picture, **shared, **_summary(read.page))
        targets[-1].write_text(INDENT.sub("\n", page), "utf-8", newline="\n")
    return targets


def style_sheet() -> str:
    """Return the style of the page, with its fonts and colours."""
    return "\n".join([*map(_font_face, FONTS), *_theme(), (HERE / "page.css").read_text("utf-8")])


def embedded(data: Any) -> Markup:
    """Return plain data as JSON for a script element, with `<` escaped, since it could end the element."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))  # noqa: S704 -- it contains no HTML


def _summary(page: Mapping[str, Any]) -> dict[str, str]:
    """Return the page's question, and the description that other sites show with a link to it."""
    a, b = style.the(page["pair"]["a"]), style.the(page["pair"]["b"])
    findings = [section["title"] for section in page["sections"] if section["is_drawn"]]
    return {
        "question": f"How closely do {a} and {b} train, trade and vote together?",
        "description": ". ".join(
            [
                *findings[:2],
                f"Published figures as known on {words.day(page['as_of'])}, each with its document and its line in a checksummed file.",
            ]
        ),
    }


def _picture(folder: Path, target: Path, page: Mapping[str, Any]) -> str:
    """Draw the first finding of the page for links to it, and return the file's name; empty if no chart is drawn."""
    chart = next((section["image"] for section in page["sections"] if section["is_drawn"]), None)
    if chart is None:
        return ""
    name, pair = target.with_suffix(".png").name, page["pair"]
    kicker = f"dyad: {pair['a']} and {pair['b']}, as known on {words.day(page['as_of'])}"
    target.with_name(name).write_bytes(social.picture(folder / chart, kicker))
    return name


def _font_face(font: tuple[str, int]) -> str:
    family, weight = font
    encoded = base64.b64encode((HERE / "fonts" / f"dyad-{family.lower()}-{weight}.woff2").read_bytes()).decode("ascii")
    source = f"url(data:font/woff2;base64,{encoded}) format('woff2')"
    return f"@font-face {{ font-family: 'Dyad {family}'; font-weight: {weight}; src: {source}; font-display: block; }}"


def _theme() -> list[str]:
    """Return the colours of the visuals as CSS custom properties, for light and dark."""
    light, dark = (" ".join(f"--{name}: {colours[i]};" for name, colours in style.THEME.items()) for i in (0, 1))
    return [f":root {{ {light} }}", f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}"]


def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"day": words.day, "size": words.size, "spelled": style.number, "counted": plural, "the": style.the}
    environment.tests["link"] = words.is_link
    return environment.get_template("index.html.j2")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
