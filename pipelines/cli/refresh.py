"""Build releases: `dyad refresh`, `dyad rebuild`."""

import datetime as dt
from pathlib import Path

import click

from pipelines.cli.printing import json_option, print_json
from pipelines.cli.world import print_ingest
from schemas.dyad import valid_dyad
from schemas.errors import Refused, Unusable


@click.command()
@click.option("--as-of", metavar="YYYY-MM-DD", help="Know only what was public on this day.")
@click.option("--dyad", "dyads", multiple=True, metavar="AAA-BBB", help="A pair of states; repeat for more. Default: CHN-RUS.")
@click.option(
    "--accept-revision",
    "accepted",
    multiple=True,
    metavar="NAME",
    help="Publish although this dataset or reference table changed, or accept this source's answers.",
)
@click.option("--live", is_flag=True, help="Ask the publishers first; one that fails keeps its last good snapshot.")
@click.option("--only", multiple=True, metavar="SOURCE", help="With --live: ask only this source; repeat for more.")
@click.option("--since", type=click.IntRange(1900, 2100), metavar="YEAR", help="With --live: ask from this year on.")
@click.option("--baci", type=click.Path(path_type=Path), metavar="ARCHIVE", help="Land CEPII's BACI first, as `dyad ingest baci` does.")
@json_option
def refresh(
    as_of: str | None,
    dyads: tuple[str, ...],
    accepted: tuple[str, ...],
    live: bool,
    only: tuple[str, ...],
    since: int | None,
    baci: Path | None,
    as_json: bool,
) -> None:
    """Build a release from the bundled and fetched figures, audit it, publish it.

    Example: dyad refresh --as-of 2024-12-12
    """
    from pipelines import launch, settings
    from sources import snapshot

    if (only or since) and not live:
        raise Unusable("--only and --since apply to requests to publishers: add --live, or leave them out")
    if as_of is not None:
        settings.valid_day(as_of)
    countries = snapshot.known_countries(snapshot.sources()) if dyads else set()
    pairs = [valid_dyad(dyad, countries, settings.COUNTRIES) for dyad in dyads]
    started = dt.datetime.now()
    to_ask = list(only) or [settings.EVERYONE] if live else []
    accept_revisions = [settings.valid_revision(name) for name in accepted]
    try:
        if baci:
            from pipelines.assets import world

            print_ingest(world.run(baci, "duckdb", report=lambda line: click.echo(line, err=True)), err=True)
        release = launch.refresh(as_of=as_of, dyads=pairs, accept_revisions=accept_revisions, live=to_ask, since=since)
    except Refused as error:
        if as_json:
            print_json({"refused": str(error).splitlines()})
        raise
    seconds = (dt.datetime.now() - started).total_seconds()
    if as_json:
        print_json({"release": release, "seconds": round(seconds, 1)})
    else:
        click.echo(f"published {release} in {seconds:.1f} s")


@click.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path))
def rebuild(manifest: Path) -> None:
    """Rebuild a release from its manifest.json, with the same content, and make it the current one.

    Example: dyad rebuild backup/2026-11-23-3f2a9c1b04de/manifest.json
    """
    from pipelines import launch
    from warehouse.release.manifest import read_for_rebuild

    settings = read_for_rebuild(manifest)
    release = launch.refresh(as_of=settings["as_of"], dyads=settings["dyads"], manifest=str(manifest))
    click.echo(f"rebuilt {release}")


COMMANDS = [refresh, rebuild]
