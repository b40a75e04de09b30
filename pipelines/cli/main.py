"""The command line `dyad`.

Belongs here: arguments, printing, exit codes (0 done, 1 refused, 2 misused). Does not belong here: logic.
Dagster is imported only by `refresh`: reading a release must not wait for it.
"""

import contextlib
import datetime as dt
import decimal
import gc
import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import click

from pipelines.cli.world import COMMANDS, tell
from schemas.errors import Refused, Unusable


class Commands(click.Group):
    """Turns the product's errors into one line each; no traceback reaches a person."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; 1 where input was refused, 2 where the request cannot be served."""
        try:
            return super().invoke(ctx)
        except Refused as error:
            click.echo(f"refused: {error}\nnothing was published; the current release is untouched", err=True)
            ctx.exit(1)
        except Unusable as error:
            click.echo(f"dyad: {error}", err=True)
            ctx.exit(2)
        except BrokenPipeError:
            raise  # the reader of our output left; click ends quietly
        except OSError as error:
            click.echo(f"dyad: {error}; `dyad doctor` looks for the cause", err=True)
            ctx.exit(2)
        except Exception as error:
            if type(error).__module__ != "_duckdb":  # not imported here: `--help` must not wait for it
                raise
            click.echo(f"dyad: {str(error).splitlines()[0]}; `dyad doctor` looks for damage", err=True)
            ctx.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """How closely two states train, trade and vote together.

    \b
    dyad refresh                                   build, audit and publish a release
    dyad refresh --as-of 2024-12-12                as its reader would have seen it that day
    dyad refresh --dyad CHN-USA --dyad FRA-GBR     other pairs
    dyad trace trade_dependence CHN-RUS 2023 CHN A
    """  # fmt: skip  # noqa: D301  click reads the control character
    os.umask(os.umask(0o077) | 0o022)  # whatever the shell allows, nobody else may change what is written


for command in COMMANDS:
    main.add_command(command)

SHOWN = 5  # of a table that is cited as a block; most evidence is one line
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _json(value: Any) -> None:
    click.echo(json.dumps(_plain(value), indent=1, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    """As JSON has it: days and times in ISO 8601, decimals as numbers, and null for a number that JSON cannot write."""
    if isinstance(value, dict):
        return {str(_plain(name)): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float | decimal.Decimal) and not math.isfinite(value):
        return None
    if isinstance(value, decimal.Decimal):
        return float(value)
    return value if isinstance(value, str | int | float | None) else str(value)


@main.command()
@click.option("--as-of", metavar="YYYY-MM-DD", help="Know only what was public on this day.")
@click.option("--dyad", "dyads", multiple=True, metavar="AAA-BBB", help="A pair of states; repeat for more. Default: CHN-RUS.")
@click.option("--accept-revision", "accepted", multiple=True, metavar="DATASET", help="Publish although this dataset shrank or jumped.")
@click.option("--live", is_flag=True, help="Ask the publishers first; one that fails keeps its last good snapshot.")
@click.option("--only", multiple=True, metavar="SOURCE", help="With --live: ask only this source; repeat for more.")
@click.option("--since", type=click.IntRange(1900, 2100), metavar="YEAR", help="With --live: ask from this year on.")
@click.option("--baci", type=click.Path(path_type=Path), metavar="ARCHIVE", help="Land CEPII's BACI first, as `dyad ingest baci` does.")
@as_json
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
    """Build a release from the figures at hand, audit it, publish it.

    Example: dyad refresh --as-of 2024-12-12
    """
    from pipelines import launch as run
    from pipelines import settings
    from sources import snapshot

    if (only or since) and not live:
        raise Unusable("--only and --since say what to ask the publishers: add --live, or leave them out")
    if as_of is not None:
        settings.valid_day(as_of)
    countries = snapshot.known_countries(snapshot.sources()) if dyads else set()
    chosen = [settings.valid_dyad(dyad, countries) for dyad in dyads]
    started = dt.datetime.now()
    asked = list(only) or [settings.EVERYONE] if live else []
    accept = [settings.valid_revision(name) for name in accepted]
    try:
        if baci:
            from pipelines.assets import world

            tell(world.ingest(baci, "baci", "duckdb", say=lambda line: click.echo(line, err=True)), err=True)
        release = run.refresh(as_of=as_of, dyads=chosen, accept_revisions=accept, live=asked, since=since)
    except Refused as error:
        if as_json:
            _json({"refused": str(error).splitlines()})
        raise
    seconds = (dt.datetime.now() - started).total_seconds()
    if as_json:
        _json({"release": release, "seconds": round(seconds, 1)})
    else:
        click.echo(f"published {release} in {seconds:.1f} s")


@main.command()
def page() -> None:
    """Show the releases' pages to the browsers of this machine until stopped; `make ui` does so beside Dagster's."""
    from pipelines import web
    from warehouse.connect import home

    with web.server(home()) as served:
        click.echo(f"the current release's page is at {web.address()}; Ctrl-C stops")
        try:
            served.serve_forever()
        except KeyboardInterrupt:
            pass  # how it is meant to end


@main.command()
@as_json
def claims(as_json: bool) -> None:
    """The article's claims: claimed, found, verdict, today.

    Example: dyad claims --json
    """
    from warehouse.connect import records
    from warehouse.release import trace as ledger

    rows = records(ledger.CLAIMS)
    if as_json:
        _json(rows)
    elif not rows:
        click.echo("the current release does not cover the dyad of the article")
    else:
        for row in rows:
            click.echo(f"{row['claim_id']}  {row['claim']}")
            click.echo(f"     claimed {row['value_claimed']}; found {row['value_found']}: {row['verdict']}")
            click.echo(f"     today {row['value_today']}: {row['verdict_today']}")


@main.command()
@click.argument("dataset")
@click.argument("key", nargs=-1, required=True)
@as_json
def trace(dataset: str, key: tuple[str, ...], as_json: bool) -> None:
    """From a chart's row to the bytes.

    Example: dyad trace security_council_vetoes CHN-RUS S/2007/14
    """
    from warehouse.connect import connect
    from warehouse.release import trace as ledger

    with connect() as con:
        chain = ledger.trace(con, dataset, list(key))
    if as_json:
        _json(chain)
        return
    for name, value in chain["row"].items():
        click.echo(f"{name:>26}  {value}")
    click.echo(f"\ncomputed from {len(chain['evidence'])} figures:")
    for cited in chain["evidence"]:
        click.echo(f"\n  {cited['evidence_id']}")
        click.echo(f"    {cited['publisher']}: {cited['title']}")
        if cited["url"]:  # a list of this project has none
            click.echo(f"    {cited['url']}")
        click.echo(f"    published {cited['published_on']}, read {cited['read_on']}; {cited['licence']}")
        click.echo(f"    {cited['locator']}, sha256 {cited['snapshot_sha256']}")
        for line in cited["lines"][:SHOWN]:
            click.echo(f"    line {line['line']}: " + ", ".join(f"{name} {value}" for name, value in line.items() if name != "line"))
        if len(cited["lines"]) > SHOWN:
            click.echo(f"    and {len(cited['lines']) - SHOWN} lines more; --json holds them all")


@main.command(context_settings={"ignore_unknown_options": True})  # a query may begin with a comment, `--`
@click.argument("query", required=False)
@as_json
def sql(query: str | None, as_json: bool) -> None:
    """Ask the current release, read-only; without QUERY a prompt.

    Example: dyad sql "from charts.claims"
    """
    from warehouse.connect import query as ask
    from warehouse.connect import records

    if query:
        _json(records(query)) if as_json else click.echo(ask(query).to_string(index=False))
        return
    click.echo("read-only SQL on the current release; tables: from catalog.tables; end with Ctrl-D", err=True)
    while line := click.prompt("dyad", prompt_suffix="> ", default="", show_default=False) if sys.stdin.isatty() else sys.stdin.readline():
        try:
            click.echo(ask(line).to_string(index=False))
        except Unusable as error:
            click.echo(str(error), err=True)


@main.command()
@as_json
def releases(as_json: bool) -> None:
    """List the releases of this home; * marks the current one, + those that are pinned.

    Example: dyad releases --json
    """
    from warehouse.connect import home
    from warehouse.release import publish, retention

    pins = retention.pinned(home())
    found = [{**m, "is_pinned": m["release"] in pins} for m in publish.releases(home())]
    if as_json:
        _json([{k: v for k, v in m.items() if k not in ("snapshots", "changes")} for m in found])
        return
    for m in found:
        marks = ("*" if m["is_current"] else " ") + ("+" if m["is_pinned"] else " ")
        click.echo(f"{marks} {m['release']}  as of {m['as_of']}  {' '.join(m['dyads'])}  {m['published_at']}")


@main.command()
@click.argument("before")
@click.argument("after", required=False)
@as_json
def diff(before: str, after: str | None, as_json: bool) -> None:
    """What changed from release BEFORE to release AFTER (default: the current one).

    Example: dyad diff 2024-12-12-3f2a9c1b04de
    """
    from warehouse.connect import release
    from warehouse.release import diff as compare

    folders = release(name=before), release(name=after)
    found = compare.between(*(folder / "warehouse.duckdb" for folder in folders))
    if as_json:
        _json([change._asdict() for change in found])
    else:
        click.echo(compare.markdown(found, folders[0].name).rstrip())


@main.command()
@as_json
def snapshots(as_json: bool) -> None:
    """List every answer of a publisher that this home keeps."""
    from sources.live import answers
    from warehouse.connect import home

    rows = list(answers.manifest(home()))
    if as_json:
        _json([{**row._asdict(), "request": row.request.name} for row in rows])
        return
    for row in rows:
        click.echo(f"{row.fetched_at}  {row.source:<22} {row.request.name:<40} {row.sha256[:12] or 'unchanged':<12} {row.bytes:>10,} bytes")


@main.command()
@click.argument("source")
@click.argument("day")
def withdraw(source: str, day: str) -> None:
    """Take back what SOURCE answered on DAY, where its figures break an audit; the answers before stand again.

    The same bytes are not taken a second time, unless --accept-revision SOURCE says that they are right.

    Example: dyad withdraw world_bank_wdi 2026-11-24
    """
    from sources.live import refresh as live
    from warehouse.connect import home
    from warehouse.release import publish

    with publish.lock(home()):
        taken = live.withdraw(home(), source, day)
        click.echo(f"withdrawn: {len(taken)} answers of {source}; `dyad refresh` builds without them")


@main.command()
def verify() -> None:
    """Hash every kept answer and every landed file again; exit code 1 where one is missing or damaged."""
    from sources.live import answers
    from warehouse.connect import home
    from warehouse.world import ingest

    if problems := [*answers.verify(home()), *ingest.damage(home())]:
        raise Refused("\n".join(problems))
    click.echo(f"{len({row.sha256 for row in answers.manifest(home()) if row.sha256})} answers are as they were received")


@main.command()
@click.argument("manifest", type=click.Path(exists=True, dir_okay=False, resolve_path=True))
def rebuild(manifest: str) -> None:
    """Make a release again from its manifest.json, byte for byte, and point `current` at it.

    Example: dyad rebuild backup/2026-11-23-3f2a9c1b04de/manifest.json
    """
    from pathlib import Path

    from pipelines import launch as run
    from warehouse.release import publish

    made = publish.to_rebuild(Path(manifest))
    release = run.refresh(as_of=made["as_of"], dyads=made["dyads"], manifest=manifest)
    click.echo(f"made {release} again")


@main.command()
@click.argument("release")
def rollback(release: str) -> None:
    """Point `current` at an earlier release.

    Example: dyad rollback 2024-12-12-3f2a9c1b04de
    """
    from warehouse.connect import home
    from warehouse.release import publish

    publish.rollback(home(), release)
    click.echo(f"current is {release}")


@main.command()
@click.argument("release")
def pin(release: str) -> None:
    """Keep a release for good, whatever the retention rule says.

    Example: dyad pin 2024-12-12-3f2a9c1b04de
    """
    from warehouse.connect import home
    from warehouse.release import retention

    retention.pin(home(), release)
    click.echo(f"{release} is pinned")


@main.command()
@click.argument("release")
def unpin(release: str) -> None:
    """Leave a pinned release to the retention rule."""
    from warehouse.connect import home
    from warehouse.release import retention

    retention.unpin(home(), release)
    click.echo(f"{release} is not pinned any more")


@main.command()
def prune() -> None:
    """Remove the releases that need not be kept; every refresh does so too.

    Stay: the current one and the one it follows, every pinned one, the thirty published last, the last of each month.
    """
    from warehouse.connect import home
    from warehouse.release import publish, retention

    with publish.lock(home()):
        gone = retention.prune(home())
    click.echo("\n".join([*(f"removed {release}" for release in gone), f"{len(publish.releases(home()))} releases stay"]))


@main.command()
@as_json
def doctor(as_json: bool) -> None:
    """Check the installation and this home, mend what is safe to mend; exit code 1 where something is left to do."""
    from pipelines import doctor, failures
    from warehouse.connect import home

    found = []
    for finding in doctor.examine(home(), failures.dagster_home()):
        found.append(finding)
        if not as_json:
            click.echo(f"{finding.state:<7} {finding.line}")
    if as_json:
        _json([finding._asdict() for finding in found])
    sys.exit(int(any(finding.state == "wrong" for finding in found)))


@main.command()
@as_json
def status(as_json: bool) -> None:
    """The current release, what each dataset holds, what is stale, what failed, and what to do.

    Example: dyad status
    """
    from pipelines import failures
    from sources import snapshot
    from sources.live import staleness
    from warehouse.connect import WAY_OUT, connect, home, release
    from warehouse.release import publish

    try:
        failed = failures.last(failures.dagster_home())
    except Unusable as error:
        failed = failures.Failure("an unknown time", str(error), "then")
    folder = release()
    manifest = next((m for m in publish.releases(home()) if m["release"] == folder.name), None)
    if manifest is None:
        raise Unusable(f"{folder / publish.MANIFEST} is missing or damaged; {WAY_OUT}")
    with connect(folder) as con:
        tables = con.execute("select \"table\", row_count from catalog.tables where schema = 'charts' order by 1").fetchall()
        stale = con.execute("select source, stale_since::varchar from catalog.source where stale_since is not null order by 1").fetchall()
    try:
        overdue, odd = staleness.overdue(home(), snapshot.known(), dt.date.today()), ""
    except Refused as error:
        overdue, odd = {}, str(error)
    if as_json:
        said = {"release": folder.name, "as_of": manifest["as_of"], "dyads": manifest["dyads"], "rows": dict(tables)}
        _json({**said, "stale": dict(stale), "overdue": overdue, "damaged": odd, "failed": failed and failed._asdict()})
        return
    click.echo(f"{folder.name}  as of {manifest['as_of']}  {' '.join(manifest['dyads'])}  published {manifest['published_at']}")
    for table, count in tables:
        click.echo(f"  {table:<26} {count:>6} rows" + ("" if count else "  (outside coverage)"))
    for source, day in stale:
        click.echo(f"stale   {source}: no usable answer since {day}; ask again with `dyad refresh --live --only {source}`")
    for source, day in overdue.items():
        click.echo(f"overdue {source}: last heard of on {day}; ask with `dyad refresh --live --only {source}`")
    if odd:
        click.echo(f"damaged {odd}")
    if failed:
        click.echo(f"failed  the refresh of {failed.at}, as every one since {failed.since}: {failed.message}")
        click.echo("        nothing was lost; correct it and run `dyad refresh`; `dyad doctor` looks for damage")


def run() -> None:
    """`main` as a process of its own.

    It ends at once: taking every module apart, and looking for garbage among what the imports made, took a quarter of a small
    `dyad ingest` (3.8 s against 2.7).
    """
    gc.set_threshold(50_000, 20, 50)
    try:
        main()
    except SystemExit as ended:
        with contextlib.suppress(OSError):  # said already, where something was echoed in vain
            print(end="", flush=True)
        os._exit(ended.code or 0)
    except OSError as error:  # of the help, which click prints before any command is invoked
        click.echo(f"dyad: {error}", err=True)
        os._exit(2)
