"""Read a release: `dyad claims`, `dyad trace`, `dyad diff`."""

from typing import Any

import click

from pipelines.cli.printing import json_option, print_json
from schemas.errors import Unusable
from schemas.words import plural

NO_CLAIMS = "no text published by the day of the current release has claims about its pairs"
SHOWN_LINES = 5  # a table may be cited as a block of many lines; most evidence is one line


@click.command()
@click.argument("ids", nargs=-1)
@json_option
def claims(ids: tuple[str, ...], as_json: bool) -> None:
    """List the claims of every text, or only those with these IDS, with value and verdict on the text's day and on the release's day.

    Example: dyad claims C07
    """
    from warehouse.connect import as_records, connect
    from warehouse.release.trace import CLAIMS, TEXTS

    with connect() as con:
        rows, texts = (as_records(con.execute(sql)) for sql in (CLAIMS, TEXTS))
    rows = chosen(rows, ids)
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(NO_CLAIMS)
    else:
        for text in (text for text in texts if any(row["text"] == text["text"] for row in rows)):
            click.echo(f"{text['title']} ({text['publisher']}, {text['published_on']})\n{text['url']}\n")
            for row in (row for row in rows if row["text"] == text["text"]):
                _print_claim(row)


def chosen(rows: list[dict[str, Any]], ids: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the claims with these ids, in upper or lower case; all claims if there are no ids."""
    known = {row["claim_id"] for row in rows}
    if unknown := [name for name in ids if name.upper() not in known]:
        choice = f"choose one of {', '.join(sorted(known))}" if known else NO_CLAIMS
        raise Unusable(f"no claim {unknown[0]}: {choice}")
    return [row for row in rows if not ids or row["claim_id"] in {name.upper() for name in ids}]


def _print_claim(row: dict[str, Any]) -> None:
    click.echo(f"{row['claim_id']}  {row['claim']}")
    click.echo(f"     claimed {row['value_claimed']}; found {row['value_found'] or 'nothing'}: {row['verdict']}")
    click.echo(f"     on {row['as_of']} {row['value_today'] or 'nothing'}: {row['verdict_today']}")
    if row["reason"]:
        click.echo(f"     {row['reason']}")
    if row["qualifications"]:
        click.echo(f"     qualifications of its figures: {', '.join(row['qualifications'])}")


@click.command()
@click.argument("dataset")
@click.argument("key", nargs=-1)
@json_option
def trace(dataset: str, key: tuple[str, ...], as_json: bool) -> None:
    """Trace the row of a dataset with this KEY to its publishers' documents and the lines of their files.

    KEY gives the values of the row's key in order, or some of them by name: dyad trace trade_dependence year=2023 rule=A country=CHN

    Example: dyad trace security_council_vetoes CHN-RUS S/2007/14
    """
    from warehouse.connect import connect
    from warehouse.release.trace import trace as chain_of

    with connect() as con:
        chain = chain_of(con, dataset, list(key))
    if as_json:
        print_json(chain)
        return
    for name, value in chain["row"].items():
        click.echo(f"{name:>26}  {value}")
    click.echo(f"\ncomputed from {plural(len(chain['evidence']), 'figure')}:")
    for evidence in chain["evidence"]:
        _print_evidence(evidence)


def _print_evidence(evidence: dict[str, Any]) -> None:
    # a release that an earlier version of the project built lacks these columns
    evidence = {"as_printed": None, "is_primary": True, "via": None, "via_url": None} | evidence
    click.echo(f"\n  {evidence['evidence_id']}")
    if evidence["as_printed"]:
        click.echo(f'    "{evidence["as_printed"]}"')
    secondary = "" if evidence["is_primary"] or evidence["via"] else " (secondary)"
    click.echo(f"    {evidence['publisher']}: {evidence['title']}{secondary}")
    if evidence["url"]:  # a list that this project compiled has none
        click.echo(f"    {evidence['url']}")
    if evidence["via"]:
        click.echo(f"    via {evidence['via']} {evidence['via_url'] or ''}".rstrip())
    click.echo(f"    published {evidence['published_on']}, read {evidence['read_on']}; {evidence['licence']}")
    click.echo(f"    {evidence['locator']}, sha256 {evidence['snapshot_sha256']}")
    for line in evidence["lines"][:SHOWN_LINES]:
        click.echo(f"    line {line['line']}: " + ", ".join(f"{name} {value}" for name, value in line.items() if name != "line"))
    if (more := len(evidence["lines"]) - SHOWN_LINES) > 0:
        click.echo(f"    and {plural(more, 'more line')}; --json prints all")


@click.command()
@click.argument("before", default="previous")
@click.argument("after", required=False)
@json_option
def diff(before: str, after: str | None, as_json: bool) -> None:
    """Show what changed from release BEFORE to release AFTER; by default, between the current release and the one it follows.

    Name a release by its id, the start of its id, a day, `current` or `previous`.

    Example: dyad diff 2024-12-12
    """
    from warehouse.connect import release
    from warehouse.home import DATABASE
    from warehouse.release.changelog import markdown
    from warehouse.release.diff import between

    folders = release(name=before), release(name=after)
    changes = between(*(folder / DATABASE for folder in folders))
    if as_json:
        print_json([change._asdict() for change in changes])
    else:
        click.echo(markdown(changes, folders[0].name).rstrip())


COMMANDS = [claims, trace, diff]
