"""Compose the Vega-Lite specification of a dataset: its drawing framed by title, unit, counting rule, note and source."""

import json
from collections.abc import Sequence
from typing import Any

import duckdb

from schemas import raw
from schemas.errors import Unusable
from schemas.table import is_reference
from schemas.words import plural
from warehouse import models
from warehouse.visuals import style, vegalite
from warehouse.visuals.pair import Pair, key_columns
from warehouse.visuals.plot import written
from warehouse.visuals.registry import drawing, drawings
from warehouse.visuals.vegalite import View

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
SPACING = 16  # px between the chart and the note
PUBLISHERS = 4  # named in the source line; some datasets cite dozens


def draw(con: duckdb.DuckDBPyConnection, dataset: str, dyad: str, width: str = "wide", unit: str = "") -> dict[str, Any]:
    """Compose a dataset's visual for a dyad and a width, with its data inline.

    Each datum that represents rows of the dataset has their `keys`: a list of keys, each a list of values of the columns in `key` of
    `usermeta`. It also has a `label`, the mark's name and figure in words, which no datum with other keys shares. In the drawn SVG a mark
    has its label as `aria-label`, and as `data-rows` the positions of its keys in `rows` of `usermeta`, separated by spaces; a mark of
    converted figures also has as `data-factors` the positions of its `factors`, evidence ids, in `factors` of `usermeta`.

    Colours are CSS variables, `var(--first, #d1500c)`: the names and light colours of `style.THEME`. `files` writes the colours alone.

    Args:
        con: a connection to a release.
        dataset: the name of a chart table.
        dyad: a pair of the release.
        width: `wide` (1,080 px) or `narrow` (360 px).
        unit: one of `registry.units`, if not the dataset's own.

    Returns:
        The specification; `usermeta` has dyad, dataset, width, unit (its name for readers, if there are several), key, rows (every key that
        a mark has), factors, title, finding (the name of the title's condition), subtitle, note, source, alt (the chart in words), notes (what
        the note says of this drawing alone, such as which names have no room), is_empty
        (true if the release has nothing to draw; the specification then gives the reason) and frame: the px of the drawn picture above,
        below and beside the chart, where title, note and padding are, so that a page that sets the words itself can show the chart alone.

    Raises:
        Unusable: the dataset has no visual, or the release has no such dyad.
    """
    visuals = drawings()
    if dataset not in visuals:
        raise Unusable(f"no visual of {dataset}: choose one of {', '.join(visuals)}")
    pair, size = Pair.read(con, dyad), style.SIZES[width]
    model = next(m for m in models.layer("charts") if m.name == f"charts.{dataset}")
    header, drawn = model.header, drawing(dataset, unit)(con, pair, size)
    title, empty = style.capital(drawn.title.text), drawn.chart is None
    counted, left_out = _sentence(drawn.counted or header["counting_rule"], False), _sentence(header["not_shown"], False)
    note = _outside(con, model, pair) if empty else " ".join([f"Counted: {counted}", *drawn.notes, f"Not shown: {left_out}"])
    text = {
        "title": title,
        "subtitle": header["title"] if empty else _sentence(drawn.shows or header["unit"]).rstrip("."),
        "note": note,
        "source": "" if empty else _source(con, drawn.rows, header.get("drawn_on") if drawn.on_land else None, pair),
    }
    meta = {
        "dyad": dyad, "dataset": dataset, "width": width, "unit": drawn.unit, "key": key_columns(dataset), "finding": drawn.title.finding, **text,
        "alt": f"{title}. {drawn.alt}".strip(), "notes": [*drawn.notes], "is_empty": empty,
    }  # fmt: skip
    spec, frame = _framed(drawn, size, **text)
    data = [datum for of in spec["datasets"].values() for datum in of]
    rows = {json.dumps(key): key for datum in data for key in datum.get("keys", [])}
    factors = list(dict.fromkeys(i for datum in data for i in datum.get("factors", [])))
    return spec | {"description": meta["alt"], "usermeta": meta | {"rows": list(rows.values()), "factors": factors, "frame": frame}}


def _framed(
    drawing: style.Drawing, size: style.Size, title: str, subtitle: str, note: str, source: str
) -> tuple[dict[str, Any], dict[str, float]]:
    """Return the specification with title, subtitle, chart, note and source, and the px around its chart."""
    left = size.margin if drawing.left is None else drawing.left
    words = {
        "text": style.wrap(title, size.title * style.BOLD, size.width - 12), "subtitle": style.wrap(subtitle, size.subtitle, size.width - 4),
    }  # fmt: skip
    paragraph = _paragraph([note, source] if drawing.chart is not None else [note], size, left)
    height, config = paragraph["height"], _config(size)
    chart = paragraph if drawing.chart is None else {"vconcat": [drawing.chart, paragraph], "spacing": SPACING}
    view, datasets = vegalite.named_data(chart | {"title": words})
    look = config["title"]
    top = len(words["text"]) * look["lineHeight"] + len(words["subtitle"]) * look["subtitleLineHeight"] + look["subtitlePadding"]
    frame = {"top": size.padding + top, "bottom": size.padding + height + SPACING / 2, "side": size.padding}
    return {"$schema": SCHEMA, "config": config, **view, "datasets": datasets}, frame


def _paragraph(text: Sequence[str], size: style.Size, left: float) -> View:
    """Return wrapped text as a separate view, one paragraph per item; it starts `left` px left of the plots."""
    lines = [line for part in text for line in style.wrap(part, size.small, size.width)]
    step = size.small * 1.35
    rows = [
        {"text": line, "px": -left, "py": (i + 0.5) * step, "size": size.small, "fill": style.colour("muted")}
        for i, line in enumerate(lines)
    ]
    return written(rows) | {"width": size.width - left, "height": len(lines) * step}


def _config(size: style.Size) -> dict[str, Any]:
    ink, muted, grid = style.colour("ink"), style.colour("muted"), style.colour("grid")
    return {
        "background": style.colour("ground"), "font": style.FONT, "padding": size.padding, "view": {"stroke": None},
        "title": {
            "anchor": "start", "frame": "bounds", "color": ink, "fontSize": size.title, "fontWeight": "bold", "offset": 16,
            "subtitleColor": muted, "subtitleFontSize": size.subtitle, "subtitlePadding": 7, "lineHeight": round(size.title * 1.2),
            "subtitleLineHeight": round(size.subtitle * 1.3),
        },
        "axis": {
            "labelFontSize": size.label, "labelColor": muted, "gridColor": grid, "domainColor": muted, "tickColor": muted, "labelPadding": 5,
            "labelFlush": False, "labelOverlap": False, "labelLimit": 0,
        },
        "axisY": {"domain": False, "ticks": False, "minExtent": size.margin, "maxExtent": size.margin},
        "axisX": {"grid": False},
        "text": {"font": style.FONT},
    }  # fmt: skip


def _outside(con: duckdb.DuckDBPyConnection, model: models.Model, pair: Pair) -> str:
    """Return the reason for an empty chart: no source covers the pair, no figure was known by the day, or the rows have no figures."""
    if con.execute(f"select count(*) from {model.name} where dyad = ?", [pair.dyad]).fetchone() != (0,):
        return f"The rows of this release on {pair.both} have no figures to draw."
    read = {name for m in [*models.upstream([model]), model] for name in m.depends_on}
    covering = con.execute(
        "select count(*) from catalog.source where (coverage_dyads is null or list_contains(coverage_dyads, ?)) "
        "and source in (select source from raw.snapshot_file where list_contains(?, kind))",
        [pair.dyad, [kind for kind, kept in raw.KINDS.items() if f"raw.{kind}" in read and not is_reference(kept)]],
    ).fetchone()
    if covering == (0,):
        reason = f"no source of this release on the subject covers {pair.both}"
    else:
        reason = f"the sources of this release on the subject have no figures on {pair.both}, as known on {style.day(pair.as_of)}"
    return f"Outside coverage: there are no figures to draw, because {reason}."


def _sentence(text: str, capital: bool = True) -> str:
    return (text[:1].upper() if capital else text[:1]) + text[1:].rstrip(".") + "."


def _source(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], ground: str | None, pair: Pair) -> str:
    """Return the source line: the publishers of the rows' evidence, most figures first, and for a map the publishers of its land."""
    publishers = con.execute(
        "select e.publisher from core.evidence as e join (select unnest(?::varchar[]) as evidence_id) using (evidence_id) "
        "group by e.publisher order by count(*) desc, e.publisher",
        [style.union(rows)],
    ).fetchall()
    names = [name for (name,) in publishers]
    shown_names = names[:PUBLISHERS] + ([plural(len(names) - PUBLISHERS, "more publisher")] if len(names) > PUBLISHERS else [])
    land = f"select distinct publisher from core.evidence semi join {ground} using (evidence_id) order by publisher"
    land_publishers = [name for (name,) in con.execute(land).fetchall()] if ground else []
    land_credit = f" Land: {style.listed(land_publishers)}." if land_publishers else ""
    return f"Source: {style.listed(shown_names)}, as known on {style.day(pair.as_of)}.{land_credit}"
