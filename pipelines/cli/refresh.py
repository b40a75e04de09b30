"""Build releases: `dyad refresh`, `dyad rebuild`."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.printing import invoked, json_option, print_json
from pipelines.cli.world import print_ingest
from schemas.errors import Note, Refused, Unusable
from warehouse import memory
from warehouse.home import CURRENT, DATABASE, home

if TYPE_CHECKING:
    from pipelines.unchanged import Published

UNCHANGED, STALE = 3, 4  # exit codes


@click.command()
@click.option("--as-of", metavar="YYYY-MM-DD", help="Use only what was public on this day.")
@click.option(
    "--dyad",
    "dyads",
    multiple=True,
    metavar="PAIR",
    help="Two states, as CHN-USA or china-united_states; repeat for more pairs. Default: CHN-RUS.",
)
@click.option(
    "--accept-revision",
    "accepted",
    multiple=True,
    metavar="NAME",
    help="Publish although this dataset or reference table changed, or accept this source's answers.",
)
@click.option("--live", is_flag=True, help="Ask the publishers first; one that fails keeps its last good snapshot.")
@click.option("--only", multiple=True, metavar="SOURCE", help="With --live: ask only this source; repeat for more.")
@click.option(
    "--since", type=click.IntRange(1900, 2100), metavar="YEAR", help="With --live: the first year to request. Default: three years ago."
)
@click.option("--baci", type=click.Path(path_type=Path), metavar="ARCHIVE", help="Land CEPII's BACI first, as `dyad ingest baci` does.")
@click.option("--set-current", is_flag=True, help="Make the release current although it is of other pairs or of an earlier day.")
@click.option("--allow-empty", is_flag=True, help="Publish although no dataset has a row.")
@json_option
def refresh(
    as_of: str | None,
    dyads: tuple[str, ...],
    accepted: tuple[str, ...],
    live: bool,
    only: tuple[str, ...],
    since: int | None,
    baci: Path | None,
    set_current: bool,
    allow_empty: bool,
    as_json: bool,
) -> None:
    """Build a release from the bundled and fetched figures, audit it, publish it.

    Exit codes: 0 published, 3 unchanged (a release of these inputs exists), 4 published or unchanged but with stale sources, 1 refused, 2 cannot be served.

    A release of other pairs or of an earlier day does not become the current one, unless --set-current asks for it.

    Example: dyad refresh --as-of 2024-12-12
    """
    from pipelines import last_refresh, settings, unchanged
    from sources import snapshot

    memory.check_addresses()
    if (only or since) and not live:
        raise Unusable("--only and --since apply to requests to publishers: add --live, or leave them out")
    if as_of is not None:
        settings.valid_day(as_of)
    started = time.monotonic()
    to_ask = list(only) or [settings.EVERYONE] if live else []
    accept_revisions = [settings.valid_revision(name) for name in accepted]
    try:
        countries = snapshot.known_countries(snapshot.sources()) if dyads else set()
        pairs = [settings.valid_pair(dyad, countries) for dyad in dyads]
        if baci:
            from pipelines.assets import world

            print_ingest(world.run(baci, "duckdb", report=lambda line: click.echo(line, err=True)), err=True)
        given: dict[str, Any] = {
            "as_of": as_of, "dyads": pairs, "accept_revisions": accept_revisions, "live": to_ask, "since": since, "set_current": set_current,
            "allow_empty": allow_empty,
        }  # fmt: skip
        published = None if live else unchanged.ended(settings.Settings(**{name: value for name, value in given.items() if value}))
        if not published:
            from pipelines import launch, open_lineage  # not at the top: Dagster is slow to import, and unchanged inputs do not need it

            if problem := open_lineage.unsent():
                click.echo(f"dyad: {problem}", err=True)
            published = launch.refresh(**given)
    except Refused as error:
        last_refresh.refused(home(), str(error))
        if as_json:
            print_json({"refused": str(error).splitlines()})
        raise
    seconds = time.monotonic() - started
    if as_json:
        print_json(published._asdict() | {"seconds": round(seconds, 1)})
    else:
        click.echo("\n".join(_lines(published, seconds)))
    sys.exit(STALE if published.stale else UNCHANGED if published.unchanged else 0)


def _lines(published: "Published", seconds: float) -> Iterator[Note]:
    """Yield the outcome of a refresh, the places of its files and the next commands."""
    what = f"unchanged {published.release}, published {published.since}," if published.unchanged else f"published {published.release}"
    yield f"{what} in {seconds:.1f} s"
    for source, day in published.stale.items():
        yield f"stale {source}: no usable answer {f'since {day}' if day else 'yet'}; ask again with `dyad refresh --live --only {source}`"
    if published.moved_from:
        yield f"current moved from {published.moved_from}; to go back: dyad rollback {published.moved_from}"
    if published.kept:
        yield published.kept
    else:
        yield f"page      {home() / CURRENT / 'index.html'}"
        yield f"database  {home() / CURRENT / DATABASE}"
        dyad = invoked()
        yield f"next      {dyad} claims; {dyad} sql; {dyad} status"


@click.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path))
@click.option("--set-current", is_flag=True, help="Make the release current although another one is.")
def rebuild(manifest: Path, set_current: bool) -> None:
    """Rebuild a missing or damaged release from its manifest.json, with the same content; another current release stays current.

    Example: dyad rebuild backup/2026-11-23-3f2a9c1b04de/manifest.json
    """
    memory.check_addresses()
    from pipelines import launch
    from warehouse.release.manifest import read_for_rebuild

    settings = read_for_rebuild(manifest)
    published = launch.refresh(as_of=settings["as_of"], dyads=settings["dyads"], manifest=manifest, set_current=set_current)
    click.echo(f"rebuilt {published.release}")
    if published.kept:
        click.echo(published.kept)


COMMANDS = [refresh, rebuild]
