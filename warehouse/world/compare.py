"""Compare pairs in the world's trade: several side by side, the pairs that trade most, and those whose trade changed most."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from schemas.errors import Unusable
from warehouse.connect import as_records

MEASURES = {"growth": "growth_pct", "change": "change_usd"}


def compare(con: duckdb.DuckDBPyConnection, dyads: Sequence[str], since: int = 0) -> list[dict[str, Any]]:
    """Return year, dyad, two_way_usd, share_a_pct and share_b_pct; the shares are of each side's trade with the world."""
    result = con.execute(
        """
        select
            t.year,
            d.dyad,
            sum(t.value_usd)::double as two_way_usd,
            100 * two_way_usd / any_value(a.trade_usd)::double as share_a_pct,
            100 * two_way_usd / any_value(b.trade_usd)::double as share_b_pct
        from (select distinct unnest(?::varchar[]) as dyad) as d
        join dyad_year as t
            on (t.exporter = left(d.dyad, 3) and t.importer = right(d.dyad, 3)) or (t.exporter = right(d.dyad, 3) and t.importer = left(d.dyad, 3))
        join country_year as a on a.year = t.year and a.country = left(d.dyad, 3)  -- one: its key
        join country_year as b on b.year = t.year and b.country = right(d.dyad, 3)  -- one: its key
        where t.year >= ?
        group by t.year, d.dyad
        order by t.year, d.dyad
        """,
        [list(dyads), since],
    )
    return as_records(result)


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw the dyads of `compare` as lines, in the format of the file's name (.svg, .png, .html).

    Raises:
        Unusable: the file name has another suffix, or the file cannot be written.
    """
    if path.suffix not in (".svg", ".png", ".html"):
        raise Unusable(f"{path}: name a file that ends in .svg, .png or .html")
    import vl_convert  # not at the top: figures are printed without it

    values = [{**row, "bn_usd": row["two_way_usd"] / 1e9} for row in rows]
    encoding = {
        "x": {"field": "year", "type": "ordinal", "title": None}, "y": {"field": "bn_usd", "type": "quantitative", "title": None},
        "color": {"field": "dyad", "type": "nominal", "title": None},
    }  # fmt: skip
    spec = {
        "title": "Two-way trade, bn current US dollars", "data": {"values": values}, "mark": {"type": "line", "point": True}, "encoding": encoding,
    }  # fmt: skip
    drawn = getattr(vl_convert, f"vegalite_to_{path.suffix[1:]}")(spec)
    try:
        path.write_bytes(drawn if isinstance(drawn, bytes) else drawn.encode())
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}; name a file that can be written") from None


def largest(con: duckdb.DuckDBPyConnection, limit: int = 20) -> list[dict[str, Any]]:
    """Return the dyads with the most two-way trade in the newest year; columns: dyad, year, two_way_usd."""
    result = con.execute(
        """
        select least(exporter, importer) || '-' || greatest(exporter, importer) as dyad, year, sum(value_usd)::double as two_way_usd
        from dyad_year
        where year = (select max(year) from dyad_year)
        group by dyad, year
        order by two_way_usd desc, dyad
        limit $limit
        """,
        {"limit": limit},
    )
    return as_records(result)


def top(con: duckdb.DuckDBPyConnection, by: str, since: int | None, limit: int = 20, least_usd: float = 1e9) -> list[dict[str, Any]]:
    """Return the dyads whose two-way trade changed most, in dollars or per cent (`by`), from `since` to the newest year.

    Columns: dyad, from_year, to_year, from_usd, to_usd, change_usd, growth_pct. Dyads below `least_usd` in either year are left out, since
    small amounts multiply easily.

    Raises:
        Unusable: the edition does not cover the year.
    """
    [(first, last)] = con.execute("select min(year), max(year) from dyad_year").fetchall()
    if since is None or not first <= since < last:
        given = "" if since is None else f", not {since}"
        raise Unusable(f"--by {by} needs a year to compare with: add --since, from {first} to {last - 1}{given}")
    result = con.execute(
        f"""
        select
            least(exporter, importer) || '-' || greatest(exporter, importer) as dyad,
            $since as from_year,
            $last as to_year,
            sum(value_usd) filter (where year = $since)::double as from_usd,
            sum(value_usd) filter (where year = $last)::double as to_usd,
            to_usd - from_usd as change_usd,
            100 * (to_usd / from_usd - 1) as growth_pct
        from dyad_year
        where year in ($since, $last)
        group by dyad
        having from_usd >= $least and to_usd >= $least
        order by abs({MEASURES[by]}) desc, dyad
        limit $limit
        """,
        {"since": since, "last": last, "least": least_usd, "limit": limit},
    )
    return as_records(result)
