"""Draw the worked queries: `python -m warehouse.examples.gallery` draws a picture each, and their page, from the current release.

The Vega-Lite specification beside a query defines how its rows are drawn; data, title and colours are added here.
"""

import json
from pathlib import Path
from typing import Any

from warehouse.connect import Connection, connect
from warehouse.visuals import convert, style

EXAMPLES = Path(__file__).parent
QUERIES = sorted((EXAMPLES / "queries").glob("*.sql"))
PICTURES = EXAMPLES / "pictures"
PAGE = EXAMPLES / "README.md"
WIDTH, TITLE = 560, 15  # px of the plot and of the title's type
LOOK = {
    "background": style.THEME["ground"][0], "padding": 12, "font": style.FONT, "view": {"stroke": None},
    "title": {"anchor": "start", "frame": "bounds", "fontSize": TITLE, "offset": 14, "color": style.THEME["ink"][0]},
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridColor": style.THEME["grid"][0], "labelLimit": 400, "maxExtent": 420},
    "legend": {"orient": "top", "labelFontSize": 12, "labelLimit": 300}, "text": {"fontSize": 12}, "point": {"opacity": 1},
}  # fmt: skip
HEAD = """\
# Worked questions

Each question is a query in `warehouse/examples/queries/`, to run with `.venv/bin/dyad sql -f <file>`. Beside it, a Vega-Lite specification
draws the query's rows; `.venv/bin/python -m warehouse.examples.gallery` redraws this page from the current release. The pictures show the
bundled figures; [warehouse/README.md](../README.md#twenty-five-questions) gives the answers in words.
"""


def question(query: Path) -> str:
    """Return the question that a query answers: its first line."""
    return query.read_text("utf-8").splitlines()[0].removeprefix("-- ")


def specification(con: Connection, query: Path) -> dict[str, Any]:
    """Return the Vega-Lite specification of a query's picture, with the query's rows on this release."""
    sql = query.read_text("utf-8").rstrip().removesuffix(";")
    rows = con.execute(f"select to_json(answer) from ({sql}\n) as answer").fetchall()  # noqa: S608  our own file
    drawn = json.loads(query.with_suffix(".vl.json").read_text("utf-8"))
    size = {} if "facet" in drawn else {"width": WIDTH}
    title = style.wrap(question(query), TITLE, WIDTH)
    return size | drawn | {"title": title, "data": {"values": [json.loads(row) for (row,) in rows]}, "config": LOOK}


def page() -> str:
    """Return the page of all questions in Markdown."""
    parts = [
        f"## {question(query)}\n\n[`{query.name}`](queries/{query.name}), [`{query.stem}.vl.json`](queries/{query.stem}.vl.json)\n\n"
        f"![{question(query)}](pictures/{query.stem}.svg)\n"
        for query in QUERIES
    ]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with connect() as release:
        for file in QUERIES:
            (PICTURES / f"{file.stem}.svg").write_text(convert.svg(specification(release, file)), "utf-8")
    PAGE.write_text(page(), "utf-8")
