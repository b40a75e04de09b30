"""Query a release: `dyad sql`."""

import re
import sys
from pathlib import Path

import click

from pipelines.cli.printing import json_option
from pipelines.cli.results import answer, limits
from schemas.errors import Unusable

OPTION = re.compile("--?[a-z][a-z-]*")


@click.command(context_settings={"ignore_unknown_options": True})  # a query may begin with a comment, `--`
@click.argument("queries", metavar="[QUERY]", nargs=-1)
@click.option("-f", "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Read the query from this file.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@json_option
def sql(queries: tuple[str, ...], file: Path | None, as_csv: bool, as_json: bool) -> None:
    """Query the current release, read-only; without QUERY open a prompt. A QUERY of - is read from standard input.

    A terminal shows the first rows and the columns that fit; --csv, --json, a pipe or a file get all.

    Example: dyad sql "from charts.claims"
    """
    from warehouse.connect import as_unusable, connect

    if as_csv and as_json:
        raise Unusable("--csv and --json: choose one")
    text = _query(_single(queries), file)
    with connect() as con:
        if text is None and sys.stdin.isatty():
            from pipelines.cli import prompt

            prompt.run(con)
            return
        with as_unusable():
            answer(con, text if text is not None else _standard_input(), "json" if as_json else "csv" if as_csv else "table", limits())


def _single(queries: tuple[str, ...]) -> str | None:
    """Return the only query, or None; reject several words (a query without quotes) and unknown options such as `--cvs`."""
    if options := [word for word in queries if OPTION.fullmatch(word)]:
        raise Unusable(f"no option {options[0]}: `dyad sql --help` lists the options")
    if len(queries) > 1:
        raise Unusable(f'{len(queries)} queries: give one, in quotes, such as dyad sql "from charts.claims"')
    return queries[0] if queries else None


def _query(query: str | None, file: Path | None) -> str | None:
    """Return the text of the query; None if neither an argument nor a file gives one."""
    if query is not None and file is not None:
        raise Unusable(f"a query and the file {file}: give one of them")
    if query == "-":
        return _standard_input()
    if file is None:
        return query
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Unusable(f"{file} is not valid UTF-8: save it as UTF-8") from None


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError:
        raise Unusable("the query on standard input is not valid UTF-8: save it as UTF-8") from None


COMMANDS = [sql]
