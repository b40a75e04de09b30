"""Define the commands about all pairs of states: `dyad ingest`, `dyad compare`, `dyad top`, `dyad panel`."""

from pathlib import Path
from typing import Any

import click

from pipelines.cli.printing import json_option, print_json, print_table
from schemas.errors import Unusable
from schemas.words import plural
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
    click.echo(
        f"landed {result['release']}: {plural(result['rows'], 'row')} of {plural(result['members'], 'member')} in {result['seconds']:.1f} s",
        err=err,
    )
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
@click.option("--by", type=click.Choice(["growth", "change", "trade", "agreement", "exercises"]), default="growth", show_default=True)
@click.option("--since", type=int, metavar="YEAR", help="Compare the newest year with this one, or count from this one on.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@click.option(
    "--least",
    type=float,
    default=1e9,
    show_default=True,
    metavar="USD",
    help="With --by growth or change: leave out pairs that traded less in either year.",
)
@json_option
def top_pairs(by: str, since: int | None, limit: int, least: float, as_json: bool) -> None:
    """List the pairs of the whole world that lead in trade, or in its growth or change, in agreement or in exercises.

    Growth, change and trade are computed from the newest landed edition of BACI; agreement and joint military exercises from the current
    release. Agreement counts identical votes in the newest session of the General Assembly, or in the sessions opened in --since or later.

    Example: dyad top --by agreement --since 2010
    """
    rows = _ranked(by, since, limit, least)
    if as_json:
        print_json(rows)
        return
    if not rows and by == "exercises":
        raise Unusable(
            "no exercise of a covered pair began in the years asked for: name an earlier year with --since, or fetch the exercises of all "
            "pairs from 1980 to 2010 with `dyad refresh --live --only mme_exercises`"
        )
    if not rows:
        raise Unusable(f"no pair is left: lower --least, which is {least:,.0f} USD, or name another year with --since")
    print_table([_title(name) for name in rows[0]], [[_cell(name, value) for name, value in row.items()] for row in rows])


def _ranked(by: str, since: int | None, limit: int, least: float) -> list[dict[str, Any]]:
    if by in ("agreement", "exercises"):
        from warehouse.connect import connect
        from warehouse.release import pairs

        with connect() as con:
            return pairs.agreement(con, since, limit) if by == "agreement" else pairs.exercises(con, since, limit)
    from warehouse.world import compare, trade_file

    with trade_file.connect(home()) as con:
        return compare.largest(con, limit) if by == "trade" else compare.top(con, by, since, limit, least)


def _title(column: str) -> str:
    return column.replace("_usd", "_bn").replace("_pct", "_%").replace("_", " ")


def _cell(column: str, value: Any) -> str:
    return _bn(value) if column.endswith("_usd") else f"{value:.1f}" if column.endswith("_pct") else str(value)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--directed", is_flag=True, help="Write each pair in both orders.")
def panel(file: Path, directed: bool) -> None:
    """Write one row for each pair of states and year of the current release into FILE (.parquet, .csv or .dta).

    Trade, exercises, votes and blocs, each with a flag of coverage; states have the numbers of the Correlates of War project. Without the
    world's trade (`dyad ingest`) only the pairs of the release have trade.

    Example: dyad panel dyad_year.parquet
    """
    from warehouse.connect import connect
    from warehouse.release import panel as panels

    with connect() as con:
        rows = panels.write(con, file, directed)
    click.echo(f"{plural(rows, 'row')} written to {file}")


def _bn(dollars: float) -> str:
    return f"{dollars / 1e9:.1f}"


COMMANDS = [ingest, compare_pairs, top_pairs, panel]
