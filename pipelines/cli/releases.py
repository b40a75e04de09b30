"""List releases, keep them and choose the current one: `dyad releases`, `rollback`, `pin`, `unpin`, `prune`."""

import click

from pipelines.cli.printing import json_option, print_json


@click.command()
@json_option
def releases(as_json: bool) -> None:
    """List the releases of this home; * marks the current one, + those that are pinned.

    Example: dyad releases --json
    """
    from warehouse.home import home
    from warehouse.release import manifest, retention

    pins = retention.pinned(home())
    manifests = [{**m, "is_pinned": m["release"] in pins} for m in manifest.releases(home())]
    if as_json:
        print_json([{name: value for name, value in m.items() if name not in ("snapshots", "changes", "tables")} for m in manifests])
        return
    for m in manifests:
        marks = ("*" if m["is_current"] else " ") + ("+" if m["is_pinned"] else " ")
        click.echo(f"{marks} {m['release']}  as of {m['as_of']}  {' '.join(m['dyads'])}  {m['published_at']}")


@click.command()
@click.argument("release")
def rollback(release: str) -> None:
    """Point `current` at an earlier release.

    Example: dyad rollback 2024-12-12-3f2a9c1b04de
    """
    from warehouse.home import home
    from warehouse.release import publish

    publish.rollback(home(), release)
    click.echo(f"current is {release}")


@click.command()
@click.argument("release")
def pin(release: str) -> None:
    """Keep a release for good, whatever the retention rule says.

    Example: dyad pin 2024-12-12-3f2a9c1b04de
    """
    from warehouse.home import home
    from warehouse.release import retention

    retention.pin(home(), release)
    click.echo(f"{release} is pinned")


@click.command()
@click.argument("release")
def unpin(release: str) -> None:
    """Leave a pinned release to the retention rule."""
    from warehouse.home import home
    from warehouse.release import retention

    retention.unpin(home(), release)
    click.echo(f"{release} is not pinned any more")


@click.command()
def prune() -> None:
    """Remove the releases that need not be kept; every refresh does so too.

    Kept are the current one and the one it follows, every pinned one, the thirty published last, the last of each month.
    """
    from warehouse.home import home
    from warehouse.release import manifest, retention
    from warehouse.release.locks import refresh_lock

    with refresh_lock(home()):
        removed = retention.prune(home())
    click.echo("\n".join([*(f"removed {release}" for release in removed), f"{len(manifest.releases(home()))} releases stay"]))


COMMANDS = [releases, rollback, pin, unpin, prune]
