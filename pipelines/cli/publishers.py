"""List, verify and withdraw publishers' answers: `dyad snapshots`, `dyad verify`, `dyad withdraw`."""

import click

from pipelines.cli.printing import json_option, print_json
from schemas.errors import Refused
from schemas.words import plural
from warehouse.home import home


@click.command()
@json_option
def snapshots(as_json: bool) -> None:
    """List the publishers' answers that this home keeps.

    Example: dyad snapshots --json
    """
    from sources.live import answers

    rows = list(answers.manifest(home()))
    if as_json:
        print_json([{**row._asdict(), "request": row.request.name} for row in rows])
        return
    if not rows:
        click.echo("no answers are kept: `dyad refresh --live` asks the publishers")
    for row in rows:
        click.echo(f"{row.fetched_at}  {row.source:<22} {row.request.name:<40} {row.sha256[:12] or 'unchanged':<12} {row.bytes:>10,} bytes")


@click.command()
def verify() -> None:
    """Verify the SHA-256 of every release's files, kept answer, landed file and trade file; exit with 1 if one is missing or damaged.

    Example: dyad verify
    """
    from sources.live import answers
    from warehouse.home import RELEASES
    from warehouse.release import verify
    from warehouse.world import editions, trade_file

    folders = sorted((home() / RELEASES).glob("*"))
    of_releases = [f"{line}; run `dyad doctor`, which prints how to restore it" for folder in folders for line in verify.damage(folder)]
    if problems := [*of_releases, *answers.verify(home()), *editions.damage(home()), *trade_file.damage(home())]:
        raise Refused("\n".join(problems))
    count = len({row.sha256 for row in answers.manifest(home()) if row.sha256})
    click.echo(
        f"the files of {plural(len(folders), 'release')}, {plural(count, 'answer')}, and all landed files and trade files match their SHA-256"
    )


@click.command()
@click.argument("source")
@click.argument("day")
def withdraw(source: str, day: str) -> None:
    """Withdraw the answers that SOURCE gave on DAY, for example because their figures break an audit; earlier answers are used again.

    The same bytes are rejected if they come again, unless `dyad refresh --accept-revision SOURCE` confirms that they are right.

    Example: dyad withdraw world_bank_wdi 2026-11-24
    """
    from sources.live import refresh as live
    from warehouse.release.locks import refresh_lock

    with refresh_lock(home()):
        withdrawn = live.withdraw(home(), source, day)
        click.echo(f"withdrawn: {plural(len(withdrawn), 'answer')} of {source}; `dyad refresh` builds without them")


COMMANDS = [snapshots, verify, withdraw]
