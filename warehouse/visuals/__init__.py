"""The visuals of a release, drawn from its published tables alone, as Vega-Lite and as pictures.

Belongs here: which dataset has a visual, reading its header and sources, and writing the files. Does not belong here: how one
visual is drawn (`military`, `trade` and so on) or what all share (`style`).
"""

import base64
import json
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import Unusable
from warehouse import models
from warehouse.visuals import composition, convert, dependence, diplomacy, military, style, trade
from warehouse.visuals.pair import Pair

VISUALS = {
    "joint_exercises": military.joint_exercises,
    "naval_drills": military.naval_drills,
    "bilateral_trade": trade.bilateral_trade,
    "trade_dependence": dependence.trade_dependence,
    "trade_composition": composition.trade_composition,
    "security_council_vetoes": diplomacy.security_council_vetoes,
    "bloc_membership": diplomacy.bloc_membership,
}
# The kind of file each visual's figures come in
FACTS = {
    "joint_exercises": "exercise",
    "naval_drills": "exercise",
    "bilateral_trade": "trade_flow",
    "trade_dependence": "partner_table",
    "trade_composition": "trade_by_product",
    "security_council_vetoes": "veto",
    "bloc_membership": "membership",
}
PUBLISHERS = 4  # named in the source line; a list of exercises rests on dozens
PNG_SCALE = 2
THUMBNAIL_SCALE = 0.8


def draw(con: duckdb.DuckDBPyConnection, dataset: str, dyad: str) -> dict[str, Any]:
    """A dataset's visual for a dyad as a complete Vega-Lite specification with its data inline.

    Returns:
        The specification; `usermeta` holds dyad, dataset, title, subtitle, note, source, alt (what the chart shows, in words)
        and is_empty (true: the release has nothing to draw, and the specification says so).

    Raises:
        Unusable: the dataset has no visual, or the release has no such dyad.
    """
    if dataset not in VISUALS:
        raise Unusable(f"no visual of {dataset}: choose one of {', '.join(VISUALS)}")
    pair = Pair.read(con, dyad)
    header = next(m.header for m in models.layer("charts") if m.name == f"charts.{dataset}")
    drawing = VISUALS[dataset](con, pair)
    title, empty = style.capital(drawing.title), drawing.chart is None
    subtitle = (
        header["title"]
        if empty
        else f"{_sentence(drawing.shows or header['unit'])} Counted: {_sentence(drawing.counted or header['counting_rule'], False)}"
    )
    note = _outside(con, dataset, pair) if empty else " ".join([*drawing.notes, f"Not shown: {_sentence(header['not_shown'], False)}"])
    source = "" if empty else _source(con, drawing.rows, header.get("drawn_on"), pair)
    meta = {
        "dyad": dyad, "dataset": dataset, "title": title, "subtitle": subtitle, "note": note, "source": source,
        "alt": f"{title}. {drawing.alt}".strip(), "is_empty": empty,
    }  # fmt: skip
    return style.framed(drawing._replace(title=title), subtitle, note, source) | {"description": meta["alt"], "usermeta": meta}


def _outside(con: duckdb.DuckDBPyConnection, dataset: str, pair: Pair) -> str:
    """Why there is nothing to draw: no source covers the pair, what they say was not public yet, or the rows hold no figure."""
    if con.execute(f"select count(*) from charts.{dataset} where dyad = ?", [pair.dyad]).fetchone() != (0,):
        return f"The rows of this release on {pair.both} hold no figures to draw."
    covering = con.execute(
        "select count(*) from catalog.source where (coverage_dyads is null or list_contains(coverage_dyads, ?)) "
        "and source in (select source from raw.snapshot_file where kind = ?)",
        [pair.dyad, FACTS[dataset]],
    ).fetchone()
    if covering == (0,):
        why = f"no source that this release has on the subject covers {pair.both}"
    else:
        why = f"the sources that this release has on the subject hold nothing on {pair.both} that was public on {style.day(pair.as_of)}"
    return f"Outside coverage: no figures to draw, for {why}."


def _sentence(text: str, capital: bool = True) -> str:
    return (text[:1].upper() if capital else text[:1]) + text[1:].rstrip(".") + "."


def _source(con: duckdb.DuckDBPyConnection, rows: Sequence[dict[str, Any]], ground: str | None, pair: Pair) -> str:
    """The publishers of the rows' evidence, those of most figures first; and who drew the land of a map."""
    ids = sorted({i for row in rows for i in row["evidence"]})
    found = con.execute(
        "select e.publisher from core.evidence as e join (select unnest(?::varchar[]) as evidence_id) using (evidence_id) "
        "group by e.publisher order by count(*) desc, e.publisher",
        [ids],
    ).fetchall()
    names = [name for (name,) in found]
    named = names[:PUBLISHERS] + ([style.plural(len(names) - PUBLISHERS, "more publisher")] if len(names) > PUBLISHERS else [])
    land = f"select distinct publisher from core.evidence semi join {ground} using (evidence_id) order by publisher"
    drawers = [name for (name,) in con.execute(land).fetchall()] if ground else []
    drawn = f" Land: {style.listed(drawers)}." if drawers else ""
    return f"Source: {style.listed(named)}, as known on {style.day(pair.as_of)}.{drawn}"


def stem(dataset: str, dyad: str, dyads: Sequence[str]) -> str:
    """Name of a visual's files: the dataset's, with the dyad where the release has several."""
    return dataset if len(dyads) == 1 else f"{dataset}.{dyad}"


def write(con: duckdb.DuckDBPyConnection, folder: Path) -> list[Path]:
    """Every visual of every dyad as `.vl.json`, `.svg` and `.png`; same tables, same bytes.

    The next specification is made while the last ones are drawn; those that take longest, the later ones, come first.

    Returns:
        The files written, by name.
    """
    dyads = [dyad for (dyad,) in con.execute("select dyad from catalog.dyad order by dyad").fetchall()]
    with ThreadPoolExecutor(convert.PROCESSES) as pool:
        drawn = [
            pool.submit(_write_one, draw(con, dataset, dyad), folder / stem(dataset, dyad, dyads))
            for dataset in reversed(VISUALS)
            for dyad in dyads
        ]
    return sorted(path for one in drawn for path in one.result())


def _write_one(spec: dict[str, Any], base: Path) -> list[Path]:
    picture = svg(spec)
    written = [base.with_name(base.name + suffix) for suffix in (".vl.json", ".svg", ".png")]
    written[0].write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    written[1].write_text(picture, "utf-8")
    written[2].write_bytes(convert.png(picture, PNG_SCALE))
    return written


def thumbnails(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, str]:
    """The drawn visuals of the first dyad as small pictures that Markdown can hold, by dataset."""
    dyads = [dyad for (dyad,) in con.execute("select dyad from catalog.dyad order by dyad").fetchall()]

    def small(dataset: str) -> str:
        picture = (folder / f"{stem(dataset, dyads[0], dyads)}.svg").read_text("utf-8")
        encoded = base64.b64encode(convert.png(picture, THUMBNAIL_SCALE)).decode("ascii")
        return f"![{dataset}](data:image/png;base64,{encoded})"

    with ThreadPoolExecutor(convert.PROCESSES) as pool:
        return dict(zip(VISUALS, pool.map(small, VISUALS), strict=True))


def svg(spec: dict[str, Any]) -> str:
    """The specification as a picture; nothing is fetched."""
    picture = convert.svg(spec)
    # Vega numbers clip paths through the life of the process: counted anew, a picture does not depend on those before it
    numbers: dict[str, int] = {}
    return re.sub(r'(id="|url\(#)clip(\d+)', lambda m: f"{m[1]}clip{numbers.setdefault(m[2], len(numbers) + 1)}", picture)
