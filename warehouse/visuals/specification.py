"""Compose the Vega-Lite specification of a dataset: its drawing framed by title, unit, counting rule, note and source."""

from collections.abc import Sequence
from typing import Any

import duckdb

from schemas import raw
from schemas.errors import Unusable
from schemas.table import is_reference
from warehouse import models
from warehouse.visuals import style
from warehouse.visuals.pair import Pair, key_columns
from warehouse.visuals.registry import drawings

PUBLISHERS = 4  # named in the source line; some datasets cite dozens


def draw(con: duckdb.DuckDBPyConnection, dataset: str, dyad: str) -> dict[str, Any]:
    """Compose a dataset's visual for a dyad, with its data inline.

    Each datum that represents rows of the dataset has their `keys`: a list of keys, each a list of values of the columns in `key` of
    `usermeta`.

    Returns:
        The specification; `usermeta` has dyad, dataset, key, title, subtitle, note, source, alt (the chart in words)
        and is_empty (true if the release has nothing to draw; the specification then gives the reason).

    Raises:
        Unusable: the dataset has no visual, or the release has no such dyad.
    """
    visuals = drawings()
    if dataset not in visuals:
        raise Unusable(f"no visual of {dataset}: choose one of {', '.join(visuals)}")
    pair = Pair.read(con, dyad)
    model = next(m for m in models.layer("charts") if m.name == f"charts.{dataset}")
    header, drawing = model.header, visuals[dataset](con, pair)
    title, empty = style.capital(drawing.title), drawing.chart is None
    subtitle = (
        header["title"]
        if empty
        else f"{_sentence(drawing.shows or header['unit'])} Counted: {_sentence(drawing.counted or header['counting_rule'], False)}"
    )
    note = _outside(con, model, pair) if empty else " ".join([*drawing.notes, f"Not shown: {_sentence(header['not_shown'], False)}"])
    source = "" if empty else _source(con, drawing.rows, header.get("drawn_on"), pair)
    meta = {
        "dyad": dyad, "dataset": dataset, "key": key_columns(dataset), "title": title, "subtitle": subtitle, "note": note,
        "source": source, "alt": f"{title}. {drawing.alt}".strip(), "is_empty": empty,
    }  # fmt: skip
    return style.framed(drawing._replace(title=title), subtitle, note, source) | {"description": meta["alt"], "usermeta": meta}


def _outside(con: duckdb.DuckDBPyConnection, model: models.Model, pair: Pair) -> str:
    """Return the reason for an empty chart: no source covers the pair, nothing was public by the day, or the rows have no figures."""
    if con.execute(f"select count(*) from {model.name} where dyad = ?", [pair.dyad]).fetchone() != (0,):
        return f"The rows of this release on {pair.both} hold no figures to draw."
    read = {name for m in [*models.upstream([model]), model] for name in m.depends_on}
    covering = con.execute(
        "select count(*) from catalog.source where (coverage_dyads is null or list_contains(coverage_dyads, ?)) "
        "and source in (select source from raw.snapshot_file where list_contains(?, kind))",
        [pair.dyad, [kind for kind, kept in raw.KINDS.items() if f"raw.{kind}" in read and not is_reference(kept)]],
    ).fetchone()
    if covering == (0,):
        reason = f"no source that this release has on the subject covers {pair.both}"
    else:
        reason = f"the sources that this release has on the subject hold nothing on {pair.both} that was public on {style.day(pair.as_of)}"
    return f"Outside coverage: no figures to draw, for {reason}."


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
    shown_names = names[:PUBLISHERS] + ([style.plural(len(names) - PUBLISHERS, "more publisher")] if len(names) > PUBLISHERS else [])
    land = f"select distinct publisher from core.evidence semi join {ground} using (evidence_id) order by publisher"
    land_publishers = [name for (name,) in con.execute(land).fetchall()] if ground else []
    land_credit = f" Land: {style.listed(land_publishers)}." if land_publishers else ""
    return f"Source: {style.listed(shown_names)}, as known on {style.day(pair.as_of)}.{land_credit}"
