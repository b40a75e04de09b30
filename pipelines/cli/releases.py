"""List, find, choose, keep, remove and publish releases: `dyad releases`, `path`, `rollback`, `pin`, `unpin`, `prune`, `publish`."""

from pathlib import Path

import click

from pipelines.cli.printing import json_option, print_json
from schemas.errors import Unusable
from warehouse.home import current_release, home, no_current


@click.command()
@json_option
def releases(as_json: bool) -> None:
    """List the releases of this home; * marks the current one, + the pinned ones.

    Example: dyad releases --json
    """
    from warehouse.release import manifest, retention

    pins = retention.pinned(home())
    manifests = [{**m, "is_pinned": m["release"] in pins} for m in manifest.releases(home())]
    if as_json:
        print_json([{name: value for name, value in m.items() if name not in ("snapshots", "changes", "tables")} for m in manifests])
        return
    for m in manifests:
        marks = ("*" if m["is_current"] else " ") + ("+" if m["is_pinned"] else " ")
        click.echo(f"{marks} {m['release']}  as of {m['as_of']}  {' '.join(m['dyads'])}  {m['published_at']}")
    for folder in manifest.damaged(home()):
        click.echo(f"!  {folder.name}  damaged manifest: `dyad doctor` prints what to do")
    if problem := no_current(home()):
        click.echo(f"dyad: {problem}", err=True)


@click.command()
@click.argument("release", required=False)
def path(release: str | None) -> None:
    """Print the folder of a release, the current one by default.

    A refresh may repoint `current` at any moment: get the folder once before reading several files, and read all of them there.

    Example: dyad path previous
    """
    from warehouse.connect import release as folder

    click.echo(folder(release))


@click.command()
@click.argument("release")
def rollback(release: str) -> None:
    """Point `current` at another undamaged release: its id or the start of it, a day, or previous (which the current one follows).

    Example: dyad rollback 2024-12-12-3f2a9c1b04de
    """
    from warehouse.connect import existing
    from warehouse.release import publish

    name = existing(home(), release).name
    publish.rollback(home(), name)
    click.echo(f"current is {name}")


@click.command()
@click.argument("release")
def pin(release: str) -> None:
    """Keep a release until it is unpinned, whatever its age.

    Example: dyad pin 2024-12-12-3f2a9c1b04de
    """
    from warehouse.connect import existing
    from warehouse.release import retention

    name = existing(home(), release).name
    retention.pin(home(), name)
    click.echo(f"{name} is pinned")


@click.command()
@click.argument("release")
def unpin(release: str) -> None:
    """Unpin a release, so that `dyad prune` and refreshes may remove it.

    Example: dyad unpin 2024-12-12-3f2a9c1b04de
    """
    from warehouse.connect import existing
    from warehouse.release import retention

    try:
        name = existing(home(), release).name
    except Unusable:
        name = release  # the pin of a removed release may remain
    retention.unpin(home(), name)
    click.echo(f"unpinned {name}")


@click.command()
def prune() -> None:
    """Remove old releases, as every refresh does.

    These stay: the current one, the one it follows, every pinned one, the thirty published last, and the last of each month.

    Example: dyad prune
    """
    from warehouse.release import manifest, retention
    from warehouse.release.locks import refresh_lock

    with refresh_lock(home()):
        removed = retention.prune(home())
    click.echo("\n".join([*(f"removed {release}" for release in removed), f"releases that stay: {len(manifest.releases(home()))}"]))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--url", help="Address of the site, for its feed and catalogues; needed the first time.")
def publish(folder: Path, url: str | None) -> None:
    """Publish the releases as a static site in FOLDER, for a file server or a bucket; write only what is new.

    Figures whose terms do not allow passing them on in bulk are left out, and the site says so.

    Example: dyad publish ~/site --url https://data.example.org/dyad/
    """
    from warehouse.site import publish as site

    for line in site.publish(home(), folder, url):
        click.echo(line)
    click.echo(f"{folder}: published; the current release is {current_release(home()).name}")


COMMANDS = [releases, path, rollback, pin, unpin, prune, publish]
