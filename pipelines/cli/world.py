"""Define the commands about the world's trade: `dyad ingest`, `dyad compare`, `dyad top`."""

from pathlib import Path
from typing import Any

import click

from pipelines.cli.printing import json_option, print_json, print_table
from sources.dyad import valid_dyad
from warehouse.home import home


@click.command()
@click.argument("source", type=click.Choice(["baci"]))
@click.argument("archive", type=click.Path(path_type=Path), required=False)
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="What computes the aggregates.")
@json_option
def ingest(source: str, archive: Path | None, engine: str, as_json: bool) -> None:
    """Land a bulk archive (zip or folder), validate and aggregate it; after an interruption, resume.

    Without ARCHIVE, land the newest archive that `dyad refresh --live --only cepii_baci` fetched.

    DYAD_MEMORY_LIMIT (for example 2GB) limits the memory; larger intermediate data spills to the home's temp folder.

    Example: dyad ingest baci BACI_HS92_V202601.zip
    """
    from pipelines.assets import world

    result = world.run(archive, engine, report=lambda line: click.echo(line, err=True))
    if as_json:
        print_json(result)
        return
    print_ingest(result)


def print_ingest(result: dict[str, Any], err: bool = False) -> None:
    """Print the result of an ingest, with the rows that it reported and kept."""
    click.echo(f"landed {result['release']}: {result['rows']:,} rows of {result['members']} members in {result['seconds']:.1f} s", err=err)
    for line in result["reported"]:
        click.echo(f"  breaks a rule but is kept: {line}", err=err)


@click.command("compare")
@click.argument("dyads", nargs=-1, required=True)
@click.option("--since", type=int, default=0, metavar="YEAR", help="First year to show.")
@click.option("--draw", "drawing", type=click.Path(path_type=Path), help="Draw the series into this file (.svg, .png or .html).")
@json_option
def compare_pairs(dyads: tuple[str, ...], since: int, drawing: Path | None, as_json: bool) -> None:
    """Compare the two-way trade of several pairs, from the newest landed edition of BACI.

    Example: dyad compare CHN-RUS CHN-USA --since 2015
    """
    from warehouse.world import compare, trade_file

    with trade_file.connect(home()) as con:
        countries = {iso3 for (iso3,) in con.execute("select distinct country from country_year").fetchall()}
        rows = compare.compare(con, [valid_dyad(dyad, countries, "the table country_year of the trade file") for dyad in dyads], since)
    if drawing:
        compare.draw(rows, drawing)
        click.echo(f"drawn in {drawing}", err=True)
    if as_json:
        print_json(rows)
        return
    names = sorted({row["dyad"] for row in rows})
    cells = {(row["year"], row["dyad"]): _bn(row["two_way_usd"]) for row in rows}
    click.echo("two-way trade, bn current US dollars")
    print_table(
        ["year", *names], [[year, *(cells.get((year, name), "-") for name in names)] for year in sorted({year for year, _ in cells})]
    )


@click.command("top")
@click.option("--by", default="growth", metavar="growth|change", help="Growth in per cent, or change in dollars.")
@click.option("--since", type=int, required=True, metavar="YEAR", help="Compare the newest year with this one.")
@click.option("--limit", type=int, default=20, show_default=True)
@click.option("--least", type=float, default=1e9, show_default=True, metavar="USD", help="Leave out pairs that traded less in either year.")
@json_option
def top_pairs(by: str, since: int, limit: int, least: float, as_json: bool) -> None:
    """List the pairs of the whole world whose two-way trade changed most.

    Example: dyad top --by growth --since 2021
    """
    from warehouse.world import compare, trade_file

    with trade_file.connect(home()) as con:
        rows = compare.top(con, by, since, limit, least)
    if as_json:
        print_json(rows)
        return
    dollars = ("from_usd", "to_usd", "change_usd")
    cells = [[row["dyad"], *(_bn(row[name]) for name in dollars), f"{row['growth_pct']:.1f}"] for row in rows]
    print_table(["dyad", "from bn", "to bn", "change bn", "growth %"], cells)


def _bn(dollars: float) -> str:
    return f"{dollars / 1e9:.1f}"


COMMANDS = [ingest, compare_pairs, top_pairs]
