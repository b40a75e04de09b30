"""Show what needs attention: `dyad status`, `dyad doctor`."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from pipelines.cli.printing import json_option, print_json
from schemas.errors import Note, Refused, Unusable
from warehouse.home import MANIFEST, home


@click.command()
@json_option
def status(as_json: bool) -> None:
    """Show the current release, the rows of each dataset, provisional rows, stale sources, failures, and what to do.

    Example: dyad status
    """
    facts = _facts()
    if as_json:
        print_json(facts)
    else:
        click.echo("\n".join(_lines(facts)))


def _facts() -> dict[str, Any]:
    from pipelines import last_refresh
    from sources import snapshot
    from sources.live import clock, staleness
    from warehouse.connect import WAY_OUT, connect, release
    from warehouse.release.manifest import releases

    try:
        failed = last_refresh.read(home())
    except Unusable as error:
        failed = last_refresh.Failure("an unknown time", f"its record cannot be read: {error}", "an unknown time")
    folder = release()
    manifest = next((m for m in releases(home()) if m["release"] == folder.name), None)
    if manifest is None:
        raise Unusable(f"{folder / MANIFEST} is missing or damaged; {WAY_OUT}")
    with connect(folder) as con:
        rows = con.execute("select \"table\", row_count from catalog.tables where schema = 'charts' order by 1").fetchall()
        provisional = _provisional(con)
    stale: dict[str, str] = {}
    overdue: dict[str, str] = {}
    damaged = ""
    try:
        stale = staleness.read(home())
        overdue = staleness.overdue(home(), snapshot.all_sources(), clock.now().date())
    except (Refused, Unusable) as error:
        damaged = str(error)
    return {
        **{name: manifest[name] for name in ("release", "as_of", "dyads", "published_at")},
        "rows": dict(rows),
        "provisional": dict(provisional),
        "stale": stale,
        "overdue": overdue,
        "damaged": damaged,
        "failed": failed and failed._asdict(),
    }


def _provisional(con: Any) -> list[tuple[str, str]]:
    """Return each provisional row with what would settle it; an empty list if the release was built before this view existed."""
    if not con.execute("select 1 from catalog.tables where schema = 'views' and \"table\" = 'provisional'").fetchone():
        return []
    return con.execute("select concat_ws(' ', table_name, row_key), settled_by from views.provisional order by all").fetchall()


def _lines(facts: dict[str, Any]) -> Iterator[Note]:
    """Yield the facts as lines for a person, each problem with the command that solves it."""
    yield f"{facts['release']}  as of {facts['as_of']}  {' '.join(facts['dyads'])}  published {facts['published_at']}"
    for table, count in facts["rows"].items():
        yield f"  {table:<26} {count:>6} rows" + ("" if count else "  (outside coverage)")
    for row, document in facts["provisional"].items():
        yield f"provisional {row}: to be settled by {document}"
    for source, day in facts["stale"].items():
        yield f"stale   {source}: no usable answer {f'since {day}' if day else 'yet'}; ask again with `dyad refresh --live --only {source}`"
    for source, day in facts["overdue"].items():
        yield f"overdue {source}: last answer on {day}; ask with `dyad refresh --live --only {source}`"
    if facts["damaged"]:
        yield f"damaged {facts['damaged']}"
    if failed := facts["failed"]:
        yield f"failed  last refresh failed at {failed['at']} (failing since {failed['since']}): {failed['message']}"
        yield "        no release was lost; correct the cause and run `dyad refresh`; run `dyad doctor` to find damaged files"


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check the installation and this home, repair what is safe to repair; exit with 1 if a problem remains.

    Example: dyad doctor --json
    """
    from pipelines import doctor
    from pipelines.history_files import dagster_home

    findings = []
    for finding in doctor.examine(home(), dagster_home()):
        findings.append(finding)
        if not as_json:
            click.echo(f"{finding.state:<7} {finding.line}")
    if as_json:
        print_json([finding._asdict() for finding in findings])
    sys.exit(int(any(finding.state == "wrong" for finding in findings)))


COMMANDS = [status, doctor]
